//! Code tables (protocol section 7).

use chakong_contract::asset::DoubtAbout;
use chakong_contract::{IdentityDocument, IdentityKind, RefusalReason};

/// Class of counterpart: commercial bank (protocol section 7.2).
pub(crate) const COMMERCIAL_BANK: &str = "YH";
/// Nature of a request: query.
pub(crate) const NATURE_QUERY: &str = "1";
/// Nature of a request: control.
pub(crate) const NATURE_CONTROL: &str = "2";
/// Measure: freeze (protocol section 7.3).
pub(crate) const FREEZE: &str = "01";
/// Measure: renew, i.e. go on freezing.
pub(crate) const RENEW: &str = "02";
/// Measure: release.
pub(crate) const RELEASE: &str = "04";
/// Measure: deduct.
pub(crate) const DEDUCT: &str = "06";
/// Class of control: deposit (protocol section 7.4).
pub(crate) const DEPOSIT: &str = "1";
/// Class of control: financial product that is no deposit.
pub(crate) const PRODUCT: &str = "2";
/// Content of control: the money in the account.
pub(crate) const MONEY: &str = "1";
/// Content of control: the account.
pub(crate) const ACCOUNT: &str = "2";
/// Result: controlled.
pub(crate) const DONE: &str = "1";
/// Result: not controlled.
pub(crate) const NOT_DONE: &str = "2";
/// Kind of identity document of organisations.
pub(crate) const ORGANISATION: &str = "20";
/// Kind of a receipt document.
pub(crate) const RECEIPT: &str = "回执";
/// Reason of a return or stand-in: the bank reviewed the request and declined it.
pub(crate) const DECLINED: &str = "业务审核未通过";

/// A field whose value may be kept verbatim.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// What court staff call it.
    pub(crate) label: &'static str,
    /// What a doubt about its value is about.
    pub(crate) about: DoubtAbout,
}

/// Names of fields as they stand on the wire, for values that are kept verbatim.
pub(crate) mod field {
    use chakong_contract::asset::DoubtAbout::{
        self, Available, Balance, Class, Closed, Currency, Held, Limit, Number, Opened, Other, Status, Term,
    };

    use super::Field;

    const fn field(name: &'static str, label: &'static str, about: DoubtAbout) -> Field {
        Field { name, label, about }
    }

    pub(crate) const ACCOUNT: Field = field("KHZH", "账号", Number);
    pub(crate) const CLASS: Field = field("CCLB", "账户类别", Class);
    pub(crate) const STATUS: Field = field("ZHZT", "账户状态", Status);
    pub(crate) const BRANCH: Field = field("KHWD", "开户网点", Other);
    pub(crate) const CURRENCY: Field = field("BZ", "币种", Currency);
    pub(crate) const BALANCE: Field = field("YE", "资产数额", Balance);
    pub(crate) const AVAILABLE: Field = field("KYYE", "可用资产数额", Available);
    pub(crate) const OPENED: Field = field("KHRQ", "开户日期", Opened);
    pub(crate) const CLOSED: Field = field("XHRQ", "销户日期", Closed);
    pub(crate) const ANSWERED_AT: Field = field("FKSJ", "反馈时间", Other);
    pub(crate) const REMARK: Field = field("BEIZ", "备注", Class);
    pub(crate) const SUB_ACCOUNT: Field = field("GLZHHM", "子账号", Number);
    pub(crate) const SUB_CLASS: Field = field("GLZHLB", "子账户类别", Class);
    pub(crate) const PRODUCT: Field = field("JRCPBH", "金融产品编号", Number);
    pub(crate) const PRODUCT_NAME: Field = field("ZCMC", "金融资产名称", Class);
    pub(crate) const PRODUCT_CLASS: Field = field("ZCLX", "金融资产类型", Class);
    pub(crate) const FREEZE_AMOUNT: Field = field("DJJE", "冻结金额", Other);
    pub(crate) const FREEZE_UNTIL: Field = field("DJJZRQ", "冻结截止日", Other);
    pub(crate) const RIGHT_AMOUNT: Field = field("QLJE", "权利金额", Other);
    pub(crate) const UNIT_PRICE: Field = field("ZCDWJG", "单位价格", Other);
    pub(crate) const QUANTITY: Field = field("SE", "数量", Balance);
    pub(crate) const CONTROLLABLE: Field = field("KYSE", "可控数量", Available);
    pub(crate) const TRANSACTION_AMOUNT: Field = field("JE", "交易金额", Other);
    pub(crate) const TRANSACTION_AT: Field = field("JYSJ", "交易时间", Other);
    pub(crate) const MEASURE_FROM: Field = field("CSKSRQ", "措施始期", Term);
    pub(crate) const MEASURE_UNTIL: Field = field("CSJSRQ", "措施终期", Term);
    pub(crate) const LIMIT: Field = field("DJXE", "冻结限额", Limit);
    pub(crate) const HELD: Field = field("SKJE", "实际控制金额", Held);
    pub(crate) const UNCOVERED: Field = field("CESKJE", "超额控制金额", Held);
    pub(crate) const CONTENT: Field = field("KZNR", "控制内容", Held);
    pub(crate) const SEQUENCE: Field = field("CCXH", "账户序号", Other);
}

/// A text that stands where an account number is expected (protocol section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandIn {
    /// The bank knows of no account.
    NoAccount,
    /// The bank's own system failed.
    QueryFailed,
    /// The bank declined the request; why stands in the remark.
    Declined,
}

impl StandIn {
    /// The text on the wire.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::NoAccount => "查无开户信息",
            Self::QueryFailed => "查询异常",
            Self::Declined => DECLINED,
        }
    }

    /// Reads what stands for an account number.
    pub(crate) fn from_wire(text: &str) -> Option<Self> {
        [Self::NoAccount, Self::QueryFailed, Self::Declined]
            .into_iter()
            .find(|stand_in| stand_in.text() == text)
    }
}

/// Kinds of identity documents that the table of protocol section 7.1 has a code for, and 20 for a unified social credit
/// code: its own code is not known, 20 (organisation code) is inferred.
pub(crate) const IDENTITIES: &[IdentityKind] = &[
    IdentityKind::ResidentId,
    IdentityKind::Uscc,
    IdentityKind::OrgCode,
    IdentityKind::HouseholdRegister,
    IdentityKind::Passport,
    IdentityKind::ForeignPassport,
    IdentityKind::HongKongMacauPermit,
    IdentityKind::TaiwanPermit,
    IdentityKind::Other,
];

/// The code of an identity document (protocol section 7.1); `None` where the table has none, as for a soldier's card,
/// whose ten codes cannot be told apart by the gateway.
pub(crate) const fn identity(document: &IdentityDocument) -> Option<&'static str> {
    Some(match document.kind() {
        IdentityKind::ResidentId => "01",
        IdentityKind::HouseholdRegister => "02",
        IdentityKind::Passport => "03",
        IdentityKind::ForeignPassport => "04",
        IdentityKind::HongKongMacauPermit => "05",
        IdentityKind::TaiwanPermit => "07",
        IdentityKind::OrgCode | IdentityKind::Uscc => "20",
        IdentityKind::Other => "99",
        IdentityKind::MilitaryCard | IdentityKind::Lei | IdentityKind::BusinessLicence => return None,
    })
}

/// Words that banks use for a reason, most telling first (protocol section 7.8).
const WORDS: &[(RefusalReason, &[&str])] = &[
    (RefusalReason::OriginalUnknown, &["无原冻结", "原冻结请求不存在"]),
    (RefusalReason::IdentityMismatch, &["不匹配", "不一致", "不符"]),
    (RefusalReason::DocumentMissing, &["无文书", "无法律文书", "无证件", "文书内容", "文书不全", "文书缺失"]),
    (RefusalReason::TargetEnded, &["销户", "已注销"]),
    (RefusalReason::TargetUnknown, &["查无", "无申请控制账号", "账号不存在", "账户不存在"]),
    (RefusalReason::NotSupported, &["不支持"]),
    (RefusalReason::CounterpartError, &["系统处理异常", "系统异常", "查询异常", "数据库异常", "系统错误"]),
    (RefusalReason::Declined, &["审核未通过", "拒绝"]),
];

/// The reason that a bank's words mean; the most detailed text first. `Other` when none is known.
pub(crate) fn reason(texts: &[&str]) -> RefusalReason {
    let known = |text: &&str| {
        WORDS
            .iter()
            .find(|(_, words)| words.iter().any(|word| text.contains(word)))
            .map(|(reason, _)| *reason)
    };
    texts.iter().find_map(known).unwrap_or(RefusalReason::Other)
}
