//! The simulated register: the same paths and forms, entities by script, misbehaviour by script.

mod script;

use std::time::Duration;

use chakong_contract::asset::ParentLevel;
use chakong_contract::name::same_name;
use chakong_contract::sandbox::{Books, CallSandbox, InboundRequest, Sandbox, SandboxError, Served};
use chakong_contract::{HttpResponse, Moment, Settings};
use chakong_toolkit::call_fault::{self, CallFaults};
use chakong_toolkit::paging;
use serde_json::{Value, json};

use self::script::{Entity, Script, Up};
use crate::wire::{
    self, About, Ask, Event, EventGroup, ExceptionOf, Filter, Links, Named, Node, PAGE_SIZE, Related,
    Relation, RelationOf, Resource, Subject, Subjects,
};

pub(crate) fn build(script: &Value, _settings: &Settings) -> Result<Box<dyn Sandbox>, SandboxError> {
    let script: Script = serde_json::from_value(script.clone())?;
    let faults = CallFaults::new(script.faults.clone());
    Ok(Box::new(Register { script, faults, books: Books::default() }))
}

/// The simulated register.
#[derive(Debug)]
struct Register {
    script: Script,
    faults: CallFaults,
    books: Books,
}

impl Sandbox for Register {
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        Some(self)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }
}

impl CallSandbox for Register {
    fn serve(&mut self, request: &InboundRequest, _now: Moment) -> Served {
        let fault = self.faults.due(&request.path, false);
        self.books.queries = self.books.queries.saturating_add(1);
        let (status, body) = match Ask::from_request(request).and_then(|ask| self.answer(&ask)) {
            Some(body) => (200, body),
            None => (404, json!({ "errors": [{ "status": "404", "title": "Not found" }] })),
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let delay = Duration::from_millis(self.script.delay_ms);
        call_fault::serve(fault.as_ref(), delay, HttpResponse::json(status, body))
    }
}

impl Register {
    /// `None` for what is not there.
    fn answer(&self, ask: &Ask) -> Option<Value> {
        match ask {
            Ask::Records { filter, value, page } => {
                let mut found: Vec<Entity> = self.matching(*filter, value).cloned().collect();
                if let (true, Some(everyone)) = (found.is_empty(), &self.script.everyone) {
                    found.extend(everyone.entity(value));
                }
                Some(page_of(&found, *page))
            }
            Ask::About { lei, about } => self.about(lei, *about),
            Ask::Children { lei, page } => {
                self.entity(lei)?;
                let below = self.script.entities.iter().filter(|entity| entity.direct.parent == *lei);
                Some(page_of(&below.cloned().collect::<Vec<_>>(), *page))
            }
        }
    }

    fn matching<'a>(&'a self, filter: Filter, value: &'a str) -> impl Iterator<Item = &'a Entity> {
        self.script.entities.iter().filter(move |entity| match filter {
            Filter::Lei => entity.lei == value,
            Filter::RegisteredAs => value.split(',').any(|one| one == entity.registered_as),
            Filter::Names => entity.names().any(|name| same_name(name, value)),
            Filter::FullText => entity.is_told_by(value),
        })
    }

    fn entity(&self, lei: &str) -> Option<Entity> {
        let listed = self.script.entities.iter().find(|entity| entity.lei == lei).cloned();
        listed.or_else(|| self.script.everyone.as_ref()?.entity(lei))
    }

    fn about(&self, lei: &str, about: About) -> Option<Value> {
        let entity = self.entity(lei)?;
        let (About::Parent(level) | About::Relationship(level) | About::Exception(level)) = about;
        let up = match level {
            ParentLevel::Direct => &entity.direct,
            ParentLevel::Ultimate => &entity.ultimate,
        };
        let data = match about {
            About::Parent(_) => json!(record(&self.entity(&up.parent)?)),
            About::Relationship(_) if !up.parent.is_empty() => json!(relationship(up, level)),
            About::Exception(_) if !up.exception.is_empty() => {
                let attributes = ExceptionOf { reason: up.exception.as_str().into() };
                json!(Resource { kind: "reporting-exceptions".into(), attributes, ..Resource::default() })
            }
            _ => return None,
        };
        Some(json!({ "data": data }))
    }
}

fn relationship(up: &Up, level: ParentLevel) -> Resource<RelationOf> {
    let kind = match level {
        ParentLevel::Direct => "IS_DIRECTLY_CONSOLIDATED_BY",
        ParentLevel::Ultimate => "IS_ULTIMATELY_CONSOLIDATED_BY",
    };
    let end_node = Node { id: up.parent.as_str().into() };
    let relationship = Relation { end_node, kind: kind.into(), status: "ACTIVE".into() };
    let registration = wire::State { status: "PUBLISHED".into() };
    Resource {
        kind: "relationship-records".into(),
        attributes: RelationOf { relationship, registration },
        ..Resource::default()
    }
}

fn page_of(found: &[Entity], page: u32) -> Value {
    let size = PAGE_SIZE as usize;
    let shown = paging::page_of(found.iter().map(record).collect(), page, PAGE_SIZE);
    let last = found.len().div_ceil(size).max(1);
    json!({
        "meta": { "pagination": { "currentPage": page, "perPage": size, "total": found.len(), "lastPage": last } },
        "data": shown,
    })
}

fn record(entity: &Entity) -> Resource<Subject> {
    let or = |text: &str, absent: &str| if text.is_empty() { absent.into() } else { text.into() };
    let named = |kind: &str, names: &[String]| -> Vec<Named> {
        names.iter().map(|name| Named { name: name.as_str().into(), kind: kind.into() }).collect()
    };
    let previous = named("PREVIOUS_LEGAL_NAME", &entity.previous_names);
    let others = named("ALTERNATIVE_LANGUAGE_LEGAL_NAME", &entity.other_names);
    let expiration = wire::Expiration { date: "".into(), reason: entity.expiry_reason.as_str().into() };
    let facts = wire::Entity {
        legal_name: Named { name: entity.name.as_str().into(), ..Named::default() },
        other_names: Some([previous, others].concat()),
        legal_address: wire::Address {
            address_lines: Some(vec![entity.address.as_str().into()]),
            country: entity.jurisdiction.as_str().into(),
            ..wire::Address::default()
        },
        registered_as: entity.registered_as.as_str().into(),
        jurisdiction: entity.jurisdiction.as_str().into(),
        category: "GENERAL".into(),
        status: or(&entity.status, "ACTIVE"),
        expiration: (!entity.expiry_reason.is_empty()).then_some(expiration),
        creation_date: entity.created.as_str().into(),
        transliterated_other_names: Some(named(
            "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME",
            &entity.transliterated_names,
        )),
        event_groups: (!entity.dissolved.is_empty()).then(|| {
            let event = Event {
                kind: "DISSOLUTION".into(),
                status: "COMPLETED".into(),
                effective_date: entity.dissolved.as_str().into(),
                ..Event::default()
            };
            vec![EventGroup { events: Some(vec![event]) }]
        }),
        ..wire::Entity::default()
    };
    Resource {
        id: entity.lei.as_str().into(),
        kind: "lei-records".into(),
        attributes: Subject {
            lei: entity.lei.as_str().into(),
            entity: facts,
            registration: wire::Registration { status: or(&entity.registration, "ISSUED") },
        },
        relationships: Subjects {
            direct_parent: related(&entity.direct),
            ultimate_parent: related(&entity.ultimate),
        },
    }
}

fn related(up: &Up) -> Option<Related> {
    let link = |there: bool| there.then(|| "https://register.invalid/".into());
    let (parent, exception) = (!up.parent.is_empty(), !up.exception.is_empty());
    let links = Links {
        relationship_record: link(parent),
        lei_record: link(parent),
        reporting_exception: link(exception),
    };
    (parent || exception).then_some(Related { links })
}
