//! TLS of a call line: what is wrong with a certificate is told in words, and one's own can be pinned.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use chakong::config::{CallConfig, Problems, read_counterpart};
use chakong::lines::call::CallLine;
use chakong_contract::{Fault, FaultKind};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::world::{Played, World, inquiry};

/// A folder of certificates, made by OpenSSL as their owners make them.
pub struct Certificates(TempDir);

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(arguments.split(' ')).stdout(Stdio::null()).stderr(Stdio::piped());
    let output = command.output().expect("openssl is there");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

impl Certificates {
    pub fn new() -> Self {
        let own = Self(tempfile::tempdir().expect("a folder"));
        own.self_signed("authority", 30);
        own
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// As `openssl req -x509` makes it: an authority, with no name that anybody looks at.
    fn self_signed(&self, name: &str, days: i32) {
        openssl(
            self.0.path(),
            &format!("req -x509 {KEY} -keyout {name}.key -out {name}.pem -subj /CN={name} -days {days}"),
        );
    }

    /// For some days of a year that is over, signed by the authority or by itself.
    fn over(&self, name: &str, by: &str) {
        let folder = self.0.path();
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
        write(
            "ca.conf",
            "[ca]\ndefault_ca = a\n[a]\ndatabase = issued\nnew_certs_dir = .\nserial = serial\ndefault_md = sha256\n\
             policy = p\nunique_subject = no\n[p]\ncommonName = supplied\n",
        );
        write("issued", "");
        write("serial", "0A\n");
        write("names", "subjectAltName=IP:127.0.0.1\n");
        openssl(folder, &format!("req {KEY} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        openssl(
            folder,
            &format!(
                "ca -batch -notext -config ca.conf -in {name}.csr -out {name}.pem -extfile names {by} \
                 -startdate 20250101000000Z -enddate 20250203040506Z"
            ),
        );
    }

    /// Signed by the authority.
    pub fn signed(&self, name: &str, names: &str, days: i32) {
        let folder = self.0.path();
        std::fs::write(folder.join("names"), format!("subjectAltName={names}\n")).expect("a file");
        openssl(folder, &format!("req {KEY} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        let by = "-CA authority.pem -CAkey authority.key -CAcreateserial -extfile names";
        openssl(folder, &format!("x509 -req -in {name}.csr {by} -out {name}.pem -days {days}"));
    }

    /// What a server does that shows a certificate; with `clients` it wants one of its own authority's.
    pub fn acceptor(&self, name: &str, clients: bool) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let builder = if clients {
            let mut roots = RootCertStore::empty();
            let authority = CertificateDer::from_pem_file(self.path("authority.pem")).expect("a certificate");
            roots.add(authority).expect("an authority");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let chain =
            vec![CertificateDer::from_pem_file(self.path(&format!("{name}.pem"))).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(self.path(&format!("{name}.key"))).expect("a key");
        TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).expect("a server")))
    }

    /// A server that answers every request.
    async fn serve(&self, name: &str, clients: bool) -> u16 {
        let acceptor = self.acceptor(name, clients);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        port
    }
}

fn file_of(scheme: &str, host: &str, port: u16, more: &str) -> String {
    format!(
        "connector = \"court-realty\"\n[line]\nkind = \"call\"\nbase_url = \"{scheme}://{host}:{port}\"\n{more}\n\
         [settings]\namount_unit = \"yuan\"\n"
    )
}

fn config(text: &str) -> CallConfig {
    let mut problems = Problems::default();
    let path = Path::new("registry.toml");
    let read = read_counterpart(path, text, &chakong::app::plugins(), &mut problems);
    read.unwrap_or_else(|| panic!("{problems}")).line.call().expect("a call line").clone()
}

async fn probe(port: u16, more: &str) -> Result<u16, Fault> {
    CallLine::open(&config(&file_of("https", "127.0.0.1", port, more)))?.probe().await
}

fn trusting(path: &Path) -> String {
    format!("ca_file = \"{}\"", path.display())
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_told_in_words() {
    let own = Certificates::new();
    own.signed("right", "IP:127.0.0.1", 30);
    own.over("old", "-cert authority.pem -keyfile authority.key");
    own.signed("other", "DNS:registry.example.cn,DNS:www.example.cn", 30);
    own.self_signed("stranger", 30);
    let authority = trusting(&own.path("authority.pem"));
    assert_eq!(probe(own.serve("right", false).await, &authority).await, Ok(204));
    for (name, trusted, words) in [
        ("old", authority.clone(), "certificate expired at 2025-02-03T04:05:06Z"),
        ("other", authority.clone(), "is for registry.example.cn, www.example.cn and not for 127.0.0.1"),
        ("right", trusting(&own.path("stranger.pem")), "unknown authority"),
        ("stranger", authority.clone(), "`ca_file`"),
        ("right", String::new(), "unknown authority"),
    ] {
        let port = own.serve(name, false).await;
        let fault = probe(port, &trusted).await.expect_err(words);
        assert_eq!(fault.kind, FaultKind::Misconfigured, "{name}: {fault}");
        assert!(fault.detail.starts_with(&format!("127.0.0.1:{port}: ")), "{fault}");
        assert!(fault.detail.contains(words), "{name}: {fault}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_named_is_trusted_as_itself_and_no_other() {
    let own = Certificates::new();
    own.self_signed("counterpart", 30);
    own.self_signed("impostor", 30);
    own.signed("leaf", "DNS:somewhere.example.cn", 30);
    // It calls itself an authority, has no name that fits, and is the one that was named.
    let pinned = trusting(&own.path("counterpart.pem"));
    assert_eq!(probe(own.serve("counterpart", false).await, &pinned).await, Ok(204));
    let fault = probe(own.serve("impostor", false).await, &pinned).await.expect_err("another");
    assert_eq!(fault.kind, FaultKind::Misconfigured, "{fault}");
    // One that an authority signed can be named without it; that makes nobody else of it.
    let pinned = trusting(&own.path("leaf.pem"));
    assert_eq!(probe(own.serve("leaf", false).await, &pinned).await, Ok(204));
    own.signed("sibling", "IP:127.0.0.1", 30);
    let fault = probe(own.serve("sibling", false).await, &pinned).await.expect_err("another");
    assert!(fault.detail.contains("unknown authority"), "{fault}");
    // A day that is over is over.
    own.over("over", "-selfsign -keyfile over.key");
    let fault =
        probe(own.serve("over", false).await, &trusting(&own.path("over.pem"))).await.expect_err("over");
    assert!(fault.detail.contains("certificate expired at"), "{fault}");
    // Several stand in one file.
    let both = [own.path("counterpart.pem"), own.path("authority.pem")]
        .map(|path| std::fs::read(path).expect("read"));
    std::fs::write(own.path("both.pem"), both.concat()).expect("written");
    for name in ["counterpart", "sibling"] {
        let port = own.serve(name, false).await;
        assert_eq!(probe(port, &trusting(&own.path("both.pem"))).await, Ok(204), "{name}");
    }
}

#[tokio::test]
async fn a_server_that_wants_our_certificate_is_shown_it() {
    let own = Certificates::new();
    own.signed("server", "IP:127.0.0.1", 30);
    own.signed("court", "DNS:court.example.cn", 30);
    own.self_signed("wrong", 30);
    let port = own.serve("server", true).await;
    let with = |name: &str| {
        let both = ["pem", "key"].map(|end| std::fs::read(own.path(&format!("{name}.{end}"))).expect("read"));
        std::fs::write(own.path(&format!("{name}-both.pem")), both.concat()).expect("written");
        let file = own.path(&format!("{name}-both.pem"));
        format!("{}\nclient_certificate_file = \"{}\"", trusting(&own.path("authority.pem")), file.display())
    };
    assert_eq!(probe(port, &with("court")).await, Ok(204));
    for line in [with("wrong"), trusting(&own.path("authority.pem"))] {
        let fault = probe(port, &line).await.expect_err("not ours");
        assert_eq!(fault.kind, FaultKind::Misconfigured, "{fault}");
        assert!(fault.detail.contains("`client_certificate_file`"), "{fault}");
    }
    std::fs::write(own.path("no-key.pem"), std::fs::read(own.path("court.pem")).expect("read"))
        .expect("written");
    let no_key = with("court").replace("court-both.pem", "no-key.pem");
    let fault = probe(port, &no_key).await.expect_err("no key");
    assert!(fault.detail.contains("no-key.pem holds no PEM certificate and key"), "{fault}");
}

#[tokio::test]
async fn plain_and_encrypted_are_not_confused() {
    let own = Certificates::new();
    own.signed("right", "IP:127.0.0.1", 30);
    let plain = wiremock::MockServer::start().await;
    let fault =
        probe(plain.address().port(), &trusting(&own.path("authority.pem"))).await.expect_err("plain");
    assert_eq!(fault.kind, FaultKind::Misconfigured, "{fault}");
    assert!(fault.detail.contains("does not speak TLS there"), "{fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_and_its_lane_say_what_is_wrong_with_the_certificate() {
    let own = Certificates::new();
    own.over("old", "-cert authority.pem -keyfile authority.key");
    let port = own.serve("old", false).await;
    let file = file_of("https", "127.0.0.1", port, &trusting(&own.path("authority.pem")));
    let world = World::start(vec![Played { name: "registry", file, script: serde_json::Value::Null }]).await;
    let submitted = world.submit(&inquiry(None, "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let order = world.orders(done.id).await.remove(0);
    let fault = order.fault.expect("a fault");
    assert_eq!((order.attempts, fault.kind), (1, FaultKind::Misconfigured), "it is not asked in vain again");
    assert!(fault.detail.contains("certificate expired at"), "{fault}");
    let health = world.board.get("registry").expect("its lane").view(Default::default());
    assert!(health.last_fault.is_some_and(|fault| fault.contains("certificate expired at")));
    world.stop().await;
}
