//! One view of a 300 kB sealed item (gate, leaf, second lock, bytes) by 64 signed-in clients, beside nginx serving as many bytes from a file:
//! TLS 1.3, the same certificate, the same cipher, two workers each, connections kept alive.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::{At, Client, Crowd, get};
use crate::portal::{Folder, Portal};
use crate::stats::{Round, compare, cpu_ms, memory};
use crate::wait::until;
use crate::world;

const CLIENTS: usize = 64;
const ROUNDS: usize = 10;
const SPAN: Duration = Duration::from_secs(3);

/// nginx in a folder of its own.
struct Nginx {
    process: Child,
    port: u16,
}

impl Nginx {
    fn start(folder: &Path, tls: &Path, bytes: usize) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::fs::create_dir_all(folder.join("www")).unwrap();
        let content: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * 131 % 251).unwrap()).collect();
        std::fs::write(folder.join("www/item"), content).unwrap();
        let config = format!(
            "worker_processes 2;\n{user}daemon off;\npid {here}/pid;\nerror_log {here}/error.log;\n\
             events {{ worker_connections 1024; multi_accept on; }}\n\
             http {{\n access_log off;\n sendfile on;\n tcp_nopush on;\n tcp_nodelay on;\n open_file_cache max=16;\n\
             keepalive_timeout 75;\n keepalive_requests 1000000000;\n default_type application/octet-stream;\n\
             client_body_temp_path {here}/1;\n proxy_temp_path {here}/2;\n fastcgi_temp_path {here}/3;\n\
             uwsgi_temp_path {here}/4;\n scgi_temp_path {here}/5;\n\
             server {{\n  listen 127.0.0.1:{port} ssl;\n  ssl_protocols TLSv1.3;\n\
               ssl_certificate {tls}/{certificate};\n  ssl_certificate_key {tls}/{key};\n  root {here}/www;\n }}\n}}\n",
            here = folder.display(),
            tls = tls.display(),
            // The folder is closed to everybody else; as root the workers would give up the right to read it.
            user = if std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0 {
                "user root;\n"
            } else {
                ""
            },
            certificate = "server.pem",
            key = "server.key",
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
        let process = Command::new(program.expect("Debian's package nginx"))
            .arg("-p")
            .arg(folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("nginx starts", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { process, port }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
    }
}

pub(crate) fn run() {
    let folder = Folder::new("view");
    let data = folder.0.join("portal");
    let made = tokio::runtime::Runtime::new().unwrap().block_on(world::make(&data));
    let portal = Portal::start(&data);
    let cookie = portal.sign_in_to_look("Priya");
    let path = format!("/copies/{}/parts/{}", made.copy, made.part);
    let request = get(portal.at.port, &path, &cookie);
    let one = Client::to(&portal.at).send(&request, false);
    assert_eq!(one.status, 200, "{}", one.head);
    let nginx = Nginx::start(&folder.0.join("nginx"), &data.join("tls"), one.length);
    let there = At { port: nginx.port, tls: portal.at.tls.clone() };
    println!("\none item is {} bytes; the portal takes {:.0} MiB at rest", one.length, memory(portal.pid(), "VmRSS"));

    let mut ours = Crowd::new(CLIENTS, &portal.at, request, Some(one.length));
    let mut theirs = Crowd::new(CLIENTS, &there, get(nginx.port, "/item", ""), Some(one.length));
    let mut rounds = (Vec::new(), Vec::new());
    for number in 0..=ROUNDS {
        let turn = |crowd: &mut Crowd, pid| {
            let before = cpu_ms(pid);
            let (latencies, took) = crowd.round(SPAN);
            Round::of(latencies, took, cpu_ms(pid) - before)
        };
        let pair = (turn(&mut ours, portal.pid()), turn(&mut theirs, nginx.process.id()));
        // The first pair warms up.
        if number > 0 {
            rounds.0.push(pair.0);
            rounds.1.push(pair.1);
        }
    }
    compare("logged views of a 300 kB item, 64 clients, over nginx serving the bytes", &rounds.0, &rounds.1);
    println!(
        "the portal takes {:.0} MiB under it, {:.0} at most",
        memory(portal.pid(), "VmRSS"),
        memory(portal.pid(), "VmHWM")
    );
}
