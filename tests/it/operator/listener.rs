//! The operator's listener, over real sockets: three things and nothing else, to this machine alone, in bounded time.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use disclosure_portal::clock::Clock;
use disclosure_portal::web::{Desk, operator, serve};

use crate::harness::wire;
use crate::web_shell::stage;

struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The stop is sent at once; the future only waits for its end, as the join does.
        drop(self.handle.stop(false));
        self.thread.take().unwrap().join().unwrap();
    }
}

fn run() -> Running {
    let (socket, address) = serve::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let (say, hear) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (office, _folder) = crate::harness::empty_office(Clock::system()).await;
            let desk = Arc::new(Desk::new(office, stage::portal(), vec![], &[7; 32]).unwrap());
            let server = operator::serve(desk, socket).unwrap();
            say.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    Running { address, handle: hear.recv().unwrap(), thread: Some(thread) }
}

impl Running {
    fn ask(&self, bytes: &[u8]) -> String {
        wire::ask(&mut wire::plain(self.address).unwrap(), bytes)
    }

    fn get(&self, path: &str) -> String {
        self.ask(&wire::get(path, &self.address.to_string()))
    }
}

#[test]
fn three_things_are_answered_and_nothing_else() {
    let server = run();
    for (path, start, end) in [
        ("/health", "HTTP/1.1 200", "\r\n\r\nok\n"),
        ("/ready", "HTTP/1.1 200", "\r\n\r\nready\n"),
        ("/metrics", "HTTP/1.1 200", "\n"),
        ("/", "HTTP/1.1 404", "/health, /ready, /metrics\n"),
        ("/sign-in", "HTTP/1.1 404", "\n"),
        ("/health/", "HTTP/1.1 404", "\n"),
        ("/metrics/../releases", "HTTP/1.1 404", "\n"),
        ("/assets/portal.css", "HTTP/1.1 404", "\n"),
    ] {
        let answer = server.get(path);
        assert!(answer.starts_with(start) && answer.ends_with(end), "{path}: {answer:.400}");
        assert!(answer.contains("cache-control: no-store") && !answer.contains("set-cookie"), "{path}: {answer:.400}");
        assert!(!answer.to_lowercase().contains("\r\nserver:"), "{path}");
    }
    let metrics = server.get("/metrics");
    assert!(metrics.contains("content-type: text/plain; version=0.0.4"), "{metrics:.400}");
    for name in ["portal_ready{part=\"writer\"} 1", "process_resident_memory_bytes ", "portal_build_info{version="] {
        assert!(metrics.contains(&format!("\n{name}")), "{name}: {metrics}");
    }
    let memory = metrics.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).unwrap();
    assert!(memory.parse::<u64>().unwrap() > 1 << 20, "{memory}");
}

#[test]
fn only_looking_is_taken_and_only_under_a_name_of_this_machine() {
    let server = run();
    let here = server.address;
    for verb in ["POST", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let answer =
            server.ask(format!("{verb} /metrics HTTP/1.1\r\nHost: {here}\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("allow: GET"), "{verb}: {answer:.300}");
    }
    for host in ["evil.example", "10.0.0.1:9464", "localhost.evil.example"] {
        let answer = server.ask(&wire::get("/metrics", host));
        assert!(answer.starts_with("HTTP/1.1 421") && !answer.contains("portal_"), "{host}: {answer:.300}");
    }
    let two = format!("GET /metrics HTTP/1.1\r\nHost: {here}\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert!(!server.ask(two.as_bytes()).contains("portal_"));
}

#[test]
fn a_body_is_not_waited_for_a_head_is_bounded_and_a_slow_one_is_let_go() {
    let server = run();
    let here = server.address;
    let began = Instant::now();
    // Fifty megabytes are promised and none comes.
    let answer = server.ask(
        format!("GET /health HTTP/1.1\r\nHost: {here}\r\nContent-Length: 52428800\r\nConnection: close\r\n\r\n")
            .as_bytes(),
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:.300}");
    let long = format!("GET /health HTTP/1.1\r\nHost: {here}\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    assert!(!server.ask(long.as_bytes()).starts_with("HTTP/1.1 200"));
    let mut slow = wire::plain(here).unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nHost: ").unwrap();
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("ok\n"));
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    assert!(server.get("/health").ends_with("ok\n"));
}
