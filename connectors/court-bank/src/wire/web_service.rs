//! Rows of the web service alone: who asks for what, and what became of a feedback (protocol section 1b).

use super::row::row;

/// Root of the caller's name and password.
pub(crate) const ACCOUNT: &str = "usermarker";
/// Root of a question by the key of documents.
pub(crate) const BY_KEY: &str = "wsbhinfo";
/// Root of a question by request number.
pub(crate) const BY_NUMBER: &str = "bdhminfo";
/// Root of what became of a feedback.
pub(crate) const RESULT: &str = "result";
/// What became of an entry: it was taken.
pub(crate) const SUCCESS: &str = "success";
/// What became of an entry: it was not taken, and why stands beside it.
pub(crate) const FAIL: &str = "fail";
/// Why an entry was not taken: it had been before. Banks count this as taken.
pub(crate) const ALREADY: &str = "已经反馈, 不能再次反馈";

row! {
    /// What a caller says about itself or asks by.
    ConditionRow = "condition" in "usermarker" {
        optional {
            /// Name of the account.
            account = "username",
            /// Its password.
            password = "password",
            /// Key of documents.
            document_key = "WSBH",
            /// Request number.
            number = "BDHM",
        }
        always {}
        lists {}
    }
}

row! {
    /// What became of one entry of a feedback.
    EntryRow = "jg" in "cxjglist" {
        optional {}
        always {
            /// Request number.
            number = "bdhm",
            /// Taken or not.
            outcome = "result",
            /// Why not.
            words = "msg",
        }
        lists {}
    }
}

row! {
    /// What became of a feedback as a whole.
    ResultRow = "result" in "result" {
        optional {
            /// Why nothing of a feedback was taken.
            error = "errorMsg",
            /// The same, as returns have it.
            error_of_return = "errMsg",
        }
        always {}
        lists {
            /// Entries of a feedback.
            fed: EntryRow = "cxjglist",
            /// Entries of a return.
            returned: EntryRow = "htjglist",
        }
    }
}
