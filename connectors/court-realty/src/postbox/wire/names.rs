//! The service and its operations.

use chakong_toolkit::soap::{Operation, Service};

/// The service.
pub(crate) const SERVICE: Service = Service {
    name: "IpConvertDataAllService",
    interface: "IpConvertDataAll",
    namespace: "http://ip.service.webService.ckw.tdh/",
    operations: &[
        Operation { name: QUERIES, arguments: 1 },
        Operation { name: FEED_QUERIES, arguments: 2 },
        Operation { name: CONTROLS, arguments: 1 },
        Operation { name: FEED_CONTROLS, arguments: 2 },
        Operation { name: FEED_RECEIPTS, arguments: 2 },
        Operation { name: PAPERS, arguments: 2 },
        Operation { name: CARDS, arguments: 2 },
    ],
};

/// Fetches queries that wait.
pub(crate) const QUERIES: &str = "cxBdcQL";
/// Hands in results of queries.
pub(crate) const FEED_QUERIES: &str = "feedBdcQL";
/// Fetches controls that wait.
pub(crate) const CONTROLS: &str = "kzBdcQL";
/// Hands in results of controls.
pub(crate) const FEED_CONTROLS: &str = "feedkzBdcQL";
/// Hands in receipts of controls.
pub(crate) const FEED_RECEIPTS: &str = "feedkzhzBdcQL";
/// Fetches the legal documents of a request.
pub(crate) const PAPERS: &str = "kzwsInfo";
/// Fetches the officers' certificates of a request.
pub(crate) const CARDS: &str = "zjInfo";
