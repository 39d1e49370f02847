use chakong_toolkit::Scalar;
use serde_json::{Value, json};

use super::script::{self, Company};
use crate::wire::{
    Address, Charge, Control, Filing, Hit, Identification, List, Particulars, Person, PreviousName, Profile,
};

pub(super) fn profile(company: &Company) -> Value {
    let previous = company.previous_names.iter().map(|name| PreviousName { name: name.as_str().into() });
    json!(Profile {
        company_name: company.name.as_str().into(),
        company_number: company.number.as_str().into(),
        company_status: if company.status.is_empty() { "active" } else { &company.status }.into(),
        company_status_detail: company.status_detail.as_str().into(),
        kind: "ltd".into(),
        jurisdiction: "england-wales".into(),
        date_of_creation: company.created.as_str().into(),
        date_of_cessation: company.ceased.as_str().into(),
        registered_office_address: Address {
            address_line_1: company.address.as_str().into(),
            ..Address::default()
        },
        previous_company_names: Some(previous.collect()),
        ..Profile::default()
    })
}

pub(super) fn hit(company: &Company) -> Value {
    json!(Hit { title: company.name.as_str().into(), company_number: company.number.as_str().into() })
}

pub(super) fn items(company: &Company, list: List) -> Vec<Value> {
    match list {
        List::Control => company.control.iter().map(control).collect(),
        List::Charges => company.charges.iter().map(charge).collect(),
        List::Filings => company.filings.iter().map(filing).collect(),
    }
}

fn control(one: &script::Controller) -> Value {
    let who = if one.company { "corporate-entity" } else { "individual" };
    json!(Control {
        name: one.name.as_str().into(),
        kind: format!("{who}-person-with-significant-control").into(),
        natures_of_control: Some(one.natures.iter().map(|nature| nature.as_str().into()).collect()),
        ceased_on: one.ceased.as_str().into(),
        identification: (!one.registration.is_empty())
            .then(|| Identification { registration_number: one.registration.as_str().into() }),
        ..Control::default()
    })
}

fn charge(one: &script::Charge) -> Value {
    json!(Charge {
        charge_code: one.code.as_str().into(),
        status: if one.status.is_empty() { "outstanding" } else { &one.status }.into(),
        particulars: Some(Particulars {
            description: one.words.as_str().into(),
            contains_floating_charge: Scalar::Flag(one.floating),
            floating_charge_covers_all: Scalar::Flag(one.floating),
            ..Particulars::default()
        }),
        persons_entitled: Some(vec![Person { name: one.holder.as_str().into() }]),
        created_on: one.created.as_str().into(),
        ..Charge::default()
    })
}

fn filing(one: &script::Filing) -> Value {
    json!(Filing {
        category: one.category.as_str().into(),
        date: one.date.as_str().into(),
        description: one.description.as_str().into(),
        description_values: Some(one.values.clone()),
    })
}
