//! Decision 0039: kill -9 between the relay's yes and ours loses no mail. It goes once more under the same `Message-ID`, with the same
//! words, and no mail goes more often than it was tried.
//!
//! The process that is killed is this test binary once more, with [`DATA`] set: it opens the portal and hands mail over, round after
//! round. Every other time the relay takes a mail and never answers, so that the kill is certain to come in between; the other times it
//! comes as soon as the relay has one more. `KILLS=200` kills more often.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{messages, post};
use disclosure_portal::clock::Clock;
use disclosure_portal::config::{Mail, Tls};
use disclosure_portal::demo::releases::{Plot, ask, recall, release_to, to};
use disclosure_portal::domain::moment::Moment;

use super::kills;
use crate::harness::relay::Relay;
use crate::harness::wait::until;
use crate::harness::{Scene, noon, settings};
use crate::journeys::mail::with;

/// Set in the process that is to be killed: the portal's folder.
const DATA: &str = "PORTAL_MAILING";
/// The relay's port.
const PORT: &str = "PORTAL_MAILING_TO";
/// The how-manyth process it is: each begins when the lease of the one before has run out, and every mail may be tried again.
const TURN: &str = "PORTAL_MAILING_TURN";
const TEST: &str = "kills::mail::a_kill_between_the_relays_yes_and_ours_loses_no_mail_and_doubles_only_what_it_cut";

const PLOT: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[],
    danger: false,
};

/// Five hours a turn: longer than the longest wait between two tries.
fn hour(turn: i64) -> Moment {
    noon().plus_millis((turn + 1) * 5 * 3_600_000)
}

fn env(name: &str) -> Option<i64> {
    std::env::var_os(name).map(|text| text.to_str().unwrap().parse().unwrap())
}

/// What the process does that is killed.
fn hand_over(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut settings = settings(folder, None);
        settings.demo = false;
        settings.mail = Some(Mail {
            host: "localhost".into(),
            port: env(PORT).unwrap().try_into().unwrap(),
            tls: Tls::Off,
            from: "portal@example.org".into(),
            user: None,
            password_file: None,
            ca_file: None,
            digest_hour: 7,
        });
        let office = Office::open(settings, Clock::manual(hour(env(TURN).unwrap())), false).await.unwrap();
        println!("open");
        loop {
            // A relay that holds a mail is an error in time; it is killed before.
            let _ = post::round(&office).await;
        }
    });
}

/// Mails that wait: of several recalls to several people each.
async fn waiting(scene: &Scene, relay: &Relay, recalls: usize) {
    let (office, sam, riley) = (&scene.office, scene.who("Sam"), scene.who("Riley"));
    let area = scene.world().areas[0].to_string();
    for name in ["Riley", "Priya", "Toby", "Morgan"] {
        messages::choose(office, &scene.who(name).actor, "at-once").await.unwrap();
    }
    relay.say("451 4.3.0 later");
    for _ in 0..recalls {
        let id = ask(office, riley, &area, &PLOT).await.unwrap();
        let all = to(scene.world(), &[("Priya", 0), ("Toby", 1), ("Morgan", 0)]).unwrap();
        release_to(office, sam, id, &PLOT, &all).await.unwrap();
        post::round(office).await.unwrap();
        recall(office, sam, id, "The purpose is met.").await.unwrap();
        post::round(office).await.unwrap();
    }
}

/// One process, killed when the relay has so many mails more.
fn killed(folder: &Path, relay: &Relay, turn: i64, more: usize) {
    let before = relay.taken().len();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env(DATA, folder)
        .env(TURN, turn.to_string())
        .env(PORT, relay.port.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("open")), "the portal was opened");
    until("the relay has it", || relay.taken().len() >= before + more);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What the relay took, by number.
fn by_number(relay: &Relay) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in relay.taken() {
        let data = one["data"].as_str().unwrap().to_owned();
        let number = data.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned();
        all.entry(number).or_default().push(data);
    }
    all
}

#[test]
fn a_kill_between_the_relays_yes_and_ours_loses_no_mail_and_doubles_only_what_it_cut() {
    if let Some(folder) = std::env::var_os(DATA) {
        return hand_over(Path::new(&folder));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let turns = kills(8);
    let relay = Relay::start(Tls::Off);
    let scene = runtime.block_on(async {
        let scene = with(&relay).await;
        waiting(&scene, &relay, turns.div_ceil(4)).await;
        scene
    });
    assert!(relay.taken().is_empty());
    // What the relay put off before, and took none of.
    let put_off: usize = scene.sql("SELECT SUM(attempts) FROM mail WHERE state = 'waiting'").parse().unwrap();
    assert!(put_off > turns, "{put_off} wait");
    let (folder, settings) = (scene.folder.clone(), scene.settings());
    let stopped = runtime.block_on(scene.stopped());
    let mut held = 0;
    for turn in 0..turns {
        let holds = turn % 2 == 0;
        relay.say(if holds { "hold" } else { "" });
        held += usize::from(holds);
        killed(&folder.0, &relay, i64::try_from(turn).unwrap(), 1);
    }
    relay.say("");
    runtime.block_on(async {
        let office = Office::open(settings, Clock::manual(hour(turns.try_into().unwrap())), false).await.unwrap();
        while office.read().await.unwrap().count_mails("waiting").await.unwrap() > 0 {
            post::round(&office).await.unwrap();
        }
        office.close().await;
    });
    let all = by_number(&relay);
    // Digests and reminders were written meanwhile.
    let rows = stopped.sql("SELECT attempts, state FROM mail WHERE state <> 'shown'").unwrap();
    let rows: Vec<(&str, &str)> = rows.lines().map(|row| row.split_once('|').unwrap()).collect();
    assert!(rows.iter().all(|(_, state)| *state == "sent"), "{rows:?}");
    let tries = rows.iter().map(|(n, _)| n.parse::<usize>().unwrap()).sum::<usize>() - put_off;
    let mails = rows.len();
    assert_eq!(all.len(), mails, "each mail came");
    let came: usize = all.values().map(Vec::len).sum();
    println!("{turns} kills, {held} of them with the relay silent: {mails} mails came {came} times, in {tries} tries");
    assert!(came <= tries, "{came} came in {tries} tries");
    assert!((mails + held..=mails + turns).contains(&came), "each kill doubles one at most");
    for (number, same) in all {
        assert!(same.iter().all(|one| *one == same[0]), "{number}: other words under the same number");
    }
}
