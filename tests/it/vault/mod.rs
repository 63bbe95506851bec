//! The vault's one contract, kept by a local directory and by an S3 server alike; then faults, orphans, buckets that are not fit.

mod buckets;
mod faults;
mod orphans;
mod pages;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{Fault, No};
use disclosure_portal::clock::Clock;
use disclosure_portal::config::Store;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::store::Acked;
use disclosure_portal::store::vault::Vault;
use futures_util::TryStreamExt as _;

use crate::harness::s3::S3Server;
use crate::harness::{Folder, Scene, empty_office, noon};

/// Where a vault lies, and the files it keeps there.
struct Place {
    store: Store,
    files: PathBuf,
    server: Option<S3Server>,
    _folder: Folder,
}

impl Place {
    fn folder() -> Self {
        let folder = Folder::new();
        let store = Store::embedded(&folder.0);
        Self { files: store.vault(), store, server: None, _folder: folder }
    }

    fn bucket() -> Self {
        let (folder, server) = (Folder::new(), S3Server::start());
        Self { store: server.store(&folder), files: server.files(), server: Some(server), _folder: folder }
    }

    fn vault(&self) -> Vault {
        Vault::open(&self.store).unwrap()
    }
}

/// Both places.
fn places() -> [Place; 2] {
    [Place::folder(), Place::bucket()]
}

/// The demo's world with its vault in each of them; the server has to outlive its scene.
async fn scenes() -> [(Scene, PathBuf, Option<S3Server>); 2] {
    let (here, server) = (Scene::new().await, S3Server::start());
    let there = Scene::in_bucket(&server).await;
    [(here.folder.0.join("vault"), here, None), (server.files(), there, Some(server))].map(|(f, s, v)| (s, f, v))
}

/// The portal's own vault, opened beside it.
fn beside(scene: &Scene) -> Vault {
    Vault::open(&scene.office.settings.store).unwrap()
}

/// The token that an act was acknowledged: what the vault gives bytes for.
async fn acked(office: &Office, name: &str) -> Acked<String> {
    let name = name.to_owned();
    office.act(move |_| Box::pin(async move { Ok(name) })).await.unwrap()
}

/// What a blob holds.
async fn held(office: &Office, vault: &Vault, name: &str) -> Result<Vec<u8>, No> {
    vault.of_original(&acked(office, name).await).await
}

fn is_missing<T: std::fmt::Debug>(got: &Result<T, No>) -> bool {
    matches!(got, Err(No::Broken(Fault::Vault(object_store::Error::NotFound { .. }))))
}

/// The file a blob is.
fn file(files: &Path, name: &str) -> PathBuf {
    files.join(&name[..2]).join(name)
}

/// Makes a file look as if it had been written so many hours ago.
fn age(file: &Path, hours: u64) {
    let then = SystemTime::UNIX_EPOCH + Duration::from_millis(Clock::real().millis().try_into().unwrap())
        - Duration::from_secs(hours * 3_600);
    std::fs::File::options().write(true).open(file).unwrap().set_modified(then).unwrap();
}

/// Every file below a folder.
fn all_files(at: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(at).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

async fn office() -> (Arc<Office>, Folder) {
    empty_office(Clock::manual(noon())).await
}

#[actix_web::test]
async fn what_is_put_is_given_back_and_what_is_destroyed_is_gone() {
    let (office, _at) = office().await;
    for place in places() {
        let vault = place.vault();
        for size in [0_usize, 1, 3 << 20] {
            let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let (first, second) = (vault.put(bytes.clone()).await.unwrap(), vault.put(bytes.clone()).await.unwrap());
            assert_ne!(first, second, "each under a name of its own");
            assert_eq!(held(&office, &vault, &first).await.unwrap(), bytes);
            assert_eq!(std::fs::read(file(&place.files, &first)).unwrap(), bytes);
            vault.destroy(&first).await.unwrap();
            assert!(is_missing(&held(&office, &vault, &first).await));
            assert!(!file(&place.files, &first).exists());
            vault.destroy(&first).await.expect("destroying what is gone is done");
            assert_eq!(held(&office, &vault, &second).await.unwrap(), bytes, "its neighbour stands");
        }
    }
}

#[actix_web::test]
async fn a_name_that_is_none_leads_nowhere() {
    let (office, _at) = office().await;
    for place in places() {
        let vault = place.vault();
        vault.own("kept").await.unwrap();
        for wrong in ["", "owner", "../owner", "ab", &"AB".repeat(16), &"g0".repeat(16), &"ab".repeat(17)] {
            assert!(matches!(held(&office, &vault, wrong).await, Err(No::Broken(Fault::Corrupt { .. }))), "{wrong}");
            assert!(matches!(vault.destroy(wrong).await, Err(No::Broken(Fault::Corrupt { .. }))), "{wrong}");
        }
        assert_eq!(vault.owner().await.unwrap().as_deref(), Some("kept"));
    }
}

#[actix_web::test]
async fn a_shelf_lists_its_old_blobs_and_nothing_else() {
    for place in places() {
        let vault = place.vault();
        let (old, young, elsewhere) = ("ab".repeat(16), format!("ab{}", "1".repeat(30)), "cd".repeat(16));
        let others = ["journal/ab/1", "ab/readme", "ab/abc", "owner", &format!("cd/{}", "ab".repeat(16))];
        for at in [&old, &young, &elsewhere].map(|name| file(&place.files, name)) {
            std::fs::create_dir_all(at.parent().unwrap()).unwrap();
            std::fs::write(&at, "sealed").unwrap();
            age(&at, 30);
        }
        for at in others.map(|name| place.files.join(name)) {
            std::fs::create_dir_all(at.parent().unwrap()).unwrap();
            std::fs::write(&at, "other").unwrap();
            age(&at, 30);
        }
        age(&file(&place.files, &young), 23);
        let then = vault.prove().await.unwrap().plus_millis(-24 * 3_600_000);
        let shelf = |n: u8, then: Moment| vault.shelf(n, then).try_concat();
        assert_eq!(shelf(0xab, then).await.unwrap(), vec![old.clone()]);
        assert_eq!(shelf(0xcd, then).await.unwrap(), vec![elsewhere]);
        assert_eq!(shelf(0xee, then).await.unwrap(), Vec::<String>::new());
        let all = shelf(0xab, Clock::real().plus_millis(60_000)).await.unwrap();
        assert_eq!(all.len(), 2, "{all:?}");
    }
}

#[actix_web::test]
async fn proving_a_vault_leaves_nothing_behind_and_tells_its_time() {
    for place in places() {
        let told = place.vault().prove().await.unwrap();
        assert!((told.millis() - Clock::real().millis()).abs() < 60_000);
        assert_eq!(all_files(&place.files), Vec::<PathBuf>::new());
    }
}

#[actix_web::test]
async fn a_portal_does_not_start_on_the_vault_of_another() {
    for (scene, files, server) in scenes().await {
        let word = std::fs::read_to_string(files.join("owner")).unwrap();
        assert_eq!(word.trim(), scene.sql("SELECT value FROM setting WHERE name = 'vault.owner'"));
        // A new database on the same vault, as a second `init` by mistake would make.
        let (new, _folder) = office().await;
        let mut told = new.settings.clone();
        let told_of = |told| Office::open(told, Clock::manual(noon()), true);
        if let Some(server) = &server {
            told.store.s3 = Some(server.settings());
        } else {
            std::fs::remove_dir_all(told.store.vault()).unwrap();
            std::os::unix::fs::symlink(&files, told.store.vault()).unwrap();
        }
        let why = told_of(told).await.err().expect("refused").to_string();
        assert!(why.contains("another portal's"), "{why}");
        // Its own opens on, and again.
        let again = scene.restarted().await;
        again.log_is_whole().await;
    }
}
