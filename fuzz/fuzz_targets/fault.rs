//! libFuzzer's way to the target of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| partner_center_fuzz_targets::fault(input));
