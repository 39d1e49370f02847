//! From when until when a certificate is valid (RFC 5280 section 4.1.2.5), read out of its DER.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Tags of DER.
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// First and last second, counted from 1970; `None` where the bytes are no certificate.
pub(super) fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let (_, mut certificate, _) = element(certificate)?;
    let mut signed = inside(&mut certificate, SEQUENCE)?;
    if signed.first() == Some(&VERSION) {
        inside(&mut signed, VERSION)?;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        let (_, _, rest) = element(signed)?;
        signed = rest;
    }
    let validity = inside(&mut signed, SEQUENCE)?;
    let (tag, from, rest) = element(validity)?;
    let (last_tag, until, _) = element(rest)?;
    Some((second(tag, from)?, second(last_tag, until)?))
}

/// The content of the next element, which must have the tag.
fn inside<'a>(bytes: &mut &'a [u8], wanted: u8) -> Option<&'a [u8]> {
    let (tag, content, rest) = element(bytes)?;
    *bytes = rest;
    (tag == wanted).then_some(content)
}

/// Tag, content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (digits.iter().fold(0_usize, |length, digit| (length << 8) | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn second(tag: u8, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest) = text.split_at_checked(if tag == GENERALIZED_TIME { 4 } else { 2 })?;
    let year: i16 = digits(year)?;
    let year = match tag {
        UTC_TIME if year < 50 => 2000 + year,
        UTC_TIME => 1900 + year,
        GENERALIZED_TIME => year,
        _ => return None,
    };
    let part = |at: usize| digits::<i8>(rest.get(at..at + 2)?);
    let civil = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [&[tag, 0x82, length[0], length[1]][..], content].concat()
    }

    fn certificate(from: (u8, &str), until: (u8, &str), version: bool) -> Vec<u8> {
        let time = |(tag, text): (u8, &str)| der(tag, text.as_bytes());
        let version = if version { der(VERSION, &[2, 1, 2]) } else { Vec::new() };
        let before = [version, der(2, &[1]), der(SEQUENCE, &[]), der(SEQUENCE, &[])].concat();
        let validity = der(SEQUENCE, &[time(from), time(until)].concat());
        der(SEQUENCE, &der(SEQUENCE, &[before, validity, vec![0; 9]].concat()))
    }

    #[test]
    fn both_forms_of_time_are_read() {
        let read = |version| {
            let text =
                certificate((UTC_TIME, "700101000010Z"), (GENERALIZED_TIME, "20500101000000Z"), version);
            validity(&text)
        };
        assert_eq!(read(true), Some((10, 2_524_608_000)));
        assert_eq!(read(false), Some((10, 2_524_608_000)), "a certificate of version 1 does not say so");
        for wrong in ["7001010000Z", "70-101000010Z", "701301000010Z", "700101000010"] {
            assert_eq!(validity(&certificate((UTC_TIME, wrong), (UTC_TIME, "700101000010Z"), true)), None);
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_there_is_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..120_usize, byte: u8) {
            let _ = validity(&bytes);
            let mut changed = certificate((UTC_TIME, "250101000000Z"), (UTC_TIME, "260101000000Z"), true);
            if let Some(place) = changed.get_mut(at) {
                *place = byte;
            }
            let _ = validity(&changed);
            changed.truncate(at);
            let _ = validity(&changed);
        }
    }
}
