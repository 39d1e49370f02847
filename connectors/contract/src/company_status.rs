//! The status of a Chinese company as registries and vendors write it, read into one vocabulary.

use crate::asset::CompanyStatus;

/// The status in our words; `None` for a text that is not known. A text that holds a dead and an alive word is dead
/// (protocol section 3.4 of the business registries).
pub fn read_company_status(text: &str) -> Option<CompanyStatus> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["吊销"]) {
        let deregistered = text.replace("未注销", "").contains("注销");
        return Some(if deregistered {
            CompanyStatus::RevokedAndDeregistered
        } else {
            CompanyStatus::Revoked
        });
    }
    let words: [(&[&str], CompanyStatus); 6] = [
        (&["注销"], CompanyStatus::Deregistered),
        (&["撤销"], CompanyStatus::Cancelled),
        (&["迁出", "迁往"], CompanyStatus::MovedOut),
        (&["清算"], CompanyStatus::Liquidating),
        (&["停业", "歇业"], CompanyStatus::Suspended),
        (&["存续", "在业", "开业", "在营", "在册", "正常", "仍注册"], CompanyStatus::Active),
    ];
    words.iter().find(|(words, _)| has(words)).map(|(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_every_source_are_one_vocabulary() {
        for (text, want) in [
            ("存续（在营、开业、在册）", Some(CompanyStatus::Active)),
            ("仍注册", Some(CompanyStatus::Active)),
            ("吊销，未注销", Some(CompanyStatus::Revoked)),
            ("吊销未注销", Some(CompanyStatus::Revoked)),
            ("吊销", Some(CompanyStatus::Revoked)),
            ("吊销,已注销", Some(CompanyStatus::RevokedAndDeregistered)),
            ("注销企业", Some(CompanyStatus::Deregistered)),
            ("撤销登记", Some(CompanyStatus::Cancelled)),
            ("迁往外省市", Some(CompanyStatus::MovedOut)),
            ("存续，清算中", Some(CompanyStatus::Liquidating)),
            ("设立中", None),
            ("", None),
        ] {
            assert_eq!(read_company_status(text), want, "{text}");
        }
    }
}
