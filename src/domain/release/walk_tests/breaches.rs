//! The ways in which a case can be broken, one for each rule of a lawful release.
//!
//! Promise: each row of [`BREACHES`] breaks one rule of a plain case and no other. Absent on purpose: rules of the person who
//! authorises, which are no facts of a case (`law.rs`).

use super::domain::actor::Role;
use super::domain::moment::{Moment, days_after};
use super::domain::release::grounds::GroundsKind;
use super::domain::release::material::Indication;
use super::domain::release::notice::Telling;
use super::domain::release::{Case, Question, Ruling};
use super::domain::scheme::Footing;
use super::world::{footing, line, other_area, own_area, prose, ruling, says, told};

/// A way to break one rule of a case.
pub(super) struct Breach {
    /// The rule, in REQUIREMENTS' words.
    pub(super) rule: &'static str,
    /// The code of the refusal that names it.
    pub(super) code: &'static str,
    /// How.
    pub(super) breaks: fn(&mut Case, Moment),
}

macro_rules! breaches {
    ($($rule:literal => $code:literal: |$case:ident, $now:pat_param| $how:expr;)+) => {
        /// Every rule of a lawful release, broken at its edge.
        pub(super) const BREACHES: &[Breach] =
            &[$(Breach { rule: $rule, code: $code, breaks: |$case, $now| { $how; } }),+];
    };
}

breaches! {
    "the photograph is a custody photograph: the officer says so" => "not-custody": |c, _| c.request.source.custody = false;
    "the co-ordinator says so too" => "not-custody": |c, _| c.considered.material.custody = false;
    "the person was brought to justice or cautioned: the officer says so" => "not-justice": |c, _| c.request.source.justice = false;
    "the co-ordinator says so too" => "not-justice": |c, _| c.considered.material.justice = false;
    "the offence of it is named" => "not-justice": |c, _| c.considered.material.offence = line("");
    "the photograph's reference, from the officer" => "no-image-reference": |c, _| c.request.source.reference = line("");
    "the same from the co-ordinator" => "no-image-reference": |c, _| c.considered.material.reference = line("");
    "a limit that was chosen is not past" => "limit-past": |c, now| c.considered.records.close_on = Some(days_after(now.day(), -1));
    "it is not later than the formula" => "limit-later": |c, now| c.considered.records.close_on = Some(days_after(now.day(), 60));
    "destruction of the photograph is not due" => "image-destruction-due": |c, now| c.considered.material.destroy_on = Some(now.day());
    "at most six photographs" => "too-many-photographs": |c, _| c.photographs = 7;
    "at most five hundred recipients" => "too-many-recipients": |c, now| c.recipients = vec![footing(Role::Manager, 8, now); 501];
    "there is something to release" => "nothing-to-release": |c, _| { c.photographs = 0; says_considered(c, 5) };
    "the words that leave are those considered" => "words-not-considered": |c, _| c.subject.push('x');
    "wording like a conviction is explained" => "conviction-like": |c, _| { says_considered(c, 1); c.considered.material.indication = None };
    "the notice's own offence needs a notice" => "conviction-like": |c, _| { says_considered(c, 1); c.considered.material.indication = Some(Indication::NoticeOffence); (c.considered.notice.telling, c.considered.notice.left_out_by, c.considered.notice.left_out_why) = (Some(Telling::LeftOut), line("DI One"), told()) };
    "instructions say nothing like a conviction" => "conviction-in-instructions": |c, _| c.considered.recipients.instructions = prose("He was convicted of burglary.");
    "no address" => "address": |c, _| says_considered(c, 2);
    "no postcode" => "address": |c, _| says_considered(c, 3);
    "nothing from the PNC" => "pnc": |c, _| says_considered(c, 4);
    "a name is justified" => "name-not-justified": |c, _| { c.request.named = true; c.considered.material.name_why = prose("") };
    "a locality" => "no-locality": |c, _| c.request.locality = line("");
    "a purpose" => "no-purpose": |c, _| c.request.purposes.clear();
    "why it is asked for" => "no-reason": |c, _| c.request.reasons = prose("");
    "a legal basis" => "no-legal-basis": |c, _| c.considered.grounds.basis = None;
    "the force's registration runs" => "registration-lapsed": |c, now| c.registration_ends = Some(days_after(now.day(), -1));
    "it is on record" => "registration-lapsed": |c, _| c.registration_ends = None;
    "the grounds are current intelligence" => "no-intelligence": |c, _| c.considered.grounds.kind = None;
    "the grounds are more than a past caution or conviction" => "past-conviction-alone": |c, _| c.considered.grounds.kind = Some(GroundsKind::PastOnly);
    "in words" => "no-intelligence": |c, _| c.considered.grounds.words = prose("");
    "by reference" => "no-intelligence": |c, _| c.considered.grounds.reference = line("");
    "with its date" => "no-intelligence": |c, _| c.considered.grounds.dated = None;
    "the intelligence is not of the future" => "intelligence-future": |c, now| c.considered.grounds.dated = Some(days_after(now.day(), 1));
    "the intelligence is at most 180 days old" => "intelligence-stale": |c, now| c.considered.grounds.dated = Some(days_after(now.day(), -181));
    "what silence would prejudice" => "no-prejudice": |c, _| c.considered.grounds.prejudice = prose("");
    "risk: confidentiality" => "risk-incomplete": |c, _| c.considered.risk.confidentiality = prose("");
    "risk: level" => "risk-incomplete": |c, _| c.considered.risk.level = prose("");
    "risk: purpose" => "risk-incomplete": |c, _| c.considered.risk.purpose = prose("");
    "risk: special conditions" => "risk-incomplete": |c, _| c.considered.risk.conditions = prose("");
    "risk: harm to the person" => "risk-incomplete": |c, _| c.considered.risk.harm = prose("");
    "whether a risk was found" => "risk-incomplete": |c, _| c.considered.risk.found = None;
    "a plan for a risk found" => "no-risk-plan": |c, _| { c.considered.risk.found = Some(true); c.considered.risk.plan = prose("") };
    "JAPAN: justified" => "japan-incomplete": |c, _| c.considered.japan.justified = prose("");
    "JAPAN: authorised" => "japan-incomplete": |c, _| c.considered.japan.authorised = prose("");
    "JAPAN: proportionate" => "japan-incomplete": |c, _| c.considered.japan.proportionate = prose("");
    "JAPAN: auditable" => "japan-incomplete": |c, _| c.considered.japan.auditable = prose("");
    "JAPAN: necessary" => "japan-incomplete": |c, _| c.considered.japan.necessary = prose("");
    "how the case ended" => "outcome-missing": |c, _| c.considered.outcome.positive = None;
    "without a positive outcome an inspector decided" => "no-positive-outcome": |c, _| { no_outcome(c); c.rulings.retain(|one| one.question != Question::NoPositiveOutcome) };
    "on what would leave now" => "no-positive-outcome": |c, now| { no_outcome(c); c.rulings = vec![Ruling { subject: "before".into(), ..ruling(c, Question::NoPositiveOutcome, now) }] };
    "the inspector decided to disclose" => "outcome-ruled-against": |c, now| { no_outcome(c); c.rulings.push(Ruling { disclose: false, ..ruling(c, Question::NoPositiveOutcome, now) }) };
    "without a positive outcome a photograph is of another offence" => "photograph-of-this-offence": |c, now| { no_outcome(c); c.considered.outcome.other_offence = false; c.rulings.push(ruling(c, Question::NoPositiveOutcome, now)) };
    "whether the person is wanted" => "wanted-not-answered": |c, _| c.considered.outcome.wanted = None;
    "a wanted person has a reference under C02" => "no-wanted-reference": |c, _| { wanted(c); c.considered.outcome.c02 = line("") };
    "of a wanted person, whether identification is an issue" => "identification-not-answered": |c, _| { wanted(c); c.considered.outcome.identification = None };
    "where identification is an issue the CPS was consulted" => "no-cps": |c, _| { wanted(c); c.considered.outcome.identification = Some(true); c.considered.outcome.cps = line("") };
    "a wanted person is told, or left out on record" => "wanted-not-told": |c, _| { wanted(c); c.considered.notice.telling = None };
    "the person was told" => "notice-not-served": |c, _| c.considered.notice.telling = None;
    "when" => "notice-not-served": |c, now| { served_at(c, now.plus_millis(-72 * 3_600_000)); c.considered.notice.served_at = None };
    "by whom" => "notice-not-served": |c, now| { served_at(c, now.plus_millis(-72 * 3_600_000)); c.considered.notice.served_by = line("") };
    "how" => "notice-not-served": |c, now| { served_at(c, now.plus_millis(-72 * 3_600_000)); c.considered.notice.how = line("") };
    "the document is kept" => "notice-not-served": |c, now| { served_at(c, now.plus_millis(-72 * 3_600_000)); c.considered.notice.document = line("") };
    "the notice is not of the future" => "notice-future": |c, now| served_at(c, now.plus_millis(1));
    "the notice is not of just now" => "notice-running": |c, now| served_at(c, now);
    "the notice is 72 hours old to the millisecond" => "notice-running": |c, now| served_at(c, now.plus_millis(1 - 72 * 3_600_000));
    "leaving the notice out: who decided" => "dispensation-incomplete": |c, _| { c.considered.notice.telling = Some(Telling::LeftOut); c.considered.notice.left_out_why = told(); c.considered.notice.left_out_by = line("") };
    "and why" => "dispensation-incomplete": |c, _| { c.considered.notice.telling = Some(Telling::LeftOut); c.considered.notice.left_out_by = line("DI One"); c.considered.notice.left_out_why = prose("") };
    "representations are decided" => "representations": |c, now| { c.represented = Some(now); c.rulings.retain(|one| one.question != Question::Representations) };
    "it is about what would leave now" => "representations": |c, now| { c.represented = Some(now.plus_millis(-3)); c.rulings = vec![Ruling { subject: "before".into(), ..ruling(c, Question::Representations, now) }] };
    "the decision is after the newest of them" => "representations": |c, now| { represented(c, now); c.represented = Some(now.plus_millis(-2)) };
    "representations were decided for disclosure" => "representations-upheld": |c, now| { represented(c, now); c.rulings.push(Ruling { disclose: false, ..ruling(c, Question::Representations, now) }) };
    "the person was told the result" => "result-not-told": |c, now| { represented(c, now); c.rulings.push(Ruling { told_at: None, ..ruling(c, Question::Representations, now) }) };
    "recipients are named" => "no-recipients": |c, _| c.recipients.clear();
    "those named still receive" => "recipient-gone": |c, _| c.recipients_gone = true;
    "no recipient is suspended" => "person-suspended": |c, _| each(c, |one| one.person_suspended = true);
    "no scheme is suspended" => "scheme-suspended": |c, _| each(c, |one| one.scheme_suspended = true);
    "a manager's vetting runs" => "vetting-lapsed": |c, now| { each(c, manager); c.considered.recipients.instructions = told(); for one in &mut c.recipients { one.vetting_ends = Some(days_after(now.day(), -1)) } };
    "it is on record" => "vetting-lapsed": |c, _| { each(c, manager); c.considered.recipients.instructions = told(); each(c, |one| one.vetting_ends = None) };
    "the information sharing agreement runs" => "agreement-lapsed": |c, now| for one in &mut c.recipients { one.isa_ends = Some(days_after(now.day(), -1)) };
    "it has begun" => "agreement-lapsed": |c, now| for one in &mut c.recipients { one.isa_starts = Some(days_after(now.day(), 1)) };
    "it is on record" => "agreement-lapsed": |c, _| each(c, |one| one.isa_ends = None);
    "where there is a manager, the supply goes to the manager" => "goes-to-manager": |c, now| { let mut one = footing(Role::Member, 9, now); one.scheme_has_manager = true; c.recipients.push(one) };
    "all that follows another area's release is here" => "originals-awaited": |c, _| c.awaited = true;
    "why they need to know" => "no-need": |c, _| c.considered.recipients.need = prose("");
    "a manager's instructions, or members" => "no-instructions": |c, now| { c.recipients.push(footing(Role::Manager, 9, now)); c.considered.recipients.instructions = prose(""); c.considered.recipients.members.clear() };
    "each manager's own" => "no-instructions": |c, now| { c.recipients = vec![footing(Role::Manager, 8, now), footing(Role::Manager, 9, now)]; c.considered.recipients.instructions = prose(""); c.member_schemes = vec![footing(Role::Manager, 8, now).scheme] };
    "members who are in the register" => "member-gone": |c, _| c.members_gone = true;
    "members have their own manager among the recipients" => "members-unmanaged": |c, now| c.member_schemes = vec![footing(Role::Manager, 99, now).scheme];
    "whether the person is active elsewhere" => "elsewhere-not-answered": |c, _| c.considered.recipients.elsewhere = None;
    "if so, where" => "elsewhere-not-answered": |c, _| { c.considered.recipients.elsewhere = Some(true); c.considered.recipients.areas.clear() };
    "the other area was consulted" => "area-not-consulted": |c, _| { c.considered.recipients.elsewhere = Some(true); c.considered.recipients.areas = vec![own_area(), other_area()]; c.consulted = vec![own_area()] };
    "the K-MIP record" => "no-kmip": |c, _| c.considered.records.kmip = line("");
    "it is complete" => "no-kmip": |c, _| c.considered.records.kmip_complete = false;
    "the K-MIP record is attached to the Athena record" => "kmip-not-attached": |c, _| c.considered.records.attached = false;
    "the Genesis/Athena reference" => "no-athena": |c, _| c.considered.records.athena = line("");
    "its date" => "no-athena": |c, _| c.considered.records.athena_dated = None;
    "that date is not of the future" => "no-athena": |c, now| c.considered.records.athena_dated = Some(days_after(now.day(), 1));
}

fn says_considered(c: &mut Case, index: usize) {
    says(c, index);
    c.considered.material.subject.clone_from(&c.subject);
}

fn no_outcome(c: &mut Case) {
    (c.considered.outcome.positive, c.considered.outcome.other_offence) = (Some(false), true);
}

fn wanted(c: &mut Case) {
    (c.considered.outcome.wanted, c.considered.outcome.identification) = (Some(true), Some(false));
    c.considered.outcome.c02 = line("C02/1");
}

fn served_at(c: &mut Case, at: Moment) {
    (c.considered.notice.telling, c.considered.notice.served_at) = (Some(Telling::Served), Some(at));
    (c.considered.notice.served_by, c.considered.notice.how) = (line("PC 1"), line("By hand"));
    c.considered.notice.document = line("DOC/1");
}

/// Representations that were decided an instant before `now`, and told.
fn represented(c: &mut Case, now: Moment) {
    c.represented = Some(now.plus_millis(-3));
    c.rulings.push(ruling(c, Question::Representations, now));
}

fn each(c: &mut Case, change: fn(&mut Footing)) {
    c.recipients.iter_mut().for_each(change);
}

fn manager(one: &mut Footing) {
    one.role = Role::Manager;
}
