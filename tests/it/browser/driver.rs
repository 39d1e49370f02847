//! A real browser: Chromium by ChromeDriver, over the calls of W3C WebDriver.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

/// The member by which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Longest wait for anything in a page.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where screenshots are put, to be looked at.
pub fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A browser with one window.
pub struct Browser {
    client: Client,
    session: String,
    driver: Child,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its driver, which is asked first.
        let _ = Command::new("kill").args(["-TERM", &self.driver.id().to_string()]).status();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Opens a window of a width.
    pub async fn open(width: u32) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("its address")
            .port();
        let log = std::fs::File::create(profile.path().join("driver.log")).expect("a file");
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let driver =
            command.spawn().expect("chromedriver, which tests/run installs (Debian's chromium-driver)");
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("a client");
        let base = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        while client.get(format!("{base}/status")).send().await.is_err() {
            assert!(started.elapsed() < PATIENCE, "chromedriver never answered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-proxy-server",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-component-update",
            "--disable-background-networking",
            format!("--user-data-dir={}", profile.path().join("profile").display()),
        ]);
        // A window cannot be as narrow as a phone; a device that is imitated can.
        let options = json!({
            "args": arguments,
            "mobileEmulation": { "deviceMetrics": { "width": width, "height": 900, "pixelRatio": 1.0, "mobile": width < 600, "touch": false } },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" }, "unhandledPromptBehavior": "ignore",
        } } });
        let mut browser = Self { client, session: base, driver, _profile: profile };
        let made = browser.call(Method::POST, "/session", Some(wanted)).await;
        let id = made["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/session/{id}", browser.session);
        browser
    }

    async fn try_call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Value> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(&body.unwrap_or_else(|| json!({})));
        }
        let answer = request.send().await.expect("chromedriver answers");
        let is_done = answer.status().is_success();
        let mut body: Value = answer.json().await.expect("JSON");
        let value = body["value"].take();
        if is_done { Ok(value) } else { Err(value) }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let answered = self.try_call(method, path, body).await;
        answered.unwrap_or_else(|error| panic!("{path}: {} {}", error["error"], error["message"]))
    }

    /// Opens a page.
    pub async fn go(&self, url: &str) {
        self.call(Method::POST, "/url", Some(json!({ "url": url }))).await;
    }

    pub async fn url(&self) -> String {
        self.call(Method::GET, "/url", None).await.as_str().expect("an address").to_owned()
    }

    pub async fn title(&self) -> String {
        self.call(Method::GET, "/title", None).await.as_str().expect("a title").to_owned()
    }

    async fn element(&self, selector: &str) -> String {
        let started = Instant::now();
        loop {
            let wanted = json!({ "using": "css selector", "value": selector });
            match self.try_call(Method::POST, "/element", Some(wanted)).await {
                Ok(found) => return found[ELEMENT].as_str().expect("an element").to_owned(),
                Err(error) => assert!(
                    started.elapsed() < PATIENCE,
                    "{selector}: {}\n{}",
                    error["message"],
                    self.text().await
                ),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses what a selector names.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.run("arguments[0].scrollIntoView({block: 'center'})", json!([{ ELEMENT: element }])).await;
        self.call(Method::POST, &format!("/element/{element}/click"), None).await;
    }

    /// Types into a field; a file's path chooses the file.
    pub async fn write(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.call(Method::POST, &format!("/element/{element}/value"), Some(json!({ "text": text }))).await;
    }

    /// Chooses from a list by the code.
    pub async fn choose(&self, selector: &str, code: &str) {
        self.click(&format!("{selector} option[value=\"{code}\"]")).await;
    }

    /// Runs a script of the test.
    pub async fn run(&self, script: &str, arguments: Value) -> Value {
        self.call(Method::POST, "/execute/sync", Some(json!({ "script": script, "args": arguments }))).await
    }

    /// What a person reads in the page.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body ? document.body.innerText : ''", json!([])).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page shows a text.
    pub async fn until_shown(&self, text: &str) {
        let started = Instant::now();
        while !self.text().await.contains(text) {
            assert!(
                started.elapsed() < PATIENCE,
                "{text:?} is never shown:\n{}\n{}",
                self.url().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the title begins with a text.
    pub async fn until_title(&self, text: &str) {
        let started = Instant::now();
        while !self.title().await.starts_with(text) {
            assert!(started.elapsed() < PATIENCE, "the title is {:?}, never {text:?}", self.title().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether a script has opened a window of its own, as an attack would.
    pub async fn has_alert(&self) -> bool {
        self.try_call(Method::GET, "/alert/text", None).await.is_ok()
    }

    /// What the browser has complained about: scripts that failed, what the policy of the page forbids.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.call(Method::POST, "/se/log", Some(json!({ "type": "browser" }))).await;
        let all = log.as_array().cloned().unwrap_or_default();
        let severe = all.iter().filter(|line| line["level"] == "SEVERE");
        severe.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Takes a picture of the whole page.
    pub async fn picture(&self, name: &str) {
        let height =
            self.run("return Math.min(document.documentElement.scrollHeight, 6000)", json!([])).await;
        let width = self.run("return window.innerWidth", json!([])).await;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let wanted = json!({ "cmd": "Page.captureScreenshot", "params": { "format": "png", "captureBeyondViewport": true, "clip": clip } });
        let taken = self.call(Method::POST, "/goog/cdp/execute", Some(wanted)).await;
        let data = taken["data"].as_str().expect("a picture");
        let bytes = base64::engine::general_purpose::STANDARD.decode(data).expect("Base64");
        std::fs::write(screenshots().join(format!("{name}.png")), bytes).expect("written");
    }

    /// Whether something is wider than the window, so that a page must be moved sideways to be read.
    pub async fn overflows(&self) -> bool {
        let script = "return document.documentElement.scrollWidth > window.innerWidth + 1";
        self.run(script, json!([])).await == json!(true)
    }
}
