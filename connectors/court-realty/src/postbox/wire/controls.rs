//! Results and receipts of controls (sections 2.9 and 2.12), both ways.

use chakong_contract::reply::UnknownValue;

use crate::shared::wire::point_to_point::envelope::message;
use crate::shared::wire::point_to_point::known::unknown;
use crate::shared::wire::point_to_point::results::{feedbacks, rows};
use crate::shared::wire::tree::Element;

/// The field with the registry's number of a seizure, where several units have the same.
pub(crate) const DOUBTFUL_NUMBER: &str = "CFYWH";

/// The result of a control (section 2.9).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ControlResult {
    pub(crate) number: String,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) controls: Vec<Control>,
    /// Elements that the page does not name.
    pub(crate) unknown: Vec<UnknownValue>,
    /// Whether a value of it could not be opened.
    pub(crate) is_broken: bool,
}

/// What became of one property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Control {
    pub(crate) unit: String,
    pub(crate) certificate: String,
    /// 1 controlled, 2 not.
    pub(crate) state: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) reason: String,
    pub(crate) remark: String,
    /// The registry's number of the case.
    pub(crate) business: String,
    /// The registry's number of the seizure.
    pub(crate) seizure: String,
}

/// Reads the results of controls.
pub(crate) fn control_results(root: &Element) -> Vec<ControlResult> {
    feedbacks(root, "BDCKZJG")
        .map(|result| ControlResult {
            number: result.text_of("CXQQDH"),
            code: result.text_of("RESULT"),
            message: result.text_of("MESSAGE"),
            controls: result.all("KZXXLIST").flat_map(|list| rows(list, "KZXX")).map(control).collect(),
            unknown: unknown(result),
            is_broken: result.has_broken(),
        })
        .collect()
}

fn control(element: &Element) -> Control {
    Control {
        unit: element.text_of("BDCDYH"),
        certificate: element.text_of("BDCQZH"),
        state: element.text_of("KZZT"),
        from: element.text_of("CSKSRQ"),
        until: element.text_of("CSJSRQ"),
        reason: element.text_of("WNKZYY"),
        remark: element.text_of("BEIZ"),
        business: element.text_of("YWH"),
        seizure: element.text_of("CFYWH"),
    }
}

/// Results of controls as a registry hands them in.
pub(crate) fn control_feedback(results: &[ControlResult]) -> Element {
    let control = |control: &Control| {
        let leaves = [
            ("BDCQLLX", "3"),
            ("BDCDYH", &control.unit),
            ("BDCQZH", &control.certificate),
            ("KZZT", &control.state),
            ("CSKSRQ", &control.from),
            ("CSJSRQ", &control.until),
            ("WNKZYY", &control.reason),
            ("BEIZ", &control.remark),
            ("YWH", &control.business),
            ("CFYWH", &control.seizure),
        ];
        Element::with("KZXX", leaves.into_iter().map(|(name, text)| Element::leaf(name, text)).collect())
    };
    let one = |result: &ControlResult| {
        let list = Element::with("KZXXLIST", result.controls.iter().map(control).collect());
        let head = [Element::leaf("CXQQDH", &result.number), Element::leaf("RESULT", &result.code)];
        Element::with("BDCKZJG", head.into_iter().chain([list]).collect())
    };
    message("", Element::with("BDCFKLIST", results.iter().map(one).collect()))
}

/// A receipt of a control.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReceiptRow {
    pub(crate) number: String,
    pub(crate) title: String,
    /// File extension.
    pub(crate) format: String,
    /// Base64.
    pub(crate) content: String,
    /// Whether a value of it could not be opened.
    pub(crate) is_broken: bool,
}

/// Receipts as a registry hands them in.
pub(crate) fn receipt_feedback(rows: &[ReceiptRow]) -> Element {
    let row = |row: &ReceiptRow| {
        let leaves =
            [("CXQQDH", &row.number), ("WJMC", &row.title), ("WJLX", &row.format), ("WSNR", &row.content)];
        Element::with("HZXX", leaves.into_iter().map(|(name, text)| Element::leaf(name, text)).collect())
    };
    message("", Element::with("HZXXLIST", rows.iter().map(row).collect()))
}

/// Reads receipts.
pub(crate) fn receipts(root: &Element) -> Vec<ReceiptRow> {
    let list = root.below(&["Data", "HZXXLIST"]);
    let row = |row: &Element| ReceiptRow {
        number: row.text_of("CXQQDH"),
        title: row.text_of("WJMC"),
        format: row.text_of("WJLX"),
        content: row.text_of("WSNR"),
        is_broken: row.has_broken(),
    };
    list.into_iter().flat_map(|list| list.all("HZXX")).map(row).collect()
}
