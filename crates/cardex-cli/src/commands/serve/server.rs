//! An HTTP/1.1 server. One thread does all input and output; each call runs on a thread of a bounded pool.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use cardex_http::BODY_LIMIT;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::commands::products::Products;
use crate::failure::{CommandResult, Failure};

/// The longest time in which a client sends a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The path that says whether the server runs. No product has it.
const HEALTH_PATH: &str = "/health";

/// The longest time that running calls may take after an interrupt.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of calls at a time. The store allows one writer, and as many readers as it has connections.
const MAX_CONCURRENT_CALLS: usize = 16;

/// Answers requests until the program is interrupted. Calls `ready` with the address of the listener. If `local_only`, a request
/// must name this machine as its host.
pub(super) fn run(
    api: Products,
    listen: SocketAddr,
    local_only: bool,
    ready: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> CommandResult {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_io().enable_time().max_blocking_threads(MAX_CONCURRENT_CALLS).build();
    let runtime = runtime.map_err(cardex::Error::from)?;
    runtime.block_on(async {
        let busy = |error: io::Error| Failure::OnItem(listen.to_string(), error.into());
        let listener = TcpListener::bind(listen).await.map_err(busy)?;
        ready(listener.local_addr().map_err(cardex::Error::from)?)?;
        Ok(accept(api, local_only, &listener).await.map_err(cardex::Error::from)?)
    })
}

async fn accept(api: Products, local_only: bool, listener: &TcpListener) -> io::Result<()> {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(wait_for_interrupt());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            stopped = &mut stop => {
                stopped?;
                break;
            }
        };
        let Ok((stream, _)) = accepted else {
            // The process has no free descriptor, or the client closed already. Both can pass.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let api = api.clone();
        let service = service_fn(move |request| handle_request(api.clone(), local_only, request));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT);
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        // The client sees the failure of its connection.
        tokio::spawn(async move { drop(connection.await) });
    }
    // A call that runs longer is aborted. Its write is atomic.
    let _ = timeout(SHUTDOWN_TIMEOUT, connections.shutdown()).await;
    Ok(())
}

/// Returns at SIGINT or SIGTERM.
async fn wait_for_interrupt() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut end = signal(SignalKind::terminate())?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done,
            _ = end.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

async fn handle_request(
    api: Products,
    local_only: bool,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if local_only && !request.headers().get_all(HOST).iter().all(is_local_host) {
        return Ok(empty_response(StatusCode::FORBIDDEN));
    }
    if request.uri().path() == HEALTH_PATH {
        return Ok(health_response());
    }
    let (parts, body) = request.into_parts();
    let Ok(Some(body)) = timeout(REQUEST_TIMEOUT, read_body(body)).await else {
        return Ok(empty_response(StatusCode::REQUEST_TIMEOUT));
    };
    let request = Request::from_parts(parts, body);
    let response = tokio::task::spawn_blocking(move || api.call(request)).await;
    Ok(response.map_or_else(
        |_| empty_response(StatusCode::INTERNAL_SERVER_ERROR),
        |response| response.map(Full::from),
    ))
}

/// Reads the body, but at most one byte more than [`BODY_LIMIT`]. `None` if the connection fails.
async fn read_body(mut body: Incoming) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        let rest = BODY_LIMIT.saturating_add(1).saturating_sub(whole.len());
        whole.extend(data.into_iter().take(rest));
        if whole.len() > BODY_LIMIT {
            break;
        }
    }
    Some(whole)
}

/// Whether a host is this machine. A page of the web whose name resolves to this machine (DNS rebinding) sends its own name.
fn is_local_host(host: &HeaderValue) -> bool {
    let host = host.to_str().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The answer to the question whether the server runs. It needs no token, and says nothing about the book.
fn health_response() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(r#"{"status":"ok"}"#));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn empty_response(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::is_local_host;
    use http::HeaderValue;

    #[test]
    fn only_names_of_this_machine_are_local() {
        let is_local = |host: &'static str| is_local_host(&HeaderValue::from_static(host));
        for host in ["localhost", "LOCALHOST:8640", "127.0.0.1", "127.0.0.1:8640", "[::1]", "[::1]:8640"] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8640",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.0.1",
            "[::2]",
            "::1",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
