//! Units of a product: how many a control of a part of its limit names.

use chakong_contract::order::Target;
use rust_decimal::Decimal;

use super::super::Measure;

/// How many units of a product a target names.
pub fn quantity_of(target: &Target) -> Option<Decimal> {
    let Target::Product { quantity, .. } = target else { return None };
    quantity.as_ref()?.parse().ok()
}

/// The property as a renewal of so much of its limit names it: of a product, the units that stand ordered for that.
pub fn standing_part(measure: &Measure, limit: Decimal) -> Target {
    with_quantity(measure, measure.units_within(limit))
}

/// The property as a release or a deduction of so much of its limit names it: of a product, the units that stand ordered for that.
pub fn taken_part(measure: &Measure, amount: Decimal) -> Target {
    let rest = measure.units_within(measure.limit - amount);
    let taken = measure.units.zip(rest).map(|(all, rest)| all - rest);
    with_quantity(measure, taken)
}

fn with_quantity(measure: &Measure, units: Option<Decimal>) -> Target {
    let mut target = measure.target.clone();
    if let (Target::Product { quantity, .. }, Some(units)) = (&mut target, units) {
        *quantity = Some(units.normalize().to_string());
    }
    target
}
