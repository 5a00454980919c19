//! Deterministic mutations of a corpus.
//!
//! They are simpler than libFuzzer's, because they are not guided by coverage. They combine parts of the corpus with
//! tokens that are likely to break a parser.

/// Tokens of JSON, HTTP and this workspace's formats, and values that are likely to break a parser.
const WORDS: [&str; 40] = [
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "0",
    "-",
    "1e999",
    "18446744073709551616",
    "0.1",
    "\\u0000",
    "\\ud800",
    "\\udc00",
    "\u{feff}",
    "\u{0}",
    "\u{7f}",
    "é",
    "\u{1f600}",
    " ",
    "\n",
    "\t",
    "'",
    "(",
    ")",
    " and ",
    " or ",
    "..",
    "//",
    "@",
    "%2f",
    "+00:00",
    "9999999999999999999",
    "[[[[[[[[",
    "{\"a\":",
    "Items",
];

/// The maximum length of an input.
const LONGEST: usize = 256 * 1024;

pub(crate) struct Mutator<'a> {
    corpus: &'a [Vec<u8>],
    state: u64,
    input: Vec<u8>,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(corpus: &'a [Vec<u8>]) -> Self {
        Self { corpus, state: 0, input: Vec::new() }
    }

    /// The next input: an input of the corpus with a few changes.
    pub(crate) fn next(&mut self) -> &[u8] {
        let start = self.below(self.corpus.len());
        self.input.clone_from(&self.corpus[start]);
        for _ in 0..=self.below(6) {
            self.change();
        }
        self.input.truncate(LONGEST);
        &self.input
    }

    fn change(&mut self) {
        let length = self.input.len();
        let place = self.below(length + 1);
        let end = place + self.below(length + 1 - place).min(1 << self.below(12));
        match self.below(10) {
            0 if place < length => self.input[place] ^= 1 << self.below(8),
            1 if place < length => self.input[place] = self.byte(),
            2 => {
                self.input.drain(place..end);
            }
            3 => self.input.truncate(place),
            4 => {
                let copy = self.input[place..end].to_vec();
                let times = self.below(8) + 1;
                self.insert(place, &copy.repeat(times));
            }
            // A part of another input.
            5 => {
                let other = &self.corpus[self.below(self.corpus.len())];
                let from = self.below(other.len() + 1);
                let to = from + self.below(other.len() + 1 - from);
                self.insert(place, &other[from..to]);
            }
            // Occasionally a token repeated many times, for depth and length.
            6 if self.below(64) == 0 => {
                let many = WORDS[self.below(WORDS.len())].repeat(self.below(40_000));
                self.insert(place, many.as_bytes());
            }
            7 => {
                let byte = self.byte();
                self.insert(place, &[byte]);
            }
            _ => {
                let word = WORDS[self.below(WORDS.len())];
                self.insert(place, word.as_bytes());
            }
        }
    }

    fn insert(&mut self, place: usize, bytes: &[u8]) {
        self.input.splice(place..place, bytes.iter().copied());
    }

    fn byte(&mut self) -> u8 {
        self.random().to_le_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap();
        usize::try_from(self.random() % bound).unwrap()
    }

    /// `SplitMix64`.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
