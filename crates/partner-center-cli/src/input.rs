//! Reads files and stdin within a time limit. The SDK's `settings::input` decodes and normalizes what was read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use secrecy::zeroize::Zeroizing;

/// The longest file that is read: rules and tokens are far shorter.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Reads a whole file within a time limit: it may be a pipe without a writer.
pub(crate) fn read(path: &Path, at_most: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let path = path.to_owned();
    in_time(at_most, move || all(File::open(path)?))
}

/// Reads stdin to its end.
pub(crate) fn read_stdin(at_most: Option<Duration>) -> io::Result<Zeroizing<Vec<u8>>> {
    match at_most {
        Some(at_most) => in_time(at_most, || all(io::stdin().lock())),
        None => all(io::stdin().lock()),
    }
}

fn all(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST) {
        Ok(bytes)
    } else {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than 4 MiB"))
    }
}

/// Runs a function that may block forever on a thread, which is abandoned after a timeout.
fn in_time<T: Send + 'static>(
    at_most: Duration,
    run: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (sender, receiver) = sync_channel(1);
    std::thread::Builder::new().name("reader".to_owned()).spawn(move || {
        let _ = sender.send(run());
    })?;
    match receiver.recv_timeout(at_most) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "it could not be read within the time allowed by --timeout",
        )),
        Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("it could not be read")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn reading_a_pipe_without_a_writer_times_out() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let error = read(&pipe, Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(read(Path::new("/dev/zero"), Duration::from_secs(60)).is_err(), "an endless file");
    }
}
