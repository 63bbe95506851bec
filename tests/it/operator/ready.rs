//! `/health` and `/ready`: each part that fails is one word, in time, whatever hangs; and it heals.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use actix_web::test::TestRequest;
use disclosure_portal::web::headers::ALWAYS;

use crate::harness::browser::{Browser, Got};
use crate::harness::wait::until_so as until;
use crate::harness::{Scene, sql};
use crate::web_shell::stage::Stage;

/// Somebody who holds the database's write lock as long as this lives.
pub(super) struct Holding(Child);

impl Holding {
    pub(super) fn of(scene: &Scene) -> Self {
        use std::io::{BufRead as _, BufReader, Write as _};
        let mut child = Command::new("sqlite3")
            .arg(scene.folder.0.join("portal.sqlite"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Debian's package sqlite3");
        let mut ask = child.stdin.as_ref().unwrap();
        ask.write_all(b".timeout 5000\nBEGIN IMMEDIATE;\nSELECT 'held';\n").unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        assert_eq!(told, "held\n");
        Self(child)
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn ready(scene: &Scene) -> Got {
    Browser::of(scene, None).await.get("/ready").await
}

fn unready(got: &Got, part: &str) {
    assert_eq!((got.status, got.text()), (503, format!("not ready: {part}\n")));
    let after: u32 = got.header("retry-after").parse().unwrap();
    assert!((10..=20).contains(&after), "{after}");
    assert_eq!(got.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn an_instance_that_can_serve_says_so_to_anybody_by_any_name() {
    let stage = Stage::new().await;
    for host in ["portal.example.org:8443", "10.1.2.3", "127.0.0.1:8443", ""] {
        for (path, words) in [("/health", "ok\n"), ("/ready", "ready\n")] {
            let got = stage.ask_real(TestRequest::get().uri(path).insert_header(("host", host))).await;
            assert_eq!((got.status, got.text().as_str()), (200, words), "{host} {path}");
            assert!(!got.headers.contains_key("set-cookie") && got.header("cache-control") == "no-store", "{path}");
            for (name, value) in ALWAYS {
                assert_eq!(got.header(name), *value, "{path} {name}");
            }
        }
        // The exception is for these two and for looking alone.
        if host != "portal.example.org:8443" {
            for other in ["/", "/cookies", "/health/", "/ready/x", "/assets/portal.css", "/readyx"] {
                let got = stage.ask_real(TestRequest::get().uri(other).insert_header(("host", host))).await;
                assert_eq!(got.status, 421, "{host} {other}");
            }
            let got = stage.ask_real(TestRequest::post().uri("/ready").insert_header(("host", host))).await;
            assert_eq!(got.status, 421, "{host}");
        }
    }
    let json = TestRequest::get().uri("/ready").insert_header(("accept", "application/json"));
    assert_eq!(stage.ask_real(json).await.text(), r#"{"failing":[],"ready":true}"#);
}

#[actix_web::test]
async fn a_writer_that_hangs_is_told_within_two_seconds_and_heals_by_itself() {
    let scene = Scene::new().await;
    let balancer = Browser::of_nobody(&scene);
    let held = Holding::of(&scene);
    let began = Instant::now();
    // A flood of checks costs one look, and each is answered when it is over.
    let told = join_all((0..50).map(|_| balancer.get("/ready"))).await;
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    for got in &told {
        unready(got, "writer");
    }
    let text = scene.office.metrics.text().unwrap();
    assert!(text.contains("portal_vault_operations_total{operation=\"head\",outcome=\"missing\"} 1\n"), "{text}");
    drop(held);
    until("ready again", async || balancer.get("/ready").await.status == 200).await;
}

#[actix_web::test]
async fn each_part_that_is_away_is_named_by_its_word_alone() {
    let scene = Scene::new().await;
    sql(&scene, "DELETE FROM _sqlx_migrations WHERE version = 3");
    unready(&ready(&scene).await, "schema");

    let scene = Scene::new().await;
    sql(&scene, "UPDATE log_head SET edge = x'00'");
    unready(&ready(&scene).await, "log");

    let scene = Scene::new().await;
    std::fs::rename(scene.folder.0.join("vault"), scene.folder.0.join("elsewhere")).unwrap();
    unready(&ready(&scene).await, "vault");

    let scene = Scene::new().await;
    scene.later(-100 * 86_400_000);
    unready(&ready(&scene).await, "clock");

    let scene = Scene::new().await;
    assert_eq!(ready(&scene).await.status, 200);
    scene.office.readiness.stop();
    let got = ready(&scene).await;
    unready(&got, "stopping");
    let cookies = Browser::of(&scene, None).await.get("/cookies").await;
    assert_eq!(cookies.status, 200, "it serves on");
    let json = Browser::of(&scene, None).await.get_json("/ready").await;
    assert_eq!(json.json(), serde_json::json!({"ready": false, "failing": ["stopping"]}));
}

#[actix_web::test]
async fn a_newer_instances_step_of_the_schema_does_not_stop_an_older_one() {
    let scene = Scene::new().await;
    sql(
        &scene,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    );
    assert_eq!(ready(&scene).await.status, 200);
}

#[actix_web::test]
async fn health_asks_no_store() {
    let scene = Scene::new().await;
    let mut taken = Vec::new();
    for _ in 0..8 {
        taken.push(scene.office.read().await.unwrap());
    }
    let held = Holding::of(&scene);
    let balancer = Browser::of_nobody(&scene);
    let began = Instant::now();
    let got = balancer.get("/health").await;
    assert_eq!((got.status, got.text().as_str()), (200, "ok\n"));
    // The database itself gives up after ten seconds; nothing here waits for it.
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let began = Instant::now();
    unready(&balancer.get("/ready").await, "store writer");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop((taken, held));
}
