//! Reads the data of all customers with the SDK: one customer at a time, or one page at a time.

use std::error::Error;
use std::time::Instant;

use partner_center::PartnerCenter;
use partner_center::credential::StaticToken;
use partner_center::sweep;

use crate::customers::Digest;

/// A client for the emulator at this URL.
fn partner(url: &str) -> Result<PartnerCenter, Box<dyn Error>> {
    let builder = PartnerCenter::builder().base_url(url).credential(StaticToken::new("any")?);
    // With the default of four attempts and one error in twenty responses, one sweep of 10,000 customers in fifty would
    // have a failed customer, and its digest would differ.
    Ok(builder.max_attempts(8).build()?)
}

/// Sweeps all customers.
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

/// Reads all pages of the commercial query, and keeps none.
pub(crate) async fn pages(url: &str) -> Result<String, Box<dyn Error>> {
    let mut pages = partner(url)?.analytics().commercial().licenses().deployment().pages();
    let (started, mut read, mut rows) = (Instant::now(), 0, 0);
    while let Some(page) = pages.try_next().await? {
        read += 1;
        rows += page.items().len();
    }
    Ok(format!("seconds={} pages={read} rows={rows}", started.elapsed().as_secs_f64()))
}
