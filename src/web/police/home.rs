//! The first page: what waits for the person who is signed in.

mod custody;

use serde::Serialize;

use crate::actions::desk::Line;
use crate::actions::find::Found;
use crate::actions::home::{Waiting, WaitingReport, waiting};
use crate::actions::rulings::waits::{Open, Wait, What};
use crate::actions::unit::Work;
use crate::actions::{No, elsewhere};
use crate::domain::ids::ReleaseId;
use crate::domain::message::limit_stage;
use crate::domain::moment::Moment;
use crate::domain::release::{Question, Stage};
use crate::web::account::OwnKeys;
use crate::web::police::elsewhere::line;
use crate::web::police::home::custody::{
    demanded, due_samples, inspections, messages, overdue, owed, retention, reviews, troubles,
};
use crate::web::police::reviews::queue::tag as near_tag;
use crate::web::police::{Tag, stage_tag, waits};
use crate::web::{Answer, Page, Visit};

/// "Waiting for you".
#[derive(Serialize)]
pub struct Home {
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct Section {
    title: &'static str,
    words: String,
    releases: Vec<Brief>,
    /// Said where there are none; empty: the section has no releases to count.
    none: &'static str,
    links: Vec<Link>,
    /// Their own keys, while these are not confirmed.
    keys: Option<OwnKeys>,
}

#[derive(Serialize)]
struct Brief {
    href: String,
    title: String,
    about: String,
    tag: Tag,
}

#[derive(Serialize)]
struct Link {
    href: String,
    text: String,
}

fn link(href: impl Into<String>, text: impl Into<String>) -> Link {
    Link { href: href.into(), text: text.into() }
}

fn brief(line: &Line) -> Brief {
    let release = &line.filed.release;
    let urn = release.stage.authority().map(|authority| format!("{}. ", authority.urn));
    let [copies, sealed, ..] = line.counts;
    let copies = if copies > sealed { format!(". {sealed} of {copies} copies sealed") } else { String::new() };
    Brief {
        href: format!("/releases/{}", release.id),
        title: line.title.clone(),
        about: match release.stage {
            Stage::Draft => format!("Begun on {}. Nobody else sees it", release.requested_at.long()),
            _ => format!("{}Asked for on {}{copies}", urn.unwrap_or_default(), release.requested_at.long()),
        },
        tag: stage_tag(line.word),
    }
}

/// Releases whose limit is near, with the time left (K7.8).
fn ending(found: &Found, now: Moment) -> Section {
    let mut section = listed(
        found,
        "Limit within 7 days",
        "From its limit on, nobody outside the police can open a release (K7.8).",
        "",
        "/releases?waits=ending",
    );
    for (told, line) in section.releases.iter_mut().zip(&found.lines) {
        if let Some(authority) = line.filed.release.stage.authority() {
            let left = waits::days_left(authority.until, now);
            told.about = format!("{}. {left} left: open until {}", authority.urn, authority.until.deadline());
            told.tag = near_tag(limit_stage(authority.until, now));
        }
    }
    section
}

fn listed(found: &Found, title: &'static str, words: &'static str, none: &'static str, href: &'static str) -> Section {
    let onward = match found.count {
        0 => Vec::new(),
        1 => vec![link(href, "See it in the list")],
        many => vec![link(href, format!("See all {many}"))],
    };
    let releases = found.lines.iter().map(brief).collect();
    Section { title, words: words.to_owned(), none, links: onward, releases, keys: None }
}

fn plain(title: &'static str, words: &'static str, links: Vec<Link>) -> Section {
    Section { title, words: words.to_owned(), releases: Vec::new(), none: "", links, keys: None }
}

fn waiting_for_keys(people: usize) -> String {
    match people {
        1 => "1 person waits for their keys to be confirmed.".to_owned(),
        many => format!("{many} people wait for their keys to be confirmed."),
    }
}

/// What a unit waits for, in one line.
fn unit_words(work: &Work) -> String {
    let mut words = Vec::new();
    if work.none {
        words.push("no key yet".to_owned());
    }
    if work.left {
        words.push("somebody who knew the key has left: replace it".to_owned());
    }
    match work.waiting {
        0 => {}
        1 => words.push("1 person waits to be let into the unit’s box".to_owned()),
        many => words.push(format!("{many} people wait to be let into the unit’s box")),
    }
    match work.originals {
        0 => {}
        1 => words.push("1 original to seal to the new key".to_owned()),
        many => words.push(format!("{many} originals to seal to the new key")),
    }
    format!("{}: {}", work.area, words.join("; "))
}

fn again(releases: usize) -> Section {
    let words = match releases {
        1 => "Somebody made new keys, or follows a leaver: copies of 1 release wait.".to_owned(),
        many => format!("Somebody made new keys, or follows a leaver: copies of {many} releases wait."),
    };
    Section { words, ..plain("Copies to seal again", "", vec![link("/reseal", "See what waits")]) }
}

/// Every report is named: each is somebody's word that what they hold is wrong (K8.7).
fn reported(reports: &[WaitingReport]) -> Section {
    let brief = |one: &WaitingReport| Brief {
        href: format!("/releases/{}/reports/{}", one.release_id, one.id),
        title: one.urn.clone(),
        about: format!("Reported on {}", Moment::from_millis(one.reported_at).long()),
        tag: Tag { text: "To consider", colour: "yellow" },
    };
    let releases = reports.iter().map(brief).collect();
    Section { releases, ..plain("Holders report that something is wrong or incomplete", "", Vec::new()) }
}

/// What waits between areas (K7.6).
fn elsewhere_section(all: &[elsewhere::Work]) -> Section {
    let links = all.iter().map(|work| {
        let (href, text) = line(work);
        link(href, text)
    });
    plain("Other areas", "", links.collect())
}

fn for_root(keys: usize) -> Section {
    let words = match keys {
        1 => "1 key waits for the root’s signature.".to_owned(),
        many => format!("{many} keys wait for the root’s signature."),
    };
    let onward = link("/root", "See what waits, and carry it to the offline machine");
    Section { words, ..plain("Root of trust", "", vec![onward]) }
}

fn log() -> Section {
    plain(
        "The log",
        "Every view, disclosure and change is recorded there. What you look up is recorded too.",
        vec![
            link("/log", "Search and check the log"),
            link("/register", "Registers of issued references"),
            link("/schemes", "Schemes and their signed agreements"),
            link("/initiatives", "Lists of initiatives"),
            link("/jobs", "Jobs: what the portal did by itself"),
        ],
    )
}

fn question(open: &Open, now: Moment) -> Brief {
    let item = waits::item(open.release, &Wait { what: open.what, mine: true }, now);
    Brief {
        href: if item.href.is_empty() { format!("/releases/{}", open.release) } else { item.href },
        title: open.title.clone(),
        about: format!("{}. {}", item.text, item.hint),
        tag: Tag { text: item.status, colour: item.colour },
    }
}

fn questions(all: &[Open], now: Moment) -> Section {
    Section {
        releases: all.iter().map(|open| question(open, now)).collect(),
        none: "No case waits for your decision.",
        ..plain("Notices and questions", "", Vec::new())
    }
}

/// Releases with something still to be done.
fn duties(found: &Found) -> Section {
    let words = "Something is still to be done: for a court, an identification procedure, or the record of sharing (K7.12, K7.13, \
                 O3.2.2).";
    listed(found, "Open duties", words, "", "/releases?waits=duties")
}

/// What one asked for oneself, and asking for more.
fn own(found: &Found) -> Section {
    let none = "You have not asked for a release yet.";
    let mut section = listed(found, "Your requests", "", none, "/releases?waits=own");
    section.links.insert(0, link("/releases/new", "Ask for a release"));
    section
}

fn accounts() -> Section {
    plain(
        "Accounts and settings",
        "",
        vec![
            link("/people", "People with an account"),
            link("/invitations/new", "Invite a person"),
            link("/areas", "Areas"),
            link("/settings", "Settings: registration, texts and limits"),
            link("/root", "Root of trust"),
            link("/jobs", "Jobs and mail"),
        ],
    )
}

impl Section {
    fn of(waiting: &Waiting, now: Moment) -> Self {
        match waiting {
            Waiting::Questions(all) => questions(all, now),
            Waiting::Keys(own) => Section { keys: Some(OwnKeys::from(own)), ..plain("Your keys", "", Vec::new()) },
            Waiting::Approvals(people) => Section {
                words: waiting_for_keys(*people),
                ..plain("Keys to confirm", "", vec![link("/approvals", "See who waits, and confirm their keys")])
            },
            Waiting::Requests(found) => {
                listed(found, "Requests to decide", "", "No request is waiting for you.", "/releases?waits=decide")
            }
            Waiting::Reports(reports) => reported(reports),
            Waiting::Unsealed(found) => listed(
                found,
                "Copies to seal",
                "",
                "Every copy of every live release is sealed.",
                "/releases?waits=seal",
            ),
            Waiting::Returned(found) => listed(
                found,
                "Sent back to you",
                "The co-ordinator needs more before these can be decided (K7.7).",
                "",
                "/releases?waits=returned",
            ),
            Waiting::Ending(found) => ending(found, now),
            Waiting::Duties(found) => duties(found),
            Waiting::Own(found) => own(found),
            Waiting::Area(found) => listed(
                found,
                "Releases of your area",
                "You can read these and their timelines.",
                "There are no releases in your area yet.",
                "/releases?waits=others",
            ),
            Waiting::Units(units) => {
                plain("Your unit’s key", "", units.iter().map(|work| link("/unit", unit_words(work))).collect())
            }
            Waiting::Elsewhere(all) => elsewhere_section(all),
            Waiting::Bulletins => plain(
                "Bulletins",
                "Photographs and text that the police released to you by name. You need a signed undertaking to open them.",
                vec![link("/bulletins", "Your bulletins"), link("/undertaking", "Your undertaking")],
            ),
            Waiting::Log => log(),
            Waiting::Reseal(releases) => again(*releases),
            Waiting::Overdue(all) => overdue(all, now),
            Waiting::Owed(all) => owed(all, now),
            Waiting::Demands(owed, answers) => demanded(*owed, *answers),
            Waiting::Retention(reviews) => retention(*reviews),
            Waiting::Root(keys) => for_root(*keys),
            Waiting::Reviews(due) => reviews(due, now),
            Waiting::Messages(unread) => messages(*unread),
            Waiting::Inspections(open) => inspections(open, now),
            Waiting::Troubles(failing, lost) => troubles(*failing, *lost),
            Waiting::Accounts => accounts(),
        }
    }
}

impl Page for Home {
    const TEMPLATE: &'static str = "pages/police/home.html";

    fn samples() -> Vec<Self> {
        let now = Moment::from_millis(1_795_370_400_000);
        let some = Brief {
            href: "/releases/1".into(),
            title: "Thefts from pharmacies in Colchester".into(),
            about: "CZ/001/26. Asked for on 21 November 2026 at 5:30pm. 1 of 3 copies sealed".into(),
            tag: stage_tag("live"),
        };
        let full = Section { releases: vec![some], ..Section::of(&Waiting::Unsealed(Found::default()), now) };
        let own = |state| Section { keys: Some(OwnKeys::sample(state)), ..plain("Your keys", "", Vec::new()) };
        let open = |what| Open { release: ReleaseId::fresh(now, [1; 10]), title: "Thefts".into(), what };
        let until = now.plus_millis(3_600_000);
        let asks = What::Answer(Question::Representations, Some(until));
        let rest = [
            Waiting::Questions(Vec::new()),
            Waiting::Questions([asks, What::Running(until), What::Telling].map(open).to_vec()),
            Waiting::Approvals(1),
            Waiting::Approvals(3),
            Waiting::Requests(Found::default()),
            Waiting::Returned(Found::default()),
            Waiting::Ending(Found::default()),
            Waiting::Duties(Found::default()),
            Waiting::Own(Found::default()),
            Waiting::Area(Found::default()),
            Waiting::Units(vec![Work { area: "Cantwell".into(), waiting: 2, left: true, originals: 2, none: true }]),
            Waiting::Elsewhere(elsewhere::Work::samples()),
            Waiting::Bulletins,
            Waiting::Log,
            Waiting::Reports(vec![WaitingReport {
                id: "1".into(),
                release_id: "1".into(),
                urn: "CZ/001/26".into(),
                reported_at: 1_795_370_400_000,
            }]),
            Waiting::Reviews(due_samples(now)),
            Waiting::Overdue(Vec::new()),
            Waiting::Owed(Vec::new()),
            Waiting::Demands(1, 2),
            Waiting::Demands(2, 1),
            Waiting::Reseal(1),
            Waiting::Reseal(2),
            Waiting::Retention(2),
            Waiting::Root(1),
            Waiting::Root(2),
            Waiting::Messages(1),
            Waiting::Messages(2),
            Waiting::Inspections(Vec::new()),
            Waiting::Troubles(1, 2),
            Waiting::Troubles(2, 1),
            Waiting::Accounts,
        ];
        let mut sections = vec![own("none"), own("changed"), full];
        sections.extend(rest.iter().map(|waiting| Section::of(waiting, now)));
        vec![Self { sections }, Self { sections: Vec::new() }]
    }
}

/// `GET /`.
pub async fn home(v: Visit) -> Result<Answer, No> {
    let all = waiting(&v.office, v.actor()).await?;
    v.page("Waiting for you", &Home { sections: all.iter().map(|waiting| Section::of(waiting, v.now)).collect() })
}
