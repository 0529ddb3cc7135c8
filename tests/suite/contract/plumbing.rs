//! What every dialect does before there is a call.

use cardex::dialect::federation::Federation;
use cardex::dialect::{AuthError, Authenticator, StaticTokens};
use cardex::{Actor, Options, Store};
use http::header::HeaderValue;
use http::{Method, Request, Response};
use serde_json::Value;

const SECRET: &str = "a-secret-of-the-house";

fn api() -> Federation {
    let store = Options::new().open_in_memory().unwrap();
    Federation::new(store, StaticTokens::new().token(SECRET, Actor::System))
}

fn send(method: Method, uri: &str, token: &str, body: &[u8]) -> Response<Vec<u8>> {
    let request = Request::builder().method(method).uri(uri);
    let request = request.header("Authorization", format!("Bearer {token}"));
    api().call(request.body(body.to_vec()).unwrap())
}

fn word(response: &Response<Vec<u8>>) -> (u16, String) {
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["status"], response.status().as_u16());
    (response.status().as_u16(), body["type"].as_str().unwrap().to_owned())
}

const LIST: &str = "/api/v1/customer/permissions";

#[test]
fn unknown_paths_and_methods() {
    for path in [
        "/",
        "/api",
        "/api/v1/customer/permissions/",
        "//api/v1/customer/permissions",
        "/api/v1/Customer/permissions",
    ] {
        let response = send(Method::GET, path, SECRET, b"");
        assert_eq!(word(&response), (404, "path.not.found".to_owned()), "{path}");
    }
    let response = send(Method::POST, LIST, SECRET, b"");
    assert_eq!(word(&response), (405, "method.not.allowed".to_owned()));
    assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS");
    let options = send(Method::OPTIONS, LIST, "", b"");
    assert_eq!(
        (options.status().as_u16(), &options.headers()["allow"]),
        (204, &"GET, HEAD, OPTIONS".parse().unwrap())
    );
    let odd = send(Method::from_bytes(b"BREW").unwrap(), LIST, SECRET, b"");
    assert_eq!(odd.status(), 405);
}

#[test]
fn head_is_get_without_its_body() {
    let response = send(Method::HEAD, LIST, SECRET, b"");
    assert_eq!((response.status().as_u16(), response.body().len()), (200, 0));
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(send(Method::HEAD, LIST, "no", b"").status(), 401);
}

#[test]
fn a_body_has_a_limit() {
    let body = vec![b' '; cardex::dialect::BODY_LIMIT + 1];
    assert_eq!(word(&send(Method::GET, LIST, SECRET, &body)), (413, "request.too.large".to_owned()));
    assert_eq!(send(Method::GET, LIST, SECRET, &body[1..]).status(), 200);
    let small = api().body_limit(3);
    assert_eq!(small.call(Request::get(LIST).body(vec![0; 4]).unwrap()).status(), 413);
}

#[test]
fn what_is_not_percent_encoded_well_is_refused() {
    for uri in [
        "/api/v1/customer/externalNetwork/%zz/permissions",
        "/api/v1/customer/externalNetwork/%ff/permissions",
        "/api/v1/customer/permissions?%",
        "/api/v1/customer/permissions?a=%e4",
    ] {
        assert_eq!(send(Method::GET, uri, SECRET, b"").status(), 400, "{uri}");
    }
}

#[test]
fn only_the_token_lets_in() {
    let api = api();
    let call = |headers: &[&[u8]]| {
        let mut request = Request::get(LIST).body(Vec::new()).unwrap();
        for header in headers {
            request.headers_mut().append("authorization", HeaderValue::from_bytes(header).unwrap());
        }
        let response = api.call(request);
        if response.status() == 401 {
            assert_eq!(word(&response).1, "unauthorized");
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
        }
        response.status().as_u16()
    };
    let good = format!("Bearer {SECRET}");
    assert_eq!(call(&[good.as_bytes()]), 200);
    assert_eq!(call(&[format!("bearer  {SECRET} ").as_bytes()]), 200);
    let wrong: [&[u8]; 10] = [
        b"",
        b"Bearer",
        b"Bearer ",
        SECRET.as_bytes(),
        b"Basic a-secret-of-the-house",
        b"Bearer a-secret-of-the-hous",
        b"Bearer a-secret-of-the-housf",
        b"Bearer a-secret-of-the-house2",
        b"Bearer A-SECRET-OF-THE-HOUSE",
        b"Bearer \xff",
    ];
    for header in wrong {
        assert_eq!(call(&[header]), 401, "{header:?}");
    }
    assert_eq!(call(&[]), 401);
    assert_eq!(call(&[good.as_bytes(), good.as_bytes()]), 401, "which of them?");
}

#[test]
fn no_token_is_ever_shown() {
    let tokens = StaticTokens::new().token(SECRET, Actor::System).token("", Actor::System);
    let store = Options::new().open_in_memory().unwrap();
    let api = Federation::new(store.clone(), tokens.clone());
    let (parts, ()) =
        Request::get(LIST).header("Authorization", "Bearer a-wrong-secret").body(()).unwrap().into_parts();
    let refused = tokens.session(&store, &parts).unwrap_err();
    let shown = format!("{tokens:?} {api:?} {refused:?} {refused}");
    assert!(!shown.contains("secret"), "{shown}");
    assert_eq!(format!("{tokens:?}"), "StaticTokens { tokens: 1, .. }", "an empty token is none");
    let response = send(Method::GET, LIST, "a-wrong-secret", b"");
    assert!(!String::from_utf8(response.into_body()).unwrap().contains("secret"));
}

#[test]
fn an_authenticator_of_the_host() {
    let store = Options::new().open_in_memory().unwrap();
    let session = |store: &Store, request: &http::request::Parts| match request.headers.get("x-user") {
        Some(user) if user == "root" => Ok(store.session(Actor::System)),
        Some(_) => Err(AuthError::Forbidden),
        None => Err(AuthError::Missing),
    };
    let api = Federation::new(store, session);
    let call = |user: Option<&str>| {
        let mut request = Request::get(LIST);
        if let Some(user) = user {
            request = request.header("x-user", user);
        }
        api.call(request.body(Vec::new()).unwrap()).status().as_u16()
    };
    assert_eq!((call(Some("root")), call(Some("toor")), call(None)), (200, 403, 401));
}
