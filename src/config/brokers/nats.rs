//! `[relay.nats]` and `[intake.nats]`.

use std::time::Duration;

use super::access::{BrokerAccess, Family, read_access};
use super::{IntakeConfig, RelayLimits, bounded, named, read_limits, read_submitter, subject};
use crate::config::ApiKey;
use crate::config::named_files::NamedFiles;
use crate::config::reader::Section;

const FAMILY: Family =
    Family { plain: ("nats", 4222), tls: ("tls", 4222), logins: &["token", "nkey", "credentials"] };

/// A connection to NATS and the stream that it uses.
#[derive(Debug, Clone)]
pub struct NatsConfig {
    /// How it is reached.
    pub access: BrokerAccess,
    /// The stream.
    pub stream: StreamConfig,
}

/// A stream of JetStream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamConfig {
    /// Name.
    pub name: String,
    /// Whether it is made where it is not there; else it must be there.
    pub declare: bool,
    /// Copies in a cluster.
    pub replicas: u32,
    /// How long messages stay; zero for as long as there is room.
    pub max_age: Duration,
    /// How many bytes it may hold; zero for no limit of its own.
    pub max_bytes: u64,
    /// How long the server knows a message that comes twice.
    pub duplicate_window: Duration,
}

/// Results to NATS.
#[derive(Debug, Clone)]
pub struct NatsRelay {
    /// The connection.
    pub nats: NatsConfig,
    /// What subjects begin with; court and type follow.
    pub subject: String,
    /// How it works.
    pub limits: RelayLimits,
}

/// Inquiries from NATS.
#[derive(Debug, Clone)]
pub struct NatsIntake {
    /// The connection.
    pub nats: NatsConfig,
    /// Subject of inquiries.
    pub subject: String,
    /// What the subjects of answers begin with; `accepted` or `refused` follows.
    pub answers: String,
    /// Subject of messages that were refused.
    pub dead_letters: String,
    /// Name of the durable consumer.
    pub consumer: String,
    /// Who submits.
    pub intake: IntakeConfig,
}

pub(super) fn read_relay(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<NatsRelay> {
    let access = read_access(section, files, FAMILY);
    let stream = read_stream(section, "CHAKONG-RESULTS");
    let subject = subject(section, "subject", "chakong.results");
    let limits = read_limits(section);
    Some(NatsRelay { nats: NatsConfig { access: access?, stream }, subject, limits })
}

pub(super) fn read_intake(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    keys: &[ApiKey],
) -> Option<NatsIntake> {
    let access = read_access(section, files, FAMILY);
    let stream = read_stream(section, "CHAKONG-INQUIRIES");
    let inquiries = subject(section, "subject", "chakong.inquiries");
    let answers = subject(section, "answers", "chakong.answers");
    let dead_letters = subject(section, "dead_letters", "chakong.dead-letters");
    let all = [("subject", &inquiries), ("answers", &answers), ("dead_letters", &dead_letters)];
    for (at, (key, one)) in all.iter().enumerate() {
        if all.iter().take(at).any(|(_, other)| super::overlaps(one, other)) {
            section.problem(key, "must be another subject than those of inquiries, answers and dead letters");
        }
    }
    let consumer = named(section, "consumer", "chakong", "-_");
    let intake = read_submitter(section, keys, "_INBOX.");
    let nats = NatsConfig { access: access?, stream };
    Some(NatsIntake { nats, subject: inquiries, answers, dead_letters, consumer, intake: intake? })
}

fn read_stream(section: &mut Section<'_>, name: &str) -> StreamConfig {
    const YEAR: Duration = Duration::from_secs(366 * 86400);
    let max_age =
        bounded(section, "max_age", Duration::from_secs(30 * 86400), Duration::ZERO, YEAR.saturating_mul(10));
    let window = bounded(section, "duplicate_window", Duration::from_secs(120), Duration::from_secs(1), YEAR);
    if !max_age.is_zero() && window > max_age {
        section.problem("duplicate_window", "may not be longer than `max_age`");
    }
    StreamConfig {
        name: named(section, "stream", name, "-_"),
        declare: section.or("declare", true),
        replicas: bounded(section, "replicas", 1_u32, 1, 5),
        max_age,
        max_bytes: bounded(section, "max_bytes_mib", 0_u64, 0, 1 << 24) << 20,
        duplicate_window: window,
    }
}
