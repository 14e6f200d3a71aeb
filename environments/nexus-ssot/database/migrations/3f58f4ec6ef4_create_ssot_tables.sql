-- The single source of truth (SSOT) for names, and the API that speaks them.
--
--   ssot_anchors       the one place where a thing is defined: an entity, an attribute of one, a figure
--   alias_definitions  what somebody else calls it: the API, a screen, a report, an older system, a partner
--   api_endpoints      who asks
--
-- An alias means one thing in its context, or the database refuses it. resolve_alias() goes from a name to its anchor.
-- Users come with the next migration, and with them the foreign keys of created_by.

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION set_updated_at IS 'Trigger of every table that has updated_at';

----------------------------------------------------------------------------------------------------------------------
-- Endpoints
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE api_endpoints (
    id                    uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    name                  varchar(100) NOT NULL CONSTRAINT ix_api_endpoints_name UNIQUE
                                       CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    method                varchar(10)  NOT NULL CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    path                  varchar(255) NOT NULL CHECK (path LIKE '/%'),
    version               varchar(10)  NOT NULL DEFAULT 'v1' CHECK (version ~ '^v[0-9]+$'),
    description           text         NOT NULL DEFAULT '',
    status                varchar(20)  NOT NULL DEFAULT 'active'
                                       CHECK (status IN ('draft', 'active', 'deprecated', 'retired')),
    is_public             boolean      NOT NULL DEFAULT false,
    required_permission   varchar(100) CHECK (required_permission ~ '^[a-z_]+:[a-z_]+$'),
    rate_limit_per_minute integer      NOT NULL DEFAULT 60 CHECK (rate_limit_per_minute > 0),
    sunset_at             timestamptz,
    metadata              jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    created_by            uuid,
    created_at            timestamptz  NOT NULL DEFAULT now(),
    updated_at            timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT api_endpoints_method_path_version_key UNIQUE (method, path, version),
    CONSTRAINT api_endpoints_public_or_permission CHECK (is_public = (required_permission IS NULL)),
    CONSTRAINT api_endpoints_sunset_if_going CHECK ((status IN ('deprecated', 'retired')) = (sunset_at IS NOT NULL))
);

CREATE INDEX ix_api_endpoints_created_by ON api_endpoints (created_by);
CREATE INDEX ix_api_endpoints_required_permission ON api_endpoints (required_permission);

COMMENT ON TABLE api_endpoints IS 'API endpoint definitions';
COMMENT ON COLUMN api_endpoints.required_permission IS 'What roles.permissions has to contain; NULL: anybody may call';
COMMENT ON COLUMN api_endpoints.sunset_at IS 'When it stops answering; NULL: it isn''t on its way out';
COMMENT ON COLUMN api_endpoints.created_by IS 'NULL: nobody in particular, or somebody who is gone';

----------------------------------------------------------------------------------------------------------------------
-- Anchors
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE ssot_anchors (
    id            uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    name          varchar(150) NOT NULL CONSTRAINT ix_ssot_anchors_name UNIQUE
                               CHECK (name ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$'),
    anchor_type   varchar(20)  NOT NULL CHECK (anchor_type IN ('entity', 'attribute', 'metric')),
    parent_id     uuid         REFERENCES ssot_anchors ON DELETE CASCADE,
    source_table  varchar(63),
    source_column varchar(63),
    expression    text,
    data_type     varchar(63),
    description   text         NOT NULL DEFAULT '',
    status        varchar(20)  NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'deprecated')),
    is_sensitive  boolean      NOT NULL DEFAULT false,
    version       integer      NOT NULL DEFAULT 1 CHECK (version > 0),
    metadata      jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    created_by    uuid,
    created_at    timestamptz  NOT NULL DEFAULT now(),
    updated_at    timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT ssot_anchors_source_key UNIQUE (source_table, source_column),
    CONSTRAINT ssot_anchors_metric_is_computed CHECK ((anchor_type = 'metric') = (expression IS NOT NULL)),
    CONSTRAINT ssot_anchors_others_are_stored CHECK ((anchor_type = 'metric') = (source_table IS NULL)),
    CONSTRAINT ssot_anchors_attribute_has_parent CHECK ((anchor_type = 'attribute') = (parent_id IS NOT NULL)),
    CONSTRAINT ssot_anchors_attribute_has_column CHECK ((anchor_type = 'attribute') = (source_column IS NOT NULL)),
    CONSTRAINT ssot_anchors_attribute_has_type CHECK (anchor_type = 'entity' OR data_type IS NOT NULL)
);

CREATE UNIQUE INDEX ix_ssot_anchors_entity ON ssot_anchors (source_table) WHERE anchor_type = 'entity';
CREATE INDEX ix_ssot_anchors_parent_id ON ssot_anchors (parent_id);
CREATE INDEX ix_ssot_anchors_created_by ON ssot_anchors (created_by);

COMMENT ON TABLE ssot_anchors IS 'SSOT anchor points: where each thing is defined, once';
COMMENT ON COLUMN ssot_anchors.name IS 'An entity by itself (`users`), an attribute behind its entity (`users.email`)';
COMMENT ON COLUMN ssot_anchors.parent_id IS 'The entity that an attribute belongs to; NULL: no attribute';
COMMENT ON COLUMN ssot_anchors.source_table IS 'Where it is stored; NULL: a metric, which is computed';
COMMENT ON COLUMN ssot_anchors.source_column IS 'NULL: no attribute';
COMMENT ON COLUMN ssot_anchors.expression IS 'How a metric is computed; NULL: no metric, it is stored';
COMMENT ON COLUMN ssot_anchors.data_type IS 'NULL: an entity, which is a whole row';
COMMENT ON COLUMN ssot_anchors.is_sensitive IS 'Personal or secret: masked in exports';
COMMENT ON COLUMN ssot_anchors.version IS 'Counts changes of meaning, not of wording';
COMMENT ON COLUMN ssot_anchors.created_by IS 'NULL: nobody in particular, or somebody who is gone';

----------------------------------------------------------------------------------------------------------------------
-- Aliases
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE alias_definitions (
    id          uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    alias       varchar(150) NOT NULL CHECK (alias <> '' AND alias = btrim(alias)),
    context     varchar(20)  NOT NULL CHECK (context IN ('api', 'ui', 'report', 'legacy', 'partner')),
    anchor_id   uuid         NOT NULL REFERENCES ssot_anchors ON DELETE CASCADE,
    endpoint_id uuid         REFERENCES api_endpoints ON DELETE CASCADE,
    status      varchar(20)  NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deprecated')),
    replaced_by uuid         REFERENCES alias_definitions ON DELETE SET NULL,
    description text         NOT NULL DEFAULT '',
    created_by  uuid,
    created_at  timestamptz  NOT NULL DEFAULT now(),
    updated_at  timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT alias_definitions_one_meaning UNIQUE NULLS NOT DISTINCT (context, alias, endpoint_id),
    CONSTRAINT alias_definitions_replaced_if_deprecated CHECK (replaced_by IS NULL OR status = 'deprecated'),
    CONSTRAINT alias_definitions_not_by_itself CHECK (replaced_by <> id)
);

CREATE INDEX ix_alias_definitions_anchor_id ON alias_definitions (anchor_id);
CREATE INDEX ix_alias_definitions_endpoint_id ON alias_definitions (endpoint_id);
CREATE INDEX ix_alias_definitions_replaced_by ON alias_definitions (replaced_by);
CREATE INDEX ix_alias_definitions_created_by ON alias_definitions (created_by);
CREATE INDEX ix_alias_definitions_alias_trgm ON alias_definitions USING gin (alias gin_trgm_ops);

COMMENT ON TABLE alias_definitions IS
    'SSOT alias definitions: other names of anchors, each with one meaning in its context';
COMMENT ON COLUMN alias_definitions.endpoint_id IS 'The endpoint that uses the name; NULL: everywhere in its context';
COMMENT ON COLUMN alias_definitions.replaced_by IS 'What to say instead; NULL: nothing, or the name is still good';
COMMENT ON COLUMN alias_definitions.created_by IS 'NULL: nobody in particular, or somebody who is gone';
COMMENT ON INDEX ix_alias_definitions_alias_trgm IS 'Finds names that are spelt nearly so: alias % ''custmer''';

CREATE FUNCTION resolve_alias(of_alias text, in_context text, at_endpoint uuid DEFAULT NULL) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT anchor_id
    FROM alias_definitions
    WHERE alias = of_alias AND context = in_context AND (endpoint_id = at_endpoint OR endpoint_id IS NULL)
    ORDER BY endpoint_id IS NULL
    LIMIT 1
);

COMMENT ON FUNCTION resolve_alias IS
    'The anchor that a name stands for; what an endpoint says comes before what its whole context says';

----------------------------------------------------------------------------------------------------------------------
-- Triggers
----------------------------------------------------------------------------------------------------------------------

CREATE TRIGGER set_updated_at BEFORE UPDATE ON api_endpoints
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON ssot_anchors
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON alias_definitions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- nexenv:down
DROP FUNCTION resolve_alias;
DROP TABLE alias_definitions;
DROP TABLE ssot_anchors;
DROP TABLE api_endpoints;
DROP FUNCTION set_updated_at;
