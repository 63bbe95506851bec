//! The package and the unit: what an operator installs is closed, complete and the same each time, and what they own is never touched.
//!
//! The program here is the one under test; `make deb` packs the release build by the same script. Installing under a running systemd
//! is `make trial`, because it needs a machine of its own. Absent on purpose: lintian (128 packages for a handful of sentences; it is
//! run by hand, decision 0023).

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::harness::Folder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_disclosure-portal");
const DATA: &str = "var/lib/disclosure-portal";

fn tree() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a command of the system and answers all it said; it has to succeed.
fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {said}");
    said
}

fn packed(into: &Path) -> PathBuf {
    run(Command::new("scripts/deb").current_dir(tree()).envs([
        ("PORTAL_BINARY", PROGRAM),
        ("PORTAL_DEB_PACK", "none"),
        ("PORTAL_DEB", into.to_str().unwrap()),
        ("SOURCE_DATE_EPOCH", "1790000000"),
    ]));
    fs::read_dir(into).unwrap().next().expect("a package").unwrap().path()
}

/// The package, made once for the tests of this file.
fn package() -> &'static Path {
    static MADE: OnceLock<(Folder, PathBuf)> = OnceLock::new();
    let (_, package) = MADE.get_or_init(|| {
        let folder = Folder::new();
        let package = packed(&folder.0);
        (folder, package)
    });
    package
}

#[test]
fn the_package_is_the_same_each_time_and_holds_what_it_should() {
    let again = Folder::new();
    assert!(fs::read(package()).unwrap() == fs::read(packed(&again.0)).unwrap(), "packed twice, it differs");
    let name = package().file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(concat!("disclosure-portal_", env!("CARGO_PKG_VERSION"), "_")), "{name}");

    let info = run(Command::new("dpkg-deb").arg("--info").arg(package()));
    for wanted in ["Package: disclosure-portal", "Depends: libc6", "* postinst", "* prerm", "* postrm"] {
        let tight = info.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(tight.contains(wanted), "{wanted}: {info}");
    }
    let contents = run(Command::new("dpkg-deb").arg("--contents").arg(package()));
    let mut paths = BTreeSet::new();
    for line in contents.lines() {
        let part: Vec<&str> = line.split_whitespace().collect();
        let (mode, owner, path) = (part[0], part[1], part[5]);
        let wanted = match path {
            "./usr/bin/disclosure-portal" => "-rwxr-xr-x",
            _ if mode.starts_with('d') => "drwxr-xr-x",
            _ => "-rw-r--r--",
        };
        assert_eq!((mode, owner), (wanted, "root/root"), "{line}");
        let places =
            ["./usr/bin/", "./usr/lib/systemd/system/", "./usr/lib/sysusers.d/", "./usr/share/doc/disclosure-portal/"];
        assert!(mode.starts_with('d') || places.iter().any(|place| path.starts_with(place)), "{line}");
        paths.insert(path.trim_start_matches("./").to_owned());
    }
    let doc = |name: &str| format!("usr/share/doc/disclosure-portal/{name}");
    let documents = [
        "OPERATIONS.md",
        "CONFIGURATION.md",
        "USER-operator.md",
        "copyright",
        "licences.txt.gz",
        "examples/portal.toml",
    ];
    for wanted in documents.map(doc).into_iter().chain(["usr/lib/systemd/system/disclosure-portal.service".to_owned()])
    {
        assert!(paths.contains(&wanted), "{wanted} is not in {paths:?}");
    }
}

#[test]
fn the_package_unpacks_and_runs_and_names_the_licences_of_what_is_built_in() {
    let at = Folder::new();
    run(Command::new("dpkg").arg("-x").arg(package()).arg(&at.0));
    let said = run(Command::new(at.0.join("usr/bin/disclosure-portal")).arg("--version"));
    assert_eq!(said.trim(), concat!("disclosure-portal ", env!("CARGO_PKG_VERSION")));
    let doc = at.0.join("usr/share/doc/disclosure-portal");
    let copyright = fs::read_to_string(doc.join("copyright")).unwrap();
    let named = |name: &str| copyright.lines().any(|line| line.starts_with(&format!(" {name} ")));
    for built_in in
        ["rustls", "sqlx-sqlite", "libsqlite3-sys", "aws-lc-sys", "webauthn-rs", "object_store", "jpeg-encoder"]
    {
        assert!(named(built_in), "{built_in} is not named");
    }
    for not in ["proptest", "s3s", "schemars", "portal-domain", "serde_derive"] {
        assert!(!named(not), "{not} is not built in");
    }
    let texts = run(Command::new("gzip").arg("-dc").arg(doc.join("licences.txt.gz")));
    assert!(texts.contains("\nOf ") && texts.matches("Permission is hereby granted").count() > 20, "{}", texts.len());
    assert_eq!(
        fs::read(doc.join("examples/portal.toml")).unwrap(),
        fs::read(tree().join("packaging/portal.toml")).unwrap()
    );
}

/// dpkg over a machine that is only a folder. Whoever is not root borrows the looks of it, as package builders do.
fn dpkg(root: &Path, what: &[&str]) -> String {
    let root_is_me = run(Command::new("id").arg("-u")).trim() == "0";
    let mut command = if root_is_me { Command::new("dpkg") } else { Command::new("fakeroot") };
    if !root_is_me {
        command.arg("-i").arg(root.join("owners")).arg("-s").arg(root.join("owners")).arg("dpkg");
    }
    command.arg(format!("--root={}", root.display())).args(["--force-script-chrootless", "--force-depends"]);
    run(command.args(["--force-not-root", "--log=/dev/null"]).args(what))
}

fn empty_machine() -> Folder {
    let root = Folder::new();
    for folder in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "etc", "tmp"] {
        fs::create_dir_all(root.0.join(folder)).unwrap();
    }
    for file in ["var/lib/dpkg/status", "owners"] {
        fs::write(root.0.join(file), "").unwrap();
    }
    root
}

fn state(path: &Path) -> (u32, u32, i64, Vec<u8>) {
    let about = fs::metadata(path).unwrap();
    (about.mode(), about.uid(), about.mtime(), if path.is_file() { fs::read(path).unwrap() } else { Vec::new() })
}

#[test]
fn installing_makes_an_account_and_a_closed_folder_and_nothing_ever_touches_what_is_in_it() {
    let machine = empty_machine();
    let root = &machine.0;
    let package = package().to_str().unwrap();
    let said = dpkg(root, &["--install", package]);
    assert!(said.contains("No portal is set up yet"), "{said}");
    let account = fs::read_to_string(root.join("etc/passwd")).unwrap();
    assert!(
        account.starts_with("disclosure-portal:x:") && account.trim_end().ends_with("/usr/sbin/nologin"),
        "{account}"
    );
    let data = root.join(DATA);
    assert_eq!(fs::metadata(&data).unwrap().mode() & 0o7777, 0o700);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0, "installing makes no key and no configuration");

    // An operator's own: a key, a configuration, and modes that are theirs to choose.
    fs::create_dir(data.join("keys")).unwrap();
    for (file, mode) in [("keys/records.key", 0o600), ("portal.toml", 0o640)] {
        fs::write(data.join(file), "theirs").unwrap();
        fs::set_permissions(data.join(file), fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::set_permissions(&data, fs::Permissions::from_mode(0o500)).unwrap();
    let all = || ["", "keys", "keys/records.key", "portal.toml"].map(|file| state(&data.join(file)));
    let before = all();
    for step in [["--install", package], ["--remove", "disclosure-portal"], ["--purge", "disclosure-portal"]] {
        let said = dpkg(root, &step);
        assert!(all() == before, "{step:?} touched what is not its own: {said}");
        assert!(step[0] != "--purge" || said.contains("data and keys and stays"), "{said}");
    }
    assert!(!root.join("usr").exists(), "removed, something of the package is left");
    assert!(
        fs::read_to_string(root.join("etc/passwd")).unwrap().contains("disclosure-portal"),
        "its data have no owner"
    );
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_purge_takes_an_empty_folder_away_and_a_folder_elsewhere_is_left_alone() {
    let machine = empty_machine();
    let root = &machine.0;
    let package = package().to_str().unwrap();
    dpkg(root, &["--install", package]);
    dpkg(root, &["--purge", "disclosure-portal"]);
    assert!(!root.join(DATA).exists());
    // A folder that is a link to a larger disk, made before the package came.
    fs::create_dir(root.join("disk")).unwrap();
    symlink(root.join("disk"), root.join(DATA)).unwrap();
    let before = state(&root.join("disk"));
    dpkg(root, &["--install", package]);
    assert!(state(&root.join("disk")) == before && root.join(DATA).is_symlink());
}

#[test]
fn the_scripts_of_the_package_start_and_enable_nothing() {
    for script in ["postinst", "prerm", "postrm"] {
        let text = fs::read_to_string(tree().join("packaging/debian").join(script)).unwrap();
        let calls: Vec<_> = text
            .lines()
            .map(str::trim)
            .filter(|line| line.contains("systemctl") && !line.starts_with("echo ") && !line.starts_with('#'))
            .collect();
        assert!(!calls.is_empty(), "{script}");
        for call in calls {
            let fine =
                ["systemctl --system daemon-reload", "systemctl --quiet is-active", "systemctl --system disable --now"];
            assert!(fine.iter().any(|fine| call.contains(fine)), "{script}: {call}");
        }
    }
}

/// The unit with this program in place of the installed one, and every drop-in that is shipped, where systemd looks for them.
fn units() -> Folder {
    let at = Folder::new();
    let unit = fs::read_to_string(tree().join("packaging/disclosure-portal.service")).unwrap();
    fs::write(at.0.join("disclosure-portal.service"), unit.replace("/usr/bin/disclosure-portal", PROGRAM)).unwrap();
    at
}

#[test]
fn the_unit_and_its_drop_ins_are_ones_that_systemd_takes() {
    let verify = |change: &dyn Fn(&Path)| {
        let at = units();
        change(&at.0);
        let mut path = at.0.clone().into_os_string();
        path.push(":"); // then where units usually are
        let verify = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(at.0.join("disclosure-portal.service"))
            .env("SYSTEMD_UNIT_PATH", path)
            .output();
        let Output { status, stdout, stderr } = verify.expect("Debian's package systemd");
        let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        let ours: Vec<_> = said.lines().filter(|line| line.contains("disclosure-portal")).collect();
        (status.success(), ours.join("\n"))
    };
    assert_eq!(verify(&|_| ()), (true, String::new()));
    let drop_ins = |at: &Path| {
        let folder = at.join("disclosure-portal.service.d");
        fs::create_dir(&folder).unwrap();
        for entry in fs::read_dir(tree().join("packaging/examples")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        folder
    };
    assert_eq!(verify(&|at| drop(drop_ins(at))), (true, String::new()));
    // And it is a check that can fail: a slip in a drop-in is told.
    let (_, said) = verify(&|at| fs::write(drop_ins(at).join("slip.conf"), "[Service]\nProtectHomes=yes\n").unwrap());
    assert!(said.contains("ProtectHomes"), "{said}");
}

#[test]
fn the_unit_is_no_more_exposed_than_the_guide_says() {
    let guide = fs::read_to_string(tree().join("docs/OPERATIONS.md")).unwrap();
    let (_, rest) = guide.split_once("exposure **").expect("docs/OPERATIONS.md states the exposure");
    let stated = rest.split_once("**").expect("in bold").0;
    let tenths: u32 = stated.replace('.', "").parse().expect("one digit after the point");
    let security = |threshold: u32| {
        let threshold = format!("--threshold={threshold}");
        let unit = tree().join("packaging/disclosure-portal.service");
        let asked = Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager", &threshold])
            .arg(unit)
            .output();
        let Output { status, stdout, .. } = asked.expect("Debian's package systemd");
        (status.success(), String::from_utf8_lossy(&stdout).lines().last().unwrap_or_default().to_owned())
    };
    let (holds, said) = security(tenths);
    assert!(holds, "{said}, {stated} are stated");
    assert!(!security(0).0, "a check that cannot fail");
}
