//! Everyday acts at a portal, many at once, each acknowledgement put down at the very moment it is given.
//!
//! A view is acknowledged where its first byte may leave: when `deliver::open_part` has answered. Absent on purpose: HTTP and TLS,
//! which only come after that moment.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{No, Stamp, audit, deliver};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{Plot, acknowledge, ask, authorise, confirm, copy_of, recall, to};
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::domain::ids::{CopyId, PartId, ReleaseId};
use disclosure_portal::domain::release::request::Purpose;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::harness::{who, world};

/// Words alone, so that nothing is drawn.
const PLOT: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[],
    danger: false,
};

/// Where acknowledgements are put down. Opening it is what the trace begins with.
pub(super) struct Acks(File);

impl Acks {
    pub(super) fn begin(run: &Path) -> Self {
        Self(File::create(run.join("acks")).unwrap())
    }

    fn put(&self, what: &Value) {
        let line = what.to_string();
        // One write, one record.
        assert_eq!((&self.0).write(line.as_bytes()).unwrap(), line.len());
    }

    /// An act is acknowledged: the leaf at `index` is there.
    pub(super) fn leaf(&self, index: u64) {
        self.put(&json!({ "index": index }));
    }

    /// An act is acknowledged whose one leaf says this.
    fn act(&self, kind: Kind, release: ReleaseId, copy: Option<CopyId>) {
        let copy = copy.map(|copy| copy.to_string());
        self.put(&json!({ "kind": kind.word(), "object": format!("release/{release}"), "copy": copy }));
    }
}

/// Only what the store could not write may fail.
fn done<T>(answer: Result<T, No>) -> Option<T> {
    match answer {
        Ok(done) => Some(done),
        Err(No::Unavailable) => None,
        Err(other) => panic!("neither done nor unavailable: {other:?}"),
    }
}

/// Appends one leaf.
pub(crate) async fn leaf(office: &Office) -> Result<u64, No> {
    let act = office.act(|tx| {
        Box::pin(async move {
            let event = Event::new(Kind::Consulted, "log").with("query", "a plain leaf");
            Ok(tx.append(&event, &Actor::Portal, &Stamp::default()).await?)
        })
    });
    Ok(act.await?.into_inner())
}

async fn open(office: &Office, who: &Somebody, copy: CopyId, rendition: &str) -> Result<u64, No> {
    let parts = office.read().await?.parts(copy).await?;
    let part = parts.iter().find(|part| part.rendition == rendition).expect("a part");
    let part = PartId::parse(&part.id).unwrap();
    let opened = deliver::open_part(office, &who.actor, copy, part, Purpose::Prevention, Stamp::default()).await?;
    assert!(opened.bytes.starts_with(b"age-encryption.org"));
    Ok(opened.index)
}

/// One release from request to its end: recalled, or confirmed by one of two holders.
async fn story(office: &Office, acks: &Acks, recalled: bool) -> Option<()> {
    let (riley, sam, priya, toby) = (who("Riley"), who("Sam"), who("Priya"), who("Toby"));
    let release = done(ask(office, riley, &world().areas[0].to_string(), &PLOT).await)?;
    acks.act(Kind::Requested, release, None);
    let holders = to(world(), &[("Priya", 0), ("Toby", 1)]).unwrap();
    done(authorise(office, sam, release, &holders).await)?;
    acks.act(Kind::Authorised, release, None);
    for holder in [priya, toby] {
        let copy = copy_of(office, holder, release).await.unwrap();
        done(acknowledge(office, holder, copy).await)?;
        acks.act(Kind::Acknowledged, release, Some(copy));
        acks.leaf(done(open(office, holder, copy, "text").await)?);
    }
    if recalled {
        done(recall(office, sam, release, "The purpose is met.").await)?;
        acks.act(Kind::Recalled, release, None);
    } else {
        let copy = copy_of(office, toby, release).await.unwrap();
        done(confirm(office, toby, copy, "A. Witness").await)?;
        acks.act(Kind::Confirmed, release, Some(copy));
    }
    Some(())
}

/// Six readers, two who write plain leaves, and releases from their beginning to their end, all at once.
pub(super) async fn play(office: &Arc<Office>, acks: &Acks, rounds: usize) {
    let live = audit::release_by_urn(office, &who("Robin").actor, "CZ/003/26").await.unwrap();
    let priya = who("Priya");
    let copy = copy_of(office, priya, live).await.unwrap();
    let reader = async || {
        for _ in 0..rounds {
            if let Some(index) = done(open(office, priya, copy, "screen").await) {
                acks.leaf(index);
            }
        }
    };
    let clerk = async || {
        for _ in 0..rounds {
            if let Some(index) = done(leaf(office).await) {
                acks.leaf(index);
            }
        }
    };
    let stories = async {
        for n in 0..rounds / 5 {
            story(office, acks, n % 2 == 0).await;
        }
    };
    let readers = join_all((0..6).map(|_| reader()));
    let clerks = join_all((0..2).map(|_| clerk()));
    join(join(readers, clerks), stories).await;
}
