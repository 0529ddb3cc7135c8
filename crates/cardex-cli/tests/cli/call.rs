//! Requests through a dialect, from the command line.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Desk, ran};

#[test]
fn a_request_is_answered() {
    let desk = Desk::demo();
    let ran = desk.run(&["call", "GET", "/api/v1/customer/permissions"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "200 OK\n"));
    let body: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(body["permissions"][0], "create:room");

    let list = desk.json(&["list", "--network", "WHATSAPP", "--limit", "1"]);
    let contact = &list[0]["contact"];
    let phone = contact["phones"][0]["normal"].as_str().unwrap().trim_start_matches('+');
    let path = format!("/api/v2/customer/contact?externalNetwork=WHATSAPP&phoneNumber={phone}");
    let found: Value = serde_json::from_str(&desk.ok(&["call", "GET", &path])).unwrap();
    assert_eq!(found["symphonyId"], contact["id"]);
}

#[test]
fn a_refusal_is_told_by_the_exit_code_too() {
    let desk = Desk::demo();
    for (method, path, status, word) in [
        ("GET", "/nowhere", "404 Not Found", "path.not.found"),
        ("DELETE", "/api/v1/customer/permissions", "405 Method Not Allowed", "method.not.allowed"),
        (
            "GET",
            "/api/v2/customer/contacts?externalNetwork=FAX",
            "400 Bad Request",
            "external.network.not.found",
        ),
    ] {
        let ran = desk.run(&["call", method, path]);
        assert_eq!((ran.code, ran.err.trim_end()), (Some(1), status), "{path}");
        assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["type"], word);
    }
    assert_eq!(desk.run(&["call", "G T", "/"]).code, Some(2));
    // Without its slash a path was "invalid format", and to `get` it had no such method.
    let ran = desk.run(&["call", "GET", "api/v1/customer/permissions"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("a path begins with a slash"), "{}", ran.err);
    assert!(desk.run(&["call", "GET", "/v1/contacts?page= "]).err.contains("hexadecimal"));
    assert_eq!(desk.run(&["call", "get", "/api/v1/customer/permissions"]).code, Some(0));
    assert_eq!(desk.run(&["call", "GET", "/", "--dialect", "fax"]).code, Some(2));
}

#[test]
fn the_caller_is_who_the_command_says() {
    let desk = Desk::demo();
    let advisors = desk.json(&["advisors", "--limit", "1"]);
    let advisor = advisors[0]["advisor"]["id"].as_str().unwrap();
    let path = "/api/v2/customer/contacts?externalNetwork=WHATSAPP";
    let of =
        |who: &str| -> Value { serde_json::from_str(&desk.ok(&["call", "GET", path, "--as", who])).unwrap() };
    let own = of(&format!("advisor:{advisor}"));
    for contact in own["contacts"].as_array().unwrap() {
        assert!(contact["advisors"].as_array().unwrap().contains(&json!(advisor)));
    }
    assert_ne!(own, of("admin"));
}

#[test]
fn a_body_may_come_from_the_input() {
    let desk = Desk::demo();
    let mut command = desk.command(&["call", "POST", "/api/v1/customer/permissions", "--body", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{}").unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(1), "a method the path does not have");
    assert_eq!(
        ran(&mut desk.command(&["call", "GET", "/api/v1/customer/permissions", "--body", "x"])).code,
        Some(0)
    );
}
