//! The hosts that an emulator serves, one listener each.

/// The listener that a request arrived at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Partner Center.
    Api,
    /// Entra.
    Authority,
    /// A host that a client should never contact: the target of malicious redirects and links.
    Foreign,
}

/// Scheme, host and port of each listener, without a trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    pub(crate) api: String,
    pub(crate) authority: String,
    pub(crate) foreign_host: String,
}
