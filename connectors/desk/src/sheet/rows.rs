//! What is asked of each property that was found.

use chakong_contract::form::{Choice, Field, FieldKind, LONGEST_FIELD, Label, RowKind};

use crate::kinds::Kind;
use crate::words::{AREA_UNITS, CO_OWNERSHIP, ENCUMBRANCES, MATCHED, PROPERTY_KINDS};

fn text(key: &'static str, longest: u16, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Text { longest }, Label::new(zh, en))
}

fn amount(key: &'static str, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Amount, Label::new(zh, en))
}

fn decimal(key: &'static str, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Decimal, Label::new(zh, en))
}

fn day(key: &'static str, zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Day, Label::new(zh, en))
}

fn choice(key: &'static str, choices: &'static [Choice], zh: &'static str, en: &'static str) -> Field {
    Field::new(key, FieldKind::Choice { choices }, Label::new(zh, en))
}

/// What is asked of a property of a kind.
pub(crate) fn of(kind: Kind) -> RowKind {
    let (label, own) = match kind {
        Kind::Account => (Label::new("存款账户", "account"), account()),
        Kind::Security => (Label::new("证券、基金、理财等", "security or other product"), security()),
        Kind::Property => (Label::new("不动产", "real property"), property()),
        Kind::Vehicle => (Label::new("机动车", "vehicle"), vehicle()),
        Kind::Equity => (Label::new("股权", "equity"), equity()),
    };
    let matched = choice("matched", MATCHED, "相符情况", "what agrees").required().with("name_and_number");
    let fields = own.into_iter().chain([matched]).chain(encumbrance(kind)).collect();
    RowKind { kind: kind.word(), label, fields }
}

fn account() -> Vec<Field> {
    vec![
        text("number", 64, "账号", "account number").required(),
        text("class", 60, "账户类别", "class").required(),
        text("currency", 10, "币种", "currency").required().with("CNY"),
        amount("available", "可用余额", "available balance").required(),
        amount("balance", "账户余额", "balance"),
        text("status", 40, "账户状态", "status"),
        text("branch", 100, "开户网点", "branch"),
        day("opened", "开户日期", "opened on"),
        remark(),
    ]
}

fn security() -> Vec<Field> {
    vec![
        text("account", 64, "证券、资金账号", "account number").required(),
        text("number", 40, "证券代码、产品编号", "code or number").required(),
        text("name", 100, "名称", "name").required(),
        text("class", 60, "种类", "class"),
        text("unit", 10, "计量单位", "unit").required().with("股"),
        decimal("quantity", "数量", "quantity").required(),
        decimal("controllable", "可控制数量", "quantity that can be controlled"),
        decimal("unit_price", "单价（元）", "price of a unit in yuan"),
    ]
}

fn property() -> Vec<Field> {
    vec![
        choice("property_kind", PROPERTY_KINDS, "权利类型", "kind of right").required().with("building"),
        text("certificate", 100, "权证号", "certificate number").required(),
        text("location", 200, "坐落", "location").required(),
        text("unit_number", 28, "不动产单元号", "unit number"),
        choice("co_ownership", CO_OWNERSHIP, "共有情况", "co-ownership"),
        text("share", 40, "份额", "share"),
        text("co_owners", 200, "共有人（顿号分隔）", "co-owners, parted by 、"),
        decimal("area", "面积", "area"),
        choice("area_unit", AREA_UNITS, "面积单位", "unit of area"),
        text("usage", 60, "用途", "use"),
        day("registered", "登记日期", "registered on"),
        remark(),
    ]
}

fn vehicle() -> Vec<Field> {
    vec![
        text("plate", 20, "号牌号码", "number plate").required(),
        text("vin", 40, "车辆识别代号", "identification number"),
        text("model", 60, "品牌型号", "make and model"),
        text("class", 40, "车辆类型", "class"),
        text("status", 40, "状态", "state"),
        day("registered", "初次登记日期", "first registered on"),
    ]
}

fn equity() -> Vec<Field> {
    vec![
        text("company", 100, "公司名称", "company").required(),
        text("company_code", 18, "统一社会信用代码", "unified social credit code"),
        decimal("percent", "持股比例（%）", "share in percent"),
        decimal("shares", "股份数", "number of shares"),
        amount("subscribed", "认缴出资额（元）", "subscribed capital in yuan"),
        amount("paid", "实缴出资额（元）", "paid capital in yuan"),
        day("since", "截至日期", "as of"),
    ]
}

fn remark() -> Field {
    Field::new("remark", FieldKind::Words { longest: LONGEST_FIELD }, Label::new("备注", "remark"))
}

/// A right of somebody else on it. A security has none of its own: rights stand on its account.
fn encumbrance(kind: Kind) -> Vec<Field> {
    if kind == Kind::Security {
        return Vec::new();
    }
    vec![
        choice("right", ENCUMBRANCES, "已有权利负担", "existing right of others"),
        text("right_holder", 100, "权利人、冻结机关", "who holds it"),
        amount("right_amount", "负担金额", "its amount"),
        day("right_until", "负担截止日期", "its last day"),
    ]
}
