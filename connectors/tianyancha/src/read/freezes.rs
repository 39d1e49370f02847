use chakong_contract::asset::EquityFreezeState;
use chakong_toolkit::freeze_record::FreezeRecord;
use chakong_toolkit::gathered::Gathered;
use chakong_toolkit::json::is_blank;

use crate::wire::{Detail, DetailPart, Judicial, field};

/// A row of judicial assistance with the id that its detail is asked by.
#[derive(Debug, Clone)]
pub(crate) struct Freeze {
    pub(crate) id: String,
    pub(crate) record: FreezeRecord,
}

impl Freeze {
    /// Whether it stands and can be asked about.
    pub(crate) fn has_detail(&self) -> bool {
        !self.id.is_empty() && self.record.state().stands() == Some(true)
    }
}

/// Rows of the list; states that are not known are counted.
pub(crate) fn freezes(rows: Vec<Judicial>, gathered: &mut Gathered) -> Vec<Freeze> {
    let mut read = |row: Judicial| {
        let record = FreezeRecord {
            type_state: row.type_state.text(),
            debtor: row.executed_person.plain(),
            company: row.stock_executed_company.plain(),
            amount: row.equity_amount.text(),
            court: row.executive_court.text(),
            notice: row.execute_notice_num.text(),
            published: gathered.past_date(field::PUBLICITY_DATE, &row.publicity_date),
            ..FreezeRecord::default()
        };
        if record.state() == EquityFreezeState::Unknown {
            gathered.strange(field::TYPE_STATE, record.type_state.clone());
        }
        Freeze { id: row.assistance_id.code().unwrap_or_default(), record }
    };
    rows.into_iter().map(&mut read).collect()
}

/// Adds what the detail says: the renewal where there is one, else the freeze. A release or a lapse ends it, whatever the
/// list said. `false` when the detail holds none of its parts.
pub(crate) fn add_detail(freeze: &mut Freeze, detail: &Detail, gathered: &mut Gathered) -> bool {
    let record = &mut freeze.record;
    let ends = [(&detail.remove_frozen, "解除冻结"), (&detail.invalidation_frozen, "失效")];
    // A part whose members are all blank says nothing: what stands is not hidden.
    if let Some((_, end)) = ends.into_iter().find(|(part, _)| !is_blank(part)) {
        record.type_state = format!("股权冻结|{end}");
        return true;
    }
    let Some(part) = detail.keep_frozen.as_ref().or(detail.frozen.as_ref()) else {
        return !is_blank(&detail.shareholder_change);
    };
    take_part(record, part, gathered);
    true
}

fn take_part(record: &mut FreezeRecord, part: &DetailPart, gathered: &mut Gathered) {
    record.from = gathered.past_date(field::FROM_DATE, &part.from_date);
    record.until = gathered.date(field::TO_DATE, &part.to_date);
    record.published =
        gathered.past_date(field::MISSPELT_PUBLICITY_DATE, &part.published).or(record.published);
    record.ruling = part.execute_order_num.text();
    record.matter = part.implementation_matters.plain();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_detail_that_says_nothing_ends_no_freeze() {
        let state = |removed: &str| {
            let text = format!("{{\"frozen\":{{\"fromDate\":\"2024-05-06\"}},\"removeFrozen\":{removed}}}");
            let detail: Detail = serde_json::from_str(&text).expect(&text);
            let record =
                FreezeRecord { type_state: "股权冻结|冻结".to_owned(), ..FreezeRecord::default() };
            let mut freeze = Freeze { id: "1".to_owned(), record };
            assert!(add_detail(&mut freeze, &detail, &mut Gathered::default()), "{removed}");
            freeze.record.state()
        };
        for nothing in
            ["null", "\"\"", "{}", "[]", "{\"executeOrderNum\":\"\",\"toDate\":null,\"other\":\" \"}"]
        {
            assert_eq!(state(nothing), EquityFreezeState::InForce, "{nothing}");
        }
        assert_eq!(state("{\"other\":\"2025-06-07\"}"), EquityFreezeState::Released);
    }
}
