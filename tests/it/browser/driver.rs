//! A real browser: Chromium by ChromeDriver, over the calls of W3C WebDriver.

use std::io::{BufRead as _, BufReader};
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
/// How long the driver may take to end.
const TO_END: Duration = Duration::from_secs(5);

/// Where screenshots are put, to be looked at.
pub fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The port that the driver chose and tells; what it says later is read and dropped.
fn port_of(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let told = lines.find_map(|line| {
        line.strip_prefix("ChromeDriver was started successfully on port ").map(str::to_owned)
    });
    std::thread::spawn(move || lines.for_each(drop));
    told.and_then(|port| port.trim_end_matches('.').parse().ok()).expect("chromedriver tells its port")
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
        // The driver ends its browser when it is asked to end. What it leaves, or does not end in time, is ended here.
        let below = descendants(self.driver.id());
        signal("-TERM", self.driver.id());
        let asked = std::time::Instant::now();
        while asked.elapsed() < TO_END && self.driver.try_wait().is_ok_and(|status| status.is_none()) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        for (id, began) in below {
            if stat_of(id).is_some_and(|(_, now)| now == began) {
                signal("-KILL", id);
            }
        }
    }
}

fn signal(name: &str, id: u32) {
    let _ = Command::new("kill").args([name, &id.to_string()]).stderr(Stdio::null()).status();
}

/// The parent of a process, and when it began, which tells it from another that has its number later.
fn stat_of(id: u32) -> Option<(u32, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some((fields.get(1)?.parse().ok()?, fields.get(19)?.parse().ok()?))
}

/// Every process that a process began, with those that they began, and when each began. A browser makes process groups of its own, so
/// that no group has them all.
fn descendants(of: u32) -> Vec<(u32, u64)> {
    let entries = std::fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let all: Vec<(u32, u32, u64)> =
        ids.filter_map(|id| stat_of(id).map(|(parent, began)| (id, parent, began))).collect();
    let (mut found, mut parents) = (Vec::new(), vec![of]);
    while let Some(parent) = parents.pop() {
        for (id, _, began) in all.iter().filter(|(_, known, _)| *known == parent) {
            found.push((*id, *began));
            parents.push(*id);
        }
    }
    found
}

impl Browser {
    /// Opens a window of a width.
    pub async fn open(width: u32) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let log = std::fs::File::create(profile.path().join("driver.log")).expect("a file");
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut driver =
            command.spawn().expect("chromedriver, which tests/run installs (Debian's chromium-driver)");
        let port = port_of(&mut driver);
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

    async fn element(&self, selector: &str) -> Result<String, Value> {
        let wanted = json!({ "using": "css selector", "value": selector });
        let found = self.try_call(Method::POST, "/element", Some(wanted)).await?;
        Ok(found[ELEMENT].as_str().expect("an element").to_owned())
    }

    /// Does something to what a selector names, as soon as it is there. A live part may be exchanged between the look and the deed: what
    /// is there then is looked for again, as a person would.
    async fn at_element(&self, selector: &str, deed: impl AsyncFn(String) -> Result<Value, Value>) {
        let started = Instant::now();
        loop {
            let done = match self.element(selector).await {
                Ok(element) => deed(element).await,
                Err(error) => Err(error),
            };
            let Err(error) = done else { return };
            let waits = ["no such element", "stale element reference"]
                .contains(&error["error"].as_str().unwrap_or_default());
            assert!(
                waits && started.elapsed() < PATIENCE,
                "{selector}: {} {}\n{}",
                error["error"],
                error["message"],
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses what a selector names.
    pub async fn click(&self, selector: &str) {
        let script = "arguments[0].scrollIntoView({block: 'center'})";
        self.at_element(selector, async |element| {
            let shown = json!({ "script": script, "args": [{ ELEMENT: element }] });
            self.try_call(Method::POST, "/execute/sync", Some(shown)).await?;
            self.try_call(Method::POST, &format!("/element/{element}/click"), None).await
        })
        .await;
    }

    /// Types into a field; a file's path chooses the file.
    pub async fn write(&self, selector: &str, text: &str) {
        self.at_element(selector, async |element| {
            let typed = json!({ "text": text });
            self.try_call(Method::POST, &format!("/element/{element}/value"), Some(typed)).await
        })
        .await;
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

    /// What axe finds wrong with the page for people who see, hear or move otherwise (WCAG 2.1, levels A and AA): rule and places.
    pub async fn barriers(&self) -> Vec<String> {
        let script = format!(
            "{}; return axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }}).then(
                 (found) => found.violations.map((one) => one.id + ' at '
                     + one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')))",
            axe()
        );
        let found = self.run(&script, json!([])).await;
        let found = found.as_array().unwrap_or_else(|| panic!("axe says {found}"));
        found.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    }
}

/// The text of axe, which tests/run installs.
fn axe() -> String {
    let venv = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe-venv/lib");
    let versions = std::fs::read_dir(&venv).into_iter().flatten().filter_map(Result::ok);
    let paths = versions.map(|one| one.path().join("site-packages/axe_core_python/axe.min.js"));
    let text = paths.filter_map(|path| std::fs::read_to_string(path).ok()).next();
    text.unwrap_or_else(|| panic!("axe is not in {}: run ./tests/run, which installs it", venv.display()))
}
