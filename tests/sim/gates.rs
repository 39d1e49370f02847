//! Admission as the lanes ask it, and what a bank counts for itself of what reaches it.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chakong::app::plugins;
use chakong::clock::Clock;
use chakong::config::{CounterpartConfig, Problems, read_counterpart};
use chakong::domain::{Counted, QuotaUsed};
use chakong::lanes::Admission;
use chakong_contract::{Date, Fault, FaultKind, Moment};
use jiff::Timestamp;

/// Requests that may follow each other at once, and so many in a minute from then on.
const BURST: usize = 2;
/// Requests a day.
const PER_DAY: usize = 5;
/// Hours of service, from Monday to Friday.
const HOURS: std::ops::Range<i8> = 9..17;
/// Faults in a row that open the breaker, and minutes for which it is open then.
const FAULTS: u32 = 2;
const OPEN: i64 = 10;

/// What keeps a bank's lane back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Nothing,
    Rate,
    Quota,
    Window,
    Breaker,
}

impl Limit {
    pub const ALL: [Self; 5] = [Self::Nothing, Self::Rate, Self::Quota, Self::Window, Self::Breaker];

    fn lines(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Rate => "[limits]\nper_second = 0.016666666666666666\nburst = 2\n",
            Self::Quota => "[limits]\nper_day = 5\n",
            Self::Window => {
                "[window]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"09:00\"\nuntil = \"17:00\"\n"
            }
            Self::Breaker => "[breaker]\nfailures = 2\nopen = \"10m\"\nlongest = \"2h\"\n",
        }
    }

    /// The file of a bank with this limit, read once.
    fn config(self) -> Arc<CounterpartConfig> {
        static READ: LazyLock<Vec<Arc<CounterpartConfig>>> =
            LazyLock::new(|| Limit::ALL.into_iter().map(|limit| Arc::new(read(limit))).collect());
        Arc::clone(&READ[self as usize])
    }
}

fn read(limit: Limit) -> CounterpartConfig {
    let text = format!(
        "connector = \"court-bank\"\n[settings]\nbank_code = \"E999H110000000001\"\n[line]\nkind = \"parcel\"\n\
         outgoing = \"out\"\nincoming = \"in\"\narchive = \"archive\"\n{}",
        limit.lines()
    );
    let mut problems = Problems::default();
    let read = read_counterpart(Path::new("bank.toml"), &text, &plugins(), &mut problems);
    assert!(problems.is_empty(), "{problems}");
    read.expect("a counterpart")
}

/// A lane's gates, and what its bank saw pass.
#[derive(Debug)]
pub struct Gates {
    limit: Limit,
    admission: Admission,
    /// When requests passed in this life of the process.
    passed: Vec<Timestamp>,
    /// Days and how many passed, in every life.
    days: Vec<(Date, usize)>,
    /// Faults of the bank in a row, and until when nothing may pass.
    faults: u32,
    shut: Option<Timestamp>,
}

impl Gates {
    pub fn of(limit: Limit, clock: Arc<dyn Clock>) -> Self {
        let admission = Admission::new(limit.config(), clock, QuotaUsed::default());
        Self { limit, admission, passed: Vec::new(), days: Vec::new(), faults: 0, shut: None }
    }

    /// The process is another one; what was sent today is known from the store.
    pub fn reopen(&mut self, clock: Arc<dyn Clock>, sent_today: QuotaUsed) {
        self.admission = Admission::new(self.limit.config(), clock, sent_today);
        (self.passed, self.faults, self.shut) = (Vec::new(), 0, None);
    }

    /// To what requests are counted in the store.
    pub fn counts(&self) -> Counted {
        self.admission.counted_to("")
    }

    /// Whether a request may leave now.
    pub fn admits(&self, is_control: bool) -> bool {
        self.admission.admit(is_control, "").is_ok()
    }

    /// A request left: that is within what the bank allows, as it counts for itself.
    pub fn passes(&mut self, now: Timestamp) {
        let wall = Moment::from_timestamp(now).wall();
        self.passed.push(now);
        match self.days.last_mut() {
            Some((day, count)) if *day == wall.date() => *count += 1,
            _ => self.days.push((wall.date(), 1)),
        }
        match self.limit {
            Limit::Nothing => {}
            Limit::Window => {
                let is_weekend = wall.date().weekday().to_monday_zero_offset() > 4;
                assert!(!is_weekend && HOURS.contains(&wall.hour()), "the window is closed at {wall}");
            }
            Limit::Quota => {
                let (day, count) = self.days.last().expect("today");
                assert!(*count <= PER_DAY, "{count} requests on {day}");
            }
            Limit::Rate => {
                for (at, first) in self.passed.iter().enumerate() {
                    let minutes = now.duration_since(*first).as_secs().unsigned_abs() / 60;
                    let most = BURST + usize::try_from(minutes).expect("few");
                    let count = self.passed.len() - at;
                    assert!(count <= most, "{count} requests in {minutes} minutes");
                }
            }
            Limit::Breaker => {
                let shut = self.shut.is_some_and(|until| now < until);
                assert!(!shut, "the breaker is open at {now}");
            }
        }
    }

    pub fn succeeded(&mut self) {
        self.admission.succeeded();
        (self.faults, self.shut) = (0, None);
    }

    pub fn failed(&mut self, fault: &Fault, now: Timestamp) {
        self.admission.failed(fault);
        if fault.kind == FaultKind::RateLimited {
            return;
        }
        self.faults += 1;
        if self.faults == FAULTS {
            self.shut = now.checked_add(Duration::from_secs(60 * OPEN.unsigned_abs())).ok();
        }
    }
}
