//! The kinds of property that a form lists.

use chakong_contract::asset::AssetKind;

/// A kind of property that a form lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 存款账户
    Account,
    /// 证券、基金、理财等金融产品, held through an account
    Security,
    /// 不动产
    Property,
    /// 机动车
    Vehicle,
    /// 股权
    Equity,
}

impl Kind {
    /// Every kind with its word in settings and forms.
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("account", Self::Account),
        ("security", Self::Security),
        ("property", Self::Property),
        ("vehicle", Self::Vehicle),
        ("equity", Self::Equity),
    ];

    /// The word in settings and forms.
    pub(crate) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The kind of asset that it is reported as. A security belongs to its account.
    pub(crate) const fn asset(self) -> AssetKind {
        match self {
            Self::Account | Self::Security => AssetKind::Account,
            Self::Property => AssetKind::Property,
            Self::Vehicle => AssetKind::Vehicle,
            Self::Equity => AssetKind::Equity,
        }
    }

    /// Whether an order can name it: there is no control of vehicles.
    pub(crate) const fn can_be_controlled(self) -> bool {
        !matches!(self, Self::Vehicle)
    }
}
