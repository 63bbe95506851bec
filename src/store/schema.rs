//! The schema: numbered steps, embedded, applied in order at start; an applied one is never edited (sqlx checks its hash).
//!
//! Each backend has a text of its own for a step, under the same number and name; a test compares the tables that come out. Several
//! instances are upgraded one after the other: a step that only adds (expand) leaves the programs before it running, and one that takes
//! away (contract) raises the floor, below which a program refuses to open the database. Absent on purpose: going back.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{Conn, Fault, Pool, on, run};

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// From 1, without a gap.
    pub number: i64,
    /// The file's name without number.
    pub name: &'static str,
    /// SQLite's text.
    pub sqlite: &'static str,
    /// PostgreSQL's text.
    pub postgres: &'static str,
    /// The last step of the oldest program that may go on using the database after this step.
    pub floor: i64,
}

macro_rules! step {
    ($number:literal, $name:literal, $floor:literal, $file:literal) => {
        Step {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../migrations/postgres/", $file)),
            floor: $floor,
        }
    };
}

/// All steps, in order.
pub const STEPS: [Step; 22] = [
    step!(1, "people", 1, "0001_people.sql"),
    step!(2, "registers", 2, "0002_registers.sql"),
    step!(3, "releases", 3, "0003_releases.sql"),
    step!(4, "log", 4, "0004_log.sql"),
    step!(5, "trust", 5, "0005_trust.sql"),
    step!(6, "register_papers", 6, "0006_register_papers.sql"),
    step!(7, "leases", 6, "0007_leases.sql"),
    step!(8, "vault_names", 6, "0008_vault_names.sql"),
    // An older program does not know drafts, and would show them to everybody.
    step!(9, "decision", 9, "0009_decision.sql"),
    // An older program would authorise by looser numbers and supply under words that are no longer in force.
    step!(10, "policy_texts", 10, "0010_policy_texts.sql"),
    // An older program reads no document without a scheme.
    step!(11, "rulings", 11, "0011_rulings.sql"),
    // An older program would show whoever asked for another area's release all of it.
    step!(12, "areas", 12, "0012_areas.sql"),
    // Corrections. An older program would seal the words of before as if they were those in force.
    step!(13, "corrections", 13, "0013_corrections.sql"),
    step!(14, "duties", 13, "0014_duties.sql"),
    // An older program would release a photograph that the officer took out again.
    step!(15, "request", 15, "0015_request.sql"),
    // An older program would go by a ruling on other words and photographs.
    step!(16, "subject", 16, "0016_subject.sql"),
    // Reviews. An older program would take an acknowledgement that names the limit of before.
    step!(17, "review", 17, "0017_review.sql"),
    // An older program would open other copies to somebody who has not confirmed the end of one, and knows no queries.
    step!(18, "demands", 18, "0018_demands.sql"),
    // Mail
    step!(19, "mail", 18, "0019_mail.sql"),
    // An older program would leave what was disposed of out of the register of issues.
    step!(20, "retention", 20, "0020_retention.sql"),
    // Prints. An older program would hand a sheet to its holder as a bulletin, as often as they like.
    step!(21, "prints", 21, "0021_prints.sql"),
    // A portal that knows of cases only would take a month of the log for one, and never dispose of it.
    step!(22, "papers", 22, "0022_papers.sql"),
];

/// The setting that holds the floor.
const FLOOR: &str = "schema_floor";

const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
const STORED_FLOOR: &str = "SELECT value FROM setting WHERE name = $1";
const RAISE_FLOOR: &str = "INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, 0) ON CONFLICT (name) DO UPDATE SET value = $2 WHERE CAST(setting.value AS BIGINT) < CAST($2 AS BIGINT)";
const HAS_STEPS_SQLITE: &str = "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
const HAS_STEPS_POSTGRES: &str = "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')";

fn migrations(pool: &Pool, steps: &[Step]) -> Vec<Migration> {
    let text = |step: &Step| match pool {
        Pool::Sqlite(_) => step.sqlite,
        Pool::Postgres(_) => step.postgres,
    };
    let one = |step: &Step| {
        let name = Cow::Borrowed(step.name);
        Migration::new(step.number, name, MigrationType::Simple, text(step).into_sql_str(), false)
    };
    steps.iter().map(one).collect()
}

/// Applies what is missing; refuses a database whose steps were edited, or that a newer portal has changed in a way that this program
/// cannot live with.
pub(super) async fn bring_up(pool: &Pool) -> Result<(), Fault> {
    bring_up_to(pool, &STEPS).await
}

/// The same with the steps of another program, for tests of upgrades.
pub(super) async fn bring_up_to(pool: &Pool, steps: &[Step]) -> Result<(), Fault> {
    let last = steps.last().map_or(0, |step| step.number);
    let mut conn = pool.acquire().await?;
    if let Some(why) = too_new(&mut conn, last).await? {
        return Err(Fault::Other(why));
    }
    drop(conn);
    let mut migrator = Migrator::with_migrations(migrations(pool, steps));
    migrator.set_ignore_missing(true);
    match pool {
        Pool::Sqlite(pool) => migrator.run(pool).await?,
        Pool::Postgres(pool) => migrator.run(pool).await?,
    }
    let floor = steps.iter().map(|step| step.floor).max().unwrap_or(0).to_string();
    let mut conn = pool.acquire().await?;
    run!(conn, sqlx::query(RAISE_FLOOR).bind(FLOOR).bind(&floor))?;
    Ok(())
}

async fn applied(conn: &mut Conn) -> Result<Vec<(i64, Vec<u8>)>, Fault> {
    let has = match &conn.0 {
        super::Link::Sqlite(_) => HAS_STEPS_SQLITE,
        super::Link::Postgres(_) => HAS_STEPS_POSTGRES,
    };
    let tables: i64 = on!(conn, |c| sqlx::query_scalar(has).fetch_one(c).await)?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    Ok(on!(conn, |c| sqlx::query_as(APPLIED).fetch_all(c).await)?)
}

/// Why a program whose last step is `last` must not use this database, as a sentence; `None`: it may.
async fn too_new(conn: &mut Conn, last: i64) -> Result<Option<String>, Fault> {
    let newest = applied(conn).await?.last().map_or(0, |(number, _)| *number);
    if newest <= last {
        return Ok(None);
    }
    let floor: Option<String> = on!(conn, |c| sqlx::query_scalar(STORED_FLOOR).bind(FLOOR).fetch_optional(c).await)?;
    let floor = floor.and_then(|floor| floor.parse().ok()).unwrap_or(newest);
    Ok((floor > last)
        .then(|| format!("the database has step {newest}, which this program does not know: use a newer one")))
}

/// Whether every step of this program's schema is there as this program has it, and no newer one forbids it. Later steps that only add
/// do not matter: while instances are upgraded one after the other, the older ones go on serving.
pub async fn fits(conn: &mut Conn) -> Result<bool, Fault> {
    Ok(differs(conn).await?.is_none())
}

/// What a database differs in from this program's schema, as a sentence; `None`: nothing that matters.
pub async fn differs(conn: &mut Conn) -> Result<Option<String>, Fault> {
    let last = STEPS.last().map_or(0, |step| step.number);
    if let Some(why) = too_new(conn, last).await? {
        return Ok(Some(why));
    }
    let have = applied(conn).await?;
    for step in &STEPS {
        let number = step.number;
        let text = if matches!(conn.0, super::Link::Sqlite(_)) { step.sqlite } else { step.postgres };
        let ours = Migration::new(number, step.name.into(), MigrationType::Simple, text.into_sql_str(), false);
        match have.iter().find(|(version, _)| *version == number) {
            None => return Ok(Some(format!("step {number} is missing: it is applied when `serve` starts"))),
            Some((_, sum)) if sum.as_slice() != ours.checksum.as_ref() => {
                return Ok(Some(format!(
                    "step {number} is not the one this program has: it was made by another build"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(None)
}
