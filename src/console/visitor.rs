//! Who asked for a page.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use super::failure::Failure;
use super::lang::Lang;
use crate::api::{Identity, Reasons};

/// A person who asked for a page, and how it is shown.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who it is, as the API knows it.
    pub identity: Arc<Identity>,
    /// The session.
    pub session: Uuid,
    /// What every form of the session must send along.
    pub csrf: String,
    /// The session's cookie, as the browser sent it.
    pub token: String,
    /// Why the person looks at cases, so far as they were asked.
    pub reasons: Reasons,
    /// Whether a page of theirs stands open and is compared with what is so now.
    pub watches: bool,
    /// The language.
    pub lang: Lang,
    /// Path and query that were asked for.
    pub here: String,
}

impl Visitor {
    /// Whoever has a session; `None` for an identity without one.
    pub fn new(identity: Identity, token: String, lang: Lang, here: String) -> Option<Self> {
        let session = identity.session.as_ref()?;
        let (session, csrf) = (session.id, session.csrf.clone());
        let (identity, reasons) = (Arc::new(identity), Reasons::default());
        Some(Self { identity, session, csrf, token, reasons, watches: false, lang, here })
    }

    /// Whether the row `row` of the matrix lets them.
    pub fn may(&self, row: u8) -> bool {
        self.identity.may(row)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let visitor = parts.extensions.get::<Arc<Self>>();
        visitor.map(|visitor| Self::clone(visitor)).ok_or_else(Failure::not_signed_in)
    }
}

/// What a page is shown in before anybody is signed in.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// The language.
    pub lang: Lang,
    /// Path and query that were asked for.
    pub here: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Stranger {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Failure::not_signed_in)
    }
}
