//! What each test logs. A subscriber of one test alone would not do: whether a line is written at all is decided once
//! for the whole process.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct OfThisThread;

impl Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps the lines of every thread apart, from the first call on.
pub(crate) fn keep_lines() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| OfThisThread)
            .finish();
        tracing::subscriber::set_global_default(lines).expect("nobody else sets the log up in tests");
    });
}

/// What this thread has logged.
pub(super) fn logged() -> String {
    LINES.with_borrow(|lines| String::from_utf8_lossy(lines).into_owned())
}
