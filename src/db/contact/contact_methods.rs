//! Phones, e-mail addresses and identifiers: written whole in the contact's row, and one by one where they are looked up.
//!
//! The column `points` is a JSON array of three lists: phones `[text, normal, label]`, e-mail addresses `[text, label]`,
//! identifiers `[space, value]`, each in the contact's order.

use std::collections::BTreeSet;

use rusqlite::{named_params, params};

use crate::db::{DbResult, Read, Write, statements};
use crate::error::Error;
use crate::model::{Contact, Email, Identifier, Phone, fold_email};

const PHONE: i64 = 1;
const EMAIL: i64 = 2;

statements! {
    INSERT = "INSERT INTO contact_method_lookup (kind, normalized, contact) VALUES (:kind, :normalized, :contact)";
    DELETE = "DELETE FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized AND contact = :contact";
    HAS = "SELECT 1 FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized AND contact = :contact";
    COUNT = "SELECT count(*) FROM contact_method_lookup";
    CONTACTS = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND normalized = :normalized ORDER BY contact";
}

/// The points of a contact as its row has them.
pub(crate) fn encode(contact: &Contact) -> DbResult<String> {
    let phone = |phone: &'_ Phone| (phone.text.clone(), phone.normalized.clone(), phone.label.clone());
    let phones: Vec<_> = contact.phones.iter().map(phone).collect();
    let emails: Vec<_> = contact.emails.iter().map(|email| (&email.text, &email.label)).collect();
    let identifiers: Vec<_> =
        contact.identifiers.iter().map(|known| (&known.namespace, &known.value)).collect();
    let text = serde_json::to_string(&(phones, emails, identifiers));
    Ok(text.map_err(|source| Error::Storage(Box::new(source)))?)
}

/// Reads the points of a row into a contact.
pub(crate) fn decode(text: &str, contact: &mut Contact) -> DbResult<()> {
    let read = CompactParser(text).parse();
    // The derived readers take a list of values in the order of the fields as well as an object.
    let points = read.map_or_else(|| serde_json::from_str(text), Ok).map_err(|source| Error::Damaged {
        what: "the phones of a contact",
        source: Some(Box::new(source)),
    })?;
    (contact.phones, contact.emails, contact.identifiers) = points;
    Ok(())
}

/// Whether [`decode`] can make something of a text.
pub(crate) fn is_decodable(text: &str) -> bool {
    CompactParser(text).parse().is_some()
        || serde_json::from_str::<(Vec<Phone>, Vec<Email>, Vec<Identifier>)>(text).is_ok()
}

/// What is left of a text as [`encode`] writes it: no blanks, hardly an escape. Reading it as that takes a third of the time that
/// a reader of any JSON takes; what is otherwise is left to that one.
struct CompactParser<'t>(&'t str);

impl CompactParser<'_> {
    fn parse(mut self) -> Option<(Vec<Phone>, Vec<Email>, Vec<Identifier>)> {
        self.skip("[")?;
        let phones = self.list(|[text, normal, label]| Phone { text, normalized: normal, label })?;
        self.skip(",")?;
        let emails = self.list(|[text, label]| Email { text, label })?;
        self.skip(",")?;
        let identifiers = self.list(|[space, value]| Identifier { namespace: space, value })?;
        self.skip("]")?;
        self.0.is_empty().then_some((phones, emails, identifiers))
    }

    fn skip(&mut self, what: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(what)?;
        Some(())
    }

    /// A list of lists of texts, each as long as an item has fields.
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

    /// What stands before the next quote, if nothing of it is escaped.
    fn text(&mut self) -> Option<String> {
        let end = self.0.bytes().position(|byte| byte == b'"' || byte == b'\\' || byte < b' ')?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(text.to_owned())
    }
}

/// What a contact is looked up by: kind and normal form, each once.
fn lookup_keys(contact: &Contact) -> BTreeSet<(i64, String)> {
    let phones = contact.phones.iter().map(|phone| (PHONE, phone.normalized.clone()));
    phones.chain(contact.emails.iter().map(|email| (EMAIL, fold_email(&email.text)))).collect()
}

/// Makes a new contact found by its points.
pub(crate) fn insert(db: &Write<'_>, id: i64, contact: &Contact) -> DbResult<()> {
    add(db, id, lookup_keys(contact).iter())
}

/// Makes a contact found by what it has now instead of what it had.
pub(crate) fn replace(db: &Write<'_>, id: i64, old: &Contact, new: &Contact) -> DbResult<()> {
    let (old, new) = (lookup_keys(old), lookup_keys(new));
    remove(db, id, old.difference(&new))?;
    add(db, id, new.difference(&old))
}

/// Makes a contact found no more.
pub(crate) fn delete(db: &Write<'_>, id: i64, contact: &Contact) -> DbResult<()> {
    remove(db, id, lookup_keys(contact).iter())
}

fn add<'k>(db: &Write<'_>, id: i64, keys: impl Iterator<Item = &'k (i64, String)>) -> DbResult<()> {
    let mut statement = db.prepare(&INSERT)?;
    for (kind, normal) in keys {
        statement.execute(params![kind, normal, id])?;
    }
    Ok(())
}

fn remove<'k>(db: &Write<'_>, id: i64, keys: impl Iterator<Item = &'k (i64, String)>) -> DbResult<()> {
    let mut statement = db.prepare(&DELETE)?;
    for (kind, normal) in keys {
        statement.execute(params![kind, normal, id])?;
    }
    Ok(())
}

/// How many keys a contact should be found by, and how many of them are there.
pub(crate) fn audit(db: &Read<'_>, id: i64, contact: &Contact) -> DbResult<(u64, u64)> {
    let mut statement = db.prepare(&HAS)?;
    let (mut wanted, mut found) = (0_u64, 0_u64);
    for (kind, normal) in lookup_keys(contact) {
        wanted = wanted.saturating_add(1);
        found = found.saturating_add(u64::from(statement.exists(params![kind, normal, id])?));
    }
    Ok((wanted, found))
}

/// The number of all keys; counts them one by one.
pub(crate) fn count(db: &Read<'_>) -> DbResult<u64> {
    let count: i64 = db.prepare(&COUNT)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The contacts that have this phone, in the form numbers are compared in; in all tenants, the trash included.
pub(crate) fn with_phone(db: &Read<'_>, normal: &str) -> DbResult<Vec<i64>> {
    with(db, PHONE, normal)
}

/// The contacts that have this e-mail address; in all tenants, the trash included.
pub(crate) fn with_email(db: &Read<'_>, text: &str) -> DbResult<Vec<i64>> {
    with(db, EMAIL, &fold_email(text))
}

fn with(db: &Read<'_>, kind: i64, normal: &str) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&CONTACTS)?;
    let rows = statement.query_map(named_params! {":kind": kind, ":normalized": normal}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every short text of the signs that mean something there.
    #[test]
    fn special_characters_round_trip() {
        let signs = ['"', '\\', ',', '[', ']', '\n', 'a'];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer = texts.iter().flat_map(|text| signs.map(|sign| format!("{text}{sign}")));
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
