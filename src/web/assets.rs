//! Scripts, styles and their digests, built by `make assets` and carried inside the binary.
//!
//! Promises: only the files that the manifest names are served, under names that hold their digest, for ever cacheable; each digest
//! is checked against the bytes at start. Absent on purpose: a folder read at run time, any type but script, style and text.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

use crate::actions::No;
use crate::web::{Answer, Visit, headers};

static DIST: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/frontend/dist");

/// One asset as a page names it.
#[derive(Clone, Debug, Serialize)]
pub struct Asset {
    /// `/assets/portal-0123456789abcdef.js`.
    pub href: String,
    /// `sha384-…`, for the `integrity` attribute.
    pub integrity: String,
}

/// The assets by their plain names (`portal.js`, `keys.js`, `keeper.js`, `portal.css`, `licences.txt`).
#[derive(Debug)]
pub struct Assets {
    named: BTreeMap<String, Asset>,
    files: BTreeMap<String, &'static [u8]>,
}

#[derive(Deserialize)]
struct Made {
    file: String,
    sha384: String,
}

impl Assets {
    /// Reads the manifest and checks every file against it; the error says what to do.
    pub fn load() -> Result<Self, String> {
        let manifest = DIST.get_file("manifest.json").ok_or("assets have no manifest.json: run `make assets`")?;
        let made: BTreeMap<String, Made> =
            serde_json::from_slice(manifest.contents()).map_err(|why| format!("manifest.json: {why}"))?;
        let (mut named, mut files) = (BTreeMap::new(), BTreeMap::new());
        for (name, Made { file, sha384 }) in made {
            let bytes = DIST.get_file(&file).ok_or_else(|| format!("{file} is missing: run `make assets`"))?.contents();
            if STANDARD.encode(digest::digest(&digest::SHA384, bytes)) != sha384 {
                return Err(format!("{file} is not what the manifest says: run `make assets`"));
            }
            named.insert(name, Asset { href: format!("/assets/{file}"), integrity: format!("sha384-{sha384}") });
            files.insert(file, bytes);
        }
        Ok(Self { named, files })
    }

    /// The asset with this plain name; the error says what to do.
    pub fn named(&self, name: &str) -> Result<Asset, String> {
        self.named.get(name).cloned().ok_or_else(|| format!("the manifest has no {name}: run `make assets`"))
    }

    /// The bytes of a file by its full name.
    pub fn file(&self, file: &str) -> Option<&'static [u8]> {
        self.files.get(file).copied()
    }
}

/// `GET /assets/{file}`.
pub fn serve(v: &Visit) -> Result<Answer, No> {
    let file = v.path("file");
    let bytes = v.desk.assets.file(file).ok_or(No::NotFound)?;
    let media = match file.rsplit_once('.').map(|(_, end)| end) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    Ok(Answer::bytes(media, actix_web::web::Bytes::from_static(bytes)).header("cache-control", headers::KEPT))
}
