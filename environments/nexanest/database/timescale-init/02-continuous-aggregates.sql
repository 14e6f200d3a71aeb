-- Bars per hour and per day: open, high, low, close and volume.
--
-- Under the Community licence they are continuous aggregates: kept up to date in the background, and real-time, so
-- that what was added a moment ago is in them at once. Under the Apache licence there are none, and plain views of the
-- same names and columns are made instead: the same answers, computed for each query.
--
-- Runs as the owner, in one transaction. WITH NO DATA is what allows that: filling an aggregate as it is created, or
-- CALL refresh_continuous_aggregate(), needs a transaction of its own.

DO $$
DECLARE
    has_aggregates boolean := current_setting('timescaledb.license', true) IS NOT DISTINCT FROM 'timescale';
    create_view    text := 'CREATE VIEW %s AS %s';
    bars           record;
BEGIN
    IF has_aggregates THEN
        create_view := 'CREATE MATERIALIZED VIEW %s'
            ' WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS %s WITH NO DATA';
    ELSE
        RAISE NOTICE 'skipped: continuous aggregates need the Community licence; bars are plain views instead';
    END IF;

    -- In this order: the daily bars are made of the hourly ones. Aggregates are refreshed from keep_from, which lies
    -- within the retention of the table below (see 03): older bars stay as they are when their rows are gone.
    FOR bars IN
        SELECT *
        FROM (VALUES
            ('market_data.stock_prices_hourly', interval '35 months', interval '1 hour', interval '30 minutes', $sql$
                SELECT
                    symbol,
                    time_bucket(interval '1 hour', time) AS bucket,
                    first(price, time) AS open,
                    max(price) AS high,
                    min(price) AS low,
                    last(price, time) AS close,
                    sum(volume) AS volume,
                    count(*) AS trades
                FROM market_data.stock_prices
                GROUP BY 1, 2
            $sql$),
            ('market_data.stock_prices_daily', interval '35 months', interval '1 day', interval '1 hour', $sql$
                SELECT
                    symbol,
                    time_bucket(interval '1 day', bucket) AS bucket,
                    first(open, bucket) AS open,
                    max(high) AS high,
                    min(low) AS low,
                    last(close, bucket) AS close,
                    sum(volume) AS volume,
                    sum(trades) AS trades
                FROM market_data.stock_prices_hourly
                GROUP BY 1, 2
            $sql$),
            ('market_data.market_indices_daily', interval '119 months', interval '1 day', interval '1 hour', $sql$
                SELECT
                    index_symbol,
                    time_bucket(interval '1 day', time) AS bucket,
                    first(value, time) AS open,
                    max(value) AS high,
                    min(value) AS low,
                    last(value, time) AS close
                FROM market_data.market_indices
                GROUP BY 1, 2
            $sql$),
            ('market_data.currency_rates_daily', interval '119 months', interval '1 day', interval '1 hour', $sql$
                SELECT
                    base_currency,
                    quote_currency,
                    time_bucket(interval '1 day', time) AS bucket,
                    first(rate, time) AS open,
                    max(rate) AS high,
                    min(rate) AS low,
                    last(rate, time) AS close
                FROM market_data.currency_rates
                GROUP BY 1, 2, 3
            $sql$)
        ) AS v (name, keep_from, finish_before, every, query)
    LOOP
        EXECUTE format(create_view, bars.name, bars.query);
        IF has_aggregates THEN
            PERFORM add_continuous_aggregate_policy(
                bars.name::regclass,
                start_offset => bars.keep_from,
                end_offset => bars.finish_before,
                schedule_interval => bars.every
            );
        END IF;
    END LOOP;
END
$$;

COMMENT ON VIEW market_data.stock_prices_hourly IS 'Open, high, low, close and volume per symbol and hour (UTC)';
COMMENT ON VIEW market_data.stock_prices_daily IS 'Open, high, low, close and volume per symbol and day (UTC)';
COMMENT ON VIEW market_data.market_indices_daily IS 'Open, high, low and close per index and day (UTC)';
COMMENT ON VIEW market_data.currency_rates_daily IS 'Open, high, low and close per pair of currencies and day (UTC)';

GRANT SELECT ON
    market_data.stock_prices_hourly, market_data.stock_prices_daily,
    market_data.market_indices_daily, market_data.currency_rates_daily
TO timescale_app, analytics_reader;
