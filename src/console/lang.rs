//! In which language a page is shown: Chinese, or English where a person chose it.

use axum::http::{HeaderMap, Uri};

use super::cookies::cookie;
use crate::api::bilingual;

/// Cookie that keeps the choice.
pub const COOKIE_NAME: &str = "chakong_lang";

/// A language of the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// The text in this language.
    pub const fn t(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// Of a text that is configured in both languages, that of this one.
    pub fn t_of<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        if self == Self::Zh { zh } else { en }
    }

    /// What words in two languages, of the API or of the store, say in this one. Those of one language stay as they are.
    pub fn of_note(self, note: &str) -> String {
        match self {
            Self::Zh => bilingual::chinese(note),
            Self::En => bilingual::english(note),
        }
    }

    /// What may be a note of ours or a counterpart's words, which are shown as they are.
    pub fn of_words(self, words: &str) -> String {
        if bilingual::is_ours(words) { self.of_note(words) } else { words.to_owned() }
    }

    /// Code in attributes, cookies and links.
    pub const fn code(self) -> &'static str {
        self.t("zh", "en")
    }

    /// The other language.
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    fn read(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language that a link asks for with `?lang=`.
    pub fn asked(uri: &Uri) -> Option<Self> {
        let mut parts = uri.query().unwrap_or_default().split('&');
        parts.find_map(|part| part.strip_prefix("lang=").and_then(Self::read))
    }

    /// The language that was chosen before.
    pub fn kept(headers: &HeaderMap) -> Self {
        cookie(headers, COOKIE_NAME).and_then(Self::read).unwrap_or_default()
    }
}
