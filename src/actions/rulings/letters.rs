//! The notice and the result as letters, made from the record (O3.2.3).
//!
//! Promises: what a letter lacks is said, never printed as a hole; each letter made is a leaf; the person's name and the offence are
//! typed for the letter and kept nowhere (decision 0031). Absent on purpose: the words themselves, which are versions of `domain::texts`.

use super::untold;
use crate::actions::answers::Form;
use crate::actions::decision::{self, Gathered};
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::numbers::{Number, Numbers};
use crate::domain::policy::Act;
use crate::domain::release::Question;
use crate::domain::texts::{Facts as Filled, Slot, Text};
use crate::domain::words::{Line, Prose};
use crate::store::log::Stamp;

/// Which letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Before anything leaves.
    Notice,
    /// What was decided on representations.
    Result,
}

impl Which {
    /// Reads the last piece of its address.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "notice" => Some(Self::Notice),
            "result" => Some(Self::Result),
            _ => None,
        }
    }

    /// That piece.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Result => "result",
        }
    }
}

/// What the record has for a letter.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The release's title, for the page.
    pub title: String,
    /// The person's name, where the request has one.
    pub name: String,
    /// The offence the photograph was taken for, where that is recorded.
    pub offence: String,
    /// The area.
    pub area: String,
    /// The partnerships the chosen recipients receive for.
    schemes: Vec<String>,
    /// When the notice was served.
    served: Option<Moment>,
    /// The newest ruling on representations: disclosure may go on.
    disclose: Option<bool>,
    /// What the letter lacks, a sentence each; empty: it can be made.
    pub lacks: Vec<&'static str>,
    /// The person was not told of that ruling yet.
    pub untold: bool,
    /// The numbers in force.
    numbers: Numbers,
}

const NO_SCHEME: &str = "No recipient is chosen yet. The letter names the partnerships that recipients receive for: save the part “Recipients and instructions” first.";
const NOT_SERVED: &str =
    "The record does not say when the notice was served. Save the part “Telling the person” first.";
const NOT_DECIDED: &str = "The district commander has not decided on representations yet.";

/// What the record has for a letter, for the officer who asked or a co-ordinator.
pub async fn facts(office: &Office, by: &Actor, id: ReleaseId, which: Which) -> Result<Facts, No> {
    let mut conn = office.read().await?;
    let of = decision::gather(office, &mut conn, by, Act::Represent, id, office.now()).await?;
    let area = conn.area(of.filed.release.area).await?.ok_or(No::NotFound)?;
    let considered = &of.case.considered;
    let mut facts = Facts {
        title: of.file.request.title.as_str().to_owned(),
        name: of.draft.as_ref().map_or_else(String::new, |draft| draft.name.as_str().to_owned()),
        offence: considered.material.offence.as_str().to_owned(),
        area: area.name,
        served: considered.notice.served_at,
        disclose: disclose(&of),
        untold: untold(&of.rulings).is_some(),
        schemes: Vec::new(),
        lacks: Vec::new(),
        numbers: of.case.numbers.clone(),
    };
    for (_, scheme) in &considered.recipients.to {
        let name = conn.scheme(*scheme).await?.map(|row| row.name);
        facts.schemes.extend(name.filter(|name| !facts.schemes.contains(name)));
    }
    if facts.schemes.is_empty() {
        facts.lacks.push(NO_SCHEME);
    }
    if which == Which::Result {
        facts.lacks.extend(facts.served.is_none().then_some(NOT_SERVED));
        facts.lacks.extend(facts.disclose.is_none().then_some(NOT_DECIDED));
    }
    Ok(facts)
}

fn disclose(of: &Gathered) -> Option<bool> {
    of.case.rulings.iter().rfind(|ruling| ruling.question == Question::Representations).map(|ruling| ruling.disclose)
}

/// A letter's words, filled in.
pub async fn letter(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    which: Which,
    form: &Form,
    stamp: Stamp,
) -> Result<String, No> {
    let facts = facts(office, by, id, which).await?;
    let mut wrong: Vec<FieldError> = facts.lacks.iter().map(|lack| FieldError::new("letter", *lack)).collect();
    let name = read(&mut wrong, "name", Line::parse("the person’s name", form.field("name")));
    let offence = read(&mut wrong, "offence", Line::parse("the offence", form.field("offence")));
    let contact = match which {
        Which::Notice => read(
            &mut wrong,
            "contact",
            Prose::parse("where representations are sent or brought", form.field("contact")),
        ),
        Which::Result => Some(Prose::default()),
    };
    let (Some(name), Some(offence), Some(contact), true) = (name, offence, contact, wrong.is_empty()) else {
        return Err(No::Invalid(wrong));
    };
    let text = match (which, facts.disclose) {
        (Which::Notice, _) => Text::Notice,
        (Which::Result, Some(false)) => Text::Upheld,
        (Which::Result, _) => Text::Dismissed,
    };
    let words = office.read().await?.text_in_force(text).await?.words;
    let letter = text.fill(&words, &facts.filled((&name, &offence, &contact)));
    let letter = letter.map_err(|open| {
        let open: Vec<&str> = open.into_iter().map(Slot::word).collect();
        No::field("letter", format!("The record has nothing for these places of the letter: {}.", open.join(", ")))
    })?;
    let (acting, what) = (by.clone(), format!("letter.{}", which.word()));
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let filed = crate::actions::casefile::load(tx, &acting, Act::Represent, id).await?;
                let event = Event::new(Kind::Exported, filed.release.object()).with("what", what);
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(letter)
}

impl Facts {
    /// What stands in the places of a letter. A notice is printed before it is served: then the time is written on it by hand.
    fn filled(&self, (name, offence, contact): (&Line, &Line, &Prose)) -> Filled {
        let hours = self.numbers.get(Number::RepresentationsHours);
        let (served, until) = match self.served {
            Some(at) => (at.long(), self.numbers.representations_until(at).long()),
            None => ("the date and time written below".to_owned(), format!("the end of these {hours} hours")),
        };
        Filled::default()
            .with(Slot::Name, name.as_str())
            .with(Slot::Offence, offence.as_str())
            .with(Slot::Scheme, self.schemes.join(", and the co-ordinator of "))
            .with(Slot::Area, self.area.as_str())
            .with(Slot::Hours, hours.to_string())
            .with(Slot::Served, served)
            .with(Slot::Until, until)
            .with(Slot::Contact, contact.as_str())
    }
}
