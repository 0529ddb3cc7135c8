//! `mcp`. The tests of `cardex-mcp` have the tools.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::TestCli;

/// A server that the test talks to. Its answers are lines of standard output, and it has nothing else there.
struct Server {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(cli: &TestCli, arguments: &[&str]) -> Self {
        let mut command = cli.command(&[&["mcp"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, answers };
        let info = json!({ "name": "test", "version": "1" });
        let begin = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info });
        assert_eq!(server.request("initialize", &begin)["serverInfo"]["name"], "cardex");
        server.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        server
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    fn request(&mut self, method: &str, parameters: &Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }));
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).expect(&line)["result"].clone()
    }

    fn tools(&mut self) -> Vec<String> {
        let tools = self.request("tools/list", &json!({}))["tools"].clone();
        tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Ends the input: the server ends too.
    fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn mcp_answers_on_standard_output_until_the_input_ends() {
    let cli = TestCli::demo();
    let first: Value = serde_json::from_str(cli.ok(&["--json", "advisors"]).lines().next().unwrap()).unwrap();
    let advisor = format!("advisor:{}", first["advisor"]["id"].as_str().unwrap());
    let mut server = Server::start(&cli, &["--as", &advisor, "--read-only", "--timeout", "5"]);
    assert_eq!(server.tools(), ["search_contacts", "get_contact", "list_contacts", "find_duplicates"]);
    let call = json!({ "name": "list_contacts", "arguments": { "limit": 1, "count": true } });
    let all = server.request("tools/call", &call)["structuredContent"]["count"]["contacts"].as_u64().unwrap();
    assert!(all > 0 && all < 300, "{all}");
    server.end();
    let mut server = Server::start(&cli, &["--as", "admin"]);
    assert!(server.tools().contains(&"delete_contact".to_owned()));
    let call = json!({ "name": "save_contact", "arguments": { "mode": "add", "firstName": "Zoe" } });
    assert_eq!(server.request("tools/call", &call)["structuredContent"]["added"], true);
    server.end();
    assert!(cli.ok(&["--json", "changes", "--limit", "1000"]).contains(r#""origin":"mcp""#));
}

#[test]
fn mcp_has_the_permissions_of_a_user() {
    let cli = TestCli::demo();
    let ran = cli.run(&["--json", "mcp"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(serde_json::from_str::<Value>(&ran.err).unwrap()["code"], "actor");
    let ran = cli.run(&["mcp", "--as", "admin", "--timeout", "0"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert_eq!(ran.out, "");
}

#[test]
fn mcp_also_answers_where_the_streams_are_no_pipes() {
    let cli = TestCli::demo();
    let info = json!({ "name": "test", "version": "1" });
    let begin = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info });
    let requests = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {} }),
    ];
    let input = cli.file("input", &requests.map(|request| format!("{request}\n")).concat());
    let output = cli.file("output", "");
    let mut command = cli.command(&["mcp", "--as", "admin"]);
    command.stdin(File::open(input).unwrap()).stdout(File::create(&output).unwrap());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let ended = loop {
        match child.try_wait().unwrap() {
            None if begun.elapsed() < Duration::from_secs(60) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            ended => break ended,
        }
    };
    let _ = child.kill();
    assert!(ended.expect("the server ends").success());
    let answers = std::fs::read_to_string(output).unwrap();
    assert_eq!(answers.lines().count(), 2, "{answers}");
    assert!(answers.contains("search_contacts"));
}
