//! Relays that answer byte by byte, or never: the portal's work goes on, each try ends in bounded time, nothing is lost or doubled, and
//! what was given up somebody sees.
//!
//! The relay is a socket of our own: no real server is as slow as this.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use disclosure_portal::actions::{home, post, sweep};
use disclosure_portal::config::{Mail, Tls};
use disclosure_portal::demo::releases::recall;
use futures_util::future::{join, join_all};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};

use super::mail::{mail_of, recalled, states, with_settings};
use crate::harness::browser::Browser;
use crate::harness::relay::Relay;
use crate::harness::wait::{pace, until_so};
use crate::harness::{Scene, who};

/// How a relay answers.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Manner {
    /// At once.
    Prompt,
    /// Each answer byte by byte.
    ByteByByte,
    /// Each answer with nine seconds between its first byte and the rest: no step is too long, all together are.
    Halting,
    /// Never a word.
    Silent,
    /// Bytes without an end, and no line.
    Endless,
    /// It takes a mail and never says so.
    SilentAfterMail,
    /// Nothing more, once this recipient was named.
    SilentTo(String),
}

/// Such a relay.
struct Slow {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    /// Recipient and number of each mail.
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

impl Slow {
    async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (manner, taken) = (Arc::new(Mutex::new(manner)), Arc::<Mutex<Vec<_>>>::default());
        let (how, all) = (Arc::clone(&manner), Arc::clone(&taken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let manner = how.lock().unwrap().clone();
                tokio::spawn(talk(stream, manner, Arc::clone(&all)));
            }
        });
        Self { port, manner, taken }
    }

    fn settings(&self) -> Mail {
        Mail {
            host: "localhost".into(),
            port: self.port,
            tls: Tls::Off,
            from: "portal@example.org".into(),
            user: None,
            password_file: None,
            ca_file: None,
            digest_hour: 7,
        }
    }

    fn is(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// The numbers that came, in order.
    fn numbers(&self) -> Vec<String> {
        let mut all: Vec<String> = self.taken.lock().unwrap().iter().map(|(_, number)| number.clone()).collect();
        all.sort();
        all
    }
}

/// Says a line in this manner; false: whoever listened is gone.
async fn say(to: &mut OwnedWriteHalf, manner: &Manner, line: &str) -> bool {
    let line = format!("{line}\r\n");
    let (first, rest) = line.as_bytes().split_at(1);
    match manner {
        Manner::ByteByByte => {
            for byte in line.as_bytes() {
                pace(1).await;
                if to.write_all(std::slice::from_ref(byte)).await.is_err() {
                    return false;
                }
            }
            true
        }
        Manner::Halting => {
            let begun = to.write_all(first).await.is_ok();
            pace(450).await;
            begun && to.write_all(rest).await.is_ok()
        }
        _ => to.write_all(line.as_bytes()).await.is_ok(),
    }
}

async fn talk(stream: TcpStream, manner: Manner, taken: Arc<Mutex<Vec<(String, String)>>>) {
    let (from, mut to) = stream.into_split();
    match manner {
        Manner::Silent => return std::future::pending().await,
        Manner::Endless => {
            while to.write_all(b"2").await.is_ok() {
                pace(1).await;
            }
            return;
        }
        _ => {}
    }
    let (mut lines, mut recipient, mut number, mut body) =
        (BufReader::new(from).lines(), String::new(), String::new(), false);
    if !say(&mut to, &manner, "220 slow.example.org").await {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        if body {
            if let Some(told) = line.strip_prefix("Message-ID:") {
                told.trim().clone_into(&mut number);
            }
            if line != "." {
                continue;
            }
            taken.lock().unwrap().push((recipient.clone(), number.clone()));
            if manner == Manner::SilentAfterMail {
                return std::future::pending().await;
            }
        }
        if let Some(told) = line.strip_prefix("RCPT TO:") {
            recipient = told.trim_matches(['<', '>']).to_owned();
            if manner == Manner::SilentTo(recipient.clone()) {
                return std::future::pending().await;
            }
        }
        body = line == "DATA";
        let answer = if body { "354 go on" } else { "250 slow.example.org" };
        if !say(&mut to, &manner, answer).await || line == "QUIT" {
            return;
        }
    }
}

/// A portal with mails that wait for this relay.
async fn scene(relay: &Slow) -> Scene {
    let scene = with_settings(relay.settings()).await;
    recalled(&scene).await;
    scene
}

/// What goes on meanwhile: a page, a recall, a round of the sweep.
async fn at_work(scene: &Scene) {
    let browser = Browser::of(scene, Some("Dana")).await;
    assert_eq!(browser.get("/releases").await.status, 200);
    let id = scene.release("NH/001/26").await;
    recall(&scene.office, scene.who("Dana"), id, "The purpose is met.").await.unwrap();
    sweep::round(&scene.office).await.unwrap();
}

#[actix_web::test]
async fn a_relay_that_answers_byte_by_byte_gets_each_mail_once() {
    let relay = Slow::start(Manner::ByteByByte).await;
    let scene = scene(&relay).await;
    post::round(&scene.office).await.unwrap();
    let waited = states(&scene).len();
    assert!(waited > 1 && states(&scene).iter().all(|state| state == "sent"), "{:?}", states(&scene));
    let (all, mut each) = (relay.numbers(), relay.numbers());
    each.dedup();
    assert_eq!((all.len(), each.len()), (waited, waited));
}

/// The round is cut off in bounded time, and work went on while it hung; how long it took.
async fn hangs(relay: &Slow, scene: &Scene) -> Duration {
    let began = Instant::now();
    let round = async {
        assert!(post::round(&scene.office).await.is_err(), "the job says that it failed");
        began.elapsed()
    };
    let work = async {
        at_work(scene).await;
        began.elapsed()
    };
    let (hung, worked) = Box::pin(join(round, work)).await;
    assert!(worked < hung, "{:?}: work took {worked:?}, the relay {hung:?}", relay.manner.lock().unwrap());
    let seen = home::waiting(&scene.office, &scene.who("Lee").actor).await.unwrap();
    assert!(seen.iter().any(|one| matches!(one, home::Waiting::Troubles(failing, _) if *failing > 0)), "{seen:?}");
    hung
}

#[actix_web::test]
async fn a_relay_that_stalls_is_given_up_in_time_and_nothing_is_lost() {
    let priya = who("Priya").account.email.clone();
    let manners =
        [Manner::Silent, Manner::Endless, Manner::SilentAfterMail, Manner::SilentTo(priya.clone()), Manner::Halting];
    let one = async |manner: Manner| {
        let relay = Slow::start(manner.clone()).await;
        let scene = scene(&relay).await;
        let hung = hangs(&relay, &scene).await;
        // Shorter than a job's lease, and than the wait before the next try: nobody else has begun the same mail meanwhile.
        assert!(hung < Duration::from_secs(55), "{manner:?}: {hung:?}");
        if manner == Manner::SilentTo(priya.clone()) {
            // Whoever came before it in the queue has theirs; the others are not kept by the one that stalls.
            until_so("all the others go", async || {
                drop(post::round(&scene.office).await);
                states(&scene).iter().filter(|state| *state == "waiting").count() == 1
            })
            .await;
            assert_eq!(scene.sql(&mail_of(who("Priya").id)), "waiting|1");
        } else {
            assert!(states(&scene).iter().all(|state| state == "waiting"), "{manner:?}: {:?}", states(&scene));
            let tried = scene.sql("SELECT COUNT(*) FROM mail WHERE state = 'waiting' AND attempts = 1");
            assert_eq!(tried, "1", "{manner:?}: a relay that is away is not pressed");
        }
        relay.is(Manner::Prompt);
        for _ in 0..3 {
            scene.later(61_000);
            post::round(&scene.office).await.unwrap();
        }
        assert!(states(&scene).iter().all(|state| state == "sent"), "{manner:?}: {:?}", states(&scene));
        let (all, mut each) = (relay.numbers(), relay.numbers());
        each.dedup();
        assert_eq!(each.len(), states(&scene).len(), "{manner:?}: each came");
        let doubled = usize::from(manner == Manner::SilentAfterMail);
        assert_eq!(all.len() - each.len(), doubled, "{manner:?}: twice is only what it took and did not say so");
        println!("{manner:?}: given up after {hung:?}");
    };
    join_all(manners.map(one)).await;
}

#[actix_web::test]
async fn what_no_relay_took_in_three_days_is_undeliverable_and_seen() {
    let mut relay = Relay::start(Tls::Off);
    let scene = with_settings(relay.settings()).await;
    recalled(&scene).await;
    relay.down();
    let (began, mut rounds) = (scene.office.now(), 0);
    let row = mail_of(who("Priya").id);
    while !scene.sql(&row).contains("undeliverable") {
        assert!(rounds < 400, "{}", scene.sql(&row));
        drop(post::round(&scene.office).await);
        // A round tries one mail and leaves the relay alone.
        scene.later(20 * 60_000);
        rounds += 1;
    }
    assert!(scene.sql(&row).contains("undeliverable|24"), "{}", scene.sql(&row));
    let days = (scene.office.now().millis() - began.millis()) / 86_400_000;
    assert!((2..=4).contains(&days), "about three days: {days}");
    let seen = home::waiting(&scene.office, &scene.who("Lee").actor).await.unwrap();
    assert!(seen.iter().any(|one| matches!(one, home::Waiting::Troubles(_, lost) if *lost > 0)), "{seen:?}");
    let sheet = Browser::of(&scene, Some("Sam")).await.get(&format!("/people/{}", who("Priya").id)).await;
    assert!(sheet.text().contains("could not be delivered"));
}
