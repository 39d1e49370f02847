//! Calls of the court's web services, of banks and of registries: whole bodies, and documents handed in, in their seal and
//! envelope.
#![no_main]

#[allow(dead_code, reason = "shared with the targets that read files")]
mod bank;

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Connector, Found, HttpHeard, Message, Postbox, Secret, Settings, Taken, Visit, Want};
use libfuzzer_sys::fuzz_target;

/// The registry that calls.
static REGISTRY: LazyLock<Arc<dyn Connector>> = LazyLock::new(|| {
    let plugin = chakong_court_realty::postbox_plugin();
    let password = SettingValue::Secret(Secret::new("not-a-secret"));
    let settings = Settings::of_all_examples(plugin.manifest.settings).with("password", password);
    (plugin.build)(&settings).expect("settings are right")
});

/// The bank's operations that take a second argument.
const OPERATIONS: [&str; 8] = [
    "shfeedXzcxInfo",
    "shfeedXzkzInfo",
    "htInfo",
    "shfeedXzcxwlxxInfo",
    "cxwsInfo",
    "kzwsInfo",
    "zjInfo",
    "wsInfo",
];
/// The caller of the fixtures, sealed.
const CALLER: &str = "PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiID8+PHVzZXJtYXJrZXI+PGNvbmRpdGlvbiB1c2VybmFtZT0iV1VnPSIgcGFzc3dvcmQ9ImJtOTAiPjwvY29uZGl0aW9uPjwvdXNlcm1hcmtlcj4=";

fn body(data: &[u8]) -> Vec<u8> {
    let Some((first, rest)) = data.split_first() else { return Vec::new() };
    if first & 0x80 == 0 {
        return rest.to_vec();
    }
    let operation = OPERATIONS[usize::from(*first) % OPERATIONS.len()];
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:s=\"http://syyh.service.webService.ckw.tdh/\"><e:Body>\
         <s:{operation}><arg0>{CALLER}</arg0><arg1>{}</arg1></s:{operation}></e:Body></e:Envelope>",
        STANDARD.encode(rest)
    )
    .into_bytes()
}

/// What the gateway may have found for a visit; every one of these must be answered.
fn found(visit: &Visit) -> Vec<Found> {
    let mut all = vec![Found::TurnedAway, Found::Unavailable, Found::Orders(Vec::new()), Found::Order(None)];
    if let Want::HandIn(reading) = &visit.want {
        let taken = |taken: Taken| {
            Found::Taken(reading.reads.iter().map(|read| (read.number.clone(), taken.clone())).collect())
        };
        all.extend([taken(Taken::Accepted), taken(Taken::Already), taken(Taken::Unknown)]);
    }
    all
}

fn visit(postbox: &dyn Postbox, call: &HttpHeard) {
    let kept = postbox.keeps(call);
    assert!(kept.len() <= call.body.len() + 64, "no more is kept than came");
    match postbox.hear(call) {
        Ok(visit) => {
            for found in found(&visit) {
                let answer = postbox.answer(&visit, &found);
                assert!(!answer.body.is_empty() && matches!(answer.status, 200 | 500));
            }
        }
        Err(answer) => assert!(!answer.body.is_empty() && answer.status >= 400),
    }
}

fn call(body: Vec<u8>) -> HttpHeard {
    HttpHeard {
        method: "POST".to_owned(),
        path: "/ckwWebService/ConvertData".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body,
    }
}

fuzz_target!(|data: &[u8]| {
    if data.first().is_none_or(|first| first & 0x40 == 0) {
        visit(bank::BANK.postbox().expect("a postbox"), &call(body(data)));
        return;
    }
    let rest = &data[1..];
    visit(REGISTRY.postbox().expect("a postbox"), &call(rest.to_vec()));
    // What a registry hands in, in its seal.
    let fed = if data[0] & 0x80 == 0 { rest.to_vec() } else { STANDARD.encode(rest).into_bytes() };
    let reading = REGISTRY.read(&Message::new("", fed));
    assert!(!reading.reads.is_empty() || !reading.problems.is_empty(), "silence");
    serde_json::to_vec(&reading).expect("a reading can be kept");
});
