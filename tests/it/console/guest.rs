//! Somebody at the console without a browser: requests with cookies, and what stands in pages.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode};

use super::PASSWORD;

/// The cookie of a session on the machine itself.
pub const SESSION: &str = "chakong";

/// A person's cookies and the pages that they asked for.
pub struct Guest {
    client: Client,
    pub base: String,
    pub cookies: BTreeMap<String, String>,
    /// The token of the session, from the last page that had one.
    pub csrf: String,
}

/// A page as it came.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The address that begins with a text and stands before another text.
    pub fn first_link(&self, begins: &str, before: &str) -> String {
        let end = self.text.find(before).unwrap_or_else(|| panic!("no {before}:\n{}", self.text));
        let at = self.text[..end].rfind(begins).unwrap_or_else(|| panic!("no link to {begins}"));
        self.text[at..end].to_owned()
    }

    /// The value of the first field of a name.
    pub fn field(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&begin).unwrap_or_else(|| panic!("no field {name}:\n{}", self.text));
        let rest = &self.text[at + begin.len()..];
        rest[..rest.find('"').expect("its end")].to_owned()
    }

    /// What the form of an approval says was on the page, as a browser sends it.
    pub fn seen(&self) -> String {
        self.seen_in("seen")
    }

    /// The same of the field of a name.
    pub fn seen_in(&self, field: &str) -> String {
        self.field(field).replace("&#34;", "\"")
    }
}

impl Guest {
    pub fn new(port: u16) -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().expect("a client");
        let base = format!("http://127.0.0.1:{port}");
        Self { client, base, cookies: BTreeMap::new(), csrf: String::new() }
    }

    /// Somebody with a client of their own, at another address than the daemon's own.
    pub fn at(client: Client, base: String) -> Self {
        Self { client, base, cookies: BTreeMap::new(), csrf: String::new() }
    }

    /// A person of the tests who has signed in, by staff number.
    pub async fn signed_in(port: u16, number: &str) -> Self {
        let mut guest = Self::new(port);
        let form = guest.get("/console/sign-in").await;
        let entered = guest.signs_in(&form, number, PASSWORD).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
        guest
    }

    /// Fills in the form of the sign-in and sends it.
    pub async fn signs_in(&mut self, form: &Page, number: &str, password: &str) -> Page {
        self.signs_in_with_code(form, (number, password), "").await
    }

    /// The same with the code of a second factor.
    pub async fn signs_in_with_code(
        &mut self,
        form: &Page,
        (number, password): (&str, &str),
        code: &str,
    ) -> Page {
        let fields = [
            ("mark", form.field("mark")),
            ("next", form.field("next")),
            ("number", number.to_owned()),
            ("password", password.to_owned()),
            ("code", code.to_owned()),
        ];
        self.post("/console/sign-in", &fields).await
    }

    /// Whether the browser holds the cookie of a session.
    pub fn is_signed_in(&self) -> bool {
        self.cookies.get(SESSION).is_some_and(|token| !token.is_empty())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.client.request(method, format!("{}{path}", self.base)).header(COOKIE, cookies.join("; "))
    }

    pub async fn send(&mut self, request: RequestBuilder) -> Page {
        let answer = request.send().await.expect("the daemon answers");
        for line in answer.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        let page = Page { status, headers, text: answer.text().await.expect("a body") };
        if page.text.contains("name=\"csrf\" value=\"") {
            self.csrf = page.field("csrf");
        }
        page
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Follows redirections within the console.
    pub async fn open(&mut self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..4 {
            if !page.status.is_redirection() {
                break;
            }
            let next = page.location().to_owned();
            page = self.get(&next).await;
        }
        page
    }

    /// A form as a browser would send it, without anything that a browser adds.
    pub fn form(&self, path: &str, fields: &[(&str, String)]) -> RequestBuilder {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let kind = "application/x-www-form-urlencoded";
        self.request(Method::POST, path).header(CONTENT_TYPE, kind).body(body)
    }

    /// Sends fields as they are.
    pub async fn post(&mut self, path: &str, fields: &[(&str, String)]) -> Page {
        let request = self.form(path, fields);
        self.send(request).await
    }

    /// Sends a form of a page of this session.
    pub async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut all: Vec<(&str, String)> = vec![("csrf", self.csrf.clone())];
        all.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self.post(path, &all).await
    }

    /// Opens the form of an approval, and sends it with what it says was looked at.
    pub async fn approve(&mut self, measure: &str, fields: &[(&str, &str)]) -> Page {
        let path = format!("/console/acts/approve/{measure}");
        let seen = self.get(&path).await.seen();
        let mut all = fields.to_vec();
        all.push(("seen", &seen));
        self.act(&path, &all).await
    }

    /// Sends what a page previewed, as its form does.
    pub async fn send_previewed(&mut self, preview: &Page) -> Page {
        let [draft, previewed] = ["draft", "previewed"].map(|name| preview.field(name));
        self.act("/console/new/send", &[("draft", &draft), ("previewed", &previewed)]).await
    }

    /// Sends a form with files: name of the field, name of the file, bytes.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Page {
        let boundary = "boundary-of-the-tests";
        let mut body: Vec<u8> = Vec::new();
        let csrf = self.csrf.clone();
        for (name, value) in std::iter::once(&("csrf", csrf.as_str())).chain(fields) {
            body.extend(
                format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        for (name, file, bytes) in files {
            let head = format!("content-disposition: form-data; name=\"{name}\"; filename=\"{file}\"");
            body.extend(
                format!("--{boundary}\r\n{head}\r\ncontent-type: application/octet-stream\r\n\r\n").bytes(),
            );
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        let request = self.request(Method::POST, path);
        let request =
            request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}")).body(body);
        self.send(request).await
    }
}
