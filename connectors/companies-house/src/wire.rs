//! What travels: requests, answers and errors, each serialised both ways. The only place with the register's names.
//! Protocol section 7.

pub(crate) mod field;
mod records;

pub(crate) use records::{
    Address, Charge, Control, Filing, Hit, Identification, Particulars, Person, PreviousName, Profile,
};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::sandbox::InboundRequest;
use chakong_contract::{HttpRequest, HttpResponse, RetryAfter, Secret};
use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Entries asked for per page; the register may give fewer and says so.
pub(crate) const PAGE_SIZE: u32 = 100;

/// Lists of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// Persons with significant control.
    Control,
    Charges,
    Filings,
}

impl List {
    const ALL: [Self; 3] = [Self::Control, Self::Charges, Self::Filings];

    const fn path(self) -> &'static str {
        match self {
            Self::Control => "persons-with-significant-control",
            Self::Charges => "charges",
            Self::Filings => "filing-history",
        }
    }

    /// What it brings, for court staff.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Control => "重大控制人 persons with significant control",
            Self::Charges => "抵押登记 charges",
            Self::Filings => "申报记录 filing history",
        }
    }
}

/// One request. Pages of `size` entries count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Profile { number: String },
    Search { name: String, page: u32, size: u32 },
    List { number: String, list: List, page: u32, size: u32 },
}

impl Ask {
    /// What is done, for faults; no personal data.
    pub(crate) const fn operation(&self) -> &'static str {
        match self {
            Self::Profile { .. } => "fetch the profile",
            Self::Search { .. } => "search companies",
            Self::List { list: List::Control, .. } => "fetch persons with significant control",
            Self::List { list: List::Charges, .. } => "fetch charges",
            Self::List { list: List::Filings, .. } => "fetch the filing history",
        }
    }

    pub(crate) fn to_http(&self, authorization: &Secret) -> HttpRequest {
        let paging = |page: &u32, size: &u32| {
            let start = u64::from(page.saturating_sub(1)) * u64::from(*size);
            vec![
                ("items_per_page".to_owned(), size.to_string()),
                ("start_index".to_owned(), start.to_string()),
            ]
        };
        let (path, query) = match self {
            Self::Profile { number } => (format!("/company/{number}"), Vec::new()),
            Self::Search { name, page, size } => {
                let mut query = vec![("q".to_owned(), name.clone())];
                query.extend(paging(page, size));
                ("/search/companies".to_owned(), query)
            }
            Self::List { number, list, page, size } => {
                (format!("/company/{number}/{}", list.path()), paging(page, size))
            }
        };
        let mut request = HttpRequest::get(path);
        request.query = query;
        request.secret_headers.push(("Authorization".to_owned(), authorization.clone()));
        request
    }

    /// `None` for a path or parameters that the register does not know.
    pub(crate) fn from_request(request: &InboundRequest) -> Option<Self> {
        let number =
            |key, absent| request.parameter(key).map_or(Some(absent), |text| text.parse::<u32>().ok());
        let size = number("items_per_page", 35)?.clamp(1, PAGE_SIZE);
        let page = number("start_index", 0)? / size + 1;
        if request.path == "/search/companies" {
            return Some(Self::Search { name: request.parameter("q")?.to_owned(), page, size });
        }
        let rest = request.path.strip_prefix("/company/")?;
        match rest.split_once('/') {
            None => Some(Self::Profile { number: rest.to_owned() }),
            Some((number, path)) => {
                let list = List::ALL.into_iter().find(|list| list.path() == path)?;
                Some(Self::List { number: number.to_owned(), list, page, size })
            }
        }
    }
}

/// The header of HTTP Basic: the key is the user name, there is no password.
pub(crate) fn basic(key: &Secret) -> Secret {
    Secret::new(format!("Basic {}", STANDARD.encode(format!("{}:", key.expose().trim()))))
}

/// A page of a list. Some lists count `total_results`, others `total_count`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Page {
    /// May be absent where the count says that there are none.
    #[serde(deserialize_with = "chakong_toolkit::list::or_empty")]
    pub(crate) items: Option<Vec<Value>>,
    pub(crate) total_results: Scalar,
    pub(crate) total_count: Scalar,
    pub(crate) items_per_page: Scalar,
}

impl Page {
    /// Whether it is a page of a list at all.
    pub(crate) fn is_list(&self) -> bool {
        self.items.is_some() || !self.total_results.is_blank() || !self.total_count.is_blank()
    }
}

/// The body of a 404: of today, and the older one.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct NotFound {
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) message: Scalar,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "chakong_toolkit::list::or_default")]
    pub(crate) errors: Vec<ServiceError>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct ServiceError {
    pub(crate) error: Scalar,
}

impl NotFound {
    /// Whether it is the register that says so, and not something in between.
    pub(crate) fn is_the_registers(&self) -> bool {
        self.message.text().contains("Resource not found")
            || self.errors.iter().any(|one| one.error.text().ends_with("-not-found"))
    }
}

/// Status of an answer to a page that lies beyond the last.
pub(crate) const BEYOND: u16 = 416;

/// Name of the header with the requests that remain in the window.
pub(crate) const REMAIN: &str = "x-ratelimit-remain";
/// Name of the header with the end of the window, in Unix seconds.
pub(crate) const RESET: &str = "x-ratelimit-reset";

/// When the window ends.
pub(crate) fn window_end(answer: &HttpResponse) -> Option<RetryAfter> {
    let seconds = answer.header(RESET)?.trim().parse().ok()?;
    jiff::Timestamp::from_second(seconds).ok().map(RetryAfter::At)
}
