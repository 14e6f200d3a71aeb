-- Database portfolio: what users own, how they came to own it, and what they want it to become.
--
-- Transactions are the truth. Holdings are kept by a trigger that reads them in order of time (average cost), and
-- the view holdings_check says whether the two still add up.
--
-- user_id is auth.users.id by value: no foreign key can cross databases.
--
-- Runs as the owner, portfolio_service. On behalf of a user the service says, in one transaction:
--     SET LOCAL ROLE portfolio_app;
--     SET LOCAL app.current_user_id = '…';

-- Only the owner and the read-only role may connect, whatever the database is called.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO analytics_reader', current_database());
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
-- Benchmarks
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE benchmarks (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    symbol      text        NOT NULL UNIQUE CHECK (symbol <> ''),
    name        text        NOT NULL CHECK (name <> ''),
    currency    text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    description text,
    is_active   boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE benchmarks IS 'Market index benchmarks a portfolio can be compared with';

CREATE TABLE benchmark_values (
    benchmark_id uuid           NOT NULL REFERENCES benchmarks ON DELETE CASCADE,
    value_date   date           NOT NULL,
    close        numeric(20, 6) NOT NULL CHECK (close > 0),
    PRIMARY KEY (benchmark_id, value_date)
);

COMMENT ON TABLE benchmark_values IS 'Closing value per benchmark and day';

----------------------------------------------------------------------------------------------------------------------
-- Portfolios, transactions, holdings
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE portfolios (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       uuid        NOT NULL,
    name          text        NOT NULL CHECK (name <> ''),
    description   text,
    kind          text        NOT NULL DEFAULT 'brokerage'
                              CHECK (kind IN ('brokerage', 'retirement', 'savings', 'paper')),
    base_currency text        NOT NULL DEFAULT 'USD' CHECK (base_currency ~ '^[A-Z]{3}$'),
    benchmark_id  uuid        REFERENCES benchmarks ON DELETE SET NULL,
    is_default    boolean     NOT NULL DEFAULT false,
    closed_at     timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX portfolios_user_name_key ON portfolios (user_id, lower(name));
CREATE UNIQUE INDEX portfolios_user_default_key ON portfolios (user_id) WHERE is_default;
CREATE INDEX portfolios_benchmark_id_idx ON portfolios (benchmark_id);

COMMENT ON TABLE portfolios IS 'User investment portfolios';
COMMENT ON COLUMN portfolios.user_id IS 'auth.users.id, by value';
COMMENT ON COLUMN portfolios.kind IS 'paper: practice, without real money';
COMMENT ON COLUMN portfolios.is_default IS 'The one shown first; at most one per user';

CREATE TABLE transactions (
    id           uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    portfolio_id uuid           NOT NULL REFERENCES portfolios ON DELETE RESTRICT,
    type         text           NOT NULL CHECK (type IN (
                                    'buy', 'sell', 'dividend', 'split', 'deposit', 'withdrawal', 'interest', 'fee'
                                )),
    symbol       text           CHECK (symbol <> ''),
    quantity     numeric(20, 8) NOT NULL CHECK (quantity <> 0),
    price        numeric(20, 8) NOT NULL DEFAULT 1 CHECK (price >= 0),
    fees         numeric(20, 4) NOT NULL DEFAULT 0 CHECK (fees >= 0),
    net_amount   numeric(20, 4) NOT NULL GENERATED ALWAYS AS (
                     CASE type
                         WHEN 'buy' THEN -(quantity * price) - fees
                         WHEN 'withdrawal' THEN -(quantity * price) - fees
                         WHEN 'fee' THEN -(quantity * price) - fees
                         WHEN 'split' THEN -fees
                         ELSE quantity * price - fees
                     END
                 ) STORED,
    currency     text           NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    traded_at    timestamptz    NOT NULL,
    settles_on   date,
    external_id  text           CHECK (external_id <> ''),
    note         text,
    created_at   timestamptz    NOT NULL DEFAULT now(),
    updated_at   timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT transactions_symbol_if_security
        CHECK ((type IN ('buy', 'sell', 'dividend', 'split')) = (symbol IS NOT NULL)),
    CONSTRAINT transactions_negative_only_in_split CHECK (quantity > 0 OR type = 'split'),
    CONSTRAINT transactions_cash_price_is_one
        CHECK (price = 1 OR type NOT IN ('deposit', 'withdrawal', 'interest', 'fee'))
);

CREATE INDEX transactions_portfolio_symbol_idx ON transactions (portfolio_id, symbol, traded_at);
CREATE INDEX transactions_portfolio_traded_at_idx ON transactions (portfolio_id, traded_at DESC);
CREATE UNIQUE INDEX transactions_external_id_key ON transactions (portfolio_id, external_id)
    WHERE external_id IS NOT NULL;

COMMENT ON TABLE transactions IS
    'Buy/sell/dividend transactions, splits, cash. Users add, the service corrects, audit_log keeps what was before';
COMMENT ON COLUMN transactions.portfolio_id IS 'RESTRICT: a portfolio with a history is closed, not deleted';
COMMENT ON COLUMN transactions.quantity IS
    'Shares; for a split the shares it adds (negative: a reverse split); for cash the amount, at price 1';
COMMENT ON COLUMN transactions.net_amount IS 'What it does to the cash of the portfolio, in currency, fees included';
COMMENT ON COLUMN transactions.external_id IS 'The broker''s number: importing a statement twice adds nothing';

CREATE TABLE holdings (
    id           uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    portfolio_id uuid           NOT NULL REFERENCES portfolios ON DELETE CASCADE,
    symbol       text           NOT NULL CHECK (symbol <> ''),
    asset_class  text           NOT NULL DEFAULT 'equity' CHECK (asset_class IN (
                                    'equity', 'bond', 'fund', 'commodity', 'crypto', 'real_estate', 'cash'
                                )),
    currency     text           NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    quantity     numeric(20, 8) NOT NULL DEFAULT 0 CHECK (quantity >= 0),
    average_cost numeric(20, 8) NOT NULL DEFAULT 0 CHECK (average_cost >= 0),
    cost_basis   numeric(20, 4) NOT NULL GENERATED ALWAYS AS (quantity * average_cost) STORED,
    created_at   timestamptz    NOT NULL DEFAULT now(),
    updated_at   timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (portfolio_id, symbol)
);

CREATE INDEX holdings_held_symbol_idx ON holdings (symbol) WHERE quantity > 0;

COMMENT ON TABLE holdings IS 'Individual stock/asset positions; kept by a trigger on transactions';
COMMENT ON COLUMN holdings.asset_class IS 'What allocation_rules speak of; set by the user or the service';
COMMENT ON COLUMN holdings.quantity IS '0: sold entirely, kept for its history';
COMMENT ON COLUMN holdings.average_cost IS 'Per share held, fees of buying included';

-- Brings one holding in line with its transactions. The lock on the portfolio makes two writers take turns.
CREATE FUNCTION recalculate_holding(of_portfolio uuid, of_symbol text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    entry         record;
    held          numeric := 0;
    cost          numeric := 0;
    held_currency text;
BEGIN
    PERFORM FROM portfolios WHERE id = of_portfolio FOR NO KEY UPDATE;

    FOR entry IN
        SELECT type, quantity, price, fees, currency, traded_at
        FROM transactions
        WHERE portfolio_id = of_portfolio AND symbol = of_symbol
        ORDER BY traded_at, (type = 'sell'), id
    LOOP
        held_currency := coalesce(held_currency, entry.currency);
        IF entry.currency <> held_currency THEN
            RAISE EXCEPTION '% is traded in %, not in %', of_symbol, held_currency, entry.currency
                USING ERRCODE = 'check_violation', TABLE = 'transactions', COLUMN = 'currency';
        END IF;
        CASE entry.type
            WHEN 'buy' THEN
                held := held + entry.quantity;
                cost := cost + entry.quantity * entry.price + entry.fees;
            WHEN 'sell' THEN
                IF entry.quantity > held THEN
                    RAISE EXCEPTION 'cannot sell % of %: % held on %', entry.quantity, of_symbol, held, entry.traded_at
                        USING ERRCODE = 'check_violation', TABLE = 'transactions', COLUMN = 'quantity';
                END IF;
                cost := cost * (held - entry.quantity) / held;
                held := held - entry.quantity;
            WHEN 'split' THEN
                IF held = 0 OR held + entry.quantity <= 0 THEN
                    RAISE EXCEPTION 'cannot split % by %: % held on %',
                        of_symbol, entry.quantity, held, entry.traded_at
                        USING ERRCODE = 'check_violation', TABLE = 'transactions', COLUMN = 'quantity';
                END IF;
                held := held + entry.quantity;
            ELSE
                NULL;
        END CASE;
    END LOOP;

    IF held_currency IS NULL THEN
        DELETE FROM holdings WHERE portfolio_id = of_portfolio AND symbol = of_symbol;
        RETURN;
    END IF;

    INSERT INTO holdings AS h (portfolio_id, symbol, currency, quantity, average_cost)
    VALUES (of_portfolio, of_symbol, held_currency, held, CASE WHEN held > 0 THEN cost / held ELSE 0 END)
    ON CONFLICT (portfolio_id, symbol) DO UPDATE
        SET currency = excluded.currency, quantity = excluded.quantity, average_cost = excluded.average_cost
        WHERE (h.currency, h.quantity, h.average_cost)
            IS DISTINCT FROM (excluded.currency, excluded.quantity, excluded.average_cost);
END
$$;

-- Runs once per statement, so that loading 100,000 transactions reads each holding's history once. It runs as the
-- owner: users add transactions, they don't write holdings.
CREATE FUNCTION keep_holdings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    touched record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        FOR touched IN
            SELECT DISTINCT portfolio_id, symbol FROM new_rows WHERE symbol IS NOT NULL ORDER BY 1, 2
        LOOP
            PERFORM recalculate_holding(touched.portfolio_id, touched.symbol);
        END LOOP;
    ELSIF TG_OP = 'DELETE' THEN
        FOR touched IN
            SELECT DISTINCT portfolio_id, symbol FROM old_rows WHERE symbol IS NOT NULL ORDER BY 1, 2
        LOOP
            PERFORM recalculate_holding(touched.portfolio_id, touched.symbol);
        END LOOP;
    ELSE
        FOR touched IN
            SELECT portfolio_id, symbol FROM new_rows WHERE symbol IS NOT NULL
            UNION
            SELECT portfolio_id, symbol FROM old_rows WHERE symbol IS NOT NULL
            ORDER BY 1, 2
        LOOP
            PERFORM recalculate_holding(touched.portfolio_id, touched.symbol);
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_holdings_on_insert AFTER INSERT ON transactions
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_holdings();
CREATE TRIGGER keep_holdings_on_update AFTER UPDATE ON transactions
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_holdings();
CREATE TRIGGER keep_holdings_on_delete AFTER DELETE ON transactions
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_holdings();

-- security_invoker: the view shows whoever asks the rows that they may see, not those of its owner.
CREATE VIEW holdings_check WITH (security_invoker = true) AS
SELECT
    portfolio_id,
    symbol,
    coalesce(h.quantity, 0) AS held,
    coalesce(t.quantity, 0) AS traded,
    coalesce(h.quantity, 0) = coalesce(t.quantity, 0) AS matches
FROM holdings AS h
FULL JOIN (
    SELECT
        portfolio_id,
        symbol,
        sum(CASE type WHEN 'sell' THEN -quantity WHEN 'dividend' THEN 0 ELSE quantity END) AS quantity
    FROM transactions
    WHERE symbol IS NOT NULL
    GROUP BY portfolio_id, symbol
) AS t USING (portfolio_id, symbol);

COMMENT ON VIEW holdings_check IS 'For each holding, whether its transactions add up to it';

CREATE FUNCTION holdings_match_transactions(of_portfolio uuid DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE
RETURN NOT EXISTS (
    SELECT FROM holdings_check
    WHERE NOT matches AND (of_portfolio IS NULL OR portfolio_id = of_portfolio)
);

COMMENT ON FUNCTION holdings_match_transactions IS 'Whether all holdings (of one portfolio, or of all) add up';

CREATE VIEW portfolio_cash WITH (security_invoker = true) AS
SELECT portfolio_id, currency, sum(net_amount) AS balance
FROM transactions
GROUP BY portfolio_id, currency;

COMMENT ON VIEW portfolio_cash IS 'Cash per portfolio and currency: what all its transactions left over';

CREATE TABLE portfolio_snapshots (
    id             uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    portfolio_id   uuid           NOT NULL REFERENCES portfolios ON DELETE CASCADE,
    snapshot_date  date           NOT NULL,
    currency       text           NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    holdings_value numeric(20, 4) NOT NULL CHECK (holdings_value >= 0),
    cash_value     numeric(20, 4) NOT NULL DEFAULT 0,
    total_value    numeric(20, 4) NOT NULL GENERATED ALWAYS AS (holdings_value + cash_value) STORED,
    cost_basis     numeric(20, 4) NOT NULL CHECK (cost_basis >= 0),
    net_deposits   numeric(20, 4) NOT NULL DEFAULT 0,
    daily_return   numeric(12, 8),
    created_at     timestamptz    NOT NULL DEFAULT now(),
    updated_at     timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (portfolio_id, snapshot_date)
);

CREATE INDEX portfolio_snapshots_date_idx ON portfolio_snapshots (snapshot_date);

COMMENT ON TABLE portfolio_snapshots IS 'Daily performance snapshots, one per portfolio and day';
COMMENT ON COLUMN portfolio_snapshots.net_deposits IS 'Paid in less paid out on that day: not a gain';
COMMENT ON COLUMN portfolio_snapshots.daily_return IS 'A fraction: 0.01 is one per cent';

----------------------------------------------------------------------------------------------------------------------
-- Plans: goals, allocation, watchlists
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE portfolio_goals (
    id                   uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    portfolio_id         uuid           NOT NULL REFERENCES portfolios ON DELETE CASCADE,
    name                 text           NOT NULL CHECK (name <> ''),
    target_amount        numeric(20, 4) NOT NULL CHECK (target_amount > 0),
    currency             text           NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    target_date          date,
    monthly_contribution numeric(20, 4) NOT NULL DEFAULT 0 CHECK (monthly_contribution >= 0),
    priority             smallint       NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 5),
    status               text           NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'reached', 'abandoned')),
    reached_at           timestamptz,
    created_at           timestamptz    NOT NULL DEFAULT now(),
    updated_at           timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (portfolio_id, name),
    CONSTRAINT portfolio_goals_reached_when CHECK ((status = 'reached') = (reached_at IS NOT NULL))
);

CREATE INDEX portfolio_goals_open_idx ON portfolio_goals (target_date) WHERE status = 'open';

COMMENT ON TABLE portfolio_goals IS 'Investment goals and targets';

CREATE TABLE allocation_rules (
    id             uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    portfolio_id   uuid          NOT NULL REFERENCES portfolios ON DELETE CASCADE,
    asset_class    text          NOT NULL CHECK (asset_class IN (
                                     'equity', 'bond', 'fund', 'commodity', 'crypto', 'real_estate', 'cash'
                                 )),
    target_percent numeric(5, 2) NOT NULL CHECK (target_percent BETWEEN 0 AND 100),
    tolerance      numeric(5, 2) NOT NULL DEFAULT 5 CHECK (tolerance BETWEEN 0 AND 100),
    created_at     timestamptz   NOT NULL DEFAULT now(),
    updated_at     timestamptz   NOT NULL DEFAULT now(),
    UNIQUE (portfolio_id, asset_class)
);

COMMENT ON TABLE allocation_rules IS 'Asset allocation rules; those of one portfolio add up to 100 per cent at most';
COMMENT ON COLUMN allocation_rules.tolerance IS 'Percentage points the share may drift before it asks to rebalance';

-- Checked when the statement ends; SET CONSTRAINTS allocation_adds_up DEFERRED moves it to the commit. The lock keeps
-- two transactions from each adding what only fits once.
CREATE FUNCTION check_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    total numeric;
BEGIN
    PERFORM FROM portfolios WHERE id = NEW.portfolio_id FOR NO KEY UPDATE;
    SELECT sum(target_percent) INTO total FROM allocation_rules WHERE portfolio_id = NEW.portfolio_id;
    IF total > 100 THEN
        RAISE EXCEPTION 'allocation rules of portfolio % add up to % per cent', NEW.portfolio_id, total
            USING ERRCODE = 'check_violation', TABLE = 'allocation_rules', CONSTRAINT = 'allocation_adds_up';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER allocation_adds_up AFTER INSERT OR UPDATE ON allocation_rules
    DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW EXECUTE FUNCTION check_allocation();

CREATE TABLE watchlists (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL,
    name       text        NOT NULL CHECK (name <> ''),
    position   smallint    NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX watchlists_user_name_key ON watchlists (user_id, lower(name));

COMMENT ON TABLE watchlists IS 'User watchlists; what is on them is in watchlist_items';
COMMENT ON COLUMN watchlists.user_id IS 'auth.users.id, by value';

CREATE TABLE watchlist_items (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    watchlist_id uuid        NOT NULL REFERENCES watchlists ON DELETE CASCADE,
    symbol       text        NOT NULL CHECK (symbol <> ''),
    note         text,
    position     smallint    NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (watchlist_id, symbol)
);

CREATE INDEX watchlist_items_symbol_idx ON watchlist_items (symbol);

COMMENT ON TABLE watchlist_items IS 'One symbol on one watchlist';

CREATE TABLE watchlist_alerts (
    id                uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    watchlist_item_id uuid           NOT NULL REFERENCES watchlist_items ON DELETE CASCADE,
    condition         text           NOT NULL CHECK (condition IN ('above', 'below', 'daily_change')),
    threshold         numeric(20, 8) NOT NULL CHECK (threshold > 0),
    is_active         boolean        NOT NULL DEFAULT true,
    triggered_at      timestamptz,
    created_at        timestamptz    NOT NULL DEFAULT now(),
    updated_at        timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (watchlist_item_id, condition, threshold)
);

CREATE INDEX watchlist_alerts_active_idx ON watchlist_alerts (watchlist_item_id) WHERE is_active;

COMMENT ON TABLE watchlist_alerts IS 'When to tell the user about a symbol on a watchlist';
COMMENT ON COLUMN watchlist_alerts.threshold IS 'A price for above and below; per cent, up or down, for daily_change';

----------------------------------------------------------------------------------------------------------------------
-- Audit: what a correction or a deletion took away
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE audit_log (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id    uuid        DEFAULT app_user_id(),
    actor_role  text        NOT NULL DEFAULT session_user,
    action      text        NOT NULL CHECK (action IN ('update', 'delete')),
    table_name  text        NOT NULL,
    row_id      uuid        NOT NULL,
    old_row     jsonb       NOT NULL,
    new_row     jsonb
);

CREATE INDEX audit_log_row_id_idx ON audit_log (row_id, occurred_at DESC);

COMMENT ON TABLE audit_log IS 'Every corrected or deleted transaction, as it was before. Rows are only ever added';
COMMENT ON COLUMN audit_log.actor_id IS 'The user in whose name it happened; NULL: the service itself';
COMMENT ON COLUMN audit_log.row_id IS 'No foreign key: the entry outlives the row';
COMMENT ON COLUMN audit_log.old_row IS 'Without the note: free text may name people, and nothing here is ever erased';

CREATE FUNCTION write_audit_log() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before_row jsonb := to_jsonb(OLD) - 'note' - 'updated_at';
    after_row  jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) - 'note' - 'updated_at' END;
BEGIN
    IF before_row IS DISTINCT FROM after_row THEN
        INSERT INTO audit_log (action, table_name, row_id, old_row, new_row)
        VALUES (lower(TG_OP), TG_TABLE_NAME, OLD.id, before_row, after_row);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER write_audit_log AFTER UPDATE OR DELETE ON transactions
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON benchmarks
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON portfolios
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON transactions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON holdings
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON portfolio_snapshots
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON portfolio_goals
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON allocation_rules
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON watchlists
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON watchlist_items
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON watchlist_alerts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: portfolio_app sees and changes what belongs to app.current_user_id. The owner is not bound.
-- analytics_reader reads the figures of everybody, but no watchlists and no audit log.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE portfolios ENABLE ROW LEVEL SECURITY;
ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE holdings ENABLE ROW LEVEL SECURITY;
ALTER TABLE portfolio_snapshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE portfolio_goals ENABLE ROW LEVEL SECURITY;
ALTER TABLE allocation_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE watchlists ENABLE ROW LEVEL SECURITY;
ALTER TABLE watchlist_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE watchlist_alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row. The policies of the
-- tables below a portfolio or a watchlist lean on the policy of the one above: its rows are already filtered.
CREATE POLICY own_rows ON portfolios TO portfolio_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON transactions TO portfolio_app
    USING (portfolio_id IN (SELECT id FROM portfolios));
CREATE POLICY own_rows ON holdings TO portfolio_app
    USING (portfolio_id IN (SELECT id FROM portfolios));
CREATE POLICY own_rows ON portfolio_snapshots TO portfolio_app
    USING (portfolio_id IN (SELECT id FROM portfolios));
CREATE POLICY own_rows ON portfolio_goals TO portfolio_app
    USING (portfolio_id IN (SELECT id FROM portfolios));
CREATE POLICY own_rows ON allocation_rules TO portfolio_app
    USING (portfolio_id IN (SELECT id FROM portfolios));
CREATE POLICY own_rows ON watchlists TO portfolio_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON watchlist_items TO portfolio_app
    USING (watchlist_id IN (SELECT id FROM watchlists));
CREATE POLICY own_rows ON watchlist_alerts TO portfolio_app
    USING (watchlist_item_id IN (SELECT id FROM watchlist_items));

CREATE POLICY read_all ON portfolios FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON transactions FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON holdings FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON portfolio_snapshots FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON portfolio_goals FOR SELECT TO analytics_reader USING (true);
CREATE POLICY read_all ON allocation_rules FOR SELECT TO analytics_reader USING (true);

-- A table that a later migration adds is closed to both until it has a policy and a grant of its own.
GRANT SELECT ON benchmarks, benchmark_values, holdings_check, portfolio_cash TO portfolio_app, analytics_reader;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON portfolios, portfolio_goals, allocation_rules, watchlists, watchlist_items, watchlist_alerts TO portfolio_app;
GRANT SELECT, INSERT, UPDATE (note) ON transactions TO portfolio_app;
GRANT SELECT, UPDATE (asset_class) ON holdings TO portfolio_app;
GRANT SELECT ON portfolio_snapshots TO portfolio_app;
GRANT SELECT ON portfolios, holdings, portfolio_snapshots, portfolio_goals, allocation_rules TO analytics_reader;
GRANT SELECT (
    id, portfolio_id, type, symbol, quantity, price, fees, net_amount, currency, traded_at, settles_on, created_at
) ON transactions TO analytics_reader;

----------------------------------------------------------------------------------------------------------------------
-- GDPR: what is known about a person, and forgetting it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION export_user_data(for_user uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
    'portfolios', (
        SELECT coalesce(jsonb_agg(
            to_jsonb(p) || jsonb_build_object(
                'holdings', (
                    SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY h.symbol), '[]')
                    FROM holdings AS h WHERE h.portfolio_id = p.id
                ),
                'transactions', (
                    SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.traded_at, t.id), '[]')
                    FROM transactions AS t WHERE t.portfolio_id = p.id
                ),
                'snapshots', (
                    SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.snapshot_date), '[]')
                    FROM portfolio_snapshots AS s WHERE s.portfolio_id = p.id
                ),
                'goals', (
                    SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.name), '[]')
                    FROM portfolio_goals AS g WHERE g.portfolio_id = p.id
                ),
                'allocation_rules', (
                    SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.asset_class), '[]')
                    FROM allocation_rules AS a WHERE a.portfolio_id = p.id
                )
            ) ORDER BY p.created_at, p.id
        ), '[]')
        FROM portfolios AS p WHERE p.user_id = for_user
    ),
    'watchlists', (
        SELECT coalesce(jsonb_agg(
            to_jsonb(w) || jsonb_build_object(
                'items', (
                    SELECT coalesce(jsonb_agg(
                        to_jsonb(i) || jsonb_build_object(
                            'alerts', (
                                SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.created_at, a.id), '[]')
                                FROM watchlist_alerts AS a WHERE a.watchlist_item_id = i.id
                            )
                        ) ORDER BY i.position, i.symbol
                    ), '[]')
                    FROM watchlist_items AS i WHERE i.watchlist_id = w.id
                )
            ) ORDER BY w.position, w.name
        ), '[]')
        FROM watchlists AS w WHERE w.user_id = for_user
    )
);

COMMENT ON FUNCTION export_user_data IS 'Everything portfolio knows about a person; users may export themselves';

CREATE FUNCTION erase_user_data(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    nobody   uuid := gen_random_uuid();
    anything boolean;
BEGIN
    anything := EXISTS (SELECT FROM portfolios WHERE user_id = for_user)
        OR EXISTS (SELECT FROM watchlists WHERE user_id = for_user);

    DELETE FROM watchlists WHERE user_id = for_user;
    DELETE FROM portfolio_goals WHERE portfolio_id IN (SELECT id FROM portfolios WHERE user_id = for_user);
    DELETE FROM portfolios AS p
    WHERE user_id = for_user AND NOT EXISTS (SELECT FROM transactions AS t WHERE t.portfolio_id = p.id);

    UPDATE transactions SET note = NULL
    WHERE note IS NOT NULL AND portfolio_id IN (SELECT id FROM portfolios WHERE user_id = for_user);
    UPDATE portfolios
    SET user_id = nobody, name = 'Closed ' || id, description = NULL, closed_at = coalesce(closed_at, now())
    WHERE user_id = for_user;
    RETURN anything;
END
$$;

COMMENT ON FUNCTION erase_user_data IS
    'Forgets a person; true if anything was known. Transactions are kept: their portfolios come to belong to nobody';

REVOKE ALL ON FUNCTION erase_user_data FROM PUBLIC;
