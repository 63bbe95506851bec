//! The operator's listener: plain HTTP for machines on this one, `/health`, `/ready`, `/metrics` and nothing else.
//!
//! Promises: one worker, few connections, GET alone, no body is read, an answer within five seconds; only a name of this machine is
//! answered, so that no page in a browser here can be made to read it. The configuration refuses an address that is not loopback.
//! Absent on purpose: TLS, cookies, people, any door of the pages.

use std::io;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio::time::timeout;

use crate::actions::{No, figures};
use crate::telemetry::book::MEDIA;
use crate::web::doors::Body;
use crate::web::problem::soon;
use crate::web::{Answer, Desk, guard, headers, probe};

/// Connections at a time; further ones wait in the system's queue.
const CONNECTIONS: usize = 32;
/// A head has this long to arrive, an answer to be made.
const TIME: Duration = Duration::from_secs(5);

/// Serves the three on `socket`. Await the server to run it; it does not listen to signals.
pub fn serve(desk: Arc<Desk>, socket: TcpListener) -> io::Result<Server> {
    let app = move || {
        let desk = Arc::clone(&desk);
        App::new().default_service(web::to(move |req: HttpRequest| answered(Arc::clone(&desk), req)))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .max_connections(CONNECTIONS)
        .client_request_timeout(TIME)
        .client_disconnect_timeout(TIME)
        .keep_alive(TIME)
        .shutdown_timeout(1)
        .disable_signals();
    Ok(server.listen(socket)?.run())
}

async fn answered(desk: Arc<Desk>, req: HttpRequest) -> HttpResponse {
    let told =
        |status: StatusCode, words: &'static str| HttpResponse::build(status).content_type("text/plain").body(words);
    let mut response = if !guard::header(&req, "host").is_some_and(names_this_machine) {
        told(StatusCode::MISDIRECTED_REQUEST, "Ask by an address of this machine.\n")
    } else if *req.method() != Method::GET {
        let mut no = told(StatusCode::METHOD_NOT_ALLOWED, "GET alone.\n");
        no.headers_mut()
            .insert(actix_web::http::header::ALLOW, actix_web::http::header::HeaderValue::from_static("GET"));
        no
    } else {
        match timeout(TIME, answer(&desk, &req)).await {
            Ok(Ok(Some(answer))) => {
                answer.plain().unwrap_or_else(|_| told(StatusCode::INTERNAL_SERVER_ERROR, "A fault.\n"))
            }
            Ok(Ok(None)) => told(StatusCode::NOT_FOUND, "/health, /ready, /metrics\n"),
            Ok(Err(_)) => told(StatusCode::INTERNAL_SERVER_ERROR, "A fault.\n"),
            Err(_) => {
                HttpResponse::ServiceUnavailable().insert_header(("retry-after", soon())).body("no answer in time\n")
            }
        }
    };
    headers::dress(response.headers_mut());
    response
}

async fn answer(desk: &Desk, req: &HttpRequest) -> Result<Option<Answer>, No> {
    Ok(Some(match req.path() {
        "/health" => probe::health(),
        "/ready" => probe::ready(&desk.office, guard::wants(req, Body::Empty)).await?,
        "/metrics" => Answer::bytes(MEDIA, figures::text(&desk.office, desk.uploads_in_use()).await?),
        _ => return Ok(None),
    }))
}

/// Whether a `Host` is a loopback address or `localhost`, with or without a port.
fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::names_this_machine;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for ours in ["127.0.0.1:9464", "127.0.0.1", "[::1]:9464", "localhost:9464", "LOCALHOST", "127.8.8.8"] {
            assert!(names_this_machine(ours), "{ours}");
        }
        for other in
            ["", "evil.example:9464", "10.0.0.1:9464", "localhost.evil.example", "127.0.0.1.evil.example", ":1"]
        {
            assert!(!names_this_machine(other), "{other}");
        }
    }
}
