//! Decodes the body of an error response, in any of the service's formats or in another.

use http::HeaderMap;
use partner_center::Error;

use crate::invariant;

/// Any status and bytes give an error of the status's class. Its text shows at most a well-formed code of the body and
/// nothing else. The first two bytes are the status.
pub fn fault(input: &[u8]) {
    let Some((status, body)) = input.split_first_chunk::<2>() else { return };
    let status = 400 + u16::from_be_bytes(*status) % 200;
    let error = Error::from_response(status, HeaderMap::new(), body.to_vec());
    invariant!(error.status() == Some(status), "the status is lost");
    invariant!(error.body().is_some_and(|kept| kept == body), "the body is lost");
    if let Some(code) = error.code() {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
        invariant!(
            !code.is_empty() && code.len() <= 64 && code.bytes().all(plain),
            "{code:?} is not a well-formed code"
        );
    }
    invariant!(!error.advice().is_empty(), "the error has no advice");
    let without = Error::from_response(status, HeaderMap::new(), Vec::new());
    if error.kind() == without.kind() && error.code().is_none() {
        invariant!(error.to_string() == without.to_string(), "the text shows a part of the body");
    }
}
