//! Signed tokens: which are accepted, and which are rejected.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::arithmetic_side_effects)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cardex::{Actor, Clock, Options, Store, Timestamp};
use cardex_http::federation::Federation;
use cardex_http::{AuthError, Authenticator as _, KeyError, SignedTokens};
use http::Request;
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::sha2::{Sha256, Sha512};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};

const CLIENT: &str = include_str!("fixtures/keys/client.pem");
const OTHER: &str = include_str!("fixtures/keys/other.pem");
const CLIENT_KEY: &str = include_str!("fixtures/keys/client.pub");
const OTHER_KEY: &str = include_str!("fixtures/keys/other.pub");
const SUBJECT: &str = "ces:customer:acme";

/// 2023-11-14T22:13:20Z
const NOW: i64 = 1_700_000_000;

#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(NOW * 1000 + 999)
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed_by(key: &str, header: &Value, claims: &Value) -> String {
    let signing = SigningKey::<Sha512>::new(PrivateKey::from_pkcs8_pem(key).unwrap());
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = signing.sign(signed.as_bytes()).to_vec();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header() -> Value {
    json!({ "alg": "RS512", "typ": "JWT" })
}

fn claims() -> Value {
    json!({ "sub": SUBJECT, "iat": NOW, "exp": NOW + 290, "jti": "1" })
}

/// The claims with another value; null takes it away.
fn with(name: &str, value: &Value) -> Value {
    let mut claims = claims();
    let map = claims.as_object_mut().unwrap();
    if value.is_null() {
        map.remove(name)
    } else {
        map.insert(name.to_owned(), value.clone())
    };
    claims
}

struct Gate {
    store: Store,
    tokens: SignedTokens,
}

impl Gate {
    fn new() -> Self {
        let tokens = SignedTokens::new().key(SUBJECT, CLIENT_KEY, Actor::System).unwrap();
        Self { store: Options::new().clock(FixedClock).open_in_memory().unwrap(), tokens }
    }

    fn lets_in(&self, token: &str) -> bool {
        let (parts, ()) = Request::get("/")
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .unwrap()
            .into_parts();
        match self.tokens.session(&self.store, &parts) {
            Ok(_) => true,
            Err(AuthError::Rejected) => false,
            Err(error) => panic!("{error}"),
        }
    }

    fn accepts(&self, claims: &Value) -> bool {
        self.lets_in(&signed_by(CLIENT, &header(), claims))
    }
}

#[test]
fn a_signed_token_is_its_actor() {
    let gate = Gate::new();
    assert!(gate.accepts(&claims()));
    let api = Federation::new(gate.store.clone(), gate.tokens.clone());
    let call = |token: &str| {
        let request =
            Request::get("/api/v1/customer/permissions").header("authorization", format!("Bearer {token}"));
        api.call(request.body(Vec::new()).unwrap()).status().as_u16()
    };
    assert_eq!(call(&signed_by(CLIENT, &header(), &claims())), 200);
    assert_eq!(call(&signed_by(OTHER, &header(), &claims())), 401);
    let tokens = gate.tokens.key("ces:customer:other", OTHER_KEY, Actor::System).unwrap();
    let both = Gate { tokens, ..Gate::new() };
    let other = with("sub", &json!("ces:customer:other"));
    assert!(both.accepts(&claims()) && both.lets_in(&signed_by(OTHER, &header(), &other)));
    assert!(!both.lets_in(&signed_by(OTHER, &header(), &claims())), "the key of another subject");
    assert!(!both.accepts(&other), "the subject of another key");
    // While a key is replaced, both are valid.
    let tokens = both.tokens.key(SUBJECT, OTHER_KEY, Actor::System).unwrap();
    let replaced = Gate { tokens, ..Gate::new() };
    assert!(replaced.accepts(&claims()) && replaced.lets_in(&signed_by(OTHER, &header(), &claims())));
}

#[test]
fn the_algorithm_is_that_of_the_key() {
    let gate = Gate::new();
    for alg in
        [json!("RS256"), json!("RS384"), json!("PS512"), json!("none"), json!("rs512"), json!(7), Value::Null]
    {
        assert!(!gate.lets_in(&signed_by(CLIENT, &json!({ "alg": alg }), &claims())), "{alg}");
    }
    assert!(!gate.lets_in(&signed_by(CLIENT, &json!({ "typ": "JWT" }), &claims())));
    assert!(!gate.lets_in(&signed_by(CLIENT, &json!({ "alg": "RS512", "crit": ["exp"] }), &claims())));
    let unsigned = |alg: &str| format!("{}.{}.", encoded(&json!({ "alg": alg })), encoded(&claims()));
    assert!(!gate.lets_in(&unsigned("none")) && !gate.lets_in(&unsigned("RS512")));
    // A token that takes the public key for a secret: HMAC over the signed part.
    let signed = format!("{}.{}", encoded(&json!({ "alg": "HS512" })), encoded(&claims()));
    let forged =
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac_sha512(CLIENT_KEY.as_bytes(), signed.as_bytes())));
    assert!(!gate.lets_in(&forged));
    // The right algorithm is named, but another one was used.
    let signed = format!("{}.{}", encoded(&header()), encoded(&claims()));
    let short = SigningKey::<Sha256>::new(PrivateKey::from_pkcs8_pem(CLIENT).unwrap());
    let short = short.sign(signed.as_bytes()).to_vec();
    assert!(!gate.lets_in(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(short))));
}

/// HMAC by RFC 2104.
fn hmac_sha512(key: &[u8], text: &[u8]) -> Vec<u8> {
    use rsa::sha2::Digest as _;
    let mut block = if key.len() > 128 { Sha512::digest(key).to_vec() } else { key.to_vec() };
    block.resize(128, 0);
    let pad = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha512::digest([&pad(0x36)[..], text].concat());
    Sha512::digest([&pad(0x5c)[..], &inner[..]].concat()).to_vec()
}

#[test]
fn a_token_has_its_time() {
    let gate = Gate::new();
    for (name, at, valid) in [
        ("exp", -1, true), // within the difference of clocks
        ("exp", -40, false),
        ("exp", 1_800, true),
        ("exp", 1_840, false),
        ("nbf", 20, true),
        ("nbf", 40, false),
        ("iat", 20, true),
        ("iat", 40, false),
        ("iat", -100_000, true),
    ] {
        assert_eq!(gate.accepts(&with(name, &json!(NOW + at))), valid, "{name} {at}");
    }
    assert!(gate.accepts(&with("exp", &json!(1_700_000_100.5))));
    for bad in [Value::Null, json!((NOW + 100).to_string()), json!([NOW]), json!(-1), json!(1e300)] {
        assert!(!gate.accepts(&with("exp", &bad)), "{bad}");
    }
    for bad in [json!("now"), json!(true)] {
        assert!(!gate.accepts(&with("nbf", &bad)) && !gate.accepts(&with("iat", &bad)), "{bad}");
    }
    assert!(gate.accepts(&with("iat", &Value::Null)));
}

#[test]
fn a_token_is_for_its_audience() {
    let mut gate = Gate::new();
    assert!(!gate.accepts(&with("aud", &json!("crm"))), "for somebody else");
    gate.tokens = gate.tokens.audience("cardex");
    for (audience, valid) in [
        (json!("cardex"), true),
        (json!(["crm", "cardex"]), true),
        (json!("crm"), false),
        (json!("Cardex"), false),
        (json!(["crm"]), false),
        (json!([]), false),
        (json!(""), false),
        (Value::Null, false),
    ] {
        assert_eq!(gate.accepts(&with("aud", &audience)), valid, "{audience}");
    }
}

#[test]
fn changed_and_broken_tokens_are_rejected() {
    let gate = Gate::new();
    let good = signed_by(CLIENT, &header(), &claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = encoded(&with("sub", &json!("admin")));
    let longer = encoded(&with("exp", &json!(NOW + 1_700)));
    for claims in [other, longer, String::new(), encoded(&json!([])), URL_SAFE_NO_PAD.encode("{")] {
        assert!(!gate.lets_in(&format!("{}.{claims}.{}", parts[0], parts[2])), "{claims}");
    }
    for bad in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        &good[1..],
        &format!("{good}."),
        &format!(".{good}"),
        &format!("{good}="),
    ] {
        assert!(!gate.lets_in(bad), "{bad}");
    }
    for end in 0..good.len() {
        assert!(!gate.lets_in(&good[..end]));
    }
    for subject in [Value::Null, json!(7), json!(""), json!("ces:customer:acme ")] {
        assert!(!gate.accepts(&with("sub", &subject)), "{subject}");
    }
    let long = with("jti", &json!("x".repeat(10_000)));
    assert!(!gate.accepts(&long), "a long token is not read");
    assert!(!Gate { tokens: SignedTokens::new(), ..gate }.lets_in(&good));
}

#[test]
fn keys_are_read_from_pem() {
    let key =
        |pem: &str| SignedTokens::new().key(SUBJECT, pem, Actor::System).map(|tokens| tokens.is_empty());
    assert_eq!(key(CLIENT_KEY), Ok(false));
    assert_eq!(key(include_str!("fixtures/keys/client.pkcs1.pub")), Ok(false));
    assert_eq!(key(include_str!("fixtures/keys/short.pub")), Err(KeyError::TooShort));
    for bad in [include_str!("fixtures/keys/curve.pub"), CLIENT, "", "-----BEGIN PUBLIC KEY-----"] {
        assert_eq!(key(bad), Err(KeyError::Unreadable));
    }
    let tokens = SignedTokens::new().key(SUBJECT, CLIENT_KEY, Actor::System).unwrap();
    assert_eq!(format!("{tokens:?}"), "SignedTokens { keys: 1, .. }");
    assert!(SignedTokens::new().is_empty());
}
