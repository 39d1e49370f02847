//! Words and forms in which papers say things: Chinese, Beijing time, amounts with separators.

use chakong_contract::asset::EncumbranceKind;
use chakong_contract::order::Target;
use chakong_contract::{IdentityDocument, IdentityKind, Moment, Money, unsigned_zero};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::{LineRow, Measure, MeasureState, OrderState};

/// An instant in Beijing time, to the minute.
pub fn time(at: Timestamp) -> String {
    let wall = Moment::from_timestamp(at).wall();
    format!("{} {:02}:{:02}", wall.date(), wall.hour(), wall.minute())
}

/// A day as it stands beside a seal.
pub fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// An amount with separators and two decimals at least.
pub fn grouped(amount: Decimal) -> String {
    let amount = unsigned_zero(amount);
    let text = format!("{:.*}", usize::try_from(amount.scale().clamp(2, 8)).unwrap_or(2), amount);
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{part}")
}

/// An amount with its currency where that is not yuan.
pub fn money(money: Option<Money>) -> String {
    match money {
        None => String::new(),
        Some(money) if money.is_yuan() => grouped(money.amount),
        Some(money) => match money.currency {
            Some(currency) => format!("{} {currency}", grouped(money.amount)),
            None => format!("{}（币种未注明）", grouped(money.amount)),
        },
    }
}

/// An identity document with the name of its kind.
pub fn identity(document: &IdentityDocument) -> String {
    let kind = match document.kind() {
        IdentityKind::ResidentId => "居民身份证",
        IdentityKind::Uscc => "统一社会信用代码",
        IdentityKind::OrgCode => "组织机构代码",
        IdentityKind::Lei => "法人机构识别编码",
        IdentityKind::BusinessLicence => "营业执照注册号",
        IdentityKind::HouseholdRegister => "户口簿",
        IdentityKind::Passport => "护照",
        IdentityKind::ForeignPassport => "外国护照",
        IdentityKind::HongKongMacauPermit => "港澳居民来往内地通行证",
        IdentityKind::TaiwanPermit => "台湾居民来往大陆通行证",
        IdentityKind::MilitaryCard => "军警证件",
        IdentityKind::Other => "其他证件",
    };
    format!("{kind} {}", document.number())
}

/// What came of an order.
pub fn result(line: &LineRow) -> &'static str {
    let word = line.outcome.as_ref().map(|outcome| outcome.word.as_str());
    match (line.state, word) {
        (OrderState::Queued, _) => "待发送",
        (OrderState::Sending | OrderState::Awaiting, _) => "已发送，待反馈",
        (OrderState::Overdue, _) if line.sent.is_none() => "未送达",
        (OrderState::Overdue, None) => "逾期未反馈",
        (OrderState::Failed, _) => "未能办理",
        (OrderState::Undetermined, _) => "结果不明，待核实",
        // An answer that came all the same stands.
        (OrderState::Cancelled, None) => "已撤回",
        (_, Some("found")) => "有财产",
        (_, Some("nothing")) => "无财产",
        (_, Some("partial")) => "部分反馈",
        (_, Some("refused")) | (OrderState::Refused, None) => "拒绝协助",
        (_, Some("held")) => "已控制",
        (_, Some("partly_held")) => "部分控制",
        (_, Some("accepted")) => "已受理，未生效",
        (_, Some("released")) => "已解除",
        (_, Some("deducted")) => "已扣划",
        (_, Some("transferred")) => "已过户",
        (_, Some("not_held")) => "未控制",
        _ => "已反馈",
    }
}

/// The state of a measure.
pub const fn state(state: MeasureState) -> &'static str {
    match state {
        MeasureState::Candidate => "未采取",
        MeasureState::Proposed => "待审批",
        MeasureState::Asked => "办理中",
        MeasureState::Accepted => "已受理，未生效",
        MeasureState::InForce => "生效",
        MeasureState::Waiting => "轮候",
        MeasureState::Releasing => "解除中",
        MeasureState::Renewing => "续行中",
        MeasureState::Deducting => "扣划中",
        MeasureState::Transferring => "过户中",
        MeasureState::Lapsed => "已届满",
        MeasureState::Released => "已解除",
        MeasureState::Deducted => "已扣划",
        MeasureState::Transferred => "已过户",
        MeasureState::Refused => "未控制",
        MeasureState::Skipped => "不采取",
    }
}

/// What a measure is called, by its property.
pub const fn measure_word(target: &Target) -> &'static str {
    match target {
        Target::Property { .. } => "查封",
        _ => "冻结",
    }
}

/// The kind of a property.
pub const fn property_word(target: &Target) -> &'static str {
    match target {
        Target::Account { .. } => "银行存款",
        Target::Product { .. } => "金融资产",
        Target::Property { .. } => "不动产",
        Target::Equity { .. } => "股权",
    }
}

/// Which property it is.
pub fn property(target: &Target) -> String {
    let parts =
        |parts: &[&str]| parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
    match target {
        Target::Account { number, sub_account, branch, .. } => {
            let sub_account = sub_account.as_deref().map(|sub| format!("子账户{sub}")).unwrap_or_default();
            parts(&[branch, number, &sub_account])
        }
        Target::Product { account, number, name, .. } => {
            parts(&[name, &format!("产品编号{number}"), &format!("账户{account}")])
        }
        Target::Property { unit_number, certificate, location, .. } => {
            let unit = unit_number.as_ref().map(ToString::to_string).unwrap_or_default();
            parts(&[location, certificate, &unit])
        }
        Target::Equity { company, company_code, subscribed, percent, .. } => {
            let code = company_code.as_ref().map(ToString::to_string).unwrap_or_default();
            let share = percent.as_deref().map(|percent| format!("持股{percent}%")).unwrap_or_default();
            let capital =
                subscribed.map(|money| format!("认缴{}元", grouped(money.amount))).unwrap_or_default();
            parts(&[company, &code, &share, &capital])
        }
    }
}

/// From when to when a measure stands.
pub fn term(measure: &Measure) -> String {
    match (measure.from, measure.until) {
        (Some(from), Some(until)) => format!("{from} 至 {until}"),
        (None, Some(until)) => format!("至 {until}"),
        (Some(from), None) => format!("自 {from}"),
        (None, None) => String::new(),
    }
}

/// A right of others.
pub const fn encumbrance(kind: EncumbranceKind) -> &'static str {
    match kind {
        EncumbranceKind::Freeze => "司法冻结",
        EncumbranceKind::Seizure => "查封",
        EncumbranceKind::WaitingSeizure => "轮候",
        EncumbranceKind::PreliminarySeizure => "预查封",
        EncumbranceKind::WaitingPreliminarySeizure => "轮候预查封",
        EncumbranceKind::Mortgage => "抵押",
        EncumbranceKind::Pledge => "质押",
        EncumbranceKind::Objection => "异议登记",
        EncumbranceKind::Prenotice => "预告登记",
        EncumbranceKind::OtherRight => "其他权利",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_separators_and_lose_nothing() {
        let shown = |text: &str| grouped(text.parse().expect("an amount"));
        assert_eq!(shown("0"), "0.00");
        assert_eq!(shown("1234567.8"), "1,234,567.80");
        assert_eq!(shown("-1000"), "-1,000.00");
        assert_eq!(grouped(-Decimal::new(0, 2)), "0.00", "nothing has no sign");
        assert_eq!(shown("999.005"), "999.005");
        assert_eq!(shown("123"), "123.00");
    }

    #[test]
    fn times_are_beijings() {
        let at = "2026-11-24T16:30:00Z".parse().expect("an instant");
        assert_eq!(time(at), "2026-11-25 00:30");
        assert_eq!(day("2026-01-05".parse().expect("a day")), "2026年1月5日");
    }
}
