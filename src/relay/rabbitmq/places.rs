//! Exchanges and queues: made where they are not there, or only checked. Each look has a channel of its own, for the broker closes a
//! channel on which something does not fit.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Connection, ErrorKind, ExchangeKind};

use super::{failed, short};
use crate::relay::failure::{Done, Failure, FailureKind};
use crate::relay::parties::Absent;

/// A durable exchange of a type.
pub(super) async fn exchange(
    connection: &Connection,
    name: &str,
    kind: ExchangeKind,
    absent: Absent,
) -> Done<()> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let passive = ExchangeDeclareOptions { passive: true, ..durable };
    let is_there = match declare_exchange(connection, name, &kind, passive).await? {
        Ok(()) => true,
        Err(error) if is(&error, &AMQPSoftError::NOTFOUND) => false,
        Err(error) => return Err(failed(&error)),
    };
    match absent {
        Absent::Fault if !is_there => {
            return Err(unfit(format!("the exchange {name} is not there; make it, or write declare = true")));
        }
        Absent::Leave if !is_there => return Ok(()),
        _ => {}
    }
    // That one is there says nothing about its type: to declare it as it should be tells.
    let Err(error) = declare_exchange(connection, name, &kind, durable).await? else { return Ok(()) };
    let said = message_of(&error);
    if is(&error, &AMQPSoftError::PRECONDITIONFAILED) {
        let wanted = word(&kind);
        return Err(unfit(format!(
            "the exchange {name} is there and is not a durable exchange of the type {wanted}: {said}; name another one, or remove it"
        )));
    }
    // Where it may only be used, its type cannot be learned.
    if is_there && is(&error, &AMQPSoftError::ACCESSREFUSED) { Ok(()) } else { Err(failed(&error)) }
}

fn word(kind: &ExchangeKind) -> &'static str {
    if *kind == ExchangeKind::Fanout { "fanout" } else { "topic" }
}

async fn declare_exchange(
    connection: &Connection,
    name: &str,
    kind: &ExchangeKind,
    options: ExchangeDeclareOptions,
) -> Done<Result<(), lapin::Error>> {
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    let declared = channel.exchange_declare(short(name)?, kind.clone(), options, FieldTable::default()).await;
    if declared.is_ok() {
        let _ = channel.close(200, "".into()).await;
    }
    Ok(declared)
}

/// How often a message may be delivered. From RabbitMQ 4 on a quorum queue that says nothing drops a message at the 21st delivery, so that
/// a gateway that is stopped and started, or waits for its store, would lose it. -1 means no limit there, and to RabbitMQ 3.10 it means
/// that nothing is delivered twice: a number that is never reached means the same to all.
const DELIVERIES: i32 = i32::MAX;

/// What is asked of a queue that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// Nothing: who reads it may declare it as well, and must find it as it was declared.
    Plain,
    /// That it drops no message however often it is delivered: it is read here, and declared by nobody else.
    Unlimited,
}

/// A queue of the type that the broker's virtual host makes by itself, and its bindings to an exchange.
pub(super) async fn queue(
    connection: &Connection,
    name: &str,
    absent: Absent,
    bindings: &[(&str, &str)],
    made: Made,
) -> Done<()> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let passive = QueueDeclareOptions { passive: true, ..durable };
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    match channel.queue_declare(short(name)?, passive, FieldTable::default()).await {
        Ok(_) => drop(channel.close(200, "".into()).await),
        Err(error) if is(&error, &AMQPSoftError::NOTFOUND) => {
            match absent {
                Absent::Fault => {
                    let detail = format!("the queue {name} is not there; make it, or write declare = true");
                    return Err(unfit(detail));
                }
                Absent::Leave => return Ok(()),
                Absent::Make => {}
            }
            make_queue(connection, name, durable, made).await?;
        }
        Err(error) => return Err(failed(&error)),
    }
    if absent != Absent::Make {
        return Ok(());
    }
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    for (exchange, key) in bindings {
        let options = QueueBindOptions::default();
        let bound =
            channel.queue_bind(short(name)?, short(exchange)?, short(key)?, options, FieldTable::default());
        bound.await.map_err(|error| failed(&error))?;
    }
    let _ = channel.close(200, "".into()).await;
    Ok(())
}

/// Makes a queue. One of a type that counts no deliveries may not be asked to.
async fn make_queue(
    connection: &Connection,
    name: &str,
    durable: QueueDeclareOptions,
    made: Made,
) -> Done<()> {
    let mut arguments = FieldTable::default();
    if made == Made::Unlimited {
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERIES));
    }
    let mut made = declare_queue(connection, name, durable, arguments).await?;
    if made.as_ref().is_err_and(|error| is(error, &AMQPSoftError::PRECONDITIONFAILED)) {
        made = declare_queue(connection, name, durable, FieldTable::default()).await?;
    }
    made.map_err(|error| failed(&error))
}

async fn declare_queue(
    connection: &Connection,
    name: &str,
    options: QueueDeclareOptions,
    arguments: FieldTable,
) -> Done<Result<(), lapin::Error>> {
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    let declared = channel.queue_declare(short(name)?, options, arguments).await;
    if declared.is_ok() {
        let _ = channel.close(200, "".into()).await;
    }
    Ok(declared.map(drop))
}

fn is(error: &lapin::Error, wanted: &AMQPSoftError) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(said) if matches!(said.kind(), AMQPErrorKind::Soft(kind) if kind == wanted))
}

fn message_of(error: &lapin::Error) -> String {
    match error.kind() {
        ErrorKind::ProtocolError(said) => said.get_message().to_string(),
        _ => error.to_string(),
    }
}

fn unfit(detail: String) -> Failure {
    Failure::new(FailureKind::Unfit, detail)
}
