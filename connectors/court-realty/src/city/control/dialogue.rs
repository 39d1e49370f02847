use std::time::Duration;

use chakong_contract::connector::Read;
use chakong_contract::reply::UnknownValue;
use chakong_contract::{
    Answer, Dialogue, Fault, FaultKind, HttpRequest, HttpResponse, Input, Instruction, Order, Refusal, Reply,
    Step,
};
use serde::{Deserialize, Serialize};

use super::responses::{Created, Locked, accepted, created, locked};
use super::write::{Written, write};
use crate::city::manifest::Workflows;
use crate::city::wire::control::{Opened, OpenedCase, bean, call};
use crate::shared::remarks::reason;

const LOCK: &str = "lock the property";
const UNLOCK: &str = "lift the lock";

/// What was reached and must not be lost while the lock is lifted: the gateway keeps it as the ticket, and the conversation goes
/// on from there however often lifting is tried.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reached {
    /// The case of a release was created.
    Released(OpenedCase),
    /// The case was refused; the lock is ours.
    Refused(Refusal),
    /// The case was not created because of a fault; the lock is ours.
    Failed(Fault),
}

/// The conversation about one control.
#[derive(Debug)]
pub(crate) struct Control {
    order: Order,
    written: Written,
    bean: &'static str,
    stage: Stage,
}

#[derive(Debug, Clone)]
enum Stage {
    Locking,
    /// Whether the lock was set by this conversation, and not found there.
    Creating {
        locked: bool,
    },
    Lifting(Reached),
}

impl Control {
    /// Opens the conversation, or goes on from a ticket.
    ///
    /// # Errors
    /// When the order cannot be said, or the ticket is none of this connector's.
    pub(crate) fn open(
        order: &Order,
        workflows: &Workflows,
        at: chakong_contract::Moment,
        ticket: Option<&str>,
    ) -> Result<Self, Fault> {
        let written = write(order, workflows, at)?;
        let stage = match ticket {
            Some(ticket) => {
                let unknown = "the ticket is none of this connector's";
                let foreign = |_| Fault::new(FaultKind::Unsupported, "go on with a control", unknown);
                Stage::Lifting(serde_json::from_str(ticket).map_err(foreign)?)
            }
            None if matches!(order.instruction, Instruction::Release { .. }) => {
                Stage::Creating { locked: false }
            }
            None => Stage::Locking,
        };
        Ok(Self { order: order.clone(), written, bean: workflows.bean, stage })
    }

    fn request(&self) -> HttpRequest {
        let by_unit = self.written.by_unit;
        match &self.stage {
            Stage::Locking => {
                let bean = if by_unit { bean::LOCK_UNIT } else { bean::LOCK_CERTIFICATE };
                HttpRequest { repeatable: true, ..call(bean, &self.written.lock) }
            }
            Stage::Creating { .. } => call(self.bean, &self.written.case),
            Stage::Lifting(_) => {
                let bean = if by_unit { bean::UNLOCK_UNIT } else { bean::UNLOCK_CERTIFICATE };
                HttpRequest { repeatable: true, ..call(bean, &self.written.unlock) }
            }
        }
    }

    fn done(&self, reply: Reply) -> Step {
        self.answered(Answer::of(reply))
    }

    fn answered(&self, answer: Answer) -> Step {
        Step::Done(vec![Read::answer(self.order.number.clone(), answer)])
    }

    /// Keeps what was reached before the lock is lifted.
    fn keep(reached: &Reached) -> Step {
        match serde_json::to_string(reached) {
            Ok(ticket) => Step::Later { ticket, after: Duration::ZERO },
            Err(_) => {
                Step::Failed(Fault::new(FaultKind::OutcomeUnknown, UNLOCK, "what was reached cannot be kept"))
            }
        }
    }

    fn on_response(&mut self, answer: &HttpResponse) -> Step {
        match self.stage.clone() {
            Stage::Locking => match locked(answer, LOCK) {
                Ok(Locked::Refused(words)) => {
                    self.done(Reply::NotHeld(Refusal { reason: reason(&words), words }))
                }
                Ok(was) => {
                    self.stage = Stage::Creating { locked: was == Locked::Done };
                    Step::Send(self.request())
                }
                Err(fault) => Step::Failed(fault),
            },
            Stage::Creating { locked } => self.on_created(created(answer), locked),
            Stage::Lifting(reached) => match locked(answer, UNLOCK) {
                Ok(Locked::Refused(words)) => self.end(reached, Some(&words)),
                Ok(Locked::Done | Locked::Already) => self.end(reached, None),
                // The registry itself ends the lock with the case (section 10.4); what was taken is not given up for that.
                Err(fault) if matches!(reached, Reached::Released(_)) => {
                    self.end(reached, Some(&fault.detail))
                }
                Err(fault) => Step::Failed(fault),
            },
        }
    }

    fn on_created(&self, created: Created, locked: bool) -> Step {
        match (created, locked) {
            (Created::Opened(opened), _) => self.opened(&opened),
            // The lock stays: there may be a case, and a person must look.
            (Created::Unclear(fault), _) => Step::Failed(fault),
            // What is tried again soon keeps its lock.
            (Created::Failed(fault), true) if !fault.kind.retry_can_help() => {
                Self::keep(&Reached::Failed(fault))
            }
            (Created::Failed(fault), _) => Step::Failed(fault),
            (Created::Refused(refusal), true) => Self::keep(&Reached::Refused(refusal)),
            (Created::Refused(mut refusal), false) => {
                if !matches!(self.order.instruction, Instruction::Release { .. }) {
                    refusal
                        .words
                        .push_str("（此前已有的锁定未动 the lock was there before and was left alone）");
                }
                self.done(Reply::NotHeld(refusal))
            }
        }
    }

    fn opened(&self, opened: &Opened) -> Step {
        match &self.order.instruction {
            Instruction::Release { .. } => Self::keep(&Reached::Released(OpenedCase::of(opened))),
            Instruction::Freeze { from, until, .. } => {
                self.done(accepted(opened, Some((*from, *until)), opened.project.text()))
            }
            // A renewal that is not registered yet does not take the seizure's place: it keeps its number until then.
            Instruction::Renew { from, until, .. } => {
                self.done(accepted(opened, Some((*from, *until)), String::new()))
            }
            _ => Step::Failed(Fault::new(
                FaultKind::Unsupported,
                "read the answer",
                "this is no control of a property",
            )),
        }
    }

    /// The end, once the lock was lifted or could not be.
    fn end(&self, reached: Reached, still: Option<&str>) -> Step {
        match reached {
            Reached::Released(case) => {
                let opened = case.opened();
                let mut answer = Answer::of(accepted(&opened, None, String::new()));
                answer.unknown.extend(still.map(|words| {
                    UnknownValue {
                        field: if self.written.by_unit {
                            bean::UNLOCK_UNIT
                        } else {
                            bean::UNLOCK_CERTIFICATE
                        }
                        .to_owned(),
                        value: words.to_owned(),
                    }
                }));
                self.answered(answer)
            }
            Reached::Refused(mut refusal) => {
                refusal.words.push_str(&match still {
                    None => "（本院锁定已解除 our lock was lifted）".to_owned(),
                    Some(words) => {
                        format!("（本院锁定未能解除 our lock could not be lifted：{words}）")
                    }
                });
                self.done(Reply::NotHeld(refusal))
            }
            Reached::Failed(mut fault) => {
                if still.is_some() {
                    fault.detail.push_str("; our lock could not be lifted");
                }
                Step::Failed(fault)
            }
        }
    }
}

impl Dialogue for Control {
    fn next(&mut self, input: Input) -> Step {
        match input {
            Input::Start => Step::Send(self.request()),
            Input::Response(answer) => self.on_response(&answer),
        }
    }
}
