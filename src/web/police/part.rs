//! One part of the decision: its questions, each with its clause, saved on its own.

use serde::Serialize;

use crate::actions::decision::questions::{self, Kind, Question};
use crate::actions::decision::{self, Gathered, record};
use crate::actions::desk::{self, Candidate, May};
use crate::actions::{No, registers, rulings};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::domain::release::Part as Which;
use crate::web::frame::Typed;
use crate::web::police::tasks::told;
use crate::web::police::waits::Waits;
use crate::web::police::{Choice, choice};
use crate::web::{Answer, Page, Visit};

/// A part's page.
#[derive(Serialize, Default)]
pub struct Part {
    /// Where its list is; the part's own page is below.
    pub(super) base: String,
    pub(super) word: &'static str,
    pub(super) title: String,
    pub(super) clause: &'static str,
    /// As the page shows it; 0: never saved.
    pub(super) version: i64,
    pub(super) saved: String,
    /// What to bear in mind; empty: nothing.
    pub(super) note: String,
    /// The words that would leave, to be read; only on the part that asks for it.
    pub(super) words: String,
    /// Digest of what would leave, as shown; only there too.
    pub(super) subject: String,
    pub(super) questions: Vec<Asked>,
    pub(super) missing: Vec<String>,
    /// What the case waits for, where the part is about that.
    pub(super) waits: Waits,
}

#[derive(Serialize, Default)]
pub(super) struct Asked {
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    hint: String,
    time: &'static str,
    pub(super) options: Vec<Choice>,
    people: Vec<Offered>,
    none_can: bool,
}

#[derive(Serialize)]
struct Offered {
    id: String,
    value: String,
    name: String,
    scheme: String,
    why: Vec<String>,
}

fn offered(all: &[Candidate]) -> Vec<Offered> {
    // The first box that can be ticked carries the field's name as its id, so that the error summary leads there.
    let first = all.iter().position(|candidate| candidate.ineligible.is_empty());
    let one = |(n, candidate): (usize, &Candidate)| Offered {
        id: if Some(n) == first { "recipients".to_owned() } else { format!("recipients-{}", n + 1) },
        value: format!("{}:{}", candidate.footing.person, candidate.footing.scheme),
        name: candidate.receiver.name.clone(),
        scheme: candidate.receiver.scheme_name.clone(),
        why: candidate.ineligible.iter().map(told).collect(),
    };
    all.iter().enumerate().map(one).collect()
}

impl Asked {
    pub(super) fn of(question: &Question) -> Self {
        let hint = if question.hint.is_empty() {
            format!("({})", question.clause)
        } else {
            format!("{} ({})", question.hint, question.clause)
        };
        let mut asked = Self { name: question.name, label: question.label, hint, ..Self::default() };
        asked.kind = match question.kind {
            Kind::Line => "line",
            Kind::Prose => "prose",
            Kind::Day => "day",
            Kind::Moment(time) => {
                asked.time = time;
                "moment"
            }
            Kind::Choice(options) => {
                asked.options = options.iter().map(|(value, text, hint)| choice(*value, *text, hint)).collect();
                "choice"
            }
            Kind::Tick => "tick",
            Kind::People => "people",
            Kind::Members | Kind::Areas | Kind::Copies => "boxes",
        };
        asked
    }
}

async fn asked(v: &Visit, question: &Question, of: &Gathered) -> Result<Asked, No> {
    let mut asked = Asked::of(question);
    let area = of.filed.release.area;
    match question.kind {
        Kind::People => {
            asked.people = offered(&desk::candidates(&v.office, v.actor(), area).await?);
            asked.none_can = asked.people.iter().all(|one| !one.why.is_empty());
        }
        Kind::Members => {
            let members = desk::members(&v.office, v.actor(), area).await?;
            asked.options =
                members.iter().map(|(member, scheme)| choice(&member.id, &member.business, scheme)).collect();
        }
        Kind::Areas => {
            let others = registers::areas(&v.office).await?;
            let here = area.to_string();
            let others = others.into_iter().filter(|other| other.id != here);
            asked.options = others.map(|one| choice(one.id, format!("{} ({})", one.name, one.code), "")).collect();
        }
        _ => {}
    }
    Ok(asked)
}

impl Page for Part {
    const TEMPLATE: &'static str = "pages/police/part.html";

    fn samples() -> Vec<Self> {
        let offer = |n: usize, why: &[&str]| Offered {
            id: if n == 1 { "recipients".to_owned() } else { format!("recipients-{n}") },
            value: format!("{n}:1"),
            name: "Priya Shah".into(),
            scheme: "Colchester Retail Watch".into(),
            why: why.iter().map(|one| (*one).to_owned()).collect(),
        };
        let page = |part: Which| Self {
            base: "/releases/1/decision".into(),
            note: if part == Which::Risk { "Assess it as it is now.".into() } else { String::new() },
            word: part.word(),
            title: part.title().into(),
            clause: part.clause(),
            version: 2,
            saved: "Saved by Sam Roe on 21 November 2026 at 5:30pm".into(),
            words: "Suspected of theft in the town centre.".into(),
            subject: if part == Which::Material { "sha256:00".into() } else { String::new() },
            questions: questions::of(part).iter().map(Asked::of).collect(),
            missing: vec!["Enter why these recipients need to know. (K6.2.4)".into()],
            waits: if part == Which::Notice { Waits::sample() } else { Waits::default() },
        };
        let mut all: Vec<Self> = Which::ALL.into_iter().map(|(part, ..)| page(part)).collect();
        for (n, one) in all.iter_mut().enumerate() {
            if n == 0 {
                (one.version, one.saved, one.words, one.missing) = (0, String::new(), String::new(), Vec::new());
            }
            for asked in &mut one.questions {
                match asked.kind {
                    "people" => asked.people = vec![offer(1, &[]), offer(2, &["Vetting ran out. (K7.3)"])],
                    "boxes" => asked.options = vec![choice("1", "Corner Chemist", "Colchester Retail Watch")],
                    _ => {}
                }
            }
        }
        let nobody =
            Asked { kind: "people", name: "recipients", label: "Who receives it?", none_can: true, ..Asked::default() };
        all.push(Self { questions: vec![nobody], ..page(Which::Recipients) });
        all
    }
}

fn which(v: &Visit) -> Result<Which, No> {
    Which::parse(v.path("part")).ok_or(No::NotFound)
}

/// The parts that a higher rank, the person or time has a say in.
fn waiting(v: &Visit, of: &Gathered, part: Which) -> Waits {
    if !matches!(part, Which::Outcome | Which::Notice) {
        return Waits::default();
    }
    let all = rulings::waits::of(v.actor(), of, v.now);
    // Whoever saves a part may serve the notice and open the documents too.
    let may = May { represent: true, documents: true, ..May::default() };
    Waits::of(of.filed.release.id, &all, of.filed.release.word(v.now), may, v.now)
}

async fn read(v: &Visit) -> Result<(Gathered, Part), No> {
    let (id, part) = (v.id(ReleaseId::parse)?, which(v)?);
    let mut conn = v.office.read().await?;
    let of = decision::gather(&v.office, &mut conn, v.actor(), Act::Decide, id, v.now).await?;
    drop(conn);
    let mut questions = Vec::new();
    for question in questions::of(part).iter().filter(|question| record::is_asked(question, &of)) {
        questions.push(asked(v, question, &of).await?);
    }
    let saved = of.answers(part);
    let page = Part {
        base: format!("/releases/{id}/decision"),
        note: String::new(),
        word: part.word(),
        title: of.file.request.title.as_str().to_owned(),
        clause: part.clause(),
        version: saved.map_or(0, |saved| saved.version),
        saved: saved.map_or_else(String::new, |saved| format!("Saved by {} on {}", saved.by_name, saved.at.long())),
        words: if part == Which::Material { of.case.words.clone() } else { String::new() },
        subject: if part == Which::Material { of.case.subject.clone() } else { String::new() },
        missing: if saved.is_some() { of.case.unmet_in(part, v.now).iter().map(told).collect() } else { Vec::new() },
        questions,
        waits: waiting(v, &of, part),
    };
    Ok((of, page))
}

/// `GET /releases/{id}/decision/{part}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (of, page) = read(&v).await?;
    if of.filed.release.word(v.now) != "requested" {
        return Answer::see(format!("/releases/{}", of.filed.release.id));
    }
    let part = which(&v)?;
    desk::consulted(&v.office, v.actor(), of.filed.release.id, part.word(), v.stamp()).await?;
    let answers = match of.answers(part) {
        Some(saved) if part == Which::Material && of.case.considered.material.subject != of.case.subject => {
            saved.answers.iter().filter(|(name, _)| !ABOUT_IT.contains(&name.as_str())).cloned().collect()
        }
        Some(saved) => saved.answers.clone(),
        // What the officer entered already, to be checked.
        None if part == Which::Material && !of.photographs.is_empty() => {
            vec![("image_reference".to_owned(), of.file.request.source.reference.as_str().to_owned())]
        }
        None => Vec::new(),
    };
    v.filled(part.title(), &page, Typed::posted(&answers))
}

/// What is confirmed of the words and photographs that a page showed: asked anew when others would leave.
const ABOUT_IT: [&str; 4] = ["words_considered", "indication", "custody", "justice"];

/// `POST /releases/{id}/decision/{part}`: saves it, and leads to the next part that is not complete.
pub async fn save(mut v: Visit) -> Result<Answer, No> {
    let (id, part) = (v.id(ReleaseId::parse)?, which(&v)?);
    let version = v.field("version").parse().unwrap_or(0);
    match decision::save(&v.office, v.actor(), id, part, &v.posted.fields, version, v.stamp()).await {
        Ok(()) if v.field("then") == "list" => Answer::see(format!("/releases/{id}/decision")),
        Ok(()) => {
            let (of, _) = read(&v).await?;
            let missing = decision::missing(&of, v.now);
            let open = |one: &&(Which, _, Vec<_>)| one.0 > part && !one.2.is_empty();
            let next = missing.iter().find(open).map(|one| format!("/releases/{id}/decision/{}", one.0.word()));
            let all = missing.iter().all(|(_, _, unmet)| unmet.is_empty());
            let end = if all { "decide" } else { "decision" };
            Answer::see(next.unwrap_or_else(|| format!("/releases/{id}/{end}")))
        }
        Err(no) => {
            let (_, page) = read(&v).await?;
            desk::consulted(&v.office, v.actor(), id, part.word(), v.stamp()).await?;
            // The version stays the one that was read, so that sending again does not overwrite what somebody else saved.
            let page = Part { version, ..page };
            if v.field(decision::SUBJECT) != page.subject {
                v.posted.fields.retain(|(name, _)| !ABOUT_IT.contains(&name.as_str()));
            }
            v.again(no, part.title(), &page)
        }
    }
}
