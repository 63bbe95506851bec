//! Listens: TLS 1.3, HTTP/1.1, no delay on small packets, bounds on time and connections.
//!
//! Promises: the port is bound before anything is said about it; a stop signal lets running answers end.
//! Absent on purpose: plain HTTP, HTTP/2, a second listener.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};

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

/// Serves the doors on `socket` until a stop signal. `workers` 0 means one for each processor. Await the server to run it.
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
        .shutdown_timeout(STOP_TIME);
    if workers > 0 {
        server = server.workers(workers);
    }
    Ok(server.listen_rustls_0_23(socket, tls)?.run())
}
