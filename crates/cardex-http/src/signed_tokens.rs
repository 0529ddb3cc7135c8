//! Tokens that callers sign with their own key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use rsa::PublicKey;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::sha2::Sha512;
use rsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Map, Value};

use crate::auth::{AuthError, Authenticator, token};
use cardex::{Actor, Session, Store};

/// The least bits of a key.
const MIN_KEY_BITS: u32 = 2048;

/// A longer token is rejected unread.
const MAX_TOKEN_LENGTH: usize = 8192;

/// The longest time from now to the end of a token, in seconds: what Symphony allows.
const MAX_LIFETIME: f64 = 30.0 * 60.0;

/// How far the clocks of two machines can differ, in seconds.
const CLOCK_DIFFERENCE: f64 = 30.0;

/// JSON Web Tokens that callers sign with their own RSA key, by `RS512`: the callers of Symphony. Only the public keys are here. The
/// subject of a token selects its keys and its actor.
///
/// A token must have `sub` and `exp`. Its end is at most 30 minutes ahead, by the clock of the store. `iat` and `nbf` are not in the
/// future. Clocks may differ by 30 seconds. Anything else is [`AuthError::Rejected`].
#[derive(Clone, Default)]
pub struct SignedTokens {
    callers: Vec<Caller>,
    audience: Option<String>,
}

#[derive(Clone)]
struct Caller {
    subject: String,
    key: VerifyingKey<Sha512>,
    actor: Actor,
}

/// Why a text is not a key of [`SignedTokens`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not the PEM text of an RSA public key.
    #[error("not an RSA public key in PEM")]
    Unreadable,
    /// The key has fewer than 2048 bits.
    #[error("an RSA key needs at least 2048 bits")]
    TooShort,
}

impl SignedTokens {
    /// Without keys: no caller is accepted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The audience of tokens. A token must then have this audience in `aud`. Without this call, a token with an audience is rejected,
    /// because it was issued for another server. Symphony's own tokens have none.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// One more public key whose tokens with this subject are the actor's. A subject can have several keys, for example while a key is
    /// replaced.
    ///
    /// # Errors
    /// [`KeyError`] if the text is not the PEM text (`PUBLIC KEY` or `RSA PUBLIC KEY`) of an RSA key of 2048 to 8192 bits.
    pub fn key(mut self, subject: impl Into<String>, pem: &str, actor: Actor) -> Result<Self, KeyError> {
        let key = PublicKey::from_public_key_pem(pem).or_else(|_| PublicKey::from_pkcs1_pem(pem));
        let key = key.map_err(|_| KeyError::Unreadable)?;
        if key.n().bit_width_vartime() < MIN_KEY_BITS {
            return Err(KeyError::TooShort);
        }
        self.callers.push(Caller { subject: subject.into(), key: VerifyingKey::new(key), actor });
        Ok(self)
    }

    /// Whether there is no key.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.callers.is_empty()
    }

    /// The actor of a token with a valid signature, and what the token claims.
    fn verify(&self, token: &str) -> Option<(Actor, Map<String, Value>)> {
        if token.len() > MAX_TOKEN_LENGTH {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header = parse_part(header)?;
        // The key decides the algorithm, not the token. Extensions that must be understood are unknown.
        if header.get("alg")? != "RS512" || header.contains_key("crit") {
            return None;
        }
        let claims = parse_part(claims)?;
        let subject = claims.get("sub")?.as_str()?;
        let signature = Signature::try_from(URL_SAFE_NO_PAD.decode(signature).ok()?.as_slice()).ok()?;
        let mut callers = self.callers.iter().filter(|caller| caller.subject == subject);
        let caller = callers.find(|caller| caller.key.verify(signed.as_bytes(), &signature).is_ok())?;
        Some((caller.actor, claims))
    }

    /// Whether a token is for this audience, and valid at a time in seconds.
    fn is_valid(&self, claims: &Map<String, Value>, now: f64) -> bool {
        let names = |audience: &str| match claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(several)) => several.iter().any(|one| one == audience),
            _ => false,
        };
        let is_for_us = match &self.audience {
            Some(audience) => names(audience),
            None => !claims.contains_key("aud"),
        };
        let has_begun = |claim: &str| match claims.get(claim) {
            None => true,
            Some(time) => time.as_f64().is_some_and(|time| time <= now + CLOCK_DIFFERENCE),
        };
        let end = claims.get("exp").and_then(Value::as_f64);
        let lasts = end
            .is_some_and(|end| end > now - CLOCK_DIFFERENCE && end <= now + MAX_LIFETIME + CLOCK_DIFFERENCE);
        is_for_us && lasts && has_begun("iat") && has_begun("nbf")
    }
}

/// The JSON object of a part of a token.
fn parse_part(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

impl fmt::Debug for SignedTokens {
    /// How many keys, and nothing else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedTokens").field("keys", &self.callers.len()).finish_non_exhaustive()
    }
}

impl Authenticator for SignedTokens {
    fn session(&self, store: &Store, request: &Parts) -> Result<Session, AuthError> {
        let (actor, claims) = self.verify(token(request)?).ok_or(AuthError::Rejected)?;
        let session = store.session(actor);
        // A time of the store is far below 2^53 milliseconds.
        #[allow(clippy::cast_precision_loss)]
        let now = session.now().0 as f64 / 1000.0;
        if self.is_valid(&claims, now) { Ok(session) } else { Err(AuthError::Rejected) }
    }
}
