//! Federation groups and their members.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::federation::codes;
use crate::federation::codes::Problem;
use crate::federation::dto::GroupPage;
use crate::federation::errors::{ApiError, ItemError, common_code};
use crate::federation::paging::{Pagination, fetch_page};
use crate::federation::params::{self, advisor_at};
use crate::input::JsonFields;
use crate::input::ParamError;
use cardex::Network;
use cardex::directory::GroupId;
use cardex::entitlements::GroupMove;

/// `listTenantFederationGroups`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape<'a> {
        federation_group_id: GroupId,
        federation_group_name: &'a str,
        active_external_networks: Vec<&'a Network>,
    }
    let page = fetch_page!(call, call.session.directory().group_list());
    let groups = page.items.iter().map(|group| Shape {
        federation_group_id: group.id,
        federation_group_name: &group.name,
        active_external_networks: group
            .networks
            .iter()
            .filter(|network| **network != Network::BOOK)
            .collect(),
    });
    ApiResponse::ok(&GroupPage { federation_groups: groups.collect(), pagination: Pagination::from(&page) })
}

/// `updateAdvisorFederationGroup`: into a group or into the default one.
pub(super) fn move_one(call: &Call) -> Result<ApiResponse, ApiError> {
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let body = JsonFields::parse(&call.body)?;
    let to_default = body.flag("moveToDefault")?.unwrap_or(false);
    let group = match (body.text("federationGroupId")?, to_default) {
        (Some(_), true) => return Err(codes::GROUP_TARGET_TWICE.into()),
        (None, false) => return Err(codes::GROUP_TARGET_MISSING.into()),
        (Some(group), false) => Some(params::group(group)?),
        (None, true) => None,
    };
    call.session.entitlements().move_to_group(advisor, &network, group)?;
    Ok(ApiResponse::empty(204))
}

/// Advisors moved in one call.
const MAX_MOVES: usize = 100;

/// `bulkUpdateAdvisorsFederationGroup`: a line for each advisor. If they are all refused for one reason, the call is.
pub(super) fn move_many(call: &Call) -> Result<ApiResponse, ApiError> {
    let body = JsonFields::parse(&call.body)?;
    let (mut members, mut moves) = (Vec::new(), Vec::new());
    for item in body.list_of("request", 1..=MAX_MOVES, "must have 1 to 100 items")? {
        let item = item.fields()?;
        let member = Member {
            symphony_id: item.required("symphonyId")?.to_owned(),
            external_network: item.required("externalNetwork")?.to_owned(),
            federation_group_id: item.text("federationGroupId")?.map(str::to_owned),
        };
        let parsed = parse_move(&member);
        if let Err(ApiError::Param(param_error)) = parsed {
            return Err(param_error.into());
        }
        moves.extend(parsed.as_ref().ok().cloned());
        members.push((member, parsed.err()));
    }
    let mut moved = call.session.entitlements().move_many_to_groups(moves)?.into_iter();
    let done = members.into_iter().map(|(member, error)| match error {
        Some(error) => (member, Err(error)),
        None => (member, moved.next().map_or(Ok(()), |(_, done)| done.map_err(ApiError::from))),
    });
    let done: Vec<_> = done.collect();
    if let Some(error) = common_code(done.iter().map(|(_, done)| done)) {
        return Err(error.into());
    }
    ApiResponse::ok(&GroupMoveReport {
        responses: done.into_iter().map(|(member, done)| move_result(member, &done)).collect(),
    })
}

fn parse_move(member: &Member) -> Result<GroupMove, ApiError> {
    let advisor = params::advisor("symphonyId", &member.symphony_id)?;
    if member.external_network.is_empty() {
        return Err(ParamError::new("externalNetwork", "must not be empty").into());
    }
    let network = params::network(&member.external_network)?;
    let group = member.federation_group_id.as_deref().map(params::group).transpose()?;
    Ok(GroupMove::new(advisor, network, group))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    symphony_id: String,
    external_network: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_group_id: Option<String>,
}

#[derive(Serialize)]
struct GroupMoveReport {
    responses: Vec<GroupMoveResult>,
}

#[derive(Serialize)]
struct GroupMoveResult {
    status: u16,
    response: Member,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ItemError>,
}

fn move_result(member: Member, done: &Result<(), ApiError>) -> GroupMoveResult {
    let problem = done.as_ref().err().map(|error| error.problem(&[]));
    let status = problem.as_ref().map_or(200, Problem::status);
    let error = problem.map(|problem| ItemError::new(&member.symphony_id, problem));
    GroupMoveResult { status, response: member, error }
}
