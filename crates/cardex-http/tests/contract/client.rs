//! Requests to an API, and the declared answers that they reach.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use http::{Request, Response};
use serde_json::Value;

use super::openapi::{Code, Contract};
use super::product::{Api, Product};

/// A request, by the name of its operation.
#[derive(Debug, Clone)]
pub struct Ask {
    pub operation: String,
    values: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    kind: Option<String>,
    headers: Vec<(&'static str, String)>,
}

pub fn ask(operation: &str) -> Ask {
    let operation = operation.to_owned();
    Ask { operation, values: Vec::new(), query: Vec::new(), body: None, kind: None, headers: Vec::new() }
}

impl Ask {
    /// The next parameter of the path.
    pub fn at(mut self, value: impl ToString) -> Self {
        self.values.push(value.to_string());
        self
    }

    /// Replaces a parameter of the path.
    pub fn instead(mut self, at: usize, value: impl ToString) -> Self {
        self.values[at] = value.to_string();
        self
    }

    /// Adds a parameter of the query.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn body(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets the media type of the body.
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The request with a token; without one it is unauthenticated.
    pub fn request(&self, product: &Product, token: &str) -> Request<Vec<u8>> {
        let operation = &product.contract.operations[&self.operation];
        let mut values = self.values.iter();
        let part = |part: &str| {
            let parameter = part.starts_with('{');
            if parameter { escaped(values.next().expect("a value for each")) } else { part.to_owned() }
        };
        let path = operation.path.split('/').map(part).collect::<Vec<_>>().join("/");
        assert_eq!(values.next(), None);
        let query = self.query.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let query = query.collect::<Vec<_>>().join("&");
        let uri = if query.is_empty() { path } else { format!("{path}?{query}") };
        let mut request = Request::builder().method(operation.method.as_str()).uri(uri);
        if !token.is_empty() {
            let (name, value) = (product.header)(token);
            request = request.header(name, value);
        }
        if let Some(kind) = &self.kind {
            request = request.header("content-type", kind);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(self.body.clone().unwrap_or_default()).unwrap()
    }
}

/// Percent-encodes all bytes except letters and digits.
pub fn escaped(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}

/// A response.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    /// The media type and the bytes of a body that is not JSON.
    pub file: Option<(String, Vec<u8>)>,
    word: String,
}

impl Reply {
    fn of(product: &Product, response: Response<Vec<u8>>) -> Self {
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        assert_eq!(kind.is_some(), !response.body().is_empty(), "a body has a media type");
        let body = match kind.as_deref() {
            Some("application/json") => serde_json::from_slice(response.body()).unwrap(),
            _ => Value::Null,
        };
        let file = kind.filter(|kind| kind != "application/json").map(|kind| (kind, response.into_body()));
        assert_exact_ids(&body);
        let word = (product.word)(&body);
        Self { status, body, file, word }
    }

    /// The code of an error.
    pub fn word(&self) -> &str {
        &self.word
    }
}

/// JavaScript reads a JSON number as a double: every id must survive that, so that it names its own record.
fn assert_exact_ids(body: &Value) {
    match body {
        Value::Array(items) => items.iter().for_each(assert_exact_ids),
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_id = ["id", "_id", "Id"].iter().any(|end| name.ends_with(end));
                if let (true, Some(id)) = (is_id, value.as_number()) {
                    let id = id.as_i64().unwrap();
                    assert!((1..=cardex::limits::ID).contains(&id), "{name} {id} is rounded by JavaScript");
                }
                assert_exact_ids(value);
            }
        }
        _ => {}
    }
}

/// A caller whose responses are validated against the OpenAPI file.
#[derive(Clone)]
pub struct Client {
    api: Api,
    pub product: Rc<Product>,
    reached: Rc<RefCell<BTreeSet<Code>>>,
}

impl Client {
    pub fn new(api: Api, product: &Rc<Product>, reached: &Rc<RefCell<BTreeSet<Code>>>) -> Self {
        Self { api, product: Rc::clone(product), reached: Rc::clone(reached) }
    }

    /// Sends a request unchanged.
    pub fn call(&self, request: Request<Vec<u8>>) -> Reply {
        Reply::of(&self.product, (self.api)(request))
    }

    /// Sends a request without validation.
    pub fn plain(&self, token: &str, ask: &Ask) -> Reply {
        self.call(ask.request(&self.product, token))
    }

    /// Sends a request unchanged, and counts the reached answer of an operation.
    #[track_caller]
    pub fn counted(&self, operation: &str, request: Request<Vec<u8>>) -> Reply {
        let reply = self.call(request);
        let body = Some(&reply.body).filter(|body| !body.is_null());
        let faults = self.contract().faults(operation, reply.status, body);
        assert!(faults.is_empty(), "{operation}: {faults:#?} in {reply:#?}");
        self.reached.borrow_mut().insert((operation.to_owned(), reply.status, reply.word().to_owned()));
        reply
    }

    fn contract(&self) -> &Contract {
        &self.product.contract
    }

    /// Sends a request, validates the response, and counts it. The response must be declared.
    #[track_caller]
    pub fn send(&self, token: &str, ask: &Ask) -> Reply {
        let reply = self.plain(token, ask);
        let body = Some(&reply.body).filter(|body| !body.is_null());
        let faults = self.contract().faults(&ask.operation, reply.status, body);
        assert!(faults.is_empty(), "{ask:?}: {faults:#?} in {reply:#?}");
        let code = (ask.operation.clone(), reply.status, reply.word().to_owned());
        self.reached.borrow_mut().insert(code);
        reply
    }

    /// Like [`Client::send`], for an error that may be undeclared. Such an error is not counted.
    pub fn try_send(&self, token: &str, ask: &Ask) -> Reply {
        let reply = self.plain(token, ask);
        let declared = self.contract().operations[&ask.operation].responses.contains_key(&reply.status);
        if declared { self.send(token, ask) } else { reply }
    }

    /// Like [`Client::send`], for a call that must succeed.
    #[track_caller]
    pub fn ok(&self, token: &str, ask: &Ask) -> Value {
        let reply = self.send(token, ask);
        assert!((200..300).contains(&reply.status), "{ask:?}: {reply:#?}");
        reply.body
    }

    /// Like [`Client::send`], for a call that must fail. Returns the status and the code.
    #[track_caller]
    pub fn refused(&self, token: &str, ask: &Ask) -> (u16, String) {
        let reply = self.send(token, ask);
        assert!(reply.status >= 400, "{ask:?}: {reply:#?}");
        (reply.status, reply.word().to_owned())
    }

    /// Sends a request that breaks the schema. The response may be undeclared, but must have the error schema.
    #[track_caller]
    pub fn invalid(&self, token: &str, ask: &Ask) -> Reply {
        let reply = self.plain(token, ask);
        assert!((400..500).contains(&reply.status), "{ask:?}: {reply:#?}");
        assert!((self.product.is_error)(reply.status, &reply.body), "{reply:#?}");
        reply
    }
}
