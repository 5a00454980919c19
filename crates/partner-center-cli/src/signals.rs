//! Handles Ctrl-C and SIGTERM; on Windows Ctrl-C, Ctrl-Break, the end of the console and that of the system.
//!
//! The first signal is passed to the command, which stops cleanly: the output stays readable, a checkpoint is saved, a
//! refreshed token is stored. The second ends the process at once. A separate thread waits for signals, because the
//! rest of the process may be blocked on writing to a full pipe.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::exit::Exit;
use crate::problem::{Problem, Stop};

/// How long a command may take to stop.
const LONGEST_STOP: Duration = Duration::from_secs(10);

/// A second signal within this time counts as the first: `timeout` sends it to the process and to its group.
const TWICE: Duration = Duration::from_millis(500);

/// How long a command may take to stop if the signal came twice at once.
const STOP_AFTER_TWICE: Duration = Duration::from_secs(2);

/// The exit code of the first signal, once there was one.
static FIRST_SIGNAL: OnceLock<Result<watch::Receiver<Option<Exit>>, String>> = OnceLock::new();

/// Listens for signals from its creation on; until then a signal ends the process.
pub(crate) struct Signals(watch::Receiver<Option<Exit>>);

impl Signals {
    pub(crate) fn listen() -> Result<Self, Problem> {
        match FIRST_SIGNAL.get_or_init(|| start().map_err(|error| error.to_string())) {
            Ok(receiver) => Ok(Self(receiver.clone())),
            Err(cause) => {
                Err(Problem::new(Exit::Unexpected, "could not listen for Ctrl-C").because(cause.clone()))
            }
        }
    }

    /// Waits for the first signal and returns its exit code.
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

/// Whether Ctrl-C is meant for another program on the same terminal.
static IS_ELSEWHERE: AtomicBool = AtomicBool::new(false);

/// Leaves Ctrl-C to another program on the same terminal until it is dropped. Otherwise this process would end, and both
/// that program and the shell would read from the terminal.
pub(crate) struct CtrlC;

impl CtrlC {
    pub(crate) fn leave_to_another_program() -> Self {
        IS_ELSEWHERE.store(true, Ordering::Relaxed);
        // Without the thread, the signal ends the process.
        let _ = Signals::listen();
        Self
    }
}

impl Drop for CtrlC {
    fn drop(&mut self) {
        IS_ELSEWHERE.store(false, Ordering::Relaxed);
    }
}

/// Starts the thread, and returns once it listens for signals.
fn start() -> io::Result<watch::Receiver<Option<Exit>>> {
    let (sender, receiver) = watch::channel(None);
    let (ready, is_ready) = sync_channel(1);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || wait(&sender, &ready))?;
    is_ready.recv().map_err(|_| io::Error::other("the signal thread has ended"))??;
    Ok(receiver)
}

fn wait(sender: &watch::Sender<Option<Exit>>, ready: &SyncSender<io::Result<()>>) {
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
        let exit = signals.next_meant().await;
        let first = Instant::now();
        sender.send_replace(Some(exit));
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

/// Ends the process at once. Nothing is flushed: that could block too.
fn leave(exit: Exit) -> ! {
    #[cfg(unix)]
    signal_hook::low_level::exit(i32::from(exit as u8));
    #[cfg(not(unix))]
    std::process::exit(i32::from(exit as u8))
}

/// Makes a write beyond the file size limit fail with an error. By default SIGXFSZ ends the process without a message.
pub(crate) fn ignore_sigxfsz() {
    #[cfg(unix)]
    {
        let exceeded = std::sync::Arc::new(AtomicBool::new(false));
        // If it fails, the default applies: the signal ends the process.
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
    #[cfg(not(unix))]
    request: tokio::signal::windows::CtrlBreak,
    // Windows ends the process a few seconds after these two.
    #[cfg(not(unix))]
    close: tokio::signal::windows::CtrlClose,
    #[cfg(not(unix))]
    shutdown: tokio::signal::windows::CtrlShutdown,
}

impl Raw {
    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            request: ctrl_break()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    /// The next signal that is not a Ctrl-C for another program.
    async fn next_meant(&mut self) -> Exit {
        loop {
            let exit = self.next().await;
            if exit != Exit::Interrupted || !IS_ELSEWHERE.load(Ordering::Relaxed) {
                return exit;
            }
        }
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
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.request.recv() => Exit::Terminated,
            _ = self.close.recv() => Exit::Terminated,
            _ = self.shutdown.recv() => Exit::Terminated,
        }
    }
}

/// Runs a command until a signal arrives. The command must be safe to drop.
pub(crate) async fn unless_stopped(command: impl Future<Output = Result<Exit, Stop>>) -> Result<Exit, Stop> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        exit = signals.next() => Ok(exit),
        result = command => result,
    }
}
