//! Packages as they lie in the incoming folder.
#![no_main]

mod bank;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((first, bytes)) = data.split_first() {
        bank::read(bank::name(*first), bytes);
    }
});
