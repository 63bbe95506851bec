//! `keys`: replacing the portal's own keys. The portal is stopped first; a running one is noticed and nothing is done.

use super::{Data, Failure, portal, runtime, say};
use crate::actions::keyfiles::Hold;
use crate::actions::{Stamp, rotate};

/// The keys commands.
#[derive(clap::Subcommand, Debug)]
#[expect(clippy::enum_variant_names, reason = "the words of the command line")]
pub(super) enum Command {
    /// Make another records key and seal under it everything that the one before sealed.
    RotateRecords {
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make another key for cookies and form tokens: everybody signs in anew.
    RotateWeb {
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make another key for signing the log. Auditors get the verifier keys that are printed, on paper.
    RotateLog {
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::RotateRecords { data, json } => rotate_records(&data, json),
        Command::RotateWeb { data, json } => rotate_web(&data, json),
        Command::RotateLog { data, json } => rotate_log(&data, json),
    }
}

fn rotate_records(data: &Data, json: bool) -> Result<(), Failure> {
    let fields = runtime()?.block_on(async {
        let office = portal(data, Hold::Alone).await?;
        let stamp = Stamp { client: "command line".to_owned(), request: "keys rotate-records".to_owned() };
        rotate::records(office, stamp).await.map_err(|no| super::said(&no))
    })?;
    if json {
        say(&serde_json::json!({ "fields": fields }).to_string());
    } else {
        say(&format!(
            "{fields} fields are under a new records key. Put a copy of keys/records.key where copies of it are kept, and make a backup now: \
             earlier ones need the key before."
        ));
    }
    Ok(())
}

fn rotate_web(data: &Data, json: bool) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let office = portal(data, Hold::Alone).await?;
        let stamp = Stamp { client: "command line".to_owned(), request: "keys rotate-web".to_owned() };
        rotate::web(office, stamp).await.map_err(|no| super::said(&no))
    })?;
    if json {
        say(&serde_json::json!({ "rotated": "web" }).to_string());
    } else {
        say(
            "Cookies are made with a new key: everybody signs in anew. Put the same file keys/web.key on every instance before it starts.",
        );
    }
    Ok(())
}

fn rotate_log(data: &Data, json: bool) -> Result<(), Failure> {
    let vkeys = runtime()?.block_on(async {
        let office = portal(data, Hold::Alone).await?;
        let stamp = Stamp { client: "command line".to_owned(), request: "keys rotate-log".to_owned() };
        rotate::log(office, stamp).await.map_err(|no| super::said(&no))
    })?;
    if json {
        say(&serde_json::json!({ "vkeys": vkeys.lines().collect::<Vec<_>>() }).to_string());
    } else {
        say(&format!(
            "The log is signed by a new key from here on. Make a backup now: earlier ones cannot be finished with it. Hand these over on \
             paper, all of them:\n{vkeys}"
        ));
    }
    Ok(())
}
