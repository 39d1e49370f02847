//! What approvers do about a measure. Each act is an input to the engine; the answer is the measure as it stands then.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{Currency, LegalDocument, Money, PlainDecimal, Transferee};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::seen::{SeenRequest, SeenStandingRequest};
use super::show::read;
use super::{MeasureInFull, MeasurePath};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::{act_as_seen, check_amount, check_amount_in_any, check_documents, check_rate};
use crate::api::extract::{At, JsonBody, ReasonGiven, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::decide::{
    Act, Approval, Release, ReleaseScope, Renewal, SeenMeasure, SeenStanding, Transfer,
};
use crate::domain::rules::release_reasons::ReleaseReason;
use crate::domain::{Finding, Permitted};
use crate::people::{Identity, sight};

/// How a freeze is approved.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveRequest {
    /// Up to how much, in the account's currency; absent means what was proposed, or what is available within what the claim
    /// leaves open. More than the claim leaves open is refused.
    #[serde(default)]
    limit: Option<Money>,
    /// Freeze the account as such 账户, so that nothing leaves it, and not an amount in it.
    #[serde(default)]
    whole: bool,
    /// What is permitted for a property that the rules exempt.
    #[serde(default)]
    permit: Option<Permitted>,
    /// Yuan for one unit of a foreign currency, as decimal text; without it the amount counts for nothing.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    rate: Option<PlainDecimal>,
    /// Whether a stake is state or corporate shares of a listed company 上市公司国有股、社会法人股: the longest term is shorter then, and no
    /// register says so.
    #[serde(default)]
    listed_state_shares: bool,
    /// What the approver saw of the measure. Where it is another one by now, nothing is approved. A person who signed in says it; a key may
    /// leave it out.
    #[serde(default)]
    seen: Option<SeenRequest>,
    /// Documents that the freeze goes out on, where they are others than the inquiry brought.
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn approve(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<ApproveRequest, true>,
) -> Result<Json<MeasureInFull>, Problem> {
    let mut findings = of_papers(&request.reason, &request.documents);
    if let Some(limit) = request.limit
        && (limit.amount <= Decimal::ZERO || limit.amount.scale() > 2)
    {
        findings.push(Finding::new(
            "/limit/amount",
            "应大于零，至多两位小数 must be more than zero, with at most two decimals",
        ));
    }
    if request.limit.is_some_and(|limit| !limit.is_plausible()) {
        findings.push(Finding::new("/limit/amount", "金额过大 is beyond all measure"));
    }
    check_rate(request.rate, &mut findings);
    if request.seen.is_none() && caller.0.session.is_some() {
        let detail = "审批须以所见为准，请从审批页面提交 a person approves what they looked at: send its state, limit and exemption";
        findings.push(Finding::new("/seen", detail));
    }
    no_findings(findings)?;
    let rate = request.rate.map(|PlainDecimal(rate)| rate);
    let (limit, whole, permit) = (request.limit, request.whole, request.permit);
    let (listed_state_shares, seen) = (request.listed_state_shares, request.seen.map(SeenMeasure::from));
    let approval = Approval { limit, whole, permit, rate, listed_state_shares, seen };
    carry_out(&gateway, &caller.0, path, Act::Approve(path.id, approval), (request.reason, request.documents))
        .await
}

pub(super) fn approve_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation)
        .id("approveMeasure")
        .summary("Approve a freeze 批准冻结")
        .description(
            "Also of a property that was skipped or refused. Nobody approves what they submitted. With `seen`, what is approved is what \
             was looked at: a proposal that changed meanwhile is refused as `not-now`. A person who signed in always sends it.",
        )
}

pub(super) async fn reject(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<MeasureInFull>, Problem> {
    let reason = given.checked()?;
    carry_out(&gateway, &caller.0, path, Act::Reject(path.id), (reason, Vec::new())).await
}

pub(super) fn reject_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("rejectMeasure").summary("Reject a proposed freeze 驳回").description(
        "The next property takes its place. It is not proposed again before there is more to freeze.",
    )
}

pub(super) async fn reconsider(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<MeasureInFull>, Problem> {
    let reason = given.checked()?;
    carry_out(&gateway, &caller.0, path, Act::Reconsider(path.id), (reason, Vec::new())).await
}

pub(super) fn reconsider_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("reconsiderMeasure").summary("Take a rejection back 撤销驳回")
}

/// What a property is worth.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueRequest {
    /// The value as stated or estimated, in yuan.
    value: Money,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn value(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<ValueRequest>,
) -> Result<Json<MeasureInFull>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    check_amount("/value", Some(request.value), &mut findings);
    no_findings(findings)?;
    let value = Act::Value(path.id, request.value.amount);
    carry_out(&gateway, &caller.0, path, value, (request.reason, Vec::new())).await
}

pub(super) fn value_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("valueMeasure").summary("State what a property is worth 载明价值")
}

/// The rate of a foreign amount.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RateRequest {
    /// Yuan for one unit of the measure's currency, as decimal text.
    #[schemars(with = "String")]
    rate: PlainDecimal,
    /// Why, such as the day and the source of the rate; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn rate(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<RateRequest>,
) -> Result<Json<MeasureInFull>, Problem> {
    let mut findings = Vec::new();
    check_reason(&request.reason, &mut findings);
    check_rate(Some(request.rate), &mut findings);
    no_findings(findings)?;
    let PlainDecimal(rate) = request.rate;
    carry_out(&gateway, &caller.0, path, Act::Rate(path.id, rate), (request.reason, Vec::new())).await
}

pub(super) fn rate_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("rateMeasure").summary("Name the rate of a foreign amount 载明汇率").description(
        "From now on the amount counts for the claim at this rate. What then stands beyond the claim is told and given back as any \
         excess is.",
    )
}

/// How much is given back, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRequest {
    /// How much of what stands ordered, in the measure's currency; absent means all of it.
    #[serde(default)]
    amount: Option<Money>,
    /// Give back what the counterpart holds beyond the limit, and nothing of the limit; `amount` is left out then.
    #[serde(default)]
    surplus: bool,
    /// The reason of 查扣冻规定 art. 28. One that ends the debt closes the claim, so that nothing is frozen instead.
    ground: ReleaseReason,
    /// The measure as it was seen. Where it is another one by now, nothing is done, so that what is sent once more after it was lost sight of
    /// is not done twice; absent does it whatever stands.
    #[serde(default)]
    seen: Option<SeenStandingRequest>,
    /// Ruling and notice of the release (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn release(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<ReleaseRequest, true>,
) -> Result<Json<MeasureInFull>, Problem> {
    let mut findings = of_papers(&request.reason, &request.documents);
    check_amount_in_any("/amount", request.amount, &mut findings);
    if request.surplus && request.amount.is_some() {
        findings.push(Finding::new(
            "/amount",
            "解除超额部分的，不填金额 is left out where the surplus is given back",
        ));
    }
    findings.extend(of_currency(&gateway, &caller.0, &path, request.amount).await?);
    no_findings(findings)?;
    let scope = match request.surplus {
        true => ReleaseScope::Surplus(path.id),
        false => ReleaseScope::Measure(path.id, request.amount.map(|money| money.amount)),
    };
    let release = Act::Release(Release { scope, ground: request.ground });
    let it = (release, request.seen.map(SeenStanding::from));
    carry_out_as_seen(&gateway, &caller.0, path, it, (request.reason, request.documents)).await
}

pub(super) fn release_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("releaseMeasure").summary("Release a measure 解除措施").description(
        "Wholly or in part; also one that waits 轮候. All means the whole limit, so that no later deposit is caught.",
    )
}

/// How long, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenewRequest {
    /// Days of the new term, which begins the day after the old one ends; absent means the longest that the law allows.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1096))]
    days: Option<u16>,
    /// The measure as it was seen. Where it is another one by now, nothing is done, so that what is sent once more after it was lost sight of
    /// is not done twice; absent does it whatever stands.
    #[serde(default)]
    seen: Option<SeenStandingRequest>,
    /// The ruling and the notice of the renewal; those of the freeze do not do (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn renew(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<RenewRequest, true>,
) -> Result<Json<MeasureInFull>, Problem> {
    no_findings(of_papers(&request.reason, &request.documents))?;
    let renew = Act::Renew(path.id, Renewal { days: request.days });
    let it = (renew, request.seen.map(SeenStanding::from));
    carry_out_as_seen(&gateway, &caller.0, path, it, (request.reason, request.documents)).await
}

pub(super) fn renew_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation)
        .id("renewMeasure")
        .summary("Renew a measure 续冻、续封")
        .description("Before it ends: a measure that ended cannot be renewed (查扣冻规定 art. 27).")
}

/// Who takes the stake, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferRequest {
    /// Who takes the stake that the measure freezes.
    to: Transferee,
    /// The measure as it was seen. Where it is another one by now, nothing is done, so that what is sent once more after it was lost sight of
    /// is not done twice; absent does it whatever stands.
    #[serde(default)]
    seen: Option<SeenStandingRequest>,
    /// Ruling and notice of the transfer (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn transfer(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<TransferRequest, true>,
) -> Result<Json<MeasureInFull>, Problem> {
    let TransferRequest { to, seen, documents, reason } = request;
    no_findings(of_papers(&reason, &documents))?;
    let it = (Act::Transfer(path.id, Transfer { to }), seen.map(SeenStanding::from));
    carry_out_as_seen(&gateway, &caller.0, path, it, (reason, documents)).await
}

pub(super) fn transfer_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation)
        .id("transferMeasure")
        .summary("Have a forced transfer of a stake registered 强制转让股权")
        .description(
            "Of the stake that the measure freezes, once that freeze has effect; as much of it as the measure names.",
        )
}

/// What is wrong with the currency of an amount: it is the measure's own, so that dollars are never taken for yuan.
pub(super) async fn of_currency(
    gateway: &Shared,
    caller: &Identity,
    path: &MeasurePath,
    amount: Option<Money>,
) -> Result<Option<Finding>, Problem> {
    let (id, courts) = (path.id, caller.courts.clone());
    let Some(said) = amount.and_then(|amount| amount.currency) else { return Ok(None) };
    let found = gateway.store.read(move |reads| sight::measure(reads, &courts, id)).await?;
    let measure = found.ok_or_else(|| Problem::not_found("measure"))?;
    let own = measure.currency.unwrap_or(Currency::CNY);
    let detail = format!("币种与该措施不符，应为 {own} the measure is in {own}: state the amount in it");
    Ok((said != own).then(|| Finding::new("/amount/currency", detail)))
}

/// What is wrong with the reason and the documents of an act.
pub(super) fn of_papers(reason: &str, documents: &[LegalDocument]) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_reason(reason, &mut findings);
    check_documents(documents, &mut findings);
    findings
}

/// Has an act carried out on a measure that the caller sees; gives the measure as it stands then.
async fn carry_out(
    gateway: &Shared,
    caller: &Identity,
    path: MeasurePath,
    it: Act,
    on_papers: (String, Vec<LegalDocument>),
) -> Result<Json<MeasureInFull>, Problem> {
    carry_out_as_seen(gateway, caller, path, (it, None), on_papers).await
}

/// The same, where the measure is still as the caller saw it.
pub(super) async fn carry_out_as_seen(
    gateway: &Shared,
    caller: &Identity,
    path: MeasurePath,
    (it, as_seen): (Act, Option<SeenStanding>),
    on_papers: (String, Vec<LegalDocument>),
) -> Result<Json<MeasureInFull>, Problem> {
    let courts = caller.courts.clone();
    let seen = gateway.store.read(move |reads| sight::measure(reads, &courts, path.id)).await?;
    seen.ok_or_else(|| Problem::not_found("measure"))?;
    act_as_seen(gateway, caller, (None, it, as_seen), on_papers).await?;
    read(gateway, caller, path).await.map(Json)
}

/// How every act on a measure may end.
pub(super) fn both(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .tag("measures")
        .response_with::<404, Problem, _>(|response| response.description("There is no such measure"))
        .response_with::<409, Problem, _>(|response| response.description("Its state does not allow this"))
        .response_with::<422, Problem, _>(|response| {
            response
                .description("A rule is broken, papers are missing, or it is more than the claim leaves open")
        })
}
