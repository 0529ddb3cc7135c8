//! Lists of contacts, in the order of names or another, with conditions; and lists of advisors.

use crate::access::session::Session;
use crate::db;
use crate::db::contact::StoredContact;
use crate::db::scope::EntryKey;
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::model::{
    Advisor, AdvisorId, Condition, Contact, ContactId, Filter, FilterNode, Network, SortOrder, TextField,
};
use crate::query::filter::CompiledFilter;
use crate::query::filter::block_filter::BlockFilter;
use crate::query::list::list_executor::{ListExecutor, decode_list_key};
use crate::query::list::section::CountMethod;
use crate::query::{Cursor, Page, Start, number_keyset_page, page_setters, query_fingerprint, scope_setters};

/// A list of contacts being put together; see [`Session::contacts`].
#[derive(Clone)]
#[must_use]
pub struct ContactList<'s> {
    session: &'s Session,
    network: Option<Network>,
    advisor: Option<AdvisorId>,
    id: Option<ContactId>,
    email: Option<String>,
    phone: Option<String>,
    trash: bool,
    blocked: Option<bool>,
    filter: Option<Filter>,
    order: SortOrder,
    /// Where the first page starts.
    pub(crate) section: Option<String>,
    limit: usize,
    start: Start,
}

/// A list of advisors being put together; see [`Session::advisors`] and [`Session::advisors_of`].
#[derive(Debug, Clone)]
#[must_use]
pub struct AdvisorList<'s> {
    session: &'s Session,
    contact: Option<ContactId>,
    limit: usize,
    start: Start,
}

impl Session {
    /// Lists what the actor sees, by last name, then first name, in the order of the book's language.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().locale("sv").open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// for last in ["Öberg", "Zetterlund", "Ek"] {
    ///     desk.add(NewContact::new(Network::SMS_DIRECT, "Anna", last))?;
    /// }
    /// let page = desk.contacts().network(Network::SMS_DIRECT).limit(2).page()?;
    /// assert_eq!(page.items[1].last_name, "Zetterlund");
    /// let page = desk.contacts().network(Network::SMS_DIRECT).limit(2).after(page.after).page()?;
    /// assert_eq!(page.items[0].last_name, "Öberg");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    pub fn contacts(&self) -> ContactList<'_> {
        ContactList {
            session: self,
            network: None,
            advisor: None,
            id: None,
            email: None,
            phone: None,
            trash: false,
            blocked: None,
            filter: None,
            order: SortOrder::default(),
            section: None,
            limit: 50,
            start: Start::First,
        }
    }
}

impl std::fmt::Debug for ContactList<'_> {
    /// Not the address or the number asked for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, trash, filter, order, limit, .. } = self;
        f.debug_struct("List")
            .field("network", network)
            .field("advisor", advisor)
            .field("trash", trash)
            .field("filter", filter)
            .field("order", order)
            .field("limit", limit)
            .finish_non_exhaustive()
    }
}

impl<'s> ContactList<'s> {
    page_setters!(Contact, 50);
    scope_setters!();

    /// The contact with this id only.
    pub fn id(mut self, id: ContactId) -> Self {
        self.id = Some(id);
        self
    }

    /// Those with this e-mail address only, compared without regard to case.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Those with this phone only, in whatever form it is written, its plus left out too.
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Those whose first phone is blocked, or those whose is not: by the tenant or, in an advisor's list, by that advisor;
    /// elsewhere by any advisor of the tenant too. A page may then come short, with [`Page::refine`] set, where very many in
    /// a row are left out; counts and letters look at each contact that is blocked.
    pub fn blocked(mut self, yes: bool) -> Self {
        self.blocked = Some(yes);
        self
    }

    /// Those who meet these conditions only, as well as what the other calls ask for.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options, SortField};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// for (name, company) in [("Ada", "Zeta"), ("Bob", "Acme"), ("Cid", "")] {
    ///     desk.add(NewContact::new(Network::SMS_DIRECT, name, "").company(company))?;
    /// }
    /// let list = desk.contacts().filter("company present".parse()?).order(SortField::Company);
    /// let names: Vec<_> = list.page()?.items.into_iter().map(|contact| contact.first_name).collect();
    /// assert_eq!(names, ["Bob", "Ada"]);
    /// assert_eq!(list.count()?.count, 2);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// A condition that few contacts meet (a tag, a value, an address, a day, a company, …) is looked up, and these contacts are read; so are
    /// those who lack a tag or an attribute that nearly all have. Otherwise the list is walked and contacts are held against the
    /// conditions, 2,000 rows a call at most: a page may come short, with [`Page::refine`] set. Letters, positions and totals are told only if the conditions can be counted within
    /// [`limits::COUNTED`](crate::limits::COUNTED) contacts; see [`List::count`].
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// In this order; by name if not said. Letters and positions are those of the order of names.
    pub fn order(mut self, order: impl Into<SortOrder>) -> Self {
        self.order = order.into();
        self
    }

    /// The trash instead. For administrators and the system; without an advisor.
    pub fn trash(mut self) -> Self {
        self.trash = true;
        self
    }

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds, a phone that is none, or a letter the list's order does not have;
    /// [`Error::BadCursor`], [`Error::CursorMismatch`]; [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`].
    pub fn page(&self) -> Result<Page<Contact>> {
        page_limit(self.limit)?;
        self.execute(|run| {
            let from = match (&self.section, &self.start) {
                (Some(label), Start::First) => Some(run.section_start(label)?),
                (_, start) => start.key(run.fingerprint)?.map(|key| decode_list_key(&key)).transpose()?,
            };
            let found = run.page(from.as_ref(), self.start.is_back(), self.limit)?;
            let at = |(entry, _): &(EntryKey, StoredContact), before| run.encode_cursor(entry, before);
            let mut page = found.into_page(at, |(_, stored)| stored.contact);
            if let (true, Some(from)) = (page.items.is_empty(), from) {
                run.set_return_cursor(&mut page, from, &self.start)?;
            }
            Ok(page)
        })
    }

    /// Runs `work` on the list in one snapshot.
    pub(crate) fn execute<T>(&self, work: impl FnOnce(&ListExecutor<'_>) -> Result<T>) -> Result<T> {
        if self.trash && self.advisor.is_some() {
            return Err(Error::Forbidden("the trash is the tenant's, not an advisor's"));
        }
        let filter = self.combined_filter();
        filter.check()?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let scopes = if self.trash {
                rights.trash_scopes(db, self.network.as_ref())?
            } else {
                rights.scopes(db, self.network.as_ref(), self.advisor)?
            };
            // The order is the one of this very snapshot, whatever it was when the store was opened.
            let book = db::metadata::read(db)?;
            let sum = query_fingerprint(&self.session.engine, "list", &scopes)
                .add_text(&book.collation)
                .add_text(&filter.to_string())
                .add_text(&self.order.to_string())
                .finish();
            let sieve = CompiledFilter::compile(&self.session.engine, db, &rights, &scopes, &filter)?;
            let by_block = |wanted| BlockFilter::build(db, &rights, &scopes, Some(wanted));
            let counting = match filter.node() {
                FilterNode::All(all) if all.is_empty() => CountMethod::All,
                FilterNode::Condition(Condition::Blocked) => CountMethod::Blocked(by_block(true)?),
                FilterNode::Not(inner)
                    if matches!(inner.node(), FilterNode::Condition(Condition::Blocked)) =>
                {
                    CountMethod::Blocked(by_block(false)?)
                }
                FilterNode::Condition(Condition::Tag(Some(names)))
                    if self.network.is_none() && !self.trash =>
                {
                    CountMethod::Tags(names.clone(), rights.visible_tenants(db)?)
                }
                _ => CountMethod::Filter,
            };
            let inner = &self.session.engine;
            work(&ListExecutor::new(inner, db, book, (sum, self.order), scopes, sieve, counting)?)
        })
    }

    pub(crate) fn page_size(&self) -> usize {
        self.limit
    }

    /// Everything that is asked of the contacts.
    fn combined_filter(&self) -> Filter {
        let point = |field, text: &String| {
            if text.trim().is_empty() { Filter::any([]) } else { Filter::field(field).equals(text.as_str()) }
        };
        let all = [
            self.id.map(|id| Filter::id([id])),
            self.email.as_ref().map(|email| point(TextField::Email, email)),
            self.phone.as_ref().map(|phone| Filter::field(TextField::Phone).equals(phone.as_str())),
            self.blocked.map(|yes| if yes { Filter::blocked() } else { Filter::not(Filter::blocked()) }),
            self.filter.clone(),
        ];
        Filter::all(all.into_iter().flatten())
    }
}

impl<'s> AdvisorList<'s> {
    /// The advisors of the tenant, or of a contact.
    pub(crate) const fn new(session: &'s Session, contact: Option<ContactId>) -> Self {
        Self { session, contact, limit: 50, start: Start::First }
    }

    page_setters!(Advisor, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::NoContact`]; [`Error::BadCursor`],
    /// [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<Advisor>> {
        page_limit(self.limit)?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let home = rights.home_tenant(db)?;
            let contact =
                self.contact.map(|id| rights.visible_contact(db, id)).transpose()?.map(|stored| stored.id);
            let sum = query_fingerprint(&self.session.engine, "advisors", &[])
                .add_number(home)
                .add_number(contact.unwrap_or(0));
            let sum = sum.add_number(rights.tenant().unwrap_or(0)).finish();
            number_keyset_page(&self.start, self.limit, sum, |from, back, most| {
                if let Some(contact) = contact {
                    return Ok(db::entries::advisor_page(db, contact, rights.tenant(), from, back, most)?);
                }
                let found = db::directory::advisors(db, home, from, back, most)?;
                Ok(found.into_iter().map(|advisor| (advisor.id.0, advisor)).collect())
            })
        })
    }
}
