//! The table of acts a second time, written from DESIGN §3: for each act and thing the people it is for, and nobody else.
//!
//! Absent on purpose: acts added since without a row here; `docs/ACCESS.md` shows all of them.

use super::*;
use crate::moment::Moment;

/// Everybody, by one letter: the `o`fficer who asked, another here `H` and elsewhere `O`, aic `a`/elsewhere `A`, `r`eviewer, `i`nspector, `c`ommander, holder
/// `h` (a manager), `m`anager of the same scheme/of another `M`, mem`b`er, a`u`ditor, a`d`ministrator, the `p`ortal.
const PEOPLE: &str = "oOaAricHhmMbudp";

fn id(n: u8) -> PersonId {
    PersonId::fresh(Moment::from_millis(0), [n; 10])
}

fn area(n: u8) -> AreaId {
    AreaId::fresh(Moment::from_millis(0), [n; 10])
}

fn scheme(n: u8) -> SchemeId {
    SchemeId::fresh(Moment::from_millis(0), [n; 10])
}

fn somebody(letter: char) -> Actor {
    let of = |n, grant| Actor::Person { id: id(n), grants: vec![grant] };
    match letter {
        'o' => of(1, Grant::InArea(Role::Officer, area(1))),
        'O' => of(2, Grant::InArea(Role::Officer, area(2))),
        'a' => of(3, Grant::InArea(Role::Aic, area(1))),
        'A' => of(4, Grant::InArea(Role::Aic, area(2))),
        'r' => of(5, Grant::InArea(Role::Reviewer, area(1))),
        'i' => of(6, Grant::InArea(Role::Inspector, area(1))),
        'c' => of(7, Grant::InArea(Role::Commander, area(1))),
        'H' => of(14, Grant::InArea(Role::Officer, area(1))),
        'h' => of(8, Grant::InScheme(Role::Manager, scheme(1))),
        'm' => of(9, Grant::InScheme(Role::Manager, scheme(1))),
        'M' => of(10, Grant::InScheme(Role::Manager, scheme(2))),
        'b' => of(11, Grant::InScheme(Role::Member, scheme(1))),
        'u' => of(12, Grant::Force(Role::Auditor)),
        'd' => of(13, Grant::Force(Role::Administrator)),
        _ => Actor::Portal,
    }
}

#[test]
fn each_act_is_for_the_people_of_its_row_and_for_nobody_else() {
    let (place, force) = (Thing::Area(area(1)), Thing::Force);
    let draft = Thing::Draft { requested_by: id(1) };
    let release = Thing::Release { area: area(1), requested_by: id(1) };
    let copy = Thing::Copy { area: area(1), holder: id(8) };
    let group = Thing::Scheme { area: area(1), scheme: scheme(1) };
    let table = [
        (Act::Request, place, "oH"),
        (Act::SeeRetention, place, "aicu"),
        (Act::ProposeDisposal, place, "a"),
        (Act::AgreeDisposal, place, "aic"),
        (Act::KeepLegalHold, place, "aic"),
        (Act::SeeRelease, release, "oaricu"),
        (Act::SeeRelease, draft, "o"),
        (Act::Withdraw, release, "o"),
        (Act::Withdraw, draft, "o"),
        (Act::Represent, release, "oa"),
        (Act::RuleRepresentations, release, "c"),
        (Act::RuleOutcome, release, "ic"),
        (Act::Decide, release, "a"),
        (Act::Review, release, "r"),
        (Act::DecideReview, release, "aic"),
        (Act::Recall, release, "a"),
        (Act::OpenOriginal, release, "ar"),
        (Act::Hold, copy, "h"),
        (Act::SeeCopy, copy, "ahu"),
        (Act::SeeScheme, group, "ahmbud"),
        (Act::KeepRegister, group, "a"),
        (Act::KeepRegister, place, "a"),
        (Act::SeePapers, group, "ahmu"),
        (Act::Inspect, group, "au"),
        (Act::Inspect, place, "au"),
        (Act::SeeIssues, place, "aricu"),
        (Act::Invite, group, "ad"),
        (Act::Invite, place, "d"),
        (Act::Invite, force, "d"),
        (Act::Suspend, group, "ad"),
        (Act::Suspend, force, "d"),
        (Act::ChangeRoles, group, "a"),
        (Act::ChangeRoles, place, "d"),
        (Act::ChangeRoles, force, "d"),
        (Act::RenewKeys, place, "a"),
        (Act::RenewKeys, force, "d"),
        (Act::ReadLog, force, "u"),
        (Act::Administer, force, "d"),
        (Act::OpenDocument, release, "oaric"),
        (Act::SeeRules, force, "ud"),
        (Act::KeepDuties, release, "oa"),
        (Act::ReadAuthority, release, "aricu"),
        (Act::AnswerArea, place, "a"),
        // An act on a thing of another kind is nobody's.
        (Act::Hold, release, ""),
        (Act::Decide, draft, ""),
        (Act::OpenOriginal, copy, ""),
        (Act::Administer, place, ""),
        (Act::ReadLog, place, ""),
    ];
    for (act, thing, who) in table {
        for letter in PEOPLE.chars() {
            assert_eq!(may(&somebody(letter), act, thing), who.contains(letter), "{letter}: {act:?} of {thing:?}");
        }
    }
}
