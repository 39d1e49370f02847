//! SFTP servers for tests: OpenSSH's on a free loopback port, with throw-away keys; one that takes a password and has an
//! OpenSSH `sftp-server` behind it; and a connection in front of either that breaks off.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use russh::server::{Auth, Config, Handler, Msg, Session};
use russh::{Channel, ChannelId};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::world::reserved_port;

/// The password that [`PasswordServer`] takes.
pub const PASSWORD: &str = "invented-password";

/// OpenSSH's server, as whoever runs the tests.
pub struct Sshd {
    pub folder: TempDir,
    pub port: u16,
    pub user: String,
    process: Child,
}

fn said_by(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; run ./tests/run"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Makes a key and gives its public half.
pub fn make_key(path: &Path) -> String {
    make_key_of("ed25519", path)
}

/// Makes a key of a kind and gives its public half.
pub fn make_key_of(kind: &str, path: &Path) -> String {
    said_by(Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", "", "-C", "", "-f"]).arg(path));
    public_key(path)
}

fn public_key(path: &Path) -> String {
    let public = PathBuf::from(format!("{}.pub", path.display()));
    std::fs::read_to_string(public).expect("the public half").trim().to_owned()
}

impl Sshd {
    pub fn start() -> Self {
        Self::start_with("ed25519")
    }

    /// With a host key of a kind.
    pub fn start_with(kind: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["out", "in"] {
            std::fs::create_dir(at(name)).expect("a folder");
        }
        make_key_of(kind, &at("host_key"));
        let user_key = make_key(&at("user_key"));
        std::fs::write(at("authorized_keys"), format!("{user_key}\n")).expect("a file");
        let user = said_by(Command::new("id").arg("-un"));
        if user == "root" {
            // What the system's own service has made for it before it starts.
            std::fs::create_dir_all("/run/sshd").expect("a folder");
        }
        let port = reserved_port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {0}/host_key\nPidFile none\nAuthorizedKeysFile {0}/authorized_keys\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication yes\nPermitRootLogin prohibit-password\nMaxStartups 100\n\
             LogLevel ERROR\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\n",
            folder.path().display()
        );
        std::fs::write(at("sshd_config"), config.replace("LogLevel ERROR", "LogLevel INFO")).expect("a file");
        let mut process = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(at("sshd_config"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("/usr/sbin/sshd is there: run ./tests/run, which installs openssh-server");
        let mut lines = BufReader::new(process.stderr.take().expect("its words")).lines();
        let listens = lines.by_ref().map_while(Result::ok).any(|line| line.contains("Server listening"));
        assert!(listens, "sshd ended: {:?}", process.wait());
        // Nobody reads what it says later; a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { folder, port, user, process }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Names in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// A `[line]` to folders of their own on this server.
    pub fn line_below(&self, folder: &str) -> String {
        for name in ["out", "in"] {
            std::fs::create_dir_all(self.path(folder).join(name)).expect("a folder");
        }
        let here = self.folder.path().display().to_string();
        let below = |line: String, name: &str| {
            line.replace(&format!("\"{here}/{name}\""), &format!("\"{here}/{folder}/{name}\""))
        };
        ["out", "in", "archive"].into_iter().fold(self.line(self.port), below)
    }

    /// A `[line]` to this server; `port` may be that of a connection in front of it.
    pub fn line(&self, port: u16) -> String {
        self.line_with(port, &public_key(&self.path("host_key")), "key_file", &self.path("user_key"))
    }

    pub fn line_with(&self, port: u16, host_key: &str, login: &str, secret: &Path) -> String {
        let secret = match login {
            "password" => format!("{{ file = \"{}\" }}", secret.display()),
            _ => format!("\"{}\"", secret.display()),
        };
        format!(
            "[line]\nkind = \"parcel\"\noutgoing = \"{0}/out\"\nincoming = \"{0}/in\"\narchive = \"{0}/archive\"\npoll = \"20ms\"\n\
             half_file = \"20s\"\n[line.sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"{1}\"\nhost_keys = [\"{host_key}\"]\n\
             {login} = {secret}\n",
            self.folder.path().display(),
            self.user,
        )
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server that takes one password. Behind it runs OpenSSH's `sftp-server`, which renames only where nothing is.
pub struct PasswordServer {
    pub port: u16,
    pub host_key: String,
}

struct Login {
    channel: Option<Channel<Msg>>,
}

impl PasswordServer {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let host_key = make_key(&path);
        let key = russh::keys::load_secret_key(&path, None).expect("a key");
        let config = Arc::new(Config {
            keys: vec![key],
            auth_rejection_time: std::time::Duration::from_millis(1),
            ..Config::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let config = Arc::clone(&config);
                tokio::spawn(async move {
                    if let Ok(session) =
                        russh::server::run_stream(config, stream, Login { channel: None }).await
                    {
                        let _ = session.await;
                    }
                });
            }
        });
        Self { port, host_key }
    }
}

impl Handler for Login {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(if password == PASSWORD { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: russh::server::ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(id)?;
        let Some(channel) = self.channel.take() else { return Ok(()) };
        let mut server = tokio::process::Command::new("/usr/lib/openssh/sftp-server")
            .args(["-P", "posix-rename"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("sftp-server");
        let mut behind = tokio::io::join(
            server.stdout.take().expect("its output"),
            server.stdin.take().expect("its input"),
        );
        tokio::spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut channel.into_stream(), &mut behind).await;
            drop(server);
        });
        Ok(())
    }
}

/// A connection that breaks off: of those that are made, each of the first `most` is cut when so many bytes went up.
pub struct Cutting {
    pub port: u16,
    pub cut: Arc<AtomicU64>,
}

impl Cutting {
    pub async fn start(behind: u16, most: u64, after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let cut = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], behind))).await;
                tokio::spawn(pass_on(stream, server.expect("a server"), most, after, Arc::clone(&counted)));
            }
        });
        Self { port, cut }
    }
}

async fn pass_on(client: TcpStream, server: TcpStream, most: u64, after: usize, cut: Arc<AtomicU64>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let (mut buffer, mut passed) = (vec![0; 16 << 10], 0);
        loop {
            let read = from_client.read(&mut buffer).await.unwrap_or(0);
            passed += read;
            if passed > after
                && cut
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |cut| (cut < most).then_some(cut + 1))
                    .is_ok()
            {
                return;
            }
            if read == 0 || to_server.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
    }
}
