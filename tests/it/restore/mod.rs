//! P9 and the drill: a machine is lost and put back from its backup, and nothing that was destroyed comes back with it.

mod archive;
mod binary;
mod disposed;
mod drill;
mod journal;
mod refusals;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use disclosure_portal::actions::backup::{self, Made};
use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::office::{Office, Settings};
use disclosure_portal::actions::publish::Publisher;
use disclosure_portal::actions::registers::{self, Subject};
use disclosure_portal::actions::restore::finish::{Account, Outcome, finish};
use disclosure_portal::actions::restore::plan::Given;
use disclosure_portal::actions::restore::unpack::{Blobs, Wanted, unpack};
use disclosure_portal::actions::{No, people, renew, sweep};
use disclosure_portal::clock::Clock;
use disclosure_portal::config::{KeyFiles, Store};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::registers::pdf;
use disclosure_portal::demo::releases::{acknowledge, confirm, copy_of, look, recall, undertake};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{CopyId, DocumentId, ReleaseId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::sealing::age::{self, Identity};
use disclosure_portal::store::log::Head;

use crate::harness::{Folder, Scene, who};

const ARCHIVE: &str = "portal.backup.age";

/// The day before the first live release reaches its limit.
fn eve() -> Moment {
    Moment::parse_london("2027-01-14", "12:00").unwrap()
}

/// A portal with a backup, and what happened after it.
struct Story {
    scene: Scene,
    /// Whoever keeps the backups.
    keeper: Identity,
    /// The log's head when the backup was made.
    backed_up: u64,
    /// A checkpoint from before the backup, and one from after it.
    before: String,
    after: String,
    copies: Copies,
    /// Where the archive lies.
    away: Folder,
}

/// Copies by what became of them after the backup.
struct Copies {
    recalled_release: ReleaseId,
    recalled: CopyId,
    confirmed: CopyId,
    expired: CopyId,
    alive: CopyId,
    /// Its holder's keys are renewed: another copy would follow.
    replaced: CopyId,
    /// The blobs of the first four, in the same order.
    blobs: [Vec<String>; 4],
    /// A register's document that is removed, and its blob.
    document: DocumentId,
    paper: String,
}

impl Copies {
    /// Of a story that is about none of them.
    async fn none(scene: &Scene) -> Self {
        let release = scene.release("CZ/003/26").await;
        let copy = copy_of(&scene.office, who("Priya"), release).await.unwrap();
        let document = DocumentId::fresh(eve(), [0; 10]);
        let [recalled, confirmed, expired, alive, replaced] = [copy; 5];
        let (blobs, paper) = (std::array::from_fn(|_| Vec::new()), String::new());
        Self { recalled_release: release, recalled, confirmed, expired, alive, replaced, blobs, document, paper }
    }
}

async fn note(office: &Office) -> String {
    Head::read(&mut office.read().await.unwrap()).await.unwrap().unwrap().note().to_owned()
}

async fn size(office: &Office) -> u64 {
    Head::read(&mut office.read().await.unwrap()).await.unwrap().unwrap().size()
}

async fn objects(office: &Office, copy: CopyId) -> Vec<String> {
    office.read().await.unwrap().parts(copy).await.unwrap().into_iter().map(|part| part.object).collect()
}

async fn publish(office: &Office) {
    Publisher::default().round(office).await.unwrap();
}

async fn back_up(office: &Office, out: &Path, to: &Identity) -> Result<Made, No> {
    backup::make(office, out, &[to.recipient()], &stamp()).await
}

impl Story {
    /// The eve of the limit: people look, a backup is made.
    async fn new() -> Self {
        let scene = Scene::new().await;
        scene.clock.set(eve());
        let (office, away) = (&scene.office, Folder::new());
        let before = note(office).await;
        let of = async |name: &str, urn: &str| copy_of(office, who(name), scene.release(urn).await).await.unwrap();
        let recalled_release = scene.release("CZ/004/26").await;
        let [recalled, confirmed, expired, alive] = [
            of("Priya", "CZ/004/26").await,
            of("Toby", "CZ/003/26").await,
            of("Priya", "CZ/003/26").await,
            of("Ines", "NH/001/26").await,
        ];
        look(office, who("Priya"), expired).await.unwrap();
        undertake(office, who("Ines")).await.unwrap();
        acknowledge(office, who("Ines"), alive).await.unwrap();
        let blobs = [
            objects(office, recalled).await,
            objects(office, confirmed).await,
            objects(office, expired).await,
            objects(office, alive).await,
        ];
        let scheme = crate::harness::world().schemes[0];
        let (sam, signed) = (&who("Sam").actor, pdf("A signed agreement"));
        let document = registers::attach(office, sam, scheme, Subject::Agreement, signed, stamp()).await.unwrap();
        let paper = office.read().await.unwrap().document(document).await.unwrap().unwrap().object;
        let replaced = of("Morgan", "CZ/003/26").await;
        let copies = Copies { recalled_release, recalled, confirmed, expired, alive, replaced, blobs, document, paper };
        let keeper = Identity::fresh().unwrap();
        let made = back_up(office, &away.0.join(ARCHIVE), &keeper).await.unwrap();
        assert_eq!(made.manifest.missing, Vec::<String>::new());
        let (backed_up, after) = (made.manifest.size, String::new());
        Self { scene, keeper, backed_up, before, after, copies, away }
    }

    /// After the backup: views, a recall, a confirmation, a suspension, the limit.
    async fn goes_on(&mut self) {
        let (office, copies) = (&self.scene.office, &self.copies);
        let toby = who("Toby");
        acknowledge(office, toby, copies.confirmed).await.unwrap();
        look(office, toby, copies.confirmed).await.unwrap();
        recall(office, who("Sam"), copies.recalled_release, "The purpose is met.").await.unwrap();
        confirm(office, toby, copies.confirmed, "A. Witness").await.unwrap();
        registers::detach(office, &who("Sam").actor, copies.document, "Renewed", stamp()).await.unwrap();
        let sam = crate::journeys::at_desk(who("Sam"), &self.scene);
        renew::renew(office, &sam, who("Morgan").id, "Called back on the number on file", stamp()).await.unwrap();
        people::suspend(office, &who("Lee").actor, who("Morgan").id, true, stamp()).await.unwrap();
        self.scene.clock.set(Moment::parse_london("2027-01-15", "00:00").unwrap());
        sweep::round(office).await.unwrap();
        self.after = note(office).await;
        look(office, who("Ines"), copies.alive).await.unwrap();
        publish(office).await;
    }

    async fn played() -> Self {
        let mut story = Self::new().await;
        story.goes_on().await;
        story
    }

    /// The machine is gone. What the operator has: the keys' copies, what survived of the vault, and the settings.
    async fn lost(self) -> Ruins {
        let Self { scene, keeper, backed_up, before, after, copies, away } = self;
        let Scene { office, clock, folder, .. } = scene;
        let size = size(&office).await;
        let settings = office.settings.clone();
        let vkeys = office.log_vkeys.clone();
        Arc::into_inner(office).expect("nobody is in the office").close().await;
        Ruins { folder, keeper, backed_up, size, before, after, copies, settings, clock, vkeys, away }
    }
}

/// What is left of a portal.
struct Ruins {
    /// The old folder: its keys, and what survived of the vault.
    folder: Arc<Folder>,
    keeper: Identity,
    backed_up: u64,
    /// The log's size when the machine was lost.
    size: u64,
    before: String,
    after: String,
    copies: Copies,
    settings: Settings,
    clock: Clock,
    vkeys: String,
    /// Where the archive lies.
    away: Folder,
}

impl Ruins {
    fn archive(&self) -> PathBuf {
        self.away.0.join(ARCHIVE)
    }

    fn journal(&self) -> PathBuf {
        self.folder.0.join("vault/journal")
    }

    fn settings(&self, data: &Path) -> Settings {
        Settings { store: Store::embedded(data), keys: KeyFiles::below(data), ..self.settings.clone() }
    }

    fn wanted(&self, data: &Path, blobs: Blobs) -> Wanted {
        Wanted { from: self.archive(), data: data.to_owned(), keys: Some(self.folder.0.join("keys")), blobs }
    }

    /// Puts the archive in place in a new folder.
    async fn put_back(&self, blobs: Blobs) -> Folder {
        let new = Folder::new();
        if blobs == Blobs::VaultIsCurrent {
            copy(&self.folder.0.join("vault"), &new.0.join("vault"));
        }
        let manifest = unpack(&self.wanted(&new.0, blobs), &self.keeper).await.unwrap();
        assert_eq!(manifest.size, self.backed_up);
        new
    }

    async fn open(&self, data: &Path, how: Hold) -> Result<Office, disclosure_portal::actions::Fault> {
        Office::open_as(self.settings(data), self.clock.clone(), false, how).await
    }

    /// The second half, as the command runs it.
    async fn finish(&self, data: &Path, given: &Given) -> Result<Outcome, No> {
        let office = self.open(data, Hold::Restoring).await.unwrap();
        let done = finish(&office, given, &stamp()).await;
        office.close().await;
        done
    }

    /// The portal as it is served after its restore.
    async fn served(&self, folder: Folder) -> Scene {
        let office = self.open(&folder.0, Hold::Shared).await.unwrap();
        Scene::put_back(office, self.clock.clone(), folder)
    }
}

fn copy(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

fn accepting(journal: Option<PathBuf>) -> Given {
    Given { journal, witnessed: None, accept_lost: true }
}

fn opened(outcome: Result<Outcome, No>) -> Account {
    match outcome {
        Ok(Outcome::Open(account)) => account,
        other => panic!("not open: {other:?}"),
    }
}

fn asks(outcome: Result<Outcome, No>) -> Account {
    match outcome {
        Ok(Outcome::Asks(account)) => account,
        other => panic!("does not ask: {other:?}"),
    }
}

/// The sentence of what was refused.
fn told<T: std::fmt::Debug>(done: Result<T, No>) -> String {
    match done {
        Err(No::Broken(fault)) => fault.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

/// Whether a holder's own key opens what a view serves them.
async fn holder_reads(scene: &Scene, holder: &Somebody, copy: CopyId) -> bool {
    use disclosure_portal::actions::deliver::open_part;
    use disclosure_portal::domain::ids::PartId;
    use disclosure_portal::domain::release::request::Purpose;
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let Some(part) = parts.first().and_then(|part| PartId::parse(&part.id)) else { return false };
    let served = open_part(&scene.office, &holder.actor, copy, part, Purpose::Prevention, stamp()).await;
    let identity = Identity::parse(&holder.account.age_identity).unwrap();
    served.is_ok_and(|served| age::open(&served.bytes, &identity).is_ok())
}

/// Which of these blobs are in a portal's vault.
fn there(folder: &Path, objects: &[String]) -> usize {
    objects.iter().filter(|object| folder.join("vault").join(&object[..2]).join(object).exists()).count()
}
