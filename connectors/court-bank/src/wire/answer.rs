//! Answers, bank to court, and returns both ways (protocol sections 3, 5 and 8).

use super::row::row;

row! {
    /// One account of an answer to a query, or one of the texts that stand in place of an account (protocol section 3.1).
    AccountRow = "zhxx" in "zhxxList" {
        optional {
            /// First generation: whether overdrawn.
            overdrawn = "SFTZ",
        }
        always {
            /// Request number.
            number = "BDHM",
            /// Sequence within the request.
            sequence = "CCXH",
            /// Account number, or a text of [`super::code::StandIn`].
            account = "KHZH",
            /// Class.
            class = "CCLB",
            /// Status.
            status = "ZHZT",
            /// Branch.
            branch = "KHWD",
            /// Branch code.
            branch_code = "KHWDDM",
            /// Opened.
            opened = "KHRQ",
            /// Closed.
            closed = "XHRQ",
            /// Currency.
            currency = "BZ",
            /// Balance.
            balance = "YE",
            /// Available balance.
            available = "KYYE",
            /// Linked settlement account.
            linked_account = "GLZJZH",
            /// When the bank answered.
            answered_at = "FKSJ",
            /// Postal address.
            address = "TXDZ",
            /// Postal code.
            postal_code = "YZBM",
            /// Telephone.
            phone = "LXDH",
            /// Remark.
            remark = "BEIZ",
        }
        lists {
            /// Financial products.
            products: ProductRow = "jrxxList",
            /// Existing freezes.
            freezes: FreezeRow = "djxxList",
            /// Transactions.
            transactions: TransactionRow = "wlxxList",
            /// Rights of others.
            rights: RightRow = "qlxxList",
            /// Sub-accounts.
            sub_accounts: SubAccountRow = "glxxList",
        }
    }
}

row! {
    /// A financial product (protocol section 3.2).
    ProductRow = "jrxx" in "jrxxList" {
        optional {}
        always {
            /// Sequence.
            sequence = "ZCXH",
            /// Name.
            name = "ZCMC",
            /// Type.
            class = "ZCLX",
            /// Manner of sale.
            sale = "CPXSZL",
            /// Region number.
            region = "DQH",
            /// Product number.
            product_number = "JRCPBH",
            /// Wealth account.
            wealth_account = "LCZH",
            /// Redemption account.
            redemption_account = "ZJHKZH",
            /// Manager.
            manager = "ZCGLR",
            /// Whether it can be traded through the bank.
            tradable = "ZCKFJY",
            /// Restriction of trade.
            restriction = "ZCJYXZ",
            /// When the restriction ends.
            restricted_until = "XZXCRQ",
            /// Pledgee.
            pledgee = "ZYQR",
            /// Custodian.
            custodian = "TGR",
            /// Beneficiary.
            beneficiary = "SYR",
            /// Founded.
            founded = "CLR",
            /// Redeemable.
            redeemable = "SHR",
            /// Custody account.
            custody_account = "TGZH",
            /// Unit of measure.
            unit = "JLDW",
            /// Currency.
            currency = "BZ",
            /// Price of a unit.
            unit_price = "ZCDWJG",
            /// Quantity, share or amount.
            quantity = "SE",
            /// The part that can be controlled.
            controllable = "KYSE",
            /// Total value.
            value = "ZCZJE",
            /// Remark.
            remark = "BEIZ",
        }
        lists {}
    }
}

row! {
    /// An existing or earlier freeze (protocol sections 3.3 and 5).
    FreezeRow = "djxx" in "djxxList" {
        optional {
            /// Request number, repeated by some banks.
            number = "BDHM",
            /// Account sequence, repeated by some banks.
            account_sequence = "CCXH",
            /// Product sequence.
            product_sequence = "ZCXH",
            /// Product number.
            product_number = "JRCPBH",
            /// First generation: whether frozen.
            frozen = "SFBDJ",
            /// Type of a preferred right, stray in one bank's answers.
            right_class = "YXSCQLX",
        }
        always {
            /// Sequence.
            sequence = "CSXH",
            /// Last day.
            until = "DJJZRQ",
            /// Who froze.
            holder = "DJJG",
            /// Document number.
            document = "DJWH",
            /// Amount.
            amount = "DJJE",
            /// Remark.
            remark = "BEIZ",
        }
        lists {}
    }
}

row! {
    /// A transaction (protocol section 3.4).
    TransactionRow = "wlxx" in "wlxxList" {
        optional {
            /// Request number, when transactions are fed back on their own.
            number = "BDHM",
            /// Account sequence, likewise.
            account_sequence = "CCXH",
        }
        always {
            /// Sequence.
            sequence = "WLXH",
            /// Kind.
            class = "JYZL",
            /// Direction.
            direction = "ZJLX",
            /// Currency.
            currency = "BZ",
            /// Amount.
            amount = "JE",
            /// When.
            at = "JYSJ",
            /// The bank's serial number.
            serial = "JYLSH",
            /// Name of the other side.
            other_name = "ZCKZXM",
            /// Account of the other side.
            other_account = "ZCKZH",
            /// Bank of the other side.
            other_bank = "ZCKZHKHH",
            /// Number of that bank.
            other_bank_code = "JYDSYHHH",
            /// Kind of identity document of the other side.
            other_document_kind = "JYDSZJLX",
            /// Its number.
            other_document_number = "JYDSZJHM",
            /// Address of the other side.
            other_address = "JYDSTXDZ",
            /// Postal code of the other side.
            other_postal_code = "JYDSYZBM",
            /// Telephone of the other side.
            other_phone = "JYDSLXDH",
            /// Remark.
            remark = "BEIZ",
        }
        lists {}
    }
}

row! {
    /// A co-ownership or preferred right (protocol sections 3.5 and 5).
    RightRow = "qlxx" in "qlxxList" {
        optional {
            /// Request number, repeated by some banks.
            number = "BDHM",
            /// Account sequence, repeated by some banks.
            account_sequence = "CCXH",
            /// Product sequence.
            product_sequence = "ZCXH",
            /// Product number.
            product_number = "JRCPBH",
        }
        always {
            /// Sequence.
            sequence = "XH",
            /// Kind of right.
            class = "QLLX",
            /// Who holds it.
            holder = "QLR",
            /// Amount.
            amount = "QLJE",
            /// The holder's address.
            holder_address = "QLRDZ",
            /// The holder's telephone.
            holder_phone = "QLRLXFS",
            /// Remark.
            remark = "BEIZ",
        }
        lists {}
    }
}

row! {
    /// A sub-account (protocol section 3.6).
    SubAccountRow = "glxx" in "glxxList" {
        optional {
            /// First generation: name of the managing unit.
            manager = "GLZHMC",
        }
        always {
            /// Sequence.
            sequence = "GLXH",
            /// Main account.
            main_account = "ZKHZH",
            /// Class.
            class = "GLZHLB",
            /// Number; exactly this text comes back in a control.
            sub_account = "GLZHHM",
            /// Currency.
            currency = "BZ",
            /// Balance.
            balance = "YE",
            /// Available balance.
            available = "KYYE",
            /// Remark.
            remark = "BEIZ",
        }
        lists {}
    }
}

row! {
    /// The result of one control (protocol section 5).
    ControlRow = "kzxx" in "kzxxList" {
        optional {}
        always {
            /// Request number.
            number = "BDHM",
            /// Sequence within the request.
            sequence = "CCXH",
            /// Account number.
            account = "KHZH",
            /// Product number.
            product_number = "JRCPBH",
            /// Wealth account.
            wealth_account = "LCZH",
            /// Money of the account, or the account.
            content = "KZNR",
            /// Controlled or not.
            state = "KZZT",
            /// Balance after the measure.
            balance = "YE",
            /// Available balance after the measure.
            available = "KYYE",
            /// Measure from.
            from = "CSKSRQ",
            /// Measure until.
            until = "CSJSRQ",
            /// Limit of the measure.
            limit = "DJXE",
            /// Quantity of a product really controlled.
            held_quantity = "SKSE",
            /// What is really held or released.
            held = "SKJE",
            /// The part of the limit that no money covers.
            uncovered = "CESKJE",
            /// Why it was not done.
            reason = "WNKZYY",
            /// Remark.
            remark = "BEIZ",
        }
        lists {
            /// Earlier freezes.
            freezes: FreezeRow = "djxxList",
            /// Rights of others.
            rights: RightRow = "qlxxList",
        }
    }
}

row! {
    /// A receipt document (protocol section 5).
    ReceiptRow = "hzxx" in "hzxxList" {
        optional {}
        always {
            /// Request number.
            number = "BDHM",
            /// Title.
            title = "WJMC",
            /// File extension.
            format = "WJLX",
            /// Kind of document.
            kind = "WSLB",
            /// The file, Base64.
            content = "WSNR",
            /// MD5 of the file, lower-case hexadecimal.
            md5 = "MD5",
        }
        lists {}
    }
}

row! {
    /// A return of a request, or the receipt for a feedback that failed (protocol section 8).
    ReturnRow = "htxx" in "htxxList" {
        optional {}
        always {
            /// Request number.
            number = "BDHM",
            /// Reason.
            reason = "XCHTYY",
            /// Remark on the reason.
            remark = "XCHTBZ",
            /// Whom to ask.
            contact = "XCHTR",
            /// Telephone of that person.
            phone = "XCHTDH",
        }
        lists {}
    }
}
