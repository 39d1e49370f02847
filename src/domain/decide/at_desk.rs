//! Work at the desk: who may do what about an order there, and what follows. An order's own state is another matter.

use jiff::Timestamp;

use super::super::{
    Blob, DeskItem, DeskMark, DeskNotice, DeskState, DeskWork, OrderRecord, OrderState, SentBack,
};
use super::orders::leaves_unknown;
use super::{Decided, Rejected};

/// What is done about an order on the desk.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskMove {
    /// Somebody takes it, or takes it over from a colleague, which needs a reason; empty where none was said.
    Take(String),
    /// The notice is printed under this number.
    Print(String),
    /// An answer is entered, which a second person must check.
    Enter(Blob),
    /// An answer is entered that nobody must check.
    Settle,
    /// The answer that was entered is agreed to.
    Agree,
    /// The answer that was entered is sent back.
    SendBack(String),
}

impl DeskMove {
    /// The word in the audit.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Take(_) => "desk_take",
            Self::Print(_) => "desk_notice",
            Self::Enter(_) | Self::Settle => "desk_answer",
            Self::Agree => "desk_check",
            Self::SendBack(_) => "desk_send_back",
        }
    }
}

/// An order on the desk after a move.
///
/// # Errors
/// [`Rejected::NotNow`] where it does not stand so, [`Rejected::Forbidden`] where another person must do it.
pub fn moved(item: &DeskItem, what: &DeskMove, by: &str, at: Timestamp) -> Decided<DeskItem> {
    let mark = || Some(DeskMark { by: by.to_owned(), at });
    let mut next = DeskItem { version: item.version.saturating_add(1), ..item.clone() };
    match what {
        DeskMove::Take(reason) => {
            may_be_taken(item, by, reason)?;
            next.state = DeskState::Taken;
            next.work.taken = mark();
        }
        DeskMove::Print(number) => {
            must_be_taken_by(item, by)?;
            next.work.notice = Some(DeskNotice { number: number.clone(), by: by.to_owned(), at });
        }
        DeskMove::Enter(_) | DeskMove::Settle => {
            must_be_taken_by(item, by)?;
            next.work = DeskWork { entered: mark(), checked: None, sent_back: None, ..next.work };
            (next.state, next.entered) = match what {
                DeskMove::Enter(answer) => (DeskState::ToCheck, Some(answer.clone())),
                _ => (DeskState::Done, None),
            };
        }
        DeskMove::Agree => {
            must_be_checked_by_another(item, by)?;
            (next.state, next.entered) = (DeskState::Done, None);
            next.work.checked = mark();
        }
        DeskMove::SendBack(reason) => {
            must_be_checked_by_another(item, by)?;
            next.state = DeskState::Taken;
            next.work.sent_back = Some(SentBack { reason: reason.clone(), by: by.to_owned(), at });
        }
    }
    Ok(next)
}

fn may_be_taken(item: &DeskItem, by: &str, reason: &str) -> Decided<()> {
    let holder = item.work.taken.as_ref().map(|taken| taken.by.as_str());
    match (item.state, holder) {
        (DeskState::Taken, Some(holder)) if holder == by => {
            Err(not_now("您已领取 you have taken it already"))
        }
        (DeskState::Taken, Some(holder)) if reason.is_empty() => Err(Rejected::NotNow(format!(
            "已由{holder}领取，接办须说明理由 {holder} has taken it: say why you take it over"
        ))),
        (DeskState::ToCheck, _) => Err(not_now(
            "反馈已录入，等待复核 an answer was entered and waits for a second person: check it, or send it back",
        )),
        // One that is done is taken once more where the counterpart says something else later, or it was entered wrongly.
        (DeskState::Done, _) if reason.is_empty() => {
            Err(not_now("该请求已办结，更正反馈须说明理由 its answer was taken in: say why it is corrected"))
        }
        (DeskState::Open | DeskState::Taken | DeskState::Done, _) => Ok(()),
    }
}

fn must_be_taken_by(item: &DeskItem, by: &str) -> Decided<()> {
    let taken_by = item.work.taken.as_ref().map(|taken| taken.by.as_str());
    match (item.state, taken_by) {
        (DeskState::Taken, Some(other)) if other == by => Ok(()),
        (DeskState::Taken, Some(other)) => Err(Rejected::NotNow(format!(
            "已由{other}领取，须由其办理或先领取 {other} has taken it: take it over first"
        ))),
        (DeskState::ToCheck, _) => {
            Err(not_now("反馈已录入，等待复核 an answer was entered and waits for a second person"))
        }
        _ => Err(not_now("请先领取 take it first")),
    }
}

fn must_be_checked_by_another(item: &DeskItem, by: &str) -> Decided<()> {
    if item.state != DeskState::ToCheck {
        return Err(not_now("没有待复核的反馈 no answer waits to be checked"));
    }
    if item.work.entered.as_ref().is_some_and(|entered| entered.by == by) {
        return Err(Rejected::Forbidden(
            "录入人不得复核本人录入的反馈 nobody checks what they entered; another person must".to_owned(),
        ));
    }
    Ok(())
}

fn not_now(words: &str) -> Rejected {
    Rejected::NotNow(words.to_owned())
}

/// Whether an order may be carried to its counterpart now: one that was withdrawn, or whose time passed before anybody carried it, may
/// have been asked elsewhere since, and a control that left over another line may have been done.
///
/// # Errors
/// [`Rejected::NotNow`], with what to do.
pub fn may_be_carried(order: &OrderRecord, item: &DeskItem) -> Decided<()> {
    let was_carried = order.sent.is_some();
    let left_before = order.is_control() && item.work.notice.is_none() && left_elsewhere(order);
    match order.state {
        OrderState::Queued
        | OrderState::Sending
        | OrderState::Awaiting
        | OrderState::Overdue
        | OrderState::Undetermined
            if left_before =>
        {
            Err(not_now(
                "此前已由其他线路送出，请先核实结果 it left over another line before: resolve it first",
            ))
        }
        OrderState::Queued | OrderState::Sending | OrderState::Awaiting => Ok(()),
        OrderState::Overdue if was_carried || !order.is_control() => Ok(()),
        OrderState::Undetermined if was_carried => Ok(()),
        OrderState::Overdue => Err(not_now(
            "期限已过且未送达，请按台账重新办理 its time passed before it was carried: order the act anew in the case",
        )),
        OrderState::Cancelled => Err(not_now("请求已撤回，不再办理 it was withdrawn: do not carry it")),
        OrderState::Answered | OrderState::Refused => {
            Err(not_now("已有反馈，无须再送 it was answered: there is nothing to carry"))
        }
        OrderState::Failed | OrderState::Undetermined => {
            Err(not_now("该请求已结束 the order came to its end: order the act anew in the case"))
        }
    }
}

/// Whether an answer to an order may be entered now. Nobody answers a control that nobody brought: a paper about it is about another.
/// Of one whose outcome nobody knows it is not known that it was not brought.
///
/// # Errors
/// [`Rejected::NotNow`], with what to do.
pub fn may_be_answered(order: &OrderRecord, item: &DeskItem) -> Decided<()> {
    let was_brought = item.work.notice.is_some()
        || order.sent.is_some()
        || order.state == OrderState::Undetermined
        || left_elsewhere(order);
    if order.is_control() && !was_brought {
        return Err(not_now(
            "尚未打印协助通知，不能录入反馈，请先打印并送达 the notice was not printed: print it and carry it along first",
        ));
    }
    Ok(())
}

/// Whether an order of which no notice was printed may have reached the counterpart over the line that it had before.
fn left_elsewhere(order: &OrderRecord) -> bool {
    let state_says = match order.state {
        OrderState::Sending => true,
        OrderState::Awaiting | OrderState::Overdue | OrderState::Undetermined => order.sent.is_some(),
        _ => false,
    };
    state_says
        || order.ticket.is_some()
        || order.fault.as_ref().is_some_and(|fault| leaves_unknown(fault.kind))
}

#[cfg(test)]
mod tests {
    use super::super::super::OrderId;
    use super::*;

    fn at() -> Timestamp {
        "2026-11-24T02:00:00Z".parse().expect("an instant")
    }

    fn open() -> DeskItem {
        DeskItem {
            order: OrderId::default(),
            lane: "county-bank".to_owned(),
            court: "T10".to_owned(),
            deadline: at(),
            state: DeskState::Open,
            version: 1,
            work: DeskWork::default(),
            entered: None,
        }
    }

    fn done(item: &DeskItem, what: &DeskMove, by: &str) -> DeskItem {
        moved(item, what, by, at()).unwrap_or_else(|why| panic!("{what:?}: {why}"))
    }

    fn refused(item: &DeskItem, what: &DeskMove, by: &str) -> Rejected {
        moved(item, what, by, at()).expect_err("it is refused")
    }

    fn take() -> DeskMove {
        DeskMove::Take(String::new())
    }

    fn answer() -> DeskMove {
        DeskMove::Enter(Blob::stored([1].as_slice()))
    }

    #[test]
    fn who_takes_it_prints_and_enters_and_another_checks() {
        let taken = done(&open(), &take(), "1001");
        let printed = done(&taken, &DeskMove::Print("DY1".to_owned()), "1001");
        let entered = done(&printed, &answer(), "1001");
        assert_eq!((entered.state, entered.version), (DeskState::ToCheck, 4));
        assert!(entered.entered.is_some());
        assert!(matches!(refused(&entered, &DeskMove::Agree, "1001"), Rejected::Forbidden(_)));
        assert!(matches!(refused(&entered, &take(), "1002"), Rejected::NotNow(_)));
        let agreed = done(&entered, &DeskMove::Agree, "1002");
        assert_eq!((agreed.state, agreed.entered), (DeskState::Done, None));
        assert_eq!(agreed.work.checked.map(|mark| mark.by).as_deref(), Some("1002"));
    }

    #[test]
    fn what_is_sent_back_is_entered_again_and_nobody_sends_back_their_own() {
        let entered = done(&done(&open(), &take(), "1001"), &answer(), "1001");
        let back = DeskMove::SendBack("金额与回执不符".to_owned());
        assert!(matches!(refused(&entered, &back, "1001"), Rejected::Forbidden(_)));
        let again = done(&entered, &back, "1002");
        assert_eq!(again.state, DeskState::Taken);
        assert!(again.entered.is_some(), "what was entered is there to be corrected");
        let entered = done(&again, &answer(), "1001");
        assert_eq!(entered.work.sent_back, None);
    }

    #[test]
    fn nobody_works_on_what_another_has_before_taking_it_over() {
        let taken = done(&open(), &take(), "1001");
        for what in [DeskMove::Print("DY1".to_owned()), answer(), DeskMove::Settle] {
            assert!(matches!(refused(&taken, &what, "1002"), Rejected::NotNow(_)), "{what:?}");
            assert!(matches!(refused(&open(), &what, "1001"), Rejected::NotNow(_)), "{what:?}");
        }
        assert!(matches!(refused(&taken, &take(), "1002"), Rejected::NotNow(_)), "not without a reason");
        let over = done(&taken, &DeskMove::Take("1001休假".to_owned()), "1002");
        assert_eq!(over.work.taken.as_ref().map(|mark| mark.by.as_str()), Some("1002"));
        assert!(matches!(refused(&over, &take(), "1002"), Rejected::NotNow(_)));
        let settled = done(&over, &DeskMove::Settle, "1002");
        assert_eq!(settled.state, DeskState::Done);
        assert!(matches!(refused(&settled, &answer(), "1002"), Rejected::NotNow(_)));
        let later = DeskMove::Take("协助单位更正".to_owned());
        assert_eq!(done(&settled, &later, "1002").state, DeskState::Taken, "a later word is entered too");
    }
    #[test]
    fn an_answer_that_was_taken_in_is_corrected_with_a_reason_and_not_by_a_click() {
        let settled = done(&done(&open(), &take(), "1001"), &DeskMove::Settle, "1001");
        for by in ["1001", "1002"] {
            assert!(matches!(refused(&settled, &take(), by), Rejected::NotNow(_)), "{by}");
            let again = done(&settled, &DeskMove::Take("金额录入有误".to_owned()), by);
            assert_eq!(again.state, DeskState::Taken, "{by}");
            assert_eq!(again.work.entered, settled.work.entered, "who entered it before stays told");
        }
    }
}
