//! The receipt for feedback that failed: what the court sends so that the bank feeds back again (protocol section 8).

use chakong_contract::{Fault, Message, Moment};

use crate::manifest::Bank;
use crate::package;
use crate::wire::file_name::{self, PackageName};
use crate::wire::{ReturnRow, xml};

/// The time in the archive: none is known to a pure reader, and the bytes must be the same each time.
const MADE: Moment = Moment::from_wall(jiff::civil::datetime(2000, 1, 1, 0, 0, 0, 0));

/// Feedback that failed: the request number, blank where it could not even be read, and the fault.
pub(super) type Failed = (String, Fault);

/// The package that says so; `None` where nothing failed or the feedback's own batch is not known.
pub(super) fn receipt(bank: &Bank, feedback: Option<&PackageName>, failed: &[Failed]) -> Option<Message> {
    let feedback = feedback.filter(|_| !failed.is_empty())?;
    let rows: Vec<_> = failed
        .iter()
        .map(|(number, fault)| ReturnRow {
            number: number.clone(),
            reason: "反馈信息错误".into(),
            remark: words(fault),
            contact: bank.contact_name.clone(),
            phone: bank.contact_phone.clone(),
            ..ReturnRow::default()
        })
        .collect();
    let code = bank.code.as_str();
    let files = [(file_name::inside("QNR", code, &feedback.batch), xml::write(&rows).ok()?)];
    let name = file_name::package(feedback.kind.failure(), code, &feedback.batch);
    package::pack(name, MADE, &files).ok()
}

/// Most characters of what the bank's staff read: the wire's field for a reason has as many (protocol section 5).
const LONGEST: usize = 100;

/// What the bank's staff read, in Chinese, which the wire's encoding carries. What the gateway says of an answer that does not fit its order
/// is in Chinese and English: the Chinese part is sent.
pub(crate) fn words(fault: &Fault) -> String {
    known(fault).map_or_else(|| chinese(&fault.detail), str::to_owned)
}

/// The Chinese of what the gateway says; of a fault that has none, that the feedback cannot be read.
fn chinese(detail: &str) -> String {
    let parts = detail.split('；').map(|part| {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(part.len());
        part.get(..end).unwrap_or_default().trim()
    });
    let parts: Vec<&str> = parts.filter(|part| part.starts_with(chakong_contract::script::is_han)).collect();
    if parts.is_empty() {
        return "反馈内容无法读取".to_owned();
    }
    parts.join("；").chars().take(LONGEST).collect()
}

/// What is said of the faults of this crate's readers and of the engine.
fn known(fault: &Fault) -> Option<&'static str> {
    Some(match fault.detail.as_str() {
        "the MD5 of the receipt document does not agree" => "回执文书MD5校验不一致",
        "the receipt document is empty" => "回执文书无内容",
        "the receipt document is not Base64" => "回执文书编码错误",
        "the bank did not say how much is really held" => "实际控制金额为空",
        "the amount really held is no amount" | "the amount really held is negative" => "实际控制金额错误",
        "a receipt came without a result" => "有回执而无控制结果",
        "several results, and none is of our account" | "two different results for one account" => {
            "同一请求有多个不同的控制结果"
        }
        "the result code is blank" | "the result code is not known" => "控制结果代码错误",
        "a value is neither Base64 nor GBK" => "字段编码错误",
        "a row has no request number" => "缺少请求单号",
        "it is not a complete zip archive" => "反馈包不完整，无法解压",
        "the quantity really held is no number" => "实际控制数量错误",
        "no row has an account" => "账户信息缺少账号",
        "a value is not Base64" => "字段不是Base64编码",
        "it is not well-formed" => "报文不是格式正确的XML",
        "it speaks about no request" => "反馈未载明任何请求单号",
        "a transaction names no account of its request" => "交易明细未载明所属账户",
        "the accounts were not fed back yet; feed them back first" => "尚未反馈账户信息，请先反馈账户信息",
        "this answer was revised too often; ask the court to query again" => "更正次数过多，请法院重新查询",
        "it does not fit the order" => "反馈内容与请求不符",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use chakong_contract::FaultKind;

    use super::*;

    #[test]
    fn the_bank_reads_in_chinese_what_does_not_fit() {
        let words = |detail: &str| words(&Fault::new(FaultKind::Malformed, "book the answer", detail));
        for (detail, want) in [
            (
                "反馈的账号或财产与请求不符 it is about another property than was ordered",
                "反馈的账号或财产与请求不符",
            ),
            (
                "冻结限额高于请求 the limit is higher than was ordered；期限已届满或早于起始日 the term is over, or ends before it begins",
                "冻结限额高于请求；期限已届满或早于起始日",
            ),
            (
                "反馈金额 500.00 超出请求的 300.00 more than was ordered is said to be released",
                "反馈金额 500.00 超出请求的 300.00",
            ),
            ("the quantity really held is no number", "实际控制数量错误"),
            ("something that nobody foresaw", "反馈内容无法读取"),
            ("", "反馈内容无法读取"),
        ] {
            assert_eq!(words(detail), want, "{detail}");
        }
        let long = "错".repeat(300);
        assert_eq!(words(&long).chars().count(), LONGEST);
    }

    #[test]
    fn the_receipt_names_request_and_reason_and_is_always_the_same() {
        let bank = Bank {
            generation: crate::wire::Generation::default(),
            code: "E999H110000000001".parse().expect("a code"),
            name: String::new(),
            contact_name: "李测试".into(),
            contact_phone: "010-00000000".into(),
            web_service: None,
        };
        let batch = "202601050900000000000000000001";
        let feedback = format!("KZFKE999H110000000001{batch}00000000A220260105990101200001.zip");
        let feedback = PackageName::read(&feedback);
        let fault =
            Fault::new(FaultKind::Malformed, "read", "the MD5 of the receipt document does not agree");
        let failed = [("A220260105990101200001".to_owned(), fault)];
        let message = receipt(&bank, feedback.as_ref(), &failed).expect("a receipt");
        assert_eq!(message.name, format!("KZHZE999H110000000001{batch}.zip"));
        assert_eq!(Some(&message), receipt(&bank, feedback.as_ref(), &failed).as_ref());
        let files = package::unpack(&message.bytes).expect("unpacks").files;
        assert_eq!(files[0].name, format!("QNRE999H110000000001{batch}.xml"));
        let text = String::from_utf8(files[0].bytes.clone()).expect("text");
        assert_eq!(
            text.lines().nth(1),
            Some(
                "<htxxList><htxx BDHM=\"A220260105990101200001\" XCHTYY=\"反馈信息错误\" \
                 XCHTBZ=\"回执文书MD5校验不一致\" XCHTR=\"李测试\" XCHTDH=\"010-00000000\"/></htxxList>"
            )
        );
        assert_eq!(receipt(&bank, feedback.as_ref(), &[]), None);
        assert_eq!(receipt(&bank, None, &failed), None, "without a batch nobody could find it");
    }
}
