//! The request of an order as the point-to-point service and the form have it, with its papers and certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::asset::PropertyKind;
use chakong_contract::order::{CertificateImage, Original, Target};
use chakong_contract::{Date, DocumentKind, Fault, FaultKind, Instruction, Order, PartyKind};

use super::seizure::{lawful, names, reference, ruling};
use super::wire::certificate_code;
use super::wire::point_to_point::request::{Card, Measure, Paper, Property, Request};

fn unsupported(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Unsupported, "write the request", detail)
}

/// The request of an order.
///
/// # Errors
/// Unsupported, when the wire has no words for it.
pub(crate) fn request(order: &Order) -> Result<Request, Fault> {
    let kind = certificate_code(&order.document)
        .ok_or_else(|| unsupported("the registry does not know this kind of identity document"))?;
    let officer = order.case.officers.first();
    let officer = officer.ok_or_else(|| unsupported("an order needs the officer who handles it"))?;
    let (properties, notice) = match &order.instruction {
        Instruction::Query { .. } => (Vec::new(), DocumentKind::QueryNotice),
        control => {
            let (property, notice) = property(order, control)?;
            (vec![property], notice)
        }
    };
    let title = order.legal_document(notice);
    Ok(Request {
        number: order.number.to_string(),
        nature: if order.party_kind == PartyKind::Person { "1" } else { "2" }.to_owned(),
        name: order.name.to_string(),
        document_kind: kind.to_owned(),
        document_number: order.document.number().to_owned(),
        court_name: order.case.court_name.clone(),
        officer: officer.name.to_string(),
        case_number: order.case.number.to_string(),
        work_certificate: officer.work_certificate.clone(),
        enforcement_certificate: officer.enforcement_certificate.clone(),
        notice: title.map(|document| document.title.clone()).unwrap_or_default(),
        properties,
    })
}

fn property(order: &Order, control: &Instruction) -> Result<(Property, DocumentKind), Fault> {
    Ok(match control {
        Instruction::Freeze { target, from, until, .. } => {
            lawful(*from, *until)?;
            let ruling = ruling(order, DocumentKind::FreezeRuling);
            let row = row(target, Measure::Seize, ruling)?;
            (Property { from: day(*from), until: day(*until), ..row }, DocumentKind::FreezeNotice)
        }
        Instruction::Renew { target, from, until, original, .. } => {
            lawful(*from, *until)?;
            let ruling = ruling(order, DocumentKind::FreezeRuling);
            let row = of_original(row(target, Measure::Renew, ruling)?, original)?;
            (Property { from: day(*from), until: day(*until), ..row }, DocumentKind::FreezeNotice)
        }
        Instruction::Release { target, original, .. } => {
            let ruling = ruling(order, DocumentKind::ReleaseRuling);
            (of_original(row(target, Measure::Release, ruling)?, original)?, DocumentKind::ReleaseNotice)
        }
        _ => return Err(unsupported("a registry seizes, renews and releases; nothing else is agreed on")),
    })
}

fn row(target: &Target, measure: Measure, ruling: String) -> Result<Property, Fault> {
    let (unit, certificate) = names(target)?;
    let Target::Property { property_kind, location, business_number, .. } = target else {
        return Err(unsupported("a registry controls real property only"));
    };
    Ok(Property {
        right: right(*property_kind).to_owned(),
        unit,
        location: location.clone(),
        certificate,
        measure: measure.code().to_owned(),
        ruling,
        business: business_number.clone(),
        ..Property::default()
    })
}

/// Code of the kind of right, in the order of the answers' lists (inferred, section 11.7).
const fn right(kind: PropertyKind) -> &'static str {
    match kind {
        PropertyKind::LandOwnership => "1",
        PropertyKind::LandUse => "2",
        PropertyKind::Sea => "4",
        PropertyKind::Structure => "5",
        PropertyKind::Forest => "6",
        PropertyKind::Building
        | PropertyKind::UnderConstruction
        | PropertyKind::Farmland
        | PropertyKind::Other => "3",
    }
}

/// What a renewal or release is about.
fn of_original(row: Property, original: &Original) -> Result<Property, Fault> {
    Ok(Property {
        original: original.number.to_string(),
        original_case: original.case_number.to_string(),
        seizure: reference(original)?,
        ..row
    })
}

fn day(date: Date) -> String {
    date.strftime("%Y/%m/%d").to_string()
}

/// The legal documents of an order.
pub(crate) fn papers(order: &Order) -> Vec<Paper> {
    let paper = |document: &chakong_contract::LegalDocument| Paper {
        title: document.title.clone(),
        format: document.format.clone(),
        content: STANDARD.encode(&document.content),
    };
    order.documents.iter().map(paper).collect()
}

/// The certificates of an order's officers.
pub(crate) fn cards(order: &Order) -> Vec<Card> {
    let image = |image: &Option<CertificateImage>| match image {
        Some(image) => (image.format.clone(), STANDARD.encode(&image.content)),
        None => (String::new(), String::new()),
    };
    let card = |officer: &chakong_contract::Officer| {
        let ((work_format, work_image), (enforcement_format, enforcement_image)) =
            (image(&officer.work_image), image(&officer.enforcement_image));
        Card {
            work_certificate: officer.work_certificate.clone(),
            work_format,
            work_image,
            enforcement_certificate: officer.enforcement_certificate.clone(),
            enforcement_format,
            enforcement_image,
        }
    };
    order.case.officers.iter().map(card).collect()
}
