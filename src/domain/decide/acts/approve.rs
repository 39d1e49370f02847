//! Approvals: an approver sends, rejects or reconsiders a freeze, states what a property is worth, and names the rate of a foreign amount.

use chakong_contract::order::Target;
use chakong_contract::{ActionKind, Currency, Money};
use rust_decimal::Decimal;

use super::super::super::rules::exemptions::Level;
use super::super::super::{
    BroughtDocument, EventType, Measure, MeasureId, MeasureState, Permitted, TaskKind,
};
use super::super::ask::{AskError, ask};
use super::super::counting::{Cause, room_of};
use super::super::draft::Draft;
use super::super::ledger::follow;
use super::super::stake::{stake_room, stake_within};
use super::super::wholes::is_under_control;
use super::super::{Decided, Rejected};
use super::second_person::{self, Stage};
use super::{Approval, By, Outcome, authorise};

/// Sends a freeze on an approver's word, never beyond what the claim leaves open; where the court wants two, on the second one's.
pub fn approve(
    draft: &mut Draft<'_>,
    id: MeasureId,
    approval: Approval,
    documents: Vec<BroughtDocument>,
    by: By<'_>,
) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    approval.seen.map_or(Ok(()), |seen| seen.check(&measure))?;
    // What was asked, and has perhaps left, cannot be approved once more, but permitted.
    let may_be_permitted = measure.state.stands() || measure.state == MeasureState::Asked;
    if may_be_permitted && approval.permit.is_some() {
        return permit_what_stands(draft, measure, approval, documents, by);
    }
    check(draft, &measure)?;
    authorise(draft, &measure, ActionKind::Freeze)?;
    let measure = with_rate(with_permission(measure, approval)?, approval.rate)?;
    let measure = with_state_shares(measure, approval.listed_state_shares)?;
    let limit = limit(draft, &measure, approval)?;
    let measure = with_whole(measure, approval.whole, limit)?;
    let stage = second_person::stage(draft, &measure, (approval, limit), by)?;
    let mut brought = draft.keep_documents(documents, measure.inquiry, &[id]);
    let approvers = match stage {
        Stage::First => {
            second_person::begin(draft, id, (approval, limit), brought, by)?;
            return Ok(Outcome { measures: vec![id], orders: Vec::new() });
        }
        Stage::Enough { approvers, papers } => {
            brought.extend(papers);
            approvers
        }
    };
    ask(draft, measure, limit, &brought, &approvers).map_err(|error| match error {
        AskError::Papers(papers) => Rejected::NotAllowed(papers.to_string()),
        AskError::TooSmall | AskError::NothingLeft => Rejected::NotNow(error.to_string()),
    })?;
    let measure = draft.measure(id)?;
    draft.move_measure(Measure { note: by.note(), ..measure.clone() });
    draft.tell(EventType::MeasureApproved, &draft.measure(id)?, measure.order);
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: measure.order.into_iter().collect() })
}

/// Permits on an approver's word that a measure which stands goes on, though its property turned out to be exempt; where the court wants two
/// for a freeze of as much, on the second one's. Nothing is ordered.
fn permit_what_stands(
    draft: &mut Draft<'_>,
    measure: Measure,
    approval: Approval,
    documents: Vec<BroughtDocument>,
    by: By<'_>,
) -> Decided<Outcome> {
    let (id, limit) = (measure.id, measure.limit);
    let stage = second_person::stage(draft, &measure, (approval, limit), by)?;
    let papers = draft.keep_documents(documents, measure.inquiry, &[id]);
    let approvers = match stage {
        Stage::First => {
            second_person::begin_permitting(draft, measure, approval, papers, by);
            return Ok(Outcome { measures: vec![id], orders: Vec::new() });
        }
        Stage::Enough { approvers, .. } => approvers,
    };
    let permitted = with_permission(measure, approval)?;
    let note = format!("{approvers}：{}", by.note());
    draft.move_measure(Measure { note, first_approval: None, ..permitted });
    draft.close_reviews(id);
    draft.tell(EventType::MeasureChanged, &draft.measure(id)?, None);
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}

/// Whether a freeze of a measure may be ordered by a person now, or why not.
pub(super) fn check(draft: &Draft<'_>, measure: &Measure) -> Decided<()> {
    let Some(claim) = &draft.file.chain.claim else {
        return Err(Rejected::NotNow("本案无冻结授权 the case has no claim".into()));
    };
    if !claim.is_open() {
        return Err(Rejected::NotNow("标的已了结 the claim of the case is closed".into()));
    }
    let inquiry = draft.file.inquiries.get(&measure.inquiry);
    if inquiry.is_some_and(|inquiry| inquiry.state == super::super::super::InquiryState::Cancelled) {
        return Err(Rejected::NotNow("查控申请已撤回 the inquiry was cancelled".into()));
    }
    let askable = matches!(
        measure.state,
        MeasureState::Proposed | MeasureState::Candidate | MeasureState::Skipped | MeasureState::Refused
    );
    if !askable {
        let state = measure.state.word();
        return Err(Rejected::NotNow(format!(
            "该措施现在不能审批 the measure is {state}; only one that is not asked can be approved"
        )));
    }
    if !measure.rejected_by.is_empty() {
        return Err(Rejected::NotNow(format!(
            "已被 {} 驳回，须先撤销驳回 it was rejected; reconsider it first",
            measure.rejected_by
        )));
    }
    let freed = draft.file.parties.iter().any(|party| party.id == measure.debtor && party.is_freed);
    if freed {
        return Err(Rejected::NotNow("该当事人已解除 the party was freed".into()));
    }
    if is_under_control(&draft.file, measure) {
        let why = "该不动产已有在控措施 this property is under control already; see the ledger of the case";
        return Err(Rejected::NotNow(why.into()));
    }
    Ok(())
}

fn with_permission(measure: Measure, approval: Approval) -> Decided<Measure> {
    let exempt = measure.exemption.level == Level::NoMeasure;
    match approval.permit {
        None if exempt => Err(Rejected::NotAllowed(format!(
            "豁免财产，须载明准许冻结或准许冻结并扣划 exempt ({}): say in `permit` what is permitted",
            measure.exemption.basis
        ))),
        permitted @ Some(Permitted::Freeze | Permitted::FreezeAndDeduct) => {
            Ok(Measure { permitted, ..measure })
        }
        None => Ok(measure),
    }
}

/// The rate at which a foreign amount counts for the claim from now on.
fn with_rate(measure: Measure, rate: Option<Decimal>) -> Decided<Measure> {
    match rate {
        Some(rate) if rate <= Decimal::ZERO => {
            Err(Rejected::NotAllowed("汇率应大于零 the rate must be more than zero".into()))
        }
        Some(_) if measure.currency.is_none() => {
            Err(Rejected::NotAllowed("人民币账户无需汇率 an account in yuan has no rate".into()))
        }
        named => Ok(Measure { rate: named.or(measure.rate), ..measure }),
    }
}

/// A stake that a person says to be state or corporate shares of a listed company. Once said, it stays so.
fn with_state_shares(measure: Measure, said: bool) -> Decided<Measure> {
    if said && !matches!(measure.target, Target::Equity { .. }) {
        return Err(Rejected::NotAllowed(
            "仅股权可注明国有股、社会法人股 only a stake can be state or corporate shares of a listed company"
                .into(),
        ));
    }
    Ok(Measure { listed_state_shares: said || measure.listed_state_shares, ..measure })
}

/// The limit in the measure's currency. Beyond what the claim leaves open nothing is approved, and nothing is cut silently.
pub(super) fn limit(draft: &Draft<'_>, measure: &Measure, approval: Approval) -> Decided<Decimal> {
    let claim = draft.file.chain.claim.as_ref().ok_or(Rejected::Unknown("claim"))?;
    let left = room_of(&draft.file, claim, measure.debtor, Some(measure.id));
    if measure.is_whole() {
        let fits = match &measure.target {
            target @ Target::Equity { .. } => {
                stake_within(target, stake_room(&draft.file, measure.debtor, Some(measure.id))).is_some()
            }
            _ => left > Decimal::ZERO,
        };
        return if fits {
            Ok(Decimal::ZERO)
        } else {
            Err(Rejected::NoRoom { left: left.max(Decimal::ZERO) })
        };
    }
    let stated = approval.limit.map(|limit| in_its_currency(measure, limit)).transpose()?;
    if measure.currency.is_some() {
        if !draft.facts.rules.abilities.controls_foreign(&measure.counterpart) {
            let detail = "该单位只办理人民币冻结，外币账户须线下办理 the counterpart freezes yuan only: freeze this account on paper";
            return Err(Rejected::NotAllowed(detail.into()));
        }
        let limit = stated.ok_or_else(|| {
            Rejected::NotAllowed(
                "外币账户须载明冻结金额 state the limit in the account's own currency".into(),
            )
        })?;
        let counted =
            measure.rate.map_or(Decimal::ZERO, |rate| limit.checked_mul(rate).unwrap_or(Decimal::MAX));
        let fits = limit > Decimal::ZERO && counted <= left && left > Decimal::ZERO;
        return if fits { Ok(limit) } else { Err(Rejected::NoRoom { left: left.max(Decimal::ZERO) }) };
    }
    let usual =
        if measure.state == MeasureState::Proposed { measure.limit } else { measure.available.min(left) };
    let limit = stated.unwrap_or(usual);
    if limit > left || left <= Decimal::ZERO {
        return Err(Rejected::NoRoom { left: left.max(Decimal::ZERO) });
    }
    if limit <= Decimal::ZERO {
        let detail = "没有可冻结的金额，须载明限额 nothing is known to be available; state a limit";
        return Err(Rejected::NotAllowed(detail.into()));
    }
    Ok(limit)
}

/// A limit's amount, where it is stated in the measure's own currency: one in another is no limit of it.
fn in_its_currency(measure: &Measure, limit: Money) -> Decided<Decimal> {
    let own = measure.currency.unwrap_or(Currency::CNY);
    if limit.currency == Some(own) {
        return Ok(limit.amount);
    }
    Err(Rejected::NotAllowed(format!(
        "限额币种与账户不符，该账户币种为 {own} the limit is in another currency than the account: state it in {own}"
    )))
}

/// Marks an account to be frozen as such. All that is in it is held then, so it must fit into the limit. Of a product whose price nobody
/// knows all units are frozen, on an approver's express word alone.
fn with_whole(mut measure: Measure, wanted: bool, limit: Decimal) -> Decided<Measure> {
    match &mut measure.target {
        Target::Account { .. } if wanted && measure.available > limit => Err(Rejected::NotNow(format!(
            "该账户有 {available} {currency}，至多可冻结 {limit}，请按金额冻结 the account holds {available} {currency} and only \
             {limit} may be frozen: freeze an amount, not the account (查扣冻规定 art. 19)",
            available = measure.available,
            currency = measure.currency.unwrap_or(Currency::CNY),
        ))),
        Target::Account { whole, .. } => {
            *whole = wanted;
            Ok(measure)
        }
        Target::Product { .. } if measure.available <= Decimal::ZERO && !wanted => Err(Rejected::NotAllowed(
            "产品单价未知，无法按金额折算份额；确须冻结全部份额的，以 whole 载明 the price of a unit is not known, so that no number of \
             units makes up the limit: say `whole` to freeze all units"
                .to_owned(),
        )),
        Target::Product { .. } if measure.available <= Decimal::ZERO => Ok(measure),
        _ if wanted => Err(Rejected::NotNow(
            "仅账户及单价未知的产品可整体冻结 only an account, or a product of unknown price, can be frozen as such"
                .to_owned(),
        )),
        _ => Ok(measure),
    }
}

/// Takes a proposal back; the next property takes its place.
pub fn reject(draft: &mut Draft<'_>, id: MeasureId, by: By<'_>) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if measure.state != MeasureState::Proposed {
        return Err(Rejected::NotNow(format!(
            "该措施不在待审批状态 the measure is {}, not proposed",
            measure.state.word()
        )));
    }
    let (rejected_by, note) = (by.actor.name().to_owned(), by.note());
    let rejected =
        Measure { state: MeasureState::Skipped, limit: Decimal::ZERO, rejected_by, note, ..measure };
    draft.move_measure(rejected.clone());
    draft.close_tasks(|task| task.measure == Some(id) && task.kind == TaskKind::Approve);
    draft.tell(EventType::MeasureRejected, &rejected, None);
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}

/// Takes a rejection back: the freeze can be proposed and approved again.
pub fn reconsider(draft: &mut Draft<'_>, id: MeasureId, by: By<'_>) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if measure.rejected_by.is_empty() || measure.state != MeasureState::Skipped {
        return Err(Rejected::NotNow("该措施未被驳回 the measure was not rejected".into()));
    }
    let (rejected_by, note) = (String::new(), by.note());
    draft.move_measure(Measure { state: MeasureState::Candidate, rejected_by, note, ..measure });
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}

/// States what a property that is controlled as a whole is worth.
pub fn value(draft: &mut Draft<'_>, id: MeasureId, value: Decimal) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if !measure.is_whole() {
        return Err(Rejected::NotNow(
            "仅整体控制的财产可载明价值 only property that is controlled as a whole has a stated value"
                .into(),
        ));
    }
    draft.move_measure(Measure { value: Some(value), ..measure });
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}

/// Names the rate at which a foreign amount counts for the claim from now on. What it covers beyond the claim is told and given back as
/// any excess is.
pub fn rate(draft: &mut Draft<'_>, id: MeasureId, rate: Decimal) -> Decided<Outcome> {
    let measure = draft.measure(id)?;
    if measure.currency.is_some() && measure.is_whole() {
        return Err(Rejected::NotNow(
            "整体控制的财产无汇率 property that is controlled as a whole has no rate".into(),
        ));
    }
    let rated = with_rate(measure, Some(rate))?;
    draft.move_measure(rated);
    follow(draft, Cause::Act);
    Ok(Outcome { measures: vec![id], orders: Vec::new() })
}
