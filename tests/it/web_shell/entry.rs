//! Who is recognised, what is read, what is answered: tried at doors made for it.

use actix_web::test::TestRequest;
use disclosure_portal::domain::actor::Role;
use disclosure_portal::domain::ids::PersonId;
use disclosure_portal::domain::moment::Moment;

use super::stage::{HOST, ORIGIN, START, Stage, get_page, post_form};

#[actix_web::test]
async fn a_stranger_is_led_to_sign_in_and_back_and_a_program_is_told_401() {
    let stage = Stage::new().await;
    let got = stage.ask(get_page("/mine?a=b%26c&d=//evil")).await;
    assert_eq!((got.status, got.header("location")), (303, "/sign-in?next=/mine%3Fa%3Db%2526c%26d%3D//evil"));
    let got = stage.ask(get_page("/mine").insert_header(("accept", "application/json"))).await;
    assert_eq!((got.status, got.header("content-type")), (401, "application/json"));
    assert!(got.text().contains("\"title\":\"You are not signed in\""));
    let got = stage.ask(get_page("/mine").insert_header(("sec-fetch-dest", "empty"))).await;
    assert_eq!(got.status, 401, "a script's fetch is never led to a page");
    assert_eq!(stage.ask(get_page("/code")).await.status, 303);
}

#[actix_web::test]
async fn a_visit_lasts_fifteen_minutes_from_its_last_use_by_the_portals_clock() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let at = |ms: i64| stage.clock.set(Moment::from_millis(START + ms));
    let ask = |cookie: &str| stage.ask(get_page("/mine").insert_header(("cookie", cookie.to_owned())));
    let first = ask(&cookie).await;
    assert_eq!((first.status, first.cookie("__Host-session")), (200, None));
    at(14 * 60_000);
    let again = ask(&cookie).await;
    let fresh = again.cookie("__Host-session").expect("made anew");
    let line = again.header("set-cookie").to_owned();
    for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("Domain") && !line.contains("Max-Age"), "{line}");
    at(15 * 60_000);
    let ended = ask(&cookie).await;
    assert_eq!(ended.status, 303);
    assert_eq!(ended.cookie("__Host-session").as_deref(), Some("__Host-session="), "taken away");
    assert_eq!(ask(&fresh).await.status, 200);
    at(29 * 60_000);
    assert_eq!(ask(&fresh).await.status, 303);
}

#[actix_web::test]
async fn a_change_of_the_person_ends_their_visit_with_the_next_request() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let ask = || stage.ask(get_page("/mine").insert_header(("cookie", cookie.clone())));
    assert_eq!(ask().await.status, 200);
    let id = PersonId::fresh(Moment::from_millis(START), [Role::Officer as u8 + 1; 10]);
    let act = stage.desk.office.act(move |tx| Box::pin(async move { Ok(tx.suspend(id, true).await?) }));
    assert!(act.await.unwrap().into_inner());
    assert_eq!(ask().await.status, 303, "the token is good for minutes yet, and opens nothing");
}

#[actix_web::test]
async fn whatever_stands_in_a_cookie_is_a_stranger_and_never_a_fault() {
    let stage = Stage::new().await;
    let good = stage.sign_in(Role::Officer).await;
    let half = stage.half(Role::Officer).replace("__Host-half", "__Host-session");
    let long = format!("__Host-session={}", "a".repeat(20_000));
    let none = "__Host-session=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    for cookie in
        [half.as_str(), &long, none, "__Host-session=", "=;=;;", "__Host-session", "\u{1}", &good[..good.len() - 4]]
    {
        let Ok(value) = actix_web::http::header::HeaderValue::from_bytes(cookie.as_bytes()) else { continue };
        let got = stage.ask(get_page("/mine").insert_header(("cookie", value))).await;
        assert_eq!(got.status, 303, "{cookie:.60}");
    }
    let got = stage.ask(get_page("/mine").insert_header(("cookie", good))).await;
    assert_eq!(got.status, 200);
}

#[actix_web::test]
async fn hostile_bytes_in_any_header_or_address_are_no_fault() {
    let stage = Stage::new().await;
    let long = vec![b'A'; 60_000];
    let values: [&[u8]; 6] = [b"\xff\xfe\x80", b"\t", b"%00%ff", &[0xc3, 0x28], b"' OR 1=1 --", &long];
    for name in [
        "cookie",
        "origin",
        "accept",
        "content-type",
        "content-length",
        "sec-fetch-site",
        "x-portal-token",
        "x-forwarded-for",
        "user-agent",
        "range",
    ] {
        for value in values {
            let value = actix_web::http::header::HeaderValue::from_bytes(value).unwrap();
            for request in [
                get_page("/mine"),
                post_form("/form", "a=1"),
                post_form("/sign-in", "a=1"),
                post_form("/upload", "x"),
                post_form("/bytes", "x"),
            ] {
                let got = stage.ask(request.insert_header((name, value.clone()))).await;
                assert!(got.status < 500, "{name}: {}", got.status);
            }
        }
    }
    for path in ["/things/%ff%00", "/things/%", "/things/a%2fb", "/things/..", "/mine?%ff=%00&&&=", "/things/\u{0}"] {
        if let Ok(uri) = path.parse::<actix_web::http::Uri>() {
            let cookie = stage.sign_in(Role::Officer).await;
            let got = stage.ask(get_page(&uri.to_string()).insert_header(("cookie", cookie))).await;
            assert!(got.status < 500, "{path}: {}", got.status);
        }
    }
}

#[actix_web::test]
async fn a_form_needs_the_token_of_this_very_visit() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let page = stage.ask(get_page("/mine").insert_header(("cookie", cookie.clone()))).await;
    let send = |cookie: &str, token: &str| {
        let body = format!("a=1&b=x&b=y&token={token}");
        stage.ask(post_form("/form", &body).insert_header(("cookie", cookie.to_owned())))
    };
    let got = send(&cookie, &page.token()).await;
    assert_eq!((got.status, got.text().as_str()), (200, "1|x,y"));
    let other = stage.sign_in(Role::Aic).await;
    assert_eq!(send(&other, &page.token()).await.status, 403, "another's visit");
    assert_eq!(send("", &page.token()).await.status, 401);
    // A browser not signed in has a token too, tied to its own random mark.
    let first = stage.ask(get_page("/token")).await;
    let mark = first.cookie("__Host-visit").expect("a mark");
    let sign_in = |mark: &str, token: &str| {
        stage.ask(post_form("/sign-in", &format!("token={token}")).insert_header(("cookie", mark.to_owned())))
    };
    assert_eq!(sign_in(&mark, &first.token()).await.status, 200);
    assert_eq!(sign_in("", &first.token()).await.status, 403);
    assert_eq!(sign_in("__Host-visit=00000000000000000000000000000000", &first.token()).await.status, 403);
    assert_eq!(sign_in("__Host-visit=", "").await.status, 403, "no mark has no token, not even an empty one");
    let second = stage.ask(get_page("/token").insert_header(("cookie", mark))).await;
    assert_eq!((second.cookie("__Host-visit"), second.token()), (None, first.token()), "the mark stays");
}

#[actix_web::test]
async fn a_form_comes_back_with_all_that_was_typed_and_what_was_wrong() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let token = stage.ask(get_page("/mine").insert_header(("cookie", cookie.clone()))).await.token();
    let got = stage
        .ask(post_form("/form", &format!("wrong=yes&token={token}")).insert_header(("cookie", cookie.clone())))
        .await;
    let page = got.text();
    assert_eq!(got.status, 422);
    assert!(page.contains("<title>Error: Form – Disclosure portal</title>"));
    assert!(page.contains("<a href=\"#email\">Enter &lt;an&gt; email address</a>"));
    let json = post_form("/form", &format!("wrong=yes&token={token}"))
        .insert_header(("cookie", cookie))
        .insert_header(("accept", "application/json"));
    let got = stage.ask(json).await;
    let told: serde_json::Value = serde_json::from_str(&got.text()).unwrap();
    assert_eq!((got.status, &told["refusals"][0]["field"]), (422, &serde_json::json!("email")));
}

#[actix_web::test]
async fn each_kind_of_no_has_one_answer_and_no_cause_leaves() {
    let stage = Stage::new().await;
    for (kind, status, words) in [
        ("refused", 403, "Select at least one purpose. <span class=\"portal-clause\">(K6.2.3)</span>"),
        ("invalid", 422, "Enter an email address"),
        ("throttled", 429, "Wait 61 seconds"),
        ("unavailable", 503, "cannot reach its records"),
        ("broken", 500, "Number of this incident"),
        ("leaving", 500, "Number of this incident"),
        ("missing", 404, "Page not found"),
    ] {
        let got = stage.ask(get_page(&format!("/no/{kind}"))).await;
        assert_eq!(got.status, status, "{kind}");
        assert!(got.text().contains(words), "{kind}: {}", got.text());
        assert!(!got.text().contains("hunter2") && !got.text().contains("evil.example"), "{kind}");
        let retry = got.header("retry-after");
        assert_eq!(retry.is_empty(), ![429, 503].contains(&status), "{kind}");
        let got = stage.ask(get_page(&format!("/no/{kind}")).insert_header(("accept", "application/json"))).await;
        let told: serde_json::Value = serde_json::from_str(&got.text()).unwrap();
        assert!(got.status == status && told["title"].is_string() && told["detail"].is_string(), "{kind}: {told}");
        if kind == "refused" {
            let codes: Vec<_> =
                told["refusals"].as_array().unwrap().iter().map(|one| (&one["code"], &one["clause"])).collect();
            assert_eq!(codes.len(), 2);
            assert_eq!(codes[0], (&serde_json::json!("no-purpose"), &serde_json::json!("K6.2.3")));
        }
    }
}

#[actix_web::test]
async fn a_panic_is_one_persons_500_and_the_next_request_is_served() {
    let stage = Stage::new().await;
    let got = stage.ask(get_page("/panic")).await;
    assert_eq!(got.status, 500);
    assert!(!got.text().contains("secret words"));
    assert_eq!(got.header("cache-control"), "no-store");
    assert_eq!(stage.ask(get_page("/")).await.status, 200);
}

#[actix_web::test]
async fn literal_doors_win_over_names_and_the_menu_holds_what_may_be_opened() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let ask = |path: &str| stage.ask(get_page(path).insert_header(("cookie", cookie.clone())));
    assert_eq!(ask("/things/new").await.text(), "new");
    assert_eq!(ask("/things/x%20y").await.text(), "x y");
    assert_eq!(ask("/log").await.status, 404);
    let menu = |page: String| -> Vec<String> {
        let items = page.split("service-navigation__link\" href=\"").skip(1);
        items.map(|item| item.split('>').next().unwrap().to_owned()).collect()
    };
    assert_eq!(menu(ask("/").await.text()), ["/\" aria-current=\"page\"", "/mine\""]);
    assert_eq!(menu(ask("/mine").await.text()), ["/\"", "/mine\" aria-current=\"page\""]);
    assert_eq!(menu(stage.ask(get_page("/")).await.text()), ["/\" aria-current=\"page\""]);
    let auditor = stage.sign_in(Role::Auditor).await;
    let page = stage.ask(get_page("/mine").insert_header(("cookie", auditor))).await.text();
    assert_eq!(menu(page), ["/\"", "/mine\" aria-current=\"page\"", "/log\""]);
}

#[actix_web::test]
async fn signing_out_clears_the_browser() {
    let stage = Stage::new().await;
    let cookie = stage.sign_in(Role::Officer).await;
    let token = stage.ask(get_page("/mine").insert_header(("cookie", cookie.clone()))).await.token();
    stage.clock.set(Moment::from_millis(START + 120_000));
    let got = stage.ask(post_form("/sign-out", &format!("token={token}")).insert_header(("cookie", cookie))).await;
    assert_eq!((got.status, got.header("location")), (303, "/sign-in"));
    assert_eq!(got.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(got.cookie("__Host-session").as_deref(), Some("__Host-session="), "no fresh cookie slips in beside");
    assert_eq!(
        got.headers.get_all("set-cookie").filter(|line| line.to_str().unwrap().contains("__Host-session=")).count(),
        1
    );
}

#[actix_web::test]
async fn forwarded_addresses_are_believed_from_our_proxy_alone() {
    // Seen through the page of a throttle or the log; here through the guard itself.
    let stage = Stage::new().await;
    let client = |peer: &str, forwarded: &str| {
        let request = TestRequest::get()
            .peer_addr(format!("{peer}:999").parse().unwrap())
            .insert_header(("host", HOST))
            .insert_header(("origin", ORIGIN))
            .insert_header(("x-forwarded-for", forwarded.to_owned()))
            .to_http_request();
        disclosure_portal::web::guard::client(&request, &stage.desk)
    };
    assert_eq!(client("192.0.2.9", "203.0.113.5"), "192.0.2.9");
    assert_eq!(client("10.0.0.1", "198.51.100.7, 203.0.113.5"), "203.0.113.5", "the right end is the proxy's own word");
    assert_eq!(client("10.0.0.1", "203.0.113.5, 10.0.0.1"), "203.0.113.5");
    assert_eq!(client("10.0.0.1", "rubbish"), "10.0.0.1");
    assert_eq!(client("10.0.0.1", ""), "10.0.0.1");
}
