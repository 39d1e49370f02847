//! Documents of the point-to-point service (protocol section 2) that the form dialect has as well: requests with their papers and
//! certificates, and results of queries.

pub(crate) mod envelope;
pub(crate) mod known;
pub(crate) mod request;
pub(crate) mod results;
