//! Stakes of a party, with their freezes.

use chakong_contract::asset::{
    Asset, Encumbrance, EquityFreeze, EquityFreezeState, EquityStake, FoundAsset, MatchedBy, Rank,
};
use chakong_contract::capital::read_percent;
use chakong_contract::gathered::Gathered;
use chakong_contract::id::CaseNumber;
use chakong_contract::name::same_name;
use chakong_contract::{Answer, Fault, FaultKind, Order, Scalar};
use rust_decimal::Decimal;

use super::amount;
use crate::wire::{self, FreezeRow, Holding, Reported};

/// Most stakes, and most freezes of one, that are read.
const MOST_ENTRIES: usize = 1000;

/// The answer to a query.
pub(super) fn answer(reported: Reported, order: Option<&Order>) -> Result<Answer, Fault> {
    let Some(mut rows) = reported.holdings else {
        return Err(Fault::new(FaultKind::Malformed, "query stakes", "the answer has no list of stakes"));
    };
    let mut gathered = Gathered::default();
    if rows.len() > MOST_ENTRIES {
        let all = rows.len();
        gathered
            .lacks("股权 stakes", &format!("只取前{MOST_ENTRIES}项 only the first {MOST_ENTRIES} of {all}"));
        rows.truncate(MOST_ENTRIES);
    }
    let holdings: Vec<Holding> = gathered.entries("股权 stakes", rows);
    let mut assets = Vec::with_capacity(holdings.len());
    for holding in holdings {
        let matched_by = match order {
            None => MatchedBy::Unstated,
            Some(order) => match matched(&holding, order) {
                Some(matched_by) => matched_by,
                None => {
                    gathered.lacks("股权 stakes", "一项为他人所有 one is another's");
                    continue;
                }
            },
        };
        assets.push(FoundAsset { asset: Asset::Equity(stake(holding, &mut gathered)), matched_by });
    }
    Ok(gathered.answer(assets))
}

/// How a stake's holder matches the party. A masked number, with stars, says nothing.
fn matched(holding: &Holding, order: &Order) -> Option<MatchedBy> {
    let numbers = [holding.cerno.text(), holding.blicno.text()];
    let stated = numbers.iter().find(|number| !number.is_empty() && !number.contains('*'));
    let ours = order.document.number();
    let same_number = stated.map(|number| number.replace('-', "").eq_ignore_ascii_case(ours));
    MatchedBy::of(same_number, same_name(&holding.inv.plain(), order.name.as_str()))
}

/// A decimal number as text, or nothing and its text kept. A percent sign may follow a ratio.
pub(super) fn decimal(field: &str, value: &Scalar, gathered: &mut Gathered) -> Option<String> {
    let text = value.text();
    let plain = || text.parse::<Decimal>().ok().map(|number| number.normalize().to_string());
    let read = read_percent(&text).or_else(plain);
    if read.is_none() && !text.is_empty() {
        gathered.strange(field, text);
    }
    read
}

fn stake(holding: Holding, gathered: &mut Gathered) -> EquityStake {
    let (code, words) = (holding.regstate.text(), holding.regstate_cn.plain());
    let status = wire::company_status(&code, &words);
    if status.is_none() && !(code.is_empty() && words.is_empty()) {
        gathered.strange("REGSTATE", format!("{code}{words}"));
    }
    let mut rows = holding.freezes.unwrap_or_default();
    rows.truncate(MOST_ENTRIES);
    let rows: Vec<FreezeRow> = gathered.entries("股权冻结 freezes", rows);
    let company = holding.entname.plain();
    let (mut freezes, mut encumbrances) = (Vec::new(), Vec::new());
    for row in &rows {
        let freeze = freeze_of(row, &holding.inv.plain(), &company, gathered);
        encumbrances.extend(burden(row, &freeze));
        freezes.push(freeze);
    }
    EquityStake {
        holder: holding.inv.plain(),
        company,
        company_code: gathered.checked("UNISCID", &holding.uniscid),
        registration_number: holding.regno.text(),
        status,
        status_text: words,
        percent: decimal("SUBCONPROP", &holding.subconprop, gathered),
        shares: decimal("SHARENUM", &holding.sharenum, gathered),
        subscribed: amount("SUBCONAM", &holding.subconam, &holding.regcapcur, gathered),
        paid: amount("ACCONAM", &holding.acconam, &holding.regcapcur, gathered),
        since: gathered.date("CONDATE", &holding.condate),
        freezes,
        encumbrances,
    }
}

/// Place in the queue as stated.
pub(super) fn rank(row: &FreezeRow) -> Option<Rank> {
    let place = row.order.integer().and_then(|place| u32::try_from(place).ok()).filter(|place| *place > 0);
    place.map(|place| Rank { place, derived: false })
}

fn freeze_of(row: &FreezeRow, debtor: &str, company: &str, gathered: &mut Gathered) -> EquityFreeze {
    let matter = row.executeitem_cn.plain();
    let waits = rank(row).is_some_and(|rank| rank.place > 1) || matter.contains("轮候");
    let state = wire::freeze_state(&row.frozstate.text(), waits);
    if state == EquityFreezeState::Unknown {
        gathered.strange("FROZSTATE", row.frozstate.text());
    }
    let money = amount("FROAM", &row.froam, &row.regcapcur, gathered);
    let share = decimal("SHARFROPROP", &row.sharfroprop, gathered).map(|share| format!("{share}%"));
    let shares = decimal("FROSHARE", &row.froshare, gathered).map(|shares| format!("{shares}股"));
    let parts = [money.map(|money| money.to_string()), share, shares];
    EquityFreeze {
        state,
        words: row.frozstate_cn.plain(),
        matter,
        debtor: debtor.to_owned(),
        company: company.to_owned(),
        court: row.froauth.plain(),
        notice: CaseNumber::canonical(&row.executeno.text()),
        ruling: CaseNumber::canonical(&row.frodocno.text()),
        amount: money,
        amount_text: parts.into_iter().flatten().collect::<Vec<_>>().join("，"),
        published: gathered.date("PUBLICDATE", &row.publicdate),
        from: gathered.date("FROFROM", &row.frofrom),
        until: gathered.date("FROTO", &row.froto),
    }
}

fn burden(row: &FreezeRow, freeze: &EquityFreeze) -> Option<Encumbrance> {
    freeze.encumbrance().map(|burden| Encumbrance { rank: rank(row), ..burden })
}

/// An earlier freeze that a new one waits behind.
pub(crate) fn encumbrance_of(row: &FreezeRow, gathered: &mut Gathered) -> Option<Encumbrance> {
    let freeze = freeze_of(row, "", "", gathered);
    burden(row, &freeze)
}
