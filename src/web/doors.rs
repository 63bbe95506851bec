//! THE table of every route: who may knock, what may be handed in, which handler answers.
//!
//! Promises: the app is built from this table alone, assets included; a door that changes something is a POST. Order on the page's
//! menu is order here. Absent on purpose: routes anywhere else, a door for HEAD or for ranges (one view is one logged GET).
//! Proved by `tests/it/web_shell.rs`, which walks it.

mod corrections;
mod demands;
mod desk;
mod elsewhere;
mod mail;
mod prints;
mod releases;
mod request;
mod retention;
mod reviews;
mod rulings;
mod schemes;
mod settings;

use crate::actions::seal_words::WORDS_MAX;
use crate::domain::actor::Role;
pub use crate::web::door::{Body, Coming, Door, Handler, Method, Place, Who, at_once, get, places, post};
use crate::web::police::{
    approvals, areas, home, initiatives, members, papers, people, receivers, renew, reseal, root, scheme_form, seal,
    unit,
};
use crate::web::recover;
use crate::web::{
    account, bulletin, bulletins, enrol, fresh, log, log_check, parts, passkey, sign_in, statements, undertaking,
    visits,
};
use crate::web::{assets, plain, probe};

/// Every door there is: the tables of this file and of `doors/`, in the order of the menu.
pub const DOORS: &[Door] = &joined::<{ many(TABLES) }>(TABLES);

const TABLES: &[&[Door]] = &[
    FIRST,
    releases::DOORS,
    request::DOORS,
    rulings::DOORS,
    elsewhere::DOORS,
    corrections::DOORS,
    reviews::DOORS,
    demands::DOORS,
    prints::DOORS,
    mail::DOORS,
    retention::DOORS,
    desk::DOORS,
    schemes::DOORS,
    settings::DOORS,
    REST,
];

// Indexes are below the lengths they are compared with; a mistake here does not compile.
#[expect(clippy::indexing_slicing, reason = "const code has no iterators")]
const fn many(tables: &[&[Door]]) -> usize {
    let (mut n, mut all) = (0, 0);
    while n < tables.len() {
        all += tables[n].len();
        n += 1;
    }
    all
}

#[expect(clippy::indexing_slicing, reason = "const code has no iterators")]
const fn joined<const N: usize>(tables: &[&[Door]]) -> [Door; N] {
    let mut all = [tables[0][0]; N];
    let (mut n, mut at) = (0, 0);
    while n < tables.len() {
        let mut one = 0;
        while one < tables[n].len() {
            all[at] = tables[n][one];
            at += 1;
            one += 1;
        }
        n += 1;
    }
    all
}

/// What stands first on everybody's menu, and what anybody may ask for.
const FIRST: &[Door] = &[
    get("/assets/{file}", Who::Unasked, "Scripts and styles", |v| at_once(assets::serve(&v))),
    get("/accessibility", Who::Anyone, "Accessibility statement", |v| at_once(plain::accessibility(&v))),
    get("/cookies", Who::Anyone, "What is kept in the browser", |v| at_once(plain::cookies(&v))),
    get("/privacy", Who::Anyone, "What is recorded about people who use the portal", |v| at_once(plain::privacy(&v))),
    get("/favicon.ico", Who::Unasked, "No picture", |v| at_once(plain::no_picture(&v))),
    get("/health", Who::Machine, "Whether this instance answers", |v| at_once(probe::health_door(&v))),
    get("/ready", Who::Machine, "Whether this instance can serve", |v| Box::pin(probe::ready_door(v))),
    post("/account/stay", Who::SignedIn, Body::Empty, "Keep the visit open", |v| at_once(plain::stay(&v))),
    // The police desk
    get("/", Who::SignedIn, "What waits for you", |v| Box::pin(home::home(v))).on_menu("Waiting for you"),
];

/// All the others.
const REST: &[Door] = &[
    // Accounts, bulletins, the log
    get("/sign-in", Who::Anyone, "Sign in", |v| at_once(sign_in::form(&v))),
    post("/sign-in", Who::Anyone, Body::Form, "Email address and passphrase", |v| Box::pin(sign_in::first(v))),
    get("/sign-in/code", Who::HalfSignedIn, "Enter the code", |v| at_once(sign_in::code(&v))),
    post("/sign-in/code", Who::HalfSignedIn, Body::Form, "The code; begins the visit", |v| {
        Box::pin(sign_in::second(v))
    }),
    post("/sign-out", Who::SignedIn, Body::Form, "Sign out", |v| Box::pin(sign_in::out(v))),
    get("/enrol/{token}", Who::Anyone, "Join by an invitation link", |v| Box::pin(enrol::form(v))),
    post("/enrol/{token}", Who::Anyone, Body::Form, "Join", |v| Box::pin(enrol::join(v))),
    get("/enrolled", Who::Anyone, "What happens after joining", |v| at_once(enrol::enrolled(&v))),
    get("/bulletins", PARTNER, "Own bulletins", |v| Box::pin(bulletins::list(v))).on_menu("Bulletins"),
    post("/bulletins/purpose", prints::OPENERS, Body::Form, "Say why", |v| Box::pin(bulletins::say_purpose(v))),
    get("/thumbnails", PARTNER, "Small pictures of own copies", |v| Box::pin(bulletins::thumbnails(v))),
    get("/bulletins/{id}", PARTNER, "One of one’s own bulletins", |v| Box::pin(bulletin::show(v))),
    get("/bulletins/{id}/conditions", PARTNER, "Conditions of a supply", |v| Box::pin(bulletin::conditions(v))),
    post("/bulletins/{id}/conditions", PARTNER, Body::Form, "Acknowledge them", |v| Box::pin(bulletin::acknowledge(v))),
    get("/copies/{id}/parts/{part}", prints::OPENERS, "A sealed part of one’s own copy", |v| {
        Box::pin(parts::bytes(v))
    }),
    get("/undertaking", PARTNER, "How one stands with it", |v| Box::pin(undertaking::status(v))).on_menu("Undertaking"),
    get("/undertaking/mine", PARTNER, "Own signed copy", |v| Box::pin(undertaking::mine(v))),
    get("/undertaking/{version}", PARTNER, "The undertaking in full", |v| Box::pin(undertaking::text(v))),
    get("/undertaking/{version}/text", PARTNER, "Its exact bytes", |v| Box::pin(undertaking::bytes(v))),
    post("/undertaking/{version}", PARTNER, Body::Form, "Sign or decline", |v| Box::pin(undertaking::answer(v))),
    get("/log", AUDITOR, "Search the log", |v| Box::pin(log::search(v))).on_menu("Log"),
    get("/log/csv", AUDITOR, "The same as a table to keep", |v| Box::pin(log::csv(v))),
    get("/log/verify", AUDITOR, "Verify the log", |v| at_once(log_check::verify_form(&v))),
    post("/log/verify", AUDITOR, Body::Form, "Verify it now", |v| Box::pin(log_check::verify(v))),
    get("/log/head", AUDITOR, "Newest signed head", |v| Box::pin(log_check::head(v))),
    // Passkeys
    post("/sign-in/passkey/options", Who::Anyone, Body::Empty, "Begin to sign in with a passkey", |v| {
        Box::pin(passkey::sign_in_options(v))
    }),
    post("/sign-in/passkey", Who::Anyone, PASSKEY, "Sign in with a passkey", |v| Box::pin(passkey::sign_in(v))),
    post("/enrol/{token}/passkey/options", Who::Anyone, Body::Empty, "Begin to make a passkey while joining", |v| {
        Box::pin(enrol::passkey_options(v))
    }),
    get("/account/passkeys", Who::SignedIn, "Own passkeys", |v| Box::pin(passkey::list(v))),
    post("/account/passkeys/options", Who::SignedIn, Body::Empty, "Begin to make a passkey", |v| {
        Box::pin(passkey::add_options(v))
    }),
    post("/account/passkeys", Who::SignedIn, PASSKEY, "Add a passkey", |v| Box::pin(passkey::add(v))),
    post("/account/passkeys/prove", Who::SignedIn, Body::Form, "Show who is there, by a code", |v| {
        Box::pin(passkey::prove(v))
    }),
    post("/account/passkeys/{id}/remove", Who::SignedIn, Body::Form, "Remove an own passkey", |v| {
        Box::pin(passkey::remove(v))
    }),
    post("/account/touch/options", Who::SignedIn, Body::Empty, "Begin to show who is there, by a touch", |v| {
        Box::pin(passkey::touch_options(v))
    }),
    post("/account/touch", Who::SignedIn, PASSKEY, "Show who is there, by a touch", |v| Box::pin(passkey::touch(v))),
    // Recovery and keys made anew
    get("/recover", Who::Anyone, "Form: the recovery code", |v| at_once(recover::form(&v))),
    post("/recover", Who::Anyone, Body::Form, "Email address and recovery code", |v| Box::pin(recover::first(v))),
    get("/recover/new", Who::Recovering, "Form: new passphrase and code", |v| Box::pin(recover::making(v))),
    post("/recover/new", Who::Recovering, Body::Form, "Replace what signs in and unlocks", |v| {
        Box::pin(recover::made(v))
    }),
    get("/recover/keys", Who::Recovering, "Own keys, wrapped by the recovery code", |v| Box::pin(recover::keys(v))),
    get("/recovered", Who::Anyone, "What happens after recovery", |v| at_once(recover::recovered(&v))),
    get("/people/{id}/renew", Who::Holding(INVITERS), "Form: somebody lost everything", |v| Box::pin(renew::show(v))),
    post("/people/{id}/renew", Who::Holding(INVITERS), Body::Form, "End their keys and copies", |v| {
        Box::pin(renew::renew(v))
    }),
    get("/reseal", Who::Holding(&[Role::Aic]), "Copies to seal again", |v| Box::pin(reseal::show(v))),
    post("/reseal", Who::Holding(&[Role::Aic]), Body::Form, "Make copies in the place of lost ones", |v| {
        Box::pin(reseal::begin(v))
    }),
    get("/releases/{id}/text", Who::Holding(UNIT), "The released words, sealed to the unit", |v| {
        Box::pin(reseal::text(v))
    }),
    post(
        "/releases/{id}/text/sealing",
        Who::Holding(&[Role::Aic]),
        Body::Bytes(WORDS_MAX),
        "Hand over opened words",
        |v| Box::pin(reseal::take(v)),
    ),
    // Approvals and the root
    get("/approvals", APPROVER, "Whose keys wait to be confirmed", |v| Box::pin(approvals::list(v)))
        .on_menu("Keys to confirm"),
    get("/approvals/{person}", APPROVER, "Form: confirm whose keys these are", |v| Box::pin(approvals::show(v))),
    get("/approvals/{person}/document", APPROVER, "The exact bytes to be signed", |v| Box::pin(approvals::document(v))),
    post("/approvals/{person}", APPROVER, Body::Form, "Confirm whose keys these are", |v| Box::pin(approvals::send(v))),
    get("/approvals/{person}/record", RECORDED, "Record of confirmed keys", |v| Box::pin(approvals::record(v))),
    get("/areas/{id}/papers", Who::Holding(UNIT), "What the root signed about the unit's key", |v| {
        Box::pin(seal::papers(v))
    }),
    get("/root", Who::Holding(&[Role::Administrator]), "What waits for the offline root", |v| Box::pin(root::show(v)))
        .on_menu("Root of trust"),
    get("/root-request.json", Who::Holding(&[Role::Administrator]), "The file to carry to the root", |v| {
        Box::pin(root::request(v))
    }),
    post("/root", Who::Holding(&[Role::Administrator]), Body::Upload, "Take in what the root signed", |v| {
        Box::pin(root::accept(v))
    }),
    // Units
    get("/unit", Who::Holding(&[Role::Aic]), "Units one co-ordinates", |v| Box::pin(unit::choose(v))).on_menu("Unit"),
    get("/areas/{id}/unit", Who::Holding(&[Role::Aic]), "The unit’s key and who holds it", |v| {
        Box::pin(unit::show(v))
    }),
    get("/areas/{id}/unit/plan", Who::Holding(&[Role::Aic]), "What is to be sealed, to whom", |v| {
        Box::pin(unit::plan(v))
    }),
    get("/areas/{id}/unit/boxes/{key}", Who::Holding(UNIT), "The box of one of the unit’s keys", |v| {
        Box::pin(unit::boxed(v))
    }),
    post(
        "/areas/{id}/unit/key",
        Who::Holding(&[Role::Aic]),
        Body::Bytes(unit::BOXES_MAX),
        "Keep a new unit key",
        |v| Box::pin(unit::make(v)),
    ),
    post(
        "/areas/{id}/unit/boxes",
        Who::Holding(&[Role::Aic]),
        Body::Bytes(unit::BOXES_MAX),
        "Keep the unit’s boxes, sealed anew",
        |v| Box::pin(unit::share(v)),
    ),
    get("/areas/{id}/unit/originals/{original}", Who::Holding(&[Role::Aic]), "An original under an earlier key", |v| {
        Box::pin(unit::original(v))
    }),
    post(
        "/areas/{id}/unit/originals/{original}",
        Who::Holding(&[Role::Aic]),
        Body::Bytes(unit::SEALED_MAX),
        "The same, sealed to the key in force",
        |v| Box::pin(unit::take(v)),
    ),
    get("/areas/{id}/unit/originals/{original}/kept", Who::Holding(&[Role::Aic]), "That, to be compared", |v| {
        Box::pin(unit::kept(v))
    }),
    post(
        "/areas/{id}/unit/originals/{original}/confirm",
        Who::Holding(&[Role::Aic]),
        Body::Empty,
        "It is the same: it takes the place",
        |v| Box::pin(unit::confirm(v)),
    ),
    // Statements
    get("/statements", Who::SignedIn, "What one has signed", |v| Box::pin(statements::mine(v))),
    get("/statements/{id}", Who::SignedIn, "What somebody signed", |v| Box::pin(statements::one(v))),
    get("/statements/{id}/file", Who::SignedIn, "The same as a file to verify", |v| Box::pin(statements::file(v))),
    // Visits and proving who is there
    get("/account/fresh", Who::SignedIn, "Form: show that it is you", |v| at_once(fresh::form(&v))),
    post("/account/fresh", Who::SignedIn, Body::Form, "Show that it is you", |v| Box::pin(fresh::show(v))),
    get("/account/visits", Who::SignedIn, "Where one is signed in", |v| Box::pin(visits::list(v))),
    post("/account/visits/end", Who::SignedIn, Body::Form, "Sign out everywhere else", |v| {
        Box::pin(visits::end_others(v))
    }),
    // People, roles and registers
    get("/schemes/new", KEEPER, "Form: a new scheme", |v| Box::pin(scheme_form::new(v))),
    post("/schemes/new", KEEPER, Body::Form, "Add a scheme", |v| Box::pin(scheme_form::add(v))),
    get("/schemes/{id}/change", KEEPER, "Form: a scheme's entry", |v| Box::pin(scheme_form::changing(v))),
    post("/schemes/{id}", KEEPER, Body::Form, "Change a scheme", |v| Box::pin(scheme_form::change(v))),
    post("/schemes/{id}/documents", KEEPER, Body::Upload, "Attach the agreement", |v| Box::pin(papers::agreement(v))),
    get("/schemes/{id}/receivers/{person}", KEEPER, "Form: vetting and storage", |v| Box::pin(receivers::show(v))),
    post("/schemes/{id}/receivers/{person}", KEEPER, Body::Form, "Change a receiver", |v| {
        Box::pin(receivers::change(v))
    }),
    post("/schemes/{id}/receivers/{person}/documents", KEEPER, Body::Upload, "Attach a vetting paper", |v| {
        Box::pin(papers::vetting(v))
    }),
    post("/schemes/{id}/members", KEEPER, Body::Form, "Add a member business", |v| Box::pin(members::add(v))),
    get("/schemes/{id}/members/{member}", INSPECTED, "A member business", |v| Box::pin(members::one(v))),
    post("/schemes/{id}/members/{member}", KEEPER, Body::Form, "Change a member", |v| Box::pin(members::change(v))),
    post("/schemes/{id}/members/{member}/remove", KEEPER, Body::Form, "A member left", |v| {
        Box::pin(members::remove(v))
    }),
    post("/schemes/{id}/members/{member}/documents", KEEPER, Body::Upload, "Attach a signed agreement", |v| {
        Box::pin(papers::member(v))
    }),
    post("/schemes/{id}/members/csv", LISTS, Body::Form, "Take the register of members away", |v| {
        Box::pin(members::csv(v))
    }),
    get("/documents/{id}", PAPERS, "A signed paper, as a file", |v| Box::pin(papers::fetch(v))),
    get("/documents/{id}/remove", KEEPER, "Form: remove a paper", |v| Box::pin(papers::ask(v))),
    post("/documents/{id}/remove", KEEPER, Body::Form, "Remove a paper", |v| Box::pin(papers::remove(v))),
    get("/initiatives", LISTS, "Initiatives", |v| Box::pin(initiatives::list(v))).on_menu("Initiatives"),
    post("/initiatives", KEEPER, Body::Form, "Begin an initiative", |v| Box::pin(initiatives::begin(v))),
    get("/initiatives/{id}", LISTS, "One initiative's list", |v| Box::pin(initiatives::one(v))),
    post("/initiatives/{id}", KEEPER, Body::Form, "Rename an initiative", |v| Box::pin(initiatives::rename(v))),
    post("/initiatives/{id}/end", KEEPER, Body::Form, "End an initiative", |v| Box::pin(initiatives::end(v))),
    post("/initiatives/{id}/entries", KEEPER, Body::Form, "Put on the list", |v| Box::pin(initiatives::put_on(v))),
    post("/initiatives/{id}/entries/{entry}/remove", KEEPER, Body::Form, "Take off the list", |v| {
        Box::pin(initiatives::take_off(v))
    }),
    post("/initiatives/{id}/csv", LISTS, Body::Form, "Take the list away", |v| Box::pin(initiatives::csv(v))),
    get("/people", INVITED, "Accounts", |v| Box::pin(people::list(v))).on_menu("People"),
    get("/people/{id}", INVITED, "One account", |v| Box::pin(people::one(v))),
    post("/people/{id}/suspend", INVITED, Body::Form, "Suspend or restore", |v| Box::pin(people::suspend(v))),
    post("/people/{id}/roles", INVITED, Body::Form, "Give a role", |v| Box::pin(people::give(v))),
    post("/people/{id}/roles/take", INVITED, Body::Form, "Take a role", |v| Box::pin(people::take(v))),
    get("/areas", ADMINISTRATOR, "Areas", |v| Box::pin(areas::list(v))).on_menu("Areas"),
    post("/areas", ADMINISTRATOR, Body::Form, "Add an area", |v| Box::pin(areas::add(v))),
    get("/areas/{id}/rename", ADMINISTRATOR, "Form: an area's name", |v| Box::pin(areas::renaming(v))),
    post("/areas/{id}/rename", ADMINISTRATOR, Body::Form, "Rename an area", |v| Box::pin(areas::rename(v))),
    // One's own account, last on the menu
    get("/account", Who::SignedIn, "Own account", |v| Box::pin(account::show(v))).on_menu("Account"),
    get("/account/keys", Who::SignedIn, "Own wrapped keys", |v| Box::pin(account::keys(v))),
    get("/account/nonce", Who::SignedIn, "A nonce to sign with", |v| at_once(account::nonce(&v))),
];

/// What an authenticator answered, as JSON.
const PASSKEY: Body = Body::Bytes(passkey::BODY_MAX);

/// Who sees releases.
const READERS: &[Role] = &[Role::Officer, Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander, Role::Auditor];
/// Who reads registers of issues.
const ISSUES: &[Role] = &[Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander, Role::Auditor];
/// Who opens originals.
const UNIT: &[Role] = &[Role::Aic, Role::Reviewer];
/// Who sees schemes.
const SCHEMES: &[Role] = &[Role::Aic, Role::Auditor, Role::Administrator, Role::Manager, Role::Member];
/// Who invites.
const INVITERS: &[Role] = &[Role::Aic, Role::Administrator];

/// The same, as a rule.
const INVITED: Who = Who::Holding(INVITERS);
/// Who keeps registers.
const KEEPER: Who = Who::Holding(&[Role::Aic]);
/// Who reads lists of initiatives, and takes registers away as tables.
const LISTS: Who = Who::Holding(&[Role::Aic, Role::Auditor]);
/// Who inspects a member's entry.
const INSPECTED: Who = Who::Holding(&[Role::Aic, Role::Auditor, Role::Manager]);
/// Who may open a signed paper or a document of a case; a member only one about themself.
const PAPERS: Who = Who::Holding(&[
    Role::Officer,
    Role::Aic,
    Role::Reviewer,
    Role::Inspector,
    Role::Commander,
    Role::Auditor,
    Role::Manager,
    Role::Member,
]);
/// Who keeps areas.
const ADMINISTRATOR: Who = Who::Holding(&[Role::Administrator]);

/// Who holds copies.
const PARTNER: Who = Who::Holding(&[Role::Manager, Role::Member]);
/// Who confirms keys.
const APPROVER: Who = Who::Holding(&[Role::Aic]);
/// Who reads how a key was confirmed.
const RECORDED: Who = Who::Holding(&[Role::Aic, Role::Auditor]);
/// Who reads the log.
const AUDITOR: Who = Who::Holding(&[Role::Auditor]);
/// Who may see what happened to a release.
const STORY: Who =
    Who::Holding(&[Role::Officer, Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander, Role::Auditor]);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_door_is_written_twice_and_none_is_out_of_shape() {
        let mut seen = HashSet::new();
        for door in DOORS {
            assert!(seen.insert((door.method.word(), door.path)), "twice: {} {}", door.method.word(), door.path);
            assert!(door.path.starts_with('/') && (door.path == "/" || !door.path.ends_with('/')), "{}", door.path);
            assert!(!door.what.is_empty());
            assert!(door.method == Method::Post || door.body == Body::Empty, "a GET takes nothing: {}", door.path);
            assert!(door.menu.is_none() || (door.method == Method::Get && !door.path.contains('{')), "{}", door.path);
        }
    }

    #[test]
    fn machines_have_two_doors_and_no_more() {
        let asked: Vec<_> = DOORS.iter().filter(|door| door.who == Who::Machine).map(|door| door.path).collect();
        assert_eq!(asked, ["/health", "/ready"]);
    }

    #[test]
    fn only_reading_is_open_to_strangers_but_for_signing_in_and_enrolling() {
        for door in DOORS.iter().filter(|door| door.method == Method::Post) {
            assert!(!matches!(door.who, Who::Unasked | Who::Machine), "{}", door.path);
            let entrance = ["/sign-in", "/enrol", "/recover"].iter().any(|start| door.path.starts_with(start));
            assert!(door.who != Who::Anyone || entrance, "{} is open to anyone", door.path);
        }
    }

    #[test]
    fn literal_parts_come_before_names() {
        const TWO: &[Door] = &[
            get("/a/{id}", Who::Anyone, "x", |v| at_once(plain::cookies(&v))),
            get("/a/new", Who::Anyone, "x", |v| at_once(plain::cookies(&v))),
            post("/a/{id}", Who::Anyone, Body::Form, "x", |v| at_once(plain::cookies(&v))),
        ];
        let places = places(TWO);
        assert_eq!(places.iter().map(|place| place.path).collect::<Vec<_>>(), ["/a/new", "/a/{id}"]);
        assert_eq!(places[1].allows(), "GET, POST");
    }
}
