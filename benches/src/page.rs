//! Generates a page with any number of rows, shaped like the documented response, with its byte order mark.

use std::fmt::Write;

/// The maximum number of rows on a page of the service.
pub(crate) const ROWS: usize = 10_000;

/// The page as the service would send it.
pub(crate) fn page(rows: usize) -> String {
    let mut page = format!("\u{feff}{{\"totalCount\":{rows},\"items\":[");
    for row in 0..rows {
        let separator = if row == 0 { "" } else { "," };
        let (sold, deployed) = (row % 977 + 1, row % 977 / 2);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let percent = deployed as f64 * 100.0 / sold as f64;
        let _infallible = write!(
            page,
            r#"{separator}{{"customerName":"DT DEMO CSP CUSTOMER {row:05}","productName":"OFFICE 365 BUSINESS ESSENTIALS {:03}","licensesDeployed":{deployed},"deploymentPercent":{percent:.1},"licensesSold":{sold},"processedDateTime":"2017-03-14T03:25:16.36+00:00","serviceName":"o365","channel":"reseller","attributes":{{"objectType":"CustomerLicensesDeploymentInsights"}}}}"#,
            row % 40,
        );
    }
    page.push_str("],\"attributes\":{\"objectType\":\"Collection\"}}");
    page
}
