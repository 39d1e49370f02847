//! Answers of an SFTP server: the reading of packets, as the client has it. The first byte is the packet's kind.
#![no_main]
#![allow(dead_code, reason = "the client's own files, of which only the reading of answers is fuzzed")]

#[path = "../../../src/lines/parcel/sftp/answer.rs"]
mod answer;
#[path = "../../../src/lines/parcel/sftp/error.rs"]
mod error;
#[path = "../../../src/lines/parcel/sftp/packet.rs"]
mod packet;

use answer::{Answer, extensions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [kind, body @ ..] = data else { return };
    let read = Answer::read(*kind, body);
    assert_eq!(read, Answer::read(*kind, body), "the same bytes say the same");
    match read {
        Ok(Answer::Names(names)) => assert!(names.len() <= body.len() / 12, "each has its lengths"),
        Ok(Answer::Handle(bytes) | Answer::Data(bytes)) => assert!(bytes.len() + 4 <= body.len()),
        _ => {}
    }
    let names = extensions(body);
    assert!(names.len() <= body.len() / 8, "each has its lengths");
});
