//! P9 on the embedded database: once everything is destroyed, disposed of and cleaned, a search of the raw files finds neither the words
//! of a case, nor its pictures, nor the key of a copy.
//!
//! Promise: the search has power: every marker is found before, and keys that were destroyed by day still are before the night's work.

use std::collections::BTreeSet;

use disclosure_portal::actions::demands::{self, Target};
use disclosure_portal::actions::retention::nightly;
use disclosure_portal::actions::{certificate, post, prints, report, sweep};
use disclosure_portal::demo::releases::{
    Plot, accept, acknowledge, ask, confirm, copy_of, look, recall, release_to, to, undertake,
};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{CopyId, ReleaseId};
use disclosure_portal::domain::moment::Moment;

use super::nothing_owed;
use super::prints::{authorise, sealed, sheets};
use super::retention::agreed;
use crate::harness::server::Backend;
use crate::harness::{Scene, signed, who, world};

const PLOT: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[91],
    danger: false,
};

/// Every file of the portal, as another program reads it: closing one in this process would give up SQLite's locks.
fn raw(scene: &Scene) -> Vec<(String, Vec<u8>)> {
    let out = std::process::Command::new("find").arg(&scene.folder.0).args(["-type", "f"]).output().unwrap();
    let names = String::from_utf8(out.stdout).unwrap();
    // The list of the demo's accounts is the people's own paper; keys of the server are no data.
    let ours = names.lines().filter(|name| !name.contains("/keys/") && !name.contains("demo-"));
    let read = |name: &str| (name.to_owned(), std::process::Command::new("cat").arg(name).output().unwrap().stdout);
    ours.map(read).collect()
}

/// What is looked for: a name of ours, and bytes.
type Marker = (String, Vec<u8>);

/// Which markers stand in which files: one look at each byte, for there are many of both.
fn standing(files: &[(String, Vec<u8>)], markers: &[Marker]) -> BTreeSet<(String, String)> {
    let start = |bytes: &[u8]| usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let mut by_start: Vec<Vec<&Marker>> = vec![Vec::new(); 1 << 16];
    for marker in markers {
        by_start[start(&marker.1)].push(marker);
    }
    let mut found = BTreeSet::new();
    for (name, bytes) in files {
        for at in 0..bytes.len().saturating_sub(1) {
            for (what, _) in by_start[start(&bytes[at..])].iter().filter(|(_, it)| bytes[at..].starts_with(it)) {
                found.insert((what.clone(), name.clone()));
            }
        }
    }
    found
}

/// Those of them that stand nowhere.
fn nowhere<'a>(files: &[(String, Vec<u8>)], markers: &'a [Marker]) -> Vec<&'a str> {
    let found: BTreeSet<String> = standing(files, markers).into_iter().map(|(what, _)| what).collect();
    markers.iter().map(|(what, _)| what.as_str()).filter(|what| !found.contains(*what)).collect()
}

#[actix_web::test]
async fn after_disposal_and_cleaning_no_raw_file_holds_marker_or_key() {
    let scene = Scene::on(Backend::Embedded).await;
    let (office, sam, priya, toby) = (&scene.office, who("Sam"), who("Priya"), who("Toby"));
    let area = world().areas[0].to_string();
    let id = ask(office, who("Riley"), &area, &PLOT).await.unwrap();
    let one_print = [("prints", "1"), ("prints_why", "A door without a screen"), ("prints_by", "holder")];
    authorise(&scene, id, &[("Priya", 0), ("Toby", 1)], &one_print).await.unwrap();
    sealed(&scene, id, PLOT.portraits[0]).await;
    let mut copies = Vec::new();
    for holder in [priya, toby] {
        let copy = copy_of(office, holder, id).await.unwrap();
        acknowledge(office, holder, copy).await.unwrap();
        look(office, holder, copy).await.unwrap();
        copies.push((holder, copy));
        let sheet = sheets(&scene, holder, id).await[0].0;
        copies.push((holder, sheet));
    }
    // One sheet is printed, freed and printed again; the other never.
    let sheet = copies[1].1;
    look(office, priya, sheet).await.unwrap();
    prints::free(office, &sam.actor, id, sheet, "The printer jammed", stamp()).await.unwrap();
    look(office, priya, sheet).await.unwrap();
    report::report(office, &priya.actor, copies[0].1, "It was a pharmacy, not a café.", stamp()).await.unwrap();

    // Markers: every sealed field as its bytes stand, each copy's wrapped key, the identifiers, the references in the log's bodies, and
    // the beginning of every sealed file.
    let mut markers: Vec<(String, Vec<u8>)> = Vec::new();
    {
        let mut conn = office.read().await.unwrap();
        for copy in conn.copies_of_release(id).await.unwrap() {
            let what = if copy.is_electronic() { "key of" } else { "key of sheet" };
            markers.push((format!("{what} {}", copy.id), copy.wrapped_key.clone().unwrap()));
            markers.push((format!("mark of {}", copy.id), copy.mark.clone().into_bytes()));
            for part in conn.parts(CopyId::parse(&copy.id).unwrap()).await.unwrap() {
                markers.push((format!("part {}", part.id), office_blob(&scene, &part.object)));
            }
        }
        let filed = conn.release(id).await.unwrap().unwrap();
        markers.push(("case file".into(), filed.file[..48].to_vec()));
        for row in conn.photographs(id).await.unwrap() {
            markers.push(("original".into(), office_blob(&scene, &row.object)));
            markers.push(("digest".into(), row.sha256.into_bytes()));
        }
        for report in conn.reports_of_release(id).await.unwrap() {
            markers.push(("report".into(), report.body[..48].to_vec()));
        }
        for statement in conn.statements_about(id).await.unwrap() {
            markers.push((format!("statement {}", statement.kind), statement.document[..32].to_vec()));
            markers.push((format!("nonce {}", statement.kind), statement.nonce.into_bytes()));
        }
    }
    for (name, text) in [
        ("consideration", format!("SELECT hex(substr(body, 1, 32)) FROM consideration WHERE release_id = '{id}'")),
        ("print", format!("SELECT hex(substr(body, 1, 32)) FROM print_act WHERE copy_id = '{sheet}'")),
        ("salt", format!("SELECT hex(salt) FROM access_record WHERE object = 'release/{id}'")),
    ] {
        for line in scene.sql(&text).lines() {
            markers.push((name.to_owned(), hex::decode(line).unwrap()));
        }
    }
    assert!(markers.len() > 40, "{}", markers.len());
    for (of, many) in [("key of sheet ", 2), ("key of ", 4), ("print", 1)] {
        assert_eq!(markers.iter().filter(|(name, _)| name.starts_with(of)).count(), many, "{of}");
    }
    let before = raw(&scene);
    assert_eq!(nowhere(&before, &markers), Vec::<&str>::new(), "what stands nowhere before proves nothing");

    recall(office, sam, id, "The purpose is met.").await.unwrap();
    for (holder, copy) in copies {
        confirm(office, holder, copy, "A. Witness").await.unwrap();
    }
    // Destroyed by day, and not cleaned yet: the search finds what it looks for, so that finding nothing later says something.
    let meanwhile = raw(&scene);
    let left = standing(&meanwhile, &markers);
    assert!(left.len() > 10, "{}", left.len());
    let key = |of: &str| left.iter().any(|(what, _)| what.starts_with(of));
    assert!(key("key of"), "a destroyed key stands in the log until the night");
    assert!(key("key of sheet"), "a sheet’s too");
    scene.clock.set(Moment::parse_london("2036-11-22", "09:00").unwrap());
    agreed(&scene, id).await;
    sweep::round(office).await.unwrap();
    nightly::clean(office, Moment::from_millis(0), office.now()).await.unwrap();
    assert!(office.read().await.unwrap().release(id).await.unwrap().is_none());
    let after = raw(&scene);
    assert!(after.iter().any(|(name, _)| name.ends_with("portal.sqlite")));
    assert_eq!(standing(&after, &markers), BTreeSet::new());
    scene.log_is_whole().await;
}

/// Some bytes of a sealed file that no other file has: behind its header.
fn office_blob(scene: &Scene, object: &str) -> Vec<u8> {
    let bytes = std::fs::read(scene.folder.0.join("vault").join(&object[..2]).join(object)).unwrap();
    bytes[bytes.len() - 48..].to_vec()
}

/// Words that nobody else uses, as people typed them: they may stand in no file at any time.
const WORDS: [&str; 9] = [
    "Hollyhock",
    "Seen pinned up beside the till at Quillfeather's",
    "Which drawer, and who was Marmaduke with",
    "Constable Threlkeld",
    "An empty drawer that smelled of peppermint",
    "The whole watch left it in the van at Oswaldtwistle",
    "Lent to a cousin in Blennerhasset",
    "The custody record was made in error at Muncaster",
    "Wilhelmina Postlethwaite",
];

const PLAIN: Plot = Plot {
    title: WORDS[0],
    text: "Suspected of thefts of hollyhocks.",
    locality: "Cantwell",
    portraits: &[],
    danger: false,
};

/// A demand of what is held, signed.
async fn demanded(scene: &Scene, target: Target, reason: &str) {
    let (office, sam) = (&scene.office, who("Sam"));
    let copies = demands::propose(office, &sam.actor, target).await.unwrap().copies();
    assert_eq!(copies.len(), 1, "of this release alone");
    let fields = [("copy", copies[0].as_str()), ("reason", reason)];
    let form = signed(scene, sam, "demand", &target.object(), &fields);
    demands::demand(office, &sam.actor, target, &form, stamp()).await.unwrap();
}

/// Every live release that the reference finds is recalled for good, by one signature about its subject.
async fn subject_recalled(scene: &Scene, reason: &str) -> Vec<ReleaseId> {
    let (office, sam, reference) = (&scene.office, who("Sam"), "ATH/IMG/0417");
    let found = demands::find(office, &sam.actor, reference).await.unwrap();
    let ids: Vec<String> = found.hits.iter().map(|hit| hit.id.to_string()).collect();
    let mut fields = vec![("reference", reference), ("reason", reason)];
    fields.extend(ids.iter().map(|id| ("release", id.as_str())));
    let form = signed(scene, sam, "recall", &found.object, &fields);
    demands::recall_subject(office, &sam.actor, reference, &form, stamp()).await.unwrap();
    found.hits.into_iter().map(|hit| hit.id).collect()
}

/// Demands of each kind, a query, a visit, confirmations, acceptances, certificates, messages and mails: of one release alone.
async fn accounted_for(scene: &Scene) -> ReleaseId {
    let (office, sam) = (&scene.office, who("Sam"));
    nothing_owed(scene);
    assert!(!subject_recalled(scene, "Out of the way").await.is_empty());
    let id = ask(office, who("Riley"), &world().areas[0].to_string(), &PLAIN).await.unwrap();
    let names = [("Priya", 0), ("Morgan", 0), ("Toby", 1)];
    release_to(office, sam, id, &PLAIN, &to(world(), &names).unwrap()).await.unwrap();
    post::round(office).await.unwrap();
    undertake(office, who("Morgan")).await.unwrap();
    let mut copies = Vec::new();
    for (name, _) in names {
        let copy = copy_of(office, who(name), id).await.unwrap();
        acknowledge(office, who(name), copy).await.unwrap();
        look(office, who(name), copy).await.unwrap();
        copies.push(copy);
    }
    demanded(scene, Target::Holder(id, who("Priya").id), WORDS[1]).await;
    confirm(office, who("Priya"), copies[0], WORDS[8]).await.unwrap();
    let seen = office.read().await.unwrap().copy(copies[0]).await.unwrap().unwrap().confirmed_at.unwrap().to_string();
    let said = |name: &'static str| match name {
        "seen" => seen.as_str(),
        "visited_on" => "2026-11-21",
        "query" => WORDS[2],
        "who" => WORDS[3],
        "findings" => WORDS[4],
        _ => "",
    };
    demands::query(office, &sam.actor, copies[0], said, stamp()).await.unwrap();
    demands::visit(office, &sam.actor, copies[0], said, stamp()).await.unwrap();
    post::round(office).await.unwrap();
    demanded(scene, Target::Scheme(world().schemes[1]), WORDS[5]).await;
    demanded(scene, Target::Person(who("Morgan").id), WORDS[6]).await;
    assert_eq!(subject_recalled(scene, WORDS[7]).await, [id]);
    for ((name, _), copy) in names.iter().zip(&copies) {
        scene.later(1);
        confirm(office, who(name), *copy, WORDS[8]).await.unwrap();
        accept(office, sam, *copy).await.unwrap();
        certificate::of_copy(office, &who(name).actor, *copy).await.unwrap();
    }
    certificate::of_release(office, &sam.actor, id).await.unwrap();
    post::round(office).await.unwrap();
    id
}

#[actix_web::test]
async fn after_disposal_and_cleaning_no_raw_file_holds_a_demand_a_query_a_visit_or_a_message() {
    let scene = Scene::on(Backend::Embedded).await;
    let (office, id) = (&scene.office, accounted_for(&scene).await);
    let copies = format!("SELECT id FROM copy WHERE release_id = '{id}'");
    let demands = format!("SELECT demand_id FROM demanded WHERE copy_id IN ({copies})");
    // Bytes that stand under a key, and identifiers of rows that go whole.
    let sealed = [
        ("reason", format!("SELECT hex(substr(body, 1, 32)) FROM demand WHERE id IN ({demands})")),
        (
            "query",
            format!(
                "SELECT hex(substr(body, 1, 32)) FROM confirmation WHERE copy_id IN ({copies}) AND body IS NOT NULL"
            ),
        ),
        ("visit", format!("SELECT hex(substr(body, 1, 32)) FROM demand_visit WHERE copy_id IN ({copies})")),
        (
            "signed demand",
            format!(
                "SELECT hex(substr(document, 1, 32)) FROM statement WHERE id IN (SELECT statement_id FROM demand WHERE id IN ({demands}))"
            ),
        ),
        (
            "nonce",
            format!(
                "SELECT hex(nonce) FROM statement WHERE id IN (SELECT statement_id FROM demand WHERE id IN ({demands}))"
            ),
        ),
        (
            "signed end",
            format!(
                "SELECT hex(substr(document, 1, 32)) FROM statement WHERE id IN (SELECT statement_id FROM confirmation WHERE copy_id IN ({copies}))"
            ),
        ),
        (
            "message",
            format!(
                "SELECT hex(id) FROM message WHERE object = 'release/{id}' OR object IN (SELECT 'copy/' || id FROM copy WHERE release_id = '{id}')"
            ),
        ),
        ("demand", format!("SELECT hex(demand_id) FROM demanded WHERE copy_id IN ({copies})")),
    ];
    let mut markers: Vec<Marker> = Vec::new();
    for (name, text) in sealed {
        let rows = scene.sql(&text);
        assert!(!rows.is_empty(), "{name}");
        markers.extend(rows.lines().enumerate().map(|(n, row)| (format!("{name} {n}"), hex::decode(row).unwrap())));
    }
    assert!(markers.len() > 25, "{}", markers.len());
    assert!(scene.sql("SELECT COUNT(*) FROM mail").parse::<usize>().unwrap() > 3, "mails were written");
    let words: Vec<Marker> = WORDS.map(|word| (word.to_owned(), word.as_bytes().to_vec())).to_vec();
    let before = raw(&scene);
    assert_eq!(nowhere(&before, &markers), Vec::<&str>::new(), "what stands nowhere before proves nothing");
    assert_eq!(standing(&before, &words), BTreeSet::new(), "words of a case lie under a key, at any time");

    // Disposed of, and the cleaning switched off: the search finds what it looks for.
    scene.clock.set(Moment::parse_london("2036-11-22", "09:00").unwrap());
    let far = scene.office.now().plus_millis(30 * 86_400_000).millis().to_string();
    office.act(move |tx| Box::pin(async move { Ok(tx.set("cleaned_at", &far).await?) })).await.unwrap();
    agreed(&scene, id).await;
    sweep::round(office).await.unwrap();
    assert!(office.read().await.unwrap().release(id).await.unwrap().is_none());
    assert!(standing(&raw(&scene), &markers).len() > 10, "without cleaning it stands there still");

    nightly::clean(office, Moment::from_millis(0), office.now()).await.unwrap();
    let after = raw(&scene);
    assert!(after.iter().any(|(name, _)| name.ends_with("portal.sqlite")));
    assert_eq!(standing(&after, &markers), BTreeSet::new());
    assert_eq!(standing(&after, &words), BTreeSet::new());
    scene.log_is_whole().await;
}
