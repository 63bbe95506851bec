//! What is handed in: bounds on size, kind and order, and sentences when they are passed.

use actix_web::test::TestRequest;
use disclosure_portal::domain::actor::Role;
use disclosure_portal::web::multipart::FILE_MAX;
use disclosure_portal::web::posted::{FORM_MAX, STRANGER_MAX};

use super::stage::{Stage, get_page, post_form};

/// Signs in and answers cookie and token.
async fn enter(stage: &Stage) -> (String, String) {
    let cookie = stage.sign_in(Role::Officer).await;
    let token = stage.ask(get_page("/mine").insert_header(("cookie", cookie.clone()))).await.token();
    (cookie, token)
}

/// (field, file name or "", bytes).
fn parts(of: &[(&str, &str, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, file, bytes) in of {
        let named = if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"") };
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{field}\"{named}\r\n\r\n").into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    body
}

fn upload(cookie: &str, body: Vec<u8>) -> TestRequest {
    post_form("/upload", "")
        .insert_header(("cookie", cookie.to_owned()))
        .insert_header(("content-type", "multipart/form-data; boundary=XX"))
        .set_payload(body)
}

#[actix_web::test]
async fn three_hundred_thousand_typed_characters_get_an_answer_and_more_get_a_sentence() {
    let stage = Stage::new().await;
    let (cookie, token) = enter(&stage).await;
    let send = |typed: String| {
        let body = format!("token={token}&a={typed}");
        stage.ask(post_form("/form", &body).insert_header(("cookie", cookie.clone())))
    };
    assert_eq!(send("%F0%9F%98%80".repeat(300_000)).await.status, 200);
    let got = send("a".repeat(FORM_MAX)).await;
    assert_eq!(got.status, 413);
    assert!(got.text().contains("larger than the portal takes here (4 MB)"));
    let got = stage.ask(post_form("/sign-in", &format!("a={}", "a".repeat(STRANGER_MAX)))).await;
    assert_eq!(got.status, 413, "a stranger has less room");
}

#[actix_web::test]
async fn other_kinds_of_body_are_not_read() {
    let stage = Stage::new().await;
    let (cookie, token) = enter(&stage).await;
    let base = |path| {
        post_form(path, "a=1")
            .insert_header(("cookie", cookie.clone()))
            .insert_header(("x-portal-token", token.clone()))
    };
    for (path, kind) in [
        ("/form", "application/json"),
        ("/form", "multipart/form-data; boundary=x"),
        ("/form", ""),
        ("/upload", "text/plain"),
        ("/bytes", "text/plain"),
    ] {
        let got = stage.ask(base(path).insert_header(("content-type", kind))).await;
        assert_eq!(got.status, 415, "{path} {kind}");
    }
    let got = stage.ask(base("/form").insert_header(("content-encoding", "gzip"))).await;
    assert_eq!(got.status, 415, "no compressed bodies");
    assert_eq!(stage.ask(base("/form")).await.status, 200, "a script's form may bring its token in the header");
    let not_text = base("/form").set_payload(&b"a=\xff\xfe"[..]);
    assert_eq!(stage.ask(not_text).await.status, 400);
}

#[actix_web::test]
async fn a_scripts_bytes_are_taken_up_to_their_bound() {
    let stage = Stage::new().await;
    let (cookie, token) = enter(&stage).await;
    let send = |bytes: usize| {
        stage.ask(
            post_form("/bytes", "")
                .insert_header(("cookie", cookie.clone()))
                .insert_header(("x-portal-token", token.clone()))
                .insert_header(("content-type", "application/octet-stream"))
                .set_payload(vec![0_u8; bytes]),
        )
    };
    assert_eq!(send(1000).await.text(), "1000");
    let got = send(1001).await;
    assert_eq!((got.status, got.header("content-type")), (413, "application/json"));
    let tokenless = post_form("/bytes", "").insert_header(("cookie", cookie.clone()));
    assert_eq!(stage.ask(tokenless.insert_header(("content-type", "application/octet-stream"))).await.status, 403);
}

#[actix_web::test]
async fn photographs_arrive_after_the_token_and_keep_their_fields() {
    let stage = Stage::new().await;
    let (cookie, token) = enter(&stage).await;
    let token = token.into_bytes();
    let text = || ("text", "", b"typed".to_vec());
    let photo = |name: &'static str, size: usize| ("photographs", name, vec![7_u8; size]);
    let good = parts(&[
        ("token", "", token.clone()),
        text(),
        photo("a.jpg", 3),
        photo("b.jpg", 4),
        ("photographs", "empty", vec![]),
    ]);
    let got = stage.ask(upload(&cookie, good)).await;
    assert_eq!((got.status, got.text().as_str()), (200, "typed|a.jpg:3,b.jpg:4"));
    let late = parts(&[photo("a.jpg", 3), ("token", "", token.clone())]);
    assert_eq!(stage.ask(upload(&cookie, late)).await.status, 403, "a file before the token");
    assert_eq!(stage.ask(upload(&cookie, parts(&[text()]))).await.status, 403, "no token at all");
    let wrong = parts(&[("token", "", b"0".to_vec()), text()]);
    assert_eq!(stage.ask(upload(&cookie, wrong)).await.status, 403);
    let broken = b"--XX\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n".to_vec();
    assert_eq!(stage.ask(upload(&cookie, broken)).await.status, 400);
    assert_eq!(stage.ask(upload(&cookie, b"garbage".to_vec())).await.status, 400);
}

#[actix_web::test]
async fn a_photograph_too_large_or_one_too_many_is_told_beside_its_field() {
    let stage = Stage::new().await;
    let (cookie, token) = enter(&stage).await;
    let with = |files: Vec<(&'static str, usize)>| {
        let mut all = vec![("token", "", token.clone().into_bytes())];
        all.extend(files.into_iter().map(|(name, size)| ("photographs", name, vec![7_u8; size])));
        upload(&cookie, parts(&all))
    };
    let got = stage.ask(with(vec![("large.jpg", FILE_MAX + 1)])).await;
    assert_eq!(got.status, 422);
    assert!(
        got.text().contains("<a href=\"#photographs\">large.jpg is too large: each file must be 25 MB or smaller</a>")
    );
    assert_eq!(stage.ask(with(vec![("whole.jpg", FILE_MAX)])).await.status, 200);
    let got = stage.ask(with(vec![("x", 1); 7])).await;
    assert_eq!(got.status, 422);
    assert!(got.text().contains("Choose 6 files or fewer"));
}
