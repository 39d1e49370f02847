//! What stands on term sub-accounts and products of an account: a bank lists their freezes among the account's, and a product is frozen,
//! renewed and given back by its units.

use chakong_contract::asset::{Product, Rank, SubAccount};
use chakong_contract::order::Target;
use chakong_contract::reply::Holding;
use chakong_contract::{Account, ActionKind, Asset, Instruction, Money, Reply};
use rust_decimal::Decimal;

use super::super::super::rules::release_reasons::ReleaseReason;
use super::super::super::{Mandate, Measure, MeasureId, MeasureState, Mode, OrderId, Origin, TaskKind};
use super::super::{Act, Approval, ReleaseScope};
use super::books::Bank;
use super::found_by_others::listed;
use super::world::{World, auto};

const CASE: &str = "（2026）晋10执651号";

/// The answer to a query, changed.
fn shown(world: &mut World, query: OrderId, change: impl Fn(&mut Account)) -> Reply {
    let mut reply = world.carry_out(query);
    let Reply::Found { assets, .. } = &mut reply else { panic!("{reply:?}") };
    let Asset::Account(account) = &mut assets[0].asset else { panic!("an account") };
    change(account);
    reply
}

/// A case of such a claim after its bank showed an account of so much, changed.
fn after(claim: u32, balance: u32, change: impl Fn(&mut Account)) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[("622200001", balance)]))]);
    let mandate = Mandate { other_property: Mode::Auto, ..auto(claim) };
    world.submit(CASE, None, Some(mandate)).expect("accepted");
    let query = world.queued()[0];
    let reply = shown(&mut world, query, change);
    world.hear(query, reply);
    world
}

/// The bank says that all is held of what was asked, until nothing waits.
fn hold_all(world: &mut World) {
    while let Some(order) = world.queued().first().copied() {
        let (limit, target) = match &world.file.orders[&order].instruction {
            Instruction::Freeze { limit, target, .. } | Instruction::Renew { limit, target, .. } => {
                (limit.expect("an amount"), target.clone())
            }
            other => panic!("{other:?}"),
        };
        let units = quantity(&target).map(|units| units.normalize().to_string());
        let held = if units.is_some() { Money::yuan(Decimal::ZERO) } else { limit };
        world.hear(order, Reply::Held(Holding { units, ..Holding::of(held) }));
    }
}

fn asked_again(world: &mut World) -> OrderId {
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    world.act(Act::Requery(vec![query])).expect("asked again");
    *world.queued().last().expect("the query")
}

fn term_deposit(account: &mut Account) {
    let money = Some(Money::yuan(40_000.into()));
    account.sub_accounts = vec![SubAccount {
        number: "00001".to_owned(),
        class: "定期".to_owned(),
        balance: money,
        available: money,
        remark: String::new(),
    }];
}

#[test]
fn freezes_of_a_sub_account_that_are_listed_among_the_accounts_are_not_counted_twice() {
    let mut world = after(50_000, 10_000, term_deposit);
    hold_all(&mut world);
    let limits = |world: &World| {
        let mut limits: Vec<Decimal> =
            world.measures(MeasureState::InForce).iter().map(|one| one.limit).collect();
        limits.sort_unstable();
        limits
    };
    assert_eq!(limits(&world), [Decimal::from(10_000), 40_000.into()]);
    let query = asked_again(&mut world);
    let reply = shown(&mut world, query, |account| {
        term_deposit(account);
        account.encumbrances = vec![listed(CASE, 10_000), listed(CASE, 40_000)];
    });
    world.hear(query, reply);
    assert!(world.file.ledger().all(|one| one.origin == Origin::Ordered), "none is recognised");
    assert_eq!(limits(&world), [Decimal::from(10_000), 40_000.into()]);
    assert!(
        world.file.tasks.iter().all(|task| task.kind == TaskKind::NotifyDebtor),
        "{:?}",
        world.file.tasks
    );
}

#[test]
fn a_further_freeze_beside_that_of_a_sub_account_is_recognised_once_and_an_unclear_one_is_for_a_person() {
    for (sub, is_clear) in [(40_000, true), (39_000, false)] {
        let mut world = after(60_000, 10_000, term_deposit);
        hold_all(&mut world);
        let query = asked_again(&mut world);
        let reply = shown(&mut world, query, |account| {
            term_deposit(account);
            account.encumbrances = vec![listed(CASE, 10_000), listed(CASE, sub), listed(CASE, 500)];
        });
        world.hear(query, reply);
        let recognised: Vec<Decimal> =
            world.file.ledger().filter(|one| one.origin == Origin::Recognised).map(|one| one.limit).collect();
        assert_eq!(recognised, [Decimal::from(500)], "{sub}");
        let is_told = world.file.tasks.iter().any(|task| task.note.contains("另有本案冻结"));
        assert_eq!(is_told, !is_clear, "{sub}: where it is not clear which is which, a person looks at it");
    }
}

/// A product of a thousand units at two yuan, of which so many are free.
fn product(account: &mut Account, free: u32) {
    account.products = vec![Product {
        number: "LC0001".to_owned(),
        name: "测试理财".to_owned(),
        class: "理财产品".to_owned(),
        manager: String::new(),
        unit: "份".to_owned(),
        quantity: Some("1000".to_owned()),
        controllable: Some(free.to_string()),
        unit_price: Some(Money::yuan(2.into())),
        redemption_account: String::new(),
        sale: String::new(),
        region: String::new(),
        wealth_account: String::new(),
    }];
}

fn quantity(target: &Target) -> Option<Decimal> {
    let Target::Product { quantity, .. } = target else { return None };
    quantity.as_ref().and_then(|units| units.parse().ok())
}

fn units_of_last(world: &World, action: ActionKind) -> Decimal {
    let orders = world.file.orders.values().filter(|order| order.instruction.kind() == action);
    let last = orders.max_by_key(|order| order.id).expect("an order");
    match &last.instruction {
        Instruction::Freeze { target, .. }
        | Instruction::Renew { target, .. }
        | Instruction::Release { target, .. } => quantity(target).expect("units"),
        other => panic!("{other:?}"),
    }
}

/// A claim of 500 that 100 of cash and 200 units cover; the bank was asked again since.
fn with_units() -> (World, MeasureId) {
    let mut world = after(500, 100, |account| product(account, 1000));
    hold_all(&mut world);
    let is_product = |one: &&Measure| matches!(one.target, Target::Product { .. });
    let held = world.file.ledger().find(is_product).expect("the product").clone();
    assert_eq!((held.limit, held.held, held.units), (400.into(), 400.into(), Some(200.into())));
    let query = asked_again(&mut world);
    let reply = shown(&mut world, query, |account| product(account, 800));
    world.hear(query, reply);
    (world, held.id)
}

#[test]
fn a_product_is_renewed_by_the_units_that_stand_and_holds_as_much_as_before() {
    let (mut world, id) = with_units();
    world.days(340);
    world.renew(id).expect("ordered");
    assert_eq!(units_of_last(&world, ActionKind::Renew), 200.into(), "not all that the account has");
    let renewal = world.file.measures[&id].control.expect("the renewal");
    let limit = Money::yuan(400.into());
    let units = Some("200".to_owned());
    let until = world.file.orders[&renewal].instruction.clone();
    let Instruction::Renew { until, .. } = until else { panic!("{until:?}") };
    let holding = Holding { units, until: Some(until), ..Holding::of(Money::yuan(Decimal::ZERO)) };
    world.hear(renewal, Reply::Held(holding));
    let renewed = &world.file.measures[&id];
    assert_eq!((renewed.limit, renewed.held), (limit.amount, 400.into()));
}

#[test]
fn a_part_of_a_product_is_given_back_by_its_units_and_the_rest_by_the_rest() {
    let (mut world, id) = with_units();
    world.release(ReleaseScope::Measure(id, Some(100.into())), ReleaseReason::Excess).expect("ordered");
    assert_eq!(units_of_last(&world, ActionKind::Release), 50.into());
    let release = world.file.measures[&id].control.expect("the release");
    world.hear(release, Reply::Released { amount: Some(Money::yuan(100.into())), words: String::new() });
    let rest = &world.file.measures[&id];
    assert_eq!((rest.limit, rest.units), (300.into(), Some(150.into())));
    world.release(ReleaseScope::Measure(id, None), ReleaseReason::Excess).expect("ordered");
    assert_eq!(units_of_last(&world, ActionKind::Release), 150.into());
}

#[test]
fn a_product_of_which_no_unit_is_free_any_more_is_shown_still() {
    let (mut world, id) = with_units();
    let query = world.file.orders.values().find(|order| !order.is_control()).expect("a query").id;
    let reply = shown(&mut world, query, |account| product(account, 0));
    world.hear(query, reply);
    let told = world.file.tasks.iter().find(|task| task.measure == Some(id) && task.kind == TaskKind::Review);
    assert!(told.is_none(), "{told:?}");
}

/// What was found of the product of an account of which only this differs.
fn found_product(change: impl Fn(&mut Product)) -> (World, MeasureId) {
    let world = after(500, 0, |account| {
        product(account, 1000);
        account.products.iter_mut().for_each(&change);
    });
    let is_product = |one: &&Measure| matches!(one.target, Target::Product { .. });
    let id = world.file.ledger().find(is_product).expect("the product").id;
    (world, id)
}

#[test]
fn a_product_with_a_price_in_dollars_is_no_yuan() {
    let dollars = "USD".parse().expect("a currency");
    let price = Money { amount: 2.into(), currency: Some(dollars) };
    let (mut world, id) = found_product(|product| product.unit_price = Some(price));
    let measure = &world.file.measures[&id];
    assert_eq!((measure.currency, measure.available), (Some(dollars), Decimal::from(2_000)));
    assert_eq!(world.orders_of(ActionKind::Freeze), 0, "it is an officer's");
    let of = |limit: Money| Act::Approve(id, Approval { limit: Some(limit), ..Approval::default() });
    assert!(world.act(of(Money::yuan(100.into()))).is_err(), "a limit in yuan is none of it");
    world.act(of(Money { amount: 100.into(), currency: Some(dollars) })).expect("approved");
    assert_eq!(units_of_last(&world, ActionKind::Freeze), Decimal::from(50), "units at their price");
}

#[test]
fn a_product_of_unknown_price_is_frozen_wholly_or_not_at_all() {
    let (mut world, id) = found_product(|product| product.unit_price = None);
    let limit = Some(Money::yuan(100.into()));
    let refused = world.act(Act::Approve(id, Approval { limit, ..Approval::default() }));
    assert!(format!("{refused:?}").contains("whole"), "{refused:?}");
    assert_eq!(world.orders_of(ActionKind::Freeze), 0);
    world.act(Act::Approve(id, Approval { limit, whole: true, ..Approval::default() })).expect("expressly");
    assert_eq!(units_of_last(&world, ActionKind::Freeze), Decimal::from(1_000));
}

/// A case of 800 whose account's freeze of 300 waits and whose term deposit's holds so much; the earlier court's freeze is lifted, and the
/// bank lists 300 of ours. Gives the account's freeze.
fn shown_after_waiting(deposit: u32) -> (World, MeasureId) {
    let deposited = move |account: &mut Account| {
        term_deposit(account);
        let money = Some(Money::yuan(deposit.into()));
        (account.sub_accounts[0].balance, account.sub_accounts[0].available) = (money, money);
    };
    let mut world = after(300 + deposit, 300, deposited);
    while let Some(order) = world.queued().first().copied() {
        let Instruction::Freeze { target: Target::Account { sub_account, .. }, limit, .. } =
            world.file.orders[&order].instruction.clone()
        else {
            panic!("a freeze of an account")
        };
        let waits = Holding {
            rank: Some(Rank { place: 2, derived: false }),
            ..Holding::of(Money::yuan(Decimal::ZERO))
        };
        let said = match sub_account {
            Some(_) => Reply::Held(Holding::of(limit.expect("an amount"))),
            None => Reply::PartlyHeld(waits),
        };
        world.hear(order, said);
    }
    let id = world.measures(MeasureState::Waiting).first().expect("the account's").id;
    let query = asked_again(&mut world);
    let reply = shown(&mut world, query, |account| {
        deposited(account);
        account.encumbrances = vec![listed(CASE, 300)];
    });
    world.hear(query, reply);
    (world, id)
}

fn is_unclear(world: &World) -> bool {
    world.file.tasks.iter().any(|task| task.kind == TaskKind::Review && task.note.contains("另有本案冻结"))
}

#[test]
fn a_waiting_freeze_of_an_account_is_known_by_its_limit_though_a_sub_accounts_is_near() {
    let (world, id) = shown_after_waiting(500);
    let known = &world.file.measures[&id];
    assert_eq!((known.state, known.held), (MeasureState::InForce, 300.into()));
    assert!(!is_unclear(&world), "{:?}", world.file.tasks);
    let (world, id) = shown_after_waiting(300);
    let known = &world.file.measures[&id];
    assert_eq!((known.state, known.held), (MeasureState::InForce, 300.into()));
    assert!(is_unclear(&world), "it may be the sub-account's");
}

#[test]
fn nothing_is_frozen_by_itself_while_a_freeze_may_be_an_accounts_or_that_of_its_product() {
    let mut world = after(2_000, 0, |account| product(account, 1000));
    hold_all(&mut world);
    assert_eq!(world.measures(MeasureState::InForce).len(), 1, "the product");
    let change = Some((super::super::super::ClaimChangeKind::Raised, Decimal::from(2_900)));
    let raised = super::super::ClaimUpdate { change, ..super::super::ClaimUpdate::default() };
    world.change_claim(raised).expect("raised");
    world.banks.get_mut("a").and_then(|bank| bank.accounts.get_mut("622200001")).expect("it").balance =
        3_000.into();
    let query = asked_again(&mut world);
    let reply = shown(&mut world, query, |account| {
        product(account, 0);
        account.encumbrances = vec![listed(CASE, 1_900)];
    });
    world.hear(query, reply);
    assert!(is_unclear(&world), "{:?}", world.file.tasks);
    assert_eq!(world.queued(), [], "the freeze of 1 900 may cover the claim");
    let proposed: Vec<Decimal> = world.measures(MeasureState::Proposed).iter().map(|one| one.limit).collect();
    assert_eq!(proposed, [Decimal::from(900)], "a person approves it, or enters what is listed");
}
