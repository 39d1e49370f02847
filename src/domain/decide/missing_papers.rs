//! Releases whose papers are missing: a person is asked for them, once, for as long as there is something to be given back.

use chakong_contract::Money;
use rust_decimal::Decimal;
use serde_json::json;

use super::super::{EventType, Measure, MeasureId, ReleaseCause, Task, TaskKind};
use super::draft::{Draft, NewTask};
use super::due::look_daily;
use super::releasing::{ReleaseError, start_release};

/// Why something is to be given back. The task's note begins with its words, by which the task is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// More is held or asked than the claim, or the party's liability, leaves.
    Excess,
    /// No money covers the limit, and the same money is asked elsewhere.
    Uncovered,
    /// The freeze took effect, or its control ended, after nobody wanted it any more.
    Unwanted,
    /// It stood when its claim was closed.
    ClaimClosed,
    /// A natural person keeps too little for living.
    LivingCosts,
}

impl Why {
    const ALL: [Self; 5] =
        [Self::Excess, Self::Uncovered, Self::Unwanted, Self::ClaimClosed, Self::LivingCosts];

    /// Its words, Chinese first.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Excess => "超标的冻结，",
            Self::Uncovered => "未冻结到位的限额另行冻结，",
            Self::Unwanted => "标的已了结、当事人已解除或查控申请已撤回，",
            Self::ClaimClosed => "标的已了结，",
            Self::LivingCosts => {
                "应保留生活必需费用（民诉法第254条）the costs of living stay (民诉法 art. 254)，"
            }
        }
    }

    const fn cause(self) -> ReleaseCause {
        match self {
            Self::Excess => ReleaseCause::Excess,
            Self::Uncovered | Self::LivingCosts => ReleaseCause::Lasting,
            Self::Unwanted | Self::ClaimClosed => ReleaseCause::Unwanted,
        }
    }

    /// Why a task asks for papers; `None` where a person, or something else, asked for them.
    pub fn of(task: &Task) -> Option<Self> {
        Self::ALL.into_iter().find(|why| task.note.starts_with(why.words()))
    }

    /// Whether a task that asks for papers already asks for more than this, or for what the claim does not take away.
    fn is_within(self, asked: Option<Self>) -> bool {
        match asked {
            None | Some(Self::LivingCosts) => matches!(self, Self::Excess | Self::Uncovered),
            Some(Self::Excess) => self == Self::Uncovered,
            Some(Self::Uncovered | Self::Unwanted | Self::ClaimClosed) => false,
        }
    }
}

/// Orders a release on the papers that are there; without them a person must act, once told.
pub fn release_or_task(draft: &mut Draft<'_>, measure: Measure, part: Decimal, why: Why) {
    let Err(error) = start_release(draft, measure.clone(), part, (&[], why.cause())) else { return };
    let note = note_of(why, part, &error);
    match asked_for(draft, measure.id).map(Why::of) {
        Some(asked) if why.is_within(asked) => return,
        Some(_) => {}
        None => draft.tell_with(
            EventType::MeasurePapersMissing,
            &measure,
            None,
            json!({ "to_release": measure.money(part), "reason": note }),
        ),
    }
    draft.task(NewTask::about(TaskKind::BringPapers, &measure, draft.now()), note);
    look_daily(draft, &measure);
}

/// What a task for papers says.
pub fn note_of(why: Why, part: Decimal, error: &ReleaseError) -> String {
    format!("{}{part} 元须解除 {part} yuan must be released: {error}", why.words())
}

/// How much of its measure a task asks to be released, in the measure's currency, as its note says; `None` for all of it, and where the note
/// names no part.
pub fn to_release(task: &Task, measure: &Measure) -> Option<Money> {
    let rest = task.note.strip_prefix(Why::of(task)?.words())?;
    let amount = rest.strip_prefix("须解除 ").unwrap_or(rest).split(" 元").next()?;
    let amount: Decimal = amount.parse().ok()?;
    let is_part = !measure.is_whole() && amount > Decimal::ZERO && amount < measure.limit;
    is_part.then(|| measure.money(amount))
}

/// The task that asks for a measure's papers.
fn asked_for<'d>(draft: &'d Draft<'_>, id: MeasureId) -> Option<&'d Task> {
    let is_it = |task: &&Task| task.kind == TaskKind::BringPapers && task.measure == Some(id);
    draft.file.tasks.iter().find(is_it)
}
