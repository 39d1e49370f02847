//! The three generations of the wire: which attributes of the rows each of them lacks (protocol page, generations on the wire).

use super::answer::{AccountRow, ControlRow, ProductRow};
use super::request::{ControlRequestRow, QueryRequestRow};
use super::row::Row;

/// A generation, as it is written. All of them are read, whatever a counterpart's file says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Generation {
    /// 2011 to 2015: queries only, documents fetched by request number.
    First,
    /// The technical specification of 2015/16.
    Second,
    /// With the data of financial products, by 2017.
    #[default]
    SecondPlus,
}

/// What the first generation has of a query and the others lack.
const ONLY_FIRST: &[&str] = &["GJ", "FZJG"];
/// What the first generation lacks of a query.
const AFTER_FIRST: &[&str] = &["FYDM", "YHDH", "GZZBH", "GWZBH", "WSBH"];
/// What only generation 2+ has of a controlled account.
const PLUS_OF_TARGET: &[&str] = &["CPXSZL", "DQH", "JRCPBH", "LCZH", "ZJHKZH", "SE"];
/// What only generation 2+ has of the result of a control.
const PLUS_OF_RESULT: &[&str] = &["JRCPBH", "LCZH", "SKSE"];
/// What only generation 2+ has of a financial product.
const PLUS_OF_PRODUCT: &[&str] =
    &["CPXSZL", "DQH", "JRCPBH", "LCZH", "ZJHKZH", "ZYQR", "TGR", "SYR", "CLR", "SHR", "TGZH", "ZCZJE"];

impl Generation {
    /// A generation by its word in a counterpart's file.
    pub(crate) fn named(word: &str) -> Self {
        match word {
            "1" => Self::First,
            "2" => Self::Second,
            _ => Self::SecondPlus,
        }
    }

    /// A query as this generation writes it. What it leaves out says who asks, not what is asked.
    pub(crate) fn of_query(self, row: QueryRequestRow) -> QueryRequestRow {
        let left_out = if self == Self::First { AFTER_FIRST } else { ONLY_FIRST };
        QueryRequestRow { left_out, ..row }
    }

    /// A control as this generation writes it; `None` when it has no word for a part of what is asked.
    pub(crate) fn of_control(self, mut row: ControlRequestRow) -> Option<ControlRequestRow> {
        match self {
            Self::First => return None,
            Self::Second => {
                for target in &mut row.targets {
                    if !lacks_nothing_of(target, PLUS_OF_TARGET) {
                        return None;
                    }
                    target.left_out = PLUS_OF_TARGET;
                }
            }
            Self::SecondPlus => {}
        }
        Some(row)
    }

    /// An account as a bank of this generation feeds it back.
    pub(crate) fn of_account(self, row: &mut AccountRow) {
        if self != Self::SecondPlus {
            row.products.iter_mut().for_each(|product: &mut ProductRow| product.left_out = PLUS_OF_PRODUCT);
        }
        if self == Self::First {
            row.overdrawn = "否".into();
            row.freezes.iter_mut().for_each(|freeze| freeze.frozen = "是".into());
            row.sub_accounts.iter_mut().for_each(|sub_account| sub_account.manager = row.branch.clone());
        }
    }

    /// A result as a bank of this generation feeds it back.
    pub(crate) fn of_result(self, row: &mut ControlRow) {
        if self != Self::SecondPlus {
            row.left_out = PLUS_OF_RESULT;
        }
    }
}

/// Whether a row says nothing in the attributes of these names.
fn lacks_nothing_of<T: Row>(row: &mut T, names: &[&str]) -> bool {
    let places = names.iter().filter_map(|name| T::ATTRIBUTES.iter().position(|attribute| attribute == name));
    places.into_iter().all(|at| row.attribute(at).is_none_or(|value| value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{TargetRow, xml};

    #[test]
    fn every_attribute_that_is_left_out_is_one_of_its_rows() {
        let has = |attributes: &[&str], names: &[&str]| names.iter().all(|name| attributes.contains(name));
        assert!(
            has(QueryRequestRow::ATTRIBUTES, ONLY_FIRST) && has(QueryRequestRow::ATTRIBUTES, AFTER_FIRST)
        );
        assert!(has(TargetRow::ATTRIBUTES, PLUS_OF_TARGET));
        assert!(has(ControlRow::ATTRIBUTES, PLUS_OF_RESULT));
        assert!(has(ProductRow::ATTRIBUTES, PLUS_OF_PRODUCT));
    }

    #[test]
    fn what_a_generation_lacks_is_not_written_and_what_it_cannot_say_is_refused() {
        let query = |generation: Generation| {
            let row =
                QueryRequestRow { number: "A2".into(), phone: "010".into(), ..QueryRequestRow::default() };
            String::from_utf8(xml::write(&[generation.of_query(row)]).expect("written")).expect("text")
        };
        let first = query(Generation::First);
        assert!(first.contains("GJ=\"\"") && !first.contains("WSBH") && !first.contains("YHDH"), "{first}");
        let second = query(Generation::Second);
        assert!(!second.contains("GJ=") && second.contains("WSBH=\"\"") && second.contains("YHDH=\"010\""));
        let control = |target: TargetRow| ControlRequestRow { targets: vec![target], ..Default::default() };
        let product = || TargetRow { product_number: "LC1".into(), ..TargetRow::default() };
        assert!(Generation::First.of_control(control(TargetRow::default())).is_none());
        assert!(Generation::Second.of_control(control(product())).is_none());
        assert!(Generation::SecondPlus.of_control(control(product())).is_some());
        let row = Generation::Second.of_control(control(TargetRow::default())).expect("said");
        let text = String::from_utf8(xml::write(&[row]).expect("written")).expect("text");
        assert!(text.contains("KHZH=\"\"") && !text.contains("JRCPBH"), "{text}");
    }
}
