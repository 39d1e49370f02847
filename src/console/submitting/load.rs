//! What a preview says of each counterpart that would be asked: how many orders, what they cost, and what is left.

use serde_json::Value;

use super::super::lang::Lang;
use super::super::reading::{money, number, text};

/// What an inquiry would ask of one counterpart, and what it costs.
pub(super) struct Load {
    pub(super) name: String,
    pub(super) orders: String,
    pub(super) cost: String,
    pub(super) left: String,
    pub(super) is_short: bool,
    pub(super) charged_today: String,
}

pub(super) fn load(one: &Value, lang: Lang) -> Load {
    let orders = number(one, "/orders");
    let left_of = |field| one.pointer(field).and_then(Value::as_u64);
    let share = left_of("/share_left");
    // What the court may send: of its share, and of what is left at all.
    let left = left_of("/quota_left").into_iter().chain(share).min();
    let zh = text(one, "/name_zh");
    Load {
        name: if lang == Lang::Zh && !zh.is_empty() { zh } else { text(one, "/counterpart") },
        orders: orders.to_string(),
        cost: match money(one, "/cost") {
            none if none.is_empty() => {
                lang.t("不计费或未配置单价", "none, or no price is configured").to_owned()
            }
            cost => cost,
        },
        left: match (left, share) {
            (None, _) => lang.t("不限", "no limit").to_owned(),
            (Some(left), None) => left.to_string(),
            (Some(left), Some(_)) => format!("{left} {}", lang.t("（本院份额）", "(the court's share)")),
        },
        is_short: left.is_some_and(|left| left < orders),
        charged_today: text(one, "/charged_today"),
    }
}
