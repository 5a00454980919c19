//! Long waits that the service asks for, told as soon as it asks: a run that is silent for an hour looks like one that
//! hangs.
//!
//! The SDK tells of them as events of `tracing`. Who watches a progress line or reads the events themselves knows already.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Context;

use crate::console::Console;

/// A shorter wait is not worth a word.
const LONG: Duration = Duration::from_secs(5);

/// Whether a line on the terminal says how long is still to wait.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Says whether a line on the terminal shows waits from now on.
pub(crate) fn are_shown(shown: bool) {
    IS_SHOWN.store(shown, Ordering::Relaxed);
}

/// The events that tell of waits.
pub(crate) fn events() -> Targets {
    Targets::new().with_target("partner_center::call", LevelFilter::WARN)
}

/// Notes each long wait once, whatever the number of calls that were told to wait.
pub(crate) struct Holds {
    console: Console,
    until: Mutex<Option<Instant>>,
}

impl Holds {
    pub(crate) fn new(console: Console) -> Self {
        Self { console, until: Mutex::new(None) }
    }

    /// Whether this is to be told, and not what was told already.
    fn is_news(&self, wait: Duration, now: Instant) -> bool {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if wait < LONG || until.is_some_and(|until| now + wait < until + LONG) {
            return false;
        }
        *until = Some(now + wait);
        true
    }
}

impl<S: Subscriber> Layer<S> for Holds {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Some(seconds) = fields.wait else { return };
        // A year is beyond any clock's trouble.
        let wait = Duration::from_secs(seconds.min(365 * 24 * 3600));
        if self.is_news(wait, Instant::now()) && !IS_SHOWN.load(Ordering::Relaxed) {
            let until = fields.until.map_or_else(String::new, |until| format!(", until {until}"));
            self.console.note(&format!(
                "the service asks to wait for {seconds} seconds{until}; no longer is waited than --timeout allows"
            ));
        }
    }
}

#[derive(Default)]
struct Fields {
    wait: Option<u64>,
    until: Option<String>,
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "wait_s" {
            self.wait = Some(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "until" {
            self.until = Some(format!("{value:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R10
    #[test]
    fn a_wait_is_told_once_and_a_longer_one_again() {
        let (seconds, now) = (Duration::from_secs, Instant::now());
        let holds = Holds::new(Console::silent());
        assert!(!holds.is_news(seconds(2), now), "short");
        assert!(holds.is_news(seconds(3600), now));
        assert!(!holds.is_news(seconds(3600), now + seconds(1)), "another call was told the same");
        assert!(!holds.is_news(seconds(10), now + seconds(2)));
        assert!(holds.is_news(seconds(7200), now + seconds(3)));
        assert!(holds.is_news(seconds(60), now + seconds(7300)));
    }
}
