//! The law a second time, written from the policy's rows and the documents and not from the code it judges: who may order what at
//! which stage ([`TABLE`]), which rules a release meets ([`unmet`]), and when it closes ([`closes`]).
//!
//! Absent on purpose: any call of the rules under test. It reads a case's fields, counts days by itself, and knows London's clocks
//! by the rule of the last Sundays.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate};

use super::domain::actor::{Actor, Grant, Role};
use super::domain::ids::PersonId;
use super::domain::moment::Moment;
use super::domain::release::grounds::GroundsKind;
use super::domain::release::material::Indication;
use super::domain::release::notice::Telling;
use super::domain::release::{Case, Question, Release, Ruling, Stage};
use super::domain::scheme::Footing;
use super::reviews;
use super::world::{Facts, WORDS};

/// Codes of refusals.
pub(super) type Codes = BTreeSet<&'static str>;

/// Whose business an order is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Who {
    /// Whoever asked for the release.
    Asked,
    /// Whoever holds this role in the release's area.
    Holds(Role),
}

/// One order: whose it is, when, what it makes of the release, what is recorded, and what somebody else is told.
pub(super) struct Row {
    pub(super) order: &'static str,
    pub(super) clause: &'static str,
    pub(super) whose: &'static [Who],
    pub(super) stages: &'static [&'static str],
    /// The next stage; `None`: it stays where it is.
    pub(super) next: Option<&'static str>,
    pub(super) recorded: &'static str,
    pub(super) others: &'static str,
}

const ASKED: &[Who] = &[Who::Asked];
const AIC: &[Who] = &[Who::Holds(Role::Aic)];
const ASKED_OR_AIC: &[Who] = &[Who::Asked, Who::Holds(Role::Aic)];
const COMMANDER: &[Who] = &[Who::Holds(Role::Commander)];
const REVIEWER: &[Who] = &[Who::Holds(Role::Reviewer)];
const DECIDER: &[Who] = &[Who::Holds(Role::Aic), Who::Holds(Role::Inspector), Who::Holds(Role::Commander)];
const INSPECTOR: &[Who] = &[Who::Holds(Role::Inspector), Who::Holds(Role::Commander)];

/// Every stage.
pub(super) const STAGES: [&str; 7] = ["draft", "requested", "returned", "closed", "live", "voided", "recalled"];

macro_rules! table {
    ($($order:literal $clause:literal: $whose:ident at [$($stage:literal)+] -> $next:expr, $recorded:literal, else $others:literal;)+) => {
        /// Every order.
        pub(super) const TABLE: &[Row] = &[$(Row {
            order: $order, clause: $clause, whose: $whose, stages: &[$($stage),+], next: $next, recorded: $recorded, others: $others,
        }),+];
    };
}

table! {
    "submit" "K7.7": ASKED at ["draft" "returned"] -> Some("requested"), "request", else "not-requester";
    "withdraw" "K6.4.1": ASKED at ["draft" "requested" "returned"] -> Some("closed"), "close", else "not-requester";
    "return" "K7.7.1": AIC at ["requested"] -> Some("returned"), "return", else "not-coordinator";
    "save" "K7.7.1": AIC at ["requested"] -> None, "consider", else "not-coordinator";
    "represent" "O3.2.3": ASKED_OR_AIC at ["requested" "returned"] -> None, "represent", else "not-coordinator";
    "rule on representations" "O3.2.3": COMMANDER at ["requested"] -> None, "rule", else "not-commander";
    "rule on the outcome" "O3.2.4": INSPECTOR at ["requested"] -> None, "rule", else "not-inspector";
    "tell" "O3.2.3": AIC at ["requested" "closed"] -> None, "tell", else "not-coordinator";
    "authorise" "K7.7.1": AIC at ["requested"] -> Some("live"), "authorise", else "not-coordinator";
    "refuse" "K7.7.1": AIC at ["requested"] -> Some("closed"), "close", else "not-coordinator";
    "void" "K8.3": AIC at ["live"] -> Some("voided"), "void", else "not-coordinator";
    "correct" "K8.7": AIC at ["live"] -> None, "correct", else "not-coordinator";
    "answer a report" "K8.7": AIC at ["live" "voided" "recalled"] -> None, "report.answer", else "not-coordinator";
    "recall" "K8.2": AIC at ["live"] -> Some("recalled"), "recall", else "not-coordinator";
    "save a review" "K7.9": REVIEWER at ["live"] -> None, "review.save", else "not-reviewer";
    "review" "K7.9": REVIEWER at ["live"] -> None, "review", else "not-reviewer";
    "continue" "K7.9": DECIDER at ["live"] -> Some("live"), "review.continue", else "not-coordinator";
    "shorten on review" "K7.9": DECIDER at ["live"] -> Some("live"), "limit.shorten", else "not-coordinator";
    "withdraw on review" "K7.9": DECIDER at ["live"] -> Some("recalled"), "recall", else "not-coordinator";
    "send a review back" "K7.9": DECIDER at ["live"] -> None, "review.return", else "not-coordinator";
    "shorten" "K7.8": AIC at ["live"] -> Some("live"), "limit.shorten", else "not-coordinator";
    "notice ended" "K7.8": ASKED_OR_AIC at ["live"] -> Some("live"), "notice.end", else "not-coordinator";
}

/// The orders about the limit of a live release.
pub(super) const LIMITS: [&str; 8] = [
    "save a review",
    "review",
    "continue",
    "shorten on review",
    "withdraw on review",
    "send a review back",
    "shorten",
    "notice ended",
];

/// The row of an order.
pub(super) fn row(order: &str) -> &'static Row {
    TABLE.iter().find(|row| row.order == order).unwrap()
}

pub(super) fn holds(actor: &Actor, role: Role, release: &Release) -> bool {
    actor.grants().contains(&Grant::InArea(role, release.area))
}

/// P10: a draft is its writer's alone; a request or release is for its officer, the ranks of its area, and the auditor.
fn sees(actor: &Actor, release: &Release) -> bool {
    let asked = actor.person() == Some(release.requested_by);
    let ranks = [Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander];
    let of_the_area = ranks.iter().any(|role| holds(actor, *role, release));
    let audits = actor.grants().contains(&Grant::Force(Role::Auditor));
    asked || (release.stage.word() != "draft" && (of_the_area || audits))
}

/// The codes of everything that keeps this order from being carried out; none: it is carried out.
pub(super) fn refusals(row: &Row, release: &Release, actor: &Actor, facts: &Facts, now: Moment) -> Codes {
    let theirs = row.whose.iter().any(|who| match who {
        Who::Asked => actor.person() == Some(release.requested_by),
        Who::Holds(role) => holds(actor, *role, release),
    });
    let Some(person) = actor.person().filter(|_| sees(actor, release)) else { return Codes::from(["not-found"]) };
    let (stage, own) = (release.stage.word(), person == release.requested_by);
    // A draft is nobody's business but its writer's, who can only send it or drop it.
    if !theirs || (stage == "draft" && !row.stages.contains(&stage)) {
        return Codes::from([row.others]);
    }
    // K7.7: nobody decides on what they asked for, here or in the area it came from; calling it back is no such decision.
    let asked_before = release.askers.contains(&person);
    if (own || asked_before) && !["submit", "withdraw", "represent", "recall", "notice ended"].contains(&row.order) {
        return Codes::from(["own-request"]);
    }
    // K7.8: at the limit there is nobody left to correct anything for.
    let run_out = release.stage.authority().is_some_and(|authority| now >= authority.until);
    if !row.stages.contains(&stage) || (row.order == "correct" && run_out) {
        return Codes::from(["wrong-stage"]);
    }
    if let (Stage::Live(authority), true) = (&release.stage, LIMITS.contains(&row.order)) {
        return reviews::refusals(row.order, release, authority, actor, facts, now);
    }
    let mut why = Codes::new();
    let decided = facts.decided.unwrap_or(0);
    let rules: &[(&'static str, bool)] = match row.order {
        "submit" => return asked(&facts.case),
        "authorise" => return unmet(&facts.case, release.requested_by, person, now),
        "save" => &[],
        "represent" => &[("representations-missing", facts.silent), ("received-future", facts.when > 0)],
        "rule on representations" | "rule on the outcome" => {
            &[("no-reason", facts.silent), ("nothing-to-rule", !facts.open)]
        }
        "tell" if facts.decided.is_none() => &[("nothing-to-tell", true)],
        // Forms have minutes: the minute of the decision itself counts.
        "tell" => &[("told-out-of-time", facts.when > 0 || facts.when < decided - 60_000)],
        "withdraw" => &[("no-reason", facts.silent && stage != "draft")],
        "void" => &[("no-reason", facts.silent), ("opened-already", facts.opened)],
        _ => &[("no-reason", facts.silent)],
    };
    why.extend(rules.iter().filter(|(_, broken)| *broken).map(|(code, _)| *code));
    why
}

/// What is wrong with words that would leave: the pool says so of each.
fn wording(c: &Case) -> Vec<&'static str> {
    WORDS.iter().find(|(words, _)| *words == c.words).map_or_else(Vec::new, |(_, codes)| codes.to_vec())
}

fn take(why: &mut Codes, rules: &[(&'static str, bool)]) {
    why.extend(rules.iter().filter(|(_, broken)| *broken).map(|(code, _)| *code));
}

/// What an officer answers for when they ask (K5, K6.2.2, K6.2.3, K8.3, K8.5).
fn asked(c: &Case) -> Codes {
    let (mut why, photo, source) = (Codes::new(), c.photographs > 0, &c.request.source);
    take(
        &mut why,
        &[
            ("not-custody", photo && !source.custody),
            ("not-justice", photo && !source.justice),
            ("no-image-reference", photo && source.reference.is_empty()),
            ("nothing-to-release", !photo && c.words.is_empty()),
            ("no-locality", c.request.locality.is_empty()),
            ("no-purpose", c.request.purposes.is_empty()),
            ("no-reason", c.request.reasons.is_empty()),
        ],
    );
    why.extend(wording(c).into_iter().filter(|code| *code != "conviction-like"));
    why
}

/// Every rule that this release, asked for by `asker`, would break if `by` authorised it at `now`.
pub(super) fn unmet(c: &Case, asker: PersonId, by: PersonId, now: Moment) -> Codes {
    let mut why = asked(c);
    let (photo, of, today) = (c.photographs > 0, &c.considered, london_day(now));
    let (m, g, risk, japan, out, rec) = (&of.material, &of.grounds, &of.risk, &of.japan, &of.outcome, &of.records);
    let unclear = match m.indication {
        None => true,
        Some(Indication::Likely) => false,
        Some(Indication::NoticeOffence) => of.notice.telling != Some(Telling::Served),
    };
    why.extend(wording(c).into_iter().filter(|code| *code != "conviction-like" || unclear));
    let documented = g.kind == Some(GroundsKind::Intelligence) && !g.words.is_empty() && !g.reference.is_empty();
    let past_only = g.kind == Some(GroundsKind::PastOnly);
    let days_old = g.dated.map(|day| (today - day).num_days());
    let assessed = [&risk.confidentiality, &risk.level, &risk.purpose, &risk.conditions, &risk.harm];
    let five = [&japan.justified, &japan.authorised, &japan.proportionate, &japan.auditable, &japan.necessary];
    let (unwanted, no_outcome) = (out.wanted != Some(true), out.positive == Some(false));
    let outcome = |one: &&Ruling| one.question == Question::NoPositiveOutcome && one.subject == c.subject;
    let ruled = c.rulings.iter().filter(outcome).max_by_key(|one| one.at);
    take(
        &mut why,
        &[
            ("not-custody", photo && !m.custody),
            ("not-justice", photo && (!m.justice || m.offence.is_empty())),
            ("no-image-reference", photo && m.reference.is_empty()),
            ("image-destruction-due", photo && m.destroy_on.is_some_and(|day| day <= today)),
            ("too-many-photographs", c.photographs > 6),
            ("name-not-justified", c.request.named && m.name_why.is_empty()),
            ("words-not-considered", m.subject != c.subject),
            ("conviction-in-instructions", of.recipients.instructions.as_str().contains("convicted")),
            ("no-legal-basis", g.basis.is_none()),
            ("registration-lapsed", c.registration_ends.is_none_or(|last| last < today)),
            ("past-conviction-alone", past_only),
            ("no-intelligence", (!documented && !past_only) || g.dated.is_none()),
            ("intelligence-future", days_old.is_some_and(|days| days < 0)),
            ("intelligence-stale", days_old.is_some_and(|days| days > 180)),
            ("no-prejudice", g.prejudice.is_empty()),
            ("risk-incomplete", risk.found.is_none() || assessed.iter().any(|one| one.is_empty())),
            ("no-risk-plan", risk.found == Some(true) && risk.plan.is_empty()),
            ("japan-incomplete", five.iter().any(|one| one.is_empty())),
            ("outcome-missing", out.positive.is_none()),
            ("no-positive-outcome", no_outcome && ruled.is_none()),
            ("outcome-ruled-against", no_outcome && ruled.is_some_and(|one| !one.disclose)),
            ("photograph-of-this-offence", no_outcome && photo && !out.other_offence),
            ("wanted-not-answered", out.wanted.is_none()),
            ("no-wanted-reference", !unwanted && out.c02.is_empty()),
            ("identification-not-answered", !unwanted && out.identification.is_none()),
            ("no-cps", !unwanted && out.identification == Some(true) && out.cps.is_empty()),
            ("no-kmip", rec.kmip.is_empty() || !rec.kmip_complete),
            ("kmip-not-attached", !rec.attached),
            ("no-athena", rec.athena.is_empty() || rec.athena_dated.is_none_or(|day| day > today)),
            ("own-request", by == asker),
            ("own-ruling", c.rulings.iter().any(|one| one.by == by)),
        ],
    );
    let latest = london_day(closes(now, rec.exclusion_ends).plus_millis(-1));
    why.extend(not_told(c, now));
    take(&mut why, &rec.close_on.map_or_else(Vec::new, |day| reviews::day_rules(Some(day), latest, now).to_vec()));
    why.extend(unfit_recipients(c, now));
    why
}

/// O3.2.3, O3.2.5: the person was told 72 hours ago or left out on record; what they said is decided, for disclosure, and told.
fn not_told(c: &Case, now: Moment) -> Codes {
    let (mut why, n) = (Codes::new(), &c.considered.notice);
    let recorded = !n.served_by.is_empty() && !n.how.is_empty() && !n.document.is_empty();
    let hours = n.served_at.filter(|_| recorded).map(|at| now.millis() - at.millis());
    let wanted = c.considered.outcome.wanted == Some(true);
    let (served, left_out) = (n.telling == Some(Telling::Served), n.telling == Some(Telling::LeftOut));
    take(
        &mut why,
        &[
            ("wanted-not-told", wanted && n.telling.is_none()),
            ("notice-not-served", (!wanted && n.telling.is_none()) || (served && hours.is_none())),
            ("notice-future", served && hours.is_some_and(|ms| ms < 0)),
            ("notice-running", served && hours.is_some_and(|ms| (0..72 * 60 * 60 * 1000).contains(&ms))),
            ("dispensation-incomplete", left_out && (n.left_out_by.is_empty() || n.left_out_why.is_empty())),
        ],
    );
    if let Some(newest) = c.represented {
        let after =
            |one: &&Ruling| one.question == Question::Representations && one.at > newest && one.subject == c.subject;
        let decided = c.rulings.iter().filter(after).max_by_key(|one| one.at);
        take(
            &mut why,
            &[
                ("representations", decided.is_none()),
                ("representations-upheld", decided.is_some_and(|one| !one.disclose)),
                ("result-not-told", decided.is_some_and(|one| one.disclose && one.told_at.is_none())),
            ],
        );
    }
    why
}

/// K6.2.1, K6.2.4, K7.3–7.6, O2.1: each named, each able to receive today, each with instructions; other areas consulted.
fn unfit_recipients(c: &Case, now: Moment) -> Codes {
    let (mut why, r, today) = (Codes::new(), &c.considered.recipients, london_day(now));
    let any = |unfit: &dyn Fn(&Footing) -> bool| c.recipients.iter().any(unfit);
    let manages = |one: &Footing| one.role == Role::Manager;
    let unasked = r.elsewhere.is_none() || (r.elsewhere == Some(true) && r.areas.is_empty());
    take(
        &mut why,
        &[
            ("no-recipients", c.recipients.is_empty()),
            ("too-many-recipients", c.recipients.len() > 500),
            ("recipient-gone", c.recipients_gone),
            ("person-suspended", any(&|one| one.person_suspended)),
            ("scheme-suspended", any(&|one| one.scheme_suspended)),
            ("vetting-lapsed", any(&|one| manages(one) && one.vetting_ends.is_none_or(|last| last < today))),
            ("agreement-lapsed", any(&|one| one.isa_ends.is_none_or(|last| last < today))),
            ("agreement-lapsed", any(&|one| one.isa_starts.is_some_and(|first| first > today))),
            ("goes-to-manager", any(&|one| one.role == Role::Member && one.scheme_has_manager)),
            ("originals-awaited", c.awaited),
            ("no-need", r.need.is_empty()),
            (
                "no-instructions",
                r.instructions.is_empty() && any(&|one| manages(one) && !c.member_schemes.contains(&one.scheme)),
            ),
            ("member-gone", c.members_gone),
            (
                "members-unmanaged",
                c.member_schemes.iter().any(|scheme| !any(&|one| manages(one) && one.scheme == *scheme)),
            ),
            ("elsewhere-not-answered", unasked),
            ("area-not-consulted", r.elsewhere == Some(true) && r.areas.iter().any(|one| !c.consulted.contains(one))),
        ],
    );
    why
}

/// The last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> NaiveDate {
    let end = NaiveDate::from_ymd_opt(year, month, 31).unwrap();
    end - Days::new(u64::from(end.weekday().num_days_from_sunday()))
}

/// 00:00 in London at the start of `day`: an hour early from the morning after the last Sunday of March to the last Sunday of October.
pub(super) fn midnight(day: NaiveDate) -> Moment {
    let summer = day > last_sunday(day.year(), 3) && day <= last_sunday(day.year(), 10);
    let utc = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
    Moment::from_millis(utc - if summer { 3_600_000 } else { 0 })
}

/// The day in London.
pub(super) fn london_day(now: Moment) -> NaiveDate {
    let utc = DateTime::from_timestamp_millis(now.millis()).unwrap().date_naive();
    let next = utc + Days::new(1);
    if midnight(next) <= now { next } else { utc }
}

/// The limit of an authority given now, with the earlier day that was chosen.
pub(super) fn authorised_until(c: &Case, now: Moment) -> Moment {
    let rec = &c.considered.records;
    rec.close_on.map_or_else(|| closes(now, rec.exclusion_ends), |day| midnight(day + Days::new(1)))
}

/// K7.8: 60 days from authority; with an exclusion notice in force until the day after its end, at most 120 days, at least 60.
pub(super) fn closes(authority: Moment, notice_ends: Option<NaiveDate>) -> Moment {
    let day = london_day(authority);
    let (sixty, most) = (day + Days::new(60), day + Days::new(120));
    midnight(match notice_ends {
        Some(end) if end >= most => most,
        Some(end) if end >= sixty => end + Days::new(1),
        _ => sixty,
    })
}
