//! The portal on a disk that is watched and that fails when told to: `tests/disk/watch.c`, loaded before libc into a second process.
//!
//! That process is this test binary once more, playing the tests of this module and nothing else; here each of them asks how it
//! went there. So every fault is met by the real portal, through real system calls. Absent on purpose: a mock of any part of it.

mod acts;
mod faults;
mod judge;
mod power;
mod replay;

pub(crate) use acts::leaf;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Set in the process whose disk is watched: the folder below which it is.
const ROOT: &str = "DISK_ROOT";

/// The disk, in the process where it is watched. Honest again when dropped.
struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The disk, if this is the process where it is watched.
    fn here() -> Option<Self> {
        std::env::var_os(ROOT).map(|root| Self { root: root.into() })
    }

    /// From now on this goes wrong (see `watch.c`), for files whose path contains `at`.
    fn order(&self, what: &str, at: &str, n: u64) {
        std::fs::write(self.root.join("order"), format!("{what} {at} {n}")).unwrap();
    }

    /// From now on nothing goes wrong.
    fn honest(&self) {
        std::fs::write(self.root.join("order"), "").unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.honest();
    }
}

/// What the second process said.
struct Elsewhere {
    root: PathBuf,
    said: String,
}

/// Built and played once for all tests of this module.
static ELSEWHERE: LazyLock<Elsewhere> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disk");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(root.join("tmp")).unwrap();
    let root = root.canonicalize().unwrap();
    std::fs::write(root.join("order"), "").unwrap();
    let library = root.join("watch.so");
    let built = Command::new("cc")
        .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/watch.c"))
        .arg("-ldl")
        .output()
        .expect("a C compiler, as Rust's linker needs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["disk::", "--test-threads=1"])
        .env("LD_PRELOAD", &library)
        .env("TMPDIR", root.join("tmp"))
        .env(ROOT, &root)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    Elsewhere { root, said }
});

/// Asserts that the test with this name (below `disk::`) passed on the watched disk; answers the folder that it left its traces in.
fn went_well(test: &str) -> &'static Path {
    let Elsewhere { root, said } = &*ELSEWHERE;
    // Of its failure, if there is one; of everything, if it was not played at all.
    let why = said.split("---- disk::").find(|part| part.starts_with(&format!("{test} stdout"))).unwrap_or(said);
    assert!(said.contains(&format!("test disk::{test} ... ok\n")), "on the watched disk: {why}");
    root
}
