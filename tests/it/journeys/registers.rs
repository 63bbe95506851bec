//! Areas, schemes (K6.2.1, O2.1, O3.1.2), members (K7.2), initiatives (K8.8): kept by those whose place it is, a leaf each.
//! Whoever keeps another area's registers finds nothing of this one's.

use disclosure_portal::actions::areas;
use disclosure_portal::actions::registers::{self, MemberForm, SchemeForm, initiatives};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{EntryId, InitiativeId, MemberId};
use disclosure_portal::domain::moment::Moment;

use super::{hidden, open, part};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world, wrong_fields};

#[actix_web::test]
async fn an_area_begins_without_a_key_and_its_code_stands_once_a_number_was_issued() {
    let scene = Scene::new().await;
    let (office, lee) = (&scene.office, &who("Lee").actor);
    let id = areas::add(office, lee, "se", "Southend", stamp()).await.unwrap();
    let area = areas::one(office, lee, id).await.unwrap();
    assert_eq!((area.code.as_str(), area.unit_recipient.as_str(), area.next_serial), ("SE", "", 1));
    for (code, name, field) in [
        ("S", "X", "code"),
        ("ABCD", "X", "code"),
        ("S1", "X", "code"),
        ("CZ", "X", "code"),
        ("XY", "", "name"),
        ("XY", "Southend", "name"),
    ] {
        assert_eq!(wrong_fields(areas::add(office, lee, code, name, stamp()).await), [field], "{code} {name}");
    }
    areas::rename(office, lee, id, "SX", "Southend and Rochford", stamp()).await.unwrap();
    let (_, body) = scene.records("register").await.pop().unwrap();
    assert_eq!(body["fields"], serde_json::json!(["code", "name"]));
    let cz = world().areas[0];
    areas::rename(office, lee, cz, "CZ", "Cantwell district", stamp()).await.unwrap();
    assert_eq!(wrong_fields(areas::rename(office, lee, cz, "CA", "Cantwell", stamp()).await), ["code"]);
    for other in ["Sam", "Robin", "Riley", "Priya"] {
        hidden(areas::add(office, &who(other).actor, "QQ", "Q", stamp()).await);
        hidden(areas::rename(office, &who(other).actor, id, "QQ", "Q", stamp()).await);
        hidden(areas::list(office, &who(other).actor).await);
    }
}

fn scheme() -> SchemeForm {
    SchemeForm {
        area: world().areas[0].to_string(),
        kind: "other".into(),
        kind_reason: "Recognised by the district commander, letter of 1 May".into(),
        name: "Cantwell Allotments".into(),
        ico_reference: "ZB000009".into(),
        isa_reference: "ISA/9".into(),
        isa_ends: "2027-11-20".into(),
        ..SchemeForm::default()
    }
}

#[actix_web::test]
async fn a_scheme_is_recognised_with_a_reason_and_its_papers() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, &who("Sam").actor);
    let add = async |form: SchemeForm| registers::add_scheme(office, sam, &form, stamp()).await;
    let id = add(scheme()).await.unwrap();
    assert_eq!(wrong_fields(add(scheme()).await), ["name"], "twice");
    let wrong = |change: fn(&mut SchemeForm)| {
        let mut form = SchemeForm { name: "Other".into(), ..scheme() };
        change(&mut form);
        form
    };
    assert_eq!(wrong_fields(add(wrong(|form| form.kind_reason.clear())).await), ["kind_reason"]);
    assert_eq!(wrong_fields(add(wrong(|form| form.kind = "club".into())).await), ["kind"]);
    assert_eq!(wrong_fields(add(wrong(|form| form.isa_starts = "2028-01-01".into())).await), ["isa_starts"]);
    assert_eq!(wrong_fields(add(wrong(|form| form.isa_reference.clear())).await), ["isa_reference"]);
    assert_eq!(
        wrong_fields(add(wrong(|form| form.duties_told = "2026-11-22".into())).await),
        ["duties_told", "duties_version"]
    );
    assert_eq!(wrong_fields(add(wrong(|form| form.area.clear())).await), ["area"]);
    hidden(add(wrong(|form| form.area = world().areas[1].to_string())).await);
    // A change is a leaf with the fields that changed, and nothing of what they say.
    let told = SchemeForm {
        duties_told: "2026-11-20".into(),
        duties_version: "2026/1".into(),
        eia_reference: "EIA/7".into(),
        ..scheme()
    };
    registers::change_scheme(office, sam, id, &told, stamp()).await.unwrap();
    let (_, body) = scene.records("register").await.pop().unwrap();
    assert_eq!(body["fields"], serde_json::json!(["duties_told", "duties_version", "eia_reference"]));
    assert!(!body.to_string().contains("EIA/7"));
    // The same form with the version that was read first.
    let old = SchemeForm { version: "1".into(), ..told };
    assert_eq!(wrong_fields(registers::change_scheme(office, sam, id, &old, stamp()).await), ["name"]);
    hidden(registers::change_scheme(office, &who("Dana").actor, id, &old, stamp()).await);
}

#[actix_web::test]
async fn an_agreement_that_has_not_begun_supplies_nothing_and_a_lapsed_registration_only_shows() {
    let scene = Scene::new().await;
    let (office, sam, priya, bcrp) = (&scene.office, &who("Sam").actor, who("Priya"), world().schemes[0]);
    let copy = copy_of(office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let set = async |form: SchemeForm| registers::change_scheme(office, sam, bcrp, &form, stamp()).await.unwrap();
    set(SchemeForm { isa_starts: "2026-11-22".into(), ..scheme() }).await;
    assert_eq!(codes(open(&scene, priya, copy, screen).await.map(|opened| opened.index)), ["agreement-lapsed"]);
    scene.clock.set(Moment::parse_london("2026-11-22", "00:00").unwrap());
    assert!(open(&scene, priya, copy, screen).await.is_ok(), "from the first millisecond of its first day");
    set(SchemeForm { ico_ends: "2026-11-01".into(), isa_review: "2026-11-01".into(), ..scheme() }).await;
    assert!(open(&scene, priya, copy, screen).await.is_ok(), "only the agreement closes the door (O3.1.2)");
    let page = Browser::of(&scene, Some("Sam")).await.get(&format!("/schemes/{bcrp}")).await.text();
    assert!(
        page.contains("ICO registration ran out")
            && page.contains("review of the information sharing agreement is due")
    );
}

#[actix_web::test]
async fn the_register_of_members_is_kept_and_taken_away_by_inspectors() {
    let scene = Scene::new().await;
    let (office, sam, bcrp) = (&scene.office, who("Sam"), world().schemes[0]);
    let form = MemberForm {
        business: "=Fleet Books".into(),
        contact: "A. Fleet".into(),
        agreement: "AGR/77".into(),
        agreed_on: "2026-11-21".into(),
        ..MemberForm::default()
    };
    registers::add_member(office, &sam.actor, bcrp, &form, stamp()).await.unwrap();
    let late = MemberForm { agreed_on: "2026-11-22".into(), member_told: "2026-11-01".into(), ..form.clone() };
    assert_eq!(
        wrong_fields(registers::add_member(office, &sam.actor, bcrp, &late, stamp()).await),
        ["agreed_on", "member_version"]
    );
    let entry = registers::scheme(office, &sam.actor, bcrp, stamp()).await.unwrap();
    let member = MemberId::parse(&entry.members.iter().find(|row| row.business == "=Fleet Books").unwrap().id).unwrap();
    let told = MemberForm { member_told: "2026-11-01".into(), member_version: "2026/1".into(), ..form };
    registers::change_member(office, &sam.actor, bcrp, member, &told, stamp()).await.unwrap();
    let (_, body) = scene.records("register").await.pop().unwrap();
    assert_eq!(body["fields"], serde_json::json!(["member.duties_told", "member.duties_version"]));
    hidden(registers::change_member(office, &sam.actor, world().schemes[1], member, &told, stamp()).await);
    hidden(registers::change_member(office, &who("Dana").actor, bcrp, member, &told, stamp()).await);
    let door = format!("/schemes/{bcrp}/members/csv");
    for (name, takes) in [("Robin", true), ("Sam", true), ("Dana", false), ("Priya", false), ("Lee", false)] {
        let exports = scene.records("export").await.len();
        let got = Browser::of(&scene, Some(name)).await.post(&door, &[]).await;
        assert_eq!(got.status, if takes { 200 } else { 404 }, "{name}");
        if takes {
            assert!(
                got.text().contains("'=Fleet Books,A. Fleet,AGR/77,2026-11-21,2026-11-01,2026/1,2026-11-21T"),
                "{}",
                got.text()
            );
        }
        assert_eq!(scene.records("export").await.len(), exports + usize::from(takes), "{name}");
    }
    // After five minutes it is asked again who is there (DESIGN §5).
    let robin = Browser::of(&scene, Some("Robin")).await;
    scene.later(5 * 60_000);
    let asked = robin.post(&door, &[]).await;
    assert_eq!(asked.status, 422);
    assert!(asked.text().contains("id=\"fresh_code\""));
}

#[actix_web::test]
async fn an_initiatives_list_is_kept_by_the_area_and_supplied_to_the_dpu() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, &who("Sam").actor);
    let [cz, nh] = world().areas.map(|id| id.to_string());
    let begin = async |area: &str, name: &str| initiatives::begin(office, sam, area, name, "", stamp()).await;
    let id = begin(&cz, "Night safety").await.unwrap();
    assert_eq!(wrong_fields(begin(&cz, "Night safety").await), ["name"]);
    assert_eq!(wrong_fields(begin("", "").await), ["area", "name"]);
    hidden(begin(&nh, "Elsewhere").await);
    let sheet = async |by: &str| initiatives::one(office, &who(by).actor, id, stamp()).await;
    let choices = sheet("Sam").await.unwrap().choices;
    let priya = choices.iter().find(|(_, text)| text.starts_with("Priya")).unwrap().0.clone();
    let business = choices.iter().find(|(value, _)| value.starts_with("business")).unwrap().0.clone();
    let put = async |entry: &str| initiatives::put_on(office, sam, id, entry, stamp()).await;
    put(&priya).await.unwrap();
    put(&business).await.unwrap();
    assert_eq!(wrong_fields(put(&priya).await), ["entry"], "on it already");
    let ines = format!("person/{}/{}", world().schemes[2], who("Ines").id);
    for wrong in ["", "x", "person//", &ines] {
        assert_eq!(wrong_fields(put(wrong).await), ["entry"], "{wrong}");
    }
    let list = sheet("Sam").await.unwrap().entries;
    let hers = list.iter().find(|one| one.person_id.is_some()).unwrap();
    let first = EntryId::parse(&hers.id).unwrap();
    initiatives::take_off(office, sam, id, first, stamp()).await.unwrap();
    put(&priya).await.unwrap();

    // The DPU reads it, and takes it away: both are leaves.
    let robin = Browser::of(&scene, Some("Robin")).await;
    let exports = scene.records("export").await.len();
    assert_eq!(robin.get(&format!("/initiatives/{id}")).await.status, 200);
    let (_, body) = scene.records("consult").await.pop().unwrap();
    assert_eq!(body["query"], "initiative");
    let table = robin.post(&format!("/initiatives/{id}/csv"), &[]).await;
    assert_eq!(table.status, 200);
    assert_eq!(table.text().lines().count(), 4, "{}", table.text());
    assert!(table.text().contains("Night safety,person,Priya Lowen,"));
    let (_, body) = scene.records("export").await.pop().unwrap();
    assert_eq!(
        (body["what"].as_str(), body["object"].as_str()),
        (Some("initiative"), Some(format!("initiative/{id}").as_str()))
    );
    assert_eq!(scene.records("export").await.len(), exports + 1);
    assert_eq!(robin.post(&format!("/initiatives/{id}/end"), &[]).await.status, 404, "reading only");
    for name in ["Dana", "Lee", "Priya", "Riley"] {
        hidden(sheet(name).await);
        hidden(initiatives::csv(office, &who(name).actor, id, stamp()).await);
        hidden(initiatives::put_on(office, &who(name).actor, id, &business, stamp()).await);
        hidden(initiatives::take_off(office, &who(name).actor, id, first, stamp()).await);
        hidden(initiatives::end(office, &who(name).actor, id, stamp()).await);
        hidden(initiatives::rename(office, &who(name).actor, id, "X", "", stamp()).await);
    }
    let other = initiatives::list(office, sam).await.unwrap();
    let other = other.iter().find(|(one, _, _)| one.id != id.to_string()).unwrap();
    let other = InitiativeId::parse(&other.0.id).unwrap();
    hidden(initiatives::take_off(office, sam, other, first, stamp()).await);
    initiatives::end(office, sam, id, stamp()).await.unwrap();
    assert_eq!(wrong_fields(put(&ines).await), ["entry"]);
    scene.log_is_whole().await;
}
