-- Database timescale: prices, metrics and events over time. What is here works under every licence of TimescaleDB;
-- 02 and 03 add what only the Community licence has.
--
-- Every table is a hypertable: split into chunks by time, so that a query for last week reads last week's chunk. The
-- primary key of each ends in time, because a chunk cannot know the keys of another.
--
-- user_id is auth.users.id, portfolio_id is portfolio.portfolios.id and symbol is instruments.symbol, all by value.
--
-- Runs as the owner, timescale_service, in one transaction. On behalf of a user a service says, in one transaction:
--     SET LOCAL ROLE timescale_app;
--     SET LOCAL app.current_user_id = '…';

-- Only the owner and the read-only role may connect, whatever the database is called.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO analytics_reader', current_database());
END
$$;

CREATE SCHEMA market_data;
CREATE SCHEMA analytics_ts;
CREATE SCHEMA events;
CREATE SCHEMA private_chunks;

COMMENT ON SCHEMA market_data IS 'Prices, index values and exchange rates: the same for everybody';
COMMENT ON SCHEMA analytics_ts IS 'What portfolios were worth and how risky they were, over time';
COMMENT ON SCHEMA events IS 'What happened: the audit trail of the system, and trading activity';

-- Chunks take over the grants of their table, but not its row-level security. In the usual schema for chunks, which
-- everybody may use, a user could read everybody's rows by naming a chunk. Nobody but the owner may use this one.
COMMENT ON SCHEMA private_chunks IS 'The chunks of all tables with row-level security; closed to every other role';

-- The user in whose name this transaction works, or NULL. A setting that was once set LOCAL reads as '' afterwards.
CREATE FUNCTION app_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('app.current_user_id', true), '')::uuid;

----------------------------------------------------------------------------------------------------------------------
-- market_data
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE market_data.stock_prices (
    time   timestamptz    NOT NULL,
    symbol text           NOT NULL CHECK (symbol <> ''),
    price  numeric(20, 6) NOT NULL CHECK (price > 0),
    volume bigint         NOT NULL DEFAULT 0 CHECK (volume >= 0),
    bid    numeric(20, 6) CHECK (bid > 0),
    ask    numeric(20, 6) CHECK (ask > 0),
    PRIMARY KEY (symbol, time)
);

SELECT create_hypertable(
    'market_data.stock_prices', 'time', chunk_time_interval => interval '7 days', create_default_indexes => false
);

CREATE INDEX stock_prices_time_idx ON market_data.stock_prices (time DESC);

COMMENT ON TABLE market_data.stock_prices IS 'Real-time stock prices, one row per trade';
COMMENT ON COLUMN market_data.stock_prices.volume IS 'Shares in this trade, not the total of the day';

CREATE TABLE market_data.market_indices (
    time         timestamptz    NOT NULL,
    index_symbol text           NOT NULL CHECK (index_symbol <> ''),
    value        numeric(20, 6) NOT NULL CHECK (value > 0),
    PRIMARY KEY (index_symbol, time)
);

SELECT create_hypertable(
    'market_data.market_indices', 'time', chunk_time_interval => interval '1 month', create_default_indexes => false
);

CREATE INDEX market_indices_time_idx ON market_data.market_indices (time DESC);

COMMENT ON TABLE market_data.market_indices IS 'Market index values';
COMMENT ON COLUMN market_data.market_indices.index_symbol IS 'portfolio.benchmarks.symbol, by value';

CREATE TABLE market_data.currency_rates (
    time           timestamptz     NOT NULL,
    base_currency  text            NOT NULL CHECK (base_currency ~ '^[A-Z]{3}$'),
    quote_currency text            NOT NULL CHECK (quote_currency ~ '^[A-Z]{3}$'),
    rate           numeric(20, 10) NOT NULL CHECK (rate > 0),
    PRIMARY KEY (base_currency, quote_currency, time),
    CONSTRAINT currency_rates_two_currencies CHECK (base_currency <> quote_currency)
);

SELECT create_hypertable(
    'market_data.currency_rates', 'time', chunk_time_interval => interval '1 month', create_default_indexes => false
);

CREATE INDEX currency_rates_time_idx ON market_data.currency_rates (time DESC);

COMMENT ON TABLE market_data.currency_rates IS 'Currency exchange rates';
COMMENT ON COLUMN market_data.currency_rates.rate IS 'How much quote_currency one base_currency buys';

----------------------------------------------------------------------------------------------------------------------
-- analytics_ts
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE analytics_ts.portfolio_snapshots (
    time           timestamptz    NOT NULL,
    portfolio_id   uuid           NOT NULL,
    user_id        uuid           NOT NULL,
    currency       text           NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    holdings_value numeric(20, 4) NOT NULL CHECK (holdings_value >= 0),
    cash_value     numeric(20, 4) NOT NULL DEFAULT 0,
    total_value    numeric(20, 4) NOT NULL GENERATED ALWAYS AS (holdings_value + cash_value) STORED,
    PRIMARY KEY (portfolio_id, time)
);

SELECT create_hypertable(
    'analytics_ts.portfolio_snapshots',
    'time',
    chunk_time_interval => interval '1 month',
    associated_schema_name => 'private_chunks',
    create_default_indexes => false
);

CREATE INDEX portfolio_snapshots_user_time_idx ON analytics_ts.portfolio_snapshots (user_id, time DESC);

COMMENT ON TABLE analytics_ts.portfolio_snapshots IS
    'Portfolio performance over time, as often as it is computed; the one per day is in portfolio.portfolio_snapshots';

CREATE TABLE analytics_ts.risk_metrics (
    time         timestamptz    NOT NULL,
    portfolio_id uuid           NOT NULL,
    user_id      uuid           NOT NULL,
    metric       text           NOT NULL CHECK (metric IN (
                                    'volatility', 'beta', 'sharpe', 'sortino', 'max_drawdown', 'var_95', 'cvar_95'
                                )),
    window_days  integer        NOT NULL DEFAULT 252 CHECK (window_days > 0),
    value        numeric(20, 8) NOT NULL,
    PRIMARY KEY (portfolio_id, metric, window_days, time)
);

SELECT create_hypertable(
    'analytics_ts.risk_metrics',
    'time',
    chunk_time_interval => interval '1 month',
    associated_schema_name => 'private_chunks',
    create_default_indexes => false
);

CREATE INDEX risk_metrics_user_time_idx ON analytics_ts.risk_metrics (user_id, time DESC);

COMMENT ON TABLE analytics_ts.risk_metrics IS 'Risk calculations over time';
COMMENT ON COLUMN analytics_ts.risk_metrics.window_days IS 'Trading days looked back; 252 are a year';
COMMENT ON COLUMN analytics_ts.risk_metrics.value IS 'A fraction or a ratio: a var_95 of 0.02 is a loss of 2 per cent';

----------------------------------------------------------------------------------------------------------------------
-- events
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE events.system_events (
    time       timestamptz NOT NULL DEFAULT now(),
    id         uuid        NOT NULL DEFAULT gen_random_uuid(),
    service    text        NOT NULL CHECK (service <> ''),
    event_type text        NOT NULL CHECK (event_type <> ''),
    severity   text        NOT NULL DEFAULT 'info'
                           CHECK (severity IN ('debug', 'info', 'warning', 'error', 'critical')),
    user_id    uuid,
    ip_address inet,
    payload    jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    PRIMARY KEY (id, time)
);

SELECT create_hypertable(
    'events.system_events',
    'time',
    chunk_time_interval => interval '7 days',
    associated_schema_name => 'private_chunks',
    create_default_indexes => false
);

CREATE INDEX system_events_time_idx ON events.system_events (time DESC);
CREATE INDEX system_events_service_type_idx ON events.system_events (service, event_type, time DESC);
CREATE INDEX system_events_user_time_idx ON events.system_events (user_id, time DESC) WHERE user_id IS NOT NULL;
CREATE INDEX system_events_trouble_idx ON events.system_events (time DESC) WHERE severity IN ('error', 'critical');

COMMENT ON TABLE events.system_events IS 'System audit trail. Rows are only ever added';
COMMENT ON COLUMN events.system_events.user_id IS
    'In whose name it happened; NULL: a service by itself, or a person since erased';
COMMENT ON COLUMN events.system_events.payload IS 'No names, addresses or secrets: erasing a person leaves it as it is';

CREATE TABLE events.trading_events (
    time           timestamptz    NOT NULL DEFAULT now(),
    id             uuid           NOT NULL DEFAULT gen_random_uuid(),
    user_id        uuid,
    portfolio_id   uuid           NOT NULL,
    transaction_id uuid,
    event_type     text           NOT NULL CHECK (event_type IN (
                                      'order_placed', 'order_changed', 'order_cancelled', 'order_rejected', 'filled',
                                      'settled'
                                  )),
    symbol         text           NOT NULL CHECK (symbol <> ''),
    side           text           NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity       numeric(20, 8) NOT NULL CHECK (quantity > 0),
    price          numeric(20, 8) CHECK (price > 0),
    currency       text           NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    payload        jsonb          NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    PRIMARY KEY (id, time),
    CONSTRAINT trading_events_filled_has_price
        CHECK (price IS NOT NULL OR event_type NOT IN ('filled', 'settled'))
);

SELECT create_hypertable(
    'events.trading_events',
    'time',
    chunk_time_interval => interval '1 month',
    associated_schema_name => 'private_chunks',
    create_default_indexes => false
);

CREATE INDEX trading_events_time_idx ON events.trading_events (time DESC);
CREATE INDEX trading_events_user_time_idx ON events.trading_events (user_id, time DESC) WHERE user_id IS NOT NULL;
CREATE INDEX trading_events_portfolio_time_idx ON events.trading_events (portfolio_id, time DESC);
CREATE INDEX trading_events_symbol_time_idx ON events.trading_events (symbol, time DESC);
CREATE INDEX trading_events_transaction_id_idx ON events.trading_events (transaction_id)
    WHERE transaction_id IS NOT NULL;

COMMENT ON TABLE events.trading_events IS 'Trading activity log. Rows are only ever added';
COMMENT ON COLUMN events.trading_events.user_id IS 'NULL: a person since erased';
COMMENT ON COLUMN events.trading_events.transaction_id IS 'portfolio.transactions.id by value, once there is one';
COMMENT ON COLUMN events.trading_events.price IS 'NULL: an order at the market, not filled yet';
COMMENT ON COLUMN events.trading_events.payload IS 'No names, addresses or secrets, as above';

-- Events don't change. The one exception is forgetting a person: the link to them may be cut, nothing else. Old
-- chunks leave by retention, which drops them whole. The argument names the table: TG_TABLE_NAME is a chunk's.
CREATE FUNCTION events.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    personal text[] := ARRAY['user_id', 'ip_address'];
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - personal = to_jsonb(OLD) - personal
        AND NEW.user_id IS NULL
        AND to_jsonb(NEW) ->> 'ip_address' IS NULL
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_ARGV[0] USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON events.system_events
    FOR EACH ROW EXECUTE FUNCTION events.refuse_change('events.system_events');
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON events.trading_events
    FOR EACH ROW EXECUTE FUNCTION events.refuse_change('events.trading_events');

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: timescale_app sees what belongs to app.current_user_id, and may add events in that user's name.
-- The owner is not bound. Market data is for everybody. A table with row-level security cannot be compressed, and
-- no continuous aggregate can be made of it: personal tables do without both.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE analytics_ts.portfolio_snapshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE analytics_ts.risk_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE events.system_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events.trading_events ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.
CREATE POLICY own_rows ON analytics_ts.portfolio_snapshots TO timescale_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON analytics_ts.risk_metrics TO timescale_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON events.system_events TO timescale_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON events.trading_events TO timescale_app
    USING (user_id = (SELECT app_user_id()));

CREATE POLICY read_all ON analytics_ts.portfolio_snapshots FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON analytics_ts.risk_metrics FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON events.trading_events FOR SELECT TO analytics_reader USING (true);

GRANT USAGE ON SCHEMA market_data, analytics_ts, events TO timescale_app, analytics_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA market_data, analytics_ts TO timescale_app, analytics_reader;
GRANT SELECT, INSERT ON events.system_events, events.trading_events TO timescale_app;
GRANT SELECT ON events.trading_events TO analytics_reader;

----------------------------------------------------------------------------------------------------------------------
-- GDPR: what is known about a person, and forgetting it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION export_user_data(for_user uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
    'portfolio_snapshots', (
        SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.time, s.portfolio_id), '[]')
        FROM analytics_ts.portfolio_snapshots AS s WHERE user_id = for_user
    ),
    'risk_metrics', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.time, r.portfolio_id, r.metric), '[]')
        FROM analytics_ts.risk_metrics AS r WHERE user_id = for_user
    ),
    'system_events', (
        SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.time, e.id), '[]')
        FROM events.system_events AS e WHERE user_id = for_user
    ),
    'trading_events', (
        SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.time, e.id), '[]')
        FROM events.trading_events AS e WHERE user_id = for_user
    )
);

COMMENT ON FUNCTION export_user_data IS 'Everything timescale knows about a person; users may export themselves';

CREATE FUNCTION erase_user_data(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    anything boolean := EXISTS (SELECT FROM analytics_ts.portfolio_snapshots WHERE user_id = for_user)
        OR EXISTS (SELECT FROM analytics_ts.risk_metrics WHERE user_id = for_user)
        OR EXISTS (SELECT FROM events.system_events WHERE user_id = for_user)
        OR EXISTS (SELECT FROM events.trading_events WHERE user_id = for_user);
BEGIN
    DELETE FROM analytics_ts.portfolio_snapshots WHERE user_id = for_user;
    DELETE FROM analytics_ts.risk_metrics WHERE user_id = for_user;
    UPDATE events.system_events SET user_id = NULL, ip_address = NULL WHERE user_id = for_user;
    UPDATE events.trading_events SET user_id = NULL WHERE user_id = for_user;
    RETURN anything;
END
$$;

COMMENT ON FUNCTION erase_user_data IS
    'Forgets a person; true if anything was known. Events stay, without the link to the person';

REVOKE ALL ON FUNCTION erase_user_data FROM PUBLIC;
