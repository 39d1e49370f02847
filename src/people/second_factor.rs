//! The second factor: codes by time (TOTP, RFC 6238), as authenticator apps show them: SHA-1, six digits, thirty seconds.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a shared secret (RFC 4226 section 4).
const SECRET: usize = 20;

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// A new shared secret in base 32.
pub fn new_secret() -> String {
    let bytes: [u8; SECRET] = rand::Rng::random(&mut rand::rng());
    Secret::new_stack(bytes).to_base32()
}

/// What an authenticator app reads, often as a QR code.
pub fn address(secret: &str, instance: &str, number: &str) -> String {
    let escape =
        |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (instance, number) = (escape(&format!("Chakong {instance}")), escape(number));
    format!("otpauth://totp/{instance}:{number}?secret={secret}&issuer={instance}")
}

/// The step of a code, if it is right now or was, or will be, within thirty seconds.
pub fn step_of(code: &str, secret: &str, now: Timestamp) -> Option<u64> {
    let now = u64::try_from(now.as_second()).ok()?;
    totp(secret)?.check(code.trim(), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shared secret of RFC 6238 appendix B, `12345678901234567890`.
    const OF_THE_RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // The last six of the eight digits of appendix B.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = u64::try_from(second / 30).expect("positive");
            assert_eq!(step_of(code, OF_THE_RFC, at(second)), Some(step), "{second}");
        }
    }

    #[test]
    fn a_code_counts_for_its_step_and_the_ones_beside_it_only() {
        let is_right = |second| step_of("005924", OF_THE_RFC, at(second)).is_some();
        assert!(is_right(1_234_567_890) && is_right(1_234_567_890 - 30) && is_right(1_234_567_890 + 30));
        assert!(!is_right(1_234_567_890 - 61) && !is_right(1_234_567_890 + 60));
        for strange in ["", "5924", "0059244", "abcdef", "００５９２４", "-05924"] {
            assert_eq!(step_of(strange, OF_THE_RFC, at(1_234_567_890)), None, "{strange}");
        }
        assert_eq!(step_of("005924", "not base 32!", at(1_234_567_890)), None);
    }

    #[test]
    fn secrets_differ_and_the_address_carries_them() {
        let (one, other) = (new_secret(), new_secret());
        assert!(one != other && one.len() == 32);
        let address = address(&one, "court 1", "工0042");
        assert!(address.starts_with("otpauth://totp/Chakong%20court%201:%E5%B7%A50042?secret="), "{address}");
        assert!(address.contains(&one) && address.ends_with("issuer=Chakong%20court%201"));
    }
}
