use chakong_contract::asset::{EncumbranceKind, PropertyKind};
use chakong_contract::placeholder::is_placeholder;
use chakong_contract::{Date, Encumbrance, Money};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;

use super::extract::Extract;
use crate::shared::wire::{
    Amount, AmountUnit, Mortgage, Objection, Prenotice, Seizure, field, mortgage_form, prenotice_kind,
    read_money, seizure_kind,
};

/// A burden on some unit, before it is known on which property.
#[derive(Debug)]
pub(super) struct Burden {
    pub(super) unit: Scalar,
    pub(super) location: String,
    pub(super) encumbrance: Encumbrance,
    /// When it was registered, for the queue.
    pub(super) registered: Option<Date>,
    /// How it stands among the seizures of its unit.
    pub(super) standing: Standing,
    /// What its unit is, where no title says so.
    pub(super) on: PropertyKind,
    /// The registry's own number in the list of seizures.
    pub(super) listed_as: Scalar,
}

/// How a burden stands among the seizures of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// No seizure.
    Apart,
    /// Before those that wait.
    Effective,
    /// Behind those that are effective.
    Waiting,
    /// Renews an earlier one of the same authority.
    Renewal,
    /// A seizure of a kind that is not known.
    Unclear,
}

/// Every burden that stands.
pub(super) fn burdens(extract: &Extract, amounts: AmountUnit, notes: &mut Gathered) -> Vec<Burden> {
    let mut burdens = Vec::new();
    burdens.extend(extract.mortgages.iter().map(|one| mortgage(one, amounts, notes)));
    burdens.extend(extract.seizures.iter().map(|one| seizure(one, notes)));
    burdens.extend(extract.objections.iter().map(|one| objection(one, notes)));
    burdens.extend(extract.prenotices.iter().map(|one| prenotice(one, notes)));
    burdens
}

/// A location; none where something stands in its place, by which all would be at one.
pub(super) fn place(location: &Scalar) -> Option<String> {
    Some(location.text()).filter(|text| !text.is_empty() && !is_placeholder(text))
}

/// Labelled texts that are not blank, in one line.
fn words(parts: &[(&str, String)]) -> String {
    let filled = parts.iter().filter(|(_, text)| !text.is_empty());
    filled.map(|(label, text)| format!("{label}{text}")).collect::<Vec<_>>().join("；")
}

fn mortgage(one: &Mortgage, amounts: AmountUnit, notes: &mut Gathered) -> Burden {
    let _ = notes.date(field::CANCELLED, &one.cancelled);
    let (field, secured) = if one.secured_amount.is_blank() {
        (field::MAXIMUM_AMOUNT, &one.maximum_amount)
    } else {
        (field::SECURED_AMOUNT, &one.secured_amount)
    };
    let amount = money(field, secured, &one.amount_unit, amounts, notes);
    let form = notes.words(field::MORTGAGE_FORM, &one.form, mortgage_form);
    let unit = if one.amount_unit.is_blank() && !secured.is_blank() && !secured.text().contains(['元', '万'])
    {
        format!("{}（登记机构未注明，按约定）", amounts.chinese())
    } else {
        one.amount_unit.text()
    };
    let said = words(&[
        ("", form),
        ("抵押人：", one.mortgagor.text()),
        ("登记数额：", secured.text()),
        ("单位：", unit),
    ]);
    Burden {
        unit: one.unit.clone(),
        location: place(&one.location).unwrap_or_default(),
        encumbrance: Encumbrance {
            kind: EncumbranceKind::Mortgage,
            holder: one.mortgagee.text(),
            document: one.proof.code().unwrap_or_default(),
            amount,
            from: notes.date(field::DEBT_FROM, &one.from),
            until: notes.date(field::DEBT_UNTIL, &one.until),
            rank: None,
            reference: String::new(),
            words: said,
        },
        registered: None,
        standing: Standing::Apart,
        on: mortgaged(one),
        listed_as: Scalar::Null,
    }
}

/// What a mortgage is on (section 11.5): a building under construction may have no title of its own yet.
fn mortgaged(one: &Mortgage) -> PropertyKind {
    match one.subject_kind.as_text().as_ref() {
        "4" | "土地和在建建筑物" | "在建建筑物" => PropertyKind::UnderConstruction,
        _ if !one.construction_location.is_blank() => PropertyKind::UnderConstruction,
        _ => PropertyKind::Other,
    }
}

/// Whether a prenotice is about a home that is sold before it is built (section 11.5).
fn is_presale(one: &Prenotice) -> bool {
    matches!(one.kind.as_text().as_ref(), "1" | "3") || one.kind.as_text().contains("预售")
}

/// An amount; a doubtful one is none, and its text is kept among what is not known.
fn money(
    field: &str,
    value: &Scalar,
    unit: &Scalar,
    usual: AmountUnit,
    notes: &mut Gathered,
) -> Option<Money> {
    match read_money(value, unit, usual) {
        Amount::Known(money) => Some(notes.rounded(field, &value.text(), money)),
        Amount::Blank => None,
        Amount::Doubtful => {
            notes.strange(field, value.text());
            None
        }
    }
}

/// A kind that is not known is a seizure all the same: it stands in the register of seizures. Its words are kept.
fn seizure(one: &Seizure, notes: &mut Gathered) -> Burden {
    // An end that cannot be read is kept beside the seizure, which stands.
    let _ = notes.date(field::LIFTED, &one.lifted);
    let known = notes.known(field::SEIZURE_KIND, &one.kind, seizure_kind);
    let (kind, standing, named) = match known {
        None => (EncumbranceKind::Seizure, Standing::Unclear, ""),
        Some((kind, true)) => (kind, Standing::Renewal, "续封"),
        Some((kind, _)) => match kind {
            EncumbranceKind::WaitingSeizure => (kind, Standing::Waiting, "轮候查封"),
            EncumbranceKind::WaitingPreliminarySeizure => (kind, Standing::Waiting, "轮候预查封"),
            EncumbranceKind::PreliminarySeizure => (kind, Standing::Effective, "预查封"),
            _ => (kind, Standing::Effective, "查封"),
        },
    };
    let case = if one.seizure_number.is_blank() { &one.business_number } else { &one.seizure_number };
    let said = words(&[
        ("", named.to_owned()),
        // What is known is told by its name, not by a code.
        ("查封类型：", if known.is_none() { one.kind.text() } else { String::new() }),
        ("查封业务号：", case.text()),
        ("序号：", one.place.text()),
        ("范围：", one.extent.text()),
    ]);
    let from = notes.past_date(field::SEIZED_FROM, &one.from);
    Burden {
        unit: one.unit.clone(),
        location: place(&one.location).unwrap_or_default(),
        encumbrance: Encumbrance {
            kind,
            holder: one.authority.text(),
            document: one.document.text(),
            amount: None,
            from,
            until: notes.date(field::SEIZED_UNTIL, &one.until),
            rank: None,
            reference: case.text(),
            words: said,
        },
        registered: notes.past_date(field::REGISTERED, &one.registered).or(from),
        standing,
        on: PropertyKind::Other,
        listed_as: one.place.clone(),
    }
}

fn objection(one: &Objection, notes: &mut Gathered) -> Burden {
    let _ = notes.date(field::CANCELLED, &one.cancelled);
    Burden {
        unit: one.unit.clone(),
        location: place(&one.location).unwrap_or_default(),
        encumbrance: Encumbrance {
            kind: EncumbranceKind::Objection,
            holder: one.applicant.text(),
            document: one.proof.text(),
            amount: None,
            from: notes.past_date(field::REGISTERED, &one.registered),
            until: None,
            rank: None,
            reference: String::new(),
            words: words(&[("异议事项：", one.matter.text())]),
        },
        registered: None,
        standing: Standing::Apart,
        on: PropertyKind::Other,
        listed_as: Scalar::Null,
    }
}

fn prenotice(one: &Prenotice, notes: &mut Gathered) -> Burden {
    let _ = notes.date(field::CANCELLED, &one.cancelled);
    let kind = notes.words(field::PRENOTICE_KIND, &one.kind, prenotice_kind);
    Burden {
        unit: one.unit.clone(),
        location: place(&one.location).unwrap_or_default(),
        encumbrance: Encumbrance {
            kind: EncumbranceKind::Prenotice,
            holder: one.obligee.text(),
            document: one.proof.text(),
            amount: None,
            from: notes.past_date(field::REGISTERED, &one.registered),
            until: None,
            rank: None,
            reference: String::new(),
            words: words(&[("", kind), ("义务人：", one.obligor.text())]),
        },
        registered: None,
        standing: Standing::Apart,
        on: if is_presale(one) { PropertyKind::UnderConstruction } else { PropertyKind::Other },
        listed_as: Scalar::Null,
    }
}
