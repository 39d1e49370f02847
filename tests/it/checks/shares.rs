//! `check` of the shares of courts in a quota.

use super::{GATEWAY, bank, check, configured};

#[test]
fn shares_of_a_quota_that_cannot_be_are_found() {
    let share = |court: &str, part: &str| format!("[[limits.shares]]\ncourt = \"{court}\"\n{part}\n");
    let file = |number: u32, limits: &str, shares: &[String]| {
        format!("{}[limits]\n{limits}{}", bank(&format!("E999H11000000000{number}")), shares.concat())
    };
    let day = "per_day = 10\n";
    let posted = "connector = \"court-bank\"\n[line]\nkind = \"postbox\"\npath = \"/bank\"\n[settings]\n\
                  bank_code = \"E999H110000000007\"\naccount = \"YH1\"\npassword = { env = \"PASSWORD\" }\n";
    let files = [
        ("a.toml", file(1, day, &[share("9910", "percent = 60"), share("9920", "percent = 41")])),
        ("b.toml", file(2, day, &[share("9910", "requests = 11")])),
        ("c.toml", file(3, "", &[share("9910", "percent = 60")])),
        ("d.toml", file(4, day, &[share("9910", "percent = 10"), share("9910", "percent = 20")])),
        ("e.toml", file(5, day, &[share(" ", "percent = 1"), share("9920", "percent = 101")])),
        ("f.toml", file(6, day, &[share("9910", "percent = 10\nrequests = 1"), share("9920", "")])),
        ("g.toml", format!("{posted}[limits]\n{day}{}", share("9910", "percent = 50"))),
        ("h.toml", file(8, day, &[share("9910", "percent = 60"), share("9920", "requests = 4")])),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = configured(&format!("[postbox]\nlisten = \"127.0.0.1:0\"\n{GATEWAY}"), &files);
    let (_, _, said) = check(folder.path(), &[]);
    let told = |file: &str, what: &str| said.lines().any(|line| line.contains(file) && line.contains(what));
    for (file, what) in [
        ("a.toml:", "are more than 100 % of the 10 requests"),
        ("b.toml:", "are more than 100 % of the 10 requests"),
        ("c.toml:", "are parts of the requests of a day"),
        ("d.toml:", "name the court `9910` twice"),
        ("e.toml:", "names no court"),
        ("e.toml:", "comes to no request"),
        ("e.toml:", "must lie between 1 and 100"),
        ("f.toml:", "say either"),
        ("g.toml:", "over a call or a parcel line"),
    ] {
        assert!(told(file, what), "{file} {what}\nis not in\n{said}");
    }
    assert!(!told("h.toml:", "shares"), "{said}");
}
