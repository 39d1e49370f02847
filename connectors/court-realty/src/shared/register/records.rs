use chakong_toolkit::Scalar;

use super::holdings::{self, Property};
use super::script::Quirk;
use super::writer::RowWriter;
use crate::shared::wire::{HolderRow, Mortgage, Objection, Prenotice, Right};

fn text(text: &str) -> Scalar {
    text.into()
}

/// A title as the registry writes it; its first owner by name and number.
pub(super) fn right(property: &Property, owner: (&str, &str), writer: &RowWriter<'_>) -> Right {
    let form = if property.co_ownership.is_empty() { "0" } else { &property.co_ownership };
    let building = matches!(property.kind.as_str(), "" | "building");
    let [location, area, usage] =
        [&property.location, &property.area, &property.usage].map(|field| text(field));
    let mut right = Right {
        unit: writer.unit(&property.unit),
        certificate: text(&property.certificate),
        registry: text("示例市不动产登记中心"),
        registered: writer.date(&property.registered),
        state: text("1"),
        co_ownership: text(form),
        share: text(&property.share),
        holder_rows: writer.style.holder_rows.then(|| holder_rows(property, owner, form, writer)),
        ..Right::default()
    };
    if building {
        (right.building_location, right.building_area, right.planned_usage) = (location, area, usage);
        return right;
    }
    (right.location, right.usage) = (location, usage);
    right.area_unit = text("1");
    match property.kind.as_str() {
        "land_ownership" => right.parcel_area = area,
        "structure" => (right.structure_area, right.structure_usage) = (area, right.usage.clone()),
        "farmland" => right.contracted_area = area,
        _ => right.use_area = area,
    }
    right
}

fn holder_rows(
    property: &Property,
    (name, number): (&str, &str),
    form: &str,
    writer: &RowWriter<'_>,
) -> Vec<HolderRow> {
    let row = |name: &str, number: &str, share: &str| HolderRow {
        name: text(name),
        number: text(number),
        share: text(share),
        co_ownership: text(form),
        certificate: text(&property.certificate),
        ..HolderRow::default()
    };
    let own = row(name, number, &property.share);
    let listed = if writer.has(Quirk::MissingCoOwner) { 0 } else { property.co_holders.len() };
    let others = property.co_holders.iter().take(listed);
    let others = others.map(|one| row(&one.name, &one.number, &one.share));
    std::iter::once(own).chain(others).collect()
}

/// A mortgage, its amount in the registry's unit.
pub(super) fn mortgage(
    one: &holdings::Mortgage,
    property: &Property,
    owner: &str,
    writer: &RowWriter<'_>,
) -> Mortgage {
    Mortgage {
        unit: writer.unit(&property.unit),
        location: text(&property.location),
        mortgagor: text(owner),
        mortgagee: text(&one.mortgagee),
        form: text("1"),
        secured_amount: writer.amount(one.amount),
        from: writer.date(&one.from),
        until: writer.date(&one.until),
        proof: text(&one.certificate),
        state: text("1"),
        ..Mortgage::default()
    }
}

/// An objection.
pub(super) fn objection(one: &holdings::Objection, property: &Property, writer: &RowWriter<'_>) -> Objection {
    Objection {
        unit: writer.unit(&property.unit),
        location: text(&property.location),
        applicant: text(&one.by),
        matter: text(&one.matter),
        registered: writer.date(&one.registered),
        state: text("1"),
        ..Objection::default()
    }
}

/// A prenotice.
pub(super) fn prenotice(
    one: &holdings::Prenotice,
    property: &Property,
    owner: &str,
    writer: &RowWriter<'_>,
) -> Prenotice {
    Prenotice {
        unit: writer.unit(&property.unit),
        location: text(&property.location),
        kind: text(&one.kind),
        proof: text(&one.certificate),
        registered: writer.date(&one.registered),
        state: text("1"),
        obligee: text(owner),
        obligor: text(&one.obligor),
        ..Prenotice::default()
    }
}
