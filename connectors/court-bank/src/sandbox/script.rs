//! What the simulated bank owns and how it misbehaves.

use std::time::Duration;

use chakong_contract::{Date, IdentityDocument, PartyName};
use rust_decimal::Decimal;
use serde::Deserialize;

/// The script of a simulated bank.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    /// Answers come after this long, in milliseconds.
    pub(super) delay_ms: u64,
    /// Visits the postbox this often, in milliseconds.
    pub(super) poll_ms: Option<u64>,
    /// What any party that is not listed owns.
    pub(super) everyone: Option<Everyone>,
    /// The customers.
    pub(super) customers: Vec<Customer>,
    /// One result file per query instead of one per batch; banks do either.
    pub(super) split_results: bool,
    /// Misbehaviour.
    pub(super) faults: Vec<Misdeed>,
}

/// What any party that is not listed owns, derived from its document number.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Everyone {
    /// How many accounts.
    pub(super) accounts: u32,
    /// Balance of each.
    pub(super) balance: Decimal,
}

impl Default for Everyone {
    fn default() -> Self {
        Self { accounts: 2, balance: Decimal::ONE_THOUSAND }
    }
}

/// A customer, matched by name, kind of document and number, exactly.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    /// Name.
    pub(super) name: PartyName,
    /// Identity document.
    pub(super) document: IdentityDocument,
    /// Accounts.
    #[serde(default)]
    pub(super) accounts: Vec<ScriptAccount>,
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptAccount {
    /// Number.
    pub(super) number: String,
    /// Class in the bank's words.
    #[serde(default = "debit_card")]
    pub(super) class: String,
    /// Status in the bank's words.
    #[serde(default = "normal")]
    pub(super) status: String,
    /// Branch.
    #[serde(default)]
    pub(super) branch: String,
    /// Branch code.
    #[serde(default)]
    pub(super) branch_code: String,
    /// Currency as on the wire.
    #[serde(default = "yuan")]
    pub(super) currency: String,
    /// Balance.
    pub(super) balance: Decimal,
    /// Available at the start; balance less earlier freezes where absent.
    pub(super) available: Option<Decimal>,
    /// Opened on.
    pub(super) opened: Option<Date>,
    /// Earlier freezes by others.
    #[serde(default)]
    pub(super) freezes: Vec<ScriptFreeze>,
    /// Sub-accounts.
    #[serde(default)]
    pub(super) sub_accounts: Vec<ScriptSubAccount>,
    /// Financial products.
    #[serde(default)]
    pub(super) products: Vec<ScriptProduct>,
    /// Why the bank controls nothing here.
    pub(super) refuse_control: Option<String>,
    /// Remark.
    #[serde(default)]
    pub(super) remark: String,
}

/// An earlier freeze by somebody else.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptFreeze {
    /// The court.
    pub(super) court: String,
    /// Document number.
    #[serde(default)]
    pub(super) document: String,
    /// Amount.
    pub(super) amount: Decimal,
    /// Last day.
    pub(super) until: Option<Date>,
}

/// A sub-account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptSubAccount {
    /// Number, as it must come back.
    pub(super) number: String,
    /// Class in the bank's words.
    #[serde(default)]
    pub(super) class: String,
    /// Balance; all of it is available.
    pub(super) balance: Decimal,
}

/// A financial product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptProduct {
    /// Product number.
    pub(super) number: String,
    /// Name.
    pub(super) name: String,
    /// Type in the bank's words.
    #[serde(default)]
    pub(super) class: String,
    /// Unit of measure.
    #[serde(default)]
    pub(super) unit: String,
    /// Quantity.
    pub(super) quantity: Decimal,
    /// Price of a unit.
    pub(super) unit_price: Decimal,
}

/// A scripted misbehaviour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Misdeed {
    /// What.
    #[serde(rename = "do")]
    pub(super) kind: MisdeedKind,
    /// On what.
    #[serde(default)]
    pub(super) on: On,
    /// Only the first so many: query packages and control requests.
    pub(super) first: Option<u64>,
    /// How much later, for `late`; how long half a file lies there, for `half_file`.
    #[serde(default)]
    pub(super) after_ms: u64,
}

/// On what a misdeed is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum On {
    /// Query packages.
    Query,
    /// Control requests.
    Control,
    /// Both.
    #[default]
    Any,
}

/// Kinds of misbehaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MisdeedKind {
    /// Acts and says nothing.
    #[serde(alias = "not_fed_back")]
    Silent,
    /// Returns the requests unacted.
    Return,
    /// Hands over half a package.
    TruncatedZip,
    /// Hands over a result that unpacks to far more than it is.
    ZipBomb,
    /// Adds a file whose name leaves the directory.
    PathTrick,
    /// Names the package with another bank's code.
    WrongBankCode,
    /// Answers a request that was never made, in addition.
    UnknownNumber,
    /// Hands over the same twice, under two names; over the web service two calls of the same content.
    #[serde(alias = "feeds_twice")]
    Duplicate,
    /// Over the web service: hands over what is not Base64.
    GarbledBase64,
    /// Visits the postbox with a wrong password; `first` counts rounds of visits.
    WrongPassword,
    /// Writes an amount that is none into one entry.
    BadEntry,
    /// Declares a document type with entities.
    Entities,
    /// Writes GBK under a prolog that says UTF-8.
    Gbk,
    /// States a wrong MD5 of the receipt.
    WrongMd5,
    /// Writes amounts with thousands separators.
    CommaAmounts,
    /// Leaves balances blank.
    BlankAmounts,
    /// Says that its own system failed.
    InternalError,
    /// Answers later.
    Late,
    /// Leaves half a package, and the whole one under the same name later.
    HalfFile,
}

fn debit_card() -> String {
    "借记卡".into()
}

fn normal() -> String {
    "正常".into()
}

fn yuan() -> String {
    "156".into()
}

/// The misdeeds due for one query package or control request.
#[derive(Debug, Clone, Default)]
pub(super) struct Due {
    kinds: Vec<MisdeedKind>,
    /// How much later than usual.
    pub(super) later: Duration,
    /// How long half of the file lies there before the whole.
    pub(super) half_until: Option<Duration>,
}

impl Due {
    /// Whether this is due.
    pub(super) fn is(&self, kind: MisdeedKind) -> bool {
        self.kinds.contains(&kind)
    }
}

/// Counts what was already done of each misdeed.
#[derive(Debug, Default)]
pub(super) struct Misdeeds {
    each: Vec<(Misdeed, u64)>,
}

impl Misdeeds {
    /// Nothing was done yet.
    pub(super) fn new(script: &[Misdeed]) -> Self {
        Self { each: script.iter().map(|misdeed| (misdeed.clone(), 0)).collect() }
    }

    /// What is due now.
    pub(super) fn due(&mut self, on: On) -> Due {
        self.due_where(|misdeed| {
            misdeed.kind != MisdeedKind::WrongPassword && (misdeed.on == On::Any || misdeed.on == on)
        })
    }

    /// What is due of one kind now, whatever it is done on.
    pub(super) fn due_of(&mut self, kind: MisdeedKind) -> Due {
        self.due_where(|misdeed| misdeed.kind == kind)
    }

    fn due_where(&mut self, applies: impl Fn(&Misdeed) -> bool) -> Due {
        let mut due = Due::default();
        for (misdeed, done) in &mut self.each {
            if applies(misdeed) && misdeed.first.is_none_or(|first| *done < first) {
                *done += 1;
                due.kinds.push(misdeed.kind);
                let after = Duration::from_millis(misdeed.after_ms);
                match misdeed.kind {
                    MisdeedKind::Late => due.later += after,
                    MisdeedKind::HalfFile => due.half_until = Some(after),
                    _ => {}
                }
            }
        }
        due
    }
}
