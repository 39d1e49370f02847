//! Elements that the protocol page names (sections 2.7 and 2.9), so that others can be counted.

use std::collections::BTreeSet;

use chakong_contract::reply::UnknownValue;

use super::super::tree::Element;

/// Most unknown elements that are shown of one result.
const MOST: usize = 50;
/// Longest value of one that is shown, in characters.
const LONGEST: usize = 200;

const KNOWN: &[&str] = &[
    // Results and their lists.
    "CXQQDH",
    "RESULT",
    "MESSAGE",
    "TDSYQLIST",
    "TDSYQ",
    "JSYDSYQLIST",
    "JSYDSYQ",
    "FDCQLIST",
    "FDCQ",
    "HYSYQLIST",
    "HYSYQ",
    "GJZWSYQLIST",
    "GJZWSYQ",
    "LQLIST",
    "LQ",
    "DYAQLIST",
    "DYAQ",
    "YGDJLIST",
    "YGDJ",
    "CFDJLIST",
    "CFDJ",
    "YYXXLIST",
    "YYXX",
    "QLRXXLIST",
    "QLRXX",
    "KZXXLIST",
    "KZXX",
    // What entries have in common.
    "BDCDYH",
    "ZL",
    "DJJG",
    "DQDM",
    "YWH",
    "BEIZ",
    "FEBL",
    "DJSJ",
    "QSZT",
    "FJ",
    "ZXSJ",
    "QXDM",
    // Titles.
    "ZDMJ",
    "MJDW",
    "YT",
    "QLXZ",
    "BDCQZH",
    "SYQMJ",
    "SYQQSSJ",
    "SYQJSSJ",
    "FDZL",
    "JZMJ",
    "ZYJZMJ",
    "FTJZMJ",
    "GHYT",
    "FWXZ",
    "JGSJ",
    "TDSYQSSJ",
    "TDSYJSSJ",
    "TDSYQQSSJ",
    "TDSYQJSSJ",
    "ZCS",
    "XMMC",
    "YHWZSM",
    "YHLXA",
    "YHLXB",
    "HDMC",
    "HDWZ",
    "HDYT",
    "GJZWGHYT",
    "GJZWMJ",
    "TDHYSYQSSJ",
    "TDHYSYJSSJ",
    "TDHYSYQQSSJ",
    "TDHYSYQJSSJ",
    "LDSYQSSJ",
    "LDSYJSSJ",
    "LDSYQXZ",
    "GYFS",
    "GYQK",
    "GYR",
    "CBMJ",
    // Mortgages, prenotices, seizures, objections.
    "DYBDCLX",
    "DYR",
    "DYFS",
    "BDBZZQSE",
    "ZWLXQSSJ",
    "ZWLXJSSJ",
    "BDCDJZMH",
    "DYQR",
    "ZGZQSE",
    "JEDW",
    "ZJJZWZL",
    "YGDJZL",
    "YWR",
    "CFJG",
    "CFLX",
    "CFWH",
    "CFQSSJ",
    "CFJSSJ",
    "CFYWH",
    "CFFW",
    "XH",
    "JFDJSJ",
    "YYSQR",
    "YYSX",
    // Holders.
    "SXH",
    "QLRMC",
    "QZYSXLH",
    "SFCZR",
    "ZJZL",
    "ZJH",
    "FZJG",
    "SSHY",
    "GJ",
    "HJSZSS",
    "XB",
    "DH",
    "DZ",
    "YB",
    "GZDW",
    "DZYJ",
    "QLRLX",
    "QLBL",
    "BZ",
    "BDCLX",
    // Controls.
    "BDCQLLX",
    "KZZT",
    "CSKSRQ",
    "CSJSRQ",
    "WNKZYY",
];

/// Elements of a result that the page does not name, each name once with its first value.
pub(crate) fn unknown(result: &Element) -> Vec<UnknownValue> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    let mut open: Vec<&Element> = result.children.iter().rev().collect();
    while let Some(element) = open.pop() {
        let is_known = || KNOWN.iter().any(|known| known.eq_ignore_ascii_case(&element.name));
        // Each name is looked up once, however many entries have it.
        if seen.insert(&element.name) && found.len() < MOST && !is_known() {
            let value = element.text.trim().chars().take(LONGEST).collect();
            found.push(UnknownValue { field: element.name.clone(), value });
        }
        open.extend(element.children.iter().rev());
    }
    found
}
