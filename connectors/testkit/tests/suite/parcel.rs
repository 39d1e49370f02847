//! The smallest parcel connector: one line per order, closed by a line that counts them. It has a postbox as well (see
//! `postbox`). A flaw is chosen by a setting.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chakong_contract::asset::{Asset, AssetKind, EquityStake, FoundAsset, MatchedBy};
use chakong_contract::connector::Reading;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, SettingValue, Settings};
use chakong_contract::order::Target;
use chakong_contract::reply::Holding;
use chakong_contract::sandbox::{
    BookedControl, Books, DelayedFile, ParcelSandbox, PostboxSandbox, Sandbox, SandboxError,
};
use chakong_contract::{
    ActionKind, Answer, Batch, Capability, Connector, DocumentKind, Fault, FaultKind, IdentityDocument,
    IdentityKind, Instruction, LineKind, Manifest, Message, Moment, Money, Order, Parcel, Plugin, Postbox,
    Read, Reply,
};
use chakong_testkit::{Subject, sample};
use serde_json::{Value, json};

const CODE: &str = "91000000MADEM00112";

const MANIFEST: Manifest = Manifest {
    id: "toy-parcel",
    name_zh: "示例",
    name_en: "Toy",
    assets: &[AssetKind::Equity],
    capabilities: &[
        Capability { action: ActionKind::Query, documents: &[DocumentKind::QueryNotice] },
        Capability {
            action: ActionKind::Freeze,
            documents: &[DocumentKind::FreezeRuling, DocumentKind::FreezeNotice],
        },
    ],
    identities: &[IdentityKind::Uscc],
    lines: &[LineKind::Parcel, LineKind::Postbox],
    largest_batch: 50,
    idempotent: true,
    settings: &[Setting {
        key: "flaw",
        kind: SettingKind::Text,
        required: false,
        help: "What is wrong with it.",
        example: "",
    }],
};

pub(crate) fn subject(flaw: &str) -> Subject {
    let settings = Settings::default().with("flaw", SettingValue::Text(flaw.to_owned()));
    let document = || IdentityDocument::Uscc(CODE.parse().expect("a code"));
    let day = |text: &str| text.parse().expect("a date");
    let freeze = Instruction::Freeze {
        target: Target::Account {
            number: "1".into(),
            sub_account: None,
            class: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            whole: false,
        },
        limit: Some(Money::yuan(100.into())),
        from: day("2026-01-05"),
        until: day("2027-01-04"),
    };
    let samples = vec![
        sample::query(&MANIFEST, "示例甲有限公司", document()),
        sample::order(&MANIFEST, "TESTFREEZE1", "示例甲有限公司", document(), freeze),
    ];
    let plugin = Plugin { manifest: MANIFEST, build, sandbox };
    Subject { plugin, settings, script: json!({}), samples }
}

#[derive(Debug)]
pub(crate) struct Toy {
    pub(crate) flaw: String,
}

fn build(settings: &Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>> {
    Ok(Arc::new(Toy { flaw: settings.text("flaw").to_owned() }))
}

impl Connector for Toy {
    fn parcel(&self) -> Option<&dyn Parcel> {
        Some(self)
    }

    fn postbox(&self) -> Option<&dyn Postbox> {
        (self.flaw != "has no postbox").then_some(self as &dyn Postbox)
    }

    fn check(&self, _: &Order) -> Result<(), Fault> {
        match self.flaw.as_str() {
            "cannot say a sample" => Err(Fault::new(FaultKind::Unsupported, "say", "no words")),
            _ => Ok(()),
        }
    }
}

/// An order as it is written.
pub(crate) fn line(order: &Order) -> String {
    format!("{} {} {}\n", order.instruction.kind(), order.number, order.document.number())
}

pub(crate) fn read(line: &str) -> Option<Read> {
    let (number, said) = line.strip_prefix("REPLY ")?.split_once(' ')?;
    let stake = EquityStake {
        holder: "示例甲有限公司".into(),
        company: "示例乙有限公司".into(),
        company_code: None,
        ..EquityStake::default()
    };
    let holding = Holding::of(Money::yuan(100.into()));
    let reply = match said {
        "found" => Reply::Found {
            assets: vec![FoundAsset { asset: Asset::Equity(stake), matched_by: MatchedBy::Number }],
        },
        "held" => Reply::Held(holding),
        _ => Reply::Nothing,
    };
    Some(Read::answer(number.parse().ok()?, Answer::of(reply)))
}

impl Parcel for Toy {
    fn write(&self, batch: &Batch) -> Result<Vec<Message>, Fault> {
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        let anew = self.flaw == "numbers files anew";
        let serial = if anew { WRITTEN.fetch_add(1, Ordering::Relaxed) } else { 0 };
        let text: String = batch.orders.iter().map(line).collect();
        Ok(vec![Message::new(format!("{}-{serial}.txt", batch.number), text.into_bytes())])
    }

    fn read(&self, file: &Message) -> Reading {
        let text = String::from_utf8_lossy(&file.bytes);
        let lines: Vec<&str> = text.lines().collect();
        let whole = lines.last().is_some_and(|last| *last == format!("END {}", lines.len() - 1));
        let believed = match self.flaw.as_str() {
            "believes damaged files" => text.starts_with("REPLY") || text.is_empty(),
            "believes random bytes" => !text.starts_with("REPLY"),
            _ => false,
        };
        if !whole && !believed {
            let problems = vec![Fault::new(FaultKind::Malformed, "read", "no closing line")];
            return Reading { problems, ..Reading::default() };
        }
        Reading { reads: lines.iter().filter_map(|line| read(line)).collect(), ..Reading::default() }
    }
}

fn sandbox(script: &Value, settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Script {}
    serde_json::from_value::<Script>(script.clone())?;
    Ok(Box::new(Bank { flaw: settings.text("flaw").to_owned(), ..Bank::default() }))
}

#[derive(Debug, Default)]
pub(crate) struct Bank {
    pub(crate) flaw: String,
    /// How many questions were asked in this polling round.
    pub(crate) round: usize,
    duplicates: u64,
    booked: BTreeMap<String, BookedControl>,
}

impl Sandbox for Bank {
    fn parcel(&mut self) -> Option<&mut dyn ParcelSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        let controls = self.booked.values().cloned().collect();
        Books { controls, duplicates: self.duplicates, ..Books::default() }
    }

    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        (self.flaw != "polls nobody").then_some(self as &mut dyn PostboxSandbox)
    }
}

impl ParcelSandbox for Bank {
    fn take(&mut self, file: &Message, _now: Moment) -> Vec<DelayedFile> {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let mut lines: Vec<String> = text.lines().filter_map(|line| self.answer(line)).collect();
        if self.flaw == "forgets orders" {
            lines.truncate(10);
        }
        lines.push(format!("END {}", lines.len()));
        let file = Message::new("reply.txt", lines.join("\n").into_bytes());
        vec![DelayedFile { after: Duration::ZERO, file }]
    }
}

impl Bank {
    pub(crate) fn answer(&mut self, line: &str) -> Option<String> {
        let mut words = line.split(' ');
        let (action, number, document) = (words.next()?, words.next()?, words.next()?);
        let said = match (document == CODE, action) {
            (false, _) => "nothing",
            (true, "query") => "found",
            (true, _) => {
                self.book(action, number);
                "held"
            }
        };
        Some(format!("REPLY {number} {said}"))
    }

    pub(crate) fn book(&mut self, action: &str, number: &str) {
        let known = self.booked.contains_key(number);
        self.duplicates += u64::from(known);
        let again = !known || self.flaw == "executes twice";
        let booked = self.booked.entry(number.to_owned()).or_insert_with(|| BookedControl {
            number: number.to_owned(),
            action: action.to_owned(),
            target: "1".into(),
            amount: "100".into(),
            executed: 0,
            arrived: 0,
        });
        booked.arrived += 1;
        booked.executed += u32::from(again);
    }
}
