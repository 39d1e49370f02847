//! Why a counterpart was not reached, in words that tell one cause from another.

use std::io::{Error, ErrorKind};

/// An address as people write it.
pub(super) fn at(host: &str, port: u16) -> String {
    match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// What an error of the network means.
pub(super) fn name_of(error: &Error) -> String {
    let words = match error.kind() {
        ErrorKind::ConnectionRefused => {
            "the connection was refused: nothing listens there, or a firewall says so"
        }
        ErrorKind::TimedOut => "no connection within the time limit",
        ErrorKind::ConnectionReset => "the other side reset the connection",
        ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
            "the other side hung up"
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "there is no way to its network",
        ErrorKind::AddrNotAvailable => "the address cannot be used from here",
        ErrorKind::PermissionDenied => "this machine does not permit the connection",
        _ => return format!("the network failed: {error}"),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_apart() {
        let kinds = [
            ErrorKind::ConnectionRefused,
            ErrorKind::TimedOut,
            ErrorKind::ConnectionReset,
            ErrorKind::BrokenPipe,
            ErrorKind::HostUnreachable,
            ErrorKind::AddrNotAvailable,
            ErrorKind::PermissionDenied,
            ErrorKind::Other,
        ];
        let words: std::collections::BTreeSet<String> =
            kinds.into_iter().map(|kind| name_of(&kind.into())).collect();
        assert_eq!(words.len(), kinds.len());
        assert_eq!(at("bank.example.cn", 22), "bank.example.cn:22");
        assert_eq!(at("::1", 22), "[::1]:22");
    }
}
