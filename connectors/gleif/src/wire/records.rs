use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};

/// An entry of a document: a record, a relationship or a reporting exception. What it is about must be there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Resource<T> {
    #[serde(default)]
    pub(crate) id: Scalar,
    #[serde(default, rename = "type")]
    pub(crate) kind: Scalar,
    pub(crate) attributes: T,
    #[serde(default, deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) relationships: Subjects,
}

/// The attributes of a record.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Subject {
    pub(crate) lei: Scalar,
    pub(crate) entity: Entity,
    #[serde(default, deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) registration: Registration,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Entity {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) legal_name: Named,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) other_names: Option<Vec<Named>>,
    /// The names in Latin letters.
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) transliterated_other_names: Option<Vec<Named>>,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) legal_address: Address,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) registered_at: Topic,
    /// The number in the register of its country; of a Chinese company its credit code.
    pub(crate) registered_as: Scalar,
    pub(crate) jurisdiction: Scalar,
    pub(crate) category: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) legal_form: Topic,
    pub(crate) status: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) expiration: Option<Expiration>,
    pub(crate) creation_date: Scalar,
    /// What happened to the entity: changes, mergers, its end.
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) event_groups: Option<Vec<EventGroup>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct EventGroup {
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) events: Option<Vec<Event>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Event {
    #[serde(rename = "type")]
    pub(crate) kind: Scalar,
    pub(crate) status: Scalar,
    pub(crate) effective_date: Scalar,
    pub(crate) recorded_date: Scalar,
}

/// A name; other names say of what type they are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Named {
    pub(crate) name: Scalar,
    #[serde(rename = "type")]
    pub(crate) kind: Scalar,
}

/// A code, or a text where no code fits.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Topic {
    pub(crate) id: Scalar,
    pub(crate) other: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Address {
    /// Where mail goes before it reaches the address: care of, a post box.
    pub(crate) mail_routing: Scalar,
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) address_lines: Option<Vec<Scalar>>,
    pub(crate) address_number: Scalar,
    pub(crate) address_number_within_building: Scalar,
    pub(crate) city: Scalar,
    pub(crate) region: Scalar,
    pub(crate) country: Scalar,
    pub(crate) postal_code: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Expiration {
    pub(crate) date: Scalar,
    pub(crate) reason: Scalar,
}

/// The registration of the identifier, not of the company.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Registration {
    pub(crate) status: Scalar,
}

/// What else the register has about a record.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Subjects {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) direct_parent: Option<Related>,
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) ultimate_parent: Option<Related>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Related {
    #[serde(deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) links: Links,
}

/// Either the first two or the last. The addresses are not followed: the paths are known.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) relationship_record: Option<Scalar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lei_record: Option<Scalar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reporting_exception: Option<Scalar>,
}

/// The attributes of a relationship.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct RelationOf {
    pub(crate) relationship: Relation,
    #[serde(default, deserialize_with = "chakong_toolkit::json::or_default")]
    pub(crate) registration: State,
}

/// A relationship: the end is the parent.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Relation {
    pub(crate) end_node: Node,
    #[serde(default, rename = "type")]
    pub(crate) kind: Scalar,
    #[serde(default)]
    pub(crate) status: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Node {
    pub(crate) id: Scalar,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) status: Scalar,
}

/// A relationship as it is sent.
pub(crate) type Relationship = Resource<RelationOf>;

/// The attributes of a reporting exception.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct ExceptionOf {
    pub(crate) reason: Scalar,
}
