//! Errors of the temporary files in which the library keeps long sheets.
//!
//! The library has no other way to report that it cannot write such a file, for example because the disk is full, than a
//! panic. Sheets in memory would avoid it, but then memory grows with the rows. So this one kind of panic is caught here,
//! before it is shown, and becomes the error that it stands for. Every other panic stays one.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

use rust_xlsxwriter::XlsxError;

thread_local! {
    /// Whether this thread writes a workbook. The library writes these sheets on the thread of its caller.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Writes a workbook. After an error, the workbook must be dropped.
pub(super) fn catching<T>(write: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, XlsxError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let show = take_hook();
        set_hook(Box::new(move |panic| {
            if !WRITING.get() || io_error(panic.payload()).is_none() {
                show(panic);
            }
        }));
    });
    WRITING.set(true);
    let written = catch_unwind(AssertUnwindSafe(write));
    WRITING.set(false);
    written.unwrap_or_else(|panic| match io_error(&*panic) {
        Some(error) => Err(XlsxError::TempFileError(std::env::temp_dir(), error)),
        None => resume_unwind(panic),
    })
}

/// The error in a panic of the library: in its text, with the words of `expect` or `unwrap` before it.
fn io_error(panic: &(dyn Any + Send)) -> Option<io::Error> {
    const WRITE: &str = "Couldn't write to xml file: ";
    const FLUSH: &str = "called `Result::unwrap()` on an `Err` value: ";
    let text = panic.downcast_ref::<String>()?;
    let code = |error: &str| error.strip_prefix("Os { code: ")?.split(',').next()?.parse().ok();
    match (text.strip_prefix(WRITE), text.strip_prefix(FLUSH).and_then(code)) {
        (Some(error), _) => {
            Some(code(error).map_or_else(|| io::Error::other(error), io::Error::from_raw_os_error))
        }
        (None, Some(code)) => Some(io::Error::from_raw_os_error(code)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Write = fn() -> Result<(), XlsxError>;

    #[test]
    fn only_errors_of_temporary_files_are_caught() {
        let expect: Write = || panic!("Couldn't write to xml file: {:?}", io::Error::from_raw_os_error(5));
        let unwrap: Write =
            || panic!("called `Result::unwrap()` on an `Err` value: {:?}", io::Error::from_raw_os_error(5));
        for caught in [catching(expect), catching(unwrap)] {
            let Err(XlsxError::TempFileError(directory, found)) = caught else { panic!("{caught:?}") };
            assert_eq!((directory, found.raw_os_error()), (std::env::temp_dir(), Some(5)));
        }
        let defect: Write = || panic!("called `Result::unwrap()` on an `Err` value: {:?}", "a defect");
        let panic = catch_unwind(|| catching(defect)).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("a defect"));
        assert!(!WRITING.get());
    }
}
