use chakong_contract::asset::{EncumbranceKind, PropertyKind};
use chakong_contract::{Date, Encumbrance, Money, Scalar};

use super::{Gathered, Strange};
use crate::wire::{
    Amount, AmountUnit, Mortgage, Objection, Prenotice, Seizure, mortgage_form, prenotice_kind, read_money,
    seizure_kind,
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
pub(super) fn burdens(gathered: &Gathered, amounts: AmountUnit, strange: &mut Strange) -> Vec<Burden> {
    let mut burdens = Vec::new();
    burdens.extend(gathered.mortgages.iter().map(|one| mortgage(one, amounts, strange)));
    burdens.extend(gathered.seizures.iter().map(|one| seizure(one, strange)));
    burdens.extend(gathered.objections.iter().map(objection));
    burdens.extend(gathered.prenotices.iter().map(|one| prenotice(one, strange)));
    burdens
}

/// Labelled texts that are not blank, in one line.
fn words(parts: &[(&str, String)]) -> String {
    let filled = parts.iter().filter(|(_, text)| !text.is_empty());
    filled.map(|(label, text)| format!("{label}{text}")).collect::<Vec<_>>().join("；")
}

fn mortgage(one: &Mortgage, amounts: AmountUnit, strange: &mut Strange) -> Burden {
    let (field, secured) =
        if one.bdbzzqse.is_blank() { ("zgzqse", &one.zgzqse) } else { ("bdbzzqse", &one.bdbzzqse) };
    let amount = money(field, secured, &one.jedw, amounts, strange);
    let form = strange.words("dyfs", &one.dyfs, mortgage_form);
    let unit = if one.jedw.is_blank() && !secured.is_blank() && !secured.text().contains(['元', '万']) {
        format!("{}（按本机构设置）", amounts.chinese())
    } else {
        one.jedw.text()
    };
    let said =
        words(&[("", form), ("抵押人：", one.dyr.text()), ("登记数额：", secured.text()), ("单位：", unit)]);
    Burden {
        unit: one.bdcdyh.clone(),
        location: one.zl.text(),
        encumbrance: Encumbrance {
            kind: EncumbranceKind::Mortgage,
            holder: one.dyqr.text(),
            document: one.bdcdjzmh.text(),
            amount,
            from: strange.date("zwlxqssj", &one.zwlxqssj),
            until: strange.date("zwlxjssj", &one.zwlxjssj),
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
    match one.dybdclx.as_text().as_ref() {
        "4" | "土地和在建建筑物" | "在建建筑物" => PropertyKind::UnderConstruction,
        _ if !one.zjjzwzl.is_blank() => PropertyKind::UnderConstruction,
        _ => PropertyKind::Other,
    }
}

/// Whether a prenotice is about a home that is sold before it is built (section 11.5).
fn is_presale(one: &Prenotice) -> bool {
    matches!(one.ygdjzl.as_text().as_ref(), "1" | "3") || one.ygdjzl.as_text().contains("预售")
}

/// An amount; a doubtful one is none, and its text is kept among what is not known.
fn money(
    field: &str,
    value: &Scalar,
    unit: &Scalar,
    usual: AmountUnit,
    strange: &mut Strange,
) -> Option<Money> {
    match read_money(value, unit, usual) {
        Amount::Known(money) => Some(money),
        Amount::Blank => None,
        Amount::Doubtful => {
            strange.note(field, value.text());
            None
        }
    }
}

/// A kind that is not known is a seizure all the same: it stands in the register of seizures. Its words are kept.
fn seizure(one: &Seizure, strange: &mut Strange) -> Burden {
    let known = strange.known("cflx", &one.cflx, seizure_kind);
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
    let case = if one.cfywh.is_blank() { &one.ywh } else { &one.cfywh };
    let said = words(&[
        ("", named.to_owned()),
        ("查封类型：", one.cflx.text()),
        ("查封业务号：", case.text()),
        ("序号：", one.xh.text()),
        ("范围：", one.cffw.text()),
    ]);
    let from = strange.date("cfqssj", &one.cfqssj);
    Burden {
        unit: one.bdcdyh.clone(),
        location: one.zl.text(),
        encumbrance: Encumbrance {
            kind,
            holder: one.cfjg.text(),
            document: one.cfwh.text(),
            amount: None,
            from,
            until: strange.date("cfjssj", &one.cfjssj),
            rank: None,
            reference: case.text(),
            words: said,
        },
        registered: strange.date("djsj", &one.djsj).or(from),
        standing,
        on: PropertyKind::Other,
        listed_as: one.xh.clone(),
    }
}

fn objection(one: &Objection) -> Burden {
    Burden {
        unit: one.bdcdyh.clone(),
        location: one.zl.text(),
        encumbrance: Encumbrance {
            kind: EncumbranceKind::Objection,
            holder: one.yysqr.text(),
            document: one.bdcdjzmh.text(),
            amount: None,
            from: one.djsj.date().ok().flatten(),
            until: None,
            rank: None,
            reference: String::new(),
            words: words(&[("异议事项：", one.yysx.text())]),
        },
        registered: None,
        standing: Standing::Apart,
        on: PropertyKind::Other,
        listed_as: Scalar::Null,
    }
}

fn prenotice(one: &Prenotice, strange: &mut Strange) -> Burden {
    let kind = strange.words("ygdjzl", &one.ygdjzl, prenotice_kind);
    Burden {
        unit: one.bdcdyh.clone(),
        location: one.zl.text(),
        encumbrance: Encumbrance {
            kind: EncumbranceKind::Prenotice,
            holder: one.gyr.text(),
            document: one.bdcdjzmh.text(),
            amount: None,
            from: strange.date("djsj", &one.djsj),
            until: None,
            rank: None,
            reference: String::new(),
            words: words(&[("", kind), ("义务人：", one.ywr.text())]),
        },
        registered: None,
        standing: Standing::Apart,
        on: if is_presale(one) { PropertyKind::UnderConstruction } else { PropertyKind::Other },
        listed_as: Scalar::Null,
    }
}
