-- Many new members at once, in the order of their numbers (see `resolve.sql`). Those already known stay as they are.
INSERT INTO members_member (id, program_id, external_id, card, name, email, phone, language, joined_at, made)
SELECT id, %(program_id)s, external_id, card, name, email, phone, language, joined_at, %(made)s
FROM unnest(
    %(ids)s::uuid[], %(external_ids)s::text[], %(cards)s::text[], %(names)s::text[], %(emails)s::text[],
    %(phones)s::text[], %(languages)s::text[], %(joined_at)s::timestamptz[]
) AS newcomer (id, external_id, card, name, email, phone, language, joined_at)
ORDER BY external_id COLLATE "C"
ON CONFLICT DO NOTHING
RETURNING external_id, id
