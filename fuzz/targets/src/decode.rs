//! Decodes the body of a successful response from arbitrary bytes.

use std::fmt::Debug;

use bytes::Bytes;
use partner_center::models::Findings;
use partner_center::{ErrorKind, fuzz};
use partner_center_client::Operation;
#[expect(deprecated, reason = "superseded operations are tested too")]
use partner_center_client::operations::{
    GetCustomer, GetCustomerLicensesDeployment, GetCustomerLicensesUsage, GetPartnerLicensesDeployment,
    GetPartnerLicensesUsage, ListCustomers, QueryCommercialLicensesDeployment, QueryCommercialLicensesUsage,
};
use serde::Serialize;

use crate::invariant;

/// The memory limit of decoding: a constant and a factor of the body's length. A row is about a hundred times as large
/// as `{},`, its shortest form, and a growing list briefly holds its rows twice.
const BASE_MEMORY: u64 = 64 * 1024;
const MEMORY_PER_BYTE: u64 = 400;

/// Any bytes decode to a model or to an [`ErrorKind::InvalidResponse`] that keeps them; memory is proportional to their
/// number; a decoded model round-trips. The first byte selects the operation.
#[expect(deprecated, reason = "superseded operations are tested too")]
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
    invariant!(
        held <= BASE_MEMORY + MEMORY_PER_BYTE * length,
        "decoding a body of {length} bytes took {held} bytes of memory"
    );
    match read {
        None => {}
        Some(Err(error)) => {
            invariant!(
                error.kind() == ErrorKind::InvalidResponse,
                "the error kind of an unreadable body is {:?}",
                error.kind()
            );
            invariant!(error.body() == Some(body), "the error does not keep the body");
        }
        Some(Ok((response, _))) => {
            let written = serde_json::to_vec(&response).unwrap_or_default();
            let again = fuzz::decode::<O>(&Bytes::from(written));
            invariant!(
                again.is_ok_and(|(again, findings)| again == response && findings == Findings::default()),
                "the model does not round-trip"
            );
        }
    }
}
