//! Controls over the city registries' REST line (protocol sections 4 and 10): lock, case, and the lock's end.
//!
//! * `dialogue`: which call follows which, so that nothing is lost when one of them fails
//! * `heard`: what an answer to a lock, a case or the end of a lock means
//!
//! Seizure and renewal lock the property first, so that nothing passes between delivery and registration. A case that is refused
//! after that has its lock lifted again. A release creates its case first and ends the lock after: were it the other way
//! round, the property would be free while its release is not taken yet.

mod dialogue;
mod heard;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::{CertificateImage, Original, Target};
use chakong_contract::{Date, DocumentKind, Fault, IdentityDocument, Instruction, Moment, Order, PartyKind};

pub(crate) use self::dialogue::Control;
pub(crate) use self::heard::lone;
use crate::seizure::{lawful, names, reference, ruling, unsupported};
use crate::wire::certificate_code;
use crate::wire::city::{Case, Content, Creation, Entry, Lock, Material, Person, Unlock, material};

/// Longest number of a document that every registry can store, in characters (section 8.2).
const LONGEST_NUMBER: usize = 50;

/// What a registry that takes controls is told with them.
#[derive(Debug, Clone)]
pub(crate) struct Workflows {
    pub(crate) seize: String,
    pub(crate) renew: String,
    pub(crate) release: String,
    /// The service that creates cases.
    pub(crate) bean: &'static str,
    /// Who is said to take a case in.
    pub(crate) operator: String,
}

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
            let entry = Entry { zsxmid: reference(original)?, ..seized };
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
            bdcdyh: unit.clone(),
            bdcqzh: certificate.clone(),
            sdyy: why.to_owned(),
            sdr: officer.name.to_string(),
            sdsqjg: order.case.court_name.clone(),
            sdsqwh: case_number.to_owned(),
        },
        case: Creation {
            data: Case {
                slly: "9".to_owned(),
                slr: workflows.operator.clone(),
                sqdjlx: workflow.clone(),
                bjbh: order.number.to_string(),
                cfxx: vec![entry],
                fjxx: materials(order, kinds),
            },
        },
        unlock: Unlock {
            bdcdyh: unit,
            bdcqzh: certificate,
            jsr: officer.name.to_string(),
            jsyy: why.to_owned(),
            sdsqwh: case_number.to_owned(),
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
        cfwh: number(order.case.number.as_str())?,
        cfwj: number(&ruling(order, DocumentKind::FreezeRuling))?,
        cfjg: order.case.court_name.clone(),
        cfyy: "人民法院协助执行".to_owned(),
        cfkssj: midnight(from),
        cfjssj: midnight(until),
        cfsj: at.wall().strftime("%Y-%m-%d %H:%M:%S").to_string(),
        cflx: "1".to_owned(),
        cffw: "全部".to_owned(),
        ..property(order, target)?
    })
}

/// The release of a seizure: in place of the certificate stands the number under which it was seized (section 4.1).
fn release(order: &Order, target: &Target, original: &Original) -> Result<Entry, Fault> {
    Ok(Entry {
        jfwh: number(order.case.number.as_str())?,
        jfwj: number(&ruling(order, DocumentKind::ReleaseRuling))?,
        jfjg: order.case.court_name.clone(),
        jfyy: "人民法院解除查封".to_owned(),
        bdcqzh: number(original.case_number.as_str())?,
        zsxmid: reference(original)?,
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
        qlrmc: order.name.to_string(),
        zjzl: kind.to_owned(),
        zjh: order.document.number().to_owned(),
        qlrlx: holder_kind(order).to_owned(),
        qlrlb: "1".to_owned(),
    };
    Ok(Entry {
        bdcdyh: unit_number.as_ref().map(ToString::to_string).unwrap_or_default(),
        bdcqzh: certificate.clone(),
        zl: location.clone(),
        zsxmid: business_number.clone(),
        qllx: "98".to_owned(),
        qlr: vec![holder],
        ..Entry::default()
    })
}

/// Kind of a holder, section 11.4. A unified code that begins with 9 is that of an enterprise (GB 32100).
fn holder_kind(order: &Order) -> &'static str {
    match (order.party_kind, &order.document) {
        (PartyKind::Person, _) => "1",
        (PartyKind::Organisation, IdentityDocument::Uscc(code)) if code.as_str().starts_with('9') => "2",
        (PartyKind::Organisation, _) => "99",
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
        fjmc: format!("{title}.{format}"),
        fjnr: STANDARD.encode(content),
    };
    let of = |(code, name): (&str, &str), format: &str, clnr: Vec<Content>| Material {
        cldm: code.to_owned(),
        clmc: name.to_owned(),
        fs: "1".to_owned(),
        ys: "1".to_owned(),
        fjlx: format.to_owned(),
        clnr,
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
