//! What travels: requests, the envelope and the records, each serialised both ways. The only place with the vendor's names.
//! Protocol sections 1.2 to 1.5.

mod code;
pub(crate) mod field;
mod records;

pub(crate) use code::{Meaning, meaning};
pub(crate) use records::{
    Change, Contribution, Detail, DetailPart, History, Holder, Investment, Judicial, OldValue, Record,
};

use chakong_contract::sandbox::InboundRequest;
use chakong_contract::{HttpRequest, Secret};
use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Entries of a page; the vendor gives no more (protocol section 1.3).
pub(crate) const PAGE_SIZE: u32 = 20;

/// The endpoints that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Search,
    Base,
    Holders,
    Changes,
    Judicial,
    /// Detail of one entry of judicial assistance.
    Detail,
    Investments,
    Branches,
    /// Past registry data.
    History,
}

impl Endpoint {
    const ALL: [Self; 9] = [
        Self::Search,
        Self::Base,
        Self::Holders,
        Self::Changes,
        Self::Judicial,
        Self::Detail,
        Self::Investments,
        Self::Branches,
        Self::History,
    ];

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Search => "/services/open/search/2.0",
            Self::Base => "/services/open/ic/baseinfo/normal",
            Self::Holders => "/services/open/ic/holder/2.0",
            Self::Changes => "/services/open/ic/changeinfo/2.0",
            Self::Judicial => "/services/v4/open/judicial",
            Self::Detail => "/services/v4/open/getJudicialDetail",
            Self::Investments => "/services/open/ic/inverst/2.0",
            Self::Branches => "/services/open/ic/branch/2.0",
            Self::History => "/services/open/hi/ic/2.0",
        }
    }

    /// What is done there, for faults; no personal data.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Search => "search companies",
            Self::Base => "fetch base info",
            Self::Holders => "fetch shareholders",
            Self::Changes => "fetch changes",
            Self::Judicial => "fetch judicial assistance",
            Self::Detail => "fetch the detail of judicial assistance",
            Self::Investments => "fetch outward investments",
            Self::Branches => "fetch branches",
            Self::History => "fetch past registry data",
        }
    }

    /// What it brings, for court staff.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Search => "搜索结果 search result",
            Self::Base => "企业基本信息 base info",
            Self::Holders => "股东 shareholders",
            Self::Changes => "变更记录 changes",
            Self::Judicial => "司法协助 judicial assistance",
            Self::Detail => "司法协助详情 detail of judicial assistance",
            Self::Investments => "对外投资 outward investments",
            Self::Branches => "分支机构 branches",
            Self::History => "历史工商信息 past registry data",
        }
    }

    const fn is_paged(self) -> bool {
        !matches!(self, Self::Base | Self::Detail | Self::History)
    }

    const fn parameter(self) -> &'static str {
        match self {
            Self::Search => "word",
            Self::Detail => "assistanceId",
            _ => "keyword",
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) endpoint: Endpoint,
    /// Name, vendor id, registration number or credit code: one parameter for all.
    pub(crate) keyword: String,
    /// From 1.
    pub(crate) page: u32,
}

impl Ask {
    pub(crate) fn to_http(&self, token: &Secret) -> HttpRequest {
        let mut request = HttpRequest::get(self.endpoint.path());
        request.query.push((self.endpoint.parameter().to_owned(), self.keyword.clone()));
        if self.endpoint.is_paged() {
            request.query.push(("pageNum".to_owned(), self.page.to_string()));
            request.query.push(("pageSize".to_owned(), PAGE_SIZE.to_string()));
        }
        request.secret_headers.push(("Authorization".to_owned(), token.clone()));
        request
    }

    /// `None` for a path or parameters that the vendor does not know.
    pub(crate) fn from_request(request: &InboundRequest) -> Option<Self> {
        let endpoint = Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == request.path)?;
        let keyword =
            request.parameter(endpoint.parameter()).filter(|keyword| !keyword.is_empty())?.to_owned();
        let page = request.parameter("pageNum").map_or(Some(1), |page| page.parse().ok())?;
        Some(Self { endpoint, keyword, page })
    }
}

/// What every answer comes in, with HTTP status 200 also for errors.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Envelope {
    #[serde(default)]
    pub(crate) error_code: Scalar,
    #[serde(default)]
    pub(crate) reason: Scalar,
    #[serde(default)]
    pub(crate) result: Value,
}

/// What says whether an answer is charged; the rest is passed over.
#[derive(Debug, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) error_code: Scalar,
}

/// A page of a list.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) total: Scalar,
    #[serde(default, deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) items: Option<Vec<Value>>,
}

impl Page {
    /// Its entries, not yet read.
    pub(crate) fn entries(self) -> Vec<Value> {
        self.items.unwrap_or_default()
    }
}
