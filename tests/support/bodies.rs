//! Bodies with fresh ids, in the shape of the published pages and with real words in them.

/// What stands before the number of a body.
const MARK: &str = "CSN-";

/// A payment response of one invoice: the message id, the payment and the invoice are its own.
pub(crate) fn payment(number: u64) -> Vec<u8> {
    payment_by(
        &format!("{MARK}{number:020}"),
        number,
        "HDFCR52025070612345678",
    )
}

/// The same, with a message id and a bank reference of one's choice.
pub(crate) fn payment_by(message: &str, number: u64, utr: &str) -> Vec<u8> {
    format!(
        r#"{{
    "resp": {{"reqMsgId": "{message}", "result": "SUCCESS", "errorCd": "", "errorDtl": "", "errorField": ""}},
    "b2bIds": {{"buyerB2BId": "meridian.buying@enk", "supplierB2BId": "kaveri.components@enk"}},
    "payment": {{
        "objectId": "PMT{number:032x}", "ts": "2025-07-06T11:53:03+05:30", "type": "ONPLATFORM", "mode": "NEFT",
        "utr": "{utr}", "currency": "INR",
        "paymentAmount": {{"netPaidAmount": 2400.00, "netAdjustmentAmount": 0.00, "totalAmount": 2400.00, "currency": "INR"}},
        "invoicesPayInfos": [{{
            "objectId": "INV{number:032x}", "supplierInvoiceNumber": "KC/25-26/{number}",
            "objectVersion": {{"currentVersion": 1, "newVersion": 1}},
            "statusTransition": {{"currentStatus": "ACCEPTED", "newStatus": "PAYMENT INITIATED"}},
            "invoiceAmount": {{"dueAmount": 2400.00, "totalAmount": 2400.00, "currency": "INR"}},
            "invoicePaymentAmount": {{
                "netPaidAmount": 2400.00, "netAdjustmentAmount": 0.00, "totalAmount": 2400.00, "currency": "INR",
                "splits": [{{"name": "TDS", "value": 0.00, "refNo": "R{number}"}}]
            }},
            "supplierBankAccountDetails": {{
                "maskedAccountNumber": "XXXXXX1234", "ifsc": "HDFC0000001",
                "beneficiaryName": "Kaveri Components", "businessVPA": "kaveri@hdfcbank"
            }}
        }}]
    }},
    "additionalInfos": [{{"name": "branch", "value": "Bengaluru"}}]
}}"#
    )
    .into_bytes()
}

/// The number of a body made by [`payment`].
pub(crate) fn number(body: &[u8]) -> u64 {
    let text = std::str::from_utf8(body).unwrap();
    let (_, rest) = text.split_once(MARK).unwrap();
    rest[..20].parse().unwrap()
}

/// A payment's confirmation by the supplier, which is answered with the receipt's id.
pub(crate) fn confirmation(number: u64) -> String {
    confirmation_saying(number, "Received in full")
}

/// The same with remarks of one's choice, as they stand in JSON.
pub(crate) fn confirmation_saying(number: u64, remarks: &str) -> String {
    format!(
        r#"{{"device":{{"tag":{{"name":"GEOCODE","value":"12.9716,77.5946"}}}},"b2bIds":{{"buyerB2BId":"meridian.buying@enk","supplierB2BId":"kaveri.components@enk"}},"paymentConfirmation":{{"objectId":"PMT{number:032x}","ts":"2025-07-08T10:41:07+05:30","type":"ONPLATFORM","supplierResponse":"ACCEPT","supplierRemarks":"{remarks}","invoiceInfos":[{{"objectId":"INV{number:032x}","supplierInvoiceNumber":"KC/25-26/0093","objectVersion":{{"currentVersion":1,"newVersion":1}},"statusTransition":{{"currentStatus":"PAYMENT INITIATED","newStatus":"PAID"}}}}]}}}}"#
    )
}
