//! Stakes of a party, with their freezes.

use chakong_contract::asset::{
    Asset, Encumbrance, EquityFreeze, EquityFreezeState, EquityStake, FoundAsset, MatchedBy, Rank,
};
use chakong_contract::id::{CaseNumber, folded_number};
use chakong_contract::money::read_amount;
use chakong_contract::name::same_name;
use chakong_contract::{Answer, Fault, FaultKind, Order};
use chakong_toolkit::Scalar;
use chakong_toolkit::capital::read_percent;
use chakong_toolkit::gathered::Gathered;

use super::values::amount;
use crate::wire::{self, FreezeRow, Holding, Reported, field};

/// Most stakes, and most freezes of one, that are read.
const MOST_ENTRIES: usize = 1000;

/// The answer to a query.
pub(super) fn answer(reported: Reported, order: Option<&Order>) -> Result<Answer, Fault> {
    let Some(mut rows) = reported.holdings else {
        return Err(Fault::new(FaultKind::Malformed, "query stakes", "the answer has no list of stakes"));
    };
    // An officer of the authority may look at it first.
    let asked = order.map(|order| order.created.date());
    let mut gathered = asked.map_or_else(Gathered::default, Gathered::after);
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
    let mut numbers =
        [holding.certificate_number.code(), holding.licence_number.code()].into_iter().flatten();
    let stated = numbers.find(|number| !number.contains('*'));
    let same_number = stated.map(|number| folded_number(&number) == folded_number(order.document.number()));
    MatchedBy::of(same_number, same_name(&holding.holder.plain(), order.name.as_str()))
}

/// A decimal number as text, or nothing and its text kept. A percent sign may follow a ratio.
pub(super) fn decimal(field: &str, value: &Scalar, gathered: &mut Gathered) -> Option<String> {
    let text = value.text();
    match read_percent(&text) {
        Some(percent) => Some(percent),
        None => read_amount(&text)
            .map(|read| read.map(|number| number.normalize().to_string()))
            .unwrap_or_else(|_| {
                gathered.strange(field, text);
                None
            }),
    }
}

fn stake(holding: Holding, gathered: &mut Gathered) -> EquityStake {
    let (code, words) = (holding.state.text(), holding.state_words.plain());
    let status = wire::company_status(&code, &words);
    if status.is_none() && !(code.is_empty() && words.is_empty()) {
        gathered.strange(field::STATE, format!("{code}{words}"));
    }
    let mut rows = holding.freezes.unwrap_or_default();
    rows.truncate(MOST_ENTRIES);
    let rows: Vec<FreezeRow> = gathered.entries("股权冻结 freezes", rows);
    let company = holding.company.plain();
    let (mut freezes, mut encumbrances) = (Vec::new(), Vec::new());
    for row in &rows {
        let freeze = freeze_of(row, &holding.holder.plain(), &company, gathered);
        encumbrances.extend(burden(row, &freeze));
        freezes.push(freeze);
    }
    let (company_code, unverified_company_code) =
        gathered.credit_code(field::COMPANY_CODE, &holding.company_code);
    EquityStake {
        holder: holding.holder.plain(),
        company,
        company_code,
        unverified_company_code,
        registration_number: holding.registration_number.code().unwrap_or_default(),
        status,
        status_text: words,
        percent: decimal(field::PERCENT, &holding.percent, gathered),
        shares: decimal(field::SHARES, &holding.shares, gathered),
        subscribed: amount(field::SUBSCRIBED, &holding.subscribed, &holding.currency, gathered),
        paid: amount(field::PAID, &holding.paid, &holding.currency, gathered),
        since: gathered.past_date(field::SINCE, &holding.since),
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
    let matter = row.matter.plain();
    let waits = rank(row).is_some_and(|rank| rank.place > 1) || matter.contains("轮候");
    let state = match wire::freeze_state(&row.state.text(), waits) {
        // One that is said to have ended and to stand is not hidden.
        EquityFreezeState::Released | EquityFreezeState::Lapsed
            if wire::is_contradicted(&row.state.text(), &row.state_words.plain()) =>
        {
            EquityFreezeState::Unknown
        }
        state => state,
    };
    if state == EquityFreezeState::Unknown {
        gathered.strange(field::FREEZE_STATE, row.state.text());
    }
    let money = amount(field::FROZEN_AMOUNT, &row.amount, &row.currency, gathered);
    let share = decimal(field::FROZEN_PERCENT, &row.percent, gathered).map(|share| format!("{share}%"));
    let shares = decimal(field::FROZEN_SHARES, &row.shares, gathered).map(|shares| format!("{shares}股"));
    let parts = [money.map(|money| money.to_string()), share, shares];
    EquityFreeze {
        state,
        words: row.state_words.plain(),
        matter,
        debtor: debtor.to_owned(),
        company: company.to_owned(),
        court: row.court.plain(),
        notice: CaseNumber::canonical(&row.notice.text()),
        ruling: CaseNumber::canonical(&row.ruling.text()),
        amount: money,
        amount_text: parts.into_iter().flatten().collect::<Vec<_>>().join("，"),
        published: gathered.past_date(field::PUBLISHED, &row.published),
        from: gathered.past_date(field::FROM, &row.from),
        until: gathered.date(field::UNTIL, &row.until),
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
