//! How the server lets somebody in, and starts SFTP.

use std::borrow::Cow;
use std::sync::Arc;

use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, Response, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::ways::{Odd, Wants};
use super::{Serving, Tree};

/// A connection until SFTP runs on it.
pub struct Login {
    channel: Option<Channel<Msg>>,
    odd: Odd,
    tree: Tree,
    /// Whether the first of two proofs was shown.
    is_half_in: bool,
    /// Messages that were answered.
    answered: usize,
}

impl Login {
    pub fn new(odd: Odd, tree: Tree) -> Self {
        Self { channel: None, odd, tree, is_half_in: false, answered: 0 }
    }

    /// What becomes of a proof: let in, half in, or refused with what is taken.
    fn shown(&mut self, method: MethodKind) -> Auth {
        let order = match self.odd.wants {
            Wants::Password => vec![MethodKind::Password],
            Wants::Answer | Wants::AnswerAndCode => vec![MethodKind::KeyboardInteractive],
            Wants::KeyAndPassword => vec![MethodKind::PublicKey, MethodKind::Password],
            Wants::PasswordAndKey => vec![MethodKind::Password, MethodKind::PublicKey],
        };
        let wanted = &order[usize::from(self.is_half_in)..];
        let is_right = wanted[0] == method;
        if is_right && wanted.len() == 1 {
            return Auth::Accept;
        }
        let next = if is_right { &wanted[1..] } else { &wanted[..1] };
        self.is_half_in |= is_right;
        Auth::Reject { proceed_with_methods: Some(MethodSet::from(next)), partial_success: is_right }
    }
}

impl Handler for Login {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, _: &str) -> Result<Auth, Self::Error> {
        Ok(self.shown(MethodKind::Password))
    }

    async fn auth_publickey(&mut self, _: &str, _: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        Ok(self.shown(MethodKind::PublicKey))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let asks = |prompts: Vec<(Cow<'static, str>, bool)>| Auth::Partial {
            name: "".into(),
            instructions: "a word of welcome".into(),
            prompts: prompts.into(),
        };
        let said: Option<Vec<_>> = response.map(Iterator::collect);
        self.answered = if said.is_some() { self.answered + 1 } else { 0 };
        Ok(match (self.answered, said.as_deref()) {
            (0, _) => asks(Vec::new()),
            (1, Some([])) => asks(vec![("Password: ".into(), false)]),
            (2, Some([answer])) if answer.as_ref() == b"any" => match self.odd.wants {
                Wants::AnswerAndCode => asks(vec![("Code: ".into(), true)]),
                _ => self.shown(MethodKind::KeyboardInteractive),
            },
            _ => self.shown(MethodKind::None),
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(id)?;
        let Some(channel) = self.channel.take() else { return Ok(()) };
        let mut serving = Serving::new(self.odd.clone(), Arc::clone(&self.tree));
        let handle = session.handle();
        tokio::spawn(async move {
            let mut stream = channel.into_stream();
            loop {
                let asked = async {
                    let length = stream.read_u32().await.ok()?;
                    let mut packet = vec![0; length as usize];
                    stream.read_exact(&mut packet).await.ok()?;
                    Some(packet)
                };
                let asked = match serving.odd.idle {
                    Some(idle) => tokio::time::timeout(idle, asked).await.ok().flatten(),
                    None => asked.await,
                };
                let Some(packet) = asked else { break };
                let answer = serving.answer(&packet);
                let length = u32::try_from(answer.len()).expect("short").to_be_bytes();
                if stream.write_all(&[&length[..], &answer].concat()).await.is_err() {
                    break;
                }
            }
            let _ = handle.disconnect(russh::Disconnect::ByApplication, String::new(), String::new()).await;
        });
        Ok(())
    }
}
