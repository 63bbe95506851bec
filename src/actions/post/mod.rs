//! Telling people: what happened and what is due becomes messages in the portal, messages become mails, mails go to the relay.
//!
//! Promises: a message and the cursor that says it was told are one act, so that a kill at any moment loses none and doubles none; a
//! mail's try is counted before it begins, so that after a kill between the relay's yes and ours it goes twice at most, under the same
//! Message-ID (decision 0039). In a demo mails go to the outbox page; without a relay there are none. Absent on purpose: words of a
//! mail (`domain::message`). Proved by `tests/it/journeys/{messages,mail}.rs`.

mod deliver;
mod letters;
mod remind;
mod smtp;
mod tell;

pub use smtp::Relay;

use crate::actions::jobs::run;
use crate::actions::{No, Office};
use crate::config::DIGEST_HOUR;
use crate::domain::ids::PersonId;
use crate::domain::message::{Choice, Topic};
use crate::store::Conn;

/// How mail leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// It does not: messages wait in the portal.
    Nowhere,
    /// Into the demo's outbox.
    Shown,
    /// To the relay.
    Relay,
}

impl Office {
    /// How mail leaves this portal.
    pub fn mail_way(&self) -> Way {
        match (self.settings.demo, &self.relay) {
            (_, Some(_)) => Way::Relay,
            (true, None) => Way::Shown,
            (false, None) => Way::Nowhere,
        }
    }

    /// The hour of digests and reminders, UK time.
    pub fn digest_hour(&self) -> u8 {
        self.settings.mail.as_ref().map_or(DIGEST_HOUR, |mail| mail.digest_hour)
    }
}

/// How a message about `topic` is mailed to somebody: the stored word.
async fn post(office: &Office, conn: &mut Conn, person: PersonId, topic: Topic) -> Result<&'static str, No> {
    if office.mail_way() == Way::Nowhere {
        return Ok(Choice::PortalOnly.word());
    }
    let choice = conn.mailbox(person).await?.and_then(|row| Choice::parse(&row.choice)).unwrap_or_default();
    Ok(choice.post(topic).word())
}

/// One round of everything; what fails does not keep the rest.
pub async fn round(office: &Office) -> Result<(), No> {
    let told = run(office, "messages", tell::tell(office)).await;
    let reminded = run(office, "reminders", remind::remind(office)).await;
    let written = run(office, "letters", letters::write(office)).await;
    let sent = Box::pin(run(office, "mail", deliver::deliver(office))).await;
    told.and(reminded).and(written).and(sent)
}
