//! SQLite and PostgreSQL, side by side: the same tables come out of both folders of steps, every statement of the store is understood by
//! both, an upgrade goes instance by instance, and what is measured about sqlx's pools stays mended.

use std::collections::{BTreeMap, BTreeSet};

use disclosure_portal::config::Store;
use disclosure_portal::store::schema::{self, STEPS};
use disclosure_portal::store::{open_reader, postgres};
use sqlx::Executor as _;

use crate::harness::server::{Server, psql};
use crate::harness::{Folder, Scene, settings};

/// An empty portal's database in a folder and one on the server, both brought up by opening an office.
async fn both() -> (Folder, disclosure_portal::config::Postgres) {
    use disclosure_portal::actions::office::Office;
    use disclosure_portal::clock::Clock;
    let (folder, other, server) = (Folder::new(), Folder::new(), Server::shared().create(None));
    // Two portals: each with a vault of its own.
    for (folder, at) in [(&folder, None), (&other, Some(&server))] {
        Office::open(settings(&folder.0, at), Clock::manual(crate::harness::noon()), true).await.unwrap().close().await;
    }
    (folder, server)
}

fn lines(words: &str) -> BTreeSet<String> {
    words.lines().map(str::to_owned).collect()
}

fn sqlite(folder: &Folder, words: &str) -> BTreeSet<String> {
    let out = std::process::Command::new("sqlite3").arg(folder.0.join("portal.sqlite")).arg(words).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    lines(&String::from_utf8(out.stdout).unwrap())
}

fn same(what: &str, embedded: &BTreeSet<String>, server: &BTreeSet<String>) {
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect::<Vec<_>>();
    assert!(embedded.len() > 10, "{what}: nothing was compared");
    assert_eq!(
        (only(embedded, server), only(server, embedded)),
        (vec![], vec![]),
        "{what}: SQLite's alone, PostgreSQL's alone"
    );
}

#[actix_web::test]
async fn both_folders_make_the_same_tables() {
    let (folder, server) = both().await;
    let ours = "m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'";
    // Absent may be: a column that is neither NOT NULL nor part of the key.
    let columns = sqlite(
        &folder,
        &format!(
            "SELECT m.name || '|' || c.name || '|' || lower(c.type) || '|' || (c.\"notnull\" = 1 OR c.pk > 0) \
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE {ours}"
        ),
    );
    let there = psql(
        &server,
        "SELECT table_name, column_name, CASE data_type WHEN 'bigint' THEN 'integer' WHEN 'boolean' THEN 'integer' \
         WHEN 'bytea' THEN 'blob' ELSE data_type END, CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    );
    same("columns", &columns, &lines(&there));
    // Keys, unique columns and indexes, by the columns they are over.
    let indexes = sqlite(
        &folder,
        &format!(
            "SELECT m.name || '|' || i.\"unique\" || '|' || (SELECT group_concat(c.name, ',') FROM pragma_index_info(i.name) c) \
             FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE {ours} UNION \
             SELECT m.name || '|1|' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
             WHERE {ours} AND c.pk = 1 AND (SELECT COUNT(*) FROM pragma_table_info(m.name) o WHERE o.pk > 0) = 1"
        ),
    );
    let there = psql(
        &server,
        "SELECT DISTINCT t.relname, CASE WHEN i.indisunique THEN 1 ELSE 0 END, (SELECT string_agg(a.attname, ',' ORDER BY k.n) \
         FROM unnest(i.indkey) WITH ORDINALITY AS k(num, n) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num) \
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace \
         WHERE s.nspname = 'public' AND t.relname <> '_sqlx_migrations'",
    );
    same("indexes", &indexes, &lines(&there));
    let references = sqlite(
        &folder,
        &format!(
            "SELECT m.name || '|' || f.\"from\" || '|' || f.\"table\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE {ours}"
        ),
    );
    let there = psql(
        &server,
        "SELECT t.relname, a.attname, o.relname FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid \
         JOIN pg_class o ON o.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] WHERE k.contype = 'f'",
    );
    same("references", &references, &lines(&there));
    Server::shared().drop(&server);
}

/// The conditions of a text: what stands behind each `CHECK`, but for what only says that a number is a truth value.
fn checks(text: &str) -> Vec<&str> {
    let conditions = text.split(" CHECK ").skip(1).map(|rest| rest.split(['\n', ';']).next().unwrap_or_default());
    conditions.map(|one| one.split(" --").next().map_or("", str::trim_end).trim_end_matches(',')).collect()
}

#[test]
fn both_folders_have_the_same_steps_with_the_same_conditions() {
    let mut compared = 0;
    for step in STEPS {
        let bare = |one: &&str| !one.contains(" IN (0, 1)");
        let embedded: Vec<&str> = checks(step.sqlite).into_iter().filter(bare).collect();
        assert_eq!(embedded, checks(step.postgres), "step {}", step.number);
        compared += embedded.len();
    }
    assert!(compared > 5, "only {compared} conditions were found");
    let names = |folder: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().file_name()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert_eq!(names("sqlite").len(), STEPS.len());
}

/// Every statement of the store: the texts of its constants, by file and name.
fn statements() -> BTreeMap<(String, String), &'static str> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut found = BTreeMap::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let text: &'static str = Box::leak(std::fs::read_to_string(&path).unwrap().into_boxed_str());
            for part in text.split("const ").skip(1) {
                let Some((head, rest)) = part.split_once('=') else { continue };
                let words = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once("\";"));
                if let (Some((words, _)), true) = (words, head.contains(": &str")) {
                    let name = head.split(':').next().unwrap().to_owned();
                    let begins = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
                    if begins.iter().any(|verb| words.starts_with(verb)) {
                        found.insert((file.clone(), name), words);
                    }
                }
            }
        }
    }
    found
}

/// Inside an act a statement that writes comes behind its savepoint (`run!`, or `mark` before it), and one that reads the log after what the
/// batch has appended is written (`settle`).
#[test]
fn no_statement_goes_past_the_writer() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for ((file, name), words) in statements() {
        // The mark goes into a copy of the database that no act knows.
        if ["unwritten.rs", "postgres.rs"].contains(&file.as_str()) || (file == "backup.rs" && name == "MARK") {
            continue;
        }
        let text = std::fs::read_to_string(folder.join(&file)).unwrap();
        let of_log = ["log_leaf", "log_node", "access_record"].iter().any(|table| words.contains(table));
        for function in text.split(" fn ").filter(|function| function.contains(&format!("({name})"))) {
            looked_at += 1;
            let before = function.split(&format!("({name})")).next().unwrap();
            let behind = before.rfind("run!(") > before.rfind("on!(") || function.contains("self.mark()");
            if !words.starts_with("SELECT") && !behind {
                wrong.push(format!("{file} {name} writes without a savepoint"));
            }
            if of_log && !function.contains(".settle()") {
                wrong.push(format!("{file} {name} may miss a leaf of its own batch"));
            }
        }
    }
    assert!(looked_at > 150, "only {looked_at} uses were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn every_statement_is_understood_by_both() {
    let (folder, server) = both().await;
    let file = format!("sqlite://{}", folder.0.join("portal.sqlite").display());
    let mut embedded = sqlx::SqlitePool::connect(&file).await.unwrap().acquire().await.unwrap();
    let mut there = postgres::pool_of(&server).await.unwrap().acquire().await.unwrap();
    let (all, mut wrong) = (statements(), Vec::new());
    for ((file, name), words) in &all {
        // The constants of the store, read from its source.
        let query = || sqlx::AssertSqlSafe(*words);
        let own = |backend: &str| file.starts_with(backend) || name.to_lowercase().contains(backend);
        if !own("postgres") && !name.ends_with("LOCKED") && file != "postgres.rs" {
            wrong.extend(
                embedded
                    .prepare(sqlx::SqlSafeStr::into_sql_str(query()))
                    .await
                    .err()
                    .map(|why| format!("SQLite {file} {name}: {why}")),
            );
        }
        if !own("sqlite") {
            wrong.extend(
                there
                    .prepare(sqlx::SqlSafeStr::into_sql_str(query()))
                    .await
                    .err()
                    .map(|why| format!("PostgreSQL {file} {name}: {why}")),
            );
        }
    }
    assert!(all.len() > 200, "only {} statements were found", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    drop(there);
    Server::shared().drop(&server);
}

#[actix_web::test]
async fn a_text_that_one_backend_does_not_take_is_noticed() {
    let (_, server) = both().await;
    let mut there = postgres::pool_of(&server).await.unwrap().acquire().await.unwrap();
    assert!(there.prepare(sqlx::SqlSafeStr::into_sql_str("SELECT ifnull(note, '') FROM log_head")).await.is_err());
    drop(there);
    Server::shared().drop(&server);
}

/// The measured trap of sqlx 0.9 (`audit-storage.md` §4): a `begin` that was cancelled left its transaction open in the pool, and what was
/// "inserted" through that connection afterwards was gone.
#[actix_web::test]
async fn a_cancelled_begin_costs_no_acknowledged_row() {
    use std::future::Future as _;
    use std::task::Poll;

    let server = Server::shared().create(None);
    psql(&server, "CREATE TABLE kept (id BIGINT PRIMARY KEY)");
    let (mut cancelled, mut acknowledged) = (0, 0_i64);
    for point in 1..12 {
        let pool = postgres::pool_of(&server).await.unwrap();
        for _ in 0..20 {
            let (mut begin, mut woken) = (Box::pin(pool.begin()), 0);
            // Given up when it is woken for the so-manieth time: at each of the points where it waits.
            let given_up = std::future::poll_fn(|context| {
                woken += 1;
                if woken > point { Poll::Ready(true) } else { begin.as_mut().poll(context).map(|_| false) }
            });
            cancelled += u32::from(given_up.await);
        }
        for _ in 0..20 {
            let row = sqlx::query("INSERT INTO kept (id) VALUES ($1)").bind(acknowledged);
            acknowledged += i64::from(row.execute(&pool).await.is_ok());
        }
        pool.close().await;
    }
    assert!(cancelled > 60 && acknowledged == 220, "{cancelled} cancelled, {acknowledged} acknowledged");
    assert_eq!(psql(&server, "SELECT COUNT(*) FROM kept"), acknowledged.to_string(), "an acknowledged row is gone");
    Server::shared().drop(&server);
}

#[actix_web::test]
async fn an_older_program_goes_on_beside_a_step_that_only_adds_and_refuses_one_that_takes_away() {
    let scene = Scene::new().await;
    let newer = "INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
    scene.sql(newer);
    let scene = scene.restarted().await;
    let mut conn = scene.office.read().await.unwrap();
    assert_eq!(schema::differs(&mut conn).await.unwrap(), None);
    drop(conn);
    scene.sql("UPDATE setting SET value = '99' WHERE name = 'schema_floor'");
    let stopped = scene.stopped().await;
    let told = disclosure_portal::actions::Office::open(
        stopped.settings.clone(),
        disclosure_portal::clock::Clock::system(),
        false,
    )
    .await;
    assert!(told.err().unwrap().to_string().contains("step 99, which this program does not know"));
    let store: Store = stopped.settings.store.clone();
    let told = schema::differs(&mut open_reader(&store).await.unwrap()).await.unwrap();
    assert!(told.unwrap().contains("step 99"));
}

/// SHA-256 of each text, as released. Applied steps are never edited.
#[test]
fn released_steps_are_never_edited() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for step in STEPS {
        let of = |words: &str| hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, words.as_bytes()));
        for (backend, words) in [("sqlite", step.sqlite), ("postgres", step.postgres)] {
            writeln!(text, "{}  {backend}/{:04}_{}.sql", of(words), step.number, step.name).unwrap();
        }
    }
    crate::harness::printed("migrations/SHA256SUMS", &text);
}

/// A program that ends in the middle of a step, or a step that fails there, leaves nothing of it: the next start does it whole.
#[actix_web::test]
async fn a_step_is_done_whole_or_not_at_all() {
    use disclosure_portal::actions::Office;
    use disclosure_portal::clock::Clock;
    let scene = Scene::new().await;
    scene.sql("DELETE FROM _sqlx_migrations WHERE version = 7");
    scene.sql("DROP TABLE lease");
    // The index, which the step makes after its table, is in its way.
    let stopped = scene.stopped().await;
    let again = || Office::open(stopped.settings.clone(), Clock::manual(crate::harness::noon()), false);
    let told = again().await.err().expect("refused").to_string();
    assert!(told.contains("copy_key_gone"), "{told}");
    let tables = |name: &str| stopped.sql(&format!("SELECT COUNT(*) FROM {name}"));
    assert!(tables("lease").is_err(), "half a step was left");
    stopped.sql("DROP INDEX copy_key_gone").unwrap();
    again().await.unwrap().close().await;
    assert_eq!(tables("lease").unwrap(), "0");
}
