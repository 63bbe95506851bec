//! Accounts page by page, roles given and taken, areas renamed: what the pages of people and areas need beyond `people`.

use super::people::{Area, Person};
use super::{Conn, Fault, Tx, on, run};
use crate::domain::actor::Grant;
use crate::domain::ids::{AreaId, PersonId};

/// Which accounts a list shows.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// A part of the name; empty: any.
    pub name: String,
    /// Only people with a role in an area, or a scheme of an area, whose co-ordinator this person is.
    pub within: Option<PersonId>,
    /// The most to answer.
    pub limit: i64,
    /// How many come before them.
    pub skip: i64,
}

const LIST: &str = "SELECT id, email, name, auth_hash, recovery_hash, totp_secret, totp_step, recipient, signing_key, suspended, version, created_at, signed_in_at FROM person WHERE ($1 = '' OR LOWER(name) LIKE $1 ESCAPE '!') AND ($2 = '' OR id IN (SELECT g.person_id FROM grant_held g LEFT JOIN scheme s ON s.id = g.scheme_id JOIN grant_held mine ON mine.area_id = COALESCE(g.area_id, s.area_id) WHERE mine.person_id = $2 AND mine.role = 'aic')) ORDER BY name, id LIMIT $3 OFFSET $4";
const COUNT: &str = "SELECT COUNT(*) FROM person WHERE ($1 = '' OR LOWER(name) LIKE $1 ESCAPE '!') AND ($2 = '' OR id IN (SELECT g.person_id FROM grant_held g LEFT JOIN scheme s ON s.id = g.scheme_id JOIN grant_held mine ON mine.area_id = COALESCE(g.area_id, s.area_id) WHERE mine.person_id = $2 AND mine.role = 'aic'))";
const BEFORE: &str = "SELECT signed_in_before FROM person WHERE id = $1";
const TAKE_GRANT: &str = "DELETE FROM grant_held WHERE person_id = $1 AND role = $2 AND COALESCE(area_id, '') = $3 AND COALESCE(scheme_id, '') = $4";
const CHANGED: &str = "UPDATE person SET version = version + 1 WHERE id = $1";
const RENAME: &str = "UPDATE area SET code = $2, name = $3 WHERE id = $1 AND (code = $2 OR next_serial = 1)";

/// What `LIKE` looks for: the words anywhere in the name, taken literally.
fn pattern(name: &str) -> String {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return name;
    }
    let literal = name.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}

impl Conn {
    /// The accounts of a list, by name.
    pub async fn accounts(&mut self, which: &Which) -> Result<Vec<Person>, Fault> {
        let within = which.within.map(|id| id.to_string()).unwrap_or_default();
        Ok(on!(self, |c| sqlx::query_as(LIST)
            .bind(pattern(&which.name))
            .bind(within)
            .bind(which.limit)
            .bind(which.skip)
            .fetch_all(c)
            .await)?)
    }

    /// How many there are on all pages of a list.
    pub async fn count_accounts(&mut self, which: &Which) -> Result<i64, Fault> {
        let within = which.within.map(|id| id.to_string()).unwrap_or_default();
        Ok(on!(self, |c| sqlx::query_scalar(COUNT).bind(pattern(&which.name)).bind(within).fetch_one(c).await)?)
    }

    /// When a person signed in before their newest sign-in; `None`: never.
    pub async fn signed_in_before(&mut self, id: PersonId) -> Result<Option<i64>, Fault> {
        let row: Option<(Option<i64>,)> =
            on!(self, |c| sqlx::query_as(BEFORE).bind(id.to_string()).fetch_optional(c).await)?;
        Ok(row.and_then(|(at,)| at))
    }
}

impl Tx {
    /// Takes a role from a person; false when they do not hold it.
    pub async fn take_grant(&mut self, person: PersonId, grant: Grant) -> Result<bool, Fault> {
        let (area, scheme) = match grant {
            Grant::InArea(_, area) => (area.to_string(), String::new()),
            Grant::InScheme(_, scheme) => (String::new(), scheme.to_string()),
            Grant::Force(_) => (String::new(), String::new()),
        };
        let (person, role) = (person.to_string(), grant.role().word());
        let done = run!(self, sqlx::query(TAKE_GRANT).bind(person).bind(role).bind(area).bind(scheme))?;
        Ok(done == 1)
    }

    /// Ends every visit of a person whose roles have changed, by a new version.
    pub async fn person_changed(&mut self, person: PersonId) -> Result<(), Fault> {
        run!(self, sqlx::query(CHANGED).bind(person.to_string()))?;
        Ok(())
    }

    /// Changes an area's name, and its code as long as no number was issued under it (K8.3); false when one was.
    pub async fn rename_area(&mut self, id: AreaId, code: &str, name: &str) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(RENAME).bind(id.to_string()).bind(code).bind(name))?;
        Ok(done == 1)
    }
}

impl Area {
    /// A new area, without a unit key: its people make one, and the root signs it.
    pub fn new(id: AreaId, code: &str, name: &str) -> Self {
        Self {
            id: id.to_string(),
            code: code.to_owned(),
            name: name.to_owned(),
            unit_recipient: String::new(),
            unit_box: Vec::new(),
            next_recipient: None,
            next_box: None,
            next_serial: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_searched_name_is_taken_literally() {
        assert_eq!(pattern("  "), "");
        assert_eq!(pattern("O%_!x"), "%o!%!_!!x%");
    }
}
