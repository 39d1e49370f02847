//! Which proposed freezes two different persons approve 双人审批, as each court has it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

/// From how much on two persons approve a freeze, in yuan; `None` where one is enough.
pub type TwoFrom = Option<Decimal>;

/// From how much on each court wants two approvers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TwoApprovers {
    /// Courts that have no rule of their own.
    pub general: TwoFrom,
    /// Courts with a rule of their own, by code.
    pub courts: BTreeMap<String, TwoFrom>,
}

impl TwoApprovers {
    /// From how much on, where several courts have a case of the chain: the strictest counts.
    pub fn wanted_by<'c>(&self, courts: impl Iterator<Item = &'c str>) -> TwoFrom {
        courts.filter_map(|court| *self.courts.get(court).unwrap_or(&self.general)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_court_has_its_own_rule_and_the_strictest_of_a_chain_counts() {
        let own = [("a".to_owned(), None), ("b".to_owned(), Some(Decimal::from(500)))];
        let rules = TwoApprovers { general: Some(Decimal::from(900)), courts: own.into_iter().collect() };
        assert_eq!(rules.wanted_by(["a"].into_iter()), None, "a court may do without");
        assert_eq!(rules.wanted_by(["c"].into_iter()), Some(Decimal::from(900)));
        assert_eq!(rules.wanted_by(["a", "c", "b"].into_iter()), Some(Decimal::from(500)));
        assert_eq!(TwoApprovers::default().wanted_by(["a"].into_iter()), None);
    }
}
