//! The listener itself, over a real socket: TLS 1.3, our certificate, bounds on bodies, and how broken requests are answered.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use disclosure_portal::clock::{Clock, random};
use disclosure_portal::config::Portal;
use disclosure_portal::web::{Desk, serve, tls};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use super::stage;
use crate::harness::wire::{self, Line, ask};

struct Running {
    address: SocketAddr,
    ca: PathBuf,
    folder: PathBuf,
    handle: ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The stop is sent at once; the future only waits for its end, as the join does.
        drop(self.handle.stop(true));
        self.thread.take().unwrap().join().unwrap();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("tls-{}", hex::encode(random::<8>())))
}

fn run() -> Running {
    let folder = folder();
    let files = tls::demo(&folder, Clock::real()).unwrap();
    let configuration = tls::configuration(&files.certificate, &files.key).unwrap();
    let (socket, address) = serve::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let portal = Portal { origin: format!("https://localhost:{}", address.port()), ..stage::portal() };
    let (say, hear) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (office, _folder) = crate::harness::empty_office(Clock::system()).await;
            let desk = Arc::new(Desk::new(office, portal, vec![], &[7; 32]).unwrap());
            let server = serve::serve(desk, socket, configuration, 1).unwrap();
            say.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    Running { address, ca: files.ca, folder, handle: hear.recv().unwrap(), thread: Some(thread) }
}

fn dial(to: &Running, name: &str, version: &'static SupportedProtocolVersion) -> std::io::Result<Line> {
    wire::dial(to.address, &to.ca, name, version)
}

#[test]
fn the_demos_certificate_serves_tls_1_3_alone_to_both_its_names() {
    let server = run();
    for name in ["localhost", "127.0.0.1"] {
        let mut line = dial(&server, name, &TLS13).unwrap();
        let group = line.conn.negotiated_key_exchange_group().map(rustls::crypto::SupportedKxGroup::name);
        assert_eq!(group, Some(rustls::NamedGroup::X25519MLKEM768));
        let host = format!("localhost:{}", server.address.port());
        let answer =
            ask(&mut line, format!("GET /cookies HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:.300}");
        assert!(answer.contains("strict-transport-security: max-age=63072000") && answer.contains("</html>"));
    }
    assert!(dial(&server, "localhost", &TLS12).is_err());
    assert!(dial(&server, "example.org", &TLS13).is_err());
}

#[test]
fn a_body_of_fifty_megabytes_is_refused_with_a_sentence() {
    let server = run();
    let host = format!("localhost:{}", server.address.port());
    for framing in ["Content-Length: 52428800", "Transfer-Encoding: chunked"] {
        let mut line = dial(&server, "localhost", &TLS13).unwrap();
        let head = format!(
            "POST /account/stay HTTP/1.1\r\nHost: {host}\r\nOrigin: https://{host}\r\nConnection: close\r\n{framing}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
        );
        line.write_all(head.as_bytes()).unwrap();
        let chunked = framing.starts_with('T');
        let piece = vec![b'a'; 1 << 20];
        for _ in 0..50 {
            if chunked {
                line.write_all(b"100000\r\n").unwrap();
            }
            line.write_all(&piece).unwrap();
            if chunked {
                line.write_all(b"\r\n").unwrap();
            }
        }
        let answer = ask(&mut line, if chunked { b"0\r\n\r\n" } else { b"" });
        assert!(answer.starts_with("HTTP/1.1 401"), "{framing}: {answer:.300}");
        assert!(answer.contains("Nothing has been sent or changed."));
    }
}

#[test]
fn broken_requests_are_refused_and_none_is_a_fault() {
    let server = run();
    let host = format!("Host: localhost:{}\r\n", server.address.port());
    let long = format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(200_000));
    for broken in [
        "\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /cookies HTTP/1.1\r\nbad header\r\n\r\n",
        "GET /cookies HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /cookies HTTP/1.0\r\n\r\n",
        "POST /account/stay HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /account/stay HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        &long,
    ] {
        let mut line = dial(&server, "localhost", &TLS13).unwrap();
        let answer = ask(&mut line, broken.as_bytes());
        let status = answer.get(9..10).unwrap_or("4");
        assert_eq!(status, "4", "{broken:.40}: {answer:.200}");
    }
    let mut line = dial(&server, "localhost", &TLS13).unwrap();
    let alive = ask(&mut line, format!("GET /health HTTP/1.1\r\n{host}Connection: close\r\n\r\n").as_bytes());
    assert!(alive.ends_with("ok\n"), "{alive}");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_demos_certificate_outlives_restarts_and_is_made_anew_before_it_ends() {
    use std::os::unix::fs::PermissionsExt;
    let (at, now) = (folder(), Clock::real());
    let first = tls::demo(&at, now).unwrap();
    let (ca, certificate) = (read(&first.ca), read(&first.certificate));
    for secret in [at.join("ca.key"), first.key.clone()] {
        assert_eq!(std::fs::metadata(secret).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = tls::demo(&at, now.plus_millis(59 * 86_400_000)).unwrap();
    assert_eq!((read(&again.ca), read(&again.certificate)), (ca.clone(), certificate.clone()));
    let later = tls::demo(&at, now.plus_millis(61 * 86_400_000)).unwrap();
    assert_eq!(read(&later.ca), ca, "who trusts the authority need not trust anew");
    assert_ne!(read(&later.certificate), certificate);
    assert!(tls::configuration(&later.certificate, &later.key).is_ok());
    std::fs::set_permissions(&later.key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let why = tls::configuration(&later.certificate, &later.key).unwrap_err();
    assert!(why.contains("chmod go-rwx"), "{why}");
    std::fs::remove_dir_all(at).unwrap();
}
