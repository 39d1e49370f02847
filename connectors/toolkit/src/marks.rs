//! Marks such as `<em>`, which vendors set around what matched, in what is otherwise plain text.

/// Longest mark that is taken out.
const LONGEST_MARK: usize = 100;

/// The text without marks; comparisons such as `a < b` stay.
pub fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_mark = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match after.split_once('>').filter(|(mark, _)| is_mark && mark.len() <= LONGEST_MARK) {
            Some((_, behind)) => rest = behind,
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_and_comparisons_left_in() {
        assert_eq!(without_marks("示例<em>甲</em>公司"), "示例甲公司");
        assert_eq!(without_marks("a < b > c <"), "a < b > c <");
    }
}
