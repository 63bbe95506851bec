//! A desk with a few doors of its own, so that the frame is tried apart from the story's pages; and one with the real table.

use std::sync::Arc;

use crate::harness::{Folder, begin_visit, empty_office};
use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use disclosure_portal::actions::session::Person;
use disclosure_portal::actions::{FieldError, No};
use disclosure_portal::clock::{self, Clock};
use disclosure_portal::config::Portal;
use disclosure_portal::domain::actor::{Actor, Grant, Role};
use disclosure_portal::domain::ids::{PersonId, SessionId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::refusal::Refusal;
use disclosure_portal::web::cookie::{Audience, Pointer};
use disclosure_portal::web::doors::{Body, DOORS, Door, Who, at_once, get, post};
use disclosure_portal::web::page::PAGES;
use disclosure_portal::web::{Answer, Desk, Visit, app, plain};

pub(crate) const ORIGIN: &str = "https://portal.example.org:8443";
pub(crate) const HOST: &str = "portal.example.org:8443";
pub(crate) const START: i64 = 1_800_000_000_000;

/// Doors that show what the frame does.
pub(crate) const TRIAL: &[Door] = &[
    get("/", Who::Anyone, "First page", |v| at_once(plain::cookies(&v))).on_menu("Home"),
    get("/sign-in", Who::Anyone, "Sign in", |v| at_once(plain::cookies(&v))),
    get("/code", Who::HalfSignedIn, "Code", |v| at_once(plain::cookies(&v))),
    get("/mine", Who::SignedIn, "Mine", |v| at_once(plain::cookies(&v))).on_menu("Mine"),
    get("/log", Who::Holding(&[Role::Auditor]), "Log", |v| at_once(plain::cookies(&v))).on_menu("Log"),
    get("/things/new", Who::SignedIn, "New", |_| at_once(Ok(Answer::text("new")))),
    get("/things/{id}", Who::SignedIn, "One", |v| at_once(Ok(Answer::text(v.path("id"))))),
    get("/panic", Who::Anyone, "Panics", |_| panic!("secret words")),
    get("/no/{kind}", Who::Anyone, "Says no", |v| at_once(says_no(&v))),
    get("/token", Who::Anyone, "Token of the page", |v| at_once(plain::cookies(&v))),
    get("/samples/{page}/{sample}", Who::Anyone, "One sample of one page", |v| at_once(sample(&v))),
    post("/form", Who::SignedIn, Body::Form, "Form", |v| at_once(form(&v))),
    post("/sign-in", Who::Anyone, Body::Form, "Sign in", |v| at_once(form(&v))),
    post("/upload", Who::SignedIn, Body::Upload, "Upload", |v| at_once(upload(&v))),
    post("/bytes", Who::SignedIn, Body::Bytes(1000), "Bytes", |v| {
        at_once(Ok(Answer::text(v.posted.bytes.len().to_string())))
    }),
    post("/sign-out", Who::SignedIn, Body::Form, "Sign out", |_| {
        at_once(Answer::see("/sign-in").map(Answer::signed_out))
    }),
];

fn says_no(v: &Visit) -> Result<Answer, No> {
    Err(match v.path("kind") {
        "refused" => No::from(vec![Refusal::NoPurpose, Refusal::NoRiskPlan]),
        "invalid" => No::Invalid(vec![FieldError::new("email", "Enter an email address")]),
        "throttled" => No::Throttled(61),
        "unavailable" => No::Unavailable,
        "broken" => No::from(disclosure_portal::actions::Fault::Other("password=hunter2".into())),
        "leaving" => return Answer::see("//evil.example"),
        _ => No::NotFound,
    })
}

fn sample(v: &Visit) -> Result<Answer, No> {
    let number = |name| v.path(name).parse::<usize>().unwrap();
    let mut samples = (PAGES[number("page")].render)(v);
    if number("sample") < samples.len() {
        samples.swap_remove(number("sample"))
    } else {
        Ok(Answer::text("").status(404))
    }
}

fn form(v: &Visit) -> Result<Answer, No> {
    if v.field("wrong") == "yes" {
        return v.again(No::field("email", "Enter <an> email address"), "Form", &plain::Cookies {});
    }
    Ok(Answer::text(format!("{}|{}", v.field("a"), v.fields("b").join(","))))
}

fn upload(v: &Visit) -> Result<Answer, No> {
    match v.files("photographs") {
        Ok(files) => {
            let told: Vec<String> = files.iter().map(|file| format!("{}:{}", file.name, file.bytes.len())).collect();
            Ok(Answer::text(format!("{}|{}", v.field("text"), told.join(","))))
        }
        Err(no) => v.again(no, "Upload", &plain::Cookies {}),
    }
}

/// A desk, its clock and one signed-in person for each role.
pub(crate) struct Stage {
    pub(crate) desk: Arc<Desk>,
    pub(crate) clock: Clock,
    _folder: Folder,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `name=value` of a cookie that the answer sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all("set-cookie").map(|value| value.to_str().unwrap());
        set.filter_map(|line| line.split(';').next())
            .find(|pair| pair.starts_with(&format!("{name}=")))
            .map(str::to_owned)
    }

    pub(crate) fn token(&self) -> String {
        let page = self.text();
        let (_, after) = page.split_once("name=\"portal-token\" content=\"").expect("the page has its token");
        after.split('"').next().unwrap().to_owned()
    }
}

pub(crate) fn portal() -> Portal {
    Portal {
        service: "Disclosure portal".into(),
        force: "Example Constabulary".into(),
        log_name: String::new(),
        origin: ORIGIN.into(),
        contact: "01632 960001".into(),
        handling: None,
        demo: true,
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let clock = Clock::manual(Moment::from_millis(START));
        let (office, folder) = empty_office(clock.clone()).await;
        let desk = Desk::new(office, portal(), vec!["10.0.0.1".parse().unwrap()], &[7; 32]).unwrap();
        Self { desk: Arc::new(desk), clock, _folder: folder }
    }

    /// Opens a visit for somebody with `role`; answers the cookie.
    pub(crate) async fn sign_in(&self, role: Role) -> String {
        let now = self.clock.now();
        let byte = role as u8 + 1;
        let (id, session) = (PersonId::fresh(now, [byte; 10]), SessionId::fresh(now, clock::random()));
        let area = disclosure_portal::domain::ids::AreaId::fresh(now, [1; 10]);
        let scheme = disclosure_portal::domain::ids::SchemeId::fresh(now, [1; 10]);
        let grant = Grant::join(role, Some(area), None)
            .or_else(|| Grant::join(role, None, Some(scheme)))
            .or_else(|| Grant::join(role, None, None))
            .unwrap();
        let actor = Actor::Person { id, grants: vec![grant] };
        let person = Person {
            id,
            session,
            name: "Robin <O’Neill>".into(),
            actor,
            fresh_at: disclosure_portal::domain::moment::Moment::from_millis(0),
            purpose: None,
        };
        begin_visit(&self.desk.office, &person, grant).await;
        let to = Pointer { session, person: id, version: 1 };
        format!("__Host-session={}", self.desk.keys.seal(Audience::Session, to, now).unwrap())
    }

    /// The cookie of somebody whose passphrase was right.
    pub(crate) fn half(&self, role: Role) -> String {
        let now = self.clock.now();
        let to = Pointer {
            session: SessionId::fresh(now, [99; 10]),
            person: PersonId::fresh(now, [role as u8 + 1; 10]),
            version: 1,
        };
        format!("__Host-half={}", self.desk.keys.seal(Audience::Half, to, now).unwrap())
    }

    /// The form token of some visit.
    pub(crate) fn token(&self, of: &str) -> String {
        disclosure_portal::web::guard::token(&self.desk, of)
    }

    /// Asks the trial doors.
    pub(crate) async fn ask(&self, request: TestRequest) -> Got {
        self.of(request, TRIAL).await
    }

    /// Asks the real table.
    pub(crate) async fn ask_real(&self, request: TestRequest) -> Got {
        self.of(request, DOORS).await
    }

    async fn of(&self, request: TestRequest, doors: &'static [Door]) -> Got {
        let service = init_service(App::new().configure(app::with_doors(self.desk.clone(), doors))).await;
        let response = service.call(request.to_request()).await.expect("always an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap_or_else(|_| panic!("the body broke"));
        Got { status, headers, body }
    }
}

/// A GET as a browser sends it.
pub(crate) fn get_page(path: &str) -> TestRequest {
    TestRequest::get().uri(path).insert_header(("host", HOST)).insert_header(("accept", "text/html"))
}

/// A POST of a form from our own page, but for its token.
pub(crate) fn post_form(path: &str, body: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("host", HOST))
        .insert_header(("origin", ORIGIN))
        .insert_header(("sec-fetch-site", "same-origin"))
        .insert_header(("accept", "text/html"))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(body.to_owned())
}
