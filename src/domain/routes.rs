//! Routes: which counterpart stands in for another, and which one takes freezes of equity.

use std::collections::BTreeMap;

use chakong_contract::IdentityKind;

/// A counterpart that another's orders may go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its name.
    pub counterpart: String,
    /// Identity documents by which it can look a party up.
    pub identities: &'static [IdentityKind],
    /// Divisions that it serves, by their first digits; empty for all.
    pub divisions: Vec<String>,
}

/// What settling an order needs to know of the other counterparts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// Who stands in for a counterpart that cannot answer, in turn.
    pub stand_ins: BTreeMap<String, Vec<Way>>,
    /// Who takes freezes of equity.
    pub equity: Vec<Way>,
}

impl Routes {
    /// Whether a counterpart's queries can go to another: its own, or those for which it stands in itself.
    pub fn lead_on_from(&self, counterpart: &str) -> bool {
        let stands_in = |ways: &Vec<Way>| ways.iter().rev().skip(1).any(|way| way.counterpart == counterpart);
        self.stand_ins.contains_key(counterpart) || self.stand_ins.values().any(stands_in)
    }

    /// The next counterpart in turn for an order that first went to `origin`, of those not yet tried that know its kind of
    /// document.
    pub fn next(&self, origin: &str, tried: &[String], kind: IdentityKind) -> Option<&str> {
        let fits = |way: &&Way| way.identities.contains(&kind) && !tried.contains(&way.counterpart);
        self.stand_ins.get(origin)?.iter().find(fits).map(|way| way.counterpart.as_str())
    }

    /// Who takes the freeze of a stake in a company of a division (six digits, or less where it is not known) of a party
    /// known by a kind of document: the one that serves the smallest division around it.
    pub fn regulator_of(&self, division: &str, kind: IdentityKind) -> Option<&str> {
        let serves = |way: &Way| match way.divisions.is_empty() {
            true => Some(0),
            false => way
                .divisions
                .iter()
                .filter(|known| division.starts_with(known.as_str()))
                .map(String::len)
                .max(),
        };
        let fitting = self.equity.iter().filter(|way| way.identities.contains(&kind));
        let found = fitting.filter_map(|way| Some((serves(way)?, way)));
        // Of several that serve the same, the first by name.
        let best = found.min_by_key(|(length, way)| (std::cmp::Reverse(*length), &way.counterpart));
        best.map(|(_, way)| way.counterpart.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(counterpart: &str, divisions: &[&str]) -> Way {
        Way {
            counterpart: counterpart.to_owned(),
            identities: &[IdentityKind::Uscc],
            divisions: divisions.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn the_next_in_turn_was_not_tried_and_knows_the_document() {
        let ways = vec![way("b", &[]), way("c", &[])];
        let routes = Routes { stand_ins: BTreeMap::from([("a".to_owned(), ways)]), ..Routes::default() };
        let next = |tried: &[&str], kind| {
            let tried: Vec<String> = tried.iter().map(|one| (*one).to_owned()).collect();
            routes.next("a", &tried, kind).map(str::to_owned)
        };
        assert_eq!(next(&["a"], IdentityKind::Uscc).as_deref(), Some("b"));
        assert_eq!(next(&["a", "b"], IdentityKind::Uscc).as_deref(), Some("c"));
        assert_eq!(next(&["a", "b", "c"], IdentityKind::Uscc), None);
        assert_eq!(next(&["a"], IdentityKind::Lei), None);
        assert!(routes.lead_on_from("a") && routes.lead_on_from("b") && !routes.lead_on_from("c"));
    }

    #[test]
    fn the_smallest_division_around_a_company_decides() {
        let equity = vec![way("country", &[]), way("province", &["33"]), way("city", &["3301", "3302"])];
        let routes = Routes { equity, ..Routes::default() };
        assert_eq!(routes.regulator_of("330106", IdentityKind::Uscc), Some("city"));
        assert_eq!(routes.regulator_of("331002", IdentityKind::Uscc), Some("province"));
        assert_eq!(routes.regulator_of("", IdentityKind::Uscc), Some("country"));
        assert_eq!(routes.regulator_of("330106", IdentityKind::ResidentId), None);
    }
}
