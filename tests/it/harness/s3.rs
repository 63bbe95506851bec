//! A real S3 server on loopback, of the crate `s3s`: signatures are checked, objects are files of a folder, and it can be told to
//! fail in the ways that servers fail.
//!
//! Promise: it ends with the test. Absent on purpose: anything that answers in place of the portal's own code.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use disclosure_portal::config::{S3 as Settings, Store};
use futures_util::StreamExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::dto::*;
use s3s::service::S3ServiceBuilder;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use super::Folder;

pub(crate) const BUCKET: &str = "evidence";
const KEY_ID: &str = "portal";
const SECRET: &str = "of-this-test-alone";

/// How the server behaves from now on.
#[derive(Clone, Default)]
pub(crate) struct How {
    /// What it says to `?versioning`: no status is `Some("")`; `None`: it has no such feature.
    pub(crate) versioning: Option<&'static str>,
    /// Answers each write with this version.
    pub(crate) version: Option<&'static str>,
    /// The rules it says to `?lifecycle`; `None`: it has no such feature.
    pub(crate) rules: Option<Vec<LifecycleRule>>,
    /// Object lock is on.
    pub(crate) locked: bool,
    /// The key may not ask about the bucket.
    pub(crate) forbidden: bool,
    /// Takes requests and never answers.
    pub(crate) silent: bool,
    /// The next so many requests are answered 500.
    pub(crate) failing: u32,
    /// The next so many bodies are cut off in their middle.
    pub(crate) cut: u32,
    /// What was asked for, in order.
    pub(crate) asked: Vec<String>,
}

/// A server with one bucket.
pub(crate) struct S3Server {
    pub(crate) folder: Folder,
    pub(crate) port: u16,
    how: Arc<Mutex<How>>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    /// Holds the port while nobody listens on it.
    held: Option<TcpSocket>,
}

/// What another process's configuration says of a server.
pub(crate) fn settings_at(port: u16, secret_key_file: PathBuf) -> Settings {
    Settings {
        bucket: BUCKET.into(),
        endpoint: format!("http://127.0.0.1:{port}"),
        region: "eu-west-2".into(),
        prefix: "portal".into(),
        access_key_id: KEY_ID.into(),
        secret_key_file,
        ca_file: None,
    }
}

fn socket(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(format!("127.0.0.1:{port}").parse().unwrap()).unwrap();
    socket
}

impl S3Server {
    /// Listens on a port of its own, with an empty bucket.
    pub(crate) fn start() -> Self {
        let folder = Folder::new();
        std::fs::create_dir(folder.0.join(BUCKET)).unwrap();
        let secret = folder.0.join("secret.key");
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(secret).unwrap();
        writeln!(file, "{SECRET}").unwrap();
        let held = socket(0);
        let port = held.local_addr().unwrap().port();
        let mut server = Self { folder, port, how: Arc::default(), running: None, held: Some(held) };
        server.back();
        server
    }

    /// What a configuration says of it.
    pub(crate) fn settings(&self) -> Settings {
        settings_at(self.port, self.folder.0.join("secret.key"))
    }

    /// The same with a folder for the database.
    pub(crate) fn store(&self, data: &Folder) -> Store {
        Store { s3: Some(self.settings()), ..Store::embedded(&data.0) }
    }

    /// Where the portal's objects lie as files.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.0.join(BUCKET).join("portal")
    }

    /// Tells it how to behave.
    pub(crate) fn is(&self, change: impl FnOnce(&mut How)) {
        change(&mut self.how.lock().unwrap());
    }

    /// How it is now.
    pub(crate) fn how(&self) -> How {
        self.how.lock().unwrap().clone()
    }

    /// From now on nobody listens: connections are refused, and the open ones are gone.
    pub(crate) fn gone(&mut self) {
        self.stop();
        self.held = Some(socket(self.port));
    }

    /// Listens again, on the same port.
    pub(crate) fn back(&mut self) {
        let socket = self.held.take().expect("it is gone");
        let backend = Backend { files: FileSystem::new(&self.folder.0).unwrap(), how: Arc::clone(&self.how) };
        let (stop, stopped) = oneshot::channel();
        let (up, is_up) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = socket.listen(64).unwrap();
                up.send(()).unwrap();
                tokio::select! {
                    () = serve(listener, backend) => {}
                    _ = stopped => {}
                }
            });
            // With the runtime every connection is dropped.
        });
        is_up.recv().expect("the server listens");
        self.running = Some((stop, thread));
    }

    fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            thread.join().expect("the server ended in order");
        }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn serve(listener: TcpListener, backend: Backend) {
    let mut building = S3ServiceBuilder::new(backend);
    building.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
    let service = building.build();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let service = service.clone();
        tokio::spawn(async move {
            // A connection that a test cuts is no failure of this server.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// The file system's server, with what a test says.
struct Backend {
    files: FileSystem,
    how: Arc<Mutex<How>>,
}

impl Backend {
    /// Writes down what was asked, and fails as told.
    async fn asked(&self, what: String) -> S3Result<How> {
        let how = {
            let mut how = self.how.lock().unwrap();
            how.asked.push(what);
            let told = how.clone();
            how.failing = how.failing.saturating_sub(1);
            told
        };
        if how.silent {
            std::future::pending::<()>().await;
        }
        if how.failing > 0 {
            return Err(s3_error!(InternalError, "told to fail"));
        }
        Ok(how)
    }

    async fn about(&self, what: &str) -> S3Result<How> {
        let how = self.asked(what.to_owned()).await?;
        if how.forbidden { Err(s3_error!(AccessDenied)) } else { Ok(how) }
    }
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let how = self.asked(format!("put {}", req.input.key)).await?;
        if req.input.bucket != BUCKET {
            return Err(s3_error!(NoSuchBucket));
        }
        let mut answer = self.files.put_object(req).await?;
        answer.output.version_id = how.version.map(str::to_owned);
        Ok(answer)
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        self.asked(format!("get {}", req.input.key)).await?;
        if req.input.bucket != BUCKET {
            return Err(s3_error!(NoSuchBucket));
        }
        let mut answer = self.files.get_object(req).await?;
        let mut how = self.how.lock().unwrap();
        if how.cut > 0 {
            how.cut -= 1;
            // A part of the body, then the connection breaks.
            let cut = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
            let body = answer.output.body.take().unwrap().take(1).map(|part| part.map_err(std::io::Error::other));
            answer.output.body = Some(StreamingBlob::wrap(body.chain(futures_util::stream::iter([cut]))));
        }
        Ok(answer)
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        self.asked(format!("head {}", req.input.key)).await?;
        self.files.head_object(req).await
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.asked(format!("delete {}", req.input.key)).await?;
        self.files.delete_object(req).await
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.asked(format!("list {}", req.input.prefix.clone().unwrap_or_default())).await?;
        self.files.list_objects_v2(req).await
    }

    async fn get_bucket_versioning(
        &self,
        _: S3Request<GetBucketVersioningInput>,
    ) -> S3Result<S3Response<GetBucketVersioningOutput>> {
        let status = self.about("versioning").await?.versioning.ok_or_else(|| s3_error!(NotImplemented))?;
        let status = (!status.is_empty()).then(|| BucketVersioningStatus::from_static(status));
        Ok(S3Response::new(GetBucketVersioningOutput { status, ..Default::default() }))
    }

    async fn get_bucket_lifecycle_configuration(
        &self,
        _: S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
        let rules = self.about("lifecycle").await?.rules.ok_or_else(|| s3_error!(NotImplemented))?;
        if rules.is_empty() {
            return Err(s3_error!(NoSuchLifecycleConfiguration));
        }
        Ok(S3Response::new(GetBucketLifecycleConfigurationOutput { rules: Some(rules), ..Default::default() }))
    }

    async fn get_object_lock_configuration(
        &self,
        _: S3Request<GetObjectLockConfigurationInput>,
    ) -> S3Result<S3Response<GetObjectLockConfigurationOutput>> {
        if !self.about("object-lock").await?.locked {
            return Err(s3_error!(ObjectLockConfigurationNotFoundError));
        }
        let on = Some(ObjectLockEnabled::from_static(ObjectLockEnabled::ENABLED));
        let set = ObjectLockConfiguration { object_lock_enabled: on, ..Default::default() };
        Ok(S3Response::new(GetObjectLockConfigurationOutput { object_lock_configuration: Some(set) }))
    }
}
