-- The store of festd. Needs PostgreSQL 14 or newer and a database in UTF-8.
-- The schema fest itself is made before the first migration, because the
-- table of applied versions lies in it.

-- One row: which store this is, and which release is served.
CREATE TABLE fest.store (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    stream     text    NOT NULL, -- random; serials compare only within it
    serial     bigint  NOT NULL DEFAULT 0, -- of the release that is served; 0: none yet
    compatible integer NOT NULL DEFAULT 1 -- the oldest schema version whose programs can use this one
);
COMMENT ON TABLE fest.store IS 'One row: the stream, and the serial of the release that is served.';
INSERT INTO fest.store (stream) VALUES (replace(gen_random_uuid()::text, '-', ''));

-- The ledger: every release that was ever published. Only ever added to.
CREATE TABLE fest.release (
    serial          bigint      PRIMARY KEY CHECK (serial > 0),
    stream          text        NOT NULL,
    published_at    timestamptz NOT NULL,
    published_by    text        NOT NULL, -- who
    reason          text        NOT NULL DEFAULT '', -- why, in their words
    content         bytea       NOT NULL CHECK (octet_length(content) = 32), -- fest.content.digest, kept or not
    record          jsonb       NOT NULL, -- the whole release; the columns below are for those who read
    retrieval_date  text        NOT NULL GENERATED ALWAYS AS (record #>> '{content,retrievalDate}') STORED,
    filter          text        NOT NULL GENERATED ALWAYS AS (record #>> '{content,filter}') STORED,
    sample          boolean     NOT NULL GENERATED ALWAYS AS (coalesce((record #>> '{content,sample}') = 'true', false)) STORED,
    counts          jsonb       GENERATED ALWAYS AS (record #> '{content,counts}') STORED,
    source_location text        NOT NULL GENERATED ALWAYS AS (record #>> '{source,location}') STORED,
    source_digest   text        NOT NULL GENERATED ALWAYS AS (record #>> '{source,digest}') STORED,
    source_size     bigint      NOT NULL GENERATED ALWAYS AS ((record #>> '{source,size}')::bigint) STORED
);
COMMENT ON TABLE fest.release IS 'The ledger: every release that was ever published.';
COMMENT ON COLUMN fest.release.retrieval_date IS 'HentetDato, as it came: the version of the data.';

-- What was done to the store, by whom and why. Only ever added to.
CREATE TABLE fest.audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    action  text        NOT NULL,
    who     text        NOT NULL,
    why     text        NOT NULL DEFAULT '',
    serial  bigint,
    content bytea,
    detail  jsonb,
    account text        NOT NULL DEFAULT session_user, -- of the database
    client  text        NOT NULL DEFAULT coalesce(current_setting('application_name', true), '')
);
COMMENT ON TABLE fest.audit IS 'What was done to the store, by whom and why.';

-- The element that entries stood in, and the namespace declarations in scope.
CREATE TABLE fest.frame (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    catalogue text    NOT NULL,
    context   text    NOT NULL,
    UNIQUE (catalogue, context)
);
COMMENT ON TABLE fest.frame IS 'Where entries stood: the catalogue, and the namespace declarations in scope.';

-- Entries by the digest of what they say. One that stands in many contents
-- stands here once.
CREATE TABLE fest.entry (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    frame  integer NOT NULL REFERENCES fest.frame,
    digest bytea   NOT NULL UNIQUE,
    xml    bytea   NOT NULL -- the source's bytes
);
COMMENT ON TABLE fest.entry IS 'Entries as they stood in the source, each once, by the digest of what it says.';
-- Compressed in place already when short: an entry has some 2 kB.
ALTER TABLE fest.entry ALTER COLUMN xml SET STORAGE MAIN, SET (toast_tuple_target = 128);
DO $$
BEGIN
    ALTER TABLE fest.entry ALTER COLUMN xml SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'this PostgreSQL has no lz4: entries are compressed with pglz';
END
$$;
CREATE INDEX entry_frame ON fest.entry (frame, id);

-- A content is a list of entries in file order, as runs of numbers that follow
-- each other: entry first[1], first[1]+1, …, count[1] of them; then first[2], …
CREATE TABLE fest.content (
    id                    integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest                bytea       NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    retrieval_date        text        NOT NULL,
    valid_from_date_helfo text,
    entries               integer     NOT NULL,
    first                 integer[]   NOT NULL,
    count                 integer[]   NOT NULL CHECK (cardinality(count) = cardinality(first)),
    lines                 bytea       NOT NULL, -- where the entries stood: zstd of the differences as zigzag varints
    sealed_at             timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fest.content IS 'What one imported file says: a list of entries in file order, as runs first[i], first[i]+1, … of count[i] numbers.';

-- The entries of a content in file order, from 0.
CREATE FUNCTION fest.entries_of(content integer)
RETURNS TABLE (ordinal bigint, entry integer)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 70000 AS $$
    SELECT row_number() OVER (ORDER BY r.run, e) - 1, e
    FROM fest.content c,
         LATERAL unnest(c.first, c.count) WITH ORDINALITY AS r (first, count, run),
         LATERAL generate_series(r.first, r.first + r.count - 1) AS e
    WHERE c.id = entries_of.content
$$;

-- The serial of the release that is served.
CREATE FUNCTION fest.current_serial() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT serial FROM fest.store $$;

-- An entry as a document that means the same on its own: with the namespace
-- declarations that its start tag lacks.
CREATE FUNCTION fest.document(context text, entry bytea) RETURNS xml
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT xmlparse(DOCUMENT regexp_replace(convert_from(entry, 'UTF8'), '^<[^[:space:]/>]+', '\&' || replace(context, '\', '\\')))
$$;

-- The digest that an entry is known by, computed anew; where it differs from
-- the one that is stored, the entry is damaged.
CREATE FUNCTION fest.entry_digest(catalogue text, context text, entry bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256('festd entry 1'::bytea || '\x0a'::bytea
        || int8send(octet_length(catalogue)) || convert_to(catalogue, 'UTF8')
        || int8send(octet_length(context)) || convert_to(context, 'UTF8')
        || int8send(octet_length(entry)) || entry)
$$;

-- To call after a restore of the database: what was published since the backup
-- is gone, and its serials will be given again, so it is another stream.
CREATE FUNCTION fest.new_stream(who text, why text) RETURNS text
LANGUAGE sql AS $$
    WITH minted AS (UPDATE fest.store SET stream = replace(gen_random_uuid()::text, '-', '') RETURNING stream, serial),
    noted AS (INSERT INTO fest.audit (action, who, why, serial, detail)
        SELECT 'new-stream', new_stream.who, new_stream.why, serial, jsonb_build_object('stream', stream) FROM minted)
    SELECT stream FROM minted
$$;
REVOKE ALL ON FUNCTION fest.new_stream FROM PUBLIC;
---- create above / drop below ----
DROP SCHEMA fest CASCADE;
