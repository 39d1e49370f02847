//! What is understood of the authority's answers.

mod control;
mod holdings;
mod values;

use chakong_contract::{
    Answer, Date, Fault, HttpResponse, Instruction, Order, Refusal, RefusalReason, Reply,
};

use self::values::malformed;
use crate::wire::{self, Meaning, Operation, Reported, parameters};
use chakong_toolkit::json;

/// The answer to a request about an order, which was `asked` on a day; `None` while an officer of the authority reviews it.
pub(crate) fn understand(
    answer: &HttpResponse,
    order: &Order,
    operation: Operation,
    asked: Date,
) -> Result<Option<Answer>, Fault> {
    let reported = reported(answer.success(operation.name())?, operation.name())?;
    let refusal = match said(&reported, operation.name())? {
        Meaning::Pending if operation == Operation::Query => {
            return Err(malformed(operation.name(), "a query is not reviewed"));
        }
        Meaning::Pending => return Ok(None),
        Meaning::Fault(kind, why) => {
            return Err(Fault::new(kind, operation.name(), why).status(reported.code.text()));
        }
        Meaning::Refused(reason) => Some(Refusal { reason, words: reported.message.plain() }),
        Meaning::Done => None,
    };
    let query = matches!(order.instruction, Instruction::Query { .. });
    let answer = match refusal {
        Some(refusal) if query => Answer::of(Reply::Refused(refusal)),
        Some(refusal) => Answer::of(Reply::NotHeld(refusal)),
        None if query => holdings::answer(reported, Some(order))?,
        None => control::answer(&reported, &order.instruction, asked)?,
    };
    Ok(Some(answer))
}

fn reported(body: &[u8], operation: &str) -> Result<Reported, Fault> {
    let form = |_| malformed(operation, "the answer has another form");
    // Null in place of the list of stakes is a list of none; without it the answer is none about stakes.
    json::read_with_nulls(body).and_then(serde_json::from_value).map_err(form)
}

fn said(reported: &Reported, operation: &str) -> Result<Meaning, Fault> {
    if reported.code.is_blank() {
        return Err(malformed(operation, "the answer has no code"));
    }
    let known = reported.code.integer().and_then(wire::meaning);
    known.ok_or_else(|| {
        malformed(operation, "the code of the answer is not known").status(reported.code.text())
    })
}

/// What one body of the JSON line says on its own. It does not say which order it is about: a record of a freeze is taken
/// for a freeze.
pub(crate) fn alone(body: &[u8]) -> Result<Answer, Fault> {
    let operation = "read a message";
    let answer = HttpResponse::json(200, body);
    let reported = reported(answer.success(operation)?, operation)?;
    match said(&reported, operation)? {
        Meaning::Fault(kind, why) => Err(Fault::new(kind, operation, why).status(reported.code.text())),
        Meaning::Pending => Err(malformed(operation, "the order is still under review")),
        Meaning::Refused(reason) => {
            Ok(Answer::of(Reply::NotHeld(Refusal { reason, words: reported.message.plain() })))
        }
        Meaning::Done if reported.holdings.is_some() => holdings::answer(reported, None),
        Meaning::Done => control::alone(&reported),
    }
}

/// What an answer to a parameter string says. It holds one word, and the record of a freeze: when the freeze was published,
/// and so takes effect, is not told, nor its place.
pub(crate) fn understand_parameters(body: &[u8], order: Option<&Order>) -> Result<Answer, Fault> {
    let operation = "read the answer";
    let said = parameters::said(body).ok_or_else(|| malformed(operation, "the answer is no JSON text"))?;
    if !said.success {
        let refusal = Refusal { reason: RefusalReason::Other, words: said.words };
        return Ok(Answer::of(Reply::NotHeld(refusal)));
    }
    let Some(order) = order else {
        return Err(malformed(operation, "success alone does not say of what"));
    };
    Ok(Answer::of(control::without_details(&order.instruction, said.record)))
}

/// What one answer to a parameter string says on its own.
pub(crate) fn alone_parameters(body: &[u8]) -> Result<Answer, Fault> {
    let answer = HttpResponse::json(200, body);
    understand_parameters(answer.success("read the answer")?, None)
}
