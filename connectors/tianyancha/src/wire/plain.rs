use chakong_contract::Scalar;

/// Longest mark that is taken out.
const LONGEST_MARK: usize = 100;

/// A value as text without marks such as `<em>`, which the vendor sets around what matched (protocol section 1.5).
pub(crate) fn plain(value: &Scalar) -> String {
    without_marks(&value.text()).trim().to_owned()
}

fn without_marks(text: &str) -> String {
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
        assert_eq!(plain(&" 示例<em>甲</em>公司 ".into()), "示例甲公司");
        assert_eq!(plain(&"a < b > c <".into()), "a < b > c <");
        assert_eq!(plain(&7.into()), "7");
    }
}
