//! The operator's log of a whole journey, with faults: no name, no address, no word of a case, no secret, no identifier.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex};

use disclosure_portal::config::Level;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::telemetry::{self, Lines, lines::FIELDS};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, registry};

use crate::harness::browser::Browser;
use crate::harness::{Scene, sql, who, world};

/// What was written while it is on. The whole process writes here: other tests' lines are held to the same.
struct Heard {
    on: AtomicBool,
    text: Mutex<Vec<u8>>,
}

static OPERATOR: Heard = Heard { on: AtomicBool::new(false), text: Mutex::new(Vec::new()) };
/// Everything that the database's library says, with all its fields.
static DATABASE: Heard = Heard { on: AtomicBool::new(false), text: Mutex::new(Vec::new()) };

struct Ear(&'static Heard);

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.on.load(Ordering::SeqCst) {
            self.0.text.lock().unwrap().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for &'static Heard {
    type Writer = Ear;

    fn make_writer(&'a self) -> Ear {
        Ear(self)
    }
}

/// Begins to listen, as `telemetry::start` does it at the level for developers.
fn listen() {
    static STARTED: LazyLock<()> = LazyLock::new(|| {
        let operator = fmt::layer().event_format(Lines::of("0badcafe")).with_writer(&OPERATOR).with_ansi(false);
        let database = fmt::layer().with_writer(&DATABASE).with_ansi(false);
        let sqlx =
            dynamic_filter_fn(|about, _| DATABASE.on.load(Ordering::SeqCst) && about.target().starts_with("sqlx"));
        let lines = operator.with_filter(EnvFilter::new(telemetry::filter(Level::Debug)));
        registry().with(lines).with(database.with_filter(sqlx)).try_init().expect("no other subscriber in the tests");
    });
    LazyLock::force(&STARTED);
    OPERATOR.on.store(true, Ordering::SeqCst);
    DATABASE.on.store(true, Ordering::SeqCst);
}

fn heard(of: &'static Heard) -> String {
    of.on.store(false, Ordering::SeqCst);
    String::from_utf8(std::mem::take(&mut *of.text.lock().unwrap())).unwrap()
}

/// A journey through forms, searches, wrong tries and faults, with these words typed in it.
async fn journey(scene: &Scene) -> Vec<String> {
    let lee = Browser::of(scene, Some("Lee")).await;
    let sam = Browser::of(scene, Some("Sam")).await;
    let robin = Browser::of(scene, Some("Robin")).await;
    let priya = Browser::of(scene, Some("Priya")).await;
    let stranger = Browser::stranger(scene);
    let scheme = world().schemes[0].to_string();
    lee.post("/areas", &[("code", "QX"), ("name", "Quoxley North")]).await;
    let invited =
        [("name", "Quill Ostrander"), ("email", "quill@ostrander.example"), ("role", "manager"), ("scheme", &scheme)];
    assert_eq!(sam.post("/invitations/new", &invited).await.status, 200);
    let auth = "c0ffee".repeat(11) + "ab";
    let email = "quill@ostrander.example";
    let tried = [("email", email), ("auth", auth.get(..64).unwrap()), ("passphrase", "zebra zoo zone")];
    stranger.post("/sign-in", &tried).await;
    stranger.get("/enrol/quoxley-invitation-secret").await;
    sam.get("/no/such/page/Quill-Ostrander?name=Ostrander").await;
    robin.get("/log?actor=Ostrander&kind=view&object=CZ%2F003%2F26").await;
    let release = scene.release("CZ/003/26").await;
    sam.get(&format!("/releases/{release}")).await;
    let asked = [("title", "Quoxley market, 12 Ostrander Street"), ("text", "Ostrander was seen on Thursday")];
    Browser::of(scene, Some("Riley")).await.upload("/releases/new", &asked, &[("ostrander.jpg", b"no picture")]).await;
    let copy = copy_of(&scene.office, who("Priya"), release).await.unwrap();
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
    let door = format!("/copies/{copy}/parts/{}", part.id);
    assert_eq!(priya.get(&door).await.status, 200);
    // Faults: the vault does not answer, the log cannot be written, the store contradicts itself.
    let shelf = scene.folder.0.join("vault").join(&part.object[..2]);
    std::fs::remove_dir_all(&shelf).unwrap();
    std::fs::write(&shelf, b"").unwrap();
    assert_eq!(priya.get(&door).await.status, 503);
    sql(scene, "CREATE TRIGGER no_more BEFORE INSERT ON log_leaf BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END");
    assert_eq!(sam.post("/invitations/new", &invited).await.status, 503);
    sql(scene, "DROP TRIGGER no_more");
    sql(scene, &format!("UPDATE copy SET holder = 'Ostrander' WHERE id = '{copy}'"));
    disclosure_portal::actions::sweep::round(&scene.office).await.unwrap();
    sql(scene, &format!("UPDATE person SET id = id WHERE id = '{}'", who("Toby").id));
    sql(scene, &format!("UPDATE release SET area_id = 'quoxley' WHERE id = '{release}'"));
    assert_eq!(sam.get(&format!("/releases/{release}")).await.status, 500);
    let typed =
        ["Quoxley", "quoxley", "Quill", "Ostrander", "ostrander", "zebra", "Thursday", "CZ/003", "CZ%2F", "c0ffee"];
    let mut private: Vec<String> = typed.into_iter().map(str::to_owned).collect();
    private.extend([release.to_string(), copy.to_string(), part.id.clone(), part.object.clone(), scheme]);
    for name in ["Lee", "Sam", "Robin", "Priya", "Riley", "Toby"] {
        private.extend([who(name).id.to_string(), who(name).account.name.clone()]);
    }
    private
}

#[actix_web::test]
async fn the_operators_log_of_a_journey_holds_nothing_of_anybody() {
    let scene = Scene::new().await;
    listen();
    let private = journey(&scene).await;
    let (lines, database) = (heard(&OPERATOR), heard(&DATABASE));
    assert!(lines.lines().count() >= 12, "{lines}");
    // Not all that must be absent from the lines is absent from SQL: tables are named after things.
    for word in &private {
        let line = lines.lines().find(|line| line.contains(word.as_str()));
        assert_eq!(line, None, "{word}");
        let line = database.lines().find(|line| line.contains(word.as_str()));
        assert_eq!(line, None, "{word}, said by the database's library");
    }
    assert!(database.contains("SELECT") && database.contains("$1"), "statements were heard, with nothing bound");
    let mut incidents = 0;
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let line = line.as_object().unwrap();
        for always in ["at", "level", "instance", "target", "message"] {
            assert!(line.get(always).is_some_and(serde_json::Value::is_string), "{always}: {line:?}");
        }
        for field in line.keys() {
            let of_all = ["at", "level", "instance", "target", "message"].contains(&field.as_str());
            assert!(of_all || FIELDS.iter().any(|(known, _)| known == field), "{field}: {line:?}");
        }
        incidents += usize::from(line.get("message").is_some_and(|words| words == "incident"));
    }
    assert!(incidents >= 2, "the faults were told: {lines}");
}
