//! `[relay.rabbitmq]` and `[intake.rabbitmq]`.

use super::access::{BrokerAccess, Family, read_access};
use super::{IntakeConfig, RelayLimits, bounded, named, read_limits, read_submitter};
use crate::config::ApiKey;
use crate::config::named_files::NamedFiles;
use crate::config::reader::Section;

const FAMILY: Family = Family { plain: ("amqp", 5672), tls: ("amqps", 5671), logins: &[] };
/// Most queues that are declared.
const MOST_QUEUES: usize = 64;

/// A connection to RabbitMQ.
#[derive(Debug, Clone)]
pub struct RabbitConfig {
    /// How it is reached.
    pub access: BrokerAccess,
    /// Virtual host.
    pub vhost: String,
    /// Whether exchanges and queues are made where they are not there; else they must be there.
    pub declare: bool,
    /// Largest message in bytes.
    pub largest_message: usize,
}

/// A queue that results go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueConfig {
    /// Name.
    pub name: String,
    /// Routing keys that it is bound by.
    pub keys: Vec<String>,
}

/// Results to RabbitMQ.
#[derive(Debug, Clone)]
pub struct RabbitRelay {
    /// The connection.
    pub rabbit: RabbitConfig,
    /// The topic exchange.
    pub exchange: String,
    /// Queues that are declared with it.
    pub queues: Vec<QueueConfig>,
    /// How it works.
    pub limits: RelayLimits,
}

/// Inquiries from RabbitMQ.
#[derive(Debug, Clone)]
pub struct RabbitIntake {
    /// The connection.
    pub rabbit: RabbitConfig,
    /// The topic exchange that inquiries are published to.
    pub exchange: String,
    /// The queue of inquiries.
    pub queue: String,
    /// The topic exchange of answers: routing key `accepted` or `refused`.
    pub answers: String,
    /// The fanout exchange of messages that were refused, and the queue of the same name.
    pub dead_letters: String,
    /// Users of the broker whose messages are taken; everybody's where it is empty.
    pub users: Vec<String>,
    /// Who submits.
    pub intake: IntakeConfig,
}

pub(super) fn read_relay(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<RabbitRelay> {
    let rabbit = read_connection(section, files);
    let exchange = exchange(section, "exchange", "chakong.results");
    let queues = section.sections("queues", read_queue).into_iter().flatten().collect::<Vec<_>>();
    if queues.len() > MOST_QUEUES {
        section.problem("queues", format_args!("may be {MOST_QUEUES} at the most"));
    }
    for (at, queue) in queues.iter().enumerate() {
        if queues.iter().take(at).any(|other| other.name == queue.name) {
            section.problem("queues", format_args!("names `{}` twice", queue.name));
        }
    }
    let limits = read_limits(section);
    Some(RabbitRelay { rabbit: rabbit?, exchange, queues, limits })
}

pub(super) fn read_intake(
    section: &mut Section<'_>,
    files: &mut NamedFiles,
    keys: &[ApiKey],
) -> Option<RabbitIntake> {
    let rabbit = read_connection(section, files);
    let inquiries = exchange(section, "exchange", "chakong.inquiries");
    let queue = exchange(section, "queue", "chakong.inquiries");
    let answers = exchange(section, "answers", "chakong.answers");
    let dead_letters = exchange(section, "dead_letters", "chakong.dead-letters");
    let all = [("exchange", &inquiries), ("answers", &answers), ("dead_letters", &dead_letters)];
    for (at, (key, one)) in all.iter().enumerate() {
        if all.iter().take(at).any(|(_, other)| one == other) {
            section
                .problem(key, "must be another exchange than those of inquiries, answers and dead letters");
        }
    }
    if queue == dead_letters {
        section.problem("queue", "is that of dead letters, which would be taken for inquiries again");
    }
    let users: Vec<String> = section.or("users", Vec::new());
    if users.len() > 256 || users.iter().any(|user| user.is_empty() || user.len() > 255) {
        section.problem("users", "may name 256 users of 1 to 255 bytes");
    }
    let intake = read_submitter(section, keys, "amq.");
    Some(RabbitIntake {
        rabbit: rabbit?,
        exchange: inquiries,
        queue,
        answers,
        dead_letters,
        users,
        intake: intake?,
    })
}

fn read_connection(section: &mut Section<'_>, files: &mut NamedFiles) -> Option<RabbitConfig> {
    let access = read_access(section, files, FAMILY);
    let vhost = section.or("vhost", "/".to_owned());
    if !(1..=255).contains(&vhost.len()) {
        section.problem("vhost", "must have 1 to 255 bytes");
    }
    let largest = bounded(section, "largest_message_mib", 16_u64, 1, 128);
    Some(RabbitConfig {
        access: access?,
        vhost,
        declare: section.or("declare", true),
        largest_message: usize::try_from(largest << 20).unwrap_or(16 << 20),
    })
}

/// Names that begin with `amq.` are the broker's own.
fn exchange(section: &mut Section<'_>, key: &'static str, default: &str) -> String {
    let name = named(section, key, default, "-_.:");
    if name.starts_with("amq.") {
        section.problem(key, "may not begin with `amq.`: such names are the broker's own");
    }
    name
}

fn read_queue(section: &mut Section<'_>) -> Option<QueueConfig> {
    let given = section.has("name");
    let name = exchange(section, "name", "chakong.results");
    if !given {
        section.problem("name", "is missing: the queue's name");
    }
    let keys: Vec<String> = section.or("keys", vec!["#".to_owned()]);
    let is_fit = |key: &String| (1..=255).contains(&key.len()) && !key.contains(char::is_whitespace);
    if !(1..=64).contains(&keys.len()) || !keys.iter().all(is_fit) {
        section.problem("keys", "must be 1 to 64 routing keys such as \"#\" or \"T10.order.*\"");
    }
    given.then_some(QueueConfig { name, keys })
}
