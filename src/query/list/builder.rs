//! A list of contacts as its caller builds it, and how a page of it is read.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::scope::EntryKey;
use crate::db::{self, Read, Scope};
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::model::{
    AdvisorId, Condition, Contact, ContactId, ContactSummary, Filter, FilterNode, Network, SortOrder,
    TextField,
};
use crate::query::filter::{BlockFilter, CompiledFilter};
use crate::query::list::list_executor::{CountMethod, ListExecutor, ListSpec, decode_list_key};
use crate::query::page::{Page, Start, page_setters, query_fingerprint, scope_setters};

/// A list of contacts that is being built; see [`Session::contacts`].
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
    /// The section at which the first page starts.
    pub(super) section: Option<String>,
    limit: usize,
    start: Start,
}

impl Session {
    /// Lists the contacts that the actor sees, by last name, then first name, in the order of the book's language.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().locale("sv").open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// for last in ["Öberg", "Zetterlund", "Ek"] {
    ///     session.add(NewContact::new(Network::SMS_DIRECT, "Anna", last))?;
    /// }
    /// let page = session.contacts().network(Network::SMS_DIRECT).limit(2).page()?;
    /// assert_eq!(page.items[1].last_name, "Zetterlund");
    /// let page = session.contacts().network(Network::SMS_DIRECT).limit(2).after(page.after).page()?;
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
    /// Without the e-mail address and the phone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { network, advisor, trash, filter, order, limit, .. } = self;
        f.debug_struct("ContactList")
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

    /// Only the contact with this id.
    pub fn id(mut self, id: ContactId) -> Self {
        self.id = Some(id);
        self
    }

    /// Only contacts with this e-mail address; case is ignored.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Only contacts with this phone, in any written form, also without its plus sign.
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Only contacts whose first phone is blocked, or contacts whose first phone is not. In an advisor's list, the blocks of the tenant
    /// and of that advisor count; elsewhere, those of the tenant and of all its advisors.
    ///
    /// If very many contacts in a row do not match, a page has fewer contacts than the limit, and [`Page::incomplete`] is set. Counts and
    /// sections read each blocked contact.
    pub fn blocked(mut self, yes: bool) -> Self {
        self.blocked = Some(yes);
        self
    }

    /// Only contacts that match this filter, in addition to the other conditions.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options, SortField};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// for (name, company) in [("Ada", "Zeta"), ("Bob", "Acme"), ("Cid", "")] {
    ///     session.add(NewContact::new(Network::SMS_DIRECT, name, "").company(company))?;
    /// }
    /// let list = session.contacts().filter("company present".parse()?).order(SortField::Company);
    /// let names: Vec<_> = list.page()?.items.into_iter().map(|contact| contact.first_name).collect();
    /// assert_eq!(names, ["Bob", "Ada"]);
    /// assert_eq!(list.count()?.exact(), Some(2));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// A condition that few contacts match (a tag, a value, an address, a day, a company, …) is looked up, and these contacts are read. The
    /// same holds for `not` of a tag or an attribute that nearly all contacts have. Otherwise the list is walked and contacts are tested,
    /// 2,000 rows a call at most. Then a page may have fewer contacts than the limit, with [`Page::incomplete`] set.
    ///
    /// Sections, positions and totals exist only if the matching contacts can be counted within
    /// [`limits::COUNT_SCAN_ROWS`](crate::limits::COUNT_SCAN_ROWS) contacts; see [`ContactList::count`].
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// The order of the list. The default is by name; sections and positions exist in that order only.
    pub fn order(mut self, order: impl Into<SortOrder>) -> Self {
        self.order = order.into();
        self
    }

    /// Lists the trash instead. For administrators and the system; without an advisor.
    pub fn trash(mut self) -> Self {
        self.trash = true;
        self
    }

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds, a text that is not a phone, or a section that the list's order does not have;
    /// [`Error::BadCursor`], [`Error::CursorMismatch`]; [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::Forbidden`].
    pub fn page(&self) -> Result<Page<Contact>> {
        self.read_page(false)
    }

    /// One page with what a list shows of each contact. It takes less time than [`ContactList::page`], because some columns are not read.
    /// Order and cursors are the same.
    ///
    /// # Errors
    /// Those of [`ContactList::page`].
    pub fn summaries(&self) -> Result<Page<ContactSummary>> {
        Ok(self.read_page(true)?.map(ContactSummary::from))
    }

    fn read_page(&self, is_summary: bool) -> Result<Page<Contact>> {
        page_limit(self.limit)?;
        self.execute(|executor| {
            let from = match (&self.section, &self.start) {
                (Some(label), Start::First) => Some(executor.section_start(label)?),
                (_, start) => start.key(executor.query)?.map(|key| decode_list_key(&key)).transpose()?,
            };
            let read = executor.page(from.as_ref(), self.start.is_back(), self.limit, is_summary)?;
            let cursor_at =
                |(entry, _): &(EntryKey, StoredContact), before| executor.encode_cursor(entry, before);
            let mut page = read.into_page(cursor_at, |(_, stored)| stored.contact);
            if let (true, Some(from)) = (page.items.is_empty(), from) {
                executor.set_return_cursor(&mut page, from, &self.start)?;
            }
            Ok(page)
        })
    }

    /// Runs `work` on the list in one snapshot.
    pub(super) fn execute<T>(&self, work: impl FnOnce(&ListExecutor<'_>) -> Result<T>) -> Result<T> {
        if self.trash && self.advisor.is_some() {
            return Err(Error::Forbidden("the trash is the tenant's, not an advisor's"));
        }
        let filter = self.combined_filter();
        filter.check()?;
        let engine = &self.session.engine;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let scopes = if self.trash {
                rights.trash_scopes(db, self.network.as_ref())?
            } else {
                rights.scopes(db, self.network.as_ref(), self.advisor)?
            };
            // The collation of this snapshot, which may differ from the one at the time when the store was opened.
            let metadata = db::metadata::read(db)?;
            let query = query_fingerprint(engine, "list", &scopes)
                .add_text(&metadata.collation)
                .add_text(&filter.to_string())
                .add_text(&self.order.to_string())
                .finish();
            let spec = ListSpec {
                query,
                order: self.order,
                filter: CompiledFilter::compile(engine, db, &rights, &scopes, &filter)?,
                count_method: self.count_method(db, &rights, &scopes, &filter)?,
                scopes,
            };
            work(&ListExecutor::new(engine, db, metadata, spec)?)
        })
    }

    fn count_method(
        &self,
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        filter: &Filter,
    ) -> Result<CountMethod> {
        let blocked =
            |expected| Ok(CountMethod::Blocked(BlockFilter::build(db, rights, scopes, Some(expected))?));
        match filter.node() {
            FilterNode::All(all) if all.is_empty() => Ok(CountMethod::All),
            FilterNode::Condition(Condition::Blocked) => blocked(true),
            FilterNode::Not(negated)
                if matches!(negated.node(), FilterNode::Condition(Condition::Blocked)) =>
            {
                blocked(false)
            }
            FilterNode::Condition(Condition::Tag(Some(names))) if self.network.is_none() && !self.trash => {
                Ok(CountMethod::Tags(names.clone(), rights.visible_tenants(db)?))
            }
            _ => Ok(CountMethod::Filter),
        }
    }

    /// The most contacts of a page.
    pub(super) fn page_size(&self) -> usize {
        self.limit
    }

    /// All conditions as one filter.
    fn combined_filter(&self) -> Filter {
        let equals_or_none = |field, text: &String| {
            if text.trim().is_empty() { Filter::any([]) } else { Filter::field(field).equals(text.as_str()) }
        };
        let all = [
            self.id.map(|id| Filter::id([id])),
            self.email.as_ref().map(|email| equals_or_none(TextField::Email, email)),
            self.phone.as_ref().map(|phone| Filter::field(TextField::Phone).equals(phone.as_str())),
            self.blocked
                .map(|expected| if expected { Filter::blocked() } else { Filter::not(Filter::blocked()) }),
            self.filter.clone(),
        ];
        Filter::all(all.into_iter().flatten())
    }
}
