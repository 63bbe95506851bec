//! `unit`: the break-glass key's side of a unit's boxes (`docs/USER-break-glass.md`). Safe beside a live portal.
//!
//! Absent on purpose: printing, keeping or taking as an argument anything secret: the break-glass identity comes in a file.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Data, Failure, portal, runtime, say};
use crate::actions::keyfiles::Hold;
use crate::actions::unit::drill::{self, Found};
use crate::actions::{No, Stamp};

/// The unit commands.
#[derive(clap::Subcommand, Debug)]
pub(super) enum Command {
    /// Try the break-glass key on every box of an area's unit, and write down that it was tried.
    Drill {
        #[command(flatten)]
        data: Data,
        /// The area's code, such as CZ.
        #[arg(long, value_name = "CODE")]
        area: String,
        /// The break-glass identity, as age-keygen wrote it.
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write a unit's box as an age file, to be opened with `age -d -i` and the break-glass identity.
    Box {
        #[command(flatten)]
        data: Data,
        /// The area's code, such as CZ.
        #[arg(long, value_name = "CODE")]
        area: String,
        /// Of this key of the unit; without it: of the one in force.
        #[arg(long, value_name = "AGE1…")]
        recipient: Option<String>,
        /// Where to; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Drill { data, area, identity, json } => try_key(&data, &area, &identity, json),
        Command::Box { data, area, recipient, out } => write_box(&data, &area, recipient.as_deref(), &out),
    }
}

fn said(no: No, code: &str) -> Failure {
    match no {
        No::NotFound => Failure::unreadable(format!("there is no area with the code {code}")),
        other => super::said(&other),
    }
}

fn try_key(data: &Data, area: &str, identity: &Path, json: bool) -> Result<(), Failure> {
    let text = std::fs::read_to_string(identity)
        .map(Zeroizing::new)
        .map_err(|why| Failure::unreadable(format!("{}: {why}", identity.display())))?;
    let key = drill::identity(&text)
        .ok_or_else(|| Failure::unreadable(format!("{} does not hold exactly one age identity", identity.display())))?;
    let found = runtime()?.block_on(async {
        let office = portal(data, Hold::Shared).await?;
        let stamp = Stamp { client: "command line".to_owned(), request: "unit drill".to_owned() };
        let found = drill::drill(&office, area, &key, stamp).await.map_err(|no| said(no, area))?;
        office.close().await;
        Ok::<_, Failure>(found)
    })?;
    let good = !found.is_empty() && found.iter().all(|one| one.fits);
    if json {
        say(&serde_json::json!({ "area": area, "ok": good, "keys": found }).to_string());
    } else {
        for one in &found {
            say(&line(one));
        }
    }
    if good {
        return Ok(());
    }
    let sentence = if found.is_empty() {
        "This unit has no key yet."
    } else {
        "Not every box opened with this key as it should. Tell the area's co-ordinators and the administrator today."
    };
    Err(Failure { code: 1, sentence: sentence.to_owned() })
}

fn line(one: &Found) -> String {
    let what = match (one.opened, one.fits) {
        (_, true) => "the box opened and holds this key",
        (true, false) => "THE BOX OPENED BUT HOLDS SOMETHING ELSE",
        (false, false) => "THE BOX DID NOT OPEN",
    };
    format!("{} ({}): {what}", one.recipient, one.state)
}

fn write_box(data: &Data, area: &str, recipient: Option<&str>, out: &Path) -> Result<(), Failure> {
    let (_, all) = runtime()?.block_on(async {
        let office = portal(data, Hold::Shared).await?;
        let boxes = drill::boxes(&office, area).await.map_err(|no| said(no, area));
        office.close().await;
        boxes
    })?;
    let wanted = all.into_iter().find(|(key, state, _)| recipient.map_or(*state == "in force", |asked| asked == key));
    let (key, state, boxed) = wanted.ok_or_else(|| Failure::unreadable("the unit has no such key"))?;
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(out);
    let failed = |why: std::io::Error| Failure::unreadable(format!("{}: {why}", out.display()));
    std::io::Write::write_all(&mut written.map_err(failed)?, &boxed).map_err(failed)?;
    say(&format!("The box of {key} ({state}) is in {}. It is sealed: open it with `age -d -i`.", out.display()));
    Ok(())
}
