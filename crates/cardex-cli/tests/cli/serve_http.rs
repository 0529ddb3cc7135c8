//! `serve`: what HTTP asks of a server beside the APIs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::TestCli;
use super::serve::{Server, TOKEN, command, private, serve_command, start, start_command, start_with};

/// A list of contacts in more than 1 KB.
const LIST: &str = "/api/v1/accounts/1/contacts";

fn tokens(cli: &TestCli) -> String {
    private(cli, &format!("{TOKEN} system"))
}

impl Server {
    /// Sends a request with further header lines. Returns the head and the body of the answer.
    fn ask(&self, method: &str, path: &str, headers: &[&str]) -> (String, Vec<u8>) {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let body = answer.split_off(end + 4);
        (String::from_utf8(answer).unwrap(), body)
    }
}

fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}")
}

#[test]
fn pages_of_named_origins_read_answers() {
    let cli = TestCli::demo();
    let tokens = tokens(&cli);
    let path = "/v1/contacts/search";
    let server = start_with(
        &cli,
        &tokens,
        &["--cors-origin", "https://crm.example", "--cors-origin", "http://localhost:3000"],
    );
    let preflight = |origin: &str| {
        let origin = format!("Origin: {origin}");
        let headers =
            ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization", &origin];
        server.ask("OPTIONS", path, &headers).0
    };
    for origin in ["https://crm.example", "http://localhost:3000"] {
        let head = preflight(origin);
        assert!(head.starts_with("HTTP/1.1 204 "), "{head}");
        assert!(head.contains(&format!("access-control-allow-origin: {origin}\r\n")), "{head}");
        assert!(head.contains("access-control-allow-methods: GET, HEAD, OPTIONS\r\n"), "{head}");
        assert!(head.contains(
            "access-control-allow-headers: authorization, api_access_token, content-type, idempotency-key\r\n"
        ));
        assert!(
            head.contains("vary: origin\r\n") && head.contains("access-control-max-age: 600\r\n"),
            "{head}"
        );
        // The page reads errors too.
        for (header, status) in [(bearer(), 200), (String::from("X-Nothing: 1"), 401)] {
            let origin_header = format!("Origin: {origin}");
            let (head, _) = server.ask("GET", &format!("{path}?term=a"), &[&header, &origin_header]);
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(head.contains(&format!("access-control-allow-origin: {origin}\r\n")), "{head}");
            assert!(!head.contains("access-control-allow-methods"), "{head}");
        }
    }
    for origin in ["https://evil.example", "https://crm.example.evil.example", "null", "http://crm.example"] {
        let head = preflight(origin);
        assert!(head.contains("vary: origin\r\n") && !head.contains("access-control"), "{origin}: {head}");
    }
    let silent = start(&cli, &tokens);
    let (head, _) = silent.ask("GET", LIST, &[&bearer(), "Origin: https://crm.example"]);
    assert!(head.starts_with("HTTP/1.1 200 ") && !head.contains("access-control"), "{head}");
    for wrong in ["*", "crm.example", "https://crm.example/"] {
        let ran = cli.run(&["serve", "--token-file", &tokens, "--cors-origin", wrong]);
        assert_eq!(ran.code, Some(2), "{wrong}: {}", ran.err);
    }
}

#[test]
fn long_answers_are_compressed_for_those_who_ask() {
    let cli = TestCli::demo();
    let server = start(&cli, &tokens(&cli));
    let (head, plain) = server.ask("GET", LIST, &[&bearer()]);
    assert!(head.contains("vary: accept-encoding\r\n") && !head.contains("content-encoding"), "{head}");
    let (head, encoded) = server.ask("GET", LIST, &[&bearer(), "Accept-Encoding: br, gzip;q=0.8"]);
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    assert!(head.contains(&format!("content-length: {}\r\n", encoded.len())), "{head}");
    let mut decoded = Vec::new();
    GzDecoder::new(&encoded[..]).read_to_end(&mut decoded).unwrap();
    assert!(decoded == plain && encoded.len() * 2 < plain.len(), "{} of {}", encoded.len(), plain.len());
    for (path, header) in [(LIST, "Accept-Encoding: gzip;q=0"), ("/v1/me", "Accept-Encoding: gzip")] {
        let (head, _) = server.ask("GET", path, &[&bearer(), header]);
        assert!(head.starts_with("HTTP/1.1 200 ") && !head.contains("content-encoding"), "{head}");
    }
}

#[test]
fn a_client_that_sends_everything_first_reads_why_it_is_too_much() {
    let cli = TestCli::demo();
    let server = start(&cli, &tokens(&cli));
    let answer_to = |head: &str, body: usize| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let block = vec![b' '; 1 << 20];
        for _ in 0..body {
            stream.write_all(&block).unwrap();
        }
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    };
    let head = |length: usize, more: &str| {
        let bearer = bearer();
        format!(
            "PUT /v1/contacts/1 HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\nContent-Length: {length}\r\n{more}\r\n"
        )
    };
    let answer = answer_to(&head(48 << 20, ""), 48);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("The body is too large"), "{answer}");
    let asked_first = answer_to(&head(48 << 20, "Expect: 100-continue\r\n"), 0);
    assert!(asked_first.starts_with("HTTP/1.1 413 "), "{asked_first}");
    let refused = head(48 << 20, "").replace("localhost", "evil.example");
    assert!(answer_to(&refused, 48).starts_with("HTTP/1.1 403 "));
}

/// Runs `openssl`, and returns its output.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    output.stdout
}

#[test]
fn callers_sign_their_tokens() {
    let cli = TestCli::demo();
    let key = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], b"");
    let private_key = cli.file("client.pem", &String::from_utf8(key).unwrap());
    let public = String::from_utf8(openssl(&["pkey", "-pubout", "-in", &private_key], b"")).unwrap();
    let keys =
        cli.file("keys", &format!("# Acme\n\nces:customer:acme admin\nces:customer:desk  system\n{public}"));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = |subject: &str, end: u64, audience: Option<&str>| {
        let mut claims = json!({ "sub": subject, "iat": now, "exp": end });
        if let Some(audience) = audience {
            claims["aud"] = audience.into();
        }
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(br#"{"alg":"RS512"}"#), encode(claims.to_string().as_bytes()));
        let signature = openssl(&["dgst", "-sha512", "-sign", &private_key], signed.as_bytes());
        format!("{signed}.{}", encode(&signature))
    };
    let path = "/api/v1/customer/permissions";
    let start =
        |more: &[&str]| start_command(&mut serve_command(&cli, &[&["--jwt-keys", &keys], more].concat()));
    let server = start(&[]);
    for subject in ["ces:customer:acme", "ces:customer:desk"] {
        assert!(server.get(path, &token(subject, now + 290, None)).starts_with("HTTP/1.1 200 "), "{subject}");
    }
    for (subject, end, audience) in [
        ("ces:customer:acme", now - 60, None),
        ("ces:customer:acme", now + 7200, None),
        ("ces:customer:other", now + 290, None),
        ("ces:customer:acme", now + 290, Some("cardex")),
    ] {
        let token = token(subject, end, audience);
        assert!(server.get(path, &token).starts_with("HTTP/1.1 401 "), "{subject} {end} {audience:?}");
    }
    let both = start(&["--jwt-audience", "cardex", "--token-file", &tokens(&cli)]);
    assert!(both.get(path, TOKEN).starts_with("HTTP/1.1 200 "));
    let named = token("ces:customer:acme", now + 290, Some("cardex"));
    assert!(both.get(path, &named).starts_with("HTTP/1.1 200 "));
    assert!(both.get(path, &token("ces:customer:acme", now + 290, None)).starts_with("HTTP/1.1 401 "));

    for (text, problem) in [
        (String::new(), "no key"),
        (public.clone(), "line 1 of the key file: a key without a line"),
        (format!("{public}acme admin"), "line 1"),
        ("acme admin\n".to_owned(), "the last subject of the key file has no key"),
        ("acme\n".to_owned(), "line 1 of the key file: a subject, a blank"),
        ("acme root\n".to_owned(), "line 1 of the key file: who it is"),
        ("acme admin:999999\n".to_owned(), "line 1 of the key file: the book has no such"),
        (format!("acme admin\n{}", &public[..60]), "line 2 of the key file: not an RSA public key"),
    ] {
        let file = cli.file("wrong", &text);
        let ran = cli.run(&["serve", "--jwt-keys", &file]);
        assert!(ran.code == Some(1) && ran.err.contains(problem), "{text:?}: {}", ran.err);
    }
}

#[test]
fn unreadable_bodies_are_refused() {
    let cli = TestCli::demo();
    let server = start(&cli, &tokens(&cli));
    for header in ["Content-Encoding: gzip", "Content-Type: text/plain"] {
        let request = format!(
            "PUT /v1/contacts/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}\r\n{header}\r\nContent-Length: 2\r\n\r\n{{}}",
            bearer()
        );
        let answer = server.send(request.as_bytes());
        assert!(
            answer.starts_with("HTTP/1.1 415 ") && answer.contains("accept-encoding: identity\r\n"),
            "{answer}"
        );
    }
}

#[test]
fn the_log_has_no_word_of_a_request() {
    let cli = TestCli::demo();
    let tokens = tokens(&cli);
    for format in ["text", "json"] {
        let mut command = command(&cli, &tokens, &["--log", format]);
        let mut server = start_command(command.stdout(Stdio::piped()));
        let mut output = BufReader::new(server.child.stdout.take().unwrap());
        let id = cli.json(&["list", "--limit", "1"])[0]["contact"]["id"].as_str().unwrap().to_owned();
        server.ask("GET", &format!("/v1/contacts/{id}?secret=john"), &[&bearer()]);
        let mut log = String::new();
        output.read_line(&mut log).unwrap();
        server.ask("GET", "/john@example.com", &[&bearer()]);
        server.ask("JOHN", "/health", &[]);
        server.signal("-TERM");
        output.read_to_string(&mut log).unwrap();
        assert_eq!(server.child.wait().unwrap().code(), Some(0));
        assert!(!log.to_lowercase().contains("john") && !log.contains(TOKEN), "{log}");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 3, "{log}");
        if format == "text" {
            assert!(lines[0].contains("Z GET /v1/contacts/{contactId} 200 "), "{log}");
            assert!(lines[1].contains("Z GET - 404 ") && lines[2].contains("Z OTHER /health 405 "), "{log}");
        } else {
            let first: Value = serde_json::from_str(lines[0]).unwrap();
            assert_eq!(
                (&first["route"], &first["status"]),
                (&"/v1/contacts/{contactId}".into(), &200.into())
            );
            assert!(first["ms"].as_f64().unwrap() > 0.0 && first["bytes"].as_u64().unwrap() > 100, "{first}");
            let second: Value = serde_json::from_str(lines[1]).unwrap();
            assert_eq!((&second["route"], &second["status"]), (&Value::Null, &404.into()));
        }
    }
}

#[test]
fn a_running_request_is_finished_at_the_end() {
    let cli = TestCli::demo();
    let mut server = start(&cli, &tokens(&cli));
    let id = cli.json(&["list", "--limit", "1"])[0]["contact"]["id"].as_str().unwrap().to_owned();
    let body = r#"{"values":{"firstName":"Finished"}}"#;
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "PUT /v1/contacts/{id} HTTP/1.1\r\nHost: localhost\r\n{}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        bearer(),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body, so the request runs.
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100 "), "{line}");
    server.signal("-TERM");
    // It does not listen any more.
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::sleep(Duration::from_millis(10));
    }
    stream.write_all(body.as_bytes()).unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("HTTP/1.1 200 ") && rest.ends_with(r#"{"state":true}"#), "{rest}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(cli.json(&["show", &id])[0]["contact"]["firstName"], "Finished");
}

#[test]
fn the_service_manager_learns_when_it_is_ready_and_when_it_ends() {
    let cli = TestCli::demo();
    let tokens = tokens(&cli);
    let path = cli.path("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let read = || {
        let mut state = [0; 64];
        let length = manager.recv(&mut state).unwrap();
        String::from_utf8_lossy(&state[..length]).into_owned()
    };
    let mut server = start_command(command(&cli, &tokens, &[]).env("NOTIFY_SOCKET", &path));
    assert_eq!(read(), "READY=1");
    server.signal("-TERM");
    assert_eq!(read(), "STOPPING=1");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    // A manager that has gone is no reason to fail.
    let mut server = start_command(command(&cli, &tokens, &[]).env("NOTIFY_SOCKET", "/nowhere/notify"));
    assert!(server.get("/health", TOKEN).starts_with("HTTP/1.1 200 "));
    server.signal("-TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
