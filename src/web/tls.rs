//! TLS: reads certificate and key and says whether they fit; makes an authority and a certificate of the portal's own.
//!
//! Promises: TLS 1.3 only (every browser since 2018 speaks it; 1.2 would only add modes to go wrong), hybrid X25519MLKEM768 preferred; a key
//! file that others can read is refused; a certificate of our own outlives restarts and is made anew before it runs out.
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
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore, ServerConfig};

use crate::config;
use crate::domain::moment::{Day, Moment, days_after};

/// A demo's certificate is good for this long, days.
const DEMO_DAYS: i64 = 90;
/// It is made anew at a start when fewer days than this are left.
const DEMO_RENEW: i64 = 30;
/// A real portal's own certificate (browsers take 398 at most, from a private authority too).
const OWN_DAYS: i64 = 390;
/// A portal may run for months between starts.
const OWN_RENEW: i64 = 180;
/// Their authority.
const CA_DAYS: i64 = 3_650;
/// Less than this left is worth a word to the operator, milliseconds.
const SOON_MS: i64 = 14 * 86_400_000;

/// Files of our own making.
#[derive(Clone, Debug)]
pub struct OwnFiles {
    /// The authority's certificate, for browsers and checks to trust.
    pub ca: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key, 0600.
    pub key: PathBuf,
}

/// What a certificate of our own says.
struct Own<'a> {
    authority: &'static str,
    names: &'a [&'a str],
    days: i64,
    renew: i64,
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

/// Whether the files serve `host` now: they can be read and belong together, the certificate carries the name and is in date.
/// The error is a sentence.
pub fn fits(certificate: &Path, key: &Path, host: &str, now: Moment) -> Result<(), String> {
    configuration(certificate, key)?;
    let told = |why: &dyn std::fmt::Display| format!("{}: {why}", certificate.display());
    let leaf = CertificateDer::pem_file_iter(certificate).map_err(|why| told(&why))?.next();
    let leaf = leaf.ok_or_else(|| told(&"holds no certificate"))?.map_err(|why| told(&why))?;
    let parsed = ParsedCertificate::try_from(&leaf).map_err(|why| told(&why))?;
    let name = ServerName::try_from(host.to_owned()).map_err(|why| told(&why))?;
    verify_server_name(&parsed, &name).map_err(|_| told(&format!("is not for {host}")))?;
    for (ms, words) in [(0, "is not in date"), (SOON_MS, "runs out within fourteen days")] {
        let at = u64::try_from(now.plus_millis(ms).millis() / 1000).unwrap_or(0);
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(at));
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms.all;
        // Trusting nobody: the dates are looked at first, so "unknown issuer" says that they are right.
        let dates = verify_server_cert_signed_by_trust_anchor(&parsed, &RootCertStore::empty(), &[], at, algorithms);
        if !matches!(dates, Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))) {
            return Err(told(&words));
        }
    }
    Ok(())
}

/// The demo's authority and certificate in `folder`, made if they are missing or near their end. `now` is the machine's own time:
/// the demo's clock does not move TLS.
pub fn demo(folder: &Path, now: Moment) -> Result<OwnFiles, String> {
    let authority = "disclosure-portal demonstration only";
    own(folder, now, &Own { authority, names: &["localhost", "127.0.0.1"], days: DEMO_DAYS, renew: DEMO_RENEW })
}

/// The same for a real portal without a certificate of an authority that its people's devices know already.
pub fn self_signed(folder: &Path, host: &str, now: Moment) -> Result<OwnFiles, String> {
    own(folder, now, &Own { authority: "disclosure-portal", names: &[host], days: OWN_DAYS, renew: OWN_RENEW })
}

fn own(folder: &Path, now: Moment, wanted: &Own<'_>) -> Result<OwnFiles, String> {
    let told = |why: std::io::Error| format!("{}: {why}", folder.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(told)?;
    let [ca, ca_key, certificate, key, until] =
        ["ca.pem", "ca.key", "server.pem", "server.key", "until"].map(|name| folder.join(name));
    let files = OwnFiles { ca, certificate, key };
    let today = now.day();
    let good_for = fs::read_to_string(&until).ok().and_then(|text| crate::domain::moment::parse_day(&text));
    let whole = [&files.ca, &ca_key, &files.certificate, &files.key].iter().all(|path| path.exists());
    if whole && good_for.is_some_and(|end| end > days_after(today, wanted.renew)) {
        return Ok(files);
    }
    let (ca_pem, ca_secret) = match (fs::read_to_string(&files.ca), config::secret(&ca_key)) {
        (Ok(pem), Ok(secret)) => (pem, secret.to_string()),
        _ => make_authority(wanted, today).map_err(|why| why.to_string())?,
    };
    let end = days_after(today, wanted.days);
    let (pem, secret) = make_certificate(wanted, &ca_secret, today, end).map_err(|why| why.to_string())?;
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
fn authority(wanted: &Own<'_>, today: Day) -> CertificateParams {
    let mut params = named(wanted.authority, today, days_after(today, CA_DAYS));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn make_authority(wanted: &Own<'_>, today: Day) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok((authority(wanted, today).self_signed(&key)?.pem(), key.serialize_pem()))
}

fn make_certificate(wanted: &Own<'_>, ca_key: &str, today: Day, end: Day) -> Result<(String, String), rcgen::Error> {
    let issuer = Issuer::new(authority(wanted, today), KeyPair::from_pem(ca_key)?);
    let key = KeyPair::generate()?;
    let names: Vec<String> = wanted.names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = named(wanted.names.first().copied().unwrap_or_default(), today, end);
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok((params.signed_by(&key, &issuer)?.pem(), key.serialize_pem()))
}
