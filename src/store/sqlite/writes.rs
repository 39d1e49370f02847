//! Changes as statements: one function a kind of row.

use rusqlite::{Params, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::failed;
use super::prepared;
use super::query::Rows;
use super::rows::{micros, unreadable};
use super::touched::Touched;
use crate::domain::{
    AuditEntry, Case, CaseId, CaseState, Chain, ChainParty, Change, ClaimChange, DocumentId, EventDraft,
    EventType, IdKind, Inquiry, MeasureId, NewCertificate, NewDocument, NewIds, NewInquiry, OrderId,
    PropertyFinding, Task,
};
use crate::store::codec::{encode, plain, plain_json};
use crate::store::{Reads as _, StoreError, Stored, Tx};

impl Rows<'_> {
    pub(super) fn execute(&self, sql: &'static str, parameters: impl Params) -> Stored<usize> {
        match self.prepared {
            Some(prepared) => prepared::execute(prepared, sql, parameters).map_err(failed("write")),
            None => self.execute_made(sql, parameters),
        }
    }

    /// A statement that was put together.
    pub(super) fn execute_made(&self, sql: &str, parameters: impl Params) -> Stored<usize> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed("prepare a change"))?;
        statement.execute(parameters).map_err(failed("write"))
    }

    /// Adds a row; gives its number.
    pub(super) fn insert(&self, sql: &'static str, parameters: impl Params) -> Stored<i64> {
        one(self.execute(sql, parameters)?, "a row")?;
        Ok(self.connection.last_insert_rowid())
    }

    pub(super) fn touch(&mut self, with: impl FnOnce(&mut Touched)) {
        if let Some(touched) = self.touched.as_deref_mut() {
            with(touched);
        }
    }
}

pub(super) fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|error| unreadable(what, &error))
}

pub(super) fn optional_json<T: Serialize>(what: &'static str, value: Option<&T>) -> Stored<Option<String>> {
    value.map(|value| json(what, value)).transpose()
}

/// One row was to change; another number says that it does not stand as expected.
pub(super) fn one(changed: usize, what: &'static str) -> Stored<()> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(what)) }
}

impl NewIds for Rows<'_> {
    fn next(&self, kind: IdKind) -> i64 {
        self.ids.next(kind)
    }
}

impl Tx for Rows<'_> {
    fn write(&mut self, changes: &[Change]) -> Stored<()> {
        self.has_written |= !changes.is_empty();
        let written = changes.iter().try_for_each(|change| self.write_one(change));
        if let Err(error) = &written {
            self.failed.get_or_insert_with(|| error.clone());
        }
        written
    }
}

impl Rows<'_> {
    fn write_one(&mut self, change: &Change) -> Stored<()> {
        if let Some(recent) = self.recent.as_deref_mut() {
            recent.follow(change);
        }
        match change {
            Change::NewChain(chain) => self.add_chain(chain),
            Change::SaveChain(chain) => self.save_chain(chain),
            Change::JoinChains(joined) => self.join_chains(joined),
            Change::NewCase(case) => self.add_case(case),
            Change::SaveCase(case) => self.save_case(case),
            Change::ContinueCase(case, before) => self.continue_case(*case, *before),
            Change::NewParty(party) => self.add_party(party),
            Change::SaveParty(party) => self.save_party(party),
            Change::NewInquiry(new) => self.add_inquiry(new),
            Change::SaveInquiry(inquiry) => self.save_inquiry(inquiry),
            Change::NewDocument(document) => self.add_document(document),
            Change::NewOrder(order) => self.add_order(order),
            Change::MoveOrder(order, from) => self.move_order(order, *from),
            Change::NewMeasure(measure) => self.add_measure(measure),
            Change::MoveMeasure(measure, from) => self.move_measure(measure, *from),
            Change::NewRevision(revision) => self.add_revision(revision),
            Change::NewReceipt(receipt) => self.add_receipt(receipt),
            Change::NewEvent(event) => self.add_event(event),
            Change::NewTask(task) => self.add_task(task),
            Change::SaveTask(task) => self.save_task(task),
            Change::NewClaimChange(change) => self.add_claim_change(change),
            Change::NewCertificate(certificate) => self.add_certificate(certificate),
            Change::NewPrint(print) => self.add_print(print),
            Change::SaveDesk(item) => self.save_desk(item),
            Change::SavePropertyFinding(finding) => self.save_finding(finding),
            Change::Audit(entry) => self.add_act(entry),
            Change::Lane(change) => self.write_lane(change),
            Change::People(change) => self.write_people(change),
            Change::Forget(what) => self.forget(what),
            Change::Probe(at) => {
                let sql = "INSERT OR REPLACE INTO store_info (key, value) VALUES ('probed', ?1)";
                self.execute(sql, [at.to_string().into_bytes()]).map(drop)
            }
        }
    }

    fn add_chain(&mut self, chain: &Chain) -> Stored<()> {
        let claim = optional_json("claim", chain.claim.as_ref())?;
        let row = params![chain.id.get(), micros(chain.created), chain.has_ledger, claim];
        self.execute("INSERT INTO chains (id, created, has_ledger, claim) VALUES (?1, ?2, ?3, ?4)", row)
            .map(drop)
    }

    fn save_chain(&mut self, chain: &Chain) -> Stored<()> {
        let claim = optional_json("claim", chain.claim.as_ref())?;
        let sql = "UPDATE chains SET has_ledger = ?2, claim = ?3 WHERE id = ?1";
        one(self.execute(sql, params![chain.id.get(), chain.has_ledger, claim])?, "the chain")?;
        self.state_cases(chain)
    }

    /// The cases of a chain stand as its claim does.
    pub(super) fn state_cases(&self, chain: &Chain) -> Stored<()> {
        let sql = "UPDATE cases SET state = ?2 WHERE chain = ?1 AND state <> ?2";
        self.execute(sql, params![chain.id.get(), CaseState::of(chain).word()]).map(drop)
    }

    fn add_case(&mut self, case: &Case) -> Stored<()> {
        let sql = "INSERT INTO cases (id, chain, number, court_name, court_code, continues, created, state)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let chain = self.chain(case.chain)?;
        let state = chain.as_ref().map_or(CaseState::QueryOnly, CaseState::of);
        let row = params![
            case.id.get(),
            case.chain.get(),
            case.number.as_str(),
            case.court_name,
            case.court_code,
            case.continues.map(CaseId::get),
            micros(case.created),
            state.word()
        ];
        self.execute(sql, row).map(drop)
    }

    fn save_case(&mut self, case: &Case) -> Stored<()> {
        let sql = "UPDATE cases SET court_name = ?2, court_code = ?3 WHERE id = ?1";
        one(self.execute(sql, params![case.id.get(), case.court_name, case.court_code])?, "the case")
    }

    fn add_party(&mut self, party: &ChainParty) -> Stored<()> {
        let body = plain_json("party", party)?;
        let row = params![party.id.get(), party.chain.get(), body.as_stored()];
        self.execute("INSERT INTO parties (id, chain, body) VALUES (?1, ?2, ?3)", row).map(drop)
    }

    fn save_party(&mut self, party: &ChainParty) -> Stored<()> {
        let body = plain_json("party", party)?;
        let sql = "UPDATE parties SET body = ?2 WHERE id = ?1";
        one(self.execute(sql, params![party.id.get(), body.as_stored()])?, "the party")
    }

    fn add_inquiry(&mut self, new: &NewInquiry) -> Stored<()> {
        let inquiry = &new.inquiry;
        self.execute(
            "INSERT INTO inquiries (id, uid, case_number, submitted_by, key, digest, state, created, deadline, next_deadline,
             open_orders, completions, mandate, chain, case_id, court, filed_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            params![
                inquiry.id.get(),
                inquiry.uid.as_bytes().as_slice(),
                inquiry.case_number,
                inquiry.submitted_by,
                new.key,
                new.digest,
                inquiry.state as i64,
                micros(inquiry.created),
                micros(inquiry.deadline),
                inquiry.open_orders,
                inquiry.completions,
                optional_json("mandate", inquiry.mandate.as_ref())?,
                inquiry.chain.get(),
                inquiry.case.get(),
                inquiry.court,
                new.filed_on.map(|day| day.to_string())
            ],
        )?;
        self.execute(
            "INSERT INTO terms (inquiry, body, party_references, debtors, not_asked) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                inquiry.id.get(),
                new.terms.as_stored(),
                json("list of parties", &new.references)?,
                json("parties of the chain", &new.debtors)?,
                json("list of who was not asked", &new.not_asked)?
            ],
        )?;
        for word in &new.found_by {
            let row = params![super::word(self.key, word), inquiry.case.get()];
            self.execute("INSERT OR IGNORE INTO found_by (word, case_id) VALUES (?1, ?2)", row)?;
        }
        Ok(())
    }

    fn save_inquiry(&mut self, inquiry: &Inquiry) -> Stored<()> {
        // Naming the state costs a write of the index by deadline, and most changes are those of the open orders.
        let same_state =
            "UPDATE inquiries SET open_orders = ?3, completions = ?4 WHERE id = ?1 AND state = ?2";
        let row = params![inquiry.id.get(), inquiry.state as i64, inquiry.open_orders, inquiry.completions];
        let changed = match self.execute(same_state, row)? {
            0 => {
                let sql = "UPDATE inquiries SET state = ?2, open_orders = ?3, completions = ?4 WHERE id = ?1";
                self.execute(sql, row)?
            }
            changed => changed,
        };
        one(changed, "the inquiry")
    }

    fn add_document(&mut self, new: &NewDocument) -> Stored<()> {
        let paper = &new.paper;
        self.execute(
            "INSERT INTO documents (id, inquiry, kind, number, title, format, by_act, measures, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                paper.id.get(),
                paper.inquiry.get(),
                word("kind of a document", &paper.kind)?,
                paper.number,
                new.title,
                new.format,
                paper.by_act,
                json("measures of a document", &paper.measures)?,
                new.bytes.as_stored()
            ],
        )
        .map(drop)
    }

    fn add_event(&mut self, event: &EventDraft) -> Stored<()> {
        // Certificates are told in full; they are packed like those that are kept.
        let stored = if event.kind == EventType::InquiryCompleted { encode } else { plain };
        let data = event.data.as_ref().map(|data| stored(data.as_bytes()));
        let seq = self.insert(
            "INSERT INTO events (seq, kind, inquiry, order_id, revision, at, data)
             VALUES (MAX(?1, COALESCE((SELECT MAX(seq) FROM events), 0)) + 1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.log_begins,
                event.kind.code(),
                event.inquiry.get(),
                event.order.map(OrderId::get),
                event.revision,
                micros(event.at),
                data.as_ref().map(|blob| blob.as_stored())
            ],
        )?;
        self.touch(|touched| touched.event = touched.event.max(seq));
        Ok(())
    }

    fn add_task(&mut self, task: &Task) -> Stored<()> {
        self.execute(
            "INSERT INTO tasks (id, chain, inquiry, kind, order_id, measure, created, due, done, note, look)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                task.id.get(),
                task.chain.get(),
                task.inquiry.map(crate::domain::InquiryId::get),
                task.kind.word(),
                task.order.map(OrderId::get),
                task.measure.map(MeasureId::get),
                micros(task.created),
                micros(task.due),
                task.done.map(micros),
                task.note,
                task.look.map(micros)
            ],
        )
        .map(drop)
    }

    fn save_task(&mut self, task: &Task) -> Stored<()> {
        let sql = "UPDATE tasks SET due = ?2, done = ?3, note = ?4, look = ?5 WHERE id = ?1";
        let (done, look) = (task.done.map(micros), task.look.map(micros));
        let row = params![task.id.get(), micros(task.due), done, task.note, look];
        one(self.execute(sql, row)?, "the task")
    }

    fn add_claim_change(&mut self, change: &ClaimChange) -> Stored<()> {
        self.execute(
            "INSERT INTO claim_changes (chain, at, actor, kind, before, after, reason, paper)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                change.chain.get(),
                micros(change.at),
                change.actor,
                word("change of a claim", &change.kind)?,
                change.before.map(|amount| amount.to_string()),
                change.after.to_string(),
                change.reason,
                change.paper.map(DocumentId::get)
            ],
        )
        .map(drop)
    }

    fn add_certificate(&mut self, new: &NewCertificate) -> Stored<()> {
        let sha256 = hex::encode(Sha256::digest(new.text.as_bytes()));
        // Packed here, because it is made here: once an inquiry, of all its orders.
        self.execute(
            "INSERT INTO certificates (inquiry, number, at, sha256, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                new.inquiry.get(),
                new.number,
                micros(new.at),
                sha256,
                encode(new.text.as_bytes()).as_stored()
            ],
        )
        .map(drop)
    }

    fn save_finding(&mut self, finding: &PropertyFinding) -> Stored<()> {
        let property = super::keyed(self.key, finding.property.as_bytes());
        let row = params![property, finding.note, finding.actor, micros(finding.at)];
        let sql =
            "INSERT OR REPLACE INTO property_findings (property, note, actor, at) VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, row).map(drop)
    }

    fn add_act(&mut self, act: &AuditEntry) -> Stored<()> {
        let detail = act.detail.as_ref().map(|detail| plain_json("detail of an act", detail)).transpose()?;
        self.execute(
            "INSERT INTO acts (at, actor, act, subject, reason, detail, refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                micros(act.at),
                act.actor,
                act.act,
                act.subject,
                act.reason,
                detail.as_ref().map(|blob| blob.as_stored()),
                act.refused
            ],
        )
        .map(drop)
    }
}

/// The word that a value serialises as.
fn word<T: Serialize>(what: &'static str, value: &T) -> Stored<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(unreadable(what, &"it is no word")),
        Err(error) => Err(unreadable(what, &error)),
    }
}
