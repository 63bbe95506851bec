//! `restore`: a portal put back from a backup, in two halves; nothing is served between them.
//!
//! Promises: what is wrong is refused with a sentence and leaves what was there; what is lost is listed and must be accepted by name.
//! Exit codes: 0 done, 1 refused or to be accepted, 2 unreadable. Absent on purpose: a way round the second half.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{Data, Failure, portal, runtime, said, say};
use crate::actions::Stamp;
use crate::actions::keyfiles::Hold;
use crate::actions::restore;
use crate::actions::restore::finish::{self, Account, Outcome};
use crate::actions::restore::plan::{Given, Lost, Then};
use crate::actions::restore::unpack::{Blobs, Wanted, unpack};
use crate::actions::unit::drill;

/// Options of `restore`.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    #[command(flatten)]
    half: Half,
    #[command(flatten)]
    data: Data,
    /// With --from: the age identity that opens the backup.
    #[arg(long, value_name = "FILE", requires = "from")]
    identity: Option<PathBuf>,
    /// With --from: a folder with copies of the portal's four key files, to be put in place.
    #[arg(long, value_name = "DIR", requires = "from")]
    keys: Option<PathBuf>,
    /// With --from: the vault survived and is newer than the backup: leave the backup's sealed files out.
    #[arg(long, requires = "from")]
    vault_is_current: bool,
    /// With --finish: a copy of the journal, newer than the one in the vault.
    #[arg(long, value_name = "DIR", requires = "finish")]
    journal: Option<PathBuf>,
    /// With --finish: the auditor's state file, or a signed checkpoint that somebody kept.
    #[arg(long, value_name = "FILE", requires = "finish")]
    witnessed: Option<PathBuf>,
    /// With --finish: what was listed as lost is accepted.
    #[arg(long, requires = "finish")]
    accept_lost: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Half {
    /// Put a backup in place, in quarantine: --data names the folder.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Put a database in quarantine that was put back by other means (PostgreSQL).
    #[arg(long)]
    begin: bool,
    /// Replay what happened since, check everything, and end the quarantine.
    #[arg(long)]
    finish: bool,
}

fn stamp() -> Stamp {
    Stamp { client: "command line".to_owned(), request: "restore".to_owned() }
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    match &options.half.from {
        Some(from) => put_back(options, from.clone()),
        None if options.half.begin => begin(options),
        None => end(options),
    }
}

fn put_back(options: &Options, from: PathBuf) -> Result<(), Failure> {
    let unreadable = |why: &str| Failure::unreadable(why);
    let Some(data) = options.data.data.clone() else {
        return Err(unreadable("--from puts a portal's folder in place: name it with --data"));
    };
    let Some(file) = &options.identity else {
        return Err(unreadable("--from needs --identity: the file with the age identity that opens the backup"));
    };
    let text =
        std::fs::read_to_string(file).map_err(|why| Failure::unreadable(format!("{}: {why}", file.display())))?;
    let identity = drill::identity(&Zeroizing::new(text))
        .ok_or_else(|| Failure::unreadable(format!("{} does not hold one age identity", file.display())))?;
    let blobs = if options.vault_is_current { Blobs::VaultIsCurrent } else { Blobs::FromArchive };
    let wanted = Wanted { from, data, keys: options.keys.clone(), blobs };
    let manifest = runtime()?.block_on(unpack(&wanted, &identity));
    let manifest = manifest.map_err(|why| Failure { code: 1, sentence: why.to_string() })?;
    if options.json {
        say(&serde_json::json!({ "restored": wanted.data, "manifest": manifest }).to_string());
    } else {
        say(&format!(
            "{} is in place, in quarantine: as of {}, a log of {} entries, {} sealed files.\nNow bring back the configuration and, \
             unless --keys did, the four key files; then run `restore --finish`.",
            wanted.data.display(),
            manifest.made_at,
            manifest.size,
            manifest.blobs
        ));
    }
    Ok(())
}

fn begin(options: &Options) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let office = portal(&options.data, Hold::Restoring).await?;
        let done = restore::begin(&office).await.map_err(|no| said(&no));
        office.close().await;
        done
    })?;
    if options.json {
        say(&serde_json::json!({ "quarantine": true }).to_string());
    } else {
        say("In quarantine: nothing is served before `restore --finish`.");
    }
    Ok(())
}

fn end(options: &Options) -> Result<(), Failure> {
    let given = Given {
        journal: options.journal.clone(),
        witnessed: options.witnessed.clone(),
        accept_lost: options.accept_lost,
    };
    let outcome = runtime()?.block_on(async {
        let office = portal(&options.data, Hold::Restoring).await?;
        let done = finish::finish(&office, &given, &stamp()).await;
        office.close().await;
        done.map_err(|no| Failure { code: 1, ..said(&no) })
    })?;
    if options.json {
        say(&serde_json::to_string_pretty(&outcome).map_err(Failure::unreadable)?);
    }
    let (end, account) = match &outcome {
        Outcome::NotInQuarantine => ("This portal is not in quarantine: there is nothing to finish.", None),
        Outcome::Open(account) => ("The quarantine is over: the portal may be served.", Some(account)),
        Outcome::Asks(account) => ("", Some(account)),
    };
    if !options.json {
        let mut lines = account.map(words).unwrap_or_default();
        lines.push(end.to_owned());
        say(lines.join("\n").trim_end());
    }
    if matches!(outcome, Outcome::Asks(_)) {
        let sentence = "Nothing was changed. Read the list above; then repeat with --accept-lost.".to_owned();
        return Err(Failure { code: 1, sentence });
    }
    Ok(())
}

/// What was and was not made good.
fn words(account: &Account) -> Vec<String> {
    let mut lines = vec![
        format!("The backup's log has {} entries; {} more were published since.", account.size, account.refilled),
        format!("{} things that are closed for good stay closed.", account.closings),
    ];
    if account.no_journal {
        lines.push(
            "NO JOURNAL: what was recalled, destroyed, suspended or changed after the backup is not known. Destroyed copies that are in \
             the backup OPEN AGAIN, and whoever holds a newer checkpoint will see another history. Look for the journal first: it lies \
             beside the sealed files, below `journal`."
                .to_owned(),
        );
    }
    if account.unnamed > 0 {
        lines.push(format!(
            "NOT KNOWN: {} copies were destroyed or releases recalled after the backup, and the journal does not say which: they open again.",
            account.unnamed
        ));
    }
    if !account.missing.is_empty() {
        let count = account.missing.len();
        lines.push(format!("GONE: {count} sealed files that the database names are not in the vault."));
    }
    for (then, title) in [
        (Then::Again, "UNDONE, to be done again by those who did it:"),
        (Then::Replayed, "Done again from the journal:"),
        (Then::Record, "Records lost, nothing else:"),
    ] {
        let of: Vec<String> = account.lost.iter().filter(|lost| lost.then == then).map(line).collect();
        if !of.is_empty() {
            lines.push(title.to_owned());
            lines.extend(of);
        }
    }
    let lost =
        account.spans.iter().map(|span| format!("LOST: the records of entries {} to {}.", span.first, span.last));
    lines.extend(lost);
    lines
}

fn line(Lost { kind, meaning, count, first, last, .. }: &Lost) -> String {
    let when = if *count == 1 { first.clone() } else { format!("{first} to {last}") };
    format!("  {count} x {kind}, {when}: {meaning}.")
}
