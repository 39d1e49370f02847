//! Space that is given back to the disk, and what that does to the write-ahead log.

use chakong::domain::retention::Forget;
use chakong::domain::{Blob, Change, IdKind, LaneChange, RawId};

use crate::samples::{keep, raw, write};
use crate::worlds::{OnDisk, World as _};

#[tokio::test]
async fn the_file_shrinks_when_messages_go() {
    let mut world = OnDisk::begin();
    let store = world.store();
    let ids = write(&store, |tx| {
        let mut ids = Vec::new();
        for _ in 0..60 {
            let id = RawId::new(tx.next(IdKind::Raw));
            let mut message = raw("bank-one", None, "CXFK.zip", b"");
            message.bytes = Blob::stored(vec![0; 200_000]);
            tx.write(&[Change::Lane(LaneChange::NewRaw(id, message, Vec::new()))])?;
            ids.push(id);
        }
        Ok(ids)
    })
    .await;
    // More than is given back after one commit; the commits that come give back the rest.
    keep(&store, vec![Change::Forget(Forget::Messages(ids))]).await;
    for _ in 0..4 {
        write(&store, |tx| {
            let id = RawId::new(tx.next(IdKind::Raw));
            let message = raw("bank-one", None, "CXFK.zip", b"");
            tx.write(&[Change::Lane(LaneChange::NewRaw(id, message, Vec::new()))])
        })
        .await;
    }
    drop(store);
    world.close();
    let bytes = std::fs::metadata(world.folder().join("chakong.sqlite")).expect("the file").len();
    assert!(bytes < 2 << 20, "{bytes} of 12 MB are left");
}

#[tokio::test]
async fn a_large_commit_that_gives_pages_back_leaves_a_store_that_takes_the_next() {
    const LARGE: usize = 4 << 20;
    let world = OnDisk::begin();
    let store = world.store();
    let message = |bytes: usize| {
        let mut message = raw("bank-one", None, "CXFK.zip", b"");
        message.bytes = Blob::stored(vec![0; bytes]);
        message
    };
    let ids = write(&store, move |tx| {
        let mut ids = Vec::new();
        for _ in 0..60 {
            let id = RawId::new(tx.next(IdKind::Raw));
            tx.write(&[Change::Lane(LaneChange::NewRaw(id, message(200_000), Vec::new()))])?;
            ids.push(id);
        }
        Ok(ids)
    })
    .await;
    // More than the log keeps: the commit that gives pages back begins it anew, and cuts it.
    write(&store, move |tx| {
        for _ in 0..24 {
            let id = RawId::new(tx.next(IdKind::Raw));
            tx.write(&[Change::Lane(LaneChange::NewRaw(id, message(LARGE), Vec::new()))])?;
        }
        tx.write(&[Change::Forget(Forget::Messages(ids))])
    })
    .await;
    // The log is as it left it.
    let next = Change::Lane(LaneChange::Acknowledge("courts".to_owned(), 1));
    keep(&store, vec![next]).await;
    assert_eq!(store.health().ailment, None);
}
