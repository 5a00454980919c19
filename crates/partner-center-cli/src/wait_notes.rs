//! Notes about long waits that the service asks for: a run that is silent for an hour looks like one that hangs.
//!
//! The SDK reports waits as `tracing` events. They are not noted again if a progress line or the log shows them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Context;

use crate::console::Console;

/// Shorter waits are not reported.
const LONG: Duration = Duration::from_secs(5);

/// Whether a progress line shows the remaining wait.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Sets whether a progress line shows waits.
pub(crate) fn set_shown(shown: bool) {
    IS_SHOWN.store(shown, Ordering::Relaxed);
}

/// The target of the events that report waits.
pub(crate) const TARGET: &str = "partner_center::call";

/// The events that report waits.
pub(crate) fn events() -> Targets {
    Targets::new().with_target(TARGET, LevelFilter::WARN)
}

/// Notes each long wait once, however many calls have to wait.
pub(crate) struct WaitNotes {
    console: Console,
    until: Mutex<Option<Instant>>,
}

impl WaitNotes {
    pub(crate) fn new(console: Console) -> Self {
        Self { console, until: Mutex::new(None) }
    }

    /// Whether this wait is long and was not reported yet.
    fn is_news(&self, wait: Duration, now: Instant) -> bool {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if wait < LONG || until.is_some_and(|until| now + wait < until + LONG) {
            return false;
        }
        *until = Some(now + wait);
        true
    }
}

impl<S: Subscriber> Layer<S> for WaitNotes {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Some(seconds) = fields.wait else { return };
        // A year, so that adding it to a time does not overflow.
        let wait = Duration::from_secs(seconds.min(365 * 24 * 3600));
        if self.is_news(wait, Instant::now()) && !IS_SHOWN.load(Ordering::Relaxed) {
            let until = fields.until.map_or_else(String::new, |until| format!(", until {until}"));
            self.console.note(&format!(
                "the service asks to wait {seconds} seconds{until}; the wait is limited by --timeout"
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

    #[test]
    fn a_wait_is_reported_once_and_a_longer_one_again() {
        let (seconds, now) = (Duration::from_secs, Instant::now());
        let holds = WaitNotes::new(Console::silent());
        assert!(!holds.is_news(seconds(2), now), "short");
        assert!(holds.is_news(seconds(3600), now));
        assert!(!holds.is_news(seconds(3600), now + seconds(1)), "another call has to wait as long");
        assert!(!holds.is_news(seconds(10), now + seconds(2)));
        assert!(holds.is_news(seconds(7200), now + seconds(3)));
        assert!(holds.is_news(seconds(60), now + seconds(7300)));
    }
}
