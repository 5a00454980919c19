//! The progress line on stderr, drawn only on a terminal.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use partner_center::sweep::Progress;

use crate::console::Console;
use crate::terminal::text::grouped;
use crate::wait_notes;

/// How often the line is drawn per second.
const DRAWS: u8 = 8;

pub(super) struct Line {
    bar: ProgressBar,
    began: Instant,
    /// Customers that earlier runs completed.
    before: u64,
    /// Rows are written to the same terminal as the line.
    shares_terminal: bool,
}

impl Line {
    pub(super) fn new(console: Console, before: u64, shares_terminal: bool) -> Self {
        let bar = if console.shows_progress() {
            let terminal = Box::new(Narrow(Term::buffered_stderr()));
            ProgressBar::with_draw_target(None, ProgressDrawTarget::term_like_with_hz(terminal, DRAWS))
        } else {
            ProgressBar::hidden()
        };
        wait_notes::set_shown(!bar.is_hidden());
        Self { bar, began: Instant::now(), before, shares_terminal }
    }

    /// Waits until the line is due to be drawn again; forever if it is hidden.
    pub(super) async fn tick(&self) {
        if self.bar.is_hidden() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_secs(1) / u32::from(DRAWS)).await;
    }

    pub(super) fn show(&self, progress: &Progress) {
        if self.bar.is_hidden() {
            return;
        }
        if progress.known == 0 {
            self.bar.set_style(style("{spinner} {wide_msg}"));
            self.bar.tick();
        } else {
            self.bar.set_style(style("{bar:16} {wide_msg}"));
            self.bar.set_length(progress.known);
            self.bar.set_position(progress.summary.customers);
        }
        self.bar.set_message(message(progress, self.before, self.began.elapsed()));
    }

    /// Runs a function that uses the terminal, with the line hidden.
    pub(super) fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bar.suspend(act)
    }

    /// Writes rows. The line is hidden only if they go to the same terminal, so that it does not flicker.
    pub(super) fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.shares_terminal { self.bar.suspend(write) } else { write() }
    }
}

/// Clears the line, however the run ends.
impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        wait_notes::set_shown(false);
    }
}

/// A terminal narrowed by the width of an echoed `^C`. After a line of full width, `^C` would start a new line, and
/// only that would be cleared.
#[derive(Debug)]
struct Narrow(Term);

impl TermLike for Narrow {
    fn width(&self) -> u16 {
        self.0.width().saturating_sub(3)
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants; a line that cannot be drawn must not end a run.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("━╸ ").tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

/// `1,234 of 10,000  41/s  3m 34s left  throttled 12s  3 failed`, as short as it can be.
fn message(progress: &Progress, before: u64, elapsed: Duration) -> String {
    let summary = &progress.summary;
    let mut text = String::new();
    if progress.known == 0 {
        let _ = write!(text, "{} rows", grouped(summary.rows));
    } else {
        let more = if progress.all_known { "" } else { "+" };
        let _ = write!(text, "{} of {}{more}", grouped(summary.customers), grouped(progress.known));
    }
    let done = if progress.known == 0 { summary.rows } else { summary.customers.saturating_sub(before) };
    if done > 0 && elapsed >= Duration::from_secs(1) {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = done as f64 / elapsed.as_secs_f64();
        let _ = if rate < 10.0 { write!(text, "  {rate:.1}/s") } else { write!(text, "  {rate:.0}/s") };
        let left = progress.known.saturating_sub(summary.customers);
        if progress.all_known && left > 0 {
            #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
            let _ = write!(text, "  {} left", time(Duration::from_secs_f64(left as f64 / rate)));
        }
    }
    if let Some(pause) = progress.pause {
        let _ = write!(text, "  throttled, {} to wait", time(pause));
    } else if !progress.throttled.is_zero() {
        let _ = write!(text, "  throttled {}", time(progress.throttled));
    }
    if summary.failed > 0 {
        let _ = write!(text, "  {} failed", grouped(summary.failed));
    }
    text
}

/// `45s`, `3m 34s`, `2h 5m`.
fn time(time: Duration) -> String {
    let seconds = (time + Duration::from_millis(500)).as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}
