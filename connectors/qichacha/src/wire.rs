//! What travels: requests with their token, the envelope and the records, each serialised both ways. The only place with the
//! vendor's names. Protocol sections 2.1 to 2.4.

mod code;
pub(crate) mod field;
mod records;

pub(crate) use code::{Meaning, meaning};
pub(crate) use records::{
    Branch, Change, FreezeDetail, Judicial, OriginalName, Partner, Record, UnfreezeDetail,
};

use chakong_contract::sandbox::InboundRequest;
use chakong_contract::{HttpRequest, Secret};
use chakong_toolkit::Scalar;
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Entries of a page.
pub(crate) const PAGE_SIZE: u32 = 20;

/// The endpoints that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Basic,
    /// Base data with partners, branches and changes.
    Pack,
    Partners,
    Branches,
    Judicial,
}

impl Endpoint {
    const ALL: [Self; 5] = [Self::Basic, Self::Pack, Self::Partners, Self::Branches, Self::Judicial];

    const fn path(self) -> &'static str {
        match self {
            Self::Basic => "/ECIV4/GetBasicDetailsByName",
            Self::Pack => "/ECIV4/GetDetailsByName",
            Self::Partners => "/ECIPartner/GetList",
            Self::Branches => "/ECIBranch/GetList",
            Self::Judicial => "/JudicialAssistance/GetJudicialAssistance",
        }
    }

    /// What is done there, for faults; no personal data.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Basic => "fetch base data",
            Self::Pack => "fetch the full pack",
            Self::Partners => "fetch shareholders",
            Self::Branches => "fetch branches",
            Self::Judicial => "fetch judicial assistance",
        }
    }

    /// What it brings, for court staff.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Basic | Self::Pack => "工商照面 base data",
            Self::Partners => "股东 shareholders",
            Self::Branches => "分支机构 branches",
            Self::Judicial => "司法协助 judicial assistance",
        }
    }

    const fn parameter(self) -> &'static str {
        match self {
            Self::Basic | Self::Pack => "keyword",
            Self::Partners | Self::Branches => "searchKey",
            Self::Judicial => "keyWord",
        }
    }

    const fn is_paged(self) -> bool {
        matches!(self, Self::Partners | Self::Branches)
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) key: String,
    pub(crate) secret: Secret,
}

impl Account {
    /// The token of a time in Unix seconds: MD5 of key, time and secret, in upper case.
    pub(crate) fn token(&self, timespan: &str) -> Secret {
        let digest = Md5::digest(format!("{}{timespan}{}", self.key, self.secret.expose()).as_bytes());
        Secret::new(digest.iter().map(|byte| format!("{byte:02X}")).collect::<String>())
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) endpoint: Endpoint,
    /// Name, registration number or credit code.
    pub(crate) keyword: String,
    /// From 1.
    pub(crate) page: u32,
}

impl Ask {
    pub(crate) fn to_http(&self, account: &Account, timespan: &str) -> HttpRequest {
        let mut request = HttpRequest::get(self.endpoint.path());
        request.query.push(("key".to_owned(), account.key.clone()));
        request.query.push((self.endpoint.parameter().to_owned(), self.keyword.clone()));
        if self.endpoint.is_paged() {
            request.query.push(("pageIndex".to_owned(), self.page.to_string()));
            request.query.push(("pageSize".to_owned(), PAGE_SIZE.to_string()));
        }
        request.headers.push(("Timespan".to_owned(), timespan.to_owned()));
        request.secret_headers.push(("Token".to_owned(), account.token(timespan)));
        request
    }

    /// `None` for a path or parameters that the vendor does not know.
    pub(crate) fn from_request(request: &InboundRequest) -> Option<Self> {
        let endpoint = Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == request.path)?;
        let keyword =
            request.parameter(endpoint.parameter()).filter(|keyword| !keyword.is_empty())?.to_owned();
        let page = request.parameter("pageIndex").map_or(Some(1), |page| page.parse().ok())?;
        Some(Self { endpoint, keyword, page })
    }
}

/// What every answer comes in, with HTTP status 200 also for errors. The status is a text.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Envelope {
    #[serde(default)]
    pub(crate) status: Scalar,
    #[serde(default)]
    pub(crate) message: Scalar,
    #[serde(default)]
    pub(crate) order_number: Scalar,
    #[serde(default)]
    pub(crate) paging: Value,
    #[serde(default)]
    pub(crate) result: Value,
}

/// What says whether an answer is charged, and as what call; the rest is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Outcome {
    pub(crate) status: Scalar,
    #[serde(default)]
    pub(crate) order_number: Scalar,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Paging {
    pub(crate) page_size: Scalar,
    pub(crate) page_index: Scalar,
    pub(crate) total_records: Scalar,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_that_of_the_published_vector() {
        let account = Account {
            key: "DEMOAPPKEY0000000000000000000001".to_owned(),
            secret: Secret::new("DEMOSECRET000000000000000000002"),
        };
        assert_eq!(account.token("1700000000").expose(), "5E55BD24869CA5B8E70A48EDF60DD7FB");
    }
}
