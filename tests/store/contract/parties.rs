//! Parties that were freed: nobody is asked about them any more, whatever the case has beside.

use std::sync::Arc;

use chakong::domain::decide::{Act, ActInput, OrderInput, Release, ReleaseScope};
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{Actor, Change, OrderId, OrderRecord, OrderState};
use chakong::engine::{Engine, Settlement};
use chakong::store::Store;
use chakong_contract::fault::{Fault, FaultKind};

use crate::asked::with_terms;
use crate::engines::{SetClock, engine};
use crate::samples::{Whole, at, query, whole, write};
use crate::worlds::World;

/// A case without a claim and without a ledger, with a query more for each of these states.
async fn searched(store: &Arc<dyn Store>, states: [OrderState; 2]) -> (Whole, Vec<OrderId>) {
    write(store, move |tx| {
        let mut whole = with_terms(whole(&*tx, 2), |terms| terms["mandate"] = serde_json::Value::Null);
        whole.chain.claim = None;
        whole.inquiry.inquiry.mandate = None;
        whole.inquiry.inquiry.open_orders = 3;
        tx.write(&whole.changes())?;
        let mut made = Vec::new();
        for state in states {
            let order = query(&*tx, whole.inquiry().id, "bank-two", 2);
            tx.write(&[Change::NewOrder(Box::new(order.clone()))])?;
            let moved = OrderRecord { state, ..order };
            tx.write(&[Change::MoveOrder(Box::new(moved.clone()), OrderState::Queued)])?;
            made.push(moved.id);
        }
        Ok((whole, made))
    })
    .await
}

async fn free(engine: &Engine, of: &Whole) {
    let release = Release { scope: ReleaseScope::Party(of.party.id), ground: ReleaseReason::WrongPerson };
    let input = ActInput {
        actor: Actor::Person("approver".to_owned()),
        case: None,
        reason: "同名".to_owned(),
        documents: Vec::new(),
        seen: None,
        act: Act::Release(release),
    };
    engine.act(Some(of.chain.id), input).await.expect("freed");
}

pub async fn a_query_about_a_freed_party_is_neither_sent_again_nor_offered(world: impl World) {
    let store = world.store();
    let engine = engine(&store, &SetClock::at(at(10)));
    let (of, made) = searched(&store, [OrderState::Sending, OrderState::Awaiting]).await;
    let (sending, awaiting) = (made[0], made[1]);
    let offered = async || {
        let read = store.read(|reads| reads.offers("bank-two", at(20), false, OrderId::new(0), 9)).await;
        read.expect("a read").into_iter().map(|order| order.id).collect::<Vec<_>>()
    };
    assert_eq!(offered().await, [awaiting]);
    free(&engine, &of).await;
    assert_eq!(offered().await, Vec::<OrderId>::new(), "it is on offer no more");
    let fault = Fault::new(FaultKind::Transient, "send", "invented");
    let outcomes = vec![(sending, OrderInput::Faulted(fault))];
    let settlement = Settlement { outcomes, conversation: None, connector: "invented".to_owned() };
    engine.settle(settlement).await.expect("settled");
    let order = write(&store, move |tx| tx.order(sending)).await.expect("the order");
    assert_eq!(order.state, OrderState::Cancelled, "it waits for no other attempt");
}
