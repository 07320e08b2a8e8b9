-- A function for each class, fest.drugs(serial), and a view of the same name
-- for the served release. Made by a test from the description of M30 in
-- internal/fest (go test ./internal/festdb/postgres -run Classes -update).
--
-- Coded values are the code, and …_display what it was called; quantities are
-- the number and …_unit. Dates and times are text, as the source has them, and
-- sort as text. What occurs several times is an array; arrays of what is
-- optional in the same element do not correspond by index: use xml, which has
-- everything. Numbers and booleans that are none are null.

-- A number as the schemas write them.
CREATE FUNCTION fest.to_number(v text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN v ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' THEN v::numeric END $$;

-- An xs:boolean.
CREATE FUNCTION fest.to_boolean(v text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN v IN ('true', '1') THEN true WHEN v IN ('false', '0') THEN false END $$;

-- The texts that a path finds in an entry's object.
CREATE FUNCTION fest.texts(path text, entry xml) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array_agg(t.v ORDER BY t.n) FROM XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), path PASSING entry COLUMNS n FOR ORDINALITY, v text PATH '.') AS t
$$;

-- KatLegemiddelMerkevare, /m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare: drugs.
CREATE FUNCTION fest.drugs(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    atc text,
    atc_display text,
    name_form_strength text,
    prescription_group text,
    prescription_group_display text,
    pharmaceutical_form_short text,
    pharmaceutical_form_short_display text,
    conditions text[],
    medication_type text,
    medication_type_display text,
    application_type text,
    application_type_display text,
    opioid_application boolean,
    reimbursements_reimbursement_groups text[],
    reimbursements_valid_from_date text[],
    reimbursements_prescribe_until_date text[],
    reimbursements_dispense_until_date text[],
    package_substitution_group_substitution_group text,
    package_substitution_group_valid_from_date text,
    package_substitution_group_valid_until_date text,
    medicine_administration_mixing_liquid boolean,
    medicine_administration_mixing_liquid_proposals text[],
    medicine_administration_routes_of_administration text[],
    medicine_administration_can_be_crushed text,
    medicine_administration_can_be_crushed_display text,
    medicine_administration_can_be_opened text,
    medicine_administration_can_be_opened_display text,
    medicine_administration_bolus text,
    medicine_administration_bolus_display text,
    medicine_administration_injection_rate_bolus text,
    medicine_administration_injection_rate_bolus_display text,
    medicine_administration_division_of_dose text,
    medicine_administration_division_of_dose_display text,
    medicine_administration_dosage_units text[],
    medicine_administration_short_doses text[],
    medicine_administration_ingestion_precautions text[],
    medicine_administration_label_application_areas text[],
    black_triangle text,
    black_triangle_display text,
    id text,
    brand_name text,
    pharmaceutical_form_long text,
    sorted_active_substances_with_strength_sorting text[],
    active_substance_with_strength text[],
    sorted_active_substances_without_strength_sorting text[],
    sorted_active_substances_without_strength_active_substance text[],
    taste text,
    taste_display text,
    product_information_warning_triangle boolean,
    product_information_reference_product text,
    product_information_vaccine_standard text,
    product_information_vaccine_standard_display text,
    product_information_manufacturer text,
    prescription_validities_gender text[],
    prescription_validities_duration text[],
    inactive_substances_name text[],
    spc_sections_section_heading text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.atc,
        x.atc_display,
        x.name_form_strength,
        x.prescription_group,
        x.prescription_group_display,
        x.pharmaceutical_form_short,
        x.pharmaceutical_form_short_display,
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:RefVilkar', d.xml),
        x.medication_type,
        x.medication_type_display,
        x.application_type,
        x.application_type_display,
        fest.to_boolean(x.opioid_application),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Refusjon/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Refusjon/fs:ForskrivesTilDato', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Refusjon/fs:UtleveresTilDato', d.xml),
        x.package_substitution_group_substitution_group,
        x.package_substitution_group_valid_from_date,
        x.package_substitution_group_valid_until_date,
        fest.to_boolean(x.medicine_administration_mixing_liquid),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:AdministreringLegemiddel/fs:RefBlandingsveske', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:AdministreringLegemiddel/fs:Administrasjonsvei/@V', d.xml),
        x.medicine_administration_can_be_crushed,
        x.medicine_administration_can_be_crushed_display,
        x.medicine_administration_can_be_opened,
        x.medicine_administration_can_be_opened_display,
        x.medicine_administration_bolus,
        x.medicine_administration_bolus_display,
        x.medicine_administration_injection_rate_bolus,
        x.medicine_administration_injection_rate_bolus_display,
        x.medicine_administration_division_of_dose,
        x.medicine_administration_division_of_dose_display,
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:AdministreringLegemiddel/fs:EnhetDosering/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:AdministreringLegemiddel/fs:Kortdose/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:AdministreringLegemiddel/fs:ForhandsregelInntak/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:AdministreringLegemiddel/fs:BruksomradeEtikett/@V', d.xml),
        x.black_triangle,
        x.black_triangle_display,
        x.id,
        x.brand_name,
        x.pharmaceutical_form_long,
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:SortertVirkestoffMedStyrke/fs:Sortering', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:SortertVirkestoffMedStyrke/fs:RefVirkestoffMedStyrke', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:SortertVirkestoffUtenStyrke/fs:Sortering', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:SortertVirkestoffUtenStyrke/fs:RefVirkestoff', d.xml),
        x.taste,
        x.taste_display,
        fest.to_boolean(x.product_information_warning_triangle),
        x.product_information_reference_product,
        x.product_information_vaccine_standard,
        x.product_information_vaccine_standard_display,
        x.product_information_manufacturer,
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Reseptgyldighet/fs:Kjonn/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Reseptgyldighet/fs:Varighet', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Hjelpestoff/fs:Navn', d.xml),
        fest.texts('/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare/fs:Preparatomtaleavsnitt/fs:Avsnittoverskrift/@V', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatLegemiddelMerkevare'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfLegemiddelMerkevare/fs:LegemiddelMerkevare' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        atc text PATH '(fs:Atc/@V)[1]',
        atc_display text PATH '(fs:Atc/@DN)[1]',
        name_form_strength text PATH '(fs:NavnFormStyrke)[1]',
        prescription_group text PATH '(fs:Reseptgruppe/@V)[1]',
        prescription_group_display text PATH '(fs:Reseptgruppe/@DN)[1]',
        pharmaceutical_form_short text PATH '(fs:LegemiddelformKort/@V)[1]',
        pharmaceutical_form_short_display text PATH '(fs:LegemiddelformKort/@DN)[1]',
        medication_type text PATH '(fs:Preparattype/@V)[1]',
        medication_type_display text PATH '(fs:Preparattype/@DN)[1]',
        application_type text PATH '(fs:TypeSoknadSlv/@V)[1]',
        application_type_display text PATH '(fs:TypeSoknadSlv/@DN)[1]',
        opioid_application text PATH '(fs:Opioidsoknad)[1]',
        package_substitution_group_substitution_group text PATH '(fs:PakningByttegruppe/fs:RefByttegruppe)[1]',
        package_substitution_group_valid_from_date text PATH '(fs:PakningByttegruppe/fs:GyldigFraDato)[1]',
        package_substitution_group_valid_until_date text PATH '(fs:PakningByttegruppe/fs:GyldigTilDato)[1]',
        medicine_administration_mixing_liquid text PATH '(fs:AdministreringLegemiddel/fs:Blandingsveske)[1]',
        medicine_administration_can_be_crushed text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@V)[1]',
        medicine_administration_can_be_crushed_display text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@DN)[1]',
        medicine_administration_can_be_opened text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@V)[1]',
        medicine_administration_can_be_opened_display text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@DN)[1]',
        medicine_administration_bolus text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@V)[1]',
        medicine_administration_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@DN)[1]',
        medicine_administration_injection_rate_bolus text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@V)[1]',
        medicine_administration_injection_rate_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@DN)[1]',
        medicine_administration_division_of_dose text PATH '(fs:AdministreringLegemiddel/fs:Deling/@V)[1]',
        medicine_administration_division_of_dose_display text PATH '(fs:AdministreringLegemiddel/fs:Deling/@DN)[1]',
        black_triangle text PATH '(fs:SvartTrekant/@V)[1]',
        black_triangle_display text PATH '(fs:SvartTrekant/@DN)[1]',
        id text PATH '(fs:Id)[1]',
        brand_name text PATH '(fs:Varenavn)[1]',
        pharmaceutical_form_long text PATH '(fs:LegemiddelformLang)[1]',
        taste text PATH '(fs:Smak/@V)[1]',
        taste_display text PATH '(fs:Smak/@DN)[1]',
        product_information_warning_triangle text PATH '(fs:ProduktInfo/fs:Varseltrekant)[1]',
        product_information_reference_product text PATH '(fs:ProduktInfo/fs:Referanseprodukt)[1]',
        product_information_vaccine_standard text PATH '(fs:ProduktInfo/fs:Vaksinestandard/@V)[1]',
        product_information_vaccine_standard_display text PATH '(fs:ProduktInfo/fs:Vaksinestandard/@DN)[1]',
        product_information_manufacturer text PATH '(fs:ProduktInfo/fs:Produsent)[1]') AS x
    WHERE r.serial = drugs.serial
$$;
CREATE VIEW fest.drugs AS SELECT * FROM fest.drugs(fest.current_serial());

-- KatLegemiddelpakning, /m30:OppfLegemiddelpakning/fs:Legemiddelpakning: packages.
CREATE FUNCTION fest.packages(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    atc text,
    atc_display text,
    name_form_strength text,
    prescription_group text,
    prescription_group_display text,
    pharmaceutical_form_short text,
    pharmaceutical_form_short_display text,
    conditions text[],
    medication_type text,
    medication_type_display text,
    application_type text,
    application_type_display text,
    opioid_application boolean,
    reimbursements_reimbursement_groups text[],
    reimbursements_valid_from_date text[],
    reimbursements_prescribe_until_date text[],
    reimbursements_dispense_until_date text[],
    package_substitution_group_substitution_group text,
    package_substitution_group_valid_from_date text,
    package_substitution_group_valid_until_date text,
    medicine_administration_mixing_liquid boolean,
    medicine_administration_mixing_liquid_proposals text[],
    medicine_administration_routes_of_administration text[],
    medicine_administration_can_be_crushed text,
    medicine_administration_can_be_crushed_display text,
    medicine_administration_can_be_opened text,
    medicine_administration_can_be_opened_display text,
    medicine_administration_bolus text,
    medicine_administration_bolus_display text,
    medicine_administration_injection_rate_bolus text,
    medicine_administration_injection_rate_bolus_display text,
    medicine_administration_division_of_dose text,
    medicine_administration_division_of_dose_display text,
    medicine_administration_dosage_units text[],
    medicine_administration_short_doses text[],
    medicine_administration_ingestion_precautions text[],
    medicine_administration_label_application_areas text[],
    black_triangle text,
    black_triangle_display text,
    id text,
    item_number text,
    bar_codes text[],
    without_preservative boolean,
    storage text,
    storage_display text,
    package_information_drug text[],
    package_information_package_size text[],
    package_information_package_unit text[],
    package_information_package_type text[],
    package_information_multiple text[],
    package_information_number text[],
    package_information_quantity text[],
    package_information_sorting text[],
    package_information_ddd text[],
    package_information_statistics_factor text[],
    prescription_package_information_brand_name text[],
    prescription_package_information_package_size text[],
    prescription_package_information_package_unit text[],
    prices_price_type text[],
    prices_price text[],
    prices_valid_from_date text[],
    prices_valid_until_date text[],
    marketing_information_discontinued_item_number text,
    marketing_information_marketing_date text,
    marketing_information_withdrawal_date text,
    marketing_information_temporarily_discontinued_date text,
    marketing_information_unit_dose_repackager text,
    spc_sections_section_heading text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.atc,
        x.atc_display,
        x.name_form_strength,
        x.prescription_group,
        x.prescription_group_display,
        x.pharmaceutical_form_short,
        x.pharmaceutical_form_short_display,
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:RefVilkar', d.xml),
        x.medication_type,
        x.medication_type_display,
        x.application_type,
        x.application_type_display,
        fest.to_boolean(x.opioid_application),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Refusjon/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Refusjon/fs:ForskrivesTilDato', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Refusjon/fs:UtleveresTilDato', d.xml),
        x.package_substitution_group_substitution_group,
        x.package_substitution_group_valid_from_date,
        x.package_substitution_group_valid_until_date,
        fest.to_boolean(x.medicine_administration_mixing_liquid),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:AdministreringLegemiddel/fs:RefBlandingsveske', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:AdministreringLegemiddel/fs:Administrasjonsvei/@V', d.xml),
        x.medicine_administration_can_be_crushed,
        x.medicine_administration_can_be_crushed_display,
        x.medicine_administration_can_be_opened,
        x.medicine_administration_can_be_opened_display,
        x.medicine_administration_bolus,
        x.medicine_administration_bolus_display,
        x.medicine_administration_injection_rate_bolus,
        x.medicine_administration_injection_rate_bolus_display,
        x.medicine_administration_division_of_dose,
        x.medicine_administration_division_of_dose_display,
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:AdministreringLegemiddel/fs:EnhetDosering/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:AdministreringLegemiddel/fs:Kortdose/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:AdministreringLegemiddel/fs:ForhandsregelInntak/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:AdministreringLegemiddel/fs:BruksomradeEtikett/@V', d.xml),
        x.black_triangle,
        x.black_triangle_display,
        x.id,
        x.item_number,
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Ean', d.xml),
        fest.to_boolean(x.without_preservative),
        x.storage,
        x.storage_display,
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:RefLegemiddelMerkevare', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Pakningsstr', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:EnhetPakning/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Pakningstype/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Multippel', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Antall', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Mengde', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Sortering', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:DDD/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Pakningsinfo/fs:Statistikkfaktor', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PakningsinfoResept/fs:Varenavn', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PakningsinfoResept/fs:Pakningsstr', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PakningsinfoResept/fs:EnhetPakning/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PrisVare/fs:Type/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PrisVare/fs:Pris/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PrisVare/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:PrisVare/fs:GyldigTilDato', d.xml),
        x.marketing_information_discontinued_item_number,
        x.marketing_information_marketing_date,
        x.marketing_information_withdrawal_date,
        x.marketing_information_temporarily_discontinued_date,
        x.marketing_information_unit_dose_repackager,
        fest.texts('/m30:OppfLegemiddelpakning/fs:Legemiddelpakning/fs:Preparatomtaleavsnitt/fs:Avsnittoverskrift/@V', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatLegemiddelpakning'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfLegemiddelpakning/fs:Legemiddelpakning' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        atc text PATH '(fs:Atc/@V)[1]',
        atc_display text PATH '(fs:Atc/@DN)[1]',
        name_form_strength text PATH '(fs:NavnFormStyrke)[1]',
        prescription_group text PATH '(fs:Reseptgruppe/@V)[1]',
        prescription_group_display text PATH '(fs:Reseptgruppe/@DN)[1]',
        pharmaceutical_form_short text PATH '(fs:LegemiddelformKort/@V)[1]',
        pharmaceutical_form_short_display text PATH '(fs:LegemiddelformKort/@DN)[1]',
        medication_type text PATH '(fs:Preparattype/@V)[1]',
        medication_type_display text PATH '(fs:Preparattype/@DN)[1]',
        application_type text PATH '(fs:TypeSoknadSlv/@V)[1]',
        application_type_display text PATH '(fs:TypeSoknadSlv/@DN)[1]',
        opioid_application text PATH '(fs:Opioidsoknad)[1]',
        package_substitution_group_substitution_group text PATH '(fs:PakningByttegruppe/fs:RefByttegruppe)[1]',
        package_substitution_group_valid_from_date text PATH '(fs:PakningByttegruppe/fs:GyldigFraDato)[1]',
        package_substitution_group_valid_until_date text PATH '(fs:PakningByttegruppe/fs:GyldigTilDato)[1]',
        medicine_administration_mixing_liquid text PATH '(fs:AdministreringLegemiddel/fs:Blandingsveske)[1]',
        medicine_administration_can_be_crushed text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@V)[1]',
        medicine_administration_can_be_crushed_display text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@DN)[1]',
        medicine_administration_can_be_opened text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@V)[1]',
        medicine_administration_can_be_opened_display text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@DN)[1]',
        medicine_administration_bolus text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@V)[1]',
        medicine_administration_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@DN)[1]',
        medicine_administration_injection_rate_bolus text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@V)[1]',
        medicine_administration_injection_rate_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@DN)[1]',
        medicine_administration_division_of_dose text PATH '(fs:AdministreringLegemiddel/fs:Deling/@V)[1]',
        medicine_administration_division_of_dose_display text PATH '(fs:AdministreringLegemiddel/fs:Deling/@DN)[1]',
        black_triangle text PATH '(fs:SvartTrekant/@V)[1]',
        black_triangle_display text PATH '(fs:SvartTrekant/@DN)[1]',
        id text PATH '(fs:Id)[1]',
        item_number text PATH '(fs:Varenr)[1]',
        without_preservative text PATH '(fs:IkkeKonservering)[1]',
        storage text PATH '(fs:Oppbevaring/@V)[1]',
        storage_display text PATH '(fs:Oppbevaring/@DN)[1]',
        marketing_information_discontinued_item_number text PATH '(fs:Markedsforingsinfo/fs:VarenrUtgaende)[1]',
        marketing_information_marketing_date text PATH '(fs:Markedsforingsinfo/fs:Markedsforingsdato)[1]',
        marketing_information_withdrawal_date text PATH '(fs:Markedsforingsinfo/fs:AvregDato)[1]',
        marketing_information_temporarily_discontinued_date text PATH '(fs:Markedsforingsinfo/fs:MidlUtgattDato)[1]',
        marketing_information_unit_dose_repackager text PATH '(fs:Markedsforingsinfo/fs:OmpakkerAvEndose)[1]') AS x
    WHERE r.serial = packages.serial
$$;
CREATE VIEW fest.packages AS SELECT * FROM fest.packages(fest.current_serial());

-- KatVirkestoff, /m30:OppfVirkestoff/fs:Virkestoff: ingredients.
CREATE FUNCTION fest.ingredients(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    name text,
    name_english text,
    full_active_substances text[],
    reimbursements_reimbursement_groups text[],
    reimbursements_valid_from_date text[],
    reimbursements_prescribe_until_date text[],
    reimbursements_dispense_until_date text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        x.name,
        x.name_english,
        fest.texts('/m30:OppfVirkestoff/fs:Virkestoff/fs:RefVirkestoff', d.xml),
        fest.texts('/m30:OppfVirkestoff/fs:Virkestoff/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        fest.texts('/m30:OppfVirkestoff/fs:Virkestoff/fs:Refusjon/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfVirkestoff/fs:Virkestoff/fs:Refusjon/fs:ForskrivesTilDato', d.xml),
        fest.texts('/m30:OppfVirkestoff/fs:Virkestoff/fs:Refusjon/fs:UtleveresTilDato', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatVirkestoff'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfVirkestoff/fs:Virkestoff' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(fs:Id)[1]',
        name text PATH '(fs:Navn)[1]',
        name_english text PATH '(fs:NavnEngelsk)[1]') AS x
    WHERE r.serial = ingredients.serial
$$;
CREATE VIEW fest.ingredients AS SELECT * FROM fest.ingredients(fest.current_serial());

-- KatVirkestoff, /m30:OppfVirkestoff/fs:VirkestoffMedStyrke: ingredient-strengths.
CREATE FUNCTION fest.ingredient_strengths(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    strength numeric,
    strength_unit text,
    strength_denominator numeric,
    strength_denominator_unit text,
    active_substance text,
    alternative_strength numeric,
    alternative_strength_unit text,
    alternative_strength_denominator numeric,
    alternative_strength_denominator_unit text,
    strength_operator text,
    strength_operator_display text,
    strength_upper_value numeric,
    atc_of_combination_component text,
    atc_of_combination_component_display text,
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        fest.to_number(x.strength),
        x.strength_unit,
        fest.to_number(x.strength_denominator),
        x.strength_denominator_unit,
        x.active_substance,
        fest.to_number(x.alternative_strength),
        x.alternative_strength_unit,
        fest.to_number(x.alternative_strength_denominator),
        x.alternative_strength_denominator_unit,
        x.strength_operator,
        x.strength_operator_display,
        fest.to_number(x.strength_upper_value),
        x.atc_of_combination_component,
        x.atc_of_combination_component_display,
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatVirkestoff'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfVirkestoff/fs:VirkestoffMedStyrke' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(fs:Id)[1]',
        strength text PATH '(fs:Styrke/@V)[1]',
        strength_unit text PATH '(fs:Styrke/@U)[1]',
        strength_denominator text PATH '(fs:StyrkeNevner/@V)[1]',
        strength_denominator_unit text PATH '(fs:StyrkeNevner/@U)[1]',
        active_substance text PATH '(fs:RefVirkestoff)[1]',
        alternative_strength text PATH '(fs:AlternativStyrke/@V)[1]',
        alternative_strength_unit text PATH '(fs:AlternativStyrke/@U)[1]',
        alternative_strength_denominator text PATH '(fs:AlternativStyrkeNevner/@V)[1]',
        alternative_strength_denominator_unit text PATH '(fs:AlternativStyrkeNevner/@U)[1]',
        strength_operator text PATH '(fs:Styrkeoperator/@V)[1]',
        strength_operator_display text PATH '(fs:Styrkeoperator/@DN)[1]',
        strength_upper_value text PATH '(fs:StyrkeOvreVerdi)[1]',
        atc_of_combination_component text PATH '(fs:AtcKombipreparat/@V)[1]',
        atc_of_combination_component_display text PATH '(fs:AtcKombipreparat/@DN)[1]') AS x
    WHERE r.serial = ingredient_strengths.serial
$$;
CREATE VIEW fest.ingredient_strengths AS SELECT * FROM fest.ingredient_strengths(fest.current_serial());

-- KatOrdineringVirkestoff, /m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff: ordering-substances.
CREATE FUNCTION fest.ordering_substances(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    name text,
    pharmaceutical_form_short text,
    pharmaceutical_form_short_display text,
    prescription_group text,
    prescription_group_display text,
    form_substitution_group text,
    ordering_units text[],
    atc text,
    atc_display text,
    medicine_administration_mixing_liquid boolean,
    medicine_administration_mixing_liquid_proposals text[],
    medicine_administration_routes_of_administration text[],
    medicine_administration_can_be_crushed text,
    medicine_administration_can_be_crushed_display text,
    medicine_administration_can_be_opened text,
    medicine_administration_can_be_opened_display text,
    medicine_administration_bolus text,
    medicine_administration_bolus_display text,
    medicine_administration_injection_rate_bolus text,
    medicine_administration_injection_rate_bolus_display text,
    medicine_administration_division_of_dose text,
    medicine_administration_division_of_dose_display text,
    medicine_administration_dosage_units text[],
    medicine_administration_short_doses text[],
    medicine_administration_ingestion_precautions text[],
    medicine_administration_label_application_areas text[],
    black_triangle text,
    black_triangle_display text,
    generics text[],
    doses text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        x.name,
        x.pharmaceutical_form_short,
        x.pharmaceutical_form_short_display,
        x.prescription_group,
        x.prescription_group_display,
        x.form_substitution_group,
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/m30:EnhetOrdinering/@V', d.xml),
        x.atc,
        x.atc_display,
        fest.to_boolean(x.medicine_administration_mixing_liquid),
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/fs:AdministreringLegemiddel/fs:RefBlandingsveske', d.xml),
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/fs:AdministreringLegemiddel/fs:Administrasjonsvei/@V', d.xml),
        x.medicine_administration_can_be_crushed,
        x.medicine_administration_can_be_crushed_display,
        x.medicine_administration_can_be_opened,
        x.medicine_administration_can_be_opened_display,
        x.medicine_administration_bolus,
        x.medicine_administration_bolus_display,
        x.medicine_administration_injection_rate_bolus,
        x.medicine_administration_injection_rate_bolus_display,
        x.medicine_administration_division_of_dose,
        x.medicine_administration_division_of_dose_display,
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/fs:AdministreringLegemiddel/fs:EnhetDosering/@V', d.xml),
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/fs:AdministreringLegemiddel/fs:Kortdose/@V', d.xml),
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/fs:AdministreringLegemiddel/fs:ForhandsregelInntak/@V', d.xml),
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/fs:AdministreringLegemiddel/fs:BruksomradeEtikett/@V', d.xml),
        x.black_triangle,
        x.black_triangle_display,
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/m30:RefLegemiddelVirkestoff', d.xml),
        fest.texts('/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff/m30:RefLegemiddelDose', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatOrdineringVirkestoff'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfOrdineringVirkestoff/m30:OrdineringVirkestoff' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(m30:Id)[1]',
        name text PATH '(m30:NavnVirkestoffOrdinering)[1]',
        pharmaceutical_form_short text PATH '(m30:LegemiddelformKort/@V)[1]',
        pharmaceutical_form_short_display text PATH '(m30:LegemiddelformKort/@DN)[1]',
        prescription_group text PATH '(m30:Reseptgruppe/@V)[1]',
        prescription_group_display text PATH '(m30:Reseptgruppe/@DN)[1]',
        form_substitution_group text PATH '(m30:RefByttegruppe)[1]',
        atc text PATH '(m30:Atc/@V)[1]',
        atc_display text PATH '(m30:Atc/@DN)[1]',
        medicine_administration_mixing_liquid text PATH '(fs:AdministreringLegemiddel/fs:Blandingsveske)[1]',
        medicine_administration_can_be_crushed text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@V)[1]',
        medicine_administration_can_be_crushed_display text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@DN)[1]',
        medicine_administration_can_be_opened text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@V)[1]',
        medicine_administration_can_be_opened_display text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@DN)[1]',
        medicine_administration_bolus text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@V)[1]',
        medicine_administration_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@DN)[1]',
        medicine_administration_injection_rate_bolus text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@V)[1]',
        medicine_administration_injection_rate_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@DN)[1]',
        medicine_administration_division_of_dose text PATH '(fs:AdministreringLegemiddel/fs:Deling/@V)[1]',
        medicine_administration_division_of_dose_display text PATH '(fs:AdministreringLegemiddel/fs:Deling/@DN)[1]',
        black_triangle text PATH '(m30:SvartTrekant/@V)[1]',
        black_triangle_display text PATH '(m30:SvartTrekant/@DN)[1]') AS x
    WHERE r.serial = ordering_substances.serial
$$;
CREATE VIEW fest.ordering_substances AS SELECT * FROM fest.ordering_substances(fest.current_serial());

-- KatLegemiddelVirkestoff, /m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff: generics.
CREATE FUNCTION fest.generics(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    atc text,
    atc_display text,
    name_form_strength text,
    prescription_group text,
    prescription_group_display text,
    pharmaceutical_form_short text,
    pharmaceutical_form_short_display text,
    conditions text[],
    medication_type text,
    medication_type_display text,
    application_type text,
    application_type_display text,
    opioid_application boolean,
    reimbursements_reimbursement_groups text[],
    reimbursements_valid_from_date text[],
    reimbursements_prescribe_until_date text[],
    reimbursements_dispense_until_date text[],
    package_substitution_group_substitution_group text,
    package_substitution_group_valid_from_date text,
    package_substitution_group_valid_until_date text,
    medicine_administration_mixing_liquid boolean,
    medicine_administration_mixing_liquid_proposals text[],
    medicine_administration_routes_of_administration text[],
    medicine_administration_can_be_crushed text,
    medicine_administration_can_be_crushed_display text,
    medicine_administration_can_be_opened text,
    medicine_administration_can_be_opened_display text,
    medicine_administration_bolus text,
    medicine_administration_bolus_display text,
    medicine_administration_injection_rate_bolus text,
    medicine_administration_injection_rate_bolus_display text,
    medicine_administration_division_of_dose text,
    medicine_administration_division_of_dose_display text,
    medicine_administration_dosage_units text[],
    medicine_administration_short_doses text[],
    medicine_administration_ingestion_precautions text[],
    medicine_administration_label_application_areas text[],
    black_triangle text,
    black_triangle_display text,
    id text,
    sorted_active_substances_with_strength_sorting text[],
    active_substance_with_strength text[],
    sorted_active_substances_without_strength_sorting text[],
    sorted_active_substances_without_strength_active_substance text[],
    drugs text[],
    packages text[],
    prescribing_units text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.atc,
        x.atc_display,
        x.name_form_strength,
        x.prescription_group,
        x.prescription_group_display,
        x.pharmaceutical_form_short,
        x.pharmaceutical_form_short_display,
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:RefVilkar', d.xml),
        x.medication_type,
        x.medication_type_display,
        x.application_type,
        x.application_type_display,
        fest.to_boolean(x.opioid_application),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:Refusjon/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:Refusjon/fs:ForskrivesTilDato', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:Refusjon/fs:UtleveresTilDato', d.xml),
        x.package_substitution_group_substitution_group,
        x.package_substitution_group_valid_from_date,
        x.package_substitution_group_valid_until_date,
        fest.to_boolean(x.medicine_administration_mixing_liquid),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:AdministreringLegemiddel/fs:RefBlandingsveske', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:AdministreringLegemiddel/fs:Administrasjonsvei/@V', d.xml),
        x.medicine_administration_can_be_crushed,
        x.medicine_administration_can_be_crushed_display,
        x.medicine_administration_can_be_opened,
        x.medicine_administration_can_be_opened_display,
        x.medicine_administration_bolus,
        x.medicine_administration_bolus_display,
        x.medicine_administration_injection_rate_bolus,
        x.medicine_administration_injection_rate_bolus_display,
        x.medicine_administration_division_of_dose,
        x.medicine_administration_division_of_dose_display,
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:AdministreringLegemiddel/fs:EnhetDosering/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:AdministreringLegemiddel/fs:Kortdose/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:AdministreringLegemiddel/fs:ForhandsregelInntak/@V', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:AdministreringLegemiddel/fs:BruksomradeEtikett/@V', d.xml),
        x.black_triangle,
        x.black_triangle_display,
        x.id,
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:SortertVirkestoffMedStyrke/fs:Sortering', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:SortertVirkestoffMedStyrke/fs:RefVirkestoffMedStyrke', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:SortertVirkestoffUtenStyrke/fs:Sortering', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:SortertVirkestoffUtenStyrke/fs:RefVirkestoff', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:RefLegemiddelMerkevare', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:RefPakning', d.xml),
        fest.texts('/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff/fs:ForskrivningsenhetResept/@V', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatLegemiddelVirkestoff'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfLegemiddelVirkestoff/fs:LegemiddelVirkestoff' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        atc text PATH '(fs:Atc/@V)[1]',
        atc_display text PATH '(fs:Atc/@DN)[1]',
        name_form_strength text PATH '(fs:NavnFormStyrke)[1]',
        prescription_group text PATH '(fs:Reseptgruppe/@V)[1]',
        prescription_group_display text PATH '(fs:Reseptgruppe/@DN)[1]',
        pharmaceutical_form_short text PATH '(fs:LegemiddelformKort/@V)[1]',
        pharmaceutical_form_short_display text PATH '(fs:LegemiddelformKort/@DN)[1]',
        medication_type text PATH '(fs:Preparattype/@V)[1]',
        medication_type_display text PATH '(fs:Preparattype/@DN)[1]',
        application_type text PATH '(fs:TypeSoknadSlv/@V)[1]',
        application_type_display text PATH '(fs:TypeSoknadSlv/@DN)[1]',
        opioid_application text PATH '(fs:Opioidsoknad)[1]',
        package_substitution_group_substitution_group text PATH '(fs:PakningByttegruppe/fs:RefByttegruppe)[1]',
        package_substitution_group_valid_from_date text PATH '(fs:PakningByttegruppe/fs:GyldigFraDato)[1]',
        package_substitution_group_valid_until_date text PATH '(fs:PakningByttegruppe/fs:GyldigTilDato)[1]',
        medicine_administration_mixing_liquid text PATH '(fs:AdministreringLegemiddel/fs:Blandingsveske)[1]',
        medicine_administration_can_be_crushed text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@V)[1]',
        medicine_administration_can_be_crushed_display text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@DN)[1]',
        medicine_administration_can_be_opened text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@V)[1]',
        medicine_administration_can_be_opened_display text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@DN)[1]',
        medicine_administration_bolus text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@V)[1]',
        medicine_administration_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@DN)[1]',
        medicine_administration_injection_rate_bolus text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@V)[1]',
        medicine_administration_injection_rate_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@DN)[1]',
        medicine_administration_division_of_dose text PATH '(fs:AdministreringLegemiddel/fs:Deling/@V)[1]',
        medicine_administration_division_of_dose_display text PATH '(fs:AdministreringLegemiddel/fs:Deling/@DN)[1]',
        black_triangle text PATH '(fs:SvartTrekant/@V)[1]',
        black_triangle_display text PATH '(fs:SvartTrekant/@DN)[1]',
        id text PATH '(fs:Id)[1]') AS x
    WHERE r.serial = generics.serial
$$;
CREATE VIEW fest.generics AS SELECT * FROM fest.generics(fest.current_serial());

-- KatHandelsvare, /m30:OppfHandelsvare/fs:Brystprotese: breast-prostheses.
CREATE FUNCTION fest.breast_prostheses(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    item_number text,
    name text,
    product_information_product_number text,
    product_information_volume text,
    product_information_size_unit text,
    product_information_size_unit_display text,
    product_information_number_per_package numeric,
    product_information_conditions text[],
    product_information_above_maximum_price_allowed boolean,
    supplier_name text,
    supplier_address text,
    supplier_telephone text,
    prices_price_type text[],
    prices_price text[],
    prices_valid_from_date text[],
    prices_valid_until_date text[],
    reimbursement_reimbursement_groups text[],
    reimbursement_valid_from_date text,
    reimbursement_prescribe_until_date text,
    reimbursement_dispense_until_date text,
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.item_number,
        x.name,
        x.product_information_product_number,
        x.product_information_volume,
        x.product_information_size_unit,
        x.product_information_size_unit_display,
        fest.to_number(x.product_information_number_per_package),
        fest.texts('/m30:OppfHandelsvare/fs:Brystprotese/fs:ProduktInfoVare/fs:RefVilkar', d.xml),
        fest.to_boolean(x.product_information_above_maximum_price_allowed),
        x.supplier_name,
        x.supplier_address,
        x.supplier_telephone,
        fest.texts('/m30:OppfHandelsvare/fs:Brystprotese/fs:PrisVare/fs:Type/@V', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Brystprotese/fs:PrisVare/fs:Pris/@V', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Brystprotese/fs:PrisVare/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Brystprotese/fs:PrisVare/fs:GyldigTilDato', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Brystprotese/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        x.reimbursement_valid_from_date,
        x.reimbursement_prescribe_until_date,
        x.reimbursement_dispense_until_date,
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatHandelsvare'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfHandelsvare/fs:Brystprotese' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        item_number text PATH '(fs:Nr)[1]',
        name text PATH '(fs:Navn)[1]',
        product_information_product_number text PATH '(fs:ProduktInfoVare/fs:ProduktNr)[1]',
        product_information_volume text PATH '(fs:ProduktInfoVare/fs:Volum)[1]',
        product_information_size_unit text PATH '(fs:ProduktInfoVare/fs:EnhetStorrelse/@V)[1]',
        product_information_size_unit_display text PATH '(fs:ProduktInfoVare/fs:EnhetStorrelse/@DN)[1]',
        product_information_number_per_package text PATH '(fs:ProduktInfoVare/fs:AntPerPakning)[1]',
        product_information_above_maximum_price_allowed text PATH '(fs:ProduktInfoVare/fs:TillattMerMakspris)[1]',
        supplier_name text PATH '(fs:Leverandor/fs:Navn)[1]',
        supplier_address text PATH '(fs:Leverandor/fs:Adresse)[1]',
        supplier_telephone text PATH '(fs:Leverandor/fs:Telefon)[1]',
        reimbursement_valid_from_date text PATH '(fs:Refusjon/fs:GyldigFraDato)[1]',
        reimbursement_prescribe_until_date text PATH '(fs:Refusjon/fs:ForskrivesTilDato)[1]',
        reimbursement_dispense_until_date text PATH '(fs:Refusjon/fs:UtleveresTilDato)[1]') AS x
    WHERE r.serial = breast_prostheses.serial
$$;
CREATE VIEW fest.breast_prostheses AS SELECT * FROM fest.breast_prostheses(fest.current_serial());

-- KatHandelsvare, /m30:OppfHandelsvare/fs:MedForbMatr: medical-consumables.
CREATE FUNCTION fest.medical_consumables(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    item_number text,
    name text,
    product_information_product_number text,
    product_information_volume text,
    product_information_size_unit text,
    product_information_size_unit_display text,
    product_information_number_per_package numeric,
    product_information_conditions text[],
    product_information_above_maximum_price_allowed boolean,
    supplier_name text,
    supplier_address text,
    supplier_telephone text,
    prices_price_type text[],
    prices_price text[],
    prices_valid_from_date text[],
    prices_valid_until_date text[],
    reimbursement_reimbursement_groups text[],
    reimbursement_valid_from_date text,
    reimbursement_prescribe_until_date text,
    reimbursement_dispense_until_date text,
    material_components_name text[],
    material_components_material text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.item_number,
        x.name,
        x.product_information_product_number,
        x.product_information_volume,
        x.product_information_size_unit,
        x.product_information_size_unit_display,
        fest.to_number(x.product_information_number_per_package),
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:ProduktInfoVare/fs:RefVilkar', d.xml),
        fest.to_boolean(x.product_information_above_maximum_price_allowed),
        x.supplier_name,
        x.supplier_address,
        x.supplier_telephone,
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:PrisVare/fs:Type/@V', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:PrisVare/fs:Pris/@V', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:PrisVare/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:PrisVare/fs:GyldigTilDato', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        x.reimbursement_valid_from_date,
        x.reimbursement_prescribe_until_date,
        x.reimbursement_dispense_until_date,
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:BestanddelMatr/fs:Navn', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:MedForbMatr/fs:BestanddelMatr/fs:Materiale', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatHandelsvare'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfHandelsvare/fs:MedForbMatr' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        item_number text PATH '(fs:Nr)[1]',
        name text PATH '(fs:Navn)[1]',
        product_information_product_number text PATH '(fs:ProduktInfoVare/fs:ProduktNr)[1]',
        product_information_volume text PATH '(fs:ProduktInfoVare/fs:Volum)[1]',
        product_information_size_unit text PATH '(fs:ProduktInfoVare/fs:EnhetStorrelse/@V)[1]',
        product_information_size_unit_display text PATH '(fs:ProduktInfoVare/fs:EnhetStorrelse/@DN)[1]',
        product_information_number_per_package text PATH '(fs:ProduktInfoVare/fs:AntPerPakning)[1]',
        product_information_above_maximum_price_allowed text PATH '(fs:ProduktInfoVare/fs:TillattMerMakspris)[1]',
        supplier_name text PATH '(fs:Leverandor/fs:Navn)[1]',
        supplier_address text PATH '(fs:Leverandor/fs:Adresse)[1]',
        supplier_telephone text PATH '(fs:Leverandor/fs:Telefon)[1]',
        reimbursement_valid_from_date text PATH '(fs:Refusjon/fs:GyldigFraDato)[1]',
        reimbursement_prescribe_until_date text PATH '(fs:Refusjon/fs:ForskrivesTilDato)[1]',
        reimbursement_dispense_until_date text PATH '(fs:Refusjon/fs:UtleveresTilDato)[1]') AS x
    WHERE r.serial = medical_consumables.serial
$$;
CREATE VIEW fest.medical_consumables AS SELECT * FROM fest.medical_consumables(fest.current_serial());

-- KatHandelsvare, /m30:OppfHandelsvare/fs:Naringsmiddel: nutrients.
CREATE FUNCTION fest.nutrients(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    item_number text,
    name text,
    product_information_product_number text,
    product_information_volume text,
    product_information_size_unit text,
    product_information_size_unit_display text,
    product_information_number_per_package numeric,
    product_information_conditions text[],
    product_information_above_maximum_price_allowed boolean,
    supplier_name text,
    supplier_address text,
    supplier_telephone text,
    prices_price_type text[],
    prices_price text[],
    prices_valid_from_date text[],
    prices_valid_until_date text[],
    reimbursement_reimbursement_groups text[],
    reimbursement_valid_from_date text,
    reimbursement_prescribe_until_date text,
    reimbursement_dispense_until_date text,
    strength_form_substance_strength text,
    strength_form_substance_form text,
    strength_form_substance_substances text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.item_number,
        x.name,
        x.product_information_product_number,
        x.product_information_volume,
        x.product_information_size_unit,
        x.product_information_size_unit_display,
        fest.to_number(x.product_information_number_per_package),
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:ProduktInfoVare/fs:RefVilkar', d.xml),
        fest.to_boolean(x.product_information_above_maximum_price_allowed),
        x.supplier_name,
        x.supplier_address,
        x.supplier_telephone,
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:PrisVare/fs:Type/@V', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:PrisVare/fs:Pris/@V', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:PrisVare/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:PrisVare/fs:GyldigTilDato', d.xml),
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        x.reimbursement_valid_from_date,
        x.reimbursement_prescribe_until_date,
        x.reimbursement_dispense_until_date,
        x.strength_form_substance_strength,
        x.strength_form_substance_form,
        fest.texts('/m30:OppfHandelsvare/fs:Naringsmiddel/fs:StyrkeFormStoff/fs:Stoff', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatHandelsvare'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfHandelsvare/fs:Naringsmiddel' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        item_number text PATH '(fs:Nr)[1]',
        name text PATH '(fs:Navn)[1]',
        product_information_product_number text PATH '(fs:ProduktInfoVare/fs:ProduktNr)[1]',
        product_information_volume text PATH '(fs:ProduktInfoVare/fs:Volum)[1]',
        product_information_size_unit text PATH '(fs:ProduktInfoVare/fs:EnhetStorrelse/@V)[1]',
        product_information_size_unit_display text PATH '(fs:ProduktInfoVare/fs:EnhetStorrelse/@DN)[1]',
        product_information_number_per_package text PATH '(fs:ProduktInfoVare/fs:AntPerPakning)[1]',
        product_information_above_maximum_price_allowed text PATH '(fs:ProduktInfoVare/fs:TillattMerMakspris)[1]',
        supplier_name text PATH '(fs:Leverandor/fs:Navn)[1]',
        supplier_address text PATH '(fs:Leverandor/fs:Adresse)[1]',
        supplier_telephone text PATH '(fs:Leverandor/fs:Telefon)[1]',
        reimbursement_valid_from_date text PATH '(fs:Refusjon/fs:GyldigFraDato)[1]',
        reimbursement_prescribe_until_date text PATH '(fs:Refusjon/fs:ForskrivesTilDato)[1]',
        reimbursement_dispense_until_date text PATH '(fs:Refusjon/fs:UtleveresTilDato)[1]',
        strength_form_substance_strength text PATH '(fs:StyrkeFormStoff/fs:Styrke)[1]',
        strength_form_substance_form text PATH '(fs:StyrkeFormStoff/fs:Form)[1]') AS x
    WHERE r.serial = nutrients.serial
$$;
CREATE VIEW fest.nutrients AS SELECT * FROM fest.nutrients(fest.current_serial());

-- KatDiagnose, /m30:OppfDiagnose/m30:Diagnose: diagnoses.
CREATE FUNCTION fest.diagnoses(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    diagnosis_code text,
    diagnosis_code_display text,
    application_area text,
    treatments_description text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        x.diagnosis_code,
        x.diagnosis_code_display,
        x.application_area,
        fest.texts('/m30:OppfDiagnose/m30:Diagnose/m30:Behandling/m30:Beskrivelse', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatDiagnose'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfDiagnose/m30:Diagnose' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(m30:Id)[1]',
        diagnosis_code text PATH '(m30:Diagnosekode/@V)[1]',
        diagnosis_code_display text PATH '(m30:Diagnosekode/@DN)[1]',
        application_area text PATH '(m30:Bruksomrade)[1]') AS x
    WHERE r.serial = diagnoses.serial
$$;
CREATE VIEW fest.diagnoses AS SELECT * FROM fest.diagnoses(fest.current_serial());

-- KatRefusjon, /m30:OppfRefusjon/m30:Refusjonshjemmel: reimbursements.
CREATE FUNCTION fest.reimbursements(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    statutory_authority text,
    statutory_authority_display text,
    requires_product_link boolean,
    requires_decision boolean,
    reimbursement_groups_id text[],
    reimbursement_groups_group_number text[],
    reimbursement_groups_atc text[],
    reimbursement_groups_requires_reimbursement_code text[],
    reimbursement_groups_reimbursable_use text[],
    reimbursement_groups_conditions text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.statutory_authority,
        x.statutory_authority_display,
        fest.to_boolean(x.requires_product_link),
        fest.to_boolean(x.requires_decision),
        fest.texts('/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:Id', d.xml),
        fest.texts('/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:GruppeNr/@V', d.xml),
        fest.texts('/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:Atc/@V', d.xml),
        fest.texts('/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:KreverRefusjonskode', d.xml),
        fest.texts('/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:RefusjonsberettighetBruk', d.xml),
        fest.texts('/m30:OppfRefusjon/m30:Refusjonshjemmel/m30:Refusjonsgruppe/m30:RefVilkar', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatRefusjon'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfRefusjon/m30:Refusjonshjemmel' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        statutory_authority text PATH '(m30:Refusjonshjemmel/@V)[1]',
        statutory_authority_display text PATH '(m30:Refusjonshjemmel/@DN)[1]',
        requires_product_link text PATH '(m30:KreverVarekobling)[1]',
        requires_decision text PATH '(m30:KreverVedtak)[1]') AS x
    WHERE r.serial = reimbursements.serial
$$;
CREATE VIEW fest.reimbursements AS SELECT * FROM fest.reimbursements(fest.current_serial());

-- KatVilkar, /m30:OppfVilkar/m30:Vilkar: conditions.
CREATE FUNCTION fest.conditions(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    condition_number text,
    condition_group text,
    condition_group_display text,
    applies_to text,
    applies_to_display text,
    text text,
    valid_from_date text,
    valid_until_date text,
    structured_conditions_type text[],
    structured_conditions_text_values text[],
    structured_conditions_coded_values text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        x.condition_number,
        x.condition_group,
        x.condition_group_display,
        x.applies_to,
        x.applies_to_display,
        x.text,
        x.valid_from_date,
        x.valid_until_date,
        fest.texts('/m30:OppfVilkar/m30:Vilkar/m30:StrukturertVilkar/m30:Type/@V', d.xml),
        fest.texts('/m30:OppfVilkar/m30:Vilkar/m30:StrukturertVilkar/m30:VerdiTekst', d.xml),
        fest.texts('/m30:OppfVilkar/m30:Vilkar/m30:StrukturertVilkar/m30:VerdiKodet/@V', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatVilkar'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfVilkar/m30:Vilkar' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(m30:Id)[1]',
        condition_number text PATH '(m30:VilkarNr)[1]',
        condition_group text PATH '(m30:Gruppe/@V)[1]',
        condition_group_display text PATH '(m30:Gruppe/@DN)[1]',
        applies_to text PATH '(m30:GjelderFor/@V)[1]',
        applies_to_display text PATH '(m30:GjelderFor/@DN)[1]',
        text text PATH '(m30:Tekst)[1]',
        valid_from_date text PATH '(m30:GyldigFraDato)[1]',
        valid_until_date text PATH '(m30:GyldigTilDato)[1]') AS x
    WHERE r.serial = conditions.serial
$$;
CREATE VIEW fest.conditions AS SELECT * FROM fest.conditions(fest.current_serial());

-- KatVarselSlv, /m30:OppfVarselSlv/m30:VarselSlv: notifications.
CREATE FUNCTION fest.notifications(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    notification_type text,
    notification_type_display text,
    headline text,
    text text,
    display_rules text[],
    coded_information text[],
    from_date text,
    link_description text,
    link_url text,
    referenced_elements_class text[],
    referenced_elements_elements text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.notification_type,
        x.notification_type_display,
        x.headline,
        x.text,
        fest.texts('/m30:OppfVarselSlv/m30:VarselSlv/m30:Visningsregel/@V', d.xml),
        fest.texts('/m30:OppfVarselSlv/m30:VarselSlv/m30:KodetInfo/@V', d.xml),
        x.from_date,
        x.link_description,
        x.link_url,
        fest.texts('/m30:OppfVarselSlv/m30:VarselSlv/m30:Referanseelement/m30:Klasse/@V', d.xml),
        fest.texts('/m30:OppfVarselSlv/m30:VarselSlv/m30:Referanseelement/m30:RefElement', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatVarselSlv'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfVarselSlv/m30:VarselSlv' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        notification_type text PATH '(m30:Type/@V)[1]',
        notification_type_display text PATH '(m30:Type/@DN)[1]',
        headline text PATH '(m30:Overskrift)[1]',
        text text PATH '(m30:Varseltekst)[1]',
        from_date text PATH '(m30:FraDato)[1]',
        link_description text PATH '(fs:Lenke/fs:Beskrivelse)[1]',
        link_url text PATH '(fs:Lenke/fs:Www/@V)[1]') AS x
    WHERE r.serial = notifications.serial
$$;
CREATE VIEW fest.notifications AS SELECT * FROM fest.notifications(fest.current_serial());

-- KatKodeverk, /m30:OppfKodeverk: code-systems.
CREATE FUNCTION fest.code_systems(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    info_oid text,
    info_designation text,
    info_short_name text,
    info_responsible_publisher text,
    info_remark text,
    elements_id text[],
    elements_parent text[],
    elements_code text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.info_oid,
        x.info_designation,
        x.info_short_name,
        x.info_responsible_publisher,
        x.info_remark,
        fest.texts('/m30:OppfKodeverk/m30:Element/m30:Id', d.xml),
        fest.texts('/m30:OppfKodeverk/m30:Element/m30:ParentId', d.xml),
        fest.texts('/m30:OppfKodeverk/m30:Element/m30:Kode', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatKodeverk'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfKodeverk' PASSING d.xml COLUMNS
        entry_id text PATH '(m30:Id)[1]',
        registration_time text PATH '(m30:Tidspunkt)[1]',
        registration_status text PATH '(m30:Status/@V)[1]',
        registration_status_display text PATH '(m30:Status/@DN)[1]',
        info_oid text PATH '(m30:Info/m30:Id)[1]',
        info_designation text PATH '(m30:Info/m30:Betegnelse)[1]',
        info_short_name text PATH '(m30:Info/m30:Kortnavn)[1]',
        info_responsible_publisher text PATH '(m30:Info/m30:AnsvarligUtgiver)[1]',
        info_remark text PATH '(m30:Info/m30:Merknad)[1]') AS x
    WHERE r.serial = code_systems.serial
$$;
CREATE VIEW fest.code_systems AS SELECT * FROM fest.code_systems(fest.current_serial());

-- KatByttegruppe, /m30:OppfByttegruppe/m30:Byttegruppe: substitution-groups.
CREATE FUNCTION fest.substitution_groups(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    code text,
    code_display text,
    remark_regarding_substitution boolean,
    substitution_description text,
    valid_from_date text,
    valid_until_date text,
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        x.code,
        x.code_display,
        fest.to_boolean(x.remark_regarding_substitution),
        x.substitution_description,
        x.valid_from_date,
        x.valid_until_date,
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatByttegruppe'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfByttegruppe/m30:Byttegruppe' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(m30:Id)[1]',
        code text PATH '(m30:Kode/@V)[1]',
        code_display text PATH '(m30:Kode/@DN)[1]',
        remark_regarding_substitution text PATH '(m30:MerknadTilByttbarhet)[1]',
        substitution_description text PATH '(m30:BeskrivelseByttbarhet)[1]',
        valid_from_date text PATH '(m30:GyldigFraDato)[1]',
        valid_until_date text PATH '(m30:GyldigTilDato)[1]') AS x
    WHERE r.serial = substitution_groups.serial
$$;
CREATE VIEW fest.substitution_groups AS SELECT * FROM fest.substitution_groups(fest.current_serial());

-- KatLegemiddeldose, /m30:OppfLegemiddeldose/fs:Legemiddeldose: doses.
CREATE FUNCTION fest.doses(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    atc text,
    atc_display text,
    name_form_strength text,
    prescription_group text,
    prescription_group_display text,
    pharmaceutical_form_short text,
    pharmaceutical_form_short_display text,
    conditions text[],
    medication_type text,
    medication_type_display text,
    application_type text,
    application_type_display text,
    opioid_application boolean,
    reimbursements_reimbursement_groups text[],
    reimbursements_valid_from_date text[],
    reimbursements_prescribe_until_date text[],
    reimbursements_dispense_until_date text[],
    package_substitution_group_substitution_group text,
    package_substitution_group_valid_from_date text,
    package_substitution_group_valid_until_date text,
    medicine_administration_mixing_liquid boolean,
    medicine_administration_mixing_liquid_proposals text[],
    medicine_administration_routes_of_administration text[],
    medicine_administration_can_be_crushed text,
    medicine_administration_can_be_crushed_display text,
    medicine_administration_can_be_opened text,
    medicine_administration_can_be_opened_display text,
    medicine_administration_bolus text,
    medicine_administration_bolus_display text,
    medicine_administration_injection_rate_bolus text,
    medicine_administration_injection_rate_bolus_display text,
    medicine_administration_division_of_dose text,
    medicine_administration_division_of_dose_display text,
    medicine_administration_dosage_units text[],
    medicine_administration_short_doses text[],
    medicine_administration_ingestion_precautions text[],
    medicine_administration_label_application_areas text[],
    black_triangle text,
    black_triangle_display text,
    id text,
    lmr_number text,
    quantity numeric,
    quantity_unit text,
    package_type text,
    package_type_display text,
    drug text,
    packages text[],
    package_components_package_type text[],
    package_components_quantity text[],
    package_components_number text[],
    ordering_units text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.atc,
        x.atc_display,
        x.name_form_strength,
        x.prescription_group,
        x.prescription_group_display,
        x.pharmaceutical_form_short,
        x.pharmaceutical_form_short_display,
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:RefVilkar', d.xml),
        x.medication_type,
        x.medication_type_display,
        x.application_type,
        x.application_type_display,
        fest.to_boolean(x.opioid_application),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Refusjon/fs:RefRefusjonsgruppe', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Refusjon/fs:GyldigFraDato', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Refusjon/fs:ForskrivesTilDato', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Refusjon/fs:UtleveresTilDato', d.xml),
        x.package_substitution_group_substitution_group,
        x.package_substitution_group_valid_from_date,
        x.package_substitution_group_valid_until_date,
        fest.to_boolean(x.medicine_administration_mixing_liquid),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:AdministreringLegemiddel/fs:RefBlandingsveske', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:AdministreringLegemiddel/fs:Administrasjonsvei/@V', d.xml),
        x.medicine_administration_can_be_crushed,
        x.medicine_administration_can_be_crushed_display,
        x.medicine_administration_can_be_opened,
        x.medicine_administration_can_be_opened_display,
        x.medicine_administration_bolus,
        x.medicine_administration_bolus_display,
        x.medicine_administration_injection_rate_bolus,
        x.medicine_administration_injection_rate_bolus_display,
        x.medicine_administration_division_of_dose,
        x.medicine_administration_division_of_dose_display,
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:AdministreringLegemiddel/fs:EnhetDosering/@V', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:AdministreringLegemiddel/fs:Kortdose/@V', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:AdministreringLegemiddel/fs:ForhandsregelInntak/@V', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:AdministreringLegemiddel/fs:BruksomradeEtikett/@V', d.xml),
        x.black_triangle,
        x.black_triangle_display,
        x.id,
        x.lmr_number,
        fest.to_number(x.quantity),
        x.quantity_unit,
        x.package_type,
        x.package_type_display,
        x.drug,
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:RefPakning', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Pakningskomponent/fs:Pakningstype/@V', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Pakningskomponent/fs:Mengde/@V', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:Pakningskomponent/fs:Antall', d.xml),
        fest.texts('/m30:OppfLegemiddeldose/fs:Legemiddeldose/fs:EnhetOrdinering/@V', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatLegemiddeldose'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfLegemiddeldose/fs:Legemiddeldose' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        atc text PATH '(fs:Atc/@V)[1]',
        atc_display text PATH '(fs:Atc/@DN)[1]',
        name_form_strength text PATH '(fs:NavnFormStyrke)[1]',
        prescription_group text PATH '(fs:Reseptgruppe/@V)[1]',
        prescription_group_display text PATH '(fs:Reseptgruppe/@DN)[1]',
        pharmaceutical_form_short text PATH '(fs:LegemiddelformKort/@V)[1]',
        pharmaceutical_form_short_display text PATH '(fs:LegemiddelformKort/@DN)[1]',
        medication_type text PATH '(fs:Preparattype/@V)[1]',
        medication_type_display text PATH '(fs:Preparattype/@DN)[1]',
        application_type text PATH '(fs:TypeSoknadSlv/@V)[1]',
        application_type_display text PATH '(fs:TypeSoknadSlv/@DN)[1]',
        opioid_application text PATH '(fs:Opioidsoknad)[1]',
        package_substitution_group_substitution_group text PATH '(fs:PakningByttegruppe/fs:RefByttegruppe)[1]',
        package_substitution_group_valid_from_date text PATH '(fs:PakningByttegruppe/fs:GyldigFraDato)[1]',
        package_substitution_group_valid_until_date text PATH '(fs:PakningByttegruppe/fs:GyldigTilDato)[1]',
        medicine_administration_mixing_liquid text PATH '(fs:AdministreringLegemiddel/fs:Blandingsveske)[1]',
        medicine_administration_can_be_crushed text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@V)[1]',
        medicine_administration_can_be_crushed_display text PATH '(fs:AdministreringLegemiddel/fs:KanKnuses/@DN)[1]',
        medicine_administration_can_be_opened text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@V)[1]',
        medicine_administration_can_be_opened_display text PATH '(fs:AdministreringLegemiddel/fs:KanApnes/@DN)[1]',
        medicine_administration_bolus text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@V)[1]',
        medicine_administration_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:Bolus/@DN)[1]',
        medicine_administration_injection_rate_bolus text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@V)[1]',
        medicine_administration_injection_rate_bolus_display text PATH '(fs:AdministreringLegemiddel/fs:InjeksjonshastighetBolus/@DN)[1]',
        medicine_administration_division_of_dose text PATH '(fs:AdministreringLegemiddel/fs:Deling/@V)[1]',
        medicine_administration_division_of_dose_display text PATH '(fs:AdministreringLegemiddel/fs:Deling/@DN)[1]',
        black_triangle text PATH '(fs:SvartTrekant/@V)[1]',
        black_triangle_display text PATH '(fs:SvartTrekant/@DN)[1]',
        id text PATH '(fs:Id)[1]',
        lmr_number text PATH '(fs:LmrLopenr)[1]',
        quantity text PATH '(fs:Mengde/@V)[1]',
        quantity_unit text PATH '(fs:Mengde/@U)[1]',
        package_type text PATH '(fs:Pakningstype/@V)[1]',
        package_type_display text PATH '(fs:Pakningstype/@DN)[1]',
        drug text PATH '(fs:RefLegemiddelMerkevare)[1]') AS x
    WHERE r.serial = doses.serial
$$;
CREATE VIEW fest.doses AS SELECT * FROM fest.doses(fest.current_serial());

-- KatInteraksjon, /m30:OppfInteraksjon/m30:Interaksjon: interactions.
CREATE FUNCTION fest.interactions(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    id text,
    relevance text,
    relevance_display text,
    situation_criterion text,
    clinical_consequence text,
    interaction_mechanism text,
    source_basis text,
    source_basis_display text,
    handling text,
    display_rules text[],
    references_source text[],
    references_url text[],
    substance_groups_name text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.id,
        x.relevance,
        x.relevance_display,
        x.situation_criterion,
        x.clinical_consequence,
        x.interaction_mechanism,
        x.source_basis,
        x.source_basis_display,
        x.handling,
        fest.texts('/m30:OppfInteraksjon/m30:Interaksjon/m30:Visningsregel/@V', d.xml),
        fest.texts('/m30:OppfInteraksjon/m30:Interaksjon/m30:Referanse/m30:Kilde', d.xml),
        fest.texts('/m30:OppfInteraksjon/m30:Interaksjon/m30:Referanse/m30:Lenke/@V', d.xml),
        fest.texts('/m30:OppfInteraksjon/m30:Interaksjon/m30:Substansgruppe/m30:Navn', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatInteraksjon'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfInteraksjon/m30:Interaksjon' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        id text PATH '(m30:Id)[1]',
        relevance text PATH '(m30:Relevans/@V)[1]',
        relevance_display text PATH '(m30:Relevans/@DN)[1]',
        situation_criterion text PATH '(m30:Situasjonskriterium)[1]',
        clinical_consequence text PATH '(m30:KliniskKonsekvens)[1]',
        interaction_mechanism text PATH '(m30:Interaksjonsmekanisme)[1]',
        source_basis text PATH '(m30:Kildegrunnlag/@V)[1]',
        source_basis_display text PATH '(m30:Kildegrunnlag/@DN)[1]',
        handling text PATH '(m30:Handtering)[1]') AS x
    WHERE r.serial = interactions.serial
$$;
CREATE VIEW fest.interactions AS SELECT * FROM fest.interactions(fest.current_serial());

-- KatInteraksjon, /m30:OppfInteraksjon/m30:InteraksjonIkkeVurdert: interactions-not-assessed.
CREATE FUNCTION fest.interactions_not_assessed(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    atc text,
    atc_display text,
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.atc,
        x.atc_display,
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatInteraksjon'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfInteraksjon/m30:InteraksjonIkkeVurdert' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        atc text PATH '(m30:Atc/@V)[1]',
        atc_display text PATH '(m30:Atc/@DN)[1]') AS x
    WHERE r.serial = interactions_not_assessed.serial
$$;
CREATE VIEW fest.interactions_not_assessed AS SELECT * FROM fest.interactions_not_assessed(fest.current_serial());

-- KatStrDosering, /m30:OppfStrDosering/m30:Kortdose: short-doses.
CREATE FUNCTION fest.short_doses(serial bigint)
RETURNS TABLE (release bigint, ordinal bigint,
    entry_id text,
    registration_time text,
    registration_status text,
    registration_status_display text,
    short_dose text,
    short_dose_display text,
    term_description text,
    medicine_consumptions_sequence_number text[],
    medicine_consumptions_quantity text[],
    medicine_consumptions_period text[],
    medicine_consumptions_iterations text[],
    xml xml)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$
    SELECT r.serial, o.ordinal,
        x.entry_id,
        x.registration_time,
        x.registration_status,
        x.registration_status_display,
        x.short_dose,
        x.short_dose_display,
        x.term_description,
        fest.texts('/m30:OppfStrDosering/m30:Kortdose/m30:Legemiddelforbruk/m30:Lopenr', d.xml),
        fest.texts('/m30:OppfStrDosering/m30:Kortdose/m30:Legemiddelforbruk/m30:Mengde', d.xml),
        fest.texts('/m30:OppfStrDosering/m30:Kortdose/m30:Legemiddelforbruk/m30:Periode', d.xml),
        fest.texts('/m30:OppfStrDosering/m30:Kortdose/m30:Legemiddelforbruk/m30:Iterasjoner', d.xml),
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = 'KatStrDosering'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://www.kith.no/xmlstds/eresept/m30/2014-12-01' AS m30, 'http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01' AS fs), '/m30:OppfStrDosering/m30:Kortdose' PASSING d.xml COLUMNS
        entry_id text PATH '(../m30:Id)[1]',
        registration_time text PATH '(../m30:Tidspunkt)[1]',
        registration_status text PATH '(../m30:Status/@V)[1]',
        registration_status_display text PATH '(../m30:Status/@DN)[1]',
        short_dose text PATH '(m30:Kortdose/@V)[1]',
        short_dose_display text PATH '(m30:Kortdose/@DN)[1]',
        term_description text PATH '(m30:BeskrivelseTerm)[1]') AS x
    WHERE r.serial = short_doses.serial
$$;
CREATE VIEW fest.short_doses AS SELECT * FROM fest.short_doses(fest.current_serial());
---- create above / drop below ----
DROP VIEW fest.drugs;
DROP FUNCTION fest.drugs(bigint);
DROP VIEW fest.packages;
DROP FUNCTION fest.packages(bigint);
DROP VIEW fest.ingredients;
DROP FUNCTION fest.ingredients(bigint);
DROP VIEW fest.ingredient_strengths;
DROP FUNCTION fest.ingredient_strengths(bigint);
DROP VIEW fest.ordering_substances;
DROP FUNCTION fest.ordering_substances(bigint);
DROP VIEW fest.generics;
DROP FUNCTION fest.generics(bigint);
DROP VIEW fest.breast_prostheses;
DROP FUNCTION fest.breast_prostheses(bigint);
DROP VIEW fest.medical_consumables;
DROP FUNCTION fest.medical_consumables(bigint);
DROP VIEW fest.nutrients;
DROP FUNCTION fest.nutrients(bigint);
DROP VIEW fest.diagnoses;
DROP FUNCTION fest.diagnoses(bigint);
DROP VIEW fest.reimbursements;
DROP FUNCTION fest.reimbursements(bigint);
DROP VIEW fest.conditions;
DROP FUNCTION fest.conditions(bigint);
DROP VIEW fest.notifications;
DROP FUNCTION fest.notifications(bigint);
DROP VIEW fest.code_systems;
DROP FUNCTION fest.code_systems(bigint);
DROP VIEW fest.substitution_groups;
DROP FUNCTION fest.substitution_groups(bigint);
DROP VIEW fest.doses;
DROP FUNCTION fest.doses(bigint);
DROP VIEW fest.interactions;
DROP FUNCTION fest.interactions(bigint);
DROP VIEW fest.interactions_not_assessed;
DROP FUNCTION fest.interactions_not_assessed(bigint);
DROP VIEW fest.short_doses;
DROP FUNCTION fest.short_doses(bigint);
DROP FUNCTION fest.texts(text, xml);
DROP FUNCTION fest.to_boolean(text);
DROP FUNCTION fest.to_number(text);
