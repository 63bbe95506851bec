//! Messages to people, how far the log has been told about, reminders of dates, and what people chose about mail.
//!
//! Promises: a message comes from one source once; the cursor moves only from where it was read, so that of two tellers one is too
//! late. Absent on purpose: what is told to whom (`domain::message`). Proved by `tests/it/journeys/messages.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;

/// A message's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `message`, described in the migration")]
pub struct Message {
    pub id: String,
    pub person_id: String,
    pub topic: String,
    pub object: String,
    pub source: String,
    pub created_at: i64,
    pub read_at: Option<i64>,
    pub post: String,
    pub mail_id: Option<String>,
    /// The reference of the release that it is about, where it is read with it.
    #[sqlx(default)]
    pub urn: Option<String>,
}

/// What a reminder is about.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `reminder`, described in the migration")]
pub struct Reminder {
    pub person_id: String,
    pub source: String,
    pub object: String,
    pub due: i64,
    pub stage: String,
    pub message_id: String,
    /// The reference of the release that it is about, where it is read with it.
    #[sqlx(default)]
    pub urn: Option<String>,
}

/// How far everything has been told.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `message_cursor`, described in the migration")]
pub struct Told {
    pub next: i64,
    pub digest_day: String,
    pub reminder_day: String,
}

/// What of an entry of the log says whom to tell.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `access_record`, described in the migration")]
pub struct Happened {
    pub idx: i64,
    pub at: i64,
    pub kind: String,
    pub actor: String,
    pub object: String,
    pub copy_id: Option<String>,
    pub body: Vec<u8>,
}

/// What somebody chose about mail.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `mailbox`, described in the migration")]
pub struct Mailbox {
    pub choice: String,
    pub address: Option<String>,
}

/// A live release, and one that ended with copies not confirmed, whose limit is near or has passed.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `release`, described in the migration")]
pub struct Limit {
    pub id: String,
    pub area_id: String,
    pub requested_by: String,
    pub until: i64,
    pub origin_id: Option<String>,
}

const TOLD: &str = "SELECT next, digest_day, reminder_day FROM message_cursor WHERE id = 1";
const HAPPENED: &str =
    "SELECT idx, at, kind, actor, object, copy_id, body FROM access_record WHERE idx >= $1 ORDER BY idx LIMIT $2";
const ADVANCE: &str = "UPDATE message_cursor SET next = $2 WHERE id = 1 AND next = $1";
const ADVANCE_DIGEST: &str = "UPDATE message_cursor SET digest_day = $1 WHERE id = 1 AND digest_day < $1";
const ADVANCE_REMINDERS: &str = "UPDATE message_cursor SET reminder_day = $1 WHERE id = 1 AND reminder_day < $1";
const HOLDERS_OF_ROLE: &str = "SELECT DISTINCT g.person_id FROM grant_held g JOIN person p ON p.id = g.person_id WHERE g.role = $1 AND ($2 = '' OR g.area_id = $2) AND NOT p.suspended ORDER BY g.person_id";
const ADD: &str = "INSERT INTO message (id, person_id, topic, object, source, created_at, post) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person_id, source) DO NOTHING";
// `release/…` or `copy/…`: identifiers are unique, and nothing else of that length is one.
const OF_PERSON: &str = "SELECT m.id, m.person_id, m.topic, m.object, m.source, m.created_at, m.read_at, m.post, m.mail_id, COALESCE((SELECT r.urn FROM release r WHERE r.id = SUBSTR(m.object, 9)), (SELECT r.urn FROM copy c JOIN release r ON r.id = c.release_id WHERE c.id = SUBSTR(m.object, 6))) AS urn FROM message m WHERE m.person_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT $2";
const UNREAD: &str = "SELECT COUNT(*) FROM message WHERE person_id = $1 AND read_at IS NULL";
const UNMAILED: &str = "SELECT id, person_id, topic, object, source, created_at, read_at, post, mail_id FROM message WHERE mail_id IS NULL AND post = $1 ORDER BY person_id, id LIMIT 2000";
const MAILED: &str = "UPDATE message SET mail_id = $2 WHERE id = $1 AND mail_id IS NULL";
const READ_ONE: &str = "UPDATE message SET read_at = $3 WHERE person_id = $1 AND id = $2 AND read_at IS NULL";
const READ_ALL: &str = "UPDATE message SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL AND created_at <= $3";
const ADD_REMINDER: &str =
    "INSERT INTO reminder (person_id, source, object, due, stage, message_id) VALUES ($1, $2, $3, $4, $5, $6)";
const REMINDED: &str =
    "SELECT COUNT(*) FROM reminder WHERE person_id = $1 AND source = $2 AND object = $3 AND due = $4 AND stage = $5";
// The same for `release/…`, `copy/…` or `demand/…`.
const REMINDERS: &str = "SELECT r.person_id, r.source, r.object, r.due, r.stage, r.message_id, COALESCE((SELECT e.urn FROM release e WHERE e.id = SUBSTR(r.object, 9)), (SELECT e.urn FROM copy c JOIN release e ON e.id = c.release_id WHERE c.id = SUBSTR(r.object, 6)), (SELECT e.urn FROM copy c JOIN release e ON e.id = c.release_id WHERE c.id = SUBSTR(r.object, 8))) AS urn FROM reminder r JOIN message m ON m.id = r.message_id WHERE m.person_id = $1 ORDER BY m.created_at DESC, r.due, r.object LIMIT 1000";
const MAILBOX: &str = "SELECT choice, address FROM mailbox WHERE person_id = $1";
const CHOOSE: &str = "INSERT INTO mailbox (person_id, choice, changed_at) VALUES ($1, $2, $3) ON CONFLICT (person_id) DO UPDATE SET choice = $2, changed_at = $3";
const SET_ADDRESS: &str = "INSERT INTO mailbox (person_id, choice, address, changed_at) VALUES ($1, 'digest', $2, $3) ON CONFLICT (person_id) DO UPDATE SET address = $2, changed_at = $3";
const LIMITS: &str = "SELECT r.id, r.area_id, r.requested_by, r.until, r.origin_id FROM release r WHERE r.stage = 'live' AND r.until > $1 AND r.until <= $3 AND (r.until > $2 OR EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.sealed_at IS NOT NULL AND c.confirmed_at IS NULL AND c.replaced_at IS NULL)) ORDER BY r.until, r.id LIMIT 5000";

impl Conn {
    /// How far everything has been told.
    pub async fn told(&mut self) -> Result<Told, Fault> {
        Ok(on!(self, |c| sqlx::query_as(TOLD).fetch_one(c).await)?)
    }

    /// What happened from an index on.
    pub async fn happened(&mut self, from: i64, limit: i64) -> Result<Vec<Happened>, Fault> {
        self.settle().await?;
        Ok(on!(self, |c| sqlx::query_as(HAPPENED).bind(from).bind(limit).fetch_all(c).await)?)
    }

    /// Who holds a role, in an area (empty: anywhere), and is not suspended.
    pub async fn holders_of_role(&mut self, role: &str, area: &str) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(HOLDERS_OF_ROLE).bind(role).bind(area).fetch_all(c).await)?)
    }

    /// Somebody's messages, newest first.
    pub async fn messages(&mut self, person: PersonId, limit: i64) -> Result<Vec<Message>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_PERSON).bind(person.to_string()).bind(limit).fetch_all(c).await)?)
    }

    /// What somebody's reminders are about, newest first.
    pub async fn reminders(&mut self, person: PersonId) -> Result<Vec<Reminder>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(REMINDERS).bind(person.to_string()).fetch_all(c).await)?)
    }

    /// How many somebody has not read.
    pub async fn unread(&mut self, person: PersonId) -> Result<i64, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(UNREAD).bind(person.to_string()).fetch_one(c).await)?)
    }

    /// Messages that wait to be put into a mail, person by person.
    pub async fn unmailed(&mut self, post: &str) -> Result<Vec<Message>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(UNMAILED).bind(post).fetch_all(c).await)?)
    }

    /// What somebody chose; `None`: nothing.
    pub async fn mailbox(&mut self, person: PersonId) -> Result<Option<Mailbox>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(MAILBOX).bind(person.to_string()).fetch_optional(c).await)?)
    }

    /// Whether this stage of this date was told.
    pub async fn reminded(&mut self, of: &Reminder) -> Result<bool, Fault> {
        let told: i64 = on!(self, |c| sqlx::query_scalar(REMINDED)
            .bind(&of.person_id)
            .bind(&of.source)
            .bind(&of.object)
            .bind(of.due)
            .bind(&of.stage)
            .fetch_one(c)
            .await)?;
        Ok(told > 0)
    }

    /// Limits between two moments: all that are to come, and of those that passed the ones with a copy not confirmed.
    pub async fn limits(&mut self, from: Moment, now: Moment, to: Moment) -> Result<Vec<Limit>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(LIMITS)
            .bind(from.millis())
            .bind(now.millis())
            .bind(to.millis())
            .fetch_all(c)
            .await)?)
    }
}

impl Tx {
    /// Moves the cursor; false: somebody else did.
    pub async fn told_from(&mut self, from: i64, next: i64) -> Result<bool, Fault> {
        Ok(run!(self, sqlx::query(ADVANCE).bind(from).bind(next))? == 1)
    }

    /// Takes a day's digest; false: it was taken.
    pub async fn take_digest(&mut self, day: &str) -> Result<bool, Fault> {
        Ok(run!(self, sqlx::query(ADVANCE_DIGEST).bind(day))? == 1)
    }

    /// Takes a day's reminders; false: they were taken.
    pub async fn take_reminders(&mut self, day: &str) -> Result<bool, Fault> {
        Ok(run!(self, sqlx::query(ADVANCE_REMINDERS).bind(day))? == 1)
    }

    /// Adds a message; false: its source was told to this person before.
    pub async fn add_message(&mut self, row: &Message) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.person_id)
                .bind(&row.topic)
                .bind(&row.object)
                .bind(&row.source)
                .bind(row.created_at)
                .bind(&row.post)
        )?;
        Ok(done == 1)
    }

    /// Adds what a reminder is about.
    pub async fn add_reminder(&mut self, row: &Reminder) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_REMINDER)
                .bind(&row.person_id)
                .bind(&row.source)
                .bind(&row.object)
                .bind(row.due)
                .bind(&row.stage)
                .bind(&row.message_id)
        )?;
        Ok(())
    }

    /// Puts a message into a mail; false: it is in one.
    pub async fn mailed(&mut self, message: &str, mail: &str) -> Result<bool, Fault> {
        Ok(run!(self, sqlx::query(MAILED).bind(message).bind(mail))? == 1)
    }

    /// Marks one of somebody's messages as read; false: it was, or is none of theirs.
    pub async fn read_message(&mut self, person: PersonId, message: &str) -> Result<bool, Fault> {
        let now = self.now().millis();
        Ok(run!(self, sqlx::query(READ_ONE).bind(person.to_string()).bind(message).bind(now))? == 1)
    }

    /// Marks all that somebody had by a moment as read.
    pub async fn read_messages(&mut self, person: PersonId, by: Moment) -> Result<u64, Fault> {
        let now = self.now().millis();
        Ok(run!(self, sqlx::query(READ_ALL).bind(person.to_string()).bind(now).bind(by.millis()))?)
    }

    /// Keeps what somebody chose about mail.
    pub async fn choose_mail(&mut self, person: PersonId, choice: &str) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(CHOOSE).bind(person.to_string()).bind(choice).bind(now))?;
        Ok(())
    }

    /// Sets where somebody's mail goes; `None`: to the account's own address.
    pub async fn set_mail_address(&mut self, person: PersonId, address: Option<&str>) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(SET_ADDRESS).bind(person.to_string()).bind(address).bind(now))?;
        Ok(())
    }
}
