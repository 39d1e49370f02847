use proptest::prelude::*;

use super::*;

/// Class, remark, holder and the level that they must have.
type Row = (&'static str, &'static str, &'static str, Level);

use Level::{Doubtful, Free, FreezeOnly, NoMeasure};

const EXEMPT: &[Row] = &[
    ("农民工工资专用存款账户", "", "", NoMeasure),
    ("民工工资专户", "", "", NoMeasure),
    ("专用存款账户", "用于支付农民工（含劳务分包）工资", "", NoMeasure),
    ("专用存款账户", "", "测试建设有限公司某路工程农民工工资专户", NoMeasure),
    ("工资保证金", "", "", NoMeasure),
    ("专户", "建筑劳务工人人工费专用", "", NoMeasure),
    ("养老保险基金支出户", "", "", NoMeasure),
    ("城乡居民基本养老保险", "", "", NoMeasure),
    ("失业保险基金", "", "", NoMeasure),
    ("职工医保统筹", "", "", NoMeasure),
    ("社保财政专户", "", "", NoMeasure),
    ("工伤保险", "", "", NoMeasure),
    ("企业年金受托户", "", "", NoMeasure),
    ("住房公积金归集户", "", "", NoMeasure),
    ("物业专项维修资金", "", "", NoMeasure),
    ("", "小区住宅维修资金", "", NoMeasure),
    ("专用存款账户", "", "某小区业主大会房屋专项维修资金", NoMeasure),
    ("工会经费集中户", "", "", NoMeasure),
    ("专用存款账户", "工会会费", "", NoMeasure),
    ("党费专户", "", "", NoMeasure),
    ("团费", "", "", NoMeasure),
    ("集合资金信托计划保管户", "", "测试信托有限责任公司", NoMeasure),
    ("信托财产专户", "", "", NoMeasure),
    ("专用存款账户", "是否农民工工资专户：是", "", NoMeasure),
    ("专用存款账户", "民工工资专户，可否冻结请核实", "", NoMeasure),
    ("证券投资基金托管专户", "", "", NoMeasure),
    ("基金募集专户", "", "", NoMeasure),
    ("证券客户交易结算资金专用存款账户", "", "", NoMeasure),
    ("期货公司客户保证金", "期货保证金封闭管理", "", NoMeasure),
    ("客户备付金", "", "", NoMeasure),
    ("缴存存款准备金", "", "", NoMeasure),
    ("资本保证金存款", "", "", NoMeasure),
    ("预算单位零余额账户", "", "", NoMeasure),
    ("财政零余额", "", "", NoMeasure),
    ("国库集中支付专户", "", "", NoMeasure),
    ("非税收入汇缴户", "", "", NoMeasure),
    ("财政性存款", "", "", NoMeasure),
    ("军队存款", "", "", NoMeasure),
    ("武警部队经费", "", "", NoMeasure),
    ("粮棉油收购资金贷款户", "", "", NoMeasure),
    ("粮食政策性收购资金", "", "", NoMeasure),
    ("最低生活保障金发放户", "", "", NoMeasure),
    ("低保金", "", "", NoMeasure),
    ("优抚对象抚恤金", "", "", NoMeasure),
    ("下岗职工基本生活保障资金", "", "", NoMeasure),
    ("封闭贷款", "", "", NoMeasure),
    ("临时存款账户", "破产管理人账户", "", NoMeasure),
    ("临时存款账户", "", "测试钢铁有限公司管理人", NoMeasure),
    ("执行款专户", "", "", NoMeasure),
    ("法院案款", "", "", NoMeasure),
    ("慈善捐赠", "", "", NoMeasure),
    ("救灾专款", "", "", NoMeasure),
    ("旅行社质量保证金", "", "", NoMeasure),
    ("基本存款账户", "", "某国驻测试市总领事馆", NoMeasure),
    ("进口信用证开证保证金", "", "", FreezeOnly),
    ("保证金户", "银行承兑汇票", "", Doubtful),
    ("银承保证金", "", "", FreezeOnly),
    ("商品房预售资金监管账户", "", "", FreezeOnly),
    ("专用存款账户", "新建商品房预售款监管", "", FreezeOnly),
    ("养老金代发", "", "", Doubtful),
    ("保函保证金", "", "", Doubtful),
    ("存量房交易资金监管户", "", "", Doubtful),
    ("农业专项资金", "", "", Doubtful),
    ("工资专户", "", "", Doubtful),
    ("基本存款账户", "", "测试县社会保险事业中心", Doubtful),
    ("专用存款账户", "", "测试县社会保险事业中心", NoMeasure),
    ("基本存款账户", "", "测试机械厂工会委员会", Doubtful),
    ("基本存款账户", "", "测试市财政局", Doubtful),
    ("一般存款账户", "", "中国人民解放军某部队", Doubtful),
    ("专用存款账户", "", "中共测试县委组织部党委", NoMeasure),
    ("结算账户", "", "测试市慈善总会", Doubtful),
];

const ORDINARY: &[Row] = &[
    ("借记卡", "", "张测试", Free),
    ("基本存款账户", "", "测试信托有限责任公司", Free),
    ("信托公司基本存款账户", "", "", Free),
    ("结算账户", "国库券兑付入账", "", Free),
    ("结算账户", "承兑汇票贴现入账", "", Free),
    ("银行承兑汇票托收", "", "", Free),
    ("一般存款账户", "信托贷款发放户", "测试贸易有限公司", Free),
    ("理财产品", "持有信托受益权", "", Free),
    ("个人结算账户", "社保卡", "", Free),
    ("金融社会保障卡", "", "", Free),
    ("借记卡", "代扣社会保险费", "", Free),
    ("公积金联名卡", "", "", Free),
    ("贷款还款账户", "公积金贷款", "", Free),
    ("借记卡", "农民工工资卡", "李测试", Free),
    ("基本存款账户", "非农民工工资专户", "", Free),
    ("基本存款账户", "是否农民工工资专户：否", "", Free),
    ("基本存款账户", "不属于工会经费专户", "", Free),
    ("一般存款账户", "民工工资专户标志：否", "", Free),
    ("一般存款账户", "是否预售监管账户：否", "", Free),
    ("一般存款账户", "预售资金监管账户（已解除监管）", "", Free),
    ("基本存款账户", "集团费用报销", "", Free),
    ("基本存款账户", "代扣工会经费", "", Free),
    ("基本存款账户", "", "泰安测试养老保险股份有限公司", Free),
    ("借记卡", "已签约第三方存管，银证转账", "", Free),
    ("一般存款账户", "账户零余额", "", Free),
    ("基本存款账户", "军民路支行", "", Free),
    ("基本存款账户", "", "测试市工会大厦有限公司", Free),
    ("基本存款账户", "", "军区路测试餐饮有限公司", Free),
    ("基本存款账户", "方案款项待付", "", Free),
    ("一般存款账户", "该户已被某某法院冻结", "", Free),
    ("借记卡", "领取执行款", "", Free),
    ("基本存款账户", "汽车维修", "测试汽车维修有限公司", Free),
    ("代发工资", "", "王测试", Free),
    ("活期", "", "陈喆堃", Free),
    ("定期存款", "", "Société Générale 测试分行", Free),
    ("专用存款账户", "", "", Free),
];

#[test]
fn the_rules_are_read_and_no_two_share_a_name() {
    let rules = RULES.as_ref().expect("exemptions.toml");
    let ids: Vec<&str> = rules
        .rule
        .iter()
        .map(|rule| rule.id.as_str())
        .chain(rules.holder.iter().map(|kind| kind.id.as_str()))
        .collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    assert!(
        rules.rule.iter().all(|rule| rule.level != Free && !rule.basis.is_empty() && !rule.words.is_empty())
    );
    assert!(rules.holder.iter().all(|kind| kind.level != Free && !kind.basis.is_empty()));
}

#[test]
fn exempt_accounts_are_known_and_ordinary_ones_are_free() {
    let mut wrong = Vec::new();
    for (class, remark, holder, level) in EXEMPT.iter().chain(ORDINARY) {
        let found = exemption(class, remark, holder);
        if found.level != *level {
            wrong.push(format!(
                "{class}|{remark}|{holder}: {:?} by {:?}, not {level:?}",
                found.level, found.rule
            ));
        }
        assert_eq!(found.level == Free, found.basis.is_empty() && found.rule.is_none(), "{class}|{remark}");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Classes whose money no measure may touch, or only with an officer's look.
const SPECIAL_CLASSES: &str = "国库单一账户 社会保障资金 新型农村合作医疗基金 城乡居民医疗保险 机关事业单位养老保险 职业年金归集 \
    房屋公共维修基金 职工住房公积金 购房款监管专户 诉讼保全保证金 投标保证金 农村集体资金 村级代管资金 道路交通救助基金 \
    残疾人就业保障金 彩票公益金 国有资本收益 烈士褒扬金 建设领域民工工资支付保障金 劳务工资专用账户 基层工会经费集中户 党组织经费 \
    共青团团费 预算外资金财政专户 地方国库 信托计划募集账户 期货结算准备金 证券结算备付金 网络支付客户备付金 人民银行准备金 \
    军队特种账户 棉花收购贷款 储备粮贷款 低保户 伤残抚恤金 管理人临时账户 一案一账户 代管案款 防汛救灾资金 红十字会捐款 旅行社质保金 \
    下岗职工安置费 证券投资者保护基金 土地出让金 资本保证金 生育保险基金 社会保险 遗属抚恤金 残疾人两项补贴 征地补偿款";
/// Classes of ordinary accounts, many of which hold a word of the law.
const ORDINARY_CLASSES: &str = "国债 储蓄国债 国库券投资 军工企业基本户 货币基金 证券公司自有资金 期货公司自有资金账户 公积金贷款还款账户 医保卡 \
    养老院收款户 门票预售款 废品货款 工资卡 临时存款账户 Ⅱ类户 单位活期存款 贷记卡 公务卡 结构性存款 大额存单 通知存款 协定存款 外币活期 \
    证券账户 第三方存管 银期转账 工会会员卡 党员先锋卡 党校培训费 保证担保贷款 信托受益权 商业承兑汇票 设备维修费 员工团建费 慈溪支行 \
    国库路支行 军民融合贷款 养老保险代扣 保险理赔款 解放军路支行 社会保障卡金融账户";
/// Holders of whom an officer decides, at least.
const SPECIAL_HOLDERS: &str = "某县社会保险事业管理中心 测试市住房公积金管理中心 某某县总工会 某厂工会委员会 测试县国库支付中心 武警测试支队 \
    某某县人民武装部 中共测试市委员会 中共某某公司支部委员会 测试市中级人民法院 测试县民政局 测试红十字会 某某公司清算组 某国驻华大使馆 \
    测试县粮食收购资金专户 某小区业主委员会维修资金 测试置业有限公司预售资金监管账户 测试县教育局";
/// Holders like any other.
const ORDINARY_HOLDERS: &str = "张三 测试商贸有限公司 测试期货有限公司 测试证券股份有限公司 测试财政咨询有限公司 测试军民电子有限公司 \
    党家村农产品专业合作社 测试公益服务有限公司 测试资产管理有限公司 测试基金管理有限公司 测试物业服务有限公司 测试社会保险咨询有限公司 \
    武警路便利店有限公司 测试监理管理人员培训有限公司 法院路文具店 测试维修有限公司 个体工商户李国库";

#[test]
fn short_texts_are_told_apart_in_class_remark_and_holder() {
    let free = |class: &str, remark: &str, holder: &str| exemption(class, remark, holder).level == Free;
    for text in SPECIAL_CLASSES.split_whitespace() {
        assert!(!free(text, "", "") && !free("专用存款账户", text, ""), "{text}");
    }
    for text in ORDINARY_CLASSES.split_whitespace() {
        assert!(
            free(text, "", "测试商贸有限公司") && free("借记卡", text, ""),
            "{text}: {:?}",
            exemption(text, "", "")
        );
    }
    for text in SPECIAL_HOLDERS.split_whitespace() {
        assert!(!free("基本存款账户", "", text), "{text}");
    }
    for text in ORDINARY_HOLDERS.split_whitespace() {
        assert!(free("基本存款账户", "", text), "{text}: {:?}", exemption("", "", text));
    }
}

#[test]
fn a_class_that_is_no_words_goes_to_an_officer_and_a_blank_one_does_not() {
    for class in [
        "5YWa6LS55LiT5oi3",
        "&#20826;",
        "\\u515a",
        "%E5%85%9A",
        "515A8D39",
        "■■",
        "null",
        "暂无",
        "专户¿¿",
        "****",
        "N/A",
        // Codes that nobody explained, and one character that is all that is left of two.
        "B11",
        "X9",
        "x1",
        "0101",
        "韐",
    ] {
        assert_eq!(exemption(class, "", "").level, Doubtful, "{class}");
    }
    for class in ["", "借记卡", "一般存款账户(A类)", "Ⅱ类户"] {
        assert_eq!(exemption(class, "", "").level, Free, "{class}");
    }
}

#[test]
fn texts_that_cannot_be_read_are_doubtful() {
    for text in [
        "\u{E5A3}\u{E812}专户",
        "农民\u{FFFD}\u{FFFD}资",
        "鍐滄皯宸ュ伐璧勪笓鎴",
        "å†œæ°‘å·¥å·¥èµ„",
        "Å©Ãñ¹¤¹¤×Ê",
        "????户",
        "锟斤拷锟斤拷",
        "户\u{7}名",
        "농협跂돎",
        "Е©Гс№¤№¤",
        "σƒ║µ£¼σ¡ÿµ¼╛",
        "隅ぶ揣匎湔遴",
    ] {
        assert_eq!(exemption(text, "", "").level, Doubtful, "{text}");
        assert_eq!(exemption("借记卡", text, "").level, Doubtful, "{text}");
        assert_eq!(exemption(text, "", "").rule.as_deref(), Some("unreadable"));
    }
    assert_eq!(
        exemption("借记卡", "", "王\u{E863}").level,
        Free,
        "rare characters of names are in private use"
    );
    assert_eq!(exemption("党费", "\u{FFFD}", "").level, NoMeasure, "what can be read still counts");
}

#[test]
fn the_finding_travels_as_words() {
    let found = exemption("党费", "", "");
    let json = serde_json::to_value(&found).expect("json");
    assert_eq!((json["level"].as_str(), json["rule"].as_str()), (Some("no_measure"), Some("party_dues")));
    assert_eq!(serde_json::from_value::<Exemption>(json).expect("read back"), found);
    let old: Exemption =
        serde_json::from_str(r#"{"level":"freeze_only","basis":"法发〔2000〕21号"}"#).expect("old");
    assert_eq!((old.level, old.rule), (FreezeOnly, None));
    assert_eq!(serde_json::to_string(&exemption("", "", "")).expect("json"), r#"{"level":"free"}"#);
}

/// A text typed with other widths, blanks and brackets.
fn retyped(text: &str, choices: &[u8]) -> String {
    let mut typed = String::new();
    for (at, c) in text.chars().enumerate() {
        let choice = choices.get(at % choices.len().max(1)).copied().unwrap_or_default();
        if choice & 1 == 1 {
            typed.push([' ', '\u{3000}', '\t', '\u{A0}'][usize::from(choice >> 1) % 4]);
        }
        let other = match c {
            '!'..='~' if choice & 8 == 8 => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
            '（' if choice & 8 == 8 => '(',
            '）' if choice & 8 == 8 => '﹞',
            other => other,
        };
        typed.push(other);
    }
    typed
}

proptest! {
    #[test]
    fn blanks_and_widths_never_change_the_level(row in 0..EXEMPT.len() + ORDINARY.len(), choices in prop::collection::vec(any::<u8>(), 1..12)) {
        let (class, remark, holder, level) = EXEMPT.iter().chain(ORDINARY).nth(row).copied().unwrap_or(EXEMPT[0]);
        let again = |text| retyped(text, &choices);
        prop_assert_eq!(exemption(&again(class), &again(remark), &again(holder)).level, level);
    }

    #[test]
    fn any_text_gets_a_level_and_more_text_never_frees_an_exempt_class(remark in ".{0,40}", holder in ".{0,40}", row in 0..20usize) {
        let class = EXEMPT[row].0;
        let alone = exemption(class, "", "").level;
        prop_assert!(exemption(class, &remark, &holder).level >= alone);
        exemption(&remark, &holder, &remark);
    }
}

#[test]
fn of_two_findings_the_stricter_decides_and_a_doubt_about_either_stays() {
    let of = |class: &str| exemption(class, "", "");
    let (free, doubtful, freeze_only, closed) =
        (of("一般存款账户"), of("QX7"), of("银行承兑汇票保证金"), of("党费专户"));
    assert_eq!(
        [&free, &doubtful, &freeze_only, &closed].map(|one| (one.level, one.needs_an_officer)),
        [(Free, false), (Doubtful, true), (FreezeOnly, false), (NoMeasure, false)]
    );
    for (one, other, level, officer) in [
        (&free, &freeze_only, FreezeOnly, false),
        (&free, &closed, NoMeasure, false),
        (&doubtful, &freeze_only, FreezeOnly, true),
        (&doubtful, &free, Doubtful, true),
        (&closed, &freeze_only, NoMeasure, false),
    ] {
        let both = one.clone().and(other.clone());
        assert_eq!(both, other.clone().and(one.clone()));
        assert_eq!((both.level, both.needs_an_officer), (level, officer));
    }
}

#[test]
fn a_class_that_was_not_understood_needs_an_officer_whatever_else_is_known() {
    for class in ["QX7", "????", "锟斤拷"] {
        let found = exemption(class, "银行承兑汇票保证金", "");
        assert_eq!((found.level, found.needs_an_officer), (FreezeOnly, true), "{class}");
    }
}

#[test]
fn each_line_of_a_remark_counts_by_itself() {
    for remark in ["职工党费专户\n见附件", "见附件\n职工党费专户", "解除监管\n资金监管", "非党费\n党费专户"]
    {
        assert_ne!(exemption("", remark, "").level, Free, "{remark}");
    }
    assert_eq!(exemption("", "解除监管，此前资金监管", "").level, Free, "one text");
}
