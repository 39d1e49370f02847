//! Acts on a measure.

use chakong_contract::order::DocumentKind;

use super::super::grounds::CONFIRMED;
use super::super::words::{GROUND, IDENTITY, PARTY_KIND, PERMIT};
use super::{ActKind, Input, MEASURE, NUMBER, REASON, SEEN, field, needed, paper};

/// The acts.
pub const ACTS: &[ActKind] = &[
    ActKind {
        slug: "approve",
        zh: "批准冻结",
        en: "Approve",
        api: "/v1/measures/{}/approve",
        fields: &[
            field("limit", ("限额（空白按建议）", "Limit (empty as proposed)"), "/limit", Input::Amount),
            field(
                "permit",
                ("准许（豁免财产）", "Permitted (exempt property)"),
                "/permit",
                Input::Choice(PERMIT),
            ),
            field("rate", ("汇率（外币折人民币）", "Rate (yuan for one unit)"), "/rate", Input::Text),
            field(
                "whole",
                ("整体冻结（账户，或单价未知的产品）", "All of it (an account, a product of unknown price)"),
                "/whole",
                Input::Flag,
            ),
            field(
                "listed_state_shares",
                ("上市公司国有股、社会法人股", "State or corporate shares of a listed company"),
                "/listed_state_shares",
                Input::Flag,
            ),
            SEEN,
            NUMBER,
            paper(DocumentKind::FreezeRuling),
            paper(DocumentKind::FreezeNotice),
            REASON,
        ],
        done: ("已批准，冻结指令已排队发送。", "Approved; the freeze is on its way."),
        ..MEASURE
    },
    ActKind {
        slug: "permit",
        zh: "准许继续（豁免财产）",
        en: "Permit what stands",
        api: "/v1/measures/{}/approve",
        fields: &[needed("permit", ("准许", "Permitted"), "/permit", Input::Choice(PERMIT)), SEEN, REASON],
        done: ("已载明准许的范围。", "What is permitted is on record."),
        ..MEASURE
    },
    ActKind {
        slug: "reject",
        zh: "驳回",
        en: "Reject",
        api: "/v1/measures/{}/reject",
        fields: &[REASON],
        done: ("已驳回。", "Rejected."),
        ..MEASURE
    },
    ActKind {
        slug: "reconsider",
        zh: "撤销驳回",
        en: "Take the rejection back",
        api: "/v1/measures/{}/reconsider",
        fields: &[REASON],
        done: ("已撤销驳回。", "The rejection is taken back."),
        ..MEASURE
    },
    ActKind {
        slug: "value",
        zh: "载明价值",
        en: "State the value",
        api: "/v1/measures/{}/value",
        fields: &[needed("value", ("价值（元）", "Value (yuan)"), "/value", Input::Money), REASON],
        done: ("价值已载明。", "The value is stated."),
        ..MEASURE
    },
    ActKind {
        slug: "rate",
        zh: "载明汇率",
        en: "Name the rate",
        api: "/v1/measures/{}/rate",
        fields: &[
            needed(
                "rate",
                ("汇率（外币一单位折人民币元）", "Rate (yuan for one unit)"),
                "/rate",
                Input::Text,
            ),
            REASON,
        ],
        done: ("汇率已载明。", "The rate is named."),
        ..MEASURE
    },
    ActKind {
        slug: "release",
        zh: "解除",
        en: "Release",
        api: "/v1/measures/{}/release",
        is_grave: true,
        fields: &[
            field("amount", ("金额（空白为全部）", "Amount (empty for all)"), "/amount", Input::Amount),
            needed(
                "ground",
                ("事由（查扣冻规定第28条）", "Ground (art. 28)"),
                "/ground",
                Input::Choice(GROUND),
            ),
            SEEN,
            field(
                CONFIRMED,
                (
                    "只解除一部分而所选事由了结全案执行标的的：已知悉，确认了结",
                    "Where a part is released on a ground that settles the whole claim: I know, settle it",
                ),
                "",
                Input::Flag,
            ),
            NUMBER,
            paper(DocumentKind::ReleaseRuling),
            paper(DocumentKind::ReleaseNotice),
            REASON,
        ],
        done: ("解除指令已排队发送。", "The release is on its way."),
        ..MEASURE
    },
    ActKind {
        slug: "release-surplus",
        zh: "解除超额部分",
        en: "Release the surplus",
        api: "/v1/measures/{}/release",
        is_grave: true,
        base: r#"{"surplus":true,"ground":"excess"}"#,
        fields: &[
            SEEN,
            NUMBER,
            paper(DocumentKind::ReleaseRuling),
            paper(DocumentKind::ReleaseNotice),
            REASON,
        ],
        done: ("解除指令已排队发送。", "The release is on its way."),
        ..MEASURE
    },
    ActKind {
        slug: "renew",
        zh: "续行冻结",
        en: "Renew",
        api: "/v1/measures/{}/renew",
        fields: &[
            field("days", ("天数（空白为法定最长）", "Days (empty for the longest)"), "/days", Input::Count),
            SEEN,
            NUMBER,
            paper(DocumentKind::RenewRuling),
            paper(DocumentKind::RenewNotice),
            REASON,
        ],
        done: ("续冻指令已排队发送。", "The renewal is on its way."),
        ..MEASURE
    },
    ActKind {
        slug: "deduct",
        zh: "扣划",
        en: "Deduct",
        api: "/v1/measures/{}/deduct",
        is_grave: true,
        fields: &[
            field("amount", ("金额（空白为全部）", "Amount (empty for all)"), "/amount", Input::Amount),
            needed(
                "court_account",
                ("法院账户", "Account of the court"),
                "/court_account",
                Input::CourtAccount,
            ),
            SEEN,
            NUMBER,
            paper(DocumentKind::DeductRuling),
            paper(DocumentKind::DeductNotice),
            REASON,
        ],
        done: ("扣划指令已排队发送。", "The deduction is on its way."),
        ..MEASURE
    },
    ActKind {
        slug: "transfer",
        zh: "强制转让股权",
        en: "Forced transfer",
        api: "/v1/measures/{}/transfer",
        is_grave: true,
        fields: &[
            needed("name", ("受让人姓名或名称", "Who takes it"), "/to/name", Input::Text),
            needed("kind", ("受让人类型", "Kind"), "/to/kind", Input::Choice(PARTY_KIND)),
            needed("document", ("证件类型", "Document"), "/to/document/kind", Input::Choice(IDENTITY)),
            needed("number", ("证件号码", "Number"), "/to/document/number", Input::Text),
            SEEN,
            NUMBER,
            paper(DocumentKind::TransferRuling),
            paper(DocumentKind::TransferNotice),
            REASON,
        ],
        done: ("强制转让指令已排队发送。", "The transfer is on its way."),
        ..MEASURE
    },
];
