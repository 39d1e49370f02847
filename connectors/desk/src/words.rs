//! What can be chosen in a form. The words are those of the contract's own types.

use chakong_contract::form::Choice;
use serde::de::DeserializeOwned;

/// How the party was matched.
pub(crate) const MATCHED: &[Choice] = &[
    Choice::new("name_and_number", "姓名（名称）和证件号码均相符", "name and number agree"),
    Choice::new("number", "仅证件号码相符", "only the number agrees"),
    Choice::new("name_only", "仅姓名（名称）相符", "only the name agrees"),
];

/// Why something was not done.
pub(crate) const REASONS: &[Choice] = &[
    Choice::new("document_missing", "文书或证件不全", "a document or certificate is missing"),
    Choice::new("identity_mismatch", "姓名与证件号码不符", "name and number do not agree"),
    Choice::new("target_unknown", "无此账户或财产", "there is no such property"),
    Choice::new("target_ended", "账户已销户或权利已转移", "the account or right has ended"),
    Choice::new("original_unknown", "无原冻结、查封记录", "the original measure is not known"),
    Choice::new("not_supported", "不办理此类事项", "it does not do this"),
    Choice::new("declined", "审查后不予办理", "it reviewed and declined"),
    Choice::new("other", "其他", "other"),
];

/// Kinds of real property.
pub(crate) const PROPERTY_KINDS: &[Choice] = &[
    Choice::new("building", "房地产权", "building"),
    Choice::new("land_use", "土地使用权", "land use right"),
    Choice::new("land_ownership", "土地所有权", "land ownership"),
    Choice::new("under_construction", "在建建筑物", "building under construction"),
    Choice::new("structure", "构筑物", "structure"),
    Choice::new("farmland", "农用地使用权", "farmland"),
    Choice::new("forest", "林权", "forest right"),
    Choice::new("sea", "海域、海岛使用权", "sea use right"),
    Choice::new("other", "其他", "other"),
];

/// Forms of co-ownership.
pub(crate) const CO_OWNERSHIP: &[Choice] = &[
    Choice::new("sole", "单独所有", "sole"),
    Choice::new("joint", "共同共有", "joint"),
    Choice::new("by_shares", "按份共有", "by shares"),
    Choice::new("other", "其他共有", "other"),
];

/// Units of area.
pub(crate) const AREA_UNITS: &[Choice] = &[
    Choice::new("square_metre", "平方米", "square metre"),
    Choice::new("mu", "亩", "mu"),
    Choice::new("hectare", "公顷", "hectare"),
];

/// Rights of others.
pub(crate) const ENCUMBRANCES: &[Choice] = &[
    Choice::new("freeze", "司法冻结", "freeze"),
    Choice::new("seizure", "查封", "seizure"),
    Choice::new("waiting_seizure", "轮候查封、轮候冻结", "waiting seizure or freeze"),
    Choice::new("mortgage", "抵押", "mortgage"),
    Choice::new("pledge", "质押", "pledge"),
    Choice::new("objection", "异议登记", "objection"),
    Choice::new("prenotice", "预告登记", "prenotice"),
    Choice::new("other_right", "其他权利", "other right"),
];

/// The value of a word that was chosen; `None` where nothing was.
pub(crate) fn chosen<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}

#[cfg(test)]
mod tests {
    use chakong_contract::RefusalReason;
    use chakong_contract::asset::{AreaUnit, CoOwnership, EncumbranceKind, MatchedBy, PropertyKind};

    use super::*;

    #[test]
    fn every_word_that_can_be_chosen_means_something() {
        fn all<T: DeserializeOwned>(choices: &[Choice]) -> bool {
            choices.iter().all(|choice| chosen::<T>(choice.word).is_some())
        }
        assert!(all::<MatchedBy>(MATCHED) && all::<RefusalReason>(REASONS));
        assert!(all::<PropertyKind>(PROPERTY_KINDS) && all::<CoOwnership>(CO_OWNERSHIP));
        assert!(all::<AreaUnit>(AREA_UNITS) && all::<EncumbranceKind>(ENCUMBRANCES));
        assert_eq!(chosen::<MatchedBy>(""), None);
    }
}
