//! Section `[approvals]`: which proposed freezes two different persons approve 双人审批.

use rust_decimal::Decimal;

use super::reader::Section;
use crate::domain::{TwoApprovers, TwoFrom};

pub(super) fn read_approvals(section: &mut Section<'_>) -> TwoApprovers {
    let general = read_from(section, None);
    let courts = section.sections("courts", |court| {
        let code = court.required::<String>("court", "the court's code, as in submissions");
        (code, read_from(court, general))
    });
    let mut rules = TwoApprovers { general, ..TwoApprovers::default() };
    for (code, from) in courts {
        let Some(code) = code else { continue };
        if rules.courts.insert(code.clone(), from).is_some() {
            section.problem("courts", format_args!("names the court `{code}` twice"));
        }
    }
    rules
}

fn read_from(section: &mut Section<'_>, default: TwoFrom) -> TwoFrom {
    let is_wanted = section.or("two_approvers", default.is_some());
    let from = section.text("from").and_then(|said| match said.parse::<Decimal>() {
        Ok(amount) if amount >= Decimal::ZERO && amount.scale() <= 2 => Some(amount),
        _ => {
            let detail = "must be an amount in yuan such as \"100000.00\", of at least 0 and with at most two decimals";
            section.problem("from", detail);
            None
        }
    });
    is_wanted.then(|| from.or(default).unwrap_or_default())
}
