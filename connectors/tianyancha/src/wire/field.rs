//! Names of members under which readers note what they do not know.

pub(crate) const AMOUNT: &str = "amount";
pub(crate) const SUBSCRIBED: &str = "capital";
pub(crate) const CHANGE_TIME: &str = "changeTime";
pub(crate) const CREDIT_CODE: &str = "creditCode";
pub(crate) const ESTABLISHED: &str = "estiblishTime";
pub(crate) const FROM_DATE: &str = "fromDate";
pub(crate) const FROM_TIME: &str = "fromTime";
pub(crate) const MISSPELT_PUBLICITY_DATE: &str = "publicityAate";
pub(crate) const PUBLICITY_DATE: &str = "publicityDate";
pub(crate) const REG_STATUS: &str = "regStatus";
pub(crate) const TIME: &str = "time";
pub(crate) const TO_DATE: &str = "toDate";
pub(crate) const TO_TIME: &str = "toTime";
pub(crate) const TYPE: &str = "type";
pub(crate) const TYPE_STATE: &str = "typeState";
pub(crate) const PAID: &str = "capitalActl";
pub(crate) const CHANGE_ITEM: &str = "changeItem";
pub(crate) const AMOUNT_SUFFIX: &str = "amountSuffix";
