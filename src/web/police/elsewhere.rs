//! Other areas (K7.6): how a release is linked with them, what they ask of us and our answer, and the doors by which sealed originals pass.
//!
//! Absent on purpose: anything of the other area's release but its state, and a button that acts for the other area.

use serde::Serialize;

use crate::actions::elsewhere::answer::{self, Question, Typed};
use crate::actions::elsewhere::{self, Due, Link, Since, State, Work, arrivals, handover};
use crate::actions::{No, desk};
use crate::domain::ids::{AreaId, ConsultationId, PhotographId, ReleaseId};
use crate::domain::moment::Moment;
use crate::web::police::{Choice, Row, choice, row};
use crate::web::{Answer, Page, Visit};

/// One other area, in a line.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Side {
    key: String,
    value: String,
}

impl Side {
    /// Made up.
    pub(crate) fn sample() -> Self {
        Self { key: "Norhaven (NH)".into(), value: "Live under NH/004/26 until 11:59pm on 19 January 2027".into() }
    }
}

/// The state of the other side, in words.
fn told(state: &State, from: bool) -> String {
    match state {
        State::Unanswered => "Not answered yet".to_owned(),
        State::NotHere => "They make no release".to_owned(),
        State::Waits if from => "Their own request waits for its decision".to_owned(),
        State::Waits => "They make a release of their own: it waits for its decision".to_owned(),
        State::Closed => "Ended there without an authority".to_owned(),
        State::Live { urn, until } => format!("Live under {urn} until {}", until.deadline()),
        State::Expired { urn, at } => format!("{urn}: the time limit was {}", at.deadline()),
        State::Recalled { urn, at } => format!("{urn} was recalled on {}", at.long()),
        State::Voided { urn, at } => format!("The number {urn} was voided on {}", at.long()),
    }
}

/// A link as it stands on a release's page: `Norhaven (NH)`, `Live under NH/004/26 until …`.
pub(crate) fn side(link: &Link) -> Side {
    let key = if link.from {
        format!("From {} ({})", link.name, link.code)
    } else {
        format!("{} ({})", link.name, link.code)
    };
    let mut value = told(&link.state, link.from);
    if let Some(since) = &link.since {
        value = format!("{value}. The other area {}", changed(since));
    }
    Side { key, value }
}

/// What the other area changed, in words.
fn changed(since: &Since) -> String {
    match since {
        Since::Photographs(1) => "took out a photograph that yours still holds".to_owned(),
        Since::Photographs(many) => format!("took out {many} photographs that yours still holds"),
        Since::Words(at) => format!("corrected its words on {}", at.long()),
        Since::Request(at) => format!("sent its request anew on {}, after yours was authorised", at.long()),
    }
}

/// What waits between areas, in a line that leads there.
pub(crate) fn line(work: &Work) -> (String, String) {
    let areas = |id: &ReleaseId| format!("/releases/{id}/areas");
    match work {
        Work::Asked(id, code) => (format!("/consultations/{id}"), format!("{code} asks whether you disclose too")),
        Work::HandOver(id, code) => {
            (areas(id), format!("{code} makes a release of its own: hand over the photographs and words"))
        }
        Work::Compare(id, code) => (areas(id), format!("{code} handed photographs over: compare them with the record")),
        Work::Renew(id, code) => (areas(id), format!("{code} changed what it handed over: bring yours up to date")),
        Work::Changed(id, code, since @ Since::Words(_)) => {
            (areas(id), format!("{code} {}. Decide whether yours follow", changed(since)))
        }
        Work::Changed(id, code, since) => {
            (areas(id), format!("{code} {}. Decide whether your own stands", changed(since)))
        }
        Work::TakenBack(id, code, state) => {
            (areas(id), format!("{code}: {}. Decide whether your own stands", told(state, true)))
        }
    }
}

/// The page of a release's links.
#[derive(Serialize, Default)]
pub struct Areas {
    id: String,
    title: String,
    links: Vec<One>,
    /// Plans of what is to be handed over, with spaces between; empty: nothing.
    plans: String,
    /// The plan of what is to be compared; empty: nothing.
    compare: String,
    /// What changed there can be taken over.
    renew: bool,
    email: String,
}

#[derive(Serialize, Default)]
struct One {
    heading: String,
    facts: Vec<Row>,
    /// Taken back there, while the one here stands: what happened.
    warning: String,
}

fn one(link: &Link, words: &str, photographs: usize, reasons: &str, stands: bool) -> One {
    let pictures = |many: usize| if many == 1 { "1 photograph".to_owned() } else { format!("{many} photographs") };
    let mut facts = vec![
        row("State there", told(&link.state, link.from)),
        row(if link.from { "They asked us" } else { "Asked" }, link.asked_at.long()),
        row("What was told", format!("{words}\n({})", pictures(photographs))),
    ];
    if !reasons.is_empty() {
        facts.push(row(if link.from { "Our reasons" } else { "Their reasons" }, reasons));
    }
    let Due { lacking, uncompared, outdated } = link.due;
    if outdated > 0 {
        facts.push(row(
            if link.from { "Changed there, not taken over here yet" } else { "Changed here, not taken over there yet" },
            outdated.to_string(),
        ));
    }
    if lacking > 0 {
        facts.push(row("Not handed over yet", lacking.to_string()));
    }
    if uncompared > 0 {
        facts.push(row("Photographs not compared there yet", uncompared.to_string()));
    }
    let warning = if link.state.taken_back() && stands {
        format!(
            "{}: {}. Whether the release here stands is yours to decide: look at it again (K7.6).",
            link.name,
            told(&link.state, link.from)
        )
    } else if let Some(since) = link.since.filter(|_| stands) {
        let follow = "Whether yours follows, by a correction or a recall, is yours to decide (K7.6, K8.7).";
        format!("{} {}. {follow}", link.name, changed(&since))
    } else {
        String::new()
    };
    One { heading: side(link).key, facts, warning }
}

impl Page for Areas {
    const TEMPLATE: &'static str = "pages/police/areas_of_release.html";

    fn samples() -> Vec<Self> {
        let at = Moment::from_millis(1_795_370_400_000);
        let due = Due { lacking: 2, uncompared: 1, outdated: 1 };
        let link = |from, state| Link {
            consultation: ConsultationId::fresh(at, [0; 10]),
            from,
            area: AreaId::fresh(at, [0; 10]),
            name: "Norhaven".into(),
            code: "NH".into(),
            asked_at: at,
            state,
            due,
            renews: from,
            since: from.then_some(Since::Words(at)),
        };
        let urn = || "NH/004/26".to_owned();
        let states = [
            State::Unanswered,
            State::NotHere,
            State::Waits,
            State::Closed,
            State::Live { urn: urn(), until: at },
            State::Expired { urn: urn(), at },
            State::Recalled { urn: urn(), at },
            State::Voided { urn: urn(), at },
        ];
        let told_of = |from| {
            let all = states.iter().map(|state| link(from, state.clone()));
            all.map(|link| one(&link, "Seen near shops.", 1, "Seen here too.", true)).collect()
        };
        let page = |from, plans: &str, compare: &str| Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            links: told_of(from),
            plans: plans.into(),
            compare: compare.into(),
            renew: from,
            email: "sam@example.org".into(),
        };
        vec![
            page(false, "/releases/1/areas/2/plan", ""),
            page(true, "", "/releases/1/arrivals"),
            Self { title: "Thefts".into(), ..Self::default() },
        ]
    }
}

/// `GET /releases/{id}/areas`.
pub async fn areas(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let sheet = elsewhere::sheet(&v.office, v.actor(), id, v.stamp()).await?;
    let stands = matches!(sheet.release.word(v.now), "requested" | "live");
    let due = |link: &Link| {
        (stands && !link.from && link.due.lacking > 0).then(|| format!("/releases/{id}/areas/{}/plan", link.area))
    };
    let plans: Vec<String> = sheet.links.iter().filter_map(|(link, ..)| due(link)).collect();
    let compare = stands && sheet.links.iter().any(|(link, ..)| link.from && link.due.uncompared > 0);
    let page = Areas {
        id: id.to_string(),
        title: sheet.title,
        links: sheet
            .links
            .iter()
            .map(|(link, asked, why)| one(link, asked.words.as_str(), asked.photographs, why, stands))
            .collect(),
        plans: plans.join(" "),
        compare: if compare { format!("/releases/{id}/arrivals") } else { String::new() },
        renew: stands && sheet.links.iter().any(|(link, ..)| link.renews),
        email: desk::account(&v.office, v.actor()).await?.email,
    };
    v.page("Other areas", &page)
}

/// `POST /releases/{id}/areas/renew`.
pub async fn renew(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    elsewhere::renew(&v.office, v.actor(), id, v.stamp()).await?;
    Answer::see(format!("/releases/{id}/areas"))
}

/// What another area asks.
#[derive(Serialize, Default)]
pub struct Consultation {
    id: String,
    from: String,
    facts: Vec<Row>,
    /// How it was answered; none: the form is shown.
    answered: Vec<Row>,
    linked: String,
    options: Vec<Choice>,
}

fn options() -> Vec<Choice> {
    vec![
        choice(
            "own",
            "We make our own release",
            "It becomes a request in your area, which you decide by the whole path",
        ),
        choice("not_here", "Not here", "You make none"),
    ]
}

impl Consultation {
    fn of(question: &Question) -> Self {
        let asked = &question.asked;
        let mut answered = Vec::new();
        if let Some((own, at, why)) = &question.answer {
            answered.push(row("Answer", if *own { "We make our own release" } else { "Not here" }));
            answered.push(row("On", at.long()));
            answered.push(row("Reasons", why.as_str()));
        }
        Self {
            id: question.id.to_string(),
            from: format!("{} ({})", question.from.name, question.from.code),
            facts: vec![
                row("Asked", format!("{}, by {}", question.asked_at.long(), question.asked_by)),
                row("Of", format!("{} ({})", question.of.name, question.of.code)),
                row("Title", asked.title.as_str()),
                row("What they tell", asked.words.as_str()),
                row("Photographs", asked.photographs.to_string()),
            ],
            linked: question.linked.map_or_else(String::new, |id| id.to_string()),
            options: if answered.is_empty() { options() } else { Vec::new() },
            answered,
        }
    }
}

impl Page for Consultation {
    const TEMPLATE: &'static str = "pages/police/consultation.html";

    fn samples() -> Vec<Self> {
        let open = || Self {
            id: "1".into(),
            from: "Cantwell (CZ)".into(),
            facts: vec![row("Title", "Thefts from pharmacies"), row("Photographs", "2")],
            options: options(),
            ..Self::default()
        };
        let answered = |own: &str, linked: &str| Self {
            answered: vec![row("Answer", own), row("Reasons", "Seen here too.")],
            linked: linked.into(),
            options: Vec::new(),
            ..open()
        };
        vec![open(), answered("We make our own release", "2"), answered("Not here", "")]
    }
}

async fn asked(v: &Visit) -> Result<Consultation, No> {
    let question = answer::question(&v.office, v.actor(), v.id(ConsultationId::parse)?, v.stamp()).await?;
    Ok(Consultation::of(&question))
}

fn title(page: &Consultation) -> String {
    format!("{} asks whether you disclose too", page.from)
}

/// `GET /consultations/{id}`.
pub async fn consultation(v: Visit) -> Result<Answer, No> {
    let page = asked(&v).await?;
    v.page(&title(&page), &page)
}

/// `POST /consultations/{id}`.
pub async fn answer(v: Visit) -> Result<Answer, No> {
    let id = v.id(ConsultationId::parse)?;
    let typed = Typed {
        answer: v.field("answer").to_owned(),
        locality: v.field("locality").to_owned(),
        reasons: v.field("reasons").to_owned(),
    };
    match answer::answer(&v.office, v.actor(), id, &typed, v.stamp()).await {
        Ok(Some(linked)) => Answer::see(format!("/releases/{linked}")),
        Ok(None) => Answer::see(format!("/consultations/{id}")),
        Err(No::NotFound) => Err(No::NotFound),
        Err(no) => {
            let page = asked(&v).await?;
            v.again(no, &title(&page), &page)
        }
    }
}

fn pair(v: &Visit) -> Result<(ReleaseId, AreaId), No> {
    Ok((v.id(ReleaseId::parse)?, AreaId::parse(v.path("area")).ok_or(No::NotFound)?))
}

fn photograph(v: &Visit) -> Result<PhotographId, No> {
    PhotographId::parse(v.path("photo")).ok_or(No::NotFound)
}

/// `GET /releases/{id}/areas/{area}/plan`.
pub async fn plan(v: Visit) -> Result<Answer, No> {
    let (id, area) = pair(&v)?;
    Answer::json(&handover::plan(&v.office, v.actor(), id, area, &v.stamp()).await?)
}

/// `POST /releases/{id}/areas/{area}/photographs/{photo}`.
pub async fn take(mut v: Visit) -> Result<Answer, No> {
    let ((id, area), photograph) = (pair(&v)?, photograph(&v)?);
    // Moved, not copied: an original may have 25 MB.
    let bytes = Vec::from(std::mem::take(&mut v.posted.bytes));
    handover::take(&v.office, v.actor(), id, area, photograph, bytes, v.stamp()).await?;
    Ok(Answer::done())
}

/// `POST /releases/{id}/areas/{area}/text`.
pub async fn take_words(mut v: Visit) -> Result<Answer, No> {
    let (id, area) = pair(&v)?;
    let bytes = Vec::from(std::mem::take(&mut v.posted.bytes));
    handover::take_words(&v.office, v.actor(), id, area, bytes, v.stamp()).await?;
    Ok(Answer::done())
}

/// `GET /releases/{id}/arrivals`.
pub async fn arrived(v: Visit) -> Result<Answer, No> {
    Answer::json(&arrivals::plan(&v.office, v.actor(), v.id(ReleaseId::parse)?).await?)
}

/// `POST /releases/{id}/arrivals/{photo}`.
pub async fn same(v: Visit) -> Result<Answer, No> {
    compared(&v, true).await
}

/// `POST /releases/{id}/arrivals/{photo}/strange`.
pub async fn strange(v: Visit) -> Result<Answer, No> {
    compared(&v, false).await
}

async fn compared(v: &Visit, same: bool) -> Result<Answer, No> {
    let (id, photograph) = (v.id(ReleaseId::parse)?, photograph(v)?);
    arrivals::compared(&v.office, v.actor(), id, photograph, same, v.stamp()).await?;
    Ok(Answer::done())
}
