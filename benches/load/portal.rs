//! The release program as a process of its own, and people who sign in to it by script, as `docs/formats/sign-in.md` says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use disclosure_portal::clock::Clock;
use serde_json::Value;

use crate::client::{At, Client, get, tls};
use crate::wait::until;

/// The program as it is shipped.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_disclosure-portal");

/// A folder that goes with the bench.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("portal-bench-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&dir));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A running demo on a folder whose world is made.
pub(crate) struct Portal {
    process: Child,
    pub(crate) at: At,
    pub(crate) told: Value,
    /// From starting the program to the first page.
    pub(crate) start: Duration,
}

impl Portal {
    pub(crate) fn start(data: &Path) -> Self {
        let told = data.join("bench-told.json");
        drop(std::fs::remove_file(&told));
        let began = Instant::now();
        let process = Command::new(PROGRAM)
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--json")
            .arg(&told)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        until("the portal starts", || told.exists());
        let told: Value = serde_json::from_slice(&std::fs::read(&told).unwrap()).unwrap();
        let port = told["base_url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        let at = At { port, tls: tls(Path::new(told["ca_file"].as_str().unwrap())) };
        let page = Client::to(&at).send(&get(port, "/sign-in", ""), false);
        assert_eq!(page.status, 200, "{}", page.head);
        Self { process, at, told, start: began.elapsed() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Signs the first person of a name in; answers the cookies to send.
    pub(crate) fn sign_in(&self, name: &str) -> String {
        let accounts = self.told["accounts"].as_array().unwrap();
        let account = accounts.iter().find(|one| one["name"].as_str().unwrap().starts_with(name)).expect("an account");
        let text = |field: &str| account[field].as_str().unwrap().to_owned();
        let secret = totp_rs::Secret::try_from_base32(text("totp_secret")).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let code = totp.generate(u64::try_from(Clock::real().millis() / 1000).unwrap()).to_string();
        let mut visitor = Visitor::to(&self.at, String::new());
        visitor.get("/sign-in");
        assert_eq!(visitor.post("/sign-in", &[("email", &text("email")), ("auth", &text("auth"))]).0, 303);
        visitor.get("/sign-in/code");
        assert_eq!(visitor.post("/sign-in/code", &[("code", &code)]).0, 303);
        visitor.cookies.join("; ")
    }

    /// The same, having said why bulletins are looked at.
    pub(crate) fn sign_in_to_look(&self, name: &str) -> String {
        let cookie = self.sign_in(name);
        let mut visitor = Visitor::to(&self.at, cookie.clone());
        visitor.get("/bulletins");
        assert_eq!(visitor.post("/bulletins/purpose", &[("purpose", "prevention")]).0, 303);
        cookie
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        drop(Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status());
        drop(self.process.wait());
    }
}

/// Somebody who reads pages and posts forms.
pub(crate) struct Visitor {
    client: Client,
    port: u16,
    cookies: Vec<String>,
    pub(crate) token: String,
}

impl Visitor {
    pub(crate) fn to(at: &At, cookie: String) -> Self {
        let cookies = if cookie.is_empty() { Vec::new() } else { vec![cookie] };
        Self { client: Client::to(at), port: at.port, cookies, token: String::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> String {
        let got = self.client.send(&get(self.port, path, &self.cookies.join("; ")), true);
        assert_eq!(got.status, 200, "{path}: {}", got.head);
        self.keep_cookies(&got.head);
        let page = String::from_utf8(got.body).unwrap();
        let token = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        token.unwrap_or_default().clone_into(&mut self.token);
        page
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let mut body = format!("token={}", self.token);
        for (name, value) in fields {
            write!(body, "&{name}={}", value.replace('@', "%40")).unwrap();
        }
        self.post_raw(path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    pub(crate) fn post_raw(&mut self, path: &str, media: &str, body: &[u8]) -> (u16, String) {
        let Self { port, token, .. } = self;
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: https://localhost:{port}\r\nContent-Type: {media}\r\n\
             X-Portal-Token: {token}\r\nCookie: {}\r\nContent-Length: {}\r\n\r\n",
            self.cookies.join("; "),
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        let got = self.client.send(&request, true);
        self.keep_cookies(&got.head);
        (got.status, String::from_utf8_lossy(&got.body).into_owned())
    }

    fn keep_cookies(&mut self, head: &str) {
        for line in head.lines().filter(|line| line.to_lowercase().starts_with("set-cookie:")) {
            let pair = line.split_once(':').unwrap().1.trim().split(';').next().unwrap().to_owned();
            let name = pair.split('=').next().unwrap().to_owned();
            self.cookies.retain(|one| one.split('=').next() != Some(name.as_str()));
            if !pair.ends_with('=') {
                self.cookies.push(pair);
            }
        }
    }
}
