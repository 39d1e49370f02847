use super::*;

#[test]
fn reads_every_form_seen() {
    for text in [
        "2026/01/05 15:20:11",
        "2026-01-05 15:20:11",
        "20260105152011",
        "20260105 152011",
        "2026-01-05T15:20:11+08:00",
        "2026-01-05T07:20:11Z",
        "2026/1/5 15:20:11.0",
        "2026年1月5日 15:20:11",
    ] {
        let read = read_moment(text).expect(text).expect(text);
        assert_eq!(read.to_string(), "2026-01-05T15:20:11+08:00", "{text}");
        assert_eq!(read.unix_seconds(), 1_767_597_611, "{text}");
    }
    for text in ["2026/01/05", "20260105", "2026-1-5", "2026.01.05", "2026年01月05日"] {
        assert_eq!(read_date(text).expect(text).expect(text).to_string(), "2026-01-05", "{text}");
    }
}

#[test]
fn blank_and_no_end_are_none_and_nonsense_is_an_error() {
    assert_eq!(read_moment(" "), Ok(None));
    assert_eq!(read_date("9999-12-31"), Ok(None));
    for bad in [
        "tomorrow",
        "2026/13/01",
        "2026-02-30",
        "12",
        "2026/01/05 25:00:00",
        "１２",
        "0026-03-04",
        "0026-03-04T00:00:00Z",
        "/Date(soon)/",
        "02/03/2017",
        "Apr 31 2017",
        "1901/1/0",
    ] {
        assert_eq!(read_moment(bad), Err(DateError), "{bad}");
    }
}

#[test]
fn zero_days_and_far_years_are_no_dates() {
    for text in [
        "1900-01-01 00:00:00.0",
        "1900/1/1",
        "19000101",
        "1900-01-00",
        "1899-12-30T00:00:00",
        "18991231",
        "1904-01-01",
        "1970/01/01 08:00:00",
        "1970-01-01T00:00:00Z",
        "1969-12-31T16:00:00Z",
        "1753-01-01",
        "1000-01-01",
        "1582/10/15 00:00:00",
        "1601/01/01 00:00:00",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "0001/01/01 0:00:00",
        "00010101000000",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "00000000",
        "0000年00月00日",
        "/Date(-62135596800000)/",
        "/Date(-62135596800000+0800)/",
        "9999-12-31T23:59:59Z",
        "9999-12-31T00:00:00+08:00",
        "2099-12-31",
        "2099/06/30 23:59:59",
        "21991231",
        "null",
        "——",
        "暂无",
        "无",
        "0002-11-30 00:00:00",
        "-0001-11-30",
    ] {
        assert_eq!(read_moment(text), Ok(None), "{text}");
    }
    for (text, want) in [
        ("1900-01-02", "1900-01-02"),
        ("1970-01-02", "1970-01-02"),
        ("2098-12-31", "2098-12-31"),
        ("1694-07-27", "1694-07-27"),
        ("/Date(1577808000000+0800)/", "2020-01-01"),
        ("/Date(1577808000000)/", "2020-01-01"),
        ("1904-01-02T00:00:00+08:00", "1904-01-02"),
        ("1911-10-09T23:54:17+08:00", "1911-10-10"),
        ("2017-04-20 00:00:00 +0800 CST", "2017-04-20"),
        ("Apr 20 2017 12:00AM", "2017-04-20"),
        ("04/20/2017", "2017-04-20"),
        ("20/04/2017 08:30:00", "2017-04-20"),
        ("20-APR-2017", "2017-04-20"),
    ] {
        assert_eq!(read_date(text).expect(text).expect(text).to_string(), want, "{text}");
    }
}

#[test]
fn an_end_after_the_day_of_speaking_has_not_come() {
    let day = |text: &str| text.parse::<Date>().ok();
    let (end, before, after) = (day("2031-05-06"), day("2026-01-05"), day("2031-05-07"));
    assert_eq!(end_that_has_come(end, before), None);
    assert_eq!(end_that_has_come(end, end), end);
    assert_eq!(end_that_has_come(end, after), end);
    assert_eq!(end_that_has_come(day("1899-12-29"), end), None, "no record of today has such an end");
    assert_eq!(end_that_has_come(end, None), None, "without a day of speaking it has not surely come");
    assert_eq!(end_that_has_come(day("2019-05-06"), None), day("2019-05-06"), "it lies behind every answer");
}

#[test]
fn millis_are_midnights_in_shanghai() {
    let date = |millis| read_millis(millis).map(|moment| moment.date().to_string());
    assert_eq!(date(1_492_617_600_000).as_deref(), Some("2017-04-20"));
    assert_eq!(date(1_522_583_552).as_deref(), Some("2018-04-01"));
    assert_eq!(date(-86_400_000).as_deref(), Some("1969-12-31"));
    let nothing =
        [253_402_185_600_000, 95_617_555_200_000, 64_029_024_000_000, i64::MAX, -62_135_596_800_000, 0];
    for no_end in nothing {
        assert_eq!(date(no_end), None, "{no_end}");
    }
}

#[test]
fn millis_of_summers_and_of_the_far_past_are_the_midnights_of_their_days() {
    let date = |millis| read_millis(millis).map(|moment| moment.date().to_string());
    for (millis, want) in [
        // Under summer time, 1986 to 1991.
        (583_686_000_000, "1988-07-01"),
        (645_375_600_000, "1990-06-15"),
        (521_136_000_000, "1986-07-08"),
        // The same days from a system that knows no summer time.
        (583_689_600_000, "1988-07-01"),
        (694_195_200_000, "1992-01-01"),
        (-2_208_931_543_000, "1900-01-02"),
    ] {
        assert_eq!(date(millis).as_deref(), Some(want), "{millis}");
    }
    for none in [
        -2_209_190_743_000,
        -2_209_190_400_000,
        -2_209_190_752_000,
        -2_209_017_943_000,
        -2_082_873_943_000,
        -6_847_833_943_000,
        -11_644_502_743_000,
        -30_610_253_143_000,
        -30_609_821_143_000,
        -62_135_625_943_000,
        // As seconds.
        -2_209_190_743,
        -2_209_017_600,
        -62_135_596_800,
        253_402_185_600,
        253_402_271_999,
        64_029_024_000,
    ] {
        assert_eq!(date(none), None, "{none}");
    }
}

#[test]
fn a_moment_that_travelled_is_the_same() {
    for text in ["1988-07-01T00:00:00+08:00", "2026-01-05T15:20:11+08:00", "1899-12-29T23:54:17+08:00"] {
        assert_eq!(text.parse::<Moment>().expect(text).to_string(), text);
    }
    let summer: Moment = "1988-07-01T00:00:00+09:00".parse().expect("a moment");
    assert_eq!(summer.to_string(), "1988-07-01T00:00:00+08:00", "the wall clock counts");
}

#[test]
fn zero_days_of_other_clocks_and_programs_are_no_dates() {
    for text in [
        // Zero days with an offset or a clock of their own.
        "1899-12-29T15:54:17Z",
        "1899-12-29T15:54:17.000Z",
        "1899-12-29 23:54:17",
        "1899-12-29T23:54:17+08:00",
        "1903-12-31T23:54:08+08:00",
        "1752-12-31T15:54:17Z",
        "1600-12-31T15:54:17Z",
        "0999-12-31T15:54:17Z",
        "1899-12-30T00:00:00+08:05:43",
        "9999-12-31 23:59:59+08:00",
        "9999-12-31 23:59:59Z",
        "9999-12-31T23:59:59 +08:00",
        "0001-01-01 00:00:00 +0000 UTC",
        // Zero days of programs that were not set up for China.
        "1900/1/0",
        "1900/1/0 0:00:00",
        "1900年1月0日",
        "1900-1-0 00:00",
        "19000100",
        "1/0/1900",
        "0-Jan-1900",
        "01/01/1900",
        "1/1/1900 12:00:00 AM",
        "12/30/1899 12:00:00 AM",
        "30/12/1899 00:00:00",
        "1/1/0001 12:00:00 AM",
        "Jan  1 1900 12:00AM",
        "Dec 31 9999 11:59PM",
        "01-JAN-1900",
        "Mon Jan 01 00:00:00 CST 1900",
        "1900/1/1 星期一 上午 12:00:00",
        "infinity",
    ] {
        assert_eq!(read_moment(text), Ok(None), "{text}");
    }
}
