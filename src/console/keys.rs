//! 密钥: keys of systems and of persons' scripts, made, listed and revoked by the security administrator.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::acts::{ActForm, FormField, is_for_the_form, names_in, tell};
use super::address::segment;
use super::backend::Console;
use super::failure::Failure;
use super::form::Posted;
use super::lang::Lang;
use super::page::{Frame, html};
use super::people::{courts_of, roles_of};
use super::reading::{instant, is_there, list as list_at, text, time};
use super::secret::secret_page;
use super::visitor::Visitor;
use super::words::{Badge, role_in_words};
use crate::config::Role;

/// A key in the list.
struct KeyLine {
    name: String,
    person: String,
    roles: String,
    courts: String,
    consumer: String,
    made: String,
    expires: String,
    state: Badge,
    /// The form that revokes it; `None` where it is over already.
    form: Option<ActForm>,
}

#[derive(Template)]
#[template(path = "keys.html", config = "src/console/askama.toml")]
struct KeysPage {
    page: Frame,
    rows: Vec<KeyLine>,
    /// Name, roles and consumer of the keys of the configuration, of those within the visitor's courts.
    configured: Vec<(String, String, String)>,
    form: ActForm,
}

/// `GET /console/keys`
pub async fn list(State(console): State<Console>, visitor: Visitor) -> Result<Response, Failure> {
    let form = make_form(&visitor);
    shown(&console, &visitor, form, None, StatusCode::OK).await
}

/// The page, with the form of a new key, and with the form that revokes a key where something was wrong with it.
async fn shown(
    console: &Console,
    visitor: &Visitor,
    form: ActForm,
    revoking: Option<ActForm>,
    status: StatusCode,
) -> Result<Response, Failure> {
    let keys = console.get(visitor, "/v1/keys").await?;
    let people = console.get(visitor, "/v1/people").await?;
    let (lang, now) = (visitor.lang, console.now());
    let mut rows: Vec<KeyLine> =
        list_at(&keys, "/keys").iter().rev().map(|key| line(visitor, key, &people, now)).collect();
    if let Some(wrong) = revoking {
        let mut forms = rows.iter_mut().filter_map(|row| row.form.as_mut());
        if let Some(form) = forms.find(|form| form.id == wrong.id) {
            *form = wrong;
        }
    }
    let gateway = console.gateway();
    let configured = gateway.keys.iter().filter(|key| key.is_kept_by(&visitor.identity.courts)).map(|key| {
        let roles = key.roles.iter().map(|role| role_in_words(role.word(), lang));
        let consumer = key.consumer.clone().unwrap_or_default();
        (key.name.clone(), roles.collect::<Vec<_>>().join("、"), consumer)
    });
    let shown = KeysPage {
        page: Frame::of(visitor, lang.t("密钥", "Keys"), "keys"),
        rows,
        configured: configured.collect(),
        form,
    };
    Ok(html(status, &shown))
}

fn state_of(key: &Value, now: Timestamp, lang: Lang) -> Badge {
    let is_expired = instant(key, "/expires_at").is_some_and(|expires| expires <= now);
    let (tone, text) = if is_there(key, "/revoked_at") {
        ("off", lang.t("已吊销", "revoked"))
    } else if is_expired {
        ("off", lang.t("已过期", "expired"))
    } else {
        ("good", lang.t("有效", "valid"))
    };
    Badge { tone, text: text.to_owned() }
}

fn line(visitor: &Visitor, key: &Value, people: &Value, now: Timestamp) -> KeyLine {
    let lang = visitor.lang;
    let owner = text(key, "/person");
    let person = list_at(people, "/people").iter().find(|person| text(person, "/id") == owner);
    let state = state_of(key, now, lang);
    let form = (state.tone == "good").then(|| revoke_form(visitor, &text(key, "/id")));
    KeyLine {
        name: text(key, "/name"),
        person: person
            .map(|person| format!("{} {}", text(person, "/number"), text(person, "/name")))
            .unwrap_or_default(),
        roles: roles_of(key, lang),
        courts: courts_of(key, lang),
        consumer: text(key, "/consumer"),
        made: format!("{} {}", time(key, "/created_at"), text(key, "/created_by")),
        expires: time(key, "/expires_at"),
        state,
        form,
    }
}

fn field(
    visitor: &Visitor,
    (name, pointer): (&str, &str),
    (zh, en): (&'static str, &'static str),
    kind: &'static str,
    is_required: bool,
) -> FormField {
    FormField {
        name: name.to_owned(),
        pointer: pointer.to_owned(),
        label: visitor.lang.t(zh, en).to_owned(),
        kind,
        is_required,
        ..FormField::default()
    }
}

/// A role as the form offers it: persons alone approve, and no person is a case system.
fn role_to_choose(role: Role, lang: Lang) -> String {
    let words = role_in_words(role.word(), lang);
    match role {
        Role::Approver => format!("{words}{}", lang.t("（限人员密钥）", " (a person's key alone)")),
        Role::CaseSystem => format!("{words}{}", lang.t("（限系统密钥）", " (a system's key alone)")),
        _ => words,
    }
}

fn make_form(visitor: &Visitor) -> ActForm {
    let one = |at, words, kind, is_required| field(visitor, at, words, kind, is_required);
    let roles = Role::ALL.map(|(role, word)| (word.to_owned(), role_to_choose(role, visitor.lang)));
    let role_field = one(
        ("role", "/roles"),
        ("角色（人员密钥限其本人的角色）", "Roles (of a person's key: the person's own)"),
        "checks",
        true,
    );
    let fields = vec![
        one(("name", "/name"), ("名称", "Name"), "text", true),
        one(
            ("person", "/person"),
            ("所属人员工号（系统密钥不填）", "Staff number of its person (none for a system's)"),
            "text",
            false,
        ),
        FormField { choices: roles.to_vec(), ..role_field },
        one(
            ("courts", "/courts"),
            ("法院代码（不填为全部，或随所属人员）", "Codes of courts (none: every court, or its person's)"),
            "text",
            false,
        ),
        one(
            ("consumer", "/consumer"),
            (
                "结果接收方（办案系统密钥可限定，不填为不限）",
                "Consumer of results (binds the key of a case system; none: any)",
            ),
            "text",
            false,
        ),
        one(
            ("expires", "/expires_at"),
            ("最后有效日（不填为长期）", "Last day (none: without an end)"),
            "date",
            false,
        ),
        one(("reason", "/reason"), ("理由", "Reason"), "reason", true),
    ];
    form(
        visitor,
        visitor.lang.t("新建密钥", "Make a key"),
        ("/console/keys".to_owned(), "make"),
        fields,
        false,
    )
}

fn revoke_form(visitor: &Visitor, id: &str) -> ActForm {
    let fields = vec![field(visitor, ("reason", "/reason"), ("理由", "Reason"), "reason", true)];
    let action = format!("/console/keys/{}/revoke", segment(id));
    form(visitor, visitor.lang.t("吊销", "Revoke"), (action, &format!("revoke-{id}")), fields, true)
}

fn form(
    visitor: &Visitor,
    title: &'static str,
    (action, id): (String, &str),
    fields: Vec<FormField>,
    is_grave: bool,
) -> ActForm {
    let (csrf, id) = (visitor.csrf.clone(), id.to_owned());
    ActForm {
        title,
        action,
        is_grave,
        has_files: false,
        csrf,
        next: String::new(),
        id,
        fields,
        faults: Vec::new(),
    }
}

/// What the API is sent for a new key of a person with this identifier, or of a system.
fn body_of(posted: &Posted, person: Option<&str>) -> Value {
    let codes = names_in(posted.get("courts"));
    let courts = if codes.is_empty() { Value::Null } else { codes.into() };
    let consumer = Some(posted.get("consumer")).filter(|consumer| !consumer.is_empty());
    // The day is one of Beijing, and counts to its end.
    let expires = Some(posted.get("expires")).filter(|day| !day.is_empty());
    let expires = expires.map(|day| format!("{day}T23:59:59+08:00"));
    json!({
        "name": posted.get("name"), "person": person, "roles": posted.all("role").collect::<Vec<_>>(), "courts": courts,
        "consumer": consumer, "expires_at": expires, "reason": posted.get("reason"),
    })
}

/// `POST /console/keys`: makes a key, whose secret is shown once.
pub async fn make(
    State(console): State<Console>,
    visitor: Visitor,
    posted: Posted,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let number = posted.get("person");
    let mut person = None;
    if !number.is_empty() {
        let people = console.get(&visitor, "/v1/people").await?;
        let known = list_at(&people, "/people").iter().find(|person| text(person, "/number") == number);
        person = known.map(|person| text(person, "/id"));
        if person.is_none() {
            let said = lang.t("没有此工号的人员", "nobody has this staff number").to_owned();
            let findings = vec![("/person".to_owned(), said)];
            let failure = Failure { findings, ..Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "") };
            return told(&console, &visitor, &posted, &failure).await;
        }
    }
    match console.send(&visitor, (Method::POST, "/v1/keys"), &body_of(&posted, person.as_deref()), None).await
    {
        Ok(made) => {
            let hint = lang.t(
                "请填入系统的配置；调用接口时以 Authorization: Bearer 携带。",
                "Put it into the system's configuration; calls carry it as Authorization: Bearer.",
            );
            let (title, name) = (lang.t("密钥", "Key"), text(&made, "/key/name"));
            Ok(secret_page(
                &visitor,
                (title, "keys"),
                &name,
                &text(&made, "/secret"),
                (hint, "/console/keys"),
            ))
        }
        Err(failure) if is_for_the_form(failure.status) => told(&console, &visitor, &posted, &failure).await,
        Err(failure) => Err(failure),
    }
}

async fn told(
    console: &Console,
    visitor: &Visitor,
    posted: &Posted,
    failure: &Failure,
) -> Result<Response, Failure> {
    let mut form = make_form(visitor);
    tell(&mut form, posted, failure);
    shown(console, visitor, form, None, failure.status).await
}

/// `POST /console/keys/{id}/revoke`
pub async fn revoke(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let path = format!("/v1/keys/{}", segment(&id));
    let body = json!({ "reason": posted.get("reason") });
    match console.send(&visitor, (Method::DELETE, &path), &body, None).await {
        Ok(_) => Ok(Redirect::to("/console/keys?done=revoked").into_response()),
        Err(failure) if is_for_the_form(failure.status) => {
            let mut form = revoke_form(&visitor, &id);
            tell(&mut form, &posted, &failure);
            shown(&console, &visitor, make_form(&visitor), Some(form), failure.status).await
        }
        Err(failure) => Err(failure),
    }
}
