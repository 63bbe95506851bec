//! What is killed, and when: in the middle of an act, at a random moment of the time that such acts take, or just when it was acknowledged.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use super::crowd::Crowd;
use super::told::{Dice, Said};
use super::worker::FIRST_SIGHT;
use crate::harness::scene::Database;
use crate::harness::server::{Server, psql};
use crate::harness::wait::until;

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strike {
    /// The process on this seat.
    One(usize),
    /// Both processes at once.
    Both,
    /// The database's server; the portal's processes live on.
    Postmaster,
    /// The database session of a portal's writer, by the server's own means.
    Session,
    /// The same by SIGKILL, at which the server ends all sessions and begins anew.
    Backend,
    /// The only process, so many thousandths into the time that the correction of words takes (K8.7).
    Correcting(u32),
}

impl Strike {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::One(_) => "one process",
            Self::Both => "two processes",
            Self::Postmaster => "postmaster",
            Self::Session => "session ended",
            Self::Backend => "backend",
            Self::Correcting(_) => "correcting",
        }
    }
}

/// What a kill is aimed at, and how often beside the others: most at what is longest under way, and at what destroys.
const AIMS: [(&str, usize); 10] = [
    ("seal", 4),
    ("correct", 2),
    ("recall", 3),
    ("confirm", 3),
    ("demand", 3),
    ("view", 3),
    ("authorise", 2),
    ("acknowledge", 1),
    ("request", 1),
    ("sweep", 1),
];

/// The acts whose promise is tried at the word: most those that are answered as soon as they are committed.
const PROMISES: [(&str, usize); 8] = [
    ("consult", 2),
    ("acknowledge", 4),
    ("authorise", 4),
    ("request", 3),
    ("seal", 1),
    ("view", 2),
    ("recall", 1),
    ("correct", 1),
];

/// The longest that an aim is waited for.
const AIM: Duration = Duration::from_secs(4);
/// No process may take longer to go on by itself, once the server is back.
pub(super) const HEALS: Duration = Duration::from_secs(30);

/// What a kill did.
pub(super) struct Blow {
    /// What was at hand in what was killed; of a server, in all portals.
    pub(super) cut: Vec<&'static str>,
    /// How long the slowest portal took to acknowledge again after the server was back.
    pub(super) healed: Option<Duration>,
}

/// Whose acts are aimed at.
fn theirs(strike: Strike, seat: usize) -> bool {
    !matches!(strike, Strike::One(one) if one != seat)
}

/// Waits for an act to be announced, and for a random part of the time that such acts take.
fn aim(crowd: &mut Crowd, strike: Strike, dice: &mut Dice) {
    let part = u32::try_from(dice.below(1_100)).unwrap();
    aim_at(crowd, strike, dice.weighed::<&str>(&AIMS), part);
}

/// Waits for an act of this name, and for so many thousandths of the time that it takes.
fn aim_at(crowd: &mut Crowd, strike: Strike, at: &str, part: u32) {
    crowd.listen(AIM, |book, seat, said| {
        matches!(said, Said::About { by, .. } if theirs(strike, seat) && book.about[by].what.name() == at)
    });
    let takes = crowd.book.takes(at).max(Duration::from_millis(20)).min(Duration::from_secs(3));
    crowd.listen(takes * part / 1_000, |_, _, _| false);
}

/// Waits until an act is acknowledged.
fn promised(crowd: &mut Crowd, dice: &mut Dice) {
    let at = *dice.weighed::<&str>(&PROMISES);
    crowd.listen(AIM, |book, _, said| matches!(said, Said::Done { by, .. } if book.about[by].what.name() == at));
}

/// One kill in the midst of everything; afterwards everybody is there again, and at nothing.
pub(super) fn strike(crowd: &mut Crowd, strike: Strike, database: Option<&Database>, dice: &mut Dice) -> Blow {
    crowd.go();
    crowd.listen(Duration::from_millis(100 + dice.below(300) as u64), |_, _, _| false);
    let seats = match strike {
        Strike::One(seat) => vec![seat],
        Strike::Correcting(_) => vec![0],
        Strike::Both => crowd.running(),
        _ => Vec::new(),
    };
    if let Strike::Correcting(part) = strike {
        aim_at(crowd, strike, "correct", part);
        let cut = crowd.kill(&seats);
        crowd.start(&seats);
        return Blow { cut, healed: None };
    }
    let at_the_word = dice.below(2) == 0;
    if !seats.is_empty() {
        let at = if dice.below(3) == 0 { FIRST_SIGHT } else { *dice.weighed::<&str>(&PROMISES) };
        let falls = at_the_word && crowd.falls(seats[0], at, AIM);
        if !falls {
            aim(crowd, strike, dice);
        }
        let cut = crowd.kill(&seats);
        crowd.pause();
        crowd.start(&seats);
        return Blow { cut, healed: None };
    }
    if at_the_word {
        promised(crowd, dice);
    } else {
        aim(crowd, strike, dice);
    }
    let all = crowd.running();
    let cut = crowd.book.at_hand(&all);
    let Database { at, own } = database.expect("a server");
    let server = own.as_ref().expect("of its own");
    match strike {
        Strike::Postmaster => kill_server(server),
        Strike::Session => {
            let ended = psql(at, &format!("SELECT pg_terminate_backend({})", writer(at, dice)));
            assert_eq!(ended, "t");
        }
        _ => {
            let pid = writer(at, dice);
            kill(pid);
            until("the backend is gone", || is_gone(pid));
            server.ready();
        }
    }
    let healed = heal(crowd);
    crowd.pause();
    Blow { cut, healed: Some(healed) }
}

/// The writer's session of one of the portals: it alone holds the keys' lock.
fn writer(at: &disclosure_portal::config::Postgres, dice: &mut Dice) -> u32 {
    let held = psql(at, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' ORDER BY pid");
    let pids: Vec<u32> = held.lines().map(|pid| pid.parse().unwrap()).collect();
    *dice.one(&pids).expect("a writer")
}

fn kill(pid: u32) {
    signal(pid, "KILL");
}

/// Sends a process a signal.
pub(super) fn signal(pid: u32, name: &str) {
    let done = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(done.success(), "{pid} was not there for a {name}");
}

/// State and parent of a process; `None`: there is none.
fn process(pid: u32) -> Option<(String, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut rest = text.rsplit_once(") ")?.1.split(' ');
    Some((rest.next()?.to_owned(), rest.next()?.parse().ok()?))
}

/// Gone, or dead and only waiting to be asked for its exit code.
fn is_gone(pid: u32) -> bool {
    process(pid).is_none_or(|(state, _)| state == "Z" || state == "X")
}

/// Kills the postmaster, waits until its children have noticed (they still have its memory), starts it again.
fn kill_server(server: &Server) {
    let postmaster = server.pid();
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|one| one.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let children: Vec<u32> = all.filter(|pid| process(*pid).is_some_and(|(_, parent)| parent == postmaster)).collect();
    assert!(children.len() > 4, "a server has children");
    kill(postmaster);
    until("the server's last child is gone", || children.iter().all(|pid| is_gone(*pid)));
    server.start_again();
}

/// Until each process has acknowledged an act that was begun from now on.
fn heal(crowd: &mut Crowd) -> Duration {
    let began = Instant::now();
    let before: BTreeSet<String> = crowd.book.about.keys().cloned().collect();
    let mut left = crowd.running();
    let healed = crowd.listen(HEALS, |book, seat, said| {
        if let Said::Done { by, .. } = said
            && !before.contains(by)
            && book.about[by].what.leaf().is_some()
        {
            left.retain(|one| *one != seat);
        }
        left.is_empty()
    });
    assert!(healed, "the portals {left:?} did not go on by themselves within {HEALS:?}");
    began.elapsed()
}
