//! The vault: sealed bytes by random name, in an object store. A local directory by default, with every write synced.
//!
//! Blob first, then the row that names it; deleting is read back. Absent on purpose: anything that could open a blob.

use std::path::Path;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::{Acked, Fault};
use crate::clock;
use crate::config::Store;
use crate::store::copies::Grant;

/// The sealed bytes' store.
#[derive(Clone, Debug)]
pub struct Vault(Arc<dyn ObjectStore>);

impl Vault {
    /// The vault of a portal.
    pub fn open(at: &Store) -> Result<Self, Fault> {
        Self::local(&at.vault())
    }

    /// Opens (and makes) a directory. Writes are fsynced: a logged copy never lacks its blob after a crash.
    pub fn local(dir: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(dir)?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(dir)?.with_fsync(true))))
    }

    /// The object store itself, for what lies beside the blobs.
    pub(super) fn objects(&self) -> &dyn ObjectStore {
        &*self.0
    }

    /// Stores sealed bytes under a fresh random name and answers the name.
    pub async fn put(&self, sealed: Vec<u8>) -> Result<String, Fault> {
        let name = hex::encode(clock::random::<16>());
        let place = place(&name)?;
        self.0.put(&place, PutPayload::from(sealed)).await?;
        Ok(name)
    }

    /// The bytes of a granted view: only for the token that the writer makes once the view's leaf is durable (P2).
    pub async fn of_view(&self, grant: &Acked<Grant>) -> Result<Vec<u8>, Fault> {
        self.get(grant.get().object()).await
    }

    /// The bytes of an original, sealed to its unit: only for an acknowledged act.
    pub async fn of_original(&self, object: &Acked<String>) -> Result<Vec<u8>, Fault> {
        self.get(object.get()).await
    }

    /// The bytes of a register's document, under a lock of its own: only for an acknowledged act.
    pub async fn of_document(&self, object: &Acked<String>) -> Result<Vec<u8>, Fault> {
        self.get(object.get()).await
    }

    async fn get(&self, name: &str) -> Result<Vec<u8>, Fault> {
        Ok(self.0.get(&place(name)?).await?.bytes().await?.into())
    }

    /// Deletes a blob and reads back that it is gone. Deleting what is gone already is done.
    pub async fn destroy(&self, name: &str) -> Result<(), Fault> {
        let place = place(name)?;
        match self.0.delete(&place).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(other) => return Err(other.into()),
        }
        match self.0.head(&place).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            Ok(_) => Err(Fault::Other("a deleted blob is still there".to_owned())),
            Err(other) => Err(other.into()),
        }
    }
}

fn place(name: &str) -> Result<Name, Fault> {
    let fits = name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit());
    let (shelf, _) = name.split_at_checked(2).filter(|_| fits).ok_or_else(|| Fault::Corrupt {
        table: "part",
        column: "object",
        row: name.to_owned(),
    })?;
    Ok(Name::from(format!("{shelf}/{name}")))
}
