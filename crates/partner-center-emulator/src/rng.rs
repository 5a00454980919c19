//! Reproducible random numbers. They are a function of a seed and an index, so that a customer is computed
//! independently of all others, and a fault applies to the same requests in every run. The `rand` crate is not used
//! because its generators may change their output between releases. Not for secrets.

/// The finalizer of `SplitMix64`: every input bit changes about half of the output bits.
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A keyed digest of bytes (FNV-1a, then [`mix`]), which detects forged and altered tokens.
pub(crate) fn digest(key: u64, bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ mix(key);
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    mix(state)
}

/// The random numbers of one index.
pub(crate) struct Rng(u64);

impl Rng {
    /// Numbers of different streams, and of different indexes, are independent.
    pub(crate) fn new(seed: u64, stream: u64, index: u64) -> Self {
        Self(mix(seed ^ mix(stream)) ^ mix(index))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A uniform number below `bound`; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of a 128-bit product: negligible bias, no division.
        ((u128::from(self.number()) * u128::from(bound)) >> 64) as u64
    }

    /// True with a probability of `millionths`.
    pub(crate) fn chance(&mut self, millionths: u32) -> bool {
        self.below(1_000_000) < u64::from(millionths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_index_gives_the_same_numbers() {
        let numbers = |seed, stream, index| {
            let mut draw = Rng::new(seed, stream, index);
            [draw.number(), draw.number(), draw.number()]
        };
        assert_eq!(numbers(1, 2, 3), numbers(1, 2, 3));
        assert_ne!(numbers(1, 2, 3), numbers(2, 2, 3));
        assert_ne!(numbers(1, 2, 3), numbers(1, 3, 3));
        assert_ne!(numbers(1, 2, 3), numbers(1, 2, 4));
    }

    #[test]
    fn a_chance_of_one_in_five_occurs_about_that_often() {
        let hits = (0..10_000).filter(|index| Rng::new(7, 0, *index).chance(200_000)).count();
        assert!((1_900..2_100).contains(&hits), "{hits}");
    }
}
