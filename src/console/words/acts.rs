//! The words for acts and looks, as the audit names them.

use super::{Table, Word};

/// Acts as the audit names them.
pub const ACT: Table = &[
    ("submit", Word::new("提交查控", "submit", "off")),
    ("approve", Word::new("批准", "approve", "good")),
    ("reject", Word::new("驳回", "reject", "warn")),
    ("reconsider", Word::new("撤销驳回", "reconsider", "off")),
    ("release", Word::new("解除", "release", "warn")),
    ("reinstate_party", Word::new("撤销对当事人的解除", "take back that a party was freed", "warn")),
    ("renew", Word::new("续冻", "renew", "off")),
    ("deduct", Word::new("扣划", "deduct", "warn")),
    ("transfer", Word::new("强制转让", "transfer", "warn")),
    ("value", Word::new("载明价值", "value", "off")),
    ("rate", Word::new("载明汇率", "rate", "off")),
    ("enter_measure", Word::new("登记既有措施", "enter", "off")),
    ("requery", Word::new("重新查询", "re-query", "off")),
    ("cancel", Word::new("撤回", "cancel", "warn")),
    ("resolve", Word::new("核实结果", "resolve", "off")),
    ("update_claim", Word::new("变更标的", "change the claim", "warn")),
    ("complete_task", Word::new("办结待办", "complete a task", "off")),
    ("desk_take", Word::new("领取人工事项", "take at the desk", "off")),
    ("desk_notice", Word::new("打印协助通知", "print a notice", "off")),
    ("desk_answer", Word::new("录入反馈", "enter an answer", "off")),
    ("desk_check", Word::new("复核反馈", "check an answer", "good")),
    ("desk_send_back", Word::new("退回反馈", "send an answer back", "warn")),
    ("pause", Word::new("暂停", "pause", "warn")),
    ("resume", Word::new("恢复", "resume", "good")),
    ("probe", Word::new("探测", "probe", "off")),
    ("join", Word::new("并入案号链", "join", "off")),
    ("restored", Word::new("存储恢复", "restored", "bad")),
    ("store_older", Word::new("存储过旧", "store older", "bad")),
    ("retention", Word::new("到期清理", "retention", "off")),
    ("tasks", Word::new("待办清单", "tasks", "off")),
    ("desk", Word::new("人工办理清单", "desk", "off")),
    ("print", Word::new("打印", "print", "off")),
    ("remove_consumer", Word::new("移除结果接收方", "remove a consumer", "warn")),
    ("move_store", Word::new("迁移数据库", "move the store", "warn")),
    ("sign_in", Word::new("登录", "sign in", "off")),
    ("sign_out", Word::new("退出", "sign out", "off")),
    ("change_password", Word::new("修改密码", "change the password", "off")),
    ("begin_second_factor", Word::new("生成动态口令", "begin a second factor", "off")),
    ("set_up_second_factor", Word::new("绑定动态口令", "set a second factor up", "off")),
    ("add_person", Word::new("新增人员", "add a person", "warn")),
    ("change_person", Word::new("变更人员", "change a person", "warn")),
    ("disable_person", Word::new("停用人员", "disable a person", "warn")),
    ("enable_person", Word::new("启用人员", "enable a person", "warn")),
    ("reset_person", Word::new("重置密码", "reset a person", "warn")),
    ("reset_second_factor", Word::new("解除动态口令", "reset a second factor", "warn")),
    ("make_key", Word::new("新建密钥", "make a key", "warn")),
    ("revoke_key", Word::new("吊销密钥", "revoke a key", "warn")),
    ("mass_looks", Word::new("大量查看", "mass look-ups", "bad")),
];

/// What stands out in looks.
pub const ALARM: Table = &[
    ("mass", Word::new("大量查看", "very many things", "bad")),
    ("repeated", Word::new("反复查看", "again and again", "warn")),
    ("repeated_person", Word::new("反复查看同一人", "the same person again and again", "warn")),
    ("out_of_hours", Word::new("非工作时间", "out of hours", "warn")),
    ("no_case", Word::new("无案查看", "lists of no case", "warn")),
];

/// What was looked at.
pub const LOOK: Table = &[
    ("case", Word::new("案件", "case", "off")),
    ("inquiry", Word::new("查控申请", "inquiry", "off")),
    ("assets", Word::new("财产清单", "assets", "warn")),
    ("companies", Word::new("企业清单", "companies", "off")),
    ("measures", Word::new("控制措施", "measures", "off")),
    ("answer", Word::new("反馈", "answer", "warn")),
    ("raw", Word::new("回执与原始报文", "raw message", "warn")),
    ("certificate", Word::new("完整性证明", "certificate", "off")),
    ("tasks", Word::new("待办清单", "tasks", "off")),
    ("desk", Word::new("人工办理清单", "desk", "off")),
    ("print", Word::new("打印", "print", "warn")),
];
