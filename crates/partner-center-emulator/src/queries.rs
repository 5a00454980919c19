//! A cache of recent commercial queries, so that their next pages do not iterate over the book again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::filter::Field;
use crate::lock;

/// Selects one of the two commercial endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Insight {
    Deployment,
    Usage,
}

impl Insight {
    /// The columns of the endpoint.
    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Self::Deployment => Field::DEPLOYMENT,
            Self::Usage => Field::USAGE,
        }
    }
}

/// Identifies equal queries: the endpoint and the texts of the parameters that select rows.
pub(crate) type QueryKey = (Insight, [Option<String>; 3]);

/// What is kept of a query. With it, only the customers of the requested page are computed.
#[derive(Debug)]
pub(crate) enum Plan {
    /// The cumulative number of rows up to and including each customer: four bytes per customer.
    ByCustomer(Vec<u32>),
    /// All groups. They are few, unless they are grouped by customer name.
    AcrossCustomers(Vec<Group>),
}

/// The values of some columns and the sums of the rows that share them.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) values: Vec<String>,
    pub(crate) counts: [u64; 2],
}

/// The plans of recent queries, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Queries(Mutex<VecDeque<(QueryKey, Arc<Plan>)>>);

const QUERIES_KEPT: usize = 8;

impl Queries {
    /// The plan of a query. `make` creates it if it is not in the cache.
    pub(crate) fn plan(&self, key: &QueryKey, make: impl FnOnce() -> Plan) -> Arc<Plan> {
        if let Some((_, plan)) = lock(&self.0).iter().find(|(kept, _)| kept == key) {
            return Arc::clone(plan);
        }
        // Without the lock: iterating over a large book takes a while, and other queries must not wait for it.
        let plan = Arc::new(make());
        let mut kept = lock(&self.0);
        if kept.len() == QUERIES_KEPT {
            kept.pop_front();
        }
        kept.push_back((key.clone(), Arc::clone(&plan)));
        plan
    }
}
