//! Acts on orders, inquiries, tasks and counterparts.

use super::super::words::DECISION;
use super::{ActKind, Input, MEASURE, ONCE, REASON, field, needed};
use crate::api::may;

/// What acts on a counterpart have in common.
const COUNTERPART: ActKind = ActKind {
    may: may::OPERATE,
    about: ("协助单位", "Counterpart"),
    page: "counterparts",
    at: "/console/counterparts",
    ..MEASURE
};

/// What acts at the desk have in common.
const DESK: ActKind =
    ActKind { may: may::DESK, about: ("人工办理", "Desk"), page: "desk", at: "/console/desk", ..MEASURE };

/// The acts.
pub const ACTS: &[ActKind] = &[
    ActKind {
        slug: "requery",
        zh: "重新查询",
        en: "Ask again",
        may: may::REQUERY,
        api: "/v1/orders/{}/requery",
        fields: &[ONCE, REASON],
        done: ("已重新查询。", "It is asked again."),
        about: ("请求", "Order"),
        at: "/console/orders",
        ..MEASURE
    },
    ActKind {
        slug: "resolve",
        zh: "核实结果",
        en: "Decide what became of it",
        may: may::RESOLVE,
        api: "/v1/orders/{}/resolve",
        fields: &[
            needed("decision", ("结果", "Decision"), "/decision", Input::Choice(DECISION)),
            field("held", ("实际金额（仅“已办理”）", "Really held (for done)"), "/held", Input::Amount),
            REASON,
        ],
        done: ("结果已登记。", "The decision is kept."),
        about: ("请求", "Order"),
        at: "/console/orders",
        ..MEASURE
    },
    ActKind {
        slug: "withdraw",
        zh: "撤回（尚未发出）",
        en: "Withdraw it: it has not left",
        api: "/v1/orders/{}/resolve",
        base: r#"{"decision":"withdraw"}"#,
        fields: &[REASON],
        done: ("请求已撤回。", "It is withdrawn."),
        about: ("请求", "Order"),
        at: "/console/orders",
        may: may::RESOLVE,
        ..MEASURE
    },
    ActKind {
        slug: "desk-take",
        zh: "领取",
        en: "Take it",
        api: "/v1/desk/{}/take",
        done: ("已领取。", "You have it."),
        ..DESK
    },
    ActKind {
        slug: "desk-take-over",
        zh: "接办",
        en: "Take it over",
        api: "/v1/desk/{}/take",
        fields: &[REASON],
        done: ("已接办。", "You have it."),
        ..DESK
    },
    ActKind {
        slug: "desk-correct",
        zh: "更正反馈",
        en: "Correct the answer",
        api: "/v1/desk/{}/take",
        fields: &[REASON],
        done: ("请录入更正后的反馈。", "Enter the answer as it should be."),
        ..DESK
    },
    ActKind {
        slug: "desk-notice",
        zh: "打印协助通知",
        en: "Print the notice",
        api: "/v1/desk/{}/notice",
        done: ("协助通知已生成，请打开后打印。", "The notice is made: open and print it."),
        ..DESK
    },
    ActKind {
        slug: "requery-inquiry",
        zh: "全部重新查询",
        en: "Ask all again",
        may: may::REQUERY,
        api: "/v1/inquiries/{}/requery",
        fields: &[
            field(
                "counterparts",
                (
                    "协助单位（名称或代号，以逗号分隔，空白为全部）",
                    "Counterparts (names or codes, by commas; empty for all)",
                ),
                "/counterparts",
                Input::Names,
            ),
            ONCE,
            REASON,
        ],
        done: ("已重新查询。", "It is asked again."),
        about: ("查控申请", "Inquiry"),
        at: "/console/inquiries",
        ..MEASURE
    },
    ActKind {
        slug: "cancel",
        zh: "撤回查控申请",
        en: "Cancel the inquiry",
        may: may::REQUERY,
        api: "/v1/inquiries/{}/cancel",
        is_grave: true,
        fields: &[REASON],
        done: ("查控申请已撤回。", "The inquiry is cancelled."),
        about: ("查控申请", "Inquiry"),
        at: "/console/inquiries",
        ..MEASURE
    },
    ActKind {
        slug: "complete",
        zh: "办结",
        en: "Mark as done",
        may: may::TASKS,
        api: "/v1/tasks/{}/complete",
        fields: &[REASON],
        done: ("待办已办结。", "The task is off the list."),
        about: ("待办", "Task"),
        page: "tasks",
        at: "/console/tasks",
        ..MEASURE
    },
    ActKind {
        slug: "pause",
        zh: "暂停",
        en: "Pause",
        api: "/v1/counterparts/{}/pause",
        is_grave: true,
        fields: &[
            field(
                "until",
                ("暂停至（北京时间，空白为人工恢复）", "Until (Beijing time; empty: until it is resumed)"),
                "/until",
                Input::Instant,
            ),
            REASON,
        ],
        done: ("已暂停：不再发送新的请求。", "Paused: nothing new is sent."),
        ..COUNTERPART
    },
    ActKind {
        slug: "resume",
        zh: "恢复",
        en: "Resume",
        api: "/v1/counterparts/{}/resume",
        fields: &[REASON],
        done: ("已恢复。", "Resumed."),
        ..COUNTERPART
    },
    ActKind {
        slug: "send-again",
        zh: "重发查询",
        en: "Send the query again",
        api: "/v1/counterparts/{}/faults/{}/again",
        fields: &[REASON],
        done: ("已重新排队发送。", "It is on its way again."),
        ..COUNTERPART
    },
    ActKind {
        slug: "probe",
        zh: "探测",
        en: "Probe",
        api: "/v1/counterparts/{}/probe",
        fields: &[],
        done: ("可以连接，熔断已闭合。", "It can be reached; the breaker is closed."),
        ..COUNTERPART
    },
];
