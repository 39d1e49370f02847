use chakong_contract::Scalar;
use rust_decimal::Decimal;

use super::script::{self, Holder, Property};
use crate::wire::{AmountUnit, HolderRow, Mortgage, Objection, Prenotice, Right, Seizure};

fn text(text: &str) -> Scalar {
    text.into()
}

/// A title as the registry writes it.
pub(crate) fn right(property: &Property, holder: &Holder, rows: bool) -> Right {
    let form = if property.co_ownership.is_empty() { "0" } else { &property.co_ownership };
    let building = matches!(property.kind.as_str(), "" | "building");
    let [location, area, usage] =
        [&property.location, &property.area, &property.usage].map(|field| text(field));
    let mut right = Right {
        bdcdyh: text(&property.unit),
        bdcqzh: text(&property.certificate),
        djjg: text("示例市不动产登记中心"),
        djsj: text(&property.registered),
        qszt: text("1"),
        gyfs: text(form),
        febl: text(&property.share),
        qlrxx_list: rows.then(|| holder_rows(property, holder, form)),
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

fn holder_rows(property: &Property, holder: &Holder, form: &str) -> Vec<HolderRow> {
    let row = |name: &str, number: &str, share: &str| HolderRow {
        qlrmc: text(name),
        zjh: text(number),
        qlbl: text(share),
        gyfs: text(form),
        bdcqzh: text(&property.certificate),
        ..HolderRow::default()
    };
    let own = row(&holder.name, &holder.number, &property.share);
    let others = property.co_holders.iter().map(|one| row(&one.name, &one.number, &one.share));
    std::iter::once(own).chain(others).collect()
}

/// A mortgage, its amount in the registry's unit.
pub(crate) fn mortgage(
    one: &script::Mortgage,
    property: &Property,
    holder: &Holder,
    amounts: AmountUnit,
) -> Mortgage {
    let amount = Decimal::from(one.amount).checked_div(Decimal::from(amounts.factor()));
    Mortgage {
        bdcdyh: text(&property.unit),
        zl: text(&property.location),
        dyr: text(&holder.name),
        dyqr: text(&one.mortgagee),
        dyfs: text("1"),
        bdbzzqse: amount.map_or(Scalar::Null, |amount| amount.normalize().to_string().into()),
        zwlxqssj: text(&one.from),
        zwlxjssj: text(&one.until),
        bdcdjzmh: text(&one.certificate),
        qszt: text("1"),
        ..Mortgage::default()
    }
}

/// A seizure.
pub(crate) fn seizure(one: &script::Seizure, property: &Property) -> Seizure {
    Seizure {
        bdcdyh: text(&property.unit),
        zl: text(&property.location),
        cfjg: text(&one.authority),
        cflx: text(&one.kind),
        cfwh: text(&one.document),
        cfqssj: text(&one.from),
        cfjssj: text(&one.until),
        djsj: text(&one.registered),
        qszt: text("1"),
        ..Seizure::default()
    }
}

/// An objection.
pub(crate) fn objection(one: &script::Objection, property: &Property) -> Objection {
    Objection {
        bdcdyh: text(&property.unit),
        zl: text(&property.location),
        yysqr: text(&one.by),
        yysx: text(&one.matter),
        djsj: text(&one.registered),
        qszt: text("1"),
        ..Objection::default()
    }
}

/// A prenotice.
pub(crate) fn prenotice(one: &script::Prenotice, property: &Property, holder: &Holder) -> Prenotice {
    Prenotice {
        bdcdyh: text(&property.unit),
        zl: text(&property.location),
        ygdjzl: text(&one.kind),
        bdcdjzmh: text(&one.certificate),
        djsj: text(&one.registered),
        qszt: text("1"),
        gyr: text(&holder.name),
        ywr: text(&one.obligor),
        ..Prenotice::default()
    }
}
