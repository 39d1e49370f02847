//! A request as the other end of a line sees it.

use chakong_contract::sandbox::InboundRequest;
use chakong_contract::{HttpRequest, Method};

/// What a counterpart, or a postbox, sees of a request that was sent.
pub fn inbound(request: &HttpRequest) -> InboundRequest {
    let secret =
        request.secret_headers.iter().map(|(name, value)| (name.to_lowercase(), value.expose().to_owned()));
    InboundRequest {
        method: if request.method == Method::Get { "GET" } else { "POST" }.to_owned(),
        path: request.path.clone(),
        query: request.query.clone(),
        headers: request
            .headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.clone()))
            .chain(secret)
            .collect(),
        body: request.body_to_send().into_owned(),
    }
}
