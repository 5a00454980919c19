//! Credentials against the emulated sign-in host: requests, stored tokens, and error messages.

#![expect(clippy::unwrap_used, reason = "a set-up that fails fails the test")]

mod authorization_code;
mod calls;
#[path = "../support/mod.rs"]
mod client;
mod device_code;
mod end_to_end;
mod grants;
mod polls;
mod processes;
mod refresh;
mod runtimes;
mod secrets;
mod support;
mod wire;
