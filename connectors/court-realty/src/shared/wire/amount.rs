use chakong_contract::{Money, money};
use chakong_toolkit::Scalar;
use rust_decimal::Decimal;

/// What a bare amount counts in: registries differ, and nothing in the message says so (protocol section 13.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum AmountUnit {
    #[default]
    Yuan,
    TenThousandYuan,
}

impl AmountUnit {
    pub(crate) const fn factor(self) -> i64 {
        match self {
            Self::Yuan => 1,
            Self::TenThousandYuan => 10_000,
        }
    }

    /// The unit as written.
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::TenThousandYuan => "万元",
        }
    }
}

/// An amount as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Amount {
    /// None is stated.
    Blank,
    Known(Money),
    /// Not an amount, or too large or too small to be in its unit; the text is kept.
    Doubtful,
}

/// Under this many yuan no loan is secured on real property.
const LEAST: i64 = 10_000;
/// Over this many yuan (ten billion) the unit is probably wrong.
const MOST: i64 = 10_000_000_000;

/// Reads an amount. A unit inside the text (`50万元`) or in its own field wins over the registry's setting. A size that
/// cannot be is doubtful: the unit is then probably the other one, and nothing is guessed.
pub(crate) fn read_money(value: &Scalar, stated_unit: &Scalar, usual: AmountUnit) -> Amount {
    let text = value.text();
    if text.is_empty() {
        return Amount::Blank;
    }
    let (number, unit) = match split_unit(&text) {
        (number, Some(unit)) => (number, unit),
        (number, None) => (number, named_unit(&stated_unit.text()).unwrap_or(usual)),
    };
    let amount = match money::read_amount(number) {
        // What stands in place of an amount, such as 无 or `-`.
        Ok(None) => return Amount::Blank,
        read => read.ok().flatten(),
    };
    match amount.and_then(|amount| amount.checked_mul(Decimal::from(unit.factor()))) {
        Some(amount) if is_nothing(amount) => Amount::Blank,
        Some(amount) if (Decimal::from(LEAST)..=Decimal::from(MOST)).contains(&amount) => {
            Amount::Known(Money::yuan(amount.normalize()))
        }
        _ => Amount::Doubtful,
    }
}

/// Zero, but for what binary fractions leave over.
fn is_nothing(amount: Decimal) -> bool {
    amount.is_zero() || money::without_residue(amount, 2).is_some_and(|rounded| rounded.is_zero())
}

fn split_unit(text: &str) -> (&str, Option<AmountUnit>) {
    let text = text.trim_start_matches("人民币").trim_end_matches("人民币");
    for (ending, unit) in
        [("万元", AmountUnit::TenThousandYuan), ("万", AmountUnit::TenThousandYuan), ("元", AmountUnit::Yuan)]
    {
        if let Some(number) = text.strip_suffix(ending) {
            return (number.trim(), Some(unit));
        }
    }
    (text, None)
}

fn named_unit(text: &str) -> Option<AmountUnit> {
    match text {
        "元" => Some(AmountUnit::Yuan),
        "万元" | "万" => Some(AmountUnit::TenThousandYuan),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, stated: &str, usual: AmountUnit) -> Amount {
        read_money(&text.into(), &stated.into(), usual)
    }

    #[test]
    fn the_nearest_unit_wins() {
        let yuan = |amount: i64| Amount::Known(Money::yuan(amount.into()));
        assert_eq!(read("500000", "", AmountUnit::Yuan), yuan(500_000));
        assert_eq!(read("50.00", "", AmountUnit::TenThousandYuan), yuan(500_000));
        assert_eq!(read("50万元", "元", AmountUnit::Yuan), yuan(500_000));
        assert_eq!(read("500,000.00元", "", AmountUnit::TenThousandYuan), yuan(500_000));
        assert_eq!(read("50", "万元", AmountUnit::Yuan), yuan(500_000));
        assert_eq!(read("3.25E7", "", AmountUnit::Yuan), yuan(32_500_000));
        assert_eq!(read("1.5E2万元", "", AmountUnit::Yuan), yuan(1_500_000));
    }

    #[test]
    fn sizes_that_cannot_be_are_doubtful() {
        assert_eq!(read("50", "", AmountUnit::Yuan), Amount::Doubtful);
        assert_eq!(read("500000000", "", AmountUnit::TenThousandYuan), Amount::Doubtful);
        assert_eq!(read("约50万", "", AmountUnit::Yuan), Amount::Doubtful);
        assert_eq!(read("79228162514264337593543950335", "", AmountUnit::TenThousandYuan), Amount::Doubtful);
        assert_eq!(
            (read("", "", AmountUnit::Yuan), read("0", "", AmountUnit::Yuan)),
            (Amount::Blank, Amount::Blank)
        );
        for nothing in ["-", "null", "无", "/", "-0.0", "5.5E-17"] {
            assert_eq!(read(nothing, "", AmountUnit::Yuan), Amount::Blank, "{nothing}");
        }
    }
}
