//! The state that all requests share.

use std::sync::{Arc, PoisonError, RwLock};

use crate::book::Book;
use crate::clock::Clock;
use crate::entra::Entra;
use crate::faults::Engine;
use crate::metrics::Metrics;
use crate::recorder::Recorder;
use crate::routes::Queries;
use crate::settings::Settings;
use crate::throttle::Throttle;

pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) book: Book,
    pub(crate) clock: Clock,
    pub(crate) entra: Entra,
    pub(crate) origins: Origins,
    pub(crate) throttle: Throttle,
    /// Replaced as a whole, so that a request uses the same script throughout.
    pub(crate) faults: RwLock<Arc<Engine>>,
    pub(crate) recorders: Recorders,
    /// Only of the API.
    pub(crate) metrics: Metrics,
    pub(crate) queries: Queries,
}

/// Scheme, host and port of each listener, without a trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    pub(crate) api: String,
    pub(crate) authority: String,
    pub(crate) foreign_host: String,
}

/// The recorded requests of each listener.
pub(crate) struct Recorders {
    pub(crate) api: Recorder,
    pub(crate) authority: Recorder,
    pub(crate) foreign_host: Recorder,
}

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

impl State {
    pub(crate) fn faults(&self) -> Arc<Engine> {
        Arc::clone(&self.faults.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn recorder(&self, host: Host) -> &Recorder {
        match host {
            Host::Api => &self.recorders.api,
            Host::Authority => &self.recorders.authority,
            Host::Foreign => &self.recorders.foreign_host,
        }
    }
}
