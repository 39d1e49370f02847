//! Re-queries: the same question again, as a new order whose answer is the next revision.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{InquiryState, OrderId, OrderRecord, PartyId, Priority, Subject};
use super::super::draft::{Draft, NewOrder};
use super::super::{Decided, Rejected};
use super::{Act, Outcome, Release, ReleaseScope};

impl Act {
    /// The party about which an act has nothing asked any more because it is somebody else, or has everything asked again.
    pub const fn stops_or_resumes(&self) -> Option<PartyId> {
        match self {
            Self::Reinstate(id) => Some(*id),
            Self::Release(Release { scope: ReleaseScope::Party(id), ground: ReleaseReason::WrongPerson }) => {
                Some(*id)
            }
            _ => None,
        }
    }
}

/// Asks again what orders asked. About a party that was freed nothing is asked, and no question twice at once: what was asked again
/// already is answered first, however often the same form is sent.
pub fn requery(draft: &mut Draft<'_>, orders: &[OrderId]) -> Decided<Outcome> {
    let again = asked_again(draft);
    let root = |id: &OrderId| draft.file.orders.get(id).map(|order| order.root);
    let under_way = orders.iter().filter_map(root).find_map(|root| again.get(&root).copied());
    let made = ask_each(draft, orders)?;
    match (made.is_empty() && !orders.is_empty(), under_way) {
        (false, _) => Ok(Outcome { measures: Vec::new(), orders: made }),
        (true, Some(since)) => {
            let since = in_beijing(since);
            Err(Rejected::NotNow(format!(
                "已于{since}重新查询，尚未反馈，无须再次查询 it was asked again at {since} and is not answered yet"
            )))
        }
        (true, None) => Err(Rejected::NotNow(
            "该当事人已按误控解除，不再查询；确系被执行人的，先撤销解除 the party was freed as another person; reinstate it first"
                .into(),
        )),
    }
}

/// Questions, by the first order of each, that are asked again and not answered yet, and since when.
fn asked_again(draft: &Draft<'_>) -> BTreeMap<OrderId, Timestamp> {
    // A daily look by the clock is last in its line: a person does not wait for it.
    let is_asked =
        |one: &&OrderRecord| one.id != one.root && !one.is_control() && one.priority != Priority::Standing;
    let again = draft.file.orders.values().filter(is_asked);
    again.filter(|one| one.state.is_open()).map(|one| (one.root, one.created)).collect()
}

fn in_beijing(at: Timestamp) -> String {
    at.to_zoned(chakong_contract::date::shanghai()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Asks again what each order asked, but for what is about a party that was freed, or is asked again already.
pub fn ask_each(draft: &mut Draft<'_>, orders: &[OrderId]) -> Decided<Vec<OrderId>> {
    let mut made = Vec::with_capacity(orders.len());
    let mut again = asked_again(draft);
    for id in orders {
        let order = draft.file.orders.get(id).cloned().ok_or(Rejected::Unknown("order"))?;
        if order.is_control() {
            return Err(Rejected::NotNow(
                "仅查询可以重新查询 only a query can be asked again; a control goes through the ledger"
                    .into(),
            ));
        }
        let inquiry = draft.file.inquiries.get(&order.inquiry).ok_or(Rejected::Unknown("inquiry"))?;
        if inquiry.state == InquiryState::Cancelled {
            return Err(Rejected::NotNow(
                "该查控申请已撤回，请重新提交 the inquiry was cancelled; submit a new one".into(),
            ));
        }
        if draft.file.is_about_freed(&order) || again.contains_key(&order.root) {
            continue;
        }
        again.insert(order.root, draft.now());
        let allowed = inquiry.deadline.duration_since(inquiry.created);
        let deadline = draft.now().checked_add(allowed).unwrap_or(draft.now());
        made.push(draft.new_order(NewOrder {
            inquiry: order.inquiry,
            lane: order.lane.clone(),
            subject: Subject { party: order.party, document: order.document },
            instruction: order.instruction.clone(),
            priority: Priority::Requery,
            deadline,
            root: Some(order.root),
            measure: None,
            stands_in: None,
            papers: Vec::new(),
        }));
    }
    Ok(made)
}
