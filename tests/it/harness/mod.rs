//! An office to try things in: the demo's people and releases in a temporary folder, a clock that stands still.
//!
//! The world is made once for the whole run and copied for each test. When an office is closed its log is checked whole,
//! so every journey is also a tamper test.

pub(crate) mod authenticator;
pub(crate) mod browser;
mod printed;
pub(crate) mod relay;
pub(crate) mod s3;
pub(crate) mod scene;
pub(crate) mod server;
pub(crate) mod things;
pub(crate) mod wait;
pub(crate) mod wire;

pub(crate) use scene::{Scene, Stopped, copy_folder};

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use disclosure_portal::actions::No;
use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::office::{Office, Settings};
use disclosure_portal::actions::session::Person;
use disclosure_portal::clock::{self, Clock};
use disclosure_portal::config::Postgres;
use disclosure_portal::demo::people::{Somebody, World};
use disclosure_portal::demo::{self, releases, story};
use disclosure_portal::domain::actor::Grant;
use disclosure_portal::domain::ids::{PersonId, StatementId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::ledger::trust::{APPROVE, PersonKeys, ROOT, Root};
use disclosure_portal::store::people::{Area, Person as PersonRow};
use disclosure_portal::store::trust::Row;
pub(crate) use printed::printed;

use self::server::{Backend, Server, backend};

/// A folder that goes with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("portal-test-{}", hex::encode(clock::random::<8>())));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The present of every test: 21 November 2026, noon.
pub(crate) fn noon() -> Moment {
    Moment::parse_london("2026-11-21", "12:00").unwrap()
}

pub(crate) const ORIGIN: &str = "https://localhost:8443";

struct Template {
    folder: Folder,
    database: Option<Postgres>,
    world: World,
}

/// A demo's settings in a folder, and in a database of the server where there is one.
pub(crate) fn settings(data: &Path, database: Option<&Postgres>) -> Settings {
    let mut settings = demo::settings(data, ORIGIN).unwrap();
    settings.store.postgres = database.cloned();
    settings
}

/// An empty database, where scenes live in the server.
fn empty_database(backend: Backend) -> Option<Postgres> {
    (backend == Backend::Server).then(|| Server::shared().create(None))
}

/// The world of this run's scenes.
fn template() -> &'static Template {
    template_of(backend())
}

/// The world, made once a backend, by the same code as the demo.
fn template_of(backend: Backend) -> &'static Template {
    static EMBEDDED: OnceLock<Template> = OnceLock::new();
    static SERVER: OnceLock<Template> = OnceLock::new();
    let made = if backend == Backend::Embedded { &EMBEDDED } else { &SERVER };
    made.get_or_init(|| {
        let world = move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let (folder, database) = (Folder::new(), empty_database(backend));
                let hands = Clock::manual(noon().plus_millis(-75 * 86_400_000));
                let office = Office::open(settings(&folder.0, database.as_ref()), hands.clone(), true).await.unwrap();
                let world = demo::people::begin(&office).await.unwrap();
                story::play(&office, &world, &hands, noon()).await.unwrap();
                office.close().await;
                Template { folder, database, world }
            })
        };
        std::thread::spawn(world).join().expect("the world is made")
    })
}

/// Somebody by the beginning of their name.
pub(crate) fn who(name: &str) -> &'static Somebody {
    template().world.called(name).unwrap()
}

/// Areas, schemes, people.
pub(crate) fn world() -> &'static World {
    &template().world
}

/// The world of an embedded portal, in a folder of one's own.
pub(crate) fn copy_world(to: &Path) {
    copy_folder(&template_of(Backend::Embedded).folder.0, to);
}

/// Opens (and, when `create`, makes) an embedded portal in a folder, at noon.
pub(crate) async fn office_in(folder: &Path, create: bool) -> Result<Office, disclosure_portal::actions::Fault> {
    Office::open(settings(folder, None), Clock::manual(noon()), create).await
}

/// The codes of a refusal; anything else fails the test.
pub(crate) fn codes<T: std::fmt::Debug>(result: Result<T, No>) -> Vec<&'static str> {
    match result {
        Err(No::Refused(refusals)) => refusals.iter().map(disclosure_portal::domain::refusal::Refusal::code).collect(),
        other => panic!("not a refusal: {other:?}"),
    }
}

/// The fields a refusal stands beside; anything else fails the test.
pub(crate) fn wrong_fields<T: std::fmt::Debug>(result: Result<T, No>) -> Vec<&'static str> {
    match result {
        Err(No::Invalid(errors)) => errors.iter().map(|error| error.field).collect(),
        other => panic!("not about fields: {other:?}"),
    }
}

/// What a stranger with the database in hand does: another program, another connection.
pub(crate) fn sql(scene: &Scene, words: &str) {
    scene.sql(words);
}

/// An office without anybody in it.
pub(crate) async fn empty_office(clock: Clock) -> (Arc<Office>, Folder) {
    let (folder, database) = (Folder::new(), empty_database(backend()));
    let office = Office::open(settings(&folder.0, database.as_ref()), clock, true).await.unwrap();
    (Arc::new(office), folder)
}

/// The root's paper about a person of an empty office: their role counts.
fn paper(office: &Office, id: PersonId, grant: Grant) -> Row {
    let seed = demo::root_seed(&office.settings.store.data).unwrap();
    let root = Root::of_seed("disclosure-portal.demo/root", &seed).unwrap();
    let area = if let Grant::InArea(_, area) = grant { area.to_string() } else { String::new() };
    let keys = PersonKeys {
        area,
        name: String::new(),
        person: id.to_string(),
        recipient: String::new(),
        role: grant.role().word().into(),
        scheme: String::new(),
        signing_key: String::new(),
    };
    let (document, object) = (serde_json::to_string(&keys).unwrap(), format!("person/{id}"));
    let (at, nonce) = (office.now(), hex::encode(clock::random::<16>()));
    let paper = root.sign(&seed, APPROVE, &object, document, &at.rfc3339(), &nonce).unwrap();
    let (id, kind, signer) = (StatementId::fresh(at, clock::random()).to_string(), APPROVE.into(), ROOT.into());
    Row { id, kind, object, signer, document: paper.document.into_bytes(), note: paper.note, added_at: at.millis() }
}

/// Makes a person of an empty office, with one role, and begins their visit.
pub(crate) async fn begin_visit(office: &Office, person: &Person, grant: Grant) {
    let (id, session) = (person.id, person.session);
    let row = PersonRow {
        id: id.to_string(),
        email: format!("{id}@example.org"),
        name: person.name.clone(),
        auth_hash: String::new(),
        recovery_hash: String::new(),
        totp_secret: Vec::new(),
        totp_step: 0,
        recipient: String::new(),
        signing_key: String::new(),
        suspended: false,
        version: 1,
        created_at: office.now().millis(),
        signed_in_at: None,
    };
    let paper = paper(office, id, grant);
    let act = office.act(move |tx| {
        Box::pin(async move {
            if tx.person(id).await?.is_none() {
                tx.add_paper(&paper).await?;
                if let Grant::InArea(_, area) = grant {
                    let code = if tx.areas().await?.is_empty() { "CZ" } else { "NH" };
                    if tx.area(area).await?.is_none() {
                        let row = Area {
                            id: area.to_string(),
                            code: code.into(),
                            name: code.into(),
                            unit_recipient: String::new(),
                            unit_box: Vec::new(),
                            next_recipient: None,
                            next_box: None,
                            next_serial: 1,
                        };
                        tx.add_area(&row).await?;
                    }
                }
                tx.add_person(&row, &row.id).await?;
                tx.add_grant(id, grant).await?;
            }
            if tx.visit(session, id).await?.is_none() {
                tx.begin_visit(session, id, 1, ("test", "")).await?;
            }
            Ok(())
        })
    });
    act.await.unwrap();
}

/// A form filled in and signed by somebody, as their browser does it.
pub(crate) fn signed(scene: &Scene, who: &Somebody, kind: &str, object: &str, fields: &[(&str, &str)]) -> Form {
    let answers: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    releases::sign_form(&scene.office, who, kind, object, Form::posted(&answers), &[]).unwrap()
}

/// A field of a signed form as it is posted.
pub(crate) fn posted(form: &Form, name: &str) -> String {
    form.fields_to_post().into_iter().find(|(field, _)| field == name).map_or_else(String::new, |(_, value)| value)
}
