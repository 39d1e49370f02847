//! Orders to request packages (protocol sections 1a, 2, 4 and 6).

mod target;
mod words;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::order::CaseHead;
use chakong_contract::{Batch, DocumentKind, Fault, Instruction, LegalDocument, Message, Order};
use md5::{Digest as _, Md5};

use self::words::{first_moment, last_moment, unsupported};
use crate::manifest::Bank;
use crate::package;
use crate::wire::file_name::{self, PackageKind};
use crate::wire::{
    CertificateRow, ControlRequestRow, DocumentRow, Generation, QueryRequestRow, Row, code, xml,
};

/// The package of a batch.
///
/// # Errors
/// Unsupported, when the wire has no words for an order, or the batch mixes queries and controls.
pub(crate) fn write(bank: &Bank, batch: &Batch) -> Result<Vec<Message>, Fault> {
    if !(1..=30).contains(&batch.number.len()) || !batch.number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(unsupported("a batch number has 1 to 30 digits"));
    }
    let controls = batch.orders.iter().filter(|order| order.instruction.kind().is_control()).count();
    match controls {
        0 if !batch.orders.is_empty() => bank.write_queries(batch),
        some if some == batch.orders.len() && some > 0 => bank.write_controls(batch),
        _ => Err(unsupported("a batch has queries or controls, not both, and at least one")),
    }
}

impl Bank {
    fn write_queries(&self, batch: &Batch) -> Result<Vec<Message>, Fault> {
        let mut requests = Vec::with_capacity(batch.orders.len());
        let mut documents: Vec<DocumentRow> = Vec::new();
        for order in &batch.orders {
            let key = document_key(&order.documents);
            if self.generation == Generation::First {
                documents.extend(keyed_by_number(order));
            } else if !documents.iter().any(|document| document.document_key == key) {
                documents.extend(
                    document_rows(&order.documents)
                        .map(|row| DocumentRow { document_key: key.clone(), ..row }),
                );
            }
            requests.push(query(order, key, self.generation)?);
        }
        self.pack(batch, PackageKind::QueryRequest, &requests, &documents)
    }

    fn write_controls(&self, batch: &Batch) -> Result<Vec<Message>, Fault> {
        let requests = batch.orders.iter().map(|order| control(order, self.generation));
        let requests = requests.collect::<Result<Vec<_>, _>>()?;
        let documents: Vec<_> = batch.orders.iter().flat_map(keyed_by_number).collect();
        self.pack(batch, PackageKind::ControlRequest, &requests, &documents)
    }

    fn pack<T: Row + serde::Serialize>(
        &self,
        batch: &Batch,
        kind: PackageKind,
        requests: &[T],
        documents: &[DocumentRow],
    ) -> Result<Vec<Message>, Fault> {
        let certificates: Vec<_> = batch.orders.iter().flat_map(certificates).collect();
        let name = |prefix| file_name::inside(prefix, self.code.as_str(), &batch.number);
        let files = [
            (name("QA"), xml::write(requests)?),
            (name("QI"), xml::write(documents)?),
            (name("QC"), xml::write(&certificates)?),
        ];
        let package = file_name::package(kind, self.code.as_str(), &batch.number);
        Ok(vec![package::pack(package, batch.made, &files)?])
    }
}

/// The row of a query.
///
/// # Errors
/// Unsupported, when the wire has no words for it.
pub(crate) fn query(
    order: &Order,
    document_key: String,
    generation: Generation,
) -> Result<QueryRequestRow, Fault> {
    let Instruction::Query { transactions } = &order.instruction else {
        return Err(unsupported("a control cannot be written as a query"));
    };
    let head = Head::of(order)?;
    let (from, until) = match transactions {
        Some((from, until)) => (first_moment(*from), last_moment(*until)),
        None => (String::new(), String::new()),
    };
    Ok(generation.of_query(QueryRequestRow {
        number: order.number.to_string(),
        class: code::COMMERCIAL_BANK.into(),
        nature: code::NATURE_QUERY.into(),
        name: order.name.to_string(),
        document_kind: head.document_kind.into(),
        document_number: order.document.number().to_owned(),
        court_name: order.case.court_name.clone(),
        court_code: order.case.court_code.clone(),
        officer: head.officer,
        phone: head.phone,
        case_number: order.case.number.to_string(),
        work_certificate: head.work_certificate,
        enforcement_certificate: head.enforcement_certificate,
        notice: title_of(order, DocumentKind::QueryNotice),
        transactions_from: from,
        transactions_until: until,
        document_key,
        ..QueryRequestRow::default()
    }))
}

/// The row of a control.
///
/// # Errors
/// As [`query`].
pub(crate) fn control(order: &Order, generation: Generation) -> Result<ControlRequestRow, Fault> {
    let (target, notice) = target::of(order)?;
    let head = Head::of(order)?;
    let row = ControlRequestRow {
        number: order.number.to_string(),
        class: code::COMMERCIAL_BANK.into(),
        nature: code::NATURE_CONTROL.into(),
        name: order.name.to_string(),
        document_kind: head.document_kind.into(),
        document_number: order.document.number().to_owned(),
        court_name: order.case.court_name.clone(),
        court_code: order.case.court_code.clone(),
        officer: head.officer,
        phone: head.phone,
        case_number: order.case.number.to_string(),
        work_certificate: head.work_certificate,
        enforcement_certificate: head.enforcement_certificate,
        notice: title_of(order, notice),
        targets: vec![target],
        ..ControlRequestRow::default()
    };
    let detail = match generation {
        Generation::First => "the first generation of the wire has no controls",
        _ => "the second generation of the wire has no words for the data of this financial product",
    };
    generation.of_control(row).ok_or_else(|| unsupported(detail))
}

/// What requests of both kinds say about party and officer.
struct Head {
    document_kind: &'static str,
    officer: String,
    phone: String,
    work_certificate: String,
    enforcement_certificate: String,
}

impl Head {
    fn of(order: &Order) -> Result<Self, Fault> {
        let document_kind = code::identity(&order.document)
            .ok_or_else(|| unsupported("the wire has no code for this kind of identity document"))?;
        let CaseHead { officers, .. } = &*order.case;
        let officer =
            officers.first().ok_or_else(|| unsupported("an order needs the officer who handles it"))?;
        Ok(Self {
            document_kind,
            officer: officer.name.to_string(),
            phone: officer.phone.clone(),
            work_certificate: officer.work_certificate.clone(),
            enforcement_certificate: officer.enforcement_certificate.clone(),
        })
    }
}

fn title_of(order: &Order, kind: DocumentKind) -> String {
    order.legal_document(kind).map(|document| document.title.clone()).unwrap_or_default()
}

/// One key for the same documents, whatever order they come with: shared by the requests of a batch (protocol section 2).
pub(crate) fn document_key(documents: &[LegalDocument]) -> String {
    let mut digest = Md5::new();
    for document in documents {
        for part in [document.title.as_bytes(), document.format.as_bytes(), &document.content[..]] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    let hexadecimal: String = digest.finalize().iter().map(|byte| format!("{byte:02X}")).collect();
    format!("WS{}", hexadecimal.get(..20).unwrap_or_default())
}

/// The documents of an order, without a key.
pub(crate) fn document_rows(documents: &[LegalDocument]) -> impl Iterator<Item = DocumentRow> + '_ {
    documents.iter().zip(1..).map(|(document, sequence): (_, u32)| DocumentRow {
        sequence: sequence.to_string(),
        title: document.title.clone(),
        format: document.format.clone(),
        kind: document.kind.chinese().into(),
        md5: md5_text(&document.content),
        content: STANDARD.encode(&document.content),
        ..DocumentRow::default()
    })
}

/// The documents of an order under its number.
pub(crate) fn keyed_by_number(order: &Order) -> impl Iterator<Item = DocumentRow> + '_ {
    document_rows(&order.documents).map(|row| DocumentRow { number: order.number.to_string(), ..row })
}

/// The certificates of an order's officers.
pub(crate) fn certificates(order: &Order) -> impl Iterator<Item = CertificateRow> + '_ {
    order.case.officers.iter().zip(1..).map(|(officer, sequence): (_, u32)| {
        let image = |image: &Option<chakong_contract::CertificateImage>| match image {
            Some(image) => (image.format.clone(), STANDARD.encode(&image.content)),
            None => (String::new(), String::new()),
        };
        let (work_format, work_image) = image(&officer.work_image);
        let (enforcement_format, enforcement_image) = image(&officer.enforcement_image);
        CertificateRow {
            number: order.number.to_string(),
            sequence: sequence.to_string(),
            name: officer.name.to_string(),
            work_certificate: officer.work_certificate.clone(),
            work_format,
            work_image,
            enforcement_certificate: officer.enforcement_certificate.clone(),
            enforcement_format,
            enforcement_image,
            ..CertificateRow::default()
        }
    })
}

/// MD5 of a file as the wire writes it: lower-case hexadecimal of the bytes before Base64 (protocol section 5).
pub(crate) fn md5_text(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
