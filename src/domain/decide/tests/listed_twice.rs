//! Entries of one answer that are about the same property, and what is held through an account: what stands against a freeze in any of
//! them stands against it.

use chakong_contract::asset::{Asset, Doubt, DoubtAbout, DoubtKind, FoundAsset, Product, SubAccount};
use chakong_contract::order::Target;
use chakong_contract::{Account, ActionKind, Currency, Money, Reply};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::super::rules::exemptions::Level;
use super::super::super::{Mandate, Measure, MeasureState, Mode};
use super::books::{self, Bank, Kept};
use super::world::{World, auto};

const NUMBER: &str = "622200301";

/// An account that holds so much.
fn account(balance: u32) -> Account {
    let kept = Kept { balance: balance.into(), ..Kept::default() };
    match books::account("a", NUMBER, &kept).asset {
        Asset::Account(account) => account,
        other => panic!("{other:?}"),
    }
}

/// A case of a claim of a million after a bank answered with these entries.
fn after(accounts: &[Account]) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[(NUMBER, 80_000)]))]);
    let mandate = Mandate { other_property: Mode::Auto, ..auto(1_000_000) };
    world.submit("(2026)晋10执301号", None, Some(mandate)).expect("accepted");
    let found = |account: &Account| FoundAsset {
        asset: Asset::Account(account.clone()),
        matched_by: chakong_contract::asset::MatchedBy::NameAndNumber,
    };
    let query = world.queued()[0];
    world.hear(query, Reply::Found { assets: accounts.iter().map(found).collect() });
    world
}

/// What decides about the freeze of a line.
fn verdict(measure: &Measure) -> (MeasureState, Level, bool, Decimal, String) {
    let exemption = &measure.exemption;
    (measure.state, exemption.level, exemption.needs_an_officer, measure.available, measure.note.clone())
}

fn verdicts(world: &World) -> Vec<(MeasureState, Level, bool, Decimal, String)> {
    world.file.ledger().map(verdict).collect()
}

#[test]
fn a_second_entry_takes_no_exemption_and_no_doubt_away() {
    let plain = || account(80_000);
    let exempt = Account { remark: "小区住宅维修资金".to_owned(), ..plain() };
    let doubt = Doubt {
        about: DoubtAbout::Class,
        kind: DoubtKind::Garbled,
        field: "CCLB".to_owned(),
        value: "锟斤拷".to_owned(),
    };
    let doubtful = Account { doubts: vec![doubt], ..plain() };
    for (one, level) in [(exempt, Level::NoMeasure), (doubtful, Level::Free)] {
        for entries in [[one.clone(), plain()], [plain(), one.clone()]] {
            let world = after(&entries);
            let [measure] = &world.file.ledger().collect::<Vec<_>>()[..] else { panic!("one line") };
            assert_eq!((measure.state, measure.exemption.level), (MeasureState::Skipped, level));
            assert_eq!(world.orders_of(ActionKind::Freeze), 0);
        }
    }
    let same = after(&[plain(), plain()]);
    assert_eq!(same.orders_of(ActionKind::Freeze), 1, "what nothing stands against is frozen once");
}

/// The state of the one line on a sub-account or product, and the level found.
fn below(account: Account) -> (MeasureState, Level) {
    let world = after(&[account]);
    let is_below = |measure: &&Measure| match &measure.target {
        Target::Account { sub_account, .. } => sub_account.is_some(),
        other => matches!(other, Target::Product { .. }),
    };
    let line = world.file.ledger().find(is_below).expect("a line");
    (line.state, line.exemption.level)
}

fn with_product(account: Account, class: &str) -> Account {
    let product = Product {
        number: "LC0031".to_owned(),
        name: "测试理财".to_owned(),
        class: class.to_owned(),
        manager: String::new(),
        unit: "份".to_owned(),
        quantity: None,
        controllable: Some("500".to_owned()),
        unit_price: Some(Money::yuan(2.into())),
        redemption_account: String::new(),
        sale: String::new(),
        region: String::new(),
        wealth_account: String::new(),
    };
    Account { products: vec![product], ..account }
}

fn with_sub(account: Account, class: &str) -> Account {
    let money = Some(Money { amount: 700.into(), currency: Some(Currency::CNY) });
    let (number, class, remark) = ("003".to_owned(), class.to_owned(), String::new());
    Account {
        sub_accounts: vec![SubAccount { number, class, balance: money, available: money, remark }],
        ..account
    }
}

fn of_class(class: &str) -> Account {
    Account { class: class.to_owned(), ..account(80_000) }
}

#[test]
fn what_is_held_through_an_account_is_no_freer_than_the_account() {
    use Level::{Doubtful, Free, FreezeOnly, NoMeasure};
    use MeasureState::{Asked, Proposed, Skipped};
    const MARGIN: &str = "银行承兑汇票保证金";
    const WAGES: &str = "农民工工资专用账户";
    for (account, class, expected) in [
        ("一般存款账户", "理财产品", (Asked, Free)),
        ("住房公积金", "理财产品", (Skipped, NoMeasure)),
        ("QX07", "理财产品", (Proposed, Doubtful)),
        ("一般存款账户", "QX07", (Proposed, Doubtful)),
        (MARGIN, "理财产品", (Asked, FreezeOnly)),
        (MARGIN, "QX07", (Proposed, FreezeOnly)),
        ("QX07", MARGIN, (Proposed, FreezeOnly)),
        (MARGIN, WAGES, (Skipped, NoMeasure)),
        (WAGES, "理财产品", (Skipped, NoMeasure)),
    ] {
        assert_eq!(below(with_product(of_class(account), class)), expected, "{account}, product {class}");
        let class = class.replace("理财产品", "定期");
        assert_eq!(below(with_sub(of_class(account), &class)), expected, "{account}, sub-account {class}");
    }
}

/// One entry about the account, as banks spell and vary it.
fn entry() -> impl Strategy<Value = Account> {
    let class = prop::sample::select(vec!["一般存款账户", "住房公积金", "QX07", "银行承兑汇票保证金", ""]);
    let remark = prop::sample::select(vec!["", "党费专户", "见附件"]);
    let number = prop::sample::select(vec![NUMBER, "6222-00301", "6222 00301"]);
    let available = prop::option::of(0_u32..3);
    let parts = (class, remark, number, available, any::<bool>(), any::<bool>());
    parts.prop_map(|(class, remark, number, available, is_closed, has_doubt)| {
        let doubt = Doubt {
            about: DoubtAbout::Number,
            kind: DoubtKind::Contradiction,
            field: "KHZH".to_owned(),
            value: NUMBER.to_owned(),
        };
        Account {
            number: number.to_owned(),
            class: class.to_owned(),
            remark: remark.to_owned(),
            available: available.map(|amount| Money::yuan((amount * 1000).into())),
            status: if is_closed { "已销户" } else { "正常" }.to_owned(),
            doubts: if has_doubt { vec![doubt] } else { Vec::new() },
            ..account(3_000)
        }
    })
}

proptest! {
    #[test]
    fn the_order_of_entries_does_not_matter(
        (entries, shuffled) in prop::collection::vec(entry(), 1..5)
            .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle()))
    ) {
        let (one, other) = (after(&entries), after(&shuffled));
        prop_assert_eq!(verdicts(&one), verdicts(&other));
        let strictest = entries.iter().map(|entry| {
            let alone = after(std::slice::from_ref(entry));
            alone.file.ledger().map(|line| line.exemption.level).max()
        });
        let strictest = strictest.max().flatten();
        prop_assert_eq!(one.file.ledger().map(|line| line.exemption.level).max(), strictest);
        let is_frozen = one.orders_of(ActionKind::Freeze) > 0;
        let each_alone = entries.iter().all(|entry| {
            after(std::slice::from_ref(entry)).orders_of(ActionKind::Freeze) > 0
        });
        prop_assert!(!is_frozen || each_alone, "frozen though an entry stands against it");
    }
}
