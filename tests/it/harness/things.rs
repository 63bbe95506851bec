//! The identifiers that stand in the doors' paths: a release of area CZ, Priya's copy, its parts, its scheme and people.

use disclosure_portal::actions::decision;
use disclosure_portal::actions::enrol::{self, Invite};
use disclosure_portal::actions::find;
use disclosure_portal::actions::registers::{self, initiatives};
use disclosure_portal::actions::{deliver, inspections, messages, post, report};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{CopyId, InitiativeId, PartId, ReleaseId};
use disclosure_portal::domain::release::Part;
use disclosure_portal::web::doors::Door;

use super::{Scene, sql, who, world};

pub(crate) struct Things {
    pub(crate) release: String,
    copy: CopyId,
    part: PartId,
    photograph: String,
    unit: String,
    member: String,
    document: String,
    initiative: String,
    entry: String,
    statement: String,
    report: String,
    consultation: String,
    inspection: String,
    message: String,
    token: String,
}

impl Things {
    /// Those of the release with this reference, which Priya holds.
    pub(crate) async fn of(scene: &Scene, urn: &str) -> Self {
        let release = scene.release(urn).await;
        let copy = copy_of(&scene.office, who("Priya"), release).await.unwrap();
        let mut conn = scene.office.read().await.unwrap();
        let parts = conn.parts(copy).await.unwrap();
        let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
        let photograph = conn.photographs(release).await.unwrap()[0].id.clone();
        // The decision on it.
        let signed = conn.statements_about(release).await.unwrap();
        let statement = signed.iter().find(|one| one.kind == "authority").unwrap().id.clone();
        let unit = conn.area(world().areas[0]).await.unwrap().unwrap().unit_recipient;
        drop(conn);
        // Somebody whose keys wait to be confirmed, as a newcomer's do.
        let newcomer = format!("DELETE FROM approval WHERE object = 'person/{}'", who("Frankie").id);
        sql(scene, &newcomer);
        // Reported by the holder, and not answered.
        let priya = &who("Priya").actor;
        report::report(&scene.office, priya, copy, "The kind of shop is wrong.", stamp()).await.unwrap();
        let report = deliver::one(&scene.office, priya, copy).await.unwrap().reports[0].row.id.clone();
        let scheme = world().schemes[0];
        let entry = registers::scheme(&scene.office, &who("Sam").actor, scheme, stamp()).await.unwrap();
        let initiative = initiatives::list(&scene.office, &who("Sam").actor).await.unwrap()[0].0.id.clone();
        let id = InitiativeId::parse(&initiative).unwrap();
        let sheet = initiatives::one(&scene.office, &who("Sam").actor, id, stamp()).await.unwrap();
        Self {
            document: entry.papers[0].id.clone(),
            initiative,
            entry: sheet.entries[0].id.clone(),
            release: release.to_string(),
            copy,
            part: PartId::parse(&part.id).unwrap(),
            photograph,
            unit,
            member: entry.members[0].id.clone(),
            statement,
            report,
            consultation: consulted(scene, release).await,
            inspection: inspected(scene).await,
            message: message(scene).await,
            token: "no-such-invitation".into(),
        }
    }

    /// The same, with a request that waits for its decision, and a fresh invitation.
    pub(crate) async fn waiting(scene: &Scene) -> Self {
        let mut things = Self::of(scene, "CZ/003/26").await;
        let sam = &who("Sam").actor;
        let found = find::waiting(&scene.office, sam, find::Waits::Decide, 1).await.unwrap();
        things.release = found.lines[0].filed.release.id.to_string();
        let form = Invite {
            email: "new@demo.example".into(),
            name: "New Person".into(),
            role: "manager".into(),
            scheme: world().schemes[0].to_string(),
            ..Invite::default()
        };
        let path = enrol::invite(&scene.office, &who("Sam").actor, &form, stamp()).await.unwrap();
        things.token = path.rsplit('/').next().unwrap().to_owned();
        things
    }

    /// A door's path with all its names filled in.
    pub(crate) fn path(&self, door: &Door) -> String {
        let id = match door.path.split('/').nth(1).unwrap_or_default() {
            "releases" => self.release.clone(),
            "bulletins" | "copies" | "certificates" => self.copy.to_string(),
            "statements" => self.statement.clone(),
            "consultations" => self.consultation.clone(),
            "photographs" => self.photograph.clone(),
            "areas" | "register" => world().areas[0].to_string(),
            "schemes" => world().schemes[0].to_string(),
            "inspections" => self.inspection.clone(),
            "messages" => self.message.clone(),
            "documents" => self.document.clone(),
            "initiatives" => self.initiative.clone(),
            // Somebody else's, whoever knocks: one's own are tried in journeys/passkeys.rs.
            "account" => "cGFzc2tleQ".into(),
            "people" => who("Toby").id.to_string(),
            _ => String::new(),
        };
        let waits = door.path.starts_with("/approvals/") && !door.path.ends_with("/record");
        let person = who(if waits { "Frankie" } else { "Priya" });
        door.path
            .replace("{id}", &id)
            .replace("{question}", "representations")
            .replace("{letter}", "notice")
            .replace("{area}", &world().areas[1].to_string())
            .replace("{part}", &self.part.to_string())
            .replace("{photo}", &self.photograph)
            .replace("{original}", &self.photograph)
            .replace("{key}", &self.unit)
            .replace("{person}", &person.id.to_string())
            .replace("{member}", &self.member)
            .replace("{report}", &self.report)
            .replace("{entry}", &self.entry)
            .replace("{version}", "1")
            .replace("{kind}", "undertaking")
            .replace("{token}", &self.token)
            .replace("{duty}", "prosecution")
            .replace("{step}", "made")
            .replace("{file}", "no-such-file")
    }
}

/// An inspection of Priya's storage that is planned.
async fn inspected(scene: &Scene) -> String {
    let priya = who("Priya").id.to_string();
    let say = |name: &str| match name {
        "holder" => priya.as_str(),
        "on" => "2026-11-30",
        _ => "PS Grey",
    };
    let sam = &who("Sam").actor;
    inspections::plan(&scene.office, sam, world().schemes[0], say, stamp()).await.unwrap().to_string()
}

/// A message to Priya.
async fn message(scene: &Scene) -> String {
    post::round(&scene.office).await.unwrap();
    messages::mine(&scene.office, &who("Priya").actor).await.unwrap().messages[0].id.clone()
}

/// What Cantwell asks Norhaven about a release. It is asked while a request waits; here that one's place is taken.
async fn consulted(scene: &Scene, release: ReleaseId) -> String {
    let sam = &who("Sam").actor;
    let sought = find::Typed { stage: "requested", page: 1, ..find::Typed::default() };
    let waiting = find::releases(&scene.office, sam, &sought).await.unwrap().lines[0].filed.release.id;
    let said = [("elsewhere", "yes"), ("areas", &world().areas[1].to_string()), ("elsewhere_words", "Seen there too.")];
    let said: Vec<_> = said.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    decision::save(&scene.office, sam, waiting, Part::Recipients, &said, 0, stamp()).await.unwrap();
    let id = scene.office.read().await.unwrap().consultations(waiting).await.unwrap()[0].id.clone();
    sql(scene, &format!("UPDATE consultation SET release_id = '{release}' WHERE id = '{id}'"));
    sql(scene, &format!("DELETE FROM consideration WHERE release_id = '{waiting}'"));
    id
}
