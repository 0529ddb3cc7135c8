//! The key file of `serve`: public keys of callers that sign their tokens.

use std::path::Path;

use cardex::{Actor, Store};
use cardex_http::SignedTokens;

use crate::commands::serve::tokens::{known_actor, parse_actor};
use crate::failure::Failure;

/// Reads the keys: lines "SUBJECT ACTOR", each followed by the PEM text of the subject's key. An error has the number of the line, never
/// its content.
pub(super) fn read(path: &Path, audience: Option<String>, store: &Store) -> Result<SignedTokens, Failure> {
    let failed = |error: std::io::Error| Failure::OnItem(path.display().to_string(), error.into());
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let mut tokens = SignedTokens::new();
    if let Some(audience) = audience {
        tokens = tokens.audience(audience);
    }
    let mut lines = text.lines().enumerate();
    let mut subjects: Vec<(String, Actor)> = Vec::new();
    while let Some((at, line)) = lines.next() {
        let wrong = |problem: &str| {
            Failure::new("jwt-keys", format!("line {} of the key file: {problem}", at.saturating_add(1)))
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with("-----BEGIN ") {
            let (subject, who) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| wrong("a subject, a blank, and who it is"))?;
            let who = parse_actor(who).map_err(wrong)?;
            subjects.push((subject.to_owned(), known_actor(store, who, wrong)?));
            continue;
        }
        let mut pem = format!("{line}\n");
        for (_, line) in lines.by_ref() {
            pem.push_str(line.trim());
            pem.push('\n');
            if line.trim().starts_with("-----END ") {
                break;
            }
        }
        if subjects.is_empty() {
            return Err(wrong("a key without a line \"SUBJECT ACTOR\" before it"));
        }
        for (subject, actor) in subjects.drain(..) {
            tokens = tokens.key(subject, &pem, actor).map_err(|error| wrong(&error.to_string()))?;
        }
    }
    if !subjects.is_empty() {
        return Err(Failure::new("jwt-keys", "the last subject of the key file has no key"));
    }
    if tokens.is_empty() {
        return Err(Failure::new("jwt-keys", "the key file has no key"));
    }
    Ok(tokens)
}
