//! The declaration is coherent in itself.

use std::collections::BTreeSet;
use std::fmt::Debug;

use chakong_contract::{ActionKind, DocumentKind, LineKind};

use super::subject::{Check, Subject, holds};

pub(crate) const CHECKS: &[Check] = &[
    ("the id is lower case with hyphens, the names are given", identified),
    ("assets, acts, identities, lines and settings are declared, each once", each_once),
    ("a batch holds at least one order", batch_holds_something),
    ("the declared line is the one it speaks", lines_fit),
    ("a freeze needs ruling and notice, a release its own (法释〔2013〕20号 art. 3)", documents_as_law_asks),
    ("there is one sample per declared act, and none for any other", samples_fit),
];

fn identified(subject: &Subject) -> Result<(), String> {
    let manifest = &subject.plugin.manifest;
    let id = manifest.id;
    let fits = id.starts_with(|c: char| c.is_ascii_lowercase())
        && !id.ends_with('-')
        && !id.contains("--")
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    holds(fits, || format!("`{id}` is no id"))?;
    holds(!manifest.name_zh.is_ascii(), || "name_zh is not Chinese".to_owned())?;
    holds(!manifest.name_en.trim().is_empty(), || "name_en is empty".to_owned())
}

fn each_once(subject: &Subject) -> Result<(), String> {
    let manifest = &subject.plugin.manifest;
    let acts: Vec<ActionKind> = manifest.capabilities.iter().map(|capability| capability.action).collect();
    let keys: Vec<&str> = manifest.settings.iter().map(|setting| setting.key).collect();
    unique("assets", manifest.assets)?;
    unique("capabilities", &acts)?;
    unique("identities", manifest.identities)?;
    unique("lines", manifest.lines)?;
    holds(keys.iter().collect::<BTreeSet<_>>().len() == keys.len(), || "settings are not unique".to_owned())?;
    manifest.settings.iter().try_for_each(|setting| {
        let key_fits = setting.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        holds(key_fits && !setting.key.is_empty(), || {
            format!("setting `{}` is not snake case", setting.key)
        })?;
        holds(!setting.help.is_empty(), || format!("setting `{}` has no help", setting.key))
    })
}

fn unique<T: Ord + Debug>(what: &str, values: &[T]) -> Result<(), String> {
    holds(!values.is_empty(), || format!("no {what}"))?;
    let once = values.iter().collect::<BTreeSet<_>>().len() == values.len();
    holds(once, || format!("{what} are not unique: {values:?}"))
}

fn batch_holds_something(subject: &Subject) -> Result<(), String> {
    holds(subject.plugin.manifest.largest_batch > 0, || "largest_batch is 0".to_owned())
}

fn lines_fit(subject: &Subject) -> Result<(), String> {
    let connector = subject.connector()?;
    let lines = subject.plugin.manifest.lines;
    holds(!lines.is_empty(), || "it declares no line".to_owned())?;
    // A part for a postbox may be there for the call-backs of a call line; where a postbox line is declared, its own checks ask.
    LineKind::all().filter(|line| *line != LineKind::Postbox).try_for_each(|line| {
        let (speaks, declared) = (connector.speaks_over(line), lines.contains(&line));
        let word = line.word();
        holds(speaks || !declared, || format!("it declares a {word} line and has no part for it"))?;
        holds(declared || !speaks, || format!("it has a part for a {word} line, which it does not declare"))
    })
}

fn documents_as_law_asks(subject: &Subject) -> Result<(), String> {
    subject.plugin.manifest.capabilities.iter().try_for_each(|capability| {
        let needed: &[DocumentKind] = match capability.action {
            ActionKind::Freeze | ActionKind::Renew => {
                &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice]
            }
            ActionKind::Release => &[DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice],
            ActionKind::Transfer => &[DocumentKind::TransferRuling, DocumentKind::TransferNotice],
            ActionKind::Query | ActionKind::Deduct => &[],
        };
        let declares = |kind: &DocumentKind| capability.documents.contains(kind);
        let renews = capability.action == ActionKind::Renew;
        let own = |kind: &DocumentKind| kind.of_renewal().filter(|_| renews).as_ref().is_some_and(declares);
        let missing: Vec<_> = needed.iter().filter(|kind| !declares(kind) && !own(kind)).collect();
        holds(missing.is_empty(), || format!("{} lacks {missing:?}", capability.action))
    })
}

fn samples_fit(subject: &Subject) -> Result<(), String> {
    let manifest = &subject.plugin.manifest;
    for capability in manifest.capabilities {
        let samples =
            subject.samples.iter().filter(|order| order.instruction.kind() == capability.action).count();
        holds(samples == 1, || format!("{samples} samples for {}", capability.action))?;
    }
    subject.samples.iter().try_for_each(|order| {
        let act = order.instruction.kind();
        holds(manifest.capability(act).is_some(), || format!("{act} is not declared"))?;
        let kind = order.document.kind();
        holds(manifest.identities.contains(&kind), || format!("the sample's {kind:?} is not declared"))
    })
}
