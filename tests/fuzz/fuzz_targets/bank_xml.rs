//! XML files, alone and as the content of a package, which the fuzzer could not pack itself.
#![no_main]

mod bank;

use std::io::{Cursor, Write as _};

use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    if first & 0x80 == 0 {
        bank::read(bank::name(*first), bytes);
        return;
    }
    let (package, inside) = match first & 1 {
        0 => (bank::name(0), [bank::name(2), "QNAE999H110000000001000020260105000000000000000001.xml"]),
        _ => (bank::name(1), [bank::name(3), bank::name(4)]),
    };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // Two files, divided where the fuzzer wrote a zero byte, which no XML holds.
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    for name in inside {
        archive.start_file(name, SimpleFileOptions::default()).expect("a file");
        archive.write_all(parts.next().unwrap_or_default()).expect("its bytes");
    }
    bank::read(package, &archive.finish().expect("a package").into_inner());
});
