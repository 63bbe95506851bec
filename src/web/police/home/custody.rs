//! Sections of the first page about what is outside: reviews, copies that are not accounted for, inspections, messages, jobs.

use super::{Brief, Section, link, plain};
use crate::actions::demands;
use crate::actions::home::Inspection;
use crate::actions::reviews::queue::{Due, Step, Whose};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, long_day};
use crate::web::police::Tag;
use crate::web::police::demands::{tag, when};
use crate::web::police::reviews::queue;

/// Overdue copies (K8.2): all are counted, and the longest overdue are named: whoever is responsible cannot miss them.
pub(super) fn overdue(all: &[demands::Line], now: Moment) -> Section {
    let brief = |line: &demands::Line| Brief {
        href: format!("/demands/{}", line.row.copy_id),
        title: format!("{}, copy {}: {}", line.row.urn, line.row.named(), line.row.holder_name),
        about: format!("{}: {}", line.row.scheme_name, when(line, now)),
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

/// What a holder has to confirm (K8.2): each copy is named, and leads to the form.
pub(super) fn owed(all: &[demands::Line], now: Moment) -> Section {
    let brief = |line: &demands::Line| Brief {
        href: format!("/bulletins/{}/confirm", line.row.copy_id),
        title: format!("{}: confirm surrender or destruction", line.row.called()),
        about: when(line, now),
        tag: tag(line.state),
    };
    let words = "Surrender or destroy what you hold of it outside the portal, and confirm it. If you are late, nothing else opens for \
                 you until you have (K8.2).";
    Section {
        releases: all.iter().map(brief).collect(),
        ..plain("For you to confirm", words, vec![link("/held", "Copies and prints you hold")])
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
    let onward = if answers.is_empty() { "See who has not confirmed" } else { "Read what was confirmed, and answer" };
    Section { words: format!("{owed}{answers}"), ..plain("Demands", "", vec![link("/demands", onward)]) }
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

/// Reviews due, by whose they are (K7.9); each is named with the time left, the nearest limit first.
pub(super) fn reviews(all: &[Due], now: Moment) -> Section {
    let count = |test: &dyn Fn(&Due) -> bool| all.iter().filter(|due| test(due)).count();
    let signed = |due: &Due| due.step == Step::ToDecide;
    let over = count(&|due| due.step == Step::Over);
    let mut words = Vec::new();
    for (many, one, more) in [
        (
            count(&|due| due.whose == Whose::Mine && signed(due)),
            "1 signed review waits for your decision.",
            "signed reviews wait for your decision.",
        ),
        (
            count(&|due| due.whose == Whose::OnlyHigher),
            "1 signed review waits for your rank: no co-ordinator of the area may decide it.",
            "signed reviews wait for your rank: no co-ordinator of the area may decide them.",
        ),
        (
            count(&|due| due.whose == Whose::Mine && !signed(due)),
            "1 release is for you to review.",
            "releases are for you to review.",
        ),
        (
            count(&|due| due.whose == Whose::Higher),
            "1 signed review waits for a co-ordinator: you decide it only where an enactment says so.",
            "signed reviews wait for a co-ordinator: you decide them only where an enactment says so.",
        ),
        (count(&|due| due.whose == Whose::Others) - over, "1 waits for somebody else.", "wait for somebody else."),
        (over, "1 reached its limit without a decision.", "reached their limits without a decision."),
    ] {
        match many {
            0 => {}
            1 => words.push(one.to_owned()),
            many => words.push(format!("{many} {more}")),
        }
    }
    let brief = |due: &Due| Brief {
        href: queue::href(due),
        title: format!("{}: {}", due.urn, due.title),
        about: match (due.whose, due.step) {
            (Whose::Others, Step::ToReview | Step::Begun) => {
                format!("{}. {}, by a reviewing officer", queue::open(due, now), queue::step(due))
            }
            (Whose::Others, Step::ToDecide) => {
                format!("{}. {}, by a co-ordinator", queue::open(due, now), queue::step(due))
            }
            _ => format!("{}. {}", queue::open(due, now), queue::step(due)),
        },
        tag: queue::tag(due.near),
    };
    // First what waits for this person, then what others have to do in time; not what is over.
    let open = all.iter().filter(|due| due.step != Step::Over);
    let (mine, others): (Vec<_>, Vec<_>) = open.partition(|due| due.waits());
    let releases = mine.into_iter().chain(others).take(NAMED).map(brief).collect();
    let onward = link("/reviews", "See them by their limits");
    Section { words: words.join(" "), releases, ..plain("Reviews", "", vec![onward]) }
}

/// One of each step, and a second one to decide.
pub(super) fn due_samples(now: Moment) -> Vec<Due> {
    let due = |step, whose| Due {
        release: ReleaseId::fresh(now, [1; 10]),
        urn: "CZ/001/26".into(),
        title: "Thefts".into(),
        until: now,
        near: None,
        step,
        whose,
    };
    vec![
        due(Step::ToDecide, Whose::Mine),
        due(Step::ToDecide, Whose::Mine),
        due(Step::ToDecide, Whose::Higher),
        due(Step::ToDecide, Whose::OnlyHigher),
        due(Step::ToReview, Whose::Mine),
        due(Step::Begun, Whose::Others),
        due(Step::Over, Whose::Others),
    ]
}

/// Reviews before disposal.
pub(super) fn retention(reviews: usize) -> Section {
    plain(
        "Retention",
        "Records whose period has run wait for your review, or for you as the second person (K9.1).",
        vec![link("/retention", format!("Reviews before disposal: {reviews}"))],
    )
}
