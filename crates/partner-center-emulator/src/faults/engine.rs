//! Evaluates a fault script: selects the faults of each request.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::{Fault, FaultScript, Rule};
use crate::host::Host;
use crate::lock;
use crate::recorder::RecordedRequest;
use crate::rng::Rng;

pub(crate) struct Engine {
    seed: u64,
    rules: Vec<ActiveRule>,
}

struct ActiveRule {
    rule: Rule,
    /// The number of requests that matched its path.
    seen: AtomicU64,
    /// How often in a row it has applied to a request id; used only with a limit.
    streaks: Mutex<HashMap<Uuid, u32>>,
}

/// Ids of abandoned calls are not removed; at this size the map is cleared.
const MOST_STREAKS: usize = 100_000;

impl Engine {
    /// `seed` is used for scripts without a seed.
    pub(crate) fn new(script: FaultScript, seed: u64) -> Self {
        let active = |rule| ActiveRule { rule, seen: AtomicU64::new(0), streaks: Mutex::default() };
        Self { seed: script.seed.unwrap_or(seed), rules: script.rules.into_iter().map(active).collect() }
    }

    /// Returns the faults of a request, in the order of the script. Each call counts a request.
    pub(crate) fn plan(&self, host: Host, request: &RecordedRequest) -> Vec<Fault> {
        let mut plan = Vec::new();
        for (place, active) in (0..).zip(&self.rules) {
            if active.applies_to(self.seed, place, host, request) {
                plan.extend(active.rule.faults.iter().cloned());
            }
        }
        plan
    }
}

impl ActiveRule {
    fn applies_to(&self, seed: u64, place: u64, host: Host, request: &RecordedRequest) -> bool {
        const STREAM: u64 = 30;
        let rule = &self.rule;
        let matches = match &rule.path {
            None => host == Host::Api,
            Some(pattern) if pattern.contains('?') => glob(pattern, request.path_and_query()),
            Some(pattern) => glob(pattern, request.path()),
        };
        if !matches {
            return false;
        }
        let number = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        let numbered = rule.numbers.is_empty() || rule.numbers.iter().any(|range| range.contains(&number));
        let chosen = rule.chance.is_none_or(|chance| Rng::new(seed, STREAM + place, number).chance(chance));
        self.within_limit(numbered && chosen, request)
    }

    fn within_limit(&self, falls: bool, request: &RecordedRequest) -> bool {
        let Some(limit) = self.rule.at_most else { return falls };
        let Some(id) = request.header("ms-requestid").and_then(|id| id.parse::<Uuid>().ok()) else {
            return falls;
        };
        let mut streaks = lock(&self.streaks);
        let streak = streaks.get(&id).copied().unwrap_or_default();
        if !falls || streak >= limit {
            streaks.remove(&id);
            return false;
        }
        if streaks.len() >= MOST_STREAKS {
            streaks.clear();
        }
        streaks.insert(id, streak + 1);
        true
    }
}

/// Whether a text matches a pattern in which `*` matches any sequence of characters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(place) => rest = rest.get(place + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn patterns_match_whole_paths() {
        assert!(glob("/v1/customers", "/v1/customers"));
        assert!(!glob("/v1/customers", "/v1/customers/x"));
        assert!(glob("/v1/customers/*", "/v1/customers/x/y"));
        assert!(!glob("/v1/customers/*", "/v1/customers"));
        assert!(glob("*", ""));
        assert!(glob("/*/oauth2/*", "/contoso/oauth2/v2.0/token"));
        assert!(glob("/*deployment", "/v1/analytics/licenses/deployment"));
        assert!(!glob("/*deployment", "/v1/analytics/licenses/deployments"));
        assert!(glob("/a*b*c", "/aXbYbZc"));
        assert!(!glob("/a*b*c", "/acb"));
        assert!(!glob("/a*a", "/a"));
    }
}
