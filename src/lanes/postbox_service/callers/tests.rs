use std::time::Duration;

use chakong_contract::Secret;

use super::*;

fn from(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn claimed(account: &str, password: &str) -> Credentials {
    Credentials { account: account.to_owned(), password: Secret::new(password), operation: "ask".to_owned() }
}

fn bank(account: &str, password: &str) -> Arc<CounterpartConfig> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("password"), password).expect("the password");
    let text = format!(
        "connector = \"court-bank\"\n[settings]\nbank_code = \"E999H110000000001\"\naccount = \"{account}\"\n\
         password = {{ file = \"password\" }}\n[line]\nkind = \"postbox\"\npath = \"/x\"\n"
    );
    let mut problems = crate::config::Problems::default();
    let plugins = [chakong_court_bank::plugin()];
    let path = folder.path().join("bank.toml");
    let read = crate::config::read_counterpart(&path, &text, &plugins, &mut problems);
    Arc::new(read.unwrap_or_else(|| panic!("{problems}")))
}

fn waits(callers: &Callers, account: &str, at: u8, times: usize) -> Vec<u128> {
    let wrong = claimed(account, "wrong");
    (0..times).map(|_| callers.note(&wrong, "/x", from(at)).wait.as_millis()).collect()
}

#[tokio::test(start_paused = true)]
async fn each_wrong_password_costs_more_time_than_the_last_up_to_a_limit() {
    let callers = Callers::default();
    let expected = [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000];
    assert_eq!(waits(&callers, "known", 1, 9), expected);
    assert_eq!(waits(&callers, "another", 2, 9), expected, "an account that nobody has costs the same");
    assert_eq!(waits(&callers, "known", 3, 1), [5000], "whoever tries the account");
    assert_eq!(waits(&callers, "third", 1, 1), [5000], "whatever is tried from the address");
    assert_eq!(waits(&callers, "fourth", 4, 1), [100], "others are another matter");
    tokio::time::advance(Duration::from_secs(15 * 60)).await;
    assert_eq!(waits(&callers, "known", 1, 1), [100]);
}

#[tokio::test(start_paused = true)]
async fn the_right_password_is_let_in_however_many_wrong_ones_wait() {
    let (callers, here) = (Callers::default(), [bank("A", "right"), bank("B", "other")]);
    waits(&callers, "A", 9, 100);
    for _ in 0..3 {
        let found = callers.find(&here, &claimed("A", "right"), "/x", from(1));
        assert!(found.is_some_and(|found| Arc::ptr_eq(found, &here[0])));
    }
    assert_eq!(waits(&callers, "A", 9, 1), [5000], "who guesses stays slow, though the right one called");
    for (account, password) in [("A", "other"), ("B", "right"), ("", ""), ("A", ""), ("C", "right")] {
        assert!(callers.find(&here, &claimed(account, password), "/x", from(1)).is_none(), "{account}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_mistyped_and_then_called_rightly_begins_anew() {
    let (callers, here) = (Callers::default(), [bank("A", "right")]);
    waits(&callers, "A", 1, 5);
    assert!(callers.find(&here, &claimed("A", "right"), "/x", from(1)).is_some());
    assert_eq!(waits(&callers, "A", 2, 1), [100], "from elsewhere");
}

#[tokio::test(start_paused = true)]
async fn keys_have_a_counter_of_their_own() {
    let callers = Callers::default();
    waits(&callers, "nobody-has-it", 1, 20);
    let key = claimed("", "guess");
    let note = |path: &str, at| callers.note(&key, path, from(at)).wait.as_millis();
    assert_eq!(note("/city", 2), 100);
    assert_eq!(note("/city", 3), 200, "whatever key is tried at the place");
    assert_eq!(note("/other", 4), 100, "another place is another matter");
}
