//! Time zones, from tables that are part of the program: what is read is the same whatever is installed.

use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZone};

/// China's time since 1991.
pub(super) const EIGHT_HOURS: Offset = Offset::constant(8);

static SHANGHAI: LazyLock<TimeZone> =
    LazyLock::new(|| zone("Asia/Shanghai").unwrap_or_else(|| TimeZone::fixed(EIGHT_HOURS)));

/// Asia/Shanghai: UTC+8 since 1991; before then with its summer times, the last of 1986 to 1991, and before 1901 with its local mean
/// time, UTC+8:05:43.
pub fn shanghai() -> TimeZone {
    SHANGHAI.clone()
}

/// A zone of the IANA time zone database by its name, as `Europe/London`; `None` for a name that it does not have.
pub fn zone(name: &str) -> Option<TimeZone> {
    let (name, table) = time_zones::get(name)?;
    TimeZone::tzif(name, table).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_has_the_offsets_of_its_past() {
        let offset = |name: &str, at: &str| {
            let at: jiff::Timestamp = at.parse().expect(at);
            zone(name).expect(name).to_offset(at).seconds()
        };
        for (at, seconds) in [
            ("2026-01-05T00:00:00Z", 28_800),
            ("1991-08-01T00:00:00Z", 32_400),
            ("1986-07-01T00:00:00Z", 32_400),
            ("1985-07-01T00:00:00Z", 28_800),
            ("1899-12-30T00:00:00Z", 29_143),
        ] {
            assert_eq!(offset("Asia/Shanghai", at), seconds, "{at}");
        }
        assert_eq!(shanghai().iana_name(), Some("Asia/Shanghai"));
        assert_eq!(offset("Europe/London", "2026-07-01T00:00:00Z"), 3600);
        assert!(zone("Asia/Nowhere").is_none());
    }
}
