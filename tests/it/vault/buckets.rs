//! Which buckets a portal starts on: what is deleted there must be gone, and what is used there must stay.

use disclosure_portal::actions::office::Office;
use disclosure_portal::cli::check;
use disclosure_portal::clock::Clock;
use s3s::dto::{
    ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
};

use super::Place;
use crate::founding::Fresh;
use crate::harness::s3::{How, S3Server};
use crate::harness::{Folder, ORIGIN, noon};

fn rule(prefix: &str) -> LifecycleRule {
    LifecycleRule {
        abort_incomplete_multipart_upload: None,
        expiration: None,
        filter: Some(LifecycleRuleFilter { prefix: Some(prefix.into()), ..Default::default() }),
        id: Some("versions".into()),
        noncurrent_version_expiration: None,
        noncurrent_version_transitions: None,
        prefix: None,
        status: ExpirationStatus::from_static(ExpirationStatus::ENABLED),
        transitions: None,
    }
}

fn ends(prefix: &str, days: i32) -> LifecycleRule {
    let end = NoncurrentVersionExpiration { noncurrent_days: Some(days), ..Default::default() };
    LifecycleRule { noncurrent_version_expiration: Some(end), ..rule(prefix) }
}

fn expires(prefix: &str) -> LifecycleRule {
    LifecycleRule { expiration: Some(LifecycleExpiration { days: Some(90), ..Default::default() }), ..rule(prefix) }
}

/// What the bucket is, and what must stand in the refusal; empty: it is taken.
type Case = (&'static str, fn(&mut How), &'static str);

const CASES: &[Case] = &[
    ("a store without the features", |_| (), ""),
    ("never versioned", |how| how.versioning = Some(""), ""),
    ("never versioned, without rules", |how| (how.versioning, how.rules) = (Some(""), Some(vec![])), ""),
    ("versioned", |how| (how.versioning, how.rules) = (Some("Enabled"), Some(vec![])), "keeps versions"),
    ("versioned, in a store without lifecycles", |how| how.versioning = Some("Enabled"), "keeps versions"),
    ("once versioned", |how| how.versioning = Some("Suspended"), "keeps versions"),
    ("a write is answered with a version", |how| how.version = Some("3sL4kqtJlcpXroDTDmJ"), "keeps versions"),
    ("a write while versioning is suspended elsewhere", |how| how.version = Some("null"), ""),
    (
        "versions end in time",
        |how| (how.versioning, how.rules) = (Some("Enabled"), Some(vec![rule(""), ends("portal/", 30)])),
        "",
    ),
    (
        "versions end too late",
        |how| (how.versioning, how.rules) = (Some("Enabled"), Some(vec![ends("portal/", 31)])),
        "30 days or fewer",
    ),
    (
        "versions of others end",
        |how| (how.versioning, how.rules) = (Some("Enabled"), Some(vec![ends("photos/", 1)])),
        "the prefix \"portal/\"",
    ),
    ("locked", |how| how.locked = true, "object lock is on"),
    (
        "locked, with versions that end",
        |how| {
            (how.versioning, how.rules, how.locked) = (Some("Enabled"), Some(vec![ends("", 7)]), true);
        },
        "object lock is on",
    ),
    ("it deletes what is in use", |how| how.rules = Some(vec![expires("port")]), "deletes or moves away"),
    ("it deletes other things", |how| how.rules = Some(vec![expires("logs/")]), ""),
    ("the key may not ask", |how| how.forbidden = true, "s3:GetBucketVersioning"),
];

#[actix_web::test]
async fn a_bucket_that_keeps_what_is_deleted_or_deletes_what_is_kept_is_refused() {
    let place = Place::bucket();
    let (server, vault) = (place.server.as_ref().unwrap(), place.vault());
    let mut wrong = Vec::new();
    for (name, set, told) in CASES {
        server.is(|how| {
            *how = How::default();
            set(how);
        });
        let said = vault.prove().await.err().map(|why| why.to_string()).unwrap_or_default();
        if said.is_empty() != told.is_empty() || !said.contains(told) {
            wrong.push(format!("{name}: {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(super::all_files(&place.files), Vec::<std::path::PathBuf>::new(), "each probe was taken away");
}

#[actix_web::test]
async fn a_portal_does_not_start_on_a_bucket_that_is_not_fit_nor_make_one() {
    let (server, folder) = (S3Server::start(), Folder::new());
    let mut told = disclosure_portal::demo::settings(&folder.0, ORIGIN).unwrap();
    told.store = server.store(&folder);
    let open = |told| Office::open(told, Clock::manual(noon()), true);
    server.is(|how| how.versioning = Some("Enabled"));
    let why = open(told.clone()).await.err().expect("refused").to_string();
    assert!(why.contains("keeps versions"), "{why}");
    server.is(|how| how.versioning = None);
    open(told.clone()).await.unwrap().close().await;
    let mut other = told.clone();
    other.store.s3.as_mut().unwrap().bucket = "no-such-bucket".into();
    let why = open(other).await.err().expect("refused").to_string();
    assert!(why.contains("cannot be written to") && why.contains("NoSuchBucket"), "{why}");
    assert!(!server.folder.0.join("no-such-bucket").exists());
    // A secret that is another's.
    let file = &told.store.s3.as_ref().unwrap().secret_key_file;
    std::fs::write(file, "of another\n").unwrap();
    let why = open(told).await.err().expect("refused").to_string();
    assert!(why.contains("SignatureDoesNotMatch") && !why.contains("of another"), "{why}");
}

#[test]
fn check_has_a_line_for_the_vault() {
    let (fresh, mut server) = (Fresh::new(), S3Server::start());
    let file = &fresh.made.config;
    let vault = || {
        let found = check::check(file, Clock::real()).map_err(|no| no.sentence).unwrap();
        found.into_iter().find(|one| one.what == "vault").expect("a line")
    };
    assert!(vault().ok);
    let folder = fresh.dir().join("vault");
    std::fs::rename(&folder, fresh.dir().join("away")).unwrap();
    assert!(vault().why.contains("no folder"));
    assert!(!folder.exists(), "it is looked for, not made");
    let at = server.settings();
    let words = format!(
        "\n[store.s3]\nbucket = {:?}\nendpoint = {:?}\nprefix = {:?}\naccess_key_id = {:?}\nsecret_key_file = {:?}\n",
        at.bucket, at.endpoint, at.prefix, at.access_key_id, at.secret_key_file
    );
    std::fs::write(file, std::fs::read_to_string(file).unwrap() + &words).unwrap();
    assert!(vault().ok, "{:?}", vault());
    server.is(|how| how.versioning = Some("Enabled"));
    assert!(vault().why.contains("keeps versions"), "{:?}", vault());
    server.gone();
    let told = vault().why;
    assert!(told.contains("cannot be written to") && told.contains("refused"), "{told}");
}
