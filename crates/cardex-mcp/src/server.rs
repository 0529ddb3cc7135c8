//! The server: what it serves, and to whom.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cardex::Session;
use rmcp::ServiceExt as _;
use rmcp::transport::io::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::confirmation::Confirmations;
use crate::tool::ServerTool;
use crate::tools::tools;

/// The time limit of a call, if the host sets none.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Calls that run at the same time, and the thread that reads the input where it is no pipe.
const THREADS: usize = 9;

/// A server of the Model Context Protocol with the permissions of one session.
#[derive(Debug)]
pub struct Server {
    session: Session,
    read_only: bool,
    timeout: Duration,
}

impl Server {
    /// A server with the permissions of `session`. It can write, and a call takes at most 30 seconds.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self { session, read_only: false, timeout: TIMEOUT }
    }

    /// Whether the server has only tools that read.
    #[must_use]
    pub const fn read_only(mut self, yes: bool) -> Self {
        self.read_only = yes;
        self
    }

    /// Sets the time limit of a call. After it, the call has the error `deadline`.
    #[must_use]
    pub const fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Answers the client of standard input and output until the input ends. It blocks, and has a runtime of its own: call it outside of
    /// one. Nothing else may write to standard output meanwhile.
    ///
    /// # Errors
    /// Those of the streams, and those of a client that does not begin as the protocol demands.
    pub fn serve_stdio(self) -> io::Result<()> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().max_blocking_threads(THREADS).build()?;
        let served = runtime.block_on(async {
            let (input, output) = stdio_pipes();
            self.serve(input, output).await
        });
        // A thread can still wait for input that never comes.
        runtime.shutdown_background();
        served
    }

    /// Answers the client of these streams until the input ends. A message is a line of JSON. It needs a runtime of Tokio with time.
    ///
    /// # Errors
    /// Those of the streams, and those of a client that does not begin as the protocol demands.
    pub async fn serve(
        self,
        input: impl AsyncRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> io::Result<()> {
        let running = Handler::new(self).serve((input, output)).await.map_err(io::Error::other)?;
        running.waiting().await.map_err(io::Error::other)?;
        Ok(())
    }
}

/// What answers the requests.
#[derive(Clone)]
pub(crate) struct Handler {
    pub(crate) session: Session,
    pub(crate) read_only: bool,
    pub(crate) timeout: Duration,
    pub(crate) tools: Arc<[ServerTool]>,
    confirmations: Arc<Mutex<Confirmations>>,
}

impl Handler {
    fn new(server: Server) -> Self {
        let Server { session, read_only, timeout } = server;
        let tools = tools(session.actor(), read_only).into();
        Self { session, read_only, timeout, tools, confirmations: Arc::default() }
    }

    /// The tool of this name.
    pub(crate) fn tool(&self, name: &str) -> Option<&ServerTool> {
        self.tools.iter().find(|tool| tool.tool.name == name)
    }

    /// Runs `work` on the confirmations.
    pub(crate) fn confirmations<T>(&self, work: impl FnOnce(&mut Confirmations) -> T) -> T {
        work(&mut self.confirmations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
