//! Who may name whom inside `src/`.

use super::hold;
use super::source::{Named, Source, sources};

/// A room of the gateway and the rooms that its code may name. A room names only rooms that stand above it.
type Room = (&'static str, &'static [&'static str]);

const ROOMS: &[Room] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("lifecycle", &[]),
    ("store", &["domain"]),
    ("config", &["domain"]),
    ("engine", &["domain", "clock", "lifecycle", "store"]),
    ("people", &["domain", "clock", "store", "engine"]),
    ("counterparts", &["domain", "config", "engine"]),
    ("intake", &["domain", "store", "config", "engine", "counterparts"]),
    ("papers", &["domain", "store", "config"]),
    ("lines", &["lifecycle", "config"]),
    ("provider", &["config", "lines"]),
    ("queue", &["domain", "store"]),
    ("relay", &["domain", "clock", "lifecycle", "store", "config", "engine", "intake", "lines", "queue"]),
    ("lanes", &["domain", "clock", "lifecycle", "store", "config", "engine", "counterparts", "lines"]),
    (
        "gateway",
        &[
            "domain",
            "clock",
            "lifecycle",
            "store",
            "config",
            "engine",
            "people",
            "counterparts",
            "papers",
            "queue",
            "relay",
            "lanes",
            "provider",
        ],
    ),
    ("observe", &["store", "config", "relay", "lanes", "gateway"]),
    (
        "api",
        &[
            "domain", "store", "config", "engine", "people", "intake", "papers", "lines", "queue", "relay",
            "lanes", "gateway", "observe",
        ],
    ),
    ("console", &["config", "people", "gateway", "api", "lines", "provider"]),
    ("sandbox", &["clock", "lifecycle", "config", "lines"]),
    (
        "app",
        &[
            "domain",
            "clock",
            "lifecycle",
            "store",
            "config",
            "engine",
            "people",
            "counterparts",
            "papers",
            "lines",
            "queue",
            "relay",
            "lanes",
            "gateway",
            "provider",
            "api",
            "console",
        ],
    ),
    ("cli", &["clock", "lifecycle", "config", "relay", "observe", "sandbox", "app"]),
    ("main", &["cli"]),
];

/// The room of a file: `src/lanes/lane.rs` is in `lanes`.
fn room_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split(['/', '.']).next().unwrap_or_default()
}

/// The room that a path leads to, if it leads to one.
fn target(source: &Source, named: &Named) -> Option<String> {
    let segments: Vec<&str> = named.segments.iter().map(String::as_str).collect();
    let depth = source.path.trim_end_matches(".rs").split('/').count() - 1;
    let supers = segments.iter().take_while(|segment| **segment == "super").count();
    let room = match *segments.first()? {
        "crate" => segments.get(1),
        "chakong" if source.path == "src/main.rs" => segments.get(1),
        "super" if supers >= depth => segments.get(supers),
        _ => None,
    };
    room.map(|room| (*room).to_owned())
}

fn edges() -> Vec<(String, String, String)> {
    let mut edges = Vec::new();
    for source in sources("src").iter().filter(|source| source.path != "src/lib.rs") {
        let from = room_of(&source.path);
        for named in source.paths() {
            if let Some(to) = target(source, &named).filter(|to| to != from) {
                edges.push((from.to_owned(), to, format!("{}:{}", source.path, named.line)));
            }
        }
    }
    edges
}

#[test]
fn every_room_names_only_the_rooms_it_may() {
    let mut violations = Vec::new();
    for source in sources("src").iter().filter(|source| source.path != "src/lib.rs") {
        let room = room_of(&source.path);
        if !ROOMS.iter().any(|(known, _)| *known == room) {
            violations.push(format!("{}: `{room}` is not a room; give it a line in ROOMS", source.path));
        }
    }
    for (from, to, place) in edges() {
        let may = ROOMS.iter().any(|(room, may)| *room == from && may.contains(&to.as_str()));
        if !may {
            violations.push(format!(
                "{place}: `{from}` names `{to}`; hand the part in from `app`, move the type down, or add the edge to ROOMS"
            ));
        }
    }
    hold("Rooms name only rooms they may name (tests/it/tidy/rooms.rs).", &violations);
}

#[test]
fn the_table_of_rooms_has_an_order_and_nothing_idle() {
    let mut violations = Vec::new();
    for (at, (room, may)) in ROOMS.iter().enumerate() {
        for below in may.iter().filter(|below| !ROOMS[..at].iter().any(|(above, _)| above == *below)) {
            violations.push(format!("ROOMS: `{room}` may not name `{below}`, which stands below it"));
        }
    }
    let edges = edges();
    let is_used = |from: &str, to: &str| edges.iter().any(|(a, b, _)| (a.as_str(), b.as_str()) == (from, to));
    let listed = ROOMS.iter().flat_map(|(room, may)| may.iter().map(move |to| (*room, *to)));
    for (from, to) in listed {
        if !is_used(from, to) {
            violations
                .push(format!("`{from}` no longer names `{to}`; take the edge out, so that it stays so"));
        }
    }
    hold("The table of rooms is ordered and tight (tests/it/tidy/rooms.rs).", &violations);
}

#[test]
fn only_app_names_concrete_parts() {
    let mut violations = Vec::new();
    for source in &sources("src") {
        let room = room_of(&source.path);
        for named in source.paths() {
            let text = named.segments.join("::");
            let concrete = ["crate::store::sqlite", "crate::store::postgres", "crate::store::memory"];
            let is_concrete = concrete.iter().any(|store| text.starts_with(store));
            let store = is_concrete && !matches!(room, "app" | "store");
            let first = named.segments.first().map_or("", String::as_str);
            let connector = first.starts_with("chakong_") && first != "chakong_contract" && room != "app";
            if store || connector {
                violations.push(format!(
                    "{}:{}: names `{text}`; take a trait or a `Plugin` and let src/app.rs hand it in",
                    source.path, named.line
                ));
            }
        }
    }
    hold("Only src/app.rs names a concrete store or connector.", &violations);
}

/// Files that name kinds of lines: the lists to which a further line is added, and what reads its section.
const NAME_LINES: &[&str] = &["src/config/counterpart/line/", "src/app/deliveries.rs"];

/// Where a source names one kind of line.
fn kinds_of_lines(source: &Source) -> Vec<usize> {
    ["LineConfig", "LineKind"]
        .iter()
        .flat_map(|kind| source.lines_with(&[kind, "::"]))
        .filter(|line| !source.lines_with(&["LineConfig", "::", "new"]).contains(line))
        .filter(|line| !source.lines_with(&["LineKind", "::", "word"]).contains(line))
        .collect()
}

/// Where a source decides by a match on the kinds of lines: an arm that names one.
fn arms_of_lines(source: &Source, kinds: &[&str]) -> Vec<usize> {
    let of = |kind: &&str| {
        [&["=", ">"][..], &["|"][..], &[")", "=", ">"][..], &["if"][..]]
            .map(|after| source.lines_with(&[&["LineKind", "::", kind][..], after].concat()))
            .concat()
    };
    kinds.iter().flat_map(of).collect()
}

#[test]
fn a_further_line_is_added_to_lists_and_touches_no_match() {
    let (mut told, mut violations) = (0, Vec::new());
    for source in &sources("src") {
        let lines = kinds_of_lines(source);
        if NAME_LINES.iter().any(|place| source.path.starts_with(place)) {
            told += lines.len();
            continue;
        }
        violations.extend(lines.iter().map(|line| {
            format!(
                "{}:{line}: tells lines apart; ask the `Delivery`, or `LineConfig::call()` and its like",
                source.path
            )
        }));
    }
    assert!(told > 0, "the rule sees the lists");
    let everywhere = ["src", "connectors", "tests"].iter().flat_map(|folder| sources(folder));
    let words = ["Call", "Parcel", "Postbox", "Desk"];
    for source in everywhere {
        violations.extend(arms_of_lines(&source, &words).iter().map(|line| {
            format!("{}:{line}: a match on the kinds of lines; make it a list or a method", source.path)
        }));
    }
    hold("A further line is added to lists; no match names lines (tests/it/tidy/rooms.rs).", &violations);
}

#[test]
fn the_rule_about_lines_sees_every_form_of_an_arm() {
    let arms = [
        "fn f(k: K) -> u8 { match k { LineKind::Call => 1, _ => 2 } }",
        "fn f(k: K) -> u8 { match k { LineKind::Call | LineKind::Parcel => 1, _ => 2 } }",
        "fn f(k: K) -> u8 { match k { Some(LineKind::Call) => 1, _ => 2 } }",
        "fn f(k: K) -> u8 { match k { LineKind::Call if true => 1, _ => 2 } }",
    ];
    for text in arms {
        assert!(!arms_of_lines(&Source::parse("src/x.rs", text), &["Call"]).is_empty(), "{text}");
    }
    let list = Source::parse("src/x.rs", "const LINES: &[(K, u8)] = &[(LineKind::Call, 1)];");
    assert!(arms_of_lines(&list, &["Call"]).is_empty());
}

/// Where a source hands work to the store's writer.
fn writes(source: &Source) -> Vec<usize> {
    let calls = [
        &[".", "transact", "("][..],
        &[".", "transact", "::"][..],
        &[".", "transact_with", "("][..],
        &[".", "transact_with", "::"][..],
        &[".", "queue_write", "("][..],
    ];
    calls.iter().flat_map(|call| source.lines_with(call)).collect()
}

#[test]
fn only_the_engine_writes() {
    // The store itself reads behind what was handed in before.
    let others = |source: &&Source| room_of(&source.path) != "engine" && source.path != "src/store.rs";
    let mut violations = Vec::new();
    for source in sources("src").iter().filter(others) {
        violations.extend(writes(source).iter().map(|line| {
            format!("{}:{line}: hands work to the writer; make it an input of src/engine.rs", source.path)
        }));
    }
    hold("Only the engine calls `transact` (tests/it/tidy/rooms.rs).", &violations);
    let engine: Vec<Source> =
        sources("src").into_iter().filter(|source| room_of(&source.path) == "engine").collect();
    assert!(engine.iter().any(|source| !writes(source).is_empty()), "the rule sees the engine's own calls");
}
