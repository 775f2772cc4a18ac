//! `npm run fuzz`, or `cargo fuzz run flow`: any bytes, as a flow and the script it is tried with.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|bytes: &[u8]| porchlight_fuzz::flow(bytes));

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    // The fuzzer's own ways find what is wrong with reading, trees what is wrong with running.
    let text = core::str::from_utf8(&bytes[..size]).ok().filter(|_| seed % 4 != 0);
    match text.and_then(|text| porchlight_fuzz::mutate::mutated(text, seed)) {
        Some(text) if text.len() <= most => {
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => fuzzer_mutate(bytes, size, most),
    }
});
