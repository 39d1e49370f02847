//! The `chakong` program.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A third of the processor's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    chakong::cli::main()
}
