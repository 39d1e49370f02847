use chakong_contract::FaultKind;
use chakong_toolkit::Scalar;

/// What the code and the message of an answer mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Success,
    Nothing,
    /// Why, in our words: the registry's message may repeat names and numbers.
    Fault(FaultKind, &'static str),
}

/// Messages and data that mean "nothing", whole: a message that merely contains one of them may mean something else.
const NOTHING: &[&str] = &[
    "notFound",
    "无数据",
    "查无结果",
    "未查询到数据",
    "未查到数据",
    "未查询到相关数据",
    "未查询到不动产信息",
    "未查询到权利人信息",
    "未查询到不动产登记信息",
];

/// Whether a text is one of the registry's ways to say "nothing".
pub(crate) fn says_nothing(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['。', '.', '!', '！']);
    let literal = text.trim_end_matches(|c: char| c.is_ascii_digit());
    NOTHING.iter().any(|known| *known == text || (*known == "notFound" && literal == *known))
}

/// Whether a code says that the query was answered.
pub(crate) fn is_success(code: &str) -> bool {
    matches!(whole(code), "1" | "0000")
}

/// Code `1` is success and `0` an error (protocol section 4); the four-digit codes of the sister lines occur as well
/// (section 11.10). An error without more is told apart by what its message speaks of.
pub(crate) fn meaning(code: &str, message: &Scalar, status: &Scalar) -> Meaning {
    let message = message.text();
    match whole(code) {
        code if is_success(code) => Meaning::Success,
        "0" | "0100" | "3001" | "3004" if code != "0" || says_nothing(&message) => Meaning::Nothing,
        "0" => by_words(&message),
        "1001" | "1002" | "2003" | "2004" | "2019" | "3014" => Meaning::Fault(
            FaultKind::Misconfigured,
            "the registry refuses the parameters or the rights of the account",
        ),
        "2000" | "2001" | "2002" | "2009" | "2010" | "2020" => {
            Meaning::Fault(FaultKind::Unauthorised, "the registry does not accept our credentials")
        }
        "1000" | "2011" | "2040" | "3007" | "4444" | "9001" | "failure" | "null" => {
            Meaning::Fault(FaultKind::Transient, "the registry's own system failed")
        }
        "" => match status.integer() {
            Some(500..=599) => Meaning::Fault(FaultKind::Transient, "the registry's server failed"),
            Some(401 | 403) => {
                Meaning::Fault(FaultKind::Unauthorised, "the registry does not accept our credentials")
            }
            Some(400..=499) => {
                Meaning::Fault(FaultKind::Misconfigured, "the registry's server does not know the query")
            }
            _ => Meaning::Fault(FaultKind::Malformed, "the answer has no code"),
        },
        _ => Meaning::Fault(FaultKind::Malformed, "the registry's code is not known"),
    }
}

/// A code without the fraction of a floating-point number that it passed through, as in `1.0`.
fn whole(code: &str) -> &str {
    let digits = |code: &&str| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    code.strip_suffix(".0").filter(digits).unwrap_or(code)
}

fn by_words(message: &str) -> Meaning {
    let speaks_of = |words: &[&str]| words.iter().any(|word| message.to_lowercase().contains(word));
    if speaks_of(&["token", "用户名", "密码", "权限", "未授权"]) {
        Meaning::Fault(FaultKind::Unauthorised, "the registry does not accept our credentials")
    } else if speaks_of(&["为空", "必填", "格式", "参数"]) {
        Meaning::Fault(FaultKind::Misconfigured, "the registry refuses the parameters")
    } else {
        Meaning::Fault(FaultKind::Transient, "the registry says that the query failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart() {
        let kind = |code: &str, message: &str| match meaning(code, &message.into(), &Scalar::Null) {
            Meaning::Fault(kind, _) => Some(kind),
            Meaning::Success | Meaning::Nothing => None,
        };
        assert_eq!(kind("0", "未查询到用户权限"), Some(FaultKind::Unauthorised), "contains words of nothing");
        assert_eq!(kind("0", "权利人名称不能为空"), Some(FaultKind::Misconfigured));
        assert_eq!(kind("0", "系统异常"), Some(FaultKind::Transient));
        assert_eq!(kind("7", ""), Some(FaultKind::Malformed));
        assert_eq!(
            (kind("2009.0", ""), kind("7.0", "")),
            (Some(FaultKind::Unauthorised), Some(FaultKind::Malformed))
        );
        assert!(is_success("1.0") && !is_success(".0") && !is_success("1.5"));
        assert_eq!(meaning("0", &"未查询到数据。".into(), &Scalar::Null), Meaning::Nothing);
        assert_eq!(meaning("3004", &Scalar::Null, &Scalar::Null), Meaning::Nothing);
        assert!(matches!(meaning("", &Scalar::Null, &500.into()), Meaning::Fault(FaultKind::Transient, _)));
    }

    #[test]
    fn literals_of_nothing() {
        assert!(says_nothing("notFound") && says_nothing("notFound1") && says_nothing(" 查无结果 "));
        assert!(!says_nothing("notFounder") && !says_nothing(""));
    }
}
