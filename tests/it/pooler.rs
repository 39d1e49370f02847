//! A connection pooler before a database server: PgBouncer of Debian's package, ended with the test.

use std::process::Child;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::Instant;

use crate::own_server::{OwnServer, as_its_user};
use crate::world::reserved_port;

/// Longest time for it to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pooler.
pub struct Pooler {
    port: u16,
    child: Child,
    _folder: TempDir,
}

impl Pooler {
    /// One that gives sessions out by `session` or `transaction`.
    pub async fn before(server: &OwnServer, mode: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), reserved_port());
        let file = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\npostgres = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
            server.port()
        );
        std::fs::write(&file, text).expect("a configuration");
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), readable).expect("its rights");
        let mut command = as_its_user("/usr/sbin/pgbouncer".as_ref());
        let child = command.arg("-q").arg(&file).spawn().expect("pgbouncer: ./tests/run installs it");
        let started = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(started.elapsed() < PATIENCE, "pgbouncer never listens");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { port, child, _folder: folder }
    }

    /// The line of `[store]` that leads here.
    pub fn url(&self) -> String {
        format!("url = \"postgres://postgres@127.0.0.1:{}/postgres\"", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // `runuser` passes it on.
        let _ = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}
