//! What the connector declares, and its settings checked.

mod mistakes;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chakong_contract::asset::AssetKind;
use chakong_contract::manifest::{Setting, SettingKind, SettingProblem, Settings, fitting};
use chakong_contract::{ActionKind, Capability, IdentityKind, LineKind, Manifest, Secret};

use crate::description::{Auth, Description, line_of};
use crate::write;

/// Longest description that is read, in bytes.
const LONGEST: usize = 64 * 1024;

pub(crate) const MANIFEST: Manifest = Manifest {
    id: "declarative",
    name_zh: "描述式连接器",
    name_en: "Connector by description",
    assets: &[AssetKind::Account, AssetKind::Vehicle],
    capabilities: &[Capability { action: ActionKind::Query, documents: &[] }],
    identities: &[IdentityKind::ResidentId, IdentityKind::Uscc],
    lines: &[LineKind::Call],
    largest_batch: 1,
    idempotent: true,
    settings: &[
        Setting {
            key: "description",
            kind: SettingKind::Text,
            required: true,
            help: "The description of the counterpart, itself TOML: request, paging, answer, assets.",
            example: include_str!("../examples/vehicles.toml"),
        },
        Setting {
            key: "secret",
            kind: SettingKind::Secret,
            required: false,
            help: "Token, password or key of the counterpart, as the description's [auth] asks for.",
            example: "invented-key",
        },
    ],
};

/// The description, and the header that authenticates.
pub(crate) type Checked = (Description, Option<(String, Secret)>);

pub(crate) fn check(settings: &Settings) -> Result<Checked, Vec<SettingProblem>> {
    let mut problems = Vec::new();
    let description = described(settings.text("description"), &mut problems);
    let needs_secret = description.as_ref().is_some_and(|described| !matches!(described.auth, Auth::None));
    let secret = if needs_secret { fitting(settings.needed_secret("secret"), &mut problems) } else { None };
    match description {
        Some(description) if problems.is_empty() => {
            let header = secret.and_then(|secret| header(&description.auth, &secret));
            Ok((description, header))
        }
        _ => Err(problems),
    }
}

/// The description, if everything in it is right; else every problem with its line.
fn described(text: &str, problems: &mut Vec<SettingProblem>) -> Option<Description> {
    let problem = |why: String| SettingProblem::new("description", why);
    if text.trim().is_empty() {
        problems.push(problem("the description is missing".to_owned()));
        return None;
    }
    if text.len() > LONGEST {
        problems.push(problem(format!("the description is longer than {LONGEST} bytes")));
        return None;
    }
    let (mistakes, description) = mistakes::of_form(text);
    let description = description.filter(|_| mistakes.is_empty());
    problems.extend(mistakes.into_iter().map(|(line, why)| problem(why).at_line(line)));
    let description = description?;
    let mut wrong = description.check();
    wrong.extend(write::check(&description).err());
    let told = wrong.iter().map(|(at, why)| problem(format!("{at}: {why}")).at_line(line_of(text, at)));
    problems.extend(told);
    wrong.is_empty().then_some(description)
}

fn header(auth: &Auth, secret: &Secret) -> Option<(String, Secret)> {
    let authorization = |value: String| Some(("Authorization".to_owned(), Secret::new(value)));
    match auth {
        Auth::None => None,
        Auth::Bearer => authorization(format!("Bearer {}", secret.expose())),
        Auth::Basic { user } => {
            authorization(format!("Basic {}", STANDARD.encode(format!("{user}:{}", secret.expose()))))
        }
        Auth::Header { header } => Some((header.clone(), secret.clone())),
    }
}
