//! A portal made with its database on a PostgreSQL server: `init --store`, `check`, `serve`, and a second instance from the same files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use disclosure_portal::cli::{check, init, serve};
use disclosure_portal::clock::Clock;
use disclosure_portal::config::{Config, Postgres};

use super::options;
use crate::harness::Folder;
use crate::harness::server::{Server, psql};

fn section(at: &Postgres) -> String {
    let Postgres { host, port, database, user, password_file, .. } = at;
    let password = password_file.as_ref().unwrap().display();
    format!(
        "[store.postgres]\nhost = \"{host}\"\nport = {port}\ndatabase = \"{database}\"\nuser = \"{user}\"\npassword_file = \"{password}\"\n"
    )
}

fn with(folder: &Folder, text: &str) -> init::Options {
    let file = folder.0.join("store.toml");
    fs::write(&file, text).unwrap();
    init::Options { store: Some(file), ..options(&folder.0) }
}

fn failed(config: &std::path::Path) -> Vec<String> {
    let found = check::check(config, Clock::real()).map_err(|no| no.sentence).unwrap();
    found.into_iter().filter(|one| !one.ok).map(|one| format!("{}: {}", one.what, one.why)).collect()
}

#[test]
fn a_portal_is_made_in_an_empty_database_and_a_second_instance_joins_it() {
    let (folder, at) = (Folder::new(), Server::shared().create(None));
    let made = init::init(&with(&folder, &section(&at))).map_err(|no| no.sentence).unwrap();
    assert!(!folder.0.join("portal/portal.sqlite").exists());
    assert_eq!(failed(&made.config), Vec::<String>::new());
    assert_eq!(psql(&at, "SELECT COUNT(*) FROM log_head"), "1");
    // The second machine: the same configuration and key files in a folder of its own.
    let other = Folder::new();
    let copied =
        std::process::Command::new("cp").arg("-a").arg(folder.0.join("portal")).arg(&other.0).status().unwrap();
    assert!(copied.success());
    let second = other.0.join("portal/portal.toml");
    assert_eq!(failed(&second), Vec::<String>::new());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut offices = Vec::new();
        for config in [&made.config, &second] {
            let config = Config::read(config).unwrap();
            offices.push(serve::open(&config, Clock::system()).await.map_err(|no| no.sentence).unwrap());
        }
        for office in offices {
            office.close().await;
        }
    });
    // Over it no other portal is made, and nothing in it changes.
    let again = Folder::new();
    let told = init::init(&with(&again, &section(&at))).unwrap_err().sentence;
    assert!(told.contains("is not empty: nothing was changed in it"), "{told}");
    assert!(!again.0.join("portal").exists());
    assert_eq!(failed(&made.config), Vec::<String>::new());
    Server::shared().drop(&at);
}

#[test]
fn a_database_or_a_password_that_does_not_fit_is_named() {
    let (folder, at) = (Folder::new(), Server::shared().create(None));
    let told = |text: &str| {
        let told = init::init(&with(&folder, text)).unwrap_err().sentence;
        assert!(!folder.0.join("portal").exists() && !folder.0.join("root.key").exists(), "left behind: {told}");
        told
    };
    let good = section(&at);
    assert!(told(&good.replace("host =", "hots =")).contains("hots"));
    assert!(told(&good.replace("password_file = \"/", "password_file = \"")).contains("must be an absolute path"));
    assert!(told(&format!("{good}[store.s3]\n")).contains("bucket"));
    let own = folder.0.join("password");
    let replaced = |password: &str, mode: u32| {
        fs::write(&own, password).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(mode)).unwrap();
        told(&section(&Postgres { password_file: Some(own.clone()), ..at.clone() }))
    };
    assert!(replaced("wrong\n", 0o600).contains("password authentication failed"));
    assert!(replaced("wrong\n", 0o644).contains("can be read by others"));
    let gone = Postgres { database: "nowhere".into(), ..at.clone() };
    assert!(told(&section(&gone)).contains("nowhere"));
    psql(&at, "CREATE DATABASE other_words TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C.UTF-8'");
    let told_so = told(&section(&Postgres { database: "other_words".into(), ..at.clone() }));
    assert!(told_so.contains("sorts by icu"), "{told_so}");
    psql(&at, "DROP DATABASE other_words");
    assert_eq!(
        psql(&at, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'"),
        "0",
        "untouched"
    );
    Server::shared().drop(&at);
}
