//! Chains that become one.

use std::sync::Arc;

use chakong::domain::{Chain, ChainParty, Change, JoinedChains, Measure, PartyId, TaskKind, Terms};

use crate::samples::{a_case, keep, measure, task};
use crate::worlds::World;

pub async fn a_chain_that_becomes_part_of_another_is_the_others_with_all_that_it_had(world: impl World) {
    let store = world.store();
    let (into, from) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let (known, renamed): (PartyId, PartyId) = (into.party.id, from.party.id);
    let (own, inquiry) = (from.chain.id, from.inquiry().id);
    let (id, task_id) = crate::samples::write(&store, {
        let from = from.clone();
        move |tx| {
            let measure = measure(&*tx, &from);
            let task = task(&*tx, &from, TaskKind::Review, 5);
            tx.write(&[Change::NewMeasure(Box::new(measure.clone())), Change::NewTask(task.clone())])?;
            Ok((measure.id, task.id))
        }
    })
    .await;
    let before = store.read(move |reads| reads.measure(id)).await.expect("a read").expect("the measure");
    let moved = Measure { chain: into.chain.id, debtor: known, ..before };
    let joined = JoinedChains {
        into: into.chain.id,
        from: own,
        parties: Vec::new(),
        measures: vec![moved.clone()],
        debtors: vec![(inquiry, vec![known])],
        continues: (from.case.id, into.case.id),
    };
    keep(&store, vec![Change::JoinChains(Box::new(joined))]).await;
    let stays = into.chain.id;
    let expected = Arc::new(Terms { debtors: vec![known], ..from.terms.clone() });
    crate::samples::write(&store, move |tx| {
        let cases = tx.cases_of(stays)?;
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[1].continues, Some(into.case.id));
        assert_eq!(tx.case_by_number(from.case.number.as_str())?.map(|case| case.chain), Some(stays));
        assert_eq!(tx.measures_of(stays)?, std::slice::from_ref(&moved));
        assert_eq!(tx.measure(id)?, Some(moved.clone()));
        assert_eq!(tx.inquiries_of(stays)?.len(), 2);
        assert_eq!(tx.inquiry(inquiry)?.map(|inquiry| inquiry.chain), Some(stays));
        assert_eq!(tx.terms(inquiry)?, Some(expected.clone()));
        assert_eq!(tx.tasks_of(stays)?.iter().map(|task| task.id).collect::<Vec<_>>(), [task_id]);
        let papers = tx.papers_of(stays)?;
        assert_eq!(papers.len(), 4);
        assert!(papers.iter().all(|paper| paper.debtors == [known]), "{papers:?}");
        let history = tx.claim_changes(stays)?;
        assert_eq!(
            history.iter().map(|change| change.at).collect::<Vec<_>>(),
            [into.claim_change.at, from.claim_change.at]
        );
        assert!(history.iter().all(|change| change.chain == stays));
        let empty = Chain { claim: None, has_ledger: false, ..from.chain.clone() };
        assert_eq!(tx.chain(own)?, Some(empty), "its number is never given again");
        assert!(tx.cases_of(own)?.is_empty() && tx.inquiries_of(own)?.is_empty());
        assert!(tx.measures_of(own)?.is_empty() && tx.tasks_of(own)?.is_empty());
        assert!(tx.claim_changes(own)?.is_empty());
        assert_eq!(tx.parties_of(stays)?, std::slice::from_ref(&into.party));
        assert_eq!(tx.parties_of(own)?.first().map(|party| party.id), Some(renamed));
        Ok(())
    })
    .await;
}

pub async fn a_party_that_only_one_chain_knew_comes_along_and_what_is_not_there_is_a_conflict(
    world: impl World,
) {
    let store = world.store();
    let (into, from) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let moved = ChainParty { chain: into.chain.id, ..from.party.clone() };
    let joined = JoinedChains {
        into: into.chain.id,
        from: from.chain.id,
        parties: vec![moved.clone()],
        measures: Vec::new(),
        debtors: Vec::new(),
        continues: (from.case.id, into.case.id),
    };
    keep(&store, vec![Change::JoinChains(Box::new(joined.clone()))]).await;
    let parties = store.read(move |reads| reads.parties_of(into.chain.id)).await.expect("a read");
    assert_eq!(parties, [into.party.clone(), moved]);
    let again = Change::JoinChains(Box::new(joined));
    let refused = store.transact(move |tx| tx.write(std::slice::from_ref(&again))).await;
    assert!(matches!(refused, Err(chakong::store::StoreError::Conflict(_))), "{refused:?}");
}
