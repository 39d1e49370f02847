//! The act that enters a measure that stands and that the gateway did not place.

use chakong_contract::order::DocumentKind;

use super::super::entering::SLUG;
use super::super::words::{PROPERTY, TARGET};
use super::{ActKind, Input, MEASURE, NUMBER, REASON, field, needed, paper};

/// The acts.
pub const ACTS: &[ActKind] = &[ActKind {
    slug: SLUG,
    zh: "补录在控措施",
    en: "Enter a measure that stands",
    api: "/v1/cases/{}/measures",
    fields: &[
        field("target", ("", ""), "/target", Input::Seen),
        needed("party", ("当事人", "Party"), "/party", Input::Party),
        needed(
            "counterpart",
            ("协助单位（名称或代号）", "Counterpart (its name or its code)"),
            "/counterpart",
            Input::Counterpart,
        ),
        field("institution", ("开户机构代码", "Code of the institution"), "/institution", Input::Text),
        needed("kind", ("财产种类", "Kind of property"), "/target/kind", Input::Choice(TARGET)),
        field("number", ("账号、产品编号", "Number of account or product"), "/target/number", Input::Text),
        field("sub_account", ("子账号", "Sub-account"), "/target/sub_account", Input::Text),
        field("class", ("账户、产品类别", "Class of account or product"), "/target/class", Input::Text),
        field("account", ("产品所属账号", "Account of the product"), "/target/account", Input::Text),
        field(
            "property_kind",
            ("不动产类型", "Kind of real estate"),
            "/target/property_kind",
            Input::Choice(PROPERTY),
        ),
        field("unit_number", ("不动产单元号", "Unit number"), "/target/unit_number", Input::Text),
        field("certificate", ("不动产权证号", "Certificate"), "/target/certificate", Input::Text),
        field("location", ("坐落", "Location"), "/target/location", Input::Text),
        field("company", ("公司名称（股权）", "Company (of a stake)"), "/target/company", Input::Text),
        field(
            "company_code",
            ("公司统一社会信用代码", "Its credit code"),
            "/target/company_code",
            Input::Text,
        ),
        field(
            "registration_number",
            ("公司注册号", "Its registration number"),
            "/target/registration_number",
            Input::Text,
        ),
        field("percent", ("出资比例（%）", "Share in percent"), "/target/percent", Input::Text),
        field("shares", ("股数", "Number of shares"), "/target/shares", Input::Text),
        field(
            "listed_state_shares",
            ("上市公司国有股、社会法人股", "State or corporate shares of a listed company"),
            "/listed_state_shares",
            Input::Flag,
        ),
        field("currency", ("币种（空白为人民币）", "Currency (empty for yuan)"), "", Input::Text),
        field(
            "limit",
            ("限额（不动产、股权不填）", "Limit (none of real estate and stakes)"),
            "/limit",
            Input::AmountIn("currency"),
        ),
        field(
            "held",
            ("实际控制金额（空白为全部限额）", "Held (empty for the whole limit)"),
            "/held",
            Input::AmountIn("currency"),
        ),
        field("rate", ("汇率（外币一单位折人民币元）", "Rate (yuan for one unit)"), "/rate", Input::Text),
        field("from", ("起始日", "First day"), "/from", Input::Date),
        needed("until", ("届满日", "Last day"), "/until", Input::Date),
        field("rank", ("顺位", "Rank"), "/rank", Input::Rank),
        field("reference", ("协助单位的控制编号", "The counterpart's own number"), "/reference", Input::Text),
        needed(
            "original_number",
            (
                "原冻结请求单号（纸质办理的，填协助单位回执或通知书编号中的数字和大写字母）",
                "Request number of the freeze (of one on paper: the digits and capitals of the number of the receipt or notice)",
            ),
            "/original_number",
            Input::Text,
        ),
        needed("original_case", ("原冻结案号", "Case number of the freeze"), "/original_case", Input::Text),
        NUMBER,
        paper(DocumentKind::FreezeRuling),
        paper(DocumentKind::FreezeNotice),
        REASON,
    ],
    done: ("已补录，自即日起计入台账。", "Entered: it counts from now on."),
    about: ("案件", "Case"),
    at: "/console/cases",
    ..MEASURE
}];
