//! The root of trust: what waits for the offline root, the file to carry there, the file to bring back.
//!
//! Absent on purpose: any signing; the root's key is on no machine that serves pages.

use serde::Serialize;

use crate::actions::root::{self, Waiting, Why};
use crate::actions::{No, step_up};
use crate::web::{Answer, Page, Visit};

/// The ceremony's page.
#[derive(Serialize)]
pub struct Ceremony {
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    what: &'static str,
    area: String,
    words: String,
    why: &'static str,
}

impl From<&Waiting> for Item {
    fn from(one: &Waiting) -> Self {
        let (what, why) = match one.why {
            Why::Unit => ("Unit key", "The root has not signed it: nothing can be sealed to the unit."),
            Why::NextUnit => {
                ("New unit key", "It comes into force, in the place of any before it, when the root has signed it.")
            }
            Why::FirstCoOrdinator => ("Co-ordinator", "The area has no co-ordinator whose keys are confirmed."),
            Why::AnotherCoOrdinator => (
                "Co-ordinator",
                "Another co-ordinator of the area can confirm these keys. The root can too, if that one is lost.",
            ),
        };
        Self { name: one.name.clone(), what, area: one.area.clone(), words: one.words.clone(), why }
    }
}

impl Page for Ceremony {
    const TEMPLATE: &'static str = "pages/police/root.html";

    fn samples() -> Vec<Self> {
        let one = || Item {
            name: "Sam Hollis".into(),
            what: "Co-ordinator",
            area: "Colchester".into(),
            words: "rice kid jelly skin maximum usage".into(),
            why: "The area has no co-ordinator whose keys are confirmed.",
        };
        vec![Self { items: vec![one(), one()] }, Self { items: Vec::new() }]
    }
}

const TITLE: &str = "Root of trust";

async fn page(v: &Visit) -> Result<Ceremony, No> {
    let waiting = root::waiting(&v.office, v.actor()).await?;
    Ok(Ceremony { items: waiting.iter().map(Item::from).collect() })
}

/// `GET /root`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let notice = match v.query("kept") {
        "" => "",
        "0" => "Everything in the file was here already",
        _ => "The signed papers are kept",
    };
    v.show(TITLE, &page(&v).await?).noticed(notice).done()
}

/// `GET /root-request.json`: for a stick to the offline machine.
pub async fn request(v: Visit) -> Result<Answer, No> {
    let text = root::request(&v.office, v.actor(), v.stamp()).await?;
    Ok(Answer::file("application/json", "root-request.json", text))
}

/// `POST /root`: the signed file.
pub async fn accept(v: Visit) -> Result<Answer, No> {
    match taken(&v).await {
        Ok(new) => Answer::see(format!("/root?kept={new}")),
        Err(no) => v.again(no, TITLE, &page(&v).await?),
    }
}

async fn taken(v: &Visit) -> Result<usize, No> {
    let files = v.files(root::FIELD)?;
    let [file] = files.as_slice() else {
        return Err(No::field(root::FIELD, "Choose the one file that “root sign” wrote on the offline machine"));
    };
    step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await?;
    root::accept(&v.office, v.actor(), &file.bytes, v.stamp()).await
}
