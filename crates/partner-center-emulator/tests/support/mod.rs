//! Helpers of the fault tests: an emulator with a script and a fixed clock, and a plain client.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, SystemTime};

use partner_center_emulator::{Clock, DOCUMENTED_CUSTOMER, Emulator, FaultScript};
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use serde_json::Value;

pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";
pub(crate) const ID: &str = "b01b8759-4dbe-4605-adb7-e5839a796c33";

pub(crate) async fn start(script: &str) -> Emulator {
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777));
    let script: FaultScript = script.parse().unwrap();
    Emulator::builder().customers(12).page_size(4).clock(clock).faults(script).start().await.unwrap()
}

pub(crate) fn deployment() -> String {
    format!("/v1/customers/{DOCUMENTED_CUSTOMER}/analytics/licenses/deployment")
}

pub(crate) const COMMERCIAL: &str = "/partner/v1/analytics/commercial/usage/license";

pub(crate) async fn send(emulator: &Emulator, path: &str) -> reqwest::Result<reqwest::Response> {
    // Does not decompress bodies, even if another crate of the workspace enables that feature.
    let client =
        Client::builder().no_gzip().no_brotli().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.get(format!("{}{path}", emulator.base_url())).header("MS-RequestId", ID);
    request.bearer_auth("secret").send().await
}

pub(crate) async fn get(emulator: &Emulator, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let response = send(emulator, path).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

pub(crate) async fn page(emulator: &Emulator, path: &str) -> Value {
    let (status, _, body) = get(emulator, path).await;
    assert_eq!(status, 200);
    serde_json::from_slice(body.strip_prefix(MARK).unwrap_or(&body)).unwrap()
}
