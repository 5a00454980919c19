//! Checks that no log, `Debug` output or error contains the token or customer names.
//!
//! This is a separate test binary, because it captures everything that the process logs.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../calls.rs"]
mod calls;
mod table;

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use partner_center::clock::ManualClock;
use partner_center_tests::Contract;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use table::{TOKEN, Table, call, client, emulator};

/// What the caller of a raw request types.
const TYPED: &str = "sentinel-typed-1c93";

/// The log output of all crates at trace level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_and_no_customer_name_appears_anywhere() {
    let table = Table::read();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut shown = String::new();
    let mut names = std::collections::BTreeSet::new();
    // Slow faults are skipped: a hundred mebibytes of body at trace level add nothing to the test.
    let slow = |script: &str| ["stall", "endless", "gzip-bomb"].iter().any(|name| script.starts_with(name));
    for row in table.fault.iter().filter(|row| !slow(&row.script)) {
        let emulator = emulator(Some(&row.script)).await;
        let partner = client(&emulator, &ManualClock::new());
        for customer in emulator.book().customers() {
            names.extend([customer.company_name.clone(), customer.domain.clone()]);
        }
        if let Err(error) = call(&partner, &row.call).await {
            write!(shown, "{error} {error:?} {error:#?} {}", error.advice()).unwrap();
            let mut source = std::error::Error::source(&error);
            while let Some(below) = source {
                write!(shown, "{below} {below:?}").unwrap();
                source = below.source();
            }
        }
        write!(shown, "{partner:?}").unwrap();
        for page in partner.customers().list().pages().try_next().await.into_iter().flatten() {
            write!(shown, "{page:?} {:?}", page.items()).unwrap();
        }
        let raw = partner.raw().get(format!("/v1/customers?filter={TYPED}")).query("filter", TYPED);
        let raw = raw.header("X-Typed", TYPED);
        write!(shown, "{raw:?} {:?} {:?}", raw.send().await, raw.pages().try_next().await).unwrap();
        let commercial = partner.analytics().commercial().licenses().deployment();
        if let Ok(page) = commercial.get().await {
            write!(shown, "{page:?} {:?}", page.continuation()).unwrap();
        }
    }
    for operation in Contract::read().operations {
        for script in [None, Some("403(code=20002)"), Some("html")] {
            let emulator = emulator(script).await;
            let partner = client(&emulator, &ManualClock::new());
            let (_, responses, error) = calls::call(&partner, &operation.id, calls::Reading::default()).await;
            write!(shown, "{responses} {error:?} {}", operation.id).unwrap();
        }
    }
    shown.push_str(&String::from_utf8(log.0.lock().unwrap().clone()).unwrap());

    assert!(
        shown.contains("partner_center.call") && shown.contains("partner_center.attempt"),
        "spans are logged"
    );
    assert!(shown.contains("url.template") && shown.contains("http.response.status_code"));
    assert!(shown.contains("CommercialLicensesDeploymentInsights {"), "rows are shown, without names");
    assert!(shown.contains("/{path}") && !shown.contains(TOKEN) && !shown.contains(TYPED));
    for name in names {
        assert!(!shown.contains(&name), "{name} appears in the output");
    }
}
