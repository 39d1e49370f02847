//! Names in a log filter: the library takes any word for the name of a module, and a misspelt one changes nothing.

/// Parts of the gateway whose lines a filter can choose, as `chakong::lanes`.
const ROOMS: &[&str] = &[
    "api",
    "app",
    "cli",
    "clock",
    "config",
    "console",
    "counterparts",
    "domain",
    "engine",
    "gateway",
    "intake",
    "lanes",
    "lifecycle",
    "lines",
    "observe",
    "papers",
    "people",
    "provider",
    "queue",
    "relay",
    "sandbox",
    "store",
];

/// Libraries that write lines of their own.
const LIBRARIES: &[&str] = &[
    "aide",
    "async_nats",
    "axum",
    "deadpool",
    "h2",
    "hyper",
    "hyper_rustls",
    "hyper_util",
    "lapin",
    "log",
    "mio",
    "polling",
    "postgres",
    "quick_xml",
    "reqwest",
    "rusqlite",
    "russh",
    "russh_sftp",
    "rustls",
    "tokio",
    "tokio_postgres",
    "tokio_rustls",
    "tokio_util",
    "tower",
    "tower_http",
    "tracing",
    "want",
];

/// The names in a filter that are those of no part of the program, in order, each once.
pub(super) fn unknown(filter: &str) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    for part in filter.split(',') {
        let Some((target, _)) = part.rsplit_once('=') else { continue };
        // A span and its fields may stand behind the name.
        let target = target.split('[').next().unwrap_or_default().trim();
        if !target.is_empty() && !is_known(target) && !unknown.iter().any(|told| told == target) {
            unknown.push(target.to_owned());
        }
    }
    unknown
}

fn is_known(target: &str) -> bool {
    let mut parts = target.split("::");
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("chakong", Some(room)) => ROOMS.contains(&room),
        ("chakong", None) => true,
        (library, _) => LIBRARIES.contains(&library),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_nothing_are_told() {
        for good in [
            "info",
            "info,chakong=debug",
            "off,chakong::lanes=trace",
            "warn,chakong[span]=info",
            "info,h2=warn,russh::client=info",
        ] {
            assert_eq!(unknown(good), Vec::<String>::new(), "{good}");
        }
        assert_eq!(unknown("info,chakongg=debug"), ["chakongg"]);
        assert_eq!(
            unknown("chakong::lane=trace, chakong::lane::x=info ,tokyo=warn,tokyo=info"),
            ["chakong::lane", "chakong::lane::x", "tokyo"]
        );
        assert_eq!(unknown("info,lanes=debug"), ["lanes"]);
    }

    #[test]
    fn the_rooms_are_those_of_the_source() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = std::fs::read_dir(source).expect("the source").filter_map(Result::ok);
        let names =
            files.filter_map(|file| file.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned));
        let mut rooms: Vec<String> = names.filter(|name| !matches!(name.as_str(), "lib" | "main")).collect();
        rooms.sort();
        assert_eq!(rooms, ROOMS);
    }
}
