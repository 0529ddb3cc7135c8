//! The requests of the protocol.

use std::time::Duration;

use cardex::Session;
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, ClientResult, ElicitRequest,
    ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, ErrorData, Implementation,
    InputRequest, InputRequests, InputRequiredResult, JsonObject, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams,
    ReadResourceResponse, ServerCapabilities, ServerConfig, ServerRequest, Tool,
};
use rmcp::service::{PeerRequestOptions, RequestContext, RoleServer};
use serde_json::Value;

use crate::confirmation::{Confirmed, LIFETIME, Proposal};
use crate::deadline;
use crate::error::ToolError;
use crate::resources;
use crate::server::Handler;
use crate::tool::{Arguments, Run, success};
use crate::untrusted::NOTICE;

/// The name of the question in a result that asks the client for input.
const QUESTION: &str = "confirm";

/// What a model reads first.
const INSTRUCTIONS: &str = "An address book. search_contacts finds a person, get_contact reads everything about one, list_contacts \
    answers questions about many. Ids and cursors are texts: pass them on unchanged. A page that has next goes on: call the tool again \
    with after. An error has a stable code.";

/// The call of a tool that a person confirms.
type Context = RequestContext<RoleServer>;

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        let access = if self.read_only { "This server cannot write." } else { "" };
        let implementation = Implementation::new("cardex", env!("CARGO_PKG_VERSION")).with_title("Cardex");
        ServerConfig::new(capabilities)
            .with_server_info(implementation)
            .with_instructions(format!("{INSTRUCTIONS} {NOTICE} {access}").trim_end().to_owned())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tool(name).map(|tool| tool.tool.clone())
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.iter().map(|tool| tool.tool.clone()).collect()))
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = self.tool(&request.name) else {
            return Err(ErrorData::invalid_params("there is no tool of this name", None));
        };
        let arguments = request.arguments.take().unwrap_or_default();
        let result = match tool.run {
            Run::Direct(run) => {
                let work = move |session: &Session| run(session, arguments);
                self.run(&context, work).await.map(|output| success(output).into())
            }
            Run::Confirmed(propose) => self.confirmed(propose, arguments, request, &context).await,
        };
        Ok(result.unwrap_or_else(|error| error.result().into()))
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::list()))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri;
        self.run(&context, move |session| resources::read(session, &uri))
            .await
            .map(ReadResourceResponse::from)
            .map_err(|error| resources::protocol_error(&error))
    }
}

impl Handler {
    /// Runs `work` within the time limit of this server.
    async fn run<T: Send + 'static>(
        &self,
        context: &Context,
        work: impl FnOnce(&Session) -> Result<T, ToolError> + Send + 'static,
    ) -> Result<T, ToolError> {
        deadline::run(&self.session, self.timeout, context.ct.cancelled(), work).await
    }

    /// A call that a person confirms: by the client where it can ask, otherwise by a second call.
    async fn confirmed(
        &self,
        propose: fn(&Session, Arguments) -> Result<Proposal, ToolError>,
        arguments: Arguments,
        request: CallToolRequestParams,
        context: &Context,
    ) -> Result<CallToolResponse, ToolError> {
        let proposal = self.run(context, move |session| propose(session, arguments)).await?;
        let Proposal { action, question, confirmation } = proposal;
        let token = match (request.request_state, confirmation) {
            (Some(state), _) => {
                let answer = request.input_responses.unwrap_or_default().remove(QUESTION);
                if !answer.is_some_and(is_accepted) {
                    self.confirmations(|kept| kept.take(&state, |known| known.is_same_call(action)))?;
                    return Ok(output(&Confirmed::declined()));
                }
                state
            }
            (None, Some(token)) => token,
            (None, None) => {
                let token = self.confirmations(|kept| kept.issue(action))?;
                if !can_ask(context.client_capabilities().as_ref()) {
                    return Ok(output(&Confirmed::required(question, token)));
                }
                if context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
                {
                    return Ok(ask_by_result(question, token)?.into());
                }
                if !ask(context, question).await? {
                    self.confirmations(|kept| kept.take(&token, |_| true))?;
                    return Ok(output(&Confirmed::declined()));
                }
                token
            }
        };
        // The action with the versions that the question showed.
        let action = self.confirmations(|kept| kept.take(&token, |known| known.is_same_call(action)))?;
        let done = self.run(context, move |session| action.perform(session)).await?;
        Ok(output(&done))
    }
}

fn output(confirmed: &Confirmed) -> CallToolResponse {
    success(serde_json::to_value(confirmed).unwrap_or_default()).into()
}

/// Whether the client can show a question to a person.
fn can_ask(client: Option<&ClientCapabilities>) -> bool {
    let elicitation = client.and_then(|client| client.elicitation.as_ref());
    // A client that names no kind of question has forms.
    elicitation.is_some_and(|can| can.form.is_some() || can.url.is_none())
}

/// A question that is answered by accepting it: its form has no fields.
fn elicitation(question: String) -> Result<ElicitRequest, ToolError> {
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Value::Object(JsonObject::new()));
    let requested_schema = ElicitationSchema::from_json_schema(schema).map_err(|_| ToolError::Internal)?;
    Ok(ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question,
        requested_schema,
    }))
}

/// Asks within the result: since 2026-07-28 a server sends no requests.
fn ask_by_result(question: String, token: String) -> Result<InputRequiredResult, ToolError> {
    let request = InputRequest::Elicitation(elicitation(question)?);
    let requests = InputRequests::from([(QUESTION.to_owned(), request)]);
    Ok(InputRequiredResult::new(Some(requests), Some(token)))
}

/// Asks by a request, and waits for the person.
async fn ask(context: &Context, question: String) -> Result<bool, ToolError> {
    let request = ServerRequest::ElicitRequest(elicitation(question)?);
    let options = PeerRequestOptions::with_timeout(LIFETIME.saturating_sub(Duration::from_secs(1)));
    let sent = context.peer.send_cancellable_request(request, options).await;
    let Ok(handle) = sent else { return Ok(false) };
    Ok(match handle.await_response().await {
        Ok(ClientResult::ElicitResult(result)) => result.action == ElicitationAction::Accept,
        _ => false,
    })
}

/// Whether the person accepted.
fn is_accepted(answer: Value) -> bool {
    serde_json::from_value::<ElicitResult>(answer)
        .is_ok_and(|result| result.action == ElicitationAction::Accept)
}
