//! The `chakong` program.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A third of the processor's time went into the system's allocator. This one keeps what was freed for a second before the system gets it
/// back: given back at once, it is asked for again with the next burst, page by page.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    chakong::cli::main()
}
