//! Parts of the serialized form of inputs. The documentation of the crate has its rules.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Whether a member has its default value, and so is not written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads a member that is present, also if it is `null`: so a patch differs from one without the member.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a member of a patch for which `null` means the empty text or list.
pub(crate) fn null_as_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(|value| Some(value.unwrap_or_default()))
}

/// A card document: a text, or an object.
pub(crate) fn card<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        None => None,
        Some(Value::String(text)) => Some(text),
        Some(value) => Some(value.to_string()),
    })
}

/// A card document of a patch: `null` removes it.
pub(crate) fn card_change<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    card(deserializer).map(|card| Some(card.unwrap_or_default()))
}

/// Implements the serialized form of a type by its text: `Display` and `FromStr`.
macro_rules! serialized_as_text {
    ($($name:ty),* $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use serialized_as_text;
