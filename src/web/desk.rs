//! What every request shares: the office behind the counter, templates, assets, keys, and who may knock under which name.
//!
//! Made once at start; whatever is missing (a template, an asset, a usable key) stops the start with a sentence.

use std::net::IpAddr;
use std::sync::Arc;

use tera::Tera;
use tokio::sync::Semaphore;

use crate::actions::Office;
use crate::config::Portal;
use crate::web::assets::{Asset, Assets};
use crate::web::cookie::Keys;
use crate::web::page;

/// Uploads held in memory at a time; the next ones wait.
const UPLOADS: usize = 2;

/// The shared parts of the web.
pub struct Desk {
    /// The office whose actions the handlers ask.
    pub office: Arc<Office>,
    /// Names, origin and marking.
    pub portal: Portal,
    /// Scripts and styles.
    pub assets: Assets,
    /// Keys of cookies and form tokens.
    pub keys: Keys,
    pub(crate) templates: Tera,
    pub(crate) named: Named,
    pub(crate) proxies: Vec<IpAddr>,
    pub(crate) uploads: Arc<Semaphore>,
}

impl Desk {
    /// Uploads that are in memory now.
    pub(crate) fn uploads_in_use(&self) -> usize {
        UPLOADS.saturating_sub(self.uploads.available_permits())
    }
}

/// The assets that each page names.
pub(crate) struct Named {
    pub(crate) style: Asset,
    pub(crate) script: Asset,
    pub(crate) worker: Asset,
    pub(crate) keeper: Asset,
}

impl Desk {
    /// Gathers the parts; the error is a sentence for the operator. `secret` is the `web` key file's 32 bytes.
    pub fn new(office: Arc<Office>, portal: Portal, proxies: Vec<IpAddr>, secret: &[u8; 32]) -> Result<Self, String> {
        portal.check()?;
        let assets = Assets::load()?;
        let named = Named {
            style: assets.named("portal.css")?,
            script: assets.named("portal.js")?,
            worker: assets.named("keys.js")?,
            keeper: assets.named("keeper.js")?,
        };
        let uploads = Arc::new(Semaphore::new(UPLOADS));
        let templates = page::templates()?;
        Ok(Self { office, portal, assets, keys: Keys::from_secret(secret)?, templates, named, proxies, uploads })
    }
}
