//! Registered capital and shares as texts, the way registries and vendors write them.

use rust_decimal::Decimal;

use chakong_contract::money::{self, Currency, Money};

/// Reads an amount of capital in every form of protocol section 3.6 of the business registries: `1000万人民币`, `77800.32万元人民币`, `6788.8573 万人民币`,
/// `350万人民币元`, `20000万(美元)`, `(人民币)100万元`, `100万`. The amount is in 元; a currency that is not named is not known.
///
/// What binary fractions leave over is rounded off. `None` for a blank, a dash, or anything else: the text is kept beside it.
pub fn read_capital(text: &str) -> Option<Money> {
    let stated = stated_capital(text)?;
    Some(stated.without_residue().unwrap_or(stated))
}

/// The same as it is stated, with what binary fractions leave over.
pub(crate) fn stated_capital(text: &str) -> Option<Money> {
    let kept = |c: &char| !c.is_whitespace() && !"()（）".contains(*c);
    let text: String = text.chars().filter(kept).map(half_width).collect();
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let start = text.find(is_number)?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end + exponent(rest.get(end..)?));
    let amount = money::read_amount(number).ok()??;
    let (factor, unit) = match (after.strip_prefix('万'), after.strip_prefix('亿')) {
        (Some(unit), _) => (10_000, unit),
        (_, Some(unit)) => (100_000_000, unit),
        _ => (1, after),
    };
    let amount = amount.checked_mul(Decimal::from(factor))?.normalize();
    let unit = if before.is_empty() { unit.to_owned() } else { before.to_owned() + unit };
    currency(&unit).map(|currency| Money { amount, currency })
}

/// Length of the exponent that a number goes on with: `E7`, `E+16`; 0 where a unit follows, such as `EUR`.
fn exponent(rest: &str) -> usize {
    let Some(power) = rest.strip_prefix(['E', 'e']) else { return 0 };
    let signed = power.strip_prefix(['+', '-']).unwrap_or(power);
    let digits = signed.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { 0 } else { rest.len() - signed.len() + digits }
}

/// The currency of what stands around a number: `Some(None)` where none is named, `None` where the words are not known.
fn currency(unit: &str) -> Option<Option<Currency>> {
    if matches!(unit, "" | "元") {
        return Some(None);
    }
    let spellings = [unit, unit.trim_start_matches('元'), unit.trim_end_matches('元')];
    spellings.into_iter().find_map(Currency::from_wire).map(Some)
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' | '．' | '，' => char::from_u32(u32::from(c).wrapping_sub(0xFEE0)).unwrap_or(c),
        other => other,
    }
}

/// Decimals that a share in percent may have.
const PERCENT_DECIMALS: u32 = 6;

/// Reads a share such as `65%` as decimal text in percent; `None` for anything else.
pub fn read_percent(text: &str) -> Option<String> {
    let number = text.trim().strip_suffix(['%', '％'])?;
    let percent = money::read_amount(number).ok()??;
    let percent = money::without_residue(percent, PERCENT_DECIMALS).unwrap_or(percent);
    Some(percent.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_seen() {
        for (text, want) in [
            ("1000万人民币", "10000000 CNY"),
            ("77800.32万人民币", "778003200 CNY"),
            ("1000万元人民币", "10000000 CNY"),
            ("6788.8573 万人民币", "67888573 CNY"),
            ("350万人民币元", "3500000 CNY"),
            ("20000万美元", "200000000 USD"),
            ("20000万(美元)", "200000000 USD"),
            ("（人民币）100万元", "1000000 CNY"),
            ("100万", "1000000 (currency unknown)"),
            ("15000万元", "150000000 (currency unknown)"),
            ("0万人民币", "0 CNY"),
            ("1,000万人民币", "10000000 CNY"),
            ("５００万人民币", "5000000 CNY"),
            ("1亿元人民币", "100000000 CNY"),
            ("1.2E7元人民币", "12000000 CNY"),
            ("3.5E+3万人民币", "35000000 CNY"),
            ("2.5E8", "250000000 (currency unknown)"),
            ("100万EUR", "1000000 EUR"),
            ("100EUR", "100 EUR"),
        ] {
            assert_eq!(read_capital(text).expect(text).to_string(), want, "{text}");
        }
        for none in ["", "-", "万人民币", "500万股", "65%", "1.2.3万", "100万火星币"] {
            assert_eq!(read_capital(none), None, "{none}");
        }
        assert_eq!(read_capital("79228162514264337593543950335万人民币"), None, "too large, no panic");
    }

    #[test]
    fn percents_are_decimals() {
        assert_eq!(read_percent("65.00%").as_deref(), Some("65"));
        assert_eq!(read_percent(" 0.5％").as_deref(), Some("0.5"));
        assert_eq!(read_percent("65"), None);
        assert_eq!(read_percent("33.300000000000004%").as_deref(), Some("33.3"));
        assert_eq!(read_percent("33.33333333%").as_deref(), Some("33.33333333"));
    }

    #[test]
    fn what_binary_fractions_leave_over_is_no_money() {
        for (text, want) in [
            ("0.30000000000000004万元人民币", "3000.00 CNY"),
            ("1234.5600000000001万人民币", "12345600.00 CNY"),
            ("99.99999999999999万", "1000000.00 (currency unknown)"),
        ] {
            assert_eq!(read_capital(text).map(|money| money.to_string()).as_deref(), Some(want), "{text}");
        }
    }
}
