//! Speaking to an S3-compatible store: TLS whose certificate is checked, nobody else than its endpoint, and never for long.
//!
//! Promises: no proxy of the environment is used and no redirect followed, so that no byte goes where the operator did not say; a dead
//! store is told within ten seconds, where the library's own limits are three minutes.
//! Absent on purpose: the environment's and the machine's own credentials, multipart uploads (a blob is one PUT, and nothing half done
//! stays behind), a switch that leaves a check out.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AwsCredential, AwsCredentialProvider};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    StaticCredentialProvider,
};
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, Error, ObjectStore, RetryConfig};
use reqwest::redirect::Policy;

use super::fit::Bucket;
use super::{Fault, PATIENCE, causes, patience};
use crate::config::{S3, secret};

/// To connect, names and TLS included: on a network of one's own it takes milliseconds, across a country less than 0.2 s.
const CONNECT: Duration = Duration::from_secs(2);
/// No connection is used again after it lay idle for this long: the other side, or a firewall between, may have dropped it.
const IDLE: Duration = Duration::from_secs(20);
/// A try that failed is tried this many times more: stores restart, and answer 500 or 503 for a moment.
const AGAIN: usize = 2;
/// And never once this has passed since the first: what does not answer now is told, and the person tries again.
const AGAIN_WITHIN: Duration = Duration::from_secs(4);

/// The bucket below its prefix, and what asks about the bucket itself.
pub(super) fn open(at: &S3) -> Result<(Arc<dyn ObjectStore>, Bucket), Fault> {
    let other = |why: &dyn std::fmt::Display| Fault::Other(format!("store.s3: {why}"));
    let key = secret(&at.secret_key_file).map_err(|why| other(&why))?;
    let (key_id, secret_key) = (at.access_key_id.clone(), key.trim_end().to_owned());
    let keys: AwsCredentialProvider =
        Arc::new(StaticCredentialProvider::new(AwsCredential { key_id, secret_key, token: None }));
    let client = HttpClient::new(Wire::new(at)?);
    let prefix = Name::parse(&at.prefix).map_err(|why| other(&format!("prefix: {why}")))?;
    // Path style, which every store takes; an endpoint that names the bucket is the other style.
    let host = at.endpoint.split_once("://").map_or("", |(_, host)| host);
    let named = host.starts_with(&format!("{}.", at.bucket));
    let store = AmazonS3Builder::new()
        .with_endpoint(&at.endpoint)
        .with_region(&at.region)
        .with_bucket_name(&at.bucket)
        .with_virtual_hosted_style_request(named)
        .with_allow_http(at.endpoint.starts_with("http://"))
        .with_credentials(Arc::clone(&keys))
        .with_http_connector(Same(client.clone()))
        // One DELETE a blob: every store has it, and its answer is about that blob.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig {
            max_retries: AGAIN,
            retry_timeout: AGAIN_WITHIN,
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_millis(500),
                base: 2.0,
            },
        })
        .build()?;
    let url = if named { at.endpoint.clone() } else { format!("{}/{}", at.endpoint, at.bucket) };
    let bucket = Bucket { client, url, region: at.region.clone(), keys, prefix: prefix.to_string() };
    Ok((Arc::new(PrefixStore::new(store, prefix)), bucket))
}

/// Hands the library the one client.
#[derive(Debug)]
struct Same(HttpClient);

impl HttpConnector for Same {
    fn connect(&self, _: &ClientOptions) -> Result<HttpClient, Error> {
        Ok(self.0.clone())
    }
}

/// The wire itself. Two clients: waiting for an answer has a fixed limit, and sending a body one by its length.
#[derive(Debug)]
struct Wire {
    asking: reqwest::Client,
    sending: reqwest::Client,
}

impl Wire {
    fn new(at: &S3) -> Result<Self, Fault> {
        let wrong = |what: &str, why: &dyn std::fmt::Display| Fault::Other(format!("store.s3.{what}: {why}"));
        let tls = !at.endpoint.starts_with("http://");
        let roots = match &at.ca_file {
            Some(file) => {
                let pem = std::fs::read(file).map_err(|why| wrong("ca_file", &format!("{}: {why}", file.display())))?;
                let roots =
                    reqwest::Certificate::from_pem_bundle(&pem).map_err(|why| wrong("ca_file", &causes(&why)))?;
                if roots.is_empty() {
                    return Err(wrong("ca_file", &format!("{} holds no certificate", file.display())));
                }
                Some(roots)
            }
            // No machine's authorities are needed where there is no TLS.
            None => (!tls).then(Vec::new),
        };
        let client = |silence: Option<Duration>| {
            let mut building = reqwest::Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .referer(false)
                .https_only(tls)
                .http1_only()
                .connect_timeout(CONNECT)
                .pool_idle_timeout(IDLE);
            if let Some(roots) = &roots {
                building = building.tls_certs_only(roots.clone());
            }
            if let Some(silence) = silence {
                building = building.read_timeout(silence);
            }
            building.build().map_err(|why| wrong("endpoint", &causes(&why)))
        };
        Ok(Self { asking: client(Some(PATIENCE))?, sending: client(None)? })
    }
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

impl HttpService for Wire {
    fn call<'a, 'b>(&'a self, request: HttpRequest) -> Answering<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let bytes = request.body().content_length();
        if bytes == 0 {
            return self.asking.call(request);
        }
        Box::pin(async move {
            match tokio::time::timeout(patience(bytes), self.sending.call(request)).await {
                Ok(answer) => answer,
                Err(late) => Err(HttpError::new(HttpErrorKind::Timeout, late)),
            }
        })
    }
}
