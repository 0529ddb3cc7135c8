//! The common behaviour of all APIs before an operation runs.

use cardex::{Actor, Options, Store};
use cardex_http::{AuthError, Authenticator, StaticTokens};
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response};
use serde_json::Value;

use super::product::{Api, AuthenticatorFn, Product};

const SECRET: &str = "a-secret-of-the-house";

fn tokens() -> StaticTokens {
    StaticTokens::new().token(SECRET, Actor::System)
}

fn authenticator() -> AuthenticatorFn {
    let tokens = tokens();
    Box::new(move |store: &Store, request: &Parts| tokens.session(store, request))
}

fn store() -> Store {
    Options::new().open_in_memory().unwrap()
}

/// An API over an empty store, and the path of an operation without parameters.
struct TestApi {
    product: Product,
    api: Api,
    reads: String,
}

fn test_apis() -> Vec<TestApi> {
    let test_api = |product: Product| {
        let store = store();
        let account = store.session(Actor::System).directory().tenant().unwrap().id;
        let reads = product.reads.replace("ACCOUNT", &account.to_string());
        TestApi { api: product.open(&store, authenticator()), product, reads }
    };
    Product::all().into_iter().map(test_api).collect()
}

impl TestApi {
    fn request(&self, method: Method, uri: &str, token: &str, body: &[u8]) -> Request<Vec<u8>> {
        let (name, value) = (self.product.header)(token);
        Request::builder().method(method).uri(uri).header(name, value).body(body.to_vec()).unwrap()
    }

    fn send(&self, method: Method, uri: &str, token: &str, body: &[u8]) -> Response<Vec<u8>> {
        (self.api)(self.request(method, uri, token, body))
    }

    /// The status of a response that must have the error form of the product.
    fn refused(&self, response: &Response<Vec<u8>>) -> u16 {
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        let status = response.status().as_u16();
        assert!((self.product.is_error)(status, &body), "{}: {status} {body}", self.product.name);
        status
    }
}

#[test]
fn unknown_paths_and_methods() {
    for test_api in test_apis() {
        let reads = &test_api.reads;
        let twice = reads.replacen('/', "//", 1);
        let slash = format!("{reads}/");
        let answered = test_api.send(Method::GET, &slash, SECRET, b"").status().as_u16();
        assert_eq!(answered, if test_api.product.name == "smartsender" { 200 } else { 404 }, "{slash}");
        for path in ["/", "/api", "/v1", &format!("{slash}/"), &twice, &reads.replace('c', "C")] {
            let response = test_api.send(Method::GET, path, SECRET, b"");
            assert_eq!(test_api.refused(&response), 404, "{path}");
        }
        let response = test_api.send(Method::PATCH, reads, SECRET, b"");
        assert_eq!(test_api.refused(&response), 405, "{reads}");
        let allow = response.headers()["allow"].to_str().unwrap();
        assert!(allow.contains("GET") && allow.ends_with("HEAD, OPTIONS"), "{allow}");
        let options = test_api.send(Method::OPTIONS, reads, "", b"");
        assert_eq!((options.status().as_u16(), &options.headers()["allow"]), (204, &allow.parse().unwrap()));
        let odd = test_api.send(Method::from_bytes(b"BREW").unwrap(), reads, SECRET, b"");
        assert_eq!(odd.status(), 405);
    }
}

/// Regression test: the token of an unknown advisor gave `contact.not.found` in one API and 404 in another.
#[test]
fn the_token_of_a_removed_advisor_is_refused() {
    for product in Product::all() {
        let store = store();
        let account = store.session(Actor::System).directory().tenant().unwrap().id;
        let gone = Actor::Advisor(cardex::AdvisorId(55));
        let api = product.open(&store, Box::new(move |store: &Store, _: &Parts| Ok(store.session(gone))));
        let reads = product.reads.replace("ACCOUNT", &account.to_string());
        let unknown = product.unknown_token;
        let test_api = TestApi { product, api, reads };
        let response = test_api.send(Method::GET, &test_api.reads, SECRET, b"");
        assert_eq!(test_api.refused(&response), unknown, "{}", test_api.reads);
    }
}

#[test]
fn head_is_get_without_its_body() {
    for test_api in test_apis() {
        let response = test_api.send(Method::HEAD, &test_api.reads, SECRET, b"");
        assert_eq!(
            (response.status().as_u16(), response.body().len()),
            (200, 0),
            "{}",
            test_api.product.name
        );
        assert_eq!(response.headers()["content-type"], "application/json");
        let refused = test_api.send(Method::HEAD, &test_api.reads, "no", b"").status().as_u16();
        assert_eq!(refused, test_api.product.unknown_token);
    }
}

#[test]
fn a_body_has_a_limit() {
    for test_api in test_apis() {
        let body = vec![b' '; cardex_http::BODY_LIMIT + 1];
        assert_eq!(test_api.refused(&test_api.send(Method::GET, &test_api.reads, SECRET, &body)), 413);
        assert_eq!(test_api.send(Method::GET, &test_api.reads, SECRET, &body[1..]).status(), 200);
        let small = test_api.product.open_for(&store(), authenticator(), 3);
        assert_eq!(small(test_api.request(Method::GET, &test_api.reads, SECRET, &[0; 4])).status(), 413);
    }
}

#[test]
fn only_readable_bodies_are_accepted() {
    for test_api in test_apis() {
        let forms = test_api.product.name != "federation";
        let status = |name: &str, value: &str, body: &[u8]| {
            let mut request = test_api.request(Method::GET, &test_api.reads, SECRET, body);
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
            let response = (test_api.api)(request);
            if response.status() == 415 {
                assert_eq!(response.headers()["accept-encoding"], "identity");
                test_api.refused(&response);
            }
            response.status().as_u16()
        };
        for kind in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/json",
            "application/vnd.api+json",
            "",
        ] {
            assert_eq!(status("content-type", kind, b"{}"), 200, "{} {kind}", test_api.product.name);
        }
        for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            assert_eq!(status("content-type", kind, b"a=1"), if forms { 200 } else { 415 }, "{kind}");
        }
        for kind in
            ["text/plain", "text/plain;charset=UTF-8", "application/xml", "image/png", "json", "x+jsonp"]
        {
            assert_eq!(status("content-type", kind, b"{}"), 415, "{kind}");
            assert_eq!(status("content-type", kind, b""), 200, "no body");
        }
        for (encoding, expected) in
            [("identity", 200), ("Identity", 200), ("gzip", 415), ("identity, br", 415), ("", 415)]
        {
            assert_eq!(status("content-encoding", encoding, b"{}"), expected, "{encoding}");
            assert_eq!(status("content-encoding", encoding, b""), 200, "no body");
        }
        let mut request = test_api.request(Method::GET, &test_api.reads, "no", b"{}");
        request.headers_mut().insert("content-type", HeaderValue::from_static("text/plain"));
        assert_eq!(
            (test_api.api)(request).status(),
            test_api.product.unknown_token,
            "the caller comes first"
        );
    }
}

#[test]
fn a_route_has_no_value_of_a_path() {
    use cardex_http::{chatwoot::Chatwoot, federation::Federation, smartsender::SmartSender};
    assert_eq!(
        Federation::route_of("/api/v2/customer/contacts/33612345678/advisors"),
        Some("/api/v2/customer/contacts/{contactSymphonyId}/advisors")
    );
    assert_eq!(SmartSender::route_of("/v1/contacts/7/"), Some("/v1/contacts/{contactId}"));
    assert_eq!(
        Chatwoot::route_of("/api/v1/accounts/1/contacts/%37"),
        Some("/api/v1/accounts/{account_id}/contacts/{id}")
    );
    assert_eq!((Federation::route_of("/john@example.com"), Chatwoot::route_of("/%zz")), (None, None));
}

#[test]
fn invalid_percent_encoding_is_refused() {
    for test_api in test_apis() {
        for rest in ["/%zz", "/%ff", "?%", "?a=%e4"] {
            let uri = format!("{}{rest}", test_api.reads);
            let status = test_api.refused(&test_api.send(Method::GET, &uri, SECRET, b""));
            assert!([400, 422].contains(&status), "{uri}: {status}");
        }
    }
}

#[test]
fn only_the_token_lets_in() {
    for test_api in test_apis() {
        let (name, good) = (test_api.product.header)(SECRET);
        let name = HeaderName::from_static(name);
        let call = |headers: &[&[u8]]| {
            let mut request = Request::get(&test_api.reads).body(Vec::new()).unwrap();
            for header in headers {
                request.headers_mut().append(&name, HeaderValue::from_bytes(header).unwrap());
            }
            let response = (test_api.api)(request);
            let status = response.status().as_u16();
            if status >= 400 {
                test_api.refused(&response);
                let challenge = response.headers().get("www-authenticate").is_some();
                assert_eq!(challenge, status == 401 && name == "authorization");
            }
            status
        };
        assert_eq!(call(&[good.as_bytes()]), 200, "{}", test_api.product.name);
        assert_eq!(call(&[format!("{good} ").as_bytes()]), 200);
        let all: [&str; 6] = ["", "Bearer", "Bearer ", "Basic SECRET", "Bearer SECRETx", "SECRETx"];
        let wrong = |text: &str| call(&[text.replace("SECRET", SECRET).as_bytes()]);
        for header in all {
            assert_eq!(wrong(header), test_api.product.unknown_token, "{header:?}");
        }
        for header in [&good.as_bytes()[..good.len() - 1], good.to_uppercase().as_bytes(), b"Bearer \xff"] {
            assert_eq!(call(&[header]), test_api.product.unknown_token, "{header:?}");
        }
        assert_eq!(call(&[]), 401);
        assert_eq!(
            call(&[good.as_bytes(), good.as_bytes()]),
            test_api.product.unknown_token,
            "which of them?"
        );
    }
}

#[test]
fn the_token_is_read_from_the_place_of_the_api() {
    for test_api in test_apis() {
        let other = if (test_api.product.header)("").0 == "authorization" {
            ("api_access_token", SECRET.to_owned())
        } else {
            ("authorization", format!("Bearer {SECRET}"))
        };
        let request = Request::get(&test_api.reads).header(other.0, other.1).body(Vec::new()).unwrap();
        // Chatwoot accepts both places.
        let expected = if other.0 == "authorization" { 200 } else { 401 };
        assert_eq!((test_api.api)(request).status(), expected, "{}", test_api.product.name);
    }
}

#[test]
fn no_token_is_ever_shown() {
    assert_eq!(
        format!("{:?}", tokens().token("", Actor::System)),
        "StaticTokens { tokens: 1, .. }",
        "an empty token is none"
    );
    for test_api in test_apis() {
        let (name, value) = (test_api.product.header)("a-wrong-secret");
        let (parts, ()) = Request::get(&test_api.reads).header(name, value).body(()).unwrap().into_parts();
        let refused = tokens().session(&store(), &parts).unwrap_err();
        let shown =
            format!("{:?} {} {refused:?} {refused}", tokens(), (test_api.product.shown)(store(), tokens()));
        assert!(!shown.contains("secret"), "{shown}");
        let response = test_api.send(Method::GET, &test_api.reads, "a-wrong-secret", b"");
        assert!(!String::from_utf8(response.into_body()).unwrap().contains("secret"));
    }
}

#[test]
fn an_authenticator_of_the_host() {
    for test_api in test_apis() {
        let session = |store: &Store, request: &Parts| match request.headers.get("x-user") {
            Some(user) if user == "root" => Ok(store.session(Actor::System)),
            Some(_) => Err(AuthError::Forbidden),
            None => Err(AuthError::Missing),
        };
        let store = store();
        let account = store.session(Actor::System).directory().tenant().unwrap().id;
        let reads = test_api.product.reads.replace("ACCOUNT", &account.to_string());
        let api = test_api.product.open(&store, Box::new(session));
        let call = |user: Option<&str>| {
            let request = Request::get(&reads);
            let request = user.into_iter().fold(request, |request, user| request.header("x-user", user));
            api(request.body(Vec::new()).unwrap()).status().as_u16()
        };
        assert_eq!((call(Some("root")), call(Some("toor"))), (200, test_api.product.forbidden));
        assert_eq!(call(None), 401);
    }
}

#[test]
fn no_path_belongs_to_two_apis() {
    let products = Product::all();
    for product in &products {
        for operation in product.contract.operations.values() {
            let path = operation.path.replace(['{', '}'], "");
            let owners: Vec<_> =
                products.iter().filter(|other| (other.has)(&path)).map(|other| other.name).collect();
            assert_eq!(owners, [product.name], "{path}");
        }
    }
}
