//! Names of members under which readers note what they do not know.

pub(crate) const CEASED_ON: &str = "ceased_on";
pub(crate) const COMPANY_STATUS: &str = "company_status";
pub(crate) const CREATED_ON: &str = "created_on";
pub(crate) const DATE: &str = "date";
pub(crate) const DATE_OF_CREATION: &str = "date_of_creation";
pub(crate) const DELIVERED_ON: &str = "delivered_on";
pub(crate) const KIND: &str = "kind";
pub(crate) const STATUS: &str = "status";
pub(crate) const HAS_PROTECTED_CONTROLLERS: &str = "has_super_secure_pscs";
