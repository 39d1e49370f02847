//! A proxy before the test server: it can be taken away and put back, and change what the server says on the way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::worlds::test_server;

/// Bytes of the server's, and what stands in their place.
pub type Changed = (Vec<u8>, Vec<u8>);

/// The proxy.
pub struct Proxy {
    address: SocketAddr,
    is_there: Arc<AtomicBool>,
    cut: watch::Sender<u64>,
}

fn target() -> String {
    let server = test_server();
    let Some(Host::Tcp(host)) = server.get_hosts().first() else { panic!("a server by TCP") };
    format!("{host}:{}", server.get_ports().first().expect("a port"))
}

impl Proxy {
    /// One that passes everything on.
    pub async fn start() -> Self {
        Self::changing(None).await
    }

    /// One that changes what the server says.
    pub async fn changing(changed: Option<Changed>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (is_there, cut) = (Arc::new(AtomicBool::new(true)), watch::channel(0).0);
        let (open, cuts) = (Arc::clone(&is_there), cut.subscribe());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let mut cut = cuts.clone();
                cut.mark_unchanged();
                if !open.load(Ordering::SeqCst) {
                    continue;
                }
                let changed = changed.clone();
                tokio::spawn(async move {
                    let Ok(far) = TcpStream::connect(target()).await else { return };
                    tokio::select! {
                        () = pass(near, far, changed) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { address, is_there, cut }
    }

    /// Cuts every connection and takes no other.
    pub fn take_away(&self) {
        self.is_there.store(false, Ordering::SeqCst);
        self.cut.send_modify(|cuts| *cuts += 1);
    }

    /// Takes connections again.
    pub fn put_back(&self) {
        self.is_there.store(true, Ordering::SeqCst);
    }

    /// Adds it to the servers of a configuration.
    pub fn join(&self, config: &mut Config) {
        config.host("127.0.0.1").port(self.address.port());
    }
}

/// The test server's user and a database, without a server.
pub fn nowhere(database: &str) -> Config {
    let mut config = Config::new();
    config.user(test_server().get_user().expect("a user")).dbname(database);
    config
}

async fn pass(near: TcpStream, far: TcpStream, changed: Option<Changed>) {
    let (mut heard, mut said) = near.into_split();
    let (mut answers, mut asked) = far.into_split();
    let asking = copy(&mut heard, &mut asked);
    let answering = async {
        let mut bytes = vec![0; 64 << 10];
        while let Ok(count @ 1..) = answers.read(&mut bytes).await {
            let part = &mut bytes[..count];
            if let Some((old, new)) = &changed {
                assert_eq!(old.len(), new.len(), "lengths stand before what they are of");
                let places: Vec<usize> = (0..=part.len().saturating_sub(old.len()))
                    .filter(|at| part[*at..].starts_with(old))
                    .collect();
                places.into_iter().for_each(|at| part[at..at + new.len()].copy_from_slice(new));
            }
            if said.write_all(part).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = asking => {}
        () = answering => {}
    }
}
