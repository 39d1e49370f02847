//! Tables of what was found, one a kind of property.

use chakong_contract::Asset;
use chakong_contract::asset::{Account, Encumbrance, EquityStake, RealProperty, Vehicle};

use super::super::record::{Found, Issue, Search};
use super::super::{Cell, Table, words};
use crate::domain::LineRow;

/// The tables of what was found of a party; those without rows are left out, but for accounts.
pub(super) fn tables(asked: &[(&Search, Vec<&LineRow>)], issue: &Issue<'_>) -> Vec<Table> {
    let mut kinds = Kinds::new();
    for (search, lines) in asked {
        for line in lines {
            if let Some(found) = search.found.get(&line.root) {
                kinds.add(issue.name_of(&line.lane), found);
            }
        }
    }
    kinds.shown()
}

struct Kinds {
    accounts: Table,
    products: Table,
    properties: Table,
    equity: Table,
    vehicles: Table,
    companies: Table,
    receipts: Table,
}

/// Columns of a table, each with its part of the width in percent.
type Columns = &'static [(&'static str, u8)];

const ACCOUNTS: Columns = &[
    ("序号", 6),
    ("开户银行", 18),
    ("账号", 19),
    ("类别、状态", 13),
    ("余额", 13),
    ("可用余额", 13),
    ("在先冻结及他人权利", 18),
];
const PRODUCTS: Columns = &[
    ("序号", 6),
    ("金融机构", 18),
    ("产品名称", 20),
    ("产品编号", 18),
    ("数量", 14),
    ("可控制数量", 12),
    ("单价", 12),
];
const PROPERTIES: Columns = &[
    ("序号", 6),
    ("坐落", 22),
    ("权证号、单元号", 22),
    ("面积、用途", 12),
    ("权利人及份额", 14),
    ("查封、抵押等情况", 24),
];
const STAKES: Columns = &[
    ("序号", 6),
    ("公司名称", 28),
    ("统一社会信用代码", 20),
    ("认缴出资", 14),
    ("持股比例", 10),
    ("冻结、质押情况", 22),
];
const VEHICLES: Columns = &[
    ("序号", 6),
    ("号牌号码", 14),
    ("车辆识别代号", 22),
    ("品牌型号", 20),
    ("状态", 14),
    ("查封、抵押情况", 24),
];
const COMPANIES: Columns = &[
    ("序号", 6),
    ("名称", 26),
    ("统一社会信用代码", 20),
    ("登记状态", 10),
    ("法定代表人", 12),
    ("住所", 26),
];
const RECEIPTS: Columns = &[("协助单位", 24), ("名称", 26), ("SHA-256", 50)];

impl Kinds {
    fn new() -> Self {
        Self {
            accounts: Table::new("二、银行存款", ACCOUNTS, "各协助单位均未反馈银行账户。"),
            products: Table::new("金融资产", PRODUCTS, ""),
            properties: Table::new("不动产", PROPERTIES, ""),
            equity: Table::new("股权及其他投资权益", STAKES, ""),
            vehicles: Table::new("机动车", VEHICLES, ""),
            companies: Table::new("企业登记信息", COMPANIES, ""),
            receipts: Table::new("随反馈收到的回执", RECEIPTS, ""),
        }
    }

    fn add(&mut self, counterpart: &str, found: &Found) {
        for asset in found.reply.assets() {
            match &asset.asset {
                Asset::Account(account) => self.add_account(counterpart, account),
                Asset::Property(property) => self.add_property(property),
                Asset::Equity(stake) => self.add_stake(stake),
                Asset::Vehicle(vehicle) => self.add_vehicle(vehicle),
                Asset::Company(company) => push(
                    &mut self.companies,
                    vec![
                        Cell::text(&company.name),
                        Cell::text(company.code.as_ref().map(ToString::to_string).unwrap_or_default()),
                        Cell::text(&company.status_text),
                        Cell::text(&company.legal_representative),
                        Cell::text(&company.address),
                    ],
                ),
            }
        }
        for (title, sha256) in &found.receipts {
            self.receipts.rows.push(vec![counterpart.into(), Cell::text(title), Cell::text(sha256)]);
        }
    }

    fn add_account(&mut self, counterpart: &str, account: &Account) {
        let institution =
            if account.institution.is_empty() { counterpart } else { account.institution.as_str() };
        let bank = joined(&[institution, &account.branch]);
        push(
            &mut self.accounts,
            vec![
                Cell::text(bank),
                Cell::text(&account.number),
                Cell::text(joined(&[&account.class, &account.status])),
                Cell::money(account.balance),
                Cell::money(account.available),
                Cell::text(rights(&account.encumbrances)),
            ],
        );
        for sub in &account.sub_accounts {
            let row = vec![
                Cell::Empty,
                Cell::text(format!("子账户 {}", sub.number)),
                Cell::text(joined(&[&sub.class, &sub.remark])),
                Cell::money(sub.balance),
                Cell::money(sub.available),
                Cell::Empty,
            ];
            self.accounts.rows.push(std::iter::once(Cell::Empty).chain(row).collect());
        }
        for product in &account.products {
            let quantity = product.quantity.clone().unwrap_or_default();
            push(
                &mut self.products,
                vec![
                    Cell::text(institution),
                    Cell::text(joined(&[&product.name, &product.class])),
                    Cell::text(&product.number),
                    Cell::text(joined(&[&quantity, &product.unit])),
                    Cell::text(product.controllable.clone().unwrap_or_default()),
                    Cell::money(product.unit_price),
                ],
            );
        }
    }

    fn add_property(&mut self, property: &RealProperty) {
        let unit = property.unit_number.as_ref().map(ToString::to_string);
        let unit = unit.unwrap_or_else(|| property.unit_number_text.clone());
        let certificates = property.certificates.join("、");
        let holders = property.holders.iter().map(|one| joined(&[&one.name, &one.share]));
        let area = property.area.map(|area| area.normalize().to_string()).unwrap_or_default();
        push(
            &mut self.properties,
            vec![
                Cell::text(&property.location),
                Cell::text(joined(&[&certificates, &unit])),
                Cell::text(joined(&[&area, area_unit(property), &property.usage])),
                Cell::text(holders.collect::<Vec<_>>().join("、")),
                Cell::text(rights(&property.encumbrances)),
            ],
        );
    }

    fn add_stake(&mut self, stake: &EquityStake) {
        let code = stake.company_code.as_ref().map(ToString::to_string);
        let percent = stake.percent.as_deref().map(|percent| format!("{percent}%")).unwrap_or_default();
        push(
            &mut self.equity,
            vec![
                Cell::text(&stake.company),
                Cell::text(code.unwrap_or_else(|| stake.registration_number.clone())),
                Cell::money(stake.subscribed),
                Cell::text(percent),
                Cell::text(rights(&stake.encumbrances)),
            ],
        );
    }

    fn add_vehicle(&mut self, vehicle: &Vehicle) {
        push(
            &mut self.vehicles,
            vec![
                Cell::text(&vehicle.plate),
                Cell::text(&vehicle.vin),
                Cell::text(joined(&[&vehicle.model, &vehicle.class])),
                Cell::text(&vehicle.status),
                Cell::text(rights(&vehicle.encumbrances)),
            ],
        );
    }

    fn shown(self) -> Vec<Table> {
        let others =
            [self.products, self.properties, self.equity, self.vehicles, self.companies, self.receipts];
        let others = others.into_iter().filter(|table| !table.rows.is_empty());
        std::iter::once(self.accounts).chain(others).collect()
    }
}

/// Adds a row behind its place.
fn push(table: &mut Table, cells: Vec<Cell>) {
    let places = table.rows.iter().filter(|row| row.first() != Some(&Cell::Empty)).count();
    table.rows.push(std::iter::once(Cell::text((places + 1).to_string())).chain(cells).collect());
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

const fn area_unit(property: &RealProperty) -> &'static str {
    use chakong_contract::asset::AreaUnit;
    match property.area_unit {
        Some(AreaUnit::SquareMetre) => "平方米",
        Some(AreaUnit::Mu) => "亩",
        Some(AreaUnit::Hectare) => "公顷",
        None => "",
    }
}

/// Rights of others, each with holder, document, amount and term.
fn rights(all: &[Encumbrance]) -> String {
    let one = |right: &Encumbrance| {
        let amount = words::money(right.amount);
        let until = right.until.map(|until| format!("至{until}")).unwrap_or_default();
        let rank = right.rank.map(|rank| format!("第{}顺位", rank.place)).unwrap_or_default();
        joined(&[
            words::encumbrance(right.kind),
            &right.holder,
            &right.document,
            &amount,
            &until,
            &rank,
            &right.words,
        ])
    };
    all.iter().map(one).collect::<Vec<_>>().join("；")
}
