-- A Cardex book, schema version 1.
--
-- This file is the only definition of the current schema; src/db/open.rs runs it on a new file. Times are milliseconds
-- since 1970 in UTC. `id` columns are local to the file and never leave the library; `public_id` columns are the
-- 63-bit ids the API shows. A *scope* (owner_kind, owner, network) is one list: everybody a tenant has, or
-- one advisor's own, on one network. List entries, their counts and search keys are all kept per scope. A *generation*
-- (0 or 1) is one order of all lists: one answers; while the language of the lists changes, the other one is made beside it.

-- The book itself: one row.
CREATE TABLE book (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    public_id    INTEGER NOT NULL CHECK (public_id > 0), -- tells books apart; part of every cursor
    created_at   INTEGER NOT NULL,
    locale       TEXT    NOT NULL,           -- BCP 47 tag of the list order, '' for the root order
    collation    TEXT    NOT NULL,           -- locale, library and data version that made the sort keys
    fold         INTEGER NOT NULL,           -- version of the fold that made the search keys
    phones       TEXT    NOT NULL,           -- library and metadata that normalised the phone numbers
    search_epoch INTEGER NOT NULL DEFAULT 0, -- counts changes to the set of search segments
    unkeyed_after INTEGER NOT NULL DEFAULT 0, -- contacts after this id ...
    unkeyed_last INTEGER NOT NULL DEFAULT 0, -- ... up to this one have no search keys yet
    substrings   INTEGER, -- contacts up to this id are in the table `substring`; NULL: none, and it is not kept
    generation   INTEGER NOT NULL DEFAULT 0 CHECK (generation IN (0, 1)), -- whose lists answer; locale, collation are theirs
    next_locale  TEXT,                       -- what the other generation is being made for; NULL: it is not
    next_collation TEXT,
    next_done    INTEGER NOT NULL DEFAULT 0, -- contacts up to this id have been gone through
    remains      INTEGER NOT NULL DEFAULT 0 CHECK (remains IN (0, 1)), -- 1: the other generation is being emptied
    pruned       INTEGER NOT NULL DEFAULT 0, -- changes up to this number are no longer in the log
    CHECK ((next_locale IS NULL) = (next_collation IS NULL))
) STRICT;

CREATE TABLE network (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    code             TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32),
    messaging        INTEGER NOT NULL CHECK (messaging IN (0, 1)), -- 0: an address book, nobody is written to there
    requires_company INTEGER NOT NULL CHECK (requires_company IN (0, 1)),
    requires_email   INTEGER NOT NULL CHECK (requires_email IN (0, 1)),
    needs_invitation INTEGER NOT NULL CHECK (needs_invitation IN (0, 1)), -- contacts confirm with a code
    copyable         INTEGER NOT NULL CHECK (copyable IN (0, 1)),         -- shared contacts may be copied
    direct           INTEGER NOT NULL CHECK (direct IN (0, 1)),           -- one room a contact
    room_on_create   INTEGER NOT NULL CHECK (room_on_create IN (0, 1)),   -- 0 forbidden, 1 optional
    unique_phone     INTEGER NOT NULL CHECK (unique_phone IN (0, 1)),     -- the first phone is the contact's own
    unique_email     INTEGER NOT NULL CHECK (unique_email IN (0, 1)),     -- so is each e-mail address
    statuses         INTEGER NOT NULL, -- where a contact can stand: bit n for status n + 1
    asks_consent     INTEGER NOT NULL CHECK (asks_consent IN (0, 1)),
    permissions      INTEGER NOT NULL, -- what an entitled advisor may do: bits, see src/model/permission.rs
    own_number       INTEGER NOT NULL CHECK (own_number BETWEEN 0 AND 2)  -- of an advisor: 0 none, 1 optional, 2 required
) STRICT;

CREATE TABLE tenant (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    name      TEXT    NOT NULL UNIQUE CHECK (length(name) > 0),
    requires_entitlement INTEGER NOT NULL DEFAULT 0 CHECK (requires_entitlement IN (0, 1)),
    calling_code TEXT NOT NULL DEFAULT '' -- numbers to onboard begin with it; '': any do
) STRICT;

CREATE TABLE federation_group (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant    INTEGER NOT NULL REFERENCES tenant (id),
    name      TEXT    NOT NULL CHECK (length(name) > 0),
    UNIQUE (tenant, name)
) STRICT;

-- Networks that a tenant, or one of its groups, may not use.
CREATE TABLE closed_network (
    tenant  INTEGER NOT NULL REFERENCES tenant (id),
    grp     INTEGER NOT NULL, -- 0: the whole tenant
    network INTEGER NOT NULL REFERENCES network (id),
    PRIMARY KEY (tenant, grp, network)
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

-- Which advisor may use which network, and what they may do there.
CREATE TABLE entitlement (
    advisor     INTEGER NOT NULL REFERENCES advisor (id),
    network     INTEGER NOT NULL REFERENCES network (id),
    tenant      INTEGER NOT NULL REFERENCES tenant (id), -- the advisor's
    grp         INTEGER REFERENCES federation_group (id), -- NULL: the default group
    permissions INTEGER NOT NULL, -- bits, see src/model/permission.rs
    phone       TEXT    NOT NULL DEFAULT '', -- the advisor's own number, as given; '': none
    normal      TEXT    NOT NULL DEFAULT '', -- as compared
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (advisor, network)
) STRICT, WITHOUT ROWID;
CREATE INDEX entitlement_by_tenant ON entitlement (tenant, network, advisor);
CREATE UNIQUE INDEX entitlement_by_number ON entitlement (network, normal) WHERE normal <> '';

-- Grants that wait for an advisor with this e-mail address.
CREATE TABLE pre_entitlement (
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    email_key  TEXT    NOT NULL CHECK (email_key <> ''),
    network    INTEGER NOT NULL REFERENCES network (id),
    email      TEXT    NOT NULL, -- as given
    grp        INTEGER REFERENCES federation_group (id),
    phone      TEXT    NOT NULL DEFAULT '',
    normal     TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, email_key, network)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pre_entitlement_by_number ON pre_entitlement (network, normal) WHERE normal <> '';

-- Numbers a tenant has for its advisors. Who has one is told by the two tables above.
CREATE TABLE number_pool (
    tenant  INTEGER NOT NULL REFERENCES tenant (id),
    network INTEGER NOT NULL REFERENCES network (id),
    normal  TEXT    NOT NULL CHECK (normal <> ''),
    phone   TEXT    NOT NULL, -- as given
    PRIMARY KEY (tenant, network, normal)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: search keys and cursors hold it
    public_id    INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant       INTEGER REFERENCES tenant (id),           -- NULL: shared between tenants
    network      INTEGER NOT NULL REFERENCES network (id),
    grp          INTEGER REFERENCES federation_group (id), -- NULL: in no federation group
    first_name   TEXT    NOT NULL DEFAULT '',
    last_name    TEXT    NOT NULL DEFAULT '',
    display_name TEXT    NOT NULL DEFAULT '', -- '' if it is made of first and last name
    nickname     TEXT    NOT NULL DEFAULT '',
    company      TEXT    NOT NULL DEFAULT '',
    language     TEXT    NOT NULL DEFAULT '',
    city         TEXT    NOT NULL DEFAULT '',
    country      TEXT    NOT NULL DEFAULT '', -- as given: a name or an ISO code
    status       INTEGER NOT NULL DEFAULT 0 CHECK (status BETWEEN 0 AND 6), -- 0: the network said nothing yet
    uid          TEXT    NOT NULL DEFAULT '', -- UID of the card
    text_keys    TEXT    NOT NULL, -- what it stands under in sort_entry: folded texts, see src/db/sorts.rs
    points       TEXT    NOT NULL, -- phones, e-mail addresses and identifiers: JSON, see src/db/points.rs
    sort_key0    BLOB,                        -- collation key of the name in generation 0, at most 256 bytes; or none
    sort_key1    BLOB,                        -- the same in generation 1
    version      INTEGER NOT NULL DEFAULT 1 CHECK (version > 0), -- counts the edits
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    trashed_at   INTEGER,                     -- NULL: not in the trash
    active_at    INTEGER,                     -- last sign of life; NULL: none known
    status_at    INTEGER,                     -- since when the status is what it is
    consent      INTEGER NOT NULL DEFAULT 0 CHECK (consent BETWEEN 0 AND 3), -- 0 not asked, 1 asked, 2 given, 3 refused
    own_advisor  INTEGER REFERENCES advisor (id), -- the advisor who is this contact
    invite_code  TEXT    NOT NULL DEFAULT '', -- one-time code; '': no invitation
    invited_until INTEGER, -- when it expires: the status is that of an expired one from then on, whatever is stored
    checksum     INTEGER NOT NULL, -- CRC-32 over what the contact says: see src/db/seal.rs
    merged_into  INTEGER REFERENCES contact (id), -- the survivor of a merge: the row is kept for its undoing, and is in no list
    -- Which of the columns that most contacts leave empty this one does not: whoever reads a page looks at no others.
    filled       INTEGER NOT NULL GENERATED ALWAYS AS (
        (grp IS NOT NULL) + 2 * (display_name <> '') + 4 * (nickname <> '') + 8 * (language <> '') + 16 * (city <> '')
        + 32 * (country <> '') + 64 * (uid <> '') + 128 * (trashed_at IS NOT NULL) + 256 * (active_at IS NOT NULL)
        + 512 * (status <> 0) + 1024 * (status_at IS NOT NULL) + 2048 * (consent <> 0) + 4096 * (own_advisor IS NOT NULL)
        + 8192 * (invited_until IS NOT NULL) + 16384 * (merged_into IS NOT NULL)
    ) STORED,
    CHECK (merged_into IS NULL OR trashed_at IS NOT NULL),
    CHECK ((invite_code = '') = (invited_until IS NULL)),
    CHECK (sort_key0 IS NOT NULL OR sort_key1 IS NOT NULL)
) STRICT;
CREATE INDEX contact_by_status ON contact (status) WHERE status > 0;
CREATE INDEX contact_by_own_advisor ON contact (own_advisor, network) WHERE own_advisor IS NOT NULL;
CREATE INDEX contact_by_survivor ON contact (merged_into) WHERE merged_into IS NOT NULL;
CREATE UNIQUE INDEX contact_by_invitation ON contact (invite_code) WHERE invite_code <> '';

-- What must be unique, one row a value; phones in E.164 form only. A contact in the trash holds none.
CREATE TABLE contact_key (
    tenant  INTEGER NOT NULL, -- 0: shared between tenants
    kind    INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4), -- 1 phone, 2 e-mail, 3 identifier, 4 uid
    network INTEGER NOT NULL, -- 0: on every network
    value   TEXT    NOT NULL, -- normalised; an identifier is bytes of its space, ':', space, value
    grp     INTEGER NOT NULL, -- 0: none
    contact INTEGER NOT NULL, -- no reference: it would walk this table whenever a contact is purged
    PRIMARY KEY (tenant, kind, network, value, grp)
) STRICT, WITHOUT ROWID;

-- Finds contacts by phone and e-mail address: one row a value, the trash included. What a contact has stands in its own
-- row, so that a page of contacts is read in one walk. No reference: it would walk this table when a contact is purged.
CREATE TABLE contact_point (
    kind    INTEGER NOT NULL CHECK (kind IN (1, 2)), -- 1 phone, 2 e-mail
    normal  TEXT    NOT NULL, -- phone: E.164 with its plus, else the digits; e-mail: lower case
    contact INTEGER NOT NULL,
    PRIMARY KEY (kind, normal, contact)
) STRICT, WITHOUT ROWID;

-- The card an import brought, whole, as a JSContact document. Apart from the contact because it may hold photos.
CREATE TABLE contact_card (
    contact  INTEGER PRIMARY KEY REFERENCES contact (id),
    card     TEXT    NOT NULL,
    checksum INTEGER NOT NULL -- as the contact's own
) STRICT;

CREATE TABLE link (
    contact    INTEGER NOT NULL REFERENCES contact (id),
    advisor    INTEGER NOT NULL REFERENCES advisor (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (contact, advisor)
) STRICT, WITHOUT ROWID;

-- Every list in its order: one row a contact and scope.
CREATE TABLE list_entry (
    generation INTEGER NOT NULL CHECK (generation IN (0, 1)),
    owner_kind INTEGER NOT NULL CHECK (owner_kind BETWEEN 0 AND 3), -- 0 shared, 1 tenant, 2 advisor, 3 trash
    owner      INTEGER NOT NULL, -- tenant or advisor; trash: tenant, 0 for shared contacts
    network    INTEGER NOT NULL,
    sort_key   BLOB    NOT NULL,
    contact    INTEGER NOT NULL,
    PRIMARY KEY (generation, owner_kind, owner, network, sort_key, contact)
) STRICT, WITHOUT ROWID;

-- Everybody of a tenant, what is shared and the trash in their other orders: one row a contact and order.
CREATE TABLE sort_entry (
    sort       INTEGER NOT NULL CHECK (sort BETWEEN 1 AND 7), -- what it goes by: src/db/sorts.rs
    owner_kind INTEGER NOT NULL CHECK (owner_kind BETWEEN 0 AND 3 AND owner_kind <> 2), -- as in list_entry; IN costs a table a row
    owner      INTEGER NOT NULL,
    network    INTEGER NOT NULL,
    key        BLOB    NOT NULL, -- empty: the contact lacks it
    contact    INTEGER NOT NULL,
    PRIMARY KEY (sort, owner_kind, owner, network, key, contact)
) STRICT, WITHOUT ROWID;

-- Each list cut into runs, with their counts. A run begins at its own (sort_key, contact) and ends where the next one
-- begins; it lies within one letter. One that grows past a thousand is cut, one that is empty goes.
CREATE TABLE list_bucket (
    generation INTEGER NOT NULL,
    owner_kind INTEGER NOT NULL,
    owner      INTEGER NOT NULL,
    network    INTEGER NOT NULL,
    sort_key   BLOB    NOT NULL,
    contact    INTEGER NOT NULL, -- 0 in the first run of a letter, which begins where the letter does
    section    TEXT    NOT NULL, -- the letter
    contacts   INTEGER NOT NULL CHECK (contacts > 0),
    PRIMARY KEY (generation, owner_kind, owner, network, sort_key, contact)
) STRICT, WITHOUT ROWID;

-- Phone numbers that are not to be talked to: by an advisor, or by the tenant.
CREATE TABLE block (
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    advisor    INTEGER NOT NULL, -- 0: by the tenant as a whole
    normal     TEXT    NOT NULL CHECK (normal <> ''), -- the number as compared
    phone      TEXT    NOT NULL, -- as given
    reason     INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 3), -- 0 spam, 1 abuse, 2 compliance, 3 other
    comment    TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, advisor, normal)
) STRICT, WITHOUT ROWID;
CREATE INDEX block_by_number ON block (normal, tenant, advisor);

-- Rooms and one-to-one chats, as the host tells of them.
CREATE TABLE conversation (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    stream     TEXT    NOT NULL UNIQUE CHECK (stream <> ''), -- its id on the messaging side
    kind       INTEGER NOT NULL CHECK (kind IN (0, 1)), -- 0 room, 1 IM
    network    INTEGER NOT NULL REFERENCES network (id),
    grp        INTEGER REFERENCES federation_group (id),
    advisor    INTEGER REFERENCES advisor (id), -- who owns it
    name       TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE conversation_member (
    conversation INTEGER NOT NULL REFERENCES conversation (id),
    contact      INTEGER NOT NULL REFERENCES contact (id),
    PRIMARY KEY (conversation, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_by_contact ON conversation_member (contact, conversation);

-- What the host has to do in the world, in order: written in the transaction that asks for it, gone once acknowledged.
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    body       TEXT    NOT NULL, -- the effect, as JSON: see src/feed/outbox.rs
    created_at INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0, -- how often the host said that it tried
    tried_at   INTEGER -- when it did last
) STRICT;
CREATE INDEX outbox_by_tenant ON outbox (tenant, seq);

-- Tags (labels, to some) of a tenant.
CREATE TABLE tag (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant    INTEGER NOT NULL REFERENCES tenant (id),
    name      TEXT    NOT NULL CHECK (name <> ''), -- as given
    name_key  TEXT    NOT NULL CHECK (name_key <> ''), -- as compared: in lower case
    color     INTEGER CHECK (color BETWEEN 0 AND 16777215), -- red, green, blue, a byte each; NULL: none
    checksum  INTEGER NOT NULL, -- of all of this but the count: see src/db/seal.rs
    contacts  INTEGER NOT NULL DEFAULT 0 CHECK (contacts >= 0), -- how many have it, those in the trash left out
    UNIQUE (tenant, name_key)
) STRICT;

-- Which contact has which tag, the trash included.
CREATE TABLE contact_tag (
    contact INTEGER NOT NULL REFERENCES contact (id),
    tag     INTEGER NOT NULL REFERENCES tag (id),
    PRIMARY KEY (contact, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_tag_by_tag ON contact_tag (tag, contact);

-- Attributes that contacts of a tenant can have. One that was never declared is made by the first value under its key.
CREATE TABLE attribute_def (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id   INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant      INTEGER NOT NULL REFERENCES tenant (id),
    space       INTEGER NOT NULL CHECK (space IN (0, 1)), -- 0 custom: people keep it; 1 additional: programs do
    key         TEXT    NOT NULL CHECK (key <> ''),
    kind        INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 10), -- 0 any JSON; see src/db/attribute.rs
    declared    INTEGER NOT NULL CHECK (declared IN (0, 1)),
    name        TEXT    NOT NULL DEFAULT '',
    description TEXT    NOT NULL DEFAULT '',
    pattern     TEXT    NOT NULL DEFAULT '', -- regular expression that a text has to meet; '': any does
    hint        TEXT    NOT NULL DEFAULT '', -- what people are told about the pattern
    choices     TEXT    NOT NULL DEFAULT '[]', -- of a list: JSON array of texts
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CHECK (declared = 1 OR kind = 0),
    UNIQUE (tenant, space, key)
) STRICT;

CREATE TABLE attribute (
    contact INTEGER NOT NULL REFERENCES contact (id),
    def     INTEGER NOT NULL REFERENCES attribute_def (id),
    value   TEXT    NOT NULL, -- JSON, as given
    checksum INTEGER NOT NULL, -- of the value
    norm    ANY, -- as compared: text in lower case (its first 1,024 bytes), number as REAL, date in ms, 0 or 1; NULL: of JSON's null
    PRIMARY KEY (contact, def)
) STRICT, WITHOUT ROWID;
CREATE INDEX attribute_by_value ON attribute (def, norm, contact);

-- Which contacts have a tag, have a value of an attribute, or are in a list of everybody: sets, a bit a contact, in pieces of
-- 16,384. Kept with the rows they say the same as; src/db/members.rs has the statements, src/db/id_set.rs the format.
CREATE TABLE member (
    id      INTEGER PRIMARY KEY,
    -- 0 tag, 1 attribute; list, as in list_entry: 2 shared, 3 tenant, 5 trash; of these who has no e-mail address (6, 7, 9), no phone (10, 11, 13)
    kind    INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 13),
    what    INTEGER NOT NULL, -- local id of the tag, definition or owner
    network INTEGER NOT NULL, -- of a list; 0: on all of them
    piece   INTEGER NOT NULL, -- contacts from 16,384 times this id on
    bits    BLOB    NOT NULL CHECK (length(bits) > 0),
    UNIQUE (kind, what, network, piece)
) STRICT;

-- What people write down about a contact.
CREATE TABLE note (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id  INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    contact    INTEGER NOT NULL REFERENCES contact (id),
    advisor    INTEGER REFERENCES advisor (id), -- who wrote it last; NULL: an administrator or the host
    content    TEXT    NOT NULL CHECK (content <> ''),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    checksum   INTEGER NOT NULL -- as the contact's own
) STRICT;
CREATE INDEX note_by_contact ON note (contact, id);

-- Series of messages that contacts can be subscribed to.
CREATE TABLE funnel (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id   INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant      INTEGER NOT NULL REFERENCES tenant (id),
    service_key TEXT    NOT NULL CHECK (service_key <> ''), -- what callers name it by
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

-- Accounts of a tenant on messengers and the like, by which contacts are reached.
CREATE TABLE channel (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id  INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    kind       TEXT    NOT NULL CHECK (kind <> ''), -- whatsapp, telegram, email, ...: an open set
    name       TEXT    NOT NULL DEFAULT '',
    active     INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channel_by_tenant ON channel (tenant, id);

-- A contact on a channel.
CREATE TABLE gate (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id  INTEGER NOT NULL UNIQUE CHECK (public_id > 0),
    channel    INTEGER NOT NULL REFERENCES channel (id),
    identifier TEXT    NOT NULL CHECK (identifier <> ''), -- what the channel calls the contact; case counts
    contact    INTEGER NOT NULL REFERENCES contact (id),
    subscribed INTEGER NOT NULL CHECK (subscribed IN (0, 1)),
    unread     INTEGER NOT NULL DEFAULT 0 CHECK (unread >= 0), -- messages nobody has read yet
    created_at INTEGER NOT NULL,
    UNIQUE (channel, identifier)
) STRICT;
CREATE INDEX gate_by_contact ON gate (contact, id);

-- Merges of two contacts. Gone with either of them.
CREATE TABLE merger (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT, -- which merge came later: public ids of two processes do not tell
    id        INTEGER NOT NULL UNIQUE CHECK (id > 0), -- public
    survivor  INTEGER NOT NULL REFERENCES contact (id),
    absorbed  INTEGER NOT NULL REFERENCES contact (id),
    filled    TEXT    NOT NULL, -- which fields the survivor was given: JSON, see src/db/merger.rs; '' once undone
    origin    TEXT    NOT NULL DEFAULT '',
    at        INTEGER NOT NULL,
    undone_at INTEGER -- NULL: it holds
) STRICT;
CREATE INDEX merger_by_survivor ON merger (survivor, seq);
CREATE INDEX merger_by_absorbed ON merger (absorbed, seq);

-- What a merge gave the survivor beside its fields. Gone once it is undone.
CREATE TABLE merger_moved (
    merger INTEGER NOT NULL REFERENCES merger (id),
    kind   INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 7), -- 1 link, 2 tag, 3 attribute, 4 funnel, 5 note, 6 gate, 7 conversation
    what   INTEGER NOT NULL, -- local id of the advisor, tag, definition, ...
    value  TEXT    NOT NULL DEFAULT '', -- of an attribute, its JSON; of a conversation, 'both' if the survivor was in it too
    PRIMARY KEY (merger, kind, what)
) STRICT, WITHOUT ROWID;

-- What happened, in order: written in the transaction that does it. A narrow row without an index: an import writes one a contact.
CREATE TABLE change (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  INTEGER NOT NULL, -- 0: of a contact shared between tenants
    contact INTEGER NOT NULL, -- public id: it outlives the row
    kind    INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 11), -- add, edit, link, unlink, trash, restore, purge; merges: see src/feed/changes.rs
    fields  INTEGER NOT NULL DEFAULT 0, -- edit, merge, unmerge: which fields, a bit each
    other   INTEGER, -- of a merge: public id of the other contact
    origin  TEXT    NOT NULL DEFAULT '',
    at      INTEGER NOT NULL
) STRICT;

-- Names of events that a tenant may fire.
CREATE TABLE event_name (
    tenant     INTEGER NOT NULL REFERENCES tenant (id),
    name       TEXT    NOT NULL CHECK (name <> ''),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Events that were fired, in order. Gone with their contact.
CREATE TABLE event (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  INTEGER NOT NULL REFERENCES tenant (id), -- whose event it is
    contact INTEGER NOT NULL, -- public id
    name    TEXT    NOT NULL, -- as declared then
    payload TEXT, -- JSON; NULL: none
    origin  TEXT    NOT NULL DEFAULT '',
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_contact ON event (contact, seq);

-- Bulk jobs: one action on all contacts that meet a filter, done in slices. How far a job is, is written with what it does.
CREATE TABLE job (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     INTEGER REFERENCES tenant (id),  -- whose contacts; NULL: of all tenants
    asker      INTEGER NOT NULL CHECK (asker BETWEEN 0 AND 2), -- 0 system, 1 administrator, 2 advisor
    advisor    INTEGER REFERENCES advisor (id), -- who asked, if an advisor did
    network    INTEGER REFERENCES network (id), -- on which network; NULL: on all
    filter     TEXT    NOT NULL, -- as text
    action     TEXT    NOT NULL, -- JSON: see src/model/job.rs
    dry        INTEGER NOT NULL CHECK (dry IN (0, 1)), -- 1: all is tried and nothing kept
    state      INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- 0 open, 1 finished, 2 cancelled
    position   INTEGER NOT NULL DEFAULT 0, -- contacts up to this local id have been looked at
    last       INTEGER NOT NULL, -- the greatest local id when it was made: later contacts are not in it
    looked     INTEGER NOT NULL DEFAULT 0, -- contacts looked at
    done       INTEGER NOT NULL DEFAULT 0, -- of those that meet the filter: changed,
    unchanged  INTEGER NOT NULL DEFAULT 0, -- as wanted before,
    refused    INTEGER NOT NULL DEFAULT 0, -- and refused
    origin     TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((asker = 2) = (advisor IS NOT NULL)),
    CHECK (asker = 0 OR tenant IS NOT NULL)
) STRICT;
CREATE INDEX job_by_tenant ON job (tenant, seq);
CREATE INDEX job_by_advisor ON job (advisor, seq) WHERE advisor IS NOT NULL;

-- The contacts that a job was refused.
CREATE TABLE job_item (
    job     INTEGER NOT NULL REFERENCES job (seq),
    place   INTEGER NOT NULL, -- the contact's local id; no reference: the contact may be purged
    contact INTEGER NOT NULL, -- its public id
    code    TEXT    NOT NULL, -- why: the word of the error
    PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;

-- Changes of search keys not yet in a segment, oldest first: a later one of the same key wins.
CREATE TABLE search_delta (
    seq     INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL,
    scopes  BLOB    NOT NULL, -- in which lists; src/index/record.rs has both formats
    texts   BLOB    NOT NULL, -- what comes and what goes in each of them
    total   INTEGER NOT NULL  -- keys in this row and all before it
) STRICT;

-- Sorted runs of search keys; of two that hold the same key, the newer one is right. A merge makes a new segment part by
-- part while its sources are still searched, then takes their place.
CREATE TABLE search_segment (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    age    INTEGER NOT NULL, -- the greater, the newer
    state  INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2), -- 0 searched, 1 being made, 2 to be removed
    target INTEGER,          -- the segment that this one is being merged into
    keys   INTEGER NOT NULL,
    parts  INTEGER NOT NULL, -- how many there must be: a lost part is damage, not an answer
    part_list BLOB           -- the pieces of the list of its parts, see src/db/part_list.rs; NULL while it is being made
) STRICT;
CREATE INDEX search_segment_by_age ON search_segment (state, age);

-- The parts of a segment that is searched, without their bodies, in pieces: whoever opens a book reads those it looks into.
CREATE TABLE search_list (
    id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused
    segment INTEGER NOT NULL REFERENCES search_segment (id),
    list    BLOB    NOT NULL
) STRICT;
CREATE INDEX search_list_by_segment ON search_list (segment);

-- A segment in pieces.
CREATE TABLE search_part (
    id        INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: caches know parts by it
    segment   INTEGER NOT NULL REFERENCES search_segment (id),
    number    INTEGER NOT NULL, -- from 0, in key order
    first_key BLOB    NOT NULL,
    last_key  BLOB    NOT NULL,
    checksum  INTEGER NOT NULL, -- CRC-32 of the body
    body      BLOB    NOT NULL  -- src/index/part.rs has the format
) STRICT;
-- All that is asked of the parts of a segment that is being made: without this, a page of the file a part.
CREATE UNIQUE INDEX search_part_by_number ON search_part (segment, number, first_key, last_key, checksum);

-- Substrings, where the book is asked to keep them: a row a contact that is not in the trash, under its local id. `words`
-- are the grams of its fields, its owners and its network; src/db/substring.rs and src/text/substring/ say how. Only the
-- index of the words is stored.
CREATE VIRTUAL TABLE substring USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Which words the table above has of which contact; for the check.
CREATE VIRTUAL TABLE substring_word USING fts5vocab (substring, instance);
