//! The register: who holds what, and every freeze with its state. The only judge of what can be done.

use chakong_contract::Date;
use chakong_toolkit::Scalar;
use rust_decimal::Decimal;
use serde_json::Value;

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

/// An answer that nothing was done, and why.
pub(super) fn refused(code: i64, message: &str) -> Reported {
    Reported { code: code.to_string().into(), message: message.into(), ..Reported::default() }
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
        queue.sort_by_key(|place| self.entries.get(*place).map(|entry| entry.row.published.text()));
        queue
    }

    /// A freeze as recorded today, with its place.
    fn row(&self, place: usize, today: Date) -> FreezeRow {
        let Some(entry) = self.entries.get(place) else { return FreezeRow::default() };
        let mut row = entry.row.clone();
        let standing = self.queue(entry.at, today).iter().position(|other| *other == place);
        let lapsed = entry.state == "1" && standing.is_none();
        let state = if lapsed { "3" } else { entry.state };
        row.state = text(state);
        row.state_words = text(match state {
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
            row.matter = text(matter);
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
            let code = !request.company_code.is_empty() && company.code == request.company_code;
            let registered = !request.registration_number.is_empty()
                && company.registration_number == request.registration_number;
            code || registered || (request.company_code.is_empty() && company.name == request.company)
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
            record: format!("F{:06}", place + 1).into(),
            court: text(&request.court),
            ruling: text(&request.ruling),
            notice: text(&request.notice),
            amount: text(&request.amount),
            currency: text(&request.currency),
            percent: text(&request.percent),
            shares: text(&request.shares),
            from: text(&request.from),
            until: text(&request.until),
            published: today.to_string().into(),
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
            let record = !request.record.is_empty() && entry.row.record.text() == request.record;
            let ours =
                request.record.is_empty() && !request.original.is_empty() && entry.number == request.original;
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
            entry.row.until = text(&request.until);
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
        let (held, wanted) = (amount(&entry.row.amount.text()), amount(&request.amount));
        let rest = held
            .zip(wanted)
            .and_then(|(held, wanted)| held.checked_sub(wanted))
            .filter(|rest| *rest > Decimal::ZERO);
        let released = match rest {
            Some(rest) => {
                entry.row.amount = format!("{rest:.4}").into();
                text(&request.amount)
            }
            None => {
                entry.state = "2";
                entry.row.amount.clone()
            }
        };
        let mut row = self.row(place, today);
        row.amount = released;
        row.lifted = today.to_string().into();
        Reported { code: text("0"), row, ..Reported::default() }
    }

    /// The stake passes to another; freezes of this court on it end.
    fn transfer(&mut self, at: (usize, usize), request: &Request, today: Date) -> Reported {
        if request.transferee.is_empty() {
            return refused(23, "缺受让人");
        }
        for entry in
            self.entries.iter_mut().filter(|entry| entry.at == at && entry.row.court.text() == request.court)
        {
            entry.state = "2";
        }
        let holder = self.companies.get_mut(at.0).and_then(|company| company.holders.get_mut(at.1));
        if let Some(holder) = holder {
            request.transferee.clone_into(&mut holder.name);
            request.transferee_number.clone_into(&mut holder.number);
        }
        Reported { code: text("0"), executed: today.to_string().into(), ..Reported::default() }
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
                name: request.debtor.clone(),
                number: number.to_owned(),
                subscribed: 1_000_000 * u64::from(at),
                paid: 500_000,
                percent: "10".to_owned(),
                since: "2020-01-01".to_owned(),
                ..Holder::default()
            };
            self.companies.push(Company {
                name: format!("示例{}{at}有限公司", request.debtor),
                registration_number: format!("{number}{at:03}"),
                holders: vec![holder],
                ..Company::default()
            });
        }
    }
}

/// The term, where the law allows it: at most three years (民诉法解释 art. 485).
fn term(request: &Request) -> Option<(Date, Date)> {
    let (from, until) = (request.from.parse::<Date>().ok()?, request.until.parse::<Date>().ok()?);
    let longest = from.saturating_add(jiff::Span::new().years(3));
    (from <= until && until <= longest).then_some((from, until))
}

fn number_of(request: &Request) -> &str {
    if request.certificate_number.is_empty() { &request.licence_number } else { &request.certificate_number }
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
        record: format!("F{id:06}").into(),
        court: text(&freeze.court),
        ruling: text(&freeze.ruling),
        notice: text(&freeze.notice),
        amount: wan(freeze.amount).into(),
        currency: text("156"),
        from: text(&freeze.from),
        until: text(&freeze.until),
        published: text(&freeze.published),
        ..FreezeRow::default()
    };
    Entry { number: String::new(), at, row, until: freeze.until.parse().ok(), state }
}

fn holding(company: &Company, holder: &Holder, request: &Request, freezes: Vec<Value>) -> Holding {
    let status = if company.status.is_empty() { "1" } else { &company.status };
    let person = !request.certificate_number.is_empty();
    let (certificate_number, licence_number) =
        if person { (holder.number.as_str(), "") } else { ("", holder.number.as_str()) };
    Holding {
        company_id: Scalar::Null,
        company: text(&company.name),
        company_code: text(&company.code),
        registration_number: text(&company.registration_number),
        state: text(status),
        state_words: text(if status == "1" { "存续（在营、开业、在册）" } else { "注销" }),
        holder: text(&holder.name),
        certificate_number: text(certificate_number),
        licence_number: text(licence_number),
        subscribed: if holder.subscribed == 0 { Scalar::Null } else { wan(holder.subscribed).into() },
        paid: if holder.paid == 0 { Scalar::Null } else { wan(holder.paid).into() },
        currency: text("156"),
        percent: text(&holder.percent),
        shares: text(&holder.shares),
        since: text(&holder.since),
        freezes: Some(freezes).filter(|freezes| !freezes.is_empty()),
    }
}
