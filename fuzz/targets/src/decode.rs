//! The body of a successful answer, from any bytes to a model or an error.

use std::fmt::Debug;

use bytes::Bytes;
use partner_center::models::Findings;
use partner_center::{ErrorKind, fuzz};
use partner_center_client::Operation;
#[expect(deprecated, reason = "superseded operations are called all the same")]
use partner_center_client::operations::{
    GetCustomer, GetCustomerLicensesDeployment, GetCustomerLicensesUsage, GetPartnerLicensesDeployment,
    GetPartnerLicensesUsage, ListCustomers, QueryCommercialLicensesDeployment, QueryCommercialLicensesUsage,
};
use serde::Serialize;

use crate::law;

/// The least and the most that decoding may hold, over what the answer is long: a row is some hundred times as large
/// as `{},`, its shortest form, and a list that grows holds its rows twice for a moment.
const LEAST_HELD: u64 = 64 * 1024;
const MOST_HELD_PER_BYTE: u64 = 400;

/// Any bytes are a model or an [`ErrorKind::InvalidResponse`] that keeps them; memory is in proportion to their number;
/// what was read reads the same after it was written. The first byte chooses the operation.
#[expect(deprecated, reason = "superseded operations are called all the same")]
pub fn decode(input: &[u8]) {
    let Some((choice, body)) = input.split_first() else { return };
    let body = Bytes::copy_from_slice(body);
    match choice % 8 {
        0 => check::<GetCustomerLicensesDeployment>(&body),
        1 => check::<GetCustomerLicensesUsage>(&body),
        2 => check::<GetPartnerLicensesDeployment>(&body),
        3 => check::<GetPartnerLicensesUsage>(&body),
        4 => check::<QueryCommercialLicensesDeployment>(&body),
        5 => check::<QueryCommercialLicensesUsage>(&body),
        6 => check::<ListCustomers>(&body),
        _ => check::<GetCustomer>(&body),
    }
}

fn check<O>(body: &Bytes)
where
    O: Operation,
    O::Response: Serialize + PartialEq + Debug,
{
    let mut read = None;
    let held = allocation_counter::measure(|| read = Some(fuzz::decode::<O>(body))).bytes_max;
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    law!(
        held <= LEAST_HELD + MOST_HELD_PER_BYTE * length,
        "{held} bytes were held for an answer of {length}"
    );
    match read {
        None => {}
        Some(Err(error)) => {
            law!(
                error.kind() == ErrorKind::InvalidResponse,
                "an answer that cannot be read is {:?}",
                error.kind()
            );
            law!(error.body() == Some(body), "the error does not keep the body");
        }
        Some(Ok((answer, _))) => {
            let written = serde_json::to_vec(&answer).unwrap_or_default();
            let again = fuzz::decode::<O>(&Bytes::from(written));
            law!(
                again.is_ok_and(|(again, findings)| again == answer && findings == Findings::default()),
                "it does not read as it was written"
            );
        }
    }
}
