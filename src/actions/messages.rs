//! A person's own messages, what they chose about mail, and mending mail that could not be delivered.
//!
//! Promises: nobody reads or marks another person's messages; an address for mail is set by whoever keeps the person's account, never
//! by themself, so that nobody turns the notice of a recall away. Absent on purpose: what is told to whom (`post`); the address
//! one signs in with, which stays.

use crate::actions::{No, Office, people};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{MessageId, PersonId};
use crate::domain::message::Choice;
use crate::domain::moment::Moment;
use crate::store::log::Stamp;
pub use crate::store::mails::Undelivered;
pub use crate::store::messages::{Message, Reminder};

/// Messages on the page.
pub const SHOWN: i64 = 200;

/// Somebody's own messages.
#[derive(Clone, Debug)]
pub struct Mine {
    /// Newest first.
    pub messages: Vec<Message>,
    /// What their reminders are about.
    pub reminders: Vec<Reminder>,
    /// How many are not read, of all.
    pub unread: i64,
}

fn own(by: &Actor) -> Result<PersonId, No> {
    by.person().ok_or(No::NotFound)
}

/// One's own messages.
pub async fn mine(office: &Office, by: &Actor) -> Result<Mine, No> {
    let (me, mut conn) = (own(by)?, office.read().await?);
    Ok(Mine {
        messages: conn.messages(me, SHOWN).await?,
        reminders: conn.reminders(me).await?,
        unread: conn.unread(me).await?,
    })
}

/// How many one has not read.
pub async fn unread(office: &Office, by: &Actor) -> Result<i64, No> {
    Ok(office.read().await?.unread(own(by)?).await?)
}

/// Marks one of one's own messages as read. Doing it twice is no harm.
pub async fn read_one(office: &Office, by: &Actor, id: MessageId) -> Result<(), No> {
    let me = own(by)?;
    let known = office.read().await?.messages(me, SHOWN).await?.iter().any(|row| row.id == id.to_string());
    if !known {
        return Err(No::NotFound);
    }
    let act = office.act_as(by, move |tx| Box::pin(async move { Ok(tx.read_message(me, &id.to_string()).await?) }));
    act.await?;
    Ok(())
}

/// Marks as read all that one had when the page was shown: what came since stays.
pub async fn read_all(office: &Office, by: &Actor, shown: &str) -> Result<(), No> {
    let me = own(by)?;
    let shown = shown
        .parse()
        .map(Moment::from_millis)
        .map_err(|_| No::field("", "Open the page again, then mark what is on it."))?;
    office.act_as(by, move |tx| Box::pin(async move { Ok(tx.read_messages(me, shown).await?) })).await?;
    Ok(())
}

/// What one chose about mail, and where it goes.
pub async fn choice(office: &Office, by: &Actor) -> Result<(Choice, String), No> {
    let (me, mut conn) = (own(by)?, office.read().await?);
    let email = conn.person(me).await?.ok_or(No::NotFound)?.email;
    let row = conn.mailbox(me).await?;
    let choice = row.as_ref().and_then(|row| Choice::parse(&row.choice)).unwrap_or_default();
    Ok((choice, row.and_then(|row| row.address).unwrap_or(email)))
}

/// Chooses.
pub async fn choose(office: &Office, by: &Actor, word: &str) -> Result<(), No> {
    let me = own(by)?;
    let choice = Choice::parse(word).ok_or_else(|| No::field("choice", "Select how you want to be told"))?;
    office.act_as(by, move |tx| Box::pin(async move { Ok(tx.choose_mail(me, choice.word()).await?) })).await?;
    Ok(())
}

/// Where somebody's mail goes, and what could not be delivered to them.
#[derive(Clone, Debug)]
pub struct Post {
    /// Their name.
    pub name: String,
    /// The account's own address.
    pub email: String,
    /// The address that counts.
    pub address: String,
    /// What could not be delivered.
    pub undelivered: Vec<Undelivered>,
}

/// The mail of somebody whose account `by` keeps.
pub async fn of(office: &Office, by: &Actor, person: PersonId) -> Result<Post, No> {
    let account = people::one(office, by, person).await?.account;
    let mut conn = office.read().await?;
    let row = conn.mailbox(person).await?;
    Ok(Post {
        address: row.and_then(|row| row.address).unwrap_or_else(|| account.email.clone()),
        undelivered: conn.undelivered(&person.to_string()).await?,
        name: account.name,
        email: account.email,
    })
}

/// Sets where somebody's mail goes (empty: the account's own address), and lets what could not be delivered be tried anew.
pub async fn send_again(office: &Office, by: &Actor, person: PersonId, address: &str, stamp: Stamp) -> Result<u64, No> {
    let post = of(office, by, person).await?;
    if by.person() == Some(person) {
        return Err(No::field("address", "Somebody else sets where your mail goes. Ask a colleague who may."));
    }
    let address = address.trim().to_owned();
    if !address.is_empty() && !is_address(&address) {
        return Err(No::field("address", "Enter an email address in the correct format, like name@example.com"));
    }
    let address = Some(address).filter(|address| !address.is_empty() && *address != post.email);
    let (acting, changed) = (by.clone(), address.clone().unwrap_or_else(|| post.email.clone()) != post.address);
    let act = office.act_as(by, move |tx| {
        Box::pin(async move {
            let object = format!("person/{person}");
            if changed {
                tx.set_mail_address(person, address.as_deref()).await?;
                let event = Event::new(Kind::AddressSet, object.clone()).with("own", address.is_none());
                tx.append(&event, &acting, &stamp).await?;
            }
            let mails = tx.mail_again(person).await?;
            if mails > 0 {
                tx.append(&Event::new(Kind::MailAgain, object).with("mails", mails), &acting, &stamp).await?;
            }
            Ok(mails)
        })
    });
    Ok(act.await?.into_inner())
}

fn is_address(text: &str) -> bool {
    text.len() <= 200
        && text.is_ascii()
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.parse::<lettre::Address>().is_ok()
}
