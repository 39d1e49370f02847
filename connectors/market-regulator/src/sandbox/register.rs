//! The register: who holds what, and every freeze with its state. The only judge of what can be done.

use chakong_contract::{Date, Scalar};
use rust_decimal::Decimal;
use serde_json::Value;

use super::refused;
use super::script::{Company, Everyone, Freeze, Holder};
use crate::wire::{FreezeRow, Holding, Operation, Reported, Request};

/// Most stakes that are made up for anybody.
const MOST_STAKES: u32 = 1000;

#[derive(Debug)]
pub(super) struct Register {
    companies: Vec<Company>,
    everyone: Option<Everyone>,
    entries: Vec<Entry>,
}

/// A freeze.
#[derive(Debug, Clone)]
struct Entry {
    /// Request number under which it was ordered; blank for another court's.
    number: String,
    /// Places of the company and its holder.
    at: (usize, usize),
    row: FreezeRow,
    until: Option<Date>,
    state: &'static str,
}

fn text(text: &str) -> Scalar {
    text.into()
}

/// Yuan as the authority writes them.
fn wan(yuan: u64) -> String {
    let amount = Decimal::from(yuan).checked_div(10_000.into()).unwrap_or_default();
    format!("{amount:.4}")
}

impl Register {
    pub(super) fn new(companies: Vec<Company>, everyone: Option<Everyone>) -> Self {
        let mut register = Self { companies, everyone, entries: Vec::new() };
        for (company_at, company) in register.companies.iter().enumerate() {
            for (holder_at, holder) in company.holders.iter().enumerate() {
                for freeze in &holder.freezes {
                    let id = register.entries.len() + 1;
                    register.entries.push(entry_of(freeze, (company_at, holder_at), id));
                }
            }
        }
        register
    }

    /// Whether it stands on a day: a term that passed ends it.
    fn stands(entry: &Entry, today: Date) -> bool {
        entry.state == "1" && entry.until.is_none_or(|until| until >= today)
    }

    /// The freezes of a stake that stand, in the order of publication; of one day, in the order of entry.
    fn queue(&self, at: (usize, usize), today: Date) -> Vec<usize> {
        let of_stake = |(_, entry): &(usize, &Entry)| entry.at == at && Self::stands(entry, today);
        let mut queue: Vec<usize> =
            self.entries.iter().enumerate().filter(of_stake).map(|(place, _)| place).collect();
        queue.sort_by_key(|place| self.entries.get(*place).map(|entry| entry.row.publicdate.text()));
        queue
    }

    /// A freeze as recorded today, with its place.
    fn row(&self, place: usize, today: Date) -> FreezeRow {
        let Some(entry) = self.entries.get(place) else { return FreezeRow::default() };
        let mut row = entry.row.clone();
        let standing = self.queue(entry.at, today).iter().position(|other| *other == place);
        let lapsed = entry.state == "1" && standing.is_none();
        let state = if lapsed { "3" } else { entry.state };
        row.frozstate = text(state);
        row.frozstate_cn = text(match state {
            "1" => "冻结",
            "2" => "解除冻结",
            _ => "失效",
        });
        if let Some(standing) = standing {
            row.order = (standing + 1).to_string().into();
            let matter = if standing > 0 {
                "轮候冻结股权、其他投资权益"
            } else {
                "公示冻结股权、其他投资权益"
            };
            row.executeitem_cn = text(matter);
        }
        row
    }

    /// The stakes of a party.
    pub(super) fn holdings(&mut self, request: &Request, today: Date) -> Reported {
        self.make_up(request);
        let mut found: Vec<Value> = Vec::new();
        for (company_at, company) in self.companies.iter().enumerate() {
            for (holder_at, holder) in company.holders.iter().enumerate() {
                if is_meant(holder, request) {
                    let at = (company_at, holder_at);
                    let rows = (0..self.entries.len())
                        .filter(|place| self.entries.get(*place).is_some_and(|entry| entry.at == at));
                    let freezes = rows.filter_map(|place| serde_json::to_value(self.row(place, today)).ok());
                    let holding = holding(company, holder, request, freezes.collect());
                    found.extend(serde_json::to_value(holding).ok());
                }
            }
        }
        Reported { code: text("0"), holdings: Some(found), ..Reported::default() }
    }

    /// Carries a control out, or says why not.
    pub(super) fn carry_out(
        &mut self,
        operation: Operation,
        number: &str,
        request: &Request,
        today: Date,
    ) -> Reported {
        self.make_up(request);
        let company = |(_, company): &(usize, &Company)| {
            let code = !request.uniscid.is_empty() && company.code == request.uniscid;
            let registered = !request.regno.is_empty() && company.registration_number == request.regno;
            code || registered || (request.uniscid.is_empty() && company.name == request.entname)
        };
        let Some((company_at, company)) = self.companies.iter().enumerate().find(company) else {
            return refused(12, "无此市场主体");
        };
        if !matches!(company.status.as_str(), "" | "1") {
            return refused(14, "该市场主体已注销或吊销");
        }
        let Some(holder_at) = company.holders.iter().position(|holder| is_meant(holder, request)) else {
            return refused(13, "被执行人不是该企业股东");
        };
        let at = (company_at, holder_at);
        match operation {
            Operation::Freeze => self.freeze(number, at, request, today),
            Operation::Renew => self.renew(at, request, today),
            Operation::Release => self.release(at, request, today),
            _ => self.transfer(at, request, today),
        }
    }

    fn freeze(&mut self, number: &str, at: (usize, usize), request: &Request, today: Date) -> Reported {
        let Some((_, until)) = term(request) else { return refused(17, "冻结期限不符合规定") };
        let place = self.entries.len();
        let row = FreezeRow {
            froid: format!("F{:06}", place + 1).into(),
            froauth: text(&request.froauth),
            frodocno: text(&request.frodocno),
            executeno: text(&request.executeno),
            froam: text(&request.froam),
            regcapcur: text(&request.regcapcur),
            sharfroprop: text(&request.sharfroprop),
            froshare: text(&request.froshare),
            frofrom: text(&request.frofrom),
            froto: text(&request.froto),
            publicdate: today.to_string().into(),
            ..FreezeRow::default()
        };
        self.entries.push(Entry { number: number.to_owned(), at, row, until: Some(until), state: "1" });
        self.recorded(place, today)
    }

    /// What stands before it is told along.
    fn recorded(&self, place: usize, today: Date) -> Reported {
        let Some(entry) = self.entries.get(place) else { return refused(21, "系统异常") };
        let before = self.queue(entry.at, today).into_iter().take_while(|other| *other != place);
        let earlier: Vec<Value> =
            before.filter_map(|other| serde_json::to_value(self.row(other, today)).ok()).collect();
        Reported {
            code: text("0"),
            row: self.row(place, today),
            earlier: Some(earlier).filter(|earlier| !earlier.is_empty()),
            ..Reported::default()
        }
    }

    /// The earlier freeze that a request names: by the record, else by our request number.
    fn original(
        &self,
        at: (usize, usize),
        request: &Request,
        today: Date,
    ) -> Result<usize, (i64, &'static str)> {
        let named = |entry: &Entry| {
            let record = !request.froid.is_empty() && entry.row.froid.text() == request.froid;
            let ours =
                request.froid.is_empty() && !request.orireqno.is_empty() && entry.number == request.orireqno;
            entry.at == at && (record || ours)
        };
        let Some(place) = self.entries.iter().position(named) else {
            return Err((15, "无此冻结记录"));
        };
        let stands = self.entries.get(place).is_some_and(|entry| Self::stands(entry, today));
        if stands { Ok(place) } else { Err((16, "该冻结已解除或失效")) }
    }

    fn renew(&mut self, at: (usize, usize), request: &Request, today: Date) -> Reported {
        let Some((_, until)) = term(request) else { return refused(17, "续行冻结期限不符合规定") };
        let place = match self.original(at, request, today) {
            Ok(place) => place,
            Err((code, why)) => return refused(code, why),
        };
        if let Some(entry) = self.entries.get_mut(place) {
            // It keeps its place: the day of publication stays.
            entry.row.froto = text(&request.froto);
            entry.until = Some(until);
        }
        self.recorded(place, today)
    }

    fn release(&mut self, at: (usize, usize), request: &Request, today: Date) -> Reported {
        let place = match self.original(at, request, today) {
            Ok(place) => place,
            Err((code, why)) => return refused(code, why),
        };
        let Some(entry) = self.entries.get_mut(place) else { return refused(15, "无此冻结记录") };
        let amount = |text: &str| text.trim().parse::<Decimal>().ok();
        let (held, wanted) = (amount(&entry.row.froam.text()), amount(&request.froam));
        let rest = held
            .zip(wanted)
            .and_then(|(held, wanted)| held.checked_sub(wanted))
            .filter(|rest| *rest > Decimal::ZERO);
        let released = match rest {
            Some(rest) => {
                entry.row.froam = format!("{rest:.4}").into();
                text(&request.froam)
            }
            None => {
                entry.state = "2";
                entry.row.froam.clone()
            }
        };
        let mut row = self.row(place, today);
        row.froam = released;
        row.thawdate = today.to_string().into();
        Reported { code: text("0"), row, ..Reported::default() }
    }

    /// The stake passes to another; freezes of this court on it end.
    fn transfer(&mut self, at: (usize, usize), request: &Request, today: Date) -> Reported {
        if request.alien_s.is_empty() {
            return refused(23, "缺受让人");
        }
        for entry in self
            .entries
            .iter_mut()
            .filter(|entry| entry.at == at && entry.row.froauth.text() == request.froauth)
        {
            entry.state = "2";
        }
        let holder = self.companies.get_mut(at.0).and_then(|company| company.holders.get_mut(at.1));
        if let Some(holder) = holder {
            request.alien_s.clone_into(&mut holder.name);
            request.cerno_s.clone_into(&mut holder.number);
        }
        Reported { code: text("0"), execdate: today.to_string().into(), ..Reported::default() }
    }

    /// Lets anybody own something, the same each time.
    fn make_up(&mut self, request: &Request) {
        let Some(everyone) = &self.everyone else { return };
        let number = number_of(request);
        let listed = |company: &Company| company.holders.iter().any(|holder| holder.number == number);
        if number.is_empty() || self.companies.iter().any(listed) {
            return;
        }
        for at in 1..=everyone.stakes.min(MOST_STAKES) {
            let holder = Holder {
                name: request.inv.clone(),
                number: number.to_owned(),
                subscribed: 1_000_000 * u64::from(at),
                paid: 500_000,
                percent: "10".to_owned(),
                since: "2020-01-01".to_owned(),
                ..Holder::default()
            };
            self.companies.push(Company {
                name: format!("示例{}{at}有限公司", request.inv),
                registration_number: format!("{number}{at:03}"),
                holders: vec![holder],
                ..Company::default()
            });
        }
    }
}

/// The term, where the law allows it: at most three years (民诉法解释 art. 485).
fn term(request: &Request) -> Option<(Date, Date)> {
    let (from, until) = (request.frofrom.parse::<Date>().ok()?, request.froto.parse::<Date>().ok()?);
    let longest = from.saturating_add(jiff::Span::new().years(3));
    (from <= until && until <= longest).then_some((from, until))
}

fn number_of(request: &Request) -> &str {
    if request.cerno.is_empty() { &request.blicno } else { &request.cerno }
}

fn is_meant(holder: &Holder, request: &Request) -> bool {
    holder.number.eq_ignore_ascii_case(number_of(request)) && !holder.number.is_empty()
}

fn entry_of(freeze: &Freeze, at: (usize, usize), id: usize) -> Entry {
    let state = match freeze.state.as_str() {
        "2" => "2",
        "3" => "3",
        _ => "1",
    };
    let row = FreezeRow {
        froid: format!("F{id:06}").into(),
        froauth: text(&freeze.court),
        frodocno: text(&freeze.ruling),
        executeno: text(&freeze.notice),
        froam: wan(freeze.amount).into(),
        regcapcur: text("156"),
        frofrom: text(&freeze.from),
        froto: text(&freeze.until),
        publicdate: text(&freeze.published),
        ..FreezeRow::default()
    };
    Entry { number: String::new(), at, row, until: freeze.until.parse().ok(), state }
}

fn holding(company: &Company, holder: &Holder, request: &Request, freezes: Vec<Value>) -> Holding {
    let status = if company.status.is_empty() { "1" } else { &company.status };
    let person = !request.cerno.is_empty();
    let (cerno, blicno) = if person { (holder.number.as_str(), "") } else { ("", holder.number.as_str()) };
    Holding {
        pripid: Scalar::Null,
        entname: text(&company.name),
        uniscid: text(&company.code),
        regno: text(&company.registration_number),
        regstate: text(status),
        regstate_cn: text(if status == "1" { "存续（在营、开业、在册）" } else { "注销" }),
        inv: text(&holder.name),
        cerno: text(cerno),
        blicno: text(blicno),
        subconam: if holder.subscribed == 0 { Scalar::Null } else { wan(holder.subscribed).into() },
        acconam: if holder.paid == 0 { Scalar::Null } else { wan(holder.paid).into() },
        regcapcur: text("156"),
        subconprop: text(&holder.percent),
        sharenum: text(&holder.shares),
        condate: text(&holder.since),
        freezes: Some(freezes).filter(|freezes| !freezes.is_empty()),
    }
}
