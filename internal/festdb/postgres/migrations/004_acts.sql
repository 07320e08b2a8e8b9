-- Acts: what people and the gate did beside publishing, in the audit log; and
-- what left the register.

ALTER TABLE fest.audit ADD COLUMN act jsonb;
COMMENT ON COLUMN fest.audit.act IS 'The whole act, where the row is one: hold, reject, freeze, advise, …; the other columns are for those who read.';
CREATE INDEX audit_act ON fest.audit (id) WHERE act IS NOT NULL;

-- What left with a release (serial), or what an older file told (serial 0).
CREATE TABLE fest.removed (
    serial         bigint NOT NULL CHECK (serial >= 0),
    content        bytea  NOT NULL CHECK (octet_length(content) = 32),
    retrieval_date text   NOT NULL,
    data           bytea  NOT NULL, -- festd's own form, compressed
    id             bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (serial, content)
);
ALTER TABLE fest.removed ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE fest.removed IS 'What left the register with a release, or, with serial 0, what an older file told; in festd''s own form.';

-- Every candidate that the gate held, by its last verdict, and what became of it.
CREATE VIEW fest.candidate AS
WITH held AS (
    SELECT DISTINCT ON (content) id, at, content, act -> 'candidate' AS candidate
    FROM fest.audit WHERE action = 'hold' AND act IS NOT NULL ORDER BY content, id DESC
)
SELECT
    encode(h.content, 'hex') AS digest,
    h.candidate #>> '{content,retrievalDate}' AS retrieval_date,
    h.candidate #>> '{content,filter}' AS filter,
    h.candidate #>> '{source,location}' AS source_location,
    h.candidate #>> '{source,digest}' AS source_digest,
    (h.candidate #>> '{source,size}')::bigint AS source_size,
    h.candidate #> '{content,counts}' AS counts,
    h.candidate -> 'verdict' AS verdict,
    (h.candidate ->> 'baseline')::bigint AS baseline,
    h.at AS held_at,
    CASE
        WHEN d.action IS NULL THEN 'held'
        WHEN d.action = 'publish' THEN 'published'
        ELSE 'rejected'
    END AS state,
    d.who AS decided_by,
    d.why AS reason,
    d.at AS decided_at
FROM held h
LEFT JOIN LATERAL (
    SELECT a.action, a.who, a.why, a.at FROM fest.audit a
    WHERE a.id > h.id AND a.action IN ('publish', 'reject', 'left') AND a.content = h.content
    ORDER BY a.id DESC LIMIT 1
) d ON true;
COMMENT ON VIEW fest.candidate IS 'What the gate held, and what became of it.';

-- Programs that know nothing of acts would remove what candidates need.
UPDATE fest.store SET compatible = 4;

DO $$
BEGIN
    IF to_regrole('festd_reader') IS NOT NULL THEN
        GRANT SELECT ON fest.removed, fest.candidate TO festd_reader;
    END IF;
    IF to_regrole('festd_importer') IS NOT NULL THEN
        GRANT SELECT ON fest.removed, fest.candidate TO festd_importer;
        GRANT INSERT ON fest.removed TO festd_importer;
        -- A history that is told again replaces itself; what left with a release stays.
        GRANT DELETE ON fest.removed TO festd_importer;
    END IF;
END
$$;
---- create above / drop below ----
UPDATE fest.store SET compatible = 1;
DROP VIEW fest.candidate;
DROP TABLE fest.removed;
DROP INDEX fest.audit_act;
ALTER TABLE fest.audit DROP COLUMN act;
