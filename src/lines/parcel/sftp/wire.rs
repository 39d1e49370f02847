//! Requests out and answers in, many under way at once over one channel.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};

use super::answer::{Answer, Error, extensions};
use super::packet::{Kind, LARGEST, Reader, Request, VERSION};
use crate::lifecycle::Tasks;

/// Requests that wait to be written.
const WAITING: usize = 64;
/// Bytes that are taken at once.
const TAKEN: usize = 64 << 10;

/// SFTP over a channel. The channel is closed when this is dropped.
#[derive(Debug)]
pub(super) struct Wire {
    asks: mpsc::Sender<Asked>,
    /// What the server did that no server may do.
    broken_by: Arc<OnceLock<&'static str>>,
    timeout: Duration,
}

#[derive(Debug)]
struct Asked {
    request: Request,
    answer: oneshot::Sender<Packet>,
}

/// An answer as it came.
#[derive(Debug)]
struct Packet {
    kind: u8,
    id: u32,
    /// From its number on.
    bytes: Vec<u8>,
}

impl Packet {
    /// What follows the number.
    fn body(&self) -> &[u8] {
        self.bytes.get(4..).unwrap_or_default()
    }
}

impl Wire {
    /// Agrees on the version; gives the names of the server's extensions too.
    pub(super) async fn start<S>(mut stream: S, timeout: Duration) -> Result<(Self, Vec<Vec<u8>>), Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let agreeing = async {
            send(&mut stream, &Request::new(Kind::Init).packet(VERSION)?).await?;
            receive(&mut stream).await
        };
        let said = tokio::time::timeout(timeout, agreeing).await.map_err(|_| Error::Late)??;
        match (said.kind, said.id) {
            (2, VERSION) => {}
            (2, _) => return Err(Error::Malformed("another version of SFTP than 3")),
            _ => return Err(Error::Malformed("something else than SFTP")),
        }
        let (asks, asked) = mpsc::channel(WAITING);
        let broken_by = Arc::new(OnceLock::new());
        let says = Arc::clone(&broken_by);
        // A task of its own, for nobody who waits for an answer may stop reading those of others. It ends with the channel,
        // or when nobody is left who could ask.
        Tasks::default().spawn_job("sftp", async move {
            let (reader, writer) = tokio::io::split(stream);
            let (expects, expected) = mpsc::unbounded_channel();
            let ended = tokio::select! {
                ended = write_requests(writer, asked, expects) => ended,
                ended = read_answers(reader, expected) => ended,
            };
            if let Err(Error::Malformed(what)) = ended {
                let _ = says.set(what);
            }
        });
        Ok((Self { asks, broken_by, timeout }, extensions(said.body())))
    }

    /// Asks and waits for the answer. Whoever stops waiting leaves the channel as it should be.
    pub(super) async fn ask(&self, request: Request) -> Result<Answer, Error> {
        let (answer, answered) = oneshot::channel();
        let asking = async {
            self.asks.send(Asked { request, answer }).await.ok()?;
            answered.await.ok()
        };
        match tokio::time::timeout(self.timeout, asking).await {
            Ok(Some(packet)) => Answer::read(packet.kind, packet.body()),
            Ok(None) => Err(self.broken_by.get().map_or(Error::Broken, |what| Error::Malformed(what))),
            Err(_) => Err(Error::Late),
        }
    }
}

/// Numbers requests and writes them. Who waits for an answer is known before the server can give it.
async fn write_requests(
    mut writer: impl AsyncWrite + Unpin,
    mut asked: mpsc::Receiver<Asked>,
    expects: mpsc::UnboundedSender<(u32, oneshot::Sender<Packet>)>,
) -> Result<(), Error> {
    let mut id = 0_u32;
    while let Some(Asked { request, answer }) = asked.recv().await {
        id = id.wrapping_add(1);
        let packet = request.packet(id)?;
        expects.send((id, answer)).map_err(|_| Error::Broken)?;
        send(&mut writer, &packet).await?;
    }
    Ok(())
}

/// Gives answers to those who wait for them.
async fn read_answers(
    mut reader: impl AsyncRead + Unpin,
    mut expected: mpsc::UnboundedReceiver<(u32, oneshot::Sender<Packet>)>,
) -> Result<(), Error> {
    let mut waiting = HashMap::new();
    loop {
        let packet = receive(&mut reader).await?;
        while let Ok((id, answer)) = expected.try_recv() {
            waiting.insert(id, answer);
        }
        let answer: oneshot::Sender<Packet> =
            waiting.remove(&packet.id).ok_or(Error::Malformed("an answer to nothing that was asked"))?;
        // Who asked may no longer wait.
        let _ = answer.send(packet);
    }
}

async fn send(writer: &mut (impl AsyncWrite + Unpin), packet: &[u8]) -> Result<(), Error> {
    writer.write_all(packet).await.map_err(|_| Error::Broken)?;
    writer.flush().await.map_err(|_| Error::Broken)
}

/// One packet of bounded size. Memory grows with what comes, not with what is announced.
async fn receive(reader: &mut (impl AsyncRead + Unpin)) -> Result<Packet, Error> {
    let length = reader.read_u32().await.map_err(|_| Error::Broken)?;
    if !(5..=LARGEST).contains(&length) {
        return Err(Error::Malformed("a packet of a length that no packet has"));
    }
    let kind = reader.read_u8().await.map_err(|_| Error::Broken)?;
    let length = usize::try_from(length).unwrap_or_default().saturating_sub(1);
    let mut bytes = Vec::with_capacity(length.min(TAKEN));
    let mut rest = reader.take(u64::try_from(length).unwrap_or_default());
    let read = rest.read_to_end(&mut bytes).await.map_err(|_| Error::Broken)?;
    if read < length {
        return Err(Error::Broken);
    }
    let id = Reader(&bytes).number()?;
    Ok(Packet { kind, id, bytes })
}
