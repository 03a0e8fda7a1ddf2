-- Whoever was made known for orders that were all refused is not kept. Nobody else has seen these rows yet.
DELETE FROM members_member AS m
WHERE m.program_id = %(program_id)s AND m.id = ANY (%(ids)s::uuid[]) AND m.joined_at IS NULL
    AND NOT EXISTS (SELECT FROM ledger_fact AS f WHERE f.program_id = m.program_id AND f.member_id = m.id)
