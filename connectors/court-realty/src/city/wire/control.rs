//! Locks and cases of the city registries' REST line (protocol sections 4, 4.1 and 12.19), both ways.

use chakong_contract::HttpRequest;
use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};

/// Where the registry's services are.
const BASE: &str = "/realestate-exchange/rest/v1.0/interface/";

/// Who is said to take cases in, where the settings name nobody.
pub(crate) const USUAL_OPERATOR: &str = "fyxt";

/// Said where a case has no task: what followed upon it failed.
pub(crate) const TASK: &str = "taskId";

/// Services of the registry that we call.
pub(crate) mod bean {
    pub(crate) const LOCK_UNIT: &str = "bdcdysd";
    pub(crate) const LOCK_CERTIFICATE: &str = "bdczssd";
    pub(crate) const UNLOCK_UNIT: &str = "bdcdysdjs";
    pub(crate) const UNLOCK_CERTIFICATE: &str = "bdczssdjs";
    pub(crate) const CASE: &str = "cfjfdj";
    pub(crate) const CASE_NEW: &str = "cfjfdj_with_new_page_param";
}

/// Material codes.
pub(crate) mod material {
    pub(crate) const CARDS: (&str, &str) = ("20210201", "人民法院工作人员的工作证和执行公务证");
    pub(crate) const RULING: (&str, &str) = ("20210202", "裁定书");
    pub(crate) const NOTICE: (&str, &str) = ("20210203", "协助执行通知书");
}

/// A call of one of the registry's services.
pub(crate) fn call<T: Serialize>(bean: &str, body: &T) -> HttpRequest {
    HttpRequest::post_json(format!("{BASE}{bean}"), serde_json::to_vec(body).unwrap_or_default())
}

/// The service that a path names.
pub(crate) fn bean_of(path: &str) -> Option<&str> {
    path.strip_prefix(BASE)
}

/// Lock of a unit or a certificate, kept under our document number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Lock {
    #[serde(rename = "bdcdyh", skip_serializing_if = "String::is_empty")]
    pub(crate) unit: String,
    #[serde(rename = "bdcqzh", skip_serializing_if = "String::is_empty")]
    pub(crate) certificate: String,
    /// Why.
    #[serde(rename = "sdyy")]
    pub(crate) reason: String,
    /// Who.
    #[serde(rename = "sdr")]
    pub(crate) officer: String,
    /// For which authority.
    #[serde(rename = "sdsqjg")]
    pub(crate) authority: String,
    /// Under which document number.
    #[serde(rename = "sdsqwh")]
    pub(crate) document: String,
}

/// Its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Unlock {
    #[serde(rename = "bdcdyh", skip_serializing_if = "String::is_empty")]
    pub(crate) unit: String,
    #[serde(rename = "bdcqzh", skip_serializing_if = "String::is_empty")]
    pub(crate) certificate: String,
    /// Who.
    #[serde(rename = "jsr")]
    pub(crate) officer: String,
    /// Why.
    #[serde(rename = "jsyy")]
    pub(crate) reason: String,
    /// Under which document number it was locked.
    #[serde(rename = "sdsqwh")]
    pub(crate) document: String,
}

/// Creation of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Creation {
    pub(crate) data: Case,
}

/// A case to be created: one property.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Case {
    /// Where it comes from; 9 is a court.
    #[serde(rename = "slly")]
    pub(crate) source: String,
    /// Who takes it in.
    #[serde(rename = "slr")]
    pub(crate) operator: String,
    /// The workflow.
    #[serde(rename = "sqdjlx")]
    pub(crate) workflow: String,
    /// Our request number.
    #[serde(rename = "bjbh")]
    pub(crate) request: String,
    #[serde(rename = "cfxx")]
    pub(crate) entries: Vec<Entry>,
    #[serde(rename = "fjxx")]
    pub(crate) materials: Vec<Material>,
}

/// What is to be registered. Fields of a seizure begin with `cf`, those of its release with `jf`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Entry {
    #[serde(rename = "cfwh", skip_serializing_if = "String::is_empty")]
    pub(crate) seizure_document: String,
    #[serde(rename = "cfwj", skip_serializing_if = "String::is_empty")]
    pub(crate) seizure_ruling: String,
    #[serde(rename = "cfjg", skip_serializing_if = "String::is_empty")]
    pub(crate) seizing_court: String,
    #[serde(rename = "cfyy", skip_serializing_if = "String::is_empty")]
    pub(crate) seizure_reason: String,
    #[serde(rename = "cfkssj", skip_serializing_if = "String::is_empty")]
    pub(crate) from: String,
    #[serde(rename = "cfjssj", skip_serializing_if = "String::is_empty")]
    pub(crate) until: String,
    #[serde(rename = "cfsj", skip_serializing_if = "String::is_empty")]
    pub(crate) seized_at: String,
    #[serde(rename = "cflx", skip_serializing_if = "String::is_empty")]
    pub(crate) seizure_kind: String,
    #[serde(rename = "cffw", skip_serializing_if = "String::is_empty")]
    pub(crate) extent: String,
    #[serde(rename = "jfwh", skip_serializing_if = "String::is_empty")]
    pub(crate) release_document: String,
    #[serde(rename = "jfwj", skip_serializing_if = "String::is_empty")]
    pub(crate) release_ruling: String,
    #[serde(rename = "jfjg", skip_serializing_if = "String::is_empty")]
    pub(crate) releasing_court: String,
    #[serde(rename = "jfyy", skip_serializing_if = "String::is_empty")]
    pub(crate) release_reason: String,
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: String,
    /// The certificate; of a release the document number of the seizure.
    #[serde(rename = "bdcqzh")]
    pub(crate) certificate: String,
    #[serde(rename = "zl")]
    pub(crate) location: String,
    /// The registry's number of the right; of a renewal or release that of the seizure.
    #[serde(rename = "zsxmid")]
    pub(crate) project: String,
    /// Kind of right: 98 is a seizure.
    #[serde(rename = "qllx")]
    pub(crate) right_kind: String,
    #[serde(rename = "qlr")]
    pub(crate) holders: Vec<Person>,
}

/// Whose property it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Person {
    #[serde(rename = "qlrmc")]
    pub(crate) name: String,
    #[serde(rename = "zjzl")]
    pub(crate) document_kind: String,
    #[serde(rename = "zjh")]
    pub(crate) number: String,
    /// Person, enterprise or other (section 11.4).
    #[serde(rename = "qlrlx")]
    pub(crate) holder_kind: String,
    /// 1 is a holder.
    #[serde(rename = "qlrlb")]
    pub(crate) role: String,
}

/// Material of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Material {
    #[serde(rename = "cldm")]
    pub(crate) code: String,
    #[serde(rename = "clmc")]
    pub(crate) name: String,
    /// Copies.
    #[serde(rename = "fs")]
    pub(crate) copies: String,
    /// Pages.
    #[serde(rename = "ys")]
    pub(crate) pages: String,
    /// File extension.
    #[serde(rename = "fjlx")]
    pub(crate) format: String,
    #[serde(rename = "clnr")]
    pub(crate) files: Vec<Content>,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Content {
    #[serde(rename = "fjmc")]
    pub(crate) name: String,
    /// Base64.
    #[serde(rename = "fjnr")]
    pub(crate) content: String,
}

/// What the registry calls a case that it created.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Opened {
    /// Its project, by which the seizure is named later.
    #[serde(rename = "proid")]
    pub(crate) project: Scalar,
    /// Number of acceptance.
    #[serde(rename = "ywslbh")]
    pub(crate) acceptance: Scalar,
    /// Task of its workflow.
    #[serde(rename = "taskId")]
    pub(crate) task: Scalar,
}

impl Opened {
    /// What it is called, each under the registry's word for it.
    pub(crate) fn named(&self) -> [(&'static str, &Scalar); 3] {
        [("proid", &self.project), ("受理编号", &self.acceptance), ("taskId", &self.task)]
    }

    /// Whether it names anything.
    pub(crate) fn is_blank(&self) -> bool {
        self.project.is_blank() && self.acceptance.is_blank() && self.task.is_blank()
    }
}

/// A created case as tickets keep it, while its lock is lifted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct OpenedCase {
    #[serde(rename = "proid")]
    project: String,
    #[serde(rename = "ywslbh")]
    acceptance: String,
    task: String,
}

impl OpenedCase {
    /// To be kept.
    pub(crate) fn of(opened: &Opened) -> Self {
        let (project, acceptance) = (opened.project.text(), opened.acceptance.text());
        Self { project, acceptance, task: opened.task.text() }
    }

    /// As the registry named it.
    pub(crate) fn opened(self) -> Opened {
        Opened { project: self.project.into(), acceptance: self.acceptance.into(), task: self.task.into() }
    }
}
