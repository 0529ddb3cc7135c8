//! What a record brings to a contact beside its fields.

use serde_json::Value;

use super::{Context, edited};
use crate::db::Write;
use crate::db::contact::Stored;
use crate::error::Result;
use crate::model::{AttributeSpace, Field};
use crate::store::Inner;

impl Inner {
    /// Gives a contact that is there tags and values of a tenant; false if it had them. That is an edit of it. What it has besides
    /// stays.
    pub(super) fn give_labels(
        &self,
        db: &Write<'_>,
        context: Context<'_>,
        (tenant, stored): (i64, &Stored),
        tags: &[String],
        values: &[(AttributeSpace, String, Value)],
    ) -> Result<bool> {
        let mut fields = Vec::new();
        if self.give_tags(db, tenant, stored, tags)? {
            fields.push(Field::Tags);
        }
        if self.give_values(db, (tenant, stored.id), values)? {
            fields.push(Field::Attributes);
        }
        if !fields.is_empty() {
            edited(db, context, stored, &fields)?;
        }
        Ok(!fields.is_empty())
    }
}
