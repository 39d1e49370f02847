//! Messages of the point-to-point service `IpConvertDataAll` (protocol section 2), both ways: requests, papers, results,
//! acknowledgements.

pub(super) mod acknowledgement;
pub(super) mod controls;
pub(super) mod names;
pub(super) mod offers;
