use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::money::Money;

/// Somebody's freeze, seizure, mortgage, pledge or other right on an asset 权利负担.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Encumbrance {
    /// What it is.
    pub kind: EncumbranceKind,
    /// Who holds it: the court, the mortgagee, the pledgee.
    pub holder: String,
    /// Document number 文号.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// Amount, where it has one.
    pub amount: Option<Money>,
    /// First day.
    pub from: Option<Date>,
    /// Last day; null for no end or none stated.
    pub until: Option<Date>,
    /// Place in the queue, where stated or derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// The counterpart's own number of it, where it has one: by it a measure of ours is known again among those of others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The counterpart's words for the kind or state, and its remark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// Kinds of encumbrances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncumbranceKind {
    /// 司法冻结
    Freeze,
    /// 查封
    Seizure,
    /// 轮候查封、轮候冻结
    WaitingSeizure,
    /// 预查封
    PreliminarySeizure,
    /// 轮候预查封
    WaitingPreliminarySeizure,
    /// 抵押
    Mortgage,
    /// 质押
    Pledge,
    /// 异议登记
    Objection,
    /// 预告登记
    Prenotice,
    /// 共有权、优先受偿权及其他
    OtherRight,
}

/// Place in a queue of freezes or seizures; 1 is effective, higher ones wait (查扣冻规定 art. 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Rank {
    /// The place, from 1.
    pub place: u32,
    /// Whether the gateway derived it from the list because the counterpart states none.
    pub derived: bool,
}
