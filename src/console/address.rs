//! Addresses of pages: made, taken apart, and judged where somebody else wrote them.

/// Where the console begins.
pub const HOME: &str = "/console";

/// A text as one segment of a path.
pub fn segment(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                path.push(char::from(byte))
            }
            other => path.push_str(&format!("%{other:02X}")),
        }
    }
    path
}

/// A path with those parameters that say something.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let said: Vec<_> = parameters.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(said) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// Path and query without the language, and without what was just done.
pub fn without_lang(here: &str) -> String {
    let Some((path, query)) = here.split_once('?') else { return here.to_owned() };
    let rest: Vec<&str> =
        query.split('&').filter(|part| !part.starts_with("lang=") && !part.starts_with("done=")).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

/// Where a link may lead after the sign-in: a page of the console, and nowhere else.
pub fn safe_next(wanted: &str) -> Option<&str> {
    let rest = wanted.strip_prefix(HOME)?;
    let begins = rest.is_empty() || rest.starts_with(['/', '?']);
    let is_plain = wanted.chars().all(|c| !c.is_control() && c != '\\') && !wanted.contains("//");
    let leads_on = !rest.starts_with("/sign-") && !rest.starts_with("/live");
    (begins && is_plain && leads_on && stays(rest) && wanted.len() <= 2000).then_some(wanted)
}

/// Whether no segment of a path leads upwards: browsers take `%2e` for a dot, too, and a proxy may take `%2f` for what parts segments.
fn stays(rest: &str) -> bool {
    let path = rest.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let plain = path.replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    plain.split('/').all(|segment| segment != "." && segment != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_of_the_console_and_nowhere_else_after_the_sign_in() {
        for inside in [
            "/console",
            "/console/tasks",
            "/console?lang=en",
            "/console/cases?number=%EF%BC%88",
            "/console/counterparts/a..b?of=../x",
            "/console/cases/%2525",
        ] {
            assert_eq!(safe_next(inside), Some(inside));
        }
        for outside in [
            "https://bank.example/",
            "//bank.example/",
            "/console//bank.example",
            "/\\bank.example",
            "/console\\@bank.example",
            "/consoles",
            "/console.bank.example",
            "javascript:alert(1)",
            "",
            "/v1/cases",
            "/console/sign-in?next=/console",
            "/console\r\nset-cookie: a=b",
            "/console/../v1/me",
            "/console/../../evil",
            "/console/./../v1/me",
            "/console/..",
            "/console/..?lang=en",
            "/console/..#x",
            "/console/%2e%2E/v1/me",
            "/console/.%2e/v1/me",
            "/console/tasks%2f..%2F..%2fv1",
            "/console/tasks%5C..%5c..%5Cv1",
        ] {
            assert_eq!(safe_next(outside), None, "{outside:?}");
        }
    }
}
