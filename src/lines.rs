//! Lines 专线: how bytes travel. All I/O with counterparts is here; connectors only translate.

pub mod call;
pub mod parcel;
pub mod postbox;
