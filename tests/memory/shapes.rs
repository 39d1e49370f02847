//! Hostile messages, made of recorded ones: wherever parts can stand, there stand a great many that say nothing.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Parts that are put in.
const MANY: usize = 150_000;
/// Places of one message in which they are put.
const PLACES: usize = 4;

/// The hostile forms of a message.
pub fn hostile(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.as_bytes().first() {
        Some(b'{' | b'[') => json(text),
        Some(b'<') => xml(text),
        _ => sealed(text),
    }
}

/// A document in Base64, perhaps twice.
fn sealed(text: &str) -> Vec<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let inner = STANDARD.decode(&compact).unwrap_or_default();
    hostile_if_shorter(&inner, text.len()).iter().map(|bytes| STANDARD.encode(bytes).into_bytes()).collect()
}

fn hostile_if_shorter(inner: &[u8], outer: usize) -> Vec<Vec<u8>> {
    if inner.is_empty() || inner.len() >= outer { Vec::new() } else { hostile(inner) }
}

fn json(text: &str) -> Vec<Vec<u8>> {
    let lists = text.match_indices('[').take(PLACES).map(|(at, _)| at + 1);
    let mut all: Vec<Vec<u8>> = lists
        .flat_map(|at| ["{},", "[],", "0,"].map(|part| (at, part)))
        .map(|(at, part)| {
            let more = format!("{}{}", part.repeat(MANY), &text[at..]);
            // A list that was empty must not end with a comma.
            let more = more.replacen(",]", "]", 1);
            [&text.as_bytes()[..at], more.as_bytes()].concat()
        })
        .collect();
    // Members of an object, each of another name.
    let members: String = (0..MANY / 2).map(|at| format!("\"{at:x}\":0,")).collect();
    let objects = text.match_indices('{').take(PLACES).map(|(at, _)| at + 1);
    all.extend(
        objects.map(|at| [&text[..at], &members, &text[at..]].concat().replacen(",}", "}", 1).into_bytes()),
    );
    all
}

fn xml(text: &str) -> Vec<Vec<u8>> {
    let mut names: Vec<&str> = Vec::new();
    let mut all = Vec::new();
    for (at, _) in text.match_indices('<') {
        let tag = &text[at + 1..];
        let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(0);
        let name = &tag[..end];
        let is_name = name.starts_with(|c: char| c.is_alphabetic());
        if !is_name || names.contains(&name) || all.len() >= PLACES {
            continue;
        }
        names.push(name);
        // Siblings of it before it, but none of the root's.
        if names.len() > 1 {
            let parts = format!("<{name}/>").repeat(MANY);
            all.push([&text[..at], &parts, &text[at..]].concat().into_bytes());
        }
    }
    all
}

/// A package of one file.
pub fn zip_of(name: &str, text: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, SimpleFileOptions::default()).expect("a file");
    archive.write_all(text.as_bytes()).expect("its bytes");
    archive.finish().expect("a package").into_inner()
}
