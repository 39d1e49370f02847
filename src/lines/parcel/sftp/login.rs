//! How we show a server who we are: by a key, by a password, or by both where it asks for both. A server that takes passwords only as
//! answers to its questions (RFC 4256, as PAM does) is answered with the password.

use std::sync::Arc;

use chakong_contract::Secret;
use chakong_contract::fault::{Fault, FaultKind};
use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Asked};
use russh::keys::{PrivateKey, PrivateKeyWithHashAlg};
use russh::{MethodKind, MethodSet};

use super::host_keys::{CONNECT, HostKeys, fault_of};
use crate::config::SftpLogin;

/// Most messages of a server in one conversation; some ask for nothing.
const MOST_MESSAGES: usize = 8;

/// What shows who we are.
#[derive(Debug, Clone, Copy)]
enum Proof<'a> {
    Key(&'a Arc<PrivateKey>),
    Password(&'a Secret),
}

/// What a server says to a proof, with the methods that it takes now.
enum Said {
    /// We are in.
    In,
    /// It takes the proof and asks for another.
    More(MethodSet),
    /// It does not take the proof.
    Refused(MethodSet),
    /// It asked for more than a password, and was not answered.
    Asks,
}

impl Proof<'_> {
    const fn name(self) -> &'static str {
        match self {
            Self::Key(_) => "the key",
            Self::Password(_) => "the password",
        }
    }
}

/// Logs in, or says what the server takes.
///
/// # Errors
/// A fault of kind `Unauthorised` where it does not let us in; of another kind where the connection broke off.
pub(super) async fn log_in(
    connection: &mut Handle<HostKeys>,
    user: &str,
    login: &SftpLogin,
) -> Result<(), Fault> {
    let key = login.key.as_ref().map(Proof::Key);
    let mut left: Vec<Proof<'_>> =
        key.into_iter().chain(login.password.as_ref().map(Proof::Password)).collect();
    let (mut refused, mut taken, mut methods) = (Vec::new(), Vec::new(), MethodSet::empty());
    while !left.is_empty() {
        let proof = left.remove(0);
        match show(connection, user, proof).await? {
            Said::In => return Ok(()),
            Said::More(more) => {
                taken.push(proof.name());
                // What it did not take before it may take behind this one.
                left.append(&mut refused);
                methods = more;
            }
            Said::Refused(others) => {
                refused.push(proof);
                methods = others;
            }
            Said::Asks => {
                let detail = "the server asks for more than a password, as for a code that is good once; nobody is here to answer. Have its \
                              operator let us in by a key or a password alone";
                return Err(Fault::new(FaultKind::Unauthorised, CONNECT, detail));
            }
        }
    }
    Err(unauthorised(&taken, &refused, &methods))
}

fn unauthorised(taken: &[&str], refused: &[Proof<'_>], methods: &MethodSet) -> Fault {
    let methods: Vec<&str> = methods.iter().map(Into::into).collect();
    let methods = methods.join(", ");
    let refused: Vec<&str> = refused.iter().map(|proof| proof.name()).collect();
    let detail = match (taken, refused.as_slice()) {
        ([], refused) => format!("the server does not accept {}; it takes {methods}", refused.join(" nor ")),
        (taken, []) => {
            format!("the server accepts {} and asks for more: {methods}", taken.join(" and "))
        }
        (taken, refused) => format!(
            "the server accepts {} and does not accept {} beside it; it takes {methods}",
            taken.join(" and "),
            refused.join(" nor ")
        ),
    };
    Fault::new(FaultKind::Unauthorised, CONNECT, detail)
}

async fn show(connection: &mut Handle<HostKeys>, user: &str, proof: Proof<'_>) -> Result<Said, Fault> {
    let failed = |error: russh::Error| fault_of(error.into());
    let said = match proof {
        Proof::Key(key) => {
            let key = PrivateKeyWithHashAlg::new(Arc::clone(key), None);
            connection.authenticate_publickey(user, key).await
        }
        Proof::Password(password) => connection.authenticate_password(user, password.expose()).await,
    };
    let said = match said.map_err(failed)? {
        AuthResult::Success => Said::In,
        AuthResult::Failure { remaining_methods, partial_success: true } => Said::More(remaining_methods),
        AuthResult::Failure { remaining_methods, .. } => Said::Refused(remaining_methods),
    };
    match (proof, said) {
        // Where passwords are taken as such, this one is wrong, and is not shown a second time: that may lock us out.
        (Proof::Password(password), Said::Refused(methods))
            if methods.contains(&MethodKind::KeyboardInteractive)
                && !methods.contains(&MethodKind::Password) =>
        {
            answer(connection, user, password).await.map_err(failed)
        }
        (_, said) => Ok(said),
    }
}

/// Answers the one question of a server with the password. One that asks again is not answered again.
async fn answer(
    connection: &mut Handle<HostKeys>,
    user: &str,
    password: &Secret,
) -> Result<Said, russh::Error> {
    let mut asked = connection.authenticate_keyboard_interactive_start(user, None::<String>).await?;
    let mut is_answered = false;
    for _ in 0..MOST_MESSAGES {
        let answers = match asked {
            Asked::Success => return Ok(Said::In),
            Asked::Failure { remaining_methods, partial_success: true } => {
                return Ok(Said::More(remaining_methods));
            }
            Asked::Failure { remaining_methods, .. } => return Ok(Said::Refused(remaining_methods)),
            Asked::InfoRequest { prompts, .. } => match prompts.as_slice() {
                [] => Vec::new(),
                [_] if !is_answered => {
                    is_answered = true;
                    vec![password.expose().to_owned()]
                }
                _ => return Ok(Said::Asks),
            },
        };
        asked = connection.authenticate_keyboard_interactive_respond(answers).await?;
    }
    Ok(Said::Asks)
}
