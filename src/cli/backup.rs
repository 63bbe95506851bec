//! `backup`: one moment of a portal, sealed to whoever keeps backups, beside the running portal.
//!
//! Promises: the file has its name only when it is whole; in a folder, backups older than the setting's days go once a new one is there.
//! Absent on purpose: any key of the portal in it, and a schedule (a timer's work).

use std::path::{Path, PathBuf};

use super::{Data, Failure, portal, runtime, said, say};
use crate::actions::Stamp;
use crate::actions::backup::{self, Made};
use crate::actions::keyfiles::Hold;
use crate::actions::office::Office;
use crate::sealing::age::Recipient;

/// Options of `backup`.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    #[command(flatten)]
    data: Data,
    /// A file that does not exist yet; or a folder of this portal's backups, where it gets a name and old ones are removed.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Who may open it (age1…): a key that is kept away from this machine. May be given several times.
    #[arg(long, value_name = "AGE1", required = true)]
    recipient: Vec<String>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let parse =
        |text: &String| Recipient::parse(text).map_err(|why| Failure::unreadable(format!("--recipient: {why}")));
    let to = options.recipient.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let made = runtime()?.block_on(async {
        let office = portal(&options.data, Hold::Shared).await?;
        let stamp = Stamp { client: "command line".to_owned(), request: "backup".to_owned() };
        let made = backup::make(&office, &options.out, &to, &stamp).await;
        let made = made.map_err(|no| failed(&office, &options.out, said(&no)));
        office.close().await;
        made
    })?;
    if options.json {
        say(&serde_json::to_string_pretty(&made).map_err(Failure::unreadable)?);
    } else {
        say(&words(&made));
    }
    Ok(())
}

/// Without a new backup the old ones stay: then the promise about them is not kept, and that is said.
fn failed(office: &Office, out: &Path, failure: Failure) -> Failure {
    let days = office.settings.store.backup_days;
    match backup::overdue(out, office.now(), days).unwrap_or_default().len() {
        0 => failure,
        count => Failure {
            sentence: format!(
                "{}\n{count} backups in {} are older than {days} days and stay until a new one is made: until then it is not true that what \
                 was destroyed is gone from backups after {days} days.",
                failure.sentence,
                out.display()
            ),
            ..failure
        },
    }
}

fn words(made: &Made) -> String {
    let Made { file, bytes, manifest, removed } = made;
    let (size, blobs) = (manifest.size, manifest.blobs);
    let mut lines =
        vec![format!("{}: {bytes} bytes, sealed. A log of {size} entries, {blobs} sealed files.", file.display())];
    if !manifest.missing.is_empty() {
        lines.push(format!("{} sealed files were destroyed meanwhile and are not in it.", manifest.missing.len()));
    }
    lines.extend(removed.iter().map(|old| format!("Removed, past its days: {}", old.display())));
    lines.push("The portal's keys are not in it: keep copies of the four key files somewhere else.".to_owned());
    lines.join("\n")
}
