//! Prints: their numbers, and that they are kept.

use super::Engine;
use crate::domain::{AuditEntry, Change, IdKind, NewPrint, Print, PrintId};
use crate::store::{StoreError, Stored};

impl Engine {
    /// Numbers for prints that are to be made. One that is not kept in the end is not given again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn number_prints(&self, count: usize) -> Stored<Vec<PrintId>> {
        let number = |tx: &mut dyn crate::store::Tx, count: &usize, _: crate::domain::decide::Facts<'_>| {
            Ok((0..*count).map(|_| PrintId::new(tx.next(IdKind::Print))).collect())
        };
        self.execute(count, number).await
    }

    /// Keeps prints, each with its line in the audit.
    ///
    /// # Errors
    /// When the store fails; none of them is kept then.
    pub async fn keep_prints(&self, prints: Vec<NewPrint>) -> Stored<()> {
        self.execute(prints, |tx, prints, _| {
            let mut changes = Vec::new();
            for new in prints {
                let case = tx.case(new.print.case)?.ok_or(StoreError::Missing("the case"))?;
                // The case may have become part of another chain meanwhile.
                let print = Print { chain: case.chain, ..new.print.clone() };
                changes.push(Change::Audit(line(&print, case.number.as_str())));
                changes.push(Change::NewPrint(NewPrint { print, bytes: new.bytes.clone() }));
            }
            tx.write(&changes)
        })
        .await
    }
}

fn line(print: &Print, case: &str) -> AuditEntry {
    AuditEntry {
        at: print.at,
        actor: print.actor.clone(),
        act: "print".to_owned(),
        subject: case.to_owned(),
        reason: String::new(),
        detail: Some(serde_json::json!({
            "print": print.number(),
            "kind": print.kind,
            "format": print.format,
            "about": print.about,
            "sha256": print.sha256,
        })),
        refused: None,
    }
}
