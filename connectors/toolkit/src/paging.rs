//! Where a dialogue stands in a list that comes page by page, whatever the counterpart calls its parameters.

use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings};

/// A page that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRead {
    /// Its number, from 1.
    pub page: u32,
    /// Entries of a full page.
    pub size: u32,
    /// Entries that it held.
    pub entries: u64,
    /// Entries of the whole list, where the counterpart says so.
    pub total: Option<u64>,
    /// Pages that are fetched at most.
    pub most_pages: u32,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextPage {
    /// The list is whole.
    Whole,
    /// This page is next.
    Page(u32),
    /// The list ends here and is not whole: why, in words for court staff.
    Short(String),
}

impl PageRead {
    /// What comes next. Without a total a full page may have a next one.
    pub fn next(&self) -> NextPage {
        let size = u64::from(self.size);
        let before = u64::from(self.page.saturating_sub(1)) * size;
        let so_far = before + size;
        let guessed = if self.entries >= size { so_far + 1 } else { before + self.entries };
        let total = self.total.unwrap_or(guessed);
        if self.entries == 0 && total > before {
            let page = self.page;
            return NextPage::Short(format!(
                "共{total}条，第{page}页为空 page {page} of {total} entries is empty"
            ));
        }
        if total <= so_far {
            return NextPage::Whole;
        }
        if self.page < self.most_pages {
            return NextPage::Page(self.page + 1);
        }
        let of = self.total.map_or("?".to_owned(), |total| total.to_string());
        NextPage::Short(format!("共{of}条，只取前{so_far}条 only the first {so_far} of {of}"))
    }
}

/// The entries of a page, numbered from 1, as a simulated counterpart shows them.
pub fn page_of<T>(entries: Vec<T>, page: u32, size: u32) -> Vec<T> {
    let skipped = u64::from(page.saturating_sub(1)) * u64::from(size);
    let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
    entries.into_iter().skip(skipped).take(size as usize).collect()
}

/// Pages of one list that are fetched unless the setting says otherwise.
const PAGES: u32 = 10;
/// Most pages that the setting may ask for.
const MOST_PAGES: u32 = 50;

/// The setting of the most pages of one list that are fetched.
pub const fn max_pages_setting(help: &'static str) -> Setting {
    Setting { key: "max_pages", kind: SettingKind::Integer, required: false, help, example: "10" }
}

/// The most pages of one list that are fetched: 1 to 50, 10 unless the setting says otherwise.
///
/// # Errors
/// When the setting is out of these bounds.
pub fn max_pages(settings: &Settings) -> Result<u32, SettingProblem> {
    settings.bounded("max_pages", PAGES, 1..=MOST_PAGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_whole_or_says_why_not() {
        let page = |page, entries, total| PageRead { page, size: 20, entries, total, most_pages: 3 }.next();
        assert_eq!(page(1, 20, Some(20)), NextPage::Whole);
        assert_eq!(page(1, 20, Some(21)), NextPage::Page(2));
        assert_eq!(page(1, 20, None), NextPage::Page(2), "a full page may have a next one");
        assert_eq!(page(2, 3, None), NextPage::Whole);
        assert_eq!(page(1, 0, Some(0)), NextPage::Whole);
        assert!(matches!(page(2, 0, Some(50)), NextPage::Short(why) if why.contains("is empty")));
        assert!(matches!(page(3, 20, Some(99)), NextPage::Short(why) if why.contains("first 60 of 99")));
    }

    #[test]
    fn pages_part_a_list_and_the_last_is_short() {
        let page = |page| page_of((1..=7).collect(), page, 3);
        assert_eq!([page(1), page(2), page(3), page(4)], [vec![1, 2, 3], vec![4, 5, 6], vec![7], vec![]]);
        assert_eq!(page(0), page(1));
        assert!(page(u32::MAX).is_empty());
    }
}
