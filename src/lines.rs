//! Lines 专线: how bytes travel. All I/O with counterparts is here; connectors only translate.

pub mod call;
mod fault_log;
pub mod hold_off;
pub mod leaving;
pub mod listener;
pub mod parcel;
pub mod postbox;
pub mod tls;
mod unreached;
