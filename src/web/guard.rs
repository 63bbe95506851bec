//! What a request must prove before any handler sees it. Fails closed: a missing header is a wrong one.
//!
//! Promises: only our own names are answered (421); a POST has an `Origin` equal to ours, a `Sec-Fetch-Site` of `same-origin` where the
//! browser sends one, and a token that only our page for this very visit holds, compared in constant time. GET changes nothing.
//! Absent on purpose: an off switch, exemptions, trust in `Referer`. Proved by `tests/it/web_shell.rs` for each POST door.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::HeaderName;
use aws_lc_rs::{constant_time, hmac};

use crate::web::answer::Stop;
use crate::web::desk::Desk;
use crate::web::doors::{Body, Door, Place, Who};
use crate::web::problem::Problem;
use crate::web::visit::Wants;

/// The header a script puts the page's token in.
pub const TOKEN_HEADER: &str = "x-portal-token";
/// The hidden field of each form.
pub const TOKEN_FIELD: &str = "token";

/// The one value of a header; `None` if it is missing, twice there, or not plain text.
pub fn header<'r>(req: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let name = HeaderName::try_from(name).ok()?;
    let mut values = req.headers().get_all(name);
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

/// Refuses requests under any other name than the configured origin's (DNS rebinding, poisoned links). One exception: a GET at a
/// machine's door, whose answer holds no name, link, cookie or secret; balancers ask by address.
pub fn host(req: &HttpRequest, desk: &Desk, place: Option<&Place>) -> Result<(), Stop> {
    let machines = |door: &Door| door.who == Who::Machine && *req.method() == Method::GET;
    if place.and_then(|place| place.get).is_some_and(machines) {
        return Ok(());
    }
    let ours = |name: &str| name.eq_ignore_ascii_case(desk.portal.host());
    let named = header(req, "host").is_some_and(ours);
    let target = req.uri().authority().is_none_or(|authority| ours(authority.as_str()));
    if named && target { Ok(()) } else { Err(Problem::not_here().into()) }
}

/// A POST must come from our own page, as the browser tells it.
pub fn origin(req: &HttpRequest, desk: &Desk) -> Result<(), Stop> {
    let ours = header(req, "origin") == Some(desk.portal.origin.as_str());
    let site = req.headers().contains_key("sec-fetch-site");
    let same = !site || header(req, "sec-fetch-site") == Some("same-origin");
    if ours && same { Ok(()) } else { Err(Problem::not_ours().into()) }
}

/// The form token of a visit (`session/<id>`) or of a browser not signed in (`visit/<random>`): 64 hex digits.
pub fn token(desk: &Desk, of: &str) -> String {
    hex::encode(hmac::sign(&desk.keys.forms, of.as_bytes()))
}

/// Compares the token handed in with the one this visit's pages hold. No visit, no token: refused.
pub fn holds_token(expected: &str, given: &str) -> Result<(), Stop> {
    let same = constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok();
    if same && !expected.is_empty() { Ok(()) } else { Err(Problem::not_ours().into()) }
}

/// The address a request came from; `X-Forwarded-For` counts only from a configured proxy, read from its right end.
pub fn client(req: &HttpRequest, desk: &Desk) -> String {
    let Some(peer) = req.peer_addr().map(|peer| peer.ip().to_canonical()) else {
        return "unknown".to_owned();
    };
    let proxied = |ip: &IpAddr| desk.proxies.contains(ip);
    if !proxied(&peer) {
        return peer.to_string();
    }
    let forwarded = header(req, "x-forwarded-for").unwrap_or_default();
    let hops = forwarded.rsplit(',').map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    hops.map(|ip| ip.to_canonical()).find(|ip| !proxied(ip)).unwrap_or(peer).to_string()
}

/// What kind of answer the other side reads: programs say `application/json`, scripts are told by their browser.
pub fn wants(req: &HttpRequest, body: Body) -> Wants {
    let accept = header(req, "accept").unwrap_or_default();
    let json = accept.contains("application/json") && !accept.contains("text/html");
    let script = header(req, "sec-fetch-dest") == Some("empty");
    if json || script || matches!(body, Body::Bytes(_)) { Wants::Json } else { Wants::Page }
}
