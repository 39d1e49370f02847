//! A socket that can be severed. The client's library writes nothing while the broker takes nothing, not even that a connection ends:
//! what was given up would be sent, behind what was sent since over another connection, as soon as the broker takes messages again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::Socket;

/// A socket that fails from the moment on at which its token is cancelled.
pub(super) struct Severable {
    socket: Box<dyn Socket>,
    severed: Pin<Box<WaitForCancellationFutureOwned>>,
    token: CancellationToken,
}

impl Severable {
    pub(super) fn new(socket: Box<dyn Socket>, token: CancellationToken) -> Self {
        Self { socket, severed: Box::pin(token.clone().cancelled_owned()), token }
    }

    /// Pending while it stands; who reads is woken when it is severed.
    fn poll_severed(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        match self.token.is_cancelled() {
            true => Poll::Ready(io::ErrorKind::ConnectionAborted.into()),
            false => self.severed.as_mut().poll(context).map(|()| io::ErrorKind::ConnectionAborted.into()),
        }
    }
}

impl AsyncRead for Severable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.poll_severed(context) {
            Poll::Ready(error) => Poll::Ready(Err(error)),
            Poll::Pending => Pin::new(&mut self.socket).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Severable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.token.is_cancelled() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_socket_that_is_severed_wakes_who_reads_and_takes_nothing_more() {
        let (near, mut far) = tokio::io::duplex(64);
        let token = CancellationToken::new();
        let mut socket = Severable::new(Box::new(near), token.clone());
        socket.write_all(b"before").await.expect("it stands");
        let mut byte = [0];
        let (read, ()) = tokio::join!(socket.read(&mut byte), async {
            tokio::task::yield_now().await;
            token.cancel();
        });
        assert_eq!(read.map_err(|error| error.kind()), Err(io::ErrorKind::ConnectionAborted));
        assert!(socket.write(b"after").await.is_err());
        drop(socket);
        let mut heard = String::new();
        far.read_to_string(&mut heard).await.expect("it ended");
        assert_eq!(heard, "before");
    }
}
