//! Documents as a page for the printer: A4, heads of tables repeated, page x of y. Whatever stands in a document is text; the page has no
//! script and loads nothing.

use askama::Template;

use super::Document;

#[derive(Template)]
#[template(path = "page.html", config = "src/papers/askama.toml")]
struct Page<'d> {
    documents: &'d [Document],
    title: &'d str,
    /// Number at the foot of each page: of the one document, or of the first of many.
    foot: &'d str,
}

/// Writes documents as one page of HTML, each beginning on a new sheet.
pub fn page(documents: &[Document]) -> String {
    let title = documents.first().map_or("", |document| document.title);
    // The foot stands in the style sheet: nothing but letters, digits and dashes gets there.
    let plain = |number: &str| number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let foot = documents.first().map(|document| document.number.as_str()).filter(|number| plain(number));
    let foot = if documents.len() == 1 { foot.unwrap_or_default() } else { "" };
    // Writing to text fails for no document.
    Page { documents, title, foot }.render().unwrap_or_default()
}

#[cfg(test)]
mod tests;
