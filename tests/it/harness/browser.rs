//! Somebody of the demo at the portal's doors, over HTTP as a browser speaks it, without TLS in between.

use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use disclosure_portal::clock;
use disclosure_portal::config::Portal;
use disclosure_portal::domain::ids::SessionId;
use disclosure_portal::web::cookie::{Audience, Pointer};
use disclosure_portal::web::doors::{Body, Door, Method};
use disclosure_portal::web::{Desk, app, guard};

use super::{ORIGIN, Scene};

const HOST: &str = "localhost:8443";
/// The mark of a browser in which nobody is signed in.
const MARK: &str = "0123456789abcdef0123456789abcdef";

/// A browser in which somebody may be signed in.
pub(crate) struct Browser {
    desk: Arc<Desk>,
    pub(crate) session: Option<SessionId>,
    cookie: String,
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) location: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The session cookie it set, if any.
    pub(crate) session: Option<String>,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header; missing is empty.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.status, self.text()))
    }
}

impl Browser {
    fn desk(scene: &Scene) -> Arc<Desk> {
        let portal = Portal {
            service: "Disclosure portal".into(),
            force: "Demo Constabulary".into(),
            log_name: String::new(),
            origin: ORIGIN.into(),
            contact: "01632 960001".into(),
            handling: None,
            demo: true,
        };
        Arc::new(Desk::new(scene.office.clone(), portal, vec![], &[7; 32]).unwrap())
    }

    /// Nobody signed in, with a page of the portal open, so that forms can be sent.
    pub(crate) fn stranger(scene: &Scene) -> Self {
        Self { desk: Self::desk(scene), session: None, cookie: format!("__Host-visit={MARK}") }
    }

    /// Nobody, without a look at the store.
    pub(crate) fn of_nobody(scene: &Scene) -> Self {
        Self { desk: Self::desk(scene), session: None, cookie: String::new() }
    }

    /// From here on holds the visit that an answer began or renewed.
    pub(crate) fn holds(&mut self, scene: &Scene, got: &Got) {
        let token = got.session.as_deref().expect("a visit");
        let (to, _) = self.desk.keys.open(Audience::Session, token, scene.office.now()).expect("a good token");
        self.session = Some(to.session);
        self.cookie = format!("__Host-session={token}");
    }

    /// Posts a script's JSON.
    pub(crate) async fn post_json(&self, path: &str, value: &serde_json::Value) -> Got {
        self.post_raw(path, "application/octet-stream", value.to_string().into_bytes()).await
    }

    /// Signed in as `name`, or nobody.
    pub(crate) async fn of(scene: &Scene, name: Option<&str>) -> Self {
        let desk = Self::desk(scene);
        let Some(name) = name else { return Self { desk, session: None, cookie: String::new() } };
        let person = scene.who(name).id;
        let session = SessionId::fresh(scene.office.now(), clock::random());
        let begun = scene.office.act(move |tx| {
            Box::pin(async move {
                // They have said why they look at bulletins, as the page asks once a visit.
                tx.begin_visit(session, person, 1, ("test", "")).await?;
                Ok(tx.visit_purpose(session, "prevention").await?)
            })
        });
        begun.await.unwrap();
        let to = Pointer { session, person, version: 1 };
        let cookie = format!("__Host-session={}", desk.keys.seal(Audience::Session, to, scene.office.now()).unwrap());
        Self { desk, session: Some(session), cookie }
    }

    /// The same browser, led to another instance.
    pub(crate) fn at(&self, scene: &Scene) -> Self {
        Self { desk: Self::desk(scene), session: self.session, cookie: self.cookie.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send(TestRequest::get().uri(path).insert_header(("accept", "text/html"))).await
    }

    /// Asks as a program does.
    pub(crate) async fn get_json(&self, path: &str) -> Got {
        self.send(TestRequest::get().uri(path).insert_header(("accept", "application/json"))).await
    }

    /// Posts a form, with the page's token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let mut body = format!("token={}", self.token());
        for (name, value) in fields {
            write!(body, "&{name}=").unwrap();
            for byte in value.bytes() {
                write!(body, "%{byte:02X}").unwrap();
            }
        }
        self.post_raw(path, "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    /// Posts bytes of any type, with the token in its header too.
    pub(crate) async fn post_raw(&self, path: &str, media: &str, body: Vec<u8>) -> Got {
        self.post_for("text/html", path, media, body).await
    }

    /// The same, saying what kind of answer is read.
    async fn post_for(&self, accept: &str, path: &str, media: &str, body: Vec<u8>) -> Got {
        let request = TestRequest::post()
            .uri(path)
            .insert_header(("origin", ORIGIN))
            .insert_header(("sec-fetch-site", "same-origin"))
            .insert_header(("accept", accept))
            .insert_header(("x-portal-token", self.token()))
            .insert_header(("content-type", media))
            .set_payload(body);
        self.send(request).await
    }

    /// A multipart form: the token first, then fields and files.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Got {
        self.upload_as("photographs", path, fields, files).await
    }

    /// The same, with the files in a field of this name.
    pub(crate) async fn upload_as(
        &self,
        field: &str,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Got {
        let body = self.multipart(field, fields, files);
        self.post_raw(path, "multipart/form-data; boundary=x", body).await
    }

    /// A multipart form as a script sends it, which reads JSON.
    pub(crate) async fn upload_by_script(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = self.multipart("photographs", fields, &[]);
        self.post_for("application/json", path, "multipart/form-data; boundary=x", body).await
    }

    fn multipart(&self, field: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        let mut part = |head: String, bytes: &[u8]| {
            body.extend_from_slice(format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        };
        part("name=\"token\"".into(), self.token().as_bytes());
        for (name, value) in fields {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for (name, bytes) in files {
            part(format!("name=\"{field}\"; filename=\"{name}\""), bytes);
        }
        body.extend_from_slice(b"--x--\r\n");
        body
    }

    /// Knocks at a door, with nothing typed.
    pub(crate) async fn knock(&self, door: &Door, path: &str) -> Got {
        match (door.method, door.body) {
            (Method::Get, _) => self.get(path).await,
            (Method::Post, Body::Upload) => self.upload(path, &[], &[]).await,
            (Method::Post, Body::Bytes(_)) => self.post_raw(path, "application/octet-stream", vec![0]).await,
            (Method::Post, Body::Form | Body::Empty) => self.post(path, &[]).await,
        }
    }

    fn token(&self) -> String {
        match self.session {
            Some(session) => guard::token(&self.desk, &format!("session/{session}")),
            None if self.cookie.contains(MARK) => guard::token(&self.desk, &format!("visit/{MARK}")),
            None => String::new(),
        }
    }

    async fn send(&self, request: TestRequest) -> Got {
        let service = init_service(App::new().configure(app::of(self.desk.clone()))).await;
        let request = request.insert_header(("host", HOST)).insert_header(("cookie", self.cookie.as_str()));
        let response = service.call(request.to_request()).await.expect("always an answer");
        let status = response.status().as_u16();
        let location = response.headers().get("location").map_or("", |l| l.to_str().unwrap()).to_owned();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let mut cookies = response.headers().get_all("set-cookie").filter_map(|value| value.to_str().ok());
        let session = cookies.find_map(|text| text.strip_prefix("__Host-session="));
        let session = session.and_then(|rest| rest.split(';').next()).filter(|token| !token.is_empty());
        let session = session.map(str::to_owned);
        let body = to_bytes(response.into_body()).await.map(|bytes| bytes.to_vec()).unwrap_or_default();
        Got { status, body, location, headers, session }
    }
}
