//! Invented people and companies with properties, all of it drawn from a seed: the same each time.

use chakong_contract::id::{OrgCode, ResidentId, Uscc};
use serde::Deserialize;

use super::draw::Draw;
use super::estate::Estate;
use super::holdings::{CoHolder, Mortgage, Objection, Prenotice, Property, Seizure};

/// Who lives in the register's city, and what share of the properties has which burden, in percent.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Population {
    /// People with a number of their own, at most 1000.
    people: u32,
    /// Companies, at most 1000.
    companies: u32,
    /// Most properties of one holder, at most 1000.
    properties: u32,
    /// Homes of a developer that has not sold them, at most 20,000; none without.
    developer_units: u32,
    /// Whoever is asked about and is not of them holds something as well, drawn from the seed and the number.
    pub(crate) anybody: bool,
    co_owned: u32,
    mortgaged: u32,
    seized: u32,
    objected: u32,
    prenoticed: u32,
}

impl Default for Population {
    fn default() -> Self {
        Self {
            people: 0,
            companies: 0,
            properties: 3,
            developer_units: 0,
            anybody: false,
            co_owned: 30,
            mortgaged: 40,
            seized: 25,
            objected: 5,
            prenoticed: 10,
        }
    }
}

/// A person or company of the population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resident {
    pub(crate) name: String,
    pub(crate) number: String,
}

const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];
/// Characters that may stand last in a number.
const CHECKS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Name of the developer.
const DEVELOPER: &str = "示例房地产开发有限公司";
/// Homes of one building of the developer's.
const HOMES: u32 = 100;

impl Population {
    /// The person of a place: born on an impossible 1900-01-01, in a county that numbers ten thousand people.
    pub(crate) fn person(at: u32) -> Option<Resident> {
        let (county, serial) = (at / 999, at % 999 + 1);
        let number = checked(&format!("99010{}19000101{serial:03}", county + 1), |text| {
            text.parse::<ResidentId>().is_ok()
        })?;
        let stem = STEMS.get(at as usize % STEMS.len())?;
        Some(Resident { name: format!("{stem}某{}", chinese(at / 10 + 1)), number })
    }

    /// The company of a place; 0 is the developer.
    pub(crate) fn company(at: u32) -> Option<Resident> {
        let code = checked(&format!("MA{at:06}"), |text| text.parse::<OrgCode>().is_ok())?;
        let number = checked(&format!("91990100{code}"), |text| text.parse::<Uscc>().is_ok())?;
        let name =
            if at == 0 { DEVELOPER.to_owned() } else { format!("示例第{}有限公司", chinese(at)) };
        Some(Resident { name, number })
    }

    /// Everything that its people and companies hold.
    pub(super) fn estates(&self, seed: u64) -> Vec<Estate> {
        let people: Vec<Resident> = (0..self.people.min(1_000)).filter_map(Self::person).collect();
        let companies = (1..=self.companies.min(1_000)).filter_map(Self::company);
        let mut estates: Vec<Estate> =
            people.iter().flat_map(|person| self.drawn(seed, person, &people)).collect();
        estates.extend(companies.flat_map(|company| self.drawn(seed, &company, &people)));
        let homes = self.developer_units.min(20_000);
        if let Some(developer) = Self::company(0).filter(|_| homes > 0) {
            let home = |at| Estate::new(developers_home(at), &developer.name, &developer.number);
            estates.extend((0..homes).map(home));
        }
        estates
    }

    /// What one holder holds; co-owners are of `others`.
    pub(super) fn drawn(&self, seed: u64, holder: &Resident, others: &[Resident]) -> Vec<Estate> {
        let mut draw = Draw::of(seed, &holder.number);
        let count = 1 + draw.below(self.properties.clamp(1, 1_000));
        let one = |_| Estate::new(self.property(&mut draw, holder, others), &holder.name, &holder.number);
        (0..count).map(one).collect()
    }

    fn property(&self, draw: &mut Draw, holder: &Resident, others: &[Resident]) -> Property {
        let mut property = plain(draw);
        let building = property.kind == "building";
        let others: Vec<&Resident> = others.iter().filter(|other| *other != holder).collect();
        if draw.chance(self.co_owned)
            && let Some(other) = draw.one_of(&others)
        {
            let share = 10 * (1 + draw.below(9));
            let by_shares = draw.chance(50);
            property.co_ownership = if by_shares { "2" } else { "1" }.to_owned();
            let text = |share: u32| if by_shares { format!("{share}%") } else { String::new() };
            property.share = text(share);
            let (name, number) = (other.name.clone(), other.number.clone());
            property.co_holders.push(CoHolder { name, number, share: text(100 - share) });
        }
        if draw.chance(self.prenoticed) {
            // Half of the prenotices are of homes that are not built: there is no title yet.
            property.untitled = building && draw.chance(50);
            property.prenotices.push(prenotice(draw));
        }
        if draw.chance(self.mortgaged) && !property.untitled {
            property.mortgages.push(mortgage(draw));
        }
        if draw.chance(self.seized) {
            property.seizures = seizures(draw, property.untitled);
        }
        if draw.chance(self.objected) {
            let (by, registered) = (format!("异议人{}", draw.below(90) + 10), day(draw, 2025));
            property.objections.push(Objection { by, matter: "权属争议".to_owned(), registered });
        }
        property
    }
}

/// A number with the last character that makes it right.
fn checked(first: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    CHECKS.chars().map(|check| format!("{first}{check}")).find(|text| fits(text))
}

/// A number of up to four digits in Chinese digits, for names.
fn chinese(number: u32) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digit = |c: char| c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize));
    number.to_string().chars().filter_map(digit).collect()
}

/// A day of a year, as registries write it.
fn day(draw: &mut Draw, year: u32) -> String {
    format!("{year}/{:02}/{:02}", 1 + draw.below(12), 1 + draw.below(28))
}

/// Kinds of property with the letters of their parcels and fixtures (section 9.1), the usual ones more often.
const KINDS: [(&str, &str, char, &str); 10] = [
    ("building", "GB", 'F', "11"),
    ("building", "GB", 'F', "11"),
    ("building", "GB", 'F', "31"),
    ("building", "GB", 'F', "85"),
    ("land_use", "GB", 'W', "061"),
    ("land_ownership", "JA", 'W', "011"),
    ("sea", "GH", 'W', ""),
    ("structure", "GB", 'F', "21"),
    ("forest", "JE", 'L', "031"),
    ("farmland", "JD", 'W', "013"),
];

/// A property without burdens.
fn plain(draw: &mut Draw) -> Property {
    let (kind, parcel, fixture, usage) = KINDS[draw.below(10) as usize];
    let (zone, serial) = (draw.below(1_000_000), 1 + draw.below(99_999));
    let (building, room) = (1 + draw.below(9_999), 1 + draw.below(9_999));
    let stands = if fixture == 'W' { "00000000".to_owned() } else { format!("{building:04}{room:04}") };
    let place = match kind {
        "building" => format!("示例路{building}号{room}室"),
        "structure" => format!("示例路{building}号构筑物{room}"),
        "sea" => format!("示例海域{serial}号"),
        _ => format!("示例镇示例村{serial}号地块"),
    };
    let year = 2010 + draw.below(15);
    Property {
        kind: kind.to_owned(),
        unit: format!("990101{zone:06}{parcel}{serial:05}{fixture}{stands}"),
        certificate: format!("示({year})示例市不动产权第{:07}号", draw.below(10_000_000)),
        location: format!("示例市示例区{place}"),
        area: format!("{}.{:02}", 30 + draw.below(470), draw.below(100)),
        usage: usage.to_owned(),
        registered: day(draw, year),
        ..Property::default()
    }
}

fn mortgage(draw: &mut Draw) -> Mortgage {
    let year = 2018 + draw.below(7);
    Mortgage {
        mortgagee: "示例银行股份有限公司示例支行".to_owned(),
        // 100,000 to 5,000,000 yuan.
        amount: u64::from(10 + draw.below(491)) * 10_000,
        from: day(draw, year),
        until: day(draw, year + 20),
        certificate: format!("示({year})示例市不动产证明第{:07}号", draw.below(10_000_000)),
    }
}

fn prenotice(draw: &mut Draw) -> Prenotice {
    Prenotice {
        kind: "1".to_owned(),
        obligor: DEVELOPER.to_owned(),
        certificate: format!("示(2024)示例市不动产证明第{:07}号", draw.below(10_000_000)),
        registered: day(draw, 2024),
    }
}

/// One to four seizures of other courts: the first holds the unit, the others wait behind it in the order of their years.
/// Now and then the first is renewed by a record of its own.
fn seizures(draw: &mut Draw, untitled: bool) -> Vec<Seizure> {
    let (first, behind) = if untitled { ("3", "4") } else { ("1", "2") };
    let count = 1 + draw.below(4);
    let mut seizures = Vec::new();
    for (at, year) in (0..count).zip(2022_u32..) {
        let registered = day(draw, year);
        let from = if at == 0 { registered.clone() } else { String::new() };
        let until = if at == 0 { day(draw, 2098) } else { String::new() };
        let (court, case) = (1 + draw.below(9), 1 + draw.below(999));
        seizures.push(Seizure {
            id: format!("CQ{:08}", draw.below(100_000_000)),
            authority: format!("示例市第{}人民法院", chinese(court)),
            document: format!("（{year}）示{:04}执{case}号", 9900 + court),
            kind: if at == 0 { first } else { behind }.to_owned(),
            from,
            until,
            registered,
        });
    }
    if let Some(renewed) = seizures.first().filter(|_| !untitled && draw.chance(20)).cloned() {
        let (from, until, registered) = (day(draw, 2026), day(draw, 2099), day(draw, 2026));
        seizures.push(Seizure { kind: "5".to_owned(), from, until, registered, ..renewed });
    }
    seizures
}

/// A home of a developer: titled, unsold, all of them on one parcel.
fn developers_home(at: u32) -> Property {
    let (building, room) = (at / HOMES + 1, at % HOMES + 1);
    Property {
        kind: "building".to_owned(),
        unit: format!("990101001001GB00001F{building:04}{room:04}"),
        certificate: format!("示(2024)示例市不动产权第{:07}号", 1_000_000 + at),
        location: format!("示例市示例区示例大道1号{building}幢{room}室"),
        area: "98.50".to_owned(),
        usage: "11".to_owned(),
        registered: "2024/06/01".to_owned(),
        ..Property::default()
    }
}
