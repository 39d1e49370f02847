//! `POST /v1/cases/{id}/measures`: enters a measure that stands and that this gateway did not place.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chakong_contract::asset::Rank;
use chakong_contract::id::CaseNumber;
use chakong_contract::order::Target;
use chakong_contract::{Currency, Date, LegalDocument, Money, PlainDecimal, RequestNumber};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CasePath, case_of, party_of};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::{act, check_amount_in_any, check_documents, check_rate};
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::measures::MeasureInFull;
use crate::api::problem::Problem;
use crate::domain::Finding;
use crate::domain::decide::{Act, EnteredMeasure};
use crate::store::StoreError;

/// A measure that stands, as the paper says it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnterRequest {
    /// The party's identifier in the case, or a reference that an inquiry gave it.
    party: String,
    /// The counterpart at which it stands.
    counterpart: String,
    /// Code of the institution that keeps the account, as it stands in answers to queries.
    #[serde(default)]
    institution: String,
    /// The property.
    target: Target,
    /// Whether a stake is state or corporate shares of a listed company 上市公司国有股、社会法人股: the longest term is shorter then.
    #[serde(default)]
    listed_state_shares: bool,
    /// What stands ordered, in the currency of the account; absent for a property that is controlled as a whole: what that is worth
    /// is said by `POST /v1/measures/{id}/value`.
    #[serde(default)]
    limit: Option<Money>,
    /// What is held, in the same currency; absent means the whole limit.
    #[serde(default)]
    held: Option<Money>,
    /// Yuan for one unit of a foreign currency, as decimal text; without it the amounts count for nothing.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    rate: Option<PlainDecimal>,
    /// First day.
    #[serde(default)]
    from: Option<Date>,
    /// Last day.
    until: Date,
    /// Place in the queue, where it is known.
    #[serde(default)]
    rank: Option<Rank>,
    /// The counterpart's own number of the measure.
    #[serde(default)]
    reference: String,
    /// Request number of the freeze at the counterpart.
    original_number: RequestNumber,
    /// Case number of the freeze.
    original_case: CaseNumber,
    /// The paper that it stands on; at least one.
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn enter(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<CasePath>,
    JsonBody(request): JsonBody<EnterRequest, true>,
) -> Result<(StatusCode, Json<MeasureInFull>), Problem> {
    let limit = request.checked()?;
    let case = case_of(&gateway, &caller.0, path.id).await?;
    let party = party_of(&gateway, case.chain, &request.party).await?;
    let entered = EnteredMeasure {
        party: party.id,
        counterpart: request.counterpart,
        institution: request.institution,
        target: request.target,
        listed_state_shares: request.listed_state_shares,
        currency: limit.currency.filter(|currency| *currency != Currency::CNY),
        rate: request.rate.map(|PlainDecimal(rate)| rate),
        limit: limit.amount,
        held: request.held.map_or(limit.amount, |money| money.amount),
        from: request.from,
        until: request.until,
        rank: request.rank,
        reference: request.reference,
        original_number: request.original_number.as_str().to_owned(),
        original_case: request.original_case,
    };
    let input = (Some(&case), Act::Enter(Box::new(entered)));
    let outcome = act(&gateway, &caller.0, input, request.reason, request.documents).await?;
    let id = outcome.measures.first().copied().ok_or_else(|| Problem::not_found("measure"))?;
    let terms = std::sync::Arc::clone(&gateway.terms);
    let read = gateway.store.read(move |reads| {
        let measure = reads.measure(id)?.ok_or(StoreError::Missing("the measure"))?;
        MeasureInFull::read(reads, &terms, &measure)
    });
    Ok((StatusCode::CREATED, Json(read.await?)))
}

impl EnterRequest {
    /// What stands ordered, once everything is checked; zero yuan for what is controlled as a whole.
    fn checked(&self) -> Result<Money, Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        check_documents(&self.documents, &mut findings);
        check_amount_in_any("/limit", self.limit, &mut findings);
        check_amount_in_any("/held", self.held.filter(|held| !held.amount.is_zero()), &mut findings);
        check_rate(self.rate, &mut findings);
        let whole = matches!(self.target, Target::Property { .. } | Target::Equity { .. });
        if !whole && self.limit.is_none() {
            findings.push(Finding::new("/limit", "须填写限额 say what stands ordered"));
        }
        let limit = self.limit.unwrap_or(Money::yuan(Decimal::ZERO));
        if self.held.is_some_and(|held| held.currency != limit.currency) {
            let detail = "与限额币种不同 it must be in the currency of the limit";
            findings.push(Finding::new("/held/currency", detail));
        }
        no_findings(findings).map(|()| limit)
    }
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("enterMeasure")
        .tag("cases")
        .summary("Enter a measure that stands 补录在控措施")
        .description("Placed on paper or by another system: it counts from now on, and is renewed, released and deducted here.")
        .response_with::<201, Json<MeasureInFull>, _>(|response| response.description("Entered"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such case or party"))
        .response_with::<409, Problem, _>(|response| response.description("The ledger has it already"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
