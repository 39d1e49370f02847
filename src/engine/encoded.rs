//! Answers in stored form, made before the store's writer is asked, which then neither serialises nor packs them.

use std::sync::Arc;

use chakong_contract::reply::Answer;
use rustc_hash::FxHashMap;

use crate::domain::{Blob, Change, OrderId};
use crate::store::Stored;
use crate::store::codec::encode_json;

/// Answers as they came, by their order, each with its stored form.
#[derive(Debug, Default)]
pub(super) struct Encoded(FxHashMap<OrderId, (Arc<Answer>, Blob)>);

impl Encoded {
    /// Packs answers.
    ///
    /// # Errors
    /// When one cannot be serialised.
    pub(super) fn of(answers: impl Iterator<Item = (OrderId, Arc<Answer>)>) -> Stored<Self> {
        let pack = |(order, answer): (OrderId, Arc<Answer>)| {
            let stored = encode_json("answer", &*answer)?;
            Ok((order, (answer, stored)))
        };
        answers.map(pack).collect::<Stored<FxHashMap<_, _>>>().map(Self)
    }

    /// Puts the stored form beside each answer that is kept as it came; one that a decision changed is packed by the writer.
    pub(super) fn put_into(&self, changes: &mut [Change]) {
        for change in changes {
            let Change::NewRevision(revision) = change else { continue };
            let came = self.0.get(&revision.order).filter(|(answer, _)| *answer == revision.answer);
            revision.stored = came.map(|(_, stored)| stored.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chakong_contract::reply::{Answer, Reply};

    use super::Encoded;
    use crate::domain::{Change, InquiryId, OrderId, Revision};
    use crate::store::codec::decode_json;

    fn revision(reply: Reply) -> Change {
        Change::NewRevision(Box::new(Revision {
            root: OrderId::new(1),
            number: 1,
            order: OrderId::new(1),
            inquiry: InquiryId::new(1),
            at: jiff::Timestamp::UNIX_EPOCH,
            answer: Arc::new(Answer::of(reply)),
            stored: None,
            raw: None,
            raw_digest: String::new(),
            connector: String::new(),
            differences: None,
            cached_from: None,
        }))
    }

    #[test]
    fn an_answer_that_is_kept_as_it_came_has_its_own_stored_form_and_another_has_none() {
        let came = Answer::of(Reply::Nothing);
        let encoded = Encoded::of([(OrderId::new(1), Arc::new(came.clone()))].into_iter()).expect("packed");
        let mut changes =
            [revision(Reply::Nothing), revision(Reply::Released { amount: None, words: String::new() })];
        encoded.put_into(&mut changes);
        let stored = |change: &Change| match change {
            Change::NewRevision(revision) => revision.stored.clone(),
            _ => None,
        };
        let own: Answer =
            decode_json("answer", stored(&changes[0]).expect("its form").as_stored()).expect("read");
        assert_eq!((own, stored(&changes[1])), (came, None));
    }
}
