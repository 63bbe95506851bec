//! P4: with every key the server holds, no photograph and no released text opens from database and vault.

use disclosure_portal::demo;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::sealing::lock::RecordsKey;
use disclosure_portal::sealing::{age, image};
use zeroize::Zeroizing;

use super::{open, part};
use crate::harness::{Scene, who};

fn holds(bytes: &[u8], marker: &[u8]) -> bool {
    bytes.windows(marker.len()).any(|window| window == marker)
}

#[actix_web::test]
async fn nothing_stored_opens_with_anything_the_server_holds() {
    let scene = Scene::new().await;
    let dump: Vec<(String, Vec<u8>)> = scene
        .everything()
        .into_iter()
        // The demo's list of accounts is the people's paper, and its break-glass key lies in a safe: neither is the server's.
        .filter(|(name, _)| !name.ends_with("demo-accounts.json") && !name.ends_with(demo::BREAK_GLASS))
        .collect();
    assert!(dump.len() > 20);
    for (name, bytes) in &dump {
        assert!(!holds(bytes, b"threaten staff"), "released text lies open in {name}");
        assert!(!holds(bytes, b"AGE-SECRET-KEY"), "a private key lies open in {name}");
        if name.contains("vault") {
            assert!(image::admit(bytes).is_err(), "{name} is a picture");
        }
    }
    // Every key file, as records key, on every copy's second lock: what comes out is still sealed to its holder.
    let mut keys: Vec<[u8; 32]> = Vec::new();
    for (name, bytes) in &dump {
        if name.contains("/keys/") {
            let mut key = [0; 32];
            hex::decode_to_slice(String::from_utf8_lossy(bytes).trim(), &mut key).unwrap();
            keys.push(key);
        }
    }
    assert_eq!(keys.len(), 4, "records, log, web, blind");
    let mut conn = scene.office.read().await.unwrap();
    let copies = conn.copies_of_release(scene.release("CZ/003/26").await).await.unwrap();
    let mut unlocked = 0;
    for copy in &copies {
        for part in conn.parts(copy.holding().unwrap().copy).await.unwrap() {
            let blob = scene.folder.0.join("vault").join(&part.object[..2]).join(&part.object);
            let blob = std::fs::read(blob).unwrap();
            for key in &keys {
                assert_sealed(&blob, &keys);
                let records = RecordsKey::from_bytes(Zeroizing::new(*key));
                let Ok(lock) = records.unwrap(copy.wrapped_key.as_ref().unwrap(), &copy.id) else { continue };
                let aad = format!("part/v1\n{}\n{}", copy.id, part.id);
                assert_sealed(&lock.open(blob.clone(), aad.as_bytes()).unwrap(), &keys);
                unlocked += 1;
            }
        }
    }
    assert_eq!(unlocked, 15, "three copies of two photographs in two renditions, and the text");
    for area in conn.areas().await.unwrap() {
        assert_sealed(&area.unit_box, &keys);
    }
}

/// Opens with none of the keys, taken as an age identity.
fn assert_sealed(bytes: &[u8], keys: &[[u8; 32]]) {
    assert!(image::admit(bytes).is_err());
    assert!(std::str::from_utf8(bytes).is_err());
    for key in keys {
        let identity = age::Identity::from_bytes(*key).unwrap();
        assert!(age::open(bytes, &identity).is_err());
    }
}

#[actix_web::test]
async fn what_a_view_serves_opens_with_debians_age_and_the_holders_identity_alone() {
    let scene = Scene::new().await;
    let (priya, toby) = (who("Priya"), who("Toby"));
    let copy = copy_of(&scene.office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let served = open(&scene, priya, copy, screen).await.unwrap().bytes;
    let sealed = scene.folder.0.join("served.age");
    std::fs::write(&sealed, served).unwrap();
    let decrypt = |identity: &str| {
        let file = scene.folder.0.join("identity.txt");
        std::fs::write(&file, format!("{identity}\n")).unwrap();
        std::process::Command::new("age")
            .args(["-d", "-i"])
            .arg(&file)
            .arg(&sealed)
            .output()
            .expect("Debian's package `age` is installed (apt-get install age)")
    };
    let opened = decrypt(&priya.account.age_identity);
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    let admitted = image::admit(&opened.stdout).unwrap();
    assert_eq!(admitted.media.mime(), "image/jpeg");
    assert!(!decrypt(&toby.account.age_identity).status.success());
}
