-- The files as they came, of the newest releases and of what is held, so that
-- every replica can hand them on.

CREATE TABLE fest.source (
    digest    bytea       PRIMARY KEY CHECK (octet_length(digest) = 32), -- SHA-256 of the file
    size      bigint      NOT NULL,
    extension text        NOT NULL,
    kept_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fest.source IS 'Files as they came, of the newest releases and of what is held.';

CREATE TABLE fest.source_part (
    digest bytea   NOT NULL REFERENCES fest.source ON DELETE CASCADE,
    part   integer NOT NULL, -- from 0
    bytes  bytea   NOT NULL,
    PRIMARY KEY (digest, part)
);
COMMENT ON TABLE fest.source_part IS 'The bytes of the files, in parts.';
ALTER TABLE fest.source_part ALTER COLUMN bytes SET STORAGE EXTERNAL; -- they are compressed already

DO $$
BEGIN
    IF to_regrole('festd_reader') IS NOT NULL THEN
        GRANT SELECT ON fest.source, fest.source_part TO festd_reader;
    END IF;
    IF to_regrole('festd_importer') IS NOT NULL THEN
        GRANT SELECT, INSERT ON fest.source, fest.source_part TO festd_importer;
        GRANT DELETE ON fest.source TO festd_importer;
    END IF;
END
$$;
---- create above / drop below ----
DROP TABLE fest.source_part, fest.source;
