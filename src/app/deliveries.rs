//! How each line is opened, and the form of papers. A further line is one entry more in [`LINES`].

use std::sync::Arc;

use chakong_contract::manifest::{LineKind, SettingValue, Settings};
use chakong_contract::{Connector, Fault, FaultKind, Plugin};

use crate::config::CounterpartConfig;
use crate::lanes::{CallDelivery, Delivery, DeskDelivery, ParcelDelivery, PostboxDelivery};

/// Every line with what makes its delivery; `None` where the counterpart's section is of another line.
const LINES: &[(LineKind, Open)] = &[
    (LineKind::Call, |config| Some(CallDelivery::open(config.line.call()?).map(shared))),
    (LineKind::Parcel, |config| Some(Ok(shared(ParcelDelivery::new(config.line.parcel()?))))),
    (LineKind::Postbox, |config| config.line.postbox().map(|_| Ok(shared(PostboxDelivery)))),
    (LineKind::Desk, |config| config.line.desk().map(|_| Ok(shared(DeskDelivery)))),
];

type Open = fn(&CounterpartConfig) -> Option<Result<Arc<dyn Delivery>, Fault>>;

fn shared(delivery: impl Delivery + 'static) -> Arc<dyn Delivery> {
    Arc::new(delivery)
}

/// Opens the line of a counterpart.
///
/// # Errors
/// A fault when the line cannot be used as it is configured.
pub fn delivery_of(counterpart: &CounterpartConfig) -> Result<Arc<dyn Delivery>, Fault> {
    let kind = counterpart.line.kind();
    let opened = LINES.iter().find(|(line, _)| *line == kind).and_then(|(_, open)| open(counterpart));
    opened.unwrap_or_else(|| {
        let detail = format!("this gateway cannot open a {} line", kind.word());
        Err(Fault::new(FaultKind::Misconfigured, "open the line", detail))
    })
}

/// The form of the desk for an institution, with every kind of property and every act: any paper's answer fits it.
pub fn paper_form(institution: &str) -> Option<(Plugin, Arc<dyn Connector>)> {
    let plugin = chakong_desk::plugin();
    let text = |value: &str| SettingValue::Text(value.to_owned());
    let settings = Settings::default()
        .with("institution", text(institution))
        .with("assets", text("account,security,property,vehicle,equity"))
        .with("acts", text("query,freeze,renew,release,deduct"));
    let connector = (plugin.build)(&settings).ok()?;
    Some((plugin, connector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::configurable_lines;

    #[test]
    fn the_form_of_any_paper_can_be_made() {
        let (_, connector) = paper_form("示例银行").expect("a form");
        assert!(connector.form().is_some());
    }

    #[test]
    fn every_line_that_can_be_configured_can_be_opened() {
        let opened: Vec<LineKind> = LINES.iter().map(|(line, _)| *line).collect();
        assert_eq!(opened, configurable_lines().collect::<Vec<_>>());
    }
}
