//! Contact methods (phones, e-mail addresses and identifiers): a column of the contact's row has all of them, and a lookup table has
//! one row per phone and e-mail address.
//!
//! The column `contact_methods` is a JSON array of three lists: phones `[text, normalized, label]`, e-mail addresses `[text, label]`,
//! identifiers `[namespace, value]`, each in the contact's order.

use std::collections::BTreeSet;

use rusqlite::{named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::row_sum::RowSum;
use crate::error::Error;
use crate::model::{Contact, Email, Identifier, Phone, fold_email};

const PHONE: i64 = 1;
const EMAIL: i64 = 2;

statements! {
    INSERT = "INSERT INTO contact_method_lookup (kind, normalized, contact) VALUES (:kind, :normalized, :contact)";
    DELETE = "DELETE FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized AND contact = :contact";
    HAS = "SELECT 1 FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized AND contact = :contact";
    ALL = "SELECT kind, normalized, contact FROM contact_method_lookup";
    FEW_CONTACTS = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized ORDER BY contact LIMIT :most";
    CONTACTS = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized ORDER BY contact";
}

/// Encodes the contact methods of a contact for its row.
pub(crate) fn encode(contact: &Contact) -> DbResult<String> {
    let phone = |phone: &'_ Phone| (phone.text.clone(), phone.normalized.clone(), phone.label.clone());
    let phones: Vec<_> = contact.phones.iter().map(phone).collect();
    let emails: Vec<_> = contact.emails.iter().map(|email| (&email.text, &email.label)).collect();
    let identifiers: Vec<_> =
        contact.identifiers.iter().map(|known| (&known.namespace, &known.value)).collect();
    let text = serde_json::to_string(&(phones, emails, identifiers));
    Ok(text.map_err(|source| Error::Storage(Box::new(source)))?)
}

/// Decodes the contact methods of a row into a contact.
pub(crate) fn decode(text: &str, contact: &mut Contact) -> DbResult<()> {
    let read = CompactParser(text).parse();
    // The derived deserializers accept an array of the fields in their order, as well as an object.
    let methods = read.map_or_else(|| serde_json::from_str(text), Ok).map_err(|source| Error::Damaged {
        what: "the contact methods of a contact",
        source: Some(Box::new(source)),
    })?;
    (contact.phones, contact.emails, contact.identifiers) = methods;
    Ok(())
}

/// Decodes the text of the first phone or, if there is no phone, of the first e-mail address. All other members stay empty.
pub(crate) fn decode_first(text: &str, contact: &mut Contact) -> DbResult<()> {
    match CompactParser(text).first() {
        Some((Some(text), _)) => {
            contact.phones.push(Phone { text, normalized: String::new(), label: String::new() });
        }
        Some((None, Some(text))) => contact.emails.push(Email { text, label: String::new() }),
        Some((None, None)) => {}
        None => decode(text, contact)?,
    }
    Ok(())
}

/// Whether [`decode`] accepts a text.
pub(crate) fn is_decodable(text: &str) -> bool {
    CompactParser(text).parse().is_some()
        || serde_json::from_str::<(Vec<Phone>, Vec<Email>, Vec<Identifier>)>(text).is_ok()
}

/// A parser of the texts that [`encode`] writes, without spaces and escapes. It takes a third of the time of a general JSON parser. It
/// fails for all other texts, which the general parser then reads. The field is the rest of the text.
struct CompactParser<'t>(&'t str);

impl CompactParser<'_> {
    fn parse(mut self) -> Option<(Vec<Phone>, Vec<Email>, Vec<Identifier>)> {
        self.skip("[")?;
        let phones = self.list(|[text, normalized, label]| Phone { text, normalized, label })?;
        self.skip(",")?;
        let emails = self.list(|[text, label]| Email { text, label })?;
        self.skip(",")?;
        let identifiers = self.list(|[namespace, value]| Identifier { namespace, value })?;
        self.skip("]")?;
        self.0.is_empty().then_some((phones, emails, identifiers))
    }

    /// The text of the first phone; without phones, that of the first e-mail address.
    fn first(mut self) -> Option<(Option<String>, Option<String>)> {
        if self.skip("[[[\"").is_some() {
            return Some((Some(self.text()?), None));
        }
        self.skip("[[],[")?;
        if self.skip("[\"").is_some() {
            return Some((None, Some(self.text()?)));
        }
        self.skip("]")?;
        Some((None, None))
    }

    fn skip(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    /// A list of items, each a list of its fields as texts.
    fn list<T, const FIELDS: usize>(&mut self, item: impl Fn([String; FIELDS]) -> T) -> Option<Vec<T>> {
        let mut items = Vec::new();
        self.skip("[")?;
        while self.skip("]").is_none() {
            self.skip(if items.is_empty() { "[" } else { ",[" })?;
            let mut fields = [const { String::new() }; FIELDS];
            for (at, field) in fields.iter_mut().enumerate() {
                self.skip(if at == 0 { "\"" } else { ",\"" })?;
                *field = self.text()?;
            }
            self.skip("]")?;
            items.push(item(fields));
        }
        Some(items)
    }

    /// The text before the next quote, if it has no escapes.
    fn text(&mut self) -> Option<String> {
        let end = self.0.bytes().position(|byte| byte == b'"' || byte == b'\\' || byte < b' ')?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(text.to_owned())
    }
}

/// The lookup keys of a contact: kind and normalized form, without duplicates.
fn lookup_keys(contact: &Contact) -> BTreeSet<(i64, String)> {
    let phones = contact.phones.iter().map(|phone| (PHONE, phone.normalized.clone()));
    phones.chain(contact.emails.iter().map(|email| (EMAIL, fold_email(&email.text)))).collect()
}

/// Inserts the lookup rows of a new contact.
pub(crate) fn insert(db: &Write<'_>, id: i64, contact: &Contact) -> DbResult<()> {
    add(db, id, lookup_keys(contact).iter())
}

/// Updates the lookup rows of a contact from its old contact methods to the new ones.
pub(crate) fn replace(db: &Write<'_>, id: i64, old: &Contact, new: &Contact) -> DbResult<()> {
    let (old, new) = (lookup_keys(old), lookup_keys(new));
    remove(db, id, old.difference(&new))?;
    add(db, id, new.difference(&old))
}

/// Deletes the lookup rows of a contact.
pub(crate) fn delete(db: &Write<'_>, id: i64, contact: &Contact) -> DbResult<()> {
    remove(db, id, lookup_keys(contact).iter())
}

fn add<'k>(db: &Write<'_>, id: i64, keys: impl Iterator<Item = &'k (i64, String)>) -> DbResult<()> {
    let mut statement = db.prepare(&INSERT)?;
    for (kind, normalized) in keys {
        statement.execute(params![kind, normalized, id])?;
    }
    Ok(())
}

fn remove<'k>(db: &Write<'_>, id: i64, keys: impl Iterator<Item = &'k (i64, String)>) -> DbResult<()> {
    let mut statement = db.prepare(&DELETE)?;
    for (kind, normalized) in keys {
        statement.execute(params![kind, normalized, id])?;
    }
    Ok(())
}

/// A lookup row: kind, normalized form, local id of the contact. In the order of the table.
pub(crate) type LookupRow = (i64, String, i64);

/// The lookup rows that a contact should have.
pub(crate) fn lookup_rows(id: i64, contact: &Contact) -> impl Iterator<Item = LookupRow> {
    lookup_keys(contact).into_iter().map(move |(kind, normalized)| (kind, normalized, id))
}

/// Whether a lookup row exists.
pub(crate) fn has(db: &Read<'_>, (kind, normalized, id): &LookupRow) -> DbResult<bool> {
    Ok(db.prepare(&HAS)?.exists(params![kind, normalized, id])?)
}

/// Adds a row that should exist to the sum of all rows.
pub(crate) fn add_to_sum(sum: &mut RowSum, (kind, normalized, id): &LookupRow) {
    sum.add(&(kind, normalized.as_str(), id));
}

/// The sum of all lookup rows. Reads them one by one.
pub(crate) fn sum(db: &Read<'_>) -> DbResult<RowSum> {
    let mut statement = db.prepare(&ALL)?;
    let mut rows = statement.query([])?;
    let mut sum = RowSum::default();
    while let Some(row) = rows.next()? {
        let normalized = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        sum.add(&(row.get::<_, i64>(0)?, normalized, row.get::<_, i64>(2)?));
    }
    Ok(sum)
}

/// The contacts with this phone in normalized form, as local ids: of all tenants, the trash included.
pub(crate) fn with_phone(db: &Read<'_>, normalized: &str) -> DbResult<Vec<i64>> {
    with(db, PHONE, normalized)
}

/// The contacts with this e-mail address, as local ids: of all tenants, the trash included.
pub(crate) fn with_email(db: &Read<'_>, text: &str) -> DbResult<Vec<i64>> {
    with(db, EMAIL, &fold_email(text))
}

/// The contacts with the first phone or the first e-mail address of a contact, as local ids: at most so many with each.
pub(crate) fn with_first_methods(db: &Read<'_>, contact: &Contact, most: i64) -> DbResult<Vec<i64>> {
    let phone = contact.phones.first().map(|phone| (PHONE, phone.normalized.clone()));
    let email = contact.emails.first().map(|email| (EMAIL, fold_email(&email.text)));
    let mut ids = Vec::new();
    for (kind, normalized) in phone.into_iter().chain(email) {
        let mut statement = db.prepare(&FEW_CONTACTS)?;
        let of = named_params! {":kind": kind, ":normalized": normalized, ":most": most};
        let rows = statement.query_map(of, |row| row.get::<_, i64>(0))?;
        ids.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(ids)
}

fn with(db: &Read<'_>, kind: i64, normalized: &str) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&CONTACTS)?;
    let rows =
        statement.query_map(named_params! {":kind": kind, ":normalized": normalized}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All texts of up to four of the characters with a meaning in JSON.
    #[test]
    fn special_characters_round_trip() {
        let characters = ['"', '\\', ',', '[', ']', '\n', 'a'];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer =
                texts.iter().flat_map(|text| characters.map(|character| format!("{text}{character}")));
            let longer: Vec<_> = longer.collect();
            texts.extend(longer);
            texts.sort_unstable();
            texts.dedup();
        }
        assert!(texts.len() > 2_000);
        for text in texts {
            let mut contact = Contact::new(crate::model::ContactId(1), crate::model::Network::SMS);
            contact.emails.push(Email { text: text.clone(), label: text.clone() });
            contact.identifiers.push(Identifier { namespace: text.clone(), value: text });
            let mut read = Contact::new(crate::model::ContactId(1), crate::model::Network::SMS);
            decode(&encode(&contact).unwrap(), &mut read).unwrap();
            assert_eq!(read, contact);
            for phones in [
                vec![],
                vec![Phone {
                    text: contact.emails[0].text.clone(),
                    normalized: "1".into(),
                    label: "x".into(),
                }],
            ] {
                contact.phones = phones;
                let mut first = Contact::new(crate::model::ContactId(1), crate::model::Network::SMS);
                decode_first(&encode(&contact).unwrap(), &mut first).unwrap();
                let text = first.phones.first().map(|phone| phone.text.clone());
                let text = text.or_else(|| first.emails.first().map(|email| email.text.clone()));
                assert_eq!(text.as_ref(), Some(&contact.emails[0].text));
            }
        }
    }

    #[test]
    fn contact_methods_round_trip() {
        let mut contact = Contact::new(crate::model::ContactId(1), crate::model::Network::SMS);
        for text in ["+33 6 12", "\"quoted\" \\ 1", "\u{1F600}"] {
            contact.phones.push(Phone { text: text.into(), normalized: "33".into(), label: "ü".into() });
            contact.emails.push(Email { text: text.into(), label: String::new() });
            contact.identifiers.push(Identifier { namespace: text.into(), value: "\n".into() });
        }
        let mut read = Contact::new(crate::model::ContactId(1), crate::model::Network::SMS);
        decode(&encode(&contact).unwrap(), &mut read).unwrap();
        assert_eq!(read, contact);
        for odd in [
            r#"[ [["1","2","3"]],[],[]]"#,
            r#"[[["1","2"]],[],[]]"#,
            r#"[[{"text":"1","normal":"2"}],[],[]]"#,
        ] {
            let (mut quick, text) =
                (Contact::new(crate::model::ContactId(1), crate::model::Network::SMS), odd);
            let any: Result<(Vec<Phone>, Vec<Email>, Vec<Identifier>), _> = serde_json::from_str(text);
            assert_eq!(
                decode(text, &mut quick).ok().map(|()| quick.phones),
                any.ok().map(|any| any.0),
                "{text}"
            );
        }
        assert!(decode("[[],[]", &mut read).is_err());
        assert!(decode("{}", &mut read).is_err());
    }
}
