//! The lists of words that tell an address from a count, a date or a direction.
//!
//! Each list is one bit, so that a word is looked up once, when it is read. Absent on purpose: a gazetteer; a street is known by
//! its last word, and a house by its number.

/// Words that end a street's name, or a building's.
pub(super) const STREET: u32 = 1;
/// Streets of one word.
pub(super) const WHOLE: u32 = 1 << 1;
/// Words that cannot stand inside a street's name, so that "3 thefts in High Street" is no address.
pub(super) const NOT_IN_A_NAME: u32 = 1 << 2;
/// Places a thing is in: they part a count from a street, but not `no 12` from its street.
pub(super) const WHERE: u32 = 1 << 3;
/// What is counted or measured, not lived in.
pub(super) const COUNTED: u32 = 1 << 4;
/// The months.
pub(super) const MONTH: u32 = 1 << 5;
/// What stands before a day of a month, or a year.
pub(super) const DATED: u32 = 1 << 6;
/// What stands before a house's number.
pub(super) const HOUSE: u32 = 1 << 7;
/// Numbers written out.
pub(super) const NUMBER: u32 = 1 << 8;
/// The United Kingdom's postcode areas.
pub(super) const AREA: u32 = 1 << 9;
/// What has a number of its own and is no house: `bus 12`, `camera 7`, `extension 4417`.
pub(super) const LABEL: u32 = 1 << 10;
/// The days of the week.
pub(super) const WEEKDAY: u32 = 1 << 11;
/// Measures: `5 minutes walk` is no street.
pub(super) const MEASURE: u32 = 1 << 12;
/// Offences, as a record names them.
pub(super) const OFFENCE: u32 = 1 << 13;
/// Stretches of time a sentence is measured in.
pub(super) const PERIOD: u32 = 1 << 14;
/// Words that are also names: "Will", "May", "Hill".
pub(super) const NAME_TOO: u32 = 1 << 15;

/// The lists.
pub(super) const KINDS: [(u32, &str); 16] = [
    (
        STREET,
        "road rd street str st avenue ave av lane ln close cl drive dr way gardens gdns garden crescent cres terrace terr ter \
        place pl court ct crt grove grv square sq hill rise walk mews row parade pde park pk green view villas villa cottages \
        cottage flats house hse mansions wharf quay yard alley arcade passage approach buildings bldgs chambers circus common \
        croft dene end fields field gate garth heath heights mall meadow meadows mead mount orchard path promenade reach ridge \
        tower towers vale wood woods wynd boulevard blvd estate farm lodge bungalow apartments broadway bank embankment \
        esplanade causeway strand point drove chase crossway corner hamlet hall bridge brow bottom copse dale glen vw gdn lne clo wlk cresc bldg mans est grn \
        spinney paddock paddocks oaks pines poplars beeches limes laurels firs elms nook hurst leas lees brook downs pastures maltings \
        precinct plaza loke twitten hollow glade oval quadrant acre acres warren knoll fold shaw",
    ),
    (
        WHOLE,
        "broadway strand piccadilly cheapside haymarket eastgate westgate northgate southgate kingsway queensway causeway \
        ridgeway promenade esplanade embankment whitehall crossways parkway broadwalk boulevard poultry aldgate",
    ),
    (
        NOT_IN_A_NAME,
        "for with without who which that this these those was were is are be been has had have will would can could then when \
        where while a an his her their he she they it or but into since until till during before after between around about \
        towards outside inside within per each every all some any more most other others not do does did seen wearing wears wore \
        stole steals stolen stealing took takes taken visits visited visit targets targeted target entered enters left leaves \
        code ref reference model reported call return returned uses used using known linked arrested said",
    ),
    (WHERE, "in on at near by to from off of along down up the and opposite behind above"),
    (
        COUNTED,
        "times time thefts theft day days people persons person men man women woman males male females female shops shop stores \
        store weeks week months month years year yr yrs hours hour hrs hr minutes minute mins min am pm youths youth children \
        child suspects suspect offences offence incidents incident reports report visits bottles items item coat coats jacket \
        jackets hair eyes hoodie trousers trainers shoes bag bags build stone foot feet ft cm kg lb inch inches metres miles mph \
        pounds officers officer staff occasions occasion premises retailers businesses packs packets boxes crates jars razors \
        perfumes cans tins of were was are have had others other more monday tuesday wednesday thursday friday saturday sunday",
    ),
    (
        MONTH,
        "january february march april may june july august september october november december jan feb mar apr jun jul aug sep \
        sept oct nov dec",
    ),
    (
        DATED,
        "on in between and since from until till to by before after of during early late dated date the monday tuesday wednesday \
        thursday friday saturday sunday",
    ),
    (
        HOUSE,
        "no nos nr num number numbers flat flats apartment apt unit house door plot suite room lives living resides address home \
        stays staying",
    ),
    (
        NUMBER,
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen \
        nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred",
    ),
    (
        AREA,
        "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fk fy g gl gu \
        gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe \
        ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo \
        ze",
    ),
    (
        LABEL,
        "bus buses route tram train platform junction exit bay aisle till camera cam gate level stop stage size extension ext \
        channel image photo photograph picture page version scan still clip",
    ),
    (WEEKDAY, "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"),
    (MEASURE, "minutes minute mins min metres metre miles mile yards yard hours hour hrs feet km m"),
    (
        OFFENCE,
        "theft thefts stealing burglary burglaries robbery robberies assault assaults shoplifting fraud drugs drug violence \
        violent dishonesty criminal damage handling abh gbh rape murder manslaughter wounding arson affray harassment stalking \
        offence offences offending crime crimes supply supplying possession twoc tda begging going robbing burgling fighting \
        weapons weapon firearms sexual public disorder drink",
    ),
    (PERIOD, "day days week weeks month months year years yr yrs hours hour"),
    (
        NAME_TOO,
        "will may mark grant rose hill king green brown white black gray grey young bill frank jack art pat rob drew sue penny joy \
        hope faith grace dawn april june august summer lane street wood woods park church long short rich price cash bond chase \
        field fields ford banks bridges marsh moor moore rivers waters stone steel gold silver day knight bishop pope abbot \
        baker butcher cook carpenter tailor porter shepherd fisher forester \
        gardener dean page parish priest best bright good sharp swift wise noble small little low strong love \
        bush heath holly ivy daisy lily violet iris fern olive ruby amber pearl jade ray gene miles max major duke earl baron \
        guy chuck dick don peg robin sandy van wade ward west east north south winter \
        frost snow rain storm case bell ball book box bird fox wolf lamb bull hart buck hawk crane drake swan finch \
        jay wren mills mill pond pool lake barn hall house castle tower gate court close temple cross story head foot hand \
        shaw booth law laws doe berry plum cherry root rice salt pepper bacon coffey english french welsh holland \
        ireland england london kent essex york lancaster lincoln chester shop store town man men boy call",
    ),
];
