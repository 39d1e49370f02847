use chakong_contract::order::{DocumentKind, LegalDocument};
use chakong_contract::{ActionKind, Date, IdentityDocument};
use rust_decimal::Decimal;

use super::file_kind;
use crate::domain::rules::authority;
use crate::domain::{Finding, Mandate, Submission};

/// Most parties of one inquiry.
pub const MOST_PARTIES: usize = 100;
/// Most identity documents of one party.
const MOST_DOCUMENTS: usize = 20;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;
/// Most legal documents of one inquiry.
const MOST_LEGAL_DOCUMENTS: usize = 50;

/// Every rule that a submission breaks by itself, whoever would be asked.
pub fn check(submission: &Submission) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_case(submission, &mut findings);
    check_parties(submission, &mut findings);
    check_documents(&submission.documents, &mut findings);
    check_authority(submission, &mut findings);
    if let Some((from, until)) = submission.search.transactions
        && until < from
    {
        findings.push(Finding::new(
            "/search/transactions",
            "截止日早于起始日 the last day lies before the first",
        ));
    }
    if let Some(mandate) = &submission.mandate {
        check_mandate(submission, mandate, &mut findings);
    }
    if !(1..=8760).contains(&submission.deadline_hours.unwrap_or(24)) {
        findings.push(Finding::new(
            "/deadline_hours",
            "应为 1 至 8760 的整数（小时） must lie between 1 and 8760",
        ));
    }
    findings
}

/// Every rule that documents break.
pub fn check_documents(documents: &[LegalDocument], findings: &mut Vec<Finding>) {
    if documents.len() > MOST_LEGAL_DOCUMENTS {
        findings.push(Finding::new(
            "/documents",
            format!("文书至多 {MOST_LEGAL_DOCUMENTS} 份 at most {MOST_LEGAL_DOCUMENTS} documents"),
        ));
    }
    for (at, document) in documents.iter().enumerate() {
        file_kind::of_document(&format!("/documents/{at}"), document, findings);
    }
}

/// Whether the law lets these parties be looked up, and frozen where that is wanted, in such a case.
fn check_authority(submission: &Submission, findings: &mut Vec<Finding>) {
    let code = submission.case.number.type_code();
    let freezes = submission.mandate.is_some();
    let present: Vec<DocumentKind> = submission.documents.iter().map(|document| document.kind).collect();
    for (at, party) in submission.parties.iter().enumerate() {
        let wanted = [ActionKind::Query].into_iter().chain(freezes.then_some(ActionKind::Freeze));
        for action in wanted {
            match authority::permitted(submission.purpose.word(), code, party.role, action) {
                Err(denied) => {
                    let pointer = pointer_of(denied.reason, at);
                    push_once(findings, Finding::new(pointer, denied.to_string()));
                }
                // What goes along to counterparts is checked for each of them.
                Ok(needed) => {
                    for kind in needed.missing(&present).into_iter().filter(|kind| kind.stays_with_court()) {
                        let detail = format!("缺{} missing document ({})", kind.chinese(), needed.basis);
                        push_once(findings, Finding::new("/documents", detail));
                    }
                }
            }
        }
    }
}

fn pointer_of(reason: authority::DeniedReason, party: usize) -> String {
    use authority::DeniedReason::{Action, Role, RulesUnreadable, TypeCode, UnknownPurpose, UnknownTypeCode};
    match reason {
        UnknownTypeCode | TypeCode => "/case/number".to_owned(),
        UnknownPurpose | RulesUnreadable => "/purpose".to_owned(),
        Role => format!("/parties/{party}/role"),
        Action => "/mandate".to_owned(),
    }
}

fn push_once(findings: &mut Vec<Finding>, finding: Finding) {
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}

fn check_case(submission: &Submission, findings: &mut Vec<Finding>) {
    let officers = &submission.case.officers;
    if officers.is_empty() || officers.len() > 10 {
        findings.push(Finding::new(
            "/case/officers",
            "承办人应为 1 至 10 名（法释〔2013〕20号第二条） 1 to 10 officers (法释〔2013〕20号 art. 2)",
        ));
    }
    for (at, officer) in officers.iter().enumerate() {
        for (key, number) in [
            ("work_certificate", &officer.work_certificate),
            ("enforcement_certificate", &officer.enforcement_certificate),
        ] {
            if number.trim().is_empty() {
                let pointer = format!("/case/officers/{at}/{key}");
                let detail = "承办人须填写工作证和执行公务证的编号（法释〔2013〕20号第二条） an officer needs the numbers of both certificates (法释〔2013〕20号 art. 2)";
                findings.push(Finding::new(pointer, detail));
            }
        }
        let images = [("work_image", &officer.work_image), ("enforcement_image", &officer.enforcement_image)];
        for (key, image) in images.into_iter().filter_map(|(key, image)| Some((key, image.as_ref()?))) {
            file_kind::of_image(&format!("/case/officers/{at}/{key}"), image, findings);
        }
    }
    if submission.case.court_name.trim().is_empty() {
        findings.push(Finding::new("/case/court_name", "须填写法院名称 the court's name is missing"));
    }
}

/// The first year of which a case can be: that of the People's Republic.
const FIRST_YEAR: i16 = 1949;

/// Whether the case numbers are of years that a case can be of, up to this year in China.
pub(super) fn check_years(submission: &Submission, today: Date, findings: &mut Vec<Finding>) {
    let case = &submission.case;
    let numbers = std::iter::once(("/case/number", &case.number))
        .chain(case.continues.as_ref().map(|number| ("/case/continues", number)));
    for (pointer, number) in numbers {
        let (year, last) = (number.year(), today.year());
        if !(FIRST_YEAR..=last).contains(&i16::try_from(year).unwrap_or(i16::MAX)) {
            let detail = format!(
                "案号年份 {year} 有误，应为 {FIRST_YEAR} 年至今年（{last} 年） the year of the case number is {year}: it must lie between {FIRST_YEAR} and this year, {last}"
            );
            findings.push(Finding::new(pointer, detail));
        }
    }
}

/// Whether nobody is born after today in China by the number of a resident identity card: its check digit may be right all the same.
pub(super) fn check_births(submission: &Submission, today: Date, findings: &mut Vec<Finding>) {
    for (at, party) in submission.parties.iter().enumerate() {
        for (number, document) in party.documents.iter().enumerate() {
            let IdentityDocument::ResidentId(id) = document else { continue };
            if id.birth_date().is_some_and(|born| born > today) {
                let detail = "身份证号码所载出生日期晚于今天 the day of birth in the number lies ahead";
                findings.push(Finding::new(format!("/parties/{at}/documents/{number}"), detail));
            }
        }
    }
}

fn check_parties(submission: &Submission, findings: &mut Vec<Finding>) {
    let parties = &submission.parties;
    if parties.is_empty() || parties.len() > MOST_PARTIES {
        findings.push(Finding::new(
            "/parties",
            format!(
                "当事人应为 1 至 {MOST_PARTIES} 名，现有 {count} 名 1 to {MOST_PARTIES} parties, and there are {count}",
                count = parties.len()
            ),
        ));
    }
    for (at, party) in parties.iter().enumerate() {
        let pointer = format!("/parties/{at}");
        if party.reference.is_empty() || party.reference.len() > 100 {
            findings.push(Finding::new(
                format!("{pointer}/reference"),
                "应有 1 至 100 个字节 must have 1 to 100 bytes",
            ));
        }
        if parties.iter().take(at).any(|other| other.reference == party.reference) {
            findings.push(Finding::new(
                format!("{pointer}/reference"),
                "与另一当事人编号相同 another party has the same reference",
            ));
        }
        if party.documents.is_empty() || party.documents.len() > MOST_DOCUMENTS {
            let detail = format!(
                "当事人须有 1 至 {MOST_DOCUMENTS} 个证件，不得仅凭姓名查询 a party needs 1 to {MOST_DOCUMENTS} identity documents: nobody is looked up by name alone"
            );
            findings.push(Finding::new(format!("{pointer}/documents"), detail));
        }
        for (index, document) in party.documents.iter().enumerate() {
            // The first of those that have it is enough: all of them are said once.
            if let Some(other_at) =
                parties.iter().take(at).position(|other| other.documents.contains(document))
            {
                let detail = format!(
                    "与 /parties/{other_at} 证件号码相同 another party has the same document: two persons cannot share a number"
                );
                findings.push(Finding::new(format!("{pointer}/documents/{index}"), detail));
            }
            if party.documents.iter().take(index).any(|other| other == document) {
                findings.push(Finding::new(
                    format!("{pointer}/documents/{index}"),
                    "重复填写 stands there twice",
                ));
            }
        }
    }
}

/// A number that fails its check stands on an officer's word: the role, and a reason.
pub(super) fn check_unverified(submission: &Submission, is_officer: bool, findings: &mut Vec<Finding>) {
    let mut stands_on_word = false;
    for (at, party) in submission.parties.iter().enumerate() {
        for (index, _) in party.documents.iter().enumerate().filter(|(_, document)| document.is_unverified())
        {
            stands_on_word = true;
            if !is_officer {
                let detail = "校验位不符的代码须由承办人提交 a code whose check character is wrong is an officer's word: submit it with a key that has the role officer";
                findings.push(Finding::new(format!("/parties/{at}/documents/{index}"), detail));
            }
        }
    }
    let reason = submission.unverified_reason.as_deref().map(|reason| reason.trim().chars().count());
    if stands_on_word && reason.is_none() {
        let detail =
            "须说明为何使用校验位不符的代码 say why a code whose check character is wrong is to be used";
        findings.push(Finding::new("/unverified_reason", detail));
    }
    if reason.is_some_and(|length| !(1..=LONGEST_REASON).contains(&length)) {
        let detail = format!("应有 1 至 {LONGEST_REASON} 个字 must have 1 to {LONGEST_REASON} characters");
        findings.push(Finding::new("/unverified_reason", detail));
    }
}

fn check_mandate(submission: &Submission, mandate: &Mandate, findings: &mut Vec<Finding>) {
    if !mandate.claim.is_yuan() {
        findings.push(Finding::new("/mandate/claim/currency", "执行标的应为人民币 the claim must be in CNY"));
    }
    if mandate.claim.amount <= Decimal::ZERO || mandate.claim.amount.scale() > 2 {
        let detail = "应大于零，至多两位小数（财产保全规定第十五条第三款） must be more than zero, with at most two decimals (财产保全规定 art. 15(3): an exact amount)";
        findings.push(Finding::new("/mandate/claim/amount", detail));
    } else if !mandate.claim.is_plausible() {
        findings.push(Finding::new("/mandate/claim/amount", "金额过大 is beyond all measure"));
    }
    check_amounts(submission, mandate, findings);
    if mandate.term_days.is_some_and(|days| !(1..=1095).contains(&days)) {
        findings.push(Finding::new(
            "/mandate/term_days",
            "应为 1 至 1095 日；存款至多 365 日（民诉法解释第四百八十五条） 1 to 1095; deposits end after 365 at the latest (民诉法解释 art. 485)",
        ));
    }
    for kind in [DocumentKind::FreezeRuling, DocumentKind::FreezeNotice] {
        if !submission.documents.iter().any(|document| document.kind == kind) {
            let zh = kind.chinese();
            let detail = format!(
                "冻结须附{zh}（法释〔2013〕20号第三条） a freeze needs the {zh} (法释〔2013〕20号 art. 3)"
            );
            findings.push(Finding::new("/documents", detail));
        }
    }
}

/// Amounts beside the claim: in yuan, not negative, with at most two decimals. A party that is liable for nothing is not named, and
/// none is named twice.
fn check_amounts(submission: &Submission, mandate: &Mandate, findings: &mut Vec<Finding>) {
    let mut check = |pointer: String, money: chakong_contract::Money| {
        if !money.is_yuan() {
            findings.push(Finding::new(format!("{pointer}/currency"), "应为人民币 must be in CNY"));
        }
        if money.amount < Decimal::ZERO || money.amount.scale() > 2 {
            let detail = "不得为负，至多两位小数 must not be negative, with at most two decimals";
            findings.push(Finding::new(format!("{pointer}/amount"), detail));
        } else if !money.is_plausible() {
            findings.push(Finding::new(format!("{pointer}/amount"), "金额过大 is beyond all measure"));
        }
    };
    if let Some(costs) = mandate.living_costs {
        check("/mandate/living_costs".to_owned(), costs);
    }
    for (at, liability) in mandate.liable_up_to.iter().enumerate() {
        check(format!("/mandate/liable_up_to/{at}/amount"), liability.amount);
    }
    for (at, liability) in mandate.liable_up_to.iter().enumerate() {
        if liability.amount.amount.is_zero() {
            findings.push(Finding::new(
                format!("/mandate/liable_up_to/{at}/amount/amount"),
                "应大于零 must be more than zero",
            ));
        }
        if mandate.liable_up_to.iter().take(at).any(|other| other.party == liability.party) {
            let detail = "同一当事人责任限额重复 the same party stands there twice";
            findings.push(Finding::new(format!("/mandate/liable_up_to/{at}/party"), detail));
        }
        if !submission.parties.iter().any(|party| party.reference == liability.party) {
            let detail = "所填当事人不在本申请的当事人之中 there is no such party in /parties";
            findings.push(Finding::new(format!("/mandate/liable_up_to/{at}/party"), detail));
        }
    }
}
