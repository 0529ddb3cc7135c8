//! Which call a method and a path are.

use http::Method;

use crate::input::{ParamError, percent_decode};

/// A call of a contract. `path` is the contract's, with parameters in braces.
pub(super) struct RouteEntry<H: 'static> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) handler: H,
}

/// What a path stands for.
pub(super) enum RouteMatch<H: 'static> {
    /// The call, and the values of the path's parameters in their order.
    Matched(&'static RouteEntry<H>, Vec<String>),
    /// The path is known, not so the method; the methods it has.
    MethodNotAllowed(String),
    UnknownPath,
}

/// Finds a call. A segment as it stands is preferred to a parameter.
pub(super) fn match_route<H>(
    routes: &'static [RouteEntry<H>],
    method: &Method,
    path: &str,
) -> Result<RouteMatch<H>, ParamError> {
    let segments =
        path.split('/').map(|segment| percent_decode("path", segment)).collect::<Result<Vec<_>, _>>()?;
    let best = routes.iter().filter_map(|route| Some((literal_segments(route.path, &segments)?, route.path)));
    let Some((_, template)) = best.max_by_key(|(literals, _)| literals.clone()) else {
        return Ok(RouteMatch::UnknownPath);
    };
    let mut same = routes.iter().filter(|route| route.path == template);
    // What may be read may be asked about.
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    if let Some(route) = same.clone().find(|route| route.method == wanted) {
        let values = template.split('/').zip(segments).filter(|(part, _)| is_parameter(part));
        return Ok(RouteMatch::Matched(route, values.map(|(_, value)| value).collect()));
    }
    let mut methods: Vec<&str> = same.by_ref().map(|route| route.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    Ok(RouteMatch::MethodNotAllowed(methods.join(", ")))
}

/// Whether a path is one of a table's, whatever the method.
pub(super) fn has_path<H>(routes: &'static [RouteEntry<H>], path: &str) -> bool {
    !matches!(match_route(routes, &Method::OPTIONS, path), Ok(RouteMatch::UnknownPath) | Err(_))
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

/// Which segments are met as they stand, if the path is one of the template's.
fn literal_segments(template: &str, segments: &[String]) -> Option<Vec<bool>> {
    let parts: Vec<&str> = template.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let met = |(part, segment): (&&str, &String)| {
        let parameter = is_parameter(part);
        let fits = if parameter { !segment.is_empty() } else { part == segment };
        fits.then_some(!parameter)
    };
    parts.iter().zip(segments).map(met).collect()
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
        match match_route(ROUTES, method, path) {
            Ok(RouteMatch::Matched(route, values)) => format!("{} {values:?}", route.handler),
            Ok(RouteMatch::MethodNotAllowed(allow)) => allow,
            Ok(RouteMatch::UnknownPath) => "unknown".to_owned(),
            Err(flaw) => flaw.to_string(),
        }
    }

    #[test]
    fn paths() {
        assert_eq!(found(&Method::GET, "/a/7"), "1 [\"7\"]");
        assert_eq!(found(&Method::PUT, "/a/7"), "2 [\"7\"]");
        assert_eq!(found(&Method::GET, "/a/x%20y%2Fz/b/%C3%A4"), "4 [\"x y/z\", \"ä\"]");
        assert_eq!(found(&Method::HEAD, "/a/7"), "1 [\"7\"]");
        assert_eq!(found(&Method::POST, "/a/all"), "3 []");
        for unknown in ["", "/", "/a", "/a/", "/a/7/", "//a/7", "/A/7", "/a/7/b", "/a/7/b//", "a/7", "/b/7"] {
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
