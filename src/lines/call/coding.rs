//! Bodies that come coded though none of that was asked for (RFC 9110 section 8.4): decoded within the line's limit.

use std::io::Read;

use chakong_contract::fault::{Fault, FaultKind};
use chakong_contract::message::HttpResponse;
use flate2::bufread::GzDecoder;
use flate2::read::{DeflateDecoder, ZlibDecoder};

/// Most codings one over the other.
const MOST: usize = 3;
/// Most members of a gzip body; each costs something, be it empty.
const MOST_MEMBERS: usize = 10_000;
/// Bytes with which a member begins (RFC 1952 section 2.3.1).
const MEMBER: &[u8] = &[0x1f, 0x8b];

/// The answer with its body as it was before it was coded. Neither the coded body nor any other is larger than `most`.
pub(super) fn decoded(mut answer: HttpResponse, most: usize) -> Result<HttpResponse, Fault> {
    let named = |(name, _): &&(String, String)| name == "content-encoding";
    let named = answer.headers.iter().filter(named).map(|(_, value)| value.to_ascii_lowercase());
    let all: Vec<String> = named
        .flat_map(|value| value.split(',').map(|coding| coding.trim().to_owned()).collect::<Vec<_>>())
        .filter(|coding| !is_none(coding))
        .collect();
    if all.is_empty() || answer.body.is_empty() {
        return Ok(answer);
    }
    let malformed =
        |detail: String| Fault::new(FaultKind::Malformed, "read the answer", detail).status(answer.status);
    if all.len() > MOST {
        return Err(malformed(format!("it is coded {} times over", all.len())));
    }
    let mut body = std::mem::take(&mut answer.body);
    for coding in all.iter().rev() {
        let read = match coding.as_str() {
            "gzip" | "x-gzip" => unzipped(&body, most),
            // The form of RFC 1950 is meant, and some send that of RFC 1951.
            "deflate" => read(ZlibDecoder::new(&body[..]), most)
                .or_else(|zlib| read(DeflateDecoder::new(&body[..]), most).map_err(|_| zlib)),
            other => {
                let shown: String = other.chars().filter(|letter| !letter.is_control()).take(40).collect();
                return Err(malformed(format!("it is coded as {shown}, which was not asked for")));
            }
        };
        body = read.map_err(malformed)?;
    }
    answer.body = body;
    answer.headers.retain(|(name, _)| !matches!(name.as_str(), "content-encoding" | "content-length"));
    Ok(answer)
}

/// No coding: said so, or the name of a character set, which some servers put there.
fn is_none(coding: &str) -> bool {
    matches!(
        coding,
        "" | "identity" | "none" | "utf-8" | "utf8" | "gbk" | "gb2312" | "gb18030" | "iso-8859-1"
    )
}

fn read(decoder: impl Read, most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    read_on(decoder, &mut body, most)?;
    Ok(body)
}

/// Reads to the end, behind what was read before.
fn read_on(decoder: impl Read, body: &mut Vec<u8>, most: usize) -> Result<(), String> {
    let limit = u64::try_from(most.saturating_sub(body.len())).unwrap_or(u64::MAX).saturating_add(1);
    match decoder.take(limit).read_to_end(body) {
        Ok(_) if body.len() > most => Err(format!("unpacked it is larger than {most} bytes")),
        Ok(_) => Ok(()),
        Err(_) => Err("its packed body broke off or is damaged".to_owned()),
    }
}

/// The members of a gzip body. What stands behind the last that ended well, and is no member, adds nothing: some servers fill up with zeros.
fn unzipped(mut coded: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    for _ in 0..MOST_MEMBERS {
        let mut member = GzDecoder::new(coded);
        read_on(&mut member, &mut body, most)?;
        coded = member.into_inner();
        if !coded.starts_with(MEMBER) {
            return Ok(body);
        }
    }
    Err(format!("it is packed in more than {MOST_MEMBERS} members"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).expect("written");
        encoder.finish().expect("packed")
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).expect("written");
        encoder.finish().expect("packed")
    }

    fn deflate(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).expect("written");
        encoder.finish().expect("packed")
    }

    fn answer(coding: &str, body: Vec<u8>) -> HttpResponse {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers =
            vec![header("content-encoding", coding), header("content-length", "9"), header("x", "y")];
        HttpResponse { status: 200, headers, body }
    }

    fn body_of(coding: &str, body: Vec<u8>, most: usize) -> Result<Vec<u8>, String> {
        decoded(answer(coding, body), most).map(|answer| answer.body).map_err(|fault| fault.detail)
    }

    proptest! {
        #[test]
        fn every_coding_is_taken_off(body in prop::collection::vec(any::<u8>(), 1..2000)) {
            for (coding, coded) in [
                ("gzip", gzip(&body)),
                ("X-GZIP", gzip(&body)),
                ("deflate", zlib(&body)),
                ("Deflate", deflate(&body)),
                ("deflate, gzip", gzip(&zlib(&body))),
                ("UTF-8", body.clone()),
                ("identity", body.clone()),
            ] {
                prop_assert_eq!(body_of(coding, coded, 3000), Ok(body.clone()), "{}", coding);
            }
        }

        #[test]
        fn what_is_damaged_is_refused_or_read_within_the_limit(body in prop::collection::vec(any::<u8>(), 0..300)) {
            for coding in ["gzip", "deflate"] {
                if let Ok(read) = body_of(coding, body.clone(), 500) {
                    prop_assert!(read.len() <= 500);
                }
            }
        }
    }

    #[test]
    fn a_body_that_grows_too_large_is_not_taken() {
        let large = gzip(&vec![b' '; 1 << 20]);
        assert!(large.len() < 2000);
        assert_eq!(body_of("gzip", large.clone(), 1 << 20).map(|body| body.len()), Ok(1 << 20));
        let fault = body_of("gzip", large, (1 << 20) - 1).expect_err("too large");
        assert!(fault.contains("larger than 1048575 bytes"), "{fault}");
        let twice = gzip(&gzip(&vec![0; 1 << 20]));
        assert!(body_of("gzip, gzip", twice, 1000).is_err(), "the inner body counts too");
    }

    #[test]
    fn several_members_are_one_body_and_what_is_none_behind_them_adds_nothing() {
        let two = [gzip(b"a good "), gzip(b"answer")].concat();
        assert_eq!(body_of("gzip", two.clone(), 99).as_deref(), Ok(&b"a good answer"[..]));
        for padding in [&[0; 512][..], b"\r\n", b"<!-- served -->", &[0x1f]] {
            assert_eq!(body_of("gzip", [&two[..], padding].concat(), 99), body_of("gzip", two.clone(), 99));
        }
        let fault = |coded: Vec<u8>, most| body_of("gzip", coded, most).expect_err("a fault");
        assert!(fault([&two[..], &gzip(b"more")[..12]].concat(), 99).contains("broke off"));
        assert!(fault(two.clone(), 12).contains("larger than 12 bytes"), "over all members");
        let mut damaged = two;
        let crc = gzip(b"a good ").len() - 8;
        damaged[crc] ^= 1;
        assert!(fault(damaged, 99).contains("damaged"));
        assert!(fault(gzip(b"").repeat(MOST_MEMBERS + 1), 99).contains("members"));
    }

    #[test]
    fn what_cannot_be_decoded_says_why() {
        let fault = |coding: &str, body: Vec<u8>| body_of(coding, body, 1000).expect_err("a fault");
        assert!(fault("br", vec![1]).contains("coded as br"));
        assert!(fault("gzip, gzip, gzip, gzip", vec![1]).contains("4 times"));
        let cut = gzip(b"a long enough answer");
        assert!(fault("gzip", cut[..cut.len() - 9].to_vec()).contains("broke off"));
        let left = decoded(answer("gzip", gzip(b"x")), 10).expect("decoded").headers;
        assert_eq!(left, [("x".to_owned(), "y".to_owned())]);
        assert_eq!(decoded(answer("br", Vec::new()), 10).map(|answer| answer.body), Ok(Vec::new()));
    }
}
