//! File names (protocol section 1a): kind, bank code, batch number, request number, at fixed lengths.

use chakong_contract::id::BankCode;

/// Digits of a batch number in a name.
const BATCH: usize = 30;
/// Digits of a request number in a name.
const REQUEST: usize = 30;
/// Characters of a bank code.
const BANK: usize = 17;

/// Kinds of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackageKind {
    /// Query request.
    QueryRequest,
    /// Query feedback.
    QueryFeedback,
    /// Receipt for query feedback that failed at the court.
    QueryFailure,
    /// Control request.
    ControlRequest,
    /// Control feedback.
    ControlFeedback,
    /// Receipt for control feedback that failed at the court.
    ControlFailure,
}

impl PackageKind {
    const ALL: [Self; 6] = [
        Self::QueryRequest,
        Self::QueryFeedback,
        Self::QueryFailure,
        Self::ControlRequest,
        Self::ControlFeedback,
        Self::ControlFailure,
    ];

    /// The four letters.
    pub(crate) const fn letters(self) -> &'static str {
        match self {
            Self::QueryRequest => "CXQQ",
            Self::QueryFeedback => "CXFK",
            Self::QueryFailure => "CXHZ",
            Self::ControlRequest => "KZQQ",
            Self::ControlFeedback => "KZFK",
            Self::ControlFailure => "KZHZ",
        }
    }

    /// Whether it comes from the bank.
    pub(crate) const fn is_feedback(self) -> bool {
        matches!(self, Self::QueryFeedback | Self::ControlFeedback)
    }

    /// The kind in which the court says that feedback of this kind failed.
    pub(crate) const fn failure(self) -> Self {
        match self {
            Self::QueryRequest | Self::QueryFeedback | Self::QueryFailure => Self::QueryFailure,
            Self::ControlRequest | Self::ControlFeedback | Self::ControlFailure => Self::ControlFailure,
        }
    }
}

/// What a name says of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageName {
    /// Kind.
    pub(crate) kind: PackageKind,
    /// Bank code in capitals, not checked further.
    pub(crate) bank: String,
    /// Batch number, as it stands in the name.
    pub(crate) batch: String,
    /// Request number without its padding, of control feedback.
    pub(crate) request: Option<String>,
}

impl PackageName {
    /// Reads the name of a package; letters in any case, the request number padded or not.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let stem = without_extension(name, ".zip")?.to_ascii_uppercase();
        let kind = PackageKind::ALL
            .into_iter()
            .find(|kind| stem.get(..4).is_some_and(|start| start == kind.letters()))?;
        let rest = stem.get(4..)?;
        let bank = rest.get(..BANK)?.to_owned();
        let batch = rest.get(BANK..BANK + BATCH)?.to_owned();
        if !batch.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let request = rest.get(BANK + BATCH..)?.trim_start_matches('0');
        let request = (!request.is_empty()).then(|| request.to_owned());
        Some(Self { kind, bank, batch, request })
    }
}

/// Whether a file inside a package is one that this bank may have put there: `QR…`, `QRI…`, `QNA…` and so on, `.xml` or no
/// extension, and no other bank's code.
pub(crate) fn may_stand_inside(name: &str, bank: &BankCode) -> bool {
    let stem = without_extension(name, ".xml").unwrap_or(name);
    let prefix = ["QRI", "QNA", "QNR", "QR", "QA", "QI", "QC"]
        .into_iter()
        .find(|prefix| stem.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)));
    let Some(rest) = prefix.and_then(|prefix| stem.get(prefix.len()..)) else { return false };
    match rest.get(..BANK).map(str::parse::<BankCode>) {
        Some(Ok(code)) => code == *bank,
        _ => rest.bytes().all(|b| b.is_ascii_alphanumeric()),
    }
}

/// The digits of a batch number, padded.
pub(crate) fn batch_digits(number: &str) -> String {
    format!("{number:0>BATCH$}")
}

/// Name of a package about a batch.
pub(crate) fn package(kind: PackageKind, bank: &str, batch: &str) -> String {
    format!("{}{bank}{}.zip", kind.letters(), batch_digits(batch))
}

/// Name of a package about one request of a batch: control feedback.
pub(crate) fn package_of_request(kind: PackageKind, bank: &str, batch: &str, request: &str) -> String {
    format!("{}{bank}{}{request:0>REQUEST$}.zip", kind.letters(), batch_digits(batch))
}

/// The name of a package with a number at its end: banks fetch a name once, and those who look at a receipt's name look at its
/// first 51 characters only (protocol section 1a).
pub(crate) fn numbered(package: &str, nth: u32) -> String {
    let stem = without_extension(package, ".zip").unwrap_or(package);
    format!("{stem}{nth:0>12}.zip")
}

/// Name of a file about a batch: `QA`, `QI`, `QC`, `QNA` of a query, `QNR`.
pub(crate) fn inside(prefix: &str, bank: &str, batch: &str) -> String {
    format!("{prefix}{bank}{}.xml", batch_digits(batch))
}

/// Name of a query's result file, numbered from 1.
pub(crate) fn inside_numbered(bank: &str, batch: &str, sequence: usize) -> String {
    format!("QR{bank}{}{sequence:0>12}.xml", batch_digits(batch))
}

/// Name of a file about one request: `QR`, `QRI`, `QNA` of a control.
pub(crate) fn inside_of_request(prefix: &str, bank: &str, batch: &str, request: &str) -> String {
    format!("{prefix}{bank}{}{request:0>REQUEST$}.xml", batch_digits(batch))
}

/// Whether a name ends in `.zip`, in any case.
pub(crate) fn is_zip(name: &str) -> bool {
    without_extension(name, ".zip").is_some()
}

fn without_extension<'a>(name: &'a str, extension: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(extension.len())?;
    name.get(at..)?.eq_ignore_ascii_case(extension).then(|| name.get(..at)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK_CODE: &str = "E999H110000000001";
    const NUMBER: &str = "202601050900000000000000000001";

    #[test]
    fn names_have_the_lengths_of_the_protocol() {
        let stem = |name: String| name.len() - 4;
        assert_eq!(stem(package(PackageKind::QueryRequest, BANK_CODE, "1")), 51);
        assert_eq!(stem(package_of_request(PackageKind::ControlFeedback, BANK_CODE, "1", "A2")), 81);
        assert_eq!(stem(inside("QA", BANK_CODE, NUMBER)), 49);
        assert_eq!(stem(inside("QNA", BANK_CODE, NUMBER)), 50);
        assert_eq!(stem(inside_numbered(BANK_CODE, NUMBER, 1)), 61);
        assert_eq!(stem(inside_of_request("QR", BANK_CODE, NUMBER, "A2")), 79);
        assert_eq!(stem(inside_of_request("QRI", BANK_CODE, NUMBER, "A2")), 80);
    }

    #[test]
    fn names_are_read_with_and_without_padding() {
        for request in ["00000000A220260105990101200001", "A220260105990101200001"] {
            let name = PackageName::read(&format!("kzfk{BANK_CODE}{NUMBER}{request}.ZIP")).expect("a name");
            assert_eq!(name.kind, PackageKind::ControlFeedback);
            assert_eq!((name.bank.as_str(), name.batch.as_str()), (BANK_CODE, NUMBER));
            assert_eq!(name.request.as_deref(), Some("A220260105990101200001"));
        }
        let small = format!("KZFK{BANK_CODE}{NUMBER}A220260105990101200001.zip").to_ascii_lowercase();
        let name = PackageName::read(&small).expect("a name");
        assert_eq!(
            (name.bank.as_str(), name.request.as_deref()),
            (BANK_CODE, Some("A220260105990101200001"))
        );
        for bad in ["KZFK.zip", "XXXX.zip", "", "号号号号号号号.zip", &format!("CXFK{BANK_CODE}{NUMBER}.xml")]
        {
            assert_eq!(PackageName::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn inner_names_may_lack_code_padding_and_extension_but_not_lie() {
        let bank: BankCode = BANK_CODE.parse().expect("a code");
        for good in [
            format!("QR{BANK_CODE}{NUMBER}000000000001.xml"),
            format!("qr{BANK_CODE}{NUMBER}1.XML"),
            format!("QNA{NUMBER}A220260105990101200001"),
            format!("QR{BANK_CODE}{NUMBER}000000000001.xml").to_ascii_lowercase(),
            format!("QRI{NUMBER}A220260105990101200001.xml"),
        ] {
            assert!(may_stand_inside(&good, &bank), "{good}");
        }
        for bad in [format!("QRE999H110000000002{NUMBER}.xml"), "readme.txt".into(), "QR../x.xml".into()] {
            assert!(!may_stand_inside(&bad, &bank), "{bad}");
        }
    }
}
