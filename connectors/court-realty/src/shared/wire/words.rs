//! Code tables of protocol section 11 that only name something. A text that is no code stays what it is; an unknown
//! code is told by `None`.

/// The words for a code, or the text itself where it is no number.
fn named(table: &[(&str, &str)], text: &str) -> Option<String> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) || text.is_empty() {
        return Some(text.to_owned());
    }
    table.iter().find(|(code, _)| *code == text).map(|(_, words)| (*words).to_owned())
}

/// Use of a building, section 11.8.
pub(crate) fn building_use(text: &str) -> Option<String> {
    named(BUILDING_USES, text)
}

/// Nature of a building, section 11.8.
pub(crate) fn building_nature(text: &str) -> Option<String> {
    named(BUILDING_NATURES, text)
}

/// Nature of a right to land, section 11.9.
pub(crate) fn land_nature(text: &str) -> Option<String> {
    named(LAND_NATURES, text)
}

/// Form of a mortgage, section 11.5.
pub(crate) fn mortgage_form(text: &str) -> Option<String> {
    named(&[("1", "一般抵押"), ("2", "最高额抵押")], text)
}

/// Kind of a prenotice, section 11.5.
pub(crate) fn prenotice_kind(text: &str) -> Option<String> {
    let table = [
        ("1", "预售商品房买卖预告"),
        ("2", "其它不动产买卖预告"),
        ("3", "预售商品房抵押权预告"),
        ("4", "其它不动产抵押权预告"),
    ];
    named(&table, text)
}

/// State of a right, section 11.4; a blank is in force, because only those were asked for.
pub(crate) fn right_state(text: &str) -> Option<&'static str> {
    match text {
        "" | "1" | "现势" => Some("现势"),
        "0" | "临时" => Some("临时"),
        "2" | "历史" => Some("历史"),
        "3" | "终止" => Some("终止"),
        _ => None,
    }
}

const BUILDING_USES: &[(&str, &str)] = &[
    ("10", "住宅"),
    ("11", "成套住宅"),
    ("111", "别墅"),
    ("112", "高档公寓"),
    ("12", "非成套住宅"),
    ("13", "集体宿舍"),
    ("20", "工业交通仓储"),
    ("21", "工业"),
    ("22", "公共设施"),
    ("23", "铁路"),
    ("24", "民航"),
    ("25", "航运"),
    ("26", "公共运输"),
    ("27", "仓储"),
    ("30", "商业金融信息"),
    ("31", "商业服务"),
    ("32", "经营"),
    ("33", "旅游"),
    ("34", "金融保险"),
    ("35", "电讯信息"),
    ("40", "教育医疗卫生科研"),
    ("41", "教育"),
    ("42", "医疗卫生"),
    ("43", "科研"),
    ("50", "文化娱乐体育"),
    ("51", "文化"),
    ("52", "新闻"),
    ("53", "娱乐"),
    ("54", "园林绿化"),
    ("55", "体育"),
    ("60", "办公"),
    ("70", "军事"),
    ("80", "其它"),
    ("81", "涉外"),
    ("82", "宗教"),
    ("83", "监狱"),
    ("84", "物管用房"),
    ("85", "车位"),
];

const BUILDING_NATURES: &[(&str, &str)] = &[
    ("0", "市场化商品房"),
    ("1", "动迁房"),
    ("2", "配套商品房"),
    ("3", "公共租赁住房"),
    ("4", "廉租住房"),
    ("5", "限价普通商品住房"),
    ("6", "经济适用住房"),
    ("7", "定销商品房"),
    ("8", "集资建房"),
    ("9", "福利房"),
    ("99", "其它"),
];

const LAND_NATURES: &[(&str, &str)] = &[
    ("100", "国有土地"),
    ("101", "划拨"),
    ("102", "出让"),
    ("103", "作价出资（入股）"),
    ("104", "国有土地租赁"),
    ("105", "授权经营"),
    ("106", "家庭承包"),
    ("107", "其它方式承包"),
    ("200", "集体土地"),
    ("201", "家庭承包"),
    ("202", "其它方式承包"),
    ("203", "批准拨用"),
    ("204", "入股"),
    ("205", "联营"),
];
