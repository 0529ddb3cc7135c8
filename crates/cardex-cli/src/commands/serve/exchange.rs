//! One request and its answer.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cardex_http::BODY_LIMIT;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::time::timeout;

use crate::commands::products::Products;
use crate::commands::serve::compression;
use crate::commands::serve::cors::{CrossOrigin, Origins};
use crate::commands::serve::request_log::{Line, RequestLog};

/// The longest time in which a client sends a request.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The path that says whether the server runs. No product has it.
const HEALTH_PATH: &str = "/health";

type Answer = Response<Full<Bytes>>;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) api: Products,
    /// Whether a request must name this machine as its host.
    pub(super) local_only: bool,
    pub(super) origins: Origins,
    pub(super) log: Option<RequestLog>,
}

impl Server {
    /// Answers one request.
    pub(super) async fn handle(server: Arc<Self>, request: Request<Incoming>) -> Result<Answer, Infallible> {
        let start = Instant::now();
        let (parts, body) = request.into_parts();
        let method = parts.method.clone();
        let route = server.route_of(parts.uri.path());
        let cross_origin = CrossOrigin::of(&method, &parts.headers);
        let mut answer = server.answer(parts, body).await;
        server.origins.add_headers(cross_origin, &mut answer);
        if let Some(log) = &server.log {
            let bytes = if method == Method::HEAD { 0 } else { answer.body().size_hint().lower() };
            log.write(Line::new(&method, route, answer.status(), start.elapsed(), bytes));
        }
        Ok(answer)
    }

    fn route_of(&self, path: &str) -> Option<&'static str> {
        if path == HEALTH_PATH { Some(HEALTH_PATH) } else { self.api.route_of(path) }
    }

    async fn answer(&self, parts: Parts, body: Incoming) -> Answer {
        if self.local_only && !parts.headers.get_all(HOST).iter().all(is_local_host) {
            discard(body);
            return empty_answer(StatusCode::FORBIDDEN);
        }
        if parts.uri.path() == HEALTH_PATH {
            discard(body);
            return health_answer(&parts.method);
        }
        let Ok(Some(body)) = timeout(REQUEST_TIMEOUT, read_body(&parts.headers, body)).await else {
            return empty_answer(StatusCode::REQUEST_TIMEOUT);
        };
        let accepts_gzip = compression::accepts_gzip(&parts.headers);
        let (api, request) = (self.api.clone(), Request::from_parts(parts, body));
        let call = move || compression::compress(api.call(request), accepts_gzip);
        let answer = tokio::task::spawn_blocking(call).await;
        answer.map_or_else(
            |_| empty_answer(StatusCode::INTERNAL_SERVER_ERROR),
            |answer| answer.map(|body| Full::new(body.into())),
        )
    }
}

/// Reads the body, but at most one byte more than [`BODY_LIMIT`], which the API refuses. `None` if the connection fails.
async fn read_body(headers: &HeaderMap, mut body: Incoming) -> Option<Vec<u8>> {
    const TOO_LONG: usize = BODY_LIMIT.saturating_add(1);
    let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    // A client that asks first does not send the body at all.
    if headers.contains_key(EXPECT) && declared.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Some(vec![0; TOO_LONG]);
    }
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        let rest = TOO_LONG.saturating_sub(whole.len());
        whole.extend(data.into_iter().take(rest));
        if whole.len() == TOO_LONG {
            discard(body);
            break;
        }
    }
    Some(whole)
}

/// Reads the rest of a body beside the answer. Most clients read the answer only after they have sent all: to close the connection
/// before would reset it, and the answer would be lost.
fn discard(mut body: Incoming) {
    if body.is_end_stream() {
        return;
    }
    let rest = async move { while let Some(Ok(_)) = body.frame().await {} };
    tokio::spawn(timeout(REQUEST_TIMEOUT, rest));
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
fn health_answer(method: &Method) -> Answer {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let status =
            if *method == Method::OPTIONS { StatusCode::NO_CONTENT } else { StatusCode::METHOD_NOT_ALLOWED };
        let mut answer = empty_answer(status);
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
        return answer;
    }
    let mut answer = Response::new(Full::from(r#"{"status":"ok"}"#));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn empty_answer(status: StatusCode) -> Answer {
    let mut answer = Response::default();
    *answer.status_mut() = status;
    answer
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
