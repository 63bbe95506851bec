//! Sections of the first page about what is outside: reviews, copies that are not accounted for, inspections, messages, jobs.

use super::{Brief, Section, link, plain};
use crate::actions::demands;
use crate::actions::home::Inspection;
use crate::actions::reviews::queue::{Due, Step};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, long_day};
use crate::web::police::Tag;
use crate::web::police::demands::tag;

/// Every overdue copy is named (K8.2): whoever is responsible cannot miss it.
pub(super) fn overdue(all: &[demands::Line]) -> Section {
    let brief = |line: &demands::Line| Brief {
        href: format!("/demands/{}", line.row.copy_id),
        title: format!("{}, copy {}: {}", line.row.urn, line.row.mark, line.row.holder_name),
        about: format!(
            "{}. To be confirmed by {}",
            line.row.scheme_name,
            line.due.map_or_else(String::new, Moment::deadline)
        ),
        tag: tag(line.state),
    };
    let releases = all.iter().take(NAMED).map(brief).collect();
    let words = match all.len() {
        1 => "1 holder has not confirmed what they did with a copy. Until then nothing else opens for them.".to_owned(),
        many => format!("{many} copies are overdue. Until they are confirmed nothing else opens for their holders."),
    };
    Section {
        words,
        releases,
        ..plain("Overdue: copies not accounted for", "", vec![link("/demands", "See all demands")])
    }
}

/// How many overdue copies are named.
const NAMED: usize = 8;

pub(super) fn demanded(owed: usize, answers: usize) -> Section {
    let owed = match owed {
        0 => String::new(),
        1 => "1 copy is to be confirmed by its holder. ".to_owned(),
        many => format!("{many} copies are to be confirmed by their holders. "),
    };
    let answers = match answers {
        0 => String::new(),
        1 => "1 confirmation waits for your answer.".to_owned(),
        many => format!("{many} confirmations wait for your answer."),
    };
    Section { words: format!("{owed}{answers}"), ..plain("Demands", "", vec![link("/demands", "See all demands")]) }
}

/// Messages that are not read.
pub(super) fn messages(unread: i64) -> Section {
    let words = match unread {
        1 => "1 message is not read.".to_owned(),
        many => format!("{many} messages are not read."),
    };
    Section { words, ..plain("Messages", "", vec![link("/messages", "Read your messages")]) }
}

/// Inspections to be made or followed up (K8.2).
pub(super) fn inspections(open: &[Inspection], now: Moment) -> Section {
    let brief = |row: &Inspection| {
        let due = row.due().ok().flatten();
        let over = due.is_some_and(|due| now.day() > due);
        let what = if row.stage == "planned" { "To be inspected on" } else { "To be put right by" };
        Brief {
            href: format!("/inspections/{}", row.id),
            title: format!("Storage of {}, {}", row.holder_name, row.scheme_name),
            about: format!("{what} {}", due.map_or_else(String::new, long_day)),
            tag: if over { Tag { text: "Overdue", colour: "red" } } else { Tag { text: "Planned", colour: "blue" } },
        }
    };
    let releases = open.iter().map(brief).collect();
    Section {
        releases,
        ..plain("Inspections of storage", "Holders’ storage to be inspected, or to be put right (K8.2).", Vec::new())
    }
}

/// Jobs that fail, and mail that could not be delivered.
pub(super) fn troubles(failing: usize, lost: i64) -> Section {
    let jobs = match failing {
        0 => None,
        1 => Some("1 job fails.".to_owned()),
        many => Some(format!("{many} jobs fail.")),
    };
    let mails = match lost {
        0 => None,
        1 => Some("1 mail could not be delivered.".to_owned()),
        many => Some(format!("{many} mails could not be delivered.")),
    };
    let words = jobs.into_iter().chain(mails).collect::<Vec<_>>().join(" ");
    Section { words, ..plain("Jobs and mail", "", vec![link("/jobs", "See what failed")]) }
}

/// Reviews due, counted by whose they are (K7.9).
pub(super) fn reviews(all: &[Due]) -> Section {
    let count = |test: &dyn Fn(&Due) -> bool| all.iter().filter(|due| test(due)).count();
    let write = count(&|due| due.mine && due.step != Step::ToDecide);
    let decide = count(&|due| due.mine && due.step == Step::ToDecide);
    let over = count(&|due| due.step == Step::Over);
    let others = all.len() - write - decide - over;
    let mut words = Vec::new();
    for (many, one, more) in [
        (decide, "1 signed review waits for your decision.", "signed reviews wait for your decision."),
        (write, "1 release is for you to review.", "releases are for you to review."),
        (others, "1 waits for somebody else.", "wait for somebody else."),
        (over, "1 reached its limit without a decision.", "reached their limits without a decision."),
    ] {
        match many {
            0 => {}
            1 => words.push(one.to_owned()),
            many => words.push(format!("{many} {more}")),
        }
    }
    let onward = link("/reviews", "See them by their limits");
    Section { words: words.join(" "), ..plain("Reviews", "", vec![onward]) }
}

/// One of each step, and a second one to decide.
pub(super) fn due_samples(now: Moment) -> Vec<Due> {
    let due = |step, mine| Due {
        release: ReleaseId::fresh(now, [1; 10]),
        urn: "CZ/001/26".into(),
        title: "Thefts".into(),
        until: now,
        near: None,
        step,
        mine,
    };
    vec![due(Step::ToDecide, true), due(Step::ToDecide, true), due(Step::Begun, false), due(Step::Over, false)]
}

/// Reviews before disposal.
pub(super) fn retention(reviews: usize) -> Section {
    plain(
        "Retention",
        "Records whose period has run wait for your review, or for you as the second person (K9.1).",
        vec![link("/retention", format!("Reviews before disposal: {reviews}"))],
    )
}
