//! The process as the system sees it: resident memory and open files. Where the system does not say, 0.

use std::fs;

/// Bytes of memory that are resident.
pub fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0).saturating_mul(1024)
}

/// Files and sockets that are open.
pub fn open_files() -> u64 {
    // The reading itself opens one.
    fs::read_dir("/proc/self/fd").map_or(0, |files| files.count().saturating_sub(1)).try_into().unwrap_or(u64::MAX)
}
