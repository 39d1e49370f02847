//! Persons 人员, for the security administrator.

mod certificates;
mod expiring;

use std::collections::BTreeSet;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::{Caller, may};
use super::extract::{At, JsonBody, ReasonGiven, check_reason, no_findings};
use super::problem::Problem;
use super::sessions::by;
use crate::domain::decide::people::{NewPerson, Pending, PersonUpdate, pending_anyhow};
use crate::domain::people::{Courts, OfficialCertificate, Person, Role, SignInCertificate};
use crate::domain::{Finding, PersonId};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/people", get_with(list, list_docs).post_with(add, add_docs))
        .api_route("/v1/people/{id}", get_with(show, show_docs).patch_with(change, change_docs))
        .api_route("/v1/people/{id}/reset", post_with(reset, reset_docs))
        .api_route("/v1/people/expiring", get_with(expiring::list, expiring::docs))
        .api_route(
            "/v1/people/{id}/sign-in-certificates",
            post_with(certificates::bind, certificates::bind_docs),
        )
        .api_route(
            "/v1/people/{id}/sign-in-certificates/{fingerprint}",
            delete_with(certificates::revoke, certificates::revoke_docs),
        )
}

/// Names a person.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(super) struct PersonPath {
    /// Identifier of the person.
    id: PersonId,
}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PersonView {
    /// Identifier.
    id: PersonId,
    /// Name 姓名.
    name: String,
    /// Staff number 工号.
    number: String,
    /// Codes of the courts whose cases the person sees; null for those of every court.
    courts: Option<Vec<String>>,
    /// What the person is there for.
    roles: Vec<Role>,
    /// Certificates of office.
    certificates: Vec<OfficialCertificate>,
    /// Client certificates by which the person signs in, with those that were revoked.
    sign_in_certificates: Vec<SignInCertificate>,
    /// Whether the person has a password; without one they sign in by the identity provider or by a certificate.
    has_password: bool,
    /// Telephone; empty where none is known.
    phone: String,
    /// When the person became known.
    created_at: Timestamp,
    /// Since when the person may not sign in any more; null while they may.
    disabled_at: Option<Timestamp>,
    /// Until when nobody can sign in as the person after too many failures; null when anybody can.
    locked_until: Option<Timestamp>,
    /// Whether a second factor is set up.
    second_factor: bool,
    /// What the person must do first when they sign in; null when nothing.
    pending: Option<Pending>,
}

impl PersonView {
    fn of(gateway: &Shared, person: &Person) -> Self {
        let now = gateway.clock.now();
        Self {
            id: person.id,
            name: person.name.clone(),
            number: person.number.clone(),
            courts: person.courts.codes(),
            roles: person.roles.iter().copied().collect(),
            certificates: person.certificates.clone(),
            sign_in_certificates: person.sign_in_certificates.clone(),
            has_password: person.password.is_some(),
            phone: person.phone.clone(),
            created_at: person.created,
            disabled_at: person.disabled,
            locked_until: person.locked_until.filter(|until| *until > now),
            second_factor: person.has_second_factor(),
            pending: pending_anyhow(person, gateway.people.rules(), now),
        }
    }
}

/// Persons.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonList {
    /// In the order in which they became known.
    people: Vec<PersonView>,
}

async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
) -> Result<Json<PersonList>, Problem> {
    let all = gateway.store.read(|reads| reads.persons()).await?;
    let own = all.iter().filter(|person| person.is_kept_by(caller.courts()));
    Ok(Json(PersonList { people: own.map(|person| PersonView::of(&gateway, person)).collect() }))
}

fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listPeople")
        .tag("people")
        .summary("Persons 人员")
        .description("Those whose courts lie within the caller's own.")
}

async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
    At(path): At<PersonPath>,
) -> Result<Json<PersonView>, Problem> {
    let found = gateway.store.read(move |reads| reads.person(path.id)).await?;
    let person = found.filter(|person| person.is_kept_by(caller.courts()));
    let person = person.ok_or_else(|| Problem::not_found("person"))?;
    Ok(Json(PersonView::of(&gateway, &person)))
}

fn show_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getPerson")
        .tag("people")
        .summary("A person 人员信息")
        .response_with::<404, Problem, _>(|response| response.description("There is no such person"))
}

/// A person to become known.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddRequest {
    /// Name 姓名.
    name: String,
    /// Staff number 工号, by which the person signs in; it never changes, and is no name of a key.
    number: String,
    /// Codes of the courts whose cases the person sees; null for those of every court (集约).
    courts: Option<BTreeSet<String>>,
    /// What the person is there for.
    roles: BTreeSet<Role>,
    /// Certificates of office.
    #[serde(default)]
    certificates: Vec<OfficialCertificate>,
    /// Telephone.
    #[serde(default)]
    phone: String,
    /// Whether the person has no password, and signs in by the identity provider or by a certificate alone.
    #[serde(default)]
    without_password: bool,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// A person who became known.
#[derive(Debug, Serialize, JsonSchema)]
struct Added {
    /// The person.
    person: PersonView,
    /// Shown once; it must be changed at the first sign-in. Null for a person without a password.
    initial_password: Option<String>,
}

async fn add(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
    JsonBody(request): JsonBody<AddRequest>,
) -> Result<Response, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    no_findings(findings)?;
    let new = NewPerson {
        name: request.name,
        number: request.number,
        courts: request.courts.map_or(Courts::All, Courts::Some),
        roles: request.roles,
        certificates: request.certificates,
        phone: request.phone,
    };
    let (initial_password, hash) = match request.without_password {
        true => (None, None),
        false => {
            gateway.people.initial_password().await.map(|(initial, hash)| (Some(initial), Some(hash)))?
        }
    };
    let id = PersonId(uuid::Uuid::new_v4());
    let person =
        gateway.engine.add_person(by(&caller.0, request.reason), new, id, hash, gateway.key_names()).await?;
    let location = [(LOCATION, format!("/v1/people/{id}"))];
    let added = Added { person: PersonView::of(&gateway, &person), initial_password };
    Ok((StatusCode::CREATED, location, Json(added)).into_response())
}

fn add_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("addPerson")
        .tag("people")
        .summary("Add a person 新增人员")
        .response_with::<201, Json<Added>, _>(|response| {
            response.description("Known; the password is shown once")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}

/// What is changed; absent leaves it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeRequest {
    /// Name.
    name: Option<String>,
    /// Codes of courts; `["*"]` for every court.
    courts: Option<BTreeSet<String>>,
    /// Roles.
    roles: Option<BTreeSet<Role>>,
    /// Certificates of office.
    certificates: Option<Vec<OfficialCertificate>>,
    /// Telephone.
    phone: Option<String>,
    /// Whether the person may sign in.
    active: Option<bool>,
    /// False takes the second factor away: another is set up at the next sign-in. Nobody sets one up for somebody else.
    second_factor: Option<bool>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// What stands for every court where codes are listed.
const EVERY_COURT: &str = "*";

async fn change(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
    At(path): At<PersonPath>,
    JsonBody(request): JsonBody<ChangeRequest>,
) -> Result<Json<PersonView>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    if request.second_factor == Some(true) {
        findings.push(Finding::new(
            "/second_factor",
            "动态口令只能由本人绑定 only the person sets a second factor up",
        ));
    }
    no_findings(findings)?;
    let is_all = |codes: &BTreeSet<String>| codes.len() == 1 && codes.contains(EVERY_COURT);
    let courts = |codes: BTreeSet<String>| if is_all(&codes) { Courts::All } else { Courts::Some(codes) };
    let update = PersonUpdate {
        name: request.name,
        courts: request.courts.map(courts),
        roles: request.roles,
        certificates: request.certificates,
        phone: request.phone,
        active: request.active,
        reset: None,
        forget_factor: request.second_factor == Some(false),
    };
    let person = gateway.engine.change_person(by(&caller.0, request.reason), path.id, update).await?;
    Ok(Json(PersonView::of(&gateway, &person)))
}

fn change_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("changePerson")
        .tag("people")
        .summary("Change, disable or enable a person 变更、停用、启用人员")
        .description("Sessions of the person end where they may less than before. Nobody changes their own roles, courts or state.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such person"))
        .response_with::<409, Problem, _>(|response| response.description("It is the last security administrator"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}

/// A new initial password.
#[derive(Debug, Serialize, JsonSchema)]
struct Reset {
    /// Shown once; it must be changed at the first sign-in.
    initial_password: String,
}

async fn reset(
    State(gateway): State<Shared>,
    caller: Caller<{ may::PEOPLE }>,
    At(path): At<PersonPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<Reset>, Problem> {
    let reason = given.checked()?;
    let (initial_password, hash) = gateway.people.initial_password().await?;
    let update = PersonUpdate { reset: Some(hash), ..PersonUpdate::default() };
    gateway.engine.change_person(by(&caller.0, reason), path.id, update).await?;
    Ok(Json(Reset { initial_password }))
}

fn reset_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("resetPerson")
        .tag("people")
        .summary("Reset password, second factor and lock 重置密码与动态口令")
        .description("The person's sessions end, and their keys are revoked.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such person"))
        .response_with::<409, Problem, _>(|response| response.description("Not now"))
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
