//! All limits of the engine. Input that exceeds a limit is rejected with an error that contains the limit.

/// The greatest id: 2^53 - 1. JavaScript and other programs read JSON numbers as doubles, which are exact up to it.
pub const ID: i64 = (1 << 53) - 1;
/// Characters in a first name, last name, display name, nickname or label.
pub const NAME: usize = 255;
/// Characters in a company name.
pub const COMPANY: usize = 255;
/// Characters in the company name of a contact that is onboarded (the federation contract).
pub const ONBOARDED_COMPANY: usize = 100;
/// Characters in an e-mail address (RFC 5321, section 4.5.3.1.3: a path of 256 with its two brackets).
pub const EMAIL: usize = 254;
/// Characters in a phone number as written.
pub const PHONE: usize = 64;
/// Characters in an identifier, and in its namespace.
pub const IDENTIFIER: usize = 255;
/// Characters in a preferred language.
pub const LANGUAGE: usize = 64;
/// Characters in the name of a city or country.
pub const PLACE_NAME: usize = 255;
/// Characters in the UID of a card.
pub const UID: usize = 255;
/// Attribute values of one contact.
pub const ATTRIBUTES: usize = 1_000;
/// Characters in the key of an attribute.
pub const ATTRIBUTE_KEY: usize = 255;
/// Bytes of the value of an attribute, as JSON.
pub const ATTRIBUTE_VALUE: usize = 64 * 1024;
/// Characters in the pattern of an attribute.
pub const PATTERN: usize = 1_000;
/// Choices of an attribute.
pub const CHOICES: usize = 1_000;
/// Milliseconds after its last activity for which a contact is online (Chatwoot).
pub const ONLINE_MS: i64 = 20_000;
/// Saved filters of an advisor, or of the administrators of a tenant.
pub const SAVED_FILTERS: usize = 1_000;
/// Bytes of JSON in the query of a saved filter.
pub const SAVED_QUERY: usize = 64 * 1024;
/// Characters in a note.
pub const NOTE: usize = 20_000;
/// Tags of one contact.
pub const TAGS: usize = 1_000;
/// Phones of one contact. The same limit applies to e-mail addresses, and to identifiers.
pub const CONTACT_METHODS: usize = 1_000;
/// Characters in an idempotency key.
pub const IDEMPOTENCY_KEY: usize = 255;
/// How long an idempotency key is kept, in milliseconds: a day.
pub const IDEMPOTENCY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Bytes of a photo. In the card document it takes four thirds of them.
pub const PHOTO: usize = 8 * 1024 * 1024;
/// Bytes in a card document, photos included.
pub const CARD: usize = 16 * 1024 * 1024;
/// Characters in the code of a network.
pub const NETWORK_CODE: usize = 32;
/// Advisors linked in one call.
pub const ADVISORS: usize = 1_000;
/// Characters in a search text.
pub const QUERY: usize = 256;
/// Characters in a filter as text.
pub const FILTER: usize = 8_192;
/// Conditions of one filter.
pub const FILTER_CONDITIONS: usize = 128;
/// Levels of nested conditions in a filter.
pub const FILTER_DEPTH: usize = 16;
/// Values of one condition of a filter. Each value has at most [`QUERY`] characters.
pub const FILTER_VALUES: usize = 128;
/// Contacts that a count checks against a filter at most, where no index gives the number.
pub const COUNT_SCAN_ROWS: usize = 10_000;
/// Contacts that one batch of a bulk job changes at most. A batch reads at most 2,500 contacts and skips at most 33,000 by their tags
/// and attributes.
pub const JOB_BATCH: usize = 500;
/// Imports of one requester that are kept so that they can be undone. The oldest one is forgotten for a new one.
pub const IMPORTS: usize = 100;
/// Contacts that one batch of undoing an import processes at most.
pub const UNDO_BATCH: usize = 500;
/// Items in one page.
pub const PAGE: usize = 1_000;
/// Bytes of folded text in one index key. Longer text is truncated at a character boundary.
pub const INDEX_KEY_BYTES: usize = 1_024;
/// Bytes of a stored sort key. Longer keys are truncated.
pub const SORT_KEY_BYTES: usize = 256;
/// Characters in a cursor.
pub const CURSOR: usize = 2_048;
/// Characters in the name of an origin of changes.
pub const ORIGIN: usize = 64;
/// Numbers blocked or unblocked in one call (federation contract).
pub const BLOCKED_NUMBERS: usize = 100;
/// Characters in the comment of a blocked number, and in other comments.
pub const COMMENT: usize = 1_000;
/// Characters in the id of a conversation in the messaging system.
pub const CONVERSATION_ID: usize = 255;
/// Characters in the name of a conversation (Symphony).
pub const CONVERSATION_NAME: usize = 50;
/// Contacts added to a new conversation in one call (Symphony).
pub const CONVERSATION_MEMBERS: usize = 100;
/// Characters in the name of an event.
pub const EVENT_NAME: usize = 255;
/// Event names that a tenant may declare.
pub const EVENT_NAMES: usize = 1_000;
/// Bytes of the JSON payload of an event.
pub const EVENT_PAYLOAD: usize = 4_096;
