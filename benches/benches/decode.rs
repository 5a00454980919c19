//! Benchmarks decoding a page of 10,000 rows without a network: the SDK's decoder and alternatives.
//!
//! `cargo xtask bench decode` runs it and compares the medians; `cargo bench -p partner-center-benches --features
//! in-process` shows the distributions.

#![expect(deprecated, reason = "the documented response belongs to a classic operation")]

#[path = "../src/by_hand.rs"]
mod by_hand;
#[path = "../src/page.rs"]
mod page;

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use partner_center::models::CustomerLicensesDeploymentInsightsCollection as Deployments;
use partner_center_client::operations::GetCustomerLicensesDeployment;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let page = Bytes::from(page::page(page::ROWS));
    let json = by_hand::without_mark(&page);
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("serde_json, by hand", |bencher| {
        bencher.iter(|| by_hand::Page::decode(black_box(&page)).is_ok_and(|page| page.rows() > 0));
    });
    group.bench_function("sonic-rs, by hand", |bencher| {
        bencher.iter(|| {
            sonic_rs::from_slice::<by_hand::Page>(black_box(json)).is_ok_and(|page| page.rows() > 0)
        });
    });
    group.bench_function("serde_json, the SDK's models", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<Deployments>(black_box(json)).is_ok_and(|page| !page.items.is_empty())
        });
    });
    group.bench_function("sonic-rs, the SDK's models", |bencher| {
        bencher.iter(|| {
            sonic_rs::from_slice::<Deployments>(black_box(json)).is_ok_and(|page| !page.items.is_empty())
        });
    });
    group.bench_function("the SDK", |bencher| {
        bencher.iter(|| {
            let page = partner_center::fuzz::decode::<GetCustomerLicensesDeployment>(black_box(&page));
            page.is_ok_and(|(page, _)| !page.items.is_empty())
        });
    });
    group.finish();
    criterion.final_summary();
}
