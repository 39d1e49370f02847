//! Which delivery a configured line has. The only place that tells one kind of line from another for the lanes.

use std::sync::Arc;

use chakong_contract::Fault;

use crate::config::{CounterpartConfig, LineConfig};
use crate::lanes::{CallDelivery, Delivery, ParcelDelivery, PostboxDelivery};

/// Opens the line of a counterpart.
///
/// # Errors
/// A fault when the line cannot be used as it is configured.
pub fn delivery_of(counterpart: &CounterpartConfig) -> Result<Arc<dyn Delivery>, Fault> {
    Ok(match &counterpart.line {
        LineConfig::Call(line) => Arc::new(CallDelivery::open(line)?),
        LineConfig::Parcel(line) => Arc::new(ParcelDelivery::new(line)),
        LineConfig::Postbox(_) => Arc::new(PostboxDelivery),
    })
}
