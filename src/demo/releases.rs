//! How the demo's people ask, authorise, sign and confirm: the same actions as on the pages, signed with their own keys.

use crate::actions::answers::Form;
use crate::actions::decision::{self, record};
use crate::actions::office::Office;
use crate::actions::request::draft::{self, Change, Kept};
use crate::actions::request::submit;
use crate::actions::{No, deliver, demands, release, seal, statement, surrender, undertaking};
use crate::demo::people::{Somebody, World};
use crate::demo::{ago, portrait, stamp};
use crate::domain::ids::{CopyId, PersonId, PhotographId, ReleaseId, SchemeId};
use crate::domain::policy::Act;
use crate::domain::release::Part;
use crate::ledger::statement::{Lines, sign as sign_lines};

/// What one release of the demo is about.
pub struct Plot {
    /// The police's title.
    pub title: &'static str,
    /// What leaves.
    pub text: &'static str,
    /// Where.
    pub locality: &'static str,
    /// The portraits' seeds; none: text only.
    pub portraits: &'static [u64],
    /// There is danger.
    pub danger: bool,
}

/// Answers of a form, in order.
pub type Answers = Vec<(String, String)>;

fn answers(fields: &[(&str, &str)]) -> Answers {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What an officer answers: everything but the photographs.
pub fn asked(office: &Office, officer: &Somebody, area: &str, plot: &Plot) -> Answers {
    let pictured = !plot.portraits.is_empty();
    let only = |is: bool, word: &'static str| if is { word } else { "" };
    let release = statement::draft(office, officer.id).to_string();
    answers(&[
        ("release", &release),
        ("area", area),
        ("title", plot.title),
        (
            "reasons",
            "A series of reports from several shops names the same person; staff cannot act without a picture.",
        ),
        ("purposes", "prevention"),
        ("purposes", "detection"),
        ("locality", plot.locality),
        ("text", plot.text),
        ("name", ""),
        ("danger", only(plot.danger, "yes")),
        ("source", only(pictured, "custody")),
        ("justice", only(pictured, "yes")),
        ("image_reference", only(pictured, "ATH/IMG/0417")),
    ])
}

/// Signs a form's answers as a person's browser would: files and questions in `by_digest` stand in the document as digests.
pub fn sign_form(
    office: &Office,
    who: &Somebody,
    kind: &str,
    object: &str,
    form: Form,
    by_digest: &[&str],
) -> Result<Form, No> {
    let document = form.canonical(by_digest);
    let note = sign(office, who, kind, object, document.as_bytes())?;
    Ok(form.signed(document, note))
}

/// Begins a draft with these answers and photographs, as the officer's first page does.
pub async fn begin(
    office: &Office,
    officer: &Somebody,
    answers: &Answers,
    photographs: Vec<Vec<u8>>,
) -> Result<ReleaseId, No> {
    let change = Change { posted: answers.clone(), photographs, version: 0 };
    match draft::begin(office, &officer.actor, change, &stamp()).await? {
        Kept::Saved { refused, .. } if !refused.is_empty() => Err(No::from(refused)),
        Kept::Saved { wrong, .. } if !wrong.is_empty() => Err(No::Invalid(wrong)),
        Kept::Saved { id, .. } | Kept::Elsewhere { id, .. } => Ok(id),
    }
}

/// The form that sends a request as it stands, signed; unsigned forms of incomplete requests come back as what is missing.
pub async fn sign_request(office: &Office, who: &Somebody, id: ReleaseId) -> Result<Form, No> {
    let ready = submit::ready(office, &who.actor, id).await?;
    if !ready.missing.is_empty() {
        return Err(No::Invalid(ready.missing));
    }
    let (words, pictures) = ready.subject();
    let mut said = answers(&[("record", &ready.record()), ("words", &words)]);
    said.extend(pictures.into_iter().map(|one| ("photograph".to_owned(), one)));
    sign_form(office, who, "request", &format!("release/{id}"), Form::posted(&said), &[])
}

/// Begins a draft and sends it, signed.
pub async fn send(
    office: &Office,
    officer: &Somebody,
    answers: &Answers,
    photographs: Vec<Vec<u8>>,
) -> Result<ReleaseId, No> {
    let id = begin(office, officer, answers, photographs).await?;
    let form = sign_request(office, officer, id).await?;
    submit::submit(office, &officer.actor, id, &form, stamp()).await?;
    Ok(id)
}

/// Asks, with portraits drawn by code.
pub async fn ask(office: &Office, officer: &Somebody, area: &str, plot: &Plot) -> Result<ReleaseId, No> {
    let photographs: Vec<Vec<u8>> = plot.portraits.iter().map(|seed| portrait::draw(*seed)).collect();
    send(office, officer, &asked(office, officer, area, plot), photographs).await
}

/// A complete record, as a careful co-ordinator would make it now, for these recipients: every part's answers.
pub fn complete(office: &Office, recipients: &[(PersonId, SchemeId)]) -> Answers {
    let now = office.now();
    let served = ago(now, 4, 0);
    let mut all = answers(RECORD);
    all.extend(answers(&[
        ("intelligence_date", &ago(now, 2, 0).day().to_string()),
        ("notice_date", &served.day().to_string()),
        ("notice_time", &served.clock_time()),
        ("athena_date", &now.day().to_string()),
        ("answer", "authorise"),
    ]));
    all.extend(recipients.iter().map(|(person, scheme)| ("recipients".to_owned(), format!("{person}:{scheme}"))));
    all
}

const RECORD: &[(&str, &str)] = &[
    ("custody", "yes"),
    ("justice", "yes"),
    ("offence", "Theft from a shop, March 2025"),
    ("image_reference", "ATH/IMG/0417"),
    ("words_considered", "yes"),
    ("basis", "common_law"),
    ("grounds_kind", "intelligence"),
    ("grounds", "Three current reports place the person in the town centre during thefts this month."),
    ("intelligence_reference", "INT/2026/0931"),
    ("prejudice", "Without the picture staff cannot recognise the person, and the thefts go on."),
    ("risk_confidentiality", "No source is identified. Marked OFFICIAL-SENSITIVE."),
    ("risk_level", "Low, with named recipients under a signed undertaking."),
    ("risk_purpose", "Recognition at the door, and a call to the police."),
    ("risk_conditions", "Not for display; not for any radio."),
    ("risk_harm", "Mistaken identity is possible: staff call the police and do not confront."),
    ("risk_found", "no"),
    ("japan_justified", "Repeated thefts with threats."),
    ("japan_authorised", "Common law power; policy K10."),
    ("japan_proportionate", "The least that lets staff recognise one person."),
    ("japan_auditable", "This record and the log."),
    ("japan_necessary", "Other means have been tried for a month."),
    ("outcome", "positive"),
    ("wanted", "no"),
    ("telling", "served"),
    ("notice_by", "PC 1042"),
    ("notice_how", "In person, in writing"),
    ("notice_document", "ATH/DOC/5518"),
    ("need", "They manage the doors at which the person is seen."),
    ("instructions", "Show it to security staff on duty at the doors. Do not print it."),
    ("elsewhere", "no"),
    ("kmip_reference", "K-MIP/2026/118"),
    ("kmip_complete", "yes"),
    ("kmip_attached", "yes"),
    ("athena_reference", "ATH/REL/2231"),
    ("reason", ""),
];

/// Saves every part of these answers, as a co-ordinator does page by page.
pub async fn consider(office: &Office, aic: &Somebody, id: ReleaseId, said: &Answers) -> Result<(), No> {
    for (part, ..) in Part::ALL {
        let mut conn = office.read().await?;
        let of = decision::gather(office, &mut conn, &aic.actor, Act::Decide, id, office.now()).await?;
        drop(conn);
        let version = of.answers(part).map_or(0, |saved| saved.version);
        let said: Answers =
            said.iter().cloned().chain([(decision::SUBJECT.to_owned(), of.case.subject.clone())]).collect();
        decision::save(office, &aic.actor, id, part, &said, version, stamp()).await?;
    }
    Ok(())
}

/// A decision's form, signed: every part saved first where it authorises; then what the page says the decision is about.
pub async fn sign_decision(office: &Office, aic: &Somebody, id: ReleaseId, said: Answers) -> Result<Form, No> {
    let of =
        |name: &str| said.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str()).to_owned();
    if of("answer") == "authorise" {
        consider(office, aic, id, &said).await?;
    }
    sign_as_it_stands(office, aic, id, &of("answer"), &of("reason")).await
}

/// A decision's form about the case as it stands, signed.
pub async fn sign_as_it_stands(
    office: &Office,
    aic: &Somebody,
    id: ReleaseId,
    answer: &str,
    reason: &str,
) -> Result<Form, No> {
    let mut conn = office.read().await?;
    let of = decision::gather(office, &mut conn, &aic.actor, Act::SeeRelease, id, office.now()).await?;
    let text = record::text(&record::sections(office, &mut conn, &of).await?);
    drop(conn);
    let (words, pictures) = of.subject();
    let mut said = answers(&[("record", &text), ("words", &words), ("reason", reason), ("answer", answer)]);
    said.extend(pictures.into_iter().map(|one| ("photograph".to_owned(), one)));
    sign_form(office, aic, "authority", &format!("release/{id}"), Form::posted(&said), &[])
}

/// Authorises for these recipients.
pub async fn authorise(
    office: &Office,
    aic: &Somebody,
    id: ReleaseId,
    recipients: &[(PersonId, SchemeId)],
) -> Result<(), No> {
    let form = sign_decision(office, aic, id, complete(office, recipients)).await?;
    release::decide(office, &aic.actor, id, &form, stamp()).await
}

/// Refuses.
pub async fn refuse(office: &Office, aic: &Somebody, id: ReleaseId, reason: &str) -> Result<(), No> {
    let said = answers(&[("answer", "refuse"), ("reason", reason)]);
    let form = sign_decision(office, aic, id, said).await?;
    release::decide(office, &aic.actor, id, &form, stamp()).await
}

/// A reason's form, signed: for `recall` and `withdrawal`.
pub fn sign_reason(office: &Office, who: &Somebody, kind: &str, id: ReleaseId, reason: &str) -> Result<Form, No> {
    let form = Form::posted(&answers(&[("reason", reason)]));
    sign_form(office, who, kind, &format!("release/{id}"), form, &[])
}

/// Recalls.
pub async fn recall(office: &Office, aic: &Somebody, id: ReleaseId, reason: &str) -> Result<(), No> {
    let form = sign_reason(office, aic, "recall", id, reason)?;
    demands::recall(office, &aic.actor, id, &form, stamp()).await
}

/// Authorises for `recipients` and seals every copy.
pub async fn release_to(
    office: &Office,
    aic: &Somebody,
    id: ReleaseId,
    plot: &Plot,
    recipients: &[(PersonId, SchemeId)],
) -> Result<(), No> {
    authorise(office, aic, id, recipients).await?;
    let photographs = office.read().await?.photographs(id).await?;
    for (row, drawn) in photographs.iter().zip(plot.portraits) {
        let photograph = PhotographId::parse(&row.id).ok_or(No::NotFound)?;
        seal::take_whole(office, &aic.actor, id, photograph, portrait::draw(*drawn), stamp()).await?;
    }
    Ok(())
}

/// Signs as a person's browser would.
pub fn sign(office: &Office, who: &Somebody, kind: &str, object: &str, document: &[u8]) -> Result<String, No> {
    let fresh = statement::nonce(office, who.id, kind, object)?;
    let signer = who.id.to_string();
    let lines = Lines { kind, document, object, signer: &signer, nonce: &fresh.nonce, time: &fresh.time };
    sign_lines(&who.seed, &lines).map_err(|why| No::field("statement", why.to_string()))
}

/// Opens and signs the undertaking in force.
pub async fn undertake(office: &Office, who: &Somebody) -> Result<(), No> {
    let version = undertaking::standing(office, &who.actor).await?.version;
    let words = undertaking::open(office, &who.actor, version, stamp()).await?;
    let note = sign(office, who, "undertaking", &undertaking::object(version), words.as_bytes())?;
    undertaking::sign(office, &who.actor, version, &note, stamp()).await
}

/// The copy somebody holds of a release.
pub async fn copy_of(office: &Office, who: &Somebody, release: ReleaseId) -> Result<CopyId, No> {
    let copies = office.read().await?.copies_of_release(release).await?;
    let mine = copies
        .iter()
        .find(|copy| copy.holder == who.id.to_string() && copy.is_electronic() && copy.replaced_at.is_none())
        .ok_or(No::NotFound)?;
    CopyId::parse(&mine.id).ok_or(No::NotFound)
}

/// Acknowledges the conditions of a copy.
pub async fn acknowledge(office: &Office, who: &Somebody, copy: CopyId) -> Result<(), No> {
    let bulletin = deliver::one(office, &who.actor, copy).await?;
    let words = deliver::conditions(&bulletin);
    let note = sign(office, who, "acknowledge", &deliver::object(copy), words.as_bytes())?;
    deliver::acknowledge(office, &who.actor, copy, &note, stamp()).await
}

/// Opens every screen and text part of a copy once.
pub async fn look(office: &Office, who: &Somebody, copy: CopyId) -> Result<(), No> {
    use crate::domain::ids::PartId;
    use crate::domain::release::request::Purpose;
    for part in deliver::one(office, &who.actor, copy).await?.parts {
        let Some(id) = PartId::parse(&part.id).filter(|_| part.rendition != "thumbnail") else { continue };
        deliver::open_part(office, &who.actor, copy, id, Purpose::Prevention, stamp()).await?;
    }
    Ok(())
}

/// Confirms that a copy is destroyed.
pub async fn confirm(office: &Office, who: &Somebody, copy: CopyId, witness: &str) -> Result<(), No> {
    let done = office.now();
    let form = answers(&[
        ("outcome", "destroyed"),
        ("method", "Nothing was kept outside the portal; notes cross-cut shredded"),
        ("done_date", &done.day().to_string()),
        ("done_time", &done.clock_time()),
        ("witness", witness),
        ("onward", "none"),
        ("onward_told", ""),
    ]);
    let form = sign_form(office, who, "surrender", &deliver::object(copy), Form::posted(&form), &[])?;
    surrender::confirm(office, &who.actor, copy, &form, stamp()).await
}

/// The police accept what was confirmed last.
pub async fn accept(office: &Office, aic: &Somebody, copy: CopyId) -> Result<(), No> {
    let seen = office.read().await?.copy(copy).await?.and_then(|row| row.confirmed_at).unwrap_or_default();
    demands::accept(office, &aic.actor, copy, &seen.to_string(), stamp()).await
}

/// The recipients by name, for the schemes they receive for.
pub fn to(world: &World, names: &[(&str, usize)]) -> Result<Vec<(PersonId, SchemeId)>, No> {
    names
        .iter()
        .map(|(name, scheme)| Ok((world.called(name)?.id, *world.schemes.get(*scheme).ok_or(No::NotFound)?)))
        .collect()
}
