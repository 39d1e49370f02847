//! The parts of the form of an inquiry, filled with what was entered.

use super::super::acts::{FormField, amount_of};
use super::super::draft::Draft;
use super::super::lang::Lang;
use super::super::papers::field_of;
use super::super::reading::grouped;
use super::super::words::{self, Word, choices, paper, word};
use super::body::{MOST_PARTIES, OFFICERS, PAPERS, SHEET};
use super::sheet_party::SheetParty;

/// A part of the form.
pub struct Section {
    /// Its title.
    pub title: String,
    /// What it is for.
    pub hint: &'static str,
    /// Its fields.
    pub fields: Vec<FormField>,
}

type Choices = &'static [(&'static str, Word)];

/// Makes fields that show what was entered before.
struct Filler<'a> {
    draft: &'a Draft,
    lang: Lang,
}

impl Filler<'_> {
    fn value(&self, name: &str) -> String {
        let all = self.draft.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
        all.collect::<Vec<_>>().join(" ")
    }

    fn field(
        &self,
        name: &str,
        words: (&'static str, &'static str),
        kind: &'static str,
        is_required: bool,
    ) -> FormField {
        let label = self.lang.t(words.0, words.1).to_owned();
        FormField {
            name: name.to_owned(),
            label,
            kind,
            is_required,
            value: self.value(name),
            ..FormField::default()
        }
    }

    fn text(&self, name: &str, words: (&'static str, &'static str)) -> FormField {
        self.field(name, words, "text", false)
    }

    fn needed(&self, name: &str, words: (&'static str, &'static str)) -> FormField {
        self.field(name, words, "text", true)
    }

    fn choice(&self, name: &str, words: (&'static str, &'static str), table: Choices) -> FormField {
        let field = self.field(name, words, "choice", true);
        FormField { choices: choices(table, self.lang), ..field }
    }

    /// One of these, or none.
    fn pick(&self, name: &str, words: (&'static str, &'static str), table: Choices) -> FormField {
        FormField { choices: choices(table, self.lang), ..self.field(name, words, "pick", false) }
    }

    /// A file; one that was chosen before is named.
    fn file(&self, name: &str, label: String) -> FormField {
        let chosen = self.draft.uploads.iter().find(|upload| upload.field == name);
        let value = chosen.map(|upload| upload.name.clone()).unwrap_or_default();
        FormField { name: name.to_owned(), label, kind: "file", value, ..FormField::default() }
    }
}

/// Every part of the form, with so many parties.
pub fn sections(draft: &Draft, parties: usize, lang: Lang) -> Vec<Section> {
    let fill = Filler { draft, lang };
    let section = |title: (&'static str, &'static str), hint: (&'static str, &'static str), fields| Section {
        title: lang.t(title.0, title.1).to_owned(),
        hint: lang.t(hint.0, hint.1),
        fields,
    };
    let mut all = vec![section(("案件", "Case"), ("", ""), case_fields(&fill))];
    all.extend((0..OFFICERS).map(|row| officer(&fill, row)));
    all.push(section(
        ("当事人名单", "Sheet of parties"),
        ("当事人较多时，按模板填写后上传；与下面逐名填写的当事人一并提交。", "Where there are many parties: fill in the template and upload it; they go with those entered below."),
        vec![
            fill.file(SHEET, lang.t("Excel 名单（.xlsx）", "Excel sheet (.xlsx)").to_owned()),
            fill.field("sheet_off", ("不使用已选的名单", "do not use the sheet"), "flag", false),
        ],
    ));
    all.extend((0..parties).map(|row| party(&fill, row)));
    all.push(section(
        ("查询范围", "What to look for"),
        ("都不选即为全部。", "Nothing chosen means everything."),
        search_fields(&fill),
    ));
    all.push(section(
        ("冻结授权", "Freeze mandate"),
        ("不填金额则只查询、不冻结。", "Without an amount nothing is frozen."),
        mandate_fields(&fill),
    ));
    let mut papers = vec![fill.text("paper_number", ("文书案号", "Number of the documents"))];
    papers.extend(PAPERS.iter().map(|kind| fill.file(&field_of(*kind), paper(*kind, lang))));
    all.push(section(
        ("法律文书", "Legal documents"),
        ("加盖电子印章的 PDF、OFD 或图片。需要哪些由所查、所冻决定，预览时会提示。", "Sealed PDF, OFD or images. Which ones are needed follows from what is asked; the preview says so."),
        papers,
    ));
    all
}

fn case_fields(fill: &Filler<'_>) -> Vec<FormField> {
    vec![
        fill.needed("case.number", ("案号", "Case number")),
        fill.choice("purpose", ("查控目的", "Purpose"), words::PURPOSE),
        fill.needed("case.court_name", ("法院名称", "Court")),
        fill.needed("case.court_code", ("法院代码", "Code of the court")),
        fill.field("case.filed_on", ("立案日期", "Filed on"), "date", false),
        fill.text("case.continues", ("承接案号", "Continues case")),
    ]
}

fn officer(fill: &Filler<'_>, row: usize) -> Section {
    let name = |field: &str| format!("officer.{row}.{field}");
    let lang = fill.lang;
    let fields = vec![
        fill.field(&name("name"), ("姓名", "Name"), "text", row == 0),
        fill.field(&name("work_certificate"), ("工作证号", "Work certificate"), "text", row == 0),
        fill.field(
            &name("enforcement_certificate"),
            ("执行公务证号", "Enforcement certificate"),
            "text",
            row == 0,
        ),
        fill.text(&name("phone"), ("电话", "Phone")),
        fill.file(&name("work_image"), lang.t("工作证照片", "Image of the work certificate").to_owned()),
        fill.file(
            &name("enforcement_image"),
            lang.t("执行公务证照片", "Image of the enforcement certificate").to_owned(),
        ),
    ];
    let title = match row {
        0 => lang.t("承办人", "Handling officer"),
        _ => lang.t("协查人", "Second officer"),
    };
    Section { title: title.to_owned(), hint: "", fields }
}

fn party(fill: &Filler<'_>, row: usize) -> Section {
    let name = |field: &str| format!("party.{row}.{field}");
    let is_first = row == 0;
    let fields = vec![
        fill.field(&name("name"), ("姓名或名称", "Name"), "text", is_first),
        fill.choice(&name("kind"), ("类型", "Kind"), words::PARTY_KIND),
        fill.choice(&name("role"), ("在案身份", "Role"), words::PARTY_ROLE),
        fill.choice(&name("document"), ("证件类型", "Document"), words::IDENTITY),
        fill.field(&name("number"), ("证件号码", "Number"), "text", is_first),
        fill.text(&name("reference"), ("办案系统编号", "The case system's reference")),
        fill.field(
            &name("liable_up_to"),
            ("责任限额（元，空白为全部标的）", "Liable up to (yuan; empty for the whole claim)"),
            "money",
            false,
        ),
        fill.pick(&name("document2"), ("另一证件类型", "Second document"), words::IDENTITY),
        fill.text(&name("number2"), ("另一证件号码", "Second number")),
        fill.text(
            &name("former_names"),
            ("曾用名（多个以分号分隔）", "Former names (separated by semicolons)"),
        ),
    ];
    Section { title: format!("{} {}", fill.lang.t("当事人", "Party"), row + 1), hint: "", fields }
}

fn search_fields(fill: &Filler<'_>) -> Vec<FormField> {
    let assets = fill.field("assets", ("财产种类", "Kinds of assets"), "checks", false);
    let kinds = choices(words::ASSET, fill.lang).into_iter().filter(|(code, _)| code != "product");
    vec![
        FormField { choices: kinds.collect(), ..assets },
        fill.text(
            "counterparts",
            ("协助单位（名称或代号，以逗号分隔）", "Counterparts (names or codes, separated by commas)"),
        ),
        fill.field("deadline_hours", ("反馈期限（小时，默认 24）", "Deadline (hours; 24)"), "count", false),
        fill.field(
            "unverified_reason",
            ("证件号校验不符仍须使用的理由", "Why a number that fails its check is used"),
            "text",
            false,
        ),
    ]
}

fn mandate_fields(fill: &Filler<'_>) -> Vec<FormField> {
    vec![
        fill.field("claim", ("执行标的（元）", "Claim (yuan)"), "money", false),
        fill.choice("mode", ("存款冻结方式", "Mode for deposits"), words::MODE),
        fill.choice("other_property", ("其他财产冻结方式", "Mode for other property"), words::MODE),
        fill.choice("prefer", ("账户次序", "Order of accounts"), words::PREFER),
        fill.choice("uncovered", ("限额中无款部分", "Uncovered limits"), words::UNCOVERED),
        fill.field("term_days", ("冻结期限（天）", "Term (days)"), "count", false),
        fill.field(
            "living_costs",
            ("每名自然人生活必需费用（元）", "Living costs of each natural person (yuan)"),
            "money",
            false,
        ),
    ]
}

/// What a field for a file is called.
pub fn label_of(field: &str, lang: Lang) -> String {
    let kind = PAPERS.iter().find(|kind| field_of(**kind) == field);
    match kind {
        Some(kind) => paper(*kind, lang),
        None if field == SHEET => lang.t("当事人名单", "sheet of parties").to_owned(),
        None => lang.t("证件照片", "image of a certificate").to_owned(),
    }
}

/// Parties of a sheet that a preview names.
const MOST_NAMED: usize = 30;

/// What was entered, in short, for the preview, with the parties of a sheet.
pub fn summary(draft: &Draft, sheet: &[SheetParty], lang: Lang) -> Vec<(String, String)> {
    let fill = Filler { draft, lang };
    let plain =
        |name: &str, zh: &'static str, en: &'static str| (lang.t(zh, en).to_owned(), fill.value(name));
    let of = |table: Choices, name: &str, zh: &'static str, en: &'static str| {
        (lang.t(zh, en).to_owned(), word(table, &fill.value(name), lang))
    };
    let mut all = vec![
        plain("case.court_name", "法院", "Court"),
        of(words::PURPOSE, "purpose", "查控目的", "Purpose"),
        plain("officer.0.name", "承办人", "Officer"),
        (lang.t("执行标的（元）", "Claim (yuan)").to_owned(), grouped(&amount_of(&fill.value("claim")))),
    ];
    if !fill.value("claim").is_empty() {
        all.push(of(words::MODE, "mode", "存款冻结方式", "Mode for deposits"));
    }
    for row in 0..MOST_PARTIES {
        let name = fill.value(&format!("party.{row}.name"));
        if !name.is_empty() {
            let role = word(words::PARTY_ROLE, &fill.value(&format!("party.{row}.role")), lang);
            all.push((role, named(&fill, row, name)));
        }
    }
    all.extend(of_sheet(sheet, lang));
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// A party of the form by its name, with what it has beside the usual.
fn named(fill: &Filler<'_>, row: usize, name: String) -> String {
    let value = |field: &str| fill.value(&format!("party.{row}.{field}"));
    let said = [
        (("责任限额（元）", "liable up to (yuan)"), grouped(&amount_of(&value("liable_up_to")))),
        (("另一证件", "second document"), word(words::IDENTITY, &value("document2"), fill.lang)),
        (("曾用名", "formerly"), value("former_names")),
    ];
    let said = said.into_iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<String> =
        said.map(|((zh, en), value)| format!("{} {value}", fill.lang.t(zh, en))).collect();
    if said.is_empty() { name } else { format!("{name}（{}）", said.join("；")) }
}

/// The parties of a sheet, and up to how much those are liable who are not for the whole claim.
fn of_sheet(sheet: &[SheetParty], lang: Lang) -> Vec<(String, String)> {
    let limited: Vec<&SheetParty> = sheet.iter().filter(|party| !party.liable_up_to.is_empty()).collect();
    let fact = |(zh, en): (&'static str, &'static str), count: usize, said: Vec<String>| {
        let more = if count > MOST_NAMED { "…" } else { "" };
        (format!("{}（{count}）", lang.t(zh, en)), format!("{}{more}", said.join("、")))
    };
    let names = sheet.iter().take(MOST_NAMED).map(|party| party.name.clone()).collect();
    let limits = limited
        .iter()
        .take(MOST_NAMED)
        .map(|party| format!("{} {}", party.name, grouped(&party.liable_up_to)));
    let all = [
        (sheet.len(), fact(("名单中的当事人", "Parties of the sheet"), sheet.len(), names)),
        (
            limited.len(),
            fact(
                ("名单中的责任限额（元）", "Liabilities of the sheet (yuan)"),
                limited.len(),
                limits.collect(),
            ),
        ),
    ];
    all.into_iter().filter(|(count, _)| *count > 0).map(|(_, fact)| fact).collect()
}
