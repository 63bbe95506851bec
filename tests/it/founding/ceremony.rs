//! From nothing to a trusted unit: init, enrolment, request, the offline signing, the file brought back.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use disclosure_portal::actions::enrol::{self, Enrolment, Invite};
use disclosure_portal::actions::root::{self, Why};
use disclosure_portal::actions::{No, Office, audit, trust};
use disclosure_portal::cli::root::{self as offline, Signing};
use disclosure_portal::cli::serve;
use disclosure_portal::clock::{Clock, random};
use disclosure_portal::demo::{keys, stamp};
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::ids::{AreaId, PersonId};
use disclosure_portal::ledger::root::Signed;
use disclosure_portal::sealing::age::Identity;
use disclosure_portal::store::people::Area;

use super::{Fresh, ROOT_NAME, sql};
use crate::harness::wrong_fields;

/// A portal in use: an administrator, an area with a unit key, its first co-ordinator.
struct Begun {
    fresh: Fresh,
    office: Office,
    lee: Actor,
    sam: PersonId,
    area: AreaId,
}

/// Enrols as a browser does; the wraps are of no use to anybody.
async fn join(office: &Office, token: &str) -> PersonId {
    let invited = enrol::invited(office, token).await.unwrap();
    let secret = totp_rs::Secret::try_from_base32(&invited.totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let wrap = STANDARD.encode([1; 76]);
    let form = Enrolment {
        auth: "ab".repeat(32),
        recovery_auth: "cd".repeat(32),
        recipient: Identity::fresh().unwrap().recipient().to_string(),
        signing_key: keys::signing_key(&random()).unwrap(),
        identity_wrap: wrap.clone(),
        signing_wrap: wrap.clone(),
        recovery_identity_wrap: wrap.clone(),
        recovery_signing_wrap: wrap,
        code: totp.generate(u64::try_from(Clock::real().millis() / 1000).unwrap()).to_string(),
        ..Enrolment::default()
    };
    enrol::enrol(office, token, &form, stamp()).await.unwrap();
    PersonId::parse(&invited.person).unwrap()
}

async fn begin() -> Begun {
    let fresh = Fresh::new();
    let office = serve::open(&fresh.config(), Clock::system()).await.map_err(|no| no.sentence).unwrap();
    let lee = join(&office, &fresh.token()).await;
    let lee = office.read().await.unwrap().actor(lee).await.unwrap();
    let area = AreaId::fresh(office.now(), random());
    let row = Area {
        id: area.to_string(),
        code: "CZ".into(),
        name: "Cantwell".into(),
        unit_recipient: Identity::fresh().unwrap().recipient().to_string(),
        unit_box: Vec::new(),
        next_recipient: None,
        next_box: None,
        next_serial: 1,
    };
    office.act(move |tx| Box::pin(async move { Ok(tx.add_area(&row).await?) })).await.unwrap();
    let sam = co_ordinator(&office, &lee, area, "Sam Hollis").await;
    Begun { fresh, office, lee, sam, area }
}

async fn co_ordinator(office: &Office, by: &Actor, area: AreaId, name: &str) -> PersonId {
    let form = Invite {
        email: format!("{}@example.org", name.split(' ').next().unwrap()),
        name: name.into(),
        role: "aic".into(),
        area: area.to_string(),
        ..Invite::default()
    };
    let path = enrol::invite(office, by, &form, stamp()).await.unwrap();
    join(office, path.rsplit('/').next().unwrap()).await
}

impl Begun {
    async fn waits(&self) -> Vec<(String, Why)> {
        let waiting = root::waiting(&self.office, &self.lee).await.unwrap();
        waiting.into_iter().map(|one| (one.name, one.why)).collect()
    }

    /// Carries the request out, signs what is named, carries the file back; answers its text.
    async fn signed(&self, names: &[&str]) -> String {
        let request = root::request(&self.office, &self.lee, stamp()).await.unwrap();
        let at = &self.fresh.folder.0;
        fs::write(at.join("request.json"), request).unwrap();
        let _ = fs::remove_file(at.join("signed.json"));
        let waiting = root::waiting(&self.office, &self.lee).await.unwrap();
        let words = waiting.into_iter().filter(|one| names.contains(&one.name.as_str())).map(|one| one.words);
        let signing = Signing {
            request: at.join("request.json"),
            key: self.fresh.stick(),
            name: ROOT_NAME.into(),
            out: Some(at.join("signed.json")),
            accept: words.collect(),
            json: false,
        };
        offline::sign(&signing).unwrap().end().unwrap();
        fs::read_to_string(at.join("signed.json")).unwrap()
    }

    async fn take(&self, text: &str) -> Result<usize, No> {
        root::accept(&self.office, &self.lee, text.as_bytes(), stamp()).await
    }

    /// Whether unit and co-ordinator are trusted.
    async fn trusted(&self) -> (bool, bool) {
        let mut conn = self.office.read().await.unwrap();
        let trust = trust::of(&self.office, &mut conn, &[self.sam], &[self.area]).await.unwrap();
        let person = conn.person(self.sam).await.unwrap().unwrap();
        let area = conn.area(self.area).await.unwrap().unwrap();
        let sam = trust.person(&person.id, &person.recipient, &person.signing_key);
        (trust.unit(&area.id, &area.unit_recipient), sam.is_some())
    }

    async fn end(self) {
        let found = audit::fsck(&mut self.office.read().await.unwrap(), &self.office.log_vkey).await.unwrap();
        assert_eq!(found.failures, Vec::<String>::new());
        self.office.close().await;
    }
}

#[actix_web::test]
async fn from_nothing_to_a_trusted_unit() {
    let begun = begin().await;
    let both = vec![("CZ".to_owned(), Why::Unit), ("Sam Hollis".to_owned(), Why::FirstCoOrdinator)];
    assert_eq!(begun.waits().await, both);
    assert_eq!(begun.trusted().await, (false, false));
    let kept = begun.office.read().await.unwrap().mails().await.unwrap();
    assert!(kept.is_empty(), "the link was shown to whoever invited, and is stored nowhere");
    let only_sam = begun.signed(&["Sam Hollis"]).await;
    assert_eq!(begun.take(&only_sam).await.unwrap(), 1);
    assert_eq!((begun.trusted().await, begun.waits().await.len()), ((false, true), 1));
    let unit = begun.signed(&["CZ"]).await;
    assert_eq!(begun.take(&unit).await.unwrap(), 1);
    assert_eq!((begun.trusted().await, begun.waits().await.len()), ((true, true), 0));
    // The same file again adds nothing; a second co-ordinator waits for the first, or for the root.
    assert_eq!(begun.take(&unit).await.unwrap(), 0);
    co_ordinator(&begun.office, &begun.lee, begun.area, "Frankie Moor").await;
    assert_eq!(begun.waits().await, [("Frankie Moor".to_owned(), Why::AnotherCoOrdinator)]);
    begun.end().await;
}

#[actix_web::test]
async fn only_an_administrator_has_a_part_in_it() {
    let begun = begin().await;
    let signed = begun.signed(&["CZ"]).await;
    let sam = begun.office.read().await.unwrap().actor(begun.sam).await.unwrap();
    for by in [&sam, &Actor::Portal] {
        assert!(root::waiting(&begun.office, by).await.is_err());
        assert!(root::request(&begun.office, by, stamp()).await.is_err());
        assert!(root::accept(&begun.office, by, signed.as_bytes(), stamp()).await.is_err());
    }
    assert_eq!(begun.trusted().await, (false, false));
    begun.end().await;
}

#[actix_web::test]
async fn a_file_by_another_root_or_with_a_letter_changed_is_refused_whole_and_by_name() {
    let begun = begin().await;
    let good = begun.signed(&["CZ", "Sam Hollis"]).await;
    let sentence = |no: No| match no {
        No::Invalid(errors) => errors.into_iter().map(|error| error.sentence).collect::<Vec<_>>().join("\n"),
        other => panic!("{other:?}"),
    };
    // Another root signs the same request.
    let at = &begun.fresh.folder.0;
    let other = offline::key(&at.join("other.key"), ROOT_NAME).unwrap();
    let request = fs::read_to_string(at.join("request.json")).unwrap();
    fs::write(at.join("theirs.json"), request.replace(&begun.fresh.made.root, &other.vkey())).unwrap();
    let words: Vec<String> =
        root::waiting(&begun.office, &begun.lee).await.unwrap().into_iter().map(|one| one.words).collect();
    let theirs = Signing {
        request: at.join("theirs.json"),
        key: at.join("other.key"),
        name: ROOT_NAME.into(),
        out: Some(at.join("forged.json")),
        accept: words,
        json: false,
    };
    offline::sign(&theirs).unwrap().end().unwrap();
    let told = sentence(begun.take(&fs::read_to_string(at.join("forged.json")).unwrap()).await.unwrap_err());
    assert!(told.contains("Paper 1, “CZ”,") && told.contains("Paper 2, “Sam Hollis”,"), "{told}");
    // One letter of one paper: both stay out, and the sentence names the one.
    for (from, to) in [("Sam Hollis", "Sam Hollin"), ("\\\"role\\\":\\\"aic", "\\\"role\\\":\\\"aid")] {
        let told = sentence(begun.take(&good.replace(from, to)).await.unwrap_err());
        assert!(told.contains("Paper 2") && !told.contains("Paper 1"), "{told}");
    }
    let mut notes = 0;
    for at in (0..good.len()).filter(|at| good.as_bytes()[*at].is_ascii_alphanumeric()).step_by(7) {
        let mut changed = good.clone().into_bytes();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        assert_eq!(wrong_fields(begun.take(&changed).await), vec!["signed"], "byte {at}: {changed}");
        notes += 1;
    }
    assert!(notes > 100 && begun.trusted().await == (false, false));
    for rubbish in ["", "{}", "[]", "\u{0}", &request] {
        assert_eq!(wrong_fields(begun.take(rubbish).await), ["signed"]);
    }
    assert_eq!(begun.take(&good).await.unwrap(), 2);
    begun.end().await;
}

#[actix_web::test]
async fn a_true_signature_over_a_key_that_is_not_in_use_is_refused() {
    let begun = begin().await;
    let good = begun.signed(&["CZ", "Sam Hollis"]).await;
    let stranger = Identity::fresh().unwrap().recipient().to_string();
    let data = begun.fresh.dir();
    let sam = begun.sam;
    for (table, column, value, back) in [
        ("person", "recipient", stranger.as_str(), None),
        ("person", "signing_key", "AAAA", None),
        ("person", "name", "Sam Holly", None),
        ("person", "suspended", "1", Some("0")),
        ("grant_held", "role", "reviewer", Some("aic")),
        ("area", "unit_recipient", stranger.as_str(), None),
    ] {
        let id = match table {
            "person" => format!("id = '{sam}'"),
            "grant_held" => format!("person_id = '{sam}'"),
            _ => format!("id = '{}'", begun.area),
        };
        sql(&data, &format!("CREATE TABLE kept AS SELECT {column} AS was FROM {table} WHERE {id}"));
        sql(&data, &format!("UPDATE {table} SET {column} = '{value}' WHERE {id}"));
        assert_eq!(wrong_fields(begun.take(&good).await), ["signed"], "{table}.{column}");
        let was = back.map_or_else(|| "(SELECT was FROM kept)".to_owned(), |text| format!("'{text}'"));
        sql(&data, &format!("UPDATE {table} SET {column} = {was} WHERE {id}; DROP TABLE kept"));
    }
    assert_eq!(begun.trusted().await, (false, false));
    // A row that only claims to be the root's neither counts nor stands in the way.
    let document = hex::encode(&Signed::read(&good).unwrap().papers[1].document);
    let row = format!("'x', 'approve', 'person/{sam}', 'root', x'{document}', 'note', 0");
    sql(&data, &format!("INSERT INTO approval VALUES ({row})"));
    assert_eq!(begun.trusted().await, (false, false));
    assert_eq!(begun.take(&good).await.unwrap(), 2);
    assert_eq!(begun.trusted().await, (true, true));
    begun.end().await;
}
