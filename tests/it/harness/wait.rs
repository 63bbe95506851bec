//! Waiting for something that another process or task does: asked again and again, for a bounded time. The only place in the tests
//! that sleeps.

use std::time::Duration;

const WAIT: Duration = Duration::from_millis(20);
const TRIES: u32 = 1_500;

/// Waits until `ready`, for at most half a minute.
pub(crate) fn until(what: &str, mut ready: impl FnMut() -> bool) {
    for _ in 0..TRIES {
        if ready() {
            return;
        }
        std::thread::sleep(WAIT);
    }
    panic!("{what}: not within {:?}", WAIT * TRIES);
}

/// The same for what has to be awaited.
pub(crate) async fn until_so(what: &str, mut ready: impl AsyncFnMut() -> bool) {
    for _ in 0..TRIES {
        if ready().await {
            return;
        }
        tokio::time::sleep(WAIT).await;
    }
    panic!("{what}: not within {:?}", WAIT * TRIES);
}

/// What is slow on purpose waits so many fiftieths of a second.
pub(crate) async fn pace(times: u32) {
    tokio::time::sleep(WAIT * times).await;
}
