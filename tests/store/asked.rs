//! What the inquiries of samples ask.

use chakong::domain::{NotAsked, Terms, found_by};
use chakong::store::codec;

use serde_json::json;

use crate::samples::Whole;

/// A sample with what an inquiry asks changed in its JSON form.
pub fn with_terms(mut whole: Whole, change: impl FnOnce(&mut serde_json::Value)) -> Whole {
    let mut json = serde_json::to_value(&whole.terms).expect("JSON");
    change(&mut json);
    let terms: Terms = serde_json::from_value(json).expect("terms");
    whole.inquiry.terms = codec::encode_json("terms", &terms).expect("terms");
    whole.inquiry.found_by = found_by::of_terms(&terms);
    whole.inquiry.filed_on = terms.case.filed_on;
    whole.terms = Terms { debtors: whole.terms.debtors, ..terms };
    whole
}

/// Who was not asked in every sample.
pub fn not_asked() -> NotAsked {
    let said = json!({ "counterpart": "county-nine", "party": "B-7", "reason": "证件种类不支持" });
    serde_json::from_value(said).expect("who was not asked")
}
