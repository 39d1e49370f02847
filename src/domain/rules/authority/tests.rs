use ActionKind::{Deduct, Freeze, Query, Release, Renew, Transfer};
use DocumentKind as D;
use chakong_contract::id::CaseNumber;
use proptest::prelude::*;

use super::*;

const ACTIONS: [ActionKind; 6] = [Query, Freeze, Renew, Release, Deduct, Transfer];

fn documents(purpose: &str, code: &str, role: Role, action: ActionKind) -> Vec<D> {
    permitted(purpose, code, role, action).unwrap_or_else(|why| panic!("{why}")).documents.to_vec()
}

fn reason(purpose: &str, code: &str, role: Role, action: ActionKind) -> DeniedReason {
    permitted(purpose, code, role, action).expect_err("denied").reason
}

#[test]
fn the_file_is_read_and_names_every_role_and_action_once() {
    let rules = Rules::read(TEXT).expect("authority.toml");
    for role in Role::ALL {
        assert_eq!(
            rules.role(role).map(|party| party.word.starts_with(role.chinese())),
            Some(true),
            "{role:?}"
        );
    }
    for action in ACTIONS {
        assert!(rules.action(action).is_some_and(|row| !row.word.is_empty()), "{action}");
    }
    let mut codes: Vec<&str> = rules.codes().collect();
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all, "a type code stands in one entry");
}

#[test]
fn each_act_against_a_judgment_debtor_has_its_own_ruling_and_notice() {
    let of = |action| documents("enforcement", "执恢", Role::JudgmentDebtor, action);
    assert_eq!(of(Query), [D::QueryNotice]);
    assert_eq!(of(Freeze), [D::FreezeRuling, D::FreezeNotice]);
    assert_eq!(of(Renew), [D::RenewRuling, D::RenewNotice]);
    assert_eq!(of(Release), [D::ReleaseRuling, D::ReleaseNotice]);
    assert_eq!(of(Deduct), [D::DeductRuling, D::DeductNotice]);
    assert_eq!(of(Transfer), [D::TransferRuling, D::TransferNotice]);
    let renewal = permitted("enforcement", "执", Role::JudgmentDebtor, Renew).expect("permitted");
    assert_eq!(renewal.missing(&[D::FreezeRuling, D::FreezeNotice]), [D::RenewRuling, D::RenewNotice]);
    assert!(renewal.basis.contains("20号第三条") && renewal.basis.contains("第七条"));
}

#[test]
fn other_roles_bring_what_shows_the_authority_over_them() {
    let of = |role, action| documents("enforcement", "执", role, action);
    assert_eq!(of(Role::AddedDebtor, Query), [D::QueryNotice, D::AddingRuling]);
    assert_eq!(of(Role::Guarantor, Freeze), [D::FreezeRuling, D::FreezeNotice, D::Guarantee]);
    assert_eq!(
        of(Role::ThirdPartyDebtor, Deduct),
        [D::DeductRuling, D::DeductNotice, D::PerformanceNotice, D::ThirdPartyRuling]
    );
    assert_eq!(of(Role::Spouse, Freeze), [D::FreezeRuling, D::FreezeNotice, D::CommonPropertyRuling]);
    assert_eq!(
        of(Role::Spouse, Deduct),
        [D::DeductRuling, D::DeductNotice, D::CommonPropertyRuling, D::PartitionPaper]
    );
    for role in Role::ALL.into_iter().filter(|role| *role != Role::PreservationRespondent) {
        assert_eq!(
            of(role, Release),
            [D::ReleaseRuling, D::ReleaseNotice],
            "freeing somebody needs nothing else"
        );
    }
}

#[test]
fn preservation_needs_its_application_and_takes_nothing() {
    let respondent = Role::PreservationRespondent;
    for code in ["执保", "财保"] {
        assert_eq!(
            documents("preservation", code, respondent, Query),
            [D::QueryNotice, D::PreservationApplication]
        );
        assert_eq!(
            documents("preservation", code, respondent, Freeze),
            [D::FreezeRuling, D::FreezeNotice, D::PreservationApplication]
        );
        assert_eq!(documents("preservation", code, respondent, Renew), [D::RenewRuling, D::RenewNotice]);
    }
    for code in ["民初", "民终", "刑初", "行初"] {
        let needed = documents("preservation", code, respondent, Freeze);
        assert!(
            needed.contains(&D::PreservationRuling) && needed.contains(&D::PreservationApplication),
            "{code}"
        );
    }
    for code in ["执保", "财保", "民初", "行终"] {
        for action in [Deduct, Transfer] {
            let why = permitted("preservation", code, respondent, action).expect_err("never");
            assert_eq!(why.reason, DeniedReason::Action);
            assert!(why.message.contains("执行案号"), "{why}");
        }
    }
}

#[test]
fn a_trial_is_no_enforcement_and_the_refusal_says_what_to_do() {
    for code in ["民初", "民终", "民再", "刑初", "刑终", "行初", "行终", "执保", "财保"] {
        for action in ACTIONS {
            let why = permitted("enforcement", code, Role::JudgmentDebtor, action).expect_err(code);
            assert_eq!(why.reason, DeniedReason::TypeCode, "{code} {action}");
            assert!(why.message.starts_with("案号类型代字") && why.message.contains(code), "{why}");
            assert!(!why.basis.is_empty());
        }
    }
    assert_eq!(reason("preservation", "执", Role::PreservationRespondent, Freeze), DeniedReason::TypeCode);
}

#[test]
fn objections_and_supervision_lift_measures_and_set_none() {
    for code in ["执异", "执复", "执监"] {
        assert_eq!(
            documents("enforcement", code, Role::JudgmentDebtor, Release),
            [D::ReleaseRuling, D::ReleaseNotice]
        );
        for action in [Query, Freeze, Renew, Deduct, Transfer] {
            assert_eq!(
                reason("enforcement", code, Role::JudgmentDebtor, action),
                DeniedReason::Action,
                "{code}"
            );
        }
    }
}

#[test]
fn role_and_purpose_must_fit() {
    assert_eq!(reason("enforcement", "执", Role::PreservationRespondent, Query), DeniedReason::Role);
    for role in Role::ALL.into_iter().filter(|role| *role != Role::PreservationRespondent) {
        assert_eq!(reason("preservation", "执保", role, Query), DeniedReason::Role, "{role:?}");
    }
    assert_eq!(reason("curiosity", "执", Role::JudgmentDebtor, Query), DeniedReason::UnknownPurpose);
    for code in ["", "清申", "知", "执前", "x"] {
        assert_eq!(reason("enforcement", code, Role::JudgmentDebtor, Query), DeniedReason::UnknownTypeCode);
    }
}

#[test]
fn the_type_code_of_a_case_number_is_the_one_that_is_asked_for() {
    for (number, allowed) in [
        ("（2026）粤0303执12号之一", true),
        ("(2015)深福法执字第12-1号", true),
        ("2025苏05执恢9号", true),
        ("（2024）川0191民初3号", false),
        ("（2023）京73知民初3号", false),
        ("（2022）浙行终3号", false),
    ] {
        let number: CaseNumber = number.parse().expect(number);
        let found = permitted("enforcement", number.type_code(), Role::JudgmentDebtor, Query);
        assert_eq!(found.is_ok(), allowed, "{number}");
    }
}

#[test]
fn roles_travel_as_words() {
    assert_eq!(serde_json::to_string(&Role::ThirdPartyDebtor).expect("a word"), "\"third_party_debtor\"");
    let why = permitted("enforcement", "民初", Role::JudgmentDebtor, Freeze).expect_err("denied");
    let json = serde_json::to_value(&why).expect("json");
    assert_eq!(json["reason"], "type_code");
}

proptest! {
    #[test]
    fn whatever_is_asked_nothing_is_taken_outside_enforcement(purpose in "[a-z]{0,12}|enforcement|preservation", code in "[执恢保财民初刑行终异复监]{0,3}|.{0,6}", role in 0usize..6, action in 0usize..6) {
        let (role, action) = (Role::ALL[role], ACTIONS[action]);
        match permitted(&purpose, &code, role, action) {
            Ok(requirement) => {
                prop_assert!(!requirement.basis.is_empty() && !requirement.documents.is_empty());
                prop_assert!(!matches!(action, Deduct | Transfer) || (purpose == "enforcement" && ["执", "执恢"].contains(&code.trim())));
                let own = requirement.documents.iter().filter(|kind| !kind.stays_with_court()).count();
                prop_assert_eq!(own, if action == Query { 1 } else { 2 });
            }
            Err(why) => prop_assert!(!why.message.is_empty()),
        }
    }
}
