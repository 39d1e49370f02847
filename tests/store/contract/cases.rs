//! Cases, chains, parties, claims, inquiries and documents.

use chakong::domain::people::Courts;
use chakong::domain::{
    Case, CaseId, CaseState, Chain, ChainParty, Change, ClaimChange, ClaimChangeKind, ClaimState, IdKind,
    InquiryState, JoinedChains, found_by,
};
use chakong::store::{CaseFilter, InquiryFilter, Store, codec};
use chakong_contract::order::LegalDocument;

use crate::asked::with_terms;
use crate::samples::{NAME, NUMBER, Whole, a_case, at, claim, day, keep, whole, write};
use crate::worlds::World;

pub async fn a_case_is_read_back_as_it_was_written(world: impl World) {
    let store = world.store();
    let (other, whole) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let expected = whole.clone();
    write(&store, move |tx| {
        let (chain, inquiry) = (whole.chain.id, whole.inquiry().id);
        assert_eq!(tx.chain(chain)?, Some(whole.chain.clone()));
        assert_eq!(tx.case(whole.case.id)?, Some(whole.case.clone()));
        assert_eq!(tx.case_by_number(whole.case.number.as_str())?, Some(whole.case.clone()));
        assert_eq!(tx.case_by_number("（2026）粤0304执1号")?, None);
        assert_eq!(tx.cases_of(chain)?, std::slice::from_ref(&whole.case));
        assert_eq!(tx.parties_of(chain)?, std::slice::from_ref(&whole.party));
        assert_eq!(tx.claim_changes(chain)?, std::slice::from_ref(&whole.claim_change));
        assert_eq!(tx.inquiry(inquiry)?, Some(whole.inquiry()));
        assert_eq!(tx.inquiry_by_uid(whole.inquiry().uid)?, Some(whole.inquiry()));
        assert_eq!(tx.inquiry_by_uid(uuid::Uuid::from_u128(99))?, None);
        let known = tx.inquiry_by_key("case-system", &whole.inquiry.key)?;
        assert_eq!(known, Some((whole.inquiry(), whole.inquiry.digest.clone())));
        assert_eq!(tx.inquiry_by_key("another", &whole.inquiry.key)?, None, "a key belongs to its submitter");
        assert_eq!(tx.inquiries_of(chain)?, [whole.inquiry()]);
        assert_eq!(tx.terms(inquiry)?, Some(whole.terms.clone().into()));
        assert_eq!(tx.not_asked(inquiry)?, whole.inquiry.not_asked);
        assert_eq!(tx.references_of(inquiry)?, whole.inquiry.references);
        let papers: Vec<_> = whole.documents.iter().map(|new| new.paper.clone()).collect();
        assert_eq!(tx.papers_of(chain)?, papers);
        assert_eq!(tx.papers_of_inquiry(inquiry)?, papers);
        for new in &whole.documents {
            let content = codec::decode("document", new.bytes.as_stored())?.into();
            let (title, format) = (new.title.clone(), new.format.clone());
            let (kind, number) = (new.paper.kind, new.paper.number.clone());
            let kept = tx.document(new.paper.id)?;
            assert_eq!(kept, Some(LegalDocument { kind, title, number, format, content }));
        }
        Ok(())
    })
    .await;
    let read = store.read(move |reads| reads.chain(other.chain.id)).await.expect("a read");
    assert_eq!(read, Some(other.chain), "a reader sees the same");
    assert!(expected.chain.claim.is_some());
}

pub async fn what_is_saved_of_a_case_replaces_what_stood(world: impl World) {
    let store = world.store();
    let (whole, other) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let chain = Chain { claim: Some(claim("99.01")), has_ledger: true, ..whole.chain.clone() };
    let party =
        ChainParty { is_freed: true, liable_up_to: None, reference: "B-8".to_owned(), ..whole.party.clone() };
    let mut inquiry = whole.inquiry();
    (inquiry.state, inquiry.open_orders, inquiry.completions) = (InquiryState::Completed, 0, 3);
    let raised = ClaimChange {
        kind: ClaimChangeKind::Lowered,
        before: Some(whole.claim_change.after),
        after: "99.01".parse().expect("an amount"),
        ..whole.claim_change.clone()
    };
    let next = {
        let (chain, before) = (whole.chain.id, whole.case.id);
        write(&store, move |tx| {
            let next = Case {
                id: CaseId::new(tx.next(IdKind::Case)),
                chain,
                number: "（2026）粤0304执恢3号".parse().expect("a case number"),
                court_name: String::new(),
                court_code: String::new(),
                continues: Some(before),
                created: at(9),
            };
            tx.write(&[Change::NewCase(next.clone())])?;
            Ok(next)
        })
        .await
    };
    let changes = vec![
        Change::SaveChain(chain.clone()),
        Change::SaveParty(party.clone()),
        Change::SaveInquiry(inquiry.clone()),
        Change::NewClaimChange(raised.clone()),
    ];
    keep(&store, changes).await;
    write(&store, move |tx| {
        assert_eq!(tx.chain(chain.id)?, Some(chain.clone()));
        assert_eq!(tx.parties_of(chain.id)?, [party]);
        assert_eq!(tx.inquiry(inquiry.id)?, Some(inquiry));
        assert_eq!(tx.claim_changes(chain.id)?, [whole.claim_change, raised], "oldest first");
        assert_eq!(tx.cases_of(chain.id)?, [whole.case, next]);
        assert_eq!(tx.chain(other.chain.id)?, Some(other.chain.clone()), "others stay as they are");
        assert_eq!(tx.inquiry(other.inquiry().id)?, Some(other.inquiry()));
        Ok(())
    })
    .await;
}

pub async fn a_case_that_is_known_turns_out_to_continue_another_one(world: impl World) {
    let store = world.store();
    let whole = a_case(&store, 1).await;
    let (chain, known) = (whole.chain.id, whole.case.clone());
    write(&store, move |tx| {
        let earlier = Case {
            id: CaseId::new(tx.next(IdKind::Case)),
            chain,
            number: "（2024）粤0304执77号".parse().expect("a case number"),
            court_name: String::new(),
            court_code: String::new(),
            continues: None,
            created: at(9),
        };
        tx.write(&[Change::NewCase(earlier.clone()), Change::ContinueCase(known.id, earlier.id)])?;
        let linked = Case { continues: Some(earlier.id), ..known.clone() };
        assert_eq!(tx.cases_of(chain)?, [linked.clone(), earlier]);
        assert_eq!(tx.case(known.id)?, Some(linked.clone()));
        assert_eq!(tx.case_by_number(linked.number.as_str())?, Some(linked));
        Ok(())
    })
    .await;
    let read = store.read(move |reads| reads.case(whole.case.id)).await.expect("a read");
    assert!(read.is_some_and(|case| case.continues.is_some()), "a reader sees the same");
}

pub async fn lists_of_cases_and_inquiries_have_an_order_filters_and_cursors(world: impl World) {
    let store = world.store();
    let mut all = Vec::new();
    for nth in 1..=5 {
        all.push(a_case(&store, nth).await);
    }
    let mut completed = all[3].inquiry();
    completed.state = InquiryState::Completed;
    keep(&store, vec![Change::SaveInquiry(completed)]).await;
    let newest_first = |wanted: &[usize]| wanted.iter().map(|at| all[*at].case.id).collect::<Vec<_>>();
    let cases = |filter: CaseFilter| {
        let store = std::sync::Arc::clone(&store);
        async move {
            let found = store.read(move |reads| reads.find_cases(&filter)).await.expect("a read");
            assert!(found.iter().all(|row| row.chain.id == row.case.chain));
            found.into_iter().map(|row| row.case.id).collect::<Vec<_>>()
        }
    };
    let most = CaseFilter { limit: 10, ..CaseFilter::default() };
    assert_eq!(cases(most.clone()).await, newest_first(&[4, 3, 2, 1, 0]));
    assert_eq!(cases(CaseFilter { limit: 2, ..most.clone() }).await, newest_first(&[4, 3]));
    let behind = CaseFilter { before: Some(all[3].case.id), limit: 2, ..most.clone() };
    assert_eq!(cases(behind).await, newest_first(&[2, 1]));
    let court = CaseFilter { courts: Courts::one("440300"), ..most.clone() };
    assert_eq!(cases(court).await, newest_first(&[3, 1]));
    let one = CaseFilter { number: Some(all[2].case.number.as_str().to_owned()), ..most };
    assert_eq!(cases(one).await, newest_first(&[2]));

    let inquiries = |filter: InquiryFilter| {
        let store = std::sync::Arc::clone(&store);
        async move {
            let found = store.read(move |reads| reads.find_inquiries(&filter)).await.expect("a read");
            found.into_iter().map(|inquiry| inquiry.case).collect::<Vec<_>>()
        }
    };
    let most = InquiryFilter { limit: 10, ..InquiryFilter::default() };
    assert_eq!(inquiries(most.clone()).await, newest_first(&[4, 3, 2, 1, 0]));
    let open = InquiryFilter { state: Some(InquiryState::Open), ..most.clone() };
    assert_eq!(inquiries(open).await, newest_first(&[4, 2, 1, 0]));
    let behind = InquiryFilter { before: Some(all[2].inquiry().id), limit: 1, ..most.clone() };
    assert_eq!(inquiries(behind).await, newest_first(&[1]));
    let case = InquiryFilter { case_number: Some(all[0].case.number.as_str().to_owned()), ..most };
    assert_eq!(inquiries(case).await, newest_first(&[0]));
}

/// Cases that a filter finds, newest first.
async fn found(store: &std::sync::Arc<dyn Store>, filter: CaseFilter) -> Vec<CaseId> {
    let filter = CaseFilter { limit: 10, ..filter };
    let found = store.read(move |reads| reads.find_cases(&filter)).await.expect("a read");
    found.into_iter().map(|row| row.case.id).collect()
}

/// A case whose inquiry names another party and officer, and a day of filing.
async fn named(
    store: &std::sync::Arc<dyn Store>,
    nth: i64,
    (party, officer, filed): (&'static str, &'static str, &'static str),
) -> Whole {
    write(store, move |tx| {
        let whole = with_terms(whole(&*tx, nth), |terms| {
            terms["parties"][0]["name"] = party.into();
            terms["parties"][0]["former_names"] = serde_json::json!(["旧名甲"]);
            terms["parties"][0]["documents"] =
                serde_json::json!([{ "kind": "passport", "number": "E12345678" }]);
            terms["case"]["officers"][0]["name"] = officer.into();
            terms["case"]["filed_on"] = filed.into();
        });
        tx.write(&whole.changes())?;
        Ok(whole)
    })
    .await
}

pub async fn cases_are_found_by_party_officer_state_and_days(world: impl World) {
    let store = world.store();
    let usual = a_case(&store, 1).await;
    let other = named(&store, 2, ("测试甲·阿不都", "承办人乙", "2026-02-10")).await;
    let third = named(&store, 3, ("测试乙", "承办人乙", "2026-02-20")).await;
    let by = |words: Vec<Option<String>>| CaseFilter {
        found_by: words.into_iter().flatten().collect(),
        ..CaseFilter::default()
    };
    for (party, expected) in [
        (NAME, vec![usual.case.id]),
        (NUMBER, vec![usual.case.id]),
        (" 1101 0119 0001 0100 57", vec![usual.case.id]),
        ("测试甲阿不都", vec![other.case.id]),
        ("旧名甲", vec![third.case.id, other.case.id]),
        ("e-12345678", vec![third.case.id, other.case.id]),
        ("测试", vec![]),
        ("承办人乙", vec![]),
    ] {
        assert_eq!(found(&store, by(vec![found_by::of_party(party)])).await, expected, "{party}");
    }
    let officer = || found_by::of_officer("承办人乙");
    assert_eq!(found(&store, by(vec![officer()])).await, [third.case.id, other.case.id]);
    let both = by(vec![officer(), found_by::of_party("测试乙")]);
    assert_eq!(found(&store, both.clone()).await, [third.case.id]);
    let behind = CaseFilter { before: Some(third.case.id), ..by(vec![officer()]) };
    assert_eq!(found(&store, behind).await, [other.case.id]);
    let courts = Courts::one("440300");
    assert_eq!(found(&store, CaseFilter { courts, ..both }).await, [], "it is another court's");
    let filed = |from, until| CaseFilter { filed: Some((day(from), day(until))), ..CaseFilter::default() };
    assert_eq!(found(&store, filed("2026-02-10", "2026-02-20")).await, [third.case.id, other.case.id]);
    assert_eq!(found(&store, filed("2026-02-11", "2026-02-20")).await, [third.case.id]);
    let submitted =
        |from, until| CaseFilter { submitted: Some((at(from), at(until))), ..CaseFilter::default() };
    assert_eq!(
        found(&store, submitted(1, 3)).await,
        [other.case.id, usual.case.id],
        "the end is not counted"
    );
    let state = |state| CaseFilter { state: Some(state), ..CaseFilter::default() };
    assert_eq!(found(&store, state(CaseState::Open)).await, [third.case.id, other.case.id, usual.case.id]);
    let mut ended = claim("120000.50");
    ended.state = ClaimState::Settled;
    let chain = Chain { claim: Some(ended), ..other.chain.clone() };
    keep(&store, vec![Change::SaveChain(chain)]).await;
    assert_eq!(found(&store, state(CaseState::Settled)).await, [other.case.id]);
    assert_eq!(found(&store, state(CaseState::Open)).await, [third.case.id, usual.case.id]);
    let none = Chain { claim: None, ..third.chain.clone() };
    keep(&store, vec![Change::SaveChain(none)]).await;
    assert_eq!(found(&store, state(CaseState::QueryOnly)).await, [third.case.id]);
    // A case that becomes known later stands as its chain does.
    let (chain, before) = (other.chain.id, other.case.id);
    let later = write(&store, move |tx| {
        let id = CaseId::new(tx.next(IdKind::Case));
        let number = "（2026）粤0304执恢3号".parse().expect("a case number");
        let (court_name, court_code) = (String::new(), String::new());
        let continues = Some(before);
        let case = Case { id, chain, number, court_name, court_code, continues, created: at(9) };
        tx.write(&[Change::NewCase(case)])?;
        Ok(id)
    })
    .await;
    assert_eq!(found(&store, state(CaseState::Settled)).await, [later, other.case.id]);
}

pub async fn cases_of_a_chain_that_becomes_part_of_another_stand_as_its_claim_does(world: impl World) {
    let store = world.store();
    let (into, from) = (a_case(&store, 1).await, a_case(&store, 2).await);
    let mut ended = claim("120000.50");
    ended.state = ClaimState::Withdrawn;
    keep(&store, vec![Change::SaveChain(Chain { claim: Some(ended), ..into.chain.clone() })]).await;
    let joined = JoinedChains {
        into: into.chain.id,
        from: from.chain.id,
        parties: Vec::new(),
        measures: Vec::new(),
        debtors: Vec::new(),
        continues: (from.case.id, into.case.id),
    };
    keep(&store, vec![Change::JoinChains(Box::new(joined))]).await;
    let state = |state| CaseFilter { state: Some(state), ..CaseFilter::default() };
    assert_eq!(found(&store, state(CaseState::Withdrawn)).await, [from.case.id, into.case.id]);
    assert_eq!(found(&store, state(CaseState::Open)).await, []);
    let party =
        CaseFilter { found_by: found_by::of_party(NAME).into_iter().collect(), ..CaseFilter::default() };
    assert_eq!(found(&store, party).await, [from.case.id, into.case.id], "by what inquiries say");
}
