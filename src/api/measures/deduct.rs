//! `POST /v1/measures/{id}/deduct`: money out of a freeze goes to an account of the case's court.

use std::collections::BTreeSet;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{LegalDocument, Money};
use schemars::JsonSchema;
use serde::Deserialize;

use super::acts::{both, carry_out_as_seen, of_currency, of_papers};
use super::seen::SeenStandingRequest;
use super::{MeasureInFull, MeasurePath};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::check_amount_in_any;
use crate::api::extract::{At, JsonBody, no_findings};
use crate::api::problem::Problem;
use crate::config::NamedAccount;
use crate::domain::Finding;
use crate::domain::decide::{Act, Deduction, SeenStanding, no_such_account};
use crate::domain::people::Courts;
use crate::people::Identity;
use crate::store::{Reads, Stored};

/// How much is deducted, where it goes, on which documents, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeductRequest {
    /// How much, in the measure's currency; absent means all that is held.
    #[serde(default)]
    amount: Option<Money>,
    /// Name of the account in `[[court_accounts]]` of the configuration: one of the court whose case it is.
    court_account: String,
    /// The measure as it was seen. Where it is another one by now, nothing is done, so that what is sent once more after it was lost sight of
    /// is not done twice; absent does it whatever stands.
    #[serde(default)]
    seen: Option<SeenStandingRequest>,
    /// Ruling and notice of the deduction (法释〔2013〕20号 art. 3).
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

pub(super) async fn deduct(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<MeasurePath>,
    JsonBody(request): JsonBody<DeductRequest, true>,
) -> Result<Json<MeasureInFull>, Problem> {
    let mut findings = of_papers(&request.reason, &request.documents);
    check_amount_in_any("/amount", request.amount, &mut findings);
    let account = account_for(&gateway, &caller.0, &request.court_account).await?;
    let account = account.map_err(|finding| findings.push(finding)).ok();
    findings.extend(of_currency(&gateway, &caller.0, &path, request.amount).await?);
    no_findings(findings)?;
    let NamedAccount { account: into, courts, .. } = account.ok_or_else(|| Problem::not_found("account"))?;
    let amount = request.amount.map(|money| money.amount);
    let deduct = Act::Deduct(path.id, Deduction { amount, into, courts });
    let it = (deduct, request.seen.map(SeenStanding::from));
    carry_out_as_seen(&gateway, &caller.0, path, it, (request.reason, request.documents)).await
}

/// The account of that name, of a court of the caller; whether it is that of the case's court is decided with the deduction.
async fn account_for(
    gateway: &Shared,
    caller: &Identity,
    name: &str,
) -> Result<Result<NamedAccount, Finding>, Problem> {
    let mut own = gateway.court_accounts.iter().filter(|account| account.courts.meet(&caller.courts));
    let Some(account) = own.find(|account| account.name == name) else { return Ok(Err(no_such_account())) };
    if !account.courts.are_all() || gateway.store.read(serves_one_court).await? {
        return Ok(Ok(account.clone()));
    }
    let detail = "配置未注明该账户属于哪个法院 the gateway serves several courts, and the configuration does not say whose \
                  account this is: add courts to its [[court_accounts]]";
    Ok(Err(Finding::new("/court_account", detail)))
}

/// Whether the persons and keys of the store name one court at most.
fn serves_one_court(reads: &mut dyn Reads) -> Stored<bool> {
    let (persons, keys) = (reads.persons()?, reads.keys()?);
    let courts = persons.iter().map(|person| &person.courts).chain(keys.iter().map(|key| &key.courts));
    Ok(courts.flat_map(Courts::named).collect::<BTreeSet<_>>().len() < 2)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    both(operation).id("deductMeasure").summary("Deduct what a measure holds 扣划").description(
        "Out of a freeze that stands, to an account of the case's court out of the configuration. What may only be frozen is not \
         deducted. Nobody has deducted what they submitted.",
    )
}
