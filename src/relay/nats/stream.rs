//! The stream: made where it is not there, read back, and compared field by field. Old servers drop what they do not know without a
//! word.

use async_nats::jetstream::Context;
use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamByNameErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use crate::config::StreamConfig;
use crate::relay::failure::{Done, Failure, FailureKind};
use crate::relay::parties::Absent;

/// JetStream's code for a stream that is not there.
const NOT_FOUND: u64 = 10059;
/// The smallest limit of a message, in bytes, that leaves room for headers and for an event without its data.
const SMALLEST_LIMIT: i32 = 8 << 10;

/// Makes the stream, or checks it. Gives its largest message in bytes.
pub(super) async fn ensure(
    context: &Context,
    wanted: &StreamConfig,
    subjects: &[String],
    absent: Absent,
) -> Done<usize> {
    let found = match context.get_stream(&wanted.name).await {
        Ok(stream) => Some(stream.cached_info().config.clone()),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(said) if said.error_code().0 == NOT_FOUND => None,
            GetStreamErrorKind::JetStream(said) => return Err(unfit(wanted, &said.to_string())),
            _ => {
                return Err(Failure::new(
                    FailureKind::Unreachable,
                    format!("JetStream did not answer: {error}"),
                ));
            }
        },
    };
    let is = match (found, absent) {
        (Some(is), _) => is,
        (None, Absent::Make) => create(context, wanted, subjects).await?,
        (None, Absent::Leave) => return may_be_made(context, wanted, subjects).await,
        (None, Absent::Fault) => {
            let detail = "is not there; make it, or write declare = true";
            return Err(unfit(wanted, detail));
        }
    };
    let differences = match wanted.declare {
        true => differences(&declared(wanted, subjects), &is),
        false => hindrances(&is, subjects),
    };
    if !differences.is_empty() {
        return Err(unfit(wanted, &format!("is not as configured: {}", differences.join("; "))));
    }
    Ok(usize::try_from(is.max_message_size).ok().filter(|most| *most > 0).unwrap_or(usize::MAX))
}

/// Whether another stream takes one of its subjects, so that it cannot be made.
async fn may_be_made(context: &Context, wanted: &StreamConfig, subjects: &[String]) -> Done<usize> {
    for subject in subjects {
        match context.stream_by_subject(subject.clone()).await {
            Ok(other) => {
                let detail = format!("cannot be made: {subject} overlaps with what the stream {other} takes");
                return Err(unfit(wanted, &detail));
            }
            Err(error) if error.kind() == GetStreamByNameErrorKind::NotFound => {}
            Err(error) => {
                let detail = format!("JetStream did not answer: {error}");
                return Err(Failure::new(FailureKind::Unreachable, detail));
            }
        }
    }
    Ok(usize::MAX)
}

async fn create(context: &Context, wanted: &StreamConfig, subjects: &[String]) -> Done<Config> {
    match context.create_stream(declared(wanted, subjects)).await {
        Ok(stream) => Ok(stream.cached_info().config.clone()),
        Err(error) => Err(match error.kind() {
            CreateStreamErrorKind::JetStreamUnavailable => super::without_jetstream(),
            CreateStreamErrorKind::TimedOut => {
                Failure::new(FailureKind::TimedOut, "JetStream did not answer in time")
            }
            CreateStreamErrorKind::JetStream(said) => unfit(wanted, &format!("cannot be made: {said}")),
            _ => unfit(wanted, &format!("cannot be made: {error}")),
        }),
    }
}

fn unfit(wanted: &StreamConfig, detail: &str) -> Failure {
    Failure::new(FailureKind::Unfit, format!("the stream {} of JetStream {detail}", wanted.name))
}

/// A stream that is full refuses new messages; so none is lost that nobody read yet.
fn declared(wanted: &StreamConfig, subjects: &[String]) -> Config {
    Config {
        name: wanted.name.clone(),
        subjects: subjects.to_vec(),
        max_bytes: i64::try_from(wanted.max_bytes).ok().filter(|most| *most > 0).unwrap_or(-1),
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_message_size: -1,
        max_age: wanted.max_age,
        discard: DiscardPolicy::New,
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: usize::try_from(wanted.replicas).unwrap_or(1),
        duplicate_window: wanted.duplicate_window,
        ..Config::default()
    }
}

/// What differs, each with what it should be and what it is.
fn differences(wanted: &Config, is: &Config) -> Vec<String> {
    let mut told = Vec::new();
    let mut compare = |what: &str, wanted: String, is: String| {
        if wanted != is {
            told.push(format!("{what} is {is}, and should be {wanted}"));
        }
    };
    let sorted = |subjects: &[String]| {
        let mut subjects = subjects.to_vec();
        subjects.sort_unstable();
        format!("{subjects:?}")
    };
    compare("subjects", sorted(&wanted.subjects), sorted(&is.subjects));
    compare("max_bytes", wanted.max_bytes.to_string(), is.max_bytes.to_string());
    compare("max_msgs", wanted.max_messages.to_string(), is.max_messages.to_string());
    compare(
        "max_msgs_per_subject",
        wanted.max_messages_per_subject.to_string(),
        is.max_messages_per_subject.to_string(),
    );
    compare("max_consumers", wanted.max_consumers.to_string(), is.max_consumers.to_string());
    compare("max_msg_size", wanted.max_message_size.to_string(), is.max_message_size.to_string());
    compare("max_age", format!("{:?}", wanted.max_age), format!("{:?}", is.max_age));
    compare("discard", format!("{:?}", wanted.discard), format!("{:?}", is.discard));
    compare("retention", format!("{:?}", wanted.retention), format!("{:?}", is.retention));
    compare("storage", format!("{:?}", wanted.storage), format!("{:?}", is.storage));
    compare("replicas", wanted.num_replicas.to_string(), is.num_replicas.to_string());
    let (window, is_window) = (wanted.duplicate_window, is.duplicate_window);
    compare("duplicate_window", format!("{window:?}"), format!("{is_window:?}"));
    told.extend(hindrances(is, &[]));
    told
}

/// What keeps a stream, whoever made it, from being used.
fn hindrances(is: &Config, subjects: &[String]) -> Vec<String> {
    let mut told = Vec::new();
    for subject in subjects.iter().filter(|subject| !is.subjects.iter().any(|taken| covers(taken, subject))) {
        told.push(format!("it does not take the subject {subject}"));
    }
    if is.no_ack {
        told.push("it acknowledges nothing (no_ack)".to_owned());
    }
    if is.sealed {
        told.push("it is sealed".to_owned());
    }
    if is.storage == StorageType::Memory {
        told.push("it is kept in memory, and lost with the server".to_owned());
    }
    if (1..SMALLEST_LIMIT).contains(&is.max_message_size) {
        told.push(format!(
            "its max_msg_size is {}, and the smallest that an event fits into is {SMALLEST_LIMIT}",
            is.max_message_size
        ));
    }
    // What it takes must stay there until it was read: a stream that makes room for the new by the old loses results.
    let is_new_refused = is.discard == DiscardPolicy::New;
    if is.max_messages_per_subject > 0 && !(is_new_refused && is.discard_new_per_subject) {
        told.push(format!(
            "it keeps the last {} messages of a subject and throws the older ones away (max_msgs_per_subject)",
            is.max_messages_per_subject
        ));
    }
    if !is_new_refused && (is.max_bytes > 0 || is.max_messages > 0) {
        told.push(
            "it throws the oldest messages away when it is full (discard old with max_bytes or max_msgs); let it refuse the new ones"
                .to_owned(),
        );
    }
    if is.retention == RetentionPolicy::Interest {
        told.push("it throws away what no consumer waits for (retention interest)".to_owned());
    }
    if is.mirror.is_some() {
        told.push("it is a mirror, which takes nothing".to_owned());
    }
    told
}

/// Whether one subject with wildcards takes everything that another does.
fn covers(taken: &str, subject: &str) -> bool {
    let (mut taken, mut subject) = (taken.split('.'), subject.split('.'));
    loop {
        match (taken.next(), subject.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some("*"), Some(token)) if token != ">" => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn stream() -> StreamConfig {
        StreamConfig {
            name: "RESULTS".into(),
            declare: true,
            replicas: 1,
            max_age: Duration::from_secs(3600),
            max_bytes: 0,
            duplicate_window: Duration::from_secs(120),
        }
    }

    #[test]
    fn every_field_that_a_server_dropped_or_another_stream_has_is_told() {
        let subjects = ["chakong.results.>".to_owned()];
        let wanted = declared(&stream(), &subjects);
        assert_eq!(differences(&wanted, &wanted), Vec::<String>::new());
        type Alter = fn(&mut Config);
        let cases: [(&str, Alter); 12] = [
            ("max_msg_size", |is| is.max_message_size = 8_191),
            ("max_msg_size is 9000", |is| is.max_message_size = 9_000),
            ("max_msgs_per_subject", |is| is.max_messages_per_subject = 1),
            ("max_consumers", |is| is.max_consumers = 1),
            ("subjects", |is| is.subjects.push("other".into())),
            ("max_bytes", |is| is.max_bytes = 1024),
            ("max_age", |is| is.max_age = Duration::ZERO),
            ("discard", |is| is.discard = DiscardPolicy::Old),
            ("retention", |is| is.retention = RetentionPolicy::WorkQueue),
            ("memory", |is| is.storage = StorageType::Memory),
            ("duplicate_window", |is| is.duplicate_window = Duration::ZERO),
            ("sealed", |is| is.sealed = true),
        ];
        for (field, change) in cases {
            let mut is = wanted.clone();
            change(&mut is);
            let told = differences(&wanted, &is).join("; ");
            assert!(told.contains(field), "{field}: {told}");
        }
    }

    #[test]
    fn a_stream_of_somebody_elses_may_not_throw_away_what_it_acknowledged() {
        let whole = || Config { subjects: vec!["a.>".to_owned()], ..Config::default() };
        let told = |is: Config| hindrances(&is, &["a.>".to_owned()]).join("; ");
        assert_eq!(told(whole()), "", "no limit: there is nothing to make room for");
        let new = DiscardPolicy::New;
        assert_eq!(told(Config { max_bytes: 1024, max_messages: 9, discard: new, ..whole() }), "");
        let refusing =
            Config { max_messages_per_subject: 9, discard: new, discard_new_per_subject: true, ..whole() };
        assert_eq!(told(refusing), "");
        for (is, part) in [
            (Config { max_messages_per_subject: 1, ..whole() }, "max_msgs_per_subject"),
            (Config { max_messages_per_subject: 1, discard: new, ..whole() }, "max_msgs_per_subject"),
            (Config { max_bytes: 1 << 30, ..whole() }, "discard old"),
            (Config { max_messages: 1 << 20, ..whole() }, "discard old"),
            (Config { retention: RetentionPolicy::Interest, ..whole() }, "interest"),
        ] {
            assert!(told(is.clone()).contains(part), "{part}: {is:?}");
        }
    }

    #[test]
    fn a_stream_of_somebody_elses_must_take_the_subjects() {
        for (taken, subject, is_covered) in [
            (">", "a.b", true),
            ("a.>", "a.b.c", true),
            ("a.>", "a", false),
            ("a.*", "a.b", true),
            ("a.*", "a.>", false),
            ("a.*.c", "a.b.c", true),
            ("a.>", "a.>", true),
            ("b.>", "a.>", false),
            ("a", "a.b", false),
        ] {
            assert_eq!(covers(taken, subject), is_covered, "{taken} {subject}");
        }
    }
}
