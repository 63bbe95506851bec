//! P3 at the door of bytes: an answer already begun ends when its release is recalled, and how it ended is written down once.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::App;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::test::{TestRequest, init_service};
use disclosure_portal::actions::session;
use disclosure_portal::clock;
use disclosure_portal::config::Portal;
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::domain::ids::{CopyId, ReleaseId, SessionId};
use disclosure_portal::web::cookie::{Audience, Pointer};
use disclosure_portal::web::{Desk, app};

use super::part;
use crate::harness::{ORIGIN, Scene};

/// A part asked for at its real door, by its holder signed in.
pub(crate) struct Asking {
    pub(crate) scene: Scene,
    desk: Arc<Desk>,
    cookie: String,
    pub(crate) release: ReleaseId,
    pub(crate) copy: CopyId,
}

impl Asking {
    async fn new(purpose: &str) -> Self {
        Self::at(Scene::new().await, purpose).await
    }

    /// At an instance of its own.
    pub(crate) async fn at(scene: Scene, purpose: &str) -> Self {
        let portal = Portal {
            service: "Disclosure portal".into(),
            force: "Example Constabulary".into(),
            log_name: String::new(),
            origin: ORIGIN.into(),
            contact: "01632 960001".into(),
            handling: None,
            demo: true,
        };
        let desk = Desk::new(scene.office.clone(), portal, Vec::new(), &[7; 32]).unwrap();
        let priya = scene.who("Priya");
        let session = begin(&scene, priya, purpose).await;
        let to = Pointer { session, person: priya.id, version: 1 };
        let cookie = format!("__Host-session={}", desk.keys.seal(Audience::Session, to, scene.clock.now()).unwrap());
        let release = scene.release("CZ/003/26").await;
        let copy = copy_of(&scene.office, priya, release).await.unwrap();
        Self { scene, desk: Arc::new(desk), cookie, release, copy }
    }

    pub(crate) async fn ask(&self) -> ServiceResponse<BoxBody> {
        let screen = part(&self.scene, self.copy, "screen", 0).await;
        let request = TestRequest::get()
            .uri(&format!("/copies/{}/parts/{screen}", self.copy))
            .insert_header(("host", "localhost:8443"))
            .insert_header(("accept", "application/json"))
            .insert_header(("cookie", self.cookie.as_str()));
        let service = init_service(App::new().configure(app::of(self.desk.clone()))).await;
        service.call(request.to_request()).await.unwrap()
    }

    /// The one record of this kind after the story's own; its `of` is the newest view's index.
    async fn told(&self, kind: &str, before: usize) {
        // The end of a view is written down behind the answer's back: it comes with one of the next acts.
        for _ in 0..10_000 {
            if self.scene.records(kind).await.len() > before {
                break;
            }
            tokio::task::yield_now().await;
        }
        let (records, views) = (self.scene.records(kind).await, self.scene.records("view").await);
        assert_eq!(records.len(), before + 1, "{kind}: exactly once");
        assert_eq!(records.last().unwrap().1["of"], views.last().unwrap().0);
    }
}

async fn begin(scene: &Scene, holder: &'static Somebody, purpose: &str) -> SessionId {
    let id = SessionId::fresh(scene.clock.now(), clock::random());
    let act =
        scene.office.act(move |tx| Box::pin(async move { Ok(tx.begin_visit(id, holder.id, 1, ("test", "")).await?) }));
    act.await.unwrap();
    let person = session::check(&scene.office, id, holder.id, 1).await.unwrap().expect("a visit");
    if !purpose.is_empty() {
        session::set_purpose(&scene.office, &person, purpose).await.unwrap();
    }
    id
}

/// The next bytes that leave.
pub(crate) async fn piece(body: &mut Pin<Box<BoxBody>>) -> Option<Result<usize, String>> {
    let next = poll_fn(|cx| body.as_mut().poll_next(cx)).await?;
    Some(next.map(|bytes| bytes.len()).map_err(|why| why.to_string()))
}

#[actix_web::test]
async fn a_running_answer_breaks_off_when_its_release_is_closed() {
    let asking = Asking::new("prevention").await;
    let before = asking.scene.records("aborted").await.len();
    let delivered = asking.scene.records("delivered").await.len();
    let mut body = Box::pin(asking.ask().await.into_body());
    assert_eq!(piece(&mut body).await, Some(Ok(16 << 10)));
    asking.scene.office.board.close(asking.release.to_string());
    assert!(matches!(piece(&mut body).await, Some(Err(_))), "no byte after the recall");
    drop(body);
    asking.told("aborted", before).await;
    assert_eq!(asking.scene.records("delivered").await.len(), delivered);
}

#[actix_web::test]
async fn a_running_answer_breaks_off_at_the_limit() {
    let asking = Asking::new("prevention").await;
    let mut body = Box::pin(asking.ask().await.into_body());
    assert_eq!(piece(&mut body).await, Some(Ok(16 << 10)));
    asking.scene.later(120 * 86_400_000);
    assert!(matches!(piece(&mut body).await, Some(Err(_))), "no byte after the limit");
}

#[actix_web::test]
async fn a_whole_answer_says_its_length_and_is_written_down_as_delivered() {
    let asking = Asking::new("detection").await;
    let before = asking.scene.records("delivered").await.len();
    let response = asking.ask().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers().get("content-type").unwrap(), "application/octet-stream");
    assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
    let mut body = Box::pin(response.into_body());
    let actix_web::body::BodySize::Sized(size) = body.size() else { panic!("the length is known") };
    let mut seen = 0;
    while let Some(piece) = piece(&mut body).await {
        seen += piece.unwrap();
    }
    assert_eq!(seen as u64, size);
    drop(body);
    asking.told("delivered", before).await;
    assert_eq!(asking.scene.records("view").await.last().unwrap().1["purpose"], "Detection of crime");
}

#[actix_web::test]
async fn nothing_leaves_before_the_purpose_is_said() {
    let asking = Asking::new("").await;
    let views = asking.scene.records("view").await.len();
    assert_eq!(asking.ask().await.status(), 422);
    assert_eq!(asking.scene.records("view").await.len(), views);
}
