//! To whom the portal speaks: to the endpoint it was told, over TLS whose authority it was told, and to nobody else.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use disclosure_portal::store::vault::Vault;

use super::Place;
use crate::founding::Fresh;
use crate::harness::Folder;
use crate::harness::s3::S3Server;

/// Listens, counts who comes, and answers everybody the same.
fn counted(answer: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, came) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&came);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            let mut stream = stream.unwrap();
            let mut head = [0; 4_096];
            let _ = stream.read(&mut head);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, came)
}

#[actix_web::test]
async fn a_redirect_leads_nowhere() {
    let place = Place::bucket();
    let (elsewhere, came) = counted("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{elsewhere}/\r\ncontent-length: 0\r\n\r\n"
    );
    let (port, asked) = counted(answer.leak());
    let mut store = place.store.clone();
    store.s3.as_mut().unwrap().endpoint = format!("http://127.0.0.1:{port}");
    let vault = Vault::open(&store).unwrap();
    assert!(vault.put(b"sealed".to_vec()).await.is_err());
    assert!(vault.prove().await.is_err());
    assert!(vault.owner().await.is_err(), "what has no body could be sent on");
    assert!(asked.load(Ordering::SeqCst) >= 3);
    assert_eq!(came.load(Ordering::SeqCst), 0, "no byte goes where the operator did not say");
}

#[test]
fn no_proxy_of_the_environment_is_asked() {
    let (fresh, server) = (Fresh::new(), S3Server::start());
    let (proxy, came) = counted("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    let at = server.settings();
    let words = format!(
        "\n[store.s3]\nbucket = {:?}\nendpoint = {:?}\naccess_key_id = {:?}\nsecret_key_file = {:?}\n",
        at.bucket, at.endpoint, at.access_key_id, at.secret_key_file
    );
    let file = &fresh.made.config;
    std::fs::write(file, std::fs::read_to_string(file).unwrap() + &words).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_disclosure-portal"));
    command.args(["check", "--json", "--config"]).arg(file).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, format!("http://127.0.0.1:{proxy}"));
    }
    let out = command.output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let line = found.as_array().unwrap().iter().find(|line| line["what"] == "vault").unwrap();
    assert_eq!(line["ok"], true, "{text}");
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn a_certificate_is_checked_against_the_authority_that_was_named_and_no_other() {
    let (place, folder) = (Place::bucket(), Folder::new());
    let port = tls_in_front(place.server.as_ref().unwrap().port, &folder);
    let told = |ca: Option<&str>| {
        let mut store = place.store.clone();
        let s3 = store.s3.as_mut().unwrap();
        s3.endpoint = format!("https://localhost:{port}");
        s3.ca_file = ca.map(|name| folder.0.join(name));
        Vault::open(&store).unwrap()
    };
    told(Some("ca.pem")).prove().await.unwrap();
    let why = told(Some("other.pem")).prove().await.expect_err("another authority").to_string();
    assert!(why.contains("cannot be written to") && why.contains("invalid peer certificate"), "{why}");
    let mut store = place.store.clone();
    store.s3.as_mut().unwrap().ca_file = Some(folder.0.join("empty.pem"));
    std::fs::write(folder.0.join("empty.pem"), "").unwrap();
    assert!(Vault::open(&store).expect_err("no certificate").to_string().contains("ca_file"));
}

/// A door with TLS in front of the server's port; `ca.pem` and `other.pem` in the folder are its authority and a stranger's.
fn tls_in_front(behind: u16, folder: &Folder) -> u16 {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.0.join(name), params.self_signed(&key).unwrap().pem()).unwrap();
        Issuer::new(params, key)
    };
    let (issuer, _) = (authority("ca.pem"), authority("other.pem"));
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (config, stream) = (Arc::clone(&config), stream.unwrap());
            std::thread::spawn(move || relay(stream, config, behind));
        }
    });
    port
}

/// One request and its answer at a time, which is how HTTP/1.1 speaks; ends with the connection.
fn relay(stream: std::net::TcpStream, config: Arc<rustls::ServerConfig>, behind: u16) -> Option<()> {
    let inside = std::net::TcpStream::connect(("127.0.0.1", behind)).ok()?;
    let mut outside = rustls::StreamOwned::new(rustls::ServerConnection::new(config).ok()?, stream);
    let timeout = Some(std::time::Duration::from_millis(20));
    outside.sock.set_read_timeout(timeout).ok()?;
    inside.set_read_timeout(timeout).ok()?;
    let (mut inside, mut buffer) = (inside, [0; 16_384]);
    let again =
        |why: &std::io::Error| matches!(why.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
    loop {
        match outside.read(&mut buffer) {
            Ok(0) => return None,
            Ok(n) => inside.write_all(&buffer[..n]).ok()?,
            Err(why) if again(&why) => {}
            Err(_) => return None,
        }
        match inside.read(&mut buffer) {
            Ok(0) => return None,
            Ok(n) => outside.write_all(&buffer[..n]).ok()?,
            Err(why) if again(&why) => {}
            Err(_) => return None,
        }
    }
}
