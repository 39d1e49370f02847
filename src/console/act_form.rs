//! A form of an act, as pages show it.

/// A form of an act.
#[derive(Debug, Clone)]
pub struct ActForm {
    /// What is done; the form's own word.
    pub title: &'static str,
    /// Where it is sent.
    pub action: String,
    /// Whether it takes something from somebody or gives it back.
    pub is_grave: bool,
    /// Whether files are sent.
    pub has_files: bool,
    /// The token of the session.
    pub csrf: String,
    /// The page to come back to.
    pub next: String,
    /// Names the form on its page.
    pub id: String,
    /// Its fields.
    pub fields: Vec<FormField>,
    /// What is wrong and belongs to no field.
    pub faults: Vec<String>,
}

/// A field of a form as it is shown.
#[derive(Debug, Clone, Default)]
pub struct FormField {
    /// Its name.
    pub name: String,
    /// Its place in the request; empty where it has none of its own.
    pub pointer: String,
    /// What is entered.
    pub label: String,
    /// `text`, `money`, `count`, `date`, `reason`, `named` (free, with choices), `choice` (with a first choice), `pick` (without), `checks`, `file`, `flag` or `hidden`.
    pub kind: &'static str,
    /// Whether something must be entered.
    pub is_required: bool,
    /// What was entered before.
    pub value: String,
    /// The currency of an amount that is in the account's; empty where it has none of its own.
    pub currency: String,
    /// What there is to choose from.
    pub choices: Vec<(String, String)>,
    /// What is wrong with it.
    pub fault: String,
}

impl ActForm {
    /// Whether it is the form of an act on something.
    pub fn is_of(&self, slug: &str, subject: &str) -> bool {
        self.id == id_of(slug, subject)
    }

    /// What the identifiers of its fields begin with.
    pub fn prefix(&self) -> String {
        format!("{}-", self.id)
    }

    /// Whether something is wrong with it, or with one of its fields.
    pub fn is_wrong(&self) -> bool {
        !self.faults.is_empty() || self.fields.iter().any(|field| !field.fault.is_empty())
    }
}

impl FormField {
    /// Whether a code is among those that were chosen.
    pub fn has(&self, code: &str) -> bool {
        self.value.split(' ').any(|chosen| chosen == code)
    }
}

/// What names the form of an act on something.
pub fn id_of(slug: &str, subject: &str) -> String {
    format!("{slug}-{}", subject.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
}
