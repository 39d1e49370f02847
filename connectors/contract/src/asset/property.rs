use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::encumbrance::Encumbrance;
use crate::date::Date;
use crate::id::{UnitNumber, UnitParts};
use crate::name::folded;

/// A real property 不动产.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RealProperty {
    /// What it is. Travels as `property_kind`: `kind` says that the asset is a property.
    #[serde(rename = "property_kind")]
    pub kind: PropertyKind,
    /// Unit number 不动产单元号 when the registry sent a valid one.
    pub unit_number: Option<UnitNumber>,
    /// The unit number taken apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitParts>,
    /// The registry's text in place of a valid unit number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit_number_text: String,
    /// Certificate numbers 不动产权证号, in the registry's words.
    pub certificates: Vec<String>,
    /// Location 坐落.
    pub location: String,
    /// Holders with their shares.
    pub holders: Vec<Holder>,
    /// Which form of the party's number stands beside the holder that matched, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_number: Option<NumberForm>,
    /// Area as decimal text with its unit.
    #[schemars(with = "Option<String>")]
    pub area: Option<Decimal>,
    /// Unit of the area.
    pub area_unit: Option<AreaUnit>,
    /// Use 用途 in the registry's words.
    pub usage: String,
    /// Nature of the right 权利性质 in the registry's words.
    pub right_nature: String,
    /// Registered on.
    pub registered: Option<Date>,
    /// Name of the registry.
    pub registry: String,
    /// The registry's business number of the right 业务号, by which it wants to hear of it again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub business_number: String,
    /// Mortgages, seizures, objections, prenotices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encumbrances: Vec<Encumbrance>,
    /// The registry's remark 附记.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// What the registry sent in fields that are known to be unreliable: kept, and nothing is concluded from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreliable: Vec<UnreliableValue>,
}

/// A value of a field that is known to be unreliable, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreliableValue {
    /// Field name as on the wire.
    pub field: String,
    /// The value, verbatim.
    pub value: String,
    /// Why nothing is concluded from it, Chinese first.
    pub reason: String,
}

impl RealProperty {
    pub(super) fn identity(&self) -> String {
        match (&self.unit_number, self.certificates.first()) {
            (Some(unit), _) => format!("property|{unit}"),
            (None, Some(certificate)) => format!("property|{}|{}", self.registry, folded(certificate)),
            (None, None) => format!("property|{}|{}", self.registry, folded(&self.location)),
        }
    }
}

/// Kinds of real property, as registries list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// 土地所有权
    LandOwnership,
    /// 建设用地使用权、宅基地使用权
    LandUse,
    /// 房地产权
    Building,
    /// 在建建筑物
    UnderConstruction,
    /// 构筑物
    Structure,
    /// 农用地使用权
    Farmland,
    /// 林权
    Forest,
    /// 海域、海岛使用权
    Sea,
    /// 其他
    Other,
}

/// Unit of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AreaUnit {
    /// 平方米
    SquareMetre,
    /// 亩
    Mu,
    /// 公顷
    Hectare,
}

/// Form of an identity number as it stands in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberForm {
    /// As the inquiry states it: of a person's identity card the 18 digits.
    AsStated,
    /// The old 15 digits of an identity card.
    FifteenDigits,
    /// The organisation code within a unified code.
    OrganisationCode,
}

/// A holder 权利人 of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holder {
    /// Name.
    pub name: String,
    /// Share in the registry's words: `50%`, `1/2` …
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub share: String,
    /// Form of co-ownership.
    pub co_ownership: Option<CoOwnership>,
}

/// Form of co-ownership 共有方式.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoOwnership {
    /// 单独所有
    Sole,
    /// 共同共有
    Joint,
    /// 按份共有
    ByShares,
    /// 其他共有
    Other,
}
