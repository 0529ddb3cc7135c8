//! Routing: which operation a method and a path name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::Method;
use matchit::Router;
use percent_encoding::{AsciiSet, utf8_percent_encode};

use crate::input::{ParamError, percent_decode};

/// An operation of an API. `path` is the API's, with parameters in braces.
pub(super) struct RouteEntry<H: 'static> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) handler: H,
}

/// The result of a lookup.
pub(super) enum RouteMatch<H: 'static> {
    /// The route, and the values of the path's parameters in their order.
    Found(&'static RouteEntry<H>, Vec<String>),
    /// The path exists without this method. The text lists its methods, as `Allow` does.
    MethodNotAllowed(String),
    NotFound,
}

/// The routes of an API, indexed by path.
pub(super) struct RouteTable<H: 'static> {
    paths: Router<Vec<&'static RouteEntry<H>>>,
}

impl<H> RouteTable<H> {
    /// Indexes routes. `matchit` rejects ambiguous paths. A test looks up every route of every API.
    pub(super) fn new(routes: &'static [RouteEntry<H>]) -> Self {
        let mut by_path = BTreeMap::<_, Vec<_>>::new();
        for route in routes {
            by_path.entry(route.path).or_default().push(route);
        }
        let mut paths = Router::new();
        for (path, routes) in by_path {
            let _ = paths.insert(path, routes);
        }
        Self { paths }
    }

    /// Finds a route. A literal segment is preferred to a parameter.
    pub(super) fn find(&self, method: &Method, path: &str) -> Result<RouteMatch<H>, ParamError> {
        let path = normalize(path)?;
        let Ok(found) = self.paths.at(&path) else { return Ok(RouteMatch::NotFound) };
        // A path with GET also answers HEAD.
        let matched_method = if *method == Method::HEAD { &Method::GET } else { method };
        let Some(route) = found.value.iter().find(|route| route.method == matched_method) else {
            return Ok(RouteMatch::MethodNotAllowed(allow(found.value)));
        };
        let values = found.params.iter().map(|(_, value)| percent_decode("path", value));
        Ok(RouteMatch::Found(route, values.collect::<Result<_, _>>()?))
    }

    /// The path of the routes that a path has with any method, with parameters in braces.
    pub(super) fn path_of(&self, path: &str) -> Option<&'static str> {
        let path = normalize(path).ok()?;
        self.paths.at(&path).ok()?.value.first().map(|route| route.path)
    }
}

/// The ASCII characters that [`normalize`] leaves encoded.
const KEPT: &AsciiSet = &AsciiSet::EMPTY.add(b'/').add(b'%');

/// Normalizes percent-encoding (RFC 3986, section 6.2.2.2), so that literal segments match however they are encoded. An
/// encoded slash stays part of its segment.
fn normalize(path: &str) -> Result<Cow<'_, str>, ParamError> {
    if !path.contains('%') {
        return Ok(path.into());
    }
    let segment = |text| Ok(utf8_percent_encode(&percent_decode("path", text)?, KEPT).to_string());
    let segments = path.split('/').map(segment).collect::<Result<Vec<_>, _>>()?;
    Ok(segments.join("/").into())
}

/// The value of `Allow` for the routes of a path.
fn allow<H>(routes: &[&'static RouteEntry<H>]) -> String {
    let mut methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &[RouteEntry<u8>] = &[
        RouteEntry { method: Method::GET, path: "/a/{id}", handler: 1 },
        RouteEntry { method: Method::PUT, path: "/a/{id}", handler: 2 },
        RouteEntry { method: Method::POST, path: "/a/all", handler: 3 },
        RouteEntry { method: Method::GET, path: "/a/{id}/b/{other}", handler: 4 },
    ];

    fn found(method: &Method, path: &str) -> String {
        let table = RouteTable::new(ROUTES);
        let found = table.find(method, path);
        let known = !matches!(found, Ok(RouteMatch::NotFound) | Err(_));
        assert_eq!(table.path_of(path).is_some(), known, "{path:?}");
        match found {
            Ok(RouteMatch::Found(route, values)) => format!("{} {values:?}", route.handler),
            Ok(RouteMatch::MethodNotAllowed(allow)) => allow,
            Ok(RouteMatch::NotFound) => "unknown".to_owned(),
            Err(param_error) => param_error.to_string(),
        }
    }

    #[test]
    fn paths() {
        assert_eq!(found(&Method::GET, "/a/7"), "1 [\"7\"]");
        assert_eq!(found(&Method::PUT, "/a/7"), "2 [\"7\"]");
        assert_eq!(found(&Method::GET, "/a/x%20y%2Fz/b/%C3%A4"), "4 [\"x y/z\", \"ä\"]");
        assert_eq!(found(&Method::HEAD, "/a/7"), "1 [\"7\"]");
        assert_eq!(found(&Method::POST, "/a/all"), "3 []");
        assert_eq!(found(&Method::POST, "/%61/a%6C%6c"), "3 []", "however it is encoded");
        assert_eq!(found(&Method::GET, "/a/all/b/{id}"), "4 [\"all\", \"{id}\"]");
        assert_eq!(found(&Method::GET, "/a/%252F%25"), "1 [\"%2F%\"]", "decoded once");
        for unknown in [
            "", "/", "/a", "/a/", "/a/7/", "//a/7", "/A/7", "/a/7/b", "/a/7/b//", "/a//b/7", "/a%2F7", "a/7",
            "/b/7",
        ] {
            assert_eq!(found(&Method::GET, unknown), "unknown", "{unknown:?}");
        }
        for bad in ["/a/%", "/a/%z1", "/a/%1", "/a/%ff", "/%/7"] {
            assert!(found(&Method::GET, bad).starts_with("path: "), "{bad:?}");
        }
    }

    #[test]
    fn methods() {
        assert_eq!(found(&Method::POST, "/a/7"), "GET, PUT, HEAD, OPTIONS");
        assert_eq!(found(&Method::GET, "/a/all"), "POST, OPTIONS");
        assert_eq!(found(&Method::OPTIONS, "/a/7"), "GET, PUT, HEAD, OPTIONS");
    }
}
