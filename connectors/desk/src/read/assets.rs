//! What was found, row by row.

mod rows;

use chakong_contract::asset::{
    Asset, Encumbrance, FoundAsset, Holder, MatchedBy, Product, PropertyKind, RealProperty, Vehicle,
};
use chakong_contract::form::{FieldProblem, Filled, Values};
use chakong_contract::id::{UnitNumber, Uscc};
use chakong_contract::{Account, Currency, EquityStake, Order};
use chakong_toolkit::accounts::Relation;

use rows::AssetRows;

use crate::kinds::Kind;
use crate::manifest::Counter;
use crate::words::chosen;

/// What the rows of a form say, or every row's field that cannot be right.
pub(crate) fn read(
    counter: &Counter,
    order: &Order,
    filled: &Filled,
) -> Result<Vec<FoundAsset>, Vec<FieldProblem>> {
    let (mut found, mut problems) = (AssetRows::default(), Vec::new());
    for (at, row) in filled.rows.iter().enumerate() {
        let Some((_, kind)) = Kind::ALL.iter().find(|(word, _)| *word == row.kind) else { continue };
        let mut reader = Row { counter, order, values: Values::of(&row.fields), at, problems: &mut problems };
        let matched_by = chosen(reader.values.text("matched")).unwrap_or(MatchedBy::Unstated);
        let asset = match kind {
            Kind::Account => Asset::Account(reader.account()),
            Kind::Security => Asset::Account(reader.security()),
            Kind::Property => Asset::Property(reader.property()),
            Kind::Vehicle => Asset::Vehicle(reader.vehicle()),
            Kind::Equity => Asset::Equity(reader.equity()),
        };
        let is_bare = matches!(kind, Kind::Security);
        if found.put(FoundAsset { asset, matched_by }, is_bare) == Relation::Contradiction {
            reader.wrong(
                "number",
                "账号：与前面同一账号、同一币种的一行内容不符（类别、状态、余额），请核对后只填一行，或改正币种",
                "another row says something else of this account in this currency: compare class, status and amounts, and correct one of them",
            );
        }
    }
    if problems.is_empty() { Ok(found.all) } else { Err(problems) }
}

/// One row that is read.
struct Row<'r> {
    counter: &'r Counter,
    order: &'r Order,
    values: Values<'r>,
    at: usize,
    problems: &'r mut Vec<FieldProblem>,
}

impl Row<'_> {
    fn wrong(&mut self, key: &str, zh: &str, en: &str) {
        self.problems.push(FieldProblem::new(format!("/rows/{}/fields/{key}", self.at), zh, en));
    }

    /// A value that is checked by its own type, where it is filled in.
    fn checked<T: std::str::FromStr>(&mut self, key: &str, zh: &str, en: &str) -> Option<T> {
        let text = self.values.text(key);
        let read = text.parse().ok();
        if read.is_none() && !text.is_empty() {
            self.wrong(key, zh, en);
        }
        read
    }

    fn account(&mut self) -> Account {
        let values = self.values;
        let currency = Currency::from_wire(values.text("currency"));
        if currency.is_none() {
            self.wrong("currency", "币种：不认识此币种，如 CNY、人民币", "is no known currency, such as CNY");
        }
        Account {
            class: values.owned("class"),
            status: values.owned("status"),
            branch: values.owned("branch"),
            currency,
            balance: values.money("balance", currency),
            available: values.money("available", currency),
            opened: values.day("opened"),
            encumbrances: self.encumbrances(currency),
            remark: values.owned("remark"),
            ..self.bare_account("number")
        }
    }

    /// The account through which a security is held; nothing more is said of it.
    fn security(&mut self) -> Account {
        let values = self.values;
        let product = Product {
            number: values.owned("number"),
            name: values.owned("name"),
            class: values.owned("class"),
            manager: String::new(),
            unit: values.owned("unit"),
            quantity: values.decimal_text("quantity"),
            controllable: values.decimal_text("controllable"),
            unit_price: values.money("unit_price", Some(Currency::CNY)),
            redemption_account: String::new(),
            sale: String::new(),
            region: String::new(),
            wealth_account: String::new(),
        };
        Account { products: vec![product], ..self.bare_account("account") }
    }

    fn bare_account(&self, key: &str) -> Account {
        Account {
            institution: self.counter.institution.clone(),
            institution_code: self.counter.code.clone(),
            number: self.values.owned(key),
            place: None,
            more_places: Vec::new(),
            class: String::new(),
            status: String::new(),
            branch: String::new(),
            branch_code: String::new(),
            currency: None,
            balance: None,
            available: None,
            opened: None,
            closed: None,
            linked_account: String::new(),
            sub_accounts: Vec::new(),
            products: Vec::new(),
            encumbrances: Vec::new(),
            transactions: Vec::new(),
            remark: String::new(),
            doubts: Vec::new(),
        }
    }

    fn property(&mut self) -> RealProperty {
        let values = self.values;
        let unit_number: Option<UnitNumber> = self.checked(
            "unit_number",
            "不动产单元号：格式不符，请核对28位编码",
            "is no unit number of 28 characters",
        );
        let area_unit = chosen(values.text("area_unit"));
        if values.decimal("area").is_some() && area_unit.is_none() {
            self.wrong("area_unit", "面积单位：填写面积时必选", "choose the unit of the area");
        }
        let own = Holder {
            name: self.order.name.to_string(),
            share: values.owned("share"),
            co_ownership: chosen(values.text("co_ownership")),
        };
        let others = values.text("co_owners").split('、').map(str::trim).filter(|name| !name.is_empty());
        let others = others.map(|name| Holder {
            name: name.to_owned(),
            share: String::new(),
            co_ownership: own.co_ownership,
        });
        let holders = std::iter::once(own.clone()).chain(others).collect();
        RealProperty {
            kind: chosen(values.text("property_kind")).unwrap_or(PropertyKind::Other),
            unit_number,
            unit: None,
            unit_number_text: String::new(),
            certificates: vec![values.owned("certificate")],
            location: values.owned("location"),
            holders,
            matched_number: None,
            area: values.decimal("area"),
            area_unit,
            usage: values.owned("usage"),
            right_nature: String::new(),
            registered: values.day("registered"),
            registry: self.counter.institution.clone(),
            business_number: String::new(),
            encumbrances: self.encumbrances(Some(Currency::CNY)),
            remark: values.owned("remark"),
            unreliable: Vec::new(),
        }
    }

    fn vehicle(&mut self) -> Vehicle {
        let values = self.values;
        Vehicle {
            plate: values.owned("plate"),
            vin: values.owned("vin"),
            model: values.owned("model"),
            class: values.owned("class"),
            owner: self.order.name.to_string(),
            status: values.owned("status"),
            registered: values.day("registered"),
            registry: self.counter.institution.clone(),
            encumbrances: self.encumbrances(Some(Currency::CNY)),
        }
    }

    fn equity(&mut self) -> EquityStake {
        let values = self.values;
        let code = "统一社会信用代码：校验不符，请核对；回执未载明的请留空";
        let company_code: Option<Uscc> =
            self.checked("company_code", code, "fails its check: compare it, or leave it empty");
        if values.decimal("percent").is_some_and(|percent| percent > rust_decimal::Decimal::ONE_HUNDRED) {
            self.wrong("percent", "持股比例：不得超过100", "is more than 100");
        }
        EquityStake {
            holder: self.order.name.to_string(),
            company: values.owned("company"),
            company_code,
            percent: values.decimal_text("percent"),
            shares: values.decimal_text("shares"),
            subscribed: values.money("subscribed", Some(Currency::CNY)),
            paid: values.money("paid", Some(Currency::CNY)),
            since: values.day("since"),
            encumbrances: self.encumbrances(Some(Currency::CNY)),
            ..EquityStake::default()
        }
    }

    /// The right of somebody else that the row names.
    fn encumbrances(&mut self, currency: Option<Currency>) -> Vec<Encumbrance> {
        let values = self.values;
        let Some(kind) = chosen(values.text("right")) else {
            let is_described = ["right_holder", "right_amount", "right_until"]
                .into_iter()
                .any(|key| !values.text(key).is_empty());
            if is_described {
                self.wrong("right", "已有权利负担：请选择种类", "choose what kind of right it is");
            }
            return Vec::new();
        };
        vec![Encumbrance {
            kind,
            holder: values.owned("right_holder"),
            document: String::new(),
            amount: values.money("right_amount", currency),
            from: None,
            until: values.day("right_until"),
            rank: None,
            reference: String::new(),
            words: String::new(),
        }]
    }
}
