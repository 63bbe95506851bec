//! The portal's processes, seen from the one that kills them, and the book of all that they said.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::strike::signal;
use super::told::{Deed, Orders, Said, Why};
use super::worker::ORDERS;
use crate::harness::Folder;

/// How long anything may take that has to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// An act that was announced.
pub(super) struct About {
    pub(super) what: Deed,
    pub(super) at: Instant,
}

/// All that the processes of one portal ever said.
#[derive(Default)]
pub(super) struct Book {
    pub(super) about: BTreeMap<String, About>,
    pub(super) done: BTreeMap<String, Option<u64>>,
    pub(super) not: BTreeMap<String, Why>,
    pub(super) heads: BTreeSet<String>,
    /// The sealed parts that a copy was seen to have, each with the version of the words it is; 0: it is a picture.
    pub(super) objects: BTreeMap<String, BTreeMap<String, i64>>,
    /// What contradicts itself already here, and faults of ours.
    pub(super) wrong: Vec<String>,
    /// Announced and not answered yet, each with whose process.
    open: BTreeMap<String, usize>,
    took: BTreeMap<&'static str, (Duration, u32)>,
}

impl Book {
    fn note(&mut self, from: usize, said: &Said) {
        match said {
            Said::About { by, what } => {
                self.open.insert(by.clone(), from);
                let told = About { what: what.clone(), at: Instant::now() };
                if self.about.insert(by.clone(), told).is_some() {
                    self.wrong.push(format!("{by} was announced twice"));
                }
            }
            Said::Done { by, leaf } => {
                self.answered(by);
                if self.done.insert(by.clone(), *leaf).is_some() {
                    self.wrong.push(format!("{by} was acknowledged twice"));
                }
            }
            Said::Not { by, why, told } => {
                self.answered(by);
                if *why == Why::Broken {
                    self.wrong.push(format!("{by}: a fault: {told}"));
                }
                self.not.insert(by.clone(), *why);
            }
            Said::Head { note } => drop(self.heads.insert(note.clone())),
            Said::Parts { copy, objects } => {
                self.objects.entry(copy.clone()).or_default().extend(objects.iter().cloned());
            }
            Said::Idle => {}
        }
    }

    fn answered(&mut self, by: &str) {
        self.open.remove(by);
        if let Some(About { what, at }) = self.about.get(by) {
            let (sum, n) = self.took.entry(what.name()).or_default();
            *sum += at.elapsed();
            *n += 1;
        }
    }

    /// How long an act of this name takes, about.
    pub(super) fn takes(&self, name: &str) -> Duration {
        self.took.get(name).map_or(Duration::from_millis(20), |(sum, n)| *sum / *n)
    }

    /// Whose act is longest at hand.
    pub(super) fn longest(&self) -> Option<usize> {
        self.open.iter().min_by_key(|(by, _)| self.about[*by].at).map(|(_, from)| *from)
    }

    /// What is at hand in these processes: announced, not answered.
    pub(super) fn at_hand(&self, of: &[usize]) -> Vec<&'static str> {
        let theirs = self.open.iter().filter(|(_, from)| of.contains(from));
        theirs.map(|(by, _)| self.about[by].what.name()).collect()
    }
}

struct Process {
    child: Child,
    input: ChildStdin,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processes of one portal.
pub(super) struct Crowd {
    /// The test that a process plays.
    test: &'static str,
    orders: Orders,
    desk: Folder,
    seats: Vec<Option<Process>>,
    sender: Sender<(usize, Option<Said>)>,
    heard: Receiver<(usize, Option<Said>)>,
    pub(super) book: Book,
    starts: u64,
    /// Who fell dead and was not cleared away yet.
    fallen: Option<usize>,
    /// Who was ordered to.
    may_fall: Option<usize>,
}

impl Crowd {
    pub(super) fn new(test: &'static str, many: usize, orders: Orders, desk: Folder) -> Self {
        let (sender, heard) = channel();
        let seats = (0..many).map(|_| None).collect();
        Self {
            test,
            orders,
            desk,
            seats,
            sender,
            heard,
            book: Book::default(),
            starts: 0,
            fallen: None,
            may_fall: None,
        }
    }

    /// Starts processes on these seats; they wait to be told to go on.
    pub(super) fn start(&mut self, seats: &[usize]) {
        for seat in seats {
            self.seats[*seat] = Some(self.process(*seat));
        }
        self.all_idle(seats);
    }

    fn process(&mut self, seat: usize) -> Process {
        self.starts += 1;
        self.orders.name = format!("kill/{seat}.{}", self.starts);
        self.orders.seed = self.orders.seed.wrapping_add(self.starts);
        let file = self.desk.0.join(format!("orders-{}", self.starts));
        std::fs::write(&file, serde_json::to_vec(&self.orders).unwrap()).unwrap();
        let complaints = std::fs::File::options().append(true).create(true).open(self.complaints()).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([self.test, "--exact", "--nocapture", "--test-threads=1"])
            .env(ORDERS, &file)
            // What a process that fell dead may leave behind goes with the folder.
            .current_dir(&self.desk.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .unwrap();
        let (out, input) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let told = self.sender.clone();
        std::thread::spawn(move || {
            for said in BufReader::new(out).lines().map_while(Result::ok).filter_map(|line| Said::hear(&line)) {
                let _ = told.send((seat, Some(said)));
            }
            let _ = told.send((seat, None));
        });
        Process { child, input }
    }

    fn complaints(&self) -> std::path::PathBuf {
        self.desk.0.join("complaints")
    }

    /// Those that run.
    pub(super) fn running(&self) -> Vec<usize> {
        (0..self.seats.len()).filter(|seat| self.seats[*seat].is_some()).collect()
    }

    fn tell(&mut self, what: &str) {
        for process in self.seats.iter_mut().flatten() {
            process.input.write_all(what.as_bytes()).unwrap();
        }
    }

    /// Stops a process where it is, as a machine that sleeps does; it holds whatever it holds.
    pub(super) fn stall(&self, seat: usize) {
        signal(self.seats[seat].as_ref().expect("it runs").child.id(), "STOP");
    }

    /// Lets it go on from there.
    pub(super) fn wake(&self, seat: usize) {
        signal(self.seats[seat].as_ref().expect("it runs").child.id(), "CONT");
    }

    /// Lets all go on.
    pub(super) fn go(&mut self) {
        self.tell("go\n");
    }

    /// Lets all finish what they are at, and do nothing more.
    pub(super) fn pause(&mut self) {
        let running = self.running();
        self.tell("pause\n");
        self.all_idle(&running);
    }

    fn all_idle(&mut self, of: &[usize]) {
        let mut left: BTreeSet<usize> = of.iter().copied().collect();
        let idle = left.is_empty()
            || self.listen(PATIENCE, |_, from, said| {
                if matches!(said, Said::Idle) {
                    left.remove(&from);
                }
                left.is_empty()
            });
        assert!(idle, "not idle: {}", self.said_wrong());
    }

    /// Listens for at most this long, or until what was waited for is said; whether it was.
    pub(super) fn listen(&mut self, time: Duration, mut until: impl FnMut(&Book, usize, &Said) -> bool) -> bool {
        let end = Instant::now() + time;
        loop {
            match self.heard.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((from, Some(said))) => {
                    self.book.note(from, &said);
                    if until(&self.book, from, &said) {
                        return true;
                    }
                }
                Ok((from, None)) if self.may_fall == Some(from) => {
                    self.fallen = Some(from);
                    return true;
                }
                Ok((from, None)) => panic!("process {from} ended by itself: {}", self.said_wrong()),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => unreachable!("a sender is kept"),
            }
        }
    }

    /// What the processes complained of.
    fn said_wrong(&self) -> String {
        std::fs::read_to_string(self.complaints()).unwrap_or_default()
    }

    /// Orders a process to fall dead by itself at the very word of its next acknowledgement of this name: no kill from outside is as quick.
    /// Whether it did, within this time.
    pub(super) fn falls(&mut self, seat: usize, at: &str, time: Duration) -> bool {
        let process = self.seats[seat].as_mut().expect("it runs");
        process.input.write_all(format!("fall {at}\n").as_bytes()).unwrap();
        self.may_fall = Some(seat);
        let end = Instant::now() + time;
        while Instant::now() < end {
            match self.heard.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((from, Some(said))) => self.book.note(from, &said),
                Ok((from, None)) => {
                    assert_eq!(from, seat, "process {from} ended by itself: {}", self.said_wrong());
                    self.fallen = Some(seat);
                    return true;
                }
                Err(_) => break,
            }
        }
        false
    }

    /// Kills these processes at once (whichever did not fall already), hears all that they still said, and answers what they were at.
    pub(super) fn kill(&mut self, seats: &[usize]) -> Vec<&'static str> {
        let fallen = self.fallen.take();
        self.may_fall = None;
        let mut left: BTreeSet<usize> = seats.iter().copied().filter(|seat| Some(*seat) != fallen).collect();
        for seat in &left {
            let process = self.seats[*seat].as_mut().expect("it runs");
            process.child.kill().unwrap();
        }
        while !left.is_empty() {
            match self.heard.recv_timeout(PATIENCE).expect("a killed process falls silent") {
                (from, Some(said)) => self.book.note(from, &said),
                (from, None) => assert!(left.remove(&from), "process {from} ended by itself: {}", self.said_wrong()),
            }
        }
        for seat in seats {
            self.seats[*seat] = None;
        }
        let cut = self.book.at_hand(seats);
        self.book.open.retain(|_, from| !seats.contains(from));
        cut
    }
}
