//! Locks and cases of the simulated registry, and what becomes of them.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use chakong_contract::Moment;
use chakong_contract::sandbox::{BookedControl, Books};

use crate::wire::Seizure;
use crate::wire::city::{Case, Entry, Opened};

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Seize,
    Renew,
    Release,
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Seize => "seize",
            Self::Renew => "renew",
            Self::Release => "release",
        }
    }
}

/// A seizure of ours, from its case on.
#[derive(Debug, Clone)]
struct Standing {
    /// The project of its case.
    project: String,
    /// The number it was registered under; empty before.
    entered: String,
    entry: Entry,
    waits: bool,
}

/// A case that was created and is not closed.
#[derive(Debug, Clone)]
struct Open {
    number: String,
    project: String,
    act: Act,
    entry: Entry,
    /// Which one it is of all, from 1.
    made: u32,
    due: Moment,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    standing: Vec<Standing>,
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
        act: Act,
        case: &Case,
        is_encumbered: bool,
        now: Moment,
    ) -> Result<Opened, &'static str> {
        let entry = case.cfxx.first().cloned().unwrap_or_default();
        if self.refuses > 0 {
            self.refuses -= 1;
            return Err("正在办理查封登记");
        }
        self.check(act, &entry)?;
        self.made += 1;
        let project = format!("XM{:08}", self.made);
        if act == Act::Seize {
            let waits = is_encumbered || self.standing.iter().any(|one| one.entry.bdcdyh == entry.bdcdyh);
            let (project, entered) = (project.clone(), String::new());
            self.standing.push(Standing { project, entered, entry: entry.clone(), waits });
        }
        self.book(act, case, &entry);
        let due = now.wall().checked_add(self.takes).map_or(now, Moment::from_wall);
        let (number, project_of) = (case.bjbh.clone(), project.clone());
        self.open.push(Open { number, project: project_of, act, entry, made: self.made, due });
        let accepted = format!("{}-{}", now.date().strftime("%Y%m%d"), self.made);
        Ok(Opened { proid: project.into(), ywslbh: accepted.into(), task_id: self.made.to_string().into() })
    }

    fn check(&self, act: Act, entry: &Entry) -> Result<(), &'static str> {
        if act == Act::Seize {
            return Ok(());
        }
        let found = self.standing.iter().find(|one| [&one.project, &one.entered].contains(&&entry.zsxmid));
        let found = found.ok_or("未找到查封登记")?;
        match self.open.iter().any(|open| open.act == Act::Seize && open.project == found.project) {
            true => Err("查封流程未办结，请先办结再办解封"),
            false => Ok(()),
        }
    }

    fn book(&mut self, act: Act, case: &Case, entry: &Entry) {
        if let Some(booked) = self.books.controls.iter_mut().find(|booked| booked.number == case.bjbh) {
            booked.executed += 1;
            booked.arrived += 1;
            self.books.duplicates += 1;
            return;
        }
        self.books.controls.push(BookedControl {
            number: case.bjbh.clone(),
            action: act.word().to_owned(),
            target: entry.bdcdyh.clone(),
            amount: "0".to_owned(),
            executed: 1,
            arrived: 1,
        });
    }

    /// Closes the cases whose time has come, and gives what was closed since it was last asked.
    pub(super) fn closed(&mut self, now: Moment) -> Option<Closed> {
        let is_due = |open: &Open| open.due.wall() <= now.wall();
        while let Some(at) = self.open.iter().position(is_due) {
            let open = self.open.remove(at);
            let closed = self.close(open);
            self.closed.push_back(closed);
        }
        self.closed.pop_front()
    }

    fn close(&mut self, open: Open) -> Closed {
        let (number, unit) = (open.number, open.entry.bdcdyh.clone());
        // The lock ends with the case (section 10.4).
        self.locks.retain(|(name, _)| *name != unit);
        if self.deletes.contains(&open.made) {
            if open.act == Act::Seize {
                self.standing.retain(|one| one.project != open.project);
            }
            return Closed { number, unit, entered: String::new(), remark: String::new() };
        }
        let entered = open.project.replace("XM", "YW");
        let names = |one: &Standing| {
            one.project == open.project || [&one.project, &one.entered].contains(&&open.entry.zsxmid)
        };
        let mut remark = String::new();
        match open.act {
            Act::Release => self.standing.retain(|one| !names(one)),
            Act::Seize | Act::Renew => {
                if let Some(one) = self.standing.iter_mut().find(|one| names(one)) {
                    one.entered.clone_from(&entered);
                    one.entry.cfjssj.clone_from(&open.entry.cfjssj);
                    remark = if one.waits { "轮候查封".to_owned() } else { String::new() };
                }
            }
        }
        Closed { number, unit, entered, remark }
    }

    /// Our seizures of a unit that are registered.
    pub(super) fn seizures(&self, unit: &str) -> impl Iterator<Item = Seizure> {
        let here =
            self.standing.iter().filter(move |one| one.entry.bdcdyh == unit && !one.entered.is_empty());
        here.map(|one| Seizure {
            bdcdyh: one.entry.bdcdyh.as_str().into(),
            zl: one.entry.zl.as_str().into(),
            cfjg: one.entry.cfjg.as_str().into(),
            cflx: if one.waits { "2" } else { "1" }.into(),
            cfwh: one.entry.cfwh.as_str().into(),
            cfqssj: one.entry.cfkssj.as_str().into(),
            cfjssj: one.entry.cfjssj.as_str().into(),
            djsj: one.entry.cfsj.as_str().into(),
            cfywh: one.entered.as_str().into(),
            qszt: "1".into(),
            ..Seizure::default()
        })
    }
}
