//! Tasks 待办: what is to be done, by whom and until when.

mod property;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{Money, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(super) use self::property::PropertyName;
use self::property::TaskProperty;
use super::Shared;
use super::access::{Caller, may};
use super::acting::act;
use super::extract::{At, JsonBody, QueryParams, ReasonGiven, page_size};
use super::page::{self, case_number, chain_of};
use super::problem::{Problem, ProblemKind};
use crate::domain::decide::{Act, to_release};
use crate::domain::people::Courts;
use crate::domain::{Case, Measure, MeasureId, Task, TaskId, TaskKind, excess_by_measure, found_by};
use crate::people::sight;
use crate::store::{Reads, Stored, TaskFilter};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/tasks", get_with(list, docs))
        .api_route("/v1/tasks/{id}/complete", post_with(complete, complete_docs))
}

/// Names a task.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
struct TaskPath {
    /// Identifier of the task.
    id: TaskId,
}

/// A task on the list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TaskView {
    /// Identifier.
    id: TaskId,
    /// What is to be done.
    kind: TaskKind,
    /// Case numbers of the chain, the oldest first.
    case_numbers: Vec<String>,
    /// Number of the case, if it is about one of them.
    case_number: Option<String>,
    /// The inquiry, if it is about one.
    inquiry: Option<Uuid>,
    /// Request number of the order, if it is about one.
    order: Option<RequestNumber>,
    /// The measure, if it is about one.
    measure: Option<MeasureId>,
    /// The property of the measure; null where it is about none.
    property: Option<TaskProperty>,
    /// How much of the measure is to be released 应解除金额, in its currency, where it is a part; null for all of it, and where no release is
    /// asked for.
    to_release: Option<Money>,
    /// Measures with what of each is held beyond the claim, where the task is about the excess of all of them together.
    excess: Vec<TaskExcess>,
    /// When it was put on the list.
    created_at: Timestamp,
    /// When it should be done.
    due_at: Timestamp,
    /// What about it; Chinese first.
    note: String,
    /// Whether a person says that it is done (`POST /v1/tasks/{id}/complete`); the others are done by the act that they ask for.
    may_be_completed: bool,
}

/// What of a measure is held beyond the claim.
#[derive(Debug, Serialize, JsonSchema)]
struct TaskExcess {
    /// The measure.
    measure: MeasureId,
    /// Its property.
    property: TaskProperty,
    /// How much of it would be released, in its currency.
    amount: Money,
}

impl TaskView {
    pub(super) fn read(reads: &mut dyn Reads, task: &Task) -> Stored<Self> {
        let inquiry = match task.inquiry {
            Some(id) => reads.inquiry(id)?,
            None => None,
        };
        let (case_number, inquiry) = inquiry.map(|inquiry| (inquiry.case_number, inquiry.uid)).unzip();
        let order = match task.order {
            Some(id) => reads.order(id)?.map(|order| order.number()),
            None => None,
        };
        let measure = match task.measure {
            Some(id) => reads.measure(id)?,
            None => None,
        };
        let cases = reads.cases_of(task.chain)?;
        let ledger = match task.kind {
            TaskKind::ReleaseExcess if task.measure.is_none() => reads.measures_of(task.chain)?,
            _ => Vec::new(),
        };
        Ok(Self {
            may_be_completed: task.may_be_completed(&ledger),
            id: task.id,
            kind: task.kind,
            case_numbers: cases.iter().map(|case| case.number.as_str().to_owned()).collect(),
            case_number,
            inquiry,
            order,
            measure: task.measure,
            property: measure.as_ref().map(TaskProperty::of),
            to_release: measure.as_ref().and_then(|measure| to_release(task, measure)),
            excess: excess_in(reads, task, &ledger)?,
            created_at: task.created,
            due_at: task.due,
            note: task.note.clone(),
        })
    }
}

/// What of each measure of the ledger a task wants given back; empty where it is not about the whole ledger.
fn excess_in(reads: &mut dyn Reads, task: &Task, ledger: &[Measure]) -> Stored<Vec<TaskExcess>> {
    if ledger.is_empty() {
        return Ok(Vec::new());
    }
    let chain = reads.chain(task.chain)?;
    let excess = excess_by_measure(chain.as_ref().and_then(|chain| chain.claim.as_ref()), ledger);
    let line = |(measure, amount): (&Measure, _)| TaskExcess {
        measure: measure.id,
        property: TaskProperty::of(measure),
        amount: measure.money(amount),
    };
    Ok(excess.into_iter().map(line).collect())
}

/// Which tasks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TasksQuery {
    /// What is to be done.
    kind: Option<TaskKind>,
    /// Code of the court.
    court: Option<String>,
    /// Name of an officer of the case 承办人, in full.
    officer: Option<String>,
    /// Who submitted an inquiry of the case: 工号, or name of a key.
    submitted_by: Option<String>,
    /// Due before this.
    due_before: Option<Timestamp>,
    /// On the list since before this.
    created_before: Option<Timestamp>,
    /// Case number in any spelling: the tasks of the case, and of those that it continues or that continue it.
    case_number: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Open tasks.
#[derive(Debug, Serialize, JsonSchema)]
struct TaskList {
    /// Those due first before the others.
    tasks: Vec<TaskView>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<TasksQuery>,
) -> Result<Json<TaskList>, Problem> {
    let limit = page_size(query.limit)?;
    let case = case_number("case_number", query.case_number.as_deref())?;
    let filter = TaskFilter {
        kind: query.kind,
        chain: None,
        courts: caller.sees(query.court.as_deref()),
        found_by: query.officer.as_deref().map(officer).transpose()?,
        submitted_by: query.submitted_by,
        due_before: query.due_before,
        created_before: query.created_before,
        after: page::cursor(query.cursor.as_deref())?.map(|Place(due, id)| (due, id)),
        limit: limit + 1,
    };
    let found = gateway.store.read(move |reads| {
        let Some(chain) = chain_of(reads, case.as_ref())? else {
            return Ok(TaskList { tasks: Vec::new(), next: None });
        };
        let mut tasks = reads.find_tasks(&TaskFilter { chain, ..filter })?;
        let next = page::cut(&mut tasks, limit, |last| format!("{}~{}", last.due, last.id));
        let tasks = tasks.iter().map(|task| TaskView::read(reads, task)).collect::<Stored<_>>()?;
        Ok(TaskList { tasks, next })
    });
    Ok(Json(found.await?))
}

/// The word of an officer's name.
fn officer(name: &str) -> Result<String, Problem> {
    let none = || {
        Problem::new(
            ProblemKind::MalformedRequest,
            "承办人姓名中没有文字或数字 officer: there is no letter or digit in it",
        )
    };
    found_by::of_officer(name).ok_or_else(none)
}

/// When the last task of the page before is due, and its identifier.
struct Place(Timestamp, TaskId);

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (due, id) = text.split_once('~').ok_or(())?;
        Ok(Self(due.parse().map_err(drop)?, TaskId::new(id.parse().map_err(drop)?)))
    }
}

fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.id("listTasks").tag("tasks").summary("Open tasks 待办")
}

async fn complete(
    State(gateway): State<Shared>,
    caller: Caller<{ may::TASKS }>,
    At(path): At<TaskPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<CompletedTask>, Problem> {
    let reason = given.checked()?;
    let courts = caller.courts().clone();
    let read = gateway.store.read(move |reads| match sight::task(reads, &courts, path.id)? {
        Some(task) => Ok(Some(own_case(reads, &courts, &task)?)),
        None => Ok(None),
    });
    let case = read.await?.ok_or_else(|| Problem::not_found("task"))?;
    act(&gateway, &caller.0, (case.as_ref(), Act::CompleteTask(path.id)), reason, Vec::new()).await?;
    Ok(Json(CompletedTask { id: path.id }))
}

/// The case by which somebody comes to a task: that of its inquiry, or else the newest of the chain, of those that they see.
fn own_case(reads: &mut dyn Reads, courts: &Courts, task: &Task) -> Stored<Option<Case>> {
    let about = match task.inquiry {
        Some(id) => reads.inquiry(id)?.map(|inquiry| inquiry.case),
        None => None,
    };
    let mut own: Vec<Case> = reads.cases_of(task.chain)?;
    own.retain(|case| courts.cover(&case.court_code));
    let place = own.iter().position(|case| Some(case.id) == about);
    Ok(match place {
        Some(place) => Some(own.swap_remove(place)),
        None => own.pop(),
    })
}

/// A task that is off the list.
#[derive(Debug, Serialize, JsonSchema)]
struct CompletedTask {
    /// Identifier.
    id: TaskId,
}

fn complete_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("completeTask")
        .tag("tasks")
        .summary("Mark a task as done 办结待办")
        .description(
            "Only a task with `may_be_completed`: the others stand until the act that they ask for is done.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such open task"))
        .response_with::<422, Problem, _>(|response| {
            response.description("A reason is missing, or the task is done by the act that it asks for")
        })
}
