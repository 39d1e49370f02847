//! The closing of an account, by its day and by its status.

use chakong_contract::asset::{DoubtAbout, DoubtKind};

use super::{account, doubts};

#[test]
fn a_day_that_means_no_closing_closes_no_account() {
    for day in [
        "",
        "1900-01-01 00:00:00",
        "1899/12/30",
        "1970-01-01 08:00:00",
        "0001/01/01 00:00:00",
        "0000-00-00",
        "20991231",
        "9999-12-31",
        "99999999",
        "9999-99-99 99:99:99",
        "2026/01/06",
        "2031-07-01",
        "null",
    ] {
        let account = account(&[("XHRQ", day)]);
        assert_eq!((account.closed, doubts(&account)), (None, vec![]), "{day}");
    }
    let closed = account(&[("XHRQ", "2026-01-04"), ("ZHZT", "销户"), ("KYYE", "0")]);
    assert_eq!(closed.closed.map(|day| day.to_string()).as_deref(), Some("2026-01-04"));
    assert!(!closed.needs_an_officer());
    let both = account(&[("XHRQ", "2020-02-03")]);
    assert_eq!(doubts(&both), [(DoubtAbout::Closed, DoubtKind::Contradiction)], "closed and in use");
}

#[test]
fn a_closing_that_the_status_denies_is_flagged() {
    for (status, is_doubtful) in [
        ("正常", true),
        ("冻结", true),
        ("久悬", true),
        ("已销户", false),
        ("注销", false),
        ("结清", false),
        ("", false),
        ("-", false),
    ] {
        let account = account(&[("XHRQ", "2019-08-07"), ("ZHZT", status), ("KYYE", "0")]);
        assert_eq!(account.needs_an_officer(), is_doubtful, "{status}");
    }
}

#[test]
fn a_status_that_says_closed_beside_money_is_flagged() {
    for (status, available, is_doubtful) in [
        ("已销户", "60000.00", true),
        ("注销", "0.01", true),
        ("已销户", "0.00", false),
        ("不允许销户", "60000.00", false),
        ("限制销户", "60000.00", false),
        ("销户冲正", "60000.00", false),
    ] {
        let account = account(&[("XHRQ", ""), ("ZHZT", status), ("KYYE", available)]);
        let want = if is_doubtful { vec![(DoubtAbout::Status, DoubtKind::Contradiction)] } else { vec![] };
        assert_eq!((doubts(&account), account.closed), (want, None), "{status} {available}");
    }
}

#[test]
fn without_a_day_of_the_answer_that_of_the_request_says_whether_a_closing_has_come() {
    // The request is of 2026-01-05.
    for (day, closed) in
        [("2026/01/04", true), ("2026-01-05", true), ("2026-01-19", false), ("2034-11-30", false)]
    {
        let account = account(&[("FKSJ", ""), ("XHRQ", day), ("ZHZT", "")]);
        assert_eq!(account.closed.is_some(), closed, "{day}");
    }
    for (day, doubted) in [("2025-12-30", false), ("2026-01-09", false), ("2041-02-03", true)] {
        let account = account(&[("FKSJ", ""), ("KHRQ", day)]);
        assert_eq!(!doubts(&account).is_empty(), doubted, "opened {day}: {:?}", account.doubts);
    }
}
