//! What holds at every door of the real table, and at places where there is none.

use actix_web::http::Method as Verb;
use actix_web::test::TestRequest;
use disclosure_portal::domain::actor::Role;
use disclosure_portal::web::doors::{Body, DOORS, Door, Method, Who};
use disclosure_portal::web::headers::{ALWAYS, CSP};

use super::stage::{Got, HOST, ORIGIN, Stage, get_page};

/// A path that fits the door.
fn path(door: &Door) -> String {
    let parts = door
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { "0190a5b0-0000-7000-8000-000000000001" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn dressed(what: &str, got: &Got) {
    for (name, value) in ALWAYS {
        assert_eq!(got.header(name), *value, "{what}: {name}");
        assert_eq!(got.headers.get_all(*name).count(), 1, "{what}: {name} twice");
    }
    assert!(["no-store", "public, max-age=31536000, immutable"].contains(&got.header("cache-control")), "{what}");
    assert!(!got.headers.contains_key("server"), "{what}");
    assert!(got.status < 500, "{what}: {}", got.status);
}

/// Whom the door admits, if anybody signed in.
fn visitor(door: &Door) -> Role {
    match door.who {
        Who::Holding(roles) => roles[0],
        _ => Role::Officer,
    }
}

fn media(door: &Door) -> &'static str {
    match door.body {
        Body::Empty | Body::Form => "application/x-www-form-urlencoded",
        Body::Upload => "multipart/form-data; boundary=x",
        Body::Bytes(_) => "application/octet-stream",
    }
}

fn knock(door: &Door, cookie: &str, token: &str) -> TestRequest {
    let fields = if token.is_empty() { String::new() } else { format!("token={token}") };
    TestRequest::post()
        .uri(&path(door))
        .insert_header(("host", HOST))
        .insert_header(("cookie", cookie))
        .insert_header(("accept", "text/html"))
        .insert_header(("content-type", media(door)))
        .set_payload(match door.body {
            Body::Form => fields,
            // The token must be the first part.
            Body::Upload => {
                format!("--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--x--\r\n")
            }
            Body::Empty | Body::Bytes(_) => String::new(),
        })
}

#[actix_web::test]
async fn every_answer_of_every_door_is_dressed() {
    let stage = Stage::new().await;
    for door in DOORS {
        for cookie in [String::new(), stage.sign_in(visitor(door)).await] {
            let request = match door.method {
                Method::Get => get_page(&path(door)).insert_header(("cookie", cookie)),
                Method::Post => knock(door, &cookie, ""),
            };
            dressed(door.path, &stage.ask_real(request).await);
        }
    }
    for path in ["/nothing/here", "/assets/none.js", "/%00", "/..%2f..%2fetc/passwd", "//evil.example/", "/a?b=%ff"] {
        let got = stage.ask_real(get_page(path)).await;
        assert!([400, 404].contains(&got.status), "{path}: {}", got.status);
        dressed(path, &got);
    }
}

#[actix_web::test]
async fn no_post_door_takes_what_does_not_come_from_our_own_page() {
    let stage = Stage::new().await;
    for door in DOORS.iter().filter(|door| door.method == Method::Post) {
        let role = visitor(door);
        let visit = ("__Host-visit", "0123456789abcdef0123456789abcdef");
        let cookie = match door.who {
            Who::Anyone | Who::HalfSignedIn | Who::Recovering => {
                format!("{}={}; {}; {}", visit.0, visit.1, stage.half(role), stage.recovery(role))
            }
            _ => stage.sign_in(role).await,
        };
        let good = |request: TestRequest| request.insert_header(("origin", ORIGIN));
        let foreign = stage.token("session/0190a5b0-0000-7000-8000-00000000ffff");
        let tries: Vec<(&str, TestRequest)> = vec![
            ("no origin", knock(door, &cookie, "")),
            ("null origin", knock(door, &cookie, "").insert_header(("origin", "null"))),
            ("other origin", knock(door, &cookie, "").insert_header(("origin", "https://evil.example"))),
            ("other port", knock(door, &cookie, "").insert_header(("origin", "https://portal.example.org"))),
            ("plain origin", knock(door, &cookie, "").insert_header(("origin", format!("http://{HOST}")))),
            ("two origins", good(knock(door, &cookie, "")).append_header(("origin", ORIGIN))),
            ("cross-site", good(knock(door, &cookie, "")).insert_header(("sec-fetch-site", "cross-site"))),
            ("same-site", good(knock(door, &cookie, "")).insert_header(("sec-fetch-site", "same-site"))),
            ("navigated", good(knock(door, &cookie, "")).insert_header(("sec-fetch-site", "none"))),
            ("no token", good(knock(door, &cookie, ""))),
            ("wrong token", good(knock(door, &cookie, "00"))),
            (
                "another's token",
                good(knock(door, &cookie, &foreign)).insert_header(("x-portal-token", foreign.as_str())),
            ),
        ];
        for (how, request) in tries {
            let got = stage.ask_real(request).await;
            assert_eq!(got.status, 403, "{} with {how}: {}", door.path, got.text());
            dressed(door.path, &got);
        }
    }
}

#[actix_web::test]
async fn a_post_by_somebody_not_signed_in_changes_nothing_and_says_so() {
    let stage = Stage::new().await;
    for door in DOORS.iter().filter(|door| door.method == Method::Post) {
        if matches!(door.who, Who::SignedIn | Who::Holding(_) | Who::HalfSignedIn | Who::Recovering) {
            let got = stage.ask_real(knock(door, "", "").insert_header(("origin", ORIGIN))).await;
            assert_eq!(got.status, 401, "{}", door.path);
            assert!(got.header("www-authenticate").starts_with("Session"));
        }
    }
}

#[actix_web::test]
async fn to_whom_a_door_is_not_for_there_is_no_door() {
    let stage = Stage::new().await;
    let missing =
        stage.ask_real(get_page("/nothing").insert_header(("cookie", stage.sign_in(Role::Member).await))).await;
    for door in DOORS {
        let Who::Holding(roles) = door.who else { continue };
        for role in Role::ALL.into_iter().filter(|role| !roles.contains(role)) {
            let cookie = stage.sign_in(role).await;
            let request = match door.method {
                Method::Get => get_page(&path(door)).insert_header(("cookie", cookie)),
                Method::Post => knock(door, &cookie, "").insert_header(("origin", ORIGIN)),
            };
            let got = stage.ask_real(request).await;
            assert_eq!(got.status, 404, "{} for {}", door.path, role.word());
            let body = |got: &Got| got.text().split("<main").nth(1).unwrap_or_default().to_owned();
            if matches!(door.body, Body::Bytes(_)) {
                assert!(got.text().starts_with("{\"detail\":\"If you typed the address"), "{}", got.text());
            } else {
                assert_eq!(body(&got), body(&missing), "{}", door.path);
            }
        }
    }
}

#[actix_web::test]
async fn another_method_is_answered_405_with_what_is_allowed() {
    let stage = Stage::new().await;
    for door in DOORS {
        for verb in [Verb::HEAD, Verb::PUT, Verb::DELETE, Verb::PATCH, Verb::OPTIONS, Verb::TRACE, Verb::CONNECT] {
            let request = TestRequest::with_uri(&path(door)).method(verb.clone()).insert_header(("host", HOST));
            let got = stage.ask_real(request).await;
            assert_eq!(got.status, 405, "{verb} {}", door.path);
            assert!(got.header("allow").contains(door.method.word()), "{verb} {}", door.path);
            dressed(door.path, &got);
        }
    }
    let got = stage.ask_real(get_page("/account/stay")).await;
    assert_eq!((got.status, got.header("allow")), (405, "POST"));
}

#[actix_web::test]
async fn only_our_own_name_is_answered() {
    let stage = Stage::new().await;
    let asked = |host: &str| TestRequest::get().uri("/cookies").insert_header(("host", host.to_owned()));
    for host in [
        "",
        "evil.example",
        "portal.example.org",
        "portal.example.org:8444",
        "portal.example.org:8443.evil.example",
        "127.0.0.1:8443",
    ] {
        let got = stage.ask_real(asked(host)).await;
        assert_eq!(got.status, 421, "{host}");
        dressed(host, &got);
    }
    assert_eq!(stage.ask_real(TestRequest::get().uri("/cookies")).await.status, 421, "no host");
    assert_eq!(stage.ask_real(asked(HOST).append_header(("host", "evil.example"))).await.status, 421, "two hosts");
    let absolute = TestRequest::get().uri("https://evil.example/cookies").insert_header(("host", HOST));
    assert_eq!(stage.ask_real(absolute).await.status, 421, "another authority in the request line");
    assert_eq!(stage.ask_real(asked("PORTAL.example.org:8443")).await.status, 200, "names have no case");
}

#[actix_web::test]
async fn assets_are_kept_for_ever_under_their_digest_and_nothing_else_is() {
    let stage = Stage::new().await;
    let page = stage.ask_real(get_page("/cookies")).await;
    assert_eq!(page.header("cache-control"), "no-store");
    let text = page.text();
    let hrefs: Vec<&str> = text.split('"').filter(|piece| piece.starts_with("/assets/")).collect();
    assert_eq!(hrefs.len(), 4, "{hrefs:?}");
    for href in hrefs {
        let got = stage.ask_real(get_page(href)).await;
        assert_eq!((got.status, got.header("cache-control")), (200, "public, max-age=31536000, immutable"), "{href}");
        assert!(got.header("content-type").starts_with(if href.ends_with("css") {
            "text/css"
        } else {
            "text/javascript"
        }));
        assert!(!got.headers.contains_key("set-cookie"));
    }
}

#[test]
fn the_policy_of_scripts_lets_nothing_inline_or_foreign_in() {
    for never in ["unsafe", "http:", "https:", "data:", "*", "blob:"] {
        assert!(!CSP.contains(never), "{never}");
    }
}
