//! Erasing a case: every row that speaks of it, and the bodies of its entries in the log. The commitments stay; the caller logs the
//! erasure in the same act.
//!
//! Promises: [`GOES`] has every table that hangs on a release, directly or by another table: a test reads the schema's references and
//! compares. `erase` and `restored` entries are never erased: they account for what is missing. Absent on purpose: deciding that it may
//! go ([`crate::domain::retention`]); sealed files, whose names are answered. Proved by `tests/it/journeys/retention.rs`.

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::ReleaseId;

/// What an erasure leaves to be done and to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Names of sealed files that nothing speaks of any more.
    pub objects: Vec<String>,
    /// Indexes of the entries whose bodies are gone, first and last of each span.
    pub spans: Vec<[u64; 2]>,
}

const OBJECTS: &str = "SELECT p.object FROM part p JOIN copy c ON c.id = p.copy_id WHERE c.release_id = $1 UNION SELECT object FROM photograph WHERE release_id = $1 UNION SELECT text_object FROM release WHERE id = $1 AND text_object IS NOT NULL UNION SELECT text_object FROM revision WHERE release_id = $1 AND text_object IS NOT NULL UNION SELECT object FROM document WHERE release_id = $1 UNION SELECT u.object FROM unit_sealed u WHERE u.replaces IN (SELECT object FROM photograph WHERE release_id = $1 UNION SELECT text_object FROM release WHERE id = $1 UNION SELECT text_object FROM revision WHERE release_id = $1)";
const RECORDS: &str = "SELECT idx FROM access_record WHERE kind NOT IN ('erase', 'restored') AND (object = 'release/' || CAST($1 AS TEXT) OR copy_id IN (SELECT id FROM copy WHERE release_id = $1) OR object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1) OR object IN (SELECT 'statement/' || s.id FROM statement s WHERE s.object = 'release/' || CAST($1 AS TEXT) OR s.object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1))) ORDER BY idx";
const FORGET_RECORDS: &str = "DELETE FROM access_record WHERE kind NOT IN ('erase', 'restored') AND (object = 'release/' || CAST($1 AS TEXT) OR copy_id IN (SELECT id FROM copy WHERE release_id = $1) OR object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1) OR object IN (SELECT 'statement/' || s.id FROM statement s WHERE s.object = 'release/' || CAST($1 AS TEXT) OR s.object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1)))";
const DISPOSED_ISSUE: &str = "UPDATE issue SET release_id = NULL, disposed_at = $2 WHERE release_id = $1";

const UNITS: &str = "DELETE FROM unit_sealed WHERE object IN (SELECT object FROM photograph WHERE release_id = $1 UNION SELECT text_object FROM release WHERE id = $1 UNION SELECT text_object FROM revision WHERE release_id = $1) OR replaces IN (SELECT object FROM photograph WHERE release_id = $1 UNION SELECT text_object FROM release WHERE id = $1 UNION SELECT text_object FROM revision WHERE release_id = $1)";
const HANDOVERS: &str = "DELETE FROM handover WHERE photograph_id IN (SELECT id FROM photograph WHERE release_id = $1)";
const PARTS: &str = "DELETE FROM part WHERE copy_id IN (SELECT id FROM copy WHERE release_id = $1)";
const REPORTS: &str = "DELETE FROM report WHERE release_id = $1";
const DUTIES: &str = "DELETE FROM duty WHERE release_id = $1";
const REVISIONS: &str = "DELETE FROM revision WHERE release_id = $1";
const RULINGS: &str = "DELETE FROM ruling WHERE release_id = $1";
const CONSIDERATIONS: &str = "DELETE FROM consideration WHERE release_id = $1";
const DOCUMENTS: &str = "DELETE FROM document WHERE release_id = $1";
const REPRESENTATIONS: &str = "DELETE FROM representation WHERE release_id = $1";
const INSTRUCTIONS: &str = "DELETE FROM instruction WHERE release_id = $1";
const CONSULTATIONS: &str = "DELETE FROM consultation WHERE release_id = $1";
const UNLINK: &str = "UPDATE consultation SET linked_id = NULL WHERE linked_id = $1";
// What was signed goes once nothing refers to it; the copies, which do, go first.
const NAME_STATEMENTS: &str =
    "DELETE FROM statement WHERE object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1)";
// When somebody was supplied last outlives their copies: their undertaking is kept so many years from then on (K9.1).
const LAST_SUPPLY: &str = "UPDATE person SET supplied_at = (SELECT MAX(c.sealed_at) FROM copy c WHERE c.holder = person.id) WHERE id IN (SELECT c.holder FROM copy c WHERE c.release_id = $1 AND c.sealed_at IS NOT NULL) AND COALESCE(supplied_at, 0) < (SELECT MAX(c.sealed_at) FROM copy c WHERE c.holder = person.id)";
const FREE_COPIES: &str = "UPDATE copy SET statement_id = NULL, ack_statement = NULL WHERE release_id = $1";
const COPIES: &str = "DELETE FROM copy WHERE release_id = $1";
const STATEMENTS: &str = "DELETE FROM statement WHERE object = 'release/' || CAST($1 AS TEXT)";
const PHOTOGRAPHS: &str = "DELETE FROM photograph WHERE release_id = $1";
const HOLDS: &str = "DELETE FROM legal_hold WHERE scope = 'release' AND subject_id = $1";
const RELEASE: &str = "DELETE FROM release WHERE id = $1";

// Reviews and limits
const REVIEW_PARTS: &str = "DELETE FROM review_part WHERE review_id IN (SELECT id FROM review WHERE release_id = $1)";
const LIMITS: &str = "DELETE FROM limit_change WHERE release_id = $1";
const REVIEWS: &str = "DELETE FROM review WHERE release_id = $1";
// Demands. One of several releases stays until the last of them goes.
const VISITS: &str = "DELETE FROM demand_visit WHERE copy_id IN (SELECT id FROM copy WHERE release_id = $1)";
const ROUNDS: &str = "DELETE FROM confirmation WHERE copy_id IN (SELECT id FROM copy WHERE release_id = $1)";
const ENDINGS: &str = "DELETE FROM ending WHERE copy_id IN (SELECT id FROM copy WHERE release_id = $1)";
const DEMANDED: &str = "DELETE FROM demanded WHERE copy_id IN (SELECT id FROM copy WHERE release_id = $1)";
const DEMANDS: &str = "DELETE FROM demand WHERE NOT EXISTS (SELECT 1 FROM demanded d WHERE d.demand_id = demand.id) AND (scope <> 'release' OR statement_id IN (SELECT id FROM statement WHERE object = 'release/' || CAST($1 AS TEXT)))";
// Prints
const PRINT_ACTS: &str = "DELETE FROM print_act WHERE copy_id IN (SELECT id FROM copy WHERE release_id = $1)";
// What was signed of one about a scheme, a person or a subject goes with it. (Each of these statements takes the release.)
const DEMANDS_SIGNED: &str = "DELETE FROM statement WHERE kind IN ('demand', 'recall') AND object NOT LIKE 'release/%' AND object <> CAST($1 AS TEXT) AND NOT EXISTS (SELECT 1 FROM demand d WHERE d.statement_id = statement.id)";
// Messages
const REMINDERS: &str = "DELETE FROM reminder WHERE object = 'release/' || CAST($1 AS TEXT) OR object IN (SELECT 'held/' || id FROM copy WHERE release_id = $1) OR object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1) OR object IN (SELECT 'demand/' || id FROM copy WHERE release_id = $1)";
const MESSAGES: &str = "DELETE FROM message WHERE object = 'release/' || CAST($1 AS TEXT) OR object IN (SELECT 'held/' || id FROM copy WHERE release_id = $1) OR object IN (SELECT 'consultation/' || id FROM consultation WHERE release_id = $1) OR object IN (SELECT 'copy/' || id FROM copy WHERE release_id = $1)";

/// Every table that hangs on a release, and how its rows go, in order: what refers to another table goes before it.
pub const GOES: &[(&str, &str)] = &[
    ("unit_sealed", UNITS),
    ("handover", HANDOVERS),
    ("part", PARTS),
    ("report", REPORTS),
    ("duty", DUTIES),
    ("revision", REVISIONS),
    ("ruling", RULINGS),
    ("consideration", CONSIDERATIONS),
    ("document", DOCUMENTS),
    ("representation", REPRESENTATIONS),
    ("instruction", INSTRUCTIONS),
    ("reminder", REMINDERS),
    ("message", MESSAGES),
    ("consultation", CONSULTATIONS),
    ("consultation", UNLINK),
    ("review_part", REVIEW_PARTS),
    ("limit_change", LIMITS),
    ("review", REVIEWS),
    ("demand_visit", VISITS),
    ("confirmation", ROUNDS),
    ("ending", ENDINGS),
    ("demanded", DEMANDED),
    ("demand", DEMANDS),
    ("print_act", PRINT_ACTS),
    ("statement", DEMANDS_SIGNED),
    ("person", LAST_SUPPLY),
    ("copy", FREE_COPIES),
    ("statement", NAME_STATEMENTS),
    ("copy", COPIES),
    ("statement", STATEMENTS),
    ("photograph", PHOTOGRAPHS),
    ("legal_hold", HOLDS),
    ("release", RELEASE),
];

/// Neighbouring indexes, in order, as spans.
pub(super) fn spans(indexes: &[i64]) -> Vec<[u64; 2]> {
    let mut all: Vec<[u64; 2]> = Vec::new();
    for index in indexes.iter().filter_map(|index| u64::try_from(*index).ok()) {
        match all.last_mut() {
            Some([_, last]) if *last + 1 == index => *last = index,
            _ => all.push([index, index]),
        }
    }
    all
}

impl Conn {
    /// The sealed files of a release: all that go with it.
    pub async fn objects_of_case(&mut self, release: &str) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(OBJECTS).bind(release).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Erases a release. Nothing of it is left but its line in the register of issues and what the caller writes down.
    pub async fn erase_case(&mut self, release: ReleaseId) -> Result<Erased, Fault> {
        self.settle().await?;
        let (id, now) = (release.to_string(), self.now().millis());
        let objects = self.objects_of_case(&id).await?;
        let records: Vec<i64> = on!(self, |c| sqlx::query_scalar(RECORDS).bind(&id).fetch_all(c).await)?;
        run!(self, sqlx::query(FORGET_RECORDS).bind(&id))?;
        run!(self, sqlx::query(DISPOSED_ISSUE).bind(&id).bind(now))?;
        for (_, goes) in GOES {
            run!(self, sqlx::query(*goes).bind(&id))?;
        }
        Ok(Erased { objects, spans: spans(&records) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_cleaned_on_a_server_too() {
        let cleaned = crate::store::cleaning::ANEW_POSTGRES;
        let others = ["member", "initiative_entry", "undertaking"];
        for table in GOES.iter().map(|(table, _)| *table).chain(others) {
            assert!(cleaned.contains(&format!("VACUUM (FULL) {table}").as_str()), "{table} is written anew by nobody");
        }
    }

    #[test]
    fn neighbours_make_one_span() {
        assert_eq!(spans(&[]), Vec::<[u64; 2]>::new());
        assert_eq!(spans(&[3]), [[3, 3]]);
        assert_eq!(spans(&[0, 1, 2, 4, 6, 7]), [[0, 2], [4, 4], [6, 7]]);
    }
}
