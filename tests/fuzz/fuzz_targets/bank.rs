//! The connector of one invented bank, and what must hold of every reading.

use std::sync::{Arc, LazyLock};

use chakong_contract::manifest::SettingValue;
use chakong_contract::{Connector, Message, Reading, Secret, Settings};

/// Built once; it keeps nothing from one message to the next.
pub static BANK: LazyLock<Arc<dyn Connector>> = LazyLock::new(|| {
    let text = |text: &str| SettingValue::Text(text.to_owned());
    let settings = Settings::default()
        .with("bank_code", text("E999H110000000001"))
        .with("account", text("YH000001"))
        .with("password", SettingValue::Secret(Secret::new("not-a-secret")));
    (chakong_court_bank::plugin().build)(&settings).expect("settings are right")
});

/// Names under which files come.
const NAMES: [&str; 8] = [
    "CXFKE999H110000000001000020260105000000000000000001.zip",
    "KZFKE999H11000000000100002026010500000000000000000100000000A220260105990101200001.zip",
    "QRE999H110000000001000020260105000000000000000001000000000001.xml",
    "QRE999H11000000000100002026010500000000000000000100000000A220260105990101200001.xml",
    "QRIE999H11000000000100002026010500000000000000000100000000A220260105990101200001.xml",
    "QNAE999H110000000001000020260105000000000000000001",
    "CXFK000020260105000000000000000001.ZIP",
    "",
];

/// A name by the first byte of what the fuzzer made.
pub fn name(of: u8) -> &'static str {
    NAMES[usize::from(of) % NAMES.len()]
}

/// Reads a file twice. The same bytes say the same; something is said about everything; what is sent back is bounded.
pub fn read(name: &str, bytes: &[u8]) -> Reading {
    let message = Message::new(name, bytes);
    let _ = BANK.parcel().expect("a parcel line").is_whole(&message);
    let reading = BANK.read(&message);
    assert_eq!(reading, BANK.read(&message), "the same bytes say the same");
    assert!(!reading.reads.is_empty() || !reading.problems.is_empty(), "silence about {} bytes", bytes.len());
    assert!(reading.responses.len() <= reading.reads.len() + 1, "no more receipts than requests");
    serde_json::to_vec(&reading).expect("a reading can be kept");
    reading
}
