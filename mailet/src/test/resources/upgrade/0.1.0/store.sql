-- What 0.1.0 leaves in its database, by pg_dump.
CREATE TABLE dane_counter (
    run character varying(100) NOT NULL,
    hour timestamp with time zone NOT NULL,
    domain character varying(1100) NOT NULL,
    finding character varying(50) NOT NULL,
    reason character varying(50) NOT NULL,
    count bigint NOT NULL
);
CREATE TABLE dane_entry (
    kind text NOT NULL,
    key character varying(1100) NOT NULL,
    value character varying(30) NOT NULL,
    reason character varying(1000) NOT NULL,
    owner character varying(600) NOT NULL,
    expiry timestamp with time zone,
    since timestamp with time zone NOT NULL
);
CREATE TABLE dane_history (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(20) NOT NULL,
    kind text NOT NULL,
    key character varying(1100) NOT NULL,
    value character varying(30) NOT NULL,
    reason character varying(1000) NOT NULL,
    owner character varying(600) NOT NULL,
    expiry timestamp with time zone,
    since timestamp with time zone NOT NULL
);
CREATE SEQUENCE dane_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE dane_history_id_seq OWNED BY dane_history.id;
CREATE TABLE dane_revision (
    kind text NOT NULL,
    revision bigint NOT NULL
);
CREATE TABLE dane_schema (
    version integer NOT NULL
);
ALTER TABLE ONLY dane_history ALTER COLUMN id SET DEFAULT nextval('dane_history_id_seq'::regclass);
INSERT INTO dane_counter VALUES ('run-of-0.1.0', '2026-11-01 12:00:00+00', 'example.com', 'would-have-deferred', 'validation-failure', 17);
INSERT INTO dane_entry VALUES ('policies', 'example.com', 'may', 'their certificate ran out', 'ops@provider.example', '2027-08-28 12:00:00+00', '2026-11-01 12:00:00+00');
INSERT INTO dane_entry VALUES ('policies', '.example.org', 'dane-only', 'contract 17', 'ops@provider.example', NULL, '2026-11-01 12:00:00+00');
INSERT INTO dane_entry VALUES ('negative-trust-anchors', 'broken.example', '', 'their roll-over went wrong', 'ops@provider.example', '2026-11-07 12:00:00+00', '2026-11-01 12:00:00+00');
INSERT INTO dane_history VALUES (1, '2026-11-01 12:00:00+00', 'set', 'policies', 'example.com', 'may', 'their certificate ran out', 'ops@provider.example', '2027-08-28 12:00:00+00', '2026-11-01 12:00:00+00');
INSERT INTO dane_history VALUES (2, '2026-11-01 12:00:00+00', 'set', 'policies', '.example.org', 'dane-only', 'contract 17', 'ops@provider.example', NULL, '2026-11-01 12:00:00+00');
INSERT INTO dane_history VALUES (3, '2026-11-01 12:00:00+00', 'set', 'policies', 'old.example', 'none', 'to be removed', 'ops@provider.example', NULL, '2026-11-01 12:00:00+00');
INSERT INTO dane_history VALUES (4, '2026-11-01 12:00:00+00', 'removed', 'policies', 'old.example', 'none', 'to be removed', 'ops@provider.example', NULL, '2026-11-01 12:00:00+00');
INSERT INTO dane_history VALUES (5, '2026-11-01 12:00:00+00', 'set', 'negative-trust-anchors', 'broken.example', '', 'their roll-over went wrong', 'ops@provider.example', '2026-11-07 12:00:00+00', '2026-11-01 12:00:00+00');
INSERT INTO dane_revision VALUES ('policies', 4);
INSERT INTO dane_revision VALUES ('negative-trust-anchors', 1);
INSERT INTO dane_schema VALUES (1);
SELECT pg_catalog.setval('dane_history_id_seq', 5, true);
ALTER TABLE ONLY dane_counter
    ADD CONSTRAINT dane_counter_pkey PRIMARY KEY (hour, domain, finding, reason, run);
ALTER TABLE ONLY dane_entry
    ADD CONSTRAINT dane_entry_pkey PRIMARY KEY (kind, key);
ALTER TABLE ONLY dane_history
    ADD CONSTRAINT dane_history_pkey PRIMARY KEY (id);
ALTER TABLE ONLY dane_revision
    ADD CONSTRAINT dane_revision_pkey PRIMARY KEY (kind);
CREATE INDEX dane_history_key ON dane_history USING btree (kind, key, id);
ALTER TABLE ONLY dane_entry
    ADD CONSTRAINT dane_entry_kind_fkey FOREIGN KEY (kind) REFERENCES dane_revision(kind);
