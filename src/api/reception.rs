//! The reception of inquiries that come from brokers: the same path as `POST /v1/inquiries`, the same checks, roles and answers.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::inquiries::{Submission, submit_as};
use super::problem::{PROBLEM_JSON, Problem, ProblemKind};
use crate::config::Role;
use crate::gateway::Gateway;
use crate::intake::{IntakeError, Submitter};
use crate::relay::{Answer, Reception};

/// What a problem says where in an HTTP answer the path stands.
const INSTANCE: &str = "/v1/inquiries";

/// The reception of a gateway.
#[derive(Debug)]
pub struct GatewayReception(pub Arc<Gateway>);

impl Reception for GatewayReception {
    fn submit<'a>(&'a self, submitter: &'a str, key: &'a str, body: &'a [u8]) -> BoxFuture<'a, Answer> {
        async move {
            match self.submitted(submitter, key, body).await {
                Ok(Submission { is_new, view }) => Answer {
                    status: if is_new { 201 } else { 200 },
                    media_type: "application/json",
                    body: serde_json::to_vec(&view).unwrap_or_default(),
                    may_pass: false,
                    reason: String::new(),
                },
                Err(problem) => answer(&problem),
            }
        }
        .boxed()
    }

    fn refuse(&self, status: u16, reason: &str) -> Answer {
        let kind = match status {
            403 => ProblemKind::Forbidden,
            413 => ProblemKind::TooLarge,
            _ => ProblemKind::MalformedRequest,
        };
        answer(&Problem::new(kind, reason))
    }

    fn largest(&self) -> usize {
        self.0.server.largest_body
    }
}

impl GatewayReception {
    async fn submitted(&self, submitter: &str, key: &str, body: &[u8]) -> Result<Submission, Problem> {
        let gateway = &self.0;
        let known = gateway.keys.iter().find(|known| known.name == submitter);
        let known = known.filter(|known| known.roles.contains(&Role::CaseSystem));
        let Some(known) = known else {
            return Err(Problem::new(ProblemKind::Forbidden, "the submitter has not the role case_system"));
        };
        if !gateway.has_space() {
            return Err(IntakeError::NoSpace.into());
        }
        let is_officer = known.roles.contains(&Role::Officer);
        let submitter = Submitter { name: &known.name, is_officer, courts: &known.courts };
        submit_as(gateway, submitter, key, body).await
    }
}

fn answer(problem: &Problem) -> Answer {
    let body = problem.body(INSTANCE);
    let status = problem.status();
    if status.is_server_error() {
        tracing::error!(
            status = status.as_u16(),
            causes = problem.causes(),
            "an inquiry from a broker could not be taken now"
        );
    }
    Answer {
        status: status.as_u16(),
        media_type: PROBLEM_JSON,
        may_pass: status.is_server_error(),
        reason: format!("{}: {}", body.r#type, body.title),
        body: serde_json::to_vec(&body).unwrap_or_default(),
    }
}
