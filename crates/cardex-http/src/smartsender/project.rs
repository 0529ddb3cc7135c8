//! The project of a token, with its tags and funnels.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::numbered::page_slice;
use crate::smartsender::dto::{CursorPage, FunnelDto, TagDto};
use crate::smartsender::errors::ApiError;
use crate::smartsender::params::{page_number_and_size, project_session};
use cardex::limits;

/// `getMe`: the project.
pub(super) fn me(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Project {
        id: i64,
        name: String,
    }
    let project = project_session(call)?.directory().tenant()?;
    ApiResponse::ok(&Project { id: project.id.0, name: project.name })
}

/// `listTags`: by name; with a term, those whose name contains it.
pub(super) fn tags(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let all = session.tags().list().limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    page_with_term(call, all, |tag| vec![tag.name.clone()], TagDto::from)
}

/// `listFunnels`: by key; with a term, those whose name or key contains it.
pub(super) fn funnels(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let all = session.funnels().list().limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    page_with_term(call, all, |funnel| vec![funnel.name.clone(), funnel.service_key.clone()], FunnelDto::from)
}

/// A page of the items that have the term of the call in one of their texts, ignoring case.
fn page_with_term<T, D: Serialize>(
    call: &Call,
    mut items: Vec<T>,
    texts: impl Fn(&T) -> Vec<String>,
    dto: impl Fn(T) -> D,
) -> Result<ApiResponse, ApiError> {
    let (number, size) = page_number_and_size(call)?;
    if let Some(term) = call.query.single("term")?.map(|term| term.trim().to_lowercase()) {
        items.retain(|item| texts(item).iter().any(|text| text.to_lowercase().contains(&term)));
    }
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let shown: Vec<D> = page_slice(items, number, size).into_iter().map(dto).collect();
    ApiResponse::ok(&CursorPage::new(shown, (number, size), total))
}
