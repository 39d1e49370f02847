//! The property that a task is about, as a list tells of it.

use chakong_contract::order::Target;
use chakong_contract::{Currency, Date, Money};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::rules::exemptions::Exemption;
use crate::domain::{FirstApprovalView, Measure, MeasureState};
use crate::people::masked::end_of;

/// The property that a task is about. Its number in full stands with the measure.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TaskProperty {
    /// Kind of property.
    kind: TaskPropertyKind,
    /// Its number. Of an account, and of the account of a product, the last four characters behind asterisks.
    number: String,
    /// Name of the counterpart that keeps it.
    counterpart: String,
    /// The currency of its amounts, ISO 4217.
    currency: Currency,
    /// State of the measure. With `limit` and the `level` of `exemption` it is what an approval names as `seen`; with `limit`, `held` and
    /// `until` what a release, a renewal and a deduction name.
    state: MeasureState,
    /// What stands ordered, or is proposed.
    limit: Money,
    /// Really held, as the counterpart said.
    held: Money,
    /// Last day; null where it is not known.
    until: Option<Date>,
    /// Available balance as last reported; zero where `behind_others` stands.
    available: Money,
    /// The balance that freezes of others hold, as last reported: a freeze waits 轮候 behind them, or would. Null where it is not so.
    behind_others: Option<Money>,
    /// Class of an account or a product in the counterpart's words; empty for what has none.
    class: String,
    /// Whether the property may be touched, and why not.
    exemption: Exemption,
    /// Whether a stake is state or corporate shares of a listed company 上市公司国有股、社会法人股, as a person said.
    listed_state_shares: bool,
    /// The first of two approvals 双人审批, while it waits for the second; null otherwise.
    first_approval: Option<FirstApprovalView>,
}

/// What a property is called where it is not told in full.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct PropertyName {
    /// Kind of property.
    kind: TaskPropertyKind,
    /// Its number. Of an account, and of the account of a product, the last four characters behind asterisks.
    number: String,
    /// Name of the counterpart that keeps it.
    counterpart: String,
}

impl PropertyName {
    /// Of the property of a measure.
    pub(in crate::api) fn of(measure: &Measure) -> Self {
        let (kind, number) = named(&measure.target);
        Self { kind, number, counterpart: measure.counterpart.clone() }
    }
}

/// Kind and number of a property, the number of an account by its end.
fn named(target: &Target) -> (TaskPropertyKind, String) {
    use TaskPropertyKind::{Account, Equity, Product, Property};
    match target {
        Target::Account { number, .. } => (Account, end_of(number)),
        Target::Product { account, .. } => (Product, end_of(account)),
        Target::Property { unit_number, certificate, .. } => {
            (Property, unit_number.as_ref().map_or_else(|| certificate.clone(), ToString::to_string))
        }
        Target::Equity { company, .. } => (Equity, company.clone()),
    }
}

/// Kinds of property.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TaskPropertyKind {
    /// Money in an account, or the account.
    Account,
    /// A financial product.
    Product,
    /// Real estate.
    Property,
    /// A stake in a company.
    Equity,
}

impl TaskProperty {
    pub(super) fn of(measure: &Measure) -> Self {
        let (kind, number) = named(&measure.target);
        let class = match &measure.target {
            Target::Account { class, .. } | Target::Product { class, .. } => class.clone(),
            Target::Property { .. } | Target::Equity { .. } => String::new(),
        };
        Self {
            kind,
            number,
            counterpart: measure.counterpart.clone(),
            currency: measure.currency.unwrap_or(Currency::CNY),
            state: measure.state,
            limit: measure.money(measure.limit),
            held: measure.money(measure.held),
            until: measure.until,
            available: measure.money(measure.available_now()),
            behind_others: measure.behind_others(),
            class,
            exemption: measure.exemption.clone(),
            listed_state_shares: measure.listed_state_shares,
            first_approval: FirstApprovalView::of(measure),
        }
    }
}
