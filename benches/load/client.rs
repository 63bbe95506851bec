//! A client that costs little: blocking HTTP/1.1 over TLS 1.3, one connection kept alive, one cipher for every server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Trusts one authority; offers the cipher that browsers offer first, and no other.
pub(crate) fn tls(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_file_iter(ca).unwrap() {
        roots.add(one.unwrap()).unwrap();
    }
    let only = vec![aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256];
    let provider = CryptoProvider { cipher_suites: only, ..aws_lc_rs::default_provider() };
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// A server to knock at: where it is, and how to trust it.
#[derive(Clone)]
pub(crate) struct At {
    pub(crate) port: u16,
    pub(crate) tls: Arc<ClientConfig>,
}

/// An answer: its status, its head, how long its body was, and the body itself where it was kept.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) length: usize,
    pub(crate) body: Vec<u8>,
}

/// One connection.
pub(crate) struct Client {
    at: At,
    link: StreamOwned<ClientConnection, TcpStream>,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn to(at: &At) -> Self {
        Self { at: at.clone(), link: connect(at), buffer: vec![0; 128 << 10] }
    }

    /// Sends one request and reads its answer; `keep` says whether its body is wanted.
    pub(crate) fn send(&mut self, request: &[u8], keep: bool) -> Got {
        if self.link.write_all(request).and_then(|()| self.link.flush()).is_err() {
            // Kept alive for longer than the server wanted.
            self.link = connect(&self.at);
            self.link.write_all(request).unwrap();
            self.link.flush().unwrap();
        }
        let (mut have, mut head_end) = (0, None);
        while head_end.is_none() {
            let read = self.link.read(&mut self.buffer[have..]).expect("an answer");
            assert!(read > 0, "the connection ended before its answer");
            have += read;
            head_end = self.buffer[..have].windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        }
        let head_end = head_end.unwrap();
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let length = header(&head, "content-length").map_or(0, |text| text.parse::<usize>().unwrap());
        let mut body = Vec::new();
        let mut read_so_far = have - head_end;
        if keep {
            body.extend_from_slice(&self.buffer[head_end..have]);
        }
        while read_so_far < length {
            let read = self.link.read(&mut self.buffer).expect("the rest of an answer");
            assert!(read > 0, "the connection ended within its answer");
            read_so_far += read;
            if keep {
                body.extend_from_slice(&self.buffer[..read]);
            }
        }
        assert_eq!(read_so_far, length, "more than one answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Got { status, head, length, body }
    }
}

fn connect(at: &At) -> StreamOwned<ClientConnection, TcpStream> {
    let socket = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], at.port))).expect("a server");
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    StreamOwned::new(ClientConnection::new(Arc::clone(&at.tls), name).unwrap(), socket)
}

/// A header of an answer.
pub(crate) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let line = head.lines().find(|line| line.split(':').next().is_some_and(|key| key.eq_ignore_ascii_case(name)))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

/// A GET as bytes.
pub(crate) fn get(port: u16, path: &str, cookie: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("Cookie: {cookie}\r\n") };
    format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{cookie}\r\n").into_bytes()
}

/// So many clients, each with its connection, that do rounds of the same request when told.
pub(crate) struct Crowd {
    clients: Vec<Client>,
    request: Vec<u8>,
    length: Option<usize>,
    pause: Duration,
}

impl Crowd {
    /// `length`: how long every body must be.
    pub(crate) fn new(count: usize, at: &At, request: Vec<u8>, length: Option<usize>) -> Self {
        Self { clients: (0..count).map(|_| Client::to(at)).collect(), request, length, pause: Duration::ZERO }
    }

    /// Each of them rests for so long after each answer, as somebody who reads does.
    pub(crate) fn resting(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Everybody asks again and again for `span`: latencies in microseconds, and how long it really took.
    pub(crate) fn round(&mut self, span: Duration) -> (Vec<u32>, Duration) {
        let (request, length, pause) = (&self.request, self.length, self.pause);
        let start = Barrier::new(self.clients.len() + 1);
        std::thread::scope(|scope| {
            let start = &start;
            let running: Vec<_> = self
                .clients
                .iter_mut()
                .map(|client| {
                    scope.spawn(move || {
                        let mut latencies = Vec::with_capacity(1 << 12);
                        start.wait();
                        let end = Instant::now() + span;
                        while Instant::now() < end {
                            let began = Instant::now();
                            let got = client.send(request, false);
                            latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
                            let right = got.status == 200 && length.is_none_or(|length| length == got.length);
                            assert!(right, "{} bytes: {}", got.length, got.head);
                            if !pause.is_zero() {
                                std::thread::sleep(pause);
                            }
                        }
                        latencies
                    })
                })
                .collect();
            start.wait();
            let began = Instant::now();
            let latencies = running.into_iter().flat_map(|one| one.join().unwrap()).collect();
            (latencies, began.elapsed())
        })
    }
}
