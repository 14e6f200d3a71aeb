-- The main schema: who may do what, and their money.
--
--   users, roles, user_roles, api_keys                 authentication, role-based access control (RBAC)
--   financial_accounts, transactions                   accounts and the postings that make their balances
--   budgets, budget_alerts                             what somebody means to spend, and word when it is more
--
-- Amounts are numeric(15,2). An account's balance is its opening balance and the sum of its posted transactions: a
-- trigger keeps it, the view account_balance_check says whether the two agree.
--
-- The owner, nexus_service, sees everything. For a user it steps down, in one transaction:
--     SET LOCAL ROLE nexus_app;
--     SET LOCAL app.current_user_id = '…';

-- The user in whose name this transaction works, or NULL. A setting that was once set LOCAL reads as '' afterwards.
CREATE FUNCTION app_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.current_user_id', true), '')::uuid;

COMMENT ON FUNCTION app_user_id IS 'The user of app.current_user_id, or NULL';

----------------------------------------------------------------------------------------------------------------------
-- Users and roles
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    id                 uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    username           varchar(50)  NOT NULL CONSTRAINT ix_users_username UNIQUE
                                    CHECK (username ~ '^[a-z0-9][a-z0-9_.-]{2,}$'),
    email              varchar(255) NOT NULL CONSTRAINT ix_users_email UNIQUE
                                    CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND email = lower(email)),
    password_hash      varchar(255) NOT NULL CHECK (password_hash LIKE '$%'),
    first_name         varchar(100) NOT NULL,
    last_name          varchar(100) NOT NULL,
    phone              varchar(20)  CHECK (phone ~ '^\+[0-9]{6,15}$'),
    status             varchar(20)  NOT NULL DEFAULT 'pending'
                                    CHECK (status IN ('pending', 'active', 'suspended', 'deactivated')),
    is_verified        boolean      NOT NULL DEFAULT false,
    failed_login_count integer      NOT NULL DEFAULT 0 CHECK (failed_login_count >= 0),
    locked_until       timestamptz,
    last_login_at      timestamptz,
    preferences        jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object'),
    created_at         timestamptz  NOT NULL DEFAULT now(),
    updated_at         timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT users_active_is_verified CHECK (status <> 'active' OR is_verified)
);

CREATE INDEX ix_users_status ON users (status) WHERE status <> 'active';

COMMENT ON TABLE users IS 'Main user table with authentication information';
COMMENT ON COLUMN users.email IS 'In small letters, so that one address is one account';
COMMENT ON COLUMN users.password_hash IS 'Modular crypt format ($2b$…); nexus_app can''t read it';
COMMENT ON COLUMN users.phone IS 'With the number of its country: +49…; NULL: not known';
COMMENT ON COLUMN users.locked_until IS 'No login before this moment, whatever the password; NULL: not locked';
COMMENT ON COLUMN users.last_login_at IS 'NULL: never yet';

CREATE TABLE roles (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    name        varchar(50) NOT NULL CONSTRAINT ix_roles_name UNIQUE CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    description text        NOT NULL DEFAULT '',
    permissions text[]      NOT NULL DEFAULT '{}',
    is_active   boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roles_permissions_are_well_formed
        CHECK (array_to_string(permissions, ' ', '?') ~ '^(([a-z_]+|\*):([a-z_]+|\*)( |$))*$')
);

COMMENT ON TABLE roles IS 'User roles and permissions';
COMMENT ON COLUMN roles.permissions IS '`resource:action`; either may be *';

CREATE TABLE user_roles (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    role_id    uuid        NOT NULL REFERENCES roles ON DELETE RESTRICT,
    granted_by uuid        REFERENCES users ON DELETE SET NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    CONSTRAINT user_roles_user_role_key UNIQUE (user_id, role_id),
    CONSTRAINT user_roles_expires_later CHECK (expires_at > granted_at)
);

CREATE INDEX ix_user_roles_role_id ON user_roles (role_id);
CREATE INDEX ix_user_roles_granted_by ON user_roles (granted_by);

COMMENT ON TABLE user_roles IS 'Many-to-many relationship between users and roles';
COMMENT ON COLUMN user_roles.granted_by IS 'NULL: the system, or somebody who is gone';
COMMENT ON COLUMN user_roles.expires_at IS 'NULL: never';

CREATE TABLE api_keys (
    id           uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid         NOT NULL REFERENCES users ON DELETE CASCADE,
    name         varchar(100) NOT NULL CHECK (name <> ''),
    key_prefix   varchar(12)  NOT NULL CONSTRAINT ix_api_keys_key_prefix UNIQUE CHECK (length(key_prefix) >= 8),
    key_hash     varchar(64)  NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    scopes       text[]       NOT NULL DEFAULT '{}',
    status       varchar(20)  NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'revoked')),
    last_used_at timestamptz,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    created_at   timestamptz  NOT NULL DEFAULT now(),
    updated_at   timestamptz  NOT NULL DEFAULT now(),
    CONSTRAINT api_keys_expires_later CHECK (expires_at > created_at),
    CONSTRAINT api_keys_revoked_when CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);

CREATE INDEX ix_api_keys_user_id ON api_keys (user_id);

COMMENT ON TABLE api_keys IS 'API key authentication';
COMMENT ON COLUMN api_keys.key_prefix IS 'The readable start of the key, to find it by and to tell keys apart in logs';
COMMENT ON COLUMN api_keys.key_hash IS 'SHA-256 in hexadecimal: keys are random and long, so a fast hash is enough';
COMMENT ON COLUMN api_keys.last_used_at IS 'NULL: never yet';
COMMENT ON COLUMN api_keys.expires_at IS 'NULL: never';
COMMENT ON COLUMN api_keys.revoked_at IS 'NULL: not revoked';

CREATE FUNCTION user_has_permission(for_user uuid, wanted text, at_time timestamptz DEFAULT now()) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (
    SELECT
    FROM user_roles AS g
    JOIN roles AS r ON r.id = g.role_id AND r.is_active
    JOIN users AS u ON u.id = g.user_id AND u.status = 'active'
    WHERE g.user_id = for_user
      AND (g.expires_at IS NULL OR g.expires_at > at_time)
      AND r.permissions && ARRAY[wanted, split_part(wanted, ':', 1) || ':*', '*:' || split_part(wanted, ':', 2), '*:*']
);

COMMENT ON FUNCTION user_has_permission IS 'Whether an active user has a role with this permission, `resource:action`';

-- Whoever made an endpoint or a name may be forgotten: what they made stays.
ALTER TABLE api_endpoints
    ADD CONSTRAINT api_endpoints_created_by_fkey FOREIGN KEY (created_by) REFERENCES users ON DELETE SET NULL;
ALTER TABLE ssot_anchors
    ADD CONSTRAINT ssot_anchors_created_by_fkey FOREIGN KEY (created_by) REFERENCES users ON DELETE SET NULL;
ALTER TABLE alias_definitions
    ADD CONSTRAINT alias_definitions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users ON DELETE SET NULL;

----------------------------------------------------------------------------------------------------------------------
-- Accounts and transactions
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE financial_accounts (
    id              uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         uuid          NOT NULL REFERENCES users ON DELETE RESTRICT,
    name            varchar(100)  NOT NULL CHECK (name <> ''),
    account_type    varchar(20)   NOT NULL
                                  CHECK (account_type IN ('checking', 'savings', 'credit_card', 'investment', 'loan')),
    institution     varchar(100)  NOT NULL,
    number_last4    varchar(4)    NOT NULL CHECK (number_last4 ~ '^[0-9]{4}$'),
    currency        varchar(3)    NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    opening_balance numeric(15,2) NOT NULL DEFAULT 0,
    balance         numeric(15,2) NOT NULL DEFAULT 0,
    credit_limit    numeric(15,2) NOT NULL DEFAULT 0 CHECK (credit_limit >= 0),
    status          varchar(20)   NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'frozen', 'closed')),
    is_primary      boolean       NOT NULL DEFAULT false,
    metadata        jsonb         NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    opened_at       timestamptz   NOT NULL DEFAULT now(),
    closed_at       timestamptz,
    created_at      timestamptz   NOT NULL DEFAULT now(),
    updated_at      timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT financial_accounts_within_limit CHECK (balance >= -credit_limit),
    CONSTRAINT financial_accounts_closed_when CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT financial_accounts_closed_is_empty CHECK (status <> 'closed' OR balance = 0),
    CONSTRAINT financial_accounts_closed_later CHECK (closed_at >= opened_at)
);

CREATE INDEX ix_financial_accounts_user_id ON financial_accounts (user_id);
CREATE UNIQUE INDEX ix_financial_accounts_primary ON financial_accounts (user_id) WHERE is_primary;

COMMENT ON TABLE financial_accounts IS 'User financial accounts; a user who has one can''t be deleted';
COMMENT ON COLUMN financial_accounts.balance IS 'Kept by a trigger: opening_balance and all posted transactions';
COMMENT ON COLUMN financial_accounts.credit_limit IS 'How far the balance may fall below zero';
COMMENT ON COLUMN financial_accounts.closed_at IS 'NULL: not closed';

CREATE TABLE transactions (
    id               uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id       uuid          NOT NULL REFERENCES financial_accounts ON DELETE RESTRICT,
    transaction_type varchar(20)   NOT NULL,
    category         varchar(30)   NOT NULL DEFAULT 'other' CHECK (category IN (
                                       'housing', 'utilities', 'groceries', 'transport', 'health', 'shopping',
                                       'entertainment', 'travel', 'income', 'transfer', 'fees', 'other'
                                   )),
    amount           numeric(15,2) NOT NULL,
    description      varchar(255)  NOT NULL DEFAULT '',
    merchant         varchar(100),
    reference        varchar(40)   NOT NULL CONSTRAINT ix_transactions_reference UNIQUE,
    status           varchar(20)   NOT NULL DEFAULT 'pending'
                                   CHECK (status IN ('pending', 'posted', 'failed', 'cancelled')),
    transfer_from_id uuid          CONSTRAINT ix_transactions_transfer_from_id UNIQUE
                                   REFERENCES transactions ON DELETE RESTRICT,
    reversal_of_id   uuid          CONSTRAINT ix_transactions_reversal_of_id UNIQUE
                                   REFERENCES transactions ON DELETE RESTRICT,
    metadata         jsonb         NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    occurred_at      timestamptz   NOT NULL DEFAULT now(),
    posted_at        timestamptz,
    created_at       timestamptz   NOT NULL DEFAULT now(),
    updated_at       timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT transactions_sign_of_type CHECK (
        CASE transaction_type
            WHEN 'deposit' THEN amount > 0
            WHEN 'interest' THEN amount > 0
            WHEN 'refund' THEN amount > 0
            WHEN 'transfer_in' THEN amount > 0
            WHEN 'payment' THEN amount < 0
            WHEN 'withdrawal' THEN amount < 0
            WHEN 'fee' THEN amount < 0
            WHEN 'transfer_out' THEN amount < 0
            WHEN 'reversal' THEN amount <> 0
            ELSE false
        END
    ),
    CONSTRAINT transactions_posted_when CHECK ((status = 'posted') = (posted_at IS NOT NULL)),
    CONSTRAINT transactions_posted_later CHECK (posted_at >= occurred_at),
    CONSTRAINT transactions_transfer_has_origin
        CHECK ((transaction_type = 'transfer_in') = (transfer_from_id IS NOT NULL)),
    CONSTRAINT transactions_reversal_has_origin
        CHECK ((transaction_type = 'reversal') = (reversal_of_id IS NOT NULL))
);

CREATE INDEX ix_transactions_account_id ON transactions (account_id, occurred_at DESC);
CREATE INDEX ix_transactions_category ON transactions (category, occurred_at) WHERE status = 'posted';
CREATE INDEX ix_transactions_pending ON transactions (occurred_at) WHERE status = 'pending';

COMMENT ON TABLE transactions IS 'Financial transactions. What is posted stays: a mistake is undone by a reversal';
COMMENT ON COLUMN transactions.amount IS 'What it does to the balance: money in is positive, money out negative';
COMMENT ON COLUMN transactions.merchant IS 'NULL: none, or not known';
COMMENT ON COLUMN transactions.transfer_from_id IS
    'The other half of a transfer, on the account that the money left; NULL: not the half that arrives';
COMMENT ON COLUMN transactions.reversal_of_id IS
    'The transaction that this one undoes, with the opposite amount; NULL: no reversal';
COMMENT ON COLUMN transactions.posted_at IS 'From when on it counts; NULL: not posted';

-- What no CHECK can see, since it looks at another row: both halves of a transfer, and a reversal and what it undoes.
CREATE FUNCTION check_transaction_origin() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    origin transactions;
BEGIN
    SELECT * INTO origin FROM transactions WHERE id = coalesce(NEW.transfer_from_id, NEW.reversal_of_id);
    IF NEW.amount <> -origin.amount THEN
        RAISE EXCEPTION 'a % of % needs the amount %', NEW.transaction_type, origin.reference, -origin.amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_origin_amount';
    END IF;
    IF (NEW.transfer_from_id IS NOT NULL) = (NEW.account_id = origin.account_id) THEN
        RAISE EXCEPTION 'a transfer is between two accounts, a reversal on one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_origin_account';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION check_transaction_origin IS
    'Trigger; a transfer that arrives, and a reversal, have the opposite amount of what they come from';

CREATE FUNCTION protect_transaction() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'posted' THEN
            RAISE EXCEPTION 'transaction % is posted: reverse it instead', OLD.reference
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.account_id, OLD.transaction_type, OLD.amount, OLD.reference, OLD.transfer_from_id, OLD.reversal_of_id)
        IS DISTINCT FROM
       (NEW.account_id, NEW.transaction_type, NEW.amount, NEW.reference, NEW.transfer_from_id, NEW.reversal_of_id)
    THEN
        RAISE EXCEPTION 'transaction % stays what it is: cancel or reverse it instead', OLD.reference
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> 'pending'
        AND (OLD.status, OLD.occurred_at, OLD.posted_at) IS DISTINCT FROM (NEW.status, NEW.occurred_at, NEW.posted_at)
    THEN
        RAISE EXCEPTION 'transaction % is % for good', OLD.reference, OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION protect_transaction IS
    'Trigger; a pending transaction may be posted, fail or be cancelled; besides, only what describes it may change';

-- With the owner's rights: whoever may add a transaction has no right to the balance itself.
CREATE FUNCTION keep_account_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before_it numeric := CASE WHEN TG_OP <> 'INSERT' AND OLD.status = 'posted' THEN OLD.amount ELSE 0 END;
    after_it  numeric := CASE WHEN TG_OP <> 'DELETE' AND NEW.status = 'posted' THEN NEW.amount ELSE 0 END;
    account   uuid    := CASE WHEN TG_OP = 'DELETE' THEN OLD.account_id ELSE NEW.account_id END;
BEGIN
    IF after_it <> before_it THEN
        UPDATE financial_accounts SET balance = balance + after_it - before_it WHERE id = account;
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION keep_account_balance IS 'Trigger; what is posted changes the balance of its account';

CREATE CONSTRAINT TRIGGER check_transaction_origin AFTER INSERT ON transactions
    FOR EACH ROW WHEN (NEW.transfer_from_id IS NOT NULL OR NEW.reversal_of_id IS NOT NULL)
    EXECUTE FUNCTION check_transaction_origin();
CREATE TRIGGER protect_transaction BEFORE UPDATE OR DELETE ON transactions
    FOR EACH ROW EXECUTE FUNCTION protect_transaction();
CREATE TRIGGER keep_account_balance AFTER INSERT OR UPDATE OR DELETE ON transactions
    FOR EACH ROW EXECUTE FUNCTION keep_account_balance();

-- security_invoker: a view shows whoever asks the rows that they may see, not those of its owner.
CREATE VIEW account_balance_check WITH (security_invoker = true) AS
SELECT
    a.id AS account_id,
    a.balance,
    a.opening_balance + coalesce(sum(t.amount), 0) AS expected_balance
FROM financial_accounts AS a
LEFT JOIN transactions AS t ON t.account_id = a.id AND t.status = 'posted'
GROUP BY a.id
HAVING a.balance <> a.opening_balance + coalesce(sum(t.amount), 0);

COMMENT ON VIEW account_balance_check IS 'Accounts whose balance isn''t what their transactions make; always empty';

----------------------------------------------------------------------------------------------------------------------
-- Budgets
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE budgets (
    id               uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          uuid           NOT NULL REFERENCES users ON DELETE CASCADE,
    name             varchar(100)   NOT NULL CHECK (name <> ''),
    category         varchar(30)    NOT NULL CHECK (category IN (
                                        'housing', 'utilities', 'groceries', 'transport', 'health', 'shopping',
                                        'entertainment', 'travel', 'fees', 'other'
                                    )),
    period           varchar(20)    NOT NULL CHECK (period IN ('weekly', 'monthly', 'quarterly', 'yearly')),
    starts_on        date           NOT NULL,
    ends_on          date           NOT NULL,
    amount           numeric(15,2)  NOT NULL CHECK (amount > 0),
    alert_thresholds numeric(5,2)[] NOT NULL DEFAULT '{80,100}',
    status           varchar(20)    NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'ended')),
    created_at       timestamptz    NOT NULL DEFAULT now(),
    updated_at       timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT budgets_user_name_key UNIQUE (user_id, name),
    CONSTRAINT budgets_ends_later CHECK (ends_on > starts_on),
    CONSTRAINT budgets_thresholds_are_percent CHECK (0 < ALL (alert_thresholds) AND 200 >= ALL (alert_thresholds)),
    CONSTRAINT budgets_one_per_category EXCLUDE USING gist (
        user_id WITH =, category WITH =, daterange(starts_on, ends_on, '[]') WITH &&
    ) WHERE (status = 'active')
);

COMMENT ON TABLE budgets IS 'Budget management: what a user means to spend on a category from one day to another';
COMMENT ON COLUMN budgets.alert_thresholds IS 'Per cent of the amount at which budget_alerts gets a row';
COMMENT ON CONSTRAINT budgets_one_per_category ON budgets IS 'No two active budgets count the same money';

CREATE TABLE budget_alerts (
    id                uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    budget_id         uuid          NOT NULL REFERENCES budgets ON DELETE CASCADE,
    alert_type        varchar(20)   NOT NULL CHECK (alert_type IN ('warning', 'exceeded')),
    threshold_percent numeric(5,2)  NOT NULL CHECK (threshold_percent > 0),
    spent_amount      numeric(15,2) NOT NULL CHECK (spent_amount >= 0),
    budget_amount     numeric(15,2) NOT NULL CHECK (budget_amount > 0),
    status            varchar(20)   NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'resolved')),
    triggered_at      timestamptz   NOT NULL DEFAULT now(),
    acknowledged_by   uuid          REFERENCES users ON DELETE SET NULL,
    acknowledged_at   timestamptz,
    created_at        timestamptz   NOT NULL DEFAULT now(),
    updated_at        timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT budget_alerts_budget_threshold_key UNIQUE (budget_id, threshold_percent),
    CONSTRAINT budget_alerts_type_of_threshold CHECK ((alert_type = 'exceeded') = (threshold_percent >= 100)),
    CONSTRAINT budget_alerts_threshold_is_crossed CHECK (spent_amount * 100 >= budget_amount * threshold_percent),
    CONSTRAINT budget_alerts_acknowledged_when CHECK (status <> 'acknowledged' OR acknowledged_at IS NOT NULL)
);

CREATE INDEX ix_budget_alerts_open ON budget_alerts (triggered_at) WHERE status = 'open';
CREATE INDEX ix_budget_alerts_acknowledged_by ON budget_alerts (acknowledged_by);

COMMENT ON TABLE budget_alerts IS 'Budget monitoring alerts: one for each threshold that spending has crossed';
COMMENT ON COLUMN budget_alerts.spent_amount IS 'When the alert was triggered; budget_status has what it is now';
COMMENT ON COLUMN budget_alerts.acknowledged_by IS 'NULL: nobody yet, or somebody who is gone';
COMMENT ON COLUMN budget_alerts.acknowledged_at IS 'NULL: not yet';

-- Money that left, and money that came back: refunds and reversals lower it.
CREATE VIEW budget_status WITH (security_invoker = true) AS
SELECT
    b.id AS budget_id,
    b.user_id,
    b.category,
    b.amount,
    coalesce(s.spent, 0)::numeric(15,2) AS spent,
    (b.amount - coalesce(s.spent, 0))::numeric(15,2) AS remaining,
    round(coalesce(s.spent, 0) * 100 / b.amount, 2) AS percent
FROM budgets AS b
LEFT JOIN LATERAL (
    SELECT greatest(-sum(t.amount), 0) AS spent
    FROM financial_accounts AS a
    JOIN transactions AS t ON t.account_id = a.id
    WHERE a.user_id = b.user_id
      AND t.category = b.category
      AND t.status = 'posted'
      AND t.occurred_at >= b.starts_on::timestamp AT TIME ZONE 'UTC'
      AND t.occurred_at < (b.ends_on + 1)::timestamp AT TIME ZONE 'UTC'
) AS s ON true;

COMMENT ON VIEW budget_status IS 'What is spent of each budget; days begin at midnight UTC';

CREATE FUNCTION raise_budget_alerts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO budget_alerts (budget_id, alert_type, threshold_percent, spent_amount, budget_amount)
    SELECT s.budget_id, CASE WHEN x.threshold >= 100 THEN 'exceeded' ELSE 'warning' END, x.threshold, s.spent, s.amount
    FROM financial_accounts AS a
    JOIN budgets AS b ON b.user_id = a.user_id AND b.category = NEW.category AND b.status = 'active'
    JOIN budget_status AS s ON s.budget_id = b.id
    CROSS JOIN unnest(b.alert_thresholds) AS x (threshold)
    WHERE a.id = NEW.account_id AND s.spent * 100 >= s.amount * x.threshold
    ON CONFLICT (budget_id, threshold_percent) DO NOTHING;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION raise_budget_alerts IS 'Trigger; an alert for each threshold that a posting crosses, once';

CREATE TRIGGER raise_budget_alerts AFTER INSERT OR UPDATE ON transactions
    FOR EACH ROW WHEN (NEW.status = 'posted' AND NEW.amount < 0) EXECUTE FUNCTION raise_budget_alerts();

----------------------------------------------------------------------------------------------------------------------
-- Triggers
----------------------------------------------------------------------------------------------------------------------

CREATE TRIGGER set_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON roles
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON financial_accounts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON transactions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON budgets
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON budget_alerts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: nexus_app sees and changes the rows of app.current_user_id, and no secret among their columns.
-- The owner is not bound: a login has to find a user before there is one to be bound to.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE financial_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget_alerts ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.
CREATE POLICY own_row ON users TO nexus_app
    USING (id = (SELECT app_user_id()));
CREATE POLICY own_rows ON user_roles TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON api_keys TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON financial_accounts TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON transactions FOR SELECT TO nexus_app
    USING (account_id IN (SELECT id FROM financial_accounts WHERE user_id = (SELECT app_user_id())));
CREATE POLICY own_rows_described ON transactions FOR UPDATE TO nexus_app
    USING (account_id IN (SELECT id FROM financial_accounts WHERE user_id = (SELECT app_user_id())));
-- A user orders money out of an account of theirs; whether it is posted is for the service to say.
CREATE POLICY own_orders ON transactions FOR INSERT TO nexus_app
    WITH CHECK (
        account_id IN (SELECT id FROM financial_accounts WHERE user_id = (SELECT app_user_id()))
        AND status = 'pending'
        AND transaction_type IN ('payment', 'withdrawal', 'transfer_out')
    );
CREATE POLICY own_rows ON budgets TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON budget_alerts TO nexus_app
    USING (budget_id IN (SELECT id FROM budgets WHERE user_id = (SELECT app_user_id())));

-- A table that a later migration adds is closed to nexus_app until it has a grant of its own.
GRANT SELECT ON api_endpoints, ssot_anchors, alias_definitions, roles TO nexus_app, nexus_reader;
GRANT SELECT (
    id, username, email, first_name, last_name, phone, status, is_verified, failed_login_count, locked_until,
    last_login_at, preferences, created_at, updated_at
), UPDATE (first_name, last_name, phone, preferences) ON users TO nexus_app;
GRANT SELECT ON user_roles TO nexus_app;
GRANT SELECT (
    id, user_id, name, key_prefix, scopes, status, last_used_at, expires_at, revoked_at, created_at, updated_at
), UPDATE (name, status, revoked_at) ON api_keys TO nexus_app;
GRANT SELECT, UPDATE (name, is_primary) ON financial_accounts TO nexus_app;
GRANT SELECT, INSERT, UPDATE (category, description, merchant, metadata) ON transactions TO nexus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO nexus_app;
GRANT SELECT, UPDATE (status, acknowledged_by, acknowledged_at) ON budget_alerts TO nexus_app;
GRANT SELECT ON account_balance_check, budget_status TO nexus_app;

-- nexenv:down
DROP VIEW budget_status, account_balance_check;
DROP TABLE budget_alerts, budgets, transactions, financial_accounts;
ALTER TABLE alias_definitions DROP CONSTRAINT alias_definitions_created_by_fkey;
ALTER TABLE ssot_anchors DROP CONSTRAINT ssot_anchors_created_by_fkey;
ALTER TABLE api_endpoints DROP CONSTRAINT api_endpoints_created_by_fkey;
REVOKE SELECT ON api_endpoints, ssot_anchors, alias_definitions FROM nexus_app, nexus_reader;
DROP FUNCTION raise_budget_alerts, keep_account_balance, protect_transaction, check_transaction_origin;
DROP FUNCTION user_has_permission;
DROP TABLE api_keys, user_roles, roles, users;
DROP FUNCTION app_user_id;
