//! Locks and cases of the simulated city registry, and what becomes of them in the register.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use chakong_contract::Moment;
use chakong_contract::sandbox::{BookedControl, Books};

use crate::city::wire::control::{Case, Entry, Opened};
use crate::shared::register::{EFFECTIVE, Happened, Register, RegisterAct};

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseKind {
    Seize,
    Renew,
    Release,
}

impl CaseKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Seize => "seize",
            Self::Renew => "renew",
            Self::Release => "release",
        }
    }
}

/// A case that was created and is not closed.
#[derive(Debug, Clone)]
struct Open {
    number: String,
    project: String,
    act: CaseKind,
    entry: Entry,
    /// Which one it is of all, from 1.
    made: u32,
    due: Moment,
}

/// What became of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Closed {
    /// Our request number.
    pub(super) number: String,
    pub(super) unit: String,
    /// The number it was registered under; empty where the registrar deleted it.
    pub(super) entered: String,
    pub(super) remark: String,
}

/// The registry's books of locks and cases.
#[derive(Debug, Default)]
pub(super) struct Cases {
    /// Unit or certificate, and under which document number it is locked.
    locks: HashSet<(String, String)>,
    /// Numbers of cases and of what was renewed, and the number that the register has it under now.
    numbers: HashMap<String, String>,
    open: Vec<Open>,
    closed: VecDeque<Closed>,
    made: u32,
    /// How long a registrar takes.
    takes: Duration,
    /// How many cases are refused.
    refuses: u32,
    /// Cases that are deleted before they are registered, by number from 1.
    deletes: Vec<u32>,
    pub(super) books: Books,
}

impl Cases {
    pub(super) fn of(takes: Duration, refuses: u32, deletes: Vec<u32>) -> Self {
        Self { takes, refuses, deletes, ..Self::default() }
    }

    pub(super) fn lock(&mut self, name: &str, number: &str) -> Result<(), &'static str> {
        match self.locks.insert((name.to_owned(), number.to_owned())) {
            true => Ok(()),
            false => Err("该不动产单元号在此申请文号下已存在锁定信息"),
        }
    }

    pub(super) fn unlock(&mut self, name: &str, number: &str) -> Result<(), &'static str> {
        match self.locks.remove(&(name.to_owned(), number.to_owned())) {
            true => Ok(()),
            false => Err("未查询到不动产单元锁定信息"),
        }
    }

    /// Creates a case, once for every time it is asked to: the registry does not look whether it did already.
    pub(super) fn create(
        &mut self,
        act: CaseKind,
        case: &Case,
        register: &Register,
        now: Moment,
    ) -> Result<Opened, &'static str> {
        let entry = case.entries.first().cloned().unwrap_or_default();
        if self.refuses > 0 {
            self.refuses -= 1;
            return Err("正在办理查封登记");
        }
        self.check(act, &entry, register)?;
        self.made += 1;
        let project = format!("XM{:08}", self.made);
        self.book(act, case, &entry);
        let due = now.wall().checked_add(self.takes).map_or(now, Moment::from_wall);
        let (number, project_of) = (case.request.clone(), project.clone());
        self.open.push(Open { number, project: project_of, act, entry, made: self.made, due });
        let accepted = format!("{}-{}", now.date().strftime("%Y%m%d"), self.made);
        Ok(Opened {
            project: project.into(),
            acceptance: accepted.into(),
            task: self.made.to_string().into(),
        })
    }

    fn check(&self, act: CaseKind, entry: &Entry, register: &Register) -> Result<(), &'static str> {
        if act == CaseKind::Seize {
            return register.holds(&act_of(entry));
        }
        if self.open.iter().any(|open| open.act == CaseKind::Seize && open.project == entry.project) {
            return Err("查封流程未办结，请先办结再办解封");
        }
        if register.stands(self.number_now(&entry.project)) { Ok(()) } else { Err("未找到查封登记") }
    }

    /// The number that the register has a seizure under now.
    fn number_now<'a>(&'a self, number: &'a str) -> &'a str {
        self.numbers.get(number).map_or(number, String::as_str)
    }

    fn book(&mut self, act: CaseKind, case: &Case, entry: &Entry) {
        if let Some(booked) = self.books.controls.iter_mut().find(|booked| booked.number == case.request) {
            booked.executed += 1;
            booked.arrived += 1;
            self.books.duplicates += 1;
            return;
        }
        self.books.controls.push(BookedControl {
            number: case.request.clone(),
            action: act.word().to_owned(),
            target: entry.unit.clone(),
            amount: "0".to_owned(),
            executed: 1,
            arrived: 1,
        });
    }

    /// Closes the cases whose time has come, and gives what was closed since it was last asked.
    pub(super) fn closed(&mut self, register: &mut Register, now: Moment) -> Option<Closed> {
        let is_due = |open: &Open| open.due.wall() <= now.wall();
        while let Some(at) = self.open.iter().position(is_due) {
            let open = self.open.remove(at);
            let closed = self.close(open, register, now);
            self.closed.extend(closed);
        }
        self.closed.pop_front()
    }

    /// Enters a case in the register; none where a person decides it there.
    fn close(&mut self, open: Open, register: &mut Register, now: Moment) -> Option<Closed> {
        let unit = open.entry.unit.clone();
        // The lock ends with the case (section 10.4).
        self.locks.retain(|(name, _)| *name != unit);
        let deleted = Closed { number: open.number.clone(), unit, ..Closed::default() };
        if self.deletes.contains(&open.made) {
            return Some(deleted);
        }
        let id = open.project.replace("XM", "YW");
        let seizure = self.number_now(&open.entry.project).to_owned();
        let act = RegisterAct { request: open.number, id: id.clone(), seizure, ..act_of(&open.entry) };
        let entered = match open.act {
            CaseKind::Seize => register.seize(&act, now),
            CaseKind::Renew => register.renew(&act, now),
            CaseKind::Release => register.release(&act, now),
        };
        let Ok(outcome) = entered else { return Some(deleted) };
        if open.act == CaseKind::Renew {
            self.numbers.values_mut().filter(|now| **now == act.seizure).for_each(|now| now.clone_from(&id));
            self.numbers.insert(act.seizure, id.clone());
        }
        self.numbers.insert(open.project, id.clone());
        (!register.is_reviewed()).then(|| Closed { entered: id, remark: outcome.words(), ..deleted })
    }

    /// Notes what happened in a round of the register's: what people decided, and what took effect where that is told.
    pub(super) fn record(&mut self, happened: Vec<Happened>, tells: bool) {
        for one in happened {
            let (outcome, entered, remark) = match one {
                Happened::Entered(outcome) => {
                    let (id, words) = (outcome.id.clone(), outcome.words());
                    (outcome, id, words)
                }
                Happened::Declined(outcome, _) => (outcome, String::new(), String::new()),
                Happened::Effective(_) if !tells => continue,
                Happened::Effective(outcome) => {
                    let id = outcome.id.clone();
                    (outcome, id, EFFECTIVE.to_owned())
                }
            };
            self.closed.push_back(Closed { number: outcome.request, unit: outcome.unit, entered, remark });
        }
    }
}

/// The act of an entry; of a release the certificate is none, but the document number of the seizure.
fn act_of(entry: &Entry) -> RegisterAct {
    let person = entry.holders.first().cloned().unwrap_or_default();
    RegisterAct {
        name: person.name,
        number: person.number,
        unit: entry.unit.clone(),
        certificate: entry.certificate.clone(),
        court: entry.seizing_court.clone(),
        document: entry.seizure_document.clone(),
        from: entry.from.clone(),
        until: entry.until.clone(),
        business: entry.project.clone(),
        ..RegisterAct::default()
    }
}
