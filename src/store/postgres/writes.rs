//! Changes as rows: one function a kind of row. Most wait until the group is sent; what is rare goes at once.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::columns::{Value, row, text};
use super::lane_states::probed_key;
use super::pending::Key;
use super::query::{View, params};
use super::rows::{micros, unreadable};
use super::tables::Table;
use crate::domain::{
    AuditEntry, Case, CaseId, CaseState, Chain, ChainParty, Change, ClaimChange, DocumentId, IdKind, Inquiry,
    InquiryId, MeasureId, NewCertificate, NewDocument, NewIds, NewInquiry, OrderId, PropertyFinding, Task,
};
use crate::store::codec::{encode, plain_json};
use crate::store::{Lease, Reads as _, StoreError, Stored, Tx};

pub(super) fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|error| unreadable(what, &error))
}

pub(super) fn optional_json<T: Serialize>(what: &'static str, value: Option<&T>) -> Stored<Option<String>> {
    value.map(|value| json(what, value)).transpose()
}

impl NewIds for View<'_> {
    fn next(&self, kind: IdKind) -> i64 {
        self.shared.ids.next(kind)
    }
}

impl Tx for View<'_> {
    fn write(&mut self, changes: &[Change]) -> Stored<()> {
        self.has_written |= !changes.is_empty();
        let written = self.shared.ids.check();
        let written = written.and_then(|()| {
            changes.iter().try_for_each(|change| {
                self.write_one(change)?;
                self.note(change);
                Ok(())
            })
        });
        let is_much = self.work.as_deref().is_some_and(|work| work.pending.is_much());
        let written = written.and_then(|()| if is_much { self.settle() } else { Ok(()) });
        if let Err(error) = &written {
            self.failed.get_or_insert_with(|| error.clone());
        }
        written
    }

    fn holds(&mut self, lease: &Lease) -> Stored<()> {
        self.check_lease(lease)
    }
}

impl View<'_> {
    fn note(&mut self, change: &Change) {
        if let (Change::NewChain(chain), Some(work)) = (change, self.work.as_deref_mut()) {
            work.held.chains.insert(chain.id);
        }
        if let Some(overlay) = self.overlay() {
            overlay.note(change);
        }
    }

    pub(super) fn add(&mut self, table: Table, row: Vec<Value>) -> Stored<()> {
        self.pending(|pending| pending.add(table, row))
    }

    pub(super) fn put(&mut self, table: Table, key: Key, row: Vec<Value>) -> Stored<()> {
        self.pending(|pending| pending.put(table, key, row))
    }

    /// # Errors
    /// Where nothing can be written: readers hand out no transaction that can be, and a transaction that is over takes nothing.
    pub(super) fn pending<T>(&mut self, with: impl FnOnce(&mut super::pending::Pending) -> T) -> Stored<T> {
        let work = self.work.as_deref_mut().ok_or(StoreError::Closed)?;
        match &work.broken {
            Some(error) => Err(error.clone()),
            None => Ok(with(&mut work.pending)),
        }
    }

    fn write_one(&mut self, change: &Change) -> Stored<()> {
        match change {
            Change::NewChain(chain) => self.add_chain(chain),
            Change::SaveChain(chain) => self.save_chain(chain),
            Change::JoinChains(joined) => self.join_chains(joined),
            Change::NewCase(case) => self.add_case(case),
            Change::SaveCase(case) => self.save_case(case),
            Change::ContinueCase(case, before) => self.continue_case(*case, *before),
            Change::NewParty(party) => {
                let body = plain_json("party", party)?;
                self.add(Table::Parties, row![party.id.get(), party.chain.get(), body.as_stored()])
            }
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
            Change::NewEvent(event) => {
                self.pending(|_| ())?;
                if let Some(work) = self.work.as_deref_mut() {
                    work.events.push(event.clone());
                }
                Ok(())
            }
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
                let key = probed_key(self);
                self.set_info(&key, at.to_string().as_bytes())
            }
        }
    }

    /// Keeps a value under a name of its own.
    fn set_info(&mut self, key: &str, value: &[u8]) -> Stored<()> {
        if self.execute("UPDATE store_info SET value = $2 WHERE key = $1", params![key, value])? == 0 {
            self.execute("INSERT INTO store_info (key, value) VALUES ($1, $2)", params![key, value])?;
        }
        Ok(())
    }

    fn add_chain(&mut self, chain: &Chain) -> Stored<()> {
        let claim = optional_json("claim", chain.claim.as_ref())?;
        self.add(Table::Chains, row![chain.id.get(), micros(chain.created), chain.has_ledger, claim])
    }

    fn save_chain(&mut self, chain: &Chain) -> Stored<()> {
        let claim = optional_json("claim", chain.claim.as_ref())?;
        let row = row![chain.id.get(), chain.has_ledger, claim];
        self.put(Table::SaveChains, Key::Id(chain.id.get()), row)?;
        self.state_cases(chain)
    }

    /// The cases of a chain stand as its claim does.
    pub(super) fn state_cases(&mut self, chain: &Chain) -> Stored<()> {
        let row = row![chain.id.get(), CaseState::of(chain).word()];
        self.put(Table::CaseStates, Key::Id(chain.id.get()), row)
    }

    fn add_case(&mut self, case: &Case) -> Stored<()> {
        let chain = self.chain(case.chain)?;
        let state = chain.as_ref().map_or(CaseState::QueryOnly, CaseState::of);
        let row = row![
            case.id.get(),
            case.chain.get(),
            case.number.as_str(),
            &case.court_name,
            &case.court_code,
            case.continues.map(CaseId::get),
            micros(case.created),
            state.word()
        ];
        self.add(Table::Cases, row)
    }

    fn save_case(&mut self, case: &Case) -> Stored<()> {
        let sql = "UPDATE cases SET court_name = $2, court_code = $3 WHERE id = $1";
        let row = params![case.id.get(), text(&case.court_name), text(&case.court_code)];
        if self.execute(sql, row)? == 1 { Ok(()) } else { Err(StoreError::Conflict("the case")) }
    }

    fn save_party(&mut self, party: &ChainParty) -> Stored<()> {
        let body = plain_json("party", party)?;
        self.put(Table::SaveParties, Key::Id(party.id.get()), row![party.id.get(), body.as_stored()])
    }

    fn add_inquiry(&mut self, new: &NewInquiry) -> Stored<()> {
        let inquiry = &new.inquiry;
        let row = row![
            inquiry.id.get(),
            inquiry.uid.as_bytes().as_slice(),
            &inquiry.case_number,
            &inquiry.submitted_by,
            &new.key,
            new.digest.as_slice(),
            inquiry.state as i64,
            micros(inquiry.created),
            micros(inquiry.deadline),
            micros(inquiry.deadline),
            inquiry.open_orders,
            i64::from(inquiry.completions),
            optional_json("mandate", inquiry.mandate.as_ref())?,
            inquiry.chain.get(),
            inquiry.case.get(),
            &inquiry.court,
            new.filed_on.map(|day| day.to_string())
        ];
        self.add(Table::Inquiries, row)?;
        let row = row![
            inquiry.id.get(),
            new.terms.as_stored(),
            json("list of parties", &new.references)?,
            json("parties of the chain", &new.debtors)?,
            json("list of who was not asked", &new.not_asked)?
        ];
        self.add(Table::Terms, row)?;
        for word in &new.found_by {
            let word = super::word(&self.shared.key, word);
            self.add(Table::FoundBy, row![word, inquiry.case.get()])?;
        }
        Ok(())
    }

    fn save_inquiry(&mut self, inquiry: &Inquiry) -> Stored<()> {
        let (open, completions) = (inquiry.open_orders, i64::from(inquiry.completions));
        let row = row![inquiry.id.get(), inquiry.state as i64, open, completions];
        self.put(Table::SaveInquiries, Key::Id(inquiry.id.get()), row)
    }

    fn add_document(&mut self, new: &NewDocument) -> Stored<()> {
        let paper = &new.paper;
        let row = row![
            paper.id.get(),
            paper.inquiry.get(),
            word("kind of a document", &paper.kind)?,
            &paper.number,
            &new.title,
            &new.format,
            paper.by_act,
            json("measures of a document", &paper.measures)?,
            new.bytes.as_stored()
        ];
        self.add(Table::Documents, row)
    }

    fn add_task(&mut self, task: &Task) -> Stored<()> {
        let row = row![
            task.id.get(),
            task.chain.get(),
            task.inquiry.map(InquiryId::get),
            task.kind.word(),
            task.order.map(OrderId::get),
            task.measure.map(MeasureId::get),
            micros(task.created),
            micros(task.due),
            task.done.map(micros),
            &task.note,
            task.look.map(micros)
        ];
        self.add(Table::Tasks, row)
    }

    fn save_task(&mut self, task: &Task) -> Stored<()> {
        let (done, look) = (task.done.map(micros), task.look.map(micros));
        let row = row![task.id.get(), micros(task.due), done, &task.note, look];
        self.put(Table::SaveTasks, Key::Id(task.id.get()), row)
    }

    fn add_claim_change(&mut self, change: &ClaimChange) -> Stored<()> {
        let row = row![
            change.chain.get(),
            micros(change.at),
            &change.actor,
            word("change of a claim", &change.kind)?,
            change.before.map(|amount| amount.to_string()),
            change.after.to_string(),
            &change.reason,
            change.paper.map(DocumentId::get)
        ];
        self.add(Table::ClaimChanges, row)
    }

    fn add_certificate(&mut self, new: &NewCertificate) -> Stored<()> {
        let sha256 = hex::encode(Sha256::digest(new.text.as_bytes()));
        let body = encode(new.text.as_bytes());
        let row = row![new.inquiry.get(), new.number, micros(new.at), sha256, body.as_stored()];
        self.add(Table::Certificates, row)
    }

    fn save_finding(&mut self, finding: &PropertyFinding) -> Stored<()> {
        let property = super::keyed(&self.shared.key, finding.property.as_bytes());
        let (note, actor, at) = (text(&finding.note), text(&finding.actor), micros(finding.at));
        let row = params![property, note, actor, at];
        let sql = "UPDATE property_findings SET note = $2, actor = $3, at = $4 WHERE property = $1";
        if self.execute(sql, row)? == 0 {
            let sql = "INSERT INTO property_findings (property, note, actor, at) VALUES ($1, $2, $3, $4)";
            self.execute(sql, row)?;
        }
        Ok(())
    }

    fn add_act(&mut self, act: &AuditEntry) -> Stored<()> {
        let detail = act.detail.as_ref().map(|detail| plain_json("detail of an act", detail)).transpose()?;
        let detail = detail.as_ref().map(|blob| blob.as_stored().to_vec());
        let row = row![micros(act.at), &act.actor, &act.act, &act.subject, &act.reason, detail, &act.refused];
        self.add(Table::Acts, row)
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
