//! Every operation of the contract, as a struct with its arguments.
//!
//! Send one with [`Client::send`](crate::Client::send). The structs are generated from the contract.

pub use crate::generated_operations::*;
