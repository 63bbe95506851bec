//! What the police desk's pages read: lists, one release with its case file, who could be chosen as a recipient.

use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::decision::record::{self, Section};
use crate::actions::decision::{self, Gathered};
use crate::actions::duties::{self, Listed};
use crate::actions::elsewhere::{self, Link};
use crate::actions::rulings::waits::{self, Wait};
use crate::actions::statements::{self, Signature};
use crate::actions::{No, Office, Stamp, registers, reviews};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::ids::{AreaId, PersonId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Stage};
use crate::domain::scheme::Footing;
pub use crate::store::copies::Row as Copy;
use crate::store::people::{Area, Person};
use crate::store::registers::{Member, Receiver};
use crate::store::releases::{Filed, Photograph};

/// A line of a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The release.
    pub filed: Filed,
    /// Its title, which stays with the police.
    pub title: String,
    /// The stage's word now.
    pub word: &'static str,
    /// Copies: all, sealed, opened, confirmed.
    pub counts: [usize; 4],
}

/// A release with all the desk shows.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The release.
    pub filed: Filed,
    /// The case file.
    pub file: CaseFile,
    /// What would leave; gone from authority on.
    pub draft: Option<Draft>,
    /// The stage's word now.
    pub word: &'static str,
    /// The area.
    pub area: Area,
    /// The photographs, without pixels.
    pub photographs: Vec<Photograph>,
    /// Which of the unit's keys they lie under, each once.
    pub units: Vec<String>,
    /// The copies.
    pub copies: Vec<Copy>,
    /// How it is linked with other areas (K7.6).
    pub links: Vec<Link>,
    /// The officer who asked.
    pub officer: String,
    /// Parts of the decision that are complete, and all.
    pub parts: (usize, usize),
    /// Its duties, done and open.
    pub duties: Vec<Listed>,
    /// What is on record of the decision, part by part (forms 3795 and 3796).
    pub record: Vec<Section>,
    /// A part of the decision was saved.
    pub begun: bool,
    /// What was signed about it, as far as this person may read it.
    pub signatures: Vec<Signature>,
    /// The co-ordinator who authorised.
    pub authorised_by: Option<String>,
    /// What this person may do with it now.
    pub may: May,
    /// What it waits for beside the co-ordinator's own work.
    pub waits: Vec<Wait>,
}

/// The acts offered on a release's page: the same rules that would refuse them.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each button of a page")]
pub struct May {
    /// Decide the request.
    pub decide: bool,
    /// Withdraw it.
    pub withdraw: bool,
    /// Recall the release.
    pub recall: bool,
    /// Open an original.
    pub original: bool,
    /// Seal copies that are not sealed.
    pub seal: bool,
    /// Serve the notice, put representations on record.
    pub represent: bool,
    /// Open documents of the case.
    pub documents: bool,
    /// Void a number that was issued in error (K8.3).
    pub void: bool,
    /// Print the record of authority.
    pub record: bool,
    /// Keep its duties and take its disclosure bundle.
    pub duties: bool,
    /// Change one's own request and send it again.
    pub write: bool,
    /// See more of its links with other areas, and hand over.
    pub areas: bool,
    /// See the certificates of its copies.
    pub certificates: bool,
    // Reviews
    /// See its reviews: they are for the ranks of its area and the auditor.
    pub reviews: bool,
    /// Bring its limit forward.
    pub shorten: bool,
    /// Record that its exclusion notice ended early.
    pub notice: bool,
}

/// A possible recipient and why they cannot be chosen (empty: they can).
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The person.
    pub receiver: Receiver,
    /// Where they stand.
    pub footing: Footing,
    /// Why not.
    pub ineligible: Vec<Refusal>,
}

/// One release. Reading it is a consultation (DPA 2018 s.62): a leaf, whoever reads.
pub async fn sheet(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<Sheet, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, id).await?;
    if filed.release.stage == Stage::Draft {
        // Its writer goes on with it elsewhere; it is nobody's record yet, and no leaf tells of it (P10).
        return Err(No::NotFound);
    }
    registers::consulted(office, by, filed.release.object(), "record", stamp).await?;
    let of = decision::gather_filed(office, &mut conn, filed, now).await?;
    let mut record = record::sections(office, &mut conn, &of).await?.split_off(1);
    record.extend(reviews::record::sections(office, &mut conn, id).await?);
    let waits = waits::of(by, &of, now);
    let missing = decision::missing(&of, now);
    let parts = (missing.iter().filter(|(_, saved, unmet)| saved.is_some() && unmet.is_empty()).count(), missing.len());
    let duties = duties::listed(office, &mut conn, &of, now).await?;
    let begun = !of.saved.is_empty();
    let records = of.case.considered.records.clone();
    let Gathered { filed, file, draft, photographs, .. } = of;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    let mut units = Vec::new();
    for photograph in &photographs {
        units.extend(conn.unit_of(&photograph.object).await?.filter(|unit| !units.contains(unit)));
    }
    let copies = conn.copies_of_release(id).await?;
    let mut name =
        async |id: PersonId| Ok::<_, No>(conn.person(id).await?.map_or_else(String::new, |person| person.name));
    let officer = name(filed.release.requested_by).await?;
    let authorised_by = match filed.release.stage.authority() {
        Some(authority) => Some(name(authority.by).await?),
        None => None,
    };
    let links = elsewhere::links(office, &mut conn, &filed.release, now).await?;
    let word = filed.release.word(now);
    let noticed = reviews::limits::noticed(&mut conn, id, records.exclusion_ends).await?;
    let offers = offers(by, &filed.release, &copies, [!photographs.is_empty(), !links.is_empty(), noticed], now);
    let signatures = statements::about(office, &mut conn, by, id).await?;
    Ok(Sheet {
        word,
        area,
        photographs,
        units,
        copies,
        parts,
        duties,
        links,
        record,
        begun,
        signatures,
        officer,
        authorised_by,
        may: offers,
        waits,
        filed,
        file,
        draft,
    })
}

/// Writes down that one page of a case was read (DPA 2018 s.62), whoever reads; `page`: which. The caller has asked who may.
pub async fn consulted(office: &Office, by: &Actor, id: ReleaseId, page: &str, stamp: Stamp) -> Result<(), No> {
    registers::consulted(office, by, format!("release/{id}"), page, stamp).await
}

/// What a release's page offers to `by`: the same rules that would refuse it.
fn offers(by: &Actor, release: &Release, copies: &[Copy], facts: [bool; 3], now: Moment) -> May {
    let [pictured, linked, noticed] = facts;
    let thing = casefile::thing(release);
    let word = release.word(now);
    let requested = word == "requested";
    let to_seal = |copy: &Copy| copy.sealed_at.is_none() && copy.key_gone_at.is_none() && !copy.awaits_conditions();
    let unsealed = copies.iter().any(to_seal);
    let own = release.asked_by(by);
    May {
        decide: requested && may(by, Act::Decide, thing) && !own,
        withdraw: matches!(word, "requested" | "returned") && may(by, Act::Withdraw, thing),
        recall: matches!(word, "live" | "expired") && may(by, Act::Recall, thing),
        original: may(by, Act::OpenOriginal, thing) && pictured,
        seal: word == "live" && unsealed && may(by, Act::Decide, thing),
        represent: may(by, Act::Represent, thing),
        documents: may(by, Act::OpenDocument, thing),
        // Offered while nobody has opened a copy; asked again inside the act.
        void: word == "live"
            && copies.iter().all(|copy| copy.opened_at.is_none())
            && may(by, Act::Recall, thing)
            && !own,
        record: may(by, Act::ReadAuthority, thing),
        duties: release.stage.authority().is_some() && may(by, Act::KeepDuties, thing),
        write: release.write(by, now).is_ok(),
        areas: may(by, Act::Decide, thing) && linked,
        certificates: copies
            .iter()
            .filter_map(|copy| copy.holding().ok())
            .any(|held| may(by, Act::SeeCopy, Thing::Copy { area: release.area, holder: held.holder })),
        reviews: release.stage.authority().is_some() && may(by, Act::ReadAuthority, thing),
        shorten: word == "live" && may(by, Act::Decide, thing) && !own,
        notice: word == "live" && may(by, Act::KeepDuties, thing) && noticed,
    }
}

/// Who could receive from this area, by scheme, with why not.
pub async fn candidates(office: &Office, by: &Actor, area: AreaId) -> Result<Vec<Candidate>, No> {
    if !by.is_in(Role::Aic, area) {
        return Err(No::NotFound);
    }
    let (mut conn, now) = (office.read().await?, office.now());
    let mut all = Vec::new();
    for scheme in conn.schemes().await? {
        if scheme.area()? != area {
            continue;
        }
        for (receiver, footing) in conn.footings(scheme.id()?, now).await? {
            let ineligible = footing.ineligible(now);
            all.push(Candidate { receiver, footing, ineligible });
        }
    }
    Ok(all)
}

/// The member businesses of an area's schemes, each with its scheme's name: to whom a manager may show a release (K7.4).
pub async fn members(office: &Office, by: &Actor, area: AreaId) -> Result<Vec<(Member, String)>, No> {
    if !by.is_in(Role::Aic, area) {
        return Err(No::NotFound);
    }
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for scheme in conn.schemes().await? {
        if scheme.area()? == area {
            let members = conn.members(scheme.id()?).await?.into_iter().filter(|member| member.removed_at.is_none());
            all.extend(members.map(|member| (member, scheme.name.clone())));
        }
    }
    Ok(all)
}

/// The areas in which a person may ask for a release.
pub async fn request_areas(office: &Office, by: &Actor) -> Result<Vec<Area>, No> {
    let mut areas = Vec::new();
    for area in office.read().await?.areas().await? {
        let id = area.id()?;
        if by.grants().contains(&Grant::InArea(Role::Officer, id)) {
            areas.push(area);
        }
    }
    Ok(areas)
}

/// Somebody's name; nobody's is empty.
pub async fn name(office: &Office, id: PersonId) -> Result<String, No> {
    Ok(office.read().await?.person(id).await?.map_or_else(String::new, |person| person.name))
}

/// A person's own account.
pub async fn account(office: &Office, by: &Actor) -> Result<Person, No> {
    let person = by.person().ok_or(No::NotFound)?;
    office.read().await?.person(person).await?.ok_or(No::NotFound)
}

/// When a person signed in before their newest sign-in: somebody else's is noticed by it.
pub async fn signed_in_before(office: &Office, by: &Actor) -> Result<Option<i64>, No> {
    Ok(office.read().await?.signed_in_before(by.person().ok_or(No::NotFound)?).await?)
}

/// What a browser needs to unlock a person's own keys.
pub async fn keys(office: &Office, by: &Actor) -> Result<serde_json::Value, No> {
    let person = by.person().ok_or(No::NotFound)?;
    let mut conn = office.read().await?;
    let row = conn.person(person).await?.ok_or(No::NotFound)?;
    let passkeys = conn.passkeys(person).await?;
    let mut wraps = Vec::new();
    for wrap in conn.wraps(person).await? {
        // The browser must know which passkey to touch for it.
        let credential = passkeys.iter().find(|row| row.wrap_id.as_ref() == Some(&wrap.id)).map(|row| row.id.clone());
        let mut told = serde_json::json!({
            "id": wrap.id, "kind": wrap.kind, "identity": wrap.identity, "signing": wrap.signing,
        });
        if let (Some(credential), Some(members)) = (credential, told.as_object_mut()) {
            members.insert("credential".to_owned(), credential.into());
        }
        wraps.push(told);
    }
    Ok(serde_json::json!({
        "person_id": row.id, "email": row.email, "name": row.name, "recipient": row.recipient,
        "signing_key": row.signing_key, "wraps": wraps,
    }))
}
