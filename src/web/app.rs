//! Builds the app from the table of doors, for production and tests alike; and leads each request through its guards to its handler.
//!
//! Promises: every request, also for a path that does not exist, passes `knock` and leaves through `finish`; a panicking handler is
//! answered 500 and the next request is served. Absent on purpose: middleware, extractors, a second way in.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::cookie::Cookie;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::http::{ConnectionType, Method as Verb};
use actix_web::web::{self, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt as _;

use crate::actions::{Fault, No, session};
use crate::clock;
use crate::telemetry::{self, Answered};
use crate::web::answer::{self, Stop};
use crate::web::cookie::{self, Audience};
use crate::web::device;
use crate::web::doors::{Body, DOORS, Door, Method, Place, Who, at_once, get, places};
use crate::web::posted::{self, Coming, Posted};
use crate::web::problem::Problem;
use crate::web::visit::{Visit, Wants};
use crate::web::{Answer, Desk, guard, headers, plain};

/// Registers every door of the table, and "not found" for all else: `App::new().configure(app::of(desk))`.
pub fn of(desk: Arc<Desk>) -> impl FnOnce(&mut ServiceConfig) {
    with_doors(desk, DOORS)
}

/// The same with another table, for tests of the frame itself.
pub fn with_doors(desk: Arc<Desk>, doors: &'static [Door]) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        for place in places(doors) {
            let (desk, place) = (desk.clone(), Rc::new(place));
            let pattern = place.path;
            config.service(web::resource(pattern).to(move |req: HttpRequest, body: web::Payload| {
                answered(arrive(desk.clone(), doors, &req), Some(place.clone()), req, body)
            }));
        }
        config.default_service(web::to(move |req: HttpRequest, body: web::Payload| {
            answered(arrive(desk.clone(), doors, &req), None, req, body)
        }));
    }
}

/// Where a request goes that fits no door.
static NOWHERE: Door = get("", Who::Unasked, "No such page", |v| at_once(plain::nowhere(&v)));

/// One request from head to answer.
async fn answered(mut visit: Visit, place: Option<Rc<Place>>, req: HttpRequest, body: web::Payload) -> HttpResponse {
    let began = Instant::now();
    let coming = Rc::new(RefCell::new(body.into_inner()));
    let mut cookies = Vec::new();
    let knocked = knock(&mut visit, place.as_deref(), &req, &coming, &mut cookies).await;
    let shell = visit.shell();
    let answer = match knocked {
        Ok(()) => handle(visit).await,
        Err(stop) => {
            if *req.method() == Verb::POST {
                posted::drain(&req, &coming).await;
            }
            Err(stop)
        }
    };
    let response = finish(answer.unwrap_or_else(|stop| answer::to_answer(stop, &shell)), &shell, &cookies);
    tell(&shell, &req, response.status().as_u16(), began.elapsed());
    response
}

/// The operator's line and figures of one answer. A check of a machine that went well is no line.
fn tell(shell: &Visit, req: &HttpRequest, status: u16, took: Duration) {
    let verb = match *req.method() {
        Verb::GET => "GET",
        Verb::POST => "POST",
        _ => "other",
    };
    let door = if shell.door.path.is_empty() { "none" } else { shell.door.path };
    shell.office.metrics.answered(door, verb, status, shell.door.kind(), took);
    telemetry::answered(&Answered {
        request: &shell.request_id,
        method: verb,
        door,
        status,
        took,
        client: &shell.client,
        quiet: shell.door.who == Who::Machine && status < 400,
    });
}

/// What is known before any guard: enough to show a problem.
fn arrive(desk: Arc<Desk>, table: &'static [Door], req: &HttpRequest) -> Visit {
    Visit {
        office: desk.office.clone(),
        door: &NOWHERE,
        table,
        who: None,
        half: None,
        known: req.cookie(cookie::KNOWN).map_or_else(String::new, |known| known.value().to_owned()),
        device: device::words(guard::header(req, "user-agent").unwrap_or_default()),
        recovery: None,
        posted: Posted::default(),
        client: guard::client(req, &desk),
        request_id: hex::encode(clock::random::<8>()),
        now: desk.office.now(),
        path: req.path().to_owned(),
        names: Vec::new(),
        query: Vec::new(),
        token: String::new(),
        wants: guard::wants(req, Body::Empty),
        desk,
    }
}

/// The guards, in their order. What they learn is put into the visit; cookies that must change go into `cookies`.
async fn knock(
    visit: &mut Visit,
    place: Option<&Place>,
    req: &HttpRequest,
    coming: &Coming,
    cookies: &mut Vec<Cookie<'static>>,
) -> Result<(), Stop> {
    guard::host(req, &visit.desk, place)?;
    let Some(place) = place else {
        // Somebody signed in sees the same "not found" here as at a door that is not for them (P10).
        recognise(visit, req, cookies).await?;
        return Err(Problem::not_found().into());
    };
    let door = match *req.method() {
        Verb::GET => place.get,
        Verb::POST => place.post,
        _ => None,
    };
    visit.door = door.ok_or_else(|| Problem::not_so(place.allows()))?;
    visit.wants = guard::wants(req, visit.door.body);
    visit.names = req.match_info().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    visit.query =
        Query::<Vec<(String, String)>>::from_query(req.query_string()).map(Query::into_inner).unwrap_or_default();
    if visit.door.method == Method::Post {
        guard::origin(req, &visit.desk)?;
    }
    if matches!(visit.door.who, Who::Unasked | Who::Machine) {
        return Ok(());
    }
    if let Err(stop) = recognise(visit, req, cookies).await {
        if answer::is_for_later(&stop) && visit.wants == Wants::Page {
            visit.posted = posted::rescue(visit.door, req, coming, &visit.desk.uploads).await;
        }
        return Err(stop);
    }
    admit(visit)?;
    if visit.door.method == Method::Post {
        visit.posted = posted::read(visit.door, req, coming, &visit.token, &visit.desk.uploads).await?;
    }
    Ok(())
}

/// Who is it? The token is only a pointer: the store is asked each time, so that what ended a moment ago has ended.
async fn recognise(visit: &mut Visit, req: &HttpRequest, cookies: &mut Vec<Cookie<'static>>) -> Result<(), Stop> {
    let read = |audience: Audience| {
        let cookie = req.cookie(audience.cookie())?;
        visit.desk.keys.open(audience, cookie.value(), visit.now)
    };
    let (session, half) = (read(Audience::Session), read(Audience::Half));
    visit.half = half.map(|(to, _)| to);
    visit.recovery = read(Audience::Recovery).map(|(to, _)| to);
    if let Some((to, age)) = session {
        visit.who = session::check(&visit.office, to.session, to.person, to.version).await?;
        if visit.who.is_some() && age > cookie::REFRESH_MS {
            let token = visit.desk.keys.seal(Audience::Session, to, visit.now);
            cookies.push(cookie::put(cookie::SESSION, token.map_err(|why| No::from(Fault::Other(why)))?));
        }
    }
    if visit.who.is_none() && req.cookie(cookie::SESSION).is_some() {
        cookies.push(cookie::drop(cookie::SESSION));
    }
    let of = match &visit.who {
        Some(person) => format!("session/{}", person.session),
        None => format!("visit/{}", mark(req, visit.door, cookies).unwrap_or_default()),
    };
    visit.token = if of == "visit/" { String::new() } else { guard::token(&visit.desk, &of) };
    Ok(())
}

/// The random mark of a browser not signed in; given on the first page, never on a POST.
fn mark(req: &HttpRequest, door: &Door, cookies: &mut Vec<Cookie<'static>>) -> Option<String> {
    let is_mark = |value: &str| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let held = req.cookie(cookie::VISIT).map(|cookie| cookie.value().to_owned()).filter(|value| is_mark(value));
    if held.is_some() || door.method == Method::Post {
        return held;
    }
    let fresh = hex::encode(clock::random::<16>());
    cookies.push(cookie::put(cookie::VISIT, fresh.clone()));
    Some(fresh)
}

/// Whether the door opens to them at all. Strangers are led to sign in; whom a door is not for learns of no door (P10).
fn admit(visit: &Visit) -> Result<(), Stop> {
    let stranger = || {
        if visit.door.method == Method::Get && visit.wants == Wants::Page {
            Stop::SignIn
        } else {
            Problem::signed_out().into()
        }
    };
    match (visit.door.who, &visit.who) {
        (Who::Unasked | Who::Machine | Who::Anyone, _) => Ok(()),
        (Who::HalfSignedIn, _) if visit.half.is_some() => Ok(()),
        (Who::Recovering, _) if visit.recovery.is_some() => Ok(()),
        (Who::HalfSignedIn | Who::Recovering, _) | (Who::SignedIn | Who::Holding(_), None) => Err(stranger()),
        (who, Some(person)) if who.admits(&person.actor) => Ok(()),
        _ => Err(Problem::not_found().into()),
    }
}

/// The handler, with its panics caught: one bad request must not stop the desk.
async fn handle(visit: Visit) -> Result<Answer, Stop> {
    let handler = visit.door.handler;
    let running = AssertUnwindSafe(async move { handler(visit).await });
    match running.catch_unwind().await {
        Ok(answer) => answer.map_err(Stop::No),
        Err(_) => {
            Err(No::from(Fault::Other("the handler panicked; the place stands in a line before this".to_owned()))
                .into())
        }
    }
}

/// Cookies and headers on; the one way out.
fn finish(answer: Answer, visit: &Visit, cookies: &[Cookie<'static>]) -> HttpResponse {
    let own = answer.changes_cookies();
    let mut response = answer.into_response(visit).unwrap_or_else(|fault| {
        telemetry::incident(&visit.request_id, visit.door.path, &fault);
        HttpResponse::InternalServerError().body(format!("Incident {}\n", visit.request_id))
    });
    // A handler that signs in or out has the last word about cookies.
    for cookie in cookies.iter().filter(|_| !own) {
        if let Ok(value) = HeaderValue::try_from(cookie.encoded().to_string()) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    headers::dress(response.headers_mut());
    if visit.office.readiness.is_stopping() {
        // The next request of this browser goes to an instance that stays.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    response
}
