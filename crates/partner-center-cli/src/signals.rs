//! Being told to stop: Ctrl-C, and where there is such a thing the signal to terminate.

use std::io;

use crate::exit::Exit;
use crate::report::{Problem, Stop};

/// Listens from the moment it is made; until then a signal ends the process, as it does everywhere.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    pub(crate) fn listen() -> Result<Self, Problem> {
        Self::new().map_err(|error| {
            Problem::new(Exit::Unexpected, "Ctrl-C cannot be waited for").because(error.to_string())
        })
    }

    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Waits for one, and says what to end with.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> Exit {
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
