-- Customers who were known from orders and join now: what is said of them, and what is known of them where nothing is
-- said. A card that is somebody else's changes nothing of its customer; of several who bring the same one, the first by
-- number has it.
WITH joining AS (
    SELECT m.id, newcomer.*, row_number() OVER (PARTITION BY newcomer.card ORDER BY m.external_id COLLATE "C") AS place
    FROM unnest(
        %(external_ids)s::text[], %(cards)s::text[], %(names)s::text[], %(emails)s::text[], %(phones)s::text[],
        %(languages)s::text[], %(joined_at)s::timestamptz[]
    ) AS newcomer (external_id, card, name, email, phone, language, joined_at)
    JOIN members_member AS m ON m.external_id = newcomer.external_id
    WHERE m.program_id = %(program_id)s AND m.external_id <> '' AND m.joined_at IS NULL AND NOT EXISTS (
        SELECT FROM members_member AS other
        WHERE other.program_id = m.program_id AND other.card <> '' AND other.card = newcomer.card AND other.id <> m.id
    )
)
UPDATE members_member AS m SET
    card = coalesce(nullif(joining.card, ''), m.card), name = coalesce(nullif(joining.name, ''), m.name),
    email = coalesce(nullif(joining.email, ''), m.email), phone = coalesce(nullif(joining.phone, ''), m.phone),
    language = coalesce(nullif(joining.language, ''), m.language), joined_at = joining.joined_at
FROM joining
WHERE m.id = joining.id AND m.joined_at IS NULL AND (joining.card = '' OR joining.place = 1)
RETURNING m.external_id, m.id
