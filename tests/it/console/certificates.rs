//! Signing in by a client certificate, which nginx verifies and passes on.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Identity, Method, StatusCode};

use super::guest::Page;
use super::{Guest, NO_CODES, add_people, code, everybody};
use crate::daemon::Setup;
use crate::tls::Certificates;
use crate::world::reserved_port;

/// The address from which the proxy calls the daemon: no other is believed.
const PROXY: &str = "127.0.0.9";
/// The cookie of a session over TLS.
const SESSION: &str = "__Host-chakong";
const HEADER: &str = "x-client-certificate";

/// nginx, which ends with the test.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct World {
    setup: Setup,
    certificates: Certificates,
    port: u16,
    _nginx: Nginx,
}

fn people(setup: &Setup, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    let output = command.arg("people").args(arguments).arg("--config").arg(setup.config()).output();
    let output = output.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// A proxy as `config/deploy/nginx.conf` has it, in small.
fn nginx(certificates: &Certificates, port: u16, daemon: u16) -> Nginx {
    let at = |name: &str| certificates.path(name).display().to_string();
    let folder = at("");
    let config = format!(
        "daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\nevents {{}}\nhttp {{\n\
         access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n\
         fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n\
         server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {}; ssl_certificate_key {};\n\
         ssl_client_certificate {}; ssl_verify_client optional;\n\
         location / {{ proxy_pass http://127.0.0.1:{daemon}; proxy_bind {PROXY}; proxy_set_header Host $http_host;\n\
         proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-For $remote_addr;\n\
         proxy_set_header X-Client-Certificate $ssl_client_escaped_cert; }} }} }}\n",
        at("server.pem"),
        at("server.key"),
        at("authority.pem")
    );
    let file = certificates.path("nginx.conf");
    std::fs::write(&file, config).expect("a configuration");
    let program = if std::path::Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let mut command = Command::new(program);
    command.arg("-c").arg(&file).arg("-e").arg(certificates.path("nginx.log"));
    Nginx(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx is there"))
}

impl World {
    async fn open(sign_in: &str) -> Self {
        let certificates = Certificates::new();
        certificates.signed("server", "IP:127.0.0.1", 30);
        for name in ["officer", "stranger", "approver"] {
            certificates.signed(name, "DNS:client.example", 30);
        }
        let extra = format!("{sign_in}[sign_in.certificate]\nheader = \"{HEADER}\"\n");
        let mut setup = Setup::new(&[], None, &extra);
        let config = std::fs::read_to_string(setup.config()).expect("a configuration");
        let config = config.replace("[server]\n", &format!("[server]\nproxies = [\"{PROXY}\"]\n"));
        std::fs::write(setup.config(), config).expect("a configuration");
        add_people(&setup, everybody()).await;
        for name in ["officer", "approver"] {
            let file = certificates.path(&format!("{name}.pem")).display().to_string();
            let arguments = ["bind-certificate", name, "--certificate", &file, "--reason", "配发证书"];
            assert!(people(&setup, &arguments).contains("已绑定"));
        }
        assert!(people(&setup, &["list"]).contains("登录证书 sign-in CN=officer"));
        setup.start_daemon().await;
        let port = reserved_port();
        let nginx = nginx(&certificates, port, setup.port);
        let world = Self { setup, certificates, port, _nginx: nginx };
        world.until_there().await;
        world
    }

    /// Waits until the proxy answers.
    async fn until_there(&self) {
        let guest = self.guest(None);
        let started = tokio::time::Instant::now();
        while guest.request(Method::GET, "/readyz").send().await.is_err() {
            let log = std::fs::read_to_string(self.certificates.path("nginx.log")).unwrap_or_default();
            assert!(started.elapsed() < Duration::from_secs(20), "nginx never answered: {log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn client(&self) -> ClientBuilder {
        let authority = std::fs::read(self.certificates.path("authority.pem")).expect("a certificate");
        let authority = Certificate::from_pem(&authority).expect("a certificate");
        Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([authority])
    }

    /// A browser that has the certificate of a name, or none.
    fn guest(&self, name: Option<&str>) -> Guest {
        let read = |name: &str, kind: &str| {
            std::fs::read(self.certificates.path(&format!("{name}.{kind}"))).expect("a file")
        };
        let client = match name {
            Some(name) => {
                let both = [read(name, "pem"), read(name, "key")].concat();
                self.client().identity(Identity::from_pem(&both).expect("an identity"))
            }
            None => self.client(),
        };
        Guest::at(client.build().expect("a client"), format!("https://127.0.0.1:{}", self.port))
    }
}

async fn signs_in(guest: &mut Guest, page: &Page, code: Option<&str>) -> Page {
    let mut fields = vec![("mark", page.field("mark")), ("next", "/console/cases".to_owned())];
    fields.extend(code.map(|code| ("code", code.to_owned())));
    guest.post("/console/sign-in/certificate", &fields).await
}

fn is_in(guest: &Guest) -> bool {
    guest.cookies.get(SESSION).is_some_and(|token| !token.is_empty())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_the_certificate_that_is_bound_a_person_signs_in_until_it_is_revoked() {
    let world = World::open(NO_CODES).await;
    let mut officer = world.guest(Some("officer"));
    let form = officer.get("/console/sign-in").await;
    assert!(form.text.contains("证书登录"), "{}", form.text);
    let entered = signs_in(&mut officer, &form, None).await;
    assert_eq!(
        (entered.status, entered.location()),
        (StatusCode::SEE_OTHER, "/console/cases"),
        "{}",
        entered.text
    );
    assert!(officer.get("/console/me").await.text.contains("officer"));
    // Another's certificate of the same authority, and none.
    for name in [Some("stranger"), None] {
        let mut guest = world.guest(name);
        let form = guest.get("/console/sign-in").await;
        let refused = signs_in(&mut guest, &form, None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        let said = if name.is_some() { "本系统没有您的账号" } else { "没有可用的登录证书" };
        assert!(refused.text.contains(said) && !is_in(&guest), "{name:?}: {}", refused.text);
    }
    let mut security = Guest::signed_in(world.setup.port, "security").await;
    let list = security.get("/console/people?q=officer").await;
    let person = list.first_link("/console/people/", "\">officer");
    let shown = security.get(&person).await;
    assert!(shown.text.contains("CN=officer"), "{}", shown.text);
    let fingerprint = shown.field("fingerprint");
    let revoked = security
        .act(&format!("{person}/revoke-certificate"), &[("fingerprint", &fingerprint), ("reason", "遗失")])
        .await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER, "{}", revoked.text);
    assert_eq!(officer.get("/console/me").await.status, StatusCode::SEE_OTHER, "the session is over");
    let form = officer.get("/console/sign-in").await;
    let refused = signs_in(&mut officer, &form, None).await;
    assert!(refused.text.contains("本系统没有您的账号"), "{}", refused.text);
    // It can be bound anew, by the page.
    let pem = std::fs::read_to_string(world.certificates.path("officer.pem")).expect("a certificate");
    for (text, status) in [("nothing", 422), (pem.as_str(), 303), (&pem, 422)] {
        let (fields, files) = ([("reason", "找回")], [("certificate", "officer.pem", text.as_bytes())]);
        let bound = security.upload(&format!("{person}/bind-certificate"), &fields, &files).await;
        assert_eq!(bound.status.as_u16(), status, "{}", bound.text);
    }
    assert_eq!(signs_in(&mut officer, &refused, None).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_anybody_but_the_proxy_writes_into_the_header_is_nothing() {
    let world = World::open(NO_CODES).await;
    let pem = std::fs::read_to_string(world.certificates.path("officer.pem")).expect("a certificate");
    let header: String = pem.bytes().map(|byte| format!("%{byte:02X}")).collect();
    // Through the proxy, which writes its own in the place of what came; and past it.
    let mut guests = [world.guest(None), world.guest(Some("stranger")), Guest::new(world.setup.port)];
    for guest in &mut guests {
        let form = guest.get("/console/sign-in").await;
        let fields = [("mark", form.field("mark")), ("next", "/console".to_owned())];
        let request = guest.form("/console/sign-in/certificate", &fields).header(HEADER, &header);
        let refused = guest.send(request).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(!is_in(guest) && !guest.is_signed_in());
    }
    // The same from the address of the proxy would sign in: it is the address that counts.
    let address = PROXY.parse().expect("an address");
    let client = world.client().local_address(Some(address)).build().expect("a client");
    let mut proxy = Guest::at(client, format!("http://127.0.0.1:{}", world.setup.port));
    let form = proxy.get("/console/sign-in").await;
    let fields = [("mark", form.field("mark")), ("next", "/console".to_owned())];
    let twice = proxy.form("/console/sign-in/certificate", &fields).header(HEADER, &header);
    let twice = proxy.send(twice.header(HEADER, "another")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "two headers are a trick");
    let fields = [("mark", twice.field("mark")), ("next", "/console".to_owned())];
    let request = proxy.form("/console/sign-in/certificate", &fields).header(HEADER, &header);
    assert_eq!(proxy.send(request).await.status, StatusCode::SEE_OTHER);
    // A form of another page signs nobody in.
    let forged = proxy.form("/console/sign-in/certificate", &[("mark", "0".repeat(64))]);
    assert_eq!(proxy.send(forged.header(HEADER, &header)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_certificate_the_code_of_the_second_factor_is_wanted() {
    let world = World::open("[sign_in]\nsecond_factor = [\"approver\"]\n").await;
    let mut guest = world.guest(Some("approver"));
    let form = guest.get("/console/sign-in").await;
    assert_eq!(signs_in(&mut guest, &form, None).await.status, StatusCode::SEE_OTHER);
    assert_eq!(guest.get("/console/approvals").await.location(), "/console/me/factor");
    guest.get("/console/me/factor").await;
    let begun = guest.act("/console/me/factor", &[]).await;
    let (secret, address) = (begun.field("secret"), begun.field("address"));
    let fields = [("secret", secret.as_str()), ("address", &address), ("code", &code(&secret, 0))];
    assert_eq!(guest.act("/console/me/factor/proof", &fields).await.status, StatusCode::SEE_OTHER);
    let mut guest = world.guest(Some("approver"));
    let form = guest.get("/console/sign-in").await;
    let asked = signs_in(&mut guest, &form, None).await;
    assert!(asked.text.contains("请输入动态口令") && !is_in(&guest), "{}", asked.text);
    let wrong = signs_in(&mut guest, &asked, Some("000000")).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && !is_in(&guest), "{}", wrong.text);
    let entered = signs_in(&mut guest, &wrong, Some(&code(&secret, 1))).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
}
