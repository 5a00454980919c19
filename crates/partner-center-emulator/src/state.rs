//! The state that all requests share.

use std::sync::{Arc, PoisonError, RwLock};

use crate::book::Book;
use crate::clock::Clock;
use crate::entra::Entra;
use crate::faults::Engine;
use crate::host::{Host, Origins};
use crate::metrics::Metrics;
use crate::queries::Queries;
use crate::recorder::Recorder;
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

/// The recorded requests of each listener.
pub(crate) struct Recorders {
    pub(crate) api: Recorder,
    pub(crate) authority: Recorder,
    pub(crate) foreign_host: Recorder,
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
