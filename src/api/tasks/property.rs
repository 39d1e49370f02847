//! The property that a task is about, as a list tells of it.

use chakong_contract::Currency;
use chakong_contract::order::Target;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Measure;

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
        use TaskPropertyKind::{Account, Equity, Product, Property};
        let (kind, number) = match &measure.target {
            Target::Account { number, .. } => (Account, masked(number)),
            Target::Product { account, .. } => (Product, masked(account)),
            Target::Property { unit_number, certificate, .. } => {
                (Property, unit_number.as_ref().map_or_else(|| certificate.clone(), ToString::to_string))
            }
            Target::Equity { company, .. } => (Equity, company.clone()),
        };
        let (counterpart, currency) =
            (measure.counterpart.clone(), measure.currency.unwrap_or(Currency::CNY));
        Self { kind, number, counterpart, currency }
    }
}

/// The end of a number. Of a short one not even that.
fn masked(number: &str) -> String {
    let letters: Vec<char> = number.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let end = letters.len().checked_sub(4).filter(|hidden| *hidden >= 4).and_then(|from| letters.get(from..));
    format!("****{}", end.unwrap_or_default().iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn of_an_account_no_more_than_its_end_is_told() {
        assert_eq!(masked("6222 0200 0000 0011-7"), "****0117");
        assert_eq!(masked("62220011"), "****0011");
        assert_eq!(masked("6220011"), "****", "its end would be most of it");
        assert_eq!(masked(""), "****");
    }
}
