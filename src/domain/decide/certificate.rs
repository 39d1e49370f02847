//! When an inquiry is complete, and its certificate.

use super::super::{
    CaseFile, Certificate, Change, EventDraft, EventType, Inquiry, InquiryId, InquiryState, Lines,
    NewCertificate, certify,
};
use super::draft::Draft;

/// Beyond so many orders the event carries the sums only; the certificate in full is read over the API.
const MOST_LINES: usize = 500;

/// The certificate of an inquiry as of now.
pub fn certificate_of(
    file: &CaseFile,
    inquiry: &Inquiry,
    lines: &Lines,
    now: jiff::Timestamp,
) -> Certificate {
    let head = (inquiry.case_number.clone(), inquiry.completions, now);
    let claim = file.chain.claim.as_ref().filter(|_| inquiry.mandate.is_some());
    certify(head, lines, claim, file.measures.values())
}

/// Issues the certificate when the last open order came to an end, and again when a late answer changes it.
pub fn close_if_done(draft: &mut Draft<'_>, id: InquiryId, news: bool) {
    let Some(inquiry) = draft.file.inquiries.get(&id) else { return };
    let due = match inquiry.state {
        InquiryState::Open => true,
        InquiryState::Completed => news,
        InquiryState::Cancelled => false,
    };
    if inquiry.open_orders > 0 || !due {
        return;
    }
    let Some(lines) = draft.file.lines.get(&id).cloned() else { return };
    let now = draft.now();
    let Some(inquiry) = draft.inquiry_mut(id) else { return };
    inquiry.state = InquiryState::Completed;
    inquiry.completions += 1;
    let inquiry = inquiry.clone();
    let mut certificate = certificate_of(&draft.file, &inquiry, &lines, now);
    let text = serde_json::to_string(&certificate).unwrap_or_default();
    let (number, uid) = (certificate.number, inquiry.uid);
    let told = if certificate.orders.len() > MOST_LINES {
        certificate.orders.clear();
        serde_json::to_string(&certificate).ok()
    } else {
        Some(text.clone())
    };
    draft.push(Change::NewCertificate(NewCertificate { inquiry: id, uid, number, at: now, text }));
    draft.push(Change::NewEvent(EventDraft {
        kind: EventType::InquiryCompleted,
        inquiry: id,
        order: None,
        revision: None,
        at: now,
        data: told,
    }));
}

/// What closes after something happened to an order of an inquiry: the inquiry, and those of which orders were withdrawn.
pub fn close_after(draft: &mut Draft<'_>, id: InquiryId, news: bool) {
    close_if_done(draft, id, news);
    close_what_may_be_done(draft);
}

/// Issues the certificates of inquiries whose last open order was withdrawn.
pub fn close_what_may_be_done(draft: &mut Draft<'_>) {
    for id in draft.take_may_be_done() {
        close_if_done(draft, id, false);
    }
}
