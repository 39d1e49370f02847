//! Names by which persons and keys act 操作人名称: the audit, looks and who submitted go by them, so each stands for one.

use chakong_contract::fold::{folded_name, is_unseen};
use jiff::Timestamp;

use super::super::super::Finding;
use super::super::super::actor::RESERVED;
use super::super::super::people::{Courts, Person, StoredKey};

/// Who has a name already.
#[derive(Debug, Clone, Copy)]
pub struct Named<'n> {
    /// Everybody who is known, disabled or not.
    pub persons: &'n [Person],
    /// Every key of the store.
    pub keys: &'n [StoredKey],
    /// Keys of the configuration, and counterparts.
    pub others: &'n [String],
}

/// For whom a name is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameOf<'n> {
    /// A person: their 工号.
    Person,
    /// A key that is made by who keeps the keys of these courts.
    Key(&'n Courts),
}

/// What is wrong with a new name, if something is: a character that nobody sees, or that it is somebody's already, however it is spelled.
/// A system's key that is over leaves its name to the keys of its own courts alone. A name that stands is not judged.
pub fn check_name(
    (pointer, name): (&str, &str),
    of: NameOf<'_>,
    named: Named<'_>,
    now: Timestamp,
) -> Option<Finding> {
    let name = name.trim();
    if name.contains(is_unseen) {
        let detail = "含有不可见的字符 it has characters that nobody sees";
        return Some(Finding::new(pointer, detail));
    }
    let wanted = folded_name(name);
    let is_it = |known: &str| folded_name(known) == wanted;
    let is_taken = |key: &&StoredKey| key.is_valid(now) || (key.person.is_none() && !may_follow(key, of));
    let detail = if named.persons.iter().any(|person| is_it(&person.number)) {
        "工号已存在 somebody has this staff number already"
    } else if named.keys.iter().filter(is_taken).any(|key| is_it(&key.name)) {
        "已有同名的密钥 a key has this name, and the audit could not tell them apart"
    } else if named.others.iter().any(|other| is_it(other)) {
        "与配置中的密钥或者协助单位同名 a key of the configuration or a counterpart has this name, and the audit could not tell them apart"
    } else if RESERVED.iter().any(|reserved| is_it(reserved)) {
        "此名称由系统保留 the audit calls the gateway's own acts by this name"
    } else {
        return None;
    };
    Some(Finding::new(pointer, detail))
}

/// Whether a new name may be that of a system's key that is over.
fn may_follow(key: &StoredKey, of: NameOf<'_>) -> bool {
    match of {
        NameOf::Person => false,
        NameOf::Key(own) => key.is_kept_by(None, own),
    }
}
