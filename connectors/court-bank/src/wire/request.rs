//! Requests, court to bank (protocol sections 2, 4 and 6).

use super::row::row;

row! {
    /// One query (protocol section 2).
    QueryRequestRow = "cxqq" in "cxqqList" {
        optional {}
        always {
            /// Request number.
            number = "BDHM",
            /// Class of the counterpart.
            class = "LB",
            /// Query or control.
            nature = "XZ",
            /// Name of the party.
            name = "XM",
            /// Kind of identity document, protocol section 7.1.
            document_kind = "ZJLX",
            /// Number of the identity document.
            document_number = "DSRZJHM",
            /// First generation: country or region.
            country = "GJ",
            /// First generation: where the issuing authority is.
            authority_place = "FZJG",
            /// Name of the court.
            court_name = "FYMC",
            /// Code of the court.
            court_code = "FYDM",
            /// Handling officer.
            officer = "CBR",
            /// The officer's telephone.
            phone = "YHDH",
            /// Case number.
            case_number = "AH",
            /// Number of the officer's work certificate.
            work_certificate = "GZZBH",
            /// Number of the officer's enforcement certificate.
            enforcement_certificate = "GWZBH",
            /// Title of the notice.
            notice = "CKH",
            /// Transactions wanted from; blank means none are wanted.
            transactions_from = "CKKSSJ",
            /// Transactions wanted until.
            transactions_until = "CKJSSJ",
            /// Key of the legal documents.
            document_key = "WSBH",
        }
        lists {}
    }
}

row! {
    /// One control request with its accounts (protocol section 4).
    ControlRequestRow = "kzqq" in "kzqqList" {
        optional {}
        always {
            /// Request number.
            number = "BDHM",
            /// Class of the counterpart.
            class = "LB",
            /// Query or control.
            nature = "XZ",
            /// Name of the party.
            name = "XM",
            /// Kind of identity document, protocol section 7.1.
            document_kind = "ZJLX",
            /// Number of the identity document.
            document_number = "DSRZJHM",
            /// Name of the court.
            court_name = "FYMC",
            /// Code of the court.
            court_code = "FYDM",
            /// Handling officer.
            officer = "CBR",
            /// The officer's telephone.
            phone = "YHDH",
            /// Case number.
            case_number = "AH",
            /// Number of the officer's work certificate.
            work_certificate = "GZZBH",
            /// Number of the officer's enforcement certificate.
            enforcement_certificate = "GWZBH",
            /// Title of the notice.
            notice = "CKH",
            /// The officer's address.
            address = "LXFS",
            /// Remark.
            remark = "BEIZ",
        }
        lists {
            /// The accounts; the gateway asks for exactly one.
            targets: TargetRow = "kzzhlist",
        }
    }
}

row! {
    /// One account to be controlled (protocol section 4).
    TargetRow = "kzzh" in "kzzhlist" {
        optional {}
        always {
            /// Sequence within the request.
            sequence = "CCXH",
            /// Deposit or product.
            class = "KZLX",
            /// Measure, protocol section 7.3.
            measure = "KZCS",
            /// Account number.
            account = "KHZH",
            /// Sub-account, as fed back.
            sub_account = "GLZHHM",
            /// Account class.
            account_class = "CCLB",
            /// Branch.
            branch = "KHWD",
            /// Branch code.
            branch_code = "KHWDDM",
            /// Product name.
            product_name = "ZCMC",
            /// Product type.
            product_class = "ZCLX",
            /// Manner of sale.
            product_sale = "CPXSZL",
            /// Region number.
            region = "DQH",
            /// Product number.
            product_number = "JRCPBH",
            /// Wealth account.
            wealth_account = "LCZH",
            /// Redemption account.
            redemption_account = "ZJHKZH",
            /// Unit of measure.
            unit = "JLDW",
            /// Money of the account, or the account.
            content = "KZNR",
            /// Currency of the limit.
            currency = "BZ",
            /// Quantity of a product.
            quantity = "SE",
            /// The limit.
            amount = "JE",
            /// Measure from.
            from = "KSRQ",
            /// Measure until.
            until = "JSRQ",
            /// Whether to convert currency.
            convert = "SFJH",
            /// Number of the ruling.
            ruling = "CKWH",
            /// Court account: name (deduction only, like the four that follow).
            payee_name = "ZXKZHHM",
            /// Court account: bank.
            payee_bank = "ZXKZHKHH",
            /// Court account: bank's number.
            payee_bank_code = "ZXKZHKHHHH",
            /// Court account: number.
            payee_account = "ZXKZHZH",
            /// Court account: type.
            payee_class = "ZXKZHLX",
            /// Request number of the original freeze.
            original = "YDJDH",
            /// Case number of the original freeze.
            original_case = "YDJAH",
        }
        lists {}
    }
}

row! {
    /// A legal document (protocol section 6): keyed by document key for queries, by request number for controls.
    DocumentRow = "wsinfo" in "wsinfoList" {
        optional {
            /// Key of a query's documents.
            document_key = "WSBH",
            /// Request number of the control.
            number = "BDHM",
        }
        always {
            /// Sequence.
            sequence = "XH",
            /// Title.
            title = "WJMC",
            /// File extension.
            format = "WJLX",
            /// Kind of document.
            kind = "WSLB",
            /// MD5 of the file, lower-case hexadecimal.
            md5 = "MD5",
            /// The file, Base64.
            content = "WSNR",
        }
        lists {}
    }
}

row! {
    /// The certificates of an officer (protocol section 6).
    CertificateRow = "zjinfo" in "zjinfoList" {
        optional {}
        always {
            /// Request number.
            number = "BDHM",
            /// Sequence.
            sequence = "XH",
            /// Whose certificates.
            name = "ZJMC",
            /// Number of the work certificate.
            work_certificate = "GZZBM",
            /// File extension of its image.
            work_format = "GZZWJGS",
            /// Its image, Base64.
            work_image = "GZZ",
            /// Number of the enforcement certificate.
            enforcement_certificate = "GWZBM",
            /// File extension of its image.
            enforcement_format = "GWZWJGS",
            /// Its image, Base64.
            enforcement_image = "GWZ",
        }
        lists {}
    }
}
