//! What must hold whatever the service does: random fault scripts over both sources, and a book of 10,000 customers with
//! unreadable rows. `cargo test` tries a dozen cases of a small book; `cargo xtask ci long` sets `LONG_TEST_CASES` and tries
//! hundreds.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the other test binary uses the rest")]
mod support;

mod scripts;
mod unreadable;

/// How many cases to try: a dozen, or what the variable says.
fn cases() -> u64 {
    std::env::var("LONG_TEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// The splitmix generator: the same numbers in every run of the test.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        let index = usize::try_from(self.below(u64::try_from(choices.len()).unwrap())).unwrap();
        choices[index]
    }
}
