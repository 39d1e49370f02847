//! Parties 被执行人 / 被申请人 and the identity documents they are looked up by.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{Lei, OrgCode, ResidentId, UnverifiedUscc, Uscc};
use crate::name::PartyName;
use crate::text::travels_as_text;

/// Person or organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// 自然人
    Person,
    /// 法人或其他组织
    Organisation,
}

/// What a party is in the case. Only obligors may be looked up (法释〔2013〕20号 art. 7); there is no other value on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// 被执行人
    JudgmentDebtor,
    /// 变更、追加的被执行人 (法释〔2016〕21号)
    AddedDebtor,
    /// 执行担保人 (民诉法 art. 242)
    Guarantor,
    /// 到期债权第三人 (执行规定 arts. 45, 49)
    ThirdPartyDebtor,
    /// 被执行人配偶, for common property (查扣冻规定 art. 12)
    Spouse,
    /// 被保全人 (财产保全规定 arts. 10–11)
    PreservationRespondent,
}

impl PartyRole {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::JudgmentDebtor,
        Self::AddedDebtor,
        Self::Guarantor,
        Self::ThirdPartyDebtor,
        Self::Spouse,
        Self::PreservationRespondent,
    ];

    /// The Chinese word.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::JudgmentDebtor => "被执行人",
            Self::AddedDebtor => "变更、追加的被执行人",
            Self::Guarantor => "执行担保人",
            Self::ThirdPartyDebtor => "到期债权第三人",
            Self::Spouse => "被执行人配偶",
            Self::PreservationRespondent => "被保全人",
        }
    }
}

/// One identity document. A party has one or more; a counterpart is asked about each one that it can match.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "number", rename_all = "snake_case")]
pub enum IdentityDocument {
    /// 居民身份证
    ResidentId(ResidentId),
    /// 统一社会信用代码
    Uscc(Uscc),
    /// 统一社会信用代码 whose check character is wrong, on an officer's word that the register knows the company under it. It is
    /// of the kind [`IdentityKind::Uscc`] and travels as one.
    UnverifiedUscc(UnverifiedUscc),
    /// 组织机构代码
    OrgCode(OrgCode),
    /// Legal entity identifier of a foreign company
    Lei(Lei),
    /// 营业执照注册号
    BusinessLicence(DocumentNumber),
    /// 户口簿
    HouseholdRegister(DocumentNumber),
    /// 中国护照
    Passport(DocumentNumber),
    /// 外国护照
    ForeignPassport(DocumentNumber),
    /// 港澳居民来往内地通行证
    HongKongMacauPermit(DocumentNumber),
    /// 台湾居民来往大陆通行证
    TaiwanPermit(DocumentNumber),
    /// 解放军、武警证件
    MilitaryCard(DocumentNumber),
    /// 其他证件
    Other(DocumentNumber),
}

/// The kind of an identity document, without its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "documented on IdentityDocument")]
pub enum IdentityKind {
    ResidentId,
    Uscc,
    OrgCode,
    Lei,
    BusinessLicence,
    HouseholdRegister,
    Passport,
    ForeignPassport,
    HongKongMacauPermit,
    TaiwanPermit,
    MilitaryCard,
    Other,
}

impl IdentityKind {
    /// Every kind that a natural person can have.
    pub const OF_PERSONS: &'static [Self] = &[
        Self::ResidentId,
        Self::HouseholdRegister,
        Self::Passport,
        Self::ForeignPassport,
        Self::HongKongMacauPermit,
        Self::TaiwanPermit,
        Self::MilitaryCard,
        Self::Other,
    ];
    /// Every kind that a Chinese organisation can have.
    pub const OF_ORGANISATIONS: &'static [Self] = &[Self::Uscc, Self::OrgCode, Self::BusinessLicence];
}

impl IdentityDocument {
    /// The kind.
    pub const fn kind(&self) -> IdentityKind {
        match self {
            Self::ResidentId(_) => IdentityKind::ResidentId,
            Self::Uscc(_) | Self::UnverifiedUscc(_) => IdentityKind::Uscc,
            Self::OrgCode(_) => IdentityKind::OrgCode,
            Self::Lei(_) => IdentityKind::Lei,
            Self::BusinessLicence(_) => IdentityKind::BusinessLicence,
            Self::HouseholdRegister(_) => IdentityKind::HouseholdRegister,
            Self::Passport(_) => IdentityKind::Passport,
            Self::ForeignPassport(_) => IdentityKind::ForeignPassport,
            Self::HongKongMacauPermit(_) => IdentityKind::HongKongMacauPermit,
            Self::TaiwanPermit(_) => IdentityKind::TaiwanPermit,
            Self::MilitaryCard(_) => IdentityKind::MilitaryCard,
            Self::Other(_) => IdentityKind::Other,
        }
    }

    /// Whether the document stands on an officer's word alone: its number fails its check.
    pub const fn is_unverified(&self) -> bool {
        matches!(self, Self::UnverifiedUscc(_))
    }

    /// The number as text.
    pub fn number(&self) -> &str {
        match self {
            Self::ResidentId(number) => number.as_str(),
            Self::Uscc(number) => number.as_str(),
            Self::UnverifiedUscc(number) => number.as_str(),
            Self::OrgCode(number) => number.as_str(),
            Self::Lei(number) => number.as_str(),
            Self::BusinessLicence(number)
            | Self::HouseholdRegister(number)
            | Self::Passport(number)
            | Self::ForeignPassport(number)
            | Self::HongKongMacauPermit(number)
            | Self::TaiwanPermit(number)
            | Self::MilitaryCard(number)
            | Self::Other(number) => &number.0,
        }
    }
}

/// The number of a document whose form is not checked: 1 to 40 characters, upper case, no blanks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentNumber(String);

/// A document number that is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "证件号码应为 1 至 40 个字符，现为 {0} 个 a document number has 1 to 40 characters and this one has {0}"
)]
pub struct DocumentNumberError(usize);

impl FromStr for DocumentNumber {
    type Err = DocumentNumberError;

    fn from_str(text: &str) -> Result<Self, DocumentNumberError> {
        let number = crate::id::error::clean(text);
        match number.chars().count() {
            1..=40 => Ok(Self(number)),
            got => Err(DocumentNumberError(got)),
        }
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

travels_as_text!(DocumentNumber, "DocumentNumber", "Number of an identity document", None);

/// A person or organisation that is looked up, with every identity document known for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The case system's own reference of the party, unique within the inquiry.
    pub reference: String,
    /// Person or organisation.
    pub kind: PartyKind,
    /// Full name.
    pub name: PartyName,
    /// What the party is in the case.
    pub role: PartyRole,
    /// Identity documents; at least one.
    pub documents: Vec<IdentityDocument>,
    /// Former names 曾用名.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<PartyName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_checked_by_their_kind() {
        let read = serde_json::from_str::<IdentityDocument>;
        let id = read(r#"{"kind":"resident_id","number":"110101190001010014"}"#).expect("valid");
        assert_eq!(id.kind(), IdentityKind::ResidentId);
        let refused =
            read(r#"{"kind":"resident_id","number":"110101190001010015"}"#).expect_err("check digit");
        assert!(refused.to_string().contains("check digit"), "{refused}");
        assert!(!refused.to_string().contains("110101190001010015"), "errors do not repeat personal data");
        assert!(read(r#"{"kind":"passport","number":" e1234567 8"}"#).is_ok());
        assert!(read(r#"{"kind":"uscc","number":"91000000MADEM00114"}"#).is_err());
        let unverified =
            read(r#"{"kind":"unverified_uscc","number":"91000000MADEM00114"}"#).expect("on a word");
        assert_eq!((unverified.kind(), unverified.number()), (IdentityKind::Uscc, "91000000MADEM00114"));
        assert!(unverified.is_unverified());
    }
}
