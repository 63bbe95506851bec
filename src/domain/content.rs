//! What may never stand in words that leave (K8.3, K8.5): an address, anything from the PNC.
//!
//! Refused, not warned; the words found are named. Promises: the same finding however the words are spaced, punctuated,
//! cased or typed (full-width, look-alike and invisible characters are read as what they look like). Strict over lax where
//! in doubt: "12 High Street shops" is refused although a person may have meant a count, and is to be worded otherwise.
//! Absent on purpose: conviction-like wording (K8.4) and the whole list of PNC codes, which come with the complete decision;
//! a house known by a name alone ("Rose Cottage, Mill Lane"), which no list of words tells from a shop; streets whose last
//! word is not in the lists below. Proved by the tables in `content_tests.rs`.

use crate::refusal::Refusal;

/// Words that end a street's name, or a building's.
const STREETS: &str = "road rd street str st avenue ave av lane ln close cl drive dr way gardens gdns garden crescent cres \
    terrace terr ter place pl court ct crt grove grv square sq hill rise walk mews row parade pde park pk green view villas villa \
    cottages cottage flats house hse mansions wharf quay yard alley arcade passage approach buildings bldgs chambers circus \
    common croft dene end fields field gate garth heath heights mall meadow meadows mead mount orchard path promenade reach \
    ridge tower towers vale wood woods wynd boulevard blvd estate farm lodge bungalow apartments broadway bank embankment \
    esplanade causeway strand point drove chase crossway corner hamlet hall bridge brow bottom copse dale glen";

/// Streets of one word.
const WHOLE: &str = "broadway strand piccadilly cheapside haymarket eastgate westgate northgate southgate kingsway queensway \
    causeway ridgeway promenade esplanade embankment whitehall crossways parkway broadwalk boulevard poultry aldgate";

/// Words that cannot stand inside a street's name, so that "3 thefts in High Street" is no address.
const NOT_IN_A_NAME: &str = "for with without who which that this these those was were is are be been has had have \
    will would can could then when where while a an his her their he she they it or but into since until till during \
    before after between around about towards outside inside within per each every all some any more most other others \
    not do does did seen wearing wears wore stole steals stolen stealing took takes taken visits visited visit targets \
    targeted target entered enters left leaves reported call return returned uses used using known linked arrested said";

/// Places a thing is in: they part a count from a street, but not `no 12` from its street.
const WHERE: &str = "in on at near by to from off of along down up the and opposite behind above";

/// What is counted or measured, not lived in.
const COUNTED: &str = "times time thefts theft days day people persons person men man women woman males male females female \
    shops shop stores store weeks week months month years year yr yrs hours hour hrs hr minutes minute mins min am pm \
    youths youth children child suspects suspect offences offence incidents incident reports report visits bottles items \
    item coat coats jacket jackets hair eyes hoodie trousers trainers shoes bag bags build stone foot feet ft cm kg lb inch \
    inches metres miles mph pounds officers officer staff occasions occasion premises retailers businesses packs packets \
    boxes crates jars razors perfumes cans tins of were was are have had others other more monday tuesday wednesday thursday \
    friday saturday sunday";

const MONTHS: &str = "january february march april may june july august september october november december \
    jan feb mar apr jun jul aug sep sept oct nov dec";

/// What stands before a day of a month, or a year.
const DATED: &str = "on in between and since from until till to by before after of during early late dated date the \
    monday tuesday wednesday thursday friday saturday sunday";

/// What stands before a house's number.
const HOUSE: &str = "no nos nr num number numbers flat flats apartment apt unit house door plot suite room lives living \
    resides address home stays staying";

const NUMBERS: &str = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred";

/// The United Kingdom's postcode areas, for a postcode typed in pieces.
const AREAS: &str = "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en \
    ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np \
    nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc \
    wd wf wn wr ws wv yo ze";

/// Letters and figures that look like ours, each followed by what it looks like.
const ALIKE: &str = "АAВBСCЕEНHІIКKМMОOРPТTХXУYаaсcеeоoрpхxуyіiΑAΒBΕEΗHΙIΚKΜMΝNΟOΡPΤTΧXΥYοo¹1²2³3⁰0";

/// One word as read: letters and figures only, with what stood between it and the word before.
struct Word {
    text: String,
    lower: String,
    gap: String,
}

impl Word {
    fn among(&self, list: &str) -> bool {
        list.split_ascii_whitespace().any(|word| word == self.lower)
    }

    fn is_street(&self) -> bool {
        self.among(STREETS)
    }

    /// A street's name in one word: `Broadway`, `HighStreet`.
    fn is_whole_street(&self) -> bool {
        let fused = |end: &str| self.lower.len() > end.len() + 2 && self.lower.ends_with(end);
        self.among(WHOLE) || ["street", "road", "avenue", "lane"].into_iter().any(fused)
    }

    /// The figure of `12` and `12a`.
    fn figure(&self) -> Option<u32> {
        let (digits, tail) = figures(&self.text);
        let fits = digits.len() <= 4 && tail.len() <= 1 && tail.bytes().all(|b| b.is_ascii_alphabetic());
        if fits { digits.parse().ok() } else { None }
    }

    /// A number a house may have: `12`, `12a`, `twelve`, `XII`.
    fn is_number(&self) -> bool {
        let roman = self.text.len() > 1 && self.text.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L'));
        self.figure().is_some() || roman || self.among(NUMBERS)
    }

    fn ends_sentence_before(&self) -> bool {
        self.gap.contains(['.', '!', '?'])
    }
}

/// Everything in `text` that may not leave.
pub fn leaks(text: &str) -> Vec<Refusal> {
    let words = read(text);
    let mut found = Vec::new();
    for at in 0..words.len() {
        let rest = words.get(at..).unwrap_or(&[]);
        if let Some(words) = postcode(rest).or_else(|| house(&words, at)).or_else(|| house_last(&words, at)) {
            found.push(Refusal::AddressInText { words });
        }
        if let Some(words) = pnc(rest).or_else(|| pnc_id(rest)) {
            found.push(Refusal::PncInText { words });
        }
    }
    found.dedup();
    found
}

/// The words of `text`; a word typed letter by letter is one word.
fn read(text: &str) -> Vec<Word> {
    let (mut words, mut gap, mut word) = (Vec::new(), String::new(), String::new());
    for c in text.chars().filter_map(plain).chain([' ']) {
        match c {
            '\'' => {}
            c if c.is_alphanumeric() => word.push(c),
            c => {
                add(&mut words, &mut gap, &mut word);
                gap.push(c);
            }
        }
    }
    let mut whole: Vec<Word> = Vec::new();
    let letter = |word: &Word| word.text.len() == 1 && word.text.bytes().all(|b| b.is_ascii_alphabetic());
    for run in words.chunk_by(|a, b| letter(a) && letter(b)) {
        let one = run.len() > 2;
        for (n, word) in run.iter().enumerate() {
            match whole.last_mut() {
                Some(last) if one && n > 0 => {
                    last.text.push_str(&word.text);
                    last.lower.push_str(&word.lower);
                }
                _ => whole.push(Word { text: word.text.clone(), lower: word.lower.clone(), gap: word.gap.clone() }),
            }
        }
    }
    whole
}

/// A character as it looks; `None` for one that is not seen.
fn plain(c: char) -> Option<char> {
    let code = u32::from(c);
    let from = |base: char, n: u32| char::from_u32(u32::from(base) + n);
    match code {
        0xAD | 0x300..=0x36F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0xFE00..=0xFE0F | 0xFEFF => None,
        0xFF01..=0xFF5E => from('!', code - 0xFF01),
        0x660..=0x669 => from('0', code - 0x660),
        0x6F0..=0x6F9 => from('0', code - 0x6F0),
        0x2460..=0x2468 => from('1', code - 0x2460),
        0x24B6..=0x24CF => from('A', code - 0x24B6),
        0x1D400..=0x1D6A3 if (code - 0x1D400) % 52 < 26 => from('A', (code - 0x1D400) % 52),
        0x1D400..=0x1D6A3 => from('a', (code - 0x1D400) % 52 - 26),
        0x1D7CE..=0x1D7FF => from('0', (code - 0x1D7CE) % 10),
        0x2018 | 0x2019 | 0x2BC | 0x60 | 0xB4 => Some('\''),
        0..=0x7F => Some(c),
        _ => {
            let mut pairs = ALIKE.chars();
            while let (Some(theirs), Some(ours)) = (pairs.next(), pairs.next()) {
                if theirs == c {
                    return Some(ours);
                }
            }
            Some(c)
        }
    }
}

/// Ends a word; `12high` and `No12` are two.
fn add(words: &mut Vec<Word>, gap: &mut String, word: &mut String) {
    let text = std::mem::take(word);
    if text.is_empty() {
        return;
    }
    let (digits, letters) = figures(&text);
    let (name, number) = text.split_at(text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len()));
    let one = |text: &str, gap: String| Word { text: text.to_owned(), lower: text.to_lowercase(), gap };
    let name = one(name, std::mem::take(gap));
    let tail = one(letters, String::new());
    if !digits.is_empty() && letters.len() > 2 && letters.chars().all(char::is_alphabetic) && !tail.among(COUNTED) {
        words.extend([one(digits, name.gap), tail]);
    } else if !number.is_empty() && name.among(HOUSE) {
        words.extend([name, one(number, String::new())]);
    } else {
        words.push(one(&text, name.gap));
    }
}

/// The figures a word opens with, and the rest.
fn figures(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn said(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A full postcode, whole or in pieces (BS 7666: one or two letters, a digit, perhaps one more; then digit, letter, letter).
///
/// In more than two pieces only a real area and the letters the second half may have count, so that "me 4 30 pm" passes.
fn postcode(words: &[Word]) -> Option<String> {
    let mut joined = String::new();
    for (n, word) in words.iter().enumerate().take(7) {
        joined.push_str(&word.lower);
        if joined.len() > 7 || !joined.is_ascii() {
            return None;
        }
        let Some((outward, inward)) = joined.len().checked_sub(3).and_then(|cut| joined.split_at_checked(cut)) else {
            continue;
        };
        let area = outward.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        let halves = n == 0 || (n == 1 && word.lower == inward);
        let real =
            AREAS.split_ascii_whitespace().any(|a| a == area) && !inward.contains(['c', 'i', 'k', 'm', 'o', 'v']);
        let clock = inward.ends_with("am") || inward.ends_with("pm");
        if is_outward(outward) && is_inward(inward) && !clock && (halves || real) {
            return words.get(..=n).map(said);
        }
    }
    None
}

fn is_outward(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let tail = bytes.get(letters..).unwrap_or(&[]);
    (1..=2).contains(&letters)
        && (1..=2).contains(&tail.len())
        && tail.first().is_some_and(u8::is_ascii_digit)
        && tail.iter().all(u8::is_ascii_alphanumeric)
}

fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [d, a, b] if d.is_ascii_digit() && a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

/// Whether the number at `at` is said to be a house's: `no 12`, `lives at 12`. "No one" is nobody.
fn is_said_to_be_a_house(words: &[Word], at: usize) -> bool {
    let before = words.get(at.saturating_sub(2)..at).unwrap_or(&[]);
    words.get(at).is_some_and(|word| word.figure().is_some()) && before.iter().any(|word| word.among(HOUSE))
}

/// Whether the number at `at` is a year, or the last or first part of a date or an hour: `12/03/2026`, `since 2024`, `10:30`.
fn is_moment(words: &[Word], at: usize) -> bool {
    let Some(word) = words.get(at) else { return false };
    let before = at.checked_sub(1).and_then(|n| words.get(n));
    let hour = word.gap == ":" && before.is_some_and(|b| b.figure().is_some_and(|n| n < 24)) && word.text.len() == 2;
    let opens_date =
        |n: usize| words.get(n).is_some_and(|w| matches!(w.gap.as_str(), "/" | "-" | ".") && w.figure().is_some());
    let year = word.figure().is_some_and(|n| (1900..2100).contains(&n)) && word.text.len() == 4;
    let dated = before.is_some_and(|b| b.among(DATED) || b.among(MONTHS));
    let in_date = year && opens_date(at) && at.checked_sub(1).is_some_and(opens_date);
    hour || in_date || (year && dated) || (opens_date(at + 1) && opens_date(at + 2))
}

/// A house number with a street: `12 High Street`, `12a, Mill Lane`, `no. 12 in the High Street`; and `flat 3` by itself.
fn house(words: &[Word], at: usize) -> Option<String> {
    let number = words.get(at)?;
    let before = at.checked_sub(1).and_then(|n| words.get(n));
    if let Some(flat) = before.filter(|word| word.among("flat apartment apt box")) {
        let lettered = number.text.len() == 1 && number.text.bytes().all(|b| b.is_ascii_uppercase());
        if number.is_number() || lettered {
            return Some(format!("{} {}", flat.text, number.text));
        }
    }
    if !number.is_number() || is_moment(words, at) {
        return None;
    }
    let told = is_said_to_be_a_house(words, at);
    for n in 1..=5 {
        let word = words.get(at + n)?;
        if word.is_whole_street() || (n > 1 && word.is_street()) {
            return words.get(at..=at + n).map(said);
        }
        if word.text.bytes().any(|b| b.is_ascii_digit()) || parts(words, at, n, told) {
            return None;
        }
    }
    None
}

/// Whether the word `n` after the number at `at` shows that what follows is not that number's street.
fn parts(words: &[Word], at: usize, n: usize, told: bool) -> bool {
    let (Some(word), Some(last)) = (words.get(at + n), words.get(at + n - 1)) else { return true };
    let street_next = words.get(at + n + 1).is_some_and(|next| next.is_street() && !next.gap.contains(','));
    if n == 1 && word.among(MONTHS) {
        let day = words.get(at).and_then(Word::figure).is_some_and(|day| (1..=31).contains(&day));
        let dated = at.checked_sub(1).and_then(|b| words.get(b)).is_some_and(|b| b.among(DATED));
        return day && dated && !street_next;
    }
    let plural = last.lower.ends_with('s') && last.text == last.lower;
    if word.among(WHERE) {
        // `12 The Street`, `12 Duke of York Street` and `12 Rose and Crown Yard` are addresses; `12 of the shops` is not.
        let inner = (n == 1 && word.lower == "the") || (n > 1 && word.among("of and") && !plural);
        return !(told || inner);
    }
    let sentence = n > 1 && word.ends_sentence_before() && last.text.len() > 3;
    let listed = n > 1 && word.gap.contains([',', ';']) && plural;
    sentence || listed || word.among(NOT_IN_A_NAME) || (word.among(COUNTED) && !street_next)
}

/// A house number after its street: `High Street 12`, `High Street, no. 12`.
fn house_last(words: &[Word], at: usize) -> Option<String> {
    let street = words.get(at)?;
    let from = at.saturating_sub(1);
    let named = words.get(from).is_some_and(|word| {
        from < at && ![WHERE, NOT_IN_A_NAME, COUNTED].iter().any(|list| word.among(list)) && !word.is_number()
    });
    if !(street.is_whole_street() || (street.is_street() && named)) {
        return None;
    }
    let next = words.get(at + 1)?;
    if next.among("no nos nr num number numbers flat unit house door") {
        let number = words.get(at + 2)?;
        let nobody = next.lower == "no" && number.figure().is_none();
        return (number.is_number() && !nobody).then(|| words.get(from..=at + 2).map(said))?;
    }
    let stops = next.ends_sentence_before() && street.text.len() > 3;
    let year = next.text.len() == 4 && next.figure().is_some_and(|n| (1900..2100).contains(&n));
    if !next.is_number() || stops || year || is_moment(words, at + 1) {
        return None;
    }
    // `High Street 10-12 June` counts days as `High Street 12 June` does.
    let ranged = words.get(at + 2).is_some_and(|word| word.is_number() && !word.gap.contains(':'));
    let counted = words.get(if ranged { at + 3 } else { at + 2 }).is_some_and(|word| {
        let spaced = word.gap.chars().all(|c| c.is_whitespace() || c == '-' || c == ':');
        let plural = word.lower.ends_with('s') && word.text == word.lower && word.text.len() > 3;
        let clock = word.gap == ":" || word.among("to until till") && word.gap == " ";
        spaced && (plural || clock || word.among(COUNTED) || word.among(MONTHS) || word.is_whole_street())
    });
    let hour = words.get(at + 2).is_some_and(|word| word.gap == ":" && word.figure().is_some());
    (!counted && !hour).then(|| words.get(from..=at + 1).map(said))?
}

/// The PNC by name, or a warning signal.
fn pnc(words: &[Word]) -> Option<String> {
    let joined = |n: usize| words.get(..n).map(|some| some.iter().map(|w| w.lower.as_str()).collect::<String>());
    if words.first()?.lower.contains("pnc") {
        return words.get(..1).map(said);
    }
    for n in 1..=3 {
        let Some(joined) = joined(n) else { break };
        let signal = |what: &str| {
            let heads =
                ["warning", "warnings", "violent", "violence", "weapon", "weapons", "firearms", "drugs", "escaper"];
            heads.iter().any(|head| joined.strip_prefix(head).is_some_and(|rest| rest.starts_with(what)))
        };
        if joined == "pnc"
            || joined == "policenationalcomputer"
            || joined == "nationalcomputer"
            || ["signal", "marker", "flag", "code"].into_iter().any(signal)
        {
            return words.get(..n).map(said);
        }
    }
    None
}

/// A PNC identifier: `01/123456A`, `1999-1234567Z`, `01 123456 A`, `01123456A`.
fn pnc_id(words: &[Word]) -> Option<String> {
    let lettered = |text: &str| text.len() == 1 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let (year, tail) = figures(&words.first()?.text);
    if (7..=11).contains(&year.len()) && lettered(tail) {
        return words.get(..1).map(said);
    }
    let second = words.get(1)?;
    let (serial, check) = figures(&second.text);
    if !matches!(year.len(), 2 | 4) || !tail.is_empty() || !(1..=7).contains(&serial.len()) {
        return None;
    }
    let apart = second.gap.chars().any(char::is_whitespace);
    if lettered(check) && (!apart || serial.len() > 3 || second.gap.contains('/')) {
        return words.get(..2).map(said);
    }
    let third = words.get(2).is_some_and(|word| lettered(&word.text));
    (check.is_empty() && third && serial.len() > 4).then(|| words.get(..3).map(said))?
}

/// Wording that reads like a conviction (K8.4), as typed.
pub fn conviction_like(words: &str) -> Vec<String> {
    let lower = words.to_lowercase();
    let phrases = ["convicted", "previous conviction", "criminal record", "served a sentence"];
    phrases.into_iter().filter(|phrase| lower.contains(phrase)).map(str::to_owned).collect()
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
