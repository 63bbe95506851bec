//! Messages become mails: those that are urgent or wanted at once now, the rest into one digest a person a day.
//!
//! Promises: a message is in one mail; the mail and the mark are one act. Absent on purpose: an address; it is looked up when the mail
//! goes, so that one that was corrected counts. A mail's words are kept as they will be sent.

use std::collections::BTreeMap;

use super::Way;
use crate::actions::office::ten;
use crate::actions::sweep::lease;
use crate::actions::{Fault, No, Office};
use crate::domain::ids::{MailId, PersonId};
use crate::domain::message::{Address, Choice, Letter, Topic, due_day, letter};
use crate::domain::moment::{Day, parse_day};
use crate::store::Tx;
use crate::store::mails::Mail;
use crate::store::messages::Message;

/// Writes the mails that are due.
pub(super) async fn write(office: &Office) -> Result<(), No> {
    let way = office.mail_way();
    if way == Way::Nowhere {
        return Ok(());
    }
    let mut conn = office.read().await?;
    let now = conn.unmailed(Choice::AtOnce.word()).await?;
    let last: Option<Day> = parse_day(&conn.told().await?.digest_day);
    let day = due_day(office.now(), office.digest_hour(), last);
    let digest = if day.is_some() { conn.unmailed(Choice::Digest.word()).await? } else { Vec::new() };
    drop(conn);
    if now.is_empty() && day.is_none() {
        return Ok(());
    }
    let portal = Address::parse(&office.settings.origin)
        .ok_or_else(|| Fault::Other("portal.origin is no address to send".to_owned()))?;
    let mut mails = by_person(&now, &portal);
    mails.extend(by_person(&digest, &portal));
    let Some(lease) = lease(office, "letters").await? else { return Ok(()) };
    let shown = way == Way::Shown;
    let act = office.act(move |tx| {
        Box::pin(async move {
            if !tx.still_holds(&lease).await? {
                return Ok(());
            }
            if let Some(day) = day
                && !tx.take_digest(&day.to_string()).await?
            {
                return Ok(());
            }
            for (person, letter, messages) in mails {
                put(tx, person, &letter, &messages, shown).await?;
            }
            Ok(())
        })
    });
    act.await?;
    Ok(())
}

type Written = (PersonId, Letter, Vec<String>);

fn by_person(messages: &[Message], portal: &Address) -> Vec<Written> {
    let mut of: BTreeMap<PersonId, (Vec<Topic>, Vec<String>)> = BTreeMap::new();
    for message in messages {
        if let (Some(person), Some(topic)) = (PersonId::parse(&message.person_id), Topic::parse(&message.topic)) {
            let (topics, ids) = of.entry(person).or_default();
            topics.push(topic);
            ids.push(message.id.clone());
        }
    }
    of.into_iter().map(|(person, (topics, ids))| (person, letter(&topics, portal), ids)).collect()
}

async fn put(tx: &mut Tx, to: PersonId, letter: &Letter, messages: &[String], shown: bool) -> Result<(), No> {
    let now = tx.now();
    let id = MailId::fresh(now, ten()).to_string();
    let address = match tx.mailbox(to).await?.and_then(|row| row.address) {
        Some(address) => address,
        None => tx.person(to).await?.ok_or(No::NotFound)?.email,
    };
    let mut mail = Mail::shown(id.clone(), address, letter.subject(), letter.words().to_owned(), now);
    mail.person_id = Some(to.to_string());
    if !shown {
        "waiting".clone_into(&mut mail.state);
        mail.next_at = Some(now.millis());
    }
    tx.add_mail(&mail).await?;
    for message in messages {
        tx.mailed(message, &id).await?;
    }
    Ok(())
}
