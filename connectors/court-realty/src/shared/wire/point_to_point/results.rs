use chakong_contract::reply::UnknownValue;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::super::records::Answered;
use super::super::tree::Element;
use super::envelope::message;
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
    /// Whether a value of it could not be opened.
    pub(crate) is_broken: bool,
}

/// The lists of a query's result: name of the list, of an entry, and the city registries' list.
const LISTS: &[(&str, &str, List)] = &[
    ("TDSYQLIST", "TDSYQ", |answered| &mut answered.land_ownership),
    ("JSYDSYQLIST", "JSYDSYQ", |answered| &mut answered.land_use),
    ("FDCQLIST", "FDCQ", |answered| &mut answered.buildings),
    ("HYSYQLIST", "HYSYQ", |answered| &mut answered.sea),
    ("GJZWSYQLIST", "GJZWSYQ", |answered| &mut answered.structures),
    ("LQLIST", "LQ", |answered| &mut answered.forest),
    ("DYAQLIST", "DYAQ", |answered| &mut answered.mortgages),
    ("YGDJLIST", "YGDJ", |answered| &mut answered.prenotices),
    ("CFDJLIST", "CFDJ", |answered| &mut answered.seizures),
    ("YYXXLIST", "YYXX", |answered| &mut answered.objections),
];
type List = fn(&mut Answered) -> &mut Option<Vec<Box<RawValue>>>;

/// Holders of a title: list and entry.
const HOLDERS: (&str, &str) = ("QLRXXLIST", "QLRXX");
/// Their list among the city registries' records.
const HOLDER_ROWS: &str = "qlrxxList";

pub(crate) fn feedbacks<'a>(root: &'a Element, item: &'a str) -> impl Iterator<Item = &'a Element> {
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
                is_broken: result.has_broken(),
            }
        })
        .collect()
}

/// The entries of a list: those inside it, or the list itself where it carries the fields.
pub(crate) fn rows<'a>(list: &'a Element, item: &'a str) -> Vec<&'a Element> {
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
    message("", Element::with("BDCFKLIST", results.iter().map(one).collect()))
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
