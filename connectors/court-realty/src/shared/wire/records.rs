use chakong_toolkit::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// Everything registered for a holder: one list per kind of right. Each entry stays text until it is read by itself.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Answered {
    /// Land ownership 土地所有权.
    #[serde(rename = "tdsyqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) land_ownership: Option<Vec<Box<RawValue>>>,
    /// Land use 建设用地使用权、宅基地使用权.
    #[serde(rename = "jsydsyqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) land_use: Option<Vec<Box<RawValue>>>,
    /// Buildings 房地产权.
    #[serde(rename = "fdcqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) buildings: Option<Vec<Box<RawValue>>>,
    /// Sea 海域使用权.
    #[serde(rename = "hysyqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) sea: Option<Vec<Box<RawValue>>>,
    /// Structures 构（建）筑物所有权.
    #[serde(rename = "gjzwsyqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) structures: Option<Vec<Box<RawValue>>>,
    /// Forest 林权.
    #[serde(rename = "lqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) forest: Option<Vec<Box<RawValue>>>,
    /// Farmland 农用地使用权.
    #[serde(rename = "nydsyqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) farmland: Option<Vec<Box<RawValue>>>,
    /// Mortgages 抵押权.
    #[serde(rename = "dyaqList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) mortgages: Option<Vec<Box<RawValue>>>,
    /// Prenotices 预告登记.
    #[serde(rename = "ygdjList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) prenotices: Option<Vec<Box<RawValue>>>,
    /// Seizures 查封登记.
    #[serde(rename = "cfdjList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) seizures: Option<Vec<Box<RawValue>>>,
    /// Objections 异议登记; the sister lines spell it in two ways.
    #[serde(rename = "yyxxList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) objections: Option<Vec<Box<RawValue>>>,
    #[serde(rename = "yydjList")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) other_objections: Option<Vec<Box<RawValue>>>,
}

impl Answered {
    /// Whether nothing at all is in it.
    pub(crate) fn is_empty(&self) -> bool {
        let titles = [
            &self.land_ownership,
            &self.land_use,
            &self.buildings,
            &self.sea,
            &self.structures,
            &self.forest,
            &self.farmland,
        ];
        let burdens =
            [&self.mortgages, &self.prenotices, &self.seizures, &self.objections, &self.other_objections];
        titles.into_iter().chain(burdens).all(|list| list.as_ref().is_none_or(Vec::is_empty))
    }
}

/// A title of any kind: location, area and use have another name in each list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Right {
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: Scalar,
    #[serde(rename = "bdcqzh")]
    pub(crate) certificate: Scalar,
    #[serde(rename = "zl")]
    pub(crate) location: Scalar,
    #[serde(rename = "fdzl")]
    pub(crate) building_location: Scalar,
    #[serde(rename = "zdmj")]
    pub(crate) parcel_area: Scalar,
    #[serde(rename = "syqmj")]
    pub(crate) use_area: Scalar,
    #[serde(rename = "jzmj")]
    pub(crate) building_area: Scalar,
    #[serde(rename = "gjzwmj")]
    pub(crate) structure_area: Scalar,
    #[serde(rename = "cbmj")]
    pub(crate) contracted_area: Scalar,
    #[serde(rename = "mjdw")]
    pub(crate) area_unit: Scalar,
    #[serde(rename = "yt")]
    pub(crate) usage: Scalar,
    #[serde(rename = "ghyt")]
    pub(crate) planned_usage: Scalar,
    #[serde(rename = "gjzwghyt")]
    pub(crate) structure_usage: Scalar,
    #[serde(rename = "qlxz")]
    pub(crate) right_nature: Scalar,
    #[serde(rename = "fwxz")]
    pub(crate) building_nature: Scalar,
    #[serde(rename = "djjg")]
    pub(crate) registry: Scalar,
    #[serde(rename = "djsj")]
    pub(crate) registered: Scalar,
    #[serde(rename = "ywh")]
    pub(crate) business_number: Scalar,
    #[serde(rename = "qszt")]
    pub(crate) state: Scalar,
    #[serde(rename = "gyfs")]
    pub(crate) co_ownership: Scalar,
    #[serde(rename = "gyqk")]
    pub(crate) shares_text: Scalar,
    /// Holders as text `name,number;name,number`.
    #[serde(rename = "gyr")]
    pub(crate) holders_text: Scalar,
    #[serde(rename = "febl")]
    pub(crate) share: Scalar,
    #[serde(rename = "beiz")]
    pub(crate) remark: Scalar,
    #[serde(rename = "fj")]
    pub(crate) note: Scalar,
    /// Use of an island; one maker shifts its codes by one (section 13.1).
    #[serde(rename = "hdyt", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) island_usage: Scalar,
    #[serde(rename = "qlrxxList", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "chakong_toolkit::list::or_none")]
    pub(crate) holder_rows: Option<Vec<HolderRow>>,
}

/// A holder.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct HolderRow {
    #[serde(rename = "qlrmc")]
    pub(crate) name: Scalar,
    #[serde(rename = "zjh")]
    pub(crate) number: Scalar,
    #[serde(rename = "qlbl")]
    pub(crate) share: Scalar,
    #[serde(rename = "gyfs")]
    pub(crate) co_ownership: Scalar,
    #[serde(rename = "bdcqzh")]
    pub(crate) certificate: Scalar,
    /// Print serial number of the certificate; one maker sends the row's number (section 13.1).
    #[serde(rename = "qzysxlh", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) print_serial: Scalar,
}

/// A mortgage.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Mortgage {
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: Scalar,
    #[serde(rename = "zl")]
    pub(crate) location: Scalar,
    #[serde(rename = "dyr")]
    pub(crate) mortgagor: Scalar,
    #[serde(rename = "dyqr")]
    pub(crate) mortgagee: Scalar,
    #[serde(rename = "dyfs")]
    pub(crate) form: Scalar,
    /// What is mortgaged, section 11.5.
    #[serde(rename = "dybdclx", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) subject_kind: Scalar,
    /// Where the building under construction stands.
    #[serde(rename = "zjjzwzl", skip_serializing_if = "Scalar::is_blank")]
    pub(crate) construction_location: Scalar,
    #[serde(rename = "bdbzzqse")]
    pub(crate) secured_amount: Scalar,
    #[serde(rename = "zgzqse")]
    pub(crate) maximum_amount: Scalar,
    /// Unit of the amounts, only with registries of the 2021 standard.
    #[serde(rename = "jedw")]
    pub(crate) amount_unit: Scalar,
    #[serde(rename = "zwlxqssj")]
    pub(crate) from: Scalar,
    #[serde(rename = "zwlxjssj")]
    pub(crate) until: Scalar,
    #[serde(rename = "bdcdjzmh")]
    pub(crate) proof: Scalar,
    #[serde(rename = "zxsj")]
    pub(crate) cancelled: Scalar,
    #[serde(rename = "qszt")]
    pub(crate) state: Scalar,
}

/// A seizure.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Seizure {
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: Scalar,
    #[serde(rename = "zl")]
    pub(crate) location: Scalar,
    #[serde(rename = "cfjg")]
    pub(crate) authority: Scalar,
    #[serde(rename = "cflx")]
    pub(crate) kind: Scalar,
    #[serde(rename = "cfwh")]
    pub(crate) document: Scalar,
    #[serde(rename = "cfqssj")]
    pub(crate) from: Scalar,
    #[serde(rename = "cfjssj")]
    pub(crate) until: Scalar,
    #[serde(rename = "djsj")]
    pub(crate) registered: Scalar,
    /// Rank at one registry, line number at another.
    #[serde(rename = "xh")]
    pub(crate) place: Scalar,
    /// Needed again for renewal and release; some registries send only `ywh`.
    #[serde(rename = "cfywh")]
    pub(crate) seizure_number: Scalar,
    #[serde(rename = "ywh")]
    pub(crate) business_number: Scalar,
    #[serde(rename = "cffw")]
    pub(crate) extent: Scalar,
    #[serde(rename = "jfdjsj")]
    pub(crate) lifted: Scalar,
    #[serde(rename = "qszt")]
    pub(crate) state: Scalar,
}

/// A prenotice.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Prenotice {
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: Scalar,
    #[serde(rename = "zl")]
    pub(crate) location: Scalar,
    #[serde(rename = "ygdjzl")]
    pub(crate) kind: Scalar,
    #[serde(rename = "bdcdjzmh")]
    pub(crate) proof: Scalar,
    #[serde(rename = "djsj")]
    pub(crate) registered: Scalar,
    #[serde(rename = "zxsj")]
    pub(crate) cancelled: Scalar,
    #[serde(rename = "qszt")]
    pub(crate) state: Scalar,
    #[serde(rename = "gyr")]
    pub(crate) obligee: Scalar,
    #[serde(rename = "ywr")]
    pub(crate) obligor: Scalar,
}

/// An objection.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Objection {
    #[serde(rename = "bdcdyh")]
    pub(crate) unit: Scalar,
    #[serde(rename = "zl")]
    pub(crate) location: Scalar,
    #[serde(rename = "yysqr")]
    pub(crate) applicant: Scalar,
    #[serde(rename = "yysx")]
    pub(crate) matter: Scalar,
    #[serde(rename = "bdcdjzmh")]
    pub(crate) proof: Scalar,
    #[serde(rename = "djsj")]
    pub(crate) registered: Scalar,
    #[serde(rename = "zxsj")]
    pub(crate) cancelled: Scalar,
    #[serde(rename = "qszt")]
    pub(crate) state: Scalar,
}

/// Records as an [`Answered`] holds them.
pub(crate) fn texts<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Option<Vec<Box<RawValue>>> {
    let texts: Vec<_> = rows.into_iter().filter_map(|row| to_raw_value(&row).ok()).collect();
    (!texts.is_empty()).then_some(texts)
}

/// Names of fields under which readers note what they do not know.
pub(crate) mod field {
    pub(crate) const UNIT: &str = "bdcdyh";
    pub(crate) const CO_OWNERSHIP: &str = "gyfs";
    pub(crate) const PRINT_SERIAL: &str = "qzysxlh";
    pub(crate) const ISLAND_USAGE: &str = "hdyt";
    pub(crate) const PLANNED_USAGE: &str = "ghyt";
    pub(crate) const BUILDING_NATURE: &str = "fwxz";
    pub(crate) const RIGHT_NATURE: &str = "qlxz";
    pub(crate) const STATE: &str = "qszt";
    pub(crate) const REGISTERED: &str = "djsj";
    pub(crate) const CANCELLED: &str = "zxsj";
    pub(crate) const LIFTED: &str = "jfdjsj";
    pub(crate) const BUILDING_AREA: &str = "jzmj";
    pub(crate) const STRUCTURE_AREA: &str = "gjzwmj";
    pub(crate) const PARCEL_AREA: &str = "zdmj";
    pub(crate) const CONTRACTED_AREA: &str = "cbmj";
    pub(crate) const USE_AREA: &str = "syqmj";
    pub(crate) const AREA_UNIT: &str = "mjdw";
    pub(crate) const PLACE: &str = "xh";
    pub(crate) const SECURED_AMOUNT: &str = "bdbzzqse";
    pub(crate) const MAXIMUM_AMOUNT: &str = "zgzqse";
    pub(crate) const MORTGAGE_FORM: &str = "dyfs";
    pub(crate) const DEBT_FROM: &str = "zwlxqssj";
    pub(crate) const DEBT_UNTIL: &str = "zwlxjssj";
    pub(crate) const SEIZURE_KIND: &str = "cflx";
    pub(crate) const SEIZED_FROM: &str = "cfqssj";
    pub(crate) const SEIZED_UNTIL: &str = "cfjssj";
    pub(crate) const PRENOTICE_KIND: &str = "ygdjzl";
}
