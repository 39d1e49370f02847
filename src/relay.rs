//! Relays 转发: results to brokers, inquiries from brokers. The brokers are NATS JetStream and RabbitMQ; nothing outside this room
//! knows which.
//!
//! * A relay reads the log like any named consumer and moves its place only behind what the broker has acknowledged. At least once:
//!   an event may come twice, under the same id.
//! * Events of one case stay in order: the next one of a case is sent once the broker has acknowledged the one before
//!   (`window`).
//! * A broker that is gone, slow or full delays nobody: the relay waits, the log keeps its events.
//! * An intake hands each message to the same reception as the API and acknowledges it once it was answered.

mod brokers;
mod failure;
mod health;
mod intake;
mod kept;
mod message;
mod nats;
mod parties;
mod rabbitmq;
mod runner;
mod window;

pub use brokers::{Probed, intakes_of, probe_brokers, relays_of};
pub use failure::{Failure, FailureKind};
pub use health::{RelayHealth, RelayState, RelayWatch, Relays};
pub use intake::{Intake, run_intake};
pub use kept::keep_failures;
pub use message::{Answer, Reception};
pub use runner::{Relay, run_relay};
