//! Speaking to the relay: one line, several mails, over TLS unless the relay is on this machine.
//!
//! Promises: nothing is said before TLS stands where it has to; what is wrong with the relay, or our account there, is never held against
//! a recipient; no step takes longer than [`STEP`]. Absent on purpose: words of a mail, addresses of its own, delivery without a relay.

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as From, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};

use crate::actions::Fault;
use crate::config::{self, Mail as Section, Tls};
use crate::store::mails::Mail;

/// The longest that one step with the relay may take.
const STEP: Duration = Duration::from_secs(20);
/// The longest that hanging up may take.
pub(super) const QUIT: Duration = Duration::from_secs(5);
/// The most of a relay's answer that is kept.
const KEPT: usize = 200;

/// The relay, with what it takes to speak to it.
pub struct Relay {
    host: String,
    port: u16,
    tls: Tls,
    parameters: Option<TlsParameters>,
    account: Option<Credentials>,
    from: Address,
    hello: ClientId,
    domain: String,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.host, self.port)
    }
}

/// An open line to the relay.
pub(super) struct Line(AsyncSmtpConnection);

impl Line {
    /// Hangs up.
    pub(super) async fn quit(mut self) {
        // Whatever it answers: nothing more is said.
        drop(tokio::time::timeout(QUIT, self.0.quit()).await);
    }
}

/// Why a mail was not taken.
#[derive(Debug)]
pub(super) enum Failed {
    /// The relay is away, does not let us in, or does not let us send at all.
    Relay(String),
    /// This mail is not taken now.
    ForNow(String),
    /// This mail is never taken: the address is wrong, or refuses it.
    ForGood(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Relay(why) | Self::ForNow(why) | Self::ForGood(why)) = self;
        f.write_str(why)
    }
}

/// What went wrong, in one short line.
fn said(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words = format!("{words}: {deeper}");
        cause = deeper.source();
    }
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT).collect()
}

fn relay(error: &lettre::transport::smtp::Error) -> Failed {
    Failed::Relay(said(error))
}

/// A refusal of one mail: for good where the relay says so.
fn mail(error: &lettre::transport::smtp::Error) -> Failed {
    let why = said(error);
    match (error.is_permanent(), error.is_transient()) {
        (true, _) => Failed::ForGood(why),
        (_, true) => Failed::ForNow(why),
        // The line broke.
        _ => Failed::Relay(why),
    }
}

async fn in_time<T>(
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<Result<T, lettre::transport::smtp::Error>, Failed> {
    let late = |_| Failed::Relay(format!("no answer within {} seconds", STEP.as_secs()));
    tokio::time::timeout(STEP, step).await.map_err(late)
}

impl Relay {
    /// As the configuration says; a file that is missing or wrong is named.
    pub fn of(section: &Section, origin: &str) -> Result<Self, Fault> {
        let wrong = |key: &str, why: String| Fault::Other(format!("mail.{key}: {why}"));
        let from = section.from.parse::<Address>().map_err(|why| wrong("from", why.to_string()))?;
        let domain = section.from.rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_owned());
        let account = match (&section.user, &section.password_file) {
            (Some(user), Some(file)) => {
                let password = config::secret(file).map_err(|why| wrong("password_file", why.to_string()))?;
                Some(Credentials::new(user.clone(), password.trim_end_matches(['\r', '\n']).to_owned()))
            }
            _ => None,
        };
        let parameters = match section.tls {
            Tls::Off => None,
            Tls::Starttls | Tls::Implicit => Some(parameters(section)?),
        };
        let name = origin.strip_prefix("https://").unwrap_or_default().split(':').next().unwrap_or_default();
        Ok(Self {
            host: section.host.clone(),
            port: section.port,
            tls: section.tls,
            parameters,
            account,
            from,
            hello: ClientId::Domain(if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }),
            domain,
        })
    }

    /// Opens a line: TLS, then our account.
    pub(super) async fn connect(&self) -> Result<Line, Failed> {
        let implicit = self.parameters.clone().filter(|_| self.tls == Tls::Implicit);
        let server = (self.host.as_str(), self.port);
        let open = AsyncSmtpConnection::connect_tokio1(server, Some(STEP), &self.hello, implicit, None);
        let mut line = in_time(open).await?.map_err(|error| relay(&error))?;
        if let (Tls::Starttls, Some(parameters)) = (self.tls, &self.parameters) {
            in_time(line.starttls(parameters.clone(), &self.hello)).await?.map_err(|error| relay(&error))?;
        }
        if let Some(account) = &self.account {
            in_time(line.auth(DEFAULT_MECHANISMS, account)).await?.map_err(|error| relay(&error))?;
        }
        Ok(Line(line))
    }

    /// Hands one mail over.
    pub(super) async fn send(&self, line: &mut Line, one: &Mail) -> Result<(), Failed> {
        let Ok(to) = one.address.parse::<Address>() else {
            return Err(Failed::ForGood("this is no address that mail can be sent to".to_owned()));
        };
        let whole = self.message(one, &to)?;
        let line = &mut line.0;
        // Not letting us send at all is no recipient's fault.
        in_time(line.command(From::new(Some(self.from.clone()), Vec::new()))).await?.map_err(|error| relay(&error))?;
        in_time(line.command(Rcpt::new(to, Vec::new()))).await?.map_err(|error| mail(&error))?;
        in_time(line.command(Data)).await?.map_err(|error| mail(&error))?;
        in_time(line.message(&whole)).await?.map_err(|error| mail(&error))?;
        Ok(())
    }

    /// The mail's bytes. Its Message-ID is the same at each try: whoever gets it twice can tell.
    fn message(&self, one: &Mail, to: &Address) -> Result<Vec<u8>, Failed> {
        let date = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(one.created_at).unwrap_or(0));
        Message::builder()
            .from(lettre::message::Mailbox::new(None, self.from.clone()))
            .to(lettre::message::Mailbox::new(None, to.clone()))
            .date(date)
            .message_id(Some(format!("<{}@{}>", one.id, self.domain)))
            .subject(one.subject.clone())
            .raw_header(automatic())
            .header(ContentType::TEXT_PLAIN)
            .body(one.words.clone())
            .map(|message| message.formatted())
            .map_err(|why| Failed::ForGood(said(&why)))
    }
}

/// Says that a program wrote it, so that no other program answers (RFC 3834).
fn automatic() -> lettre::message::header::HeaderValue {
    use lettre::message::header::{HeaderName, HeaderValue};
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

fn parameters(section: &Section) -> Result<TlsParameters, Fault> {
    let wrong = |why: String| Fault::Other(format!("mail.ca_file: {why}"));
    let builder = TlsParameters::builder(section.host.clone());
    let builder = match &section.ca_file {
        None => builder.certificate_store(CertificateStore::WebpkiRoots),
        Some(file) => {
            let pem = std::fs::read(file).map_err(|why| wrong(format!("{}: {why}", file.display())))?;
            let authority = Certificate::from_pem(&pem).map_err(|why| wrong(said(&why)))?;
            if !pem.windows(11).any(|window| window == b"BEGIN CERTI") {
                return Err(wrong(format!("{} holds no certificate", file.display())));
            }
            builder.certificate_store(CertificateStore::None).add_root_certificate(authority)
        }
    };
    builder.build_rustls().map_err(|why| Fault::Other(format!("mail.tls: {}", said(&why))))
}
