//! The simulated counter: it answers every order on paper, and a clerk fills the form in.

use std::collections::{BTreeMap, HashSet};

use chakong_contract::form::{Filled, FilledRow};
use chakong_contract::manifest::Settings;
use chakong_contract::order::Target;
use chakong_contract::sandbox::{BookedControl, Books, FormSandbox, Sandbox, SandboxError};
use chakong_contract::{Instruction, Order};
use serde::Deserialize;

use crate::kinds::Kind;
use crate::manifest::Counter;
use crate::sheet::{self, controls};

/// Who owns what.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Script {
    /// Owners by the number of their document.
    owners: Vec<Owner>,
    /// What everybody else owns; absent for nothing.
    everyone: Option<Everyone>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    number: String,
    rows: Vec<FilledRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Everyone {
    /// Rows of the form; one of the first kind where there are none.
    rows: Vec<FilledRow>,
}

#[derive(Debug)]
struct DeskSandbox {
    script: Script,
    counter: Option<Counter>,
    books: Books,
    seen: HashSet<String>,
}

/// Builds the simulated counter.
pub(crate) fn build(
    script: &serde_json::Value,
    settings: &Settings,
) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script = Script::deserialize(script)?;
    let counter = Counter::configured(settings).ok();
    Ok(Box::new(DeskSandbox { script, counter, books: Books::default(), seen: HashSet::new() }))
}

impl Sandbox for DeskSandbox {
    fn books(&self) -> Books {
        self.books.clone()
    }

    fn form(&mut self) -> Option<&mut dyn FormSandbox> {
        Some(self)
    }
}

impl FormSandbox for DeskSandbox {
    fn answer(&mut self, order: &Order) -> Filled {
        let is_new = self.seen.insert(order.number.as_str().to_owned());
        self.books.duplicates += u64::from(!is_new);
        match &order.instruction {
            Instruction::Query { .. } => {
                self.books.queries += 1;
                let rows = self.rows_of(order);
                let outcome = if rows.is_empty() { sheet::NOTHING } else { sheet::FOUND };
                Filled { outcome: outcome.to_owned(), rows, ..Filled::default() }
            }
            _ => self.control(order, is_new),
        }
    }
}

impl DeskSandbox {
    fn rows_of(&self, order: &Order) -> Vec<FilledRow> {
        let number = order.document.number();
        if let Some(owner) = self.script.owners.iter().find(|owner| owner.number == number) {
            return owner.rows.clone();
        }
        let Some(everyone) = &self.script.everyone else { return Vec::new() };
        if !everyone.rows.is_empty() {
            return everyone.rows.clone();
        }
        let first = self.counter.iter().flat_map(|counter| counter.kinds.first());
        first.map(|kind| example(*kind)).collect()
    }

    /// Done as ordered, and in the first place: the first outcome of the form.
    fn control(&mut self, order: &Order, is_new: bool) -> Filled {
        let amount = order.instruction.amount().map(|money| money.amount.to_string());
        self.books.controls.push(BookedControl {
            number: order.number.as_str().to_owned(),
            action: order.instruction.kind().to_string(),
            target: order.instruction.target().map(|target| target.identity()).unwrap_or_default(),
            amount: amount.unwrap_or_default(),
            executed: u32::from(is_new),
            arrived: 1,
        });
        let Some(counter) = &self.counter else { return Filled::default() };
        let sheet = sheet::of(counter, order);
        let Some(done) = sheet.outcomes.first() else { return Filled::default() };
        let on_paper = paper(&order.instruction);
        let written =
            on_paper.into_iter().filter(|(key, _)| done.fields.iter().any(|field| field.key == *key));
        let fields = written.map(|(key, value)| (key.to_owned(), value)).collect();
        Filled { outcome: done.outcome.to_owned(), fields, rows: Vec::new() }
    }
}

/// What the paper about a control says that was done as ordered.
fn paper(instruction: &Instruction) -> Vec<(&'static str, String)> {
    let mut said = vec![(controls::RANK, "1".to_owned())];
    said.extend(instruction.amount().map(|ordered| (controls::AMOUNT, ordered.amount.to_string())));
    if let Instruction::Freeze { until, .. } | Instruction::Renew { until, .. } = instruction {
        said.push((controls::UNTIL, until.to_string()));
    }
    match instruction.target() {
        Some(Target::Account { number, .. }) => said.push((controls::STATED, number.clone())),
        Some(Target::Product { account, quantity, .. }) => {
            said.push((controls::STATED, account.clone()));
            said.extend(quantity.clone().map(|units| (controls::UNITS, units)));
        }
        _ => {}
    }
    said
}

/// A property of a kind; invented.
fn example(kind: Kind) -> FilledRow {
    let fields: &[(&str, &str)] = match kind {
        Kind::Account => &[
            ("number", "4000020011"),
            ("class", "个人活期储蓄"),
            ("currency", "CNY"),
            ("available", "1000.00"),
            ("matched", "name_and_number"),
        ],
        Kind::Security => &[
            ("account", "4000020012"),
            ("number", "000000"),
            ("name", "示例股份"),
            ("unit", "股"),
            ("quantity", "100"),
            ("matched", "name_and_number"),
        ],
        Kind::Property => &[
            ("property_kind", "building"),
            ("certificate", "示（2020）示例市不动产权第0000001号"),
            ("location", "示例市示例路1号"),
            ("matched", "name_and_number"),
        ],
        Kind::Vehicle => &[("plate", "示A00001"), ("matched", "name_and_number")],
        Kind::Equity => &[("company", "示例有限公司"), ("percent", "35"), ("matched", "name_and_number")],
    };
    let fields: BTreeMap<String, String> =
        fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    FilledRow { kind: kind.word().to_owned(), fields }
}
