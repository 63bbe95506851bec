//! A real process from start to end: it says where it listens, drains, stops in order, and at once when asked twice.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use disclosure_portal::cli::init;
use disclosure_portal::sealing::age::Identity;
use rustls::version::TLS13;

use crate::harness::Folder;
use crate::harness::wait::until_so as until;
use crate::harness::wire::{ask, dial, get, plain};

struct Serving {
    child: Child,
    pages: SocketAddr,
    operator: SocketAddr,
    ca: PathBuf,
    folder: Folder,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    /// A portal from nothing, served by the program itself.
    fn with_drain(seconds: u32) -> Self {
        let folder = Folder::new();
        let options = init::Options {
            data: folder.0.join("portal"),
            origin: "https://localhost:8443".into(),
            force: "Example Constabulary".into(),
            contact: "01632 960001".into(),
            root: None,
            root_key: Some(folder.0.join("root.key")),
            break_glass: Identity::fresh().unwrap().recipient().to_string(),
            log_name: "localhost/log/1".into(),
            admin_name: "Lee Ashby".into(),
            admin_email: "lee@example.org".into(),
            certificate: None,
            key: None,
            self_signed: true,
            store: None,
            listen: "127.0.0.1:0".parse().unwrap(),
            json: false,
        };
        // The command brings its own runtime.
        let made = std::thread::spawn(move || init::init(&options)).join().unwrap().unwrap();
        let text = std::fs::read_to_string(&made.config).unwrap();
        let more = format!("[listen]\noperator = \"127.0.0.1:0\"\ndrain = {seconds}\n");
        std::fs::write(&made.config, text.replace("[listen]\n", &more)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_disclosure-portal"))
            .args(["serve", "--json", "--config"])
            .arg(&made.config)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.0.join("lines")).unwrap())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: serde_json::Value = serde_json::from_str(&said).expect("where it listens");
        let address = |name: &str| said[name].as_str().unwrap().parse().unwrap();
        let (pages, operator) = (address("listening"), address("operator"));
        Self { child, pages, operator, ca: made.ca_file.unwrap(), folder }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    fn ready(&self) -> String {
        ask(&mut plain(self.operator).unwrap(), &get("/ready", &self.operator.to_string()))
    }

    fn page(&self, path: &str, host: &str) -> String {
        ask(&mut dial(self.pages, &self.ca, "localhost", &TLS13).unwrap(), &get(path, host))
    }

    async fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("the process has ended", async || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.folder.0.join("lines")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }
}

#[actix_web::test]
async fn asked_to_stop_it_first_says_not_ready_and_serves_on_and_asked_twice_it_stops_at_once() {
    let mut portal = Serving::with_drain(120);
    assert!(portal.ready().starts_with("HTTP/1.1 200"), "{}", portal.ready());
    // A balancer asks the pages' listener by address.
    let by_address = portal.pages.to_string();
    assert!(portal.page("/ready", &by_address).ends_with("ready\n"));
    assert!(portal.page("/cookies", &by_address).starts_with("HTTP/1.1 421"));
    portal.signal("-TERM");
    until("not ready", async || portal.ready().starts_with("HTTP/1.1 503")).await;
    assert!(portal.ready().ends_with("not ready: stopping\n"));
    let told = portal.page("/ready", &by_address);
    assert!(told.starts_with("HTTP/1.1 503") && told.contains("retry-after: "), "{told:.300}");
    assert!(portal.page("/cookies", "localhost:8443").starts_with("HTTP/1.1 200"), "it serves on");
    let asked = Instant::now();
    portal.signal("-TERM");
    let status = portal.ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
}

#[actix_web::test]
async fn a_stop_lets_a_running_answer_end_and_exits_0() {
    let mut portal = Serving::with_drain(0);
    // Begun before the stop, and not whole yet.
    let mut line = dial(portal.pages, &portal.ca, "localhost", &TLS13).unwrap();
    let head = "POST /sign-in HTTP/1.1\r\nHost: localhost:8443\r\nOrigin: https://localhost:8443\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nemai";
    line.write_all(head.as_bytes()).unwrap();
    line.flush().unwrap();
    // Until the worker has it: the next request on another line is answered.
    assert!(portal.page("/health", "localhost:8443").ends_with("ok\n"));
    portal.signal("-TERM");
    until("nothing new is accepted", async || plain(portal.pages).is_err()).await;
    line.write_all(b"l=abc").unwrap();
    line.flush().unwrap();
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("</html>"), "{answer:.300}");
    assert!(answer.contains("connection: close"), "{answer:.600}");
    assert_eq!(portal.ended().await.code(), Some(0));
    let lines = portal.lines();
    let instance = lines[0]["instance"].as_str().unwrap();
    assert!(instance.len() == 8 && lines.iter().all(|line| line["instance"] == instance), "{lines:?}");
    let said: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert!(said.ends_with(&["stopped"]), "{said:?}");
    assert!(!said.contains(&"panic"));
}
