//! Runs every fuzz target over its corpus and over mutations of it, for a second or two.
//!
//! The inputs are the same in every run. `FUZZ_EXECUTIONS` sets another number of mutations, for longer runs without
//! libFuzzer.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot set itself up has failed")]

mod mutate;

use std::path::Path;
use std::{env, fs, thread};

use mutate::Mutator;

/// Prints the input if the target panics.
struct Witness<'a>(&'a [u8]);

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let shown = self.0.get(..2048).unwrap_or(self.0);
            eprintln!("input of {} bytes: \"{}\"", self.0.len(), shown.escape_ascii());
        }
    }
}

fn exercise(name: &str, target: fn(&[u8]), executions: u32) {
    let run = |input: &[u8]| {
        let _witness = Witness(input);
        target(input);
    };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let inputs: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!inputs.is_empty(), "{} is empty", corpus.display());
    for input in &inputs {
        run(input);
    }
    let requested = env::var("FUZZ_EXECUTIONS").ok().map(|text| text.parse().unwrap());
    let mut mutator = Mutator::new(&inputs);
    for _ in 0..requested.unwrap_or(executions) {
        run(mutator.next());
    }
}

macro_rules! targets {
    ($($name:ident: $executions:literal,)*) => {$(
        #[test]
        fn $name() {
            exercise(stringify!($name), partner_center_fuzz_targets::$name, $executions);
        }
    )*};
}

targets! {
    continuation: 20_000,
    decode: 10_000,
    fault: 20_000,
    filter: 20_000,
    guid: 50_000,
    link: 20_000,
    retry_after: 50_000,
    stored_token: 20_000,
    timestamp: 50_000,
    token: 20_000,
}
