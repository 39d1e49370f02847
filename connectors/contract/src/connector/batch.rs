use crate::date::Moment;
use crate::fault::{Fault, FaultKind};
use crate::manifest::Manifest;
use crate::order::{ActionKind, Order};
use crate::secret::Secret;

/// Orders that go out together: all queries, or all controls. Never empty, never more than the manifest's largest batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Number of the batch, up to 30 digits, never reused. The same batch written again has the same number.
    pub number: String,
    /// When the batch was made, Asia/Shanghai. The same batch written again has the same time.
    pub made: Moment,
    /// The orders.
    pub orders: Vec<Order>,
    /// On a call line on which the counterpart calls back: 32 hexadecimal digits drawn by the gateway. While the conversation
    /// about this batch is under way, and only then, whoever calls us with it has it confirmed, once; see [`CallKind::Token`](super::CallKind::Token).
    pub token: Option<Secret>,
}

impl Batch {
    /// The one order of the batch, for a connector that only queries, one order at a time.
    ///
    /// # Errors
    /// Unsupported, when the batch holds anything else or the manifest does not declare the kind of identity document.
    pub fn only_query(&self, manifest: &Manifest) -> Result<&Order, Fault> {
        let unsupported = |why: &str| Fault::new(FaultKind::Unsupported, "write a query", why);
        let [order] = self.orders.as_slice() else {
            return Err(unsupported("a batch for this connector holds exactly one order"));
        };
        if order.instruction.kind() != ActionKind::Query {
            return Err(unsupported("this connector only queries"));
        }
        if !manifest.identities.contains(&order.document.kind()) {
            return Err(unsupported("the counterpart does not know this kind of identity document"));
        }
        Ok(order)
    }
}
