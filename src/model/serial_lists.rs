//! The serialized form of the lists in inputs of contacts.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::model::attribute::AttributeNamespace;
use crate::model::id::ChannelId;
use crate::model::serial::present;

/// An attribute to set, or to remove if it has no value.
type AttributeChange = (AttributeNamespace, String, Option<Value>);

/// The value of an attribute as an object.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributeMember {
    namespace: AttributeNamespace,
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    value: Option<Value>,
}

/// Attribute values to set: a list of objects.
pub(crate) mod attribute_values {
    use serde::de::Error as _;

    use super::{AttributeMember, AttributeNamespace, Deserialize, Deserializer, Serializer, Value};

    pub(crate) fn serialize<S: Serializer>(
        values: &[(AttributeNamespace, String, Value)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|(namespace, key, value)| AttributeMember {
            namespace: *namespace,
            key: key.clone(),
            value: Some(value.clone()),
        }))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(AttributeNamespace, String, Value)>, D::Error> {
        let members = Vec::<AttributeMember>::deserialize(deserializer)?;
        let value = |AttributeMember { namespace, key, value }| {
            value.map(|value| (namespace, key, value)).ok_or_else(|| D::Error::missing_field("value"))
        };
        members.into_iter().map(value).collect()
    }
}

/// Attribute values to set or to remove: a list of objects. One without a value removes it.
pub(crate) mod attribute_changes {
    use super::{AttributeChange, AttributeMember, Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        changes: &[AttributeChange],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(changes.iter().map(|(namespace, key, value)| AttributeMember {
            namespace: *namespace,
            key: key.clone(),
            value: value.clone(),
        }))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<AttributeChange>, D::Error> {
        let members = Vec::<AttributeMember>::deserialize(deserializer)?;
        Ok(members.into_iter().map(|member| (member.namespace, member.key, member.value)).collect())
    }
}

/// Identities on channels: a list of objects.
pub(crate) mod channel_identities {
    use super::{ChannelId, Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct IdentityMember {
        channel: ChannelId,
        identifier: String,
    }

    pub(crate) fn serialize<S: Serializer>(
        identities: &[(ChannelId, String)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(identities.iter().map(|(channel, identifier)| IdentityMember {
            channel: *channel,
            identifier: identifier.clone(),
        }))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(ChannelId, String)>, D::Error> {
        let members = Vec::<IdentityMember>::deserialize(deserializer)?;
        Ok(members.into_iter().map(|member| (member.channel, member.identifier)).collect())
    }
}
