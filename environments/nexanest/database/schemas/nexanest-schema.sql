-- Database nexanest: what belongs to no single service. Reference data (currencies, exchanges, instruments), feature
-- flags, plans and who subscribes to them, and the requests of users to have their data exported or erased, which touch
-- every database.
--
-- A symbol in the other databases is instruments.symbol by value; user_id is auth.users.id by value.
--
-- Runs as the owner, nexanest_service. On behalf of a user the service says, in one transaction:
--     SET LOCAL ROLE nexanest_app;
--     SET LOCAL app.current_user_id = '…';

-- Only the owner and those who watch the server may connect, whatever the database is called.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO nexanest_monitor', current_database());
END
$$;

-- The user in whose name this transaction works, or NULL. A setting that was once set LOCAL reads as '' afterwards.
CREATE FUNCTION app_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('app.current_user_id', true), '')::uuid;

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

----------------------------------------------------------------------------------------------------------------------
-- Reference data
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE currencies (
    code        text        PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    name        text        NOT NULL CHECK (name <> ''),
    minor_units smallint    NOT NULL DEFAULT 2 CHECK (minor_units BETWEEN 0 AND 8),
    is_active   boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE currencies IS 'Currencies, by ISO 4217 code';
COMMENT ON COLUMN currencies.minor_units IS 'Digits after the point that are usual: 2 for USD, 0 for JPY';

CREATE TABLE exchanges (
    mic           text        PRIMARY KEY CHECK (mic ~ '^[A-Z0-9]{4}$'),
    name          text        NOT NULL CHECK (name <> ''),
    country       text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    time_zone     text        NOT NULL,
    currency_code text        NOT NULL REFERENCES currencies ON UPDATE CASCADE ON DELETE RESTRICT,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX exchanges_currency_code_idx ON exchanges (currency_code);

COMMENT ON TABLE exchanges IS 'Stock exchanges, by ISO 10383 market identifier code';

CREATE TABLE instruments (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    symbol        text        NOT NULL UNIQUE CHECK (symbol <> ''),
    name          text        NOT NULL CHECK (name <> ''),
    asset_class   text        NOT NULL CHECK (asset_class IN (
                                  'equity', 'bond', 'fund', 'commodity', 'crypto', 'real_estate', 'cash'
                              )),
    exchange_mic  text        REFERENCES exchanges ON UPDATE CASCADE ON DELETE RESTRICT,
    currency_code text        NOT NULL REFERENCES currencies ON UPDATE CASCADE ON DELETE RESTRICT,
    isin          text        UNIQUE CHECK (isin ~ '^[A-Z]{2}[A-Z0-9]{9}[0-9]$'),
    delisted_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX instruments_exchange_mic_idx ON instruments (exchange_mic);
CREATE INDEX instruments_currency_code_idx ON instruments (currency_code);
CREATE INDEX instruments_listed_idx ON instruments (asset_class, symbol) WHERE delisted_at IS NULL;

COMMENT ON TABLE instruments IS 'What can be held: the symbols of holdings, transactions, watchlists and prices';
COMMENT ON COLUMN instruments.exchange_mic IS 'NULL: not traded on an exchange';

CREATE TABLE feature_flags (
    code            text        PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    description     text        NOT NULL DEFAULT '',
    is_enabled      boolean     NOT NULL DEFAULT false,
    rollout_percent smallint    NOT NULL DEFAULT 100 CHECK (rollout_percent BETWEEN 0 AND 100),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE feature_flags IS 'What is switched on, and for how many users';

----------------------------------------------------------------------------------------------------------------------
-- Plans and subscriptions
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE plans (
    code           text           PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    name           text           NOT NULL CHECK (name <> ''),
    description    text           NOT NULL DEFAULT '',
    monthly_price  numeric(10, 2) NOT NULL CHECK (monthly_price >= 0),
    yearly_price   numeric(10, 2) NOT NULL CHECK (yearly_price >= 0),
    currency_code  text           NOT NULL DEFAULT 'USD' REFERENCES currencies ON UPDATE CASCADE ON DELETE RESTRICT,
    max_portfolios integer        CHECK (max_portfolios > 0),
    max_watchlists integer        CHECK (max_watchlists > 0),
    features       text[]         NOT NULL DEFAULT '{}',
    position       smallint       NOT NULL DEFAULT 0,
    is_active      boolean        NOT NULL DEFAULT true,
    created_at     timestamptz    NOT NULL DEFAULT now(),
    updated_at     timestamptz    NOT NULL DEFAULT now()
);

CREATE INDEX plans_currency_code_idx ON plans (currency_code);

COMMENT ON TABLE plans IS 'What can be subscribed to';
COMMENT ON COLUMN plans.max_portfolios IS 'NULL: any number';
COMMENT ON COLUMN plans.is_active IS 'Whether it is offered; those who have it keep it';

CREATE TABLE subscriptions (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL,
    plan_code  text        NOT NULL REFERENCES plans ON UPDATE CASCADE ON DELETE RESTRICT,
    period     text        NOT NULL DEFAULT 'month' CHECK (period IN ('month', 'year')),
    started_at timestamptz NOT NULL,
    renews_on  date,
    ended_at   timestamptz CHECK (ended_at >= started_at),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subscriptions_ended_renews_never CHECK (ended_at IS NULL OR renews_on IS NULL)
);

CREATE UNIQUE INDEX subscriptions_running_key ON subscriptions (user_id) WHERE ended_at IS NULL;
CREATE INDEX subscriptions_user_id_idx ON subscriptions (user_id);
CREATE INDEX subscriptions_plan_code_idx ON subscriptions (plan_code);
CREATE INDEX subscriptions_renews_idx ON subscriptions (renews_on) WHERE ended_at IS NULL;

COMMENT ON TABLE subscriptions IS 'Which plan a user has, and had; one at a time';
COMMENT ON COLUMN subscriptions.user_id IS 'auth.users.id, by value';
COMMENT ON COLUMN subscriptions.ended_at IS 'NULL: it runs';

----------------------------------------------------------------------------------------------------------------------
-- Privacy requests
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE privacy_requests (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('export', 'erase')),
    status       text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'withdrawn')),
    due_on       date        NOT NULL DEFAULT current_date + 30,
    completed_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT privacy_requests_completed_when CHECK ((status = 'open') = (completed_at IS NULL))
);

CREATE UNIQUE INDEX privacy_requests_open_key ON privacy_requests (user_id, kind) WHERE status = 'open';
CREATE INDEX privacy_requests_user_id_idx ON privacy_requests (user_id);
CREATE INDEX privacy_requests_due_idx ON privacy_requests (due_on) WHERE status = 'open';

COMMENT ON TABLE privacy_requests IS 'GDPR: a user wants their data exported or erased';
COMMENT ON COLUMN privacy_requests.user_id IS 'auth.users.id, by value; kept as the proof that an erasure was done';

CREATE TABLE privacy_request_steps (
    request_id    uuid        NOT NULL REFERENCES privacy_requests ON DELETE CASCADE,
    database_name text        NOT NULL CHECK (database_name IN (
                                  'nexanest', 'auth', 'portfolio', 'analytics', 'notifications', 'timescale'
                              )),
    done_at       timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (request_id, database_name)
);

CREATE INDEX privacy_request_steps_open_idx ON privacy_request_steps (database_name) WHERE done_at IS NULL;

COMMENT ON TABLE privacy_request_steps IS
    'One row per database: whether export_user_data() or erase_user_data() was called there';

-- A request starts with a step for every database that knows people.
CREATE FUNCTION add_privacy_request_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO privacy_request_steps (request_id, database_name)
    SELECT NEW.id, name
    FROM unnest(ARRAY['nexanest', 'auth', 'portfolio', 'analytics', 'notifications', 'timescale']) AS name
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER add_privacy_request_steps AFTER INSERT ON privacy_requests
    FOR EACH ROW EXECUTE FUNCTION add_privacy_request_steps();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON currencies
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON exchanges
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON instruments
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON feature_flags
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON plans
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON privacy_requests
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON privacy_request_steps
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: nexanest_app reads reference data, flags and plans, sees the subscriptions of
-- app.current_user_id, and makes and sees that user's requests. The owner is not bound.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE privacy_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE privacy_request_steps ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.
CREATE POLICY own_rows ON subscriptions TO nexanest_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON privacy_requests TO nexanest_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON privacy_request_steps TO nexanest_app
    USING (request_id IN (SELECT id FROM privacy_requests));

-- A table that a later migration adds is closed to nexanest_app until it has a policy and a grant of its own.
GRANT SELECT ON currencies, exchanges, instruments, feature_flags, plans, subscriptions TO nexanest_app;
GRANT SELECT, INSERT (user_id, kind) ON privacy_requests TO nexanest_app;
GRANT SELECT ON privacy_request_steps TO nexanest_app;

----------------------------------------------------------------------------------------------------------------------
-- GDPR: what is known about a person, and forgetting it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION export_user_data(for_user uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
    'subscriptions', (
        SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.started_at, s.id), '[]')
        FROM subscriptions AS s WHERE user_id = for_user
    ),
    'privacy_requests', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.created_at, r.id), '[]')
        FROM privacy_requests AS r WHERE user_id = for_user
    )
);

COMMENT ON FUNCTION export_user_data IS 'What nexanest knows about a person; users may export themselves';

-- Requests stay: they are the proof that an erasure was done.
CREATE FUNCTION erase_user_data(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    anything boolean := EXISTS (SELECT FROM subscriptions WHERE user_id = for_user);
BEGIN
    DELETE FROM subscriptions WHERE user_id = for_user;
    RETURN anything;
END
$$;

COMMENT ON FUNCTION erase_user_data IS 'Forgets a person; true if anything was known';

REVOKE ALL ON FUNCTION erase_user_data FROM PUBLIC;
