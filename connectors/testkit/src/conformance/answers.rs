//! Every declared act is answered, by the connector's own sandbox.

use chakong_contract::connector::ReadContent;
use chakong_contract::manifest::SettingKind;
use chakong_contract::{ActionKind, Answer, Order, Reply, Step};

use super::subject::{Check, Subject, holds};
use crate::drive::{self, Talk};
use crate::fake_postbox::{self, FakePostbox};
use crate::sample;

/// Orders of a full batch that the suite sends at most.
const MOST_ORDERS: u32 = 2_000;

pub(crate) const CHECKS: &[Check] = &[
    ("writing the same batch twice gives the same bytes", writing_is_deterministic),
    ("what is kept of a request shows no secret setting", requests_show_no_secret),
    ("every declared act brings one fitting reply", every_act_is_answered),
    ("a party unknown there owns nothing", strangers_own_nothing),
    ("the same query twice brings the same reply", queries_repeat),
    ("a control sent twice is executed once, where the manifest says so", controls_execute_once),
    ("every order of a full batch is answered", a_full_batch_is_answered),
];

/// The bytes that a batch begins with: every file, or the first request.
fn first_bytes(subject: &Subject) -> Result<Vec<(String, Vec<u8>)>, String> {
    let connector = subject.connector()?;
    let batch = drive::batch(vec![subject.probe()?.clone()]);
    let fault = |fault: chakong_contract::Fault| fault.to_string();
    if let Some(parcel) = connector.parcel() {
        let messages = parcel.write(&batch).map_err(fault)?;
        holds(!messages.is_empty(), || "no message was written".to_owned())?;
        return Ok(messages.into_iter().map(|message| (message.name, message.bytes.to_vec())).collect());
    }
    if let Some(call) = connector.call() {
        return match call.open(&batch, None).map_err(fault)?.next(chakong_contract::Input::Start) {
            Step::Send(request) => Ok(vec![(String::new(), request.to_bytes())]),
            other => Err(format!("the dialogue begins with {other:?}")),
        };
    }
    if let Some(form) = connector.form() {
        let sheets: Vec<_> = batch.orders.iter().map(|order| form.sheet(order)).collect();
        let written = serde_json::to_vec(&sheets).map_err(|error| error.to_string())?;
        return Ok(vec![(String::new(), written)]);
    }
    let postbox = connector.postbox().ok_or("it speaks over no line with these settings")?;
    let mut sandbox = subject.sandbox()?;
    let caller = sandbox.postbox().ok_or("its sandbox polls no postbox")?;
    let mut fake = FakePostbox::for_everybody();
    fake.offer(batch.orders);
    fake_postbox::round(&mut fake, postbox, caller, sample::made())?;
    Ok(fake.said.into_iter().map(|said| (String::new(), said)).collect())
}

fn writing_is_deterministic(subject: &Subject) -> Result<(), String> {
    let (first, second) = (first_bytes(subject)?, first_bytes(subject)?);
    holds(first == second, || "the bytes or names differ".to_owned())
}

fn requests_show_no_secret(subject: &Subject) -> Result<(), String> {
    let written = first_bytes(subject)?;
    let secrets =
        subject.plugin.manifest.settings.iter().filter(|setting| setting.kind == SettingKind::Secret);
    for setting in secrets {
        let Some(secret) = subject.settings.secret(setting.key).filter(|secret| secret.expose().len() >= 4)
        else {
            continue;
        };
        let shown =
            |bytes: &[u8]| bytes.windows(secret.expose().len()).any(|w| w == secret.expose().as_bytes());
        holds(!written.iter().any(|(_, bytes)| shown(bytes)), || format!("`{}` stands in it", setting.key))?;
    }
    Ok(())
}

/// The one answer to an order.
pub(crate) fn only_answer<'a>(talk: &'a Talk, order: &Order) -> Result<&'a Answer, String> {
    let reads: Vec<_> =
        talk.reads().iter().filter(|read| read.number.as_ref() == Some(&order.number)).collect();
    match reads.as_slice() {
        [read] => match &read.content {
            ReadContent::Answer(answer) => Ok(answer),
            ReadContent::Continuation(_) | ReadContent::Attachment(_) => {
                Err("something beside an answer that was never given".to_owned())
            }
            ReadContent::Fault(fault) => Err(format!("{fault}")),
        },
        other => Err(format!("{} reads for one order; the end was {:?}", other.len(), talk.end)),
    }
}

fn every_act_is_answered(subject: &Subject) -> Result<(), String> {
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    for order in &subject.samples {
        let act = order.instruction.kind();
        let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![order.clone()]))?;
        let answer = only_answer(&talk, order).map_err(|why| format!("{act}: {why}"))?;
        let (charged, sent) = (talk.charges.requests, talk.requests.len() as u64);
        holds(charged <= sent, || format!("{act}: {charged} charges for {sent} requests"))?;
        holds(talk.reads().len() == 1, || format!("{act}: {} reads for one order", talk.reads().len()))?;
        succeeded(act, &answer.reply)?;
        for found in answer.reply.assets() {
            let kind = found.asset.kind();
            holds(subject.plugin.manifest.assets.contains(&kind), || format!("{kind:?} is not declared"))?;
        }
    }
    Ok(())
}

fn succeeded(act: ActionKind, reply: &Reply) -> Result<(), String> {
    let fits = match act {
        ActionKind::Query => matches!(reply, Reply::Found { assets } if !assets.is_empty()),
        ActionKind::Freeze | ActionKind::Renew => matches!(reply, Reply::Held(_) | Reply::PartlyHeld(_)),
        // Where the wire does not tell a release from a freeze, the gateway, which knows the order, does: what is held in
        // the answer is what was released.
        ActionKind::Release => {
            matches!(reply, Reply::Released { .. } | Reply::Held(_) | Reply::PartlyHeld(_))
        }
        ActionKind::Transfer => matches!(reply, Reply::Transferred { .. }),
        ActionKind::Deduct => !matches!(reply, Reply::Found { .. } | Reply::Nothing | Reply::Partial { .. }),
    };
    holds(fits, || format!("{act}: the sample was answered {}", reply.outcome()))
}

fn query_of(subject: &Subject) -> Option<&Order> {
    subject.samples.iter().find(|order| order.instruction.kind() == ActionKind::Query)
}

fn strangers_own_nothing(subject: &Subject) -> Result<(), String> {
    let Some(query) = query_of(subject) else { return Ok(()) };
    for kind in subject.plugin.manifest.identities {
        let order = sample::about_a_stranger(query, *kind);
        let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
        let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![order.clone()]))?;
        let answer = only_answer(&talk, &order).map_err(|why| format!("{kind:?}: {why}"))?;
        let outcome = answer.reply.outcome();
        holds(answer.reply == Reply::Nothing, || format!("{kind:?}: answered {outcome}"))?;
    }
    Ok(())
}

fn queries_repeat(subject: &Subject) -> Result<(), String> {
    let Some(query) = query_of(subject) else { return Ok(()) };
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let mut ask = || -> Result<Reply, String> {
        let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![query.clone()]))?;
        only_answer(&talk, query).map(|answer| answer.reply.clone())
    };
    let (first, second) = (ask()?, ask()?);
    holds(first == second, || format!("{} and then {}", first.outcome(), second.outcome()))
}

fn controls_execute_once(subject: &Subject) -> Result<(), String> {
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let controls: Vec<_> =
        subject.samples.iter().filter(|order| order.instruction.kind().is_control()).collect();
    if controls.is_empty() || !subject.plugin.manifest.idempotent {
        return Ok(());
    }
    for order in &controls {
        for _ in 0..2 {
            let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![(*order).clone()]))?;
            only_answer(&talk, order)?;
        }
    }
    let books = sandbox.books();
    for order in &controls {
        let booked: Vec<_> = books.controls.iter().filter(|b| b.number == order.number.as_str()).collect();
        let (executed, arrived) =
            booked.iter().fold((0, 0), |(executed, arrived), b| (executed + b.executed, arrived + b.arrived));
        let act = order.instruction.kind();
        holds((executed, arrived) == (1, 2), || {
            format!("{act}: the books show {executed} executed and {arrived} arrived, not 1 and 2")
        })?;
    }
    holds(books.duplicates > 0, || "the books count no duplicate".to_owned())
}

fn a_full_batch_is_answered(subject: &Subject) -> Result<(), String> {
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let probe = subject.probe()?;
    let orders: Vec<Order> = (1..=subject.plugin.manifest.largest_batch.min(MOST_ORDERS))
        .map(|at| sample::renumbered(probe, &format!("TESTBATCH{at:06}")))
        .collect();
    let talk = drive::converse(&*connector, &mut *sandbox, &drive::batch(orders.clone()))?;
    orders.iter().try_for_each(|order| only_answer(&talk, order).map(drop))
}
