//! Sections `[relay.…]` and `[intake.…]`: brokers that results are relayed to and inquiries are taken from.

mod access;
mod nats;
mod rabbitmq;

use super::keys::ApiKey;
use super::named_files::NamedFiles;
use super::reader::Section;
use super::values::{FromValue, within};

pub use access::{BrokerAccess, BrokerLogin, ServerAddress};
pub use nats::{NatsConfig, NatsIntake, NatsRelay, StreamConfig};
pub use rabbitmq::{QueueConfig, RabbitConfig, RabbitIntake, RabbitRelay};

/// How a relay works, whatever its broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayLimits {
    /// Events at once that the broker has not acknowledged yet.
    pub in_flight: usize,
    /// Longest time for one acknowledgement.
    pub ack_timeout: std::time::Duration,
    /// Longest wait between two attempts.
    pub longest_wait: std::time::Duration,
}

/// Who submits what an intake takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeConfig {
    /// Name of the key in `[[keys]]` as which everything is submitted.
    pub submitter: String,
    /// Longest wait before what could not be taken for now is tried again.
    pub longest_wait: std::time::Duration,
    /// Beginnings that a reply address must have.
    pub reply_prefixes: Vec<String>,
}

/// Results that go to brokers.
#[derive(Debug, Clone, Default)]
pub struct RelaysConfig {
    /// NATS JetStream.
    pub nats: Option<NatsRelay>,
    /// RabbitMQ.
    pub rabbitmq: Option<RabbitRelay>,
}

/// Inquiries that come from brokers.
#[derive(Debug, Clone, Default)]
pub struct IntakesConfig {
    /// NATS JetStream.
    pub nats: Option<NatsIntake>,
    /// RabbitMQ.
    pub rabbitmq: Option<RabbitIntake>,
}

pub(super) fn read_relays(section: &mut Section<'_>, files: &mut NamedFiles) -> RelaysConfig {
    RelaysConfig {
        nats: section.section("nats", |section| nats::read_relay(section, files)).flatten(),
        rabbitmq: section.section("rabbitmq", |section| rabbitmq::read_relay(section, files)).flatten(),
    }
}

pub(super) fn read_intakes(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    keys: &[ApiKey],
) -> IntakesConfig {
    IntakesConfig {
        nats: section.section("nats", |section| nats::read_intake(section, files, keys)).flatten(),
        rabbitmq: section
            .section("rabbitmq", |section| rabbitmq::read_intake(section, files, keys))
            .flatten(),
    }
}

/// What is taken as an inquiry may not be what is relayed: it would go round in circles.
pub(super) fn check_apart(relays: &RelaysConfig, intakes: &IntakesConfig, root: &mut Section<'_>) {
    if let (Some(relay), Some(intake)) = (&relays.nats, &intakes.nats) {
        let taken = [&intake.subject, &intake.answers, &intake.dead_letters];
        if taken.iter().any(|subject| overlaps(subject, &relay.subject)) {
            root.problem(
                "intake",
                format_args!(
                    "`intake.nats` uses a subject at or below `{}`, which the relay's stream takes; give it another",
                    relay.subject
                ),
            );
        }
        if intake.nats.stream.name == relay.nats.stream.name {
            root.problem(
                "intake",
                "`intake.nats.stream` is the relay's; what comes in and what goes out need two streams",
            );
        }
    }
    if let (Some(relay), Some(intake)) = (&relays.rabbitmq, &intakes.rabbitmq) {
        if [&intake.exchange, &intake.answers, &intake.dead_letters].contains(&&relay.exchange) {
            root.problem(
                "intake",
                "`intake.rabbitmq` uses the relay's exchange; what comes in and what goes out need two",
            );
        }
        if relay.queues.iter().any(|queue| queue.name == intake.queue) {
            root.problem(
                "intake",
                "`intake.rabbitmq.queue` is a queue of the relay's; results would be taken for inquiries",
            );
        }
    }
}

/// Whether one of two subjects is the other or lies below it.
fn overlaps(one: &str, other: &str) -> bool {
    let below = |low: &str, high: &str| low == high || low.starts_with(&format!("{high}."));
    below(one, other) || below(other, one)
}

fn read_limits(section: &mut Section<'_>) -> RelayLimits {
    RelayLimits {
        in_flight: usize::try_from(bounded(section, "in_flight", 256_u32, 1, 4096)).unwrap_or(256),
        ack_timeout: seconds(section, "ack_timeout", 10),
        longest_wait: seconds(section, "longest_wait", 30),
    }
}

fn read_submitter(section: &mut Section<'_>, keys: &[ApiKey], prefix: &'static str) -> Option<IntakeConfig> {
    let name: Option<String> =
        section.required("submitter", "the name of a key in [[keys]] as which everything is submitted");
    if let Some(name) = &name {
        match keys.iter().find(|key| key.name == *name) {
            None => section.problem("submitter", format_args!("there is no key named `{name}`")),
            Some(key) if !key.roles.contains(&super::Role::CaseSystem) => section.problem(
                "submitter",
                format_args!("the key `{name}` has not the role case_system, which submits inquiries"),
            ),
            Some(_) => {}
        }
    }
    let prefixes = section.or("reply_prefixes", vec![prefix.to_owned()]);
    if prefixes.len() > 16 || prefixes.iter().any(|prefix| prefix.len() < 2 || prefix.len() > 128) {
        section.problem(
            "reply_prefixes",
            "may name 16 beginnings of 2 to 128 characters: a message chooses where its answer goes, so that an empty one would let \
             it write anywhere",
        );
    }
    let longest_wait = seconds(section, "longest_wait", 30);
    Some(IntakeConfig { submitter: name?, longest_wait, reply_prefixes: prefixes })
}

/// A number within bounds.
fn bounded<T: FromValue + PartialOrd + std::fmt::Debug + Copy>(
    section: &mut Section<'_>,
    key: &'static str,
    default: T,
    low: T,
    high: T,
) -> T {
    let value = section.or(key, default);
    if let Err(message) = within(value, low, high) {
        section.problem(key, message);
    }
    value
}

/// A length of time from 100 ms to an hour.
fn seconds(section: &mut Section<'_>, key: &'static str, default: u64) -> std::time::Duration {
    use std::time::Duration;
    bounded(section, key, Duration::from_secs(default), Duration::from_millis(100), Duration::from_secs(3600))
}

/// A name of so many bytes of letters, digits and a few marks.
fn named(section: &mut Section<'_>, key: &'static str, default: &str, marks: &str) -> String {
    let name = section.or(key, default.to_owned());
    let is_fit = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    if !(1..=128).contains(&name.len()) || !name.chars().all(is_fit) {
        let shown: Vec<String> = marks.chars().map(String::from).collect();
        section.problem(key, format_args!("must have 1 to 128 letters, digits and {}", shown.join(" ")));
    }
    name
}

/// A subject of NATS without wildcards: tokens with dots between them.
fn subject(section: &mut Section<'_>, key: &'static str, default: &str) -> String {
    let name = named(section, key, default, "-_.");
    if name.split('.').any(str::is_empty) {
        section.problem(key, "must be words with single dots between them, such as \"chakong.results\"");
    }
    name
}

#[cfg(test)]
mod tests;
