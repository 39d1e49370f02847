//! 待办: what is to be done, those due first, each with its act.

mod late;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::acts::{ActForm, act_forms};
use super::address::{segment, with_query, without_lang};
use super::backend::Console;
use super::failure::Failure;
use super::lang::Lang;
use super::page::{Frame, html, topic};
use super::reading::{ago, instant, list as list_at, money, text, time};
use super::visitor::Visitor;
use super::words::{ASSET, Badge, TASK, badge, choices, word};
use super::{approving, currency, entering, names, standing};
use crate::api::may;
use late::{is_for_its_day, is_late};

/// Tasks on one page.
const ON_A_PAGE: usize = 20;
/// Tasks that are counted.
const COUNTED: usize = 200;

/// Which tasks.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    case_number: String,
    #[serde(default)]
    court: String,
    #[serde(default)]
    officer: String,
    #[serde(default)]
    submitted_by: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    due: String,
    #[serde(default)]
    age: String,
}

impl ListQuery {
    /// As it stands in an address.
    fn said(&self) -> [(&str, &str); 8] {
        [
            ("kind", &self.kind),
            ("case_number", self.case_number.trim()),
            ("court", self.court.trim()),
            ("officer", self.officer.trim()),
            ("submitted_by", self.submitted_by.trim()),
            ("due", &self.due),
            ("age", &self.age),
            ("after", &self.after),
        ]
    }
}

/// What the page reads: its own tasks, and those of every page, so that the number in the title is that of the whole list.
pub fn paths(query: &ListQuery, now: Timestamp) -> [String; 2] {
    let until = match query.due.as_str() {
        "now" => now.to_string(),
        "week" => days_from(now, 7),
        _ => String::new(),
    };
    let since = match query.age.as_str() {
        "day" => days_from(now, -1),
        "three" => days_from(now, -3),
        "week" => days_from(now, -7),
        "month" => days_from(now, -30),
        _ => String::new(),
    };
    let [kind, case_number, court, officer, submitted_by, ..] = query.said();
    let within = [("due_before", until.as_str()), ("created_before", since.as_str())];
    let filters = [[kind, case_number, court, officer, submitted_by].as_slice(), within.as_slice()].concat();
    let (on_a_page, counted) = (ON_A_PAGE.to_string(), COUNTED.to_string());
    let mut page = filters.clone();
    page.extend([("cursor", query.after.as_str()), ("limit", &on_a_page)]);
    let mut all = filters;
    all.push(("limit", &counted));
    [with_query("/v1/tasks", &page), with_query("/v1/tasks", &all)]
}

/// So many days later, or earlier.
fn days_from(now: Timestamp, days: i64) -> String {
    (now + jiff::SignedDuration::from_hours(24 * days)).to_string()
}

/// A task.
pub struct TaskRow {
    /// What is to be done.
    pub kind: Badge,
    /// Case numbers with the address of each.
    pub cases: Vec<(String, String)>,
    /// Until when.
    pub due: String,
    /// How long that is.
    pub due_in: String,
    /// Whether that is past.
    pub is_late: bool,
    /// How long it has been on the list.
    pub age: String,
    /// What about it.
    pub note: String,
    /// The property that it is about: kind, end of its number, counterpart; empty where it is about none.
    pub property: String,
    /// What an approver goes by.
    pub facts: Vec<(&'static str, String)>,
    /// What it is about, with its address.
    pub links: Vec<(String, String)>,
    /// What can be done about it here.
    pub forms: Vec<ActForm>,
}

#[derive(Template)]
#[template(path = "tasks.html", config = "src/console/askama.toml")]
struct TasksPage {
    page: Frame,
    rows: Vec<TaskRow>,
    kinds: Vec<(String, String)>,
    kind: String,
    case_number: String,
    court: String,
    officer: String,
    submitted_by: String,
    due: String,
    age: String,
    after: String,
    count: String,
    late: usize,
}

/// `GET /console/tasks`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let (lang, now) = (visitor.lang, console.gateway().clock.now());
    let [page, counted] = paths(&query, now);
    let answer = console.get(&visitor, &page).await?;
    // Counted and not shown.
    let watching = Visitor { watches: true, ..visitor.clone() };
    let all = console.get(&watching, &counted).await?;
    // What is due today and no earlier is not overdue.
    let fits = |task: &&Value| query.due != "now" || is_late(task, now);
    let count = list_at(&all, "/tasks").iter().filter(fits).count();
    let more = if text(&all, "/next").is_empty() { "" } else { "+" };
    let late = list_at(&all, "/tasks").iter().filter(|task| is_late(task, now)).count();
    let next = without_lang(&visitor.here);
    let shown = list_at(&answer, "/tasks").iter().filter(fits);
    let rows = shown.map(|task| row(&console, &visitor, task, now, &next)).collect();
    let next_page = text(&answer, "/next");
    let after = match next_page.is_empty() {
        true => String::new(),
        false => {
            let after = ListQuery { after: next_page, ..query.clone() };
            with_query("/console/tasks", &after.said())
        }
    };
    let title = match count {
        0 => lang.t("待办", "Tasks").to_owned(),
        _ => format!("({count}{more}) {}", lang.t("待办", "Tasks")),
    };
    let shown = TasksPage {
        page: Frame::of(&visitor, title, "tasks").live(&topic("tasks", &query.said())),
        rows,
        kinds: choices(TASK, lang),
        kind: query.kind,
        case_number: query.case_number,
        court: query.court,
        officer: query.officer,
        submitted_by: query.submitted_by,
        due: query.due,
        age: query.age,
        after,
        count: format!("{count}{more}"),
        late,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// A task with the acts that it asks for.
pub fn row(console: &Console, visitor: &Visitor, task: &Value, now: Timestamp, next: &str) -> TaskRow {
    let lang = visitor.lang;
    let due = instant(task, "/due_at");
    let numbers = list_at(task, "/case_numbers").iter().filter_map(Value::as_str);
    let (measure, order, inquiry) = (text(task, "/measure"), text(task, "/order"), text(task, "/inquiry"));
    let mut links = Vec::new();
    let mut link = |zh, en, at: &str, id: &str, shown: &str| {
        if !id.is_empty() {
            let label = format!("{} {shown}", lang.t(zh, en));
            links.push((label.trim().to_owned(), format!("{at}/{}", segment(id))));
        }
    };
    link("控制措施", "measure", "/console/measures", &measure, "");
    link("请求", "order", "/console/orders", &order, &order);
    link("查控申请", "inquiry", "/console/inquiries", &inquiry, "");
    let kind = text(task, "/kind");
    links.extend(link_of_kind(task, visitor));
    links.extend(links_of_excess(task, visitor.may(may::CONTROL), lang));
    let (slugs, subject) = acts_of(task);
    let mut forms = match subject.is_empty() {
        true => Vec::new(),
        false => act_forms(console, visitor, slugs, &subject, next),
    };
    let currency = text(task, "/property/currency");
    forms.iter_mut().for_each(|form| currency::fit(form, &currency, lang));
    approving::fill(&mut forms, &measure, &task["property"]);
    standing::fill(&mut forms, &measure, &task["property"]);
    prefill(&mut forms, "release", &measure, &text(task, "/to_release/amount"));
    let approves = forms.iter().any(|form| form.is_of("approve", &measure));
    if task["may_be_completed"] == true {
        forms.extend(act_forms(console, visitor, &["complete"], &text(task, "/id"), next));
    }
    TaskRow {
        kind: badge(TASK, &kind, lang),
        cases: numbers
            .map(|number| (number.to_owned(), format!("/console/cases/{}", segment(number))))
            .collect(),
        due: time(task, "/due_at"),
        due_in: match is_for_its_day(task) && !is_late(task, now) {
            true => lang.t("今日", "today").to_owned(),
            false => ago(due, now, lang),
        },
        is_late: is_late(task, now),
        age: ago(instant(task, "/created_at"), now, lang),
        note: lang.of_note(&text(task, "/note")),
        property: property(task, lang),
        facts: if approves || kind == "approve" {
            approving::facts(&task["property"], lang)
        } else {
            Vec::new()
        },
        links,
        forms,
    }
}

/// The acts that a task asks for, and what they are about; of nothing where none are offered here.
fn acts_of(task: &Value) -> (&'static [&'static str], String) {
    let (measure, order) = (text(task, "/measure"), text(task, "/order"));
    match text(task, "/kind").as_str() {
        "approve" => (&["approve", "reject"], measure),
        "renew" => (&["renew"], measure),
        "resolve" | "answer_refusal" if !order.is_empty() => (&["resolve"], order),
        "release_excess" => (&["release-surplus", "release"], measure),
        // Papers of a freeze that was not placed are brought with its approval.
        "bring_papers" if is_not_placed(task) => (&["approve"], measure),
        "bring_papers" => (&["release"], measure),
        "review" if order.is_empty() && approving::wants_permission(&task["property"]) => {
            (&["permit", "release"], measure)
        }
        _ => (&[], String::new()),
    }
}

/// Whether the freeze that a task is about was not placed.
fn is_not_placed(task: &Value) -> bool {
    let state = text(task, "/property/state");
    matches!(state.as_str(), "candidate" | "proposed" | "skipped" | "refused")
}

/// Fills in the amount of the form of an act, where the task names one: an empty one means all.
fn prefill(forms: &mut [ActForm], slug: &str, subject: &str, amount: &str) {
    let form = forms.iter_mut().find(|form| form.is_of(slug, subject));
    let field = form.and_then(|form| form.fields.iter_mut().find(|field| field.name == "amount"));
    if let Some(field) = field {
        field.value = amount.to_owned();
    }
}

/// Where what is held beyond a claim is given back: at each measure with its part, and in the ledger.
fn links_of_excess(task: &Value, may_release: bool, lang: Lang) -> Vec<(String, String)> {
    if text(task, "/kind") != "release_excess" || !text(task, "/measure").is_empty() {
        return Vec::new();
    }
    let part = |one: &Value| {
        let (id, amount) = (segment(&text(one, "/measure")), text(one, "/amount/amount"));
        let href = match may_release {
            true => with_query(&format!("/console/acts/release/{id}"), &[("amount", amount.as_str())]),
            false => format!("/console/measures/{id}"),
        };
        let label = lang.t("应解除", "to be released");
        (format!("{}：{label} {}", property(one, lang), money(one, "/amount")), href)
    };
    let case = segment(&case_of(task));
    let ledger = (lang.t("冻结台账", "ledger").to_owned(), format!("/console/cases/{case}#ledger"));
    list_at(task, "/excess").iter().map(part).chain([ledger]).collect()
}

/// The number of the case that a task is about, or else of the newest of the chain.
fn case_of(task: &Value) -> String {
    let newest = list_at(task, "/case_numbers").last().and_then(Value::as_str).unwrap_or_default();
    match text(task, "/case_number") {
        none if none.is_empty() => newest.to_owned(),
        number => number,
    }
}

/// Where what a task asks for is done, besides what it is about.
fn link_of_kind(task: &Value, visitor: &Visitor) -> Option<(String, String)> {
    let lang = visitor.lang;
    let case = case_of(task);
    let papers = format!("/console/papers/of/{}", segment(&case));
    let measure = text(task, "/measure");
    let (zh, en, href) = match text(task, "/kind").as_str() {
        // The papers of the case are printed there, and put on file then.
        "file_results" => ("打印", "print", papers),
        "notify_debtor" => ("打印冻结告知书", "print the notice", format!("{papers}?kind=freeze_notice")),
        "approve" if visitor.may(may::CONTROL) => {
            ("在先冻结及他人权利见审批", "others' rights: approvals", "/console/approvals".to_owned())
        }
        "review" if visitor.may(may::CONTROL) && !measure.is_empty() => {
            ("补录在控措施", "enter a measure that stands", entering::href(&case, &measure))
        }
        "start_inquiry" if visitor.may(may::SUBMIT) => ("新建查控", "new inquiry", "/console/new".to_owned()),
        _ => return None,
    };
    Some((lang.t(zh, en).to_owned(), href))
}

/// The property that a task is about, in a line.
fn property(task: &Value, lang: Lang) -> String {
    let at = |field: &str| text(task, &format!("/property/{field}"));
    let kind = at("kind");
    if kind.is_empty() {
        return kind;
    }
    format!("{} {} · {}", word(ASSET, &kind, lang), at("number"), names::counterpart(&task["property"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::act_form::{FormField, id_of};
    use super::*;

    #[test]
    fn papers_of_a_freeze_that_was_not_placed_are_brought_with_its_approval_and_never_with_a_release() {
        let task =
            |state: &str| json!({ "kind": "bring_papers", "measure": "7", "property": { "state": state } });
        for (state, expected) in [
            ("skipped", "approve"),
            ("proposed", "approve"),
            ("in_force", "release"),
            ("renewing", "release"),
        ] {
            assert_eq!(acts_of(&task(state)), (&[expected][..], "7".to_owned()), "{state}");
        }
        let mut review = task("in_force");
        (review["kind"], review["property"]["exemption"]["level"]) = ("review".into(), "no_measure".into());
        assert_eq!(acts_of(&review).0, ["permit", "release"], "what stands on exempt property");
    }

    #[test]
    fn the_form_of_a_release_holds_the_part_that_the_task_asks_for() {
        let amount = FormField { name: "amount".to_owned(), ..FormField::default() };
        let mut forms = [ActForm {
            title: "",
            action: String::new(),
            is_grave: true,
            has_files: true,
            csrf: String::new(),
            next: String::new(),
            id: id_of("release", "7"),
            fields: vec![amount],
            faults: Vec::new(),
        }];
        prefill(&mut forms, "release", "7", "300.00");
        assert_eq!(forms[0].fields[0].value, "300.00");
    }

    #[test]
    fn an_excess_of_the_whole_claim_leads_to_the_release_of_each_part_and_to_the_ledger() {
        let yuan = json!({ "amount": "300.00", "currency": "CNY" });
        let mut task = json!({ "kind": "release_excess", "measure": null, "case_number": "X1", "case_numbers": ["X1"],
            "excess": [{ "measure": "7", "amount": yuan,
                "property": { "kind": "account", "number": "****0011", "counterpart": "bank-1" } }] });
        let links = links_of_excess(&task, true, Lang::Zh);
        let hrefs: Vec<&str> = links.iter().map(|(_, href)| href.as_str()).collect();
        assert_eq!(hrefs, ["/console/acts/release/7?amount=300.00", "/console/cases/X1#ledger"]);
        assert!(links[0].0.contains("****0011") && links[0].0.contains("应解除 300.00"), "{links:?}");
        assert_eq!(links_of_excess(&task, false, Lang::Zh)[0].1, "/console/measures/7");
        task["measure"] = json!("7");
        assert!(links_of_excess(&task, true, Lang::Zh).is_empty(), "its own forms are on the task");
    }
}
