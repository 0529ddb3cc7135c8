//! What advisors may do on a network.

use serde::Serialize;

use crate::federation::directory::PermissionShape;
use crate::federation::errors::{Fault, Problem, common};
use crate::federation::params::{self, advisor_at};
use crate::federation::{Answer, Call, codes};
use crate::input::Fields;
use cardex::{AdvisorId, Error, Network, Permission, Refusal};

/// An advisor on a network.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    advisor_symphony_id: AdvisorId,
    external_network: &'a Network,
}

fn permission(name: &str) -> Result<Permission, Fault> {
    name.parse().map_err(|_| codes::PERMISSION_NOT_FOUND.into())
}

/// `listAdvisorPermissionsBySymphonyId`
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Shape<'a> {
        #[serde(flatten)]
        place: Place<'a>,
        permissions: Vec<PermissionShape>,
    }
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let permissions = call.session.permissions_of(advisor, &network)?;
    let permissions = permissions.iter().map(PermissionShape::from).collect();
    let place = Place { advisor_symphony_id: advisor, external_network: &network };
    Answer::ok(&Shape { place, permissions })
}

/// `addPermissionBySymphonyId`
pub(super) fn add(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Shape<'a> {
        #[serde(flatten)]
        place: Place<'a>,
        permission: PermissionShape,
    }
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let permission = permission(Fields::parse(&call.body)?.needed("permissionName")?)?;
    call.session.grant(advisor, &network, permission)?;
    let place = Place { advisor_symphony_id: advisor, external_network: &network };
    Answer::ok(&Shape { place, permission: permission.into() })
}

/// `removePermissionBySymphonyIdv2`
pub(super) fn remove(call: &Call) -> Result<Answer, Fault> {
    let (advisor, network) = (advisor_at(call, 0)?, params::network(call.value(1))?);
    let permission = permission(call.value(2))?;
    match call.session.revoke(advisor, &network, permission) {
        // Who is not entitled has no permission.
        Err(Error::Refused(Refusal::NoEntitlement)) => Err(Refusal::NoPermission.into()),
        done => Ok(done.map(|()| Answer::empty(204))?),
    }
}

/// `addPermissionToMultipleAdvisor`: a line for each advisor. If they are all refused for one reason, the call is.
pub(super) fn add_to_many(call: &Call) -> Result<Answer, Fault> {
    let body = Fields::parse(&call.body)?;
    let network = params::network(body.needed("externalNetwork")?)?;
    let permission = permission(body.needed("permissionName")?)?;
    let (mut asked, mut advisors) = (Vec::new(), Vec::new());
    for id in body.list_of("advisorSymphonyIds", 0..=usize::MAX, "any number")? {
        let id = id.text()?;
        let advisor = match params::advisor("advisorSymphonyIds", id) {
            Ok(advisor) => Some(advisor),
            Err(Fault::Said(_)) => None,
            Err(fault) => return Err(fault),
        };
        advisors.extend(advisor);
        asked.push((id.to_owned(), advisor));
    }
    let mut done = call.session.grant_to_many(&advisors, &network, permission)?.into_iter();
    let done = asked.into_iter().map(|(id, advisor)| match advisor.and_then(|_| done.next()) {
        Some((advisor, granted)) => (id, Some(advisor), granted.map_err(Fault::from)),
        None => (id, None, Err(Fault::Said(codes::ADVISOR_NOT_FOUND))),
    });
    let done: Vec<_> = done.collect();
    if let Some(fault) = common(done.iter().map(|(.., granted)| granted)) {
        return Err(fault.into());
    }
    let lines =
        done.iter().map(|(id, advisor, granted)| line(call, (id, *advisor), &network, permission, granted));
    Answer::ok(&Report { advisors_permissions: lines.collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    advisors_permissions: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    status: u16,
    response: Granted<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<LineError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Granted<'a> {
    advisor_symphony_id: String,
    external_network: &'a Network,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    permission: Named,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    permission_name: Permission,
}

#[derive(Serialize)]
struct LineError {
    title: &'static str,
    detail: String,
}

fn line<'a>(
    call: &Call,
    (id, advisor): (&str, Option<AdvisorId>),
    network: &'a Network,
    permission: Permission,
    granted: &Result<(), Fault>,
) -> Line<'a> {
    let problem = granted.as_ref().err().map(|fault| fault.problem(&[]));
    let known = advisor.and_then(|advisor| call.session.advisor(advisor).ok());
    let response = Granted {
        advisor_symphony_id: id.to_owned(),
        external_network: network,
        email: known.map(|advisor| advisor.email).filter(|email| !email.is_empty()),
        permission: Named { permission_name: permission },
    };
    let status = problem.as_ref().map_or(200, Problem::status);
    let error = problem.map(|problem| LineError { title: problem.word(), detail: problem.into_title() });
    Line { status, response, error }
}
