use std::process::ExitCode;

/// Exit codes, documented in `--help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Done, and the outcome is not as it should be.
    NotAsExpected = 1,
    /// The input is wrong.
    Input = 65,
    /// The gateway cannot be reached or does not answer.
    Unreachable = 69,
    /// A part of the gateway died, or it did not end cleanly.
    Internal = 70,
    /// The key is missing or may not do this.
    NoPermission = 77,
    /// The configuration is wrong.
    Config = 78,
}

/// The table shown below `--help`.
pub(super) const HELP: &str = "\
Exit codes:
  0   done
  1   done, but the outcome is not as it should be (incomplete, not what the demo expects, a store that is damaged or in use)
  2   the command line is wrong
  65  the input is wrong: not an inquiry, unreadable file
  69  the gateway cannot be reached
  70  a part of the gateway died, or it did not end cleanly
  77  the API key is missing or may not do this
  78  the configuration is wrong
  130 a second interrupt ended the process at once";

impl Exit {
    /// Says why on standard error, if there is anything to say, and gives the code.
    pub(super) fn with(self, message: &str) -> ExitCode {
        if !message.is_empty() {
            super::complaint::complain(format_args!("chakong: {message}"));
        }
        self.into()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        // The discriminants are the codes and fit a byte.
        Self::from(exit as u8)
    }
}
