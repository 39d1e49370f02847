//! Prints 打印件: papers that were made for court staff. Each has a number and is kept byte for byte.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Blob, CaseId, ChainId, PrintId};

macro_rules! print_kinds {
    ($($(#[$about:meta])* $name:ident = $word:literal, $chinese:literal;)*) => {
        /// What is printed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum PrintKind {
            $($(#[$about])* $name,)*
        }

        impl PrintKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in the store and on the API.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// The title in Chinese.
            pub const fn chinese(self) -> &'static str {
                match self {
                    $(Self::$name => $chinese,)*
                }
            }
        }
    };
}

print_kinds! {
    /// Who was asked about a party, when, and what came back.
    SearchSummary = "search_summary", "财产查询反馈汇总表";
    /// Every measure of a case.
    MeasureList = "measure_list", "查控措施清单";
    /// Measures that end soon and must be renewed before they do (查扣冻规定 art. 27).
    RenewalReminder = "renewal_reminder", "续行冻结提醒";
    /// What one institution is asked to do, to be carried along to its counter.
    AssistanceNotice = "assistance_notice", "协助通知";
    /// Orders that one institution has not answered in its time (法〔2018〕64号).
    AnswerReminder = "answer_reminder", "限时反馈催办函";
    /// What is held beyond the claim and must be released (查扣冻规定 art. 19).
    ExcessReleaseList = "excess_release_list", "超额解除清单";
    /// What of a party is frozen, to be served on the party (法〔2018〕64号).
    FreezeNotice = "freeze_notice", "冻结告知书";
}

impl PrintKind {
    /// Whether it is about one party.
    pub const fn is_about_a_party(self) -> bool {
        matches!(self, Self::SearchSummary | Self::FreezeNotice)
    }

    /// Whether it is about one counterpart.
    pub const fn is_about_a_counterpart(self) -> bool {
        matches!(self, Self::AssistanceNotice | Self::AnswerReminder)
    }

    /// Whether it is a table, so that it can be had as a spreadsheet.
    pub const fn is_table(self) -> bool {
        matches!(
            self,
            Self::SearchSummary | Self::MeasureList | Self::RenewalReminder | Self::ExcessReleaseList
        )
    }
}

/// Form of a print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrintFormat {
    /// A page for the browser's printer.
    Html,
    /// PDF.
    Pdf,
    /// An Excel workbook.
    Xlsx,
}

impl PrintFormat {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Html, Self::Pdf, Self::Xlsx];

    /// The word in the store and on the API, and the extension of a file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A print, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// Identifier; its number is derived from it.
    pub id: PrintId,
    /// The chain.
    pub chain: ChainId,
    /// The case.
    pub case: CaseId,
    /// What it is.
    pub kind: PrintKind,
    /// Form.
    pub format: PrintFormat,
    /// The party's identifier or the counterpart's name that it is about; empty for the whole case.
    pub about: String,
    /// When it was made.
    pub at: Timestamp,
    /// Who had it made.
    pub actor: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
}

impl Print {
    /// The number that stands on it.
    pub fn number(&self) -> String {
        print_number(self.id, self.at)
    }
}

/// A print to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrint {
    /// What it is.
    pub print: Print,
    /// Its bytes.
    pub bytes: Blob,
}

/// Length of the prefix `DY` + date.
const PREFIX: usize = 10;
/// Digits behind the prefix.
const DIGITS: usize = 18;

/// The number of a print: `DY` (打印), the day it was made (Asia/Shanghai), and eighteen digits that no other print has.
pub fn print_number(id: PrintId, at: Timestamp) -> String {
    let day = chakong_contract::Moment::from_timestamp(at).date();
    format!("DY{:04}{:02}{:02}{:018}", day.year(), day.month(), day.day(), id.get())
}

/// The print of a number; `None` for a text that is no such number.
pub fn print_of(number: &str) -> Option<PrintId> {
    let digits = number.strip_prefix("DY")?.get(PREFIX - 2..)?;
    let of_ours = digits.len() == DIGITS && number.bytes().skip(2).all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| of_ours).map(PrintId::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_back_to_its_print_and_no_other_text_does() {
        let at = "2026-11-24T17:00:00Z".parse().expect("an instant");
        let id = PrintId::new(731_904_000_000_000_007);
        let number = print_number(id, at);
        assert_eq!(number, "DY20261125731904000000000007", "the day is Shanghai's");
        assert_eq!(print_of(&number), Some(id));
        for other in [
            "",
            "DY",
            "DY20261125",
            "CK20261125731904000000000007",
            "DY2026112573190400000000000７",
            "DY2026-1125731904000000000007",
        ] {
            assert_eq!(print_of(other), None, "{other}");
        }
    }

    #[test]
    fn words_are_those_on_the_wire() {
        for kind in PrintKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.word());
        }
        for format in PrintFormat::ALL {
            assert_eq!(serde_json::to_value(format).expect("a word"), format.word());
        }
    }
}
