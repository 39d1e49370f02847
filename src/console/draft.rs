//! What a person has entered and not sent yet, and the files that were chosen for it.

use axum::body::Bytes;

/// A file of a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The field.
    pub field: String,
    /// The file's name, as the browser gave it.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What a person has entered of an inquiry so far.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Names the draft, and is the key under which it is sent.
    pub id: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
    /// Files that were chosen.
    pub uploads: Vec<Upload>,
}

impl Draft {
    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        let fields = self.fields.iter().map(|(name, value)| name.len() + value.len());
        let uploads = self.uploads.iter().map(|upload| upload.bytes.len() + upload.name.len());
        fields.sum::<usize>() + uploads.sum::<usize>()
    }
}
