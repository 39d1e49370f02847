//! Locks, cases and call-backs of the city registries' REST line (protocol sections 4, 4.1, 12.19 and 12.20), both ways.

use chakong_contract::{HttpRequest, Scalar};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Where the registry's services are.
const BASE: &str = "/realestate-exchange/rest/v1.0/interface/";

/// Services of the registry that we call.
pub(crate) mod bean {
    pub(crate) const LOCK_UNIT: &str = "bdcdysd";
    pub(crate) const LOCK_CERTIFICATE: &str = "bdczssd";
    pub(crate) const UNLOCK_UNIT: &str = "bdcdysdjs";
    pub(crate) const UNLOCK_CERTIFICATE: &str = "bdczssdjs";
    pub(crate) const CASE: &str = "cfjfdj";
    pub(crate) const CASE_NEW: &str = "cfjfdj_with_new_page_param";
}

/// Services of ours that the registry calls back.
pub(crate) mod callback {
    /// The result of a case.
    pub(crate) const RESULT: &str = "jsdjbjjg";
    /// A receipt.
    pub(crate) const RECEIPT: &str = "accept_receipt_info";
    /// A case was deleted before it was registered; names nobody.
    pub(crate) const DELETED: &str = "updateCjywzt";
    /// The state of an application changed; names nobody.
    pub(crate) const CHANGED: &str = "wwztxg";
    /// The parameter of the last.
    pub(crate) const CHANGED_NUMBER: &str = "sqslbh";
}

/// Codes with which call-backs are answered.
pub(crate) mod returned {
    pub(crate) const OK: &str = "0000";
    pub(crate) const FAILED: &str = "1000";
    pub(crate) const WRONG_PASSWORD: &str = "2000";
    pub(crate) const WRONG_KEY: &str = "2010";
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
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) bdcdyh: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) bdcqzh: String,
    /// Why.
    pub(crate) sdyy: String,
    /// Who.
    pub(crate) sdr: String,
    /// For which authority.
    pub(crate) sdsqjg: String,
    /// Under which document number.
    pub(crate) sdsqwh: String,
}

/// Its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Unlock {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) bdcdyh: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) bdcqzh: String,
    /// Who.
    pub(crate) jsr: String,
    /// Why.
    pub(crate) jsyy: String,
    /// Under which document number it was locked.
    pub(crate) sdsqwh: String,
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
    pub(crate) slly: String,
    /// Who takes it in.
    pub(crate) slr: String,
    /// The workflow.
    pub(crate) sqdjlx: String,
    /// Our request number.
    pub(crate) bjbh: String,
    pub(crate) cfxx: Vec<Entry>,
    pub(crate) fjxx: Vec<Material>,
}

/// What is to be registered. Fields of a seizure begin with `cf`, those of its release with `jf`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Entry {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfwh: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfwj: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfjg: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfyy: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfkssj: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfjssj: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cfsj: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cflx: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) cffw: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) jfwh: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) jfwj: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) jfjg: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) jfyy: String,
    pub(crate) bdcdyh: String,
    /// The certificate; of a release the document number of the seizure.
    pub(crate) bdcqzh: String,
    pub(crate) zl: String,
    /// The registry's number of the right; of a renewal or release that of the seizure.
    pub(crate) zsxmid: String,
    /// Kind of right: 98 is a seizure.
    pub(crate) qllx: String,
    pub(crate) qlr: Vec<Person>,
}

/// Whose property it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Person {
    pub(crate) qlrmc: String,
    pub(crate) zjzl: String,
    pub(crate) zjh: String,
    /// Person, enterprise or other (section 11.4).
    pub(crate) qlrlx: String,
    /// 1 is a holder.
    pub(crate) qlrlb: String,
}

/// Material of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Material {
    pub(crate) cldm: String,
    pub(crate) clmc: String,
    /// Copies.
    pub(crate) fs: String,
    /// Pages.
    pub(crate) ys: String,
    /// File extension.
    pub(crate) fjlx: String,
    pub(crate) clnr: Vec<Content>,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Content {
    pub(crate) fjmc: String,
    /// Base64.
    pub(crate) fjnr: String,
}

/// What the registry calls a case that it created.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Opened {
    /// Its project, by which the seizure is named later.
    pub(crate) proid: Scalar,
    /// Number of acceptance.
    pub(crate) ywslbh: Scalar,
    /// Task of its workflow.
    pub(crate) task_id: Scalar,
}

impl Opened {
    /// Whether it names anything.
    pub(crate) fn is_blank(&self) -> bool {
        self.proid.is_blank() && self.ywslbh.is_blank() && self.task_id.is_blank()
    }
}

/// A call-back: of a result, of a receipt, or of a case that was deleted, by what stands in it.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CallBack {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) head: Option<Caller>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<About>,
    /// The request whose case was deleted.
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) cxqqdh: Scalar,
}

/// Who calls back.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Caller {
    pub(crate) username: Scalar,
    pub(crate) password: Scalar,
    pub(crate) regioncode: Scalar,
}

/// Where the password stands in a call-back, to leave it out of what is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WithSecret<'a> {
    #[serde(borrow)]
    pub(crate) head: Option<SecretHead<'a>>,
}

/// Its head.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SecretHead<'a> {
    #[serde(borrow)]
    pub(crate) password: Option<&'a RawValue>,
}

/// What a call-back is about: our request number, and a result or a receipt.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct About {
    pub(crate) wwslbh: Scalar,
    #[serde(rename = "ywxxList", skip_serializing_if = "Option::is_none")]
    pub(crate) results: Option<Vec<Registered>>,
    /// Title of the receipt.
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) wjmc: Scalar,
    /// Its extension.
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) wjlx: Scalar,
    /// Its content, Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wsnr: Option<String>,
}

/// The result of a case for one unit.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Registered {
    pub(crate) bdcdyh: Scalar,
    /// The registry's number of what was registered.
    pub(crate) ywh: Scalar,
    /// Remark.
    pub(crate) bz: Scalar,
}

/// The answer to a call-back.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Returned {
    pub(crate) head: ReturnedHead,
}

/// Its head.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct ReturnedHead {
    pub(crate) msg: String,
    pub(crate) returncode: String,
}
