//! A postbox line: the counterpart calls us.

use chakong_contract::manifest::LineKind;

use super::super::super::reader::Section;
use super::super::super::values::within;
use super::called::{CalledAt, read_called_at};
use super::{LineConfig, LineReader, LineSection};

/// The line in the list of lines.
pub(super) const READER: LineReader =
    LineReader { kind: LineKind::Postbox, read: |section, _| read_postbox(section).map(LineConfig::new) };

/// A postbox line: the counterpart calls the gateway's postbox, asks what there is and hands in its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostboxConfig {
    /// Where it calls.
    pub at: CalledAt,
    /// Most orders in one answer.
    pub most_offered: usize,
}

impl LineSection for PostboxConfig {
    fn kind(&self) -> LineKind {
        LineKind::Postbox
    }

    fn called_at(&self) -> Option<&CalledAt> {
        Some(&self.at)
    }
}

fn read_postbox(section: &mut Section<'_>) -> Option<PostboxConfig> {
    let at = read_called_at(section);
    let most = section.or("most_offered", 200_u32);
    if let Err(message) = within(most, 1, 2000) {
        section.problem("most_offered", message);
    }
    Some(PostboxConfig { at: at?, most_offered: usize::try_from(most).unwrap_or(1) })
}
