//! Names of members under which readers note what they do not know.

pub(crate) const CHANGE_DATE: &str = "ChangeDate";
pub(crate) const CREDIT_CODE: &str = "CreditCode";
pub(crate) const FREEZE_END_DATE: &str = "FreezeEndDate";
pub(crate) const FREEZE_START_DATE: &str = "FreezeStartDate";
pub(crate) const PAID: &str = "RealCapi";
pub(crate) const PUBLIC_DATE: &str = "PublicDate";
pub(crate) const START_DATE: &str = "StartDate";
pub(crate) const STATUS: &str = "Status";
pub(crate) const STOCK_TYPE: &str = "StockType";
pub(crate) const SUBSCRIBED: &str = "ShouldCapi";
pub(crate) const MISSPELT_TERM_END: &str = "TeamEnd";
pub(crate) const TERM_END: &str = "TermEnd";
pub(crate) const TERM_START: &str = "TermStart";
pub(crate) const UN_FREEZE_DATE: &str = "UnFreezeDate";
