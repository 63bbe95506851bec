//! An officer asks for a release (K7.7): what they typed, read. Writing it down is [`draft`], sending it is [`submit`].
//!
//! Promise: what is wrong or missing is told all at once, each beside its field. Absent on purpose: changing a word of what was
//! typed. Proved by `tests/it/journeys/request.rs`.

pub mod draft;
mod photographs;
pub mod submit;

pub(in crate::actions) use photographs::{drop_blobs, take_back};

use crate::actions::casefile::{Draft, Typed};
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::ids::AreaId;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::Request;
use crate::domain::release::request::{Purpose, Source};
use crate::domain::words::{Line, Prose, Unfit};

/// The questions that are typed, in the order of the page.
pub const FIELDS: [&str; 12] = [
    "area",
    "title",
    "reasons",
    "purposes",
    "locality",
    "own_reference",
    "text",
    "name",
    "danger",
    "source",
    "justice",
    "image_reference",
];

/// Reads a field, noting what is wrong with it.
pub(super) fn read<T>(wrong: &mut Vec<FieldError>, field: &'static str, value: Result<T, Unfit>) -> Option<T> {
    value.map_err(|why| wrong.push(FieldError::new(field, why.to_string()))).ok()
}

/// Turns refusals that belong beside a field into field errors; the others stay refusals.
pub(super) fn beside_fields(refusals: Vec<Refusal>) -> No {
    if refusals.iter().all(|refusal| refusal.told().field.is_some()) {
        return No::Invalid(refusals.iter().map(beside).collect());
    }
    No::from(refusals)
}

fn beside(refusal: &Refusal) -> FieldError {
    let told = refusal.told();
    FieldError::new(told.field.unwrap_or(""), format!("{} ({})", told.sentence, told.clause))
}

/// How many photographs one request may have now.
pub async fn photographs_max(office: &Office) -> Result<usize, No> {
    Ok(office.read().await?.numbers_in_force().await?.0.photographs_max())
}

/// What was typed, as far as it can be read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The area chosen, where there is such a one.
    pub area: Option<AreaId>,
    /// What is asked.
    pub request: Request,
    /// What would leave.
    pub draft: Draft,
    /// The officer's own source reference; empty: none.
    pub own_reference: Line,
    /// What cannot be read as it was typed: too long, hidden characters.
    pub unfit: Vec<FieldError>,
}

impl Asked {
    /// Reads the answers as they were typed.
    pub fn read(typed: &Typed) -> Self {
        let of = |name: &str| typed.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
        let mut unfit = Vec::new();
        let title = read(&mut unfit, "title", Line::optional("The title", of("title")));
        let reasons = read(&mut unfit, "reasons", Prose::optional("The reasons", of("reasons")));
        let locality = read(&mut unfit, "locality", Line::optional("The locality", of("locality")));
        let own = read(&mut unfit, "own_reference", Line::optional("The reference", of("own_reference")));
        let text = read(&mut unfit, "text", Prose::optional("The text", of("text")));
        let name = read(&mut unfit, "name", Line::optional("The name", of("name")));
        let reference = read(&mut unfit, "image_reference", Line::optional("The reference", of("image_reference")));
        let purposes = typed.iter().filter(|(field, _)| field == "purposes");
        let draft = Draft { name: name.unwrap_or_default(), text: text.unwrap_or_default(), ..Draft::default() };
        let request = Request {
            title: title.unwrap_or_default(),
            source: Source {
                custody: of("source") == "custody",
                justice: of("justice") == "yes",
                reference: reference.unwrap_or_default(),
            },
            locality: locality.unwrap_or_default(),
            reasons: reasons.unwrap_or_default(),
            purposes: purposes.filter_map(|(_, word)| Purpose::parse(word)).collect(),
            danger: of("danger") == "yes",
            named: !draft.name.is_empty(),
        };
        Self { area: AreaId::parse(of("area")), request, draft, own_reference: own.unwrap_or_default(), unfit }
    }

    /// Everything that would leave in words; empty if there is nothing.
    pub fn words(&self) -> String {
        self.draft.released("").unwrap_or_default()
    }

    /// The area, if `by` may ask in it.
    pub fn area_of(&self, by: &Actor) -> Option<AreaId> {
        self.area.filter(|area| may(by, Act::Request, Thing::Area(*area)))
    }

    /// All that keeps it from being sent, one for each field, in the order of the page. What cannot be read comes before what is
    /// missing there.
    pub fn missing(&self, by: &Actor, photographs: usize) -> Vec<FieldError> {
        let mut wrong = self.unfit.clone();
        let mut add = |one: FieldError| {
            if self.unfit.iter().all(|other| other.field != one.field) {
                wrong.push(one);
            }
        };
        if self.area_of(by).is_none() {
            add(FieldError::new("area", "Select an area you request for"));
        }
        if self.request.title.is_empty() {
            add(FieldError::new("title", "Enter a title for the request"));
        }
        for refusal in self.request.check(photographs, &self.words()) {
            let mut one = beside(&refusal);
            // On the officer's page the missing reason is the field `reasons`.
            if one.field == "reason" {
                one.field = "reasons";
            }
            add(one);
        }
        let place = |field: &str| FIELDS.iter().position(|one| *one == field).unwrap_or(FIELDS.len());
        wrong.sort_by_key(|one| place(one.field));
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PersonId;
    use crate::domain::moment::Moment;

    fn nobody() -> Actor {
        Actor::Person { id: PersonId::fresh(Moment::from_millis(0), [0; 10]), grants: Vec::new() }
    }

    #[test]
    fn an_empty_request_is_told_everything_at_once_in_the_order_of_the_page() {
        let wrong = Asked::read(&Typed::new()).missing(&nobody(), 1);
        let fields: Vec<&str> = wrong.iter().map(|error| error.field).collect();
        let all = ["area", "title", "reasons", "purposes", "locality", "source", "justice", "image_reference"];
        assert_eq!(fields, all);
    }

    #[test]
    fn what_cannot_be_read_is_not_told_as_missing_too() {
        let typed = vec![("title".to_owned(), "x".repeat(201)), ("locality".to_owned(), "a\u{202E}b".to_owned())];
        let wrong = Asked::read(&typed).missing(&nobody(), 0);
        for (field, words) in [("title", "you have 201"), ("locality", "hidden control character")] {
            let of: Vec<&FieldError> = wrong.iter().filter(|one| one.field == field).collect();
            assert_eq!(of.len(), 1, "{field}");
            assert!(of.iter().all(|one| one.sentence.contains(words)), "{field}");
        }
    }
}
