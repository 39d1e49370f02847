use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::encumbrance::Encumbrance;
use crate::date::Date;

/// A motor vehicle 机动车. Texts are in the register's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Vehicle {
    /// Number plate 号牌号码.
    pub plate: String,
    /// Vehicle identification number 车辆识别代号.
    pub vin: String,
    /// Make and model 品牌型号.
    pub model: String,
    /// Class 车辆类型.
    pub class: String,
    /// Owner as registered 所有人.
    pub owner: String,
    /// State 状态: 正常, 查封, 抵押 …
    pub status: String,
    /// First registered on 初次登记日期.
    pub registered: Option<Date>,
    /// Register 登记机关.
    pub registry: String,
    /// Existing seizures and mortgages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encumbrances: Vec<Encumbrance>,
}

impl Vehicle {
    pub(super) fn key(&self) -> &str {
        if self.vin.is_empty() { &self.plate } else { &self.vin }
    }
}
