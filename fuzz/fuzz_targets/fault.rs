//! Passes the input of libFuzzer to the target with this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| partner_center_fuzz_targets::fault(input));
