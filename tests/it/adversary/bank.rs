//! A bank with a character: it fetches packages, carries them out in its books, and says what its character has it say, late,
//! twice, or by halves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;
use rust_decimal::Decimal;

use super::books::{Books, Truth};
use super::wire::{self, Done, Element};

/// What a bank says that is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Character {
    Honest,
    /// A thousand times what is held.
    Enormous,
    /// That another account is frozen.
    OtherAccount,
    /// First that nothing was done, then the truth.
    Wavering,
    /// First the whole limit, then the truth.
    Hasty,
}

/// Most times that a feedback is given anew because the court could not use it.
const MOST_AGAIN: u32 = 3;

/// A file that is put down when its time has come.
struct Parcel {
    due: Instant,
    name: String,
    bytes: Vec<u8>,
}

/// What was asked, to be able to say it again.
#[derive(Clone)]
enum Asked {
    Query { person: String },
    Control { orders: Vec<Element> },
}

pub struct Bank {
    pub name: &'static str,
    pub character: Character,
    pub books: Books,
    code: String,
    folder: PathBuf,
    chance: StdRng,
    fetched: BTreeSet<String>,
    asked: BTreeMap<String, Asked>,
    again: BTreeMap<String, u32>,
    outbox: Vec<Parcel>,
    batches: u32,
    /// How many files were put down by halves, doubled, contradicted: to show that a run is no tame one.
    pub misdeeds: u32,
}

impl Bank {
    pub fn new(
        (name, code): (&'static str, String),
        character: Character,
        folder: PathBuf,
        chance: StdRng,
    ) -> Self {
        Self {
            name,
            character,
            books: Books::default(),
            code,
            folder,
            chance,
            fetched: BTreeSet::new(),
            asked: BTreeMap::new(),
            again: BTreeMap::new(),
            outbox: Vec::new(),
            batches: 0,
            misdeeds: 0,
        }
    }

    pub fn is_idle(&self) -> bool {
        let fetched = std::fs::read_dir(self.folder.join("out")).into_iter().flatten().flatten();
        let waits = std::fs::read_dir(self.folder.join("in")).into_iter().flatten().flatten();
        let is_package = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|it| it == "zip");
        self.outbox.is_empty() && !fetched.chain(waits).any(|entry| is_package(&entry))
    }

    /// Fetches what is there, and puts down what is due.
    pub fn round(&mut self) {
        let entries = std::fs::read_dir(self.folder.join("out")).into_iter().flatten().flatten();
        let mut names: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        names.sort();
        for path in names.into_iter().filter(|path| path.extension().is_some_and(|it| it == "zip")) {
            let Ok(package) = std::fs::read(&path) else { continue };
            let _ = std::fs::remove_file(&path);
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            // A package of a name that was fetched before is the same package.
            if self.fetched.insert(name.clone()) {
                self.take(&name, &package);
            }
        }
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.outbox).into_iter().partition(|one| one.due <= now);
        self.outbox = later;
        due.into_iter().for_each(|parcel: Parcel| self.put_down(&parcel));
    }

    fn put_down(&self, parcel: &Parcel) {
        std::fs::write(self.folder.join("in").join(&parcel.name), &parcel.bytes).expect("the folder");
    }

    fn take(&mut self, name: &str, package: &[u8]) {
        let batch = name.get(21..51).unwrap_or_default().to_owned();
        match name.get(..4) {
            Some("CXQQ") => {
                let mut rows = String::new();
                for one in wire::requests(package) {
                    rows.push_str(&self.shown(&one.number, &one.person));
                    self.withdraw(&one.person);
                    self.asked.insert(one.number, Asked::Query { person: one.person });
                }
                let (name, bytes) = wire::query_feedback(&self.code, &batch, &rows);
                self.send(name, bytes);
            }
            Some("KZQQ") => {
                for one in wire::requests(package) {
                    for order in &one.accounts {
                        self.books.carry_out(&one.number, &one.case, order);
                    }
                    self.asked.insert(one.number.clone(), Asked::Control { orders: one.accounts });
                    self.say(&one.number, &batch, self.character);
                }
            }
            // The court could not use a feedback: it is given anew.
            Some("CXHZ" | "KZHZ") => {
                for refused in wire::unpacked(package, "QNR").iter().filter(|one| one.name == "htxx") {
                    self.say_again(refused.get("BDHM"));
                }
            }
            _ => panic!("{name} is no package of the court's"),
        }
    }

    fn say_again(&mut self, number: &str) {
        let times = self.again.entry(number.to_owned()).or_default();
        *times += 1;
        if *times > MOST_AGAIN {
            return;
        }
        self.batches += 1;
        let batch = format!("9{:0>29}", self.batches);
        match self.asked.get(number).cloned() {
            Some(Asked::Query { person }) => {
                let rows = self.shown(number, &person);
                let (name, bytes) = wire::query_feedback(&self.code, &batch, &rows);
                self.send(name, bytes);
            }
            Some(Asked::Control { .. }) => {
                // Who is told that the feedback was of no use looks again before it says anything.
                let steady = self.character != Character::Wavering;
                self.say(number, &batch, if steady { self.character } else { Character::Honest });
            }
            None => {}
        }
    }

    /// What a query finds.
    fn shown(&self, number: &str, person: &str) -> String {
        let account = self.books.accounts.iter().find(|account| account.owner == person);
        let account = account.map(|account| {
            (account.number.clone(), format!("{:.2}", account.balance), format!("{:.2}", account.free()))
        });
        let account = account.as_ref();
        wire::account_row(
            number,
            account.map(|(number, balance, free)| (number.as_str(), balance.as_str(), free.as_str())),
        )
    }

    /// Some debtors take money out as soon as somebody asks.
    fn withdraw(&mut self, person: &str) {
        let part = Decimal::from(self.chance.random_range(1..100));
        if self.chance.random_bool(0.3)
            && let Some(account) = self.books.accounts.iter_mut().find(|one| one.owner == person)
        {
            account.balance -= (account.free() * part / Decimal::ONE_HUNDRED).round_dp(2);
        }
    }

    /// Says what became of a control, as the character has it.
    fn say(&mut self, number: &str, batch: &str, character: Character) {
        let truth = self.books.truths.get(number).copied().flatten();
        let is_freeze = matches!(
            self.asked.get(number),
            Some(Asked::Control { orders }) if orders.iter().all(|order| order.get("KZCS") == "01")
        );
        let lie = match (character, truth) {
            _ if !is_freeze => truth,
            (Character::Enormous, Some((limit, held))) => Some((limit, held * Decimal::from(1000))),
            (Character::Wavering, _) => None,
            (Character::Hasty, Some((limit, _))) => Some((limit, limit)),
            _ => truth,
        };
        let late = self.feedback(number, batch, lie);
        self.send(late.0, late.1);
        let corrects = matches!(character, Character::Wavering | Character::Hasty);
        if corrects && is_freeze {
            self.misdeeds += 1;
            let (name, bytes) = self.feedback(number, batch, truth);
            // The truth comes after the lie has surely been put down.
            self.put_off(name, bytes, 1000..1500);
        }
    }

    fn feedback(&self, number: &str, batch: &str, truth: Truth) -> (String, Vec<u8>) {
        let Some(Asked::Control { orders }) = self.asked.get(number) else { unreachable!("it was asked") };
        let row = |order: &Element| {
            let account = match self.character {
                Character::OtherAccount if order.get("KZCS") == "01" => "6229999999999999999",
                _ => order.get("KHZH"),
            };
            let done = Done {
                account: account.to_owned(),
                term: (order.get("KSRQ").to_owned(), order.get("JSRQ").to_owned()),
                amounts: truth.map(|(limit, held)| (format!("{limit:.2}"), format!("{held:.2}"))),
            };
            wire::control_row(number, order.get("CCXH"), &done)
        };
        wire::control_feedback(&self.code, batch, number, &orders.iter().map(row).collect::<String>())
    }

    /// Puts a feedback down: soon or late, once or twice, whole or its first half before the whole.
    fn send(&mut self, name: String, bytes: Vec<u8>) {
        match self.chance.random_range(0..10) {
            0..2 => {
                self.misdeeds += 1;
                self.put_off(name.clone(), bytes.clone(), 0..300);
                self.put_off(name, bytes, 300..900);
            }
            2..4 => {
                self.misdeeds += 1;
                let half = bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec();
                self.put_off(name.clone(), half, 0..200);
                self.put_off(name, bytes, 200..700);
            }
            4..6 => self.put_off(name, bytes, 300..800),
            _ => self.put_off(name, bytes, 0..100),
        }
    }

    fn put_off(&mut self, name: String, bytes: Vec<u8>, millis: Range<u64>) {
        let due = Instant::now() + Duration::from_millis(self.chance.random_range(millis));
        self.outbox.push(Parcel { due, name, bytes });
    }
}
