//! Blobs that nothing speaks of are swept; nothing else is, whatever lies beside them and whatever is under way.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use disclosure_portal::actions::registers::{self, Subject};
use disclosure_portal::actions::{No, orphans};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::DocumentId;
use disclosure_portal::store::blobs::COLUMNS;
use disclosure_portal::store::vault::PAGE;
use futures_util::FutureExt as _;
use tokio::sync::Notify;

use super::{age, all_files, beside, file, scenes};
use crate::harness::s3::S3Server;
use crate::harness::server::Backend;
use crate::harness::{Scene, who, world};
use crate::journeys::corrections;

/// Makes everything in a vault two days old.
fn age_all(files: &Path) {
    for one in all_files(files) {
        age(&one, 48);
    }
}

fn names(files: &Path) -> BTreeSet<String> {
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    all_files(files).into_iter().map(name).collect()
}

#[actix_web::test]
async fn old_blobs_without_a_row_go_and_everything_else_stays() {
    for (scene, files, _server) in scenes().await {
        let vault = beside(&scene);
        let (old, young) = (vault.put(b"old".to_vec()).await.unwrap(), vault.put(b"young".to_vec()).await.unwrap());
        for beside in ["journal/0001", "00/notes", &format!("journal/{}", "ab".repeat(16))] {
            std::fs::create_dir_all(files.join(beside).parent().unwrap()).unwrap();
            std::fs::write(files.join(beside), "kept").unwrap();
        }
        age_all(&files);
        age(&file(&files, &young), 23);
        let before = names(&files);
        assert_eq!(orphans::sweep(&scene.office).await.unwrap(), 1);
        let after = names(&files);
        assert_eq!(before.difference(&after).collect::<Vec<_>>(), vec![&old]);
        assert!(after.contains(&young));
        assert_eq!(orphans::sweep(&scene.office).await.unwrap(), 0, "once is enough");
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn a_removed_document_leaves_no_bytes_even_if_the_vault_was_away() {
    let mut server = S3Server::start();
    let scene = Scene::in_bucket(&server).await;
    let sam = &who("Sam").actor;
    let entry = registers::scheme(&scene.office, sam, world().schemes[0], stamp()).await.unwrap();
    let id = DocumentId::parse(&entry.papers[0].id).unwrap();
    let row = scene.office.read().await.unwrap().document(id).await.unwrap().unwrap();
    server.gone();
    registers::detach(&scene.office, sam, id, "Signed anew", stamp())
        .await
        .expect("the record says so, and that is told");
    server.back();
    assert!(file(&server.files(), &row.object).exists());
    age_all(&server.files());
    assert_eq!(orphans::sweep(&scene.office).await.unwrap(), 1);
    assert!(!file(&server.files(), &row.object).exists());
}

#[actix_web::test]
async fn more_orphans_than_a_page_and_writes_cut_short_all_go() {
    let scene = Scene::new().await;
    let files = scene.folder.0.join("vault");
    std::fs::create_dir_all(files.join("aa")).unwrap();
    for n in 0..PAGE + 50 {
        std::fs::write(files.join(format!("aa/aa{n:030x}")), "orphan").unwrap();
    }
    let (cut, now) = (files.join(format!("aa/{}#1", "ac".repeat(16))), files.join(format!("aa/{}#2", "ad".repeat(16))));
    let probe = files.join(format!("probe-{}", "ae".repeat(16)));
    for one in [&cut, &now, &probe] {
        std::fs::write(one, "half").unwrap();
    }
    age_all(&files);
    age(&now, 1);
    let many = u64::try_from(PAGE + 50 + 2).unwrap();
    assert_eq!(orphans::sweep(&scene.office).await.unwrap(), many);
    assert!(!cut.exists() && !probe.exists() && now.exists());
}

#[actix_web::test]
async fn an_act_under_way_does_not_lose_its_blob() {
    let server = S3Server::start();
    let scene = Scene::in_bucket(&server).await;
    let files = server.files();
    let name = format!("00{}", "7".repeat(30));
    std::fs::create_dir_all(files.join("00")).unwrap();
    std::fs::write(file(&files, &name), "sealed").unwrap();
    age(&file(&files, &name), 48);
    // The act names the blob and is not committed yet: no reader knows of it.
    let (go, named) = (Arc::new(Notify::new()), name.clone());
    let waits = Arc::clone(&go);
    let (office, area) = (Arc::clone(&scene.office), world().areas[0]);
    let act = tokio::spawn(async move {
        let act = office.act(move |tx| {
            Box::pin(async move {
                tx.under_unit(&named, area, "unit", None).await?;
                waits.notified().await;
                Ok(())
            })
        });
        act.await.map(drop)
    });
    let sweep = orphans::sweep(&scene.office);
    futures_util::pin_mut!(sweep);
    // The sweep has listed the shelf, and has had the time of fifty readings to read what it knows of it.
    let mut readings = 0;
    while readings < 50 {
        assert!((&mut sweep).now_or_never().is_none(), "the sweep waits for the writer");
        if server.how().asked.iter().any(|what| what == "list portal/00/") {
            assert!(!scene.office.read().await.unwrap().blobs_on_shelf(0).await.unwrap().contains(&name));
            readings += 1;
        }
        tokio::task::yield_now().await;
    }
    go.notify_one();
    assert_eq!(sweep.await.unwrap(), 0);
    act.await.unwrap().unwrap();
    assert!(file(&files, &name).exists());
}

#[actix_web::test]
async fn an_act_of_unknown_outcome_keeps_its_blobs_until_the_sweep_has_asked() {
    for (scene, files, _server) in scenes().await {
        let before = names(&files);
        let sam = &who("Sam").actor;
        let attach = || async {
            let (subject, scheme) = (Subject::Agreement, world().schemes[0]);
            registers::attach(&scene.office, sam, scheme, subject, b"%PDF-1.7\n%%EOF\n".to_vec(), stamp()).await
        };
        scene.break_log(true);
        assert!(matches!(attach().await, Err(No::Unavailable)));
        scene.break_log(false);
        let kept = names(&files);
        assert_eq!(kept.difference(&before).count(), 1, "nobody knows whether it was committed");
        age_all(&files);
        attach().await.unwrap();
        assert_eq!(orphans::sweep(&scene.office).await.unwrap(), 1);
        assert_eq!(names(&files).difference(&before).count(), 1, "only what was committed");
    }
}

/// Columns called `object` that hold names of other things.
const OTHER: [(&str, &str); 5] = [
    ("access_record", "object"),
    ("approval", "object"),
    ("statement", "object"),
    ("message", "object"),
    ("reminder", "object"),
];

#[actix_web::test]
async fn every_column_that_names_a_blob_is_asked() {
    let scene = Scene::on(Backend::Embedded).await;
    corrections::one_made(&scene).await;
    let files = names(&scene.folder.0.join("vault"));
    let columns = scene.sql(
        "SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'TEXT' ORDER BY 1",
    );
    let known = |pair: &(&str, &str)| COLUMNS.contains(pair);
    let (mut found, mut wrong) = (0, Vec::new());
    for pair in columns.lines().filter_map(|line| line.split_once('.')) {
        let (table, column) = pair;
        let called = (column == "object" || column.ends_with("_object")) && !OTHER.contains(&pair);
        let values = scene.sql(&format!("SELECT DISTINCT {column} FROM {table} WHERE length({column}) = 32"));
        let held: Vec<&str> = values.lines().filter(|value| files.contains(*value)).collect();
        if (called || !held.is_empty()) && !known(&pair) {
            wrong.push(format!("{table}.{column}"));
        }
        let mut conn = scene.office.read().await.unwrap();
        for name in held {
            let shelf = u8::from_str_radix(&name[..2], 16).unwrap();
            assert!(conn.blob_is_named(name).await.unwrap(), "{table}.{column}: {name}");
            assert!(conn.blobs_on_shelf(shelf).await.unwrap().contains(name), "{table}.{column}: {name}");
            found += 1;
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "say in store::blobs that these name blobs, and ask them there");
    assert!(found > 10, "{found}");
    assert!(COLUMNS.iter().all(|(table, column)| columns.lines().any(|line| line == format!("{table}.{column}"))));
    // One name in each column alone.
    let alone = |n: usize| format!("{n:02x}{}", "e".repeat(30));
    for (n, (table, column)) in COLUMNS.iter().enumerate() {
        let name = alone(n);
        scene.sql(&format!(
            "PRAGMA foreign_keys = OFF; UPDATE {table} SET {column} = '{name}' WHERE rowid = (SELECT rowid FROM {table} LIMIT 1)"
        ));
        let mut conn = scene.office.read().await.unwrap();
        assert!(conn.blob_is_named(&name).await.unwrap(), "{table}.{column}");
        assert!(conn.blobs_on_shelf(n.try_into().unwrap()).await.unwrap().contains(&name), "{table}.{column}");
    }
}
