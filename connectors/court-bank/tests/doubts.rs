//! What a bank says and nobody may believe: kept, flagged, and never taken for what it is not.

#[path = "doubts/closing.rs"]
mod closing;
#[path = "doubts/rows.rs"]
mod rows;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::asset::{Asset, DoubtAbout, DoubtKind};
use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::SettingValue;
use chakong_contract::reply::Holding;
use chakong_contract::{Account, Answer, Message, Reply, Settings};
use chakong_court_bank::plugin;

const BANK: &str = "E999H110000000001";

fn settings() -> Settings {
    Settings::default().with("bank_code", SettingValue::Text(BANK.to_owned()))
}

fn read(bytes: &[u8]) -> Answer {
    let connector = (plugin().build)(&settings()).expect("settings");
    let reading = connector.read(&Message::new("", bytes));
    match reading.reads.into_iter().map(|read| read.content).next() {
        Some(ReadContent::Answer(answer)) => *answer,
        other => panic!("{other:?} {:?}", reading.problems),
    }
}

/// An account of an answer, with further attributes in place of those of a plain one.
fn row(attributes: &[(&str, &str)]) -> String {
    let plain = [
        ("BDHM", "A220260105990101100001"),
        ("CCXH", "1"),
        ("KHZH", "4000020011"),
        ("CCLB", "借记卡"),
        ("ZHZT", "正常"),
        ("BZ", "156"),
        ("YE", "800.00"),
        ("KYYE", "800.00"),
        ("FKSJ", "2026/01/05 10:12:30"),
    ];
    let given = |name: &str| attributes.iter().any(|(other, _)| *other == name);
    let all = plain.iter().filter(|(name, _)| !given(name)).chain(attributes);
    let text: String = all.map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
    format!("<zhxx{text}/>")
}

fn accounts(rows: &[String]) -> (Vec<Account>, Answer) {
    let answer = read(format!("<zhxxList>{}</zhxxList>", rows.concat()).as_bytes());
    let accounts = answer.reply.assets().iter().map(|found| match &found.asset {
        Asset::Account(account) => account.clone(),
        other => panic!("{other:?}"),
    });
    (accounts.collect(), answer)
}

fn account(attributes: &[(&str, &str)]) -> Account {
    accounts(&[row(attributes)]).0.remove(0)
}

fn doubts(account: &Account) -> Vec<(DoubtAbout, DoubtKind)> {
    account.doubts.iter().map(|doubt| (doubt.about, doubt.kind)).collect()
}

#[test]
fn text_that_was_decoded_wrongly_is_flagged_and_kept() {
    // 住房公积金 as UTF-8 read as GB 18030, with its last byte lost.
    let garbled = encoding_rs::GB18030.decode_without_bom_handling("住房公积".as_bytes()).0.into_owned();
    for class in [garbled.as_str(), "锟斤拷锟斤拷", "????", "社\u{E5E5}户"] {
        let account = account(&[("CCLB", class)]);
        assert_eq!(doubts(&account), [(DoubtAbout::Class, DoubtKind::Garbled)], "{class}");
        assert!(account.needs_an_officer());
        assert_eq!(account.class, class, "kept as it came");
    }
    let foreign = account(&[("CCLB", "зарплатный счёт")]);
    assert_eq!(doubts(&foreign), [(DoubtAbout::Class, DoubtKind::Unreadable)]);
    assert!(!account(&[("CCLB", "农民工工资专用账户")]).needs_an_officer());
    assert!(!account(&[("KHWD", "????")]).needs_an_officer(), "a branch decides nothing");
}

#[test]
fn what_cannot_be_read_is_not_taken_for_silence() {
    let unread = account(&[("KYYE", "８00元整")]);
    assert_eq!(
        (unread.available, doubts(&unread)),
        (None, vec![(DoubtAbout::Available, DoubtKind::Unreadable)])
    );
    let silent = account(&[("KYYE", "")]);
    assert_eq!((silent.available, doubts(&silent)), (None, vec![]));
    let beyond = account(&[("YE", "7.9E27"), ("KYYE", "79000000000000000000000000000")]);
    assert_eq!((beyond.balance, beyond.available), (None, None));
    assert_eq!(
        doubts(&beyond),
        [(DoubtAbout::Balance, DoubtKind::Implausible), (DoubtAbout::Available, DoubtKind::Implausible)]
    );
    let large = account(&[("YE", "3.2176543E7"), ("KYYE", "3.0E7")]);
    let amount = |money: Option<chakong_contract::Money>| money.expect("an amount").amount.to_string();
    assert_eq!((amount(large.balance), amount(large.available)), ("32176543".into(), "30000000".into()));
}

#[test]
fn null_as_text_is_nothing() {
    let account = account(&[("CCLB", "null"), ("KHWD", "NULL"), ("GLZJZH", "(null)"), ("BZ", "null")]);
    assert_eq!(
        (account.class.as_str(), account.branch.as_str(), account.linked_account.as_str()),
        ("", "", "")
    );
    assert_eq!((account.currency, doubts(&account)), (None, vec![]));
}

#[test]
fn one_account_in_two_spellings_is_one_and_two_rows_that_contradict_are_flagged() {
    let spelt = |number: &str| row(&[("KHZH", number)]);
    let (one, answer) = accounts(&[spelt("4000-0200 11"), spelt("4000020011")]);
    assert_eq!((one.len(), answer.reply.outcome()), (1, "found"));
    let (two, answer) =
        accounts(&[spelt("4000020011"), row(&[("KHZH", "4000 020011"), ("CCXH", "2"), ("KYYE", "1.00")])]);
    assert_eq!((two.len(), answer.reply.outcome()), (2, "partial"));
    assert!(two.iter().all(Account::needs_an_officer));
    let (currencies, _) = accounts(&[spelt("4000020011"), row(&[("BZ", "840"), ("KYYE", "1.00")])]);
    assert!(currencies.iter().all(|account| account.doubts.is_empty()), "one number in two currencies");
}

/// An account with what further elements say of it.
#[test]
fn a_sub_account_and_a_product_are_listed_once() {
    let sub = |number: &str, balance: &str| {
        format!(
            "<glxx GLXH=\"1\" GLZHLB=\"定期\" GLZHHM=\"{number}\" BZ=\"156\" YE=\"{balance}\" KYYE=\"{balance}\"/>"
        )
    };
    let product = |number: &str, quantity: &str| {
        format!("<jrxx ZCXH=\"1\" JRCPBH=\"{number}\" LCZH=\"W1\" SE=\"{quantity}\" KYSE=\"{quantity}\"/>")
    };
    let with = |subs: &str, products: &str| {
        let open = row(&[]).trim_end_matches("/>").to_owned();
        let row = format!("{open}><glxxList>{subs}</glxxList><jrxxList>{products}</jrxxList></zhxx>");
        accounts(&[row]).0.remove(0)
    };
    let same = with(&(sub("0-02", "5") + &sub("0 02", "5")), &(product("F-7", "9") + &product("F7", "9")));
    assert_eq!((same.sub_accounts.len(), same.products.len(), same.doubts.len()), (1, 1, 0));
    assert_eq!(same.sub_accounts[0].number, "0-02", "it must come back as it was written");
    let other = with(&(sub("0-02", "5") + &sub("002", "6")), &(product("F-7", "9") + &product("F7", "8")));
    assert_eq!((other.sub_accounts.len(), other.products.len()), (2, 2));
    assert_eq!(doubts(&other), [(DoubtAbout::Number, DoubtKind::Contradiction); 2]);
}

fn holding(attributes: &str) -> Holding {
    let text = format!(
        "<kzxxList><kzxx BDHM=\"A220260105990101200001\" CCXH=\"1\" KZZT=\"1\" {attributes}/></kzxxList>"
    );
    match read(text.as_bytes()).reply {
        Reply::Held(holding) | Reply::PartlyHeld(holding) => holding,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_result_says_what_it_is_about_for_the_order_to_be_compared_with() {
    let held = holding("KHZH=\"4000020099\" KZNR=\"2\" DJXE=\"2.0E7\" SKJE=\"1.25E7\" CSJSRQ=\"2099-12-31\"");
    assert_eq!(held.stated.account.as_deref(), Some("4000020099"));
    assert_eq!((held.stated.whole, held.stated.product.as_deref()), (Some(true), None));
    assert_eq!(
        (held.limit.expect("a limit").amount, held.held.amount),
        (20_000_000.into(), 12_500_000.into())
    );
    assert_eq!(held.until, None);
    let [doubt] = held.doubts.as_slice() else { panic!("{:?}", held.doubts) };
    assert_eq!(
        (doubt.about, doubt.kind, doubt.value.as_str()),
        (DoubtAbout::Term, DoubtKind::Implausible, "2099-12-31")
    );
    assert!(holding("SKJE=\"1.00\"").stated.is_empty());
}

#[test]
fn what_is_held_counts_beside_a_limit_that_cannot_be_believed() {
    use DoubtAbout::{Held, Limit};
    use DoubtKind::{Contradiction, Implausible, Unreadable};
    for (attributes, doubt) in [
        ("DJXE=\"7300.00元\"", (Limit, Unreadable)),
        ("DJXE=\"见附件\"", (Limit, Unreadable)),
        ("DJXE=\"3E77\"", (Limit, Unreadable)),
        ("DJXE=\"7300.00\" CESKJE=\"12..5\"", (Held, Unreadable)),
        ("DJXE=\"7300.00\" CESKJE=\"4E81\"", (Held, Unreadable)),
        ("DJXE=\"-12.00\"", (Limit, Implausible)),
        ("DJXE=\"0.00\"", (Limit, Implausible)),
        ("DJXE=\"7300.00\" CESKJE=\"-0.01\"", (Held, Implausible)),
        ("DJXE=\"7300.00\" CESKJE=\"7300.01\"", (Held, Contradiction)),
    ] {
        let held = holding(&format!("SKJE=\"7300.00\" {attributes}"));
        assert_eq!((held.held.amount, held.unstated), (7300.into(), false), "{attributes}");
        let doubts: Vec<_> = held.doubts.iter().map(|doubt| (doubt.about, doubt.kind)).collect();
        assert_eq!(doubts, [doubt], "{attributes}");
    }
    for plain in
        ["SKJE=\"0.00\" DJXE=\"0.00\"", "SKJE=\"5.00\" DJXE=\"8.00\" CESKJE=\"3.00\"", "SKJE=\"5.00\""]
    {
        assert_eq!(holding(plain).doubts, [], "{plain}");
    }
}

#[test]
fn a_start_after_the_answer_and_an_answer_far_from_the_request_are_flagged() {
    use DoubtAbout::{Opened, Other, Term};
    let implausible = |about| (about, DoubtKind::Implausible);
    for (attributes, flagged) in [
        (vec![("KHRQ", "2026-01-06")], vec![implausible(Opened)]),
        (vec![("KHRQ", "20370901")], vec![implausible(Opened)]),
        (
            vec![("FKSJ", "2044/03/02 08:00:00"), ("KHRQ", "2040-03-02")],
            vec![implausible(Other), implausible(Opened)],
        ),
        (vec![("FKSJ", "2011-01-05")], vec![implausible(Other)]),
        (vec![("KHRQ", "2026-01-05")], vec![]),
        (vec![("KHRQ", "2009-11-23"), ("FKSJ", "2026-02-27 23:59:59")], vec![]),
    ] {
        assert_eq!(doubts(&account(&attributes)), flagged, "{attributes:?}");
    }
    assert_eq!(
        account(&[("FKSJ", "2044-03-02"), ("XHRQ", "2043-03-02")]).closed,
        None,
        "it is not yet closed"
    );
    let kinds = |attributes: &str| {
        holding(attributes).doubts.into_iter().map(|one| (one.about, one.kind)).collect::<Vec<_>>()
    };
    assert_eq!(kinds("SKJE=\"1.00\" CSKSRQ=\"2046-01-05\" CSJSRQ=\"2046-12-31\""), [implausible(Term)]);
    assert_eq!(kinds("SKJE=\"1.00\" CSKSRQ=\"2026-01-07\" CSJSRQ=\"2026-12-31\""), []);
}

#[test]
fn two_results_of_one_account_in_two_spellings_are_one() {
    let row = |account: &str, sequence: &str, held: &str| {
        format!(
            "<kzxx BDHM=\"A220260105990101200007\" CCXH=\"{sequence}\" KZZT=\"1\" KHZH=\"{account}\" SKJE=\"{held}\"/>"
        )
    };
    let content = |rows: &[String]| {
        let connector = (plugin().build)(&settings()).expect("settings");
        let text = format!("<kzxxList>{}</kzxxList>", rows.concat());
        connector.read(&Message::new("", text.as_bytes())).reads.remove(0).content
    };
    for spelled in ["6200-0300-0041", "６２０００３０００041", "6200 0300 0041"] {
        let both = [row("620003000041", "1", "64.50"), row(spelled, "01", "64.50")];
        let ReadContent::Answer(answer) = content(&both) else { panic!("{spelled}") };
        assert!(matches!(answer.reply, Reply::Held(_) | Reply::PartlyHeld(_)), "{spelled}");
    }
    let contradicting = [row("620003000041", "1", "64.50"), row("6200-03000041", "1", "64.05")];
    assert!(matches!(content(&contradicting), ReadContent::Fault(_)));
}

#[test]
fn values_sealed_in_utf8_are_read_over_the_web_service() {
    let sealed = |text: &str| STANDARD.encode(text);
    let row = format!(
        "<zhxxList><zhxx BDHM=\"{}\" KHZH=\"{}\" CCLB=\"{}\" ZHZT=\"{}\" KYYE=\"{}\"/></zhxxList>",
        sealed("A220260105990101100001"),
        sealed("4000020011"),
        sealed("工会经费账户"),
        sealed("冻结"),
        sealed("9.5E7"),
    );
    let call = format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
         <shfeedXzcxInfo xmlns=\"http://syyh.service.webService.ckw.tdh/\"><arg0 xmlns=\"\">eA==</arg0>\
         <arg1 xmlns=\"\">{}</arg1></shfeedXzcxInfo></soapenv:Body></soapenv:Envelope>",
        STANDARD.encode(row)
    );
    let answer = read(call.as_bytes());
    let [found] = answer.reply.assets() else { panic!("{answer:?}") };
    let Asset::Account(account) = &found.asset else { panic!("{found:?}") };
    assert_eq!((account.class.as_str(), account.status.as_str()), ("工会经费账户", "冻结"));
    assert_eq!(
        (account.available.map(|money| money.amount), doubts(account)),
        (Some(95_000_000.into()), vec![])
    );
}

#[test]
fn what_stands_in_place_of_a_number_is_none() {
    for nothing in ["-", "null", "N/A", "000000", "——"] {
        let (found, answer) = accounts(&[row(&[]), row(&[("KHZH", nothing)])]);
        assert_eq!((found.len(), answer.reply.outcome()), (1, "partial"), "{nothing}");
        let account = account(&[("KHWDDM", nothing), ("GLZJZH", nothing)]);
        assert_eq!((account.branch_code.as_str(), account.linked_account.as_str()), ("", ""), "{nothing}");
        assert!(holding(&format!("SKJE=\"1.00\" JRCPBH=\"{nothing}\" LCZH=\"{nothing}\"")).stated.is_empty());
    }
    let open = row(&[]).trim_end_matches("/>").to_owned();
    let lists = "<glxxList><glxx GLXH=\"1\" GLZHHM=\"无\" YE=\"5\" KYYE=\"5\"/></glxxList>\
                 <jrxxList><jrxx ZCXH=\"1\" JRCPBH=\"/\" LCZH=\"-\" SE=\"9\" KYSE=\"9\"/></jrxxList>";
    let account = accounts(&[format!("{open}>{lists}</zhxx>")]).0.remove(0);
    assert_eq!((account.sub_accounts[0].number.as_str(), account.products[0].number.as_str()), ("", ""));
    assert_eq!(account.products[0].wealth_account, "");
}

#[test]
fn a_number_that_is_partly_hidden_is_shown_and_names_nothing() {
    let hidden = account(&[("KHZH", "400002****11")]);
    assert_eq!(hidden.number, "400002****11");
    assert_eq!(doubts(&hidden), [(DoubtAbout::Number, DoubtKind::Unreadable)]);
    let held = holding("KHZH=\"400002****11\" SKJE=\"1.00\"");
    assert_eq!(held.stated.account.as_deref(), Some("400002****11"), "a person compares it");
}

#[test]
fn what_binary_fractions_leave_over_is_rounded_and_kept_as_it_came() {
    let amount = |money: Option<chakong_contract::Money>| money.expect("an amount").amount.to_string();
    for (text, want) in [
        ("0.30000000000000004", "0.30"),
        ("6.938893903907228E-18", "0.00"),
        ("-0.0", "0.0"),
        ("1.0E7", "10000000"),
        ("72810.400000000009", "72810.40"),
    ] {
        let (accounts, answer) = accounts(&[row(&[("YE", text), ("KYYE", text)])]);
        let account = &accounts[0];
        assert_eq!([account.balance, account.available].map(amount), [want, want], "{text}");
        assert!(!account.needs_an_officer(), "{text}");
        let kept = if matches!(text, "-0.0" | "1.0E7") { 0 } else { 2 };
        assert_eq!(answer.unknown.iter().filter(|one| one.value == text).count(), kept, "{text}");
    }
    let held = holding("SKJE=\"49.999999999999993\" DJXE=\"50.0\" CESKJE=\"7.1E-15\"");
    assert_eq!((held.held.amount.to_string().as_str(), amount(held.uncovered).as_str()), ("50.00", "0.00"));
    let finer = holding("SKJE=\"49.999\" DJXE=\"50.0\"");
    assert_eq!(finer.held.amount.to_string(), "49.999", "a tenth of a fen is no remainder of calculation");
}

#[test]
fn a_content_of_control_that_is_not_known_is_flagged() {
    for (content, whole, flagged) in [
        ("1", Some(false), 0),
        ("02", Some(true), 0),
        ("", None, 0),
        ("/", None, 0),
        ("3", None, 1),
        ("资金", None, 1),
    ] {
        let held = holding(&format!("SKJE=\"5.00\" KZNR=\"{content}\""));
        assert_eq!((held.stated.whole, held.doubts.len()), (whole, flagged), "{content}");
    }
}
