//! Damaged and random bytes, for every connector.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chakong_contract::connector::ReadContent;
use chakong_contract::{Connector, HttpResponse, Message, Reading};

use crate::conformance::subject::{Subject, holds};
use crate::drive::{self, Talk};
use crate::noise::Noise;

/// Rounds of random and of damaged bytes.
const ROUNDS: u64 = 400;
/// Most random bytes of one message.
const MOST_BYTES: usize = 2_000;

/// What came back for the probe when all went well.
fn honest(subject: &Subject) -> Result<Talk, String> {
    let (connector, mut sandbox) = (subject.connector()?, subject.sandbox()?);
    drive::converse(&*connector, &mut *sandbox, &drive::batch(vec![subject.probe()?.clone()]))
}

fn survives<T>(seed: u64, what: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(what)).map_err(|_| format!("it panicked (seed {seed})"))
}

fn is_told(reading: &Reading) -> bool {
    let faulty = reading.reads.iter().any(|read| matches!(read.content, ReadContent::Fault(_)));
    !reading.problems.is_empty() || faulty
}

pub(super) fn damaged_files_are_told(subject: &Subject) -> Result<(), String> {
    let connector = subject.connector()?;
    if connector.call().is_some() {
        return Ok(());
    }
    for file in honest(subject)?.files {
        for (part, of) in [(0, 1), (1, 3), (1, 2), (9, 10)] {
            let cut = file.bytes.get(..file.bytes.len() * part / of).unwrap_or_default();
            let reading = connector.read(&Message::new(file.name.clone(), cut));
            holds(is_told(&reading), || format!("{part}/{of} of {} was taken for whole", file.name))?;
        }
    }
    Ok(())
}

pub(super) fn random_bytes_are_survived(subject: &Subject) -> Result<(), String> {
    let connector = subject.connector()?;
    let names: Vec<String> = std::iter::once(String::new())
        .chain(honest(subject)?.files.into_iter().map(|file| file.name))
        .collect();
    (1..=ROUNDS).try_for_each(|seed| {
        let mut noise = Noise::new(seed);
        let name = names.get(noise.below(names.len())).cloned().unwrap_or_default();
        let message = Message::new(name, noise.bytes(MOST_BYTES));
        let reading = survives(seed, || connector.read(&message))?;
        holds(is_told(&reading), || format!("random bytes were taken for a reply (seed {seed})"))
    })
}

pub(super) fn damaged_replies_are_survived(subject: &Subject) -> Result<(), String> {
    let (connector, talk) = (subject.connector()?, honest(subject)?);
    for seed in 1..=ROUNDS {
        let mut noise = Noise::new(seed);
        for file in &talk.files {
            let message = Message::new(file.name.clone(), noise.damage(&file.bytes));
            survives(seed, || connector.read(&message))?;
        }
        for answer in &talk.answers {
            let message = Message::new("", noise.damage(&answer.body));
            survives(seed, || connector.read(&message))?;
        }
        if seed % 10 == 0 {
            damaged_dialogue(subject, &*connector, &talk, seed)?;
        }
    }
    Ok(())
}

/// A dialogue in which every answer is damaged a little still comes to its end.
fn damaged_dialogue(
    subject: &Subject,
    connector: &dyn Connector,
    honest: &Talk,
    seed: u64,
) -> Result<(), String> {
    let Some(call) = connector.call() else { return Ok(()) };
    let batch = drive::batch(vec![subject.probe()?.clone()]);
    let mut noise = Noise::new(seed);
    survives(seed, || {
        drive::talk(call, &batch, |at, _, _| {
            let answer = honest.answers.get(at.min(honest.answers.len().saturating_sub(1)))?;
            let intact = noise.below(2) == 0;
            let body = if intact { answer.body.clone() } else { noise.damage(&answer.body) };
            Some(HttpResponse { body, ..answer.clone() })
        })
    })?
    .map(drop)
}
