use std::collections::BTreeMap;

use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The profile of a company.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Profile {
    pub(crate) company_name: Scalar,
    pub(crate) company_number: Scalar,
    pub(crate) company_status: Scalar,
    /// More about the status, such as a proposal to strike the company off.
    pub(crate) company_status_detail: Scalar,
    #[serde(rename = "type")]
    pub(crate) kind: Scalar,
    pub(crate) jurisdiction: Scalar,
    pub(crate) date_of_creation: Scalar,
    pub(crate) date_of_cessation: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) registered_office_address: Address,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) sic_codes: Option<Vec<Scalar>>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) previous_company_names: Option<Vec<PreviousName>>,
    pub(crate) has_insolvency_history: Scalar,
    pub(crate) has_been_liquidated: Scalar,
    pub(crate) registered_office_is_in_dispute: Scalar,
    pub(crate) undeliverable_registered_office_address: Scalar,
    #[serde(rename = "has_super_secure_pscs")]
    pub(crate) has_protected_controllers: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Address {
    pub(crate) care_of: Scalar,
    pub(crate) po_box: Scalar,
    pub(crate) premises: Scalar,
    pub(crate) address_line_1: Scalar,
    pub(crate) address_line_2: Scalar,
    pub(crate) locality: Scalar,
    pub(crate) region: Scalar,
    pub(crate) postal_code: Scalar,
    pub(crate) country: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct PreviousName {
    pub(crate) name: Scalar,
}

/// An entry of a search.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Hit {
    pub(crate) title: Scalar,
    pub(crate) company_number: Scalar,
}

/// A person or company with significant control.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Control {
    pub(crate) name: Scalar,
    /// Stands in place of a name that is protected.
    pub(crate) description: Scalar,
    pub(crate) kind: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) natures_of_control: Option<Vec<Scalar>>,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) identification: Option<Identification>,
    pub(crate) ceased_on: Scalar,
    pub(crate) ceased: Scalar,
}

/// Where a company with significant control is registered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Identification {
    pub(crate) registration_number: Scalar,
}

/// A charge on the company's property.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Charge {
    pub(crate) charge_code: Scalar,
    pub(crate) charge_number: Scalar,
    pub(crate) status: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) classification: Option<Classification>,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) particulars: Option<Particulars>,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) persons_entitled: Option<Vec<Person>>,
    pub(crate) created_on: Scalar,
    pub(crate) delivered_on: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Classification {
    pub(crate) description: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Particulars {
    pub(crate) description: Scalar,
    pub(crate) contains_fixed_charge: Scalar,
    pub(crate) contains_floating_charge: Scalar,
    pub(crate) floating_charge_covers_all: Scalar,
    pub(crate) contains_negative_pledge: Scalar,
    pub(crate) chargor_acting_as_bare_trustee: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Person {
    pub(crate) name: Scalar,
}

/// An entry of the filing history: its text is a code with values.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Filing {
    pub(crate) category: Scalar,
    pub(crate) date: Scalar,
    pub(crate) description: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) description_values: Option<BTreeMap<String, Value>>,
}
