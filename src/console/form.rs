//! Forms that come in: fields and files, with the token of the session that they were made for.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};

use super::backend::Console;
use super::draft::Upload;
use super::failure::Failure;
use super::visitor::Visitor;
use crate::api::read_bytes;
use crate::people::cookie;

/// Largest form of somebody who has not signed in.
const SMALLEST: usize = 16 << 10;
/// Largest form without files.
const SMALL: usize = 256 << 10;
/// Most fields and files of a form.
const MOST_PARTS: usize = 1000;

/// A form that was sent by whoever is signed in, from a page of their session.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    /// Fields in their order; one name may come several times.
    pub fields: Vec<(String, String)>,
    /// Files that were chosen.
    pub uploads: Vec<Upload>,
}

impl Posted {
    /// A field, trimmed; empty where it did not come.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether a field came, even an empty one.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// A field as it was entered: passwords may begin and end with spaces.
    pub fn as_entered(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The file of a field, where one was chosen.
    pub fn upload(&self, field: &str) -> Option<&Upload> {
        self.uploads.iter().find(|upload| upload.field == field)
    }
}

impl FromRequest<Console> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Console) -> Result<Self, Failure> {
        let visitor = request.extensions().get::<std::sync::Arc<Visitor>>().cloned();
        let visitor = visitor.ok_or_else(Failure::not_signed_in)?;
        let posted = read(request).await?;
        match cookie::is_csrf(&visitor.token, posted.get("csrf")) {
            true => Ok(posted),
            false => Err(Failure::forged()),
        }
    }
}

/// Compares without telling by its time how much is the same.
pub fn is_same(one: &str, other: &str) -> bool {
    !other.is_empty()
        && aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// The bytes of a form that has arrived.
#[derive(Debug, Clone)]
struct Arrived(Bytes);

/// A request whose form has arrived: bounded in size and time, and counted against its person's room for bodies.
///
/// # Errors
/// When it is too large, takes too long, breaks off or finds no room.
pub async fn arrived(request: Request, console: &Console) -> Result<Request, Failure> {
    let largest =
        if multipart_of(&request).is_some() { console.gateway().server.largest_body } else { SMALL };
    let (parts, body) = request.into_parts();
    let read = read_bytes(Request::from_parts(parts.clone(), body), largest, console.gateway()).await;
    let bytes = read.map_err(|problem| Failure::of(&problem))?;
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(Arrived(bytes));
    Ok(request)
}

/// The type of a form with files.
fn multipart_of(request: &Request) -> Option<HeaderValue> {
    let kind = request.headers().get(CONTENT_TYPE);
    kind.filter(|kind| kind.as_bytes().starts_with(b"multipart/form-data")).cloned()
}

/// Reads a form that has arrived.
async fn read(mut request: Request) -> Result<Posted, Failure> {
    let Arrived(bytes) = request.extensions_mut().remove().ok_or_else(no_form)?;
    match multipart_of(&request) {
        Some(kind) => read_parts(bytes, kind).await,
        None => fields_of(&bytes),
    }
}

/// Reads a small form without files, as the sign-in is one.
///
/// # Errors
/// When it is too large or no form.
pub async fn read_fields(request: Request, console: &Console) -> Result<Posted, Failure> {
    let read = read_bytes(request, SMALLEST, console.gateway()).await;
    fields_of(&read.map_err(|problem| Failure::of(&problem))?)
}

fn fields_of(bytes: &[u8]) -> Result<Posted, Failure> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).map_err(|_| no_form())?;
    if fields.len() > MOST_PARTS { Err(no_form()) } else { Ok(Posted { fields, uploads: Vec::new() }) }
}

fn no_form() -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "表单无法读取 the form cannot be read")
}

async fn read_parts(bytes: Bytes, kind: HeaderValue) -> Result<Posted, Failure> {
    let request = Request::builder().method("POST").header(CONTENT_TYPE, kind).body(Body::from(bytes));
    let mut request = request.map_err(|_| no_form())?;
    // Its size was bounded when it was read.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| no_form())?;
    let mut posted = Posted::default();
    while let Some(part) = parts.next_field().await.map_err(|_| no_form())? {
        let field = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|_| no_form())?;
        match file {
            // A field for files that was left empty comes as a file without a name.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => posted.uploads.push(Upload { field, name, bytes }),
            None => posted.fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
        }
        if posted.fields.len() + posted.uploads.len() > MOST_PARTS {
            return Err(no_form());
        }
    }
    Ok(posted)
}
