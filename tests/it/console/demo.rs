//! The demonstration opens on the console, with a person for each role, and plays its scenario to the end.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;

use super::Guest;

/// A demonstration that ends with the test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// The word behind another one in a line.
fn behind<'a>(line: &'a str, word: &str) -> &'a str {
    let rest = line.split(word).nth(1).unwrap_or_else(|| panic!("no {word}: {line}"));
    rest.trim_start().split([',', ' ']).next().expect("a word")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_prints_the_console_and_a_person_for_each_role_who_can_sign_in() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.arg("demo").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut demo = Demo(command.spawn().expect("it starts"));
    // Read from to the end of the test: who writes to a pipe that nobody reads is ended.
    let mut lines = BufReader::new(demo.0.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let mut said: Vec<String> = Vec::new();
    for line in lines.by_ref() {
        let is_last = line.contains("Ctrl-C ends");
        said.push(line);
        if is_last {
            break;
        }
    }
    let console = said.iter().find(|line| line.contains("The console: http")).expect("an address");
    let port = behind(console, "127.0.0.1:").trim_end_matches("/console").parse().expect("a port");
    let persons: Vec<&String> = said.iter().filter(|line| line.contains("工号")).collect();
    assert_eq!(persons.len(), 6, "{said:#?}");
    for (line, page) in persons.into_iter().zip([
        "/console/new",
        "/console/approvals",
        "/console/tasks",
        "/console/system",
        "/console/people",
        "/console/audit/looks",
    ]) {
        let mut guest = Guest::new(port);
        let form = guest.get("/console/sign-in").await;
        let entered = guest.signs_in(&form, behind(line, "staff number"), behind(line, "password")).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{line}");
        assert_eq!(guest.get(page).await.status, StatusCode::OK, "{line}: nothing is to be done first");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_plays_its_scenario_to_the_end_and_says_so() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chakong"));
    command.args(["demo", "--once"]).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a task");
    let output = output.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().any(|line| line == "As the scenario expects."), "{said}");
    let (_, freezes) = said.split_once("冻结 Measures").expect("the freezes");
    let freezes = freezes.split("执行标的").next().expect("a table");
    assert_eq!(freezes.matches("in_force").count(), 5, "{said}");
    assert!(said.contains("执行标的 claimed 33,670,000.00   已控制 held 3,340,000.00"), "{said}");
    assert!(said.contains("查控完整性证明 certificate no. "), "{said}");
}
