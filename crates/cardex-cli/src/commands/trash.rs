//! `remove`, `restore`, `link` and `unlink`.

use cardex::{AdvisorId, ContactId};
use clap::Args;
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::each::run_for_each;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Put contacts into the trash, or delete them
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The contacts
    #[arg(required = true, value_name = "ID")]
    ids: Vec<ContactId>,
    /// Delete them permanently, whether they are in the trash or not
    #[arg(long)]
    purge: bool,
    /// With --purge: overwrite the deleted data, also in the search index and the write-ahead log
    #[arg(long, requires = "purge")]
    erase_deleted: bool,
}

/// Take contacts out of the trash
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The contacts
    #[arg(required = true, value_name = "ID")]
    ids: Vec<ContactId>,
}

/// A contact and an advisor.
#[derive(Debug, Args)]
pub(crate) struct ContactAdvisorArgs {
    /// The contact
    contact: ContactId,
    /// The advisor, by id or e-mail address
    advisor: AdvisorArg,
}

impl Remove {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open_or_create_with(global, |_, options| {
            options.create(false).secure_delete(self.erase_deleted)
        })?;
        if self.purge {
            let purged = run_for_each(&self.ids, "purged", out, |id| book.session.purge(*id));
            if self.erase_deleted {
                book.store.erase_deleted_data()?;
            }
            return purged;
        }
        run_for_each(&self.ids, "trashed", out, |id| book.session.remove(*id))
    }
}

impl Restore {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        run_for_each(&self.ids, "restored", out, |id| book.session.restore(*id).map(|_| ()))
    }
}

impl ContactAdvisorArgs {
    pub(crate) fn link(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let advisor = self.advisor.resolve(&session)?;
        let changed = session.link(self.contact, advisor)?;
        self.report_link(advisor, changed, if changed { "linked" } else { "already linked" }, out)
    }

    pub(crate) fn unlink(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let advisor = self.advisor.resolve(&session)?;
        let changed = session.unlink(self.contact, advisor)?;
        self.report_link(advisor, changed, if changed { "unlinked" } else { "not linked" }, out)
    }

    fn report_link(
        &self,
        advisor: AdvisorId,
        changed: bool,
        message: &str,
        out: &mut Output,
    ) -> CommandResult {
        let item = json!({ "contact": self.contact, "advisor": advisor, "changed": changed });
        Ok(out.write_result(&item, message)?)
    }
}
