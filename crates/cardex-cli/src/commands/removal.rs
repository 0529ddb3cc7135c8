//! `remove`, `restore`, `link` and `unlink`.

use cardex::{AdvisorId, ContactId};
use clap::Args;
use serde_json::json;

use crate::args::{Global, Named};
use crate::commands::{Done, each};
use crate::desk::Desk;
use crate::out::Out;

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
pub(crate) struct Pair {
    /// The contact
    contact: ContactId,
    /// The advisor, by id or e-mail address
    advisor: Named,
}

impl Remove {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let desk = Desk::create(global, |_, options| options.create(false).secure_delete(self.scrub))?;
        if self.purge {
            let purged = each(&self.ids, "purged", out, |id| desk.session.purge(*id));
            if self.scrub {
                desk.store.scrub()?;
            }
            return purged;
        }
        each(&self.ids, "trashed", out, |id| desk.session.remove(*id))
    }
}

impl Restore {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let desk = Desk::open(global)?;
        each(&self.ids, "restored", out, |id| desk.session.restore(*id).map(|_| ()))
    }
}

impl Pair {
    pub(super) fn link(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        let advisor = self.advisor.id(&session)?;
        let changed = session.link(self.contact, advisor)?;
        self.tell(advisor, changed, if changed { "linked" } else { "they were linked already" }, out)
    }

    pub(super) fn unlink(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        let advisor = self.advisor.id(&session)?;
        let changed = session.unlink(self.contact, advisor)?;
        self.tell(advisor, changed, if changed { "unlinked" } else { "they were not linked" }, out)
    }

    fn tell(&self, advisor: AdvisorId, changed: bool, message: &str, out: &mut Out) -> Done {
        let item = json!({ "contact": self.contact, "advisor": advisor, "changed": changed });
        Ok(out.done(&item, message)?)
    }
}
