//! `call`: answers one HTTP request in-process, without a server.

use std::io::Read as _;

use clap::Args;
use http::{Method, Request, Response, Uri};

use crate::args::Global;
use crate::commands::products::{Product, Products};
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;
use crate::sanitize::escape_json;

/// Answer one HTTP request in-process
///
/// The status is printed on standard error, the body on standard output.
#[derive(Debug, Args)]
pub(crate) struct Call {
    /// GET, POST, PUT, PATCH, DELETE, …
    #[arg(value_parser = parse_method)]
    method: Method,
    /// The path, with its query: /api/v1/customer/permissions
    #[arg(value_parser = parse_path)]
    path: Uri,
    /// The body; `-` reads it from standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    body: Option<String>,
    /// The product whose API answers; the default is the one that has the path
    #[arg(long, alias = "dialect", value_name = "NAME")]
    product: Option<Product>,
}

/// Parses a method in any case. HTTP methods are case-sensitive: `get` would be a method of its own.
fn parse_method(text: &str) -> Result<Method, String> {
    text.to_ascii_uppercase().parse().map_err(|_| "not an HTTP method".to_owned())
}

fn parse_path(text: &str) -> Result<Uri, String> {
    if !text.starts_with('/') {
        return Err("a path begins with a slash".to_owned());
    }
    text.parse().map_err(|_| "invalid character: write it as % and two hexadecimal digits".to_owned())
}

impl Call {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let body = match self.body.as_deref() {
            None => Vec::new(),
            Some("-") => {
                let mut body = Vec::new();
                std::io::stdin().lock().read_to_end(&mut body).map_err(cardex::Error::from)?;
                body
            }
            Some(body) => body.as_bytes().to_vec(),
        };
        let OpenStore { store, session } = OpenStore::open(global)?;
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path;
        // The actor is that of the command line.
        let products = Products::new(&store, self.product, move |_, _| Ok(session.clone()));
        let response = products.call(request);
        print(&response, out)?;
        if response.status().is_success() { Ok(()) } else { Err(Failure::AlreadyReported) }
    }
}

fn print(response: &Response<Vec<u8>>, out: &mut Output) -> std::io::Result<()> {
    out.write_message(&response.status().to_string())?;
    if response.body().is_empty() {
        return Ok(());
    }
    out.write_raw(escape_json(String::from_utf8_lossy(response.body()).into_owned()).as_bytes())?;
    out.write_raw(b"\n")
}
