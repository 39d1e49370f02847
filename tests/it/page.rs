//! The page "Add a connector" is true: its description is followed as it stands there.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tidy::root;

/// The first block that the page puts into a file.
fn block<'a>(page: &'a str, file: &str) -> &'a str {
    let (_, after) =
        page.split_once(&format!("\n`{file}`\n")).unwrap_or_else(|| panic!("{file} is not on the page"));
    let (_, after) = after.split_once("```").expect("a block");
    let (_, body) = after.split_once('\n').expect("its first line");
    body.split("\n```").next().unwrap_or_default()
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_chakong"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("chakong");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_page_about_adding_a_connector_can_be_followed() {
    let page = std::fs::read_to_string(root().join("connectors/README.md")).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let put = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    put("target/try/secrets/boats.key", "invented-boats-key");
    for file in
        ["boats-description.toml", "counterparts/boats.toml", "chakong.toml", "order.json", "reply.json"]
    {
        let file = format!("target/try/{file}");
        put(&file, block(&page, &file));
    }
    let checked = run(folder.path(), &["check", "--config", "target/try/chakong.toml"]);
    assert!(checked.contains("declarative"), "{checked}");
    let with = ["--counterpart", "target/try/counterparts/boats.toml"];
    let both = |act: &str, file: &str| {
        run(folder.path(), &["connectors", act, "declarative", file, with[0], with[1]])
    };
    assert!(
        both("write", "target/try/order.json")
            .starts_with("GET /boats?owner=110101190001010014\nX-Key: (secret)\n")
    );
    let read: Value = serde_json::from_str(&both("read", "target/try/reply.json")).expect("JSON");
    assert_eq!(read["answer"]["reply"]["assets"][0]["asset"]["plate"], "示船00001");
    let key = block(&page, "target/try/chakong.toml").lines().find_map(|line| line.strip_prefix("sha256 = "));
    let digest = chakong::config::digest_of("try-key");
    assert_eq!(key.map(|key| key.trim_matches('"').to_owned()), Some(hex::encode(digest)));
    for file in ["scripts.json", "inquiry.json"] {
        let text = block(&page, &format!("target/try/{file}"));
        serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}

/// The lines that register the crate are found by what stands in the files today.
#[test]
fn the_crate_of_the_page_is_registered_where_the_page_says() {
    let page = std::fs::read_to_string(root().join("connectors/README.md")).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["Cargo.toml", "src/app.rs", "tests/it/tidy/purity.rs"];
    for file in files {
        let copy = folder.path().join(file);
        std::fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder");
        std::fs::copy(root().join(file), copy).expect("a copy");
    }
    let commands: Vec<&str> = page.lines().filter(|line| line.starts_with("sed -i ")).collect();
    for command in &commands {
        let status = Command::new("bash").current_dir(folder.path()).args(["-c", command]).status();
        assert!(status.expect("bash").success(), "{command}");
    }
    let added = |file: &str| {
        let text = std::fs::read_to_string(folder.path().join(file)).expect("a file");
        text.lines().filter(|line| line.contains("example-boats") || line.contains("example_boats")).count()
    };
    assert_eq!((commands.len(), files.map(added)), (4, [2, 1, 1]));
}
