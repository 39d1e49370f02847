//! What stands in an account, as it is fed back.

use super::super::script::{ScriptProduct, ScriptRight, ScriptSubAccount};
use super::held::{Held, amount};
use crate::wire::{AccountRow, FreezeRow, ProductRow, RightRow, SubAccountRow};

impl Held {
    /// The freezes that stand, others' first.
    pub(super) fn freeze_rows(&self) -> Vec<FreezeRow> {
        let others = self.script.freezes.iter().map(|freeze| FreezeRow {
            holder: freeze.court.clone(),
            document: freeze.document.clone(),
            amount: amount(freeze.amount),
            until: freeze.until.map(|until| until.strftime("%Y/%m/%d").to_string()).unwrap_or_default(),
            remark: "金额冻结".into(),
            ..FreezeRow::default()
        });
        let ours = self.measures.iter().map(|measure| FreezeRow {
            holder: measure.court.clone(),
            document: measure.document.clone(),
            amount: amount(measure.held),
            until: measure.until.clone(),
            remark: "金额冻结".into(),
            ..FreezeRow::default()
        });
        others
            .chain(ours)
            .zip(1..)
            .map(|(row, sequence): (_, u32)| FreezeRow { sequence: sequence.to_string(), ..row })
            .collect()
    }

    /// Rights of others.
    pub(super) fn right_rows(&self) -> Vec<RightRow> {
        let row = |(right, sequence): (&ScriptRight, u32)| RightRow {
            sequence: sequence.to_string(),
            class: right.class.clone(),
            holder: right.holder.clone(),
            amount: amount(right.amount),
            ..RightRow::default()
        };
        self.script.rights.iter().zip(1..).map(row).collect()
    }

    /// The account as it is fed back.
    pub(super) fn row(&self) -> AccountRow {
        let script = &self.script;
        let opened = script.opened.map(|date| date.strftime("%Y/%m/%d 00:00:00").to_string());
        AccountRow {
            account: script.number.clone(),
            class: script.class.clone(),
            status: script.status.clone(),
            branch: script.branch.clone(),
            branch_code: script.branch_code.clone(),
            opened: opened.unwrap_or_default(),
            currency: script.currency.clone(),
            balance: amount(self.balance_of("")),
            available: amount(self.available),
            remark: script.remark.clone(),
            products: self.product_rows(),
            freezes: self.freeze_rows(),
            rights: self.right_rows(),
            sub_accounts: self.sub_account_rows(),
            ..AccountRow::default()
        }
    }

    fn sub_account_rows(&self) -> Vec<SubAccountRow> {
        let row = |(sub, sequence): (&ScriptSubAccount, u32)| SubAccountRow {
            sequence: sequence.to_string(),
            main_account: self.script.number.clone(),
            class: sub.class.clone(),
            sub_account: sub.number.clone(),
            currency: self.script.currency.clone(),
            balance: amount(self.balance_of(&sub.number)),
            available: amount(self.sub_accounts.get(&sub.number).copied().unwrap_or_default()),
            ..SubAccountRow::default()
        };
        self.script.sub_accounts.iter().zip(1..).map(row).collect()
    }

    fn product_rows(&self) -> Vec<ProductRow> {
        let row = |(product, sequence): (&ScriptProduct, u32)| ProductRow {
            sequence: sequence.to_string(),
            name: product.name.clone(),
            class: product.class.clone(),
            product_number: product.number.clone(),
            redemption_account: self.script.number.clone(),
            unit: product.unit.clone(),
            currency: self.script.currency.clone(),
            unit_price: amount(product.unit_price),
            quantity: amount(product.quantity),
            controllable: amount(self.units.get(&product.number).copied().unwrap_or_default()),
            ..ProductRow::default()
        };
        self.script.products.iter().zip(1..).map(row).collect()
    }
}
