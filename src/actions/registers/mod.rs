//! Registers: schemes, their receivers, members and papers (K7.2, K7.3, O2.1), initiatives (K8.8), the register of issues.
//!
//! Every change is a leaf with the changed fields' names, never their contents. Absent on purpose: deleting an entry; what ends is
//! written down as ended.

pub mod initiatives;
mod members;
mod papers;
mod receivers;
mod schemes;

pub use members::{MemberForm, add_member, change_member, members_csv, remove_member};
pub(in crate::actions) use papers::opens;
pub use papers::{Subject, attach, detach, kept_document};
pub use receivers::{ReceiverForm, change_receiver};
pub use schemes::{SchemeForm, add_scheme, change_scheme};

use crate::actions::{FieldError, No, Office};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, SchemeId};
use crate::domain::moment::{Moment, parse_day};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::scheme::Footing;
pub use crate::store::documents::Document;
use crate::store::log::Stamp;
pub use crate::store::people::Area;
pub use crate::store::registers::{Member, Receiver, Scheme};
pub use crate::store::releases::Issue;
use crate::store::{Conn, Fault, Tx};

/// A scheme with its people and papers.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The scheme.
    pub scheme: Scheme,
    /// Its area.
    pub area: Area,
    /// Who receives for it and where they stand.
    pub receivers: Vec<(Receiver, Footing)>,
    /// Its member businesses.
    pub members: Vec<Member>,
    /// The papers this person may open, removed ones too.
    pub papers: Vec<Document>,
}

fn thing(scheme: &Scheme) -> Result<Thing, Fault> {
    Ok(Thing::Scheme { area: scheme.area()?, scheme: scheme.id()? })
}

async fn load(conn: &mut Conn, by: &Actor, act: Act, id: SchemeId) -> Result<Scheme, No> {
    let scheme = conn.scheme(id).await?.ok_or(No::NotFound)?;
    if may(by, act, thing(&scheme)?) { Ok(scheme) } else { Err(No::NotFound) }
}

/// The schemes `by` may read.
pub async fn schemes(office: &Office, by: &Actor) -> Result<Vec<Scheme>, No> {
    let mut seen = Vec::new();
    for scheme in office.read().await?.schemes().await? {
        if may(by, Act::SeeScheme, thing(&scheme)?) {
            seen.push(scheme);
        }
    }
    Ok(seen)
}

/// The areas, for choosing one.
pub async fn areas(office: &Office) -> Result<Vec<Area>, No> {
    Ok(office.read().await?.areas().await?)
}

/// The areas whose registers `by` keeps.
pub async fn kept_areas(office: &Office, by: &Actor) -> Result<Vec<Area>, No> {
    let mut kept = Vec::new();
    for area in areas(office).await? {
        if may(by, Act::KeepRegister, Thing::Area(area.id()?)) {
            kept.push(area);
        }
    }
    Ok(kept)
}

/// One scheme's register entry. An auditor's reading is a leaf (DPA 2018 s.62).
pub async fn scheme(office: &Office, by: &Actor, id: SchemeId, stamp: Stamp) -> Result<Entry, No> {
    let mut conn = office.read().await?;
    let scheme = load(&mut conn, by, Act::SeeScheme, id).await?;
    let mut papers = Vec::new();
    for paper in conn.documents(id).await? {
        if papers::opens(by, &scheme, &paper)? {
            papers.push(paper);
        }
    }
    let entry = Entry {
        area: conn.area(scheme.area()?).await?.ok_or(No::NotFound)?,
        receivers: conn.footings(id, office.now()).await?,
        members: conn.members(id).await?,
        papers,
        scheme,
    };
    drop(conn);
    if by.is(Role::Auditor) {
        consulted(office, by, format!("scheme/{id}"), "register", stamp).await?;
    }
    Ok(entry)
}

/// Writes down that somebody read a record.
pub(super) async fn consulted(
    office: &Office,
    by: &Actor,
    object: String,
    query: &str,
    stamp: Stamp,
) -> Result<(), No> {
    let acting = by;
    let (by, event) = (by.clone(), Event::new(Kind::Consulted, object).with("query", query));
    office.act_as(acting, move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(())
}

/// An area's whole register of issues, newest first (K8.3).
pub async fn issues(office: &Office, by: &Actor, area: AreaId, stamp: Stamp) -> Result<Vec<Issue>, No> {
    may_read_issues(office, by, area, stamp).await?;
    Ok(office.read().await?.issues(area).await?)
}

/// Whether `by` may read an area's register of issues; an auditor's reading is a leaf.
pub(super) async fn may_read_issues(office: &Office, by: &Actor, area: AreaId, stamp: Stamp) -> Result<(), No> {
    if !may(by, Act::SeeIssues, Thing::Area(area)) {
        return Err(No::NotFound);
    }
    if by.is(Role::Auditor) {
        consulted(office, by, format!("area/{area}"), "issues", stamp).await?;
    }
    Ok(())
}

/// The names of the fields that changed, for the leaf.
fn changed(fields: &[(&'static str, bool)]) -> Vec<&'static str> {
    fields.iter().filter(|(_, changed)| *changed).map(|(field, _)| *field).collect()
}

/// Writes a changed scheme's leaf.
async fn registered(
    tx: &mut Tx,
    by: &Actor,
    scheme: SchemeId,
    fields: Vec<&'static str>,
    about: Option<(&'static str, String)>,
    stamp: &Stamp,
) -> Result<(), No> {
    let mut event = Event::new(Kind::Registered, format!("scheme/{scheme}")).with("fields", fields);
    if let Some((what, id)) = about {
        event = event.with(what, id);
    }
    tx.append(&event, by, stamp).await?;
    Ok(())
}

/// Adds an error where a day on record lies in the future: something that was done cannot be.
fn not_in_future(field: &'static str, day: Option<&str>, now: Moment, wrong: &mut Vec<FieldError>) {
    if day.and_then(parse_day).is_some_and(|day| day > now.day()) {
        wrong.push(FieldError::new(field, "This day is in the future. Enter the day it was done, or leave it empty."));
    }
}

/// A table of cells, defused (ASVS 1.2.10).
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<String, Fault> {
    let broken = |why: String| Fault::Other(why);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(head).map_err(|why| broken(why.to_string()))?;
    for row in rows {
        let cells = row.iter().map(|cell| crate::actions::audit::defused(cell));
        out.write_record(cells).map_err(|why| broken(why.to_string()))?;
    }
    let bytes = out.into_inner().map_err(|why| broken(why.to_string()))?;
    String::from_utf8(bytes).map_err(|why| broken(why.to_string()))
}

/// A moment in a table; nothing where there is none.
fn at(ms: Option<i64>) -> String {
    ms.map_or_else(String::new, |ms| Moment::from_millis(ms).rfc3339())
}

/// Writes down that a register left the portal as a table.
async fn exported(office: &Office, by: &Actor, object: String, what: &str, stamp: Stamp) -> Result<(), No> {
    let acting = by;
    let (by, event) = (by.clone(), Event::new(Kind::Exported, object).with("what", what));
    office.act_as(acting, move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(())
}
