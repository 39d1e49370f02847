//! Who did something, for people: the staff number with the name, and what is no person in words.

use serde_json::Value;

use super::lang::Lang;

/// Who it was: `number` as the audit has it, and its name out of the `names` of an answer.
pub fn named(number: &str, found: &Value, lang: Lang) -> String {
    match number {
        "clock" => lang.t("系统时钟", "the clock").to_owned(),
        "command line" => lang.t("命令行", "the command line").to_owned(),
        _ => match found["names"][number].as_str().filter(|name| !name.is_empty()) {
            Some(name) => format!("{number} {name}"),
            None => number.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_told_by_number_and_name_and_what_is_none_in_words() {
        let found = json!({ "names": { "1002": "李测试" } });
        let named = |number: &str| named(number, &found, Lang::Zh);
        assert_eq!(
            ["1002", "case-system", "clock", "command line"].map(named),
            ["1002 李测试", "case-system", "系统时钟", "命令行",]
        );
    }
}
