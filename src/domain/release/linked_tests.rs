//! K7.6, K7.7: a release that follows another area's is its own area's alone; whoever asked, in the other area, gives no order.

use super::*;

fn linked(stage: Stage) -> Release {
    let origin = Some(ReleaseId::fresh(now(), [9; 10]));
    Release { origin, ..release(stage) }
}

fn live() -> Stage {
    let (urn, at) = (case().urn.to_string(), now());
    Stage::Live(Authority { by: person(2), at, urn, until: at.plus_millis(1_000_000) })
}

fn told(done: Result<Decision, Vec<Refusal>>) -> Vec<&'static str> {
    done.err().unwrap_or_default().iter().map(Refusal::code).collect()
}

#[test]
fn whoever_asked_in_the_other_area_gives_no_order_here_and_learns_nothing() {
    let there = AreaId::fresh(now(), [8; 10]);
    for role in [Role::Aic, Role::Officer, Role::Commander] {
        let asked = Actor::Person { id: person(1), grants: vec![Grant::InArea(role, there)] };
        for stage in [Stage::Requested, live()] {
            let reason = prose("x");
            let orders = [
                Order::Return { reason: reason.clone() },
                Order::Save(Part::Grounds),
                Order::Represent { received_at: now(), words: reason.clone() },
                Order::Rule {
                    question: Question::Representations,
                    disclose: true,
                    reasons: reason.clone(),
                    open: true,
                },
                Order::Tell { told_at: now(), decided_at: Some(now()) },
                Order::Authorise(Box::new(case())),
                Order::Refuse { reason: reason.clone() },
                Order::Withdraw { reason: reason.clone() },
                Order::Void { reason: reason.clone(), opened: false },
                Order::Recall { reason },
            ];
            for order in orders {
                let what = format!("{role:?} {order:?}");
                assert_eq!(told(linked(stage.clone()).decide(order, &asked, now())), ["not-found"], "{what}");
            }
        }
    }
}

#[test]
fn its_own_coordinator_decides_it_and_sends_it_back_to_nobody() {
    let aic = actor(2, Role::Aic);
    let request = || linked(Stage::Requested);
    assert_eq!(told(request().decide(Order::Authorise(Box::new(case())), &aic, now())), Vec::<&str>::new());
    let reason = prose("x");
    assert_eq!(told(request().decide(Order::Return { reason }, &aic, now())), ["linked-not-returned"]);
    let awaited = Case { awaited: true, ..case() };
    assert_eq!(told(request().decide(Order::Authorise(Box::new(awaited)), &aic, now())), ["originals-awaited"]);
    // A co-ordinator of both areas who asked here does not authorise there.
    let both = actor(1, Role::Aic);
    assert_eq!(told(request().decide(Order::Authorise(Box::new(case())), &both, now())), ["own-request"]);
}

#[test]
fn whoever_asked_first_decides_it_nowhere_however_far_it_went() {
    let first =
        |askers: &[u8]| Release { askers: askers.iter().map(|n| person(*n)).collect(), ..linked(Stage::Requested) };
    let authorise = || Order::Authorise(Box::new(case()));
    // Asked for two areas away: an officer there, a co-ordinator here.
    for askers in [&[6][..], &[5, 6]] {
        let by = actor(6, Role::Aic);
        for order in [authorise(), Order::Save(Part::Grounds), Order::Refuse { reason: prose("x") }] {
            assert_eq!(told(first(askers).decide(order, &by, now())), ["own-request"], "{askers:?}");
        }
        assert!(first(askers).asked_by(&by));
    }
    assert_eq!(told(first(&[5]).decide(authorise(), &actor(6, Role::Aic), now())), Vec::<&str>::new());
    assert!(!first(&[5]).asked_by(&actor(6, Role::Aic)));
}
