-- The ledger. Facts and entries are only ever added; the application's role cannot change or delete them.
-- Keys start with (program_id, member_id) where a table grows with members, and no foreign key crosses members, so that
-- each can be partitioned by member.

-- The newest version known of each fact, and whose it is. Unique for ever, locked before anything else.
CREATE TABLE ledger_fact_key (
    program_id integer NOT NULL,
    kind smallint NOT NULL,
    key text COLLATE "C" NOT NULL,
    member_id uuid NOT NULL,
    version_at timestamptz NOT NULL,
    number integer NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (program_id, kind, key)
);

-- What happened, as it arrived. `seq` counts per member in the order of recording; `hash` covers the fact before it.
CREATE TABLE ledger_fact (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    seq integer NOT NULL,
    kind smallint NOT NULL,
    key text COLLATE "C" NOT NULL,
    occurred_at timestamptz,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (program_id, member_id, seq)
);

-- Movements of points between places, with the wallet's balances after each.
CREATE TABLE ledger_entry (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    seq integer NOT NULL,
    identity text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    wallet text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    points bigint NOT NULL CHECK (points > 0),
    available bigint NOT NULL,
    pending bigint NOT NULL,
    held bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    version integer NOT NULL,
    why bytea NOT NULL,
    hash bytea NOT NULL,
    CHECK (source <> target),
    PRIMARY KEY (program_id, member_id, seq)
);

-- Each order's newest snapshot and the memo it froze when it was paid.
CREATE TABLE ledger_order (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    snapshot_seq integer NOT NULL,
    paid_at timestamptz,
    gross_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    lines integer NOT NULL,
    quantity bigint NOT NULL,
    channel text NOT NULL,
    store text NOT NULL,
    guest boolean NOT NULL,
    cancelled boolean NOT NULL,
    points bigint NOT NULL,
    memo bytea,
    PRIMARY KEY (program_id, member_id, key)
);
CREATE INDEX ledger_order_paid ON ledger_order (program_id, paid_at DESC, key);

-- One row per member (or guest order): the fold's state, the heads of both chains, and plain columns for screens.
CREATE TABLE ledger_account (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    guest boolean NOT NULL,
    state bytea NOT NULL,
    last_at timestamptz,
    next_due_at timestamptz,
    fact_seq integer NOT NULL DEFAULT 0,
    fact_hash bytea NOT NULL DEFAULT ''::bytea,
    entry_seq integer NOT NULL DEFAULT 0,
    entry_hash bytea NOT NULL DEFAULT ''::bytea,
    enrolled_at timestamptz,
    tier text COLLATE "C" NOT NULL DEFAULT '',
    available bigint NOT NULL DEFAULT 0,
    pending bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0,
    deficit bigint NOT NULL DEFAULT 0,
    orders integer NOT NULL DEFAULT 0,
    spend_minor bigint NOT NULL DEFAULT 0,
    first_order_at timestamptz,
    last_order_at timestamptz,
    next_expiry_at timestamptz,
    next_expiry_points bigint NOT NULL DEFAULT 0,
    CHECK (available >= 0 AND pending >= 0 AND held >= 0 AND deficit >= 0),
    CHECK (available = 0 OR deficit = 0),
    PRIMARY KEY (program_id, member_id)
) WITH (fillfactor = 70);
CREATE INDEX ledger_account_due ON ledger_account (program_id, next_due_at) WHERE next_due_at IS NOT NULL;

-- The fold's state at the start of a month, so that a late fact need not begin from nothing. A cache: it may be emptied.
CREATE TABLE ledger_checkpoint (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    at timestamptz NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (program_id, member_id, at)
);
