//! Being told to stop: Ctrl-C, and where there is such a thing the signal to terminate.
//!
//! The first signal is passed on to the command, which stops in its own way: what is written stays readable, a
//! checkpoint is saved, a refreshed token is stored. The second ends the process at once. Signals are waited for on a
//! thread of their own, so that it does not matter what the rest of the process is doing: it may be stuck in writing to
//! a pipe that nobody reads.

use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::exit::Exit;
use crate::report::{Problem, Stop};

/// How long a command may take to stop.
const LONGEST_STOP: Duration = Duration::from_secs(10);

/// A second signal within this time is taken for the first: `timeout` sends it to the process and to its group.
const TWICE: Duration = Duration::from_millis(500);

/// How long a command has to stop where the signal came twice at once.
const STOP_AFTER_TWICE: Duration = Duration::from_secs(2);

/// What the first signal asks to end with, once there was one.
static TOLD: OnceLock<Result<watch::Receiver<Option<Exit>>, String>> = OnceLock::new();

/// Listens from the moment it is made; until then a signal ends the process, as it does everywhere.
pub(crate) struct Signals(watch::Receiver<Option<Exit>>);

impl Signals {
    pub(crate) fn listen() -> Result<Self, Problem> {
        match TOLD.get_or_init(|| start().map_err(|error| error.to_string())) {
            Ok(told) => Ok(Self(told.clone())),
            Err(cause) => {
                Err(Problem::new(Exit::Unexpected, "Ctrl-C cannot be waited for").because(cause.clone()))
            }
        }
    }

    /// Waits for the first one, and says what to end with.
    pub(crate) async fn next(&mut self) -> Exit {
        loop {
            if let Some(exit) = *self.0.borrow_and_update() {
                return exit;
            }
            if self.0.changed().await.is_err() {
                // The thread that waits for signals ends only with the process.
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Starts the thread, and returns once signals are waited for.
fn start() -> io::Result<watch::Receiver<Option<Exit>>> {
    let (tell, told) = watch::channel(None);
    let (ready, is_ready) = sync_channel(1);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || wait(&tell, &ready))?;
    is_ready.recv().map_err(|_| io::Error::other("the thread that waits for it has ended"))??;
    Ok(told)
}

fn wait(tell: &watch::Sender<Option<Exit>>, ready: &SyncSender<io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        let mut signals = match Raw::listen() {
            Ok(signals) => signals,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        let exit = signals.next().await;
        let first = Instant::now();
        tell.send_replace(Some(exit));
        match timeout_at(first + LONGEST_STOP, signals.next()).await {
            Ok(exit) => {
                if first.elapsed() < TWICE {
                    sleep_until(first + STOP_AFTER_TWICE).await;
                }
                leave(exit)
            }
            Err(_) => leave(exit),
        }
    });
}

/// Ends the process here and now. Nothing is flushed: that could block too.
fn leave(exit: Exit) -> ! {
    #[cfg(unix)]
    signal_hook::low_level::exit(i32::from(exit as u8));
    #[cfg(not(unix))]
    std::process::exit(i32::from(exit as u8))
}

/// A file that becomes larger than the user's limit is an error of writing, to be told as one. By default the signal
/// for it ends the process without a word.
pub(crate) fn outlive_file_size_limit() {
    #[cfg(unix)]
    {
        let exceeded = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        // Without it the process would end as it does everywhere.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, exceeded);
    }
}

struct Raw {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Raw {
    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    #[cfg(unix)]
    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Exit {
        self.interrupt.recv().await;
        Exit::Interrupted
    }
}

/// Runs a command that leaves nothing behind when it is dropped.
pub(crate) async fn unless_stopped(command: impl Future<Output = Result<Exit, Stop>>) -> Result<Exit, Stop> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        exit = signals.next() => Ok(exit),
        result = command => result,
    }
}
