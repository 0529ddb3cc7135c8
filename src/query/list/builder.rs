//! Lists of contacts, in the order of names or another, with conditions; and lists of advisors.

use crate::access::session::Session;
use crate::db;
use crate::db::contact::Stored;
use crate::db::scope::Entry;
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::model::{
    Advisor, AdvisorId, Condition, Contact, ContactId, Filter, Network, Node, Order, TextField,
};
use crate::query::filter::Sieve;
use crate::query::filter::blocked::Blocked;
use crate::query::list::executor::{Run, decode};
use crate::query::list::section::Counting;
use crate::query::{Cursor, Page, Start, fingerprint, numbered_page, paged, scoped};

/// A list of contacts being put together; see [`Session::contacts`].
#[derive(Clone)]
#[must_use]
pub struct List<'s> {
    session: &'s Session,
    network: Option<Network>,
    advisor: Option<AdvisorId>,
    id: Option<ContactId>,
    email: Option<String>,
    phone: Option<String>,
    trash: bool,
    blocked: Option<bool>,
    filter: Option<Filter>,
    order: Order,
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
    /// # Ok::<(), crate::Error>(())
    /// ```
    pub fn contacts(&self) -> List<'_> {
        List {
            session: self,
            network: None,
            advisor: None,
            id: None,
            email: None,
            phone: None,
            trash: false,
            blocked: None,
            filter: None,
            order: Order::default(),
            section: None,
            limit: 50,
            start: Start::First,
        }
    }

    /// Lists the advisors of the tenant, by id.
    pub fn advisors(&self) -> AdvisorList<'_> {
        AdvisorList { session: self, contact: None, limit: 50, start: Start::First }
    }

    /// Lists the advisors a contact is linked to, in the order they were added to the book; those of other tenants only for
    /// the system.
    pub fn advisors_of(&self, contact: ContactId) -> AdvisorList<'_> {
        AdvisorList { session: self, contact: Some(contact), limit: 50, start: Start::First }
    }
}

impl std::fmt::Debug for List<'_> {
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

impl<'s> List<'s> {
    paged!(Contact, 50);
    scoped!();

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
    /// use cardex::{Actor, Network, NewContact, Options, Sort};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// for (name, company) in [("Ada", "Zeta"), ("Bob", "Acme"), ("Cid", "")] {
    ///     desk.add(NewContact::new(Network::SMS_DIRECT, name, "").company(company))?;
    /// }
    /// let list = desk.contacts().filter("company present".parse()?).order(Sort::Company);
    /// let names: Vec<_> = list.page()?.items.into_iter().map(|contact| contact.first_name).collect();
    /// assert_eq!(names, ["Bob", "Ada"]);
    /// assert_eq!(list.count()?.count, 2);
    /// # Ok::<(), crate::Error>(())
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
    pub fn order(mut self, order: impl Into<Order>) -> Self {
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
        self.run(|run| {
            let from = match (&self.section, &self.start) {
                (Some(label), Start::First) => Some(run.section_start(label)?),
                (_, start) => start.key(run.sum)?.map(|key| decode(&key)).transpose()?,
            };
            let found = run.page(from.as_ref(), self.start.is_back(), self.limit)?;
            let at = |(entry, _): &(Entry, Stored), before| run.seal(entry, before);
            let mut page = found.into_page(at, |(_, stored)| stored.contact);
            if let (true, Some(from)) = (page.items.is_empty(), from) {
                run.turn_back(&mut page, from, &self.start)?;
            }
            Ok(page)
        })
    }

    /// Runs `work` on the list in one snapshot.
    pub(crate) fn run<T>(&self, work: impl FnOnce(&Run<'_>) -> Result<T>) -> Result<T> {
        if self.trash && self.advisor.is_some() {
            return Err(Error::Forbidden("the trash is the tenant's, not an advisor's"));
        }
        let filter = self.conditions();
        filter.check()?;
        self.session.inner.read(&self.session.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let scopes = if self.trash {
                rights.trash(db, self.network.as_ref())?
            } else {
                rights.scopes(db, self.network.as_ref(), self.advisor)?
            };
            // The order is the one of this very snapshot, whatever it was when the store was opened.
            let book = db::metadata::read(db)?;
            let sum = fingerprint(&self.session.inner, "list", &scopes)
                .text(&book.collation)
                .text(&filter.to_string())
                .text(&self.order.to_string())
                .finish();
            let sieve = Sieve::of(&self.session.inner, db, &rights, &scopes, &filter)?;
            let by_block = |wanted| Blocked::of(db, &rights, &scopes, Some(wanted));
            let counting = match filter.node() {
                Node::All(all) if all.is_empty() => Counting::All,
                Node::Is(Condition::Blocked) => Counting::Blocked(by_block(true)?),
                Node::Not(inner) if matches!(inner.node(), Node::Is(Condition::Blocked)) => {
                    Counting::Blocked(by_block(false)?)
                }
                Node::Is(Condition::Tag(Some(names))) if self.network.is_none() && !self.trash => {
                    Counting::Tags(names.clone(), rights.tenants(db)?)
                }
                _ => Counting::Conditions,
            };
            let inner = &self.session.inner;
            work(&Run::new(inner, db, book, (sum, self.order), scopes, sieve, counting)?)
        })
    }

    pub(crate) fn page_size(&self) -> usize {
        self.limit
    }

    /// Everything that is asked of the contacts.
    fn conditions(&self) -> Filter {
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
    paged!(Advisor, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::NoContact`]; [`Error::BadCursor`],
    /// [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<Advisor>> {
        page_limit(self.limit)?;
        self.session.inner.read(&self.session.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let home = rights.home(db)?;
            let contact = self.contact.map(|id| rights.visible(db, id)).transpose()?.map(|stored| stored.id);
            let sum =
                fingerprint(&self.session.inner, "advisors", &[]).number(home).number(contact.unwrap_or(0));
            let sum = sum.number(rights.tenant().unwrap_or(0)).finish();
            numbered_page(&self.start, self.limit, sum, |from, back, most| {
                if let Some(contact) = contact {
                    return Ok(db::entries::advisor_page(db, contact, rights.tenant(), from, back, most)?);
                }
                let found = db::directory::advisors(db, home, from, back, most)?;
                Ok(found.into_iter().map(|advisor| (advisor.id.0, advisor)).collect())
            })
        })
    }
}
