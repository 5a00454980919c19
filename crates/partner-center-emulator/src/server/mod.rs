//! The listeners and their connections. Requests are processed in `handle`.

mod gzip_bomb;
mod handle;
mod send;
mod socket;

use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::host::Host;
use crate::state::State;
use socket::Socket;

/// Serves one listener until the future is dropped, which also closes its connections.
pub(crate) async fn serve(listener: TcpListener, host: Host, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, host, Arc::clone(&state)));
                }
                // Probably out of file descriptors: wait for connections to close instead of spinning.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, host: Host, state: Arc<State>) {
    // Small responses must not wait for the acknowledgement of the previous one.
    let _ = stream.set_nodelay(true);
    let _counted = (host == Host::Api).then(|| state.metrics.connection());
    let (socket, reset) = Socket::new(stream);
    let service = service_fn(|request| handle::handle(&state, host, &reset, request));
    // An error means that the client disconnected, or that a fault closed the connection.
    let _ =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(socket), service).await;
}
