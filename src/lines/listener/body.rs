use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::standing::Standing;

/// Longest wait for room for more of a body.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Bytes of one permit.
const UNIT: usize = 1 << 10;

/// The body of a request as it arrives.
#[derive(Debug)]
pub struct Arriving {
    body: Incoming,
    standing: Arc<Standing>,
}

impl Arriving {
    pub(super) const fn new(body: Incoming, standing: Arc<Standing>) -> Self {
        Self { body, standing }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Pending => self.standing.waits_for_body(),
            Poll::Ready(None | Some(Err(_))) => self.standing.has_body(),
            Poll::Ready(Some(Ok(_))) => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.standing.has_body();
    }
}

/// The body of an answer as it leaves.
#[derive(Debug)]
pub(super) struct Leaving<B> {
    body: B,
    standing: Arc<Standing>,
}

impl<B> Leaving<B> {
    pub(super) const fn new(body: B, standing: Arc<Standing>) -> Self {
        Self { body, standing }
    }
}

impl<B> Body for Leaving<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for Leaving<B> {
    fn drop(&mut self) {
        self.standing.has_answered();
    }
}

/// Room for bodies: of a listener in all, or the share of one of its callers.
#[derive(Debug, Clone)]
pub struct Bodies(Arc<Semaphore>);

/// There was no room for more of a body, for as long as anybody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRoom;

/// Room that one body takes; given back when it is dropped.
#[derive(Debug)]
pub struct Held {
    from: Bodies,
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Bodies {
    /// Room for so many bytes.
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new((bytes / UNIT).min(Semaphore::MAX_PERMITS))))
    }

    /// Whether nobody takes room from it, nor has another hold of it.
    pub fn is_unused(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    /// Room for a body of which nothing came yet.
    pub fn hold(&self) -> Held {
        Held { from: self.clone(), permit: None, bytes: 0 }
    }
}

impl Held {
    /// Takes room for a body that has `bytes` by now. Waits for others' to go, for a time.
    ///
    /// # Errors
    /// When there is none.
    pub async fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let more = bytes.div_ceil(UNIT).saturating_sub(self.bytes.div_ceil(UNIT));
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| NoRoom)?;
        let acquired = Arc::clone(&self.from.0).acquire_many_owned(more);
        let permit = tokio::time::timeout(LONGEST_WAIT, acquired).await.map_err(|_| NoRoom)?;
        let permit = permit.map_err(|_| NoRoom)?;
        match &mut self.permit {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        self.bytes = bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bodies_together_take_no_more_than_they_may_and_give_it_back() {
        let bodies = Bodies::of(100 << 10);
        let (mut one, mut other) = (bodies.hold(), bodies.hold());
        assert_eq!(one.grow(60 << 10).await, Ok(()));
        assert_eq!(one.grow(50 << 10).await, Ok(()), "nothing more is needed");
        assert_eq!(other.grow(41 << 10).await, Err(NoRoom));
        assert_eq!(other.grow(40 << 10).await, Ok(()));
        drop(one);
        assert_eq!(other.grow(100 << 10).await, Ok(()));
        assert_eq!(other.grow(101 << 10).await, Err(NoRoom));
    }
}
