//! The headers of every answer: pages, pictures, assets, problems alike.
//!
//! Promises: one list, put on in one place (`app::finish`), so that no answer can miss one. Absent on purpose: `Server`, `X-Powered-By`,
//! anything that a setting could loosen. Proved by `tests/it/web_shell.rs`.

use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};

/// Everything from our own origin and by name; no inline script or style, no frame, no plug-in (DESIGN §9).
pub const CSP: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types portal";

/// Name and value of each, lower case.
pub const ALWAYS: &[(&str, &str)] = &[
    ("content-security-policy", CSP),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: with it Chromium sends `Origin: null` on our own forms, and the Origin check would refuse them.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("x-frame-options", "DENY"),
    ("x-permitted-cross-domain-policies", "none"),
    ("origin-agent-cluster", "?1"),
    (
        "permissions-policy",
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), sync-xhr=(), usb=(), xr-spatial-tracking=()",
    ),
];

/// Nothing of ours is kept by a browser or a proxy, except assets, whose names change with their content.
pub const NOT_KEPT: &str = "no-store";
/// For assets: the name holds the digest.
pub const KEPT: &str = "public, max-age=31536000, immutable";
/// Sent when a visit ends (ASVS 14.3.1). Our cookies are taken away one by one, all but the device's.
pub const CLEAR: &str = "\"cache\", \"storage\"";

/// Puts every header on an answer, replacing what a handler may have set; only `Cache-Control` is left if already there.
pub fn dress(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(NOT_KEPT));
    }
}
