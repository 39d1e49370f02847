//! A connector that declares a postbox line serves its own sandbox's calls.

use chakong_contract::{Claim, Connector, InboundRequest, LineKind, Order, Postbox};

use super::subject::{Check, Subject, holds};
use crate::fake_postbox::{self, FakePostbox};
use crate::noise::Noise;
use crate::sample;

pub(crate) const CHECKS: &[Check] = &[
    ("what is declared can be expressed", samples_can_be_expressed),
    ("a declared postbox is there, and the sandbox polls it", both_ends_are_there),
    ("every sample on offer is answered", samples_are_answered),
    ("what is offered again after its answer was lost is executed once", lost_answers_double_nothing),
    ("a stranger is given nothing", strangers_are_turned_away),
    ("senseless calls are answered with an error, without a panic", senseless_calls_are_survived),
];

/// Random calls that are made.
const NOISES: u64 = 200;
/// Most random bytes of one call.
const MOST_BYTES: usize = 2_000;
/// Rounds after which every order must be answered.
const ROUNDS: usize = 3;

fn samples_can_be_expressed(subject: &Subject) -> Result<(), String> {
    let connector = subject.connector()?;
    subject.samples.iter().try_for_each(|order| {
        let act = order.instruction.kind();
        connector.check(order).map_err(|fault| format!("{act}: {fault}"))
    })
}

fn declares(subject: &Subject) -> bool {
    subject.plugin.manifest.lines.contains(&LineKind::Postbox)
}

fn postbox(connector: &dyn Connector) -> Result<&dyn Postbox, String> {
    connector.postbox().ok_or_else(|| "it has no postbox with these settings".to_owned())
}

fn postbox_of(subject: &Subject) -> FakePostbox {
    let password = subject.settings.secret("password");
    FakePostbox::new(
        subject.settings.text("account"),
        password.map(|secret| secret.expose()).unwrap_or_default(),
    )
}

fn both_ends_are_there(subject: &Subject) -> Result<(), String> {
    if !declares(subject) {
        return Ok(());
    }
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    postbox(&*connector)?;
    holds(sandbox.postbox().is_some(), || "its sandbox polls no postbox".to_owned())
}

/// One order after the other, as a later one may need what an earlier one did.
fn samples_are_answered(subject: &Subject) -> Result<(), String> {
    if !declares(subject) {
        return Ok(());
    }
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let mut fake = postbox_of(subject);
    for (at, order) in subject.samples.iter().enumerate() {
        fake.offer([order.clone()]);
        for _ in 0..ROUNDS {
            let caller = sandbox.postbox().ok_or("its sandbox polls no postbox")?;
            fake_postbox::round(&mut fake, postbox(&*connector)?, caller, sample::made())?;
        }
        let act = order.instruction.kind();
        holds(fake.open().is_empty() && fake.answers.len() == at + 1, || format!("{act}: not answered"))?;
        holds(fake.misidentified == 0, || format!("{act}: who calls is not known by what comes first"))?;
    }
    Ok(())
}

fn lost_answers_double_nothing(subject: &Subject) -> Result<(), String> {
    if !declares(subject) || !subject.plugin.manifest.idempotent {
        return Ok(());
    }
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let is_control = |order: &&Order| order.instruction.kind().is_control();
    for order in subject.samples.iter().filter(is_control) {
        for _ in 0..2 {
            // A new postbox knows nothing of the answer that the last one took.
            let mut fake = postbox_of(subject);
            fake.offer([order.clone()]);
            let caller = sandbox.postbox().ok_or("its sandbox polls no postbox")?;
            fake_postbox::round(&mut fake, postbox(&*connector)?, caller, sample::made())?;
        }
    }
    let books = sandbox.books();
    let doubled = books.controls.iter().find(|control| control.executed != 1);
    holds(doubled.is_none(), || format!("the books show {doubled:?}"))
}

fn strangers_are_turned_away(subject: &Subject) -> Result<(), String> {
    if !declares(subject) {
        return Ok(());
    }
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    let mut fake = FakePostbox::new("nobody", "");
    fake.offer(subject.samples.iter().cloned());
    let caller = sandbox.postbox().ok_or("its sandbox polls no postbox")?;
    fake_postbox::round(&mut fake, postbox(&*connector)?, caller, sample::made())?;
    let books = sandbox.books();
    holds(fake.turned_away > 0 && books.controls.is_empty() && books.queries == 0, || {
        format!("turned away {} times, and the books show {books:?}", fake.turned_away)
    })
}

fn senseless_calls_are_survived(subject: &Subject) -> Result<(), String> {
    if !declares(subject) {
        return Ok(());
    }
    let connector = subject.connector()?;
    for seed in 1..=NOISES {
        let body = Noise::new(seed).bytes(MOST_BYTES);
        let call = InboundRequest {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body,
        };
        let claim = postbox(&*connector)?.identify(&call, true);
        holds(!matches!(claim, Ok(Claim::Later)), || {
            format!("of a whole call more is wanted (seed {seed})")
        })?;
        let answer = postbox(&*connector)?.parse(&call);
        holds(answer.is_err_and(|answer| answer.status >= 400), || {
            format!("random bytes were taken for a call (seed {seed})")
        })?;
    }
    Ok(())
}
