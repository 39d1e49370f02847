use std::collections::HashMap;

use chakong_contract::asset::{AreaUnit, Asset, FoundAsset, MatchedBy, PropertyKind, UnreliableValue};
use chakong_contract::id::{UnitNumber, folded_number};
use chakong_contract::placeholder::{is_placeholder, stated_code};
use chakong_contract::reply::UnknownValue;
use chakong_contract::{RealProperty, money};
use chakong_toolkit::Scalar;
use chakong_toolkit::gathered::Gathered;
use rust_decimal::Decimal;

use super::burden::{Burden, burdens, place};
use super::extract::Extract;
use super::holders::{self, Subject, closeness, held};
use super::rank;
use crate::shared::wire::{
    AmountUnit, Right, area_unit, building_nature, building_use, field, land_nature, right_state,
    says_nothing,
};

/// Everything as properties.
#[derive(Debug)]
pub(super) struct Properties {
    pub(super) assets: Vec<FoundAsset>,
    pub(super) unknown: Vec<UnknownValue>,
    incomplete: usize,
}

impl Properties {
    /// What is missing, in words for court staff.
    pub(super) fn missing(&self) -> Option<String> {
        let count = self.incomplete;
        (count > 0).then(|| {
            format!("{count}处共有不动产的共有人未列全 co-owners of {count} properties are not listed")
        })
    }
}

/// A property that is being put together from its titles and burdens.
struct Draft {
    property: RealProperty,
    matched_by: MatchedBy,
    incomplete: bool,
    burdens: Vec<Burden>,
}

/// Titles by unit, burdens put to the unit they name. A burden on a unit without a title, such as a prenotice of a home
/// that is not built, makes a property of its own: nothing that was reported is lost.
pub(super) fn properties(extract: Extract, asked: Option<&Subject>, amounts: AmountUnit) -> Properties {
    // A postbox hands in long after it was asked.
    let mut notes = extract.spoken().map_or_else(Gathered::default, Gathered::after);
    let mut drafts = Drafts::default();
    for (kind, right) in &extract.rights {
        let draft = draft(*kind, right, asked, &mut notes);
        drafts.add_title(draft, unit_key(&right.unit));
    }
    for burden in burdens(&extract, amounts, &mut notes) {
        drafts.add_burden(burden, &mut notes);
    }
    let incomplete = drafts.list.iter().filter(|draft| draft.incomplete).count();
    let finish = |mut draft: Draft| {
        let places =
            draft.burdens.iter().filter_map(|burden| unreliable(field::PLACE, &burden.listed_as, PLACE));
        draft.property.unreliable.extend(places);
        let property = RealProperty { encumbrances: rank::ranked(draft.burdens), ..draft.property };
        FoundAsset { asset: Asset::Property(property), matched_by: draft.matched_by }
    };
    Properties { assets: drafts.list.into_iter().map(finish).collect(), unknown: notes.unknown, incomplete }
}

/// What identifies a unit on this line: its number in any spelling, or the text in place of it; none for blanks and
/// `notFound`.
fn unit_key(unit: &Scalar) -> Option<String> {
    unit.code().filter(|text| !says_nothing(text)).map(|text| folded_number(&text))
}

#[derive(Default)]
struct Drafts {
    list: Vec<Draft>,
    by_unit: HashMap<String, usize>,
    /// Those without a unit number.
    by_location: HashMap<String, Vec<usize>>,
}

impl Drafts {
    fn add_title(&mut self, draft: Draft, unit: Option<String>) {
        if let Some(known) = unit.as_ref().and_then(|unit| self.by_unit.get(unit)).copied()
            && let Some(earlier) = self.list.get_mut(known)
        {
            earlier.join(draft);
            return;
        }
        self.add(draft, unit);
    }

    fn add(&mut self, draft: Draft, unit: Option<String>) {
        match unit {
            Some(unit) => drop(self.by_unit.insert(unit, self.list.len())),
            None if draft.property.location.is_empty() => {}
            None => {
                self.by_location.entry(draft.property.location.clone()).or_default().push(self.list.len());
            }
        }
        self.list.push(draft);
    }

    /// By unit; a burden or a title without one by location, on every title that stands there.
    fn add_burden(&mut self, burden: Burden, notes: &mut Gathered) {
        let unit = unit_key(&burden.unit);
        let by_unit = unit.as_ref().and_then(|unit| self.by_unit.get(unit)).copied();
        if let Some(draft) = by_unit.and_then(|at| self.list.get_mut(at)) {
            draft.burdens.push(burden);
            return;
        }
        let mut there = self.by_location.get(&burden.location).cloned().unwrap_or_default();
        if unit.is_none() && !burden.location.is_empty() {
            let same = |draft: &Draft| draft.property.location == burden.location;
            there = (0..self.list.len()).filter(|at| self.list.get(*at).is_some_and(same)).collect();
        }
        if let [at] = there.as_slice()
            && let Some(draft) = self.list.get_mut(*at)
        {
            draft.burdens.push(burden);
            return;
        }
        let right =
            Right { unit: burden.unit.clone(), location: burden.location.clone().into(), ..Right::default() };
        let mut draft = draft(burden.on, &right, None, notes);
        draft.burdens.push(burden);
        self.add(draft, unit);
    }
}

impl Draft {
    /// Another title of the same unit: another holder, another certificate.
    fn join(&mut self, other: Self) {
        for certificate in other.property.certificates {
            add_certificate(&mut self.property.certificates, certificate);
        }
        for holder in other.property.holders {
            if !self.property.holders.contains(&holder) {
                self.property.holders.push(holder);
            }
        }
        self.property.unreliable.extend(other.property.unreliable);
        if closeness(other.matched_by) < closeness(self.matched_by) {
            self.matched_by = other.matched_by;
            self.property.matched_number = other.property.matched_number;
        }
        self.incomplete = (self.incomplete || other.incomplete) && self.property.holders.len() < 2;
    }
}

fn draft(kind: PropertyKind, right: &Right, asked: Option<&Subject>, notes: &mut Gathered) -> Draft {
    let holders::Held { holders, matched_by, matched_number, incomplete, certificates } =
        held(right, asked, notes);
    let serials =
        right.holder_rows.iter().flatten().map(|row| (field::PRINT_SERIAL, &row.print_serial, SERIAL));
    let doubtful = serials.chain([(field::ISLAND_USAGE, &right.island_usage, ISLAND_USE)]);
    let unit_text = right.unit.text();
    let unit_number: Option<UnitNumber> = folded_number(&unit_text).parse().ok();
    if unit_number.is_none() && !unit_text.is_empty() && !is_placeholder(&unit_text) {
        notes.strange(field::UNIT, unit_text.clone());
    }
    let built = matches!(kind, PropertyKind::Building | PropertyKind::Structure);
    let (area, area_unit) = area(kind, right, notes);
    let usage = if built {
        let planned =
            if right.structure_usage.is_blank() { &right.planned_usage } else { &right.structure_usage };
        notes.words(field::PLANNED_USAGE, planned, building_use)
    } else {
        right.usage.text()
    };
    let natures = [
        notes.words(field::BUILDING_NATURE, &right.building_nature, building_nature),
        notes.words(field::RIGHT_NATURE, &right.right_nature, land_nature),
    ];
    let state = notes.known(field::STATE, &right.state, right_state).filter(|state| *state == "临时");
    let remarks = [
        state.map_or_else(String::new, |state| format!("权属状态：{state}")),
        right.remark.text(),
        right.note.text(),
    ];
    let property = RealProperty {
        kind,
        unit: unit_number.as_ref().map(UnitNumber::parts),
        unit_number_text: if unit_number.is_some() || says_nothing(&unit_text) || is_placeholder(&unit_text) {
            String::new()
        } else {
            unit_text
        },
        unit_number,
        certificates: split_certificates(std::iter::once(&right.certificate).chain(&certificates)),
        location: [&right.building_location, &right.location].into_iter().find_map(place).unwrap_or_default(),
        holders,
        matched_number,
        area,
        area_unit,
        usage,
        right_nature: filled(&natures),
        registered: notes.past_date(field::REGISTERED, &right.registered),
        registry: right.registry.text(),
        business_number: right.business_number.code().unwrap_or_default(),
        encumbrances: Vec::new(),
        remark: filled(&remarks),
        unreliable: doubtful.filter_map(|(field, value, why)| unreliable(field, value, why)).collect(),
    };
    Draft { property, matched_by, incomplete, burdens: Vec::new() }
}

fn filled(texts: &[String]) -> String {
    texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("；")
}

/// The area of the kind of right. Built areas and land use are square metres where no unit is named (protocol section 8.3);
/// of the others nothing is assumed.
fn area(kind: PropertyKind, right: &Right, notes: &mut Gathered) -> (Option<Decimal>, Option<AreaUnit>) {
    let (field, value) = match kind {
        PropertyKind::Building => (field::BUILDING_AREA, &right.building_area),
        PropertyKind::Structure => (field::STRUCTURE_AREA, &right.structure_area),
        PropertyKind::LandOwnership => (field::PARCEL_AREA, &right.parcel_area),
        PropertyKind::Farmland => (field::CONTRACTED_AREA, &right.contracted_area),
        _ => (field::USE_AREA, &right.use_area),
    };
    let area = money::read_amount(&value.text()).unwrap_or_else(|_| {
        notes.strange(field, value.text());
        None
    });
    let metres = matches!(kind, PropertyKind::Building | PropertyKind::Structure | PropertyKind::LandUse);
    let unit = match (right.area_unit.is_blank(), area) {
        (_, None) => None,
        (true, Some(_)) => metres.then_some(AreaUnit::SquareMetre),
        (false, Some(_)) => notes.known(field::AREA_UNIT, &right.area_unit, area_unit),
    };
    (area, unit)
}

/// Several certificate numbers may stand in one field, parted in one of several ways; each once.
fn split_certificates<'a>(fields: impl Iterator<Item = &'a Scalar>) -> Vec<String> {
    let mut certificates: Vec<String> = Vec::new();
    for field in fields {
        for one in field.text().split([',', '，', ';', '；', '|']).map(str::trim) {
            if let Some(number) = stated_code(one) {
                add_certificate(&mut certificates, number.to_owned());
            }
        }
    }
    certificates
}

/// Adds a number that is not there yet in any form: brackets come in half and in full width in one register (section 9.2).
fn add_certificate(certificates: &mut Vec<String>, number: String) {
    let folded = |text: &str| -> String {
        let half = |c: char| match c {
            '（' | '〔' | '[' => '(',
            '）' | '〕' | ']' => ')',
            other => other,
        };
        text.chars().filter(|c| !c.is_whitespace()).map(half).collect()
    };
    if !certificates.iter().any(|known| *known == number || folded(known) == folded(&number)) {
        certificates.push(number);
    }
}

const SERIAL: &str = "有的机构填行号 some registries send the number of the row";
const ISLAND_USE: &str = "有的机构代码错位 some registries shift the codes by one";
const PLACE: &str = "有的机构为查封顺序，有的为行号 a rank with some registries, a line number with others";

/// A value of a field that is known to be unreliable (sections 3.4 and 13.1).
fn unreliable(field: &str, value: &Scalar, why: &str) -> Option<UnreliableValue> {
    let value = value.text();
    (!value.is_empty()).then(|| UnreliableValue { field: field.to_owned(), value, reason: why.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::wire::Answered;

    /// The properties of a title and of a burden on it, whose unit is spelled otherwise.
    fn found(title: &str, burden: &str) -> Vec<RealProperty> {
        let text = format!(
            "{{\"fdcqList\":[{{\"bdcdyh\":\"{title}\",\"bdcqzh\":\"1\"}},{{\"bdcdyh\":\"{burden}\",\"bdcqzh\":\"2\"}}],\
             \"cfdjList\":[{{\"bdcdyh\":\"{burden}\"}}]}}"
        );
        let answered: Answered = serde_json::from_str(&text).expect("lists");
        let mut extract = Extract::default();
        extract.add(answered);
        let assets = properties(extract, None, AmountUnit::Yuan).assets.into_iter();
        assets
            .filter_map(|found| match found.asset {
                Asset::Property(property) => Some(property),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_unit_in_another_spelling_is_the_same_property() {
        let written = "000000002003GB00045F00020017";
        for spelled in [
            "000000002003gb00045f00020017",
            "０００００００02003ＧＢ00045Ｆ00020017",
            "000000-002003-GB00045-F00020017",
            "000000 002003 GB00045 F00020017",
            "000000—002003—gb00045—f00020017",
        ] {
            for (title, burden) in [(written, spelled), (spelled, written)] {
                let properties = found(title, burden);
                let [one] = properties.as_slice() else { panic!("{spelled}: {}", properties.len()) };
                assert_eq!(one.unit_number.as_ref().map(ToString::to_string).as_deref(), Some(written));
                assert_eq!((one.encumbrances.len(), one.certificates.len()), (1, 2), "{spelled}");
            }
        }
        assert_eq!(found(written, "000000002003GB00045F00020071").len(), 2, "another unit");
        assert_eq!(found("旧-12A", "旧12a").len(), 1, "a text in place of the number");
    }
}
