use chakong_contract::Encumbrance;
use chakong_contract::asset::Rank;

use super::burden::{Burden, Standing};

/// The burdens of one unit with the places of its seizures.
///
/// The line states no rank, and a number beside it is a rank at one registry and a line number at another (protocol
/// section 3.4), so every place is derived (section 10.2): effective seizures first, then waiting ones, each by the day of
/// registration and then by their order in the list. A renewal has the place of the seizure of the same authority that
/// it renews. Nothing is derived where only waiting seizures are listed, because the one before them is not known, nor
/// where the kind of one of them is not known.
pub(super) fn ranked(burdens: Vec<Burden>) -> Vec<Encumbrance> {
    let queue = queue(&burdens);
    let place = |at: usize| (1..).zip(&queue).find(|(_, queued)| **queued == at).map(|(place, _)| place);
    let places: Vec<Option<u32>> = (0..burdens.len()).map(place).collect();
    let renewed = |renewal: &Burden| {
        let same = |burden: &Burden| burden.encumbrance.holder == renewal.encumbrance.holder;
        burdens.iter().zip(&places).filter(|(burden, _)| same(burden)).filter_map(|(_, place)| *place).min()
    };
    let all: Vec<Option<u32>> = burdens
        .iter()
        .zip(&places)
        .map(|(burden, place)| if burden.standing == Standing::Renewal { renewed(burden) } else { *place })
        .collect();
    let with_rank = |(burden, place): (Burden, Option<u32>)| Encumbrance {
        rank: place.map(|place| Rank { place, derived: true }),
        ..burden.encumbrance
    };
    burdens.into_iter().zip(all).map(with_rank).collect()
}

/// The positions of the seizures in the order of their places; empty where that cannot be known.
fn queue(burdens: &[Burden]) -> Vec<usize> {
    let stands = |standing: Standing| burdens.iter().any(|burden| burden.standing == standing);
    if stands(Standing::Unclear) || !stands(Standing::Effective) {
        return Vec::new();
    }
    let mut queue: Vec<(usize, &Burden)> = burdens
        .iter()
        .enumerate()
        .filter(|(_, burden)| matches!(burden.standing, Standing::Effective | Standing::Waiting))
        .collect();
    queue.sort_by_key(|(_, burden)| {
        (burden.standing == Standing::Waiting, burden.registered.is_none(), burden.registered)
    });
    queue.into_iter().map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seizure(standing: Standing, holder: &str, day: i8) -> Burden {
        let registered = (day > 0).then(|| chakong_contract::Date::constant(2024, 5, day));
        let encumbrance = Encumbrance {
            kind: chakong_contract::asset::EncumbranceKind::Seizure,
            holder: holder.to_owned(),
            document: String::new(),
            amount: None,
            from: None,
            until: None,
            rank: None,
            reference: String::new(),
            words: String::new(),
        };
        Burden {
            unit: "u".into(),
            location: String::new(),
            encumbrance,
            registered,
            standing,
            on: chakong_contract::asset::PropertyKind::Other,
            listed_as: chakong_toolkit::Scalar::Null,
        }
    }

    fn places(burdens: Vec<Burden>) -> Vec<Option<u32>> {
        ranked(burdens).into_iter().map(|one| one.rank.map(|rank| rank.place)).collect()
    }

    #[test]
    fn effective_first_then_by_day_then_by_order() {
        let list = vec![
            seizure(Standing::Waiting, "c", 9),
            seizure(Standing::Apart, "bank", 1),
            seizure(Standing::Waiting, "d", 0),
            seizure(Standing::Waiting, "b", 3),
            seizure(Standing::Effective, "a", 20),
            seizure(Standing::Waiting, "e", 0),
        ];
        assert_eq!(places(list), [Some(3), None, Some(4), Some(2), Some(1), Some(5)]);
    }

    #[test]
    fn a_renewal_keeps_the_place_of_what_it_renews() {
        let list = vec![
            seizure(Standing::Effective, "a", 1),
            seizure(Standing::Waiting, "b", 2),
            seizure(Standing::Renewal, "a", 25),
            seizure(Standing::Renewal, "x", 26),
        ];
        assert_eq!(places(list), [Some(1), Some(2), Some(1), None]);
    }

    #[test]
    fn what_cannot_be_known_is_not_derived() {
        assert_eq!(places(vec![seizure(Standing::Waiting, "b", 2)]), [None]);
        let unclear = vec![seizure(Standing::Effective, "a", 1), seizure(Standing::Unclear, "b", 2)];
        assert_eq!(places(unclear), [None, None]);
    }
}
