use chakong_contract::Scalar;

use super::register::{Hand, Trap};
use super::script::{self, Property};
use crate::wire::{HolderRow, Mortgage, Objection, Prenotice, Right};

fn text(text: &str) -> Scalar {
    text.into()
}

/// A title as the registry writes it; its first owner by name and number.
pub(super) fn right(property: &Property, owner: (&str, &str), hand: &Hand<'_>) -> Right {
    let form = if property.co_ownership.is_empty() { "0" } else { &property.co_ownership };
    let building = matches!(property.kind.as_str(), "" | "building");
    let [location, area, usage] =
        [&property.location, &property.area, &property.usage].map(|field| text(field));
    let mut right = Right {
        bdcdyh: hand.unit(&property.unit),
        bdcqzh: text(&property.certificate),
        djjg: text("示例市不动产登记中心"),
        djsj: hand.date(&property.registered),
        qszt: text("1"),
        gyfs: text(form),
        febl: text(&property.share),
        qlrxx_list: hand.style.holder_rows.then(|| holder_rows(property, owner, form, hand)),
        ..Right::default()
    };
    if building {
        (right.fdzl, right.jzmj, right.ghyt) = (location, area, usage);
        return right;
    }
    (right.zl, right.yt) = (location, usage);
    right.mjdw = text("1");
    match property.kind.as_str() {
        "land_ownership" => right.zdmj = area,
        "structure" => (right.gjzwmj, right.gjzwghyt) = (area, right.yt.clone()),
        "farmland" => right.cbmj = area,
        _ => right.syqmj = area,
    }
    right
}

fn holder_rows(
    property: &Property,
    (name, number): (&str, &str),
    form: &str,
    hand: &Hand<'_>,
) -> Vec<HolderRow> {
    let row = |name: &str, number: &str, share: &str| HolderRow {
        qlrmc: text(name),
        zjh: text(number),
        qlbl: text(share),
        gyfs: text(form),
        bdcqzh: text(&property.certificate),
        ..HolderRow::default()
    };
    let own = row(name, number, &property.share);
    let listed = if hand.has(Trap::MissingCoOwner) { 0 } else { property.co_holders.len() };
    let others = property.co_holders.iter().take(listed);
    let others = others.map(|one| row(&one.name, &one.number, &one.share));
    std::iter::once(own).chain(others).collect()
}

/// A mortgage, its amount in the registry's unit.
pub(super) fn mortgage(
    one: &script::Mortgage,
    property: &Property,
    owner: &str,
    hand: &Hand<'_>,
) -> Mortgage {
    Mortgage {
        bdcdyh: hand.unit(&property.unit),
        zl: text(&property.location),
        dyr: text(owner),
        dyqr: text(&one.mortgagee),
        dyfs: text("1"),
        bdbzzqse: hand.amount(one.amount),
        zwlxqssj: hand.date(&one.from),
        zwlxjssj: hand.date(&one.until),
        bdcdjzmh: text(&one.certificate),
        qszt: text("1"),
        ..Mortgage::default()
    }
}

/// An objection.
pub(super) fn objection(one: &script::Objection, property: &Property, hand: &Hand<'_>) -> Objection {
    Objection {
        bdcdyh: hand.unit(&property.unit),
        zl: text(&property.location),
        yysqr: text(&one.by),
        yysx: text(&one.matter),
        djsj: hand.date(&one.registered),
        qszt: text("1"),
        ..Objection::default()
    }
}

/// A prenotice.
pub(super) fn prenotice(
    one: &script::Prenotice,
    property: &Property,
    owner: &str,
    hand: &Hand<'_>,
) -> Prenotice {
    Prenotice {
        bdcdyh: hand.unit(&property.unit),
        zl: text(&property.location),
        ygdjzl: text(&one.kind),
        bdcdjzmh: text(&one.certificate),
        djsj: hand.date(&one.registered),
        qszt: text("1"),
        gyr: text(owner),
        ywr: text(&one.obligor),
        ..Prenotice::default()
    }
}
