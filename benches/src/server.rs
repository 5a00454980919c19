//! A minimal server that responds with the documented example, or with a page of such rows.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::page;

const DOCUMENTED: &str = include_str!("../../openapi/examples/customer-licenses-deployment.json");

/// Serves on a free loopback port until it is killed, and prints the base URL.
#[expect(clippy::print_stdout, reason = "prints its base URL")]
pub(crate) async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    // Without the spaces, as the service sends it: the length it states in the documentation is 1012 bytes.
    let compact: serde_json::Value = serde_json::from_str(DOCUMENTED)?;
    let small = Bytes::from(format!("\u{feff}{compact}"));
    let page = Bytes::from(page::page(page::ROWS));
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let (small, page) = (small.clone(), page.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                // The customer with id 1 has the page.
                let body =
                    if request.uri().path().contains("000000000001") { page.clone() } else { small.clone() };
                let mut response = Response::new(Full::new(body));
                let json = hyper::header::HeaderValue::from_static("application/json; charset=utf-8");
                response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
                async { Ok::<_, Infallible>(response) }
            });
            // Disconnected clients are ignored.
            let _gone = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}
