//! Acts on a case and its claim.

use chakong_contract::order::DocumentKind;

use super::super::words::{GROUND, MODE, PREFER, UNCOVERED};
use super::{ActKind, Input, MEASURE, NUMBER, REASON, SEEN, field, needed, needed_paper, paper};

const AMOUNT: (&str, &str) = ("金额（元）", "Amount (yuan)");

/// What acts on a claim have in common.
const CLAIM: ActKind = ActKind {
    api: "/v1/cases/{}/claim",
    is_put: true,
    done: ("执行标的已变更，台账随之调整。", "The claim is changed, and the ledger follows it."),
    about: ("案件", "Case"),
    at: "/console/cases",
    ..MEASURE
};

/// The acts.
pub const ACTS: &[ActKind] = &[
    ActKind {
        slug: "release-case",
        zh: "全案解除",
        en: "Release everything of the case",
        api: "/v1/cases/{}/release",
        is_grave: true,
        is_put: false,
        fields: &[
            needed(
                "ground",
                ("事由（查扣冻规定第28条）", "Ground (art. 28)"),
                "/ground",
                Input::Choice(GROUND),
            ),
            NUMBER,
            paper(DocumentKind::ReleaseRuling),
            paper(DocumentKind::ReleaseNotice),
            REASON,
        ],
        done: ("全案解除指令已排队发送。", "The releases are on their way."),
        ..CLAIM
    },
    ActKind {
        slug: "claim-raise",
        zh: "增加标的",
        en: "Raise the claim",
        base: r#"{"change":{"kind":"raise"}}"#,
        fields: &[
            needed("amount", ("变更后总额（元）", "New total (yuan)"), "/change/amount", Input::Money),
            NUMBER,
            needed_paper(DocumentKind::ClaimPaper),
            SEEN,
            REASON,
        ],
        ..CLAIM
    },
    ActKind {
        slug: "claim-lower",
        zh: "减少标的",
        en: "Lower the claim",
        base: r#"{"change":{"kind":"lower"}}"#,
        fields: &[
            needed("amount", ("变更后总额（元）", "New total (yuan)"), "/change/amount", Input::Money),
            NUMBER,
            needed_paper(DocumentKind::ClaimPaper),
            SEEN,
            REASON,
        ],
        ..CLAIM
    },
    ActKind {
        slug: "claim-payment",
        zh: "登记部分清偿",
        en: "Part payment",
        base: r#"{"change":{"kind":"part_payment"}}"#,
        fields: &[
            needed("amount", AMOUNT, "/change/amount", Input::Money),
            NUMBER,
            needed_paper(DocumentKind::ClaimPaper),
            SEEN,
            REASON,
        ],
        ..CLAIM
    },
    ActKind {
        slug: "claim-interest",
        zh: "加计迟延利息",
        en: "Add interest",
        base: r#"{"change":{"kind":"interest"}}"#,
        fields: &[
            needed("amount", AMOUNT, "/change/amount", Input::Money),
            NUMBER,
            needed_paper(DocumentKind::ClaimPaper),
            SEEN,
            REASON,
        ],
        ..CLAIM
    },
    ActKind {
        slug: "claim-settle",
        zh: "清结",
        en: "Settle the claim",
        is_grave: true,
        base: r#"{"state":"settled"}"#,
        fields: &[NUMBER, needed_paper(DocumentKind::ClaimPaper), SEEN, REASON],
        ..CLAIM
    },
    ActKind {
        slug: "claim-withdraw",
        zh: "撤回申请",
        en: "Withdraw the claim",
        is_grave: true,
        base: r#"{"state":"withdrawn"}"#,
        fields: &[NUMBER, needed_paper(DocumentKind::ClaimPaper), SEEN, REASON],
        ..CLAIM
    },
    ActKind {
        slug: "claim-reopen",
        zh: "恢复执行",
        en: "Open the claim again",
        base: r#"{"state":"open"}"#,
        fields: &[NUMBER, needed_paper(DocumentKind::ClaimPaper), SEEN, REASON],
        ..CLAIM
    },
    ActKind {
        slug: "claim-settings",
        zh: "变更冻结设置",
        en: "Change the settings",
        fields: &[
            field("mode", ("存款冻结方式", "Mode for deposits"), "/mode", Input::Choice(MODE)),
            field(
                "other_property",
                ("其他财产冻结方式", "Mode for other property"),
                "/other_property",
                Input::Choice(MODE),
            ),
            field("prefer", ("账户次序", "Order of accounts"), "/prefer", Input::Choice(PREFER)),
            field(
                "uncovered",
                ("限额中无款部分", "Uncovered limits"),
                "/uncovered",
                Input::Choice(UNCOVERED),
            ),
            field("term_days", ("冻结期限（天）", "Term (days)"), "/term_days", Input::Count),
            field(
                "living_costs",
                ("每名自然人生活必需费用（元）", "Living costs (yuan)"),
                "/living_costs",
                Input::Money,
            ),
            SEEN,
            REASON,
        ],
        ..CLAIM
    },
    ActKind {
        slug: "claim-liability",
        zh: "变更责任限额",
        en: "Change the liability",
        base: r#"{"liable_up_to":[{"party":""}]}"#,
        subject_at: "/liable_up_to/0/party",
        fields: &[
            field(
                "amount",
                ("责任限额（元，空白为全部标的）", "Liable up to (yuan; empty for the whole claim)"),
                "/liable_up_to/0/amount",
                Input::Money,
            ),
            NUMBER,
            needed_paper(DocumentKind::ClaimPaper),
            SEEN,
            REASON,
        ],
        about: ("案件～当事人", "Case ~ party"),
        ..CLAIM
    },
    ActKind {
        slug: "release-party",
        zh: "解除对该当事人的全部措施",
        en: "Release everything of the party",
        api: "/v1/cases/{}/parties/{}/release",
        is_put: false,
        is_grave: true,
        fields: &[
            needed(
                "ground",
                ("事由（查扣冻规定第28条）", "Ground (art. 28)"),
                "/ground",
                Input::Choice(GROUND),
            ),
            NUMBER,
            paper(DocumentKind::ReleaseRuling),
            paper(DocumentKind::ReleaseNotice),
            REASON,
        ],
        done: ("解除指令已排队发送。", "The releases are on their way."),
        about: ("案件～当事人", "Case ~ party"),
        ..CLAIM
    },
    ActKind {
        slug: "reinstate-party",
        zh: "撤销对该当事人的解除",
        en: "Take back that the party was freed",
        api: "/v1/cases/{}/parties/{}/reinstate",
        is_put: false,
        is_grave: true,
        fields: &[NUMBER, needed_paper(DocumentKind::ClaimPaper), REASON],
        done: ("已撤销解除，正在重新查询其财产。", "The party owes again; its property is looked at anew."),
        about: ("案件～当事人", "Case ~ party"),
        ..CLAIM
    },
];
