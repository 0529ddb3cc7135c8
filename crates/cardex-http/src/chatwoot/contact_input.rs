//! The fields of a contact in a request.

use serde_json::{Map, Value};

use crate::avatar;
use crate::chatwoot::dto::{ADDITIONAL, CUSTOM, IDENTIFIER_NAMESPACE, own_identifier, shown_email};
use crate::chatwoot::errors::{ApiError, invalid_field};
use crate::chatwoot::upload_marker;
use crate::input::JsonFields;
use cardex::attributes::AttributeNamespace;
use cardex::contacts::Photo;
use cardex::filters::TextField;
use cardex::{
    Contact, ContactId, ContactPatch, ContactUpdate, Filter, Identifier, Network, NewContact, NewPhone,
    Session, limits,
};

/// The least and the most digits of a number in E.164 form.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 2..=15;

/// The contact fields of a request. A missing field is `None`, a blank field is an empty text.
#[derive(Clone, Default)]
pub(super) struct ContactInput {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    identifier: Option<String>,
    blocked: Option<bool>,
    company: Option<String>,
    city: Option<String>,
    country: Option<String>,
    custom: Map<String, Value>,
    additional: Map<String, Value>,
    /// The address of the picture is taken away.
    removes_avatar: bool,
    /// A picture that is a file.
    upload: Option<Photo>,
}

impl ContactInput {
    pub(super) fn parse(body: &JsonFields<'_>) -> Result<Self, ApiError> {
        let text = |name| Ok::<_, ApiError>(body.text_or_null(name)?.map(|text| text.trim().to_owned()));
        let phone = text("phone_number")?;
        if phone.as_deref().is_some_and(|phone| !phone.is_empty() && !is_e164(phone)) {
            return Err(invalid_field("phone_number", "should be in e164 format"));
        }
        let sent = Self {
            name: text("name")?,
            email: text("email")?.map(|email| email.to_lowercase()),
            phone,
            identifier: text("identifier")?,
            blocked: body.flag("blocked")?,
            ..Self::default()
        };
        let map = |name| Ok::<_, ApiError>(body.object(name)?.cloned().unwrap_or_default());
        let mut additional = map("additional_attributes")?;
        let picture = text("avatar_url")?;
        let bare = picture.as_ref().is_some_and(String::is_empty);
        if bare {
            additional.remove(avatar::KEY);
        } else if let Some(address) = picture {
            check_avatar_url(&address)?;
            additional.insert(avatar::KEY.to_owned(), address.into());
        }
        Ok(Self { custom: map("custom_attributes")?, removes_avatar: bare, ..sent }
            .with_additional(additional))
    }

    /// Moves additional attributes that are contact fields into those fields. The others stay attributes.
    fn with_additional(mut self, mut additional: Map<String, Value>) -> Self {
        let blank = Value::from("");
        let text = |value: &Value| {
            if value.is_null() { &blank } else { value }.as_str().map(str::trim).map(str::to_owned)
        };
        let mut take = |key: &str| {
            let taken = text(additional.get(key)?)?;
            additional.remove(key);
            Some(taken)
        };
        (self.company, self.city, self.country) = (take("company_name"), take("city"), take("country"));
        // Older names of the same values stay in the attributes.
        self.company = self.company.or_else(|| text(additional.get("company")?));
        self.country = self.country.or_else(|| text(additional.get("country_code")?));
        self.additional = additional;
        self
    }

    /// The same fields, with a picture that is a file.
    pub(super) fn with_upload(self, upload: Option<Photo>) -> Self {
        Self { upload, ..self }
    }

    /// The card of a contact with the picture of these fields, if they have one.
    pub(super) fn card(&self, session: &Session, contact: ContactId) -> Result<Option<String>, ApiError> {
        match &self.upload {
            Some(upload) => Ok(Some(upload.in_card(session.card(contact)?.as_deref())?)),
            None => Ok(None),
        }
    }

    /// The same fields, with a name if there is none.
    pub(super) fn with_name_if_blank(mut self, name: &str) -> Self {
        if self.name.as_deref().unwrap_or_default().is_empty() {
            self.name = Some(name.to_owned());
        }
        self
    }

    pub(super) fn identifier(&self) -> Option<&str> {
        self.identifier.as_deref().filter(|text| !text.is_empty())
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.email.as_deref().filter(|text| !text.is_empty())
    }

    /// The same fields without one of them.
    pub(super) fn without(mut self, key: PersonKey) -> Self {
        match key {
            PersonKey::Identifier => self.identifier = None,
            PersonKey::Email => self.email = None,
            PersonKey::Phone => self.phone = None,
        }
        self
    }

    /// The contact of the account that shows one of the values, other than the given one.
    pub(super) fn find(
        &self,
        session: &Session,
        key: PersonKey,
        own: Option<ContactId>,
    ) -> Result<Option<Contact>, ApiError> {
        let (field, text) = match key {
            PersonKey::Identifier => (TextField::Identifier, self.identifier()),
            PersonKey::Email => (TextField::Email, self.email()),
            PersonKey::Phone => (TextField::Phone, self.phone.as_deref().filter(|text| !text.is_empty())),
        };
        let Some(text) = text else { return Ok(None) };
        let shows = |contact: &Contact| match key {
            PersonKey::Identifier => own_identifier(contact) == Some(text),
            PersonKey::Email => shown_email(contact).as_deref() == Some(text),
            PersonKey::Phone => {
                contact.phones.first().is_some_and(|first| digits(&first.text) == digits(text))
            }
        };
        let list = session.contacts().filter(Filter::field(field).equals(text)).limit(limits::PAGE);
        for contact in list.iter() {
            let contact = contact?;
            if Some(contact.id) != own && shows(&contact) {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }

    /// The values of attributes.
    fn values(&self) -> impl Iterator<Item = (AttributeNamespace, String, Value)> {
        let of = |space, map: &Map<String, Value>| {
            let values: Vec<_> = map.iter().map(|(key, value)| (space, key.clone(), value.clone())).collect();
            values
        };
        let marker = self.upload.as_ref().map(upload_marker::of);
        of(CUSTOM, &self.custom).into_iter().chain(of(ADDITIONAL, &self.additional)).chain(marker)
    }

    /// The identifier that such a contact has on channels of a kind, if one of the fields is that identifier.
    pub(super) fn source_id(&self, kind: &str) -> Option<String> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        match kind {
            "sms" => text(&self.phone),
            "whatsapp" => text(&self.phone).map(|phone| phone.trim_start_matches('+').to_owned()),
            "email" => text(&self.email),
            _ => None,
        }
    }

    /// A new contact with these fields.
    pub(super) fn into_new_contact(self, network: Network) -> Result<NewContact, ApiError> {
        let values: Vec<_> = self.values().collect();
        let (first, last) = split_name(self.name.as_deref().unwrap_or_default());
        let mut new =
            NewContact::new(network, first, last).display_name(explicit_display_name(self.name.as_deref()));
        let text = |text: Option<String>| text.filter(|text| !text.is_empty());
        new = text(self.email).into_iter().fold(new, NewContact::email);
        new = text(self.phone).into_iter().fold(new, NewContact::phone);
        new = text(self.identifier)
            .into_iter()
            .fold(new, |new, value| new.identifier(IDENTIFIER_NAMESPACE, value));
        new = new.company(self.company.unwrap_or_default());
        new = new.city(self.city.unwrap_or_default()).country(self.country.unwrap_or_default());
        if let Some(upload) = self.upload {
            new = new.card(upload.in_card(None)?);
        }
        let set = |new: NewContact, (space, key, value)| new.attribute(space, key, value);
        new = values.into_iter().fold(new, set);
        Ok(if self.blocked == Some(true) { new.blocked() } else { new })
    }

    /// What these fields change of a contact. `card` is its card with the sent picture. The last picture counts, be it an address or a file.
    pub(super) fn into_update(self, contact: &Contact, card: Option<String>) -> ContactUpdate {
        let values: Vec<_> = self.values().collect();
        let (has_file, has_address) = (card.is_some(), self.additional.contains_key(avatar::KEY));
        let bare = self.removes_avatar;
        let patch = card.into_iter().fold(self.into_patch(contact), ContactPatch::card);
        let mut update = ContactUpdate::new(patch.expect_version(contact.version));
        if bare || has_file {
            update = update.remove_attribute(avatar::NAMESPACE, avatar::KEY);
        }
        if !has_file && (bare || has_address) {
            update = upload_marker::without(update);
        }
        values.into_iter().fold(update, |update, (space, key, value)| update.set_attribute(space, key, value))
    }

    fn into_patch(self, contact: &Contact) -> ContactPatch {
        let mut patch = ContactPatch::new();
        if let Some(name) = &self.name {
            let (first, last) = split_name(name);
            patch = patch.first_name(first).last_name(last).display_name(explicit_display_name(Some(name)));
        }
        if let Some(email) = self.email {
            let others = contact.emails.iter().skip(1).map(|email| email.text.clone());
            patch = patch.emails(Some(email).filter(|email| !email.is_empty()).into_iter().chain(others));
        }
        if let Some(phone) = self.phone {
            let others =
                contact.phones.iter().skip(1).map(|phone| NewPhone::new(&phone.text).label(&phone.label));
            let first = Some(phone).filter(|phone| !phone.is_empty()).map(NewPhone::new);
            patch = patch.phones(first.into_iter().chain(others));
        }
        if let Some(value) = self.identifier {
            let own = Some(Identifier::new(IDENTIFIER_NAMESPACE, value)).filter(|own| !own.value.is_empty());
            let others = contact
                .identifiers
                .iter()
                .filter(|identifier| identifier.namespace != IDENTIFIER_NAMESPACE)
                .cloned();
            patch = patch.identifiers(others.chain(own));
        }
        patch = self.company.into_iter().fold(patch, ContactPatch::company);
        patch = self.city.into_iter().fold(patch, ContactPatch::city);
        patch = self.country.into_iter().fold(patch, ContactPatch::country);
        self.blocked.into_iter().fold(patch, ContactPatch::blocked)
    }
}

/// A value that identifies a person.
#[derive(Clone, Copy)]
pub(super) enum PersonKey {
    Identifier,
    Email,
    Phone,
}

impl PersonKey {
    /// In the order in which they are compared.
    pub(super) const ALL: [Self; 3] = [Self::Identifier, Self::Email, Self::Phone];
}

/// The digits of a phone.
fn digits(phone: &str) -> Vec<u8> {
    phone.bytes().filter(u8::is_ascii_digit).collect()
}

/// Rejects an invalid picture address.
fn check_avatar_url(address: &str) -> Result<(), ApiError> {
    if !avatar::is_url(address) {
        return Err(invalid_field(avatar::KEY, "should start with http:// or https://"));
    }
    if address.chars().count() > avatar::MAX_URL_CHARS {
        let problem = format!("is too long (maximum is {} characters)", avatar::MAX_URL_CHARS);
        return Err(invalid_field(avatar::KEY, &problem));
    }
    Ok(())
}

/// A plus, a digit from 1 to 9, and more digits.
fn is_e164(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        E164_DIGITS.contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Splits a name as other products do: the first word, and the rest.
fn split_name(name: &str) -> (&str, &str) {
    let (first, last) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    (first, last.trim_start())
}

/// The display name, if it differs from the first and last name.
fn explicit_display_name(name: Option<&str>) -> String {
    let name = name.unwrap_or_default();
    let (first, last) = split_name(name);
    let made = if last.is_empty() { first.to_owned() } else { format!("{first} {last}") };
    if made == name { String::new() } else { name.to_owned() }
}
