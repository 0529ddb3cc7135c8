-- Schema version 1 of a Cardex store.
--
-- This file is the only definition of the current schema. src/db/connection/create.rs runs it on a new file.
--
-- Times are milliseconds since 1970 in UTC. Columns named `id` are the ids of the API, from 1 and never
-- reused. The id of an advisor is in `public_id`, because the host may choose it. A *scope* (owner_kind, owner, network) is one list: all contacts of a tenant, or those of
-- one advisor, on one network. List entries, their counts and search keys are kept per scope. A *generation* (0 or 1) is one
-- order of all lists. Queries read one generation. When the locale of the lists changes, the other generation is built beside it.

-- Facts about the store itself: one row.
CREATE TABLE metadata (
    id                        INTEGER PRIMARY KEY CHECK (id = 1),
    public_id                 INTEGER NOT NULL CHECK (public_id > 0), -- identifies the store; part of every cursor
    cursor_key                BLOB    NOT NULL CHECK (length(cursor_key) = 32), -- encrypts and authenticates cursors; random, made with the store
    created_at                INTEGER NOT NULL,
    locale                    TEXT    NOT NULL, -- BCP 47 tag of the list order; '': the root order
    collation                 TEXT    NOT NULL, -- locale, library and data version that made the sort keys
    fold_version              INTEGER NOT NULL, -- version of the fold that made the search keys
    phone_normalizer          TEXT    NOT NULL, -- library and metadata version that normalised the phone numbers
    search_epoch              INTEGER NOT NULL DEFAULT 0, -- counts changes to the set of search segments
    unindexed_after           INTEGER NOT NULL DEFAULT 0, -- contacts after this id ...
    unindexed_last            INTEGER NOT NULL DEFAULT 0, -- ... up to this one have no search keys yet
    substring_indexed_through INTEGER, -- contacts up to this id are in the table `substring`; NULL: the table is not maintained
    generation                INTEGER NOT NULL DEFAULT 0 CHECK (generation IN (0, 1)), -- read by queries; its locale and collation are above
    next_locale               TEXT, -- locale of the other generation while it is being built, else NULL
    next_collation            TEXT,
    next_processed_through    INTEGER NOT NULL DEFAULT 0, -- contacts up to this id are processed: by building or clearing it
    clearing_other_generation INTEGER NOT NULL DEFAULT 0 CHECK (clearing_other_generation IN (0, 1)), -- 1: it is being emptied
    changes_pruned_through    INTEGER NOT NULL DEFAULT 0, -- changes up to this number are no longer in the log
    CHECK ((next_locale IS NULL) = (next_collation IS NULL))
) STRICT;

CREATE TABLE network (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    code                   TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32),
    messaging              INTEGER NOT NULL CHECK (messaging IN (0, 1)), -- 0: an address book without messages
    requires_company       INTEGER NOT NULL CHECK (requires_company IN (0, 1)),
    requires_email         INTEGER NOT NULL CHECK (requires_email IN (0, 1)),
    needs_invitation       INTEGER NOT NULL CHECK (needs_invitation IN (0, 1)), -- contacts confirm with a code
    copyable               INTEGER NOT NULL CHECK (copyable IN (0, 1)), -- shared contacts may be copied
    direct                 INTEGER NOT NULL CHECK (direct IN (0, 1)), -- one conversation per contact
    conversation_on_create INTEGER NOT NULL CHECK (conversation_on_create IN (0, 1)), -- 0 forbidden, 1 optional
    unique_phone           INTEGER NOT NULL CHECK (unique_phone IN (0, 1)), -- the first phone belongs to one contact only
    unique_email           INTEGER NOT NULL CHECK (unique_email IN (0, 1)), -- each e-mail address belongs to one contact only
    statuses               INTEGER NOT NULL, -- allowed statuses of contacts: bit n for status n + 1
    asks_consent           INTEGER NOT NULL CHECK (asks_consent IN (0, 1)),
    default_permissions    INTEGER NOT NULL, -- of an entitled advisor: bits, see src/model/permission.rs
    advisor_number         INTEGER NOT NULL CHECK (advisor_number BETWEEN 0 AND 2) -- an advisor's number: 0 none, 1 optional, 2 required
) STRICT;

CREATE TABLE tenant (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    name                 TEXT    NOT NULL UNIQUE CHECK (length(name) > 0),
    requires_entitlement INTEGER NOT NULL DEFAULT 0 CHECK (requires_entitlement IN (0, 1)),
    calling_code         TEXT    NOT NULL DEFAULT '' -- required prefix of numbers to onboard; '': none
) STRICT;

CREATE TABLE federation_group (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    INTEGER NOT NULL REFERENCES tenant (id),
    name      TEXT    NOT NULL CHECK (length(name) > 0),
    UNIQUE (tenant, name)
) STRICT;

-- Networks that a tenant, or one of its groups, may not use.
CREATE TABLE closed_network (
    tenant           INTEGER NOT NULL REFERENCES tenant (id),
    federation_group INTEGER NOT NULL, -- 0: the whole tenant
    network          INTEGER NOT NULL REFERENCES network (id),
    PRIMARY KEY (tenant, federation_group, network)
) STRICT, WITHOUT ROWID;

CREATE TABLE advisor (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id  INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    first_name TEXT    NOT NULL DEFAULT '',
    last_name  TEXT    NOT NULL DEFAULT '',
    email      TEXT    NOT NULL DEFAULT '', -- as given
    email_key  TEXT    NOT NULL DEFAULT ''  -- as compared
) STRICT;
CREATE UNIQUE INDEX advisor_by_email ON advisor (tenant, email_key) WHERE email_key <> '';
CREATE INDEX advisor_by_tenant ON advisor (tenant, public_id);

-- The networks that an advisor may use, with the permissions there.
CREATE TABLE entitlement (
    advisor          INTEGER NOT NULL REFERENCES advisor (id),
    network          INTEGER NOT NULL REFERENCES network (id),
    tenant           INTEGER NOT NULL REFERENCES tenant (id), -- tenant of the advisor
    federation_group INTEGER REFERENCES federation_group (id), -- NULL: the default group
    permissions      INTEGER NOT NULL, -- bits, see src/model/permission.rs
    phone            TEXT    NOT NULL DEFAULT '', -- the advisor's number on the network, as given; '': none
    normalized       TEXT    NOT NULL DEFAULT '', -- the number as compared
    created_at       INTEGER NOT NULL,
    PRIMARY KEY (advisor, network)
) STRICT, WITHOUT ROWID;
CREATE INDEX entitlement_by_tenant ON entitlement (tenant, network, advisor);
CREATE UNIQUE INDEX entitlement_by_number ON entitlement (network, normalized) WHERE normalized <> '';

-- Networks on which an advisor was entitled and is not any more: no permissions, whatever the defaults are.
CREATE TABLE withdrawn_entitlement (
    advisor INTEGER NOT NULL REFERENCES advisor (id),
    network INTEGER NOT NULL REFERENCES network (id),
    PRIMARY KEY (advisor, network)
) STRICT, WITHOUT ROWID;

-- Entitlements for an e-mail address without an advisor. They apply once an advisor has the address.
CREATE TABLE pre_entitlement (
    tenant           INTEGER NOT NULL REFERENCES tenant (id),
    email_key        TEXT    NOT NULL CHECK (email_key <> ''),
    network          INTEGER NOT NULL REFERENCES network (id),
    email            TEXT    NOT NULL, -- as given
    federation_group INTEGER REFERENCES federation_group (id),
    phone            TEXT    NOT NULL DEFAULT '',
    normalized       TEXT    NOT NULL DEFAULT '',
    created_at       INTEGER NOT NULL,
    PRIMARY KEY (tenant, email_key, network)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pre_entitlement_by_number ON pre_entitlement (network, normalized) WHERE normalized <> '';

-- Numbers that a tenant has for its advisors. The two tables above say which advisor has which number.
CREATE TABLE number_pool (
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    network    INTEGER NOT NULL REFERENCES network (id),
    normalized TEXT    NOT NULL CHECK (normalized <> ''),
    phone      TEXT    NOT NULL, -- as given
    PRIMARY KEY (tenant, network, normalized)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    id                INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: search keys and cursors contain it
    tenant            INTEGER REFERENCES tenant (id), -- NULL: shared between tenants
    network           INTEGER NOT NULL REFERENCES network (id),
    federation_group  INTEGER REFERENCES federation_group (id), -- NULL: in no federation group
    first_name        TEXT    NOT NULL DEFAULT '',
    last_name         TEXT    NOT NULL DEFAULT '',
    display_name      TEXT    NOT NULL DEFAULT '', -- '': it is composed of first and last name
    nickname          TEXT    NOT NULL DEFAULT '',
    company           TEXT    NOT NULL DEFAULT '',
    language          TEXT    NOT NULL DEFAULT '',
    city              TEXT    NOT NULL DEFAULT '',
    country           TEXT    NOT NULL DEFAULT '', -- as given: a name or an ISO code
    status            INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 6), -- 0: not known yet
    uid               TEXT    NOT NULL DEFAULT '', -- UID of the card
    folded_texts      TEXT    NOT NULL, -- source of the keys in sort_entry: folded texts, see src/db/list/sort_index.rs
    contact_methods   TEXT    NOT NULL, -- phones, e-mail addresses, identifiers: JSON, see src/db/contact/contact_methods.rs
    sort_key0         BLOB, -- collation key of the name in generation 0, at most 256 bytes; NULL: not in that generation
    sort_key1         BLOB, -- the same in generation 1
    version           INTEGER NOT NULL DEFAULT 1 CHECK (version > 0), -- counts the edits
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    trashed_at        INTEGER, -- NULL: not in the trash
    active_at         INTEGER, -- last activity; NULL: none known
    status_at         INTEGER, -- when the status was set
    consent           INTEGER NOT NULL DEFAULT 0 CHECK (consent BETWEEN 0 AND 3), -- 0 not asked, 1 asked, 2 given, 3 refused
    own_advisor       INTEGER REFERENCES advisor (id), -- the advisor that this contact represents
    invite_code       TEXT    NOT NULL DEFAULT '', -- one-time code; '': no invitation
    invite_expires_at INTEGER, -- from then on the status reads as expired, whatever is stored
    checksum          INTEGER NOT NULL, -- CRC-32 of the columns: see src/db/contact/row_checksum.rs
    merged_into       INTEGER REFERENCES contact (id), -- survivor of a merge; the row is in no list and kept to undo the merge
    -- One bit for each column that most contacts leave empty, set if it is not empty. A reader of pages reads only those columns.
    nonempty_mask     INTEGER NOT NULL GENERATED ALWAYS AS (
        (federation_group IS NOT NULL) + 2 * (display_name <> '') + 4 * (nickname <> '') + 8 * (language <> '') + 16 * (city <> '')
        + 32 * (country <> '') + 64 * (uid <> '') + 128 * (trashed_at IS NOT NULL) + 256 * (active_at IS NOT NULL)
        + 512 * (status <> 0) + 1024 * (status_at IS NOT NULL) + 2048 * (consent <> 0) + 4096 * (own_advisor IS NOT NULL)
        + 8192 * (invite_expires_at IS NOT NULL) + 16384 * (merged_into IS NOT NULL)
    ) STORED,
    CHECK (merged_into IS NULL OR trashed_at IS NOT NULL),
    CHECK ((invite_code = '') = (invite_expires_at IS NULL)),
    CHECK (sort_key0 IS NOT NULL OR sort_key1 IS NOT NULL)
) STRICT;
CREATE INDEX contact_by_status ON contact (status) WHERE status > 0;
CREATE INDEX contact_by_own_advisor ON contact (own_advisor, network) WHERE own_advisor IS NOT NULL;
CREATE INDEX contact_by_survivor ON contact (merged_into) WHERE merged_into IS NOT NULL;
CREATE UNIQUE INDEX contact_by_invitation ON contact (invite_code) WHERE invite_code <> '';

-- Values that must be unique: one row per value; phones in E.164 form only. A contact in the trash has no rows here.
CREATE TABLE contact_unique_key (
    tenant           INTEGER NOT NULL, -- 0: shared between tenants
    kind             INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4), -- 1 phone, 2 e-mail, 3 identifier, 4 uid
    network          INTEGER NOT NULL, -- 0: on every network
    value            TEXT    NOT NULL, -- normalised; of an identifier: length of its namespace in bytes, ':', namespace, value
    federation_group INTEGER NOT NULL, -- 0: none
    contact          INTEGER NOT NULL, -- without REFERENCES, which would scan this table at every purge of a contact
    PRIMARY KEY (tenant, kind, network, value, federation_group)
) STRICT, WITHOUT ROWID;

-- Finds contacts by phone and e-mail address: one row per value, the trash included. The contact's own row has the contact methods in
-- full, so that a page of contacts is one scan. No REFERENCES, which would scan this table at every purge of a contact.
CREATE TABLE contact_method_lookup (
    kind       INTEGER NOT NULL CHECK (kind IN (1, 2)), -- 1 phone, 2 e-mail
    normalized TEXT    NOT NULL, -- phone: E.164 with its plus, else the digits; e-mail: lower case
    contact    INTEGER NOT NULL,
    PRIMARY KEY (kind, normalized, contact)
) STRICT, WITHOUT ROWID;

-- The whole imported card, as a JSContact document. Not in the contact's row because it may contain photos.
CREATE TABLE contact_card (
    contact  INTEGER PRIMARY KEY REFERENCES contact (id),
    card     TEXT    NOT NULL,
    checksum INTEGER NOT NULL -- as in contact
) STRICT;

CREATE TABLE link (
    contact    INTEGER NOT NULL REFERENCES contact (id),
    advisor    INTEGER NOT NULL REFERENCES advisor (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (contact, advisor)
) STRICT, WITHOUT ROWID;

-- Every list in the order of names: one row per contact and scope.
CREATE TABLE list_entry (
    generation INTEGER NOT NULL CHECK (generation IN (0, 1)),
    owner_kind INTEGER NOT NULL CHECK (owner_kind BETWEEN 0 AND 3), -- 0 shared, 1 tenant, 2 advisor, 3 trash
    owner      INTEGER NOT NULL, -- tenant or advisor; of the trash: tenant, or 0 for shared contacts
    network    INTEGER NOT NULL,
    sort_key   BLOB    NOT NULL,
    contact    INTEGER NOT NULL,
    PRIMARY KEY (generation, owner_kind, owner, network, sort_key, contact)
) STRICT, WITHOUT ROWID;

-- The lists of tenants, of shared contacts and of the trash in all other orders: one row per contact and order.
CREATE TABLE sort_entry (
    sort       INTEGER NOT NULL CHECK (sort BETWEEN 1 AND 7), -- the sort field: src/db/list/sort_index.rs
    owner_kind INTEGER NOT NULL CHECK (owner_kind BETWEEN 0 AND 3 AND owner_kind <> 2), -- as in list_entry; IN would fill a temporary table per row
    owner      INTEGER NOT NULL,
    network    INTEGER NOT NULL,
    key        BLOB    NOT NULL, -- empty: the contact has no value
    contact    INTEGER NOT NULL,
    PRIMARY KEY (sort, owner_kind, owner, network, key, contact)
) STRICT, WITHOUT ROWID;

-- Each list of names divided into buckets, with their counts. A bucket starts at its own (sort_key, contact) and ends where the next
-- one starts. It lies within one section (letter). A bucket of more than 1,024 contacts is split, an empty one is deleted.
CREATE TABLE list_bucket (
    generation INTEGER NOT NULL,
    owner_kind INTEGER NOT NULL,
    owner      INTEGER NOT NULL,
    network    INTEGER NOT NULL,
    sort_key   BLOB    NOT NULL,
    contact    INTEGER NOT NULL, -- 0 in the first bucket of a section, which starts where the section does
    section    TEXT    NOT NULL, -- label of the section
    contacts   INTEGER NOT NULL CHECK (contacts > 0),
    PRIMARY KEY (generation, owner_kind, owner, network, sort_key, contact)
) STRICT, WITHOUT ROWID;

-- Phone numbers that an advisor, or the whole tenant, has blocked.
CREATE TABLE blocked_number (
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    advisor    INTEGER NOT NULL, -- 0: the whole tenant
    normalized TEXT    NOT NULL CHECK (normalized <> ''), -- the number as compared
    phone      TEXT    NOT NULL, -- as given
    reason     INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 3), -- 0 spam, 1 abuse, 2 compliance, 3 other
    comment    TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, advisor, normalized)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocked_number_by_normalized ON blocked_number (normalized, tenant, advisor);

-- Conversations (rooms and one-to-one chats) that the host has reported.
CREATE TABLE conversation (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant           INTEGER NOT NULL REFERENCES tenant (id),
    external_id      TEXT    NOT NULL UNIQUE CHECK (external_id <> ''), -- its id in the messaging system
    kind             INTEGER NOT NULL CHECK (kind IN (0, 1)), -- 0 multi-party, 1 one-to-one
    network          INTEGER NOT NULL REFERENCES network (id),
    federation_group INTEGER REFERENCES federation_group (id),
    advisor          INTEGER REFERENCES advisor (id), -- the owner
    name             TEXT    NOT NULL DEFAULT '',
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT;
CREATE TABLE conversation_member (
    conversation INTEGER NOT NULL REFERENCES conversation (id),
    contact      INTEGER NOT NULL REFERENCES contact (id),
    PRIMARY KEY (conversation, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_by_contact ON conversation_member (contact, conversation);

-- Messages that the host has to deliver, in order. The transaction that causes one writes it; the acknowledgement deletes it.
CREATE TABLE outbox (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant          INTEGER NOT NULL REFERENCES tenant (id),
    body            TEXT    NOT NULL, -- the message as JSON: see src/feed/outbox.rs
    created_at      INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0, -- attempts that the host has reported
    last_attempt_at INTEGER
) STRICT;
CREATE INDEX outbox_by_tenant ON outbox (tenant, seq);

-- Tags (labels) of a tenant.
CREATE TABLE tag (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    INTEGER NOT NULL REFERENCES tenant (id),
    name      TEXT    NOT NULL CHECK (name <> ''), -- as given
    name_key  TEXT    NOT NULL CHECK (name_key <> ''), -- as compared: in lower case
    color     INTEGER CHECK (color BETWEEN 0 AND 16777215), -- red, green, blue, a byte each; NULL: none
    checksum  INTEGER NOT NULL, -- of all columns but the count: see src/db/contact/row_checksum.rs
    contacts  INTEGER NOT NULL DEFAULT 0 CHECK (contacts >= 0), -- number of contacts with the tag, without those in the trash
    UNIQUE (tenant, name_key)
) STRICT;

-- The tags of each contact, the trash included.
CREATE TABLE contact_tag (
    contact INTEGER NOT NULL REFERENCES contact (id),
    tag     INTEGER NOT NULL REFERENCES tag (id),
    PRIMARY KEY (contact, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_tag_by_tag ON contact_tag (tag, contact);

-- Attributes that contacts of a tenant can have. The first value under an unknown key creates an undeclared definition.
CREATE TABLE attribute_def (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant      INTEGER NOT NULL REFERENCES tenant (id),
    namespace   INTEGER NOT NULL CHECK (namespace IN (0, 1)), -- 0 custom: edited by people; 1 additional: edited by programs
    key         TEXT    NOT NULL CHECK (key <> ''),
    kind        INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 10), -- 0 any JSON; see src/db/record/attribute.rs
    declared    INTEGER NOT NULL CHECK (declared IN (0, 1)),
    name        TEXT    NOT NULL DEFAULT '',
    description TEXT    NOT NULL DEFAULT '',
    pattern     TEXT    NOT NULL DEFAULT '', -- regular expression that texts must match; '': any text
    hint        TEXT    NOT NULL DEFAULT '', -- explains the pattern to people
    choices     TEXT    NOT NULL DEFAULT '[]', -- of a list: JSON array of texts
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CHECK (declared = 1 OR kind = 0),
    UNIQUE (tenant, namespace, key)
) STRICT;

CREATE TABLE attribute (
    contact    INTEGER NOT NULL REFERENCES contact (id),
    def        INTEGER NOT NULL REFERENCES attribute_def (id),
    value      TEXT    NOT NULL, -- JSON, as given
    checksum   INTEGER NOT NULL, -- of the value
    normalized ANY, -- as compared: text in lower case (its first 1,024 bytes), number as REAL, date in ms, 0 or 1; NULL: JSON's null
    PRIMARY KEY (contact, def)
) STRICT, WITHOUT ROWID;
CREATE INDEX attribute_by_value ON attribute (def, normalized, contact);

-- Sets of contacts with one bit for each contact: with a tag, with a value of an attribute, in a list. Stored in containers of
-- 16,384 contacts. Other rows have the same data; src/db/list/bitmap_index.rs keeps them equal, src/db/list/bitmap.rs has the format.
CREATE TABLE bitmap (
    id      INTEGER PRIMARY KEY,
    -- 0 tag, 1 attribute; list by owner_kind: 2 shared, 3 tenant, 5 trash; those of them without e-mail address: 6, 7, 9; without phone: 10, 11, 13
    kind    INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 13),
    subject INTEGER NOT NULL, -- local id of the tag, definition or owner
    network INTEGER NOT NULL, -- of a list; 0: all networks
    container INTEGER NOT NULL, -- contacts from 16,384 times this number on
    bits    BLOB    NOT NULL CHECK (length(bits) > 0),
    UNIQUE (kind, subject, network, container)
) STRICT;

-- Notes on contacts.
CREATE TABLE note (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    contact    INTEGER NOT NULL REFERENCES contact (id),
    tenant     INTEGER NOT NULL REFERENCES tenant (id), -- of the contact; of a shared contact: of the first author
    advisor    INTEGER REFERENCES advisor (id), -- the last author; NULL: an administrator or the host
    content    TEXT    NOT NULL CHECK (content <> ''),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    checksum   INTEGER NOT NULL -- as in contact
) STRICT;
CREATE INDEX note_by_contact ON note (contact, id);

-- Series of messages that contacts can be subscribed to.
CREATE TABLE funnel (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant      INTEGER NOT NULL REFERENCES tenant (id),
    service_key TEXT    NOT NULL CHECK (service_key <> ''), -- the key that callers use
    name        TEXT    NOT NULL DEFAULT '',
    UNIQUE (tenant, service_key)
) STRICT;
CREATE TABLE contact_funnel (
    contact    INTEGER NOT NULL REFERENCES contact (id),
    funnel     INTEGER NOT NULL REFERENCES funnel (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (contact, funnel)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_funnel_by_funnel ON contact_funnel (funnel, contact);

-- Filters that users keep for later. The engine does not read the query: it is the host's.
CREATE TABLE saved_filter (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    owner      INTEGER NOT NULL, -- local id of the advisor; 0: the administrators
    kind       TEXT    NOT NULL CHECK (kind <> ''), -- of the records that it selects: an open set
    name       TEXT    NOT NULL CHECK (name <> ''),
    query      TEXT    NOT NULL, -- JSON
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_filter_by_owner ON saved_filter (tenant, owner, kind, id);

-- Accounts of a tenant with messengers and similar services, through which contacts are reached.
CREATE TABLE channel (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    kind       TEXT    NOT NULL CHECK (kind <> ''), -- whatsapp, telegram, email, ...: an open set
    name       TEXT    NOT NULL DEFAULT '',
    active     INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channel_by_tenant ON channel (tenant, id);

-- The identity of a contact on a channel.
CREATE TABLE channel_identity (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    INTEGER NOT NULL REFERENCES channel (id),
    identifier TEXT    NOT NULL CHECK (identifier <> ''), -- the channel's own id of the contact; case-sensitive
    contact    INTEGER NOT NULL REFERENCES contact (id),
    subscribed INTEGER NOT NULL CHECK (subscribed IN (0, 1)),
    unread     INTEGER NOT NULL DEFAULT 0 CHECK (unread >= 0), -- number of unread messages
    created_at INTEGER NOT NULL,
    UNIQUE (channel, identifier)
) STRICT;
CREATE INDEX channel_identity_by_contact ON channel_identity (contact, id);

-- Merges of two contacts. Deleted with either of them.
CREATE TABLE merge_record (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT, -- the id; later merges have greater ones
    survivor      INTEGER NOT NULL REFERENCES contact (id),
    absorbed      INTEGER NOT NULL REFERENCES contact (id),
    copied_fields TEXT    NOT NULL, -- fields that the survivor received: JSON, see src/db/contact/merge_record.rs; '' once undone
    origin        TEXT    NOT NULL DEFAULT '',
    at            INTEGER NOT NULL,
    undone_at     INTEGER, -- NULL: not undone
    job           INTEGER -- the bulk job that merged them, which may be deleted; NULL: none
) STRICT;
CREATE INDEX merge_record_by_survivor ON merge_record (survivor, seq);
CREATE INDEX merge_record_by_absorbed ON merge_record (absorbed, seq);
CREATE INDEX merge_record_by_job ON merge_record (job, seq) WHERE job IS NOT NULL;

-- What the survivor of a merge received besides fields. Deleted when the merge is undone.
CREATE TABLE merge_transfer (
    merge_record INTEGER NOT NULL REFERENCES merge_record (seq),
    kind         INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 8), -- 1 link, 2 tag, 3 attribute, 4 funnel, 5 note, 6 channel identity, 7 conversation, 8 contact in not_duplicate
    item         INTEGER NOT NULL, -- local id of the advisor, tag, definition, ...
    value        TEXT    NOT NULL DEFAULT '', -- of an attribute: its JSON; of a conversation: 'both' if the survivor was a member too
    PRIMARY KEY (merge_record, kind, item)
) STRICT, WITHOUT ROWID;

-- Pairs of contacts of which somebody has decided that they are not duplicates. The survivor of a merge gets the pairs of both.
CREATE TABLE not_duplicate (
    contact INTEGER NOT NULL REFERENCES contact (id),
    other   INTEGER NOT NULL REFERENCES contact (id) CHECK (other > contact),
    PRIMARY KEY (contact, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX not_duplicate_by_other ON not_duplicate (other, contact);

-- The change log, in order. The transaction that makes a change writes it. Narrow and without an index: an import writes one per contact.
CREATE TABLE change (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant            INTEGER NOT NULL, -- 0: the contact is shared between tenants
    contact INTEGER NOT NULL, -- outlives the row of the contact
    kind              INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 13), -- add, edit, link, unlink, trash, restore, purge; the others: see src/feed/changes.rs
    fields            INTEGER NOT NULL DEFAULT 0, -- of edit, merge, unmerge: the fields, one bit each
    other   INTEGER, -- of a merge: the other contact
    origin            TEXT    NOT NULL DEFAULT '',
    at                INTEGER NOT NULL
) STRICT;

-- Names of events that a tenant may fire.
CREATE TABLE event_name (
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    name       TEXT    NOT NULL CHECK (name <> ''),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Fired events, in order. Deleted with their contact.
CREATE TABLE event (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant            INTEGER NOT NULL REFERENCES tenant (id), -- owner of the event
    contact INTEGER NOT NULL,
    name              TEXT    NOT NULL, -- declared when the event was fired
    payload           TEXT, -- JSON; NULL: none
    origin            TEXT    NOT NULL DEFAULT '',
    at                INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_contact ON event (contact, seq);

-- Bulk jobs: one action on all contacts that match a filter, run in batches. A batch and the progress of the job are one transaction.
CREATE TABLE job (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant         INTEGER REFERENCES tenant (id), -- owner of the contacts; NULL: all tenants
    requester_kind INTEGER NOT NULL CHECK (requester_kind BETWEEN 0 AND 2), -- 0 system, 1 administrator, 2 advisor
    advisor        INTEGER REFERENCES advisor (id), -- the requester, if it is an advisor
    network        INTEGER REFERENCES network (id), -- NULL: all networks
    filter         TEXT    NOT NULL, -- as text
    action         TEXT    NOT NULL, -- JSON: see src/model/job.rs
    dry_run        INTEGER NOT NULL CHECK (dry_run IN (0, 1)), -- 1: every change is rolled back
    state          INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- 0 open, 1 finished, 2 cancelled
    position       INTEGER NOT NULL DEFAULT 0, -- contacts up to this local id are processed; undoing merges: see last_contact
    last_contact   INTEGER NOT NULL, -- greatest local id at creation: later contacts are not part of the job; undoing merges: merges above last_contact - position are processed
    contacts       INTEGER NOT NULL DEFAULT 0, -- contacts that the requester saw at creation; undoing merges: the merges
    scanned        INTEGER NOT NULL DEFAULT 0, -- contacts that were examined, of those that the requester sees
    done           INTEGER NOT NULL DEFAULT 0, -- of those that match the filter: changed,
    unchanged      INTEGER NOT NULL DEFAULT 0, -- already as requested,
    rejected       INTEGER NOT NULL DEFAULT 0, -- and failed
    origin         TEXT    NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    CHECK ((requester_kind = 2) = (advisor IS NOT NULL)),
    CHECK (requester_kind = 0 OR tenant IS NOT NULL)
) STRICT;
CREATE INDEX job_by_tenant ON job (tenant, seq);
CREATE INDEX job_by_advisor ON job (advisor, seq) WHERE advisor IS NOT NULL;

-- The contacts on which the action of a job failed.
CREATE TABLE job_failure (
    job        INTEGER NOT NULL REFERENCES job (seq),
    contact    INTEGER NOT NULL, -- without REFERENCES: the contact may be purged
    error_code TEXT    NOT NULL, -- code of the error
    PRIMARY KEY (job, contact)
) STRICT, WITHOUT ROWID;

-- Imports that can be undone: see docs/design/import.md.
CREATE TABLE import_run (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant         INTEGER REFERENCES tenant (id), -- of the session; NULL: all tenants
    requester_kind INTEGER NOT NULL CHECK (requester_kind BETWEEN 0 AND 2), -- 0 system, 1 administrator, 2 advisor
    advisor        INTEGER REFERENCES advisor (id), -- the requester, if it is an advisor
    name           TEXT    NOT NULL, -- the host's, for example that of the file
    state          INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- 0 recorded, 1 partly undone, 2 undone
    added          INTEGER NOT NULL DEFAULT 0,
    updated        INTEGER NOT NULL DEFAULT 0,
    removed_to     INTEGER NOT NULL DEFAULT 0, -- undoing: added contacts up to this local id are processed,
    restored_to    INTEGER NOT NULL DEFAULT 0, -- and after all of them, updated contacts up to this one
    origin         TEXT    NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    CHECK ((requester_kind = 2) = (advisor IS NOT NULL)),
    CHECK (requester_kind = 0 OR tenant IS NOT NULL)
) STRICT;
CREATE INDEX import_run_by_tenant ON import_run (tenant, id);
CREATE INDEX import_run_by_advisor ON import_run (advisor, id) WHERE advisor IS NOT NULL;

-- The contacts that an import added: all local ids from first to last that exist. One row for each transaction of the import.
CREATE TABLE import_range (
    run   INTEGER NOT NULL REFERENCES import_run (id),
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL CHECK (last >= first),
    PRIMARY KEY (run, first)
) STRICT, WITHOUT ROWID;

-- The contacts that an import changed.
CREATE TABLE import_item (
    run      INTEGER NOT NULL REFERENCES import_run (id),
    contact  INTEGER NOT NULL REFERENCES contact (id),
    version  INTEGER NOT NULL, -- of the contact after the import
    earlier  TEXT    NOT NULL, -- the contact before it, JSON: see src/operations/bulk/import_journal.rs
    checksum INTEGER NOT NULL, -- CRC-32 of the other columns
    PRIMARY KEY (run, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_item_by_contact ON import_item (contact);

-- Keys of calls that their callers may repeat: a repeated call has the first result. Deleted a day after the call. A recovery forgets them.
CREATE TABLE idempotency_key (
    id        INTEGER PRIMARY KEY,
    tenant    INTEGER NOT NULL, -- of the session; 0: all tenants
    requester INTEGER NOT NULL, -- the advisor; 0: an administrator, -1: the system
    operation INTEGER NOT NULL CHECK (operation BETWEEN 1 AND 2), -- 1 fire an event, 2 create a job
    key       TEXT    NOT NULL CHECK (key <> ''),
    input     BLOB    NOT NULL, -- BLAKE2b of the input, 32 bytes
    result    INTEGER NOT NULL, -- number of the event or of the job, which may be deleted
    at        INTEGER NOT NULL,
    UNIQUE (tenant, requester, operation, key)
) STRICT;
CREATE INDEX idempotency_key_by_time ON idempotency_key (at);

-- Changes of search keys that are in no segment yet, oldest first. Of two changes of one key, the later one is valid.
CREATE TABLE memtable_log (
    seq             INTEGER PRIMARY KEY,
    contact         INTEGER NOT NULL,
    scopes          BLOB    NOT NULL, -- the affected lists; src/index/segment/memtable_log.rs has both formats
    entries         BLOB    NOT NULL, -- keys added and removed in each of them
    cumulative_keys INTEGER NOT NULL  -- keys in this row and all rows before it
) STRICT;

-- Sorted runs of search keys. Of two segments with the same key, the newer one is valid. A merge builds a new segment block by block
-- while its sources are still searched, then replaces them.
CREATE TABLE search_segment (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce              INTEGER NOT NULL, -- random: checksums contain it, so that no part of another segment passes for one of this
    sequence           INTEGER NOT NULL, -- greater: newer
    state              INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2), -- 0 live, 1 building, 2 obsolete
    merge_target       INTEGER, -- the segment that this one is being merged into
    key_count          INTEGER NOT NULL,
    block_count        INTEGER NOT NULL, -- the blocks have the numbers below it
    word_set_count     INTEGER NOT NULL, -- the same for the pieces of the word dictionary
    pending_separators BLOB, -- separators without a piece of the term index, while the segment is built
    term_index_root    BLOB, -- src/index/segment/term_index.rs has the format; NULL while the segment is built
    dictionary_root    BLOB  -- the first words of the pieces of the word dictionary; NULL if it is empty
) STRICT;
CREATE INDEX search_segment_by_sequence ON search_segment (state, sequence);

-- The three parts of a segment. The id of a row is 2^24 times the segment's id, plus a number from 0 in key order. Each body ends with
-- a CRC-32 (src/index/segment/checksum.rs).

-- The inner pieces of the term index. A reader loads only the pieces that it needs.
CREATE TABLE search_term_index (
    id        INTEGER PRIMARY KEY,
    separator BLOB NOT NULL, -- of the first block of the piece
    body      BLOB NOT NULL
) STRICT;

-- The pieces of the word dictionary: sets of words, src/index/segment/word_set.rs has the format.
CREATE TABLE search_word_set (
    id         INTEGER PRIMARY KEY,
    first_word BLOB NOT NULL, -- with its owner
    body       BLOB NOT NULL
) STRICT;

-- The blocks: keys and postings, src/index/segment/block.rs has the format.
CREATE TABLE search_block (
    id   INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- The substring index, if the store maintains one: a row per contact that is not in the trash, under its local id. `tokens` are the
-- grams of its fields, its owners and its network; see src/db/index/substring.rs and src/text/substring/. Only the inverted index is
-- stored, not the tokens of each row.
CREATE VIRTUAL TABLE substring USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Which tokens the table above has for which contact; read by the check.
CREATE VIRTUAL TABLE substring_token USING fts5vocab (substring, instance);
