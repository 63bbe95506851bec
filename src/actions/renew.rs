//! Loss of everything: whoever answers for a person, having made sure who they are, ends their keys and every copy that only those
//! could open, and invites them to make new ones (DESIGN §5, K7.3).
//!
//! Promises: one act, its leaf in it; from its commit nothing of theirs opens, and what was being sent breaks off (P3); roles, vetting
//! and the signed undertaking stay. Absent on purpose: approving the new keys (that is a paper, after six words by telephone); undoing.

use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::session::Person as Visitor;
use crate::actions::{No, Office, enrol, recover, sweep};
use crate::clock;
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, InvitationId, PersonId, StatementId, WrapId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Line;
use crate::store::log::Stamp;
use crate::store::mails::Mail;
use crate::store::people::{Invitation, Person, Wrap};
pub use crate::store::recovery::Renewal;
use crate::store::{Conn, Tx};

/// What the page shows before it is done.
#[derive(Clone, Debug)]
pub struct About {
    /// Who lost everything.
    pub person: Person,
    /// What they answer for.
    pub actor: Actor,
    /// Copies that would be destroyed.
    pub copies: usize,
    /// The unit's key is sealed to them too.
    pub unit: bool,
    /// Earlier times.
    pub before: Vec<Renewal>,
}

/// The person, if `by` answers for them: a co-ordinator of one of their areas; an administrator for whoever acts for the whole force.
async fn load(conn: &mut Conn, by: &Actor, id: PersonId) -> Result<(Person, Actor), No> {
    let row = conn.person(id).await?.ok_or(No::NotFound)?;
    let actor = conn.actor(id).await?;
    let places = recover::places(conn, &actor).await?;
    // Nobody of an area takes over an account of the force.
    let force = places.contains(&None);
    let answers = places.iter().any(|place| match place {
        Some(area) => !force && may(by, Act::RenewKeys, Thing::Area(*area)),
        None => may(by, Act::RenewKeys, Thing::Force),
    });
    if answers && by.person() != Some(id) { Ok((row, actor)) } else { Err(No::NotFound) }
}

/// Refuses a co-ordinator to whom only some of somebody's areas belong: who holds the link holds the account, with every role of it, and
/// a co-ordinator must not come into another area by it (P10).
async fn alone(conn: &mut Conn, by: &Actor, actor: &Actor) -> Result<(), No> {
    let places = recover::places(conn, actor).await?;
    let theirs = |place: &Option<AreaId>| place.is_none_or(|area| may(by, Act::RenewKeys, Thing::Area(area)));
    if places.contains(&None) || places.iter().all(theirs) {
        return Ok(());
    }
    Err(No::field(
        "verified",
        "This person answers for another area too. Have their roles there taken first; they can be given again once the new keys are confirmed.",
    ))
}

/// What is there to lose.
pub async fn about(office: &Office, by: &Actor, id: PersonId) -> Result<About, No> {
    let mut conn = office.read().await?;
    let (person, actor) = load(&mut conn, by, id).await?;
    let copies = conn.copies_with_key(id).await?.len();
    let unit = actor.is(Role::Aic) || actor.is(Role::Reviewer);
    Ok(About { before: conn.renewals(id).await?, person, actor, copies, unit })
}

/// Ends the keys and copies, and answers the path of the link for the new ones. `verified`: how it was made sure who they are.
pub async fn renew(office: &Office, who: &Visitor, id: PersonId, verified: &str, stamp: Stamp) -> Result<String, No> {
    let by = &who.actor;
    let mut conn = office.read().await?;
    let (row, actor) = load(&mut conn, by, id).await?;
    alone(&mut conn, by, &actor).await?;
    let others = recover::answering(&mut conn, id).await?;
    drop(conn);
    if row.suspended {
        return Err(No::field("verified", "This account is suspended. Have it restored first, then renew the keys."));
    }
    let mut wrong = Vec::new();
    let verified = read(&mut wrong, "verified", Line::parse("how you made sure who they are", verified));
    let Some(verified) = verified else { return Err(No::Invalid(wrong)) };
    let token = hex::encode(clock::random::<32>());
    let invitation = invitation(office, by, &token, &row, &actor)?;
    let path = format!("/enrol/{token}");
    let renewal = Renewal {
        id: StatementId::fresh(office.now(), ten()).to_string(),
        person_id: row.id.clone(),
        by_person: who.id.to_string(),
        by_name: who.name.clone(),
        verified: verified.as_str().to_owned(),
        copies: 0,
        at: office.now().millis(),
    };
    let mut mails = letters(office, who.id, &row, &path, &others);
    // Elsewhere the leaf becomes messages and mails.
    mails.retain(|_| office.settings.demo);
    let acting = by;
    let by = by.clone();
    let closed = office
        .act_as(acting, move |tx| {
            Box::pin(async move { carry_out(tx, &by, id, renewal, &invitation, &mails, &stamp).await })
        })
        .await?
        .into_inner();
    for copy in closed {
        office.board.close(copy);
    }
    sweep::clear_away(office).await;
    Ok(path)
}

/// Inside the act: nothing of theirs opens from here on. Answers the copies that ended.
async fn carry_out(
    tx: &mut Tx,
    by: &Actor,
    id: PersonId,
    mut renewal: Renewal,
    invitation: &Invitation,
    mails: &[(Mail, Option<PersonId>)],
    stamp: &Stamp,
) -> Result<Vec<String>, No> {
    let (_, actor) = load(tx, by, id).await?;
    alone(tx, by, &actor).await?;
    let copies: Vec<String> = tx.copies_with_key(id).await?.iter().map(ToString::to_string).collect();
    tx.empty_person(id).await?;
    tx.lose_copies(id).await?;
    renewal.copies = i64::try_from(copies.len()).unwrap_or(i64::MAX);
    tx.add_renewal(&renewal).await?;
    tx.add_invitation(invitation).await?;
    for (mail, to) in mails {
        tx.add_mail(&mail.to(*to)).await?;
    }
    let event = Event::new(Kind::KeysRenewed, format!("person/{id}"))
        .with("verified", renewal.id.clone())
        .with("copies", copies.len());
    tx.append(&event, by, stamp).await?;
    Ok(copies)
}

/// The invitation to make new keys for an account that is there already.
fn invitation(office: &Office, by: &Actor, token: &str, row: &Person, actor: &Actor) -> Result<Invitation, No> {
    let now = office.now();
    let first = actor.grants().first().copied();
    let secret: [u8; 20] = clock::random();
    Ok(Invitation {
        id: InvitationId::fresh(now, ten()).to_string(),
        token_hash: enrol::hash(token),
        email: row.email.clone(),
        name: row.name.clone(),
        role: first.map_or("", |grant| grant.role().word()).to_owned(),
        area_id: match first {
            Some(Grant::InArea(_, area)) => Some(area.to_string()),
            _ => None,
        },
        scheme_id: match first {
            Some(Grant::InScheme(_, scheme)) => Some(scheme.to_string()),
            _ => None,
        },
        person_id: row.id.clone(),
        wrap_id: WrapId::fresh(now, ten()).to_string(),
        recovery_id: WrapId::fresh(now, ten()).to_string(),
        totp_secret: office.seal_field("person", &row.id, "totp_secret", 0, &secret)?,
        invited_by: by.person().ok_or(No::NotFound)?.to_string(),
        created_at: now.millis(),
        expires_at: now.plus_millis(enrol::LIFE_MS).millis(),
        renews: true,
        used_at: None,
    })
}

/// The demo’s letters: to the person with the link; to the others who answer for them without.
fn letters(
    office: &Office,
    by: PersonId,
    row: &Person,
    path: &str,
    others: &[(String, String)],
) -> Vec<(Mail, Option<PersonId>)> {
    let origin = &office.settings.origin;
    // Elsewhere the link is on the page of whoever renews and nowhere else, as for an invitation: the database holds no secret that opens
    // an account.
    let how = format!("Open this link within seven days to make new keys:\n{origin}{path}\n");
    let words = format!(
        "Your old keys and copies in the disclosure portal have ended. {how}If you did not ask for this, call your Area Intelligence Co-ordinator at once."
    );
    let own = recover::mail(office, &row.email, "Make your keys anew", &words);
    let mut mails = vec![(own, PersonId::parse(&row.id))];
    let words = format!(
        "The keys and copies of somebody you answer for were ended, and they were invited to make new ones. Read how they were verified:\n{origin}/people/{}/renew",
        row.id
    );
    for (id, address) in others.iter().filter(|(id, _)| *id != by.to_string()) {
        mails.push((recover::mail(office, address, "Keys were renewed", &words), PersonId::parse(id)));
    }
    mails
}

/// Inside the act of an enrolment by such a link: the account gets its new keys; its roles stay.
pub(super) async fn enrolled(
    tx: &mut Tx,
    person: PersonId,
    account: &Person,
    wraps: &[Wrap],
    stamp: &Stamp,
) -> Result<(), No> {
    if !tx.enrol_anew(person, account).await? {
        return Err(No::NotFound);
    }
    tx.replace_wraps(person, wraps).await?;
    let event = Event::new(Kind::Enrolled, format!("person/{person}"))
        .with("recipient", account.recipient.clone())
        .with("anew", true);
    let by = tx.actor(person).await?;
    tx.append(&event, &by, stamp).await?;
    Ok(())
}
