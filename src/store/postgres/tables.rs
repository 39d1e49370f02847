//! The statements that write many rows of a table at once. The values of each column are one array; `unnest` makes rows of
//! them.

use std::sync::LazyLock;

/// How rows are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Rows that are new.
    Insert,
    /// Rows that are there, found by their first column; what is told where one is not.
    Update(&'static str),
    /// The same, where they still stand in the state of the last column.
    Move(&'static str),
    /// Rows, all of whose columns are their key, that may be there already.
    Known,
    /// Rows that may be there: counters are added up.
    Count,
    /// Rows that may be there and are replaced.
    Replace,
    /// A time that is brought forward and never back.
    Earlier,
    /// Rows of a chain, its first column, whatever their number.
    OfChain,
}

impl Form {
    /// What is not as expected where another number of rows was changed than given; `None` where that is no matter.
    pub(super) const fn counted(self) -> Option<&'static str> {
        match self {
            Self::Insert => Some("a row"),
            Self::Update(what) | Self::Move(what) => Some(what),
            Self::Known | Self::Count | Self::Replace | Self::Earlier | Self::OfChain => None,
        }
    }
}

macro_rules! tables {
    ($($variant:ident = $form:expr, $name:literal, $columns:literal;)*) => {
        /// What is written at once, in the order in which it is: what is referred to before what refers, new rows before
        /// changes of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Table {
            $(#[doc = $name] $variant),*
        }

        /// Table, form, columns with their types.
        const DESCRIBED: &[(Form, &str, &str)] = &[$(($form, $name, $columns)),*];
    };
}

/// The table of a place in [`TABLES`].
pub(super) fn name(at: usize) -> &'static str {
    DESCRIBED.get(at).map_or("", |described| described.1)
}

tables! {
    Chains = Form::Insert, "chains", "id n, created n, has_ledger f, claim t";
    Cases = Form::Insert, "cases", "id n, chain n, number t, court_name t, court_code t, continues n, created n, state t";
    Parties = Form::Insert, "parties", "id n, chain n, body b";
    ClaimChanges = Form::Insert, "claim_changes", "chain n, at n, actor t, kind t, before t, after t, reason t, paper n";
    Inquiries = Form::Insert, "inquiries",
        "id n, uid b, case_number t, submitted_by t, key t, digest b, state n, created n, deadline n, next_deadline n, open_orders n, \
         completions n, mandate t, chain n, case_id n, court t, filed_on t";
    FoundBy = Form::Known, "found_by", "word b, case_id n";
    Terms = Form::Insert, "terms", "inquiry n, body b, party_references t, debtors t, not_asked t";
    Documents = Form::Insert, "documents",
        "id n, inquiry n, kind t, number t, title t, format t, by_act f, measures t, bytes b";
    Batches = Form::Insert, "batches", "id n, lane t, made n, digest b";
    RawMessages = Form::Insert, "raw_messages",
        "id n, lane t, batch n, direction n, name t, at n, bytes b, orders b, repeats n";
    MessageSpans = Form::Known, "message_spans", "lane t, span n";
    Orders = Form::Insert, "orders",
        "id n, inquiry n, lane t, party n, document n, action t, instruction b, priority n, state n, attempts n, created n, due n, \
         turn n, deadline n, root n, measure n, stands_in n, papers t, sent n, ticket t, batch n, fault t, court t";
    Measures = Form::Insert, "measures",
        "id n, chain n, inquiry n, lane t, state t, until_day t, next_look t, reference t, body b";
    Tasks = Form::Insert, "tasks",
        "id n, chain n, inquiry n, kind t, order_id n, measure n, created n, due n, done n, note t, look n";
    Revisions = Form::Insert, "revisions",
        "root n, number n, order_id n, inquiry n, at n, outcome t, words b, assets n, cash f, answer b, raw n, raw_digest t, \
         connector t, differences b, cached_from n";
    Certificates = Form::Insert, "certificates", "inquiry n, number n, at n, sha256 t, body b";
    Prints = Form::Insert, "prints",
        "id n, chain n, case_id n, kind t, format t, about t, at n, actor t, sha256 t, size n, body b";
    Acts = Form::Insert, "acts", "at n, actor t, act t, subject t, reason t, detail b, refused t";
    ChargeReferences = Form::Insert, "charge_references", "order_id n, at n, reference t";
    SaveChains = Form::Update("the chain"), "chains", "id n, has_ledger f, claim t";
    CaseStates = Form::OfChain, "cases", "chain n, state t";
    SaveParties = Form::Update("the party"), "parties", "id n, body b";
    SaveInquiries = Form::Update("the inquiry"), "inquiries", "id n, state n, open_orders n, completions n";
    Deadlines = Form::Earlier, "inquiries", "id n, next_deadline n";
    SaveBatches = Form::Update("the batch"), "batches", "id n, digest b";
    MoveOrders = Form::Move("the order"), "orders",
        "id n, state n, attempts n, due n, ticket t, batch n, fault t, deadline n, sent n, from_state n";
    MoveMeasures = Form::Move("the measure"), "measures",
        "id n, state t, inquiry n, lane t, until_day t, next_look t, reference t, body b, from_state t";
    SaveTasks = Form::Update("the task"), "tasks", "id n, due n, done n, note t, look n";
    Quotas = Form::Count, "quotas", "lane t, day t, requests n";
    Charges = Form::Count, "charges", "lane t, day t, requests n";
    CachedAnswers = Form::Replace, "cached_answers", "key b, root n, number n, at n";
}

/// How a table is written.
#[derive(Debug)]
pub(super) struct Written {
    /// The statements, all with the same parameters.
    pub(super) statements: Vec<String>,
    /// Their form.
    pub(super) form: Form,
}

/// By [`Table`].
pub(super) static TABLES: LazyLock<Vec<Written>> = LazyLock::new(|| {
    let written = |(form, name, columns): &(Form, &str, &str)| Written {
        statements: statements(*form, name, &described(columns)),
        form: *form,
    };
    DESCRIBED.iter().map(written).collect()
});

/// Columns and their types.
fn described(columns: &str) -> Vec<(&str, &'static str)> {
    let typed = columns.split(',').filter_map(|column| column.trim().rsplit_once(' '));
    let typed = typed.map(|(name, kind)| {
        let kind = match kind {
            "n" => "BIGINT",
            "b" => "BYTEA",
            "f" => "BOOLEAN",
            _ => "TEXT",
        };
        (name.trim(), kind)
    });
    typed.collect()
}

fn statements(form: Form, name: &str, columns: &[(&str, &str)]) -> Vec<String> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let arrays: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, (name, kind))| format!("unnest(CAST(${} AS {kind}[])) AS {name}", at + 1))
        .collect();
    let rows = format!("SELECT {}", arrays.join(", "));
    let insert = format!("INSERT INTO {name} ({}) ", names.join(", "));
    let update = |set: Vec<String>, condition: &str| {
        format!("UPDATE {name} AS t SET {} FROM ({rows}) AS v WHERE {condition}", set.join(", "))
    };
    let assign = |names: &[&str]| names.iter().map(|name| format!("{name} = v.{name}")).collect::<Vec<_>>();
    let values: Vec<String> = names.iter().map(|name| format!("v.{name}")).collect();
    // Without ON CONFLICT, which not every database of this protocol has: there is one writer.
    let absent = |same: &str| {
        let values = values.join(", ");
        format!(
            "{insert}SELECT {values} FROM ({rows}) AS v WHERE NOT EXISTS (SELECT 1 FROM {name} AS t WHERE {same})"
        )
    };
    match form {
        Form::Insert => vec![format!("{insert}{rows}")],
        Form::Known => {
            let same: Vec<String> = names.iter().map(|name| format!("t.{name} = v.{name}")).collect();
            vec![absent(&same.join(" AND ")).replacen("SELECT ", "SELECT DISTINCT ", 1)]
        }
        Form::Update(_) => vec![update(assign(&names[1..]), "t.id = v.id")],
        Form::Move(_) => {
            let moved = &names[1..names.len() - 1];
            vec![update(assign(moved), "t.id = v.id AND t.state = v.from_state")]
        }
        Form::OfChain => vec![update(assign(&names[1..]), "t.chain = v.chain AND t.state <> v.state")],
        Form::Earlier => {
            let earlier = "next_deadline = LEAST(t.next_deadline, v.next_deadline)".to_owned();
            vec![update(vec![earlier], "t.id = v.id")]
        }
        Form::Count => {
            let same = "t.lane = v.lane AND t.day = v.day";
            // What is new is added with nothing counted, so that the same parameters serve for both.
            let new = format!(
                "{insert}SELECT v.lane, v.day, 0 FROM ({rows}) AS v WHERE NOT EXISTS (SELECT 1 FROM {name} AS t WHERE {same})"
            );
            vec![new, update(vec!["requests = t.requests + v.requests".to_owned()], same)]
        }
        Form::Replace => vec![update(assign(&names[1..]), "t.key = v.key"), absent("t.key = v.key")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_described_by_its_statements() {
        assert_eq!(TABLES.len(), Table::CachedAnswers as usize + 1);
        let orders = &TABLES[Table::MoveOrders as usize].statements[0];
        assert!(orders.starts_with("UPDATE orders AS t SET state = v.state, attempts"), "{orders}");
        assert!(orders.ends_with("WHERE t.id = v.id AND t.state = v.from_state"), "{orders}");
        let quotas = &TABLES[Table::Quotas as usize].statements;
        assert_eq!(quotas.len(), 2, "the same parameters for both: {quotas:?}");
    }
}
