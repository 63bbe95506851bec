//! A scheme's own entry: what kind it is, its registration and its agreement (K6.2.1, O2.1, O3.1.2), what its members were told (O3.5).
//!
//! A lapsed agreement, or one that has not begun, closes the door at once. A lapsed ICO registration and a review that is due are
//! shown and close nothing: the policy lets only the agreement do that.

use super::{changed, load, not_in_future, registered};
use crate::actions::enrol::optional_day;
use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::ids::{AreaId, SchemeId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::scheme::SchemeKind;
use crate::domain::words::Line;
use crate::store::log::Stamp;
use crate::store::registers::Scheme;

/// A scheme's fields as typed.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct SchemeForm {
    pub area: String,
    pub kind: String,
    pub kind_reason: String,
    pub name: String,
    pub ico_reference: String,
    pub ico_ends: String,
    pub isa_reference: String,
    pub isa_parties: String,
    pub isa_starts: String,
    pub isa_ends: String,
    pub isa_review: String,
    pub duties_told: String,
    pub duties_version: String,
    pub eia_reference: String,
    pub suspended: String,
    pub version: String,
}

/// Reads the form; identifiers and version are the caller's.
fn read_form(form: &SchemeForm, now: Moment) -> Result<Scheme, No> {
    let mut wrong = Vec::new();
    let mut line = |field, what, raw| read(&mut wrong, field, Line::optional(what, raw)).unwrap_or_default();
    let kind_reason = line("kind_reason", "The reason", &form.kind_reason);
    let isa_reference = line("isa_reference", "The agreement's reference", &form.isa_reference);
    let isa_parties = line("isa_parties", "The parties", &form.isa_parties);
    let duties_version = line("duties_version", "The version", &form.duties_version);
    let eia_reference = line("eia_reference", "The assessment's reference", &form.eia_reference);
    let name = read(&mut wrong, "name", Line::parse("the scheme's name", &form.name)).unwrap_or_default();
    let ico = Line::parse("its ICO registration number", &form.ico_reference);
    let ico_reference = read(&mut wrong, "ico_reference", ico).unwrap_or_default();
    let mut day = |field, raw| optional_day(field, raw, &mut wrong);
    let ico_ends = day("ico_ends", &form.ico_ends);
    let isa_starts = day("isa_starts", &form.isa_starts);
    let isa_ends = day("isa_ends", &form.isa_ends);
    let isa_review = day("isa_review", &form.isa_review);
    let duties_told = day("duties_told", &form.duties_told);
    not_in_future("duties_told", duties_told.as_deref(), now, &mut wrong);
    let kind = SchemeKind::parse(&form.kind);
    let other = kind == Some(SchemeKind::Other);
    let text = |line: Line| line.as_str().to_owned();
    let row = Scheme {
        id: String::new(),
        area_id: String::new(),
        kind: kind.map_or_else(String::new, |kind| kind.word().to_owned()),
        kind_reason: if other { text(kind_reason) } else { String::new() },
        name: text(name),
        ico_reference: text(ico_reference),
        ico_ends,
        isa_reference: text(isa_reference),
        isa_parties: text(isa_parties),
        isa_starts,
        isa_ends,
        isa_review,
        duties_told,
        duties_version: text(duties_version),
        eia_reference: text(eia_reference),
        suspended: form.suspended == "yes",
        version: 1,
    };
    together(&row, &mut wrong);
    if wrong.is_empty() { Ok(row) } else { Err(No::Invalid(wrong)) }
}

/// What must go together: a kind, or a reason; an agreement's days and its reference; a day and what was told on it.
fn together(row: &Scheme, wrong: &mut Vec<FieldError>) {
    let mut tell = |when: bool, field, sentence: &str| {
        if when {
            wrong.push(FieldError::new(field, sentence));
        }
    };
    tell(row.kind.is_empty(), "kind", "Select the type of scheme");
    tell(
        row.kind == SchemeKind::Other.word() && row.kind_reason.is_empty(),
        "kind_reason",
        "Enter why this scheme is recognised though it is of no listed type (K6.2.1)",
    );
    tell(
        row.isa_ends.is_some() && row.isa_reference.is_empty(),
        "isa_reference",
        "Enter the reference of the agreement that runs to this date",
    );
    // Days are stored as 2026-11-21, which sort as they follow.
    tell(
        row.isa_starts.is_some() && row.isa_ends.is_some() && row.isa_starts > row.isa_ends,
        "isa_starts",
        "The agreement cannot begin after its last day",
    );
    tell(
        row.duties_told.is_some() && row.duties_version.is_empty(),
        "duties_version",
        "Enter which version of the legal duties the members were told of (O3.5)",
    );
}

/// Adds a scheme to an area whose registers `by` keeps; answers its identifier.
pub async fn add_scheme(office: &Office, by: &Actor, form: &SchemeForm, stamp: Stamp) -> Result<SchemeId, No> {
    let area = AreaId::parse(&form.area).ok_or_else(|| No::field("area", "Select the area of the scheme"));
    let read = read_form(form, office.now());
    let (area, row) = match (area, read) {
        (Ok(area), Ok(row)) => (area, row),
        (Err(No::Invalid(mut area)), Err(No::Invalid(rest))) => {
            area.extend(rest);
            return Err(No::Invalid(area));
        }
        (Err(no), _) | (_, Err(no)) => return Err(no),
    };
    if !may(by, Act::KeepRegister, Thing::Area(area)) {
        return Err(No::NotFound);
    }
    let id = SchemeId::fresh(office.now(), ten());
    let row = Scheme { id: id.to_string(), area_id: area.to_string(), ..row };
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let twin = |other: &Scheme| other.area_id == row.area_id && other.name == row.name;
                if tx.schemes().await?.iter().any(twin) {
                    return Err(No::field("name", "This area has a scheme of this name already."));
                }
                tx.add_scheme(&row).await?;
                registered(tx, &by, id, vec!["added"], Some(("area", row.area_id.clone())), &stamp).await
            })
        })
        .await?;
    Ok(id)
}

/// Changes a scheme's agreement, registration, suspension. What lapses closes the door at once.
pub async fn change_scheme(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    form: &SchemeForm,
    stamp: Stamp,
) -> Result<(), No> {
    let was = load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let row = Scheme {
        id: was.id.clone(),
        area_id: was.area_id.clone(),
        version: form.version.parse().unwrap_or(was.version),
        ..read_form(form, office.now())?
    };
    let fields = changed(&[
        ("kind", row.kind != was.kind),
        ("kind_reason", row.kind_reason != was.kind_reason),
        ("name", row.name != was.name),
        ("ico_reference", row.ico_reference != was.ico_reference),
        ("ico_ends", row.ico_ends != was.ico_ends),
        ("isa_reference", row.isa_reference != was.isa_reference),
        ("isa_parties", row.isa_parties != was.isa_parties),
        ("isa_starts", row.isa_starts != was.isa_starts),
        ("isa_ends", row.isa_ends != was.isa_ends),
        ("isa_review", row.isa_review != was.isa_review),
        ("duties_told", row.duties_told != was.duties_told),
        ("duties_version", row.duties_version != was.duties_version),
        ("eia_reference", row.eia_reference != was.eia_reference),
        ("suspended", row.suspended != was.suspended),
    ]);
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if !tx.change_scheme(&row).await? {
                    return Err(No::field(
                        "name",
                        "Somebody changed this entry while you were typing. Reload the page and look again.",
                    ));
                }
                registered(tx, &by, id, fields, None, &stamp).await
            })
        })
        .await?;
    Ok(())
}
