//! The doubled part of interest on delayed performance 迟延履行期间加倍部分债务利息 (民诉法 art. 264, 法释〔2014〕8号).
//!
//! Money not paid as the judgment orders, apart from ordinary interest, × 0.0175 % a day × days of delay. Days run from the
//! end of the time that the judgment gives to the day of performance (art. 2, art. 3). Where part of it was paid, each
//! period has its own principal: [`doubled_interest_over`].

use chakong_contract::Date;
use jiff::Unit;
use rust_decimal::{Decimal, RoundingStrategy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rate of 法释〔2014〕8号 art. 1(2): 日万分之一点七五, as a fraction a day.
pub const RATE_PER_DAY: Decimal = Decimal::from_parts(175, 0, 0, false, 6);
/// Largest principal, in yuan.
pub const MOST_PRINCIPAL: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);
/// Largest rate, as a fraction a day: 1 %.
pub const MOST_RATE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Most days of one period: a hundred years.
pub const MOST_DAYS: u32 = 36_525;
/// Most periods of one computation.
pub const MOST_PERIODS: usize = 1_000;
/// Most decimals of a rate.
const RATE_DECIMALS: u32 = 8;

/// One period of delay with the same principal and rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelayPeriod {
    /// What is unpaid, without ordinary interest, in yuan.
    #[serde(with = "rust_decimal::serde::str")]
    #[schemars(with = "String")]
    pub principal: Decimal,
    /// Rate a day as a fraction; [`RATE_PER_DAY`] unless an older rule applies.
    #[serde(with = "rust_decimal::serde::str")]
    #[schemars(with = "String")]
    pub rate_per_day: Decimal,
    /// Days of delay.
    pub days: u32,
}

/// Why interest cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    /// The principal is no amount of money.
    #[error(
        "本金应为 0 至 1,000,000,000,000,000 元、最多两位小数 the principal must be 0 to 10^15 yuan with at most two decimals"
    )]
    Principal,
    /// The rate is none.
    #[error(
        "日利率应为 0 至 0.01、最多八位小数 the rate per day must be 0 to 0.01 with at most eight decimals; 日万分之一点七五 is 0.000175"
    )]
    Rate,
    /// The days are too many, or the last one is before the first.
    #[error(
        "迟延天数应为 0 至 36525 天 the days of delay must be 0 to 36525, and the last day not before the first"
    )]
    Days,
    /// There are too many periods.
    #[error("分段不得超过 1000 段 at most 1000 periods")]
    Periods,
}

/// The doubled part of interest of one period, rounded to the fen (half a fen is a fen).
///
/// # Errors
/// [`InterestError`] names the value that is out of bounds.
pub fn doubled_interest(
    principal: Decimal,
    rate_per_day: Decimal,
    days: u32,
) -> Result<Decimal, InterestError> {
    exact(DelayPeriod { principal, rate_per_day, days }).map(to_fen)
}

/// The doubled part of interest over several periods. The sum is rounded, not each part.
///
/// # Errors
/// [`InterestError`] names the value that is out of bounds.
pub fn doubled_interest_over(periods: &[DelayPeriod]) -> Result<Decimal, InterestError> {
    if periods.len() > MOST_PERIODS {
        return Err(InterestError::Periods);
    }
    let add =
        |sum: Decimal, period: &DelayPeriod| sum.checked_add(exact(*period)?).ok_or(InterestError::Principal);
    periods.iter().try_fold(Decimal::ZERO, add).map(to_fen)
}

/// Days of delay from the last day on which performance was in time to the day of performance.
///
/// # Errors
/// [`InterestError::Days`] where the second day is before the first, or more than a hundred years after it.
pub fn days_of_delay(last_day_in_time: Date, performed: Date) -> Result<u32, InterestError> {
    let days = last_day_in_time.until((Unit::Day, performed)).map_err(|_| InterestError::Days)?.get_days();
    u32::try_from(days).ok().filter(|days| *days <= MOST_DAYS).ok_or(InterestError::Days)
}

/// Without rounding: at most 15 + 2 digits of money, 8 decimals of a rate up to 0.01 and 36525 days make fewer than the 28
/// digits that a decimal holds.
fn exact(period: DelayPeriod) -> Result<Decimal, InterestError> {
    let (principal, rate) = (period.principal.normalize(), period.rate_per_day.normalize());
    if principal.is_sign_negative() && !principal.is_zero()
        || principal > MOST_PRINCIPAL
        || principal.scale() > 2
    {
        return Err(InterestError::Principal);
    }
    if rate.is_sign_negative() && !rate.is_zero() || rate > MOST_RATE || rate.scale() > RATE_DECIMALS {
        return Err(InterestError::Rate);
    }
    if period.days > MOST_DAYS {
        return Err(InterestError::Days);
    }
    let a_day = principal.checked_mul(rate).ok_or(InterestError::Principal)?;
    a_day.checked_mul(Decimal::from(period.days)).ok_or(InterestError::Principal)
}

fn to_fen(amount: Decimal) -> Decimal {
    let mut fen = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    fen.rescale(2);
    fen
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str) -> Decimal {
        text.parse().expect(text)
    }

    #[test]
    fn the_constants_are_what_they_are_called() {
        assert_eq!(RATE_PER_DAY.to_string(), "0.000175");
        assert_eq!(MOST_PRINCIPAL.to_string(), "1000000000000000");
        assert_eq!(MOST_RATE.to_string(), "0.01");
    }

    #[test]
    fn principal_times_rate_times_days_to_the_fen() {
        for (principal, days, interest) in [
            // The example of the rule's own kind: 100,000 yuan are 17.5 yuan a day.
            ("100000", 1, "17.50"),
            ("100000", 200, "3500.00"),
            ("258430.77", 93, "4205.96"),
            ("0.01", 1, "0.00"),
            // 0.005 is a fen.
            ("20", 10, "0.04"),
            ("1000", 365, "63.88"),
            ("0", 36_525, "0.00"),
            ("1000000000000000.00", 36_525, "6391875000000000.00"),
        ] {
            let found = doubled_interest(money(principal), RATE_PER_DAY, days).expect(principal);
            assert_eq!(found.to_string(), interest, "{principal} for {days} days");
        }
    }

    #[test]
    fn part_payments_make_periods_and_only_the_sum_is_rounded() {
        let period = |principal: &str, days| DelayPeriod {
            principal: money(principal),
            rate_per_day: RATE_PER_DAY,
            days,
        };
        // 20 yuan for 10 days are 0.035 each.
        let sum = doubled_interest_over(&[period("20", 10), period("20", 10)]).expect("a sum");
        assert_eq!(sum.to_string(), "0.07");
        assert_eq!(doubled_interest_over(&[]).expect("nothing").to_string(), "0.00");
        assert_eq!(
            doubled_interest_over(&vec![period("1", 1); MOST_PERIODS + 1]),
            Err(InterestError::Periods)
        );
        let most = period("1000000000000000", MOST_DAYS);
        doubled_interest_over(&vec![most; MOST_PERIODS]).expect("fits");
    }

    #[test]
    fn what_is_no_principal_rate_or_time_is_named() {
        let of = |principal: &str, rate: &str, days| doubled_interest(money(principal), money(rate), days);
        assert_eq!(of("-0.01", "0.000175", 1), Err(InterestError::Principal));
        assert_eq!(of("0.001", "0.000175", 1), Err(InterestError::Principal));
        assert_eq!(of("1000000000000000.01", "0.000175", 1), Err(InterestError::Principal));
        assert_eq!(of("79228162514264337593543950335", "0.000175", 1), Err(InterestError::Principal));
        assert_eq!(of("1", "-0.000175", 1), Err(InterestError::Rate));
        assert_eq!(of("1", "0.0175", 1), Err(InterestError::Rate), "percent a day");
        assert_eq!(of("1", "0.000000001", 1), Err(InterestError::Rate));
        assert_eq!(of("1", "0.000175", MOST_DAYS + 1), Err(InterestError::Days));
        assert!(of("1.5000", "0.000175000000", 2).is_ok(), "zeros at the end are no decimals");
        assert!(InterestError::Rate.to_string().starts_with("日利率"));
    }

    #[test]
    fn delay_is_counted_in_days() {
        assert_eq!(days_of_delay(date(2026, 2, 28), date(2026, 3, 1)), Ok(1));
        assert_eq!(days_of_delay(date(2024, 2, 10), date(2025, 2, 10)), Ok(366));
        assert_eq!(days_of_delay(date(2026, 5, 5), date(2026, 5, 5)), Ok(0));
        assert_eq!(days_of_delay(date(2026, 5, 6), date(2026, 5, 5)), Err(InterestError::Days));
        assert_eq!(days_of_delay(Date::MIN, Date::MAX), Err(InterestError::Days));
    }

    proptest! {
        #[test]
        fn the_result_is_the_integer_computation_to_the_fen(fen in 0i64..100_000_000_000_000_000, millionths in 0i64..10_000, days in 0u32..=36_525) {
            let found = doubled_interest(Decimal::new(fen, 2), Decimal::new(millionths, 6), days).expect("in bounds");
            // In units of 10^-8 yuan; a fen is 10^6 of them.
            let exact = i128::from(fen) * i128::from(millionths) * i128::from(days);
            let want = (exact + 500_000) / 1_000_000;
            prop_assert_eq!(found.mantissa(), want);
            prop_assert_eq!(found.scale(), 2);
        }

        #[test]
        fn no_size_panics(low in any::<u32>(), middle in any::<u32>(), high in any::<u32>(), negative in any::<bool>(), scale in 0u32..=28, days in any::<u32>()) {
            let any = Decimal::from_parts(low, middle, high, negative, scale);
            let _ = doubled_interest(any, any, days);
            let _ = doubled_interest(any, RATE_PER_DAY, days);
        }
    }
}
