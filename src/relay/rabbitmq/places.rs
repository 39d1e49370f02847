//! Exchanges and queues: made where they are not there, or only checked. Each look has a channel of its own, for the broker closes a
//! channel on which something does not fit.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::FieldTable;
use lapin::{Connection, ErrorKind, ExchangeKind};

use super::{failed, short};
use crate::relay::failure::{Done, Failure, FailureKind};

/// A durable exchange of a type.
pub(super) async fn exchange(
    connection: &Connection,
    name: &str,
    kind: ExchangeKind,
    declare: bool,
) -> Done<()> {
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let passive = ExchangeDeclareOptions { passive: true, ..durable };
    let is_there = match declare_exchange(connection, name, &kind, passive).await? {
        Ok(()) => true,
        Err(error) if is(&error, &AMQPSoftError::NOTFOUND) => false,
        Err(error) => return Err(failed(&error)),
    };
    if !is_there && !declare {
        return Err(unfit(format!("the exchange {name} is not there; make it, or write declare = true")));
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

/// A queue of any type, and its bindings to an exchange.
pub(super) async fn queue(
    connection: &Connection,
    name: &str,
    declare: bool,
    bindings: &[(&str, &str)],
) -> Done<()> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let passive = QueueDeclareOptions { passive: true, ..durable };
    let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
    match channel.queue_declare(short(name)?, passive, FieldTable::default()).await {
        Ok(_) => drop(channel.close(200, "".into()).await),
        Err(error) if is(&error, &AMQPSoftError::NOTFOUND) => {
            if !declare {
                return Err(unfit(format!(
                    "the queue {name} is not there; make it, or write declare = true"
                )));
            }
            let channel = connection.create_channel().await.map_err(|error| failed(&error))?;
            let made = channel.queue_declare(short(name)?, durable, FieldTable::default()).await;
            made.map_err(|error| failed(&error))?;
            let _ = channel.close(200, "".into()).await;
        }
        Err(error) => return Err(failed(&error)),
    }
    if !declare {
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
