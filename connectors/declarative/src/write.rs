//! Requests from templates.

use std::collections::BTreeMap;

use chakong_contract::sandbox::InboundRequest;
use chakong_contract::{Fault, FaultKind, HttpRequest, Method, Order, Secret};
use minijinja::{Environment, UndefinedBehavior, Value};

use crate::description::{Description, Wrong};

/// Longest text that a template may become, in bytes.
const LONGEST: usize = 64 * 1024;
/// Steps that a template may take.
const FUEL: u64 = 20_000;

/// What templates can name.
fn variables(order: Option<&Order>) -> Value {
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    let mut put = |name, value: Option<String>| {
        known.insert(name, value.unwrap_or_default());
    };
    put("number", order.map(|order| order.document.number().to_owned()));
    put("name", order.map(|order| order.name.to_string()));
    put("request_number", order.map(|order| order.number.to_string()));
    put("case_number", order.map(|order| order.case.number.to_string()));
    put("court_name", order.map(|order| order.case.court_name.clone()));
    put("court_code", order.map(|order| order.case.court_code.clone()));
    Value::from_pairs(known)
}

/// A template whose name ends in `.json` writes its values as JSON, quoted and escaped.
fn render(name: &str, template: &str, variables: &Value) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    let template = environment.template_from_named_str(name, template);
    let text = template.and_then(|template| template.render(variables));
    // The message may repeat values: only its kind is told.
    let text = text.map_err(|error| format!("cannot be written: {}", error.kind()))?;
    if text.len() > LONGEST { Err("becomes too long".to_owned()) } else { Ok(text) }
}

/// Tries every template with empty values.
pub(crate) fn check(description: &Description) -> Result<(), Wrong> {
    request(description, None, 1).map(drop)
}

/// The request of a page.
pub(crate) fn ask(
    description: &Description,
    order: &Order,
    page: u32,
    authorization: Option<&(String, Secret)>,
) -> Result<HttpRequest, Fault> {
    let fault = |(at, why)| Fault::new(FaultKind::Misconfigured, "write a query", format!("{at} {why}"));
    let mut request = request(description, Some(order), page).map_err(fault)?;
    request.secret_headers.extend(authorization.cloned());
    Ok(request)
}

fn request(description: &Description, order: Option<&Order>, page: u32) -> Result<HttpRequest, Wrong> {
    let form = &description.request;
    let variables = variables(order);
    let mut request = match form.method {
        Method::Get => HttpRequest::get(&form.path),
        Method::Post => {
            let body = render("body.json", &form.body, &variables);
            let body = body.map_err(|why| ("request.body".to_owned(), why))?;
            HttpRequest::post_json(&form.path, body.into_bytes())
        }
    };
    for (name, template) in &form.query {
        let value = render(name, template, &variables);
        let value = value.map_err(|why| (format!("request.query.{name}"), why))?;
        request.query.push((name.clone(), value));
    }
    if let Some(paging) = &description.paging {
        request.query.push((paging.parameter.clone(), page.to_string()));
        if !paging.size_parameter.is_empty() {
            request.query.push((paging.size_parameter.clone(), paging.size.to_string()));
        }
    }
    Ok(request)
}

/// Whether a request, as the sandbox sees it, holds a number as one of its values.
pub(crate) fn names(request: &InboundRequest, number: &str) -> bool {
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let in_body = body.as_object().is_some_and(|body| body.values().any(|value| value == number));
    in_body || request.query.iter().any(|(_, value)| value == number)
}
