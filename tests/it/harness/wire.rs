//! A line to a listener: TCP, or TLS to a certificate whose authority is known. Time is bounded, so that a test ends.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

pub(crate) type Line = StreamOwned<ClientConnection, TcpStream>;

/// A plain line.
pub(crate) fn plain(to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpStream::connect(to)?;
    socket.set_read_timeout(Some(Duration::from_mins(1)))?;
    Ok(socket)
}

/// A TLS line to `name`, whose certificate the authority in `ca` signed.
pub(crate) fn dial(
    to: SocketAddr,
    ca: &Path,
    name: &str,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<Line> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = plain(to)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    Ok(StreamOwned::new(connection, socket))
}

/// Sends bytes and reads to the end of the connection.
pub(crate) fn ask(line: &mut (impl Read + Write), bytes: &[u8]) -> String {
    // A refused request may be cut off while it is still being sent; what was answered until then counts.
    match line.write_all(bytes).and_then(|()| line.flush()) {
        Err(cut) if [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset].contains(&cut.kind()) => {}
        sent => sent.unwrap(),
    }
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A GET on a line that ends with its answer.
pub(crate) fn get(path: &str, host: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes()
}
