//! The movement of a book: terms, absences, steps and drifts as functions of the day.
//!
//! Days are counted from the default day, which is day 0; earlier days are negative. Each function computes its value from
//! the day alone and not from the days between, so that every day of the calendar takes the same time. On day 0 every
//! term has begun and has not ended, and every count is the given one.

use crate::rng::Rng;

/// A customer or one of its products, as a source of reproducible numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline(u64);

/// The streams of a timeline.
const TERM: u64 = 1;
const AWAY: u64 = 2;
const RENEWAL: u64 = 3;
const RENEWAL_PHASE: u64 = 4;
const LEVEL: u64 = 5;
const SWAP: u64 = 6;
const PART: u64 = 7;
const DRIFT: u64 = 64;

/// An independent drift: a line between random values, which changes a count by up to twice `amplitude` thousandths.
pub(super) struct Drift {
    stream: u64,
    /// The days between two values.
    every: i64,
    amplitude: i64,
}

impl Drift {
    /// Of the deployed licenses of a product.
    pub(super) const DEPLOYED: Self = Self { stream: DRIFT, every: 21, amplitude: 150 };

    /// Of the active licenses in a workload of a product.
    pub(super) fn active(workload: u64) -> Self {
        Self { stream: DRIFT + 1 + workload, every: 14, amplitude: 250 }
    }
}

/// The chances, in millionths, that a customer or a product begins before the default day, and that it ends after it.
pub(super) struct TermChances {
    pub(super) begins: u32,
    pub(super) ends: u32,
}

/// The first day and the day after the last, if there are any. Contains the default day.
#[derive(Clone, Copy, Default)]
pub(super) struct Term {
    begins: Option<i64>,
    ends: Option<i64>,
}

impl Term {
    pub(super) fn contains(self, day: i64) -> bool {
        self.begins.is_none_or(|begins| begins <= day) && self.ends.is_none_or(|ends| day < ends)
    }

    pub(super) fn is_unlimited(self) -> bool {
        self.begins.is_none() && self.ends.is_none()
    }
}

/// A term begins or ends at most this many days from the default day.
const LONGEST_TERM: i64 = 900;

/// The days between two absences of one customer, and up to 89 more or less.
pub(super) const AWAY_EVERY: i64 = 720;
const AWAY_SPREAD: i64 = 90;
const SHORTEST_ABSENCE: i64 = 30;
const LONGEST_ABSENCE: i64 = 150;

/// The days between two renewals: 60, and up to 30 more or less.
const RENEWAL_EVERY: i64 = 60;
const RENEWAL_SPREAD: i64 = 31;

/// The days between two swaps of products of one customer: 120, and up to 14 more or less.
pub(super) const SWAP_EVERY: i64 = 120;
const SWAP_SPREAD: i64 = 15;

impl Timeline {
    /// A timeline from the seed of the book and a position in it.
    pub(super) fn new(seed: u64, stream: u64, index: u64) -> Self {
        Self(Rng::new(seed, stream, index).number())
    }

    /// The timeline of a part, which moves independently.
    pub(super) fn part(self, number: u8) -> Self {
        Self::new(self.0, PART, number.into())
    }

    /// The numbers of one position of a stream.
    pub(super) fn numbers(self, stream: u64, position: i64) -> Rng {
        Rng::new(self.0, stream, position.cast_unsigned())
    }

    /// When it begins and ends.
    pub(super) fn term(self, chances: &TermChances) -> Term {
        let mut draw = self.numbers(TERM, 0);
        let begins = draw.chance(chances.begins).then_some(-days(&mut draw, LONGEST_TERM));
        let ends = draw.chance(chances.ends).then_some(1 + days(&mut draw, LONGEST_TERM));
        Term { begins, ends }
    }

    /// Whether it is absent for one to five months. Absences that contain the default day do not occur. `phase` moves all
    /// absences.
    pub(super) fn is_away(self, day: i64, phase: i64) -> bool {
        let day = day + phase;
        let mut draw = self.numbers(AWAY, day.div_euclid(AWAY_EVERY));
        let begins = day - day.rem_euclid(AWAY_EVERY) + days(&mut draw, AWAY_SPREAD);
        let length = SHORTEST_ABSENCE + days(&mut draw, LONGEST_ABSENCE - SHORTEST_ABSENCE);
        let absence = begins..begins + length;
        absence.contains(&day) && !absence.contains(&phase)
    }

    /// The seats on a day, for the seats on the default day. They change at renewals, one to three months apart, and not
    /// at every one. At least one.
    pub(super) fn seats(self, seats: u64, day: i64) -> u64 {
        let phase = days(&mut self.numbers(RENEWAL_PHASE, 0), RENEWAL_EVERY);
        let level = |day: i64| {
            let mut renewal = self.step(RENEWAL, day + phase, RENEWAL_EVERY, RENEWAL_SPREAD);
            // Some renewals change nothing: the level is then that of an earlier renewal.
            for _ in 0..3 {
                if !self.numbers(LEVEL, renewal).chance(250_000) {
                    break;
                }
                renewal -= 1;
            }
            let mut draw = self.numbers(LEVEL, renewal);
            draw.number(); // decided above
            trend(renewal * RENEWAL_EVERY - phase) * (880_000 + draw.below(240_001)) / MILLION
        };
        scaled(seats, level(day), level(0)).max(1)
    }

    /// The number of the last swap of a product up to a day. `phase` moves all swaps.
    pub(super) fn swap(self, day: i64, phase: i64) -> i64 {
        self.step(SWAP, day + phase, SWAP_EVERY, SWAP_SPREAD)
    }

    /// The number of the step that a day belongs to. Steps begin at irregular days, `every` days apart and up to
    /// `spread - 1` days more or less.
    fn step(self, stream: u64, day: i64, every: i64, spread: i64) -> i64 {
        let block = day.div_euclid(every);
        let begins = days(&mut self.numbers(stream, block), spread);
        if day.rem_euclid(every) < begins { block - 1 } else { block }
    }

    /// A count that drifts from its value on the default day.
    pub(super) fn drifted(self, count: u64, drift: &Drift, day: i64) -> u64 {
        if day == 0 {
            return count;
        }
        let phase = days(&mut self.numbers(drift.stream, i64::MIN), drift.every);
        let value = |position: i64| days(&mut self.numbers(drift.stream, position), 2_001) - 1_000;
        let at = |day: i64| {
            let (position, rest) = (day.div_euclid(drift.every), day.rem_euclid(drift.every));
            (value(position) * (drift.every - rest) + value(position + 1) * rest) / drift.every
        };
        let change = (at(day + phase) - at(phase)) * drift.amplitude;
        scaled(count, MILLION.saturating_add_signed(change), MILLION)
    }
}

const MILLION: u64 = 1_000_000;

/// A number of days below `bound`.
fn days(draw: &mut Rng, bound: i64) -> i64 {
    draw.below(bound.unsigned_abs()).cast_signed()
}

/// The growth of the partner, in millionths of the default day: 3% per month around the default day, and bounded, so that
/// no day has absurd counts: from 20% long ago to 180% in the far future.
fn trend(day: i64) -> u64 {
    MILLION.saturating_add_signed(800_000 * day / (800 + day.abs()))
}

/// `value * part / whole`, rounded; `value` if the two are equal, and 0 if `whole` is 0.
pub(super) fn scaled(value: u64, part: u64, whole: u64) -> u64 {
    let [value, part, whole] = [value, part, whole].map(u128::from);
    let scaled = (value * part + whole / 2).checked_div(whole).unwrap_or_default();
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timelines() -> impl Iterator<Item = Timeline> {
        (0..500).map(|index| Timeline::new(7, 1, index))
    }

    #[test]
    fn on_the_default_day_every_count_is_the_given_one() {
        let chances = TermChances { begins: 900_000, ends: 900_000 };
        for timeline in timelines() {
            assert!(timeline.term(&chances).contains(0));
            assert!((0..AWAY_EVERY).all(|phase| !timeline.is_away(0, phase)));
            for count in [1, 2, 17, 999, 8_192] {
                assert_eq!(timeline.seats(count, 0), count);
                assert_eq!(timeline.drifted(count, &Drift::DEPLOYED, 0), count);
                assert_eq!(scaled(count, 7, 7), count);
            }
        }
    }

    #[test]
    fn renewals_are_one_to_three_months_apart_and_swaps_about_four() {
        for timeline in timelines() {
            for (every, spread, stream) in
                [(RENEWAL_EVERY, RENEWAL_SPREAD, RENEWAL), (SWAP_EVERY, SWAP_SPREAD, SWAP)]
            {
                let step = |day| timeline.step(stream, day, every, spread);
                let begins: Vec<i64> = (-800..800).filter(|day| step(*day) != step(day - 1)).collect();
                for pair in begins.windows(2) {
                    assert!((every - spread < pair[1] - pair[0]) && (pair[1] - pair[0] < every + spread));
                }
                assert_eq!(step(799) - step(-801), i64::try_from(begins.len()).unwrap());
            }
        }
    }

    #[test]
    fn counts_drift_slowly() {
        for timeline in timelines() {
            for day in -50..50 {
                let [before, after] =
                    [day, day + 1].map(|day| timeline.drifted(100_000, &Drift::active(0), day));
                assert!(before.abs_diff(after) < 5_000, "{before} and {after}");
            }
        }
    }

    #[test]
    fn growth_is_bounded_and_never_decreases() {
        let mut days = (-5_000_000..5_000_000).step_by(997);
        assert!(days.clone().all(|day| (200_000..1_800_000).contains(&trend(day))));
        assert!(days.all(|day| trend(day) <= trend(day + 997)));
        assert_eq!(trend(0), MILLION);
    }
}
