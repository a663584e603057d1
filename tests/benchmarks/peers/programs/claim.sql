-- One claim: the lowest free slot that nobody else is taking right now, while the window is open.
-- Who holds one already violates UNIQUE (drop_id, person); no row means closed or sold out.
UPDATE slot SET person = $2, at = clock_timestamp()
WHERE drop_id = $1 AND number = (
    SELECT free.number FROM slot AS free
    WHERE free.drop_id = $1 AND free.person IS NULL
      AND EXISTS (SELECT FROM drops WHERE id = $1 AND clock_timestamp() >= opens_at AND clock_timestamp() < closes_at)
    ORDER BY free.number LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING number
