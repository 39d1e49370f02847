//! Work at the desk: orders that people carry along. What is done, what it means for the order, and its line in the audit are one
//! transaction.

use std::sync::Arc;

use chakong_contract::connector::ReadContent;
use serde_json::json;

use super::encoded::Encoded;
use super::handed_in::{self, HandedIn, Verdicts};
use super::sending::{Dispatch, handing_over};
use super::{Engine, InputError};
use crate::domain::decide::{DeskMove, Facts, Rejected, may_be_answered, may_be_carried, moved_at_desk};
use crate::domain::{
    AuditEntry, Change, Counted, DeskItem, NewPrint, OrderId, OrderRecord, OrderState, order_id_of,
};
use crate::store::{Needs, StoreError, Stored, Tx};

/// Something that a person does about an order on the desk.
#[derive(Debug, Clone)]
pub struct AtDesk {
    /// The order.
    pub order: OrderId,
    /// 工号 of the person, or name of the key.
    pub by: String,
    /// What is done.
    pub what: DeskMove,
    /// The version of the row on which it was decided; whatever stands there where it is not said.
    pub seen: Option<u32>,
}

type Done<T> = Stored<Result<T, Rejected>>;

impl Engine {
    /// Puts orders on the desk that are not there: a counterpart that had another line before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_on_desk(&self, orders: Vec<OrderId>) -> Stored<()> {
        let needs = Needs { orders: orders.clone(), ..Needs::default() };
        self.execute_with(needs, orders, |tx, orders, _| put(tx, orders)).await
    }

    /// Does something that changes nothing but the desk: takes an order, enters an answer that another must check, sends one back.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn work_at_desk(&self, work: AtDesk) -> Result<DeskItem, InputError> {
        Ok(self.execute_with(needs_of(&work), work, work_on).await??)
    }

    /// Keeps the notice that is carried along. An order that waited is handed over by it; `digest` is that of its bytes.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn print_at_desk(
        &self,
        work: AtDesk,
        print: NewPrint,
        digest: Vec<u8>,
    ) -> Result<DeskItem, InputError> {
        Ok(self.execute_with(needs_of(&work), (work, print, digest), print_for).await??)
    }

    /// Takes an answer in that was entered, as from any counterpart.
    ///
    /// # Errors
    /// See [`InputError`].
    pub async fn settle_at_desk(
        &self,
        work: AtDesk,
        handed_in: HandedIn,
    ) -> Result<(DeskItem, Verdicts), InputError> {
        let answers = handed_in.entries.iter().filter_map(|entry| match &entry.read.content {
            ReadContent::Answer(answer) => {
                let order = order_id_of(entry.read.number.as_ref()?)?;
                Some((order, Arc::new((**answer).clone())))
            }
            _ => None,
        });
        let encoded = Encoded::of(answers)?;
        let input = (work, (handed_in, encoded, self.store.epoch()));
        Ok(self.execute_with(needs_of(&input.0), input, settle).await??)
    }
}

fn needs_of(work: &AtDesk) -> Needs {
    Needs { orders: vec![work.order], ..Needs::default() }
}

fn put(tx: &mut dyn Tx, orders: &[OrderId]) -> Stored<()> {
    let mut changes = Vec::new();
    for id in orders {
        let order = tx.order(*id)?;
        if let (Some(order), None) = (order, tx.desk_item(*id)?) {
            changes.push(Change::SaveDesk(Box::new(DeskItem::new(&order))));
        }
    }
    tx.write(&changes)
}

/// The order, and its row on the desk after what is done. A refusal leaves a line in the audit.
fn moved(tx: &mut dyn Tx, work: &AtDesk, facts: &Facts<'_>) -> Done<(OrderRecord, DeskItem, AuditEntry)> {
    let Some(order) = tx.order(work.order)? else { return Ok(Err(Rejected::Unknown("order"))) };
    let Some(item) = tx.desk_item(work.order)? else {
        return Ok(Err(Rejected::Unknown("order on the desk")));
    };
    let inquiry = tx.inquiry(order.inquiry)?.ok_or(StoreError::Missing("the order's inquiry"))?;
    let line = AuditEntry {
        at: facts.now,
        actor: work.by.clone(),
        act: work.what.word().to_owned(),
        subject: inquiry.uid.to_string(),
        reason: match &work.what {
            DeskMove::Take(reason) | DeskMove::SendBack(reason) => reason.clone(),
            _ => String::new(),
        },
        detail: Some(json!({ "orders": [order.number()] })),
        refused: None,
    };
    let decided = match work.seen.is_some_and(|seen| seen != item.version) {
        true => Err(Rejected::NotNow(
            "该请求刚被他人处理，请重新查看 somebody else was faster: look at it again".to_owned(),
        )),
        false => moved_at_desk(&item, &work.what, &work.by, facts.now),
    };
    let permitted = match &work.what {
        DeskMove::Print(_) => may_be_carried(&order, &item),
        DeskMove::Enter(_) | DeskMove::Settle | DeskMove::Agree => may_be_answered(&order, &item),
        DeskMove::Take(_) | DeskMove::SendBack(_) => Ok(()),
    };
    match decided.and_then(|item| permitted.map(|()| item)) {
        Ok(item) => Ok(Ok((order, item, line))),
        Err(rejected) => {
            tx.write(&[Change::Audit(AuditEntry { refused: Some(rejected.to_string()), ..line })])?;
            Ok(Err(rejected))
        }
    }
}

fn work_on(tx: &mut dyn Tx, work: &AtDesk, facts: Facts<'_>) -> Done<DeskItem> {
    let (_, item, line) = match moved(tx, work, &facts)? {
        Ok(moved) => moved,
        Err(rejected) => return Ok(Err(rejected)),
    };
    tx.write(&[Change::SaveDesk(Box::new(item.clone())), Change::Audit(line)])?;
    Ok(Ok(item))
}

fn print_for(
    tx: &mut dyn Tx,
    (work, print, digest): &(AtDesk, NewPrint, Vec<u8>),
    facts: Facts<'_>,
) -> Done<DeskItem> {
    let (order, item, line) = match moved(tx, work, &facts)? {
        Ok(moved) => moved,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let mut changes = Vec::new();
    if order.state == OrderState::Queued {
        let dispatch = Dispatch {
            lane: order.lane.clone(),
            at: facts.now,
            orders: vec![order.id],
            batch: None,
            digest: digest.clone(),
            files: Vec::new(),
            counts: Counted::Not,
            together: true,
        };
        changes.extend(handing_over(tx, &dispatch, &facts)?.into_iter().flatten());
    }
    changes.push(Change::NewPrint(print.clone()));
    changes.push(Change::SaveDesk(Box::new(item.clone())));
    changes.push(Change::Audit(line));
    tx.write(&changes)?;
    Ok(Ok(item))
}

type Settling = (AtDesk, handed_in::Message);

fn settle(tx: &mut dyn Tx, (work, handed_in): &Settling, facts: Facts<'_>) -> Done<(DeskItem, Verdicts)> {
    let (_, item, line) = match moved(tx, work, &facts)? {
        Ok(moved) => moved,
        Err(rejected) => return Ok(Err(rejected)),
    };
    tx.write(&[Change::SaveDesk(Box::new(item.clone())), Change::Audit(line)])?;
    let verdicts = handed_in::run(tx, handed_in, facts)?;
    Ok(Ok((item, verdicts)))
}
