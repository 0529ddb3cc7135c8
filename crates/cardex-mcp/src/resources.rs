//! Resources: a contact as vCard and as `JSContact`, and the figures of the book.

use cardex::{Actor, Contact, ContactId, Count, Error, Session};
use cardex_exchange::{Format, WriteOptions, Writer, jscontact};
use rmcp::model::{ErrorData, MetaObject, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::{Value, json};

use crate::error::ToolError;
use crate::untrusted::{NOTICE, clean_text, clean_value};

const FIGURES: &str = "cardex://figures";
const CONTACT: &str = "cardex://contact/";

/// The resources that have an address of their own.
pub(crate) fn list() -> Vec<Resource> {
    let figures = Resource::new(FIGURES, "figures")
        .with_title("Figures of the book")
        .with_description("How many contacts and tags the session sees; for the system also sizes.")
        .with_mime_type("application/json");
    vec![figures]
}

/// The resources of each contact.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let template = |extension: &str, name: &str, title: &str, media_type: &str| {
        ResourceTemplate::new(format!("{CONTACT}{{id}}.{extension}"), name)
            .with_title(title)
            .with_description("The contact with this id, without pictures.")
            .with_mime_type(media_type)
    };
    vec![
        template("vcf", "contact-vcard", "A contact as vCard 4.0", "text/vcard"),
        template("json", "contact-jscontact", "A contact as JSContact", "application/jscontact+json"),
    ]
}

/// Reads a resource.
///
/// # Errors
/// `not-found` for another address, and those of the engine.
pub(crate) fn read(session: &Session, uri: &str) -> Result<ReadResourceResult, ToolError> {
    let (text, media_type) = if uri == FIGURES {
        (figures(session)?.to_string(), "application/json")
    } else {
        let name = uri.strip_prefix(CONTACT).and_then(|name| name.rsplit_once('.'));
        let unknown = || ToolError::Arguments("uri: there is no such resource".to_owned());
        let (id, extension) = name.ok_or_else(unknown)?;
        let id: ContactId = id.parse().map_err(|_| unknown())?;
        match extension {
            "vcf" => (vcard(session, id)?, "text/vcard"),
            "json" => (jscontact_of(session, id)?, "application/jscontact+json"),
            _ => return Err(unknown()),
        }
    };
    let mut meta = MetaObject::new();
    meta.insert("cardex/notice".to_owned(), NOTICE.into());
    let contents = ResourceContents::text(text, uri).with_mime_type(media_type).with_meta(meta);
    Ok(ReadResourceResult::new(vec![contents]))
}

/// An error of a resource: the protocol has no other place for it than the error of the request.
pub(crate) fn protocol_error(error: &ToolError) -> ErrorData {
    let report = error.report();
    let message = report.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    match error {
        ToolError::Arguments(_) => ErrorData::resource_not_found(message, Some(report)),
        ToolError::Engine(error) if error.is_not_found() => {
            ErrorData::resource_not_found(message, Some(report))
        }
        _ => ErrorData::internal_error(message, Some(report)),
    }
}

fn contact(session: &Session, id: ContactId) -> Result<(Contact, Option<String>), ToolError> {
    let contact = session.get(id)?.ok_or(Error::NoContact(id))?;
    Ok((contact, session.card(id)?.map(without_media)))
}

/// The card document without pictures and sounds: they are large, and no text.
fn without_media(card: String) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(&card) else { return card };
    members.remove("media");
    Value::Object(members).to_string()
}

fn vcard(session: &Session, id: ContactId) -> Result<String, ToolError> {
    let (contact, card) = contact(session, id)?;
    let mut writer = Writer::new(Vec::new(), Format::VCard, WriteOptions::new());
    writer.write(&contact, card.as_deref())?;
    let text = String::from_utf8_lossy(&writer.finish()?).into_owned();
    // The ends of the lines belong to the format.
    Ok(text.split_inclusive("\r\n").map(clean_line).collect())
}

fn clean_line(line: &str) -> String {
    let (text, end) = line.strip_suffix("\r\n").map_or((line, ""), |text| (text, "\r\n"));
    format!("{}{end}", clean_text(text))
}

fn jscontact_of(session: &Session, id: ContactId) -> Result<String, ToolError> {
    let (contact, card) = contact(session, id)?;
    let text = jscontact(&contact, card.as_deref());
    let mut card: Value = serde_json::from_str(&text).map_err(|_| ToolError::Internal)?;
    clean_value(&mut card);
    Ok(card.to_string())
}

fn figures(session: &Session) -> Result<Value, ToolError> {
    let mut figures = match session.actor() {
        Actor::System => serde_json::to_value(session.stats()?).unwrap_or_default(),
        actor => {
            let counted = |count| match count {
                Count::AtLeast(contacts) => json!({ "contacts": contacts, "exact": false }),
                count => json!({ "contacts": count.exact(), "exact": true }),
            };
            json!({ "actor": actor, "contacts": counted(session.contacts().count()?) })
        }
    };
    let tags = session.tags().list().limit(100).page()?;
    let tags: Vec<_> =
        tags.items.iter().map(|tag| json!({ "name": tag.name, "contacts": tag.contacts })).collect();
    if let Some(members) = figures.as_object_mut() {
        members.insert("tags".to_owned(), tags.into());
    }
    clean_value(&mut figures);
    Ok(figures)
}
