//! `remove`, `restore`, `link` and `unlink`.

use cardex::{AdvisorId, ContactId};
use clap::Args;
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::{CommandResult, run_for_each};
use crate::open_store::OpenStore;
use crate::output::Output;

/// Put contacts into the trash, or delete them
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The contacts
    #[arg(required = true, value_name = "ID")]
    ids: Vec<ContactId>,
    /// Delete them for good, from the trash or not
    #[arg(long)]
    purge: bool,
    /// With --purge: overwrite what is deleted, also in the search index and the log of writes
    #[arg(long, requires = "purge")]
    scrub: bool,
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
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let desk = OpenStore::open_or_create_with(global, |_, options| {
            options.create(false).secure_delete(self.scrub)
        })?;
        if self.purge {
            let purged = run_for_each(&self.ids, "purged", out, |id| desk.session.purge(*id));
            if self.scrub {
                desk.store.erase_deleted_data()?;
            }
            return purged;
        }
        run_for_each(&self.ids, "trashed", out, |id| desk.session.remove(*id))
    }
}

impl Restore {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let desk = OpenStore::open(global)?;
        run_for_each(&self.ids, "restored", out, |id| desk.session.restore(*id).map(|_| ()))
    }
}

impl ContactAdvisorArgs {
    pub(super) fn link(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let advisor = self.advisor.resolve(&session)?;
        let changed = session.link(self.contact, advisor)?;
        self.report_link(advisor, changed, if changed { "linked" } else { "they were linked already" }, out)
    }

    pub(super) fn unlink(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let advisor = self.advisor.resolve(&session)?;
        let changed = session.unlink(self.contact, advisor)?;
        self.report_link(advisor, changed, if changed { "unlinked" } else { "they were not linked" }, out)
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
