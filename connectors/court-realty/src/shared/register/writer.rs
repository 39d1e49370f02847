//! How the register writes: the line's style, and the register's own ways.

use chakong_contract::Date;
use chakong_toolkit::Scalar;

use super::script::Quirk;
use crate::shared::wire::AmountUnit;

/// How a line writes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) amounts: AmountUnit,
    /// With rows of holders.
    pub(crate) holder_rows: bool,
    /// With the number of each seizure in the order of registration.
    pub(crate) places: bool,
}

/// How one answer is written: the line's style and the register's quirks.
pub(super) struct RowWriter<'a> {
    pub(crate) style: Style,
    pub(super) quirks: &'a [Quirk],
    pub(super) today: Date,
    /// Dates written so far, for forms by turns.
    pub(super) dates: std::cell::Cell<usize>,
}

impl RowWriter<'_> {
    pub(crate) fn has(&self, trap: Quirk) -> bool {
        self.quirks.contains(&trap)
    }

    /// A date as this register writes it.
    pub(crate) fn date(&self, text: &str) -> Scalar {
        let day = chakong_contract::date::read_date(text).ok().flatten();
        let at = self.dates.get();
        self.dates.set(at.wrapping_add(1));
        match day {
            Some(_) if self.has(Quirk::WrongDates) => "2024/02/30".into(),
            Some(day) if self.has(Quirk::MixedDates) => {
                let form = ["%Y-%m-%d 00:00:00", "%Y%m%d", "%Y年%-m月%-d日"][at % 3];
                day.strftime(form).to_string().into()
            }
            _ => text.into(),
        }
    }

    /// A unit number as this register writes it.
    pub(crate) fn unit(&self, unit: &str) -> Scalar {
        if self.has(Quirk::UnitNotFound) { "notFound1".into() } else { unit.into() }
    }

    /// An amount in yuan as this register writes it.
    pub(crate) fn amount(&self, yuan: u64) -> Scalar {
        let unit = match (self.style.amounts, self.has(Quirk::OtherUnit)) {
            (AmountUnit::Yuan, true) => AmountUnit::TenThousandYuan,
            (AmountUnit::TenThousandYuan, true) => AmountUnit::Yuan,
            (agreed, false) => agreed,
        };
        let amount = rust_decimal::Decimal::from(yuan).checked_div(unit.factor().into());
        let words = if self.has(Quirk::AmountsInWords) { unit.chinese() } else { "" };
        amount.map_or(Scalar::Null, |amount| format!("{}{words}", amount.normalize()).into())
    }
}
