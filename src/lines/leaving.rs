//! Whether something may leave, asked as late as can be: names are looked up, connections are made and files are uploaded meanwhile, and
//! the process may have been stopped for longer than the time for which its work was its own.

use std::fmt;
use std::sync::Arc;

use chakong_contract::fault::{Fault, FaultKind};

/// Whether something may leave at this moment.
#[derive(Clone)]
pub struct MayLeave(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

impl fmt::Debug for MayLeave {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("MayLeave").field(&self.now()).finish()
    }
}

impl MayLeave {
    /// It always may: nobody else works for the counterpart.
    pub const fn always() -> Self {
        Self(None)
    }

    /// It may as long as `stands` says so. That is asked often and must be quick.
    pub fn when(stands: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(stands)))
    }

    /// Whether it may now.
    pub fn now(&self) -> bool {
        self.0.as_ref().is_none_or(|stands| stands())
    }

    /// Whether it is sure that it will.
    pub(super) const fn is_always(&self) -> bool {
        self.0.is_none()
    }
}

/// This process was stopped or cut off for so long that another may work for the counterpart. Nothing was sent.
pub(super) fn moved(operation: &str) -> Fault {
    let detail = "the lane may have moved to another replica; nothing was sent";
    Fault::new(FaultKind::Transient, operation, detail)
}
