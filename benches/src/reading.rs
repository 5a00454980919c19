//! Reading a whole book with the SDK: customer by customer, or page by page.

use std::error::Error;
use std::time::Instant;

use partner_center::PartnerCenter;
use partner_center::credential::StaticToken;
use partner_center::sweep;

use crate::book::Digest;

/// The book at this address.
fn partner(url: &str) -> Result<PartnerCenter, Box<dyn Error>> {
    let builder = PartnerCenter::builder().base_url(url).credential(StaticToken::new("any")?);
    // With the usual four, a service that answers one in twenty wrongly fails a customer in every fiftieth sweep of
    // 10,000, and no sweep would be compared with the truth then.
    Ok(builder.max_attempts(8).build()?)
}

/// Sweeps the book: one outcome per customer.
pub(crate) async fn sweep(url: &str, concurrency: usize) -> Result<String, Box<dyn Error>> {
    let partner = partner(url)?;
    let started = Instant::now();
    let mut sweep = partner.customers().sweep(sweep::deployment).concurrency(concurrency).stream();
    let mut digest = Digest::default();
    while let Some(swept) = sweep.try_next().await? {
        digest.add_swept(&swept);
    }
    let (seconds, progress) = (started.elapsed().as_secs_f64(), sweep.progress());
    let (customers, failed) = (progress.summary.customers, progress.summary.failed);
    let throttled = progress.throttled.as_secs_f64();
    Ok(format!(
        "seconds={seconds} customers={customers} failed={failed} throttled={throttled} digest={digest}"
    ))
}

/// Reads the commercial query to its end, and keeps nothing.
pub(crate) async fn pages(url: &str) -> Result<String, Box<dyn Error>> {
    let mut pages = partner(url)?.analytics().commercial().licenses().deployment().pages();
    let (started, mut read, mut rows) = (Instant::now(), 0, 0);
    while let Some(page) = pages.try_next().await? {
        read += 1;
        rows += page.value.len();
    }
    Ok(format!("seconds={} pages={read} rows={rows}", started.elapsed().as_secs_f64()))
}
