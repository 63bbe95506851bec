//! TLS: reads certificate and key; makes the demo's own authority and certificate.
//!
//! Promises: TLS 1.3 only (every browser since 2018 speaks it; 1.2 would only add modes to go wrong), hybrid X25519MLKEM768 preferred; a key
//! file that others can read is refused; the demo's certificate outlives restarts and is made anew before it runs out.
//! Absent on purpose: 0-RTT, client certificates, `rustls-pemfile` (unmaintained).

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config;
use crate::domain::moment::{Day, Moment, days_after};

/// The demo's certificate is good for this long, days (browsers take 398 at most, from a private authority too).
const DEMO_DAYS: i64 = 90;
/// It is made anew when fewer days than this are left.
const RENEW_DAYS: i64 = 30;
/// The demo's authority.
const DEMO_CA_DAYS: i64 = 3_650;

/// The demo's files.
#[derive(Clone, Debug)]
pub struct DemoFiles {
    /// The authority's certificate, for browsers and checks to trust.
    pub ca: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key, 0600.
    pub key: PathBuf,
}

/// A server configuration from PEM files. The error is a sentence for the operator.
pub fn configuration(certificate: &Path, key: &Path) -> Result<ServerConfig, String> {
    let named = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| named(certificate, &why))?;
    let secret = config::secret(key).map_err(|why| why.to_string())?;
    let private = PrivateKeyDer::from_pem_slice(secret.as_bytes()).map_err(|why| named(key, &why))?;
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|building| building.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|why| named(certificate, &why))
}

/// The demo's authority and certificate in `folder`, made if they are missing or near their end. `now` is the machine's own time:
/// the demo's clock does not move TLS.
pub fn demo(folder: &Path, now: Moment) -> Result<DemoFiles, String> {
    let told = |why: std::io::Error| format!("{}: {why}", folder.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(told)?;
    let [ca, ca_key, certificate, key, until] =
        ["ca.pem", "ca.key", "server.pem", "server.key", "until"].map(|name| folder.join(name));
    let files = DemoFiles { ca, certificate, key };
    let today = now.day();
    let good_for = fs::read_to_string(&until).ok().and_then(|text| crate::domain::moment::parse_day(&text));
    let whole = [&files.ca, &ca_key, &files.certificate, &files.key].iter().all(|path| path.exists());
    if whole && good_for.is_some_and(|end| end > days_after(today, RENEW_DAYS)) {
        return Ok(files);
    }
    let (ca_pem, ca_secret) = match (fs::read_to_string(&files.ca), config::secret(&ca_key)) {
        (Ok(pem), Ok(secret)) => (pem, secret.to_string()),
        _ => make_authority(today).map_err(|why| why.to_string())?,
    };
    let end = days_after(today, DEMO_DAYS);
    let (pem, secret) = make_certificate(&ca_secret, today, end).map_err(|why| why.to_string())?;
    let parts = [
        (&ca_key, ca_secret, 0o600),
        (&files.ca, ca_pem, 0o644),
        (&files.key, secret, 0o600),
        (&files.certificate, pem, 0o644),
        (&until, end.to_string(), 0o600),
    ];
    for (path, text, mode) in parts {
        write(path, &text, mode).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    Ok(files)
}

/// Writes a whole file or none, with its mode from the first byte.
fn write(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    if fresh.exists() {
        fs::remove_file(&fresh)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(fresh, path)
}

fn named(words: &str, from: Day, to: Day) -> CertificateParams {
    use chrono::Datelike as _;
    let moment = |day: Day| {
        date_time_ymd(day.year(), u8::try_from(day.month()).unwrap_or(1), u8::try_from(day.day()).unwrap_or(1))
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, words);
    params.not_before = moment(days_after(from, -1));
    params.not_after = moment(to);
    params
}

/// The authority as it is written in each certificate it signs.
fn authority(today: Day) -> CertificateParams {
    let mut params = named("disclosure-portal demonstration only", today, days_after(today, DEMO_CA_DAYS));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn make_authority(today: Day) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok((authority(today).self_signed(&key)?.pem(), key.serialize_pem()))
}

fn make_certificate(ca_key: &str, today: Day, end: Day) -> Result<(String, String), rcgen::Error> {
    let issuer = Issuer::new(authority(today), KeyPair::from_pem(ca_key)?);
    let key = KeyPair::generate()?;
    let mut params = named("localhost", today, end);
    params.subject_alt_names =
        CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok((params.signed_by(&key, &issuer)?.pem(), key.serialize_pem()))
}
