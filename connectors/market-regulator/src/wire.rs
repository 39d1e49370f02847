//! What travels, each type both ways: requests and answers of the JSON line in the national vocabulary, and the parameter
//! string. The only place with the authority's names. Protocol sections 3.2, 3.4, 3.5 and 4 of the business registries.

mod code;
mod parameters;

pub(crate) use code::{
    Meaning, STANDS, certificate, company_status, freeze_state, licence, meaning, party_kind,
};
pub(crate) use parameters::{encode, heard, said, said_bytes};

use chakong_contract::{HttpRequest, Money, Scalar, Secret};
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
    pub(crate) reqno: String,
    pub(crate) executeitem: String,
    /// Company whose equity it is about.
    pub(crate) entname: String,
    pub(crate) uniscid: String,
    pub(crate) regno: String,
    /// Debtor.
    pub(crate) inv: String,
    pub(crate) invtype: String,
    pub(crate) certype: String,
    pub(crate) cerno: String,
    pub(crate) blictype: String,
    pub(crate) blicno: String,
    /// Amount in 万 of the currency, four decimals; or ratio in percent; or number of shares.
    pub(crate) froam: String,
    pub(crate) regcapcur: String,
    pub(crate) sharfroprop: String,
    pub(crate) froshare: String,
    /// Court, ruling, notice.
    pub(crate) froauth: String,
    pub(crate) frodocno: String,
    pub(crate) executeno: String,
    /// Term.
    pub(crate) frofrom: String,
    pub(crate) froto: String,
    pub(crate) frozdeadline: String,
    /// The earlier freeze: the authority's record, or our request number.
    pub(crate) froid: String,
    pub(crate) orireqno: String,
    /// Who takes a stake that is transferred.
    pub(crate) alien_s: String,
    pub(crate) certype_s: String,
    pub(crate) cerno_s: String,
    /// The officer and the telephone.
    pub(crate) fyjbr: String,
    pub(crate) fyjbrdh: String,
    pub(crate) documents: Vec<Document>,
}

/// A sealed document; its content is Base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE", deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) docno: String,
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
    pub(crate) earlier: Option<Vec<Value>>,
    /// Day on which a transfer was registered 协助执行日期.
    pub(crate) execdate: Scalar,
    /// Stakes of the party.
    pub(crate) holdings: Option<Vec<Value>>,
}

/// A stake as registered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE")]
pub(crate) struct Holding {
    pub(crate) pripid: Scalar,
    pub(crate) entname: Scalar,
    pub(crate) uniscid: Scalar,
    pub(crate) regno: Scalar,
    pub(crate) regstate: Scalar,
    pub(crate) regstate_cn: Scalar,
    pub(crate) inv: Scalar,
    pub(crate) cerno: Scalar,
    pub(crate) blicno: Scalar,
    /// Subscribed and paid, in 万 of the currency.
    pub(crate) subconam: Scalar,
    pub(crate) acconam: Scalar,
    pub(crate) regcapcur: Scalar,
    pub(crate) subconprop: Scalar,
    /// Number of shares, where it is counted so.
    pub(crate) sharenum: Scalar,
    pub(crate) condate: Scalar,
    pub(crate) freezes: Option<Vec<Value>>,
}

/// A freeze as recorded.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "UPPERCASE")]
pub(crate) struct FreezeRow {
    pub(crate) froid: Scalar,
    pub(crate) froauth: Scalar,
    pub(crate) frodocno: Scalar,
    pub(crate) executeno: Scalar,
    pub(crate) executeitem_cn: Scalar,
    pub(crate) froam: Scalar,
    pub(crate) regcapcur: Scalar,
    pub(crate) sharfroprop: Scalar,
    pub(crate) froshare: Scalar,
    pub(crate) frofrom: Scalar,
    pub(crate) froto: Scalar,
    pub(crate) frozstate: Scalar,
    pub(crate) frozstate_cn: Scalar,
    pub(crate) publicdate: Scalar,
    pub(crate) thawdate: Scalar,
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
