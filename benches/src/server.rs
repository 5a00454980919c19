//! A server that does nothing but answer: the documented example, or a page of 10,000 such rows.

use std::convert::Infallible;
use std::fmt::Write;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const DOCUMENTED: &str = include_str!("../../openapi/examples/customer-licenses-deployment.json");

/// Serves on a free port of loopback, which it prints, until it is killed.
#[expect(clippy::print_stdout, reason = "the address is its result")]
pub(crate) async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let small = Bytes::from(format!("\u{feff}{DOCUMENTED}"));
    let page = Bytes::from(page(10_000));
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let (small, page) = (small.clone(), page.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                // The page is asked for by a customer whose id ends in 1.
                let body =
                    if request.uri().path().contains("000000000001") { page.clone() } else { small.clone() };
                let mut response = Response::new(Full::new(body));
                let json = hyper::header::HeaderValue::from_static("application/json; charset=utf-8");
                response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
                async { Ok::<_, Infallible>(response) }
            });
            // A client that goes away is not worth a word.
            let _gone = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

fn page(rows: usize) -> String {
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
