//! `init` makes a closed folder with no secret in its configuration, once; `serve` takes no demo.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use disclosure_portal::cli::{init, serve};
use disclosure_portal::clock::{Clock, random};
use disclosure_portal::config::Config;
use disclosure_portal::demo;
use disclosure_portal::domain::texts::Text;

use super::{Fresh, options};
use crate::harness::{Folder, Scene};

/// Every file and folder below `at`, and `at`.
fn below(at: &Path) -> Vec<PathBuf> {
    let mut all = vec![at.to_owned()];
    if at.is_dir() {
        all.extend(fs::read_dir(at).unwrap().flat_map(|entry| below(&entry.unwrap().path())));
    }
    all.sort();
    all
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_else_reads_what_init_makes() {
    let fresh = Fresh::new();
    assert_eq!(mode(&fresh.dir()), 0o700);
    let mut files = 0;
    for path in below(&fresh.dir()) {
        let public = ["ca.pem", "server.pem"].iter().any(|name| path.ends_with(name));
        assert!(mode(&path).trailing_zeros() >= 6 || public, "{}: {:o}", path.display(), mode(&path));
        files += usize::from(path.is_file());
    }
    assert!(files >= 10, "{files}");
    assert_eq!(mode(&fresh.stick()), 0o600);
    let stick = fs::read_to_string(fresh.stick()).unwrap();
    assert!(stick.len() == 65 && stick.trim_end().bytes().all(|b| b.is_ascii_hexdigit()));
}

#[test]
fn the_configuration_holds_no_secret_and_the_folder_neither_the_root_nor_the_link() {
    let fresh = Fresh::new();
    let text = fs::read_to_string(&fresh.made.config).unwrap();
    let mut secrets = vec![fresh.token(), fs::read_to_string(fresh.stick()).unwrap().trim_end().to_owned()];
    for (_, file) in fresh.config().keys.files().all() {
        secrets.push(fs::read_to_string(file).unwrap().trim_end().to_owned());
    }
    for secret in &secrets {
        assert!(secret.len() == 64 && !text.contains(secret.as_str()));
    }
    for file in below(&fresh.dir()).iter().filter(|path| path.is_file()) {
        let bytes = fs::read(file).unwrap();
        let holds = |secret: &str| bytes.windows(64).any(|window| window == secret.as_bytes());
        let raw = hex::decode(&secrets[1]).unwrap();
        assert!(!holds(&secrets[0]) && !holds(&secrets[1]), "{}", file.display());
        assert!(!bytes.windows(32).any(|window| window == raw), "{}", file.display());
    }
    // What was typed is what stands there, quotes and all.
    assert_eq!(fresh.config().portal.force, "Example \"Constabulary\" of Ærø");
}

#[actix_web::test]
async fn what_init_made_is_served_with_its_undertaking_and_nobody_in_it() {
    let fresh = Fresh::new();
    let office = serve::open(&fresh.config(), Clock::system()).await.map_err(|no| no.sentence).unwrap();
    let mut conn = office.read().await.unwrap();
    assert_eq!(conn.setting("log_name").await.unwrap().as_deref(), Some("localhost/log/1"));
    for &text in Text::ALL {
        let row = conn.text_in_force(text).await.unwrap();
        assert_eq!((row.number(), row.words.as_str(), row.changed_by.as_str()), (1, text.shipped(), "portal"));
    }
    assert!(conn.people().await.unwrap().is_empty() && conn.areas().await.unwrap().is_empty());
    assert!(conn.mails().await.unwrap().is_empty(), "a link's secret is kept nowhere");
    assert_eq!(office.log_vkey, fresh.made.log_vkey);
    assert_eq!(office.root.as_ref().unwrap().vkey(), fresh.made.root);
    assert!(!office.settings.demo);
    drop(conn);
    office.close().await;
}

#[test]
fn a_folder_that_holds_anything_is_refused_and_untouched() {
    let fresh = Fresh::new();
    let before = fs::read(&fresh.made.config).unwrap();
    let again =
        init::init(&init::Options { root_key: Some(fresh.folder.0.join("two.key")), ..options(&fresh.folder.0) });
    let why = again.unwrap_err();
    assert!(why.code == 2 && why.sentence.contains("is not empty"), "{}", why.sentence);
    assert_eq!(fs::read(&fresh.made.config).unwrap(), before);
    assert!(!fresh.folder.0.join("two.key").exists());
}

#[test]
fn what_is_unfit_is_named_and_nothing_is_left_behind() {
    let told = |change: fn(&mut init::Options)| {
        let folder = Folder::new();
        let mut with = options(&folder.0);
        change(&mut with);
        let why = init::init(&with).unwrap_err();
        assert_eq!(why.code, 2, "{}", why.sentence);
        let root = with.root_key.is_some_and(|file| file.exists());
        assert!(!with.data.exists() && !root, "{}", why.sentence);
        why.sentence
    };
    for (change, named) in [
        ((|o| o.origin = "http://localhost".into()) as fn(&mut init::Options), "--origin"),
        (|o| o.force = " ".into(), "--force"),
        (|o| o.contact = "a\nb".into(), "--contact"),
        (|o| o.break_glass = "age1x".into(), "--break-glass"),
        (|o| o.break_glass = "AGE-SECRET-KEY-1".into(), "This is a secret key"),
        (|o| o.log_name = "two words".into(), "--log-name"),
        (|o| o.admin_name = String::new(), "--admin-name"),
        (|o| o.admin_email = "lee".into(), "--admin-email"),
        (|o| (o.root, o.root_key) = (Some("root+0+key".into()), None), "--root"),
        (|o| o.root_key = Some(o.data.join("root.key")), "--root-key"),
        (|o| (o.certificate, o.key) = (Some(o.data.join("c")), Some(o.data.join("k"))), "--certificate"),
    ] {
        let sentence = told(change);
        assert!(sentence.contains(named), "{named}: {sentence}");
    }
}

#[actix_web::test]
async fn serve_refuses_a_demo_by_its_files_and_by_its_database() {
    let fresh = Fresh::new();
    let refused = async |config: &Config| match serve::open(config, Clock::system()).await {
        Ok(_) => panic!("served"),
        Err(no) => no.sentence,
    };
    let demo = Scene::new().await;
    let mut config = fresh.config();
    config.store = demo.settings().store;
    config.keys.log = demo.folder.0.join("keys/log.key");
    assert!(refused(&config).await.contains("was made by the demo"));
    // Its telling files taken away, the database still says so.
    fs::remove_file(demo.folder.0.join("demo-root.key")).unwrap();
    let _ = fs::remove_file(demo.folder.0.join("demo-accounts.json"));
    assert!(refused(&config).await.contains("was made by the demo"));
    // And a real database in a folder with a demo's accounts is not believed either.
    fs::write(fresh.dir().join("demo-accounts.json"), "[]").unwrap();
    assert!(refused(&fresh.config()).await.contains("was made by the demo"));
    fs::remove_file(fresh.dir().join("demo-accounts.json")).unwrap();
    serve::open(&fresh.config(), Clock::system()).await.map_err(|no| no.sentence).unwrap().close().await;
}

#[actix_web::test]
async fn a_demo_begun_over_a_real_portal_is_refused_and_leaves_no_trace() {
    let fresh = Fresh::new();
    let before = below(&fresh.dir());
    assert!(Box::pin(demo::open(&fresh.dir(), "https://localhost:1", Clock::system())).await.is_err());
    assert_eq!(below(&fresh.dir()), before);
}

#[actix_web::test]
async fn mail_is_refused_rather_than_dropped_and_a_missing_key_is_never_made() {
    let fresh = Fresh::new();
    let text = fs::read_to_string(&fresh.made.config).unwrap();
    let mail = format!("{text}\n[mail]\nhost = \"mail.example.org\"\nport = 587\nfrom = \"portal@example.org\"\n");
    fs::write(&fresh.made.config, mail).unwrap();
    let why = serve::open(&fresh.config(), Clock::system()).await.map(drop).unwrap_err();
    assert!(why.sentence.contains("mail is not built yet"), "{}", why.sentence);
    fs::write(&fresh.made.config, text).unwrap();
    let key = fresh.dir().join("keys/records.key");
    fs::remove_file(&key).unwrap();
    let why = serve::open(&fresh.config(), Clock::system()).await.map(drop).unwrap_err();
    assert!(why.sentence.contains("records.key") && !key.exists(), "{}", why.sentence);
    // Another key than the one that signed the log is noticed at the start.
    fs::write(&key, format!("{}\n", hex::encode(random::<32>()))).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::copy(&key, fresh.dir().join("keys/log.key")).unwrap();
    let why = serve::open(&fresh.config(), Clock::system()).await.map(drop).unwrap_err();
    assert!(why.sentence.contains("localhost/log/1"), "{}", why.sentence);
}
