//! Cross-origin requests: which pages of other origins may read answers.

use std::str::FromStr;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderMap,
    HeaderValue, ORIGIN, VARY,
};
use http::{Method, Response, Uri};

/// The request headers that a page may set.
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, api_access_token, content-type, idempotency-key");

/// The answer headers that a page may read.
const ANSWER_HEADERS: HeaderValue = HeaderValue::from_static("allow, retry-after, www-authenticate");

/// How long a browser may keep the answer to a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// An origin as browsers send it: scheme, host, and the port unless it is the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "an origin is https://HOST, or http://HOST:PORT, without a path";
        let text = text.to_ascii_lowercase();
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(WRONG) };
        let default_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return Err(WRONG),
        };
        // The text is compared as a whole, so that it has no path, query, user or port of the scheme.
        let plain = format!("{scheme}://{authority}") == text
            && !authority.host().is_empty()
            && !text.contains(['@', '*'])
            && authority.port_u16() != Some(default_port);
        if plain { HeaderValue::try_from(text).map(Self).map_err(|_| WRONG) } else { Err(WRONG) }
    }
}

/// The origins whose pages may read answers. Without any, no answer has a header for them.
#[derive(Debug)]
pub(super) struct Origins(pub(super) Vec<Origin>);

/// What a request says about its origin.
pub(super) struct CrossOrigin {
    origin: Option<HeaderValue>,
    is_preflight: bool,
}

impl CrossOrigin {
    pub(super) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let is_preflight = *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        Self { origin: headers.get(ORIGIN).cloned(), is_preflight }
    }
}

impl Origins {
    /// Adds the headers that let a page of an allowed origin read the answer.
    pub(super) fn add_headers<B>(&self, request: CrossOrigin, response: &mut Response<B>) {
        if self.0.is_empty() {
            return;
        }
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("origin"));
        let Some(origin) = request.origin.filter(|origin| self.0.iter().any(|known| known.0 == *origin))
        else {
            return;
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if !request.is_preflight {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
            return;
        }
        if let Some(methods) = headers.get(ALLOW).cloned() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        let text = |text: &str| text.parse::<Origin>().map(|origin| origin.0.to_str().unwrap().to_owned());
        for good in ["https://crm.example", "http://localhost:3000", "https://[::1]:8443"] {
            assert_eq!(text(good).as_deref(), Ok(good));
        }
        assert_eq!(text("HTTPS://CRM.Example").as_deref(), Ok("https://crm.example"));
        for bad in [
            "",
            "*",
            "null",
            "crm.example",
            "https://",
            "https://*.example",
            "https://crm.example/",
            "https://crm.example/path",
            "https://crm.example?x",
            "https://crm.example:443",
            "http://crm.example:80",
            "https://user@crm.example",
            "ftp://crm.example",
            "https://crm.example, https://b.example",
        ] {
            assert!(text(bad).is_err(), "{bad}");
        }
    }
}
