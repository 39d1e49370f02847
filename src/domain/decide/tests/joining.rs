//! Two cases of which one continues the other have one claim: what their claims say differently is a finding, and nothing is joined.

use super::super::super::{Claim, Preference};
use super::super::join;
use super::books::Bank;
use super::world::{World, auto};

fn with_claim(number: &str, change: impl Fn(&mut Claim)) -> World {
    let mut world = World::new(vec![("a", Bank::with(&[]))]);
    world.submit(number, None, Some(auto(1_000))).expect("accepted");
    change(world.file.chain.claim.as_mut().expect("a claim"));
    world
}

fn joined(change: impl Fn(&mut Claim)) -> Result<(), Vec<super::super::super::Finding>> {
    let into = with_claim("(2026)晋10执641号", |_| {});
    let from = with_claim("(2026)晋10执恢642号", change);
    let link = (from.file.cases[0].id, into.file.cases[0].id);
    join(into.file, from.file, link).map(drop)
}

#[test]
fn claims_that_say_the_same_are_one() {
    assert_eq!(joined(|_| {}), Ok(()));
}

#[test]
fn claims_of_another_order_of_accounts_or_another_term_of_freezes_are_not_one() {
    let order = |claim: &mut Claim| claim.prefer = Preference::SmallestFirst;
    for refused in [joined(order), joined(|claim| claim.term_days = Some(90))] {
        let found = refused.expect_err("one claim has one setting");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].pointer == "/case/continues" && found[0].detail.contains("设置不一致"), "{found:?}");
    }
}

#[test]
fn a_party_that_was_freed_in_one_of_two_cases_alone_keeps_them_apart() {
    for (into_freed, from_freed) in [(true, false), (false, true), (true, true), (false, false)] {
        let mut into = with_claim("(2026)晋10执保643号", |_| {});
        let mut from = with_claim("(2026)晋10执644号", |_| {});
        into.file.parties[0].is_freed = into_freed;
        from.file.parties[0].is_freed = from_freed;
        let link = (from.file.cases[0].id, into.file.cases[0].id);
        let joined = join(into.file, from.file, link).map(|(file, _)| file.parties[0].is_freed);
        if into_freed == from_freed {
            assert_eq!(joined, Ok(into_freed));
            continue;
        }
        let found = joined.expect_err("what stands of it in one case would be frozen with nobody told");
        assert!(
            found.len() == 1 && found[0].pointer == "/case/continues" && found[0].detail.contains("撤销解除"),
            "{found:?}"
        );
    }
}
