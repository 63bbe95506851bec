//! Invitations and enrolment: a link opens once; the browser makes the keys; the server keeps public halves and wraps.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::actions::office::{slow, ten};
use crate::actions::passkey::{self, Begun, joining};
use crate::actions::{Fault, FieldError, No, Office, renew, sign_in};
use crate::clock;
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, InvitationId, PersonId, SchemeId, WrapId};
use crate::domain::moment::{Moment, parse_day};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Line;
use crate::sealing::age::Recipient;
use crate::store::Tx;
use crate::store::log::Stamp;
use crate::store::mails::Mail;
use crate::store::people::{Invitation, Person, Wrap};
use crate::store::registers::Receiver;

/// An invitation's life, milliseconds: seven days.
pub(super) const LIFE_MS: i64 = 7 * 86_400_000;

/// What the inviter typed.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct Invite {
    pub email: String,
    pub name: String,
    pub role: String,
    pub area: String,
    pub scheme: String,
}

/// What the enrolling browser sent.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct Enrolment {
    pub auth: String,
    pub recovery_auth: String,
    pub recipient: String,
    pub signing_key: String,
    pub identity_wrap: String,
    pub signing_wrap: String,
    pub recovery_identity_wrap: String,
    pub recovery_signing_wrap: String,
    pub code: String,
    pub ceremony: String,
    pub credential: String,
    pub passkey_name: String,
    pub passkey_wrap: String,
    pub passkey_identity_wrap: String,
    pub passkey_signing_wrap: String,
}

impl Enrolment {
    /// Whether nothing of a passphrase was sent: they join with a passkey alone.
    fn without_passphrase(&self) -> bool {
        [&self.auth, &self.identity_wrap, &self.signing_wrap, &self.code].into_iter().all(|text| text.trim().is_empty())
    }
}

/// What the enrolment page shows.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Who they will be.
    pub person: String,
    /// Their name, as invited.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role's title.
    pub role: &'static str,
    /// The passphrase wrap's identifier.
    pub wrap: String,
    /// The recovery wrap's identifier.
    pub recovery_wrap: String,
    /// The authenticator secret, base 32.
    pub totp_secret: String,
}

/// The stored hash of a link's secret.
pub(super) fn hash(token: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// Invites a person; answers the link's path. The link is shown once, and in a demo stands in the outbox.
pub async fn invite(office: &Office, by: &Actor, form: &Invite, stamp: Stamp) -> Result<String, No> {
    let (email, name, role, grant) = read_invite(form)?;
    let thing = match grant {
        Grant::InScheme(_, id) => {
            let scheme = office.read().await?.scheme(id).await?.ok_or(No::NotFound)?;
            Thing::Scheme { area: scheme.area()?, scheme: id }
        }
        Grant::InArea(_, area) => {
            office.read().await?.area(area).await?.ok_or(No::NotFound)?;
            Thing::Area(area)
        }
        Grant::Force(_) => Thing::Force,
    };
    if !may(by, Act::Invite, thing) {
        return Err(No::NotFound);
    }
    let key = office.blind("email", &email);
    if office.read().await?.person_by_email(&key).await?.is_some() {
        return Err(No::field(
            "email",
            "Somebody with this email address has an account already. Look for the address under People, and give them a role there.",
        ));
    }
    let token = hex::encode(clock::random::<32>());
    let row = invitation(office, by, &token, &email, &name, role, grant)?;
    let person = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    let now = office.now();
    let path = format!("/enrol/{token}");
    let words = format!(
        "You are invited to join the disclosure portal. Open this link within seven days:\n{}{path}",
        office.settings.origin
    );
    let id = InvitationId::fresh(now, ten()).to_string();
    let mail = Mail::shown(id, email, "Your invitation to the disclosure portal", words, now);
    let acting = by;
    let (by, demo) = (by.clone(), office.settings.demo);
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                tx.add_invitation(&row).await?;
                if demo {
                    // Elsewhere the link is on the inviter's page and nowhere else: its secret is never stored.
                    tx.add_mail(&mail).await?;
                }
                let event = Event::new(Kind::Invited, format!("person/{person}")).with("role", role.word());
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(path)
}

/// A new invitation's row: whose keys it will bind, and the authenticator secret it will show.
pub(super) fn invitation(
    office: &Office,
    by: &Actor,
    token: &str,
    email: &str,
    name: &Line,
    role: Role,
    grant: Grant,
) -> Result<Invitation, No> {
    let now = office.now();
    let person = PersonId::fresh(now, ten());
    let secret: [u8; 20] = clock::random();
    Ok(Invitation {
        id: InvitationId::fresh(now, ten()).to_string(),
        token_hash: hash(token),
        email: email.to_owned(),
        name: name.as_str().to_owned(),
        role: role.word().to_owned(),
        area_id: match grant {
            Grant::InArea(_, area) => Some(area.to_string()),
            _ => None,
        },
        scheme_id: match grant {
            Grant::InScheme(_, scheme) => Some(scheme.to_string()),
            _ => None,
        },
        person_id: person.to_string(),
        wrap_id: WrapId::fresh(now, ten()).to_string(),
        recovery_id: WrapId::fresh(now, ten()).to_string(),
        totp_secret: office.seal_field("person", &person.to_string(), "totp_secret", 0, &secret)?,
        invited_by: by.person().map_or_else(|| by.word(), |id| id.to_string()),
        created_at: now.millis(),
        expires_at: now.plus_millis(LIFE_MS).millis(),
        renews: false,
        used_at: None,
    })
}

pub(super) fn read_invite(form: &Invite) -> Result<(String, Line, Role, Grant), No> {
    let mut wrong = Vec::new();
    let email = sign_in::address(&form.email);
    let looks = email.is_ascii()
        && email.len() <= 200
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !looks {
        wrong.push(FieldError::new("email", "Enter an email address in the correct format, like name@example.com"));
    }
    let name = Line::parse("the person's name", &form.name);
    if let Err(why) = &name {
        wrong.push(FieldError::new("name", why.to_string()));
    }
    let role = Role::parse(&form.role);
    let grant = role.and_then(|role| Grant::join(role, AreaId::parse(&form.area), SchemeId::parse(&form.scheme)));
    if grant.is_none() {
        wrong.push(FieldError::new("role", "Select a role, with the area or the scheme it is for"));
    }
    match (name, role, grant) {
        (Ok(name), Some(role), Some(grant)) if wrong.is_empty() => Ok((email, name, role, grant)),
        _ => Err(No::Invalid(wrong)),
    }
}

/// What the link's page shows; a used, expired or unknown link is not found.
pub async fn invited(office: &Office, token: &str) -> Result<Invited, No> {
    let row = open_invitation(office, token).await?;
    let secret = office.open_field("person", &row.person_id, "totp_secret", 0, &row.totp_secret)?;
    Ok(Invited {
        person: row.person_id,
        name: row.name,
        email: row.email,
        role: Role::parse(&row.role).map_or("", Role::title),
        wrap: row.wrap_id,
        recovery_wrap: row.recovery_id,
        totp_secret: totp_rs::Secret::new(secret.as_slice().into()).to_base32(),
    })
}

async fn open_invitation(office: &Office, token: &str) -> Result<Invitation, No> {
    let row = office.read().await?.invitation(&hash(token)).await?.ok_or(No::NotFound)?;
    if row.used_at.is_some() || office.now() >= Moment::from_millis(row.expires_at) {
        Err(No::NotFound)
    } else {
        Ok(row)
    }
}

/// Begins the making of the passkey of whoever holds the link.
pub async fn begin_passkey(office: &Office, token: &str) -> Result<Begun, No> {
    let row = open_invitation(office, token).await?;
    let person = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    joining::begin(office, person, &row.email, &row.name).await
}

/// Enrols: checks everything, keeps the public halves and the wraps, gives the role, uses the link up.
pub async fn enrol(office: &Office, token: &str, form: &Enrolment, stamp: Stamp) -> Result<(), No> {
    let row = open_invitation(office, token).await?;
    let person = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    passkey::refuse_secrets_in_form(office, &format!("person/{person}"), &[&form.credential], &stamp).await?;
    let made = joining::read(office, person, form).await?;
    // With a passkey that unlocks, a passphrase (and the code that goes with it) is a second way, not a must.
    let alone = made.as_ref().is_some_and(|made| made.wrap.is_some()) && form.without_passphrase();
    read_enrolment(form, alone)?;
    let step = if alone { None } else { Some(code(office, &row, form)?) };
    let role = Role::parse(&row.role).ok_or(No::NotFound)?;
    let area = row.area_id.as_deref().and_then(AreaId::parse);
    let scheme = row.scheme_id.as_deref().and_then(SchemeId::parse);
    let grant = Grant::join(role, area, scheme).ok_or(No::NotFound)?;
    let invitation = InvitationId::parse(&row.id).ok_or(No::NotFound)?;
    let (auth, recovery) = (form.auth.clone(), form.recovery_auth.clone());
    let hash_or_none = move |auth: &str| if alone { Ok(String::new()) } else { sign_in::hash_auth(auth) };
    let turn = office.hashing.acquire().await.map_err(|_| No::Unavailable)?;
    let hashes = slow(move || Ok::<_, Fault>([hash_or_none(&auth)?, sign_in::hash_auth(&recovery)?])).await??;
    drop(turn);
    let email_key = office.blind("email", &row.email);
    let account = account(office, &row, form, hashes, step);
    let (wraps, ceremony) = (wraps(&row, form, alone), form.ceremony.clone());
    let renews = row.renews;
    office
        .act(move |tx| {
            Box::pin(async move {
                if !tx.use_invitation(invitation).await? {
                    return Err(No::NotFound);
                }
                if made.is_some() {
                    joining::take(tx, &ceremony, person).await?;
                }
                if renews {
                    // Somebody who lost everything: the account stays, its keys are new.
                    renew::enrolled(tx, person, &account, &wraps, &stamp).await?;
                } else {
                    begin(tx, &account, &email_key, grant, &wraps, &stamp).await?;
                }
                if let Some(made) = &made {
                    let by = tx.actor(person).await?;
                    joining::insert(tx, person, made, &by, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Inside the act of an enrolment: a new account, with the role it was invited to.
async fn begin(
    tx: &mut Tx,
    account: &Person,
    email_key: &str,
    grant: Grant,
    wraps: &[Wrap],
    stamp: &Stamp,
) -> Result<(), No> {
    let person = account.id()?;
    if tx.person_by_email(email_key).await?.is_some() {
        return Err(No::field("code", "This email address has an account already. Sign in with it."));
    }
    tx.add_person(account, email_key).await?;
    tx.add_grant(person, grant).await?;
    for wrap in wraps {
        tx.add_wrap(person, wrap).await?;
    }
    if let Grant::InScheme(_, scheme) = grant {
        // Without vetting nothing opens until the co-ordinator records it (K7.3).
        tx.add_membership(&Receiver::new(person, scheme)).await?;
    }
    let event = Event::new(Kind::Enrolled, format!("person/{person}")).with("recipient", account.recipient.clone());
    let by = tx.actor(person).await?;
    tx.append(&event, &by, stamp).await?;
    Ok(())
}

/// The step of the code that shows that their authenticator app works.
fn code(office: &Office, row: &Invitation, form: &Enrolment) -> Result<i64, No> {
    let secret = office.open_field("person", &row.person_id, "totp_secret", 0, &row.totp_secret)?;
    sign_in::step_of(&secret, &form.code)
        .ok_or_else(|| No::field("code", "Enter the six digits your authenticator app shows now."))
}

/// The account that an invitation becomes.
fn account(office: &Office, row: &Invitation, form: &Enrolment, hashes: [String; 2], step: Option<i64>) -> Person {
    let [auth_hash, recovery_hash] = hashes;
    Person {
        id: row.person_id.clone(),
        email: row.email.clone(),
        name: row.name.clone(),
        auth_hash,
        recovery_hash,
        // Nobody has entered the secret into an app: then no code is theirs, whoever has seen the page.
        totp_secret: step.map_or_else(Vec::new, |_| row.totp_secret.clone()),
        totp_step: step.unwrap_or(0),
        recipient: form.recipient.clone(),
        signing_key: form.signing_key.clone(),
        suspended: false,
        version: 1,
        created_at: office.now().millis(),
        signed_in_at: None,
    }
}

/// The ways of unlocking that the browser made, besides a passkey's.
fn wraps(row: &Invitation, form: &Enrolment, alone: bool) -> Vec<Wrap> {
    let wrap = |id: &str, kind: &str, identity: &str, signing: &str| Wrap {
        id: id.to_owned(),
        kind: kind.to_owned(),
        identity: identity.to_owned(),
        signing: signing.to_owned(),
    };
    let mut wraps = vec![wrap(&row.recovery_id, "recovery", &form.recovery_identity_wrap, &form.recovery_signing_wrap)];
    if !alone {
        wraps.push(wrap(&row.wrap_id, "passphrase", &form.identity_wrap, &form.signing_wrap));
    }
    wraps
}

fn read_enrolment(form: &Enrolment, alone: bool) -> Result<(), No> {
    let again = "Your browser sent something that cannot be read. Reload the page and begin again.";
    let is_hex =
        |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_key = STANDARD.decode(&form.signing_key).is_ok_and(|key| key.len() == 32);
    let is_wrap = |text: &String| passkey::is_wrap(text);
    let passphrase = alone || (is_hex(&form.auth) && is_wrap(&form.identity_wrap) && is_wrap(&form.signing_wrap));
    let recovery =
        is_hex(&form.recovery_auth) && is_wrap(&form.recovery_identity_wrap) && is_wrap(&form.recovery_signing_wrap);
    if !passphrase || !recovery || !is_key {
        return Err(No::field("code", again));
    }
    Recipient::parse(&form.recipient).map_err(|why| No::field("code", why.to_string()))?;
    Ok(())
}

/// Reads an optional day of a form.
pub(super) fn optional_day(field: &'static str, raw: &str, wrong: &mut Vec<FieldError>) -> Option<String> {
    let raw = raw.trim();
    if raw.is_empty() {
        return None;
    }
    let day = parse_day(raw);
    if day.is_none() {
        wrong.push(FieldError::new(field, "Enter a real date, like 27 3 2027"));
    }
    day.map(|day| day.to_string())
}
