//! The drill on PostgreSQL: the database is put back by the server's own means to an earlier time, the vault is the one that there is. It is
//! not opened before `restore --begin` and `--finish` have replayed what was recalled and destroyed since.

use std::sync::Arc;

use super::{accepting, confirm, copy_of, look, opened, publish, recall, size, stamp, sweep};
use crate::harness::Scene;
use crate::harness::server::{self, Backend, Server};
use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::restore::{begin, finish::finish};
use disclosure_portal::demo::releases::acknowledge;
use disclosure_portal::store::log::Head;

#[actix_web::test]
async fn a_server_put_back_in_time_brings_nothing_back_that_was_recalled_or_destroyed() {
    let scene = Scene::on(Backend::Server).await;
    let (priya, sam, toby) = (scene.who("Priya"), scene.who("Sam"), scene.who("Toby"));
    let recalled_release = scene.release("CZ/003/26").await;
    let recalled = copy_of(&scene.office, priya, recalled_release).await.unwrap();
    look(&scene.office, priya, recalled).await.unwrap();
    publish(&scene.office).await;
    // The base backup, as the server's own tools make one.
    let database = scene.database.clone().unwrap();
    let (backed_up, then) = (server::dump(&database.at), size(&scene.office).await);
    let live = scene.office.read().await.unwrap().copies_of_holder(toby.id).await.unwrap();
    let confirmed = live.iter().find(|row| row.key_gone_at.is_none()).unwrap().holding().unwrap().copy;
    let _ = acknowledge(&scene.office, toby, confirmed).await;
    look(&scene.office, toby, confirmed).await.unwrap();
    recall(&scene.office, sam, recalled_release, "The purpose is met.").await.unwrap();
    confirm(&scene.office, toby, confirmed, "A. Witness").await.unwrap();
    sweep::round(&scene.office).await.unwrap();
    publish(&scene.office).await;
    let stopped = scene.stopped().await;
    // Put back beside it, as after a loss: an older database, the vault and the keys as they are.
    let older = Server::shared().create(None);
    server::load(&older, &backed_up);
    let mut settings = stopped.settings.clone();
    settings.store.postgres = Some(older.clone());
    let clock = || disclosure_portal::clock::Clock::manual(crate::harness::noon());
    let told = Office::open(settings.clone(), clock(), false).await.err().unwrap().to_string();
    assert!(told.contains("restore"), "older than what was published: {told}");
    let office = Office::open_as(settings.clone(), clock(), false, Hold::Restoring).await.unwrap();
    begin(&office).await.unwrap();
    let account = opened(finish(&office, &accepting(None), &stamp()).await);
    assert!(format!("{account:?}").contains("recall"), "{account:?}");
    office.close().await;
    let office = Arc::new(Office::open(settings, clock(), false).await.unwrap());
    let mut conn = office.read().await.unwrap();
    for copy in [recalled, confirmed] {
        let row = conn.copy(copy).await.unwrap().unwrap();
        assert!(row.wrapped_key.is_none() && row.key_gone_at.is_some(), "what was destroyed has its key again");
        assert!(conn.parts(copy).await.unwrap().is_empty(), "and its blobs");
    }
    assert!(conn.release(recalled_release).await.unwrap().unwrap().release.word(office.now()) == "recalled");
    let head = Head::read(&mut conn).await.unwrap().unwrap();
    assert!(head.size() > then, "the log goes on where it was published");
    let found = disclosure_portal::actions::audit::fsck(&mut conn, &office.log_vkeys).await.unwrap();
    assert_eq!(found.failures, Vec::<String>::new());
    assert!(!found.lost.is_empty(), "the lost records are told");
    drop(conn);
    Arc::into_inner(office).unwrap().close().await;
    Server::shared().drop(&older);
}
