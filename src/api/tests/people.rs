//! Persons, sessions, keys and looks over HTTP.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::harness::{account, key, submission};
use super::{Bench, Reply};
use crate::config::Role;
use crate::domain::people::Courts;

const PASSWORD: &str = "correct horse battery";

/// A gateway with a key of the security administrator and one of the auditor.
fn bench() -> Bench {
    Bench::with(|gateway| {
        let keys = [
            ("security", Role::SecurityAdministrator),
            ("auditor", Role::Auditor),
            ("head", Role::Supervisor),
        ];
        gateway.keys.extend(keys.map(|(name, role)| key(name, role, Courts::All)));
    })
}

/// A browser: it keeps the cookie and the token of its session.
struct Browser<'a> {
    bench: &'a Bench,
    cookie: String,
    csrf: String,
}

impl Bench {
    async fn raw(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("body");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Reply { status: parts.status, headers: parts.headers, text }
    }

    pub(super) async fn call_json(&self, who: &str, method: &str, path: &str, body: &Value) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer key-of-{who}"))
            .header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("request")).await
    }

    async fn sign_in(&self, number: &str, password: &str) -> Result<Browser<'_>, Reply> {
        let body = json!({ "number": number, "password": password });
        let request = Request::post("/v1/sessions")
            .header("host", "127.0.0.1:8080")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json");
        let reply = self.send(request.body(Body::from(body.to_string())).expect("request")).await;
        if reply.status != StatusCode::CREATED {
            return Err(reply);
        }
        let cookie = reply.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let csrf = reply.json()["csrf"].as_str().expect("a token").to_owned();
        Ok(Browser { bench: self, cookie, csrf })
    }

    /// A person who has set a password of their own; gives the identifier.
    async fn person(&self, number: &str, roles: &[&str], courts: Value) -> String {
        let body =
            json!({ "name": "张测试", "number": number, "courts": courts, "roles": roles, "reason": "入职" });
        let added = self.post("security", "/v1/people", &body).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        let added = added.json();
        let initial = added["initial_password"].as_str().expect("an initial password");
        let browser = self.sign_in(number, initial).await.expect("in");
        let change = json!({ "old": initial, "new": PASSWORD });
        let reply = browser.call("POST", "/v1/me/password", &change).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        added["person"]["id"].as_str().expect("id").to_owned()
    }
}

impl Browser<'_> {
    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:8080")
            .header("content-type", "application/json")
            .header("cookie", &self.cookie)
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        let request = self
            .request(method, path)
            .header("sec-fetch-site", "same-origin")
            .header("x-csrf-token", &self.csrf);
        self.bench.send(request.body(Body::from(body.to_string())).expect("request")).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &Value::Null).await
    }
}

#[tokio::test]
async fn a_person_signs_in_changes_the_initial_password_and_sees_the_own_courts() {
    let bench = bench();
    let (path, _) = bench.submitted("k", &submission()).await;
    let body = json!({ "name": "张测试", "number": "gh001", "courts": ["T10"], "roles": ["officer"], "reason": "入职" });
    let added = bench.post("security", "/v1/people", &body).await.json();
    let initial = added["initial_password"].as_str().expect("a password").to_owned();
    assert!(!bench.get("security", "/v1/people").await.text.contains(&initial), "it is shown once");
    let browser = bench.sign_in("gh001", &initial).await.expect("in");
    assert_eq!(browser.get("/v1/me").await.json()["name"], "gh001", "one's own is open");
    browser.get(&path).await.is_problem(403, "forbidden");
    let weak =
        browser.call("POST", "/v1/me/password", &json!({ "old": initial, "new": "gh001gh001gh001" })).await;
    assert_eq!(weak.is_problem(422, "invalid")["findings"][0]["pointer"], "/new");
    let change = json!({ "old": initial, "new": PASSWORD });
    assert_eq!(browser.call("POST", "/v1/me/password", &change).await.json(), json!({ "pending": null }));
    assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    let elsewhere = bench.person("gh002", &["officer"], json!(["T11"])).await;
    assert!(!elsewhere.is_empty());
    let other = bench.sign_in("gh002", PASSWORD).await.expect("in");
    other.get(&path).await.is_problem(404, "not-found");
    let acts = bench.get("auditor", "/v1/acts?act=change_password").await.json();
    assert_eq!(acts["acts"][1]["actor"], "gh001", "by 工号: {acts}");
    assert!(!acts.to_string().contains(PASSWORD));
}

#[tokio::test]
async fn by_cookie_nothing_is_changed_from_another_site_or_without_the_token() {
    let bench = bench();
    bench.person("gh001", &["officer"], json!(["T10"])).await;
    let browser = bench.sign_in("gh001", PASSWORD).await.expect("in");
    let body = || Body::from(json!({ "old": PASSWORD, "new": "another horse battery" }).to_string());
    let post = || browser.request("POST", "/v1/me/password");
    for (what, request) in [
        ("no token", post().header("sec-fetch-site", "same-origin")),
        ("another site", post().header("sec-fetch-site", "cross-site").header("x-csrf-token", &browser.csrf)),
        (
            "another origin",
            post().header("origin", "https://evil.example").header("x-csrf-token", &browser.csrf),
        ),
        ("nothing said", post().header("x-csrf-token", &browser.csrf)),
        (
            "a wrong token",
            post().header("sec-fetch-site", "same-origin").header("x-csrf-token", "0".repeat(64)),
        ),
    ] {
        let reply = bench.raw(request.body(body()).expect("request")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{what}: {}", reply.text);
    }
    assert!(bench.sign_in("gh001", PASSWORD).await.is_ok(), "nothing was changed");
    let login = Request::post("/v1/sessions").header("sec-fetch-site", "cross-site");
    let body = json!({ "number": "gh001", "password": PASSWORD }).to_string();
    let reply = bench.send(login.body(Body::from(body)).expect("request")).await;
    reply.is_problem(403, "forbidden");
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites_and_a_new_one_begins_each_session() {
    let bench = bench();
    bench.person("gh001", &["officer"], json!(["T10"])).await;
    let planted = "chakong=".to_owned() + &"ab".repeat(32);
    let body = json!({ "number": "gh001", "password": PASSWORD }).to_string();
    let request = Request::post("/v1/sessions").header("host", "court.example").header("cookie", &planted);
    let reply = bench.send(request.body(Body::from(body)).expect("request")).await;
    let set = reply.header("set-cookie").to_owned();
    assert!(
        set.starts_with("__Host-chakong=") && set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"),
        "{set}"
    );
    assert!(!set.contains(&"ab".repeat(32)), "a planted cookie does not become a session");
    let planted = Request::get("/v1/me").header("host", "127.0.0.1").header("cookie", planted);
    bench.send(planted.body(Body::empty()).expect("request")).await.is_problem(401, "unauthenticated");
    let both = Request::get("/v1/me")
        .header("host", "court.example")
        .header("cookie", set)
        .header("x-api-key", "wrong");
    bench.send(both.body(Body::empty()).expect("request")).await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_person_and_by_the_security_administrator() {
    let bench = bench();
    bench.person("gh001", &["officer"], json!(["T10"])).await;
    bench.person("gh002", &["officer"], json!(["T10"])).await;
    let [one, other] = [bench.sign_in("gh001", PASSWORD).await, bench.sign_in("gh001", PASSWORD).await];
    let (one, other) = (one.expect("in"), other.expect("in"));
    let stranger = bench.sign_in("gh002", PASSWORD).await.expect("in");
    let sessions = one.get("/v1/sessions").await.json();
    let all = sessions["sessions"].as_array().expect("sessions");
    assert!(all.len() >= 2 && all.iter().all(|session| session["number"] == "gh001"), "{sessions}");
    assert!(!sessions.to_string().contains(one.cookie.split('=').next_back().expect("a token")));
    one.get("/v1/sessions?all=true").await.is_problem(403, "forbidden");
    let current = |browser: Value| {
        browser["sessions"]
            .as_array()
            .expect("sessions")
            .iter()
            .find(|one| one["current"] == true)
            .expect("current")["id"]
            .as_str()
            .expect("id")
            .to_owned()
    };
    let id = current(other.get("/v1/sessions").await.json());
    stranger.call("DELETE", &format!("/v1/sessions/{id}"), &json!({})).await.is_problem(404, "not-found");
    assert_eq!(one.call("DELETE", &format!("/v1/sessions/{id}"), &json!({})).await.status, StatusCode::OK);
    other.get("/v1/me").await.is_problem(401, "unauthenticated");
    let left = one.call("DELETE", "/v1/sessions/current", &json!({})).await;
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    one.get("/v1/me").await.is_problem(401, "unauthenticated");
    let everybody = bench.get("security", "/v1/sessions?all=true").await.json();
    let all = everybody["sessions"].as_array().expect("all").iter();
    let strangers: Vec<&str> =
        all.filter(|one| one["number"] == "gh002").map(|one| one["id"].as_str().expect("id")).collect();
    assert!(!strangers.is_empty(), "{everybody}");
    for id in strangers {
        let request = Request::delete(format!("/v1/sessions/{id}")).header("x-api-key", "key-of-security");
        let ended = bench.send(request.body(Body::empty()).expect("request")).await;
        assert_eq!(ended.status, StatusCode::OK);
    }
    stranger.get("/v1/me").await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_security_administrator_keeps_persons_and_sees_no_case() {
    let bench = bench();
    let (path, _) = bench.submitted("k", &submission()).await;
    bench.get("security", &path).await.is_problem(403, "forbidden");
    let first = bench.person("gh101", &["security_administrator"], json!(null)).await;
    let again = json!({ "name": "李测试", "number": "gh101", "courts": null, "roles": ["auditor"], "reason": "入职" });
    let problem = bench.post("security", "/v1/people", &again).await.is_problem(422, "invalid");
    assert_eq!(problem["findings"][0]["pointer"], "/number");
    let named_like_a_key =
        json!({ "name": "李测试", "number": "ops", "courts": null, "roles": ["auditor"], "reason": "x" });
    bench.post("security", "/v1/people", &named_like_a_key).await.is_problem(422, "invalid");
    let mixed = json!({ "name": "李测试", "number": "gh102", "courts": null, "roles": ["auditor", "officer"], "reason": "x" });
    bench.post("security", "/v1/people", &mixed).await.is_problem(422, "invalid");
    let patch = async |id: &str, body: Value| {
        let request = Request::patch(format!("/v1/people/{id}")).header("x-api-key", "key-of-security");
        bench.send(request.body(Body::from(body.to_string())).expect("request")).await
    };
    let last = patch(&first, json!({ "active": false, "reason": "离职" })).await;
    last.is_problem(409, "not-now");
    bench.person("gh103", &["security_administrator"], json!(null)).await;
    let changed = patch(&first, json!({ "active": false, "reason": "离职" })).await.json();
    assert!(changed["disabled_at"].is_string(), "{changed}");
    assert!(bench.sign_in("gh101", PASSWORD).await.is_err());
    let reset =
        bench.post("security", &format!("/v1/people/{first}/reset"), &json!({ "reason": "忘记密码" })).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    patch("01890a5d-ac96-774b-bcce-b302099a8057", json!({ "reason": "x" }))
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn a_key_is_made_used_and_revoked_without_a_restart() {
    let bench = bench();
    let (path, _) = bench.submitted("k", &submission()).await;
    let make = json!({ "name": "case-t11", "roles": ["case_system"], "courts": ["T11"], "reason": "对接" });
    let made = bench.post("security", "/v1/keys", &make).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let get = async |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {secret}"));
        bench.send(request.body(Body::empty()).expect("request")).await
    };
    assert_eq!(get("/v1/me").await.json()["courts"], json!(["T11"]));
    get(&path).await.is_problem(404, "not-found");
    bench.post("security", "/v1/keys", &make).await.is_problem(422, "invalid");
    let list = bench.get("security", "/v1/keys").await;
    assert!(list.text.contains("case-t11") && !list.text.contains(&secret), "the secret is shown once");
    let id = made["key"]["id"].as_str().expect("id");
    let request = Request::delete(format!("/v1/keys/{id}")).header("x-api-key", "key-of-security");
    let revoke = Body::from(json!({ "reason": "停用" }).to_string());
    let revoked = bench.send(request.body(revoke).expect("request")).await.json();
    assert!(revoked["revoked_at"].is_string(), "{revoked}");
    get("/v1/me").await.is_problem(401, "unauthenticated");
    for bad in [
        json!({ "name": "ops", "roles": ["operations"], "courts": null, "reason": "x" }),
        json!({ "name": "nobody", "roles": ["case_system"], "courts": null, "reason": "x" }),
        json!({ "name": "ne\u{200b}w", "roles": ["case_system"], "courts": null, "reason": "x" }),
        json!({ "name": "new", "roles": ["officer", "approver"], "courts": null, "reason": "x" }),
        json!({ "name": "new", "roles": [], "courts": null, "reason": "x" }),
        json!({ "name": "new", "roles": ["operations", "officer"], "courts": null, "reason": "x" }),
        json!({ "name": "new", "roles": ["officer"], "courts": [], "reason": "x" }),
        json!({ "name": "new", "roles": ["officer"], "courts": null, "expires_at": "2020-01-01T00:00:00Z", "reason": "x" }),
        json!({ "name": "new", "roles": ["officer"], "courts": null, "reason": " " }),
    ] {
        bench.post("security", "/v1/keys", &bad).await.is_problem(422, "invalid");
    }
}

#[tokio::test]
async fn looks_are_on_record_with_a_reason_where_the_role_is_not_of_the_case() {
    let bench = bench();
    let (path, orders) = bench.submitted("k", &submission()).await;
    bench.answers(&orders[0], account("6200", "600.00"), "aa").await;
    bench.person("gh001", &["officer"], json!(["T10"])).await;
    let browser = bench.sign_in("gh001", PASSWORD).await.expect("in");
    assert_eq!(browser.get(&format!("{path}/assets")).await.status, StatusCode::OK);
    assert_eq!(browser.get(&format!("{path}/assets")).await.status, StatusCode::OK);
    let measures = browser.get(&format!("{path}/measures")).await.json();
    let measure = measures["measures"][0]["id"].as_str().expect("a measure");
    browser.get(&format!("/v1/measures/{measure}")).await;
    browser.get(&format!("/v1/orders/{}", orders[0])).await;
    browser.get(&format!("{path}/certificate")).await;
    browser
        .get("/v1/inquiries/01890a5d-ac96-774b-bcce-b302099a8057/assets")
        .await
        .is_problem(404, "not-found");
    let looks = bench.get("auditor", "/v1/looks?actor=gh001").await.json();
    let kinds: Vec<&str> = looks["looks"]
        .as_array()
        .expect("looks")
        .iter()
        .map(|look| look["kind"].as_str().expect("kind"))
        .collect();
    assert_eq!(kinds, ["certificate", "answer", "measures", "measures", "assets"], "newest first, each once");
    assert_eq!(looks["looks"][0]["case_number"], "（2026）晋10执123号");
    bench.get("officer", "/v1/looks").await.is_problem(403, "forbidden");
    // The auditor says why.
    let why = bench.get("auditor", &path).await.is_problem(403, "reason-wanted");
    assert!(why["detail"].as_str().expect("detail").contains("X-Reason"), "{why}");
    assert_eq!(
        bench.get("auditor", &format!("{path}?reason=%E6%8A%BD%E6%9F%A5")).await.status,
        StatusCode::OK
    );
    let request = Request::get(format!("{path}/assets"))
        .header("x-api-key", "key-of-auditor")
        .header("x-reason", "%E4%BF%A1%E8%AE%BF%E6%A0%B8%E6%9F%A5");
    assert_eq!(bench.send(request.body(Body::empty()).expect("request")).await.status, StatusCode::OK);
    let looks = bench.get("auditor", "/v1/looks?actor=auditor").await.json();
    let reasons: Vec<&str> = looks["looks"]
        .as_array()
        .expect("looks")
        .iter()
        .map(|look| look["reason"].as_str().expect("reason"))
        .collect();
    assert_eq!(reasons, ["信访核查", "抽查"]);
    bench.get("head", &path).await.is_problem(403, "reason-wanted");
    let table = bench.get("auditor", "/v1/looks.csv?actor=auditor").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        table.text.starts_with('\u{feff}')
            && table.text.lines().count() == 3
            && table.text.contains("\"抽查\""),
        "{}",
        table.text
    );
}

#[tokio::test]
async fn nobody_approves_what_they_submitted_by_key_and_by_cookie_alike() {
    let bench = bench();
    let id = bench.person("gh001", &["officer", "approver"], json!(["T10"])).await;
    let browser = bench.sign_in("gh001", PASSWORD).await.expect("in");
    let factor = browser.call("POST", "/v1/me/totp", &json!({})).await.json();
    let secret =
        totp_rs::Secret::try_from_base32(factor["secret"].as_str().expect("a secret")).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a second factor");
    let now = u64::try_from(bench.gateway.clock.now().as_second()).expect("positive");
    let proof = json!({ "code": totp.generate(now).to_string() });
    assert_eq!(browser.call("PUT", "/v1/me/totp", &proof).await.json(), json!({ "pending": null }));
    let make = json!({ "name": "own", "person": id, "roles": ["officer", "approver"], "courts": null, "reason": "脚本" });
    let made = bench.post("security", "/v1/keys", &make).await.json();
    let secret = made["secret"].as_str().expect("a secret");
    let request = Request::post("/v1/inquiries").header("x-api-key", secret).header("idempotency-key", "k");
    let reply = bench.send(request.body(Body::from(submission().to_string())).expect("request")).await;
    let path = reply.header("location").to_owned();
    assert_eq!(reply.json()["submitted_by"], "gh001", "the person, not the key");
    let orders = bench.get("case", &format!("{path}/orders")).await.json();
    bench
        .answers(orders["orders"][0]["number"].as_str().expect("number"), account("6200", "600.00"), "aa")
        .await;
    let ledger = bench.get("case", &format!("{path}/measures")).await.json();
    let approve = format!("/v1/measures/{}/approve", ledger["measures"][0]["id"].as_str().expect("id"));
    let blind =
        browser.call("POST", &approve, &json!({ "reason": "我来批" })).await.is_problem(422, "invalid");
    assert_eq!(blind["findings"][0]["pointer"], "/seen", "a person says what they looked at: {blind}");
    let measure = &ledger["measures"][0];
    let seen = json!({
        "state": measure["state"], "limit": measure["limit"], "exemption": measure["exemption"]["level"],
    });
    let reply = browser.call("POST", &approve, &json!({ "reason": "我来批", "seen": seen })).await;
    reply.is_problem(403, "forbidden");
    assert!(reply.text.contains("submitted") || reply.text.contains("提交"), "{}", reply.text);
}

#[tokio::test]
async fn the_security_administrator_of_a_court_keeps_its_persons_and_keys_and_no_others() {
    let bench = Bench::with(|gateway| {
        let own = key("security-of-t10", Role::SecurityAdministrator, Courts::one("T10"));
        gateway.keys.extend([key("security", Role::SecurityAdministrator, Courts::All), own]);
    });
    let who = "security-of-t10";
    let own = bench.person("gh010", &["officer"], json!(["T10"])).await;
    let others = [
        bench.person("gh011", &["officer"], json!(["T11"])).await,
        bench.person("gh012", &["supervisor"], json!(["T10", "T11"])).await,
        bench.person("gh013", &["supervisor"], Value::Null).await,
        bench.person("gh014", &["operations"], json!(["T10"])).await,
    ];
    let keys = async |list: &str, at: &str| -> Vec<String> {
        let listed = bench.get(who, list).await.json();
        let all = listed[at].as_array().unwrap_or_else(|| panic!("{list}: {listed}")).iter();
        all.map(|one| one["number"].as_str().or(one["name"].as_str()).expect("a name").to_owned()).collect()
    };
    assert_eq!(keys("/v1/people", "people").await, ["gh010"]);
    assert_eq!(bench.get(who, &format!("/v1/people/{own}")).await.status, StatusCode::OK);
    let reason = json!({ "reason": "调整" });
    for person in &others {
        let at = format!("/v1/people/{person}");
        bench.get(who, &at).await.is_problem(404, "not-found");
        let change = json!({ "phone": "0357-1", "reason": "调整" });
        bench.call_json(who, "PATCH", &at, &change).await.is_problem(404, "not-found");
        bench.post(who, &format!("{at}/reset"), &reason).await.is_problem(404, "not-found");
        let key =
            json!({ "name": "k", "person": person, "roles": ["officer"], "courts": null, "reason": "x" });
        bench.post(who, "/v1/keys", &key).await.is_problem(404, "not-found");
    }
    let new = |courts: Value, roles: Value| json!({ "name": "张测试", "number": "gh020", "courts": courts, "roles": roles, "reason": "入职" });
    for (courts, roles, pointer) in [
        (json!(["T11"]), json!(["officer"]), "/courts"),
        (json!(["T10", "T11"]), json!(["officer"]), "/courts"),
        (Value::Null, json!(["officer"]), "/courts"),
        (json!(["T10"]), json!(["operations"]), "/roles"),
    ] {
        let refused = bench.post(who, "/v1/people", &new(courts.clone(), roles.clone())).await;
        assert_eq!(refused.is_problem(422, "invalid")["findings"][0]["pointer"], pointer);
        let key = json!({ "name": "mine", "roles": roles, "courts": courts, "reason": "接入" });
        let refused = bench.post(who, "/v1/keys", &key).await;
        assert_eq!(refused.is_problem(422, "invalid")["findings"][0]["pointer"], pointer);
        let mut change = json!({ "reason": "调整", "roles": roles });
        change["courts"] = if courts.is_null() { json!(["*"]) } else { courts };
        let refused = bench.call_json(who, "PATCH", &format!("/v1/people/{own}"), &change).await;
        assert_eq!(refused.is_problem(422, "invalid")["findings"][0]["pointer"], pointer);
    }
    let system = |name: &str, courts: Value| json!({ "name": name, "roles": ["case_system"], "courts": courts, "reason": "接入" });
    let elsewhere = bench.post("security", "/v1/keys", &system("theirs", json!(["T11"]))).await.json();
    let made = bench.post(who, "/v1/keys", &system("ours", json!(["T10"]))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(keys("/v1/keys", "keys").await, ["ours"]);
    let of = |made: &Value| format!("/v1/keys/{}", made["key"]["id"].as_str().expect("id"));
    bench.call_json(who, "DELETE", &of(&elsewhere), &reason).await.is_problem(404, "not-found");
    assert_eq!(bench.call_json(who, "DELETE", &of(&made.json()), &reason).await.status, StatusCode::OK);
    let (ours, theirs) = (bench.sign_in("gh010", PASSWORD).await, bench.sign_in("gh011", PASSWORD).await);
    let (ours, theirs) = (ours.expect("in"), theirs.expect("in"));
    let mine = keys("/v1/sessions?all=true", "sessions").await;
    assert!(mine.iter().all(|number| number == "gh010") && !mine.is_empty(), "{mine:?}");
    let all = bench.get("security", "/v1/sessions?all=true").await.json();
    for session in all["sessions"].as_array().expect("sessions") {
        let path = format!("/v1/sessions/{}", session["id"].as_str().expect("id"));
        let ended = bench.call_json(who, "DELETE", &path, &Value::Null).await;
        match session["number"] == "gh010" {
            true => assert_eq!(ended.status, StatusCode::OK, "{}", ended.text),
            false => drop(ended.is_problem(404, "not-found")),
        }
    }
    assert_eq!(theirs.get("/v1/me").await.status, StatusCode::OK, "it goes on");
    ours.get("/v1/me").await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_list_of_no_case_counts_row_by_row_and_the_auditor_of_the_court_sees_it() {
    let bench = Bench::with(|gateway| {
        gateway.keys.push(key("security", Role::SecurityAdministrator, Courts::All));
        let auditors =
            ["T10", "T11"].map(|court| key(&format!("auditor-{court}"), Role::Auditor, Courts::one(court)));
        gateway.keys.extend(auditors);
    });
    for nth in 0..21 {
        let mut body = submission();
        body["case"]["number"] = json!(format!("(2026)晋10执{}号", 500 + nth));
        let (_, orders) = bench.submitted(&format!("k{nth}"), &body).await;
        bench.answers(&orders[0], account(&format!("62{nth:04}"), "10.00"), "aa").await;
    }
    bench.person("gh001", &["officer"], json!(["T10"])).await;
    bench.person("gh002", &["officer"], json!(["T11"])).await;
    let browser = bench.sign_in("gh001", PASSWORD).await.expect("in");
    for path in ["/v1/tasks", "/v1/desk", "/v1/measures?limit=19"] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    let seen = async |who: &str| {
        let looks = bench.get(who, "/v1/looks?actor=gh001").await.json();
        let all = looks["looks"].as_array().expect("looks").iter();
        all.map(|look| (look["kind"].clone(), look["shown"].clone())).collect::<Vec<_>>()
    };
    let expected =
        [("measures", 19), ("desk", 1), ("tasks", 1)].map(|(kind, shown)| (json!(kind), json!(shown)));
    assert_eq!(seen("auditor-T10").await, expected);
    assert!(seen("auditor-T11").await.is_empty(), "of another court");
    let told = bench.get("auditor-T10", "/v1/acts?act=mass_looks").await.json();
    assert_eq!(told["acts"][0]["actor"], "gh001", "21 records: {told}");
    assert_eq!(bench.get("auditor-T11", "/v1/acts?act=mass_looks").await.json()["acts"], json!([]));
    let alarms = bench.get("auditor-T10", "/v1/looks/alarms").await.json();
    assert_eq!((&alarms["alarms"][0]["kind"], &alarms["alarms"][0]["count"]), (&json!("mass"), &json!(21)));
    assert_eq!(bench.get("auditor-T11", "/v1/looks/alarms").await.json()["alarms"], json!([]));
    let of_nobody = bench.sign_in("gh002", PASSWORD).await.expect("in");
    assert_eq!(of_nobody.get("/v1/measures").await.json()["measures"], json!([]));
    assert_eq!(bench.get("auditor-T11", "/v1/looks?actor=gh002").await.json()["looks"][0]["shown"], 0);
}

#[tokio::test]
async fn one_person_looked_at_in_many_cases_and_searches_stands_out_and_a_search_counts_though_it_finds_nobody()
 {
    let bench = bench();
    let mut cases = Vec::new();
    for nth in 0..3 {
        let mut body = submission();
        body["case"]["number"] = json!(format!("(2026)晋10执{}号", 700 + nth));
        let (path, _) = bench.submitted(&format!("k{nth}"), &body).await;
        cases.push(path);
    }
    bench.person("gh001", &["officer"], json!(["T10"])).await;
    let browser = bench.sign_in("gh001", PASSWORD).await.expect("in");
    for path in &cases {
        for part in ["", "/assets", "/measures"] {
            assert_eq!(browser.get(&format!("{path}{part}")).await.status, StatusCode::OK);
        }
    }
    let alarms = async || bench.get("auditor", "/v1/looks/alarms").await.json()["alarms"].clone();
    assert_eq!(alarms().await, json!([]), "three cases, however often");
    // By number, in two spellings: the same person.
    for number in ["110101190001010014", "１１０101190001010014"] {
        let found = browser.call("POST", "/v1/cases/search", &json!({ "party": number })).await.json();
        assert_eq!(found["cases"].as_array().map(Vec::len), Some(3), "{found}");
    }
    let told = alarms().await;
    assert_eq!((&told[0]["kind"], &told[0]["count"]), (&json!("repeated_person"), &json!(5)), "{told}");
    let table = bench.get("auditor", "/v1/looks/alarms.csv").await;
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"alarms.csv\"");
    assert!(table.text.contains("\"repeated_person\",\"gh001\",\"5\""), "{}", table.text);
    // Whoever probes for names learns something from nothing.
    for nth in 0..4 {
        let whom = json!({ "party": format!("nobody{nth}") });
        let found = browser.call("POST", "/v1/cases/search", &whom).await.json();
        assert_eq!(found["cases"], json!([]));
    }
    let looks = bench.get("auditor", "/v1/looks?actor=gh001&kind=case").await.json();
    let shown: Vec<&Value> =
        looks["looks"].as_array().expect("looks").iter().map(|look| &look["shown"]).collect();
    assert_eq!(shown[..4], [1, 1, 1, 1], "{looks}");
    assert!(
        !looks.to_string().contains("nobody") && !looks.to_string().contains("110101190001010014"),
        "{looks}"
    );
    let table = bench.get("auditor", "/v1/looks.csv?actor=gh001").await.text;
    assert!(table.lines().all(|line| line.matches(',').count() == 10), "each has its row: {table}");
}

/// An invented certificate, made by OpenSSL.
const PEM: &str = "-----BEGIN CERTIFICATE-----\n\
     MIIBvzCCAWWgAwIBAgIUZup+P7jYCc0yN8QpLuKHsjRSEpowCgYIKoZIzj0EAwIw\n\
     NDELMAkGA1UEBhMCQ04xFTATBgNVBAoMDOa1i+ivleazlemZojEOMAwGA1UEAwwF\n\
     Z2gwMDEwIBcNMjYxMTMwMTc1NDA3WhgPMjEyNjExMDYxNzU0MDdaMDQxCzAJBgNV\n\
     BAYTAkNOMRUwEwYDVQQKDAzmtYvor5Xms5XpmaIxDjAMBgNVBAMMBWdoMDAxMFkw\n\
     EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaSNdGLeqZkIzQGlaGedMgakLvLzgZDUR\n\
     vou2wGxG+1bx63ducFKMLUT38Ue4Fa3BhFcRIzpzX1flrovTCB17vKNTMFEwHQYD\n\
     VR0OBBYEFAJhKgVx09gyBv8leY1prMJ5FhrSMB8GA1UdIwQYMBaAFAJhKgVx09gy\n\
     Bv8leY1prMJ5FhrSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh\n\
     AKaHohFb3PNVdDKRWaWNINYUANHsT8xAuMnEST+qk8qCAiAnHGz94SNABbxNyO8e\n\
     gdVFUfwuPubmBs9H+u3gn7qP+Q==\n\
     -----END CERTIFICATE-----\n\
     ";

#[tokio::test]
async fn a_certificate_to_sign_in_by_is_bound_shown_and_revoked_by_the_security_administrator() {
    let bench = bench();
    let id = bench.person("gh001", &["officer"], json!(["T10"])).await;
    let other = bench.person("gh002", &["officer"], json!(["T10"])).await;
    let at = |id: &str| format!("/v1/people/{id}/sign-in-certificates");
    let bind = |pem: &str| json!({ "certificate": pem, "reason": "配发" });
    for wrong in [bind("no certificate"), bind(""), json!({ "certificate": PEM, "reason": " " })] {
        bench.post("security", &at(&id), &wrong).await.is_problem(422, "invalid");
    }
    let bound = bench.post("security", &at(&id), &bind(PEM)).await;
    assert_eq!(bound.status, StatusCode::CREATED, "{}", bound.text);
    let bound = bound.json();
    let certificate = &bound["sign_in_certificates"][0];
    assert!(certificate["subject"].as_str().is_some_and(|subject| subject.contains("CN=gh001")), "{bound}");
    assert_eq!((&certificate["bound_by"], &certificate["revoked"]), (&json!("security"), &Value::Null));
    let fingerprint = certificate["fingerprint"].as_str().expect("a fingerprint").to_owned();
    for id in [&id, &other] {
        let again = bench.post("security", &at(id), &bind(PEM)).await;
        again.is_problem(422, "invalid");
    }
    let revoke = async |id: &str, fingerprint: &str| {
        let request =
            Request::delete(format!("{}/{fingerprint}", at(id))).header("x-api-key", "key-of-security");
        let body = Body::from(json!({ "reason": "遗失" }).to_string());
        bench.send(request.body(body).expect("request")).await
    };
    revoke(&other, &fingerprint).await.is_problem(404, "not-found");
    let revoked = revoke(&id, &fingerprint).await.json();
    assert!(revoked["sign_in_certificates"][0]["revoked"].is_string(), "{revoked}");
    revoke(&id, &fingerprint).await.is_problem(404, "not-found");
    let acts = bench.get("case", "/v1/acts?act=bind_certificate").await.json();
    assert_eq!(acts["acts"].as_array().map(Vec::len), Some(1), "{acts}");
}

#[tokio::test]
async fn what_runs_out_is_listed_and_a_person_may_have_no_password() {
    let bench = bench();
    // The clock stands at 2026-01-05 in Shanghai.
    let certificate =
        json!({ "kind": "enforcement", "number": "测执0000001", "from": null, "until": "2026-01-20" });
    let body = json!({
        "name": "张测试", "number": "gh001", "courts": ["T10"], "roles": ["officer"], "reason": "入职",
        "certificates": [certificate], "without_password": true,
    });
    let added = bench.post("security", "/v1/people", &body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let added = added.json();
    assert_eq!((&added["initial_password"], &added["person"]["pending"]), (&Value::Null, &Value::Null));
    assert_eq!(added["person"]["has_password"], false);
    assert!(bench.sign_in("gh001", "").await.is_err(), "no password is no empty password");
    let key = json!({
        "name": "integration", "roles": ["case_system"], "courts": null, "consumer": "courts",
        "expires_at": "2026-01-10T00:00:00Z", "reason": "对接",
    });
    let made = bench.post("security", "/v1/keys", &key).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json()["key"]["consumer"], "courts");
    let listed = bench.get("security", "/v1/people/expiring").await.json();
    let of = |at: usize, name: &str| listed["expiring"][at][name].clone();
    assert_eq!((of(0, "kind"), of(0, "days"), of(0, "person")), (json!("key"), json!(5), Value::Null));
    assert_eq!((of(1, "kind"), of(1, "number")), (json!("enforcement_certificate"), json!("gh001")));
    assert_eq!((of(1, "until"), of(1, "days")), (json!("2026-01-20"), json!(15)), "{listed}");
    bench.get("case", "/v1/people/expiring").await.is_problem(403, "forbidden");
}
