//! The table of a measure's moves.

use super::MeasureState;

#[test]
fn what_ended_is_not_brought_back_and_only_what_stands_is_renewed_deducted_or_released() {
    for from in MeasureState::ALL {
        for to in MeasureState::ALL {
            let moves = from.may_become(*to);
            if from.ended() {
                assert_eq!(moves, from == to, "{from:?} -> {to:?}");
            }
            if matches!(to, MeasureState::Renewing | MeasureState::Deducting | MeasureState::Releasing) {
                assert!(!moves || from.stands(), "{from:?} -> {to:?}");
            }
        }
        let text = serde_json::to_string(from).expect("serialises");
        assert_eq!(text, format!("\"{}\"", from.word()));
    }
}
