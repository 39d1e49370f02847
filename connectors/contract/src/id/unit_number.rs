use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Called, IdError, clean};
use crate::text::travels_as_text;

const WHAT: Called = Called::new("不动产单元号", "real-estate unit number");

/// A real-estate unit number 不动产单元号: 28 characters (12 digits, 2 letters, 5 digits, 1 letter, 8 digits).
///
/// Parts: county 1–6, cadastral district 7–9 and sub-district 10–12, parcel kind 13–14, parcel number 15–19, fixture
/// kind 20 (F building, L trees, Q other, W none), fixture number 21–28 (for buildings: 4 building, 4 unit).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitNumber(String);

impl UnitNumber {
    /// The 28 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// County division code, GB/T 2260 (characters 1–6).
    pub fn county(&self) -> &str {
        &self.0[..6]
    }

    /// The parcel code 宗地代码 (characters 1–19).
    pub fn parcel(&self) -> &str {
        &self.0[..19]
    }

    /// The two letters that say whose land and what kind (characters 13–14), e.g. `GB`.
    pub fn parcel_kind(&self) -> &str {
        &self.0[12..14]
    }

    /// The letter for what stands on the land (character 20).
    pub fn fixture_kind(&self) -> char {
        char::from(self.0.as_bytes()[19])
    }

    /// The number of what stands on the land (characters 21–28).
    pub fn fixture(&self) -> &str {
        &self.0[20..]
    }

    /// The number taken apart.
    pub fn parts(&self) -> UnitParts {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default().to_owned();
        let fixture_kind = part(19, 20);
        let built = fixture_kind == "F";
        UnitParts {
            county: part(0, 6),
            district: part(6, 9),
            sub_district: part(9, 12),
            parcel_kind: part(12, 14),
            parcel: part(14, 19),
            fixture_kind,
            fixture: part(20, 28),
            building: if built { part(20, 24) } else { String::new() },
            room: if built { part(24, 28) } else { String::new() },
        }
    }

    /// Grouped 6-6-7-9 for reading, as registries print it.
    pub fn grouped(&self) -> String {
        [&self.0[..6], &self.0[6..12], &self.0[12..19], &self.0[19..]].join(" ")
    }
}

/// A unit number taken apart (protocol court-realty section 9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitParts {
    /// County division code 县级行政区划代码, GB/T 2260: 6 digits.
    pub county: String,
    /// Cadastral district 地籍区: 3 digits.
    pub district: String,
    /// Cadastral sub-district 地籍子区: 3 digits.
    pub sub_district: String,
    /// Whose land (G the state's, J a collective's, Z not settled) and what kind (A owned, B S X for building, C homestead, D fields, E
    /// forest, F grass, G island, H sea, W not settled, Y other): 2 letters.
    pub parcel_kind: String,
    /// Number of the parcel 宗地（宗海）顺序号: 5 digits.
    pub parcel: String,
    /// What stands on it: F building or structure, L trees, Q other, W nothing.
    pub fixture_kind: String,
    /// Number of what stands on it 定着物单元号: 8 digits.
    pub fixture: String,
    /// Of a building: its number 幢号, 4 digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub building: String,
    /// Of a building: the number of the room 户号, 4 digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub room: String,
}

impl FromStr for UnitNumber {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        let got = text.chars().count();
        if got != 28 {
            return Err(IdError::length(WHAT, Called::new("28", "28"), got));
        }
        let wrong = text.chars().enumerate().find(|(at, c)| match at {
            12 | 13 | 19 => !c.is_ascii_uppercase(),
            _ => !c.is_ascii_digit(),
        });
        match wrong {
            Some((at, _)) => Err(IdError::character(WHAT, at + 1)),
            None => Ok(Self(text)),
        }
    }
}

impl fmt::Display for UnitNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(
    UnitNumber,
    "UnitNumber",
    "不动产单元号, 28 characters",
    Some("^[0-9]{12}[A-Z]{2}[0-9]{5}[A-Z][0-9]{8}$")
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_itself_apart() {
        let unit: UnitNumber = "320999 001002 GB00123 F00010008".parse().expect("valid");
        assert_eq!(
            (unit.county(), unit.parcel_kind(), unit.fixture_kind(), unit.fixture()),
            ("320999", "GB", 'F', "00010008")
        );
        assert_eq!(unit.grouped(), "320999 001002 GB00123 F00010008");
        let parts = unit.parts();
        assert_eq!(
            (parts.district.as_str(), parts.sub_district.as_str(), parts.parcel.as_str()),
            ("001", "002", "00123")
        );
        assert_eq!((parts.building.as_str(), parts.room.as_str()), ("0001", "0008"));
        let land: UnitNumber = "320999001002JC00123W00000000".parse().expect("valid");
        assert_eq!((land.parts().fixture.as_str(), land.parts().building.as_str()), ("00000000", ""));
    }

    #[test]
    fn refuses_the_literal_that_one_registry_sends() {
        assert!("notFound1".parse::<UnitNumber>().is_err());
        assert!("320999001002GB0012XF00010008".parse::<UnitNumber>().is_err());
    }
}
