//! The form of a person: its fields, what was entered, and what the API is sent for it.

use serde_json::{Map, Value, json};

use super::super::acts::{ActForm, FormField, names_in};
use super::super::form::Posted;
use super::super::lang::Lang;
use super::super::reading::{list, text};
use super::super::visitor::Visitor;
use super::super::words::role_in_words;
use crate::config::Role;

/// Most certificates of a person, as the API takes them.
const MOST_CERTIFICATES: usize = 10;
/// Fields of a certificate.
const OF_A_CERTIFICATE: [&str; 4] = ["kind", "number", "from", "until"];

/// A form before anything is entered: a person sees the cases of one court, as a rule.
pub fn nobody() -> Posted {
    Posted::default()
}

/// What is known of a person, as it would have been entered.
pub fn known(person: &Value) -> Posted {
    let mut fields: Vec<(String, String)> = ["name", "number", "phone"]
        .into_iter()
        .map(|name| (name.to_owned(), text(person, &format!("/{name}"))))
        .collect();
    let mut put = |name: String, value: String| fields.push((name, value));
    match person.pointer("/courts") {
        Some(Value::Array(codes)) => {
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            put("courts".to_owned(), codes.join(" "));
        }
        _ => put("every_court".to_owned(), "yes".to_owned()),
    }
    for role in list(person, "/roles").iter().filter_map(Value::as_str) {
        put("role".to_owned(), role.to_owned());
    }
    for (row, certificate) in list(person, "/certificates").iter().enumerate() {
        for name in OF_A_CERTIFICATE {
            put(format!("certificate.{row}.{name}"), text(certificate, &format!("/{name}")));
        }
    }
    Posted { fields, uploads: Vec::new() }
}

/// Whether something of a certificate was entered. The kind alone is nothing, for it is always chosen.
fn is_entered(posted: &Posted, row: usize) -> bool {
    let at = |name: &str| !posted.get(&format!("certificate.{row}.{name}")).is_empty();
    at("number") || at("from") || at("until")
}

/// The same with certificates one after the other, so that each stands where the API names it.
pub fn compact(posted: Posted) -> Posted {
    let rows: Vec<usize> = (0..MOST_CERTIFICATES).filter(|row| is_entered(&posted, *row)).collect();
    let others = posted.fields.iter().filter(|(name, _)| !name.starts_with("certificate."));
    let mut fields: Vec<(String, String)> = others.cloned().collect();
    for (to, from) in rows.into_iter().enumerate() {
        for name in OF_A_CERTIFICATE {
            let value = posted.get(&format!("certificate.{from}.{name}")).to_owned();
            fields.push((format!("certificate.{to}.{name}"), value));
        }
    }
    Posted { fields, uploads: Vec::new() }
}

struct Maker<'a> {
    entered: &'a Posted,
    lang: Lang,
}

impl Maker<'_> {
    fn field(
        &self,
        name: &str,
        pointer: &str,
        words: (&'static str, &'static str),
        kind: &'static str,
    ) -> FormField {
        FormField {
            name: name.to_owned(),
            pointer: pointer.to_owned(),
            label: self.lang.t(words.0, words.1).to_owned(),
            kind,
            value: self.entered.all(name).collect::<Vec<_>>().join(" "),
            ..FormField::default()
        }
    }

    fn needed(&self, name: &str, pointer: &str, words: (&'static str, &'static str)) -> FormField {
        FormField { is_required: true, ..self.field(name, pointer, words, "text") }
    }

    fn roles(&self) -> FormField {
        let all = Role::ALL.into_iter().filter(|(role, _)| *role != Role::CaseSystem);
        let choices = all.map(|(_, word)| (word.to_owned(), role_in_words(word, self.lang)));
        let words = (
            "角色（运维、安全管理员、审计员互斥，且不得兼任其他角色）",
            "Roles (operations, security administrator and auditor exclude each other and every other role)",
        );
        FormField { choices: choices.collect(), ..self.field("role", "/roles", words, "checks") }
    }

    fn certificate(&self, row: usize) -> [FormField; 4] {
        let at = |name: &str| (format!("certificate.{row}.{name}"), format!("/certificates/{row}/{name}"));
        let one = |name: &str, words, kind| {
            let (name, pointer) = at(name);
            self.field(&name, &pointer, words, kind)
        };
        let kinds = [("work", "工作证", "work"), ("enforcement", "执行公务证", "enforcement")];
        let choices = kinds.map(|(code, zh, en)| (code.to_owned(), self.lang.t(zh, en).to_owned())).to_vec();
        let kind = one("kind", ("证件", "Certificate of office"), "choice");
        [
            FormField { choices, ..kind },
            one("number", ("证件号码", "Its number"), "text"),
            one("from", ("有效期起", "Valid from"), "date"),
            one("until", ("有效期止", "Valid until"), "date"),
        ]
    }

    /// What is kept of a person, with room for one certificate more.
    fn fields(&self) -> Vec<FormField> {
        let mut fields = vec![
            self.needed("name", "/name", ("姓名", "Name")),
            self.field("phone", "/phone", ("电话", "Telephone"), "text"),
            self.field(
                "courts",
                "/courts",
                ("法院代码（多个用逗号隔开）", "Codes of courts (with commas)"),
                "text",
            ),
            self.field("every_court", "", ("全部法院（集约）", "Every court"), "flag"),
            self.roles(),
        ];
        let entered = (0..MOST_CERTIFICATES).filter(|row| is_entered(self.entered, *row)).count();
        let rows = (entered + 1).min(MOST_CERTIFICATES);
        fields.extend((0..rows).flat_map(|row| self.certificate(row)));
        fields
    }

    fn reason(&self) -> FormField {
        FormField { is_required: true, ..self.field("reason", "/reason", ("理由", "Reason"), "reason") }
    }
}

/// A form of an act about persons.
fn form(visitor: &Visitor, title: &'static str, action: String, id: &str, fields: Vec<FormField>) -> ActForm {
    ActForm {
        title,
        action,
        is_grave: false,
        has_files: false,
        csrf: visitor.csrf.clone(),
        next: String::new(),
        id: id.to_owned(),
        fields,
        faults: Vec::new(),
    }
}

/// The form of a new person.
pub fn add(visitor: &Visitor, entered: &Posted) -> ActForm {
    let maker = Maker { entered, lang: visitor.lang };
    let mut fields = vec![maker.needed(
        "number",
        "/number",
        ("工号（登录用，不可更改）", "Staff number (to sign in; for good)"),
    )];
    fields.extend(maker.fields());
    let without = (
        "无密码（仅以统一身份认证或证书登录）",
        "No password (signs in by the identity provider or by a certificate)",
    );
    fields.push(maker.field("without_password", "", without, "flag"));
    fields.push(maker.reason());
    let title = visitor.lang.t("新增人员", "Add the person");
    form(visitor, title, "/console/people/new".to_owned(), "add", fields)
}

/// The form that changes what is kept of a person.
pub fn change(visitor: &Visitor, id: &str, entered: &Posted) -> ActForm {
    let maker = Maker { entered, lang: visitor.lang };
    let mut fields = maker.fields();
    fields.push(maker.reason());
    let title = visitor.lang.t("变更", "Change");
    form(visitor, title, format!("/console/people/{id}/change"), "change", fields)
}

/// The form that binds a client certificate to a person.
pub fn bind_certificate(visitor: &Visitor, id: &str) -> ActForm {
    let entered = Posted::default();
    let maker = Maker { entered: &entered, lang: visitor.lang };
    let words = ("证书文件（PEM格式，不含私钥）", "File with the certificate as PEM, without its key");
    let file = maker.field("certificate", "/certificate", words, "file");
    let fields = vec![FormField { is_required: true, ..file }, maker.reason()];
    let title = visitor.lang.t("绑定登录证书", "Bind a client certificate");
    let action = format!("/console/people/{id}/bind-certificate");
    ActForm { has_files: true, ..form(visitor, title, action, "bind-certificate", fields) }
}

/// A form that takes a reason and nothing else.
pub fn plain(
    visitor: &Visitor,
    (action, id): (String, &str),
    title: &'static str,
    is_grave: bool,
) -> ActForm {
    let entered = Posted::default();
    let maker = Maker { entered: &entered, lang: visitor.lang };
    ActForm { is_grave, ..form(visitor, title, action, id, vec![maker.reason()]) }
}

/// What the API is sent for the form of a person, new or known.
pub fn body_of(posted: &Posted, is_new: bool) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    for name in ["name", "phone", "reason"] {
        put(name, posted.get(name).into());
    }
    if is_new {
        put("number", posted.get("number").into());
        put("without_password", (posted.get("without_password") == "yes").into());
    }
    let codes = names_in(posted.get("courts"));
    let courts = match (posted.get("every_court") == "yes", is_new) {
        (true, true) => Value::Null,
        (true, false) => json!(["*"]),
        (false, _) => codes.into(),
    };
    put("courts", courts);
    put("roles", posted.all("role").collect::<Vec<_>>().into());
    let rows = (0..MOST_CERTIFICATES).filter(|row| is_entered(posted, *row)).map(|row| {
        let entered = |name: &str| posted.get(&format!("certificate.{row}.{name}")).to_owned();
        let day = |name| Some(entered(name)).filter(|day| !day.is_empty());
        let kind = Some(entered("kind")).filter(|kind| !kind.is_empty()).unwrap_or_else(|| "work".to_owned());
        json!({ "kind": kind, "number": entered("number"), "from": day("from"), "until": day("until") })
    });
    put("certificates", rows.collect());
    body.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Posted { fields, uploads: Vec::new() }
    }

    #[test]
    fn what_is_entered_of_a_person_is_what_the_api_is_sent_and_comes_back_into_the_form() {
        let entered = posted(&[
            ("name", "张测试"),
            ("number", "gh001"),
            ("phone", ""),
            ("courts", "T10，T11"),
            ("role", "officer"),
            ("role", "approver"),
            ("certificate.0.kind", "work"),
            ("certificate.2.kind", "enforcement"),
            ("certificate.2.number", "测执0000001"),
            ("certificate.2.until", "2027-12-31"),
            ("reason", "入职"),
        ]);
        let body = body_of(&compact(entered), true);
        let certificate =
            json!({ "kind": "enforcement", "number": "测执0000001", "from": null, "until": "2027-12-31" });
        let expected = json!({
            "name": "张测试", "number": "gh001", "phone": "", "courts": ["T10", "T11"], "roles": ["officer", "approver"],
            "certificates": [certificate], "without_password": false, "reason": "入职",
        });
        assert_eq!(body, expected);
        let again = known(&expected);
        let mut changed = body_of(&again, false);
        changed["reason"] = json!("入职");
        let mut without_number = expected;
        without_number.as_object_mut().expect("an object").remove("number");
        without_number.as_object_mut().expect("an object").remove("without_password");
        assert_eq!(changed, without_number, "a form that nobody touched changes nothing");
    }

    #[test]
    fn every_court_is_said_by_a_mark_and_none_is_no_court() {
        let of = |fields: &[(&str, &str)], is_new| body_of(&posted(fields), is_new)["courts"].clone();
        assert_eq!(of(&[("every_court", "yes")], true), Value::Null);
        assert_eq!(of(&[("every_court", "yes"), ("courts", "T10")], false), json!(["*"]));
        assert_eq!(of(&[], true), json!([]), "which the API refuses");
        assert_eq!(body_of(&known(&json!({ "courts": null })), false)["courts"], json!(["*"]));
    }
}
