//! An identity provider that is written for the tests, from the standard alone (OpenID Connect Core 1.0, RFC 7636): it signs by keys of
//! its own, and does what a test wants it to do wrong.

use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

/// The name of the gateway at the provider, and its secret.
pub const CLIENT: (&str, &str) = ("chakong", "an-invented-secret-of-the-client");

/// What the provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    Nothing,
    Nonce,
    NoNonce,
    Issuer,
    Audience,
    AnothersAudience,
    Expired,
    FromTomorrow,
    Signature,
    AlgorithmNone,
    SharedSecret,
    UnknownKey,
    OtherKeyOfTheSameName,
    NoClaim,
    NoIdToken,
    NoJson,
    Fails,
}

/// What the provider knows.
pub struct Known {
    issuer: String,
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
    modulus: Vec<u8>,
    codes: Mutex<HashMap<String, (String, String, String)>>,
    settings: Mutex<Settings>,
}

/// How it answers now.
#[derive(Debug, Clone)]
pub struct Settings {
    pub wrong: Wrong,
    /// The staff number that it says.
    pub number: Value,
    /// Claims beside the usual ones.
    pub more: Value,
    /// Signs by RSA rather than by an elliptic curve.
    pub by_rsa: bool,
    /// Says the staff number about the user alone, not in the ID token.
    pub in_user_info: bool,
}

pub struct IdentityProvider {
    pub issuer: String,
    known: Arc<Known>,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn ec() -> EcdsaKeyPair {
    let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let key = EcdsaKeyPair::generate_pkcs8(kind, &SystemRandom::new()).expect("a key");
    EcdsaKeyPair::from_pkcs8(kind, key.as_ref()).expect("a key")
}

/// A key that OpenSSL makes, which says its modulus too.
fn rsa() -> (RsaKeyPair, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &str| {
        let output = Command::new("openssl").current_dir(folder.path()).args(arguments.split(' ')).output();
        let output = output.expect("openssl is there");
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER -out made.der");
    // Versions differ in what they make; this is PKCS #8.
    run("pkcs8 -topk8 -nocrypt -inform DER -in made.der -outform DER -out key.der");
    let said = String::from_utf8(run("rsa -inform DER -in key.der -noout -modulus")).expect("text");
    let modulus = hex::decode(said.trim().strip_prefix("Modulus=").expect("a modulus")).expect("digits");
    let key = std::fs::read(folder.path().join("key.der")).expect("a key");
    (RsaKeyPair::from_pkcs8(&key).expect("a key"), modulus)
}

impl Known {
    fn settings(&self) -> Settings {
        self.settings.lock().expect("nobody panicked").clone()
    }

    fn jwks(&self) -> Value {
        let point = self.ec.public_key().as_ref();
        let (x, y) = (encoded(&point[1..33]), encoded(&point[33..65]));
        json!({ "keys": [
            { "kty": "oct", "kid": "shared", "k": encoded(CLIENT.1), "alg": "HS256" },
            { "kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "alg": "ES256", "x": x, "y": y },
            { "kty": "RSA", "kid": "rsa", "use": "sig", "n": encoded(&self.modulus), "e": "AQAB" },
            { "kty": "unheard-of", "kid": "new" },
        ] })
    }

    fn token(&self, nonce: &str) -> String {
        let settings = self.settings();
        let now = jiff::Timestamp::now().as_second();
        let mut claims = json!({
            "iss": self.issuer, "sub": "subject-1", "aud": CLIENT.0, "exp": now + 300, "iat": now, "nonce": nonce,
        });
        if !settings.in_user_info {
            claims["preferred_username"] = settings.number.clone();
        }
        for (name, value) in settings.more.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        match settings.wrong {
            Wrong::Nonce => claims["nonce"] = "another".into(),
            Wrong::NoNonce => drop(claims.as_object_mut().expect("an object").remove("nonce")),
            Wrong::Issuer => claims["iss"] = "https://id.bank.example".into(),
            Wrong::Audience => claims["aud"] = "another-client".into(),
            Wrong::AnothersAudience => {
                claims["aud"] = json!([CLIENT.0, "another-client"]);
                claims["azp"] = "another-client".into();
            }
            Wrong::Expired => claims["exp"] = (now - 120).into(),
            Wrong::FromTomorrow => claims["nbf"] = (now + 86_400).into(),
            Wrong::NoClaim => drop(claims.as_object_mut().expect("an object").remove("preferred_username")),
            _ => {}
        }
        self.signed(&settings, &claims)
    }

    fn signed(&self, settings: &Settings, claims: &Value) -> String {
        let header = match (settings.wrong, settings.by_rsa) {
            (Wrong::AlgorithmNone, _) => json!({ "alg": "none" }),
            (Wrong::SharedSecret, _) => json!({ "alg": "HS256", "kid": "shared" }),
            (Wrong::UnknownKey, _) => json!({ "alg": "ES256", "kid": "nobody-knows" }),
            (_, true) => json!({ "alg": "RS256", "kid": "rsa" }),
            (_, false) => json!({ "alg": "ES256", "kid": "ec" }),
        };
        let said = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let random = SystemRandom::new();
        let by = |key: &EcdsaKeyPair| key.sign(&random, said.as_bytes()).expect("signed").as_ref().to_vec();
        let signature = match (settings.wrong, settings.by_rsa) {
            (Wrong::AlgorithmNone, _) => Vec::new(),
            (Wrong::SharedSecret, _) => {
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, CLIENT.1.as_bytes());
                aws_lc_rs::hmac::sign(&key, said.as_bytes()).as_ref().to_vec()
            }
            (Wrong::Signature, _) => vec![7; 64],
            (Wrong::OtherKeyOfTheSameName, _) => by(&ec()),
            (_, true) => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                let signed = self.rsa.sign(&RSA_PKCS1_SHA256, &random, said.as_bytes(), &mut signature);
                signed.expect("signed");
                signature
            }
            (_, false) => by(&self.ec),
        };
        format!("{said}.{}", encoded(signature))
    }
}

async fn configuration(State(known): State<Arc<Known>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", known.issuer);
    Json(json!({
        "issuer": known.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "userinfo_endpoint": at("/userinfo"), "end_session_endpoint": at("/logout"),
    }))
}

async fn token(
    State(known): State<Arc<Known>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let expected = format!("Basic {}", STANDARD.encode(format!("{}:{}", CLIENT.0, CLIENT.1)));
    if headers.get("authorization").is_none_or(|given| given != &expected) {
        return refused("invalid_client");
    }
    let form: HashMap<String, String> = serde_urlencoded::from_str(&body).expect("a form");
    let code = known.codes.lock().expect("nobody panicked").remove(&form["code"]);
    let Some((nonce, challenge, redirect)) = code else { return refused("invalid_grant") };
    let is_its_own = encoded(Sha256::digest(form["code_verifier"].as_bytes())) == challenge;
    if !is_its_own || form["redirect_uri"] != redirect || form["grant_type"] != "authorization_code" {
        return refused("invalid_grant");
    }
    match known.settings().wrong {
        Wrong::Fails => (StatusCode::INTERNAL_SERVER_ERROR, Json(Value::Null)),
        Wrong::NoJson => (StatusCode::OK, Json(json!("no object"))),
        Wrong::NoIdToken => (StatusCode::OK, Json(json!({ "access_token": "access" }))),
        _ => {
            let id_token = known.token(&nonce);
            let said = json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token });
            (StatusCode::OK, Json(said))
        }
    }
}

async fn user_info(State(known): State<Arc<Known>>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    if headers.get("authorization").is_none_or(|given| given != "Bearer access") {
        return (StatusCode::UNAUTHORIZED, Json(Value::Null));
    }
    let settings = known.settings();
    let mut said = json!({ "sub": "subject-1" });
    if settings.in_user_info {
        said["preferred_username"] = settings.number;
    }
    (StatusCode::OK, Json(said))
}

impl IdentityProvider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("its address"));
        let (rsa, modulus) = rsa();
        let settings = Settings {
            wrong: Wrong::Nothing,
            number: "officer".into(),
            more: json!({}),
            by_rsa: false,
            in_user_info: false,
        };
        let known = Arc::new(Known {
            issuer: issuer.clone(),
            ec: ec(),
            rsa,
            modulus,
            codes: Mutex::default(),
            settings: Mutex::new(settings),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks", get(async |State(known): State<Arc<Known>>| Json(known.jwks())))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(Arc::clone(&known));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, known }
    }

    /// Has it answer otherwise from now on.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.known.settings.lock().expect("nobody panicked"));
    }

    /// What happens at the provider when a browser is sent there and the user signs in: the address to which the browser is sent back.
    pub fn authorize(&self, address: &str) -> Url {
        let address = Url::parse(address).expect("an address");
        assert_eq!(
            format!("{}/authorize", self.issuer),
            address.as_str().split('?').next().unwrap_or_default()
        );
        let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT.0));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{}", asked["scope"]);
        assert!(asked["state"].len() >= 32 && asked["nonce"].len() >= 32, "nobody guesses them");
        let code = encoded(Sha256::digest(asked["state"].as_bytes()));
        let known = (asked["nonce"].clone(), asked["code_challenge"].clone(), asked["redirect_uri"].clone());
        self.known.codes.lock().expect("nobody panicked").insert(code.clone(), known);
        let mut back = Url::parse(&asked["redirect_uri"]).expect("an address");
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        back
    }
}
