-- What one cause asked of one budget by one rule, and what was granted. Rows are only added: the newest number counts.
-- `drawn` is what the member has of the budget by it, after everything that went back: below nothing where that was drawn
-- by somebody who is one with the member by now.
CREATE TABLE ledger_ruling (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    budget text COLLATE "C" NOT NULL,
    cause text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    events bytea NOT NULL,
    drawn bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (program_id, member_id, budget, cause, rule, number)
);

-- How much of a budget all members together have. Locked after accounts, by name.
CREATE TABLE ledger_budget (
    program_id integer NOT NULL,
    budget text COLLATE "C" NOT NULL,
    used bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    PRIMARY KEY (program_id, budget)
);
