-- A function and a view, as those of 002, for what occurs several times in an
-- entry: a row for each, in the order of the source, with the ids of what it is
-- in. Made by a test from the description of M30 in internal/fest
-- (go test ./internal/festdb/postgres -run Nested -update). xml is the part.

-- KatRefusjon, /m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe: the groups of a statutory authority.
CREATE FUNCTION fest.reimbursement_groups(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint, number bigint,
    entry_id text,
    statutory_authority text,
    statutory_authority_display text,
    id text,
    group_number text,
    group_number_display text,
    atc text,
    atc_display text,
    requires_reimbursement_code boolean,
    reimbursable_use text,
    conditions text[],
    reimbursement_codes_code text[],
    reimbursement_codes_sub_term text[],
    reimbursement_codes_valid_from_date text[],
    reimbursement_codes_prescribe_until_date text[],
    reimbursement_codes_dispense_until_date text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$
    SELECT r.serial, o.ordinal, x.number,
        x.entry_id,
        x.statutory_authority,
        x.statutory_authority_display,
        x.id,
        x.group_number,
        x.group_number_display,
        x.atc,
        x.atc_display,
        fest.to_boolean(x.requires_reimbursement_code),
        x.reimbursable_use,
        fest.texts('/m30:Refusjonsgruppe/m30:RefVilkar', x.xml),
        fest.texts('/m30:Refusjonsgruppe/m30:Refusjonskode/m30:Refusjonskode/@V', x.xml),
        fest.texts('/m30:Refusjonsgruppe/m30:Refusjonskode/m30:Underterm', x.xml),
        fest.texts('/m30:Refusjonsgruppe/m30:Refusjonskode/m30:GyldigFraDato', x.xml),
        fest.texts('/m30:Refusjonsgruppe/m30:Refusjonskode/m30:ForskrivesTilDato', x.xml),
        fest.texts('/m30:Refusjonsgruppe/m30:Refusjonskode/m30:UtleveresTilDato', x.xml),
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatRefusjon'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe' PASSING d.xml COLUMNS
        number FOR ORDINALITY,
        entry_id text PATH '(../../m30:Id)[1]',
        statutory_authority text PATH '(../m30:Refusjonshjemmel/@V)[1]',
        statutory_authority_display text PATH '(../m30:Refusjonshjemmel/@DN)[1]',
        id text PATH '(m30:Id)[1]',
        group_number text PATH '(m30:GruppeNr/@V)[1]',
        group_number_display text PATH '(m30:GruppeNr/@DN)[1]',
        atc text PATH '(m30:Atc/@V)[1]',
        atc_display text PATH '(m30:Atc/@DN)[1]',
        requires_reimbursement_code text PATH '(m30:KreverRefusjonskode)[1]',
        reimbursable_use text PATH '(m30:RefusjonsberettighetBruk)[1]',
        xml xml PATH '.') AS x
    WHERE r.serial = reimbursement_groups.serial
$$;
CREATE VIEW fest.reimbursement_groups AS SELECT * FROM fest.reimbursement_groups(fest.current_serial());

-- KatRefusjon, /m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:Refusjonskode: the codes that give the right to a group.
CREATE FUNCTION fest.reimbursement_codes(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint, number bigint,
    entry_id text,
    reimbursement_group text,
    group_number text,
    code text,
    code_display text,
    sub_term text,
    valid_from_date text,
    prescribe_until_date text,
    dispense_until_date text,
    reimbursement_conditions_condition text[],
    reimbursement_conditions_from_date text[],
    reimbursement_conditions_to_date text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$
    SELECT r.serial, o.ordinal, x.number,
        x.entry_id,
        x.reimbursement_group,
        x.group_number,
        x.code,
        x.code_display,
        x.sub_term,
        x.valid_from_date,
        x.prescribe_until_date,
        x.dispense_until_date,
        fest.texts('/m30:Refusjonskode/m30:Refusjonsvilkar/m30:RefVilkar', x.xml),
        fest.texts('/m30:Refusjonskode/m30:Refusjonsvilkar/m30:FraDato', x.xml),
        fest.texts('/m30:Refusjonskode/m30:Refusjonsvilkar/m30:TilDato', x.xml),
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatRefusjon'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:Refusjonskode' PASSING d.xml COLUMNS
        number FOR ORDINALITY,
        entry_id text PATH '(../../../m30:Id)[1]',
        reimbursement_group text PATH '(../m30:Id)[1]',
        group_number text PATH '(../m30:GruppeNr/@V)[1]',
        code text PATH '(m30:Refusjonskode/@V)[1]',
        code_display text PATH '(m30:Refusjonskode/@DN)[1]',
        sub_term text PATH '(m30:Underterm)[1]',
        valid_from_date text PATH '(m30:GyldigFraDato)[1]',
        prescribe_until_date text PATH '(m30:ForskrivesTilDato)[1]',
        dispense_until_date text PATH '(m30:UtleveresTilDato)[1]',
        xml xml PATH '.') AS x
    WHERE r.serial = reimbursement_codes.serial
$$;
CREATE VIEW fest.reimbursement_codes AS SELECT * FROM fest.reimbursement_codes(fest.current_serial());

-- KatKodeverk, /m30:OppfKodeverk/m30:Element: the codes of a code list.
CREATE FUNCTION fest.code_system_elements(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint, number bigint,
    entry_id text,
    oid text,
    id text,
    parent text,
    code text,
    terms_term text[],
    terms_term_description text[],
    terms_language text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$
    SELECT r.serial, o.ordinal, x.number,
        x.entry_id,
        x.oid,
        x.id,
        x.parent,
        x.code,
        fest.texts('/m30:Element/m30:Term/m30:Term', x.xml),
        fest.texts('/m30:Element/m30:Term/m30:BeskrivelseTerm', x.xml),
        fest.texts('/m30:Element/m30:Term/m30:Sprak/@V', x.xml),
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatKodeverk'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfKodeverk/m30:Element' PASSING d.xml COLUMNS
        number FOR ORDINALITY,
        entry_id text PATH '(../m30:Id)[1]',
        oid text PATH '(../m30:Info/m30:Id)[1]',
        id text PATH '(m30:Id)[1]',
        parent text PATH '(m30:ParentId)[1]',
        code text PATH '(m30:Kode)[1]',
        xml xml PATH '.') AS x
    WHERE r.serial = code_system_elements.serial
$$;
CREATE VIEW fest.code_system_elements AS SELECT * FROM fest.code_system_elements(fest.current_serial());

-- KatInteraksjon, /m30:OppfInteraksjon/m30:Interaksjon/m30:Substansgruppe/m30:Substans: the substances of the groups that interact.
CREATE FUNCTION fest.interaction_substances(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint, number bigint,
    entry_id text,
    interaction text,
    substance_group numeric,
    substance_group_name text,
    substance text,
    atc text,
    atc_display text,
    active_substances text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$
    SELECT r.serial, o.ordinal, x.number,
        x.entry_id,
        x.interaction,
        fest.to_number(x.substance_group),
        x.substance_group_name,
        x.substance,
        x.atc,
        x.atc_display,
        fest.texts('/m30:Substans/m30:RefVirkestoff', x.xml),
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatInteraksjon'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfInteraksjon/m30:Interaksjon/m30:Substansgruppe/m30:Substans' PASSING d.xml COLUMNS
        number FOR ORDINALITY,
        entry_id text PATH '(../../../m30:Id)[1]',
        interaction text PATH '(../../m30:Id)[1]',
        substance_group text PATH 'count(../preceding-sibling::m30:Substansgruppe) + 1',
        substance_group_name text PATH '(../m30:Navn)[1]',
        substance text PATH '(m30:Substans)[1]',
        atc text PATH '(m30:Atc/@V)[1]',
        atc_display text PATH '(m30:Atc/@DN)[1]',
        xml xml PATH '.') AS x
    WHERE r.serial = interaction_substances.serial
$$;
CREATE VIEW fest.interaction_substances AS SELECT * FROM fest.interaction_substances(fest.current_serial());

-- KatLegemiddelVirkestoff, /m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:RefPakning: the packages of a generic.
CREATE FUNCTION fest.generic_packages(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint, number bigint,
    entry_id text,
    generic text,
    reference text,
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$
    SELECT r.serial, o.ordinal, x.number,
        x.entry_id,
        x.generic,
        x.reference,
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatLegemiddelVirkestoff'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:RefPakning' PASSING d.xml COLUMNS
        number FOR ORDINALITY,
        entry_id text PATH '(../../m30:Id)[1]',
        generic text PATH '(../fs:Id)[1]',
        reference text PATH '.',
        xml xml PATH '.') AS x
    WHERE r.serial = generic_packages.serial
$$;
CREATE VIEW fest.generic_packages AS SELECT * FROM fest.generic_packages(fest.current_serial());

-- KatLegemiddelpakning, /m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PrisVare: the prices of a package.
CREATE FUNCTION fest.package_prices(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint, number bigint,
    entry_id text,
    package text,
    item_number text,
    price_type text,
    price_type_display text,
    price numeric,
    price_unit text,
    valid_from_date text,
    valid_until_date text,
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$
    SELECT r.serial, o.ordinal, x.number,
        x.entry_id,
        x.package,
        x.item_number,
        x.price_type,
        x.price_type_display,
        fest.to_number(x.price),
        x.price_unit,
        x.valid_from_date,
        x.valid_until_date,
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatLegemiddelpakning'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PrisVare' PASSING d.xml COLUMNS
        number FOR ORDINALITY,
        entry_id text PATH '(../../m30:Id)[1]',
        package text PATH '(../fs:Id)[1]',
        item_number text PATH '(../fs:Varenr)[1]',
        price_type text PATH '(fs:Type/@V)[1]',
        price_type_display text PATH '(fs:Type/@DN)[1]',
        price text PATH '(fs:Pris/@V)[1]',
        price_unit text PATH '(fs:Pris/@U)[1]',
        valid_from_date text PATH '(fs:GyldigFraDato)[1]',
        valid_until_date text PATH '(fs:GyldigTilDato)[1]',
        xml xml PATH '.') AS x
    WHERE r.serial = package_prices.serial
$$;
CREATE VIEW fest.package_prices AS SELECT * FROM fest.package_prices(fest.current_serial());

DO $$
BEGIN
    IF to_regrole('festd_reader') IS NOT NULL THEN
        GRANT SELECT ON fest.reimbursement_groups, fest.reimbursement_codes, fest.code_system_elements, fest.interaction_substances, fest.generic_packages, fest.package_prices TO festd_reader;
    END IF;
    IF to_regrole('festd_importer') IS NOT NULL THEN
        GRANT SELECT ON fest.reimbursement_groups, fest.reimbursement_codes, fest.code_system_elements, fest.interaction_substances, fest.generic_packages, fest.package_prices TO festd_importer;
    END IF;
END
$$;
---- create above / drop below ----
DROP VIEW fest.reimbursement_groups;
DROP FUNCTION fest.reimbursement_groups(bigint);
DROP VIEW fest.reimbursement_codes;
DROP FUNCTION fest.reimbursement_codes(bigint);
DROP VIEW fest.code_system_elements;
DROP FUNCTION fest.code_system_elements(bigint);
DROP VIEW fest.interaction_substances;
DROP FUNCTION fest.interaction_substances(bigint);
DROP VIEW fest.generic_packages;
DROP FUNCTION fest.generic_packages(bigint);
DROP VIEW fest.package_prices;
DROP FUNCTION fest.package_prices(bigint);
