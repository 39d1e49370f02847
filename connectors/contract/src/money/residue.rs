//! What binary fractions leave over: amounts that a program calculated in floating point, as `0.30000000000000004`, `5.5E-17` or
//! `12.340000000000001`.

use rust_decimal::{Decimal, RoundingStrategy};

/// A remainder below this part of the smallest unit is none that anybody means: a ten-thousandth.
const PART: Decimal = Decimal::from_parts(1, 0, 0, false, 4);
/// What a double of 53 bits may be off after some steps of calculation, as a part of the amount: 10⁻¹⁵.
const OF_AMOUNT: Decimal = Decimal::from_parts(1, 0, 0, false, 15);
/// No remainder above this part of the smallest unit is taken for one of calculation: a quarter.
const MOST: Decimal = Decimal::from_parts(25, 0, 0, false, 2);

/// The amount in whole units of so many decimals, where it is off by no more than calculating in binary fractions leaves over. `None` for
/// one that is whole already, and for one that is really finer.
pub fn without_residue(amount: Decimal, decimals: u32) -> Option<Decimal> {
    let whole = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    let off = amount.checked_sub(whole)?.abs();
    if off.is_zero() {
        return None;
    }
    let unit = Decimal::new(1, decimals);
    let of_amount = amount.abs().checked_mul(OF_AMOUNT)?;
    let negligible = unit.checked_mul(PART)?.max(of_amount).min(unit.checked_mul(MOST)?);
    // A negative zero is zero.
    (off <= negligible).then(|| if whole.is_zero() { Decimal::new(0, decimals) } else { whole })
}

#[cfg(test)]
mod tests {
    use super::super::read_amount;
    use super::*;

    fn rounded(text: &str, decimals: u32) -> Option<String> {
        let amount = read_amount(text).expect(text).expect(text);
        without_residue(amount, decimals).map(|amount| amount.to_string())
    }

    #[test]
    fn what_doubles_leave_over_is_taken_off() {
        for (text, decimals, want) in [
            ("0.30000000000000004", 2, "0.30"),
            ("5.5E-17", 2, "0.00"),
            ("-5.551115123125783E-17", 2, "0.00"),
            ("1.4210854715202004E-14", 2, "0.00"),
            ("0.1000000000000000055511151231257827021181583404541015625", 2, "0.10"),
            ("12.340000000000001", 2, "12.34"),
            ("99.99999999999999", 2, "100.00"),
            ("-1188.4499999999998", 2, "-1188.45"),
            ("1.2345678900000001E7", 2, "12345678.90"),
            ("123456789012.12001", 2, "123456789012.12"),
            ("100000000000000.125", 2, ""),
            ("1000.0000000000001", 0, "1000"),
            ("7.1230000000000002", 3, "7.123"),
        ] {
            assert_eq!(rounded(text, decimals).unwrap_or_default(), want, "{text}");
        }
    }

    #[test]
    fn what_is_whole_or_really_finer_stays() {
        for (text, decimals) in [
            ("0.30", 2),
            ("0", 2),
            ("1.0E7", 2),
            ("599.999", 2),
            ("599.995", 2),
            ("0.001", 2),
            ("0.0049", 2),
            ("100.5", 0),
            ("1.2345", 3),
            ("33.33333333333333", 2),
            ("79228162514264337593543950335", 2),
        ] {
            assert_eq!(rounded(text, decimals), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn sums_of_doubles_are_read_as_the_sums_of_their_cents(cents in proptest::collection::vec(-100_000_000_i64..100_000_000, 1..40)) {
            let sum: f64 = cents.iter().map(|cents| *cents as f64 / 100.0).sum();
            let read = read_amount(&format!("{sum:?}")).expect("an amount").expect("an amount");
            let whole = without_residue(read, 2).unwrap_or(read);
            proptest::prop_assert_eq!(whole, Decimal::new(cents.iter().sum(), 2));
        }
    }
}
