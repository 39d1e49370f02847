//! 协助通知 for one order, to be carried along to its counterpart: what is asked, and room for the answer on paper.

use chakong_contract::order::{CourtAccount, Original, Target};
use chakong_contract::{Instruction, Moment, Order};

use super::super::record::Issue;
use super::super::{Cell, Document, Table, words};
use crate::domain::{DeskNotice, PrintKind};

/// Title of a notice that was printed before.
const REPRINT: &str = "协助通知（补打）";

/// Lines that the counterpart fills in, by what is asked.
const OF_QUERY: [&str; 4] = ["查询结果（有／无财产）", "账号、证号", "余额、数量", "已有冻结、查封、抵押"];
const OF_CONTROL: [&str; 5] =
    ["办理结果（已／未办理）", "实际控制金额", "起止日期", "顺位（是否轮候）", "未办理的原因"];
const OF_RELEASE: [&str; 3] = ["办理结果（已／未解除）", "解除金额", "未办理的原因"];
const OF_DEDUCTION: [&str; 3] = ["办理结果（已／未扣划）", "扣划金额", "未办理的原因"];

/// The notice of an order at a counterpart. One that was printed before says so, with the number and the time of the print before it:
/// whoever is shown two must not take them for two orders.
pub fn order_notice(
    order: &Order,
    counterpart: &str,
    before: Option<&DeskNotice>,
    issue: &Issue<'_>,
) -> Document {
    let columns = [("项目", 28), ("内容", 72)];
    let mut asked = Table::new("请予协助的事项", &columns, "无。");
    let mut row = |word: &str, value: String| {
        if !value.is_empty() {
            asked.rows.push(vec![word.into(), Cell::text(value)]);
        }
    };
    row("请求单号", order.number.to_string());
    row("事项", act(&order.instruction).to_owned());
    row("当事人", order.name.to_string());
    row("证件", words::identity(&order.document));
    for (word, value) in particulars(&order.instruction) {
        row(word, value);
    }
    let documents = order.documents.iter().map(|document| match document.number.is_empty() {
        true => document.kind.chinese().to_owned(),
        false => format!("{} {}", document.kind.chinese(), document.number),
    });
    row("随附文书", documents.collect::<Vec<_>>().join("；"));
    let mut answer = Table::new("办理结果（协助单位填写并加盖印章）", &columns, "");
    answer.rows = lines(&order.instruction).iter().map(|line| vec![(*line).into(), Cell::Empty]).collect();
    let case = &order.case;
    let mut facts = vec![("经办人员", super::named_officers(&case.officers))];
    facts.extend(before.map(|notice| {
        let said = format!("系补打，前次打印编号{}，{}", notice.number, words::time(notice.at));
        ("补打", format!("{said}；与前次通知为同一请求，不得重复办理"))
    }));
    Document {
        court: case.court_name.clone(),
        title: if before.is_some() { REPRINT } else { PrintKind::AssistanceNotice.chinese() },
        case_number: case.number.as_str().to_owned(),
        number: issue.number.clone(),
        addressee: issue.name_of(counterpart).to_owned(),
        facts,
        opening: vec![format!(
            "本院在办理{}一案中，需要你单位协助办理下列事项。请依照《中华人民共和国民事诉讼法》第二百五十三条的规定办理，并将结果加盖印章后反馈本院。",
            case.number.as_str()
        )],
        tables: vec![asked, answer],
        closing: vec![
            "本通知与加盖本院印章的裁定书、协助执行通知书一并出示，不代替上述法律文书。经办人员出示工作证和执行公务证。".to_owned(),
        ],
        signatures: vec!["协助单位经办人", "收到时间"],
        sealed_on: words::day(Moment::from_timestamp(issue.at).date()),
        printed_at: words::time(issue.at),
        printed_by: issue.by.clone(),
    }
}

const fn act(instruction: &Instruction) -> &'static str {
    let whole = matches!(instruction.target(), Some(Target::Property { .. }));
    match instruction {
        Instruction::Query { .. } => "查询财产",
        Instruction::Freeze { .. } if whole => "查封",
        Instruction::Freeze { .. } => "冻结",
        Instruction::Renew { .. } if whole => "续行查封",
        Instruction::Renew { .. } => "续行冻结",
        Instruction::Release { .. } if whole => "解除查封",
        Instruction::Release { .. } => "解除冻结",
        Instruction::Deduct { .. } => "扣划",
        Instruction::Transfer { .. } => "协助办理股权变更登记",
    }
}

const fn lines(instruction: &Instruction) -> &'static [&'static str] {
    match instruction {
        Instruction::Query { .. } => &OF_QUERY,
        Instruction::Freeze { .. } | Instruction::Renew { .. } | Instruction::Transfer { .. } => &OF_CONTROL,
        Instruction::Release { .. } => &OF_RELEASE,
        Instruction::Deduct { .. } => &OF_DEDUCTION,
    }
}

/// What is asked in particular; what is empty is left out.
fn particulars(instruction: &Instruction) -> Vec<(&'static str, String)> {
    let property = instruction.target().map(words::property).unwrap_or_default();
    let mut all = vec![("财产", property)];
    match instruction {
        Instruction::Query { transactions: Some((from, until)) } => {
            all.push(("资金往来期间", format!("{from}至{until}")));
        }
        Instruction::Query { transactions: None } | Instruction::Transfer { .. } => {}
        Instruction::Freeze { limit, from, until, .. } => {
            all.push(("限额（元）", words::money(*limit)));
            all.push(("期限", format!("{from}至{until}")));
        }
        Instruction::Renew { limit, from, until, original, .. } => {
            all.push(("限额（元）", words::money(*limit)));
            all.push(("期限", format!("{from}至{until}")));
            all.push(("原措施", original_of(original)));
        }
        Instruction::Release { amount, original, .. } => {
            all.push(("解除金额（元）", words::money(*amount)));
            all.push(("原措施", original_of(original)));
        }
        Instruction::Deduct { amount, original, into, .. } => {
            all.push(("扣划金额（元）", words::money(Some(*amount))));
            all.push(("原措施", original_of(original)));
            all.push(("收款账户", account_of(into)));
        }
    }
    all
}

fn original_of(original: &Original) -> String {
    let reference = match original.reference.as_str() {
        "" => String::new(),
        reference => format!("，协助单位编号{reference}"),
    };
    format!("{}，请求单号{}{reference}", original.case_number.as_str(), original.number)
}

fn account_of(account: &CourtAccount) -> String {
    format!("户名{}，账号{}，开户行{}", account.holder, account.number, account.bank)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chakong_contract::{IdentityDocument, Money};
    use chakong_testkit::sample;

    use super::*;
    use crate::papers::html;

    fn notice(instruction: Instruction) -> Document {
        printed_after(instruction, None)
    }

    fn printed_after(instruction: Instruction, before: Option<&DeskNotice>) -> Document {
        let manifest = chakong_court_bank::plugin().manifest;
        let person = IdentityDocument::ResidentId("110101190001010014".parse().expect("a number"));
        let order = sample::order(&manifest, "CK20261125000001000000000001", "示例甲", person, instruction);
        let names = BTreeMap::from([("county-bank".to_owned(), "示例农村商业银行".to_owned())]);
        let at = "2026-11-24T17:00:00Z".parse().expect("an instant");
        let issue = Issue { number: "DY1".to_owned(), at, by: "1001".to_owned(), names: &names };
        order_notice(&order, "county-bank", before, &issue)
    }

    fn target() -> Target {
        Target::Account {
            number: "4000020011".to_owned(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        }
    }

    #[test]
    fn a_freeze_is_said_with_account_limit_term_and_documents() {
        let (from, until) = ("2026-11-25".parse().expect("a day"), "2027-11-24".parse().expect("a day"));
        let limit = Some(Money::yuan("60000.5".parse().expect("an amount")));
        let document = notice(Instruction::Freeze { target: target(), limit, from, until });
        let page = html::page(&[document]);
        for said in [
            "示例农村商业银行",
            "CK20261125000001000000000001",
            "4000020011",
            "60,000.50",
            "2026-11-25至2027-11-24",
            "冻结裁定书",
            "示例甲",
            "110101190001010014",
            "2026年11月25日",
            "实际控制金额",
        ] {
            assert!(page.contains(said), "{said}");
        }
    }

    #[test]
    fn a_notice_that_is_printed_again_says_so_and_names_the_print_before() {
        let query = || Instruction::Query { transactions: None };
        let at = "2026-11-24T02:30:00Z".parse().expect("an instant");
        let before = DeskNotice { number: "DY20261124000000000007".to_owned(), by: "1002".to_owned(), at };
        let page = html::page(&[printed_after(query(), Some(&before))]);
        for said in ["协助通知（补打）", "DY20261124000000000007", "不得重复办理", "10:30"] {
            assert!(page.contains(said), "{said}");
        }
        assert!(!html::page(&[notice(query())]).contains("补打"));
    }

    #[test]
    fn a_query_asks_for_property_and_names_no_amount() {
        let page = html::page(&[notice(Instruction::Query { transactions: None })]);
        assert!(page.contains("查询财产") && page.contains("查询结果（有／无财产）"));
        assert!(!page.contains("限额"));
    }
}
