//! `serve`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::{Finished, TestCli};

pub(super) const TOKEN: &str = "0123456789abcdef-system";

/// A server that ends with the test.
pub(super) struct Server {
    pub(super) child: Child,
    pub(super) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file that only its owner reads.
pub(super) fn private(cli: &TestCli, text: &str) -> String {
    let path = cli.file("tokens", text);
    mode(&path, "600");
    path
}

fn mode(path: &str, mode: &str) {
    assert!(Command::new("chmod").args([mode, path]).status().unwrap().success());
}

pub(super) fn start(cli: &TestCli, tokens: &str) -> Server {
    start_with(cli, tokens, &[])
}

pub(super) fn start_with(cli: &TestCli, tokens: &str, more: &[&str]) -> Server {
    start_command(&mut command(cli, tokens, more))
}

pub(super) fn command(cli: &TestCli, tokens: &str, more: &[&str]) -> Command {
    serve_command(cli, &[&["--token-file", tokens], more].concat())
}

pub(super) fn serve_command(cli: &TestCli, options: &[&str]) -> Command {
    let mut command = cli.command(&[&["serve", "--listen", "127.0.0.1:0"], options].concat());
    command.stdout(Stdio::null()).env_remove("NOTIFY_SOCKET");
    command
}

pub(super) fn start_command(command: &mut Command) -> Server {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").expect(&line).to_owned();
    Server { child, address }
}

impl Server {
    /// Sends bytes and gives all that comes back.
    pub(super) fn send(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // A server that has seen enough may close before all is sent.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks the server to end.
    pub(super) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    pub(super) fn get(&self, path: &str, token: &str) -> String {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        self.send(head.as_bytes())
    }
}

#[test]
fn requests_are_answered_on_a_port() {
    let cli = TestCli::demo();
    let tokens = private(&cli, &format!("# who may call\n\n{TOKEN} system\n0123456789abcdef-admin admin\n"));
    let server = start(&cli, &tokens);
    let path = "/api/v1/customer/permissions";
    for token in [TOKEN, "0123456789abcdef-admin"] {
        let answer = server.get(path, token);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(
            answer.contains("content-type: application/json\r\n") && answer.ends_with("\"]}"),
            "{answer}"
        );
    }
    assert!(server.get(path, "0123456789abcdef-nobody").starts_with("HTTP/1.1 401 "));
    assert!(server.get("/", TOKEN).starts_with("HTTP/1.1 404 "));
    let health = server.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with(r#"{"status":"ok"}"#), "{health}");
    let rebound = server.send(b"GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert!(rebound.starts_with("HTTP/1.1 403 "), "{rebound}");
    assert!(server.send(b"what\r\n\r\n").starts_with("HTTP/1.1 400 "));

    let post = |length: usize, body: &[u8]| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        server.send(&[head.as_bytes(), body].concat())
    };
    assert!(post(2, b"{}").starts_with("HTTP/1.1 405 "));
    assert!(post(1 << 21, &vec![b' '; 1 << 21]).starts_with("HTTP/1.1 413 "));
}

#[test]
fn one_product_is_served_alone() {
    let cli = TestCli::demo();
    let tokens = private(&cli, &format!("{TOKEN} system"));
    let path = "/api/v1/customer/permissions";
    for option in ["--product", "--dialect"] {
        let server = start_with(&cli, &tokens, &[option, "smartsender"]);
        assert!(server.get(path, TOKEN).starts_with("HTTP/1.1 404 "), "{option}");
        let server = start_with(&cli, &tokens, &[option, "federation"]);
        assert!(server.get(path, TOKEN).starts_with("HTTP/1.1 200 "), "{option}");
    }
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_asked_to() {
    let cli = TestCli::demo();
    let mut server = start(&cli, &private(&cli, &format!("{TOKEN} system")));
    // A connection that is open and silent does not hold it up.
    let _idle = TcpStream::connect(&server.address).unwrap();
    assert!(server.get("/", TOKEN).starts_with("HTTP/1.1 404 "));
    let health = server.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with(r#"{"status":"ok"}"#), "{health}");
    server.signal("-INT");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_does_not_start_unguarded() {
    let cli = TestCli::demo();
    let refused = |tokens: &str, more: &[&str]| {
        let Finished { code, err, .. } = cli.run(&[&["serve", "--token-file", tokens], more].concat());
        assert_eq!(code, Some(1), "{err}");
        assert!(!err.contains("0123456789"), "{err}");
        err
    };
    assert!(refused(&private(&cli, ""), &[]).contains("no token"));
    assert!(refused(&private(&cli, "# nobody\n"), &[]).contains("no token"));
    assert!(refused(&private(&cli, "0123456789 system"), &[]).contains("line 1"));
    assert!(refused(&private(&cli, &format!("\n{TOKEN} root")), &[]).contains("line 2"));
    let none = cli.path("none");
    assert!(refused(&none.to_string_lossy(), &[]).contains(&*none.to_string_lossy()), "which file it was");
    let nobody = private(&cli, &format!("{TOKEN} system\n0123456789abcdef-nobody advisor:999999"));
    assert!(refused(&nobody, &[]).contains("line 2 of the token file: the book has no such"));
    let nowhere = private(&cli, &format!("{TOKEN} admin:999999"));
    assert!(refused(&nowhere, &[]).contains("line 1 of the token file: the book has no such"));
    let good = private(&cli, &format!("{TOKEN} system"));
    assert!(refused(&good, &["--listen", "0.0.0.0:0"]).contains("--allow-remote"));
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = held.local_addr().unwrap().to_string();
    assert!(refused(&good, &["--listen", &taken]).contains(&taken), "which address it was");
    for shared in ["604", "640", "601"] {
        mode(&good, shared);
        assert!(refused(&good, &[]).contains("chmod 600"), "{shared}");
    }
    assert_eq!(cli.run(&["serve"]).code, Some(2), "there is no server without tokens");
}
