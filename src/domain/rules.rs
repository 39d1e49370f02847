//! The rules of the law as data: what they say stands in TOML files beside the code, each with its legal reference.
//!
//! Nothing here knows a case, a ledger, a clock or a store. The data is built into the program and read once; a test
//! reads every file, so that a mistake in one cannot reach a running daemon.
//!
//! * [`exemptions`]: which accounts may not be touched, or only frozen
//! * [`authority`]: who may be looked up and what may be done, with which documents
//! * [`terms`]: how long a measure stands and when its end is announced
//! * [`working_days`]: statutory holidays and clocks from filing
//! * [`interest`]: the doubled interest on delayed performance
//! * [`release_reasons`]: why a measure is released, and whether the debt ends with it

pub mod authority;
pub mod exemptions;
pub mod interest;
pub mod release_reasons;
pub mod terms;
pub mod working_days;

/// Files of rules that cannot be read, each with what is wrong. Empty in a program that was built right.
///
/// Whoever starts the daemon asks, and starts nothing where there is an answer: without its rules the daemon would only be
/// cautious (nothing permitted, every account doubtful), not right.
pub fn unreadable_files() -> Vec<(&'static str, String)> {
    let files = [
        ("authority.toml", authority::check_data()),
        ("exemptions.toml", exemptions::check_data()),
        ("holidays.toml", working_days::check_data()),
        ("release_reasons.toml", release_reasons::check_data()),
        ("terms.toml", terms::check_data()),
    ];
    files.into_iter().filter_map(|(file, read)| Some((file, read.err()?))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_is_read() {
        assert_eq!(super::unreadable_files(), []);
    }
}
