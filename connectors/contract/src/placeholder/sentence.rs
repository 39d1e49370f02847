//! Sentences that say that there is no value: `无统一社会信用代码`, `该企业暂无代码`, `N/A (none)`.

use unicode_normalization::UnicodeNormalization;

use crate::script::is_han;

/// Words for something that is not there.
const ABSENT: &str = "暂无 暂缺 无 没有 缺失 缺少 空 空白 空值 未知 不详 不明 未 暂未 尚未 尚无 并无 查无 不存在 \
    不适用 待 不公开 不予公开 不提供 暂不提供 无法提供 无法获取 保密";

/// What is missing, and the words around it. By themselves they say nothing.
const AROUND: &str = "统一社会信用代码 社会信用代码 统一信用代码 信用代码 组织机构代码 机构代码 代码 证件号码 证件号 证件 \
    身份证 号码 编号 注册号 登记号 账号 帐号 号 码 证 数据 信息 资料 记录 内容 结果 值 字段 金额 \
    余额 日期 时间 名称 营业执照 办理 取得 提供 填写 填报 填 登记 公示 披露 公开 录入 采集 申领 \
    核发 赋码 查到 查询到 查询 获取到 获取 返回 反馈 关联 匹配到 匹配 更新 生成 补充 补 核实 定 查 \
    换发 换证 领取 发放 编制 设置 领证 该 此 其 相关 有关 任何 企业 单位 机构 公司 个人 主体 系统 \
    银行 对方 目前 本 的 项 条 了 中 仍 还 或";

/// Latin words for something that is not there.
const LATIN_ABSENT: &str = "NULL NIL NONE N/A UNDEFINED UNKNOWN NOT WITHOUT \
    UNAVAILABLE MISSING EMPTY BLANK NO";

/// Latin words around them.
const LATIN_AROUND: &str = "AVAILABLE APPLICABLE PROVIDED STATED GIVEN KNOWN \
    DISCLOSED REGISTERED ASSIGNED ISSUED FOUND YET CODE \
    NUMBER ID DATA INFORMATION INFO VALUE CREDIT SOCIAL \
    UNIFIED REGISTRATION COMPANY RECORD RESULT THE OF OR IS";

/// Whether a text consists of such words alone, and one of them says that something is not there. Every word of letters is one with
/// blanks or signs around it; digits, or any other character, make it a value.
pub(super) fn says_nothing(text: &str) -> bool {
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let folded = text.nfkc().collect::<String>().to_uppercase().replace("N/A", " NULL ");
    let mut words = 0_usize;
    let mut is_absent = false;
    let parts = folded.split(|c: char| !is_han(c) && !c.is_alphanumeric());
    for run in parts.flat_map(runs) {
        words += 1;
        if run.chars().all(is_han) {
            let Some(absent) = read_han(run) else { return false };
            is_absent |= absent;
        } else {
            // `NO` alone is the abbreviation of a country, or of "number".
            let absent = LATIN_ABSENT.split(' ').any(|word| word == run);
            if !absent && !LATIN_AROUND.split(' ').any(|word| word == run) {
                return false;
            }
            is_absent |= match run {
                "NO" => words == 1 && folded.trim().len() > "NO.".len(),
                _ => absent,
            };
        }
    }
    is_absent
}

/// The parts of a text that are Chinese characters, or none of them.
fn runs(part: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_han(c) != is_han(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push(run);
        rest = after;
    }
    runs
}

/// Whether a run of Chinese characters is made of the words, and whether one of them says that something is not there; `None` where it
/// is not made of them.
fn read_han(run: &str) -> Option<bool> {
    // For each place that words reach: whether something is said to be absent on one way to it.
    let mut reached: Vec<Option<bool>> = vec![None; run.len() + 1];
    *reached.first_mut()? = Some(false);
    for at in 0..run.len() {
        let (Some(Some(absent)), Some(rest)) = (reached.get(at).copied(), run.get(at..)) else { continue };
        let words =
            ABSENT.split(' ').map(|word| (word, true)).chain(AROUND.split(' ').map(|word| (word, false)));
        for (word, is_absent) in words.filter(|(word, _)| rest.starts_with(word)) {
            if let Some(place) = reached.get_mut(at + word.len()) {
                *place = Some(place.unwrap_or(false) || absent || is_absent);
            }
        }
    }
    reached.pop().flatten()
}
