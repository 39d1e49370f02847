use chakong_contract::reply::UnknownValue;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::super::records::Answered;
use super::super::tree::Element;
use super::known::unknown;

/// The result of a query (section 2.7).
#[derive(Debug, Default)]
pub(crate) struct QueryResult {
    pub(crate) number: String,
    /// Code, section 11.10.
    pub(crate) code: String,
    pub(crate) message: String,
    /// What is registered, as the city registries' records: the same fields under the same names.
    pub(crate) answered: Answered,
    /// Elements that the page does not name.
    pub(crate) unknown: Vec<UnknownValue>,
}

/// The result of a control (section 2.9).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ControlResult {
    pub(crate) number: String,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) controls: Vec<Control>,
    /// Elements that the page does not name.
    pub(crate) unknown: Vec<UnknownValue>,
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

/// The lists of a query's result: name of the list, of an entry, and the city registries' list.
const LISTS: &[(&str, &str, List)] = &[
    ("TDSYQLIST", "TDSYQ", |answered| &mut answered.tdsyq_list),
    ("JSYDSYQLIST", "JSYDSYQ", |answered| &mut answered.jsydsyq_list),
    ("FDCQLIST", "FDCQ", |answered| &mut answered.fdcq_list),
    ("HYSYQLIST", "HYSYQ", |answered| &mut answered.hysyq_list),
    ("GJZWSYQLIST", "GJZWSYQ", |answered| &mut answered.gjzwsyq_list),
    ("LQLIST", "LQ", |answered| &mut answered.lq_list),
    ("DYAQLIST", "DYAQ", |answered| &mut answered.dyaq_list),
    ("YGDJLIST", "YGDJ", |answered| &mut answered.ygdj_list),
    ("CFDJLIST", "CFDJ", |answered| &mut answered.cfdj_list),
    ("YYXXLIST", "YYXX", |answered| &mut answered.yyxx_list),
];
type List = fn(&mut Answered) -> &mut Option<Vec<Box<RawValue>>>;

/// Holders of a title: list and entry.
const HOLDERS: (&str, &str) = ("QLRXXLIST", "QLRXX");
/// Their list among the city registries' records.
const HOLDER_ROWS: &str = "qlrxxList";

fn feedbacks<'a>(root: &'a Element, item: &'a str) -> impl Iterator<Item = &'a Element> {
    root.below(&["Data", "BDCFKLIST"]).into_iter().flat_map(move |list| list.all(item))
}

/// Reads the results of queries. Lists come in two shapes: with an element around each entry, or repeated themselves.
pub(crate) fn query_results(root: &Element) -> Vec<QueryResult> {
    feedbacks(root, "BDCCXJG")
        .map(|result| {
            let mut answered = Answered::default();
            for (list, item, entries) in LISTS {
                let found = result.all(list).flat_map(|list| rows(list, item));
                let texts: Vec<Box<RawValue>> =
                    found.filter_map(|row| to_raw_value(&entry(row)).ok()).collect();
                if !texts.is_empty() {
                    *entries(&mut answered) = Some(texts);
                }
            }
            QueryResult {
                number: result.text_of("CXQQDH"),
                code: result.text_of("RESULT"),
                message: result.text_of("MESSAGE"),
                answered,
                unknown: unknown(result),
            }
        })
        .collect()
}

/// The entries of a list: those inside it, or the list itself where it carries the fields.
fn rows<'a>(list: &'a Element, item: &'a str) -> Vec<&'a Element> {
    let wrapped: Vec<&Element> = list.all(item).collect();
    match wrapped.is_empty() && list.children.iter().any(|child| child.children.is_empty()) {
        true => vec![list],
        false => wrapped,
    }
}

/// An entry as a record: leaves by their names in lower case, holders as rows.
fn entry(row: &Element) -> Value {
    let mut record = leaves(row);
    let holders: Vec<Value> = row
        .all(HOLDERS.0)
        .flat_map(|list| rows(list, HOLDERS.1))
        .map(|holder| Value::Object(leaves(holder)))
        .collect();
    if !holders.is_empty() {
        record.insert(HOLDER_ROWS.to_owned(), Value::Array(holders));
    }
    Value::Object(record)
}

fn leaves(row: &Element) -> Map<String, Value> {
    let leaf = |child: &&Element| child.children.is_empty() && !child.text.trim().is_empty();
    let pair = |child: &Element| (child.name.to_lowercase(), Value::String(child.text.trim().to_owned()));
    row.children.iter().filter(leaf).map(pair).collect()
}

/// Results of queries as a registry hands them in; `flat` for one that repeats the lists.
pub(crate) fn query_feedback(results: &[QueryResult], flat: bool) -> Element {
    let one = |result: &QueryResult| {
        let mut children =
            vec![Element::leaf("CXQQDH", &result.number), Element::leaf("RESULT", &result.code)];
        if !result.message.is_empty() {
            children.push(Element::leaf("MESSAGE", &result.message));
        }
        let mut answered = result.answered.clone();
        for (list, item, entries) in LISTS {
            let texts = entries(&mut answered).take().unwrap_or_default();
            let records =
                texts.iter().filter_map(|text| serde_json::from_str::<Map<String, Value>>(text.get()).ok());
            let elements = records.map(|record| element(if flat { list } else { item }, &record, flat));
            match flat {
                true => children.extend(elements),
                false => {
                    let elements: Vec<Element> = elements.collect();
                    if !elements.is_empty() {
                        children.push(Element::with(list, elements));
                    }
                }
            }
        }
        Element::with("BDCCXJG", children)
    };
    super::message("", Element::with("BDCFKLIST", results.iter().map(one).collect()))
}

/// A record as an element: names in upper case, holders in the shape asked for.
fn element(name: &str, record: &Map<String, Value>, flat: bool) -> Element {
    let mut children = Vec::new();
    for (key, value) in record {
        match value {
            Value::Array(holders) => {
                let holders = holders.iter().filter_map(Value::as_object);
                let rows = |name: &str| -> Vec<Element> {
                    holders.clone().map(|holder| element(name, holder, flat)).collect()
                };
                match flat {
                    true => children.extend(rows(HOLDERS.0)),
                    false => children.push(Element::with(HOLDERS.0, rows(HOLDERS.1))),
                }
            }
            Value::String(text) if !text.is_empty() => {
                children.push(Element::leaf(&key.to_uppercase(), text))
            }
            Value::Number(number) => children.push(Element::leaf(&key.to_uppercase(), number.to_string())),
            _ => {}
        }
    }
    Element::with(name, children)
}

/// Records as an [`Answered`] holds them.
pub(crate) fn texts<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Option<Vec<Box<RawValue>>> {
    let texts: Vec<_> = rows.into_iter().filter_map(|row| to_raw_value(&row).ok()).collect();
    (!texts.is_empty()).then_some(texts)
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
    super::message("", Element::with("BDCFKLIST", results.iter().map(one).collect()))
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
}

/// Reads receipts.
pub(crate) fn receipts(root: &Element) -> Vec<ReceiptRow> {
    let list = root.below(&["Data", "HZXXLIST"]);
    let row = |row: &Element| ReceiptRow {
        number: row.text_of("CXQQDH"),
        title: row.text_of("WJMC"),
        format: row.text_of("WJLX"),
        content: row.text_of("WSNR"),
    };
    list.into_iter().flat_map(|list| list.all("HZXX")).map(row).collect()
}
