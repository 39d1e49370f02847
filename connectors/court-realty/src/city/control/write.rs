//! The messages of a control.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::{CertificateImage, Original, Target};
use chakong_contract::{Date, DocumentKind, Fault, IdentityKind, Instruction, Moment, Order, PartyKind};

use crate::city::manifest::Workflows;
use crate::city::wire::control::{Case, Content, Creation, Entry, Lock, Material, Person, Unlock, material};
use crate::shared::seizure::{lawful, names, reference, ruling, unsupported};
use crate::shared::wire::certificate_code;

/// Longest number of a document that every registry can store, in characters (section 8.2).
const LONGEST_NUMBER: usize = 50;

/// The messages of one control.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) lock: Lock,
    pub(crate) case: Creation,
    pub(crate) unlock: Unlock,
    /// Whether the lock is by unit; else it is by certificate.
    pub(crate) by_unit: bool,
}

/// The messages of a control that is written at a moment.
///
/// # Errors
/// Unsupported, when the registry has no words for it or the law none for its term.
pub(crate) fn write(order: &Order, workflows: &Workflows, at: Moment) -> Result<Written, Fault> {
    let officer = order.case.officers.first();
    let officer = officer.ok_or_else(|| unsupported("an order needs the officer who handles it"))?;
    let (workflow, entry, case_number, why, kinds) = match &order.instruction {
        Instruction::Freeze { target, from, until, .. } => {
            let entry = seizure(order, target, (*from, *until), at)?;
            (&workflows.seize, entry, order.case.number.as_str(), "人民法院查封", SEIZURE)
        }
        Instruction::Renew { target, from, until, original, .. } => {
            let seized = seizure(order, target, (*from, *until), at)?;
            let entry = Entry { project: reference(original)?, ..seized };
            (&workflows.renew, entry, order.case.number.as_str(), "人民法院续封", SEIZURE)
        }
        Instruction::Release { target, original, .. } => {
            let entry = release(order, target, original)?;
            (&workflows.release, entry, original.case_number.as_str(), "人民法院解封", RELEASE)
        }
        _ => return Err(unsupported("a registry seizes, renews and releases; nothing else is agreed on")),
    };
    let target = order.instruction.target().ok_or_else(|| unsupported("a control needs its property"))?;
    let (unit, certificate) = names(target)?;
    let by_unit = !unit.is_empty();
    // Without a unit number the certificate is locked, and only then.
    let certificate = if by_unit { String::new() } else { certificate };
    Ok(Written {
        lock: Lock {
            unit: unit.clone(),
            certificate: certificate.clone(),
            reason: why.to_owned(),
            officer: officer.name.to_string(),
            authority: order.case.court_name.clone(),
            document: case_number.to_owned(),
        },
        case: Creation {
            data: Case {
                source: "9".to_owned(),
                operator: workflows.operator.clone(),
                workflow: workflow.clone(),
                request: order.number.to_string(),
                entries: vec![entry],
                materials: materials(order, kinds),
            },
        },
        unlock: Unlock {
            unit,
            certificate,
            officer: officer.name.to_string(),
            reason: why.to_owned(),
            document: case_number.to_owned(),
        },
        by_unit,
    })
}

const SEIZURE: [DocumentKind; 2] = [DocumentKind::FreezeRuling, DocumentKind::FreezeNotice];
const RELEASE: [DocumentKind; 2] = [DocumentKind::ReleaseRuling, DocumentKind::ReleaseNotice];

/// What a seizure and its renewal have in common.
fn seizure(order: &Order, target: &Target, term: (Date, Date), at: Moment) -> Result<Entry, Fault> {
    let (from, until) = term;
    lawful(from, until)?;
    Ok(Entry {
        seizure_document: number(order.case.number.as_str())?,
        seizure_ruling: number(&ruling(order, DocumentKind::FreezeRuling))?,
        seizing_court: order.case.court_name.clone(),
        seizure_reason: "人民法院协助执行".to_owned(),
        from: midnight(from),
        until: midnight(until),
        seized_at: at.wall().strftime("%Y-%m-%d %H:%M:%S").to_string(),
        seizure_kind: "1".to_owned(),
        extent: "全部".to_owned(),
        ..property(order, target)?
    })
}

/// The release of a seizure: in place of the certificate stands the number under which it was seized (section 4.1).
fn release(order: &Order, target: &Target, original: &Original) -> Result<Entry, Fault> {
    Ok(Entry {
        release_document: number(order.case.number.as_str())?,
        release_ruling: number(&ruling(order, DocumentKind::ReleaseRuling))?,
        releasing_court: order.case.court_name.clone(),
        release_reason: "人民法院解除查封".to_owned(),
        certificate: number(original.case_number.as_str())?,
        project: reference(original)?,
        ..property(order, target)?
    })
}

fn property(order: &Order, target: &Target) -> Result<Entry, Fault> {
    let Target::Property { unit_number, certificate, location, business_number, .. } = target else {
        return Err(unsupported("a registry controls real property only"));
    };
    let kind = certificate_code(&order.document)
        .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
    let holder = Person {
        name: order.name.to_string(),
        document_kind: kind.to_owned(),
        number: order.document.number().to_owned(),
        holder_kind: holder_kind(order).to_owned(),
        role: "1".to_owned(),
    };
    Ok(Entry {
        unit: unit_number.as_ref().map(ToString::to_string).unwrap_or_default(),
        certificate: certificate.clone(),
        location: location.clone(),
        project: business_number.clone(),
        right_kind: "98".to_owned(),
        holders: vec![holder],
        ..Entry::default()
    })
}

/// Kind of a holder, section 11.4. A unified code that begins with 9 is that of an enterprise (GB 32100).
fn holder_kind(order: &Order) -> &'static str {
    let document = &order.document;
    let is_enterprise = document.kind() == IdentityKind::Uscc && document.number().starts_with('9');
    match (order.party_kind, is_enterprise) {
        (PartyKind::Person, _) => "1",
        (PartyKind::Organisation, true) => "2",
        (PartyKind::Organisation, false) => "99",
    }
}

fn number(text: &str) -> Result<String, Fault> {
    match text.chars().count() {
        0..=LONGEST_NUMBER => Ok(text.to_owned()),
        _ => Err(unsupported(
            "the number of a document has more than 50 characters, which registries cannot store",
        )),
    }
}

fn midnight(day: Date) -> String {
    day.strftime("%Y-%m-%d 00:00:00").to_string()
}

/// Officers' certificates, ruling and notice, under their material codes.
fn materials(order: &Order, kinds: [DocumentKind; 2]) -> Vec<Material> {
    let [ruling, notice] = kinds;
    let file = |title: &str, format: &str, content: &[u8]| Content {
        name: format!("{title}.{format}"),
        content: STANDARD.encode(content),
    };
    let of = |(code, name): (&str, &str), format: &str, files: Vec<Content>| Material {
        code: code.to_owned(),
        name: name.to_owned(),
        copies: "1".to_owned(),
        pages: "1".to_owned(),
        format: format.to_owned(),
        files,
    };
    let images: Vec<(&str, &CertificateImage)> = order
        .case
        .officers
        .iter()
        .flat_map(|officer| [("工作证", &officer.work_image), ("执行公务证", &officer.enforcement_image)])
        .filter_map(|(title, image)| image.as_ref().map(|image| (title, image)))
        .collect();
    let cards = images.first().map(|(_, first)| {
        let files = images.iter().map(|(title, image)| file(title, &image.format, &image.content)).collect();
        of(material::CARDS, &first.format, files)
    });
    let paper = |named, kind| {
        let kind = order.legal_document(kind).map_or(kind, |document| document.kind);
        let documents = order.documents.iter().filter(move |document| document.kind == kind);
        documents
            .map(|document| {
                let content = file(&document.title, &document.format, &document.content);
                of(named, &document.format, vec![content])
            })
            .collect::<Vec<_>>()
    };
    let papers = paper(material::RULING, ruling).into_iter().chain(paper(material::NOTICE, notice));
    cards.into_iter().chain(papers).collect()
}
