//! The groups with the most unused licenses.

/// The length of a ranking.
const LENGTH: usize = 10;

pub(super) struct Ranking {
    /// What is ranked, such as `Customers`.
    pub(super) what: &'static str,
    /// The first, with the most licenses first.
    pub(super) first: Vec<(i64, String)>,
}

impl Ranking {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, first: Vec::new() }
    }

    pub(super) fn add(&mut self, unused: Option<i64>, name: &str) {
        let Some(unused) = unused.filter(|unused| *unused > 0) else { return };
        let place = self.first.partition_point(|(other, _)| *other >= unused);
        if place < LENGTH {
            self.first.insert(place, (unused, name.to_owned()));
            self.first.truncate(LENGTH);
        }
    }
}
