//! `call`.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{TestCli, finish};

#[test]
fn a_request_is_answered() {
    let cli = TestCli::demo();
    let ran = cli.run(&["call", "GET", "/api/v1/customer/permissions"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "200 OK\n"));
    let body: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(body["permissions"][0], "create:room");

    let list = cli.json(&["list", "--network", "WHATSAPP", "--limit", "1"]);
    let contact = &list[0]["contact"];
    let phone = contact["phones"][0]["normalized"].as_str().unwrap().trim_start_matches('+');
    let path = format!("/api/v2/customer/contact?externalNetwork=WHATSAPP&phoneNumber={phone}");
    let found: Value = serde_json::from_str(&cli.ok(&["call", "GET", &path])).unwrap();
    assert_eq!(found["symphonyId"], contact["id"]);
}

#[test]
fn an_error_status_sets_the_exit_code() {
    let cli = TestCli::demo();
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
        let ran = cli.run(&["call", method, path]);
        assert_eq!((ran.code, ran.err.trim_end()), (Some(1), status), "{path}");
        assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["type"], word);
    }
    assert_eq!(cli.run(&["call", "G T", "/"]).code, Some(2));
    // Regression: a path without a slash was "invalid format", and `get` was an unknown method.
    let ran = cli.run(&["call", "GET", "api/v1/customer/permissions"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("a path begins with a slash"), "{}", ran.err);
    assert!(cli.run(&["call", "GET", "/v1/contacts?page= "]).err.contains("hexadecimal"));
    assert_eq!(cli.run(&["call", "get", "/api/v1/customer/permissions"]).code, Some(0));
    assert_eq!(cli.run(&["call", "GET", "/", "--product", "fax"]).code, Some(2));
    for option in ["--product", "--dialect"] {
        let call = ["call", "GET", "/api/v1/customer/permissions", option, "federation"];
        assert_eq!(cli.run(&call).code, Some(0), "{option}");
    }
}

#[test]
fn the_caller_is_the_actor_of_the_command() {
    let cli = TestCli::demo();
    let advisors = cli.json(&["advisors", "--limit", "1"]);
    let advisor = advisors[0]["advisor"]["id"].as_str().unwrap();
    let path = "/api/v2/customer/contacts?externalNetwork=WHATSAPP";
    let of =
        |who: &str| -> Value { serde_json::from_str(&cli.ok(&["call", "GET", path, "--as", who])).unwrap() };
    let own = of(&format!("advisor:{advisor}"));
    for contact in own["contacts"].as_array().unwrap() {
        assert!(contact["advisors"].as_array().unwrap().contains(&json!(advisor)));
    }
    assert_ne!(own, of("admin"));
}

#[test]
fn a_body_may_come_from_standard_input() {
    let cli = TestCli::demo();
    let mut command = cli.command(&["call", "POST", "/api/v1/customer/permissions", "--body", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{}").unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(1), "a method the path does not have");
    assert_eq!(
        finish(&mut cli.command(&["call", "GET", "/api/v1/customer/permissions", "--body", "x"])).code,
        Some(0)
    );
}
