//! Waiting mails go to the relay, one after the other.
//!
//! Promises: each try is counted, with the time of the next, before it begins; what the relay refuses for good, and what was tried for
//! three days, is undeliverable and seen by the administrator and the co-ordinator; a relay that is away is not pressed. Absent on
//! purpose: a queue in memory; what waits is in the database.

use std::time::Duration;

use tokio::time::timeout;

use super::Relay;
use super::smtp::{Failed, Line, QUIT};
use crate::actions::sweep::{LEASE_MS, lease};
use crate::actions::{Fault, No, Office};
use crate::domain::message::again;
use crate::store::mails::Mail;

/// The longest that handing one mail over may take, all steps together: shorter than the lease and than the first wait, so that while
/// one instance is at a mail no other begins it.
const WHOLE: Duration = Duration::from_secs(40);
const _: () = assert!(WHOLE.as_secs() + QUIT.as_secs() + 10 <= LEASE_MS.unsigned_abs() / 1_000);

/// Hands over what is due.
pub(super) async fn deliver(office: &Office) -> Result<(), No> {
    let Some(relay) = &office.relay else { return Ok(()) };
    let due = office.read().await?.mails_due(office.now()).await?;
    let mut line: Option<Line> = None;
    for mail in due {
        // Anew before each mail: a slow relay outlasts no lease, and what another instance took is left to it.
        if lease(office, "mail").await?.is_none() {
            break;
        }
        if !begin(office, &mail).await? {
            continue;
        }
        let sent = hand_over(relay, &mut line, &mail).await;
        let away = matches!(sent, Err(Failed::Relay(_)));
        let why = sent.as_ref().err().map(Failed::to_string);
        end(office, &mail, sent).await?;
        if let Some(why) = why.filter(|_| away) {
            return Err(No::Broken(Fault::Other(format!("the mail relay: {why}"))));
        }
    }
    if let Some(line) = line {
        line.quit().await;
    }
    Ok(())
}

async fn hand_over(relay: &Relay, line: &mut Option<Line>, mail: &Mail) -> Result<(), Failed> {
    let tried = async {
        let mut open = match line.take() {
            Some(open) => open,
            None => relay.connect().await?,
        };
        let sent = relay.send(&mut open, mail).await;
        Ok((open, sent))
    };
    let late = |_| Failed::Relay(format!("not taken within {} seconds", WHOLE.as_secs()));
    let (open, sent) = timeout(WHOLE, tried).await.map_err(late)??;
    // After a refusal the line is not used again: whatever the relay thinks of it.
    if sent.is_ok() {
        *line = Some(open);
    } else {
        open.quit().await;
    }
    sent
}

/// Counts the try that is about to begin.
async fn begin(office: &Office, mail: &Mail) -> Result<bool, No> {
    let mail = mail.clone();
    let tries = u32::try_from(mail.attempts + 1).unwrap_or(u32::MAX);
    let act = office.act(move |tx| {
        Box::pin(async move {
            let now = tx.now();
            // The last try has no next one; should it be cut short, it is made once more.
            let next = again(now, tries).or_else(|| again(now, tries - 1)).unwrap_or(now);
            Ok(tx.try_mail(&mail, next).await?)
        })
    });
    Ok(act.await?.into_inner())
}

/// Writes down what became of it.
async fn end(office: &Office, mail: &Mail, sent: Result<(), Failed>) -> Result<(), No> {
    let (id, tries) = (mail.id.clone(), u32::try_from(mail.attempts + 1).unwrap_or(u32::MAX));
    let act = office.act(move |tx| {
        Box::pin(async move {
            match sent {
                Ok(()) => {
                    tx.mail_sent(&id).await?;
                }
                Err(Failed::ForGood(why)) => {
                    tx.mail_given_up(&id, &why).await?;
                }
                Err(Failed::Relay(why) | Failed::ForNow(why)) => {
                    if again(tx.now(), tries).is_some() {
                        tx.mail_put_off(&id, &why).await?;
                    } else {
                        tx.mail_given_up(&id, &why).await?;
                    }
                }
            }
            Ok(())
        })
    });
    act.await?;
    Ok(())
}
