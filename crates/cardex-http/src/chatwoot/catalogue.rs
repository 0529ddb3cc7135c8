//! What an account has besides contacts: labels and definitions of custom attributes.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{CUSTOM, seconds};
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::params::account_session;
use crate::chatwoot::payload::Payload;
use cardex::limits;

/// The color of a label without one: that of the product.
const DEFAULT_COLOR: &str = "#1f93ff";

/// `accountLabels`: by title. The book has no descriptions of labels.
pub(super) fn labels(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Label {
        id: i64,
        title: String,
        description: Option<String>,
        color: String,
        show_on_sidebar: bool,
    }
    let session = account_session(call)?;
    let tags = session.tags().list().limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    let labels = tags.into_iter().map(|tag| Label {
        id: tag.id.0,
        title: tag.name,
        description: None,
        color: tag.color.map_or_else(|| DEFAULT_COLOR.to_owned(), |color| format!("#{color}")),
        show_on_sidebar: true,
    });
    ApiResponse::ok(&Payload { payload: labels.collect::<Vec<_>>() })
}

/// `accountAttributeDefinitions`: those of contacts that are declared, by key, as a bare list.
pub(super) fn attribute_definitions(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Definition {
        id: i64,
        attribute_display_name: String,
        attribute_display_type: &'static str,
        attribute_description: String,
        attribute_key: String,
        attribute_values: Vec<String>,
        attribute_model: &'static str,
        regex_pattern: Option<String>,
        regex_cue: Option<String>,
        created_at: i64,
        updated_at: i64,
    }
    let session = account_session(call)?;
    let all = session.attributes().list(CUSTOM).limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let definitions = all.into_iter().filter(|def| def.declared).map(|def| Definition {
        id: def.id.0,
        attribute_display_name: if def.name.is_empty() { def.key.clone() } else { def.name },
        attribute_display_type: def.kind.as_str(),
        attribute_description: def.description,
        attribute_key: def.key,
        attribute_values: def.choices,
        attribute_model: "contact_attribute",
        regex_pattern: filled(def.pattern),
        regex_cue: filled(def.hint),
        created_at: seconds(def.created_at),
        updated_at: seconds(def.updated_at),
    });
    ApiResponse::ok(&definitions.collect::<Vec<_>>())
}
