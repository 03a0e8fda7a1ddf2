-- What was announced, and what of it was withdrawn: rows are only added, in the transaction of what brought them about.
-- `seq` counts per member. `sends` says whether anybody but the shop hears of it. Whoever delivers reads in the order of
-- `written`, the transaction, up to where all of them have ended.
CREATE TABLE ledger_announcement (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    seq integer NOT NULL,
    identity text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    withdrawn boolean NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    payload bytea NOT NULL,
    sends boolean NOT NULL,
    written xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (program_id, member_id, seq)
);
CREATE INDEX ledger_announcement_written ON ledger_announcement (program_id, written, member_id, seq);

-- How far each reader has come.
CREATE TABLE ledger_reader (
    program_id integer NOT NULL,
    reader text COLLATE "C" NOT NULL,
    written xid8 NOT NULL,
    member_id uuid NOT NULL,
    seq integer NOT NULL,
    PRIMARY KEY (program_id, reader)
);
