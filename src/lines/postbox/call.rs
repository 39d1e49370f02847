use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use chakong_contract::{HttpResponse, InboundRequest};
use http_body_util::BodyExt as _;
use hyper::Request;
use tokio::time::Instant;

use super::plain;
use crate::lines::listener::{Arriving, Bodies, Connection, Held};

/// Bytes of a body that take no room: each connection has so many.
const FREE: usize = 64 << 10;
/// The first look at a body.
const FIRST_LOOK: usize = 4 << 10;
/// Longest time for which the rest of a body is read and thrown away, so that its sender hears the answer.
const LINGER: Duration = Duration::from_secs(5);

/// A call whose body arrives.
#[derive(Debug)]
pub struct Call {
    /// What has come of it.
    pub heard: InboundRequest,
    /// How many bytes its body may have.
    pub most: usize,
    connection: Connection,
    rest: Option<Arriving>,
    announced: Option<usize>,
    /// What it takes room from, each for a part of its bytes.
    held: Vec<(Held, Range<usize>)>,
    until: Instant,
}

/// Why a body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// It is larger than it may be.
    TooLarge,
    /// It broke off.
    Off,
    /// It did not come in time.
    Late,
    /// Too many bodies are read at once.
    NoRoom,
}

impl Broken {
    /// The answer that says it.
    pub fn answer(self) -> HttpResponse {
        let (status, words) = match self {
            Self::TooLarge => (413, "the call is too large"),
            Self::Off => (400, "the call broke off"),
            Self::Late => (408, "the call took too long"),
            Self::NoRoom => (503, "too many calls are read at once; call again"),
        };
        plain(status, words)
    }
}

impl Call {
    pub(super) fn of(request: Request<Arriving>, longest: Duration) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let connection = parts.extensions.get::<Connection>()?.clone();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = parts.headers.iter();
        let heard = InboundRequest {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
                .collect(),
            body: Vec::new(),
        };
        let length = parts.headers.get(hyper::header::CONTENT_LENGTH);
        let announced = length.and_then(|length| length.to_str().ok()?.parse().ok());
        let (rest, until) = (Some(body), Instant::now() + longest);
        Some(Self { heard, most: 0, connection, rest, announced, held: Vec::new(), until })
    }

    /// The address that it comes from.
    pub fn peer(&self) -> IpAddr {
        self.connection.standing.peer()
    }

    /// The caller proved who it is.
    pub fn is_known(&self) {
        self.connection.standing.is_known();
    }

    /// The answer is kept back from now on.
    pub fn slows_down(&self) {
        self.connection.standing.slows_down();
    }

    /// Whether all of it has come.
    pub const fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// From now on it takes its room from this share, besides what all bodies may take together.
    ///
    /// # Errors
    /// When there is no room for what has come already.
    pub async fn takes_from(&mut self, share: &Bodies) -> Result<(), Broken> {
        self.takes_parts_from(&[(share, 0..usize::MAX)]).await
    }

    /// The same from several shares: from each for those of its bytes that stand beside it.
    ///
    /// # Errors
    /// When there is no room for what has come already.
    pub async fn takes_parts_from(&mut self, shares: &[(&Bodies, Range<usize>)]) -> Result<(), Broken> {
        let all = (&self.connection.bodies, 0..usize::MAX);
        let held = std::iter::once(&all).chain(shares).map(|(share, part)| (share.hold(), part.clone()));
        self.held = held.collect();
        self.grow(self.heard.body.len()).await
    }

    async fn grow(&mut self, length: usize) -> Result<(), Broken> {
        let charged = length.saturating_sub(FREE);
        for (held, part) in &mut self.held {
            let of_part = charged.min(part.end).saturating_sub(part.start);
            held.grow(of_part).await.map_err(|_| Broken::NoRoom)?;
        }
        Ok(())
    }

    /// Reads on until twice as much has come, or all.
    ///
    /// # Errors
    /// See [`Broken`].
    pub async fn more(&mut self) -> Result<(), Broken> {
        let wanted = self.heard.body.len().saturating_mul(2).max(FIRST_LOOK);
        self.read(wanted).await
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// See [`Broken`].
    pub async fn all(&mut self) -> Result<(), Broken> {
        self.read(usize::MAX).await
    }

    async fn read(&mut self, wanted: usize) -> Result<(), Broken> {
        if self.announced.is_some_and(|length| length > self.most) {
            return Err(Broken::TooLarge);
        }
        while self.heard.body.len() < wanted {
            let Some(rest) = &mut self.rest else { return Ok(()) };
            let frame = tokio::time::timeout_at(self.until, rest.frame()).await;
            let Some(frame) = frame.map_err(|_| Broken::Late)? else {
                self.rest = None;
                return Ok(());
            };
            let Ok(data) = frame.map_err(|_| Broken::Off)?.into_data() else { continue };
            let length = self.heard.body.len().saturating_add(data.len());
            if length > self.most {
                return Err(Broken::TooLarge);
            }
            self.grow(length).await?;
            self.heard.body.extend_from_slice(&data);
        }
        Ok(())
    }

    /// Throws away what is still to come, within the limits, so that the caller hears the answer although it is not done.
    pub async fn discard(&mut self) {
        self.heard.body = Vec::new();
        self.held.clear();
        let Some(mut rest) = self.rest.take() else { return };
        let mut left = self.most;
        let read = async {
            while let Some(Ok(frame)) = rest.frame().await {
                left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len()));
                if left == 0 {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout_at(self.until.min(Instant::now() + LINGER), read).await;
    }
}
