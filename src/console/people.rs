//! 人员: everybody who is known to the gateway, for the security administrator.

pub mod expiring;
mod form;
mod one;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;

use super::acts::{ActForm, is_for_the_form, tell};
use super::address::{segment, with_query};
use super::backend::Console;
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::page::{Frame, html};
use super::reading::{is_there, list as list_at, text};
use super::secret::secret_page;
use super::visitor::Visitor;
use super::words::{Badge, role_in_words};
use crate::api::may;

pub use one::{perform, show};

/// Persons on one page.
const ON_A_PAGE: usize = 50;

/// Which persons.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: usize,
}

/// A person in the list.
struct PersonLine {
    href: String,
    number: String,
    name: String,
    roles: String,
    courts: String,
    phone: String,
    state: Badge,
    factor: &'static str,
}

#[derive(Template)]
#[template(path = "people.html", config = "src/console/askama.toml")]
struct PeoplePage {
    page: Frame,
    rows: Vec<PersonLine>,
    q: String,
    state: String,
    states: Vec<(&'static str, &'static str)>,
    total: usize,
    before: String,
    after: String,
}

/// The word of a person's state: `active`, `locked`, `pending` or `disabled`.
fn state_of(person: &Value) -> &'static str {
    if is_there(person, "/disabled_at") {
        "disabled"
    } else if is_there(person, "/locked_until") {
        "locked"
    } else if is_there(person, "/pending") {
        "pending"
    } else {
        "active"
    }
}

fn states(lang: Lang) -> [(&'static str, &'static str, &'static str); 4] {
    [
        ("active", lang.t("在用", "active"), "good"),
        ("pending", lang.t("待本人完成设置", "to be set up by the person"), "wait"),
        ("locked", lang.t("已锁定", "locked"), "warn"),
        ("disabled", lang.t("已停用", "disabled"), "off"),
    ]
}

fn badge_of(person: &Value, lang: Lang) -> Badge {
    let state = state_of(person);
    let found = states(lang).into_iter().find(|(code, ..)| *code == state);
    found.map_or(Badge { tone: "off", text: state.to_owned() }, |(_, text, tone)| Badge {
        tone,
        text: text.to_owned(),
    })
}

/// Roles in words.
pub fn roles_of(value: &Value, lang: Lang) -> String {
    let words = list_at(value, "/roles").iter().filter_map(Value::as_str);
    words.map(|word| role_in_words(word, lang)).collect::<Vec<_>>().join("、")
}

/// Courts in words.
pub fn courts_of(value: &Value, lang: Lang) -> String {
    match value.pointer("/courts") {
        Some(Value::Array(codes)) => codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、"),
        _ => lang.t("全部法院", "every court").to_owned(),
    }
}

fn line(person: &Value, lang: Lang) -> PersonLine {
    PersonLine {
        href: format!("/console/people/{}", segment(&text(person, "/id"))),
        number: text(person, "/number"),
        name: text(person, "/name"),
        roles: roles_of(person, lang),
        courts: courts_of(person, lang),
        phone: text(person, "/phone"),
        state: badge_of(person, lang),
        factor: match text(person, "/second_factor").as_str() {
            "true" => lang.t("已绑定", "set up"),
            _ => lang.t("未绑定", "not set up"),
        },
    }
}

/// `GET /console/people`
pub async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let found = console.get(&visitor, "/v1/people").await?;
    let lang = visitor.lang;
    let needle = query.q.trim().to_lowercase();
    let fits = |row: &PersonLine| {
        let all = [&row.number, &row.name, &row.roles, &row.courts, &row.phone];
        needle.is_empty() || all.iter().any(|text| text.to_lowercase().contains(&needle))
    };
    let persons = list_at(&found, "/people").iter();
    let persons = persons.filter(|person| query.state.is_empty() || state_of(person) == query.state);
    let all: Vec<PersonLine> = persons.map(|person| line(person, lang)).filter(fits).collect();
    let total = all.len();
    let last = total.div_ceil(ON_A_PAGE).max(1);
    let at = query.page.clamp(1, last);
    let link = |page: usize| {
        let said = [("q", query.q.as_str()), ("state", &query.state), ("page", &page.to_string())];
        with_query("/console/people", &said)
    };
    let shown = PeoplePage {
        page: Frame::of(&visitor, lang.t("人员", "People"), "people"),
        rows: all.into_iter().skip((at - 1) * ON_A_PAGE).take(ON_A_PAGE).collect(),
        states: states(lang).map(|(code, word, _)| (code, word)).to_vec(),
        total,
        before: if at > 1 { link(at - 1) } else { String::new() },
        after: if at < last { link(at + 1) } else { String::new() },
        q: query.q,
        state: query.state,
    };
    Ok(html(StatusCode::OK, &shown))
}

#[derive(Template)]
#[template(path = "person_new.html", config = "src/console/askama.toml")]
struct NewPage {
    page: Frame,
    form: ActForm,
}

fn new_page(visitor: &Visitor, form: ActForm, status: StatusCode) -> Response {
    let page = Frame::of(visitor, visitor.lang.t("新增人员", "Add a person"), "people");
    html(status, &NewPage { page, form })
}

/// `GET /console/people/new`
pub async fn new(visitor: Visitor) -> Result<Response, Failure> {
    if !visitor.may(may::PEOPLE) {
        return Err(Failure::new(StatusCode::FORBIDDEN, ""));
    }
    Ok(new_page(&visitor, form::add(&visitor, &form::nobody()), StatusCode::OK))
}

/// `POST /console/people/new`: the initial password is shown once.
pub async fn add(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let posted = form::compact(posted);
    match console.send(&visitor, (Method::POST, "/v1/people"), &form::body_of(&posted, true), None).await {
        Ok(added) if !is_there(&added, "/initial_password") => Ok(back(&text(&added, "/person/id"), "added")),
        Ok(added) => {
            let lang = visitor.lang;
            let whose = format!("{} {}", text(&added, "/person/number"), text(&added, "/person/name"));
            let href = format!("/console/people/{}", segment(&text(&added, "/person/id")));
            let title = lang.t("初始密码", "Initial password");
            let hint = lang.t(
                "请当面或以其他可靠方式交给本人；首次登录时必须修改。",
                "Hand it over in person or by another way that is safe; it must be changed at the first sign-in.",
            );
            Ok(secret_page(
                &visitor,
                (title, "people"),
                &whose,
                &text(&added, "/initial_password"),
                (hint, &href),
            ))
        }
        Err(failure) if is_for_the_form(failure.status) => {
            let mut form = form::add(&visitor, &posted);
            tell(&mut form, &posted, &failure);
            Ok(new_page(&visitor, form, failure.status))
        }
        Err(failure) => Err(failure),
    }
}

/// The page of a person after something was done.
fn back(id: &str, done: &str) -> Response {
    Redirect::to(&format!("/console/people/{}?done={done}", segment(id))).into_response()
}
