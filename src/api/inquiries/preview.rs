//! `POST /v1/inquiries/preview`: what an inquiry would come to; nothing is kept, and nothing is sent.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use std::collections::BTreeMap;

use chakong_contract::order::DocumentKind;
use chakong_contract::party::IdentityKind;
use chakong_contract::{ActionKind, Moment, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::RawJson;
use crate::api::problem::Problem;
use crate::config::{CounterpartConfig, Role};
use crate::domain::decide::PlannedOrder;
use crate::domain::{self, NotAsked, Terms};
use crate::intake::{Submitter, preview};
use crate::store::charged_on;

/// What an inquiry would come to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InquiryPreview {
    /// Case number in canonical form.
    case_number: String,
    /// Who would be asked what.
    orders: Vec<OrderPreview>,
    /// Who would not be asked, and why.
    not_asked: Vec<NotAsked>,
    /// What would be asked of each counterpart, what it costs and what is left of its quota.
    counterparts: Vec<CounterpartLoad>,
    /// What all of it costs, as far as prices are configured; null where none is.
    cost: Option<Money>,
}

/// What an inquiry would ask of one counterpart.
#[derive(Debug, Serialize, JsonSchema)]
struct CounterpartLoad {
    /// Its name.
    counterpart: String,
    /// Its Chinese name.
    name_zh: String,
    /// Orders that would be made now; freezes that follow are not counted.
    orders: u64,
    /// What they cost at most, in yuan, where each request is charged and none is answered from memory; null without a price.
    cost: Option<Money>,
    /// Requests left today; null without a quota.
    quota_left: Option<u64>,
    /// Requests left today of the court's share in the quota, or of what the courts without a share have together; null where courts have
    /// none.
    share_left: Option<u64>,
    /// Requests that it charged today.
    charged_today: u64,
}

/// An order that would be made.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderPreview {
    /// The counterpart.
    counterpart: String,
    /// The case system's reference of the party.
    party: String,
    /// By which kind of identity document the party would be looked up.
    document: Option<IdentityKind>,
    /// What would be asked.
    action: ActionKind,
    /// The legal documents that the counterpart wants with it: those of the inquiry go with it, and without one of them it is not sent.
    documents: Vec<DocumentKind>,
}

impl OrderPreview {
    fn of(planned: PlannedOrder, terms: &Terms, config: Option<&CounterpartConfig>) -> Self {
        let action = planned.instruction.kind();
        let able = config.and_then(|config| config.plugin.manifest.capability(action));
        Self {
            counterpart: planned.counterpart,
            party: terms.reference_of(planned.subject.party),
            document: terms.document(planned.subject).map(|document| document.kind()),
            action,
            documents: able.map(|able| able.documents.to_vec()).unwrap_or_default(),
        }
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::SUBMIT }>,
    RawJson(body): RawJson,
) -> Result<Json<InquiryPreview>, Problem> {
    let submitter =
        Submitter { name: caller.name(), is_officer: caller.has(Role::Officer), courts: caller.courts() };
    let now = gateway.clock.now();
    let previewed = preview(&gateway.engine, &gateway.counterparts, submitter, &body, now).await?;
    let terms = previewed.terms;
    let counterparts = loads(&gateway, &previewed.plan.orders, terms.case.court_code.clone()).await?;
    let costs = counterparts.iter().filter_map(|load| load.cost);
    let cost = costs.map(|cost| cost.amount).reduce(|all, cost| all + cost).map(Money::yuan);
    let configs = gateway.counterparts.now();
    let order = |planned: PlannedOrder| {
        let config = configs.get(&planned.counterpart).cloned();
        OrderPreview::of(planned, &terms, config.as_deref())
    };
    Ok(Json(InquiryPreview {
        counterparts,
        cost,
        case_number: terms.case.number.as_str().to_owned(),
        orders: previewed.plan.orders.into_iter().map(order).collect(),
        not_asked: previewed.plan.not_asked,
    }))
}

async fn loads(
    gateway: &Shared,
    orders: &[PlannedOrder],
    court: String,
) -> Result<Vec<CounterpartLoad>, Problem> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for order in orders {
        *counts.entry(order.counterpart.clone()).or_default() += 1;
    }
    let (configs, today) = (gateway.counterparts.now(), Moment::from_timestamp(gateway.clock.now()).date());
    let read = gateway.store.read(move |reads| {
        let mut loads = Vec::with_capacity(counts.len());
        for (counterpart, orders) in counts {
            let config = configs.get(&counterpart);
            let limits = config.map(|config| &config.limits);
            // What every process sent counts, and is in the store.
            let used = reads.quota_used(&counterpart, today)?;
            let most = limits.and_then(|limits| limits.per_day);
            let shares = limits.and_then(|limits| limits.shares.as_ref());
            let price = config.and_then(|config| config.limits.price);
            loads.push(CounterpartLoad {
                name_zh: config.map(|config| config.name_zh.clone()).unwrap_or_default(),
                cost: price.map(|price| Money::yuan(price * Decimal::from(orders))),
                charged_today: charged_on(reads, &counterpart, today)?,
                quota_left: most.map(|most| most.saturating_sub(used.requests)),
                share_left: shares.map(|shares| shares.left(&court, &used)),
                orders,
                counterpart,
            });
        }
        Ok(loads)
    });
    Ok(read.await?)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("previewInquiry")
        .tag("inquiries")
        .summary("What an inquiry would come to 预览查控申请")
        .description(
            "The body of `submitInquiry`, checked, planned and judged like it, against the case as it stands now. Nothing is kept, \
             and nothing is sent.",
        )
        .input::<Json<domain::Submission>>()
        .response_with::<422, Problem, _>(|response| response.description("Rules are broken; all are listed"))
}
