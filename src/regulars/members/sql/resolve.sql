-- Give every external id that has none a member, in the order of the ids, so that two batches never wait for each other
-- in a circle. Whoever loses a race to another transaction waits for it here and finds the row in `resolve.sql`.
INSERT INTO members_member (id, program_id, external_id)
SELECT id, %(program_id)s, external_id
FROM unnest(%(ids)s::uuid[], %(external_ids)s::text[]) AS wanted (id, external_id)
ORDER BY external_id COLLATE "C"
ON CONFLICT (program_id, external_id) WHERE external_id <> '' DO NOTHING
RETURNING external_id, id
