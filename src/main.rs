//! The `chakong` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    chakong::cli::main()
}
