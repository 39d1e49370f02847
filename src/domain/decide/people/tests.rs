use super::super::super::people::{CertificateKind, SignInCertificate, StoredKey};
use super::*;

const NOW: &str = "2026-01-05T01:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn new(roles: &[Role]) -> NewPerson {
    NewPerson {
        name: " 张测试 ".to_owned(),
        number: " gh001 ".to_owned(),
        courts: Courts::one("T10"),
        roles: roles.iter().copied().collect(),
        certificates: Vec::new(),
        phone: String::new(),
    }
}

fn person(roles: &[Role]) -> Person {
    let id = PersonId(uuid::Uuid::from_u128(1));
    let added =
        add_person(new(roles), id, Some("hash-0".to_owned()), &Courts::All, at(NOW)).expect("a person");
    with_password(&added, "hash-1".to_owned(), &SignInRules::default(), at(NOW))
}

fn pointers(decided: Decided<Person>) -> Vec<String> {
    match decided {
        Err(Rejected::Findings(findings)) => findings.into_iter().map(|one| one.pointer).collect(),
        other => panic!("{other:?}"),
    }
}

fn password(against: &str, is_right: bool) -> FirstFactor {
    FirstFactor::Password { against: against.to_owned(), is_right }
}

fn attempted(person: &Person, is_right: bool, step: Option<u64>) -> (Person, Attempted) {
    let shown = Attempt { first: password("hash-1", is_right), step };
    attempt(person, &shown, &SignInRules::default(), at(NOW))
}

#[test]
fn every_rule_that_a_new_person_breaks_is_told() {
    let add = |new| add_person(new, PersonId(uuid::Uuid::nil()), Some(String::new()), &Courts::All, at(NOW));
    let added = add(new(&[Role::Officer])).expect("a person");
    assert_eq!((added.name.as_str(), added.number.as_str()), ("张测试", "gh001"), "trimmed");
    assert!(added.password.is_some_and(|password| password.is_initial));
    let certificate = |number: &str, from: &str, until: &str| OfficialCertificate {
        kind: super::super::super::people::CertificateKind::Enforcement,
        number: number.to_owned(),
        from: from.parse().ok(),
        until: until.parse().ok(),
    };
    let broken = NewPerson {
        name: String::new(),
        number: "x".repeat(65),
        courts: Courts::Some(["".to_owned()].into()),
        roles: BTreeSet::new(),
        certificates: vec![certificate("", "", ""), certificate("1", "2026-02-01", "2026-01-31")],
        phone: "138\n0000".to_owned(),
    };
    let expected = [
        "/name",
        "/number",
        "/phone",
        "/certificates/0/number",
        "/certificates/1/until",
        "/roles",
        "/courts",
    ];
    assert_eq!(pointers(add(broken)), expected);
    assert_eq!(pointers(add(new(&[Role::CaseSystem]))), ["/roles"], "a system's role");
    assert_eq!(
        pointers(add(new(&[Role::Auditor, Role::Officer]))),
        ["/roles"],
        "administrators have no other"
    );
}

#[test]
fn nobody_raises_or_shuts_out_themselves() {
    let administrator = person(&[Role::SecurityAdministrator]);
    let own = |update: PersonUpdate| {
        change_person(&administrator, &update, (Some(administrator.id), &Courts::All), at(NOW))
    };
    for update in [
        PersonUpdate { roles: Some([Role::Auditor].into()), ..PersonUpdate::default() },
        PersonUpdate { courts: Some(Courts::All), ..PersonUpdate::default() },
        PersonUpdate { active: Some(false), ..PersonUpdate::default() },
        PersonUpdate { reset: Some("hash".to_owned()), ..PersonUpdate::default() },
    ] {
        assert!(matches!(own(update.clone()), Err(Rejected::Forbidden(_))), "{update:?}");
        let other = change_person(
            &administrator,
            &update,
            (Some(PersonId(uuid::Uuid::from_u128(2))), &Courts::All),
            at(NOW),
        );
        assert!(other.is_ok(), "{update:?} by another");
    }
    assert!(own(PersonUpdate { phone: Some("1".to_owned()), ..PersonUpdate::default() }).is_ok());
}

#[test]
fn a_failure_counts_a_success_forgets_and_too_many_lock() {
    let known = person(&[Role::Officer]);
    let (once, outcome) = attempted(&known, false, None);
    assert_eq!((once.failures, outcome), (1, Attempted::Refused { locks: false }));
    let (after, outcome) = attempted(&once, true, None);
    assert_eq!((after.failures, outcome), (0, Attempted::In));
    let mut guessed = known.clone();
    for nth in 1..=5 {
        let (next, outcome) = attempted(&guessed, false, None);
        assert_eq!(outcome, Attempted::Refused { locks: nth == 5 });
        guessed = next;
    }
    assert!(guessed.is_locked(at("2026-01-05T01:14:59Z")) && !guessed.is_locked(at("2026-01-05T01:15:00Z")));
    let (same, outcome) = attempted(&guessed, true, None);
    assert_eq!(
        (same, outcome),
        (guessed, Attempted::Refused { locks: false }),
        "a locked person does not change"
    );
}

#[test]
fn a_password_that_was_changed_meanwhile_is_not_right_any_more() {
    let known = person(&[Role::Officer]);
    let shown = Attempt { first: password("hash-0", true), step: None };
    let (_, outcome) = attempt(&known, &shown, &SignInRules::default(), at(NOW));
    assert_eq!(outcome, Attempted::Refused { locks: false });
}

#[test]
fn a_code_counts_once_and_never_an_earlier_one() {
    let begun = with_second_factor(&person(&[Role::Auditor]), "SECRET".to_owned(), None).expect("begun");
    assert_eq!(attempted(&begun, true, None).1, Attempted::In, "not proved, so not asked for");
    let proved = with_proof(&begun, "SECRET", 100).expect("proved");
    assert!(with_proof(&proved, "SECRET", 101).is_err() && with_proof(&begun, "OTHER", 100).is_err());
    for (step, expected) in [(None, false), (Some(99), false), (Some(100), false), (Some(101), true)] {
        assert_eq!(attempted(&proved, true, step).1 == Attempted::In, expected, "{step:?}");
    }
    let (after, _) = attempted(&proved, true, Some(102));
    assert_eq!(attempted(&after, true, Some(101)).1, Attempted::Refused { locks: false });
}

#[test]
fn a_second_factor_is_renewed_with_a_new_code_of_its_own_and_counts_until_then() {
    let begun = with_second_factor(&person(&[Role::Auditor]), "OLD".to_owned(), None).expect("begun");
    let proved = with_proof(&begun, "OLD", 100).expect("proved");
    for step in [None, Some(99), Some(100)] {
        let refused = with_second_factor(&proved, "NEW".to_owned(), step);
        assert!(matches!(refused, Err(Rejected::Findings(_))), "{step:?}");
    }
    let renewing = with_second_factor(&proved, "NEW".to_owned(), Some(101)).expect("begun");
    let factor = renewing.second_factor.as_ref().expect("one");
    assert_eq!((factor.secret.as_str(), factor.to_prove()), ("OLD", Some("NEW")), "the old one counts");
    assert_eq!(attempted(&renewing, true, Some(101)).1, Attempted::Refused { locks: false }, "it counted");
    assert!(with_proof(&renewing, "OLD", 102).is_err());
    let renewed = with_proof(&renewing, "NEW", 50).expect("proved");
    let factor = renewed.second_factor.expect("one");
    assert_eq!((factor.secret.as_str(), factor.to_prove(), factor.last_step), ("NEW", None, 50));
}

#[test]
fn earlier_passwords_are_remembered_as_far_as_the_rules_say_and_a_reset_forgets_the_factor() {
    let rules = SignInRules { remembered_passwords: 2, ..SignInRules::default() };
    let mut known = person(&[Role::Officer]);
    for nth in 2..6 {
        known = with_password(&known, format!("hash-{nth}"), &rules, at(NOW));
    }
    assert_eq!(known.password.as_ref().expect("one").earlier, ["hash-4", "hash-3"]);
    let factor = with_second_factor(&known, "S".to_owned(), None).expect("begun");
    let factor = with_proof(&factor, "S", 1).expect("proved");
    let update = PersonUpdate { reset: Some("hash-9".to_owned()), ..PersonUpdate::default() };
    let after = change_person(&factor, &update, (None, &Courts::All), at(NOW)).expect("reset");
    assert!(!after.has_second_factor() && after.password.as_ref().expect("one").is_initial);
    assert_eq!(after.password.expect("one").earlier[0], "hash-5");
    assert_eq!(update.word(), "reset_person");
}

#[test]
fn what_must_be_done_first_follows_from_age_and_role() {
    let rules = SignInRules::default();
    let by_password =
        |person: &Person, rules: &_, now: &str| pending(person, SignInMethod::Password, rules, at(now));
    let officer = person(&[Role::Officer]);
    assert_eq!(by_password(&officer, &rules, NOW), None);
    assert_eq!(by_password(&officer, &rules, "2026-04-05T00:59:59Z"), None);
    assert_eq!(by_password(&officer, &rules, "2026-04-05T01:00:00Z"), Some(Pending::ChangePassword));
    let for_ever = SignInRules { password_days: 0, ..SignInRules::default() };
    assert_eq!(by_password(&officer, &for_ever, "2036-01-01T00:00:00Z"), None);
    let approver = person(&[Role::Approver]);
    assert_eq!(by_password(&approver, &rules, NOW), Some(Pending::SetUpSecondFactor));
    let id = PersonId(uuid::Uuid::nil());
    let initial =
        add_person(new(&[Role::Approver]), id, Some(String::new()), &Courts::All, at(NOW)).expect("a person");
    assert_eq!(by_password(&initial, &rules, NOW), Some(Pending::ChangePassword), "first");
    // Who did not sign in by the password need not change it, and the provider may have asked for a second factor.
    let by = |second_factor| SignInMethod::Provider { second_factor };
    assert_eq!(pending(&initial, by(false), &rules, at(NOW)), Some(Pending::SetUpSecondFactor));
    assert_eq!(pending(&initial, by(true), &rules, at(NOW)), None);
    let without = add_person(new(&[Role::Approver]), id, None, &Courts::All, at(NOW)).expect("a person");
    assert_eq!(
        pending_anyhow(&without, &rules, at(NOW)),
        None,
        "the keys of who has no password do not rest"
    );
    assert_eq!(pending_anyhow(&initial, &rules, at(NOW)), Some(Pending::ChangePassword));
}

fn certificate(fingerprint: &str, until: &str) -> SignInCertificate {
    SignInCertificate {
        fingerprint: fingerprint.to_owned(),
        subject: format!("CN={fingerprint}"),
        issuer: "CN=authority".to_owned(),
        serial: "01".to_owned(),
        from: at("2026-01-01T00:00:00Z"),
        until: at(until),
        bound: at(NOW),
        bound_by: "security".to_owned(),
        revoked: None,
    }
}

#[test]
fn a_certificate_is_bound_to_one_person_by_another_and_counts_while_it_stands() {
    let (one, other) = (person(&[Role::Officer]), person(&[Role::Approver]));
    let nobody = std::iter::empty::<&Person>;
    let mine = certificate("aa", "2026-03-01T00:00:00Z");
    let bound = bind_certificate(&one, mine.clone(), None, nobody()).expect("bound");
    assert!(bound.has_certificate("aa", at(NOW)) && !bound.has_certificate("bb", at(NOW)));
    assert!(!bound.has_certificate("aa", at("2025-12-31T23:59:59Z")), "not yet");
    assert!(!bound.has_certificate("aa", at("2026-03-01T00:00:00Z")), "expired");
    for (person, others, why) in [(&bound, vec![], "twice"), (&other, vec![&bound], "somebody else's")] {
        let again = bind_certificate(person, mine.clone(), None, others.into_iter());
        assert_eq!(pointers(again), ["/certificate"], "{why}");
    }
    let expired = certificate("cc", "2026-01-02T00:00:00Z");
    assert_eq!(pointers(bind_certificate(&one, expired, None, nobody())), ["/certificate"]);
    let own = bind_certificate(&one, mine.clone(), Some(one.id), nobody());
    assert!(matches!(own, Err(Rejected::Forbidden(_))), "{own:?}");
    assert!(matches!(revoke_certificate(&bound, "aa", Some(one.id), at(NOW)), Err(Rejected::Forbidden(_))));
    assert!(matches!(revoke_certificate(&bound, "bb", None, at(NOW)), Err(Rejected::Unknown(_))));
    let revoked = revoke_certificate(&bound, "aa", None, at(NOW)).expect("revoked");
    assert!(!revoked.has_certificate("aa", at(NOW)));
    assert!(
        matches!(revoke_certificate(&revoked, "aa", None, at(NOW)), Err(Rejected::Unknown(_))),
        "for good"
    );
    let shown = |person: &Person| {
        let first = FirstFactor::Certificate { fingerprint: "aa".to_owned(), second_factor: false };
        attempt(person, &Attempt { first, step: None }, &SignInRules::default(), at(NOW)).1
    };
    assert_eq!(shown(&bound), Attempted::In);
    assert_eq!(
        shown(&revoked),
        Attempted::Refused { locks: false },
        "revoked between being read and decided"
    );
    assert!(bind_certificate(&other, mine, None, [&revoked].into_iter()).is_ok(), "it is free again");
}

#[test]
fn of_very_many_certificates_those_that_were_revoked_make_room() {
    let mut person = person(&[Role::Officer]);
    for nth in 0..20 {
        let one = certificate(&format!("{nth:02}"), "2027-01-01T00:00:00Z");
        person = bind_certificate(&person, one, None, std::iter::empty()).expect("bound");
    }
    let one = certificate("20", "2027-01-01T00:00:00Z");
    assert_eq!(pointers(bind_certificate(&person, one.clone(), None, std::iter::empty())), ["/certificate"]);
    let person = revoke_certificate(&person, "07", None, at(NOW)).expect("revoked");
    let person = bind_certificate(&person, one, None, std::iter::empty()).expect("bound");
    assert_eq!(person.sign_in_certificates.len(), 20);
}

#[test]
fn what_ends_within_thirty_days_is_on_the_list_of_active_persons_and_of_keys_that_stand() {
    let mut holder = person(&[Role::Officer]);
    let office = |number: &str, until: &str| OfficialCertificate {
        kind: CertificateKind::Enforcement,
        number: number.to_owned(),
        from: None,
        until: Some(until.parse().expect("a day")),
    };
    // Now it is 2026-01-05 in Shanghai.
    holder.certificates = vec![
        office("in-30", "2026-02-04"),
        office("in-31", "2026-02-05"),
        office("today", "2026-01-05"),
        office("over-90", "2025-10-07"),
        office("over-91", "2025-10-06"),
    ];
    // The last second of the day in Shanghai.
    holder.sign_in_certificates = vec![certificate("aa", "2026-01-06T15:59:59Z")];
    let key = |name: &str, person, until: &str, revoked| StoredKey {
        id: uuid::Uuid::nil(),
        name: name.to_owned(),
        person,
        roles: [Role::CaseSystem].into(),
        courts: Courts::All,
        consumer: None,
        digest: Vec::new(),
        created: at(NOW),
        created_by: "security".to_owned(),
        expires: Some(at(until)),
        revoked,
    };
    let keys = [
        key("system", None, "2026-01-07T01:00:00Z", None),
        key("revoked", None, "2026-01-07T01:00:00Z", Some(at(NOW))),
        key("later", Some(holder.id), "2027-01-07T01:00:00Z", None),
    ];
    let persons = [holder];
    let listed: Vec<(String, i64)> =
        expiring(&persons, &keys, at(NOW)).iter().map(|one| (one.name.to_owned(), one.days)).collect();
    let expected = [("over-90", -90), ("today", 0), ("CN=aa", 1), ("system", 2), ("in-30", 30)];
    assert_eq!(listed, expected.map(|(name, days)| (name.to_owned(), days)));
    let gone = [Person { disabled: Some(at(NOW)), ..persons[0].clone() }];
    assert_eq!(expiring(&gone, &[], at(NOW)), []);
}

#[test]
fn every_rule_that_a_new_key_breaks_is_told() {
    let right = NewKey {
        name: "case-system".to_owned(),
        person: None,
        roles: [Role::CaseSystem].into(),
        courts: Courts::one("T10"),
        consumer: Some("case-system_1".to_owned()),
        expires: Some(at("2026-02-01T00:00:00Z")),
    };
    assert_eq!(check_key(&right, at(NOW)), []);
    let wrong = NewKey {
        name: " ".to_owned(),
        person: None,
        roles: [Role::Auditor, Role::Officer].into(),
        courts: Courts::Some([String::new()].into()),
        consumer: Some("Case System".to_owned()),
        expires: Some(at(NOW)),
    };
    let told: Vec<String> = check_key(&wrong, at(NOW)).into_iter().map(|one| one.pointer).collect();
    assert_eq!(told, ["/name", "/roles", "/courts", "/consumer", "/consumer", "/expires_at"]);
}
