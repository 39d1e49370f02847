//! Measures that wait behind others', and when they do no more.

use chakong_contract::asset::Rank;
use chakong_contract::reply::{Holding, Refusal, RefusalReason};
use chakong_contract::{ActionKind, Asset, Reply};
use rust_decimal::Decimal;

use super::super::{hear, is_waiting, shown_by};
use super::{account, holding, house, yuan};
use crate::inquiry::{EventType, Measure, MeasureState};

/// A house whose seizure of ours waits behind another's, under the registry's number `CF1`.
fn waiting_house() -> Measure {
    let behind = Holding {
        rank: Some(Rank { place: 2, derived: true }),
        reference: "CF1".into(),
        ..holding(Decimal::ZERO)
    };
    let asked = Measure { state: MeasureState::Asked, ..house(7) };
    let (waiting, event) = hear(&asked, ActionKind::Freeze, &Reply::Held(behind));
    assert!(is_waiting(&waiting) && event == Some(EventType::MeasureWaiting));
    waiting
}

/// The house of certificate 7 with seizures: kind and the registry's number.
fn with_seizures(certificate: &str, seizures: &[(&str, &str)]) -> Asset {
    let seizure = |(kind, reference): &(&str, &str)| {
        serde_json::json!({ "kind": kind, "holder": "示例市示例区人民法院", "amount": null, "from": "2026-01-21", "until": "2029-01-20",
            "reference": reference })
    };
    let property = serde_json::json!({ "kind": "property", "property_kind": "building", "unit_number": null,
        "certificates": [certificate], "location": "", "holders": [], "area": null, "area_unit": null, "usage": "",
        "right_nature": "", "registered": null, "registry": "", "encumbrances": seizures.iter().map(seizure).collect::<Vec<_>>() });
    serde_json::from_value(property).expect("a property")
}

#[test]
fn a_waiting_seizure_is_effective_once_the_registry_lists_it_so_by_its_number() {
    let waiting = waiting_house();
    let seen = |certificate: &str, seizures: &[(&str, &str)]| {
        shown_by(&waiting, &with_seizures(certificate, seizures))
    };
    let (effective, event) = seen("7", &[("seizure", "CF1"), ("waiting_seizure", "CF2")]).expect("shown");
    assert_eq!(event, Some(EventType::MeasureEffective));
    assert_eq!(effective.rank.map(|rank| (rank.place, rank.derived)), Some((1, true)));
    assert_eq!(effective.until.map(|day| day.to_string()).as_deref(), Some("2029-01-20"));
    assert!(seen("7", &[("preliminary_seizure", "CF1")]).is_some());
    assert!(shown_by(&effective, &with_seizures("7", &[("seizure", "CF1")])).is_none(), "once");
    for (certificate, seizures) in [
        ("7", &[("waiting_seizure", "CF1")][..]),
        ("7", &[("seizure", "CF2")]),
        ("7", &[("seizure", "")]),
        ("7", &[("mortgage", "CF1")]),
        ("7", &[("seizure", "CF1"), ("waiting_seizure", "CF1")]),
        ("8", &[("seizure", "CF1")]),
        ("7", &[]),
    ] {
        assert!(seen(certificate, seizures).is_none(), "{certificate} {seizures:?}");
    }
    let nameless = Measure { reference: String::new(), ..waiting.clone() };
    assert!(shown_by(&nameless, &with_seizures("7", &[("seizure", "")])).is_none());
    let released = Measure { state: MeasureState::Released, ..waiting.clone() };
    assert!(shown_by(&released, &with_seizures("7", &[("seizure", "CF1")])).is_none());
}

#[test]
fn a_case_that_was_taken_without_a_word_is_shown_to_wait_by_a_query() {
    let asked = Measure { state: MeasureState::Asked, ..house(7) };
    let taken = Holding { rank: None, reference: "CF1".into(), ..holding(Decimal::ZERO) };
    let (taken, event) = hear(&asked, ActionKind::Freeze, &Reply::Held(taken));
    assert!(!is_waiting(&taken) && event == Some(EventType::MeasurePlaced));
    let shown = |measure: &Measure, kind: &str| shown_by(measure, &with_seizures("7", &[(kind, "CF1")]));
    let (waits, event) = shown(&taken, "waiting_seizure").expect("shown");
    assert!(is_waiting(&waits) && event == Some(EventType::MeasureWaiting));
    assert!(shown(&waits, "waiting_preliminary_seizure").is_none(), "once");
    let (first, event) = shown(&taken, "seizure").expect("shown");
    assert!(first.rank.is_some_and(|rank| rank.place == 1) && event.is_none(), "as it was taken for");
    assert!(shown(&first, "seizure").is_none());
}

#[test]
fn a_second_answer_makes_a_waiting_measure_effective_only_where_it_says_so() {
    let second = |measure: &Measure, held: i64, rank: Option<u32>| {
        let rank = rank.map(|place| Rank { place, derived: true });
        let said = Reply::Held(Holding { rank, ..holding(yuan(held)) });
        let (after, event) = hear(measure, ActionKind::Freeze, &said);
        (after.rank.map(|rank| rank.place), event)
    };
    let waiting = waiting_house();
    assert_eq!(second(&waiting, 0, Some(1)), (Some(1), Some(EventType::MeasureEffective)));
    assert_eq!(second(&waiting, 0, None), (Some(2), Some(EventType::MeasureWaiting)), "no word of a place");
    assert_eq!(second(&waiting, 0, Some(3)), (Some(3), Some(EventType::MeasureWaiting)));
    let account = Measure {
        state: MeasureState::InForce,
        rank: Some(Rank { place: 2, derived: true }),
        asked: yuan(1000),
        ..account(1, 1000)
    };
    assert_eq!(second(&account, 600, None), (None, Some(EventType::MeasureEffective)), "money is held now");
}

#[test]
fn word_of_registration_does_not_undo_what_was_asked_of_the_whole_property_since() {
    let registered = || {
        let mut registered = holding(Decimal::ZERO);
        (registered.reference, registered.words) = ("YW1".into(), "已登簿".into());
        Reply::Held(registered)
    };
    let line = |state| Measure { state, ..house(1) };
    for state in [
        MeasureState::Releasing,
        MeasureState::Stuck,
        MeasureState::Released,
        MeasureState::Renewing,
        MeasureState::Transferring,
    ] {
        let (after, _) = hear(&line(state), ActionKind::Freeze, &registered());
        assert_eq!((after.state, after.reference.as_str()), (state, "YW1"));
    }
    let (after, event) = hear(&line(MeasureState::Renewing), ActionKind::Renew, &registered());
    assert_eq!((after.state, event), (MeasureState::InForce, Some(EventType::MeasureRenewed)));
    let (after, _) = hear(&line(MeasureState::Released), ActionKind::Renew, &registered());
    assert_eq!(after.state, MeasureState::Released);
    let declined = Reply::NotHeld(Refusal { reason: RefusalReason::Declined, words: "不予受理".into() });
    for (before, after) in [
        (MeasureState::Renewing, MeasureState::InForce),
        (MeasureState::InForce, MeasureState::InForce),
        (MeasureState::Released, MeasureState::Released),
        (MeasureState::Refused, MeasureState::Refused),
    ] {
        assert_eq!(hear(&line(before), ActionKind::Renew, &declined).0.state, after);
    }
}
