//! Listens for the redirect of the browser on both loopback addresses, until the sign-in ends.
//!
//! hyper parses the requests, because any program on this machine can send anything.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::redirect::{LONGEST_SILENCE, LONGEST_TEXT, RedirectHandler};

/// The most ports that are tried, because a port may be free on only one of the addresses.
const MOST_PORTS: usize = 16;
/// How many connections are open at once. If there are more, the oldest is closed.
const MOST_CONNECTIONS: usize = 32;

/// Listening sockets with the same port.
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
}

impl Listener {
    /// Listens on a free port, on both addresses if possible: browsers resolve `localhost` to either.
    pub(super) async fn bind() -> io::Result<Self> {
        let mut single = None;
        let mut failure = None;
        for _ in 0..MOST_PORTS {
            let first = match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await {
                Ok(first) => first,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            };
            let port = first.local_addr()?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(second) => return Ok(Self { sockets: vec![first, second], port }),
                Err(error) => {
                    single = Some(Self { sockets: vec![first], port });
                    // Any other error means that this machine has no IPv6.
                    if error.kind() != io::ErrorKind::AddrInUse {
                        break;
                    }
                }
            }
        }
        if let Some(single) = single {
            return Ok(single);
        }
        // This machine may have no IPv4.
        match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await {
            Ok(only) => {
                let port = only.local_addr()?.port();
                Ok(Self { sockets: vec![only], port })
            }
            Err(error) => Err(failure.unwrap_or(error)),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Serves requests until the result is dropped.
    pub(super) fn serve(self, handler: &Arc<RedirectHandler>) -> Serving {
        let tasks = self.sockets.into_iter().map(|socket| tokio::spawn(accept(socket, Arc::clone(handler))));
        Serving(tasks.collect())
    }
}

/// The tasks that serve, which end when this is dropped.
pub(super) struct Serving(Vec<JoinHandle<()>>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Aborts a connection when it is dropped.
struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn accept(socket: TcpListener, handler: Arc<RedirectHandler>) {
    let mut open: VecDeque<Connection> = VecDeque::new();
    loop {
        let Ok((stream, from)) = socket.accept().await else {
            // For instance, too many files are open. Some may be closed soon.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        open.retain(|connection| !connection.0.is_finished());
        if open.len() >= MOST_CONNECTIONS {
            open.pop_front();
        }
        if is_local(from) {
            open.push_back(Connection(tokio::spawn(connection(stream, Arc::clone(&handler)))));
        }
    }
}

/// Whether a connection comes from this machine. Others reach the sockets, although they are bound to loopback, if Linux
/// routes loopback addresses (`route_localnet`, as on nodes of Kubernetes).
fn is_local(from: SocketAddr) -> bool {
    from.ip().is_loopback()
}

/// Serves one request.
async fn connection(stream: TcpStream, handler: Arc<RedirectHandler>) {
    let is_end = AtomicBool::new(false);
    let service = service_fn(|request| {
        let (handler, is_end) = (&handler, &is_end);
        async move {
            let (response, shows_end) = handler.respond(request).await;
            is_end.store(shows_end, Ordering::Relaxed);
            Ok::<_, Infallible>(response)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_SILENCE)
        .max_buf_size(LONGEST_TEXT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // Only now has the response been sent.
    if served.is_ok() && is_end.load(Ordering::Relaxed) {
        handler.end_was_shown();
    }
}
