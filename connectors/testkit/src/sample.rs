//! Composed orders about invented parties, complete with the documents that a manifest asks for.

use chakong_contract::order::CaseHead;
use chakong_contract::{
    ActionKind, IdentityDocument, IdentityKind, Instruction, LegalDocument, Manifest, Moment, Officer, Order,
    PartyKind,
};

/// When every sample is made, and what a simulated counterpart takes for now.
pub const MADE: &str = "2026-01-05T09:00:00+08:00";

/// [`MADE`] as a moment.
pub fn made() -> Moment {
    parse(MADE)
}

/// An order with a number, about a party, with the documents that the manifest requires for the act.
pub fn order(
    manifest: &Manifest,
    number: &str,
    name: &str,
    document: IdentityDocument,
    instruction: Instruction,
) -> Order {
    let person = IdentityKind::OF_PERSONS.contains(&document.kind());
    let documents = documents(manifest, instruction.kind());
    Order {
        number: parse(number),
        created: made(),
        case: case().into(),
        party_kind: if person { PartyKind::Person } else { PartyKind::Organisation },
        name: parse(name),
        document,
        instruction,
        documents,
    }
}

/// A query without transactions, numbered `TESTQUERY1`.
pub fn query(manifest: &Manifest, name: &str, document: IdentityDocument) -> Order {
    order(manifest, "TESTQUERY1", name, document, Instruction::Query { transactions: None })
}

/// The same order under another number.
#[must_use]
pub fn renumbered(order: &Order, number: &str) -> Order {
    Order { number: parse(number), ..order.clone() }
}

/// The same order about a party that no script lists, with a document of a kind.
#[must_use]
pub fn about_a_stranger(order: &Order, kind: IdentityKind) -> Order {
    let (party_kind, name) = if IdentityKind::OF_PERSONS.contains(&kind) {
        (PartyKind::Person, "无人某")
    } else {
        (PartyKind::Organisation, "示例无此企业有限公司")
    };
    Order { party_kind, name: parse(name), document: stranger(kind), ..order.clone() }
}

/// A document of a kind, with valid check digits, that belongs to nobody in any script.
pub fn stranger(kind: IdentityKind) -> IdentityDocument {
    let number = "STRANGER000001";
    match kind {
        // The old form; the reader adds century and check digit.
        IdentityKind::ResidentId => IdentityDocument::ResidentId(parse("110101000101888")),
        IdentityKind::Uscc => IdentityDocument::Uscc(parse("91000000123456788T")),
        IdentityKind::OrgCode => IdentityDocument::OrgCode(parse("10000004-0")),
        IdentityKind::Lei => IdentityDocument::Lei(parse("836800FXO82WAQQSJI94")),
        IdentityKind::BusinessLicence => IdentityDocument::BusinessLicence(parse(number)),
        IdentityKind::HouseholdRegister => IdentityDocument::HouseholdRegister(parse(number)),
        IdentityKind::Passport => IdentityDocument::Passport(parse(number)),
        IdentityKind::ForeignPassport => IdentityDocument::ForeignPassport(parse(number)),
        IdentityKind::HongKongMacauPermit => IdentityDocument::HongKongMacauPermit(parse(number)),
        IdentityKind::TaiwanPermit => IdentityDocument::TaiwanPermit(parse(number)),
        IdentityKind::MilitaryCard => IdentityDocument::MilitaryCard(parse(number)),
        IdentityKind::Other => IdentityDocument::Other(parse(number)),
    }
}

fn documents(manifest: &Manifest, action: ActionKind) -> Vec<LegalDocument> {
    let kinds = manifest.capability(action).map_or(&[][..], |capability| capability.documents);
    kinds
        .iter()
        .map(|kind| LegalDocument {
            kind: *kind,
            title: format!("（2026）京0101执1号{}", kind.chinese()),
            number: "（2026）京0101执1号之一".to_owned(),
            format: "pdf".to_owned(),
            content: b"%PDF-1.4 a composed document".as_slice().into(),
        })
        .collect()
}

fn case() -> CaseHead {
    let officer = |name: &str, serial: &str| Officer {
        name: parse(name),
        work_certificate: format!("GZ{serial}"),
        enforcement_certificate: format!("GW{serial}"),
        phone: "0000-00000000".to_owned(),
        work_image: None,
        enforcement_image: None,
    };
    CaseHead {
        number: parse("（2026）京0101执1号"),
        court_name: "示例市示例区人民法院".to_owned(),
        court_code: "000000".to_owned(),
        officers: vec![officer("承办某", "0001"), officer("协查某", "0002")],
        continues: None,
        filed_on: None,
    }
}

/// Parses a constant of this file or of a test.
fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is not a valid {}", std::any::type_name::<T>()))
}
