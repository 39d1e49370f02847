//! What a consumer received, beside the log.

use std::collections::BTreeMap;

use serde_json::Value;

/// Nothing lost, nothing altered, and the first of each in the order of the log within its case. Gives how many came twice.
pub fn compare(received: &[Value], log: &[Value]) -> usize {
    let logged: BTreeMap<i64, &Value> = log.iter().map(|event| (number(event), event)).collect();
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    let mut last_of_case: BTreeMap<String, i64> = BTreeMap::new();
    for message in received {
        let event = &message["data"];
        let seq = number(event);
        assert_eq!(Some(&event), logged.get(&seq), "what arrived is what the log says");
        let times = seen.entry(seq).or_default();
        *times += 1;
        if *times == 1 {
            let case = event["data"]["case_number"].as_str().expect("a case").to_owned();
            if let Some(before) = last_of_case.insert(case.clone(), seq) {
                assert!(before < seq, "{case}: {seq} came after {before}");
            }
        }
    }
    let missing: Vec<_> = logged.keys().filter(|seq| !seen.contains_key(seq)).collect();
    assert!(missing.is_empty(), "never arrived: {missing:?} of {}", logged.len());
    received.len() - logged.len()
}

pub(super) fn number(event: &Value) -> i64 {
    event["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("an id: {event}"))
}
