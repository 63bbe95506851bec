//! What a batch has appended to the log and not yet written: rows of many leaves go in by one statement.
//!
//! Promises: what an act appended goes with it when it is undone, written or not; whoever reads the log inside a batch has it written
//! first ([`Conn::settle`]), so that no act misses a leaf before it; an act that writes nothing else needs no savepoint, and one that does
//! has it before its first statement ([`Conn::mark`]). Absent on purpose: keeping anything beyond the batch's commit.
//! Proved by `tests/it/storage.rs`; `tests/it/backends.rs` looks for statements that go past these two.

use super::{Conn, Fault, Link, on, run};
use crate::ledger::tree::Hash;

/// One appended entry, as its rows say it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) idx: i64,
    pub(super) leaf: Vec<u8>,
    pub(super) nodes: Vec<(i64, Hash)>,
    pub(super) salt: [u8; 32],
    pub(super) body: Vec<u8>,
    pub(super) kind: &'static str,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) object: String,
    pub(super) copy: Option<String>,
}

/// Whether an act runs, and whether it can be undone by a savepoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Act {
    /// None: what is done belongs to the batch, or this is a reader.
    #[default]
    Outside,
    /// One that has written nothing yet.
    Running,
    /// One behind its savepoint, before which so many entries were written.
    Saved(usize),
}

/// The entries of a batch, and how many of them are written.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    entries: Vec<Entry>,
    written: usize,
    act: Act,
}

/// So many entries wait at most.
const AT_ONCE: usize = 1_024;
/// Rows of one statement on SQLite; what is left over is NULL and left out.
const ROWS: usize = 16;

const SAVEPOINT: &str = "SAVEPOINT act";
const KEEP: &str = "RELEASE act";
const UNDO: &str = "ROLLBACK TO act";
const ADD_LEAVES_SQLITE: &str = "INSERT INTO log_leaf (idx, leaf) SELECT column1, column2 FROM (VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8), ($9, $10), ($11, $12), ($13, $14), ($15, $16), ($17, $18), ($19, $20), ($21, $22), ($23, $24), ($25, $26), ($27, $28), ($29, $30), ($31, $32)) WHERE column1 IS NOT NULL";
const ADD_NODES_SQLITE: &str = "INSERT INTO log_node (pos, hash) SELECT column1, column2 FROM (VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8), ($9, $10), ($11, $12), ($13, $14), ($15, $16), ($17, $18), ($19, $20), ($21, $22), ($23, $24), ($25, $26), ($27, $28), ($29, $30), ($31, $32)) WHERE column1 IS NOT NULL";
const ADD_RECORDS_SQLITE: &str = "INSERT INTO access_record (idx, salt, body, kind, at, actor, object, copy_id) SELECT column1, column2, column3, column4, column5, column6, column7, column8 FROM (VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14, $15, $16), ($17, $18, $19, $20, $21, $22, $23, $24), ($25, $26, $27, $28, $29, $30, $31, $32), ($33, $34, $35, $36, $37, $38, $39, $40), ($41, $42, $43, $44, $45, $46, $47, $48), ($49, $50, $51, $52, $53, $54, $55, $56), ($57, $58, $59, $60, $61, $62, $63, $64), ($65, $66, $67, $68, $69, $70, $71, $72), ($73, $74, $75, $76, $77, $78, $79, $80), ($81, $82, $83, $84, $85, $86, $87, $88), ($89, $90, $91, $92, $93, $94, $95, $96), ($97, $98, $99, $100, $101, $102, $103, $104), ($105, $106, $107, $108, $109, $110, $111, $112), ($113, $114, $115, $116, $117, $118, $119, $120), ($121, $122, $123, $124, $125, $126, $127, $128)) WHERE column1 IS NOT NULL";
const ADD_LEAVES_POSTGRES: &str = "INSERT INTO log_leaf (idx, leaf) SELECT idx, leaf FROM UNNEST(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[])) AS one (idx, leaf)";
const ADD_NODES_POSTGRES: &str = "INSERT INTO log_node (pos, hash) SELECT pos, hash FROM UNNEST(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[])) AS one (pos, hash)";
const ADD_RECORDS_POSTGRES: &str = "INSERT INTO access_record (idx, salt, body, kind, at, actor, object, copy_id) SELECT idx, salt, body, kind, at, actor, object, copy_id FROM UNNEST(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[]), CAST($3 AS BYTEA[]), CAST($4 AS TEXT[]), CAST($5 AS BIGINT[]), CAST($6 AS TEXT[]), CAST($7 AS TEXT[]), CAST($8 AS TEXT[])) AS one (idx, salt, body, kind, at, actor, object, copy_id)";

impl Conn {
    /// Forgets the batch: it is committed, or undone as a whole.
    pub(super) fn batch_is_over(&mut self) {
        self.1 = Unwritten::default();
    }

    /// An act begins; answers what [`Conn::end_act`] wants to know.
    pub(super) fn begin_act(&mut self) -> usize {
        self.1.act = Act::Running;
        self.1.entries.len()
    }

    /// Before an act's first statement that writes: from here on it can be undone. [`run`] asks for it.
    pub(super) async fn mark(&mut self) -> Result<(), sqlx::Error> {
        if self.1.act == Act::Running {
            self.1.act = Act::Saved(self.1.written);
            on!(self, |c| sqlx::query(SAVEPOINT).execute(c).await.map(drop))?;
        }
        Ok(())
    }

    /// An act is over: what it did stays with the batch, or is undone.
    pub(super) async fn end_act(&mut self, entries: usize, ok: bool) -> Result<(), Fault> {
        let act = std::mem::take(&mut self.1.act);
        if !ok {
            self.1.entries.truncate(entries);
        }
        let Act::Saved(written) = act else { return Ok(()) };
        if !ok {
            run!(self, sqlx::query(UNDO))?;
            self.1.written = written;
        }
        run!(self, sqlx::query(KEEP))?;
        Ok(())
    }

    /// Keeps an entry to be written with others; an act that appends very many has them written in between.
    pub(super) async fn keep(&mut self, entry: Entry) -> Result<(), Fault> {
        self.1.entries.push(entry);
        if self.1.entries.len() - self.1.written >= AT_ONCE { self.settle().await } else { Ok(()) }
    }

    /// Writes what was appended and is not written yet. Nothing to do for a reader.
    pub(super) async fn settle(&mut self) -> Result<(), Fault> {
        if self.1.written == self.1.entries.len() {
            return Ok(());
        }
        self.mark().await?;
        let entries = std::mem::take(&mut self.1.entries);
        let done = match self.0 {
            Link::Sqlite(_) => self.add_sqlite(entries.get(self.1.written..).unwrap_or_default()).await,
            Link::Postgres(_) => self.add_postgres(entries.get(self.1.written..).unwrap_or_default()).await,
        };
        self.1.entries = entries;
        done?;
        self.1.written = self.1.entries.len();
        Ok(())
    }

    async fn add_sqlite(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        let Link::Sqlite(link) = &mut self.0 else { return Ok(()) };
        let nodes: Vec<&(i64, Hash)> = entries.iter().flat_map(|one| &one.nodes).collect();
        for rows in entries.chunks(ROWS) {
            let (mut leaves, mut records) = (sqlx::query(ADD_LEAVES_SQLITE), sqlx::query(ADD_RECORDS_SQLITE));
            for row in (0..ROWS).map(|at| rows.get(at)) {
                let idx = row.map(|one| one.idx);
                leaves = leaves.bind(idx).bind(row.map(|one| one.leaf.as_slice()));
                records = records
                    .bind(idx)
                    .bind(row.map(|one| one.salt.as_slice()))
                    .bind(row.map(|one| one.body.as_slice()))
                    .bind(row.map(|one| one.kind))
                    .bind(row.map(|one| one.at))
                    .bind(row.map(|one| one.actor.as_str()))
                    .bind(row.map(|one| one.object.as_str()))
                    .bind(row.and_then(|one| one.copy.as_deref()));
            }
            leaves.execute(&mut **link).await?;
            records.execute(&mut **link).await?;
        }
        for rows in nodes.chunks(ROWS) {
            let mut query = sqlx::query(ADD_NODES_SQLITE);
            for row in (0..ROWS).map(|at| rows.get(at)) {
                query = query.bind(row.map(|(pos, _)| *pos)).bind(row.map(|(_, hash)| hash.0.as_slice()));
            }
            query.execute(&mut **link).await?;
        }
        Ok(())
    }

    async fn add_postgres(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        let Link::Postgres(link) = &mut self.0 else { return Ok(()) };
        let nodes: Vec<&(i64, Hash)> = entries.iter().flat_map(|one| &one.nodes).collect();
        let idx: Vec<i64> = entries.iter().map(|one| one.idx).collect();
        let bytes = |of: fn(&Entry) -> &[u8]| -> Vec<&[u8]> { entries.iter().map(of).collect() };
        let texts = |of: fn(&Entry) -> &str| -> Vec<&str> { entries.iter().map(of).collect() };
        sqlx::query(ADD_LEAVES_POSTGRES).bind(&idx).bind(bytes(|one| &one.leaf)).execute(&mut **link).await?;
        sqlx::query(ADD_NODES_POSTGRES)
            .bind(nodes.iter().map(|(pos, _)| *pos).collect::<Vec<_>>())
            .bind(nodes.iter().map(|(_, hash)| hash.0.as_slice()).collect::<Vec<_>>())
            .execute(&mut **link)
            .await?;
        sqlx::query(ADD_RECORDS_POSTGRES)
            .bind(&idx)
            .bind(bytes(|one| &one.salt))
            .bind(bytes(|one| &one.body))
            .bind(texts(|one| one.kind))
            .bind(entries.iter().map(|one| one.at).collect::<Vec<_>>())
            .bind(texts(|one| &one.actor))
            .bind(texts(|one| &one.object))
            .bind(entries.iter().map(|one| one.copy.as_deref()).collect::<Vec<_>>())
            .execute(&mut **link)
            .await?;
        Ok(())
    }
}
