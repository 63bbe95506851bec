//! A PostgreSQL server of this test run: started once, on loopback, with a password, in memory-backed files; it ends with the process.
//!
//! `PORTAL_TEST_STORE=postgres` makes every scene live in a database of its own there (`make test` runs the suite on both backends);
//! tests that are about PostgreSQL start it in any case. It is a real server with `fsync` on: the portal refuses anything less.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use disclosure_portal::clock;
use disclosure_portal::config::Postgres;

use super::wait::until;

/// What the tests' scenes are stored in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Backend {
    Embedded,
    Server,
}

/// As the environment says.
#[expect(clippy::disallowed_methods, reason = "which backend a run of the tests is for is said by whoever runs it")]
pub(crate) fn backend() -> Backend {
    match std::env::var("PORTAL_TEST_STORE").as_deref() {
        Err(_) | Ok("" | "embedded") => Backend::Embedded,
        Ok("postgres") => Backend::Server,
        Ok(other) => panic!("PORTAL_TEST_STORE is {other:?}: it is `embedded` or `postgres`"),
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) dir: PathBuf,
    port: u16,
    /// Its standard input stays open as long as this process lives: when it closes, the server ends and its files go.
    keeper: Mutex<Child>,
}

const ROLE: &str = "portal";

/// Where Debian keeps the server's programs.
fn programs() -> PathBuf {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("Debian's package postgresql")
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("postgres").exists())
        .collect();
    found.sort();
    found.pop().expect("a version of PostgreSQL")
}

/// The server refuses to run as root: there it runs as Debian's user for it.
fn as_its_user(program: &Path) -> Command {
    let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim_end_matches('\n').to_owned()
}

impl Server {
    /// The server that all tests of this run share.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Another one, for tests that break it.
    pub(crate) fn start() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::start_in(memory) } else { Self::start_in(&std::env::temp_dir()) }
    }

    /// One whose files lie below `base`: the benches want a disk.
    pub(crate) fn start_in(base: &Path) -> Self {
        let dir = base.join(format!("portal-postgres-{}", hex::encode(clock::random::<8>())));
        run(as_its_user(Path::new("/bin/mkdir")).args(["-m", "0700"]).arg(&dir));
        let password = hex::encode(clock::random::<16>());
        let file = dir.join("password");
        std::fs::write(&file, format!("{password}\n")).unwrap();
        readable_by_its_user(&file);
        let mut initdb = as_its_user(&programs().join("initdb"));
        initdb.args(["--username", ROLE, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        run(initdb.arg("--pwfile").arg(&file).arg("-D").arg(dir.join("data")));
        only_mine(&file);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let keeper = Self::keep(&dir, port);
        let server = Self { dir, port, keeper: Mutex::new(keeper) };
        server.ready();
        server
    }

    /// A shell that runs the server and outlives this process by as long as stopping it takes.
    fn keep(dir: &Path, port: u16) -> Child {
        // A line on its input starts the server again once the one before has ended; the input's end ends it for good.
        let run_it = "\"$@\" >>\"$0/log\" 2>&1 & server=$!";
        let script = format!(
            "{run_it}; while read -r again; do wait $server; {run_it}; done; kill -INT $server 2>/dev/null; wait $server; rm -rf \"$0\""
        );
        let run = as_its_user(&programs().join("postgres"));
        let mut keeper = Command::new("/bin/sh");
        keeper.args(["-c", &script]).arg(dir).arg(run.get_program()).args(run.get_args());
        keeper.arg("-D").arg(dir.join("data")).arg("-k").arg(dir).args(["-p", &port.to_string()]);
        keeper.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400", "-c", "shared_buffers=64MB"]);
        keeper.args(["-c", "max_wal_size=512MB", "-c", "checkpoint_timeout=30min"]);
        // A group of its own: a Ctrl-C meant for the tests reaches it through its input.
        std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
        keeper.stdin(Stdio::piped()).spawn().unwrap()
    }

    pub(crate) fn ready(&self) {
        let mut tried = Command::new(programs().join("pg_isready"));
        tried.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        until("PostgreSQL starts", || tried.status().unwrap().success());
    }

    /// How the portal reaches a database.
    pub(crate) fn database(&self, name: &str) -> Postgres {
        Postgres {
            host: "127.0.0.1".into(),
            port: self.port,
            database: name.into(),
            user: ROLE.into(),
            password_file: Some(self.dir.join("password")),
            ca_file: None,
        }
    }

    /// A new empty database; or a copy of `template`, which nobody may have open.
    pub(crate) fn create(&self, template: Option<&str>) -> Postgres {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("scene_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let template = template.unwrap_or("template0");
        psql(&self.database("postgres"), &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        self.database(&name)
    }

    pub(crate) fn drop(&self, at: &Postgres) {
        psql(&self.database("postgres"), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", at.database));
    }

    /// Stops the server at once, as a machine that fails does; its files stay.
    pub(crate) fn stop(&self) {
        run(as_its_user(&programs().join("pg_ctl"))
            .args(["stop", "-m", "immediate", "-w", "-D"])
            .arg(self.dir.join("data")));
    }

    /// Starts it again on the same files and port.
    pub(crate) fn start_again(&self) {
        let mut keeper = self.keeper.lock().unwrap();
        keeper.stdin.as_mut().unwrap().write_all(b"again\n").unwrap();
        drop(keeper);
        self.ready();
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The postmaster's process.
    pub(crate) fn pid(&self) -> u32 {
        let text = std::fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }
}

fn readable_by_its_user(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
}

/// From here on a secret file, as the portal wants it.
fn only_mine(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// What somebody does who has the database's password: answers rows a line, columns with `|`.
pub(crate) fn psql(at: &Postgres, words: &str) -> String {
    run(&mut psql_command(at, words))
}

/// The same, to be run.
pub(crate) fn psql_command(at: &Postgres, words: &str) -> Command {
    let password = std::fs::read_to_string(at.password_file.as_ref().unwrap()).unwrap();
    let mut command = Command::new("psql");
    command.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", &at.host, "-p", &at.port.to_string()]);
    command.args(["-U", &at.user, "-d", &at.database, "-c", words]).env("PGPASSWORD", password.trim());
    command
}

/// Fills an empty database with what [`dump`] answered.
pub(crate) fn load(at: &Postgres, dumped: &[u8]) {
    let password = std::fs::read_to_string(at.password_file.as_ref().unwrap()).unwrap();
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", &at.host, "-p", &at.port.to_string()]);
    command.args(["-U", &at.user, "-d", &at.database]).env("PGPASSWORD", password.trim());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(dumped).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Every byte of a database as its owner can read it.
pub(crate) fn dump(at: &Postgres) -> Vec<u8> {
    let password = std::fs::read_to_string(at.password_file.as_ref().unwrap()).unwrap();
    let mut command = Command::new("pg_dump");
    command.args(["-h", &at.host, "-p", &at.port.to_string(), "-U", &at.user, &at.database]);
    let mut child = command.env("PGPASSWORD", password.trim()).stdout(Stdio::piped()).spawn().unwrap();
    let mut bytes = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut bytes).unwrap();
    assert!(child.wait().unwrap().success());
    bytes
}
