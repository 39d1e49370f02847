//! The last look before a request's first byte is written. It is a body that is asked for at the moment at which the connection, made and
//! encrypted, takes head and body into its buffer, just before they are written to the socket: where nothing may leave any more the body
//! fails, and the connection is dropped with what was in its buffer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::super::leaving::MayLeave;

/// A request's body, and whether it was kept back.
pub(super) struct LateBody {
    bytes: Bytes,
    has_left: bool,
    may_leave: MayLeave,
    kept_back: KeptBack,
}

/// Whether a request was kept back at the last moment.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptBack(Arc<AtomicBool>);

impl KeptBack {
    /// Whether it was.
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// It was kept back.
#[derive(Debug, thiserror::Error)]
#[error("the request was kept back")]
pub(super) struct Late;

impl LateBody {
    /// A body that leaves only where it may then; `kept_back` says that it did not.
    pub(super) fn new(bytes: Vec<u8>, may_leave: MayLeave, kept_back: KeptBack) -> Self {
        Self { bytes: bytes.into(), has_left: false, may_leave, kept_back }
    }

    /// Whether the request may leave; once it may not, it does not leave any more.
    fn leaves(&self) -> bool {
        if !self.kept_back.is_set() && !self.may_leave.now() {
            self.kept_back.set();
        }
        !self.kept_back.is_set()
    }
}

impl Body for LateBody {
    type Data = Bytes;
    type Error = Late;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let body = self.get_mut();
        if body.has_left {
            return Poll::Ready(None);
        }
        if !body.leaves() {
            return Poll::Ready(Some(Err(Late)));
        }
        body.has_left = true;
        let bytes = std::mem::take(&mut body.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    /// A request without a body is asked here, and never for the body: where it may not leave, it has one that fails.
    fn is_end_stream(&self) -> bool {
        self.has_left || self.bytes.is_empty() && self.leaves()
    }

    fn size_hint(&self) -> SizeHint {
        let bytes = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        SizeHint::with_exact(if self.has_left || self.leaves() { bytes } else { bytes.max(1) })
    }
}
