//! What a store does that is dead, slow, strange or failing: told within seconds as "unavailable", and well again by itself.

use std::time::{Duration, Instant};

use disclosure_portal::actions::No;

use super::{Place, held, is_missing, office};

/// The longest anybody waits for a store that does not answer.
const SECONDS: Duration = Duration::from_secs(12);

fn unavailable<T: std::fmt::Debug>(got: &Result<T, No>) {
    assert!(matches!(got, Err(No::Unavailable)), "{got:?}");
}

#[actix_web::test]
async fn a_server_that_is_gone_is_told_at_once_and_back_again_without_a_restart() {
    let ((office, _at), mut place) = (office().await, Place::bucket());
    let vault = place.vault();
    let name = vault.put(b"sealed".to_vec()).await.unwrap();
    place.server.as_mut().unwrap().gone();
    let began = Instant::now();
    unavailable(&vault.put(b"more".to_vec()).await);
    unavailable(&held(&office, &vault, &name).await);
    unavailable(&vault.destroy(&name).await);
    assert!(vault.prove().await.is_err());
    assert!(began.elapsed() < SECONDS, "{:?}", began.elapsed());
    place.server.as_mut().unwrap().back();
    assert_eq!(
        held(&office, &vault, &name).await.unwrap(),
        b"sealed",
        "nothing was lost, and nothing taken for destroyed"
    );
}

#[actix_web::test]
async fn a_server_that_takes_requests_and_never_answers_is_given_up_within_seconds() {
    let ((office, _at), place) = (office().await, Place::bucket());
    let (vault, server) = (place.vault(), place.server.as_ref().unwrap());
    let name = vault.put(b"sealed".to_vec()).await.unwrap();
    server.is(|how| how.silent = true);
    let began = Instant::now();
    let (put, got, destroyed) =
        futures_util::join!(vault.put(b"more".to_vec()), held(&office, &vault, &name), vault.destroy(&name));
    assert!(began.elapsed() < SECONDS, "{:?}", began.elapsed());
    unavailable(&put);
    unavailable(&got);
    unavailable(&destroyed);
    server.is(|how| how.silent = false);
    assert_eq!(held(&office, &vault, &name).await.unwrap(), b"sealed");
}

#[actix_web::test]
async fn a_server_that_fails_for_a_moment_is_asked_again_and_one_that_goes_on_is_told() {
    let ((office, _at), place) = (office().await, Place::bucket());
    let (vault, server) = (place.vault(), place.server.as_ref().unwrap());
    let name = vault.put(b"sealed".to_vec()).await.unwrap();
    server.is(|how| how.failing = 2);
    assert_eq!(held(&office, &vault, &name).await.unwrap(), b"sealed");
    server.is(|how| how.failing = 1);
    vault.put(b"more".to_vec()).await.unwrap();
    server.is(|how| (how.failing, how.asked) = (u32::MAX, Vec::new()));
    unavailable(&held(&office, &vault, &name).await);
    assert_eq!(server.how().asked.len(), 3, "tried three times, not for minutes");
    unavailable(&vault.destroy(&name).await);
    server.is(|how| how.failing = 0);
    assert_eq!(held(&office, &vault, &name).await.unwrap(), b"sealed");
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_fetched_on_or_told_and_never_served_short() {
    let ((office, _at), place) = (office().await, Place::bucket());
    let (vault, server) = (place.vault(), place.server.as_ref().unwrap());
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let name = vault.put(bytes.clone()).await.unwrap();
    server.is(|how| how.cut = 1);
    assert_eq!(held(&office, &vault, &name).await.unwrap(), bytes);
    server.is(|how| how.cut = u32::MAX);
    unavailable(&held(&office, &vault, &name).await);
    server.is(|how| how.cut = 0);
    assert_eq!(held(&office, &vault, &name).await.unwrap(), bytes);
}

#[actix_web::test]
async fn a_bucket_or_a_key_that_went_is_unavailable_and_no_blob_is_taken_for_gone() {
    let ((office, _at), place) = (office().await, Place::bucket());
    let name = place.vault().put(b"sealed".to_vec()).await.unwrap();
    let mut other = place.store.clone();
    let s3 = other.s3.as_mut().unwrap();
    s3.bucket = "another".into();
    let vault = disclosure_portal::store::vault::Vault::open(&other).unwrap();
    unavailable(&held(&office, &vault, &name).await);
    unavailable(&vault.destroy(&name).await);
    std::fs::write(&place.store.s3.as_ref().unwrap().secret_key_file, "of another\n").unwrap();
    let vault = place.vault();
    unavailable(&held(&office, &vault, &name).await);
    unavailable(&vault.destroy(&name).await);
}

#[actix_web::test]
async fn a_directory_that_cannot_be_written_to_is_unavailable_and_a_blob_that_is_missing_is_not() {
    let ((office, _at), place) = (office().await, Place::folder());
    let vault = place.vault();
    let name = vault.put(b"sealed".to_vec()).await.unwrap();
    // Where the directory was there is a file now: no permission stops a test that runs as root.
    std::fs::rename(&place.files, place.files.with_extension("away")).unwrap();
    std::fs::write(&place.files, "").unwrap();
    unavailable(&vault.put(b"more".to_vec()).await);
    std::fs::remove_file(&place.files).unwrap();
    std::fs::rename(place.files.with_extension("away"), &place.files).unwrap();
    assert_eq!(held(&office, &vault, &name).await.unwrap(), b"sealed");
    std::fs::remove_file(super::file(&place.files, &name)).unwrap();
    assert!(is_missing(&held(&office, &vault, &name).await));
}
