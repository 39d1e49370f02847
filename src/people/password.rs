//! Passwords: argon2id hashes, and what a password must be.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

use crate::domain::Finding;
use crate::domain::people::{Person, SignInRules};

/// Most characters of a password: hashing more would be work for nothing.
pub const LONGEST: usize = 128;
/// Bytes of salt.
const SALT: usize = 16;
/// Different characters that a password needs at least.
const DIFFERENT: usize = 5;

/// The hash of a password as a PHC string, with a salt of its own. Takes tens of milliseconds.
///
/// # Errors
/// When the password cannot be hashed, which is a defect.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt: [u8; SALT] = rand::Rng::random(&mut rand::rng());
    let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt)?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a hash. Takes as long as hashing.
pub fn verify(password: &str, hash: &str) -> bool {
    let hash = PasswordHash::new(hash);
    hash.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// What is wrong with a new password of a person. Earlier ones are looked at last, for that takes time.
pub fn check(password: &str, person: &Person, rules: &SignInRules) -> Vec<Finding> {
    let characters = password.chars().count();
    let mut findings = Vec::new();
    let mut finding = |detail: String| findings.push(Finding::new("/new", detail));
    if characters < rules.shortest_password || characters > LONGEST {
        let least = rules.shortest_password;
        finding(format!("密码须为{least}至{LONGEST}个字符 must have {least} to {LONGEST} characters"));
    }
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    if different.len() < DIFFERENT {
        finding(format!("至少含{DIFFERENT}个不同字符 must have {DIFFERENT} different characters at least"));
    }
    let folded = password.to_lowercase();
    let about = [&person.number, &person.name, &person.phone];
    if about.into_iter().any(|own| own.chars().count() >= 3 && folded.contains(&own.to_lowercase())) {
        finding("密码不得包含姓名、工号或电话 must not contain name, staff number or telephone".to_owned());
    }
    if findings.is_empty() && is_used(password, person, rules) {
        let detail = "不得使用近期用过的密码 is one of the last passwords; choose another";
        findings.push(Finding::new("/new", detail));
    }
    findings
}

fn is_used(password: &str, person: &Person, rules: &SignInRules) -> bool {
    let Some(known) = &person.password else { return false };
    let earlier = known.earlier.iter().take(rules.remembered_passwords);
    std::iter::once(&known.hash).chain(earlier).any(|hash| verify(password, hash))
}

/// An initial password: twenty letters and digits that are not mistaken for each other.
pub fn random() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut rng = rand::rng();
    let one = |_| char::from(LETTERS[rand::Rng::random_range(&mut rng, 0..LETTERS.len())]);
    (0..20).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(password: Option<&str>) -> Person {
        let kept = password.map(|password| {
            let hash = hash(password).expect("a hash");
            serde_json::json!({ "hash": hash, "since": "2026-01-05T01:00:00Z" })
        });
        serde_json::from_value(serde_json::json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "张测试", "number": "gh0042", "courts": ["T10"],
            "roles": ["officer"], "phone": "13800000000", "created": "2026-01-05T01:00:00Z", "password": kept,
        }))
        .expect("a person")
    }

    #[test]
    fn a_hash_is_argon2id_salted_and_fits_its_password_alone() {
        let (one, other) =
            (hash("correct horse battery").expect("one"), hash("correct horse battery").expect("other"));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "each has a salt of its own");
        assert!(verify("correct horse battery", &one) && !verify("correct horse batterz", &one));
        assert!(!verify("correct horse battery", "not a hash") && !verify("", &one));
    }

    #[test]
    fn short_plain_and_personal_passwords_are_refused() {
        let (rules, nobody) = (SignInRules::default(), person(None));
        for bad in [
            "",
            "short",
            "aaaaaaaaaaaaaaaa",
            "my-GH0042-password",
            "13800000000-abcdef",
            "我的名字是张测试呀呀呀呀",
        ] {
            assert!(!check(bad, &nobody, &rules).is_empty(), "{bad}");
        }
        assert!(!check(&"a1b2c3".repeat(40), &nobody, &rules).is_empty(), "too long");
        assert_eq!(check("correct horse battery", &nobody, &rules), []);
        assert_eq!(check("四个汉字也行只要够长就可以了", &nobody, &rules), []);
    }

    #[test]
    fn the_last_passwords_are_not_taken_again() {
        let rules = SignInRules::default();
        let known = person(Some("correct horse battery"));
        assert!(!check("correct horse battery", &known, &rules).is_empty());
        assert_eq!(check("another horse battery", &known, &rules), []);
    }

    #[test]
    fn initial_passwords_differ_and_keep_the_rules() {
        let (one, other) = (random(), random());
        assert_ne!(one, other);
        assert_eq!(check(&one, &person(None), &SignInRules::default()), []);
    }
}
