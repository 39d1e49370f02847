//! The lines: each reads its own section `[line]`. A further line is one entry more in [`LINES`], and its file beside the others.

mod address;
mod call;
mod called;
mod desk;
mod parcel;
mod postbox;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use chakong_contract::connector::Plugin;
use chakong_contract::manifest::LineKind;

use super::super::named_files::NamedFiles;
use super::super::reader::Section;

pub use call::CallConfig;
pub use called::CalledAt;
pub use desk::DeskConfig;
pub use parcel::{ParcelConfig, SftpConfig, SftpLogin};
pub use postbox::PostboxConfig;

/// Every line that can be configured. `delivery_of` of `app` has the other list: how each is opened.
const LINES: &[LineReader] = &[call::READER, parcel::READER, postbox::READER, desk::READER];

/// How the section of one kind of line is read.
pub(super) struct LineReader {
    /// The kind; its word is `line.kind`.
    kind: LineKind,
    /// Reads what stands beside `kind`; every problem goes into the section.
    read: fn(&mut Section<'_>, &mut NamedFiles) -> Option<LineConfig>,
}

/// What one kind of line reads out of `[line]`.
pub trait LineSection: Any + fmt::Debug + Send + Sync {
    /// The kind of line that it is about.
    fn kind(&self) -> LineKind;

    /// Where the counterpart calls us, if it does.
    fn called_at(&self) -> Option<&CalledAt> {
        None
    }
}

/// Section `[line]`, of any kind. Nobody tells kinds apart: a line asks for its own section.
#[derive(Debug, Clone)]
pub struct LineConfig(Arc<dyn LineSection>);

impl LineConfig {
    /// A line by its section.
    pub fn new(section: impl LineSection) -> Self {
        Self(Arc::new(section))
    }

    /// The kind.
    pub fn kind(&self) -> LineKind {
        self.0.kind()
    }

    /// The section as a line of a kind wrote it, if it is of that kind.
    pub fn section<S: LineSection>(&self) -> Option<&S> {
        let section: &dyn Any = self.0.as_ref();
        section.downcast_ref()
    }

    /// The call line, if it is one.
    pub fn call(&self) -> Option<&CallConfig> {
        self.section()
    }

    /// The parcel line, if it is one.
    pub fn parcel(&self) -> Option<&ParcelConfig> {
        self.section()
    }

    /// The postbox line, if it is one.
    pub fn postbox(&self) -> Option<&PostboxConfig> {
        self.section()
    }

    /// The desk line, if it is one.
    pub fn desk(&self) -> Option<&DeskConfig> {
        self.section()
    }

    /// Where the counterpart calls us: on a postbox line always, on a call line where it calls back.
    pub fn called_at(&self) -> Option<&CalledAt> {
        self.0.called_at()
    }
}

/// The kinds of lines that can be configured.
pub fn configurable_lines() -> impl Iterator<Item = LineKind> {
    LINES.iter().map(|line| line.kind)
}

/// The words of every line, as a problem names them: `"call", "parcel" or "postbox"`.
pub(super) fn words_of_lines() -> String {
    let words: Vec<String> = configurable_lines().map(|kind| format!("\"{}\"", kind.word())).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

pub(super) fn read_line(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    plugin: Option<&Plugin>,
) -> Option<LineConfig> {
    let word: String = section.required("kind", &words_of_lines())?;
    let Some(reader) = LINES.iter().find(|line| line.kind.word() == word) else {
        let known: Vec<&str> = configurable_lines().map(LineKind::word).collect();
        section.problem("kind", format_args!("`{word}` is not a line; known: {}", known.join(", ")));
        let _ = section.entries();
        return None;
    };
    let line = (reader.read)(section, files)?;
    if let Some(plugin) = plugin
        && !plugin.manifest.lines.contains(&line.kind())
    {
        let known: Vec<&str> = plugin.manifest.lines.iter().map(|line| line.word()).collect();
        section.problem(
            "kind",
            format_args!("connector {} speaks only: {}", plugin.manifest.id, known.join(", ")),
        );
        return None;
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_configured_and_reads_a_section_of_its_own_kind() {
        assert_eq!(configurable_lines().collect::<Vec<_>>(), LineKind::all().collect::<Vec<_>>());
        assert_eq!(words_of_lines(), "\"call\", \"parcel\", \"postbox\" or \"desk\"");
    }
}
