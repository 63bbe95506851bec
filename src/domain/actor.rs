//! Who is asking, and what they answer for.

use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, PersonId, SchemeId};

/// A role's word, in code, in `--json` and in the store (DESIGN §3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Requests a release, follows it, prosecutes with it.
    Officer,
    /// Area Intelligence Co-ordinator: decides, authorises, numbers, recalls.
    Aic,
    /// Reassesses (form 3796); never authorises.
    Reviewer,
    /// Decides where there is no positive outcome (O3.2.4).
    Inspector,
    /// District commander: decides on representations (O3.2.3).
    Commander,
    /// A scheme's approved manager (K7.3).
    Manager,
    /// A scheme's member, where it has no manager (K7.5).
    Member,
    /// The Force Data Protection Unit: logs and registers, never a picture.
    Auditor,
    /// Accounts, areas, settings; never a case, never a picture.
    Administrator,
}

impl Role {
    /// Every role, in the order pages show them.
    pub const ALL: [Self; 9] = [
        Self::Officer,
        Self::Aic,
        Self::Reviewer,
        Self::Inspector,
        Self::Commander,
        Self::Manager,
        Self::Member,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Aic => "aic",
            Self::Reviewer => "reviewer",
            Self::Inspector => "inspector",
            Self::Commander => "commander",
            Self::Manager => "manager",
            Self::Member => "member",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        match self {
            Self::Officer => "Officer",
            Self::Aic => "Area Intelligence Co-ordinator",
            Self::Reviewer => "Reviewing officer",
            Self::Inspector => "Inspector",
            Self::Commander => "District commander",
            Self::Manager => "Scheme manager",
            Self::Member => "Scheme member",
            Self::Auditor => "Data protection auditor",
            Self::Administrator => "Administrator",
        }
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A role and what it is held for. A person may hold several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grant {
    /// A police role in one area.
    InArea(Role, AreaId),
    /// A partner's role in one scheme.
    InScheme(Role, SchemeId),
    /// A role over the whole force: auditor or administrator.
    Force(Role),
}

impl Grant {
    /// Joins a stored role with its place; `None` where they do not belong together.
    pub fn join(role: Role, area: Option<AreaId>, scheme: Option<SchemeId>) -> Option<Self> {
        match (role, area, scheme) {
            (Role::Manager | Role::Member, None, Some(scheme)) => Some(Self::InScheme(role, scheme)),
            (Role::Auditor | Role::Administrator, None, None) => Some(Self::Force(role)),
            (Role::Officer | Role::Aic | Role::Reviewer | Role::Inspector | Role::Commander, Some(area), None) => {
                Some(Self::InArea(role, area))
            }
            _ => None,
        }
    }

    /// Whether one person may hold both. Police roles go together, in the same area or in several; roles of different schemes go
    /// together; a role over the whole force stands alone. So nobody audits themself, nobody releases to themself, and an
    /// administrator never reaches a case (K7.7).
    pub fn goes_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::InArea(..), Self::InArea(..)) => true,
            (Self::InScheme(_, one), Self::InScheme(_, another)) => one != another,
            _ => false,
        }
    }

    /// The role alone.
    pub fn role(self) -> Role {
        match self {
            Self::InArea(role, _) | Self::InScheme(role, _) | Self::Force(role) => role,
        }
    }
}

/// Who acts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// A signed-in person with the roles they hold now.
    Person {
        /// Who.
        id: PersonId,
        /// What they answer for.
        grants: Vec<Grant>,
    },
    /// The portal itself, writing down what the clock already decided.
    Portal,
}

impl Actor {
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Portal => None,
        }
    }

    /// The roles held, once each.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<Role> = self.grants().iter().map(|grant| grant.role()).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// What they answer for.
    pub fn grants(&self) -> &[Grant] {
        match self {
            Self::Person { grants, .. } => grants,
            Self::Portal => &[],
        }
    }

    /// Whether they hold `role` anywhere.
    pub fn is(&self, role: Role) -> bool {
        self.grants().iter().any(|grant| grant.role() == role)
    }

    /// Whether they hold `role` in `area`.
    pub fn is_in(&self, role: Role, area: AreaId) -> bool {
        self.grants().contains(&Grant::InArea(role, area))
    }

    /// The areas in which they hold any police role.
    pub fn areas(&self) -> Vec<AreaId> {
        let mut areas: Vec<AreaId> = self
            .grants()
            .iter()
            .filter_map(|grant| match grant {
                Grant::InArea(_, area) => Some(*area),
                _ => None,
            })
            .collect();
        areas.sort_unstable();
        areas.dedup();
        areas
    }

    /// The schemes they hold a role in.
    pub fn schemes(&self) -> Vec<SchemeId> {
        self.grants()
            .iter()
            .filter_map(|grant| match grant {
                Grant::InScheme(_, scheme) => Some(*scheme),
                _ => None,
            })
            .collect()
    }

    /// The word the log keeps: `person/<id>` or `portal`.
    pub fn word(&self) -> String {
        match self {
            Self::Person { id, .. } => format!("person/{id}"),
            Self::Portal => "portal".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    #[test]
    fn a_role_over_the_force_stands_alone_and_police_and_partners_do_not_mix() {
        let at = Moment::from_millis(0);
        let (area, scheme, other) =
            (AreaId::fresh(at, [1; 10]), SchemeId::fresh(at, [2; 10]), SchemeId::fresh(at, [3; 10]));
        let (officer, aic) = (Grant::InArea(Role::Officer, area), Grant::InArea(Role::Aic, area));
        let (manager, elsewhere) = (Grant::InScheme(Role::Manager, scheme), Grant::InScheme(Role::Manager, other));
        assert!(officer.goes_with(aic) && manager.goes_with(elsewhere));
        assert!(!manager.goes_with(Grant::InScheme(Role::Member, scheme)));
        assert!(!aic.goes_with(manager) && !manager.goes_with(officer));
        for force in [Role::Auditor, Role::Administrator].map(Grant::Force) {
            for any in [officer, aic, manager, Grant::Force(Role::Auditor)] {
                assert!(!force.goes_with(any) && !any.goes_with(force));
            }
        }
    }

    #[test]
    fn words_of_roles_are_pinned_and_read_back() {
        let words =
            ["officer", "aic", "reviewer", "inspector", "commander", "manager", "member", "auditor", "administrator"];
        assert_eq!(Role::ALL.map(Role::word), words);
        for role in Role::ALL {
            assert_eq!(Role::parse(role.word()), Some(role));
        }
        assert_eq!(Role::parse("chief"), None);
        let titles = [
            "Officer",
            "Area Intelligence Co-ordinator",
            "Reviewing officer",
            "Inspector",
            "District commander",
            "Scheme manager",
            "Scheme member",
            "Data protection auditor",
            "Administrator",
        ];
        assert_eq!(Role::ALL.map(Role::title), titles);
    }

    #[test]
    fn a_role_is_held_only_where_it_belongs_and_a_person_is_the_sum_of_their_roles() {
        let at = Moment::from_millis(0);
        let (area, other, scheme) =
            (AreaId::fresh(at, [1; 10]), AreaId::fresh(at, [2; 10]), SchemeId::fresh(at, [3; 10]));
        for role in Role::ALL {
            let in_area = Grant::join(role, Some(area), None);
            let in_scheme = Grant::join(role, None, Some(scheme));
            let force = Grant::join(role, None, None);
            let held = [in_area, in_scheme, force];
            assert_eq!(held.iter().flatten().count(), 1, "{role:?}");
            assert_eq!(in_scheme.is_some(), matches!(role, Role::Manager | Role::Member));
            assert_eq!(force.is_some(), matches!(role, Role::Auditor | Role::Administrator));
            assert_eq!(held.into_iter().flatten().next().unwrap().role(), role);
            assert_eq!(Grant::join(role, Some(area), Some(scheme)), None);
        }
        let id = PersonId::fresh(at, [4; 10]);
        let grants = vec![
            Grant::InArea(Role::Aic, other),
            Grant::InArea(Role::Officer, area),
            Grant::InArea(Role::Aic, area),
            Grant::InScheme(Role::Manager, scheme),
        ];
        let by = Actor::Person { id, grants: grants.clone() };
        assert_eq!((by.person(), by.grants()), (Some(id), grants.as_slice()));
        assert_eq!(by.roles(), [Role::Officer, Role::Aic, Role::Manager]);
        assert_eq!((by.areas(), by.schemes()), (vec![area, other], vec![scheme]));
        assert!(by.is(Role::Aic) && !by.is(Role::Member));
        assert!(by.is_in(Role::Officer, area) && !by.is_in(Role::Officer, other));
        assert_eq!(by.word(), format!("person/{id}"));
        assert_eq!((Actor::Portal.person(), Actor::Portal.word().as_str()), (None, "portal"));
    }
}
