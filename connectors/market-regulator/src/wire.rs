//! What travels, each type both ways: requests and answers of the JSON line in the national vocabulary, and the parameter
//! string. The only place with the authority's names. Protocol sections 3.2, 3.4, 3.5 and 4 of the business registries.

mod code;
pub(crate) mod parameters;

pub(crate) use code::{
    Meaning, STANDS, certificate, company_status, freeze_state, is_contradicted, licence, meaning, party_kind,
};

use chakong_contract::{HttpRequest, Money, Secret};
use chakong_toolkit::Scalar;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Header of the token.
pub(crate) const TOKEN: &str = "x-auth-token";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Query,
    Freeze,
    Renew,
    Release,
    Transfer,
    /// What became of an order under review.
    Result,
}

impl Operation {
    const ALL: [Self; 6] =
        [Self::Query, Self::Freeze, Self::Renew, Self::Release, Self::Transfer, Self::Result];

    /// Path below the base address.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Query => "/equity/query",
            Self::Freeze => "/equity/freeze",
            Self::Renew => "/equity/renew",
            Self::Release => "/equity/release",
            Self::Transfer => "/equity/transfer",
            Self::Result => "/equity/result",
        }
    }

    /// The operation of a path.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.path() == path)
    }

    /// Matter 执行事项; blank where nothing is ordered.
    pub(crate) const fn matter(self) -> &'static str {
        match self {
            Self::Freeze => "1",
            Self::Renew => "2",
            Self::Release => "3",
            Self::Transfer => "4",
            Self::Query | Self::Result => "",
        }
    }

    /// For faults.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Query => "query stakes",
            Self::Freeze => "freeze a stake",
            Self::Renew => "renew a freeze",
            Self::Release => "release a freeze",
            Self::Transfer => "transfer a stake",
            Self::Result => "look up an order",
        }
    }
}

/// A request, in the order of the national record. Blank members are left out on the JSON line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE", deny_unknown_fields)]
pub(crate) struct Request {
    /// Our request number; a number is acted on once.
    #[serde(rename = "REQNO")]
    pub(crate) number: String,
    #[serde(rename = "EXECUTEITEM")]
    pub(crate) matter: String,
    /// Company whose equity it is about.
    #[serde(rename = "ENTNAME")]
    pub(crate) company: String,
    #[serde(rename = "UNISCID")]
    pub(crate) company_code: String,
    #[serde(rename = "REGNO")]
    pub(crate) registration_number: String,
    /// Debtor.
    #[serde(rename = "INV")]
    pub(crate) debtor: String,
    #[serde(rename = "INVTYPE")]
    pub(crate) debtor_kind: String,
    #[serde(rename = "CERTYPE")]
    pub(crate) certificate_kind: String,
    #[serde(rename = "CERNO")]
    pub(crate) certificate_number: String,
    #[serde(rename = "BLICTYPE")]
    pub(crate) licence_kind: String,
    #[serde(rename = "BLICNO")]
    pub(crate) licence_number: String,
    /// Amount in 万 of the currency, four decimals; or ratio in percent; or number of shares.
    #[serde(rename = "FROAM")]
    pub(crate) amount: String,
    #[serde(rename = "REGCAPCUR")]
    pub(crate) currency: String,
    #[serde(rename = "SHARFROPROP")]
    pub(crate) percent: String,
    #[serde(rename = "FROSHARE")]
    pub(crate) shares: String,
    /// Court, ruling, notice.
    #[serde(rename = "FROAUTH")]
    pub(crate) court: String,
    #[serde(rename = "FRODOCNO")]
    pub(crate) ruling: String,
    #[serde(rename = "EXECUTENO")]
    pub(crate) notice: String,
    /// Term.
    #[serde(rename = "FROFROM")]
    pub(crate) from: String,
    #[serde(rename = "FROTO")]
    pub(crate) until: String,
    #[serde(rename = "FROZDEADLINE")]
    pub(crate) days: String,
    /// The earlier freeze: the authority's record, or our request number.
    #[serde(rename = "FROID")]
    pub(crate) record: String,
    #[serde(rename = "ORIREQNO")]
    pub(crate) original: String,
    /// Who takes a stake that is transferred.
    #[serde(rename = "ALIEN_S")]
    pub(crate) transferee: String,
    #[serde(rename = "CERTYPE_S")]
    pub(crate) transferee_kind: String,
    #[serde(rename = "CERNO_S")]
    pub(crate) transferee_number: String,
    /// The officer and the telephone.
    #[serde(rename = "FYJBR")]
    pub(crate) officer: String,
    #[serde(rename = "FYJBRDH")]
    pub(crate) officer_phone: String,
    pub(crate) documents: Vec<Document>,
}

/// A sealed document; its content is Base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE", deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) title: String,
    #[serde(rename = "DOCNO")]
    pub(crate) number: String,
    pub(crate) format: String,
    pub(crate) content: String,
}

impl Request {
    /// As it leaves, blank members left out.
    pub(crate) fn to_http(&self, operation: Operation, token: &Secret) -> HttpRequest {
        let mut members = serde_json::to_value(self).unwrap_or_default();
        if let Some(members) = members.as_object_mut() {
            let blank = |value: &Value| {
                value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty)
            };
            members.retain(|_, value| !blank(value));
        }
        let mut request = HttpRequest::post_json(operation.path(), members.to_string().into_bytes());
        request.secret_headers.push((TOKEN.to_owned(), token.clone()));
        request
    }
}

/// An answer. What it does not say is null.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE")]
pub(crate) struct Reported {
    #[serde(rename = "code")]
    pub(crate) code: Scalar,
    #[serde(rename = "message")]
    pub(crate) message: Scalar,
    /// The record of the freeze.
    #[serde(flatten)]
    pub(crate) row: FreezeRow,
    /// Freezes that rank before it.
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) earlier: Option<Vec<Value>>,
    /// Day on which a transfer was registered 协助执行日期.
    #[serde(rename = "EXECDATE")]
    pub(crate) executed: Scalar,
    /// Stakes of the party.
    #[serde(deserialize_with = "chakong_toolkit::list::or_empty")]
    pub(crate) holdings: Option<Vec<Value>>,
}

/// A stake as registered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE")]
pub(crate) struct Holding {
    #[serde(rename = "PRIPID")]
    pub(crate) company_id: Scalar,
    #[serde(rename = "ENTNAME")]
    pub(crate) company: Scalar,
    #[serde(rename = "UNISCID")]
    pub(crate) company_code: Scalar,
    #[serde(rename = "REGNO")]
    pub(crate) registration_number: Scalar,
    #[serde(rename = "REGSTATE")]
    pub(crate) state: Scalar,
    #[serde(rename = "REGSTATE_CN")]
    pub(crate) state_words: Scalar,
    #[serde(rename = "INV")]
    pub(crate) holder: Scalar,
    #[serde(rename = "CERNO")]
    pub(crate) certificate_number: Scalar,
    #[serde(rename = "BLICNO")]
    pub(crate) licence_number: Scalar,
    /// Subscribed and paid, in 万 of the currency.
    #[serde(rename = "SUBCONAM")]
    pub(crate) subscribed: Scalar,
    #[serde(rename = "ACCONAM")]
    pub(crate) paid: Scalar,
    #[serde(rename = "REGCAPCUR")]
    pub(crate) currency: Scalar,
    #[serde(rename = "SUBCONPROP")]
    pub(crate) percent: Scalar,
    /// Number of shares, where it is counted so.
    #[serde(rename = "SHARENUM")]
    pub(crate) shares: Scalar,
    #[serde(rename = "CONDATE")]
    pub(crate) since: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) freezes: Option<Vec<Value>>,
}

/// A freeze as recorded.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE")]
pub(crate) struct FreezeRow {
    #[serde(rename = "FROID")]
    pub(crate) record: Scalar,
    #[serde(rename = "FROAUTH")]
    pub(crate) court: Scalar,
    #[serde(rename = "FRODOCNO")]
    pub(crate) ruling: Scalar,
    #[serde(rename = "EXECUTENO")]
    pub(crate) notice: Scalar,
    #[serde(rename = "EXECUTEITEM_CN")]
    pub(crate) matter: Scalar,
    #[serde(rename = "FROAM")]
    pub(crate) amount: Scalar,
    #[serde(rename = "REGCAPCUR")]
    pub(crate) currency: Scalar,
    #[serde(rename = "SHARFROPROP")]
    pub(crate) percent: Scalar,
    #[serde(rename = "FROSHARE")]
    pub(crate) shares: Scalar,
    #[serde(rename = "FROFROM")]
    pub(crate) from: Scalar,
    #[serde(rename = "FROTO")]
    pub(crate) until: Scalar,
    #[serde(rename = "FROZSTATE")]
    pub(crate) state: Scalar,
    #[serde(rename = "FROZSTATE_CN")]
    pub(crate) state_words: Scalar,
    #[serde(rename = "PUBLICDATE")]
    pub(crate) published: Scalar,
    #[serde(rename = "THAWDATE")]
    pub(crate) lifted: Scalar,
    /// Place in the order of publication; 1 is effective.
    pub(crate) order: Scalar,
}

/// Units of a 万.
const TEN_THOUSAND: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// An amount as written: 万 of the currency, four decimals; what is smaller than one unit is cut off, so that never more is
/// asked for than was ordered.
pub(crate) fn write_amount(money: Money) -> (String, String) {
    let amount = money.amount.checked_div(TEN_THOUSAND).unwrap_or_default();
    let amount = amount.round_dp_with_strategy(4, RoundingStrategy::ToZero);
    let currency = money.currency.and_then(|currency| currency.number()).unwrap_or_default();
    (format!("{amount:.4}"), currency.to_owned())
}

/// An amount as read; `None` where none is stated.
///
/// # Errors
/// The text, when it is no amount.
pub(crate) fn read_amount(amount: &Scalar, currency: &Scalar) -> Result<Option<Money>, String> {
    let text = amount.text();
    let read = chakong_contract::money::read_amount(&text).map_err(|_| text.clone())?;
    let Some(amount) = read else { return Ok(None) };
    let amount = amount.checked_mul(TEN_THOUSAND).ok_or(text)?.normalize();
    let currency = chakong_contract::Currency::from_wire(&currency.text());
    Ok(Some(Money { amount, currency }))
}

/// Names of members under which readers note what they do not know.
pub(crate) mod field {
    pub(crate) const COMPANY_CODE: &str = "UNISCID";
    pub(crate) const STATE: &str = "REGSTATE";
    pub(crate) const PERCENT: &str = "SUBCONPROP";
    pub(crate) const SHARES: &str = "SHARENUM";
    pub(crate) const SUBSCRIBED: &str = "SUBCONAM";
    pub(crate) const PAID: &str = "ACCONAM";
    pub(crate) const SINCE: &str = "CONDATE";
    pub(crate) const FREEZE_STATE: &str = "FROZSTATE";
    pub(crate) const FREEZE_STATE_WORDS: &str = "FROZSTATE_CN";
    pub(crate) const FROZEN_AMOUNT: &str = "FROAM";
    pub(crate) const FROZEN_PERCENT: &str = "SHARFROPROP";
    pub(crate) const FROZEN_SHARES: &str = "FROSHARE";
    pub(crate) const PUBLISHED: &str = "PUBLICDATE";
    pub(crate) const FROM: &str = "FROFROM";
    pub(crate) const UNTIL: &str = "FROTO";
    pub(crate) const EXECUTED: &str = "EXECDATE";
    pub(crate) const LIFTED: &str = "THAWDATE";
}
