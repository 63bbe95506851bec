//! Two pages made to be printed: the record of authority (forms 3795 and 3796), and the disclosure bundle (K7.12). Never a picture.

use std::collections::HashMap;

use serde::Serialize;

use crate::actions::decision::record::Section;
use crate::actions::statements::Signature;
use crate::actions::{No, audit, bundle};
use crate::domain::event::Kind;
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::web::log::Names;
use crate::web::log_check::Step;
use crate::web::police::duties::DutyLine;
use crate::web::police::{Tag, stage_tag, story};
use crate::web::{Answer, Page, Visit};

/// The record of authority.
#[derive(Serialize)]
pub struct Authority {
    id: String,
    urn: String,
    title: String,
    tag: Tag,
    sections: Vec<Section>,
    /// Its reviews, and what moved its limit since (K7.8, K7.9).
    reviews: Vec<Section>,
    /// The words that were signed, where the record reads otherwise today.
    signed: String,
    signatures: Vec<Signature>,
    printed: String,
}

fn sections() -> Vec<Section> {
    vec![Section {
        title: "JAPAN (K6.4)".into(),
        part: "risk",
        saved: "Saved by Sam Roe on 21 November 2026 at 5:30pm".into(),
        rows: vec![("Justified (K6.4)".into(), "Repeated thefts".into())],
    }]
}

fn signature(verified: bool) -> Signature {
    Signature {
        id: "0190a5b0-0000-7000-8000-00000000000a".into(),
        title: "Decision on a request (forms 3795 and 3796)".into(),
        name: "Sam Roe".into(),
        at: "21 November 2026 at 5:30pm".into(),
        words: "home practice tuna lens aware tape".into(),
        verified,
    }
}

impl Page for Authority {
    const TEMPLATE: &'static str = "pages/police/authority.html";

    fn samples() -> Vec<Self> {
        let one = |urn: &str, signed: &str, signatures| Self {
            id: "1".into(),
            urn: urn.into(),
            title: "Thefts from pharmacies".into(),
            tag: stage_tag("live"),
            sections: sections(),
            reviews: if urn.is_empty() { Vec::new() } else { sections() },
            signed: signed.into(),
            signatures,
            printed: "21 November 2026 at 5:30pm, by Sam Roe".into(),
        };
        vec![
            one("CZ/001/26", "", vec![signature(true), signature(false)]),
            one("CZ/001/26", "Record of authority (forms 3795 and 3796)\n", vec![signature(true)]),
            one("", "", Vec::new()),
        ]
    }
}

/// When and by whom a page is printed.
fn printed(v: &Visit) -> Result<String, No> {
    Ok(format!("{}, by {}", v.now.long(), v.person()?.name))
}

/// `GET /releases/{id}/record`.
pub async fn authority(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let of = bundle::authority(&v.office, v.actor(), id, v.stamp()).await?;
    let page = Authority {
        id: id.to_string(),
        urn: of.urn,
        title: of.title,
        tag: stage_tag(of.word),
        sections: of.sections,
        reviews: of.reviews,
        signed: of.signed,
        signatures: of.signatures,
        printed: printed(&v)?,
    };
    v.page("Record of authority: forms 3795 and 3796", &page)
}

/// One look at something of the release.
#[derive(Serialize)]
struct Seen {
    at: String,
    who: String,
    scheme: String,
    what: &'static str,
}

/// The disclosure bundle.
#[derive(Serialize)]
pub struct Bundle {
    id: String,
    urn: String,
    wording: String,
    duties: Vec<DutyLine>,
    /// Who was supplied: name, scheme, sealed, first opened, confirmed gone.
    supplied: Vec<Vec<String>>,
    seen: Vec<Seen>,
    steps: Vec<Step>,
    record: Vec<Section>,
    signatures: Vec<Signature>,
    printed: String,
}

impl Page for Bundle {
    const TEMPLATE: &'static str = "pages/police/bundle.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            id: "1".into(),
            urn: "CZ/001/26".into(),
            wording: "A custody photograph of the defendant was circulated.".into(),
            duties: DutyLine::samples(),
            supplied: vec![vec![
                "Priya Shah".into(),
                "Cantwell Retail Watch".into(),
                String::new(),
                String::new(),
                String::new(),
            ]],
            seen: vec![Seen {
                at: "21 November 2026 at 5:30:09.123pm".into(),
                who: "Priya Shah".into(),
                scheme: "Cantwell Retail Watch".into(),
                what: "Opened on screen",
            }],
            steps: Vec::new(),
            record: sections(),
            signatures: vec![signature(true)],
            printed: "21 November 2026 at 5:30pm, by Sam Roe".into(),
        };
        let empty = Self { seen: Vec::new(), supplied: Vec::new(), duties: Vec::new(), ..Self::samples_of(&full) };
        vec![full, empty]
    }
}

impl Bundle {
    fn samples_of(of: &Self) -> Self {
        Self {
            id: of.id.clone(),
            urn: of.urn.clone(),
            wording: of.wording.clone(),
            duties: Vec::new(),
            supplied: Vec::new(),
            seen: Vec::new(),
            steps: Vec::new(),
            record: Vec::new(),
            signatures: Vec::new(),
            printed: of.printed.clone(),
        }
    }
}

/// What kinds of record say that somebody saw it.
fn saw(kind: &str) -> Option<&'static str> {
    match Kind::parse(kind)? {
        Kind::Viewed => Some("Opened on screen"),
        Kind::Thumbnail => Some("Small picture on screen"),
        Kind::Original => Some("Original opened by the police"),
        _ => None,
    }
}

/// Everybody who saw something of it, oldest first.
fn seen(of: &bundle::Bundle, names: &Names) -> Vec<Seen> {
    let mut all = Vec::new();
    for record in &of.records {
        let text = |field: &str| record.body.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
        let Some(what) = saw(text("kind")) else { continue };
        let copy = of.sheet.copies.iter().find(|copy| copy.id == text("copy"));
        all.push(Seen {
            at: Moment::parse_rfc3339(text("at")).map_or_else(String::new, Moment::precise),
            who: names.of(text("actor")),
            scheme: copy.map_or_else(|| "Police".to_owned(), |copy| copy.scheme_name.clone()),
            what,
        });
    }
    all
}

/// `GET /releases/{id}/bundle`.
pub async fn disclosure(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let of = bundle::bundle(&v.office, v.actor(), id, v.stamp()).await?;
    let names = Names { people: audit::names(&v.office).await?, releases: HashMap::new() };
    let long = |ms: Option<i64>| ms.map_or_else(|| "Not yet".to_owned(), |ms| Moment::from_millis(ms).long());
    let authority = of.sheet.filed.release.stage.authority();
    let supplied = of.sheet.copies.iter().map(|copy| {
        vec![
            match copy.print {
                0 => copy.holder_name.clone(),
                number => format!("{}, sheet {number} of {}", copy.holder_name, copy.print_of),
            },
            copy.scheme_name.clone(),
            long(copy.sealed_at),
            long(copy.opened_at),
            long(copy.confirmed_at),
        ]
    });
    let page = Bundle {
        id: id.to_string(),
        urn: authority.map_or_else(String::new, |authority| authority.urn.clone()),
        wording: of.wording.clone(),
        duties: of.sheet.duties.iter().map(DutyLine::of).collect(),
        supplied: supplied.collect(),
        seen: seen(&of, &names),
        steps: story::steps(&of.sheet, &of.records, &names),
        record: of.sheet.record.clone(),
        signatures: of.sheet.signatures.clone(),
        printed: printed(&v)?,
    };
    v.page("Disclosure bundle (K7.12)", &page)
}
