use chakong_contract::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Everything registered for a holder: one list per kind of right. Each entry stays text until it is read by itself.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Answered {
    /// Land ownership 土地所有权.
    pub(crate) tdsyq_list: Option<Vec<Box<RawValue>>>,
    /// Land use 建设用地使用权、宅基地使用权.
    pub(crate) jsydsyq_list: Option<Vec<Box<RawValue>>>,
    /// Buildings 房地产权.
    pub(crate) fdcq_list: Option<Vec<Box<RawValue>>>,
    /// Sea 海域使用权.
    pub(crate) hysyq_list: Option<Vec<Box<RawValue>>>,
    /// Structures 构（建）筑物所有权.
    pub(crate) gjzwsyq_list: Option<Vec<Box<RawValue>>>,
    /// Forest 林权.
    pub(crate) lq_list: Option<Vec<Box<RawValue>>>,
    /// Farmland 农用地使用权.
    pub(crate) nydsyq_list: Option<Vec<Box<RawValue>>>,
    /// Mortgages 抵押权.
    pub(crate) dyaq_list: Option<Vec<Box<RawValue>>>,
    /// Prenotices 预告登记.
    pub(crate) ygdj_list: Option<Vec<Box<RawValue>>>,
    /// Seizures 查封登记.
    pub(crate) cfdj_list: Option<Vec<Box<RawValue>>>,
    /// Objections 异议登记; the sister lines spell it in two ways.
    pub(crate) yyxx_list: Option<Vec<Box<RawValue>>>,
    pub(crate) yydj_list: Option<Vec<Box<RawValue>>>,
}

impl Answered {
    /// Whether nothing at all is in it.
    pub(crate) fn is_empty(&self) -> bool {
        let titles = [
            &self.tdsyq_list,
            &self.jsydsyq_list,
            &self.fdcq_list,
            &self.hysyq_list,
            &self.gjzwsyq_list,
            &self.lq_list,
            &self.nydsyq_list,
        ];
        let burdens = [&self.dyaq_list, &self.ygdj_list, &self.cfdj_list, &self.yyxx_list, &self.yydj_list];
        titles.into_iter().chain(burdens).all(|list| list.as_ref().is_none_or(Vec::is_empty))
    }
}

/// A title of any kind: location, area and use have another name in each list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Right {
    pub(crate) bdcdyh: Scalar,
    pub(crate) bdcqzh: Scalar,
    pub(crate) zl: Scalar,
    pub(crate) fdzl: Scalar,
    pub(crate) zdmj: Scalar,
    pub(crate) syqmj: Scalar,
    pub(crate) jzmj: Scalar,
    pub(crate) gjzwmj: Scalar,
    pub(crate) cbmj: Scalar,
    pub(crate) mjdw: Scalar,
    pub(crate) yt: Scalar,
    pub(crate) ghyt: Scalar,
    pub(crate) gjzwghyt: Scalar,
    pub(crate) qlxz: Scalar,
    pub(crate) fwxz: Scalar,
    pub(crate) djjg: Scalar,
    pub(crate) djsj: Scalar,
    pub(crate) ywh: Scalar,
    pub(crate) qszt: Scalar,
    pub(crate) gyfs: Scalar,
    pub(crate) gyqk: Scalar,
    /// Holders as text `name,number;name,number`.
    pub(crate) gyr: Scalar,
    pub(crate) febl: Scalar,
    pub(crate) beiz: Scalar,
    pub(crate) fj: Scalar,
    /// Use of an island; one maker shifts its codes by one (section 13.1).
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) hdyt: Scalar,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) qlrxx_list: Option<Vec<HolderRow>>,
}

/// A holder.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct HolderRow {
    pub(crate) qlrmc: Scalar,
    pub(crate) zjh: Scalar,
    pub(crate) qlbl: Scalar,
    pub(crate) gyfs: Scalar,
    pub(crate) bdcqzh: Scalar,
    /// Print serial number of the certificate; one maker sends the row's number (section 13.1).
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) qzysxlh: Scalar,
}

/// A mortgage.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Mortgage {
    pub(crate) bdcdyh: Scalar,
    pub(crate) zl: Scalar,
    pub(crate) dyr: Scalar,
    pub(crate) dyqr: Scalar,
    pub(crate) dyfs: Scalar,
    /// What is mortgaged, section 11.5.
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) dybdclx: Scalar,
    /// Where the building under construction stands.
    #[serde(skip_serializing_if = "Scalar::is_blank")]
    pub(crate) zjjzwzl: Scalar,
    pub(crate) bdbzzqse: Scalar,
    pub(crate) zgzqse: Scalar,
    /// Unit of the amounts, only with registries of the 2021 standard.
    pub(crate) jedw: Scalar,
    pub(crate) zwlxqssj: Scalar,
    pub(crate) zwlxjssj: Scalar,
    pub(crate) bdcdjzmh: Scalar,
    pub(crate) zxsj: Scalar,
    pub(crate) qszt: Scalar,
}

/// A seizure.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Seizure {
    pub(crate) bdcdyh: Scalar,
    pub(crate) zl: Scalar,
    pub(crate) cfjg: Scalar,
    pub(crate) cflx: Scalar,
    pub(crate) cfwh: Scalar,
    pub(crate) cfqssj: Scalar,
    pub(crate) cfjssj: Scalar,
    pub(crate) djsj: Scalar,
    /// Rank at one registry, line number at another.
    pub(crate) xh: Scalar,
    /// Needed again for renewal and release; some registries send only `ywh`.
    pub(crate) cfywh: Scalar,
    pub(crate) ywh: Scalar,
    pub(crate) cffw: Scalar,
    pub(crate) jfdjsj: Scalar,
    pub(crate) qszt: Scalar,
}

/// A prenotice.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Prenotice {
    pub(crate) bdcdyh: Scalar,
    pub(crate) zl: Scalar,
    pub(crate) ygdjzl: Scalar,
    pub(crate) bdcdjzmh: Scalar,
    pub(crate) djsj: Scalar,
    pub(crate) zxsj: Scalar,
    pub(crate) qszt: Scalar,
    pub(crate) gyr: Scalar,
    pub(crate) ywr: Scalar,
}

/// An objection.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Objection {
    pub(crate) bdcdyh: Scalar,
    pub(crate) zl: Scalar,
    pub(crate) yysqr: Scalar,
    pub(crate) yysx: Scalar,
    pub(crate) bdcdjzmh: Scalar,
    pub(crate) djsj: Scalar,
    pub(crate) zxsj: Scalar,
    pub(crate) qszt: Scalar,
}
