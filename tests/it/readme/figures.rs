//! Figures that follow from others, and names of benchmarks and metrics, are right on the pages.

use super::{page, part, quoted};
use crate::tidy::root;

/// What the page says that it reckons with: bytes an order, working days of a year, debtors of a case, orders for each query.
const BYTES: f64 = 1900.0;
const WORKING_DAYS: f64 = 250.0;
const DEBTORS: f64 = 2.0;
const WITH_CONTROLS: f64 = 1.1;

fn number(text: &str) -> f64 {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Whether a number is another one, rounded to as many digits as it shows.
fn is_rounded(shown: &str, exact: f64) -> bool {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_matches('0').len().max(1);
    format!("{exact:.*e}", digits - 1).parse::<f64>() == Ok(number(shown))
}

/// The cells of each row of the table of sizes.
fn sizes(text: &str) -> Vec<Vec<&str>> {
    let (_, rest) = text.split_once("| orders a second, all within one hour |").expect("the table");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn the_table_of_sizes_follows_from_what_it_reckons_with() {
    let text = page("config/deploy/README.md");
    for said in ["two debtors", "a tenth of the orders are controls", "250 a year", "1,900 bytes an order"] {
        assert!(text.contains(said), "{said}");
    }
    let rows = sizes(&text);
    assert_eq!(rows.len(), 4, "{rows:?}");
    for row in &rows {
        let a_year = number(row[1]) * DEBTORS * number(row[2]) * WITH_CONTROLS;
        let (day, gigabytes) = (a_year / WORKING_DAYS, a_year * BYTES / 1e9);
        assert!(is_rounded(row[3], day), "{row:?}: {day} orders a day");
        assert!(is_rounded(row[4], day / 3600.0), "{row:?}: {} orders a second", day / 3600.0);
        let storage = if row[5].ends_with("TB") { gigabytes / 1e3 } else { gigabytes };
        assert!(is_rounded(row[5], storage), "{row:?}: {gigabytes} GB");
    }
    let (_, part) = rows[3][6].split_once("31 has ").expect("a part of the nation");
    let part = part.split(' ').next().expect("a number");
    assert!(is_rounded(part, number(rows[3][4]) / 31.0), "{part}");
}

#[test]
fn the_memory_of_replicas_follows_from_what_was_measured() {
    let measured = part("memory with 4,000 counterparts (postbox, nothing waiting) | ", " |");
    let numbers: Vec<&str> = measured.split([' ', ';']).filter(|word| word.parse::<u32>().is_ok()).collect();
    let [all, one, each] = numbers[..] else { panic!("{measured}") };
    let exact = (number(all) - number(one)) * 1024.0 / 3999.0;
    assert!(is_rounded(each, exact), "{exact} KiB each");
    let text = page("config/deploy/README.md");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("{one} MiB with one counterpart, and {each} KiB for each further one: ");
    let (_, rest) = text.split_once(&said).unwrap_or_else(|| panic!("{said}"));
    let sizes: Vec<&str> = rest.split(", where").next().expect("sizes").split(", ").collect();
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    for size in sizes {
        let (memory, counterparts) = size.split_once(" MiB for ").unwrap_or_else(|| panic!("{size}"));
        let reckoned = number(one) + (number(counterparts) - 1.0) * exact / 1024.0;
        assert!(is_rounded(memory, reckoned), "{size}: {reckoned}");
    }
}

#[test]
fn every_benchmark_on_the_pages_is_there() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let benches = manifest["bench"].as_array().expect("benchmarks");
    let known: Vec<&str> = benches.iter().filter_map(|bench| bench["name"].as_str()).collect();
    let mut seen = 0;
    for name in ["README.md", "connectors/README.md", "connectors/court-realty/README.md"] {
        for rest in page(name).split("--bench ").skip(1) {
            let bench = rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap_or_default();
            assert!(known.contains(&bench), "{name}: there is no benchmark {bench}");
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen} benchmarks were named");
}

#[test]
fn every_metric_on_the_pages_is_told() {
    let folder = std::fs::read_dir(root().join("src/observe")).expect("the metrics");
    let told =
        folder.map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a source"));
    let told: String = told.collect();
    let mut seen = 0;
    for name in ["README.md", "config/deploy/README.md"] {
        let text = page(name);
        for metric in quoted(&text).into_iter().filter(|word| word.starts_with("chakong_")) {
            let literal = match metric.strip_suffix('*') {
                Some(start) => format!("\"{start}"),
                None => format!("\"{metric}\""),
            };
            assert!(told.contains(&literal), "{name}: no metric {metric}");
            seen += 1;
        }
    }
    assert!(seen > 7, "{seen} metrics were named");
}
