//! The log in the database: appending inside an act, the head, reading for pages, proofs and exports.
//!
//! Bodies are stored as written and never re-serialised. Absent on purpose: any Merkle arithmetic (that is `ledger`), any
//! update or delete of a leaf.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Conn, Fault, Link, Tx, on, run, unwritten, whole};
use crate::clock;
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;
use crate::ledger::checkpoint::{self, LogKey};
use crate::ledger::leaf::{Leaf, commitment};
use crate::ledger::tree::{Edge, Hash};

/// Where a request came from; part of every body.
#[derive(Clone, Debug, Default)]
pub struct Stamp {
    /// The client's address.
    pub client: String,
    /// The request's identifier.
    pub request: String,
}

/// The log's head: what the next append needs and what was signed last.
#[derive(Clone, Debug)]
pub struct Head {
    origin: String,
    edge: Edge,
    at: Moment,
    note: String,
}

const HEAD: &str = "SELECT origin, size, edge, at, note FROM log_head WHERE id = 1";
const HEAD_AT: &str = "SELECT at FROM log_head WHERE id = 1";
const HEAD_NOTE: &str = "SELECT note FROM log_head WHERE id = 1";
const HEAD_NOTE_LOCKED: &str = "SELECT note FROM log_head WHERE id = 1 FOR UPDATE";
const BEGIN_HEAD: &str =
    "INSERT INTO log_head (id, origin, size, edge, at, note) VALUES (1, $1, 0, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
const ADVANCE_HEAD: &str = "UPDATE log_head SET size = $2, edge = $3, at = $4, note = $5 WHERE id = 1 AND size = $1";
const KEEP_CHECKPOINT: &str =
    "INSERT INTO log_checkpoint (size, at, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING";
const SIGN_TOO: &str = "UPDATE log_head SET note = $2 WHERE id = 1 AND note = $1";
const KEEP_ANEW: &str =
    "INSERT INTO log_checkpoint (size, at, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO UPDATE SET note = $3";
const LAST_CHECKPOINT: &str = "SELECT at FROM log_checkpoint ORDER BY size DESC LIMIT 1";
const ADD_LEAF: &str = "INSERT INTO log_leaf (idx, leaf) VALUES ($1, $2)";
const ADD_NODE: &str = "INSERT INTO log_node (pos, hash) VALUES ($1, $2)";
const KEPT: &str = "SELECT COALESCE(MAX(size), 0) FROM log_checkpoint";
const NODE: &str = "SELECT hash FROM log_node WHERE pos = $1";
const ENTRIES: &str = "SELECT l.idx, l.leaf, r.salt, r.body FROM log_leaf l LEFT JOIN access_record r ON r.idx = l.idx WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx LIMIT $3";
const CHECKPOINTS: &str = "SELECT note FROM log_checkpoint WHERE size <= $1 ORDER BY size";
const COLUMNS: &str =
    "SELECT idx, body, kind, at, actor, object, copy_id FROM access_record WHERE idx >= $1 ORDER BY idx LIMIT 1024";
const INDEX_OF_COPY: &str = "SELECT MAX(idx) FROM access_record WHERE copy_id = $1 AND kind = $2";
const SEARCH: &str = "SELECT idx, body FROM access_record WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR object = $2) AND ($3 = '' OR kind = $3) AND at >= $4 AND at < $5 ORDER BY idx DESC LIMIT $6 OFFSET $7";
const COUNT: &str = "SELECT COUNT(*) FROM access_record WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR object = $2) AND ($3 = '' OR kind = $3) AND at >= $4 AND at < $5";

fn log_fault(error: impl std::fmt::Display) -> Fault {
    Fault::Log(error.to_string())
}

fn signed(n: u64) -> Result<i64, Fault> {
    i64::try_from(n).map_err(log_fault)
}

impl Head {
    /// The log's name, part of its verifier key.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The newest leaf's time.
    pub fn at(&self) -> Moment {
        self.at
    }

    /// The signed checkpoint of this size.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The tree's right edge: all that appending needs.
    pub fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The root over all entries.
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Reads the head and checks it against its own signature: size and root must be what this key signed.
    pub async fn load(conn: &mut Conn, key: &LogKey) -> Result<Option<Self>, Fault> {
        let Some(head) = Self::read(conn).await? else { return Ok(None) };
        let signed = checkpoint::open(&head.note, &key.vkey()).map_err(log_fault)?;
        if signed.size() != head.size() || signed.root() != head.edge.root() {
            return Err(Fault::Log("the stored head differs from its signed checkpoint: refusing to run".to_owned()));
        }
        Ok(Some(head))
    }

    /// Waits for this writer's turn and answers the stored signed checkpoint. On PostgreSQL the row's lock is the turn, held to the end
    /// of the transaction; SQLite's transaction was begun with it.
    pub(super) async fn take_turn(conn: &mut Conn) -> Result<String, Fault> {
        let query = if matches!(conn.0, Link::Sqlite(_)) { HEAD_NOTE } else { HEAD_NOTE_LOCKED };
        Ok(on!(conn, |c| sqlx::query_scalar(query).fetch_one(c).await)?)
    }

    /// Reads the head as stored, without a key: for commands beside a live portal.
    pub async fn read(conn: &mut Conn) -> Result<Option<Self>, Fault> {
        let row: Option<(String, i64, Vec<u8>, i64, String)> =
            on!(conn, |c| sqlx::query_as(HEAD).fetch_optional(c).await)?;
        let Some((origin, size, edge, at, note)) = row else { return Ok(None) };
        let size = whole(u64::try_from(size).ok(), "log_head", "size", "1")?;
        let edge = Edge::from_bytes(size, &edge).map_err(log_fault)?;
        Ok(Some(Self { origin, edge, at: Moment::from_millis(at), note }))
    }

    /// The head, or the beginning of a new log of size 0.
    pub(super) async fn load_or_begin(conn: &mut Conn, key: &LogKey, now: Moment) -> Result<Self, Fault> {
        if let Some(head) = Self::load(conn, key).await? {
            return Ok(head);
        }
        let edge = Edge::empty();
        let note = key.sign(0, edge.root()).map_err(log_fault)?;
        run!(conn, sqlx::query(BEGIN_HEAD).bind(key.name()).bind(edge.to_bytes()).bind(now.millis()).bind(&note))?;
        // Another instance may have begun it at the same moment.
        Self::load(conn, key).await?.ok_or_else(|| Fault::Log("the log has no head".to_owned()))
    }
}

impl Tx {
    /// Appends one event as a leaf, with its body; answers its index. Durable with the act that calls it, or not at all.
    pub async fn append(&mut self, event: &Event, by: &Actor, stamp: &Stamp) -> Result<u64, Fault> {
        let at = self.now();
        let body = body_of(event, by, stamp, at);
        let salt: [u8; 32] = clock::random();
        let leaf = Leaf::new(event.kind.word(), at.millis(), commitment(&salt, &body)).map_err(log_fault)?.to_bytes();
        let index = self.head.size();
        let nodes = self.head.edge.append(&leaf);
        self.head.at = at;
        let nodes = nodes.into_iter().map(|(position, hash)| Ok((signed(position)?, hash)));
        let entry = unwritten::Entry {
            idx: signed(index)?,
            leaf,
            nodes: nodes.collect::<Result<_, Fault>>()?,
            salt,
            body,
            kind: event.kind.word(),
            at: at.millis(),
            actor: by.word(),
            object: event.object.clone(),
            copy: event.copy.map(|copy| copy.to_string()),
        };
        self.keep(entry).await?;
        Ok(index)
    }

    /// How many entries the log has inside this act.
    pub fn size(&self) -> u64 {
        self.head.size()
    }

    /// Puts leaves back that were published before the database was lost; their records are not there any more. The caller has
    /// checked that the tree then has the root that was signed, so that nothing is signed twice in two ways.
    pub async fn refill(&mut self, leaves: &[Vec<u8>]) -> Result<(), Fault> {
        // What this batch appended before comes before it.
        self.settle().await?;
        for bytes in leaves {
            let leaf = Leaf::parse(bytes).map_err(log_fault)?;
            let idx = signed(self.head.size())?;
            let nodes = self.head.edge.append(bytes);
            self.head.at = Moment::from_millis(leaf.at());
            run!(self, sqlx::query(ADD_LEAF).bind(idx).bind(bytes))?;
            for (position, hash) in nodes {
                run!(self, sqlx::query(ADD_NODE).bind(signed(position)?).bind(hash.0.to_vec()))?;
            }
        }
        // What follows in this act is not before what was put back.
        self.now = self.now.max(self.head.at);
        Ok(())
    }

    /// Signs the head with the key that follows as well, and keeps that checkpoint; answers its size.
    pub async fn sign_head_too(&mut self, key: &LogKey) -> Result<u64, Fault> {
        let size = self.head.size();
        let note = key.sign_too(&self.head.note, size, self.head.root()).map_err(log_fault)?;
        let was = self.head.note.clone();
        let done = run!(self, sqlx::query(SIGN_TOO).bind(was).bind(&note))?;
        if done != 1 {
            return Err(Fault::Log("the log's head is not where this writer left it: another writer?".to_owned()));
        }
        let (rows, at) = (signed(size)?, self.head.at.millis());
        run!(self, sqlx::query(KEEP_ANEW).bind(rows).bind(at).bind(&note))?;
        self.head.note = note;
        Ok(size)
    }

    /// Signs the new head and stores it, if the stored one is still the one this batch began from.
    pub(super) async fn advance_head(&mut self, before: u64, key: &LogKey) -> Result<(), Fault> {
        let note = key.sign(self.head.size(), self.head.root()).map_err(log_fault)?;
        let (was, size, at) = (signed(before)?, signed(self.head.size())?, self.head.at.millis());
        let edge = self.head.edge.to_bytes();
        let done = run!(self, sqlx::query(ADVANCE_HEAD).bind(was).bind(size).bind(edge).bind(at).bind(&note))?;
        if done != 1 {
            return Err(Fault::Log("the log's head is not where this writer left it: another writer?".to_owned()));
        }
        let last: Option<i64> = on!(self, |c| sqlx::query_scalar(LAST_CHECKPOINT).fetch_optional(c).await)?;
        // One checkpoint an hour is kept, besides the newest.
        if last.is_none_or(|last| at.div_euclid(3_600_000) != last.div_euclid(3_600_000)) {
            run!(self, sqlx::query(KEEP_CHECKPOINT).bind(size).bind(at).bind(&note))?;
        }
        self.head.note = note;
        Ok(())
    }
}

/// The exact bytes kept for a record. `kind` and `at` repeat the leaf's lines; a verifier compares them.
fn body_of(event: &Event, by: &Actor, stamp: &Stamp, at: Moment) -> Vec<u8> {
    let mut body = Map::new();
    body.insert("kind".into(), json!(event.kind.word()));
    body.insert("at".into(), json!(at.rfc3339()));
    body.insert("actor".into(), json!(by.word()));
    body.insert("object".into(), json!(event.object));
    body.insert("copy".into(), event.copy.map_or(Value::Null, |copy| json!(copy.to_string())));
    body.insert("purpose".into(), event.purpose.as_ref().map_or(Value::Null, |purpose| json!(purpose)));
    body.insert("client".into(), json!(stamp.client));
    body.insert("request_id".into(), json!(stamp.request));
    for (field, value) in &event.more {
        body.insert(field.clone(), value.clone());
    }
    Value::Object(body).to_string().into_bytes()
}

/// One entry as exports and pages read it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// From 0.
    pub index: u64,
    /// The leaf's bytes.
    pub leaf: Vec<u8>,
    /// Salt and body; `None` once erased.
    pub opening: Option<([u8; 32], Vec<u8>)>,
}

/// What to look for in the log. Empty text matches everything.
#[derive(Clone, Debug)]
pub struct Search {
    /// `person/<id>` or `portal`.
    pub actor: String,
    /// `release/<id>`, `scheme/<id>`, …
    pub object: String,
    /// A kind's word.
    pub kind: String,
    /// From this moment.
    pub from: Moment,
    /// To before this moment.
    pub to: Moment,
    /// At most this many, from 1 to 10,000.
    pub limit: i64,
    /// Leaving out this many newest.
    pub skip: i64,
}

type ColumnRow = (i64, Vec<u8>, String, i64, String, String, Option<String>);

type EntryRow = (i64, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

impl Conn {
    /// The newest leaf's time.
    pub async fn log_at(&mut self) -> Result<Moment, Fault> {
        let at: i64 = on!(self, |c| sqlx::query_scalar(HEAD_AT).fetch_one(c).await)?;
        Ok(Moment::from_millis(at))
    }

    /// Entries `from..to`, at most `limit`, in order.
    pub async fn log_entries(&mut self, from: u64, to: u64, limit: u32) -> Result<Vec<Entry>, Fault> {
        self.settle().await?;
        let (from, to) = (signed(from)?, signed(to)?);
        let rows: Vec<EntryRow> =
            on!(self, |c| sqlx::query_as(ENTRIES).bind(from).bind(to).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(entry).collect()
    }

    /// The stored hashes at `positions`, those that are there.
    pub async fn log_nodes(&mut self, positions: &[u64]) -> Result<HashMap<u64, Hash>, Fault> {
        self.settle().await?;
        let mut nodes = HashMap::new();
        for position in positions {
            let at = signed(*position)?;
            let hash: Option<Vec<u8>> = on!(self, |c| sqlx::query_scalar(NODE).bind(at).fetch_optional(c).await)?;
            if let Some(hash) = hash {
                let hash: [u8; 32] = whole(hash.try_into().ok(), "log_node", "hash", &at.to_string())?;
                nodes.insert(*position, Hash(hash));
            }
        }
        Ok(nodes)
    }

    /// The size of the newest kept checkpoint; 0: none is kept yet.
    pub async fn log_kept(&mut self) -> Result<u64, Fault> {
        let size: i64 = on!(self, |c| sqlx::query_scalar(KEPT).fetch_one(c).await)?;
        whole(u64::try_from(size).ok(), "log_checkpoint", "size", "")
    }

    /// The kept checkpoints up to `size`, oldest first.
    pub async fn log_checkpoints(&mut self, size: u64) -> Result<Vec<String>, Fault> {
        let size = signed(size)?;
        Ok(on!(self, |c| sqlx::query_scalar(CHECKPOINTS).bind(size).fetch_all(c).await)?)
    }

    /// Records whose search columns differ from their bodies.
    pub async fn log_bad_columns(&mut self) -> Result<Vec<u64>, Fault> {
        self.settle().await?;
        let (mut from, mut bad) = (0_i64, Vec::new());
        loop {
            let rows: Vec<ColumnRow> = on!(self, |c| sqlx::query_as(COLUMNS).bind(from).fetch_all(c).await)?;
            let Some(last) = rows.last() else { return Ok(bad) };
            from = last.0 + 1;
            bad.extend(rows.iter().filter(|row| !columns_fit(row)).filter_map(|row| u64::try_from(row.0).ok()));
        }
    }

    /// The index of the newest record of `kind` about a copy.
    pub async fn log_index_of_copy(&mut self, copy: CopyId, kind: Kind) -> Result<Option<u64>, Fault> {
        self.settle().await?;
        let copy = copy.to_string();
        let idx: Option<i64> =
            on!(self, |c| sqlx::query_scalar(INDEX_OF_COPY).bind(copy).bind(kind.word()).fetch_one(c).await)?;
        Ok(idx.and_then(|idx| u64::try_from(idx).ok()))
    }

    /// The bodies that match, newest first, and how many there are in all.
    pub async fn log_search(&mut self, what: &Search) -> Result<(Vec<(u64, Value)>, u64), Fault> {
        self.settle().await?;
        let (from, to) = (what.from.millis(), what.to.millis());
        let rows: Vec<(i64, Vec<u8>)> = on!(self, |c| sqlx::query_as(SEARCH)
            .bind(&what.actor)
            .bind(&what.object)
            .bind(&what.kind)
            .bind(from)
            .bind(to)
            .bind(what.limit)
            .bind(what.skip)
            .fetch_all(c)
            .await)?;
        let count: i64 = on!(self, |c| sqlx::query_scalar(COUNT)
            .bind(&what.actor)
            .bind(&what.object)
            .bind(&what.kind)
            .bind(from)
            .bind(to)
            .fetch_one(c)
            .await)?;
        let read = |(idx, body): (i64, Vec<u8>)| {
            let row = idx.to_string();
            let index = whole(u64::try_from(idx).ok(), "access_record", "idx", &row)?;
            let body = whole(serde_json::from_slice(&body).ok(), "access_record", "body", &row)?;
            Ok((index, body))
        };
        Ok((rows.into_iter().map(read).collect::<Result<_, Fault>>()?, u64::try_from(count).unwrap_or(0)))
    }
}

fn entry((idx, leaf, salt, body): EntryRow) -> Result<Entry, Fault> {
    let row = idx.to_string();
    let index = whole(u64::try_from(idx).ok(), "log_leaf", "idx", &row)?;
    let opening = match (salt, body) {
        (Some(salt), Some(body)) => Some((whole(salt.try_into().ok(), "access_record", "salt", &row)?, body)),
        _ => None,
    };
    Ok(Entry { index, leaf, opening })
}

/// Whether the search columns say what the body says.
fn columns_fit((_, body, kind, at, actor, object, copy): &ColumnRow) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return false };
    let text = |field: &str| body.get(field).and_then(Value::as_str);
    text("kind") == Some(kind)
        && text("at") == Some(&Moment::from_millis(*at).rfc3339())
        && text("actor") == Some(actor)
        && text("object") == Some(object)
        && text("copy") == copy.as_deref()
}
