//! The matrix 权限表: one table of what can be done, where, and which roles may. A handler or a page names a row by a constant of
//! [`may`]; the table is all there is to know about who may.

use crate::domain::people::Role;

/// What the places of a row tell, and so whether it is masked for those whose role is not of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Cases: those whose role is not of the case are told the ends of account and identity numbers alone.
    Cases,
    /// What counterparts sent, byte for byte: whole for whoever may.
    Messages,
    /// Nothing of a case.
    House,
}

/// A row of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// What is done, in a word.
    pub act: &'static str,
    /// The same for court staff.
    pub chinese: &'static str,
    /// What is told there.
    pub shows: Shows,
    /// Who may: one of these roles is enough.
    pub roles: &'static [Role],
    /// Where: `METHOD path`, each place in one row of the table.
    pub places: &'static [&'static str],
}

macro_rules! matrix {
    ($($row:ident $act:literal $chinese:literal $shows:ident [$($role:ident)+] [$($place:literal)*];)*) => {
        #[derive(Clone, Copy)]
        #[repr(u8)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names of the constants below")]
        enum Row { $($row),* }

        /// Numbers of the rows, by name.
        #[allow(missing_docs, reason = "the table says it")]
        pub mod may {
            use super::Row;
            $(pub const $row: u8 = Row::$row as u8;)*
        }

        /// Every row.
        pub const MATRIX: &[Permission] = &[$(Permission {
            act: $act,
            chinese: $chinese,
            shows: Shows::$shows,
            roles: &[$(Role::$role),+],
            places: &[$($place),*],
        }),*];
    };
}

matrix! {
    SUBMIT "submit" "提交查控申请" Cases [CaseSystem Officer] ["POST /v1/inquiries" "POST /v1/inquiries/preview"];
    READ "read" "查看案件与查控情况" Cases [CaseSystem Officer Approver Supervisor Auditor] [
        "GET /v1/inquiries" "GET /v1/inquiries/{id}" "GET /v1/inquiries/{id}/orders" "GET /v1/inquiries/{id}/assets"
        "GET /v1/inquiries/{id}/companies" "GET /v1/inquiries/{id}/measures" "GET /v1/inquiries/{id}/certificate"
        "GET /v1/inquiries/{id}/certificates/{number}" "GET /v1/cases" "POST /v1/cases/search" "GET /v1/cases/{id}" "GET /v1/cases/{id}/claim"
        "GET /v1/orders" "GET /v1/orders/{number}" "GET /v1/measures" "GET /v1/measures/{id}"
        "GET /v1/measures/{id}/receipts/{sha256}" "GET /v1/tasks" "GET /v1/cases/{id}/progress" "GET /v1/cases/{id}/papers"
        "GET /v1/cases/{id}/documents" "GET /v1/cases/{id}/documents/{document}"
        "GET /v1/papers/{number}" "GET /v1/papers/{number}/receipts" "GET /v1/statistics"
    ];
    PRINT "issue_paper" "出具文书" Cases [CaseSystem Officer Approver Supervisor] [
        "POST /v1/cases/{id}/papers" "POST /v1/papers/batch"
    ];
    RAW "read_raw" "查看原始反馈" Messages [Officer Approver Supervisor Auditor] [
        "GET /v1/orders/{number}/raw" "GET /v1/orders/{number}/raw/{revision}"
    ];
    ACTS "read_acts" "查看操作记录" Cases [CaseSystem Officer Approver Supervisor Auditor] [
        "GET /v1/acts" "GET /v1/inquiries/{id}/acts"
    ];
    REQUERY "requery" "重新查询、撤回" Cases [CaseSystem Officer] [
        "POST /v1/inquiries/{id}/requery" "POST /v1/inquiries/{id}/cancel" "POST /v1/orders/{number}/requery"
    ];
    TASKS "complete_task" "办结待办" Cases [CaseSystem Officer Approver Supervisor] ["POST /v1/tasks/{id}/complete"];
    CONTROL "control" "审批与办理控制措施" Cases [Approver] [
        "PUT /v1/cases/{id}/claim" "POST /v1/cases/{id}/measures" "POST /v1/cases/{id}/release"
        "POST /v1/cases/{id}/parties/{reference}/release" "POST /v1/cases/{id}/parties/{reference}/reinstate" "POST /v1/measures/{id}/approve"
        "POST /v1/measures/{id}/reject" "POST /v1/measures/{id}/reconsider" "POST /v1/measures/{id}/value" "POST /v1/measures/{id}/rate"
        "POST /v1/measures/{id}/release" "POST /v1/measures/{id}/renew" "POST /v1/measures/{id}/deduct"
        "POST /v1/measures/{id}/transfer"
    ];
    RESOLVE "resolve" "认定结果不明的请求、撤回尚未发出的请求" Cases [Approver] ["POST /v1/orders/{number}/resolve"];
    DESK_READ "read_desk" "查看人工办理" Cases [Officer Approver Supervisor] [
        "GET /v1/desk" "GET /v1/desk/{number}" "GET /v1/desk/{number}/scan"
    ];
    DESK "work_at_desk" "人工办理与复核" Cases [Officer Approver] [
        "POST /v1/desk/{number}/take" "POST /v1/desk/{number}/notice" "POST /v1/desk/{number}/answer"
        "POST /v1/desk/{number}/check"
    ];
    RESULTS "results" "接收结果" Cases [CaseSystem] [
        "GET /v1/results" "GET /v1/results/stream" "POST /v1/results/ack"
    ];
    CONSUMERS "consumers" "管理结果接收方" House [CaseSystem Operations] [
        "GET /v1/consumers" "DELETE /v1/consumers/{name}" "GET /v1/relays"
    ];
    WATCH "watch" "查看协助单位" House [Officer Supervisor Operations] [
        "GET /v1/connectors" "GET /v1/connectors/{id}" "GET /v1/counterparts" "GET /v1/counterparts/{name}"
        "GET /v1/counterparts/{name}/charges" "GET /v1/counterparts/{name}/messages" "GET /v1/counterparts/{name}/faults"
        "GET /v1/replicas"
    ];
    OPERATE "operate" "暂停、恢复、探测协助单位" House [Operations] [
        "POST /v1/counterparts/{name}/pause" "POST /v1/counterparts/{name}/resume"
        "POST /v1/counterparts/{name}/probe" "POST /v1/counterparts/{name}/faults/{number}/again"
    ];
    STORE "store" "查看与迁移数据库" House [Operations] ["GET /v1/store" "POST /v1/store/move"];
    METRICS "metrics" "读取监控指标" House [Operations] ["GET /metrics"];
    ANY "self" "本人信息与接口说明" House [
        CaseSystem Officer Approver Supervisor Operations SecurityAdministrator Auditor
    ] [
        "GET /openapi.json" "GET /v1/me" "POST /v1/me/password" "POST /v1/me/totp" "PUT /v1/me/totp" "GET /v1/sessions"
        "DELETE /v1/sessions/{id}"
    ];
    PEOPLE "people" "管理人员与会话" House [SecurityAdministrator] [
        "GET /v1/people" "POST /v1/people" "GET /v1/people/{id}" "PATCH /v1/people/{id}" "POST /v1/people/{id}/reset"
        "GET /v1/people/expiring" "POST /v1/people/{id}/sign-in-certificates"
        "DELETE /v1/people/{id}/sign-in-certificates/{fingerprint}"
    ];
    KEYS "keys" "管理密钥" House [SecurityAdministrator] ["GET /v1/keys" "POST /v1/keys" "DELETE /v1/keys/{id}"];
    LOOKS "looks" "查看留痕" House [Auditor] ["GET /v1/looks" "GET /v1/looks.csv" "GET /v1/looks/alarms" "GET /v1/looks/alarms.csv"];
}

/// A row by its number.
pub fn permission(row: u8) -> Option<&'static Permission> {
    MATRIX.get(usize::from(row))
}

/// The row of a place, such as `GET /v1/cases`; `None` for one that is open to everybody, or that is none.
pub fn permission_of(place: &str) -> Option<&'static Permission> {
    MATRIX.iter().find(|row| row.places.contains(&place))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_place_stands_in_one_row_and_each_act_is_named_once() {
        let (mut places, mut acts) = (BTreeSet::new(), BTreeSet::new());
        for row in MATRIX {
            assert!(acts.insert(row.act), "{} twice", row.act);
            for place in row.places {
                assert!(places.insert(*place), "{place} twice");
            }
        }
        assert_eq!(permission(may::ANY).map(|row| row.act), Some("self"));
        assert_eq!(permission(u8::MAX), None);
    }

    #[test]
    fn a_place_below_a_case_tells_of_cases_whatever_row_it_stands_in() {
        let of_cases = [
            "cases",
            "inquiries",
            "orders",
            "measures",
            "tasks",
            "desk",
            "papers",
            "acts",
            "results",
            "statistics",
        ];
        for row in MATRIX {
            for place in row.places {
                let subject = place.split('/').nth(2).unwrap_or_default();
                assert_eq!(row.shows != Shows::House, of_cases.contains(&subject), "{place}");
            }
        }
        let whole: Vec<&str> = MATRIX
            .iter()
            .filter(|row| row.shows == Shows::Messages)
            .flat_map(|row| row.places.iter().copied())
            .collect();
        assert!(whole.iter().all(|place| place.contains("/raw")), "{whole:?}");
    }

    #[test]
    fn administrators_run_no_inquiries() {
        for row in [
            may::SUBMIT,
            may::PRINT,
            may::REQUERY,
            may::TASKS,
            may::CONTROL,
            may::RESOLVE,
            may::DESK,
            may::RESULTS,
        ] {
            let row = permission(row).expect("a row");
            assert!(!row.roles.iter().any(|role| role.is_administrator()), "{}", row.act);
        }
    }
}
