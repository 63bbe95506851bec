//! Listens: TLS 1.3, HTTP/1.1, no delay on small packets, bounds on time and connections; and stops in order.
//!
//! Promises: the port is bound before anything is said about it. A stop signal first makes `/ready` answer 503, for as long as it
//! takes balancers to notice; then nothing new is accepted and running answers end. A second signal stops at once.
//! Absent on purpose: plain HTTP (but for the operator's listener, see [`crate::web::operator`]), HTTP/2.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::actions::Office;
use crate::web::{Desk, app};

/// Connections of one worker; further ones wait in the system's queue.
const CONNECTIONS: usize = 4096;
/// Handshakes of one worker at a time, each some 160 µs of processor.
const HANDSHAKES: usize = 256;
/// What is encrypted and handed to the system at a time: a view's bytes in few turns.
const WRITTEN: usize = 64 << 10;
/// From the first byte of a request's head to its last.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// A connection at rest is kept this long.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Running answers have this long after a stop signal, seconds.
const STOP_TIME: u64 = 10;

/// A bound socket, so that the port is known before the pages that name it are made.
pub fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = TcpListener::bind(address)?;
    let bound = socket.local_addr()?;
    Ok((socket, bound))
}

/// Serves the doors on `socket` until it is told to stop. `workers` 0 means one for each processor. Await the server to run it; signals
/// are for [`until_stopped`].
pub fn serve(desk: Arc<Desk>, socket: TcpListener, tls: rustls::ServerConfig, workers: usize) -> io::Result<Server> {
    let mut server = HttpServer::new(move || App::new().configure(app::of(desk.clone())))
        // Nagle's algorithm against delayed acknowledgements costs 40 ms at the 99th percentile (performance.md, 44 → 4 ms).
        .tcp_nodelay(true)
        .h1_write_buffer_size(WRITTEN)
        .client_request_timeout(HEAD_TIME)
        .client_disconnect_timeout(Duration::from_secs(5))
        .tls_handshake_timeout(Duration::from_secs(5))
        .keep_alive(KEEP_ALIVE)
        .max_connections(CONNECTIONS)
        .max_connection_rate(HANDSHAKES)
        .shutdown_timeout(STOP_TIME)
        .disable_signals();
    if workers > 0 {
        server = server.workers(workers);
    }
    Ok(server.listen_rustls_0_23(socket, tls)?.run())
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Running answers ended first.
    InOrder,
    /// A second signal cut them off.
    AtOnce,
}

/// The signals that ask a process to stop. Made before anybody is told that it serves.
pub struct Signals([Signal; 3]);

impl Signals {
    /// Listens to them from here on, in place of the system's default.
    pub fn listen() -> io::Result<Self> {
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::quit()];
        let [term, int, quit] = kinds.map(signal);
        Ok(Self([term?, int?, quit?]))
    }

    async fn next(&mut self) {
        let [term, int, quit] = &mut self.0;
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            _ = quit.recv() => {}
        }
    }
}

/// Runs the pages' server, and the operator's beside it, until a signal; then `drain`s and stops.
pub async fn until_stopped(
    server: Server,
    operator: Option<Server>,
    mut signals: Signals,
    office: &Office,
    drain: Duration,
) -> io::Result<Ended> {
    let handle = server.handle();
    let operators = operator.as_ref().map(Server::handle);
    let beside = operator.map(actix_web::rt::spawn);
    let mut running = actix_web::rt::spawn(server);
    tokio::select! {
        ended = &mut running => return ended.map_err(io::Error::other)?.map(|()| Ended::InOrder),
        () = signals.next() => {}
    }
    tracing::info!(
        seconds = drain.as_secs(),
        "asked to stop: not ready any more; serving on until balancers have noticed"
    );
    office.readiness.stop();
    let stopping = async {
        tokio::time::sleep(drain).await;
        tracing::info!("nothing new is accepted; running answers end");
        handle.stop(true).await;
    };
    let how = tokio::select! {
        () = stopping => Ended::InOrder,
        () = signals.next() => {
            tracing::warn!("asked again: stopping at once");
            handle.stop(false).await;
            Ended::AtOnce
        }
    };
    if let Some(operators) = operators {
        operators.stop(false).await;
    }
    if let Some(beside) = beside {
        // Its own end, good or bad, changes nothing any more.
        let _ = beside.await;
    }
    running.await.map_err(io::Error::other)??;
    Ok(how)
}
