//! Medians, quartiles, and what a process has used so far, as the kernel counts it.

use std::fmt::Write as _;
use std::time::Duration;

/// Clock ticks in `/proc`, milliseconds each.
const TICK_MS: u64 = 10;

/// A round of one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// Done in a second.
    pub(crate) rate: f64,
    /// Latencies, milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// The server's processor time for one, microseconds.
    pub(crate) cpu: f64,
}

impl Round {
    /// From the latencies (microseconds) of what was done in `took`, and the processor time the server used for it.
    pub(crate) fn of(mut latencies: Vec<u32>, took: Duration, cpu_ms: u64) -> Self {
        latencies.sort_unstable();
        let done = latencies.len();
        assert!(done > 0, "nothing was done in a round");
        let at = |share: f64| f64::from(latencies[((share * done as f64) as usize).min(done - 1)]) / 1e3;
        Self {
            rate: done as f64 / took.as_secs_f64(),
            p50: at(0.5),
            p99: at(0.99),
            cpu: cpu_ms as f64 * 1e3 / done as f64,
        }
    }
}

/// The value at `share` of the sorted values.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// Median, and in brackets least, quartiles, greatest.
pub(crate) fn spread(values: &[f64]) -> String {
    let at = |share| quantile(values, share);
    format!("{:.2} (min {:.2}, quartiles {:.2} to {:.2}, max {:.2})", at(0.5), at(0.0), at(0.25), at(0.75), at(1.0))
}

/// Prints a comparison of paired rounds: ours over theirs.
pub(crate) fn compare(title: &str, ours: &[Round], theirs: &[Round]) {
    let each = |of: fn(&Round) -> f64| -> Vec<f64> { ours.iter().zip(theirs).map(|(a, b)| of(a) / of(b)).collect() };
    let mid = |side: &[Round], of: fn(&Round) -> f64| quantile(&side.iter().map(of).collect::<Vec<_>>(), 0.5);
    println!("\n## {title}: {} paired rounds, load average {}", ours.len(), load());
    println!("throughput ratio  {}", spread(&each(|one| one.rate)));
    println!("p50 ratio         {}", spread(&each(|one| one.p50)));
    println!("p99 ratio         {}", spread(&each(|one| one.p99)));
    if ours.iter().chain(theirs).all(|one| one.cpu > 0.0) {
        println!("CPU ratio         {}", spread(&each(|one| one.cpu)));
    }
    for (name, side) in [("ours", ours), ("theirs", theirs)] {
        println!(
            "{name:<7} {:>8.0}/s  p50 {:>7.2} ms  p99 {:>7.2} ms  server CPU {:>6.0} us each (medians)",
            mid(side, |one| one.rate),
            mid(side, |one| one.p50),
            mid(side, |one| one.p99),
            mid(side, |one| one.cpu)
        );
    }
}

fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name is in brackets and may hold spaces.
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// Processor time a process and its children that still run have used, milliseconds.
pub(crate) fn cpu_ms(pid: u32) -> u64 {
    let own = |fields: &Vec<String>| -> u64 { fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum() };
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| stat(child.parse().ok()?));
    (stat(pid).iter().map(own).sum::<u64>() + children.map(|one| own(&one)).sum::<u64>()) * TICK_MS
}

/// Processor time of children that ended and were waited for, milliseconds.
pub(crate) fn children_ms() -> u64 {
    let fields = stat(std::process::id()).unwrap();
    fields[13..15].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>() * TICK_MS
}

/// Memory of a process, mebibytes: `VmRSS` now, `VmHWM` at most so far.
pub(crate) fn memory(pid: u32, which: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(which)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// The load average of the last minute.
pub(crate) fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default().to_owned()
}

/// What kind of machine this is, without its name.
pub(crate) fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let gib = memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1_048_576.0;
    let mut text = String::new();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let model = model.map_or("unknown", |(_, name)| name.trim());
    write!(text, "{processors} processors ({model}), {gib:.0} GiB; clients and servers share them; load {}", load())
        .unwrap();
    text
}
