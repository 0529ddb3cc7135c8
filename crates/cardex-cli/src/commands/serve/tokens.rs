//! The token file of `serve`.

use std::path::Path;

use cardex::{Actor, Store};
use cardex_http::StaticTokens;

use crate::args::ActorArg;
use crate::failure::Failure;
use crate::open_store::resolve_actor;
use crate::secret_file;

/// Shorter tokens can be guessed.
const MIN_TOKEN_LENGTH: usize = 16;

/// Reads the tokens. An error has the number of the line, never its content.
pub(super) fn read(path: &Path, store: &Store) -> Result<StaticTokens, Failure> {
    let text = secret_file::read(path, "token", "tokens")?;
    let mut tokens = StaticTokens::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |problem: &str| {
            Failure::new("tokens", format!("line {} of the token file: {problem}", at.saturating_add(1)))
        };
        let (token, who) = parse_token_line(line).map_err(wrong)?;
        tokens = tokens.token(token, known_actor(store, who, wrong)?);
    }
    if tokens.is_empty() {
        return Err(Failure::new("tokens", "the token file has no token"));
    }
    Ok(tokens)
}

/// An actor that the book knows. Without this check, every call as the actor would fail without a hint at the file.
pub(super) fn known_actor(
    store: &Store,
    who: ActorArg,
    wrong: impl Fn(&str) -> Failure,
) -> Result<Actor, Failure> {
    let actor = resolve_actor(store, who)?;
    match store.session(actor).directory().tenant() {
        Err(error) if error.is_not_found() => Err(wrong("the book has no such tenant or advisor")),
        known => Ok(known.map(|_| actor)?),
    }
}

pub(super) fn parse_actor(text: &str) -> Result<ActorArg, &'static str> {
    text.trim().parse().map_err(|_| "who it is: system, admin, admin:TENANT, advisor:ID or agent:ID")
}

fn parse_token_line(line: &str) -> Result<(&str, ActorArg), &'static str> {
    let (token, who) = line.split_once(char::is_whitespace).ok_or("a token, a blank, and who it is")?;
    if token.len() < MIN_TOKEN_LENGTH {
        return Err("a token needs at least 16 characters");
    }
    if !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("a token has ASCII characters only");
    }
    Ok((token, parse_actor(who)?))
}

#[cfg(test)]
mod tests {
    use cardex::{Actor, AdvisorId};

    use super::*;

    #[test]
    fn lines() {
        assert_eq!(
            parse_token_line("0123456789abcdef advisor:7"),
            Ok(("0123456789abcdef", ActorArg::Given(Actor::Advisor(AdvisorId(7)))))
        );
        assert_eq!(
            parse_token_line("0123456789abcdef \t system "),
            Ok(("0123456789abcdef", ActorArg::Given(Actor::System)))
        );
        for bad in ["0123456789abcdef", "short system", "0123456789abcdef root", "0123456789abcdeä system"] {
            assert!(parse_token_line(bad).is_err(), "{bad}");
        }
    }
}
