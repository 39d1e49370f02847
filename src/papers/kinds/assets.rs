//! Tables of what was found, one a kind of property.

use chakong_contract::Asset;
use chakong_contract::asset::{
    Account, Encumbrance, EquityStake, FoundAsset, MatchedBy, RealProperty, Vehicle,
};

use super::super::record::{Found, Issue, Search};
use super::super::{Cell, Table, words};
use crate::domain::companies::stakes_of_parties;
use crate::domain::{LineRow, PartyId};

/// What stands with an asset whose owner has the party's name, and of whom nothing else is known.
pub(super) const BY_NAME_ONLY: &str = "仅姓名相符，待核实";

/// The tables of what was found of a party; those without rows are left out, but for accounts. A stake that a company's list of
/// shareholders shows is the party's too, whoever was looked up.
pub(super) fn tables(asked: &[(&Search, Vec<&LineRow>)], party: PartyId, issue: &Issue<'_>) -> Vec<Table> {
    let mut kinds = Kinds::new();
    let mut stakes = Vec::new();
    for (search, lines) in asked {
        for line in lines {
            if let Some(found) = search.found.get(&line.root) {
                kinds.add(issue.name_of(&line.lane), found);
            }
        }
        stakes.extend(stakes_of(search, party));
    }
    for found in stakes {
        kinds.add_asset("", &found);
    }
    kinds.shown()
}

/// The stakes of a party that lists of shareholders show, in whatever answer of a search.
fn stakes_of(search: &Search, party: PartyId) -> Vec<FoundAsset> {
    let assets = search.found.values().flat_map(|found| found.reply.assets());
    let stakes = assets.flat_map(|found| stakes_of_parties(&found.asset, &search.terms.parties));
    let own = stakes.filter(|one| search.terms.debtor(one.party) == party);
    own.map(|one| FoundAsset { asset: Asset::Equity(one.stake), matched_by: one.matched_by }).collect()
}

struct Kinds {
    /// What is in a table already.
    listed: Vec<Asset>,
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
            listed: Vec::new(),
            accounts: Table::new("银行存款", ACCOUNTS, "各协助单位均未反馈银行账户。"),
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
            self.add_asset(counterpart, asset);
            self.listed.push(asset.asset.clone());
        }
        for (title, sha256) in &found.receipts {
            self.receipts.rows.push(vec![counterpart.into(), Cell::text(title), Cell::text(sha256)]);
        }
    }

    fn add_asset(&mut self, counterpart: &str, found: &FoundAsset) {
        let mark = if found.matched_by == MatchedBy::NameOnly { BY_NAME_ONLY } else { "" };
        match &found.asset {
            Asset::Account(account) => self.add_account(counterpart, account, mark),
            Asset::Property(property) => self.add_property(property, mark),
            Asset::Equity(stake) => {
                // A register's own entry, or another list, says the same.
                if !counterpart.is_empty() || !self.lists(&found.asset) {
                    self.add_stake(stake, mark);
                    self.listed.push(found.asset.clone());
                }
            }
            Asset::Vehicle(vehicle) => self.add_vehicle(vehicle, mark),
            Asset::Company(company) => push(
                &mut self.companies,
                vec![
                    Cell::text(&company.name),
                    Cell::text(company.code.as_ref().map(ToString::to_string).unwrap_or_default()),
                    Cell::text(joined(&[&company.status_text, mark])),
                    Cell::text(&company.legal_representative),
                    Cell::text(&company.address),
                ],
            ),
        }
    }

    /// Whether an asset stands in a table, as another answer reported it.
    fn lists(&self, asset: &Asset) -> bool {
        let identities = asset.identities();
        let is_same = |known: &Asset| {
            !known.is_another_than(asset) && known.identities().iter().any(|one| identities.contains(one))
        };
        self.listed.iter().any(is_same)
    }

    fn add_account(&mut self, counterpart: &str, account: &Account, mark: &str) {
        let institution =
            if account.institution.is_empty() { counterpart } else { account.institution.as_str() };
        let bank = joined(&[institution, &account.branch]);
        push(
            &mut self.accounts,
            vec![
                Cell::text(bank),
                Cell::text(&account.number),
                Cell::text(joined(&[&account.class, &account.status, mark])),
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
                    Cell::text(joined(&[&product.name, &product.class, mark])),
                    Cell::text(&product.number),
                    Cell::text(joined(&[&quantity, &product.unit])),
                    Cell::text(product.controllable.clone().unwrap_or_default()),
                    Cell::money(product.unit_price),
                ],
            );
        }
    }

    fn add_property(&mut self, property: &RealProperty, mark: &str) {
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
                Cell::text(joined(&[&holders.collect::<Vec<_>>().join("、"), mark])),
                Cell::text(rights(&property.encumbrances)),
            ],
        );
    }

    fn add_stake(&mut self, stake: &EquityStake, mark: &str) {
        let code = stake.company_code.as_ref().map(ToString::to_string);
        let percent = stake.percent.as_deref().map(|percent| format!("{percent}%")).unwrap_or_default();
        push(
            &mut self.equity,
            vec![
                Cell::text(joined(&[&stake.company, mark])),
                Cell::text(code.unwrap_or_else(|| stake.registration_number.clone())),
                Cell::money(stake.subscribed),
                Cell::text(percent),
                Cell::text(rights(&stake.encumbrances)),
            ],
        );
    }

    fn add_vehicle(&mut self, vehicle: &Vehicle, mark: &str) {
        push(
            &mut self.vehicles,
            vec![
                Cell::text(&vehicle.plate),
                Cell::text(&vehicle.vin),
                Cell::text(joined(&[&vehicle.model, &vehicle.class])),
                Cell::text(joined(&[&vehicle.status, mark])),
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
