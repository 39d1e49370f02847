//! A text as a QR code that a page draws by itself (ISO/IEC 18004).

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Quiet modules around the code: four, as the standard wants it.
const QUIET: i32 = 4;

/// A QR code as a path of SVG, one unit a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Width and height in modules, with the quiet zone.
    pub size: i32,
    /// The dark modules.
    pub path: String,
}

/// The QR code of a text; `None` for no text, or one that is too long for any.
pub fn drawing(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok().filter(|_| !text.is_empty())?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a text does not fail.
            let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some(Drawing { size: code.size() + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_marks_and_a_quiet_zone_and_nothing_outside() {
        let drawn = drawing("otpauth://totp/Chakong:gh001?secret=GEZDGNBVGY3TQOJQ").expect("a code");
        let dark: Vec<(i32, i32)> = drawn
            .path
            .split('M')
            .skip(1)
            .map(|module| {
                let (x, rest) = module.split_once(',').expect("x");
                let y = rest.strip_suffix("h1v1h-1z").expect("one module");
                (x.parse().expect("a number"), y.parse().expect("a number"))
            })
            .collect();
        assert!(dark.iter().flat_map(|(x, y)| [*x, *y]).all(|at| (QUIET..drawn.size - QUIET).contains(&at)));
        let last = drawn.size - QUIET - 7;
        for (left, top) in [(QUIET, QUIET), (last, QUIET), (QUIET, last)] {
            // A mark: a ring of seven modules with a block of three inside.
            for (x, y) in (0..7).flat_map(|x| (0..7).map(move |y| (x, y))) {
                let from_middle = i32::max(i32::abs(x - 3), i32::abs(y - 3));
                let is_dark = dark.contains(&(left + x, top + y));
                assert_eq!(is_dark, from_middle != 2, "{left},{top}: {x},{y}");
            }
        }
        assert_eq!(drawing(""), None);
        assert_eq!(drawing(&"x".repeat(5000)), None);
    }
}
