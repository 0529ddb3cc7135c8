//! Requests to a dialect, and what their answers reach of its contract.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use http::{Request, Response};
use serde_json::Value;

use super::openapi::{Code, Contract};
use super::product::{Api, Product};

/// A request by the name of its operation.
#[derive(Debug, Clone)]
pub struct Ask {
    pub operation: String,
    values: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    kind: Option<String>,
}

pub fn ask(operation: &str) -> Ask {
    Ask { operation: operation.to_owned(), values: Vec::new(), query: Vec::new(), body: None, kind: None }
}

impl Ask {
    /// The next parameter of the path.
    pub fn at(mut self, value: impl ToString) -> Self {
        self.values.push(value.to_string());
        self
    }

    /// Another parameter of the path.
    pub fn instead(mut self, at: usize, value: impl ToString) -> Self {
        self.values[at] = value.to_string();
        self
    }

    /// One more parameter of the query.
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

    /// What the body is said to be.
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// As sent by the owner of a token; none: by nobody.
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
        request.body(self.body.clone().unwrap_or_default()).unwrap()
    }
}

/// Everything but letters and digits as its bytes.
pub fn escaped(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    word: String,
}

impl Reply {
    fn of(product: &Product, response: Response<Vec<u8>>) -> Self {
        let json = response.headers().get("content-type").is_some_and(|kind| kind == "application/json");
        assert_eq!(json, !response.body().is_empty(), "a body is said to be JSON");
        let body = if json { serde_json::from_slice(response.body()).unwrap() } else { Value::Null };
        let word = (product.word)(&body);
        Self { status: response.status().as_u16(), body, word }
    }

    /// What an error is called.
    pub fn word(&self) -> &str {
        &self.word
    }
}

/// A caller of a book, whose answers are held against the contract.
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

    /// Sends a request as it is.
    pub fn call(&self, request: Request<Vec<u8>>) -> Reply {
        Reply::of(&self.product, (self.api)(request))
    }

    /// Sends a request, and looks at nothing.
    pub fn plain(&self, token: &str, ask: &Ask) -> Reply {
        self.call(ask.request(&self.product, token))
    }

    /// Sends a request as it is, and counts what it reached of an operation.
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

    /// Sends a request, and counts what it reached. The answer is one that the contract declares, to the letter.
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

    /// The same where the contract may have left the error out: then nothing is counted.
    pub fn try_send(&self, token: &str, ask: &Ask) -> Reply {
        let reply = self.plain(token, ask);
        let declared = self.contract().operations[&ask.operation].responses.contains_key(&reply.status);
        if declared { self.send(token, ask) } else { reply }
    }

    /// The same for what must work.
    #[track_caller]
    pub fn ok(&self, token: &str, ask: &Ask) -> Value {
        let reply = self.send(token, ask);
        assert!((200..300).contains(&reply.status), "{ask:?}: {reply:#?}");
        reply.body
    }

    /// The same for what must be refused: the status, and what it is called.
    #[track_caller]
    pub fn refused(&self, token: &str, ask: &Ask) -> (u16, String) {
        let reply = self.send(token, ask);
        assert!(reply.status >= 400, "{ask:?}: {reply:#?}");
        (reply.status, reply.word().to_owned())
    }

    /// Sends what breaks the schema: the answer need not be declared, but it is an error of the usual shape.
    #[track_caller]
    pub fn invalid(&self, token: &str, ask: &Ask) -> Reply {
        let reply = self.plain(token, ask);
        assert!((400..500).contains(&reply.status), "{ask:?}: {reply:#?}");
        assert!((self.product.is_error)(reply.status, &reply.body), "{reply:#?}");
        reply
    }
}
