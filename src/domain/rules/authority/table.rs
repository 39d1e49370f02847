//! The file of rules, and the requirements that follow from it.

use std::collections::BTreeMap;

use chakong_contract::{ActionKind, DocumentKind};
use serde::Deserialize;

use super::{Requirement, Role};

/// The file, with every requirement worked out once.
#[derive(Debug)]
pub(super) struct Rules {
    file: File,
    requirements: BTreeMap<Key, (Vec<DocumentKind>, String)>,
}

/// Place of the type code's entry, role, action. The purpose follows from the entry.
type Key = (usize, Role, ActionKind);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    action: Vec<Action>,
    purpose: Vec<Purpose>,
    type_code: Vec<TypeCode>,
    role: Vec<Party>,
}

/// An action and its own documents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) action: ActionKind,
    pub(super) word: String,
    documents: Vec<DocumentKind>,
    basis: String,
}

/// Documents that are needed for some actions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    on: Vec<ActionKind>,
    documents: Vec<DocumentKind>,
}

/// A purpose of the law.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purpose {
    pub(super) purpose: String,
    pub(super) word: String,
    pub(super) actions: Vec<ActionKind>,
    pub(super) basis: String,
    /// What to do instead of what is not permitted.
    #[serde(default)]
    pub(super) otherwise: String,
    #[serde(default)]
    paper: Vec<Paper>,
}

/// Cases of some type codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeCode {
    codes: Vec<String>,
    pub(super) word: String,
    pub(super) purpose: String,
    pub(super) actions: Vec<ActionKind>,
    pub(super) basis: String,
    #[serde(default)]
    pub(super) otherwise: String,
    #[serde(default)]
    paper: Vec<Paper>,
}

/// Parties of a role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Party {
    role: Role,
    pub(super) word: String,
    pub(super) purpose: String,
    pub(super) actions: Vec<ActionKind>,
    pub(super) basis: String,
    #[serde(default)]
    pub(super) otherwise: String,
    #[serde(default)]
    paper: Vec<Paper>,
}

impl Rules {
    /// Reads the file.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut requirements = BTreeMap::new();
        for (at, case) in file.type_code.iter().enumerate() {
            let purpose = file.purpose.iter().find(|purpose| purpose.purpose == case.purpose);
            let purpose = purpose.ok_or_else(|| format!("no such purpose: {}", case.purpose))?;
            for party in file.role.iter().filter(|party| party.purpose == case.purpose) {
                for action in &file.action {
                    requirements
                        .insert((at, party.role, action.action), needed(action, purpose, case, party));
                }
            }
        }
        Ok(Self { file, requirements })
    }

    pub(super) fn purpose(&self, word: &str) -> Option<&Purpose> {
        self.file.purpose.iter().find(|purpose| purpose.purpose == word)
    }

    pub(super) fn type_code(&self, code: &str) -> Option<&TypeCode> {
        self.file.type_code.iter().find(|case| case.codes.iter().any(|known| known == code))
    }

    pub(super) fn role(&self, role: Role) -> Option<&Party> {
        self.file.role.iter().find(|party| party.role == role)
    }

    pub(super) fn action(&self, action: ActionKind) -> Option<&Action> {
        self.file.action.iter().find(|row| row.action == action)
    }

    /// Every type code of the file.
    #[cfg(test)]
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.file.type_code.iter().flat_map(|case| case.codes.iter().map(String::as_str))
    }

    pub(super) fn requirement(
        &'static self,
        case: &TypeCode,
        party: &Party,
        action: ActionKind,
    ) -> Option<Requirement> {
        let at = self.file.type_code.iter().position(|row| std::ptr::eq(row, case))?;
        let (documents, basis) = self.requirements.get(&(at, party.role, action))?;
        Some(Requirement { documents, basis })
    }
}

/// Documents of the action first, then those of purpose, case and party, each once; and the references of all four.
fn needed(action: &Action, purpose: &Purpose, case: &TypeCode, party: &Party) -> (Vec<DocumentKind>, String) {
    let mut documents = action.documents.clone();
    for paper in [&purpose.paper, &case.paper, &party.paper].into_iter().flatten() {
        if paper.on.contains(&action.action) {
            documents.extend_from_slice(&paper.documents);
        }
    }
    let mut once = Vec::new();
    documents.retain(|kind| {
        !once.contains(kind) && {
            once.push(*kind);
            true
        }
    });
    let mut bases = vec![action.basis.as_str()];
    for basis in [&purpose.basis, &case.basis, &party.basis] {
        if !bases.contains(&basis.as_str()) {
            bases.push(basis);
        }
    }
    (documents, bases.join("；"))
}
