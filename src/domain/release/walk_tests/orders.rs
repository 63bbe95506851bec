//! Each order of the table in `law.rs`, made out of a set of facts.

use super::domain::moment::{Moment, days_after};
use super::domain::numbers::Numbers;
use super::domain::release::correction::{Correction, ReportAnswer, ReportOutcome};
use super::domain::release::order::Submission;
use super::domain::release::review::{NoticeEnd, ReviewOutcome, ReviewPart, Shortening};
use super::domain::release::{Case, Order, Question};
use super::world::{Facts, line, prose};

/// The order of this word (a row of the table in `law.rs`) with these facts.
pub(super) fn order(word: &str, facts: &Facts, now: Moment) -> Order {
    let reason = prose(if facts.silent { "" } else { "Because." });
    let at = now.plus_millis(facts.when);
    let rule = |question, reasons| Order::Rule { question, disclose: facts.disclose, reasons, open: facts.open };
    match word {
        "submit" => {
            let Case { request, words, photographs, .. } = facts.case.clone();
            Order::Submit(Box::new(Submission { request, words, photographs }))
        }
        "return" => Order::Return { reason },
        "save" => Order::Save(facts.part),
        "represent" => Order::Represent { received_at: at, words: reason },
        "rule on representations" => rule(Question::Representations, reason),
        "rule on the outcome" => rule(Question::NoPositiveOutcome, reason),
        "tell" => Order::Tell { told_at: at, decided_at: facts.decided.map(|ms| now.plus_millis(ms)) },
        "authorise" => Order::Authorise(Box::new(facts.case.clone())),
        "refuse" => Order::Refuse { reason },
        "withdraw" => Order::Withdraw { reason },
        "void" => Order::Void { reason, opened: facts.opened },
        "recall" => Order::Recall { reason },
        "save a review" => Order::SaveReview(ReviewPart::Grounds),
        "review" => Order::Review(Box::new(facts.verdict.of.clone())),
        "continue" => facts.conclude(ReviewOutcome::Continue, reason, now),
        "shorten on review" => facts.conclude(ReviewOutcome::Shorten, reason, now),
        "withdraw on review" => facts.conclude(ReviewOutcome::Withdraw, reason, now),
        "send a review back" => facts.conclude(ReviewOutcome::Again, reason, now),
        "shorten" => Order::Shorten(Box::new(Shortening { close_on: facts.day(now), reason })),
        "notice ended" => Order::NoticeEnded(Box::new(NoticeEnd {
            ended: facts.day(now),
            on_record: facts.on_record.map(|days| days_after(now.day(), days)),
            counted_from: facts.counted(now),
            numbers: Numbers::shipped(),
        })),
        "correct" => Order::Correct(Box::new(Correction {
            revision: 2,
            words: "Suspected of thefts from pharmacies.\n".into(),
            name: line(""),
            name_why: prose(""),
            indication: None,
            noticed: true,
            instructions_lost: false,
            changed: prose("The kind of shop"),
            reason,
            same: false,
        })),
        "answer a report" => Order::AnswerReport(Box::new(ReportAnswer {
            report: "1".into(),
            outcome: Some(ReportOutcome::Unchanged),
            reason,
            answer: prose("The words are right as they are."),
            answered: false,
            corrected_since: false,
            recalled: false,
        })),
        _ => panic!("no order is called {word}"),
    }
}
