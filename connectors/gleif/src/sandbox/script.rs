use chakong_contract::id::{Lei, Uscc};
use chakong_toolkit::call_fault::CallFault;
use serde::Deserialize;

/// The script of the simulated register. `README.md` shows one in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    pub(super) delay_ms: u64,
    pub(super) entities: Vec<Entity>,
    pub(super) everyone: Option<Everyone>,
    pub(super) faults: Vec<CallFault>,
}

/// An entity.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Entity {
    pub(super) lei: String,
    pub(super) name: String,
    pub(super) other_names: Vec<String>,
    pub(super) previous_names: Vec<String>,
    /// Names in Latin letters.
    pub(super) transliterated_names: Vec<String>,
    pub(super) registered_as: String,
    pub(super) jurisdiction: String,
    /// `ACTIVE` by default.
    pub(super) status: String,
    pub(super) expiry_reason: String,
    /// Day of a completed dissolution, told as an event.
    pub(super) dissolved: String,
    /// `ISSUED` by default.
    pub(super) registration: String,
    /// As the register writes it: `2015-03-17T16:00:00Z`.
    pub(super) created: String,
    pub(super) address: String,
    pub(super) direct: Up,
    pub(super) ultimate: Up,
}

impl Entity {
    /// The names that the register's filter of names knows: not those that it made itself in Latin letters.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.name).chain(&self.other_names).chain(&self.previous_names)
    }

    /// Whether all words of a text stand somewhere in the record, whatever their case.
    pub(super) fn is_told_by(&self, text: &str) -> bool {
        let told = self.names().chain(&self.transliterated_names).chain([&self.registered_as, &self.address]);
        let told: String =
            told.flat_map(|one| one.to_lowercase().chars().chain([' ']).collect::<Vec<_>>()).collect();
        text.to_lowercase().split_whitespace().all(|word| told.contains(word))
    }
}

/// What stands above an entity: a parent, or the reason why none is reported.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Up {
    /// Identifier of a listed entity.
    pub(super) parent: String,
    pub(super) exception: String,
}

/// Any entity not listed exists as well, and reports no parent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    pub(super) jurisdiction: String,
}

impl Everyone {
    /// The entity of a valid identifier or credit code; `None` for anything else.
    pub(super) fn entity(&self, value: &str) -> Option<Entity> {
        let code = value.parse::<Uscc>().ok();
        let lei = value.parse::<Lei>().ok();
        let no_parent = || Up { exception: "NO_KNOWN_PERSON".to_owned(), ..Up::default() };
        let number = code.as_ref().map(Uscc::as_str).or(lei.as_ref().map(Lei::as_str))?;
        Some(Entity {
            lei: lei.as_ref().map_or_else(|| derived_lei(number), ToString::to_string),
            name: format!("示例{}有限公司", number.get(8..)?),
            registered_as: code.map(|code| code.to_string()).unwrap_or_default(),
            jurisdiction: self.jurisdiction.clone(),
            direct: no_parent(),
            ultimate: no_parent(),
            ..Entity::default()
        })
    }
}

/// An identifier with right check digits, derived from a credit code.
fn derived_lei(code: &str) -> String {
    let main: String = code.chars().take(18).collect();
    let fits = (0..100).map(|check| format!("{main}{check:02}")).find(|lei| lei.parse::<Lei>().is_ok());
    fits.unwrap_or_default()
}
