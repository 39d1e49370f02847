//! What every line that takes controls must say of one: which property, which ruling, which term, which seizure.

use chakong_contract::order::{Original, Target};
use chakong_contract::{Date, DocumentKind, Fault, FaultKind, Order};
use jiff::Span;

/// A control that the lines have no words for.
pub(crate) fn unsupported(detail: &'static str) -> Fault {
    Fault::new(FaultKind::Unsupported, "write the control", detail)
}

/// Unit number and certificate number of a property; one of them may be empty.
///
/// # Errors
/// Unsupported, for anything else and for a property that neither names.
pub(crate) fn names(target: &Target) -> Result<(String, String), Fault> {
    let Target::Property { unit_number, certificate, .. } = target else {
        return Err(unsupported("a registry controls real property only"));
    };
    let unit = unit_number.as_ref().map(ToString::to_string).unwrap_or_default();
    if unit.is_empty() && certificate.is_empty() {
        return Err(unsupported("neither a unit number nor a certificate names the property"));
    }
    Ok((unit, certificate.clone()))
}

/// Number of the ruling; that of the case where the document has none.
pub(crate) fn ruling(order: &Order, kind: DocumentKind) -> String {
    match order.legal_document(kind).map(|document| document.number.trim()) {
        Some(number) if !number.is_empty() => number.to_owned(),
        _ => order.case.number.to_string(),
    }
}

/// A term that the law allows: at most three years, less a day because both ends count (民诉法解释 art. 485).
///
/// # Errors
/// Unsupported, for a longer one and for one that ends before it begins.
pub(crate) fn lawful(from: Date, until: Date) -> Result<(), Fault> {
    let longest = from.checked_add(Span::new().years(3)).and_then(Date::yesterday);
    if until < from || longest.is_ok_and(|longest| until > longest) {
        return Err(unsupported("a term has at most three years (民诉法解释 art. 485)"));
    }
    Ok(())
}

/// The registry finds a seizure by its own number, which came with its answer or its call-back.
///
/// # Errors
/// Unsupported, when the registry gave none.
pub(crate) fn reference(original: &Original) -> Result<String, Fault> {
    match original.reference.as_str() {
        "" => Err(unsupported("the registry gave no number of the seizure, by which it would find it")),
        reference => Ok(reference.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_has_three_years_at_most_and_ends_after_it_begins() {
        let day = Date::constant;
        for (from, until, is_lawful) in [
            (day(2026, 1, 1), day(2028, 12, 31), true),
            (day(2026, 1, 1), day(2029, 1, 1), false),
            (day(2026, 1, 1), day(2026, 1, 1), true),
            (day(2026, 1, 1), day(2025, 12, 31), false),
            (day(2024, 2, 29), day(2027, 2, 27), true),
            (day(2024, 2, 29), day(2027, 2, 28), false),
        ] {
            assert_eq!(lawful(from, until).is_ok(), is_lawful, "{from} to {until}");
        }
    }
}
