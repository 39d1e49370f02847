//! Courts 法院 as tenants: whose cases somebody sees.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Role;

/// The courts whose cases a person or a key sees, by code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Courts {
    /// Every court of the gateway: a centralised desk 集约.
    #[default]
    All,
    /// These courts.
    Some(BTreeSet<String>),
}

impl Courts {
    /// One court.
    pub fn one(code: &str) -> Self {
        Self::Some(BTreeSet::from([code.to_owned()]))
    }

    /// Whether cases of a court are seen. A case whose court is not known, which has an empty code, belongs to none of them.
    pub fn cover(&self, code: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(codes) => !code.is_empty() && codes.contains(code),
        }
    }

    /// Whether every court is covered.
    pub const fn are_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// The codes to filter by; `None` where every court is covered.
    pub fn codes(&self) -> Option<Vec<String>> {
        match self {
            Self::All => None,
            Self::Some(codes) => Some(codes.iter().cloned().collect()),
        }
    }

    /// The courts by name; none where every court is covered.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let codes = match self {
            Self::All => None,
            Self::Some(codes) => Some(codes),
        };
        codes.into_iter().flatten().map(String::as_str)
    }

    /// Whether some court is covered by both.
    pub fn meet(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::Some(own), Self::Some(others)) => !own.is_disjoint(others),
        }
    }

    /// Whether every court of the other is covered.
    pub fn contain(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Some(_), Self::All) => false,
            (Self::Some(own), Self::Some(others)) => others.is_subset(own),
        }
    }

    /// Whether who keeps the persons and keys of these courts keeps one of the courts `of` with these roles: it lies within them, and
    /// acts on nothing that other courts use too.
    pub fn keep(&self, of: &Self, roles: &BTreeSet<Role>) -> bool {
        self.contain(of) && (self.are_all() || !roles.iter().any(|role| role.is_of_every_court()))
    }

    /// What is covered by both: what somebody asks for within what they may see.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, courts) | (courts, Self::All) => courts.clone(),
            (Self::Some(own), Self::Some(others)) => Self::Some(own.intersection(others).cloned().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_without_a_court_belongs_to_the_centralised_desk_alone() {
        let own = Courts::one("T10");
        assert!(own.cover("T10") && !own.cover("T11") && !own.cover(""));
        assert!(!Courts::Some(["".to_owned()].into()).cover(""));
        assert!(Courts::All.cover("T10") && Courts::All.cover(""));
    }

    #[test]
    fn who_keeps_the_persons_of_some_courts_keeps_none_of_others_nor_of_the_gateway() {
        let (own, both) = (Courts::one("T10"), Courts::Some(["T10".to_owned(), "T11".to_owned()].into()));
        let (officer, operations) = ([Role::Officer].into(), [Role::Operations].into());
        assert!(own.keep(&own, &officer) && both.keep(&own, &officer));
        assert!(
            !own.keep(&both, &officer) && !own.keep(&Courts::All, &officer) && !own.keep(&own, &operations)
        );
        assert!(Courts::All.keep(&Courts::All, &operations) && Courts::All.keep(&both, &officer));
        assert!(own.meet(&both) && own.meet(&Courts::All) && !own.meet(&Courts::one("T12")));
    }

    #[test]
    fn what_is_asked_for_stays_within_what_may_be_seen() {
        let both = Courts::Some(["T10".to_owned(), "T11".to_owned()].into());
        assert_eq!(Courts::one("T10").within(&both), Courts::one("T10"));
        assert_eq!(Courts::one("T12").within(&both), Courts::Some(BTreeSet::new()));
        assert_eq!(Courts::All.within(&both), both);
        assert_eq!(both.within(&Courts::All), both);
        assert!(
            !Courts::one("T12").within(&both).cover("T12"),
            "nothing in common is nothing, not everything"
        );
    }
}
