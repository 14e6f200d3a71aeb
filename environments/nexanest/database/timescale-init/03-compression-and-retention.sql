-- What happens to old rows: market data is compressed after a while, and everything is dropped in the end, a whole
-- chunk at a time. Both need the Community licence; each one that is left out is named in a notice.
--
-- Personal tables are not compressed: TimescaleDB refuses that on a table with row-level security. Bars outlive the
-- prices that they were made of. Fixtures pinned to a fixed date grow older every day: what is older than drop_after
-- goes when the policy next runs.
--
-- Runs as the owner, in one transaction.

DO $$
DECLARE
    has_policies boolean := current_setting('timescaledb.license', true) IS NOT DISTINCT FROM 'timescale';
    old_rows     record;
BEGIN
    FOR old_rows IN
        SELECT *
        FROM (VALUES
            ('market_data.stock_prices', interval '3 years', interval '14 days', 'symbol'),
            ('market_data.market_indices', interval '10 years', interval '2 months', 'index_symbol'),
            ('market_data.currency_rates', interval '10 years', interval '2 months', 'base_currency, quote_currency'),
            ('analytics_ts.portfolio_snapshots', interval '10 years', NULL, NULL),
            ('analytics_ts.risk_metrics', interval '5 years', NULL, NULL),
            ('events.system_events', interval '3 years', NULL, NULL),
            ('events.trading_events', interval '10 years', NULL, NULL)
        ) AS v (name, drop_after, compress_after, segment_by)
    LOOP
        IF NOT has_policies THEN
            RAISE NOTICE 'skipped: retention of % (%) needs the Community licence',
                old_rows.name, old_rows.drop_after;
        ELSE
            PERFORM add_retention_policy(old_rows.name::regclass, drop_after => old_rows.drop_after);
        END IF;

        CONTINUE WHEN old_rows.compress_after IS NULL;

        IF NOT has_policies THEN
            RAISE NOTICE 'skipped: compression of % (after %) needs the Community licence',
                old_rows.name, old_rows.compress_after;
        ELSE
            EXECUTE format(
                'ALTER TABLE %s SET (timescaledb.compress, timescaledb.compress_segmentby = %L,'
                ' timescaledb.compress_orderby = ''time DESC'')',
                old_rows.name, old_rows.segment_by
            );
            PERFORM add_compression_policy(old_rows.name::regclass, compress_after => old_rows.compress_after);
        END IF;
    END LOOP;
END
$$;
