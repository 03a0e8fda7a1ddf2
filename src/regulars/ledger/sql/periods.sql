-- Accounting periods end where they were closed: nothing is posted before `until` any more. Rows are only added.
CREATE TABLE ledger_closing (
    program_id integer NOT NULL,
    until timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    PRIMARY KEY (program_id, until)
);

-- The first day of the period that an entry was posted to, where its own was closed when it was recorded.
ALTER TABLE ledger_entry ADD COLUMN posted_on date;

-- From when on periods are open, which holds until the transaction ends: whoever closes one waits for it. A function, so
-- that what is read is what holds once the lock is there.
CREATE FUNCTION ledger_open_from(program integer) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7245, program);
    RETURN (SELECT max(until) FROM ledger_closing WHERE program_id = program);
END $$;
