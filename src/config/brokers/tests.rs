use std::path::Path;

use crate::config::{BrokerLogin, Config, Problems, load};

fn read(folder: &Path, more: &str) -> Result<Config, Problems> {
    let digest = "11".repeat(31) + "22";
    let key = |name: &str, role: &str, digest: &str| {
        format!("[[keys]]\nname = \"{name}\"\nroles = [\"{role}\"]\nsha256 = \"{digest}\"\n")
    };
    let other = "11".repeat(31) + "33";
    let keys = key("case-system", "case_system", &digest) + &key("operations", "operations", &other);
    std::fs::create_dir_all(folder.join("counterparts")).expect("a folder");
    std::fs::write(folder.join("secret"), "invented\n").expect("a secret");
    std::fs::write(folder.join("no.pem"), "nothing").expect("a file");
    std::fs::write(folder.join("chakong.toml"), format!("{keys}{more}")).expect("a file");
    load(&folder.join("chakong.toml"), &[])
}

#[test]
fn both_brokers_both_ways_need_little_more_than_their_servers() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[relay.nats]\nservers = [\"nats://one\", \"nats://[::1]:4223\"]\ntoken = { file = \"secret\" }\n\
                [relay.rabbitmq]\nservers = [\"amqps://two\"]\nuser = \"u\"\npassword = { file = \"secret\" }\n\
                [[relay.rabbitmq.queues]]\nname = \"court\"\n\
                [intake.nats]\nservers = [\"nats://one\"]\nsubmitter = \"case-system\"\n\
                [intake.rabbitmq]\nservers = [\"amqp://two\"]\nsubmitter = \"case-system\"\n";
    let config = read(folder.path(), text).expect("right");
    let nats = config.relays.nats.expect("a relay");
    let shown: Vec<String> = nats.nats.access.servers.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["one:4222", "[::1]:4223"]);
    let BrokerLogin::Token(token) = &nats.nats.access.login else { panic!("a token") };
    assert_eq!((token.expose(), nats.subject.as_str()), ("invented", "chakong.results"));
    let rabbit = config.relays.rabbitmq.expect("a relay");
    let server = &rabbit.rabbit.access.servers[0];
    assert!(server.is_tls && server.port == 5671, "{server:?}");
    assert_eq!(rabbit.queues[0].keys, ["#"]);
    assert!(!format!("{:?}", rabbit.rabbit).contains("invented"), "secrets cannot be printed");
    assert_eq!(config.intakes.nats.expect("an intake").intake.reply_prefixes, ["_INBOX."]);
    assert_eq!(config.intakes.rabbitmq.expect("an intake").queue, "chakong.inquiries");
}

#[test]
fn each_problem_is_told_with_its_line_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        ("[relay.nats]\n", "`relay.nats.servers`: is missing"),
        ("[relay.nats]\nservers = []\n", "1 to 16 servers"),
        ("[relay.nats]\nservers = [\"amqp://x\"]\n", "nats:// or tls://"),
        ("[relay.nats]\nservers = [\"nats://u:p@x\"]\n", "may not hold a user"),
        ("[relay.nats]\nservers = [\"nats://x/path\"]\n", "scheme, host and port"),
        ("[relay.nats]\nservers = [\"nats://x\", \"tls://y\"]\n", "with and without TLS"),
        ("[relay.nats]\nservers = [\"nats://x\"]\nca_file = \"no.pem\"\n", "means nothing without TLS"),
        ("[relay.nats]\nservers = [\"tls://x\"]\nca_file = \"no.pem\"\n", "holds no PEM"),
        ("[relay.nats]\nservers = [\"tls://x\"]\npassword = \"plain\"\n", "a secret is not written here"),
        ("[relay.nats]\nservers = [\"nats://x\"]\nuser = \"u\"\n", "is missing beside `user`"),
        (
            "[relay.nats]\nservers = [\"nats://x\"]\npassword = { file = \"secret\" }\n",
            "is missing beside `password`",
        ),
        (
            "[relay.nats]\nservers = [\"nats://x\"]\ntoken = { file = \"secret\" }\nnkey = { file = \"secret\" }\n",
            "stands beside `token`",
        ),
        ("[relay.nats]\nservers = [\"nats://x\"]\nsubject = \"a..b\"\n", "single dots"),
        ("[relay.nats]\nservers = [\"nats://x\"]\nsubject = \"a.*\"\n", "letters, digits"),
        ("[relay.nats]\nservers = [\"nats://x\"]\nin_flight = 0\n", "between 1 and 4096"),
        ("[relay.nats]\nservers = [\"nats://x\"]\nmax_age = \"60s\"\n", "longer than `max_age`"),
        ("[relay.kafka]\n", "`relay.kafka` is not a setting"),
        ("[relay.rabbitmq]\nservers = [\"amqp://x\"]\ntoken = { file = \"secret\" }\n", "is not a setting"),
        ("[relay.rabbitmq]\nservers = [\"amqp://x\"]\nexchange = \"amq.topic\"\n", "the broker's own"),
        (
            "[relay.rabbitmq]\nservers = [\"amqp://x\"]\n[[relay.rabbitmq.queues]]\nkeys = [\"#\"]\n",
            "the queue's name",
        ),
        ("[intake.nats]\nservers = [\"nats://x\"]\n", "`intake.nats.submitter`: is missing"),
        ("[intake.nats]\nservers = [\"nats://x\"]\nsubmitter = \"nobody\"\n", "no key named `nobody`"),
        ("[intake.nats]\nservers = [\"nats://x\"]\nsubmitter = \"operations\"\n", "has not the role"),
        (
            "[intake.nats]\nservers = [\"nats://x\"]\nsubmitter = \"case-system\"\nreply_prefixes = [\"\"]\n",
            "write anywhere",
        ),
        (
            "[intake.nats]\nservers = [\"nats://x\"]\nsubmitter = \"case-system\"\nanswers = \"chakong.inquiries.x\"\n",
            "another subject",
        ),
        (
            "[relay.nats]\nservers = [\"nats://x\"]\nsubject = \"chakong\"\n[intake.nats]\nservers = [\"nats://x\"]\nsubmitter = \"case-system\"\n",
            "the relay's stream takes",
        ),
    ];
    for (text, part) in cases {
        let said = read(folder.path(), text).expect_err(text).to_string();
        let lines: Vec<&str> = said.lines().collect();
        assert!(said.contains(part), "{text}: {said}");
        assert!(lines.iter().any(|line| line.contains("chakong.toml:") && line.contains(part)), "{said}");
        assert!(!said.contains("u:p"), "{said}");
    }
}
