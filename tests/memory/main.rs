//! What a message may take while it is read: a bounded multiple of its size, for every connector. Measured by an allocator that
//! counts, in a process of its own; one check at a time.

mod shapes;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::manifest::SettingValue;
use chakong_contract::{Claim, Connector, InboundRequest, Message, Plugin, Secret, Settings};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Only one test measures.
static MEASURING: Mutex<()> = Mutex::new(());

/// What the parts of a message may take at most, as connectors/README.md says.
const PARTS: usize = 256 << 20;
/// What they may take however small it is.
const FREE: usize = 32 << 20;
/// Times its own size: its parts, and its text in every layer of its encoding.
const TIMES: usize = 24 + 16;

fn measuring() -> MutexGuard<'static, ()> {
    MEASURING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What some work takes at its peak beyond what was there before, in bytes.
fn peak_of(work: impl FnOnce()) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    work();
    ALLOCATOR.peak_usage().saturating_sub(before)
}

fn assert_bounded(what: &str, size: usize, work: impl FnOnce()) {
    let peak = peak_of(work);
    let allowed = (FREE + TIMES * size).min(PARTS + 16 * size);
    assert!(
        peak <= allowed,
        "{what}: a message of {size} bytes takes {} MiB, {} times its size; {} MiB are allowed",
        peak >> 20,
        peak / size.max(1),
        allowed >> 20
    );
}

fn built(plugin: &Plugin) -> Arc<dyn Connector> {
    let secret = || SettingValue::Secret(Secret::new("not-a-secret"));
    let mut all = Settings::of_all_examples(plugin.manifest.settings).with("password", secret());
    if plugin.manifest.id == "court-bank" {
        all = all.with("bank_code", SettingValue::Text("E999H110000000001".to_owned()));
    }
    (plugin.build)(&all)
        .or_else(|_| {
            let required = Settings::of_examples(plugin.manifest.settings);
            (plugin.build)(&required.with("secret", secret()))
        })
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", plugin.manifest.id))
}

fn connector(id: &str) -> Arc<dyn Connector> {
    let plugins = chakong::app::plugins();
    built(plugins.iter().find(|plugin| plugin.manifest.id == id).unwrap_or_else(|| panic!("no {id}")))
}

/// Recorded messages of a connector: name and bytes.
fn recorded(id: &str) -> Vec<(String, Vec<u8>)> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(id);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let replies = paths.iter().filter(|path| name(path).contains(".reply."));
    replies.map(|path| (name(path), std::fs::read(path).expect("a file"))).collect()
}

/// Recorded messages that are looked at of each connector; the larger ones have the most places in which parts can stand.
const RECORDED: usize = 3;

#[test]
fn a_message_of_empty_parts_takes_a_small_multiple_of_its_size_for_every_connector() {
    let _alone = measuring();
    for plugin in chakong::app::plugins() {
        let id = plugin.manifest.id;
        let connector = built(&plugin);
        // What people fill in is no message; the API bounds it.
        if connector.form().is_some() {
            continue;
        }
        let mut messages = recorded(id);
        messages.retain(|(_, bytes)| !bytes.starts_with(b"PK"));
        messages.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.len()));
        let mut tried = 0;
        for (name, bytes) in messages.iter().take(RECORDED) {
            for hostile in shapes::hostile(bytes) {
                let (size, message) = (hostile.len(), Message::new("", hostile));
                assert_bounded(&format!("{id}, {name}"), size, || drop(connector.read(&message)));
                tried += 1;
            }
        }
        assert!(tried > 0, "{id}: there is no recorded message to start from");
    }
}

/// The name of a package of feedback.
const PACKAGE: &str = "CXFKE999H110000000001000020260105000000000000000001.zip";

#[test]
fn a_package_of_a_million_empty_rows_takes_little_and_is_told_as_unreadable() {
    let _alone = measuring();
    let bank = connector("court-bank");
    for rows in ["<zhxx/>", "<zhxx a=''/>", "<zhxx><wlxxList><wlxx/></wlxxList></zhxx>", "<zhxx BDHM='x'/>"] {
        let text = format!("<zhxxList>{}</zhxxList>", rows.repeat(1_000_000));
        let package =
            shapes::zip_of("QRE999H110000000001000020260105000000000000000001000000000001.xml", &text);
        let unpacked = text.len();
        drop(text);
        let message = Message::new(PACKAGE, package);
        assert_bounded(rows, unpacked, || {
            let reading = bank.read(&message);
            assert!(!reading.problems.is_empty(), "{rows}: it is told");
            assert!(reading.reads.len() < 70_000, "{rows}");
        });
    }
}

#[test]
fn a_comment_that_cannot_be_packed_does_not_make_room_for_what_is_packed_a_thousandfold() {
    let _alone = measuring();
    let bank = connector("court-bank");
    let noise: String = chakong_testkit::noise::Noise::new(7)
        .bytes(400 << 10)
        .iter()
        .map(|byte| format!("{byte:x}"))
        .collect();
    let text = format!("<zhxxList><!--{noise}-->{}</zhxxList>", "<zhxx/>".repeat(4_000_000));
    let package = shapes::zip_of("QRE999H110000000001000020260105000000000000000001000000000001.xml", &text);
    drop(text);
    let message = Message::new(PACKAGE, package);
    let peak = peak_of(|| drop(bank.read(&message)));
    assert!(peak < 512 << 20, "{} MiB", peak >> 20);
}

fn call(path: &str, body: Vec<u8>) -> InboundRequest {
    let (method, path) = ("POST".to_owned(), path.to_owned());
    InboundRequest { method, path, body, ..InboundRequest::default() }
}

#[test]
fn who_calls_is_found_out_without_building_what_follows() {
    let _alone = measuring();
    let rows = format!("<zhxxList>{}</zhxxList>", "<zhxx/>".repeat(1_000_000));
    let body = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:s=\"http://syyh.service.webService.ckw.tdh/\">\
         <e:Body><s:shfeedXzcxInfo><arg0>{}</arg0><arg1>{}</arg1></s:shfeedXzcxInfo></e:Body></e:Envelope>",
        STANDARD.encode("<usermarker><condition username=\"WVg=\" password=\"bm90\"/></usermarker>"),
        STANDARD.encode(&rows)
    );
    let bank = connector("court-bank");
    let postbox = bank.postbox().expect("a postbox");
    let heard = call("/ckwWebService/SyyhConvertData", body.into_bytes());
    let beginning = InboundRequest { body: heard.body[..4096].to_vec(), ..heard.clone() };
    let peak = peak_of(|| assert!(matches!(postbox.identify(&beginning, false), Ok(Claim::Caller(_)))));
    assert!(peak < 1 << 20, "{peak} bytes");
    let size = heard.body.len();
    assert_bounded("the whole call", size, || drop(postbox.parse(&heard)));
}

#[test]
fn a_caller_that_names_itself_last_is_found_out_without_building_what_stands_before() {
    let _alone = measuring();
    let json = format!(
        "{{\"data\":[{}0],\"head\":{{\"token\":\"x\",\"username\":\"x\",\"password\":\"y\"}}}}",
        "{},".repeat(1_000_000)
    );
    let places = [("court-realty-platform", "/bdc/query/commit/result"), ("court-realty", "/jsdjbjjg")];
    for (id, path) in places {
        let connector = connector(id);
        let postbox = connector.postbox().expect("a postbox");
        let heard = call(path, json.clone().into_bytes());
        let peak = peak_of(|| drop(postbox.identify(&heard, true)));
        assert!(peak < 1 << 20, "{id}: {peak} bytes");
        assert_bounded(id, heard.body.len(), || drop(postbox.parse(&heard)));
    }
}
