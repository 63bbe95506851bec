//! The outbox: mails that wait, were sent, or could not be delivered; in a demo, what would have been sent.
//!
//! Promises: a try is counted, with the time of the next one, before it begins, so that neither a crash nor a second instance tries
//! again at once; only what waits is tried. Absent on purpose: sending. Proved by `tests/it/journeys/mail.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;

/// A mail in the outbox.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `mail`, described in the migrations")]
pub struct Mail {
    pub id: String,
    pub person_id: Option<String>,
    pub address: String,
    pub subject: String,
    pub words: String,
    pub created_at: i64,
    pub state: String,
    pub attempts: i64,
    pub next_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub refusal: Option<String>,
}

impl Mail {
    /// One that is only shown, in a demo.
    pub fn shown(id: String, address: String, subject: &str, words: String, at: Moment) -> Self {
        Self {
            id,
            person_id: None,
            address,
            subject: subject.to_owned(),
            words,
            created_at: at.millis(),
            state: "shown".to_owned(),
            attempts: 0,
            next_at: None,
            ended_at: None,
            refusal: None,
        }
    }

    /// The same, to somebody with an account.
    #[must_use]
    pub fn to(&self, person: Option<PersonId>) -> Self {
        Self { person_id: person.map(|id| id.to_string()), ..self.clone() }
    }
}

/// A mail that could not be delivered, and whose it is.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `mail`, `person` and `mailbox`, described in the migrations")]
pub struct Undelivered {
    pub person_id: String,
    pub name: String,
    pub address: String,
    pub ended_at: i64,
    pub attempts: i64,
    pub refusal: Option<String>,
}

const ADD_MAIL: &str = "INSERT INTO mail (id, person_id, address, subject, words, created_at, state, attempts, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const SHOWN: &str = "SELECT id, person_id, address, subject, words, created_at, state, attempts, next_at, ended_at, refusal FROM mail WHERE state = 'shown' ORDER BY created_at DESC, id DESC LIMIT 200";
const DUE: &str = "SELECT m.id, m.person_id, COALESCE(b.address, p.email) AS address, m.subject, m.words, m.created_at, m.state, m.attempts, m.next_at, m.ended_at, m.refusal FROM mail m JOIN person p ON p.id = m.person_id LEFT JOIN mailbox b ON b.person_id = m.person_id WHERE m.state = 'waiting' AND m.next_at <= $1 ORDER BY m.next_at, m.id LIMIT 50";
const COUNT: &str = "SELECT COUNT(*) FROM mail WHERE state = $1";
const OLDEST: &str = "SELECT MIN(created_at) FROM mail WHERE state = 'waiting'";
const UNDELIVERED: &str = "SELECT m.person_id, p.name, m.address, m.ended_at, m.attempts, m.refusal FROM mail m JOIN person p ON p.id = m.person_id WHERE m.state = 'undeliverable' AND ($1 = '' OR m.person_id = $1) ORDER BY m.ended_at DESC, m.id LIMIT 200";
const TRY: &str = "UPDATE mail SET attempts = attempts + 1, next_at = $3, address = $4 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
const SENT: &str =
    "UPDATE mail SET state = 'sent', next_at = NULL, ended_at = $2, refusal = NULL WHERE id = $1 AND state = 'waiting'";
const PUT_OFF: &str = "UPDATE mail SET refusal = $2 WHERE id = $1 AND state = 'waiting'";
const GIVE_UP: &str = "UPDATE mail SET state = 'undeliverable', next_at = NULL, ended_at = $2, refusal = $3 WHERE id = $1 AND state = 'waiting'";
const AGAIN: &str = "UPDATE mail SET state = 'waiting', attempts = 0, next_at = $2, ended_at = NULL WHERE person_id = $1 AND state = 'undeliverable'";

impl Conn {
    /// The newest mails of the demo's outbox.
    pub async fn mails(&mut self) -> Result<Vec<Mail>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(SHOWN).fetch_all(c).await)?)
    }

    /// What is to be tried now, each with the address that counts now.
    pub async fn mails_due(&mut self, now: Moment) -> Result<Vec<Mail>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(DUE).bind(now.millis()).fetch_all(c).await)?)
    }

    /// How many are in a state.
    pub async fn count_mails(&mut self, state: &str) -> Result<i64, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(COUNT).bind(state).fetch_one(c).await)?)
    }

    /// Since when the oldest one waits.
    pub async fn oldest_mail(&mut self) -> Result<Option<i64>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(OLDEST).fetch_one(c).await)?)
    }

    /// What could not be delivered, newest first; to one person, or (empty) to anybody.
    pub async fn undelivered(&mut self, person: &str) -> Result<Vec<Undelivered>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(UNDELIVERED).bind(person).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Puts a mail into the outbox. Mails hold no name, picture or offence.
    pub async fn add_mail(&mut self, mail: &Mail) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_MAIL)
                .bind(&mail.id)
                .bind(&mail.person_id)
                .bind(&mail.address)
                .bind(&mail.subject)
                .bind(&mail.words)
                .bind(mail.created_at)
                .bind(&mail.state)
                .bind(mail.attempts)
                .bind(mail.next_at)
        )?;
        Ok(())
    }

    /// Counts a try that is about to begin; false: another instance has begun it, or it waits no more.
    pub async fn try_mail(&mut self, mail: &Mail, next: Moment) -> Result<bool, Fault> {
        let done =
            run!(self, sqlx::query(TRY).bind(&mail.id).bind(mail.attempts).bind(next.millis()).bind(&mail.address))?;
        Ok(done == 1)
    }

    /// Writes down that the relay took it.
    pub async fn mail_sent(&mut self, id: &str) -> Result<bool, Fault> {
        let now = self.now().millis();
        Ok(run!(self, sqlx::query(SENT).bind(id).bind(now))? == 1)
    }

    /// Keeps why a try failed that will be followed by another.
    pub async fn mail_put_off(&mut self, id: &str, why: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(PUT_OFF).bind(id).bind(why))?;
        Ok(())
    }

    /// Gives a mail up; false: it does not wait.
    pub async fn mail_given_up(&mut self, id: &str, why: &str) -> Result<bool, Fault> {
        let now = self.now().millis();
        Ok(run!(self, sqlx::query(GIVE_UP).bind(id).bind(now).bind(why))? == 1)
    }

    /// Lets everything that could not be delivered to somebody be tried anew; answers how many.
    pub async fn mail_again(&mut self, person: PersonId) -> Result<u64, Fault> {
        let now = self.now().millis();
        Ok(run!(self, sqlx::query(AGAIN).bind(person.to_string()).bind(now))?)
    }
}
