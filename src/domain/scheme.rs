//! Schemes, and the standing of those who receive for them (K6.2.1, K7.3–7.5, O2.1).
//!
//! Promise: whatever lapses closes the door at the millisecond; nothing here is remembered, all is asked with `now`.

use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::ids::{PersonId, SchemeId};
use crate::moment::{Day, Moment, days_after};
use crate::refusal::Refusal;

/// The recognised types of scheme (K6.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the policy's own; `title` spells them out")]
pub enum SchemeKind {
    Bcrp,
    ShopWatch,
    PubWatch,
    SchoolWatch,
    Cctv,
    Wardens,
    Taxi,
    Bus,
    Rail,
    Parking,
    Garage,
    NeighbourhoodWatch,
    HorseWatch,
    CardWatch,
    SecondHand,
    Other,
}

impl SchemeKind {
    /// Every kind, with its stored word and the words a page shows.
    pub const ALL: [(Self, &'static str, &'static str); 16] = [
        (Self::Bcrp, "bcrp", "Business crime reduction partnership"),
        (Self::ShopWatch, "shop_watch", "Shop Watch"),
        (Self::PubWatch, "pub_watch", "Pub Watch"),
        (Self::SchoolWatch, "school_watch", "School Watch"),
        (Self::Cctv, "cctv", "Town centre or local authority CCTV"),
        (Self::Wardens, "wardens", "Civic or neighbourhood wardens"),
        (Self::Taxi, "taxi", "Taxi and private hire"),
        (Self::Bus, "bus", "Bus company"),
        (Self::Rail, "rail", "Rail company"),
        (Self::Parking, "parking", "Parking wardens or car parks"),
        (Self::Garage, "garage", "Garages and service stations"),
        (Self::NeighbourhoodWatch, "neighbourhood_watch", "Neighbourhood Watch"),
        (Self::HorseWatch, "horse_watch", "Horse Watch"),
        (Self::CardWatch, "card_watch", "Card Watch"),
        (Self::SecondHand, "second_hand", "Pawnbrokers and second-hand dealers"),
        (Self::Other, "other", "Other recognised scheme"),
    ];

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(kind, _, _)| *kind)
    }

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _, _)| *kind == self).map_or("other", |(_, w, _)| w)
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _, _)| *kind == self).map_or("Other", |(_, _, t)| t)
    }
}

/// Where a person stands as a recipient for a scheme, at the time of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footing {
    /// Who.
    pub person: PersonId,
    /// For which scheme.
    pub scheme: SchemeId,
    /// Manager or member.
    pub role: Role,
    /// The account is suspended.
    pub person_suspended: bool,
    /// The scheme is suspended.
    pub scheme_suspended: bool,
    /// The last day of the vetting (policy I11); `None`: never vetted. Asked of managers only (K7.3).
    pub vetting_ends: Option<Day>,
    /// The first day of the information sharing agreement; `None`: it began before it was recorded.
    pub isa_starts: Option<Day>,
    /// The last day of the information sharing agreement (O2.1, O3.1.2); `None`: there is none.
    pub isa_ends: Option<Day>,
    /// The scheme has an approved manager whose vetting runs (K7.4).
    pub scheme_has_manager: bool,
    /// The version of the undertaking they signed last (K8.2.1); `None`: never.
    pub undertaking_signed: Option<u32>,
    /// The version in force.
    pub undertaking_current: u32,
}

/// Whether a document that ends on `last` (inclusive, UK days) still runs at `now`.
pub fn runs(last: Option<Day>, now: Moment) -> bool {
    last.is_some_and(|day| now < Moment::start_of(days_after(day, 1)))
}

impl Footing {
    /// What keeps this person from receiving or opening anything at `now`, apart from the undertaking. Empty: nothing.
    pub fn lapses(&self, now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        if self.person_suspended {
            why.push(Refusal::PersonSuspended);
        }
        if self.scheme_suspended {
            why.push(Refusal::SchemeSuspended);
        }
        if self.role == Role::Manager && !runs(self.vetting_ends, now) {
            why.push(Refusal::VettingLapsed { last: self.vetting_ends });
        }
        if self.isa_starts.is_some_and(|day| now < Moment::start_of(day)) {
            why.push(Refusal::AgreementLapsed { last: None });
        } else if !runs(self.isa_ends, now) {
            why.push(Refusal::AgreementLapsed { last: self.isa_ends });
        }
        why
    }

    /// What keeps this person from being *chosen* as a recipient at `now` (K7.4, K7.5, K8.2.1 excepted: they may sign later).
    pub fn ineligible(&self, now: Moment) -> Vec<Refusal> {
        let mut why = self.lapses(now);
        if self.role == Role::Member && self.scheme_has_manager {
            why.push(Refusal::SupplyGoesToManager);
        }
        why
    }

    /// Whether the undertaking in force is signed (K8.2.1).
    pub fn undertaking(&self) -> Result<(), Refusal> {
        if self.undertaking_signed == Some(self.undertaking_current) {
            Ok(())
        } else {
            Err(Refusal::UndertakingUnsigned { version: self.undertaking_current })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::parse_day;

    #[test]
    fn a_document_runs_to_the_last_millisecond_of_its_last_day_in_london() {
        let last = parse_day("2027-06-30");
        let end = Moment::start_of(parse_day("2027-07-01").unwrap());
        assert!(runs(last, end.plus_millis(-1)));
        assert!(!runs(last, end));
        assert!(!runs(None, end));
    }

    #[test]
    fn every_kind_reads_back() {
        for (kind, word, title) in SchemeKind::ALL {
            assert_eq!(SchemeKind::parse(word), Some(kind));
            assert_eq!((kind.word(), kind.title()), (word, title));
        }
    }

    #[test]
    fn only_the_undertaking_in_force_counts_as_signed() {
        let at = Moment::from_millis(1_795_262_400_000);
        let signed = |undertaking_signed| Footing {
            person: PersonId::fresh(at, [1; 10]),
            scheme: SchemeId::fresh(at, [2; 10]),
            role: Role::Member,
            person_suspended: false,
            scheme_suspended: false,
            vetting_ends: None,
            isa_starts: None,
            isa_ends: Some(at.day()),
            scheme_has_manager: false,
            undertaking_signed,
            undertaking_current: 2,
        };
        assert_eq!(signed(Some(2)).undertaking(), Ok(()));
        for old in [None, Some(1), Some(3)] {
            assert_eq!(signed(old).undertaking(), Err(Refusal::UndertakingUnsigned { version: 2 }));
        }
        // A member is not vetted (K7.3), and whoever waits for an agreement to begin is told that there is none yet.
        assert_eq!(signed(None).ineligible(at), []);
        let early = Footing { isa_starts: Some(days_after(at.day(), 1)), ..signed(None) };
        assert_eq!(early.lapses(at), [Refusal::AgreementLapsed { last: None }]);
        let beside_one = Footing { scheme_has_manager: true, ..signed(None) };
        assert_eq!(beside_one.ineligible(at), [Refusal::SupplyGoesToManager]);
        let unvetted = Footing { role: Role::Manager, ..beside_one };
        assert_eq!(unvetted.ineligible(at), [Refusal::VettingLapsed { last: None }]);
    }
}
