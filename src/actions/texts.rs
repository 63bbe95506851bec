//! The policy's texts and numbers: what is in force, every earlier version, and the administrator's change.
//!
//! Promises: a change adds a version and a leaf in one act; two who change at once do not overwrite each other; a portal that has
//! none yet, new or of an earlier program, begins with what the program ships. Absent on purpose: going back to an earlier version
//! (its words are entered anew, as a new one). Proved by `tests/it/journeys/texts.rs`.

use crate::actions::request::{beside_fields, read};
use crate::actions::{Fault, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::PersonId;
use crate::domain::numbers::Numbers;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::texts::{NUMBERS, Text};
use crate::domain::words::Prose;
use crate::sealing::image::sha256;
use crate::store::log::Stamp;
pub use crate::store::texts::Version;
use crate::store::{Conn, Db, Tx};

/// Who put a version in force that came with the program.
const PROGRAM: &str = "portal";

fn digest(words: &str) -> String {
    hex::encode(sha256(words.as_bytes()))
}

/// Puts what the program ships in force where there is no version yet; several instances that start at once agree on one.
pub(super) async fn lay_down(db: &Db) -> Result<(), Fault> {
    let there = db.read().await?.text_versions().await?;
    let texts = Text::ALL.iter().map(|text| (text.word(), text.shipped().to_owned()));
    let all = texts.chain([(NUMBERS, Numbers::shipped().words())]);
    let missing: Vec<_> = all.filter(|(kind, _)| there.iter().all(|(word, _)| word != kind)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let act = db.writer().act(move |tx| {
        Box::pin(async move {
            for (kind, words) in &missing {
                tx.add_text(kind, 1, words, &digest(words), PROGRAM).await?;
            }
            Ok(())
        })
    });
    match act.await {
        Ok(_) => Ok(()),
        Err(No::Broken(fault)) => Err(fault),
        Err(_) => Err(Fault::Other("the database could not be written to".to_owned())),
    }
}

fn reads(by: &Actor) -> Result<(), No> {
    if may(by, Act::SeeRules, Thing::Force) { Ok(()) } else { Err(No::NotFound) }
}

fn changes(by: &Actor) -> Result<(), No> {
    if may(by, Act::Administer, Thing::Force) { Ok(()) } else { Err(No::NotFound) }
}

/// Whether `by` is offered a change.
pub fn may_change(by: &Actor) -> bool {
    changes(by).is_ok()
}

/// A version and who put it in force, by name; empty: it came with the program.
pub type Told = (Version, String);

async fn told(conn: &mut Conn, kind: &str) -> Result<Vec<Told>, No> {
    let mut all = Vec::new();
    for version in conn.text_history(kind).await? {
        let person = version.changed_by.strip_prefix("person/").and_then(PersonId::parse);
        let name = match person {
            Some(id) => conn.person(id).await?.map_or_else(String::new, |row| row.name),
            None => String::new(),
        };
        all.push((version, name));
    }
    Ok(all)
}

/// Each text with its version in force.
pub async fn all(office: &Office, by: &Actor) -> Result<Vec<(Text, Version)>, No> {
    reads(by)?;
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for &text in Text::ALL {
        all.push((text, conn.text_in_force(text).await?));
    }
    Ok(all)
}

/// Every version of a text, newest first.
pub async fn versions(office: &Office, by: &Actor, text: Text) -> Result<Vec<Told>, No> {
    reads(by)?;
    told(&mut office.read().await?, text.word()).await
}

/// The numbers in force, with every version of them, newest first.
pub async fn numbers(office: &Office, by: &Actor) -> Result<(Numbers, Vec<Told>), No> {
    reads(by)?;
    let mut conn = office.read().await?;
    let (numbers, _) = conn.numbers_in_force().await?;
    Ok((numbers, told(&mut conn, NUMBERS).await?))
}

/// Puts new words of a text in force. `read`: the version that was read before it was changed.
pub async fn change(
    office: &Office,
    by: &Actor,
    text: Text,
    words: &str,
    read_version: &str,
    stamp: Stamp,
) -> Result<(), No> {
    changes(by)?;
    let mut wrong = Vec::new();
    let Some(words) = read(&mut wrong, "words", Prose::parse("the text", words)) else {
        return Err(No::Invalid(wrong));
    };
    let unmet = text.check(&words);
    if !unmet.is_empty() {
        return Err(beside_fields(unmet));
    }
    // As the shipped ones: a text ends its last line.
    let new = New { kind: text.word(), field: "words", words: format!("{words}\n"), read: read_version.to_owned() };
    put(office, by, new, stamp).await
}

/// Puts stricter, or again less strict, numbers in force; never looser than the policy's.
pub async fn change_numbers<'a>(
    office: &Office,
    by: &Actor,
    field: impl Fn(&str) -> &'a str,
    stamp: Stamp,
) -> Result<(), No> {
    changes(by)?;
    let read = field("version").to_owned();
    let numbers = Numbers::parse(field).map_err(beside_fields)?;
    let new =
        New { kind: NUMBERS, field: crate::domain::numbers::Number::ReviewDays.word(), words: numbers.words(), read };
    put(office, by, new, stamp).await
}

/// A version on its way.
struct New {
    kind: &'static str,
    /// The field beside which it is told that nothing was changed.
    field: &'static str,
    words: String,
    /// The version that its author had read.
    read: String,
}

async fn put(office: &Office, by: &Actor, new: New, stamp: Stamp) -> Result<(), No> {
    let actor = by.clone();
    office.act_as(by, move |tx| Box::pin(async move { new.put(tx, &actor, &stamp).await })).await?;
    Ok(())
}

impl New {
    async fn put(&self, tx: &mut Tx, by: &Actor, stamp: &Stamp) -> Result<(), No> {
        let newest = tx.text_history(self.kind).await?.into_iter().next().ok_or(No::NotFound)?;
        if newest.number().to_string() != self.read {
            return Err(No::field(
                self.field,
                "Somebody changed this while your page was open. What you typed is still here: open the page anew beside it, compare, then send it again.",
            ));
        }
        if newest.words == self.words {
            return Err(No::field(
                self.field,
                "Nothing is different from the version in force. Change it, or go back.",
            ));
        }
        let (version, digest) = (newest.number() + 1, digest(&self.words));
        if !tx.add_text(self.kind, version, &self.words, &digest, &by.word()).await? {
            return Err(No::Unavailable);
        }
        let event = Event::new(Kind::Registered, format!("text/{}", self.kind))
            .with("version", version)
            .with("document", digest);
        tx.append(&event, by, stamp).await?;
        Ok(())
    }
}
