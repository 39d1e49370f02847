//! What travels: requests and JSON:API documents, each serialised both ways. The only place with the register's names.
//! Protocol section 6.

pub(crate) mod field;
mod records;

pub(crate) use records::{
    Address, Entity, Event, EventGroup, ExceptionOf, Expiration, Links, Named, Node, Registration, Related,
    Relation, RelationOf, Relationship, Resource, State, Subject, Subjects, Topic,
};

use chakong_contract::HttpRequest;
use chakong_contract::asset::ParentLevel;
use chakong_contract::sandbox::InboundRequest;

/// Records of a page; the register gives no more.
pub(crate) const PAGE_SIZE: u32 = 200;
const RECORDS: &str = "/lei-records";
const CHILDREN: &str = "direct-children";

/// What records are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Lei,
    RegisteredAs,
    /// The legal name, and the other names that the entity itself states.
    Names,
    /// Every text of a record: of the names also those in Latin letters that the register made itself.
    FullText,
}

impl Filter {
    const ALL: [Self; 4] = [Self::Lei, Self::RegisteredAs, Self::Names, Self::FullText];

    const fn parameter(self) -> &'static str {
        match self {
            Self::Lei => "filter[lei]",
            Self::RegisteredAs => "filter[entity.registeredAs]",
            Self::Names => "filter[entity.names]",
            Self::FullText => "filter[fulltext]",
        }
    }
}

/// What is asked about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The parent's own record.
    Parent(ParentLevel),
    Relationship(ParentLevel),
    /// Why no parent is reported.
    Exception(ParentLevel),
}

impl About {
    const ALL: [Self; 6] = [
        Self::Parent(ParentLevel::Direct),
        Self::Parent(ParentLevel::Ultimate),
        Self::Relationship(ParentLevel::Direct),
        Self::Relationship(ParentLevel::Ultimate),
        Self::Exception(ParentLevel::Direct),
        Self::Exception(ParentLevel::Ultimate),
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Parent(ParentLevel::Direct) => "direct-parent",
            Self::Parent(ParentLevel::Ultimate) => "ultimate-parent",
            Self::Relationship(ParentLevel::Direct) => "direct-parent-relationship",
            Self::Relationship(ParentLevel::Ultimate) => "ultimate-parent-relationship",
            Self::Exception(ParentLevel::Direct) => "direct-parent-reporting-exception",
            Self::Exception(ParentLevel::Ultimate) => "ultimate-parent-reporting-exception",
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Records that fit a filter; pages count from 1.
    Records { filter: Filter, value: String, page: u32 },
    /// Something about the record of an identifier.
    About { lei: String, about: About },
    /// Records that an identifier's entity consolidates directly.
    Children { lei: String, page: u32 },
}

impl Ask {
    /// What is done, for faults; no personal data.
    pub(crate) const fn operation(&self) -> &'static str {
        match self {
            Self::Records { .. } => "search records",
            Self::About { about: About::Parent(_), .. } => "fetch a parent",
            Self::About { about: About::Relationship(_), .. } => "fetch a relationship",
            Self::About { about: About::Exception(_), .. } => "fetch a reporting exception",
            Self::Children { .. } => "fetch subsidiaries",
        }
    }

    pub(crate) fn to_http(&self) -> HttpRequest {
        let paging = |page: &u32| {
            let (number, size) = ("page[number]".to_owned(), "page[size]".to_owned());
            [(number, page.to_string()), (size, PAGE_SIZE.to_string())]
        };
        let mut request = match self {
            Self::Records { filter, value, page } => {
                let mut request = HttpRequest::get(RECORDS);
                request.query.push((filter.parameter().to_owned(), value.clone()));
                request.query.extend(paging(page));
                request
            }
            Self::Children { lei, page } => {
                let mut request = HttpRequest::get(format!("{RECORDS}/{lei}/{CHILDREN}"));
                request.query.extend(paging(page));
                request
            }
            Self::About { lei, about } => HttpRequest::get(format!("{RECORDS}/{lei}/{}", about.path())),
        };
        request.headers.push(("Accept".to_owned(), "application/vnd.api+json".to_owned()));
        request
    }

    /// `None` for a path or parameters that the register does not know.
    pub(crate) fn from_request(request: &InboundRequest) -> Option<Self> {
        let (_, rest) = request.path.split_once(RECORDS)?;
        let page = || request.parameter("page[number]").map_or(Some(1), |page| page.parse().ok());
        if rest.is_empty() {
            let (filter, value) = Filter::ALL
                .into_iter()
                .find_map(|filter| Some((filter, request.parameter(filter.parameter())?.to_owned())))?;
            return Some(Self::Records { filter, value, page: page()? });
        }
        let (lei, path) = rest.strip_prefix('/')?.split_once('/')?;
        if path == CHILDREN {
            return Some(Self::Children { lei: lei.to_owned(), page: page()? });
        }
        let about = About::ALL.into_iter().find(|about| about.path() == path)?;
        Some(Self::About { lei: lei.to_owned(), about })
    }
}
