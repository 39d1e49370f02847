//! HTTP answers: every dialogue of the connectors that call, led to its end by whatever comes back.
#![no_main]

use std::sync::{Arc, LazyLock};

use chakong_contract::asset::PropertyKind;
use chakong_contract::manifest::SettingValue;
use chakong_contract::order::Target;
use chakong_contract::{
    Connector, HttpResponse, IdentityKind, Instruction, Message, Order, Plugin, Secret, Settings,
};
use chakong_testkit::{drive, sample};
use libfuzzer_sys::fuzz_target;

/// Between the bodies of answers.
const NEXT: &[u8] = b"\n\0\n";
/// Statuses that the second byte chooses among; most of the time all is well.
const STATUS: [u16; 8] = [200, 200, 200, 200, 200, 404, 429, 503];

struct Asked {
    connector: Arc<dyn Connector>,
    order: Order,
}

/// The connectors by the first byte, in this order; tests/fuzz/seeds.py has the same.
static ASKED: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    [
        chakong_court_realty::plugin(),
        chakong_tianyancha::plugin(),
        chakong_qichacha::plugin(),
        chakong_gleif::plugin(),
        chakong_companies_house::plugin(),
        chakong_declarative::plugin(),
        chakong_market_regulator::plugin(),
        chakong_market_regulator::parameter_plugin(),
        chakong_court_realty::form_plugin(),
        chakong_court_realty::county_plugin(),
    ]
    .into_iter()
    .map(asked)
    .chain([seizing()])
    .collect()
});

fn asked(plugin: Plugin) -> Asked {
    let secret = SettingValue::Secret(Secret::new("invented"));
    let settings = Settings::of_examples(plugin.manifest.settings).with("secret", secret);
    let kinds = plugin.manifest.identities;
    let kind = [IdentityKind::Uscc, IdentityKind::Lei].into_iter().find(|kind| kinds.contains(kind));
    let kind = kind.or(kinds.first().copied()).expect("an identity");
    let order = sample::query(&plugin.manifest, "示例甲供应链管理有限公司", sample::stranger(kind));
    Asked { connector: (plugin.build)(&settings).expect("settings are right"), order }
}

/// A city's registry that is to seize a property: what comes back answers a lock, a case and the end of the lock.
fn seizing() -> Asked {
    let plugin = chakong_court_realty::plugin();
    let settings = Settings::of_all_examples(plugin.manifest.settings);
    let target = Target::Property {
        property_kind: PropertyKind::Building,
        unit_number: "000000001002GB00123F00010008".parse().ok(),
        certificate: String::new(),
        location: String::new(),
        business_number: String::new(),
    };
    let (from, until) = ("2026-01-05".parse().expect("a date"), "2029-01-04".parse().expect("a date"));
    let freeze = Instruction::Freeze { target, limit: None, from, until };
    let document = sample::stranger(IdentityKind::Uscc);
    let order = sample::order(&plugin.manifest, "TESTFREEZE1", "示例甲供应链管理有限公司", document, freeze);
    Asked { connector: (plugin.build)(&settings).expect("settings are right"), order }
}

fuzz_target!(|data: &[u8]| {
    let [which, statuses, rest @ ..] = data else { return };
    let Asked { connector, order } = &ASKED[usize::from(*which) % ASKED.len()];
    let bodies = parts(rest);
    let read = connector.read(&Message::new("", *bodies.first().unwrap_or(&rest)));
    serde_json::to_vec(&read).expect("a reading can be kept");
    let Some(call) = connector.call() else { return };
    let status = STATUS[usize::from(*statuses) % STATUS.len()];
    let talk = drive::talk(call, &drive::batch(vec![order.clone()]), |at, _, _| {
        // What follows the last is the last again.
        let body = bodies.get(at).or(bodies.last()).copied().unwrap_or_default();
        Some(HttpResponse::json(if at == 0 { status } else { 200 }, body))
    });
    let talk = talk.unwrap_or_else(|endless| panic!("{endless}"));
    for read in talk.reads() {
        serde_json::to_vec(read).expect("an answer can be kept");
    }
});

fn parts(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) =
        rest.windows(NEXT.len()).position(|window| window == NEXT).filter(|_| parts.len() < 40)
    {
        parts.push(&rest[..at]);
        rest = &rest[at + NEXT.len()..];
    }
    parts.push(rest);
    parts
}
