//! Stakes in companies as property: found by a vendor or by the register, frozen through the market regulator.

use chakong::domain::decide::{Act, Approval, Release, ReleaseScope, Transfer};
use chakong::domain::rules::release_reasons::ReleaseReason;
use chakong::domain::{EventType, InquiryId, Measure, MeasureState};
use chakong_contract::order::Target;
use chakong_contract::{IdentityDocument, PartyKind, Transferee};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::world::{Played, World, document, inquiry};

const PARTY: &str = "临汾测试矿业有限公司";
const PARTY_CODE: &str = "91000000MADEM00112";
const COMPANY: &str = "示例乙投资有限公司";
const CODE: &str = "91000000MADEM002XR";

/// A vendor that knows of the party's stake, and lists the party among the shareholders of nobody else.
fn vendor() -> Played {
    let file = "connector = \"tianyancha\"\n[settings]\ntoken = { file = \"../password\" }\nlists = \"shareholders,investments\"\n";
    let script = json!({ "companies": [{
        "name": PARTY, "code": PARTY_CODE, "status": "存续", "capital": "1000万人民币",
        "shareholders": [{ "name": PARTY, "capital": "10万人民币", "percent": "1%" }],
        "investments": [{ "name": COMPANY, "code": CODE, "amount": "350", "percent": "35%" }],
    }] });
    Played { name: "vendor", file: file.to_owned(), script }
}

fn register(freezes: &Value) -> Value {
    json!({ "companies": [{ "name": COMPANY, "code": CODE, "holders": [
        { "name": PARTY, "number": PARTY_CODE, "subscribed": 3_500_000, "percent": "35", "freezes": freezes },
    ] }] })
}

fn json_line(name: &'static str, divisions: &str, script: Value) -> Played {
    let file = format!(
        "connector = \"market-regulator\"\n[routing]\ndivisions = [{divisions}]\n[settings]\ntoken = {{ file = \"../password\" }}\n"
    );
    Played { name, file, script }
}

fn parameters(script: Value) -> Played {
    let file = "connector = \"market-regulator-parameters\"\n[settings]\n".to_owned();
    Played { name: "regulator", file, script }
}

fn asked(claim: &str, others: &str) -> Value {
    let mut body = inquiry(Some(claim), "auto");
    body["mandate"]["other_property"] = others.into();
    body
}

fn frozen(measure: &Measure) -> (Option<Decimal>, Option<&str>) {
    let Target::Equity { subscribed, percent, .. } = &measure.target else { panic!("{measure:?}") };
    (subscribed.map(|money| money.amount), percent.as_deref())
}

async fn stake(world: &World, id: InquiryId) -> Measure {
    let measures = world.measures(id).await;
    let of_company =
        |measure: &&Measure| matches!(&measure.target, Target::Equity { company, .. } if company == COMPANY);
    let found: Vec<&Measure> = measures.iter().filter(of_company).collect();
    let [one] = found.as_slice() else { panic!("{measures:#?}") };
    (*one).clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stake_that_a_vendor_reports_is_frozen_by_a_regulator_that_cannot_be_asked_and_released_again() {
    let world = World::start(vec![vendor(), parameters(register(&json!([])))]).await;
    let submitted = world.submit(&asked("1000000.55", "auto")).await;
    let done = world.until_complete(submitted.id).await;
    let measure = stake(&world, done.id).await;
    assert_eq!((measure.counterpart.as_str(), measure.state), ("regulator", MeasureState::InForce));
    assert_eq!(frozen(&measure), (Some(1_000_000.into()), None), "never more than the claim");
    assert_eq!((measure.reference.as_str(), measure.held), ("F000001", Decimal::ZERO));
    let (from, until) = measure.from.zip(measure.until).expect("a term");
    let three_years_later = from.checked_add(jiff::Span::new().years(3)).expect("a day");
    assert_eq!(
        until.tomorrow().expect("a day"),
        three_years_later,
        "three calendar years, the first day counts"
    );
    let booked = world.hosted.books().remove("regulator").expect("books");
    assert_eq!((booked.controls.len(), booked.controls[0].amount.as_str()), (1, "100.0000"));
    // The party stands in its own list of shareholders: by name only, for an officer to judge.
    let own = world.measures(done.id).await;
    let own = own.iter().find(|other| other.id != measure.id).expect("a line");
    assert_eq!(own.state, MeasureState::Skipped);
    assert!(own.note.contains("仅姓名相符"), "{}", own.note);
    let release = Release { scope: ReleaseScope::Measure(measure.id, None), ground: ReleaseReason::DebtPaid };
    world.act(Act::Release(release), &[]).await.expect("allowed");
    world
        .until("it is released", async |world| stake(world, done.id).await.state == MeasureState::Released)
        .await;
    let booked = world.hosted.books().remove("regulator").expect("books");
    assert_eq!((booked.controls[1].action.as_str(), booked.controls[1].executed), ("release", 1));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_sources_of_a_stake_are_one_line_that_an_officer_approves_and_that_may_have_to_wait() {
    let earlier = json!([{ "court": "示例市另区人民法院", "notice": "（2023）示0102执7号", "amount": 1_000_000,
        "from": "2023-06-01", "until": "2099-05-31", "published": "2023-06-02" }]);
    let world = World::start(vec![
        vendor(),
        json_line("regulator", "\"00\"", register(&earlier)),
        json_line("elsewhere", "\"33\"", json!({})),
    ])
    .await;
    let submitted = world.submit(&asked("9000000.00", "propose")).await;
    let done = world.until_complete(submitted.id).await;
    let measure = stake(&world, done.id).await;
    assert_eq!((measure.counterpart.as_str(), measure.state), ("regulator", MeasureState::Proposed));
    world.act(Act::Approve(measure.id, Approval::default()), &[]).await.expect("allowed");
    world
        .until("it is answered", async |world| stake(world, done.id).await.state == MeasureState::Waiting)
        .await;
    let measure = stake(&world, done.id).await;
    assert_eq!(frozen(&measure), (Some(3_500_000.into()), Some("35")), "the whole stake fits");
    assert_eq!(measure.rank.map(|rank| rank.place), Some(2));
    let events = world.events(done.id).await;
    assert!(events.iter().any(|event| event.kind == EventType::MeasureWaiting));
    let books = world.hosted.books();
    assert_eq!((books["regulator"].controls.len(), books["elsewhere"].controls.len()), (1, 0));
    world.stop().await;
}

fn taker() -> Transferee {
    Transferee {
        name: "示例丙投资有限公司".parse().expect("a name"),
        kind: PartyKind::Organisation,
        document: IdentityDocument::Uscc("91000000MADEM0038R".parse().expect("a code")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_stake_is_transferred_by_force_on_its_own_ruling_and_notice() {
    for (papers, may) in [(&[][..], false), (&["transfer_ruling", "transfer_notice"][..], true)] {
        let world = World::start(vec![vendor(), json_line("regulator", "", register(&json!([])))]).await;
        let mut body = asked("9000000.00", "auto");
        body["documents"].as_array_mut().expect("documents").extend(papers.iter().map(|kind| document(kind)));
        let submitted = world.submit(&body).await;
        let done = world.until_complete(submitted.id).await;
        let id = stake(&world, done.id).await.id;
        world.pause("regulator", true).await;
        let transferred = world.act(Act::Transfer(id, Transfer { to: taker() }), &[]).await;
        let state = stake(&world, done.id).await.state;
        match transferred {
            Ok(_) => assert!(may && state == MeasureState::Transferring),
            Err(declined) => {
                assert!(!may && declined.to_string().contains("股权强制转让裁定书"), "{declined}");
                assert_eq!(state, MeasureState::InForce, "nothing was changed");
            }
        }
        world.pause("regulator", false).await;
        if may {
            let is_done =
                async |world: &World| stake(world, done.id).await.state == MeasureState::Transferred;
            world.until("it is transferred", is_done).await;
            let booked = world.hosted.books().remove("regulator").expect("books");
            assert_eq!((booked.controls[1].action.as_str(), booked.controls[1].executed), ("transfer", 1));
            let events = world.events(done.id).await;
            assert!(events.iter().any(|event| event.kind == EventType::MeasureTransferred));
        }
        world.stop().await;
    }
}
