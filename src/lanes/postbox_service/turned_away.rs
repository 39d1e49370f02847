//! Callers who are not let in: answered late, and told to those who watch.

use std::net::IpAddr;
use std::sync::Arc;

use chakong_contract::{CallKind, CallResult, Credentials, Fault, FaultKind, HttpResponse, ParsedCall};

use super::super::guesses::Guessing;
use super::callers::owner;
use super::{PostboxService, failed};
use crate::config::CounterpartConfig;
use crate::domain::actor;
use crate::lines::postbox::Call;

/// Who is named in the audit as the one who acted.
const ACTOR: &str = actor::POSTBOX;

impl PostboxService {
    /// The answer to a wrong password: the later, the more of them there were.
    pub(super) async fn turn_away(
        &self,
        here: &[Arc<CounterpartConfig>],
        first: &CounterpartConfig,
        claimed: Credentials,
        call: &mut Call,
    ) -> HttpResponse {
        let whose = owner(here, &claimed).map(|config| config.name.clone());
        // Not the address that was called: a key may stand in it.
        let path = first.line.called_at().map_or("", |at| at.path.as_str());
        let slowed = self.callers.note(&claimed, path, call.peer());
        tracing::warn!(
            path, operation = claimed.operation, from = %call.peer(), counterpart = whose,
            "a caller was turned away"
        );
        self.count(whose.as_deref());
        if let Some(times) = slowed.told {
            self.tell_guessing(whose.as_deref(), path, call.peer(), times).await;
        }
        call.slows_down();
        tokio::join!(tokio::time::sleep(slowed.wait), call.discard());
        let Credentials { account, password, operation } = claimed;
        let parsed = ParsedCall { account, password, operation, kind: CallKind::Admission };
        let postbox = first.connector.postbox();
        postbox.map_or_else(failed, |postbox| postbox.respond(&parsed, &CallResult::TurnedAway))
    }

    fn count(&self, whose: Option<&str>) {
        self.context.registry.turned_away();
        let Some(handle) = whose.and_then(|name| self.context.registry.get(name)) else { return };
        let detail = "the password that came with its account is not the one in its file";
        let fault = Fault::new(FaultKind::Unauthorised, "let the counterpart in", detail);
        handle.problem(&fault, self.context.clock.now());
    }

    /// Somebody tries to guess a password: in the log, in the counterpart's health and in the audit, with the address. It is no result:
    /// those are about inquiries, and go to the case system.
    async fn tell_guessing(&self, whose: Option<&str>, path: &str, from: IpAddr, times: u32) {
        tracing::error!(path, %from, times, counterpart = whose, "somebody tries to guess a password");
        if let Some(handle) = whose.and_then(|name| self.context.registry.get(name)) {
            let detail =
                format!("somebody tries to guess the password from {from}: {times} wrong ones in a row");
            let fault = Fault::new(FaultKind::Unauthorised, "let the counterpart in", detail);
            handle.problem(&fault, self.context.clock.now());
        }
        let subject = whose.unwrap_or(path);
        let guessing = Guessing { actor: ACTOR, act: "guess_password", subject, from, path, times };
        let entry = guessing.entry(self.context.clock.now());
        if let Err(error) = self.context.engine.audit(entry).await {
            tracing::error!(%error, "the attempt could not be written into the audit");
        }
    }
}
