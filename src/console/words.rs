//! The words for codes of the API, in both languages, and how urgent they look.

mod acts;
mod lists;

use chakong_contract::order::DocumentKind;

use super::lang::Lang;
use crate::config::Role;

pub use acts::{ACT, ALARM, LOOK};
pub use lists::{CASE_STATE, FORMAT, GROUP, PRINT, PROPERTY};

/// A word with the tone in which it is shown: `good`, `busy`, `wait`, `warn`, `bad` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    zh: &'static str,
    en: &'static str,
    tone: &'static str,
}

impl Word {
    const fn new(zh: &'static str, en: &'static str, tone: &'static str) -> Self {
        Self { zh, en, tone }
    }

    /// In a language.
    pub const fn pick(self, lang: Lang) -> &'static str {
        lang.t(self.zh, self.en)
    }
}

/// A word as it is shown: a small label whose colour repeats what the word says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The tone.
    pub tone: &'static str,
    /// The word.
    pub text: String,
}

/// The words of one kind of codes.
type Table = &'static [(&'static str, Word)];

/// A code as it is shown; one that is not in the table is shown as it is.
pub fn badge(table: Table, code: &str, lang: Lang) -> Badge {
    match table.iter().find(|(known, _)| *known == code) {
        Some((_, word)) => Badge { tone: word.tone, text: word.pick(lang).to_owned() },
        None => Badge { tone: "off", text: code.to_owned() },
    }
}

/// A code in words.
pub fn word(table: Table, code: &str, lang: Lang) -> String {
    badge(table, code, lang).text
}

/// Every code of a table with its word, for a list to choose from.
pub fn choices(table: Table, lang: Lang) -> Vec<(String, String)> {
    table.iter().map(|(code, word)| ((*code).to_owned(), word.pick(lang).to_owned())).collect()
}

/// What a role is called.
pub const fn role(role: Role) -> Word {
    match role {
        Role::CaseSystem => Word::new("办案系统", "case system", "off"),
        Role::Officer => Word::new("查控员", "officer", "off"),
        Role::Approver => Word::new("审批人", "approver", "off"),
        Role::Supervisor => Word::new("指挥中心负责人", "supervisor", "off"),
        Role::Operations => Word::new("运维", "operations", "off"),
        Role::SecurityAdministrator => Word::new("安全管理员", "security administrator", "off"),
        Role::Auditor => Word::new("审计员", "auditor", "off"),
    }
}

/// What a role is called, by its word of the API.
pub fn role_in_words(word: &str, lang: Lang) -> String {
    Role::of_word(word).map_or_else(|| word.to_owned(), |known| role(known).pick(lang).to_owned())
}

/// States of orders.
pub const ORDER: Table = &[
    ("queued", Word::new("待发送", "queued", "wait")),
    ("sending", Word::new("发送中", "sending", "busy")),
    ("awaiting", Word::new("待反馈", "awaiting", "busy")),
    ("answered", Word::new("已反馈", "answered", "good")),
    ("refused", Word::new("被退回", "refused", "bad")),
    ("overdue", Word::new("逾期未反馈", "overdue", "bad")),
    ("failed", Word::new("未能办理", "failed", "bad")),
    ("undetermined", Word::new("结果不明", "undetermined", "bad")),
    ("cancelled", Word::new("已撤回", "cancelled", "off")),
    ("not_asked", Word::new("未查询", "not asked", "off")),
];

/// Where orders stand on the desk.
pub const DESK: Table = &[
    ("open", Word::new("待领取", "open", "warn")),
    ("taken", Word::new("办理中", "taken", "busy")),
    ("to_check", Word::new("待复核", "to be checked", "warn")),
    ("done", Word::new("已办结", "done", "good")),
    ("ended", Word::new("已终止", "ended", "off")),
];

/// States of measures.
pub const MEASURE: Table = &[
    ("candidate", Word::new("可冻结", "candidate", "off")),
    ("proposed", Word::new("待审批", "proposed", "warn")),
    ("asked", Word::new("冻结中", "asked", "busy")),
    ("accepted", Word::new("已受理", "accepted", "busy")),
    ("in_force", Word::new("已冻结", "in force", "good")),
    ("waiting", Word::new("轮候", "waiting", "wait")),
    ("releasing", Word::new("解除中", "releasing", "busy")),
    ("renewing", Word::new("续冻中", "renewing", "busy")),
    ("deducting", Word::new("扣划中", "deducting", "busy")),
    ("transferring", Word::new("转让中", "transferring", "busy")),
    ("lapsed", Word::new("已届满", "lapsed", "bad")),
    ("released", Word::new("已解除", "released", "off")),
    ("deducted", Word::new("已扣划", "deducted", "good")),
    ("transferred", Word::new("已转让", "transferred", "good")),
    ("refused", Word::new("未冻结", "refused", "bad")),
    ("skipped", Word::new("不予冻结", "skipped", "off")),
];

/// States of lanes.
pub const LANE: Table = &[
    ("running", Word::new("正常", "running", "good")),
    ("paused", Word::new("已暂停", "paused", "warn")),
    ("window_closed", Word::new("非服务时间", "window closed", "wait")),
    ("breaker_open", Word::new("熔断", "breaker open", "bad")),
    ("quota_spent", Word::new("额度用尽", "quota spent", "warn")),
    ("held_off", Word::new("对方要求等待", "held off", "wait")),
    ("store_older", Word::new("存储过旧", "store older", "bad")),
    ("unconfigured", Word::new("未配置", "not configured", "bad")),
    ("closed", Word::new("线路打不开", "line not open", "bad")),
    ("elsewhere", Word::new("在其他副本", "at another replica", "off")),
];

/// States of breakers.
pub const BREAKER: Table = &[
    ("closed", Word::new("闭合", "closed", "good")),
    ("open", Word::new("断开", "open", "bad")),
    ("probing", Word::new("试探中", "probing", "wait")),
];

/// Kinds of lines.
pub const LINE: Table = &[
    ("call", Word::new("调用", "call", "off")),
    ("postbox", Word::new("收发台", "postbox", "off")),
    ("parcel", Word::new("文件包", "parcel", "off")),
    ("desk", Word::new("人工", "desk", "off")),
];

/// States of relays and intakes.
pub const RELAY: Table = &[
    ("connecting", Word::new("连接中", "connecting", "wait")),
    ("running", Word::new("正常", "running", "good")),
    ("waiting", Word::new("中断，重试中", "failed, tries again", "bad")),
    ("stopped", Word::new("已停止", "stopped", "off")),
    ("elsewhere", Word::new("在其他副本", "at another replica", "off")),
];

/// Kinds of tasks.
pub const TASK: Table = &[
    ("approve", Word::new("审批冻结", "approve a freeze", "warn")),
    ("renew", Word::new("办理续冻", "renew", "bad")),
    ("resolve", Word::new("核实结果", "resolve", "bad")),
    ("answer_refusal", Word::new("答复异议", "answer a refusal", "warn")),
    ("release_excess", Word::new("解除超额", "release excess", "bad")),
    ("bring_papers", Word::new("补交文书", "bring papers", "warn")),
    ("review", Word::new("核查财产", "review", "warn")),
    ("review_news", Word::new("核对新财产", "look at new property", "warn")),
    ("notify_debtor", Word::new("告知被执行人", "notify the debtor", "wait")),
    ("notify_co_owners", Word::new("通知共有人", "notify co-owners", "wait")),
    ("start_inquiry", Word::new("启动查控", "start the search", "bad")),
    ("file_results", Word::new("结果入卷", "file the results", "wait")),
    ("requery", Word::new("定期复查", "re-query", "off")),
    ("await_effect", Word::new("等待生效", "await the effect", "off")),
];

/// What is asked of a counterpart.
pub const ACTION: Table = &[
    ("query", Word::new("查询", "query", "off")),
    ("freeze", Word::new("冻结", "freeze", "off")),
    ("renew", Word::new("续冻", "renew", "off")),
    ("release", Word::new("解除", "release", "off")),
    ("deduct", Word::new("扣划", "deduct", "off")),
    ("transfer", Word::new("强制转让", "transfer", "off")),
];

/// What came back.
pub const OUTCOME: Table = &[
    ("found", Word::new("有财产", "found", "good")),
    ("nothing", Word::new("无财产", "nothing", "off")),
    ("partial", Word::new("部分反馈", "partial", "warn")),
    ("refused", Word::new("退回", "refused", "bad")),
    ("held", Word::new("已控制", "held", "good")),
    ("partly_held", Word::new("部分控制", "partly held", "warn")),
    ("not_held", Word::new("未控制", "not held", "bad")),
    ("accepted", Word::new("已受理", "accepted", "busy")),
    ("released", Word::new("已解除", "released", "good")),
    ("deducted", Word::new("已扣划", "deducted", "good")),
    ("transferred", Word::new("已转让", "transferred", "good")),
];

/// States of claims.
pub const CLAIM: Table = &[
    ("open", Word::new("执行中", "open", "busy")),
    ("settled", Word::new("已清结", "settled", "good")),
    ("withdrawn", Word::new("已撤回", "withdrawn", "off")),
];

/// Changes of claims.
pub const CLAIM_CHANGE: Table = &[
    ("stated", Word::new("首次载明", "stated", "off")),
    ("raised", Word::new("增加", "raised", "warn")),
    ("lowered", Word::new("减少", "lowered", "warn")),
    ("part_payment", Word::new("部分清偿", "part payment", "good")),
    ("interest", Word::new("加计利息", "interest", "warn")),
    ("settled", Word::new("清结", "settled", "good")),
    ("withdrawn", Word::new("撤回", "withdrawn", "off")),
    ("reopened", Word::new("恢复", "reopened", "warn")),
    ("settings", Word::new("变更设置", "settings", "off")),
];

/// States of inquiries.
pub const INQUIRY: Table = &[
    ("open", Word::new("办理中", "open", "busy")),
    ("completed", Word::new("已完成", "completed", "good")),
    ("cancelled", Word::new("已撤回", "cancelled", "off")),
];

/// What the enforcement centre sorts cases by.
pub const TRIAGE: Table = &[
    ("cash_covers_claim", Word::new("现金足额", "cash covers the claim", "good")),
    ("cash_covers_part", Word::new("部分冻结", "cash covers a part", "warn")),
    ("cash_found", Word::new("有存款未冻结", "cash found, none held", "warn")),
    ("property_without_cash", Word::new("有财产无现金", "property, no cash", "warn")),
    ("nothing_found", Word::new("未发现财产", "nothing found", "off")),
    ("undetermined", Word::new("尚不明确", "not known yet", "wait")),
];

/// Kinds of assets.
pub const ASSET: Table = &[
    ("account", Word::new("存款账户", "account", "off")),
    ("product", Word::new("金融产品", "product", "off")),
    ("property", Word::new("不动产", "real estate", "off")),
    ("equity", Word::new("股权", "equity", "off")),
    ("company", Word::new("企业登记", "company", "off")),
    ("vehicle", Word::new("机动车", "vehicle", "off")),
];

/// Kinds of property that a measure can be about.
pub const TARGET: Table = &[
    ("account", Word::new("存款账户", "account", "off")),
    ("product", Word::new("金融产品", "product", "off")),
    ("property", Word::new("不动产", "real estate", "off")),
    ("equity", Word::new("股权", "equity", "off")),
];

/// Whether the law allows that an account is touched.
pub const EXEMPTION: Table = &[
    ("free", Word::new("可执行", "free", "good")),
    ("freeze_only", Word::new("只可冻结", "freeze only", "warn")),
    ("doubtful", Word::new("性质存疑", "doubtful", "warn")),
    ("no_measure", Word::new("不得执行", "no measure", "bad")),
];

/// What stands on an asset.
pub const ENCUMBRANCE: Table = &[
    ("freeze", Word::new("冻结", "freeze", "warn")),
    ("seizure", Word::new("查封", "seizure", "warn")),
    ("waiting_seizure", Word::new("轮候", "waiting", "warn")),
    ("preliminary_seizure", Word::new("预查封", "preliminary seizure", "warn")),
    ("waiting_preliminary_seizure", Word::new("轮候预查封", "waiting preliminary seizure", "warn")),
    ("mortgage", Word::new("抵押", "mortgage", "warn")),
    ("pledge", Word::new("质押", "pledge", "warn")),
    ("objection", Word::new("异议登记", "objection", "warn")),
    ("prenotice", Word::new("预告登记", "prenotice", "warn")),
    ("other_right", Word::new("其他权利", "other right", "warn")),
];

/// How a counterpart matched a party.
pub const MATCHED: Table = &[
    ("name_and_number", Word::new("姓名、证件均符", "name and number", "good")),
    ("number", Word::new("证件号相符", "number", "good")),
    ("name_only", Word::new("仅姓名相符", "name only", "bad")),
    ("unstated", Word::new("对方未说明", "not stated", "off")),
];

/// What a party is in a case.
pub const PARTY_ROLE: Table = &[
    ("judgment_debtor", Word::new("被执行人", "judgment debtor", "off")),
    ("added_debtor", Word::new("追加的被执行人", "added debtor", "off")),
    ("guarantor", Word::new("执行担保人", "guarantor", "off")),
    ("third_party_debtor", Word::new("到期债权第三人", "third-party debtor", "off")),
    ("spouse", Word::new("被执行人配偶", "spouse", "off")),
    ("preservation_respondent", Word::new("被保全人", "preservation respondent", "off")),
];

/// Person or organisation.
pub const PARTY_KIND: Table = &[
    ("person", Word::new("自然人", "person", "off")),
    ("organisation", Word::new("法人或其他组织", "organisation", "off")),
];

/// Kinds of identity documents.
pub const IDENTITY: Table = &[
    ("resident_id", Word::new("居民身份证", "resident identity card", "off")),
    ("uscc", Word::new("统一社会信用代码", "unified social credit code", "off")),
    ("unverified_uscc", Word::new("统一社会信用代码（校验不符）", "credit code that fails its check", "off")),
    ("org_code", Word::new("组织机构代码", "organisation code", "off")),
    ("lei", Word::new("LEI", "LEI", "off")),
    ("business_licence", Word::new("营业执照注册号", "business licence", "off")),
    ("household_register", Word::new("户口簿", "household register", "off")),
    ("passport", Word::new("中国护照", "Chinese passport", "off")),
    ("foreign_passport", Word::new("外国护照", "foreign passport", "off")),
    ("hong_kong_macau_permit", Word::new("港澳居民来往内地通行证", "Hong Kong/Macau permit", "off")),
    ("taiwan_permit", Word::new("台湾居民来往大陆通行证", "Taiwan permit", "off")),
    ("military_card", Word::new("军人、武警证件", "military card", "off")),
    ("other", Word::new("其他证件", "other", "off")),
];

/// Why an inquiry is made.
pub const PURPOSE: Table = &[
    ("enforcement", Word::new("执行", "enforcement", "off")),
    ("preservation", Word::new("保全", "preservation", "off")),
];

/// How freezes come about.
pub const MODE: Table = &[
    ("propose", Word::new("逐笔审批", "each is approved", "off")),
    ("auto", Word::new("自动冻结", "at once", "off")),
];

/// Which accounts come first.
pub const PREFER: Table = &[
    ("largest_first", Word::new("余额大的优先", "largest first", "off")),
    ("smallest_first", Word::new("余额小的优先", "smallest first", "off")),
];

/// What happens to a limit that no money covers.
pub const UNCOVERED: Table = &[
    ("release", Word::new("及时解除", "released", "off")),
    ("strict", Word::new("计入已要求", "counted as asked", "off")),
    ("keep", Word::new("保留并每日复查", "kept, looked at daily", "off")),
];

/// What is permitted for an exempt property.
pub const PERMIT: Table = &[
    ("freeze", Word::new("可以冻结", "it may be frozen", "off")),
    ("freeze_and_deduct", Word::new("可以冻结并扣划", "it may be frozen and deducted", "off")),
];

/// What became of a control.
pub const DECISION: Table = &[
    ("done", Word::new("对方已办理", "it was done", "off")),
    ("not_done", Word::new("对方未办理", "it was not done", "off")),
    ("send_again", Word::new("重新发送", "send it again", "off")),
    ("give_up", Word::new("不再追究", "give it up", "off")),
];

/// Why a measure is released (查扣冻规定 art. 28).
pub const GROUND: Table = &[
    ("debt_paid", Word::new("债务已经清偿", "the debt is paid", "off")),
    ("settled", Word::new("达成执行和解", "settlement", "off")),
    ("security_given", Word::new("提供担保且申请人同意", "security given", "off")),
    ("application_withdrawn", Word::new("撤回执行申请", "application withdrawn", "off")),
    ("claim_waived", Word::new("放弃债权", "claim waived", "off")),
    ("enforcement_ended", Word::new("终结执行", "enforcement ended", "off")),
    ("bankruptcy_accepted", Word::new("受理破产申请", "bankruptcy accepted", "off")),
    ("preservation_ended", Word::new("解除财产保全", "preservation ended", "off")),
    ("excess", Word::new("超标的额", "more than the claim", "off")),
    ("exempt_property", Word::new("豁免财产", "exempt property", "off")),
    ("wrong_person", Word::new("误控非被执行人", "wrong person", "off")),
    ("third_party_property", Word::new("案外人财产", "a third party's property", "off")),
    ("unsold", Word::new("流拍且不接受抵债", "unsold", "off")),
    ("replaced", Word::new("置换为其他财产", "replaced", "off")),
    ("other", Word::new("其他应当解除的情形", "other", "off")),
];

/// A kind of legal document in both languages.
pub fn paper(kind: DocumentKind, lang: Lang) -> String {
    match (lang, serde_json::to_value(kind)) {
        (Lang::En, Ok(serde_json::Value::String(code))) => code.replace('_', " "),
        _ => kind.chinese().to_owned(),
    }
}
