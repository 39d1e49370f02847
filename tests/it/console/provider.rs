//! Signing in by the court's identity provider, against one that is written for the tests.

use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};

use super::guest::{Page, SESSION};
use super::identity_provider::{CLIENT, IdentityProvider, Wrong};
use super::{Guest, NO_CODES, PASSWORD, add_people, code, everybody};
use crate::daemon::{KEY, Setup};

/// The cookie that goes with a browser to the provider and back.
const RETURNING: &str = "chakong-returning";

/// A daemon that knows everybody and the provider of an issuer; `sign_in` are lines of `[sign_in]`.
async fn started(issuer: &str, sign_in: &str, more: &str) -> Setup {
    let mut setup = Setup::new(&[], None, sign_in);
    let secret = setup.folder.path().join("client-secret");
    std::fs::write(&secret, CLIENT.1).expect("a secret");
    let provider = format!(
        "[sign_in.provider]\nissuer = \"{issuer}\"\nclient_id = \"{}\"\nclient_secret = {{ file = \"client-secret\" }}\n\
         console_url = \"http://127.0.0.1:{}\"\nbutton_zh = \"法院统一登录\"\n{more}",
        CLIENT.0, setup.port
    );
    let config = std::fs::read_to_string(setup.config()).expect("a configuration");
    std::fs::write(setup.config(), format!("{config}{provider}")).expect("a configuration");
    add_people(&setup, everybody()).await;
    setup.start_daemon().await;
    setup
}

/// Somebody at a browser who comes from an address of their own, so that what others guess does not slow them down.
struct Browser {
    guest: Guest,
    from: String,
}

impl Browser {
    fn new(setup: &Setup, nth: usize) -> Self {
        Self { guest: Guest::new(setup.port), from: format!("192.0.2.{nth}") }
    }

    async fn get(&mut self, path: &str) -> Page {
        let request = self.guest.request(Method::GET, path).header("x-forwarded-for", &self.from);
        self.guest.send(request).await
    }

    /// Goes to the provider; gives its address.
    async fn leaves(&mut self, next: &str) -> String {
        let sent = self.get(&format!("/console/sign-in/provider?next={next}")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let cookie = sent.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let cookie = cookie.filter(|line| line.starts_with(RETURNING)).collect::<Vec<_>>().join("");
        assert!(cookie.contains("SameSite=Lax; Max-Age=600") && cookie.contains("HttpOnly"), "{cookie}");
        sent.location().to_owned()
    }

    /// Comes back from the provider.
    async fn returns(&mut self, back: &Url) -> Page {
        self.get(&format!("{}?{}", back.path(), back.query().unwrap_or_default())).await
    }

    /// The whole way.
    async fn signs_in(&mut self, provider: &IdentityProvider, next: &str) -> Page {
        let address = self.leaves(next).await;
        self.returns(&provider.authorize(&address)).await
    }

    async fn sends_code(&mut self, page: &Page, code: &str) -> Page {
        let fields = [("mark", page.field("mark")), ("code", code.to_owned())];
        let request = self.guest.form("/console/sign-in/provider/code", &fields);
        self.guest.send(request.header("x-forwarded-for", &self.from)).await
    }
}

/// The refusals in the audit, the newest first.
async fn refusals(setup: &Setup) -> Vec<Value> {
    let url = format!("http://127.0.0.1:{}/v1/acts?act=sign_in&limit=100", setup.port);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let acts: Value =
        client.get(url).bearer_auth(KEY).send().await.expect("an answer").json().await.expect("JSON");
    let acts = acts["acts"].as_array().expect("acts").iter();
    acts.filter(|act| !act["refused"].is_null()).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_the_provider_names_is_signed_in_and_signs_out_there_too() {
    let provider = IdentityProvider::start().await;
    let setup = started(&provider.issuer, NO_CODES, "").await;
    for (nth, by_rsa) in [(1, false), (2, true)] {
        provider.set(|settings| settings.by_rsa = by_rsa);
        let mut browser = Browser::new(&setup, nth);
        let form = browser.get("/console/sign-in?next=%2Fconsole%2Fcases").await;
        assert!(form.text.contains("法院统一登录"), "{}", form.text);
        assert!(form.text.contains("/console/sign-in/provider?next=%2Fconsole%2Fcases"), "{}", form.text);
        let entered = browser.signs_in(&provider, "%2Fconsole%2Fcases").await;
        assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
        assert!(entered.text.contains("content=\"0;url=/console/cases\""), "{}", entered.text);
        assert_eq!(browser.guest.cookies[RETURNING], "", "it is taken away");
        assert_eq!(browser.get("/console/cases").await.status, StatusCode::OK);
        let me = browser.get("/console/me").await;
        assert!(me.text.contains("officer"), "{}", me.text);
        let session = browser.guest.cookies[SESSION].clone();
        let left = browser.guest.act("/console/sign-out", &[]).await;
        let logout = format!("content=\"0;url={}/logout?client_id=chakong&amp;post_logout", provider.issuer);
        let logout = [logout.clone(), logout.replace("&amp;", "&#38;")];
        assert!(logout.iter().any(|logout| left.text.contains(logout)), "{}", left.text);
        browser.guest.cookies.insert(SESSION.to_owned(), session);
        assert_eq!(browser.get("/console/cases").await.status, StatusCode::SEE_OTHER, "the session is over");
    }
    assert_eq!(refusals(&setup).await, Vec::<Value>::new());
    // By a password one still signs in, and signs out here alone.
    let mut guest = Guest::signed_in(setup.port, "officer").await;
    guest.get("/console/me").await;
    assert_eq!(guest.act("/console/sign-out", &[]).await.location(), "/console/sign-in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_staff_number_may_stand_beside_the_token_and_be_a_number() {
    let provider = IdentityProvider::start().await;
    provider.set(|settings| settings.in_user_info = true);
    let setup = started(&provider.issuer, NO_CODES, "").await;
    let entered = Browser::new(&setup, 1).signs_in(&provider, "").await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_wrong_with_the_token_nobody_is_in_and_the_page_and_the_audit_say_why() {
    let provider = IdentityProvider::start().await;
    let setup = started(&provider.issuer, NO_CODES, "").await;
    let cases = [
        (Wrong::Nonce, "登录凭据属于另一次登录"),
        (Wrong::NoNonce, "登录凭据属于另一次登录"),
        (Wrong::Issuer, "登录凭据来自其他认证系统"),
        (Wrong::Audience, "登录凭据不是发给本系统的"),
        (Wrong::AnothersAudience, "登录凭据不是发给本系统的"),
        (Wrong::Expired, "登录凭据已过期或尚未生效"),
        (Wrong::FromTomorrow, "登录凭据已过期或尚未生效"),
        (Wrong::Signature, "登录凭据的签名无效"),
        (Wrong::OtherKeyOfTheSameName, "登录凭据的签名无效"),
        (Wrong::AlgorithmNone, "登录凭据的签名方式不被接受"),
        (Wrong::SharedSecret, "登录凭据的签名方式不被接受"),
        (Wrong::UnknownKey, "登录凭据的签名密钥未知"),
        (Wrong::NoClaim, "统一身份认证未提供工号（preferred_username）"),
        (Wrong::NoIdToken, "应答无法识别（id_token）"),
        (Wrong::NoJson, "应答无法识别（id_token）"),
        (Wrong::Fails, "统一身份认证暂时无法访问"),
    ];
    for (nth, (wrong, words)) in cases.into_iter().enumerate() {
        provider.set(|settings| settings.wrong = wrong);
        let mut browser = Browser::new(&setup, nth);
        let refused = browser.signs_in(&provider, "").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}: {}", refused.text);
        assert!(refused.text.contains(words), "{wrong:?}: {}", refused.text);
        assert!(!browser.guest.is_signed_in(), "{wrong:?}");
        let told = refusals(&setup).await.remove(0);
        let said = told["refused"].as_str().unwrap_or_default();
        assert!(said.contains(words) && said.contains(' '), "{wrong:?}: {told}");
        assert_eq!((&told["detail"]["method"], &told["actor"]), (&json!("provider"), &json!("nobody")));
        let english = browser.get("/console/sign-in?lang=en").await;
        assert!(english.text.contains("Sign in with the court"), "{}", english.text);
    }
    provider.set(|settings| settings.wrong = Wrong::Nothing);
    let entered = Browser::new(&setup, 99).signs_in(&provider, "").await;
    assert_eq!(entered.status, StatusCode::OK, "nobody else suffers: {}", entered.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_counts_once_in_the_browser_that_began_and_leads_to_no_other_site() {
    let provider = IdentityProvider::start().await;
    let setup = started(&provider.issuer, NO_CODES, "").await;
    let mut victim = Browser::new(&setup, 1);
    let mut attacker = Browser::new(&setup, 2);
    let theirs = provider.authorize(&attacker.leaves("").await);
    // A browser that began nothing.
    let lost = victim.returns(&theirs).await;
    assert!(lost.text.contains("不是由本浏览器发起的") && !victim.guest.is_signed_in(), "{}", lost.text);
    // A browser that began another sign-in: nobody signs it in as themselves.
    let address = victim.leaves("").await;
    let swapped = victim.returns(&theirs).await;
    assert!(swapped.text.contains("与本浏览器发起的登录不符") && !victim.guest.is_signed_in());
    // The provider refused, and says why in its own words, which are no markup.
    let mut again = Browser::new(&setup, 3);
    let state = Url::parse(&again.leaves("").await).expect("an address");
    let state = state.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let declined = format!("/console/sign-in/provider/return?error=access_denied%3Cb%3E&state={state}");
    let declined = again.get(&declined).await;
    assert!(declined.text.contains("未同意登录（access_deniedb）"), "{}", declined.text);
    // A code that nobody gave out.
    let mut guesses = Browser::new(&setup, 4);
    let mut back = provider.authorize(&guesses.leaves("").await);
    let state = back.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    back.query_pairs_mut().clear().append_pair("code", "guessed").append_pair("state", &state);
    assert!(guesses.returns(&back).await.text.contains("不认可本次登录"));
    // What signed in once signs in no second time, whatever the browser still has.
    let mut once = Browser::new(&setup, 5);
    let back = provider.authorize(&once.leaves("").await);
    let kept = once.guest.cookies[RETURNING].clone();
    assert_eq!(once.returns(&back).await.status, StatusCode::OK);
    once.guest.cookies.remove(SESSION);
    once.guest.cookies.insert(RETURNING.to_owned(), kept.clone());
    let replayed = once.returns(&back).await;
    assert!(replayed.text.contains("本次登录已使用过") && !once.guest.is_signed_in(), "{}", replayed.text);
    // A cookie that somebody changed is none.
    let mut forged = Browser::new(&setup, 6);
    let back = provider.authorize(&forged.leaves("").await);
    let changed: String = forged.guest.cookies[RETURNING].chars().rev().collect();
    forged.guest.cookies.insert(RETURNING.to_owned(), changed);
    assert!(forged.returns(&back).await.text.contains("不是由本浏览器发起的"));
    for away in ["https%3A%2F%2Fbank.example%2F", "%2F%2Fbank.example", "%2Fconsole%2Fsign-out"] {
        let mut browser = Browser::new(&setup, 7);
        let entered = browser.signs_in(&provider, away).await;
        assert!(entered.text.contains("content=\"0;url=/console\""), "{away}: {}", entered.text);
    }
    assert!(address.starts_with(&provider.issuer));
    let said = format!("{:?}", refusals(&setup).await);
    for once in ["不是由本浏览器发起的", "登录不符", "未同意登录", "不认可", "已使用过"]
    {
        assert!(said.contains(once), "{once}: {said}");
    }
    let log = setup.log();
    assert!(!log.contains(CLIENT.1) && !log.contains("officer") && !log.contains(&kept), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_unknown_disabled_or_locked_here_is_told_so() {
    let provider = IdentityProvider::start().await;
    let setup = started(&provider.issuer, NO_CODES, "").await;
    provider.set(|settings| settings.number = "nobody-here".into());
    let unknown = Browser::new(&setup, 1).signs_in(&provider, "").await;
    assert!(unknown.text.contains("本系统没有您的账号"), "{}", unknown.text);
    assert_eq!(refusals(&setup).await[0]["subject"], "nobody-here");
    let mut security = Guest::signed_in(setup.port, "security").await;
    let list = security.get("/console/people?q=officer").await;
    let person = list.first_link("/console/people/", "\">officer");
    security.get(&person).await;
    let disabled = security.act(&format!("{person}/disable"), &[("reason", "离职")]).await;
    assert_eq!(disabled.status, StatusCode::SEE_OTHER, "{}", disabled.text);
    provider.set(|settings| settings.number = "officer".into());
    let told = Browser::new(&setup, 2).signs_in(&provider, "").await;
    assert!(told.text.contains("您的账号已停用"), "{}", told.text);
    assert!(refusals(&setup).await[0]["refused"].as_str().is_some_and(|said| said.contains("已停用")));
    // Somebody else guesses at the password of the approver.
    let mut guesser = Guest::new(setup.port);
    let mut form = guesser.get("/console/sign-in").await;
    for _ in 0..5 {
        form = guesser.signs_in(&form, "approver", "wrong").await;
    }
    provider.set(|settings| settings.number = "approver".into());
    let told = Browser::new(&setup, 3).signs_in(&provider, "").await;
    assert!(told.text.contains("您的账号已锁定"), "{}", told.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_factor_is_asked_for_where_the_provider_vouches_for_none() {
    let provider = IdentityProvider::start().await;
    provider.set(|settings| settings.number = "approver".into());
    let setup = started(&provider.issuer, "[sign_in]\nsecond_factor = [\"approver\"]\n", "").await;
    // None is set up yet: that comes first.
    let mut browser = Browser::new(&setup, 1);
    assert_eq!(browser.signs_in(&provider, "").await.status, StatusCode::OK);
    assert_eq!(browser.get("/console/approvals").await.location(), "/console/me/factor");
    browser.get("/console/me/factor").await;
    let begun = browser.guest.act("/console/me/factor", &[]).await;
    let (secret, address) = (begun.field("secret"), begun.field("address"));
    let fields = [("secret", secret.as_str()), ("address", &address), ("code", &code(&secret, 0))];
    assert_eq!(browser.guest.act("/console/me/factor/proof", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/console/approvals").await.status, StatusCode::OK);
    // From now on it is asked for.
    let mut browser = Browser::new(&setup, 2);
    let asked = browser.signs_in(&provider, "%2Fconsole%2Fapprovals").await;
    assert!(asked.text.contains("请输入动态口令") && !browser.guest.is_signed_in(), "{}", asked.text);
    assert_eq!(browser.get("/console/approvals").await.status, StatusCode::SEE_OTHER);
    let wrong = browser.sends_code(&asked, "000000").await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && !browser.guest.is_signed_in());
    let kept = browser.guest.cookies[RETURNING].clone();
    let entered = browser.sends_code(&wrong, &code(&secret, 1)).await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
    assert!(entered.text.contains("0;url=/console/approvals"), "{}", entered.text);
    assert_eq!(browser.get("/console/approvals").await.status, StatusCode::OK);
    // The same sign-in begins no second session, not even with another code.
    browser.guest.cookies.remove(SESSION);
    browser.guest.cookies.insert(RETURNING.to_owned(), kept);
    browser.sends_code(&wrong, &code(&secret, 1)).await;
    assert!(!browser.guest.is_signed_in());
    // A code without a sign-in at the provider is nothing.
    let mut stranger = Browser::new(&setup, 3);
    let lost = stranger.sends_code(&wrong, &code(&secret, 1)).await;
    assert!(lost.text.contains("不是由本浏览器发起的"), "{}", lost.text);
    // Where the provider says that it asked for one, no code is wanted.
    provider.set(|settings| settings.more = json!({ "amr": ["pwd", "mfa"] }));
    let mut browser = Browser::new(&setup, 4);
    assert!(browser.signs_in(&provider, "").await.text.contains("0;url=/console"));
    assert_eq!(browser.get("/console/approvals").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_stops_no_start_and_the_password_still_works() {
    let port = crate::world::reserved_port();
    let setup = started(&format!("http://127.0.0.1:{port}"), NO_CODES, "timeout = \"2s\"\n").await;
    let mut browser = Browser::new(&setup, 1);
    let told = browser.get("/console/sign-in/provider").await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told.text.contains("统一身份认证暂时无法访问") && told.text.contains("以密码登录"),
        "{}",
        told.text
    );
    let entered = browser.guest.signs_in(&told, "officer", PASSWORD).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_provider_there_is_no_such_way_in() {
    let setup = super::with_banks(&[], &[]).await;
    let mut guest = Guest::new(setup.port);
    assert!(!guest.get("/console/sign-in").await.text.contains("/console/sign-in/provider"));
    for path in ["/console/sign-in/provider", "/console/sign-in/provider/return?code=a&state=b"] {
        assert_eq!(guest.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let fields = [("mark", String::new())];
    assert_eq!(guest.post("/console/sign-in/certificate", &fields).await.status, StatusCode::NOT_FOUND);
}
