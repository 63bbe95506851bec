//! One test's office: the demo's world copied into a folder, and into a database of the server where this run is about that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use disclosure_portal::actions::audit;
use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::office::{Office, Settings};
use disclosure_portal::clock::Clock;
use disclosure_portal::config::Postgres;
use disclosure_portal::demo;
use disclosure_portal::demo::people::{Somebody, World};
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::moment::Moment;

use super::s3::S3Server;
use super::server::{self, Backend, Server, backend};
use super::{Folder, Template, noon, settings, template_of};

/// An office with the demo's world, at noon.
pub(crate) struct Scene {
    pub(crate) office: Arc<Office>,
    pub(crate) clock: Clock,
    pub(crate) folder: Arc<Folder>,
    pub(crate) database: Option<Arc<Database>>,
    world: &'static World,
}

/// A scene's database in a server; it goes with the scene.
pub(crate) struct Database {
    pub(crate) at: Postgres,
    /// A server of the scene's own; absent: the one that all share.
    pub(crate) own: Option<Server>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.own.is_none() && !std::thread::panicking() {
            Server::shared().drop(&self.at);
        }
    }
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::on(backend()).await
    }

    /// On a backend whatever this run is about.
    pub(crate) async fn on(backend: Backend) -> Self {
        Self::placed(backend, None).await
    }

    /// With its vault in a bucket, which has to outlive it.
    pub(crate) async fn in_bucket(server: &S3Server) -> Self {
        Self::placed(backend(), Some(server)).await
    }

    /// On a backend whatever this run is about, and in a bucket where there is one.
    pub(crate) async fn placed(backend: Backend, bucket: Option<&S3Server>) -> Self {
        let made = template_of(backend);
        let shared = |world: &Postgres| Database { at: Server::shared().create(Some(&world.database)), own: None };
        Self::of(made, made.database.as_ref().map(shared), bucket).await
    }

    /// On a PostgreSQL server of its own, to break.
    pub(crate) async fn on_own_server() -> Self {
        let made = template_of(Backend::Server);
        let server = Server::start();
        let at = server.create(None);
        server::load(&at, &server::dump(made.database.as_ref().expect("a world in the server")));
        Self::of(made, Some(Database { at, own: Some(server) }), None).await
    }

    async fn of(made: &'static Template, database: Option<Database>, bucket: Option<&S3Server>) -> Self {
        let folder = Folder::new();
        copy_folder(&made.folder.0, &folder.0);
        let clock = Clock::manual(noon());
        let mut settings = settings(&folder.0, database.as_ref().map(|one| &one.at));
        if let Some(bucket) = bucket {
            std::fs::rename(settings.store.vault(), bucket.files()).unwrap();
            settings.store.s3 = Some(bucket.settings());
        }
        let office = Office::open(settings, clock.clone(), false).await.unwrap();
        let (folder, database) = (Arc::new(folder), database.map(Arc::new));
        Self { office: Arc::new(office), clock, folder, database, world: &made.world }
    }

    /// The demo's people and registers alone, on the embedded database, begun at another time.
    pub(crate) async fn begun_at(at: Moment) -> Self {
        let (folder, clock) = (Folder::new(), Clock::manual(at));
        let office = Office::open(settings(&folder.0, None), clock.clone(), true).await.unwrap();
        let world: &'static World = Box::leak(Box::new(demo::people::begin(&office).await.unwrap()));
        demo::releases::undertake(&office, world.called("Priya").unwrap()).await.unwrap();
        Self { office: Arc::new(office), clock, folder: Arc::new(folder), database: None, world }
    }

    /// The embedded portal that was put back from a backup.
    pub(crate) fn put_back(office: Office, clock: Clock, folder: Folder) -> Self {
        let world = &template_of(Backend::Embedded).world;
        Self { office: Arc::new(office), clock, folder: Arc::new(folder), database: None, world }
    }

    /// Another instance on the same data, with the same clock.
    pub(crate) async fn beside(&self) -> Self {
        let office = Office::open(self.settings(), self.clock.clone(), false).await.unwrap();
        let (folder, database) = (self.folder.clone(), self.database.clone());
        Self { office: Arc::new(office), clock: self.clock.clone(), folder, database, world: self.world }
    }

    /// Somebody of this scene's world by the beginning of their name.
    pub(crate) fn who(&self, name: &str) -> &'static Somebody {
        self.world.called(name).unwrap()
    }

    /// This scene's areas, schemes and people.
    pub(crate) fn world(&self) -> &'static World {
        self.world
    }

    /// How this scene is set up: to open it once more.
    pub(crate) fn settings(&self) -> Settings {
        self.office.settings.clone()
    }

    /// A release by its reference.
    pub(crate) async fn release(&self, urn: &str) -> ReleaseId {
        audit::release_by_urn(&self.office, &self.who("Robin").actor, urn).await.unwrap()
    }

    /// The portal stops and starts anew on the same folder.
    pub(crate) async fn restarted(self) -> Self {
        self.set_up(|_| ()).await
    }

    /// The portal stops and starts anew on the same folder, set up otherwise.
    pub(crate) async fn set_up(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings();
        change(&mut settings);
        let Self { office, clock, folder, database, world } = self;
        Arc::into_inner(office).expect("nobody is in the office").close().await;
        let office = Office::open(settings, clock.clone(), false).await.unwrap();
        Self { office: Arc::new(office), clock, folder, database, world }
    }

    /// What somebody does who has the database and nothing else.
    pub(crate) fn sql(&self, text: &str) -> String {
        by_another_program(&self.folder.0, self.database.as_deref(), text).unwrap_or_else(|why| panic!("{why}: {text}"))
    }

    /// Leaves a trigger in the database: `does` follows (`when`) each new row of `table`.
    pub(crate) fn leave_trigger(&self, name: &str, when: &str, table: &str, does: &str) {
        if self.database.is_none() {
            self.sql(&format!("CREATE TRIGGER {name} {when} INSERT ON {table} BEGIN {does}; END"));
            return;
        }
        let body = format!("BEGIN {does}; RETURN NEW; END");
        self.sql(&format!("CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"));
        self.sql(&format!("CREATE TRIGGER {name} {when} INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"));
    }

    /// Takes it away again.
    pub(crate) fn take_trigger(&self, name: &str) {
        let drop = if self.database.is_none() { "TRIGGER" } else { "FUNCTION" };
        let more = if self.database.is_none() { "" } else { "() CASCADE" };
        self.sql(&format!("DROP {drop} {name}{more}"));
    }

    /// Makes every new leaf fail in the database, as a full disk would, until undone.
    pub(crate) fn break_log(&self, broken: bool) {
        if !broken {
            return self.take_trigger("no_more");
        }
        let fails =
            if self.database.is_none() { "SELECT RAISE(FAIL, 'disk I/O error')" } else { "RAISE 'disk I/O error'" };
        self.leave_trigger("no_more", "BEFORE", "log_leaf", fails);
    }

    /// What the database holds, as bytes: its files, or all that its owner can read of it on a server.
    pub(crate) fn stored(&self) -> Vec<(String, Vec<u8>)> {
        if let Some(database) = &self.database {
            return vec![("the server's database".to_owned(), server::dump(&database.at))];
        }
        // By another process: closing the file in this one would give up SQLite's locks on it, and the next program that comes would
        // take the portal for gone.
        let file = |name: &str| {
            let bytes = std::process::Command::new("cat").arg(self.folder.0.join(name)).output().unwrap().stdout;
            (name.to_owned(), bytes)
        };
        ["portal.sqlite", "portal.sqlite-wal"].into_iter().map(file).collect()
    }

    /// What the database holds and every other file of the portal.
    pub(crate) fn everything(&self) -> Vec<(String, Vec<u8>)> {
        fn files(dir: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { files(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        files(&self.folder.0, &mut found);
        let others = found.into_iter().filter(|path| !path.to_string_lossy().contains("portal.sqlite"));
        let read = |path: PathBuf| (path.display().to_string(), std::fs::read(&path).unwrap());
        self.stored().into_iter().chain(others.map(read)).collect()
    }

    /// Moves the clock on.
    pub(crate) fn later(&self, ms: i64) {
        self.clock.set(self.clock.now().plus_millis(ms));
    }

    /// Checks that the stored log is whole.
    pub(crate) async fn log_is_whole(&self) {
        let found = audit::fsck(&mut self.office.read().await.unwrap(), &self.office.log_vkeys).await.unwrap();
        assert_eq!(found.failures, Vec::<String>::new());
    }

    /// All records of one kind, oldest first, as (index, body).
    pub(crate) async fn records(&self, kind: &str) -> Vec<(u64, serde_json::Value)> {
        use disclosure_portal::store::log::Search;
        let what = Search {
            actor: String::new(),
            object: String::new(),
            kind: kind.into(),
            from: Moment::from_millis(0),
            to: Moment::from_millis(i64::MAX),
            limit: 10_000,
            skip: 0,
        };
        let (mut rows, _) = self.office.read().await.unwrap().log_search(&what).await.unwrap();
        rows.reverse();
        rows
    }
}

/// How many erasures the log of an office has.
pub(crate) async fn erasures(office: &Office) -> usize {
    let bodies = office.read().await.unwrap().covering_bodies().await.unwrap();
    bodies.iter().filter(|body| String::from_utf8_lossy(body).contains("\"kind\":\"erase\"")).count()
}

/// A scene whose office is closed.
pub(crate) struct Stopped {
    pub(crate) settings: Settings,
    pub(crate) folder: Arc<Folder>,
    database: Option<Arc<Database>>,
    world: &'static World,
}

impl Scene {
    /// Closes the office.
    pub(crate) async fn stopped(self) -> Stopped {
        let Self { office, folder, database, world, .. } = self;
        let settings = office.settings.clone();
        Arc::into_inner(office).expect("nobody is in the office").close().await;
        Stopped { settings, folder, database, world }
    }
}

impl Stopped {
    /// What somebody does meanwhile who has the database; the error: what was said against it.
    pub(crate) fn sql(&self, text: &str) -> Result<String, String> {
        by_another_program(&self.folder.0, self.database.as_deref(), text)
    }

    /// Opens it, at noon.
    pub(crate) async fn open(&self, how: Hold) -> Office {
        Office::open_as(self.settings.clone(), Clock::manual(noon()), false, how).await.unwrap()
    }

    /// Goes on in an office that was opened.
    pub(crate) fn scene(self, office: Office) -> Scene {
        let Self { folder, database, world, .. } = self;
        Scene { office: Arc::new(office), clock: Clock::manual(noon()), folder, database, world }
    }
}

/// One or more statements through `sqlite3` or `psql`: what was answered, or what was said against it.
fn by_another_program(folder: &Path, database: Option<&Database>, text: &str) -> Result<String, String> {
    let mut command = std::process::Command::new("sqlite3");
    command.args(["-cmd", ".timeout 5000"]).arg(folder.join("portal.sqlite")).arg(text);
    if let Some(database) = database {
        // What bytes and words are called there.
        let text = text.replace("CAST(document AS TEXT)", "convert_from(document, 'UTF8')");
        command = server::psql_command(&database.at, &text.replace(" AS BLOB)", " AS BYTEA)"));
    }
    let out = command.output().expect("Debian's packages sqlite3 and postgresql-client");
    if out.status.success() {
        return Ok(String::from_utf8(out.stdout).unwrap().trim().to_owned());
    }
    Err(String::from_utf8_lossy(&out.stderr).into_owned())
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
