//! One action for many contacts.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::errors::{ApiError, NOT_ALLOWED, status_error};
use crate::chatwoot::params::{account_session, request_fields};
use crate::input::{JsonFields, JsonItem, ParamError, parse_id};
use cardex::tags::UnknownTagPolicy;
use cardex::{Actor, ContactId, Session, limits};

/// What a request does to each contact.
enum Action {
    Delete,
    Labels {
        add: Vec<String>,
        remove: Vec<String>,
    },
    /// The product accepts a request without a known action.
    Nothing,
}

/// `bulkActions`: the answer comes after the last contact. Each contact is a change of its own, and one that is not there is left out.
pub(super) fn run(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Refused {
        success: bool,
    }
    let session = account_session(call)?;
    let body = request_fields(call)?;
    if body.text("type")?.is_none_or(|kind| !kind.eq_ignore_ascii_case("contact")) {
        return ApiResponse::with_status(422, &Refused { success: false });
    }
    let ids = body.list_of("ids", 0..=limits::PAGE, "has too many ids")?;
    let ids = ids.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?;
    let action = action(&body)?;
    if matches!(action, Action::Delete) && matches!(session.actor(), Actor::Agent(_)) {
        return Err(status_error(401, NOT_ALLOWED));
    }
    for id in ids.iter().filter_map(|id| parse_id(id.trim())) {
        match apply(&session, ContactId(id), &action) {
            Err(ApiError::Engine(error)) if error.is_not_found() => {}
            done => done?,
        }
    }
    Ok(ApiResponse::empty(200))
}

fn action(body: &JsonFields<'_>) -> Result<Action, ApiError> {
    match body.text("action_name")? {
        Some("delete") => return Ok(Action::Delete),
        None | Some("") => {}
        Some(_) => return Err(ParamError::new("action_name", "unknown_operation").into()),
    }
    let Some(labels) = body.fields("labels")? else { return Ok(Action::Nothing) };
    let names = |name| -> Result<Vec<String>, ApiError> {
        let items = labels.list(name)?.unwrap_or_default();
        Ok(items.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?)
    };
    Ok(Action::Labels { add: names("add")?, remove: names("remove")? })
}

fn apply(session: &Session, id: ContactId, action: &Action) -> Result<(), ApiError> {
    // A merged contact is not there for this API.
    let Some(contact) = session.get(id)?.filter(|contact| contact.trashed_at.is_none()) else {
        return Ok(());
    };
    match action {
        Action::Nothing => {}
        Action::Delete => session.remove(contact.id)?,
        Action::Labels { add, remove } => {
            for name in add {
                add_label(session, id, name).map_err(ApiError::with_plain_message)?;
            }
            for name in remove {
                if let Some(tag) = session.tags().named(name)? {
                    session.tags().detach(id, tag.id)?;
                }
            }
        }
    }
    Ok(())
}

/// Adds a label, which may be new in the account. An agent creates labels only by setting them on a contact.
fn add_label(session: &Session, id: ContactId, name: &str) -> Result<(), ApiError> {
    if let Some(tag) = session.tags().named(name)? {
        session.tags().attach(id, tag.id)?;
        return Ok(());
    }
    let own = session.tags().of(&[id])?.pop().unwrap_or_default();
    let names: Vec<String> = own.into_iter().map(|tag| tag.name).chain([name.to_owned()]).collect();
    session.tags().set(id, &names, UnknownTagPolicy::Create)?;
    Ok(())
}
