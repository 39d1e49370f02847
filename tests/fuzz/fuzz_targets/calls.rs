//! Calls of the court's web services, of banks and of registries: whole bodies, and documents handed in, in their seal and
//! envelope.
#![no_main]

#[allow(dead_code, reason = "shared with the targets that read files")]
mod bank;

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{
    CallKind, CallResult, Claim, Connector, EntryResult, InboundRequest, Message, ParsedCall, Plugin,
    Postbox, Secret, Settings,
};
use libfuzzer_sys::fuzz_target;

/// The registry that calls the court's service, the county's centre that calls the province's platform, and the city's registry
/// that calls back.
static REGISTRY: LazyLock<Arc<dyn Connector>> =
    LazyLock::new(|| built(chakong_court_realty::postbox_plugin()));
static PLATFORM: LazyLock<Arc<dyn Connector>> =
    LazyLock::new(|| built(chakong_court_realty::platform_plugin()));
static CITY: LazyLock<Arc<dyn Connector>> = LazyLock::new(|| built(chakong_court_realty::plugin()));

fn built(plugin: Plugin) -> Arc<dyn Connector> {
    let password = SettingValue::Secret(Secret::new("not-a-secret"));
    let settings = Settings::of_all_examples(plugin.manifest.settings).with("password", password);
    (plugin.build)(&settings).expect("settings are right")
}

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

/// What the gateway may have found for a call; every one of these must be answered.
fn found(parsed: &ParsedCall) -> Vec<CallResult> {
    let mut all = vec![
        CallResult::TurnedAway,
        CallResult::Unavailable,
        CallResult::Orders(Vec::new()),
        CallResult::Order(None),
    ];
    if let CallKind::HandIn(reading) = &parsed.kind {
        let taken = |taken: EntryResult| {
            CallResult::Entries(
                reading.reads.iter().map(|read| (read.number.clone(), taken.clone())).collect(),
            )
        };
        all.extend([
            taken(EntryResult::Accepted),
            taken(EntryResult::Duplicate),
            taken(EntryResult::Unknown),
        ]);
    }
    all
}

fn serve(postbox: &dyn Postbox, call: &InboundRequest) {
    let kept = postbox.redact(call);
    assert!(kept.len() <= call.body.len() + 64, "no more is kept than came");
    let half = InboundRequest { body: call.body[..call.body.len() / 2].to_vec(), ..call.clone() };
    let _ = postbox.identify(&half, false);
    let whole = postbox.identify(call, true);
    assert!(!matches!(whole, Ok(Claim::Later)), "of a whole call no more is wanted");
    match postbox.parse(call) {
        Ok(parsed) => {
            for found in found(&parsed) {
                let answer = postbox.respond(&parsed, &found);
                assert!(!answer.body.is_empty() && (200..600).contains(&answer.status));
            }
        }
        // The platform says what is wrong in its answer's code, under status 200.
        Err(answer) => assert!(!answer.body.is_empty() && (200..600).contains(&answer.status)),
    }
}

fn call(path: &str, body: Vec<u8>) -> InboundRequest {
    let (method, path) = ("POST".to_owned(), path.to_owned());
    InboundRequest { method, path, query: Vec::new(), headers: Vec::new(), body }
}

/// The platform's paths, by the first byte.
const PATHS: [&str; 5] = [
    "/bdc/token",
    "/bdc/query/receive/apply",
    "/bdc/query/commit/apply",
    "/bdc/query/receive/doc",
    "/bdc/query/commit/result",
];

/// The paths at which a city's registry calls back, by the first byte.
const CALLED_BACK: [&str; 4] =
    ["/jsdjbjjg", "/accept_receipt_info", "/not-a-secret-key/updateCjywzt", "/not-a-secret-key/wwztxg"];

/// A form with the one field that the platform reads.
fn form(content: &[u8]) -> Vec<u8> {
    let encoded: String = content.iter().map(|byte| format!("%{byte:02X}")).collect();
    format!("gxData={encoded}").into_bytes()
}

fuzz_target!(|data: &[u8]| {
    let first = data.first().copied().unwrap_or_default();
    let rest = data.get(1..).unwrap_or_default();
    let connector = match first & 0x60 {
        0x40 => &REGISTRY,
        0x60 => &PLATFORM,
        0x20 => {
            let path = CALLED_BACK[usize::from(first & 0x1f) % CALLED_BACK.len()];
            let get = InboundRequest { method: "GET".to_owned(), ..call(path, Vec::new()) };
            serve(CITY.postbox().expect("call-backs"), &call(path, rest.to_vec()));
            serve(CITY.postbox().expect("call-backs"), &get);
            let reading = CITY.read(&Message::new("", rest));
            serde_json::to_vec(&reading).expect("a reading can be kept");
            return;
        }
        _ => {
            serve(
                bank::BANK.postbox().expect("a postbox"),
                &call("/ckwWebService/SyyhConvertData", body(data)),
            );
            return;
        }
    };
    let path = PATHS[usize::from(first & 0x1f) % PATHS.len()];
    let body = if first & 0xe0 == 0xe0 { form(rest) } else { rest.to_vec() };
    serve(connector.postbox().expect("a postbox"), &call(path, body));
    // What is handed in; a registry's in its seal.
    let fed = if first & 0x80 == 0 { rest.to_vec() } else { STANDARD.encode(rest).into_bytes() };
    let reading = connector.read(&Message::new("", fed));
    assert!(!reading.reads.is_empty() || !reading.problems.is_empty(), "silence");
    serde_json::to_vec(&reading).expect("a reading can be kept");
});
