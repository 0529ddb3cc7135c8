//! A client that speaks lines of JSON, and a book to ask about.

mod confirmation;
mod hostile;
mod protocol;
mod reading;
mod writing;

use std::time::Duration;

use cardex::{Actor, Advisor, Contact, Network, NewAdvisor, NewContact, Options, Session, Store};
use cardex_mcp::Server;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf,
};
use tokio::runtime::{Builder, Runtime};

/// A book with two advisors.
pub(crate) struct Book {
    pub(crate) store: Store,
    pub(crate) ada: Advisor,
    pub(crate) bob: Advisor,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self::in_store(Options::new().open_in_memory().unwrap())
    }

    pub(crate) fn in_store(store: Store) -> Self {
        let directory = store.session(Actor::System);
        let add = |first| directory.directory().add_advisor(NewAdvisor::new(first, "")).unwrap();
        Self { ada: add("Ada"), bob: add("Bob"), store }
    }

    pub(crate) fn system(&self) -> Session {
        self.store.session(Actor::System)
    }

    pub(crate) fn administrator(&self) -> Session {
        let tenant = self.system().directory().tenants().unwrap().remove(0);
        self.store.session(Actor::Administrator(tenant.id))
    }

    pub(crate) fn as_ada(&self) -> Session {
        self.store.session(Actor::Advisor(self.ada.id)).origin("mcp")
    }

    /// Adds a contact of Ada.
    pub(crate) fn add(&self, first: &str, last: &str) -> Contact {
        self.as_ada().add(NewContact::new(Network::BOOK, first, last)).unwrap()
    }
}

/// How a person answers a question of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// The client cannot show questions.
    Absent,
    Accepts,
    Declines,
}

/// A client, and the server that it talks to.
pub(crate) struct Client {
    runtime: Runtime,
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    output: WriteHalf<DuplexStream>,
    person: Person,
    next_id: u64,
    /// Every line of the server.
    pub(crate) seen: Vec<String>,
    /// The questions of the server.
    pub(crate) questions: Vec<String>,
}

impl Client {
    /// A client that has not said anything yet.
    pub(crate) fn silent(server: Server, person: Person) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (input, output) = tokio::io::split(theirs);
        runtime.spawn(server.serve(input, output));
        let (input, output) = tokio::io::split(ours);
        let lines = BufReader::new(input).lines();
        Self { runtime, lines, output, person, next_id: 0, seen: Vec::new(), questions: Vec::new() }
    }

    pub(crate) fn new(session: Session) -> Self {
        Self::with(Server::new(session), Person::Absent)
    }

    pub(crate) fn with(server: Server, person: Person) -> Self {
        let mut client = Self::silent(server, person);
        let capabilities = match person {
            Person::Absent => json!({}),
            Person::Accepts | Person::Declines => json!({ "elicitation": {} }),
        };
        let info = json!({ "name": "test", "version": "1" });
        let parameters =
            json!({ "protocolVersion": "2025-06-18", "capabilities": capabilities, "clientInfo": info });
        let answer = client.request("initialize", parameters);
        assert_eq!(answer["result"]["protocolVersion"], "2025-06-18", "{answer}");
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        client
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.runtime.block_on(self.output.write_all(line.as_bytes())).unwrap();
    }

    fn receive(&mut self) -> Value {
        let next = async { tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await };
        let line = self.runtime.block_on(next).expect("an answer in a minute").unwrap().expect("an answer");
        self.seen.push(line.clone());
        serde_json::from_str(&line).unwrap()
    }

    /// Sends a request, answers the questions of the server, and returns the answer.
    pub(crate) fn request(&mut self, method: &str, parameters: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        loop {
            let message = self.receive();
            if message["method"] == "elicitation/create" {
                self.questions.push(message["params"]["message"].as_str().unwrap().to_owned());
                let action = if self.person == Person::Accepts { "accept" } else { "decline" };
                let result = json!({ "action": action, "content": {} });
                self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
            } else if message["id"] == id {
                return message;
            }
        }
    }

    /// Calls a tool. Its result must have the output schema.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        assert_eq!(result["isError"], false, "{answer}");
        let content = result["structuredContent"].clone();
        let text = result["content"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), content);
        let schema = self.schema(tool, "outputSchema");
        let errors: Vec<_> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&content)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{tool}: {errors:?}");
        content
    }

    /// Calls a tool that must fail, and returns the report of the error.
    pub(crate) fn fail(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        assert_eq!(result["isError"], true, "{answer}");
        assert!(result.get("structuredContent").is_none(), "{answer}");
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
    }

    pub(crate) fn tools(&mut self) -> Vec<Value> {
        self.request("tools/list", json!({}))["result"]["tools"].as_array().unwrap().clone()
    }

    pub(crate) fn tool_names(&mut self) -> Vec<String> {
        self.tools().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    fn schema(&mut self, tool: &str, which: &str) -> Value {
        self.tools().iter().find(|known| known["name"] == tool).unwrap()[which].clone()
    }

    /// The text of a resource.
    pub(crate) fn resource(&mut self, uri: &str) -> String {
        let answer = self.request("resources/read", json!({ "uri": uri }));
        let content = &answer["result"]["contents"][0];
        assert!(
            content["_meta"]["cardex/notice"].as_str().is_some_and(|text| text.contains("data")),
            "{answer}"
        );
        content["text"].as_str().unwrap().to_owned()
    }
}
