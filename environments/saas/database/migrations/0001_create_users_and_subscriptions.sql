-- Users, what they can subscribe to, their subscriptions, and what they pay.
--
-- Stripe takes the payments and is right about them; these rows are what its webhooks told. Amounts are whole cents, as
-- Stripe counts them. Everybody's month begins on the first.

CREATE TYPE user_role AS ENUM ('user', 'support', 'admin');

CREATE TYPE subscription_status AS ENUM (
    'incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled', 'incomplete_expired'
);

CREATE TYPE invoice_status AS ENUM ('draft', 'open', 'paid', 'uncollectible', 'void');

COMMENT ON TYPE user_role IS 'What a user is to the application: one who pays, one who helps, one who runs it';
COMMENT ON TYPE subscription_status IS 'As Stripe has them; the last two are the end';
COMMENT ON TYPE invoice_status IS 'As Stripe has them; a draft isn''t sent yet';

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION set_updated_at IS 'Trigger of every table that has updated_at';

----------------------------------------------------------------------------------------------------------------------
-- Users
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    id                uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    email             text        NOT NULL CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND email = lower(email)),
    email_verified_at timestamptz,
    name              text        NOT NULL CHECK (name <> ''),
    password_hash     text        CHECK (password_hash LIKE '$%'),
    role              user_role   NOT NULL DEFAULT 'user',
    is_active         boolean     NOT NULL DEFAULT true,
    last_login_at     timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE users IS 'User accounts';
COMMENT ON COLUMN users.email IS 'In small letters, so that one address is one account';
COMMENT ON COLUMN users.password_hash IS 'Modular crypt format ($2b$…); NULL: logs in with Google or GitHub';

----------------------------------------------------------------------------------------------------------------------
-- Plans and subscriptions
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE plans (
    code          text        PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    name          text        NOT NULL CHECK (name <> ''),
    description   text        NOT NULL DEFAULT '',
    monthly_cents integer     NOT NULL CHECK (monthly_cents >= 0),
    yearly_cents  integer     NOT NULL CHECK (yearly_cents BETWEEN 0 AND monthly_cents * 12),
    currency      text        NOT NULL DEFAULT 'usd' CHECK (currency ~ '^[a-z]{3}$'),
    stripe_price  text        UNIQUE CHECK (stripe_price LIKE 'price\_%'),
    limits        jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(limits) = 'object'),
    is_offered    boolean     NOT NULL DEFAULT true,
    position      integer     NOT NULL UNIQUE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plans_price_unless_free CHECK ((monthly_cents = 0) = (stripe_price IS NULL))
);

COMMENT ON TABLE plans IS 'What can be subscribed to. Who has no subscription is on the free plan';
COMMENT ON COLUMN plans.limits IS 'How much a plan allows: {"projects": 10, "seats": 3}';
COMMENT ON COLUMN plans.is_offered IS 'Whether new subscriptions may choose it; old ones stay';

CREATE TABLE subscriptions (
    id                     uuid                PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id                uuid                NOT NULL REFERENCES users ON DELETE CASCADE,
    plan_code              text                NOT NULL REFERENCES plans ON UPDATE CASCADE ON DELETE RESTRICT,
    status                 subscription_status NOT NULL DEFAULT 'incomplete',
    billing_period         text                NOT NULL DEFAULT 'month' CHECK (billing_period IN ('month', 'year')),
    stripe_customer_id     text                NOT NULL CHECK (stripe_customer_id LIKE 'cus\_%'),
    stripe_subscription_id text                NOT NULL UNIQUE CHECK (stripe_subscription_id LIKE 'sub\_%'),
    current_period_start   timestamptz         NOT NULL,
    current_period_end     timestamptz         NOT NULL,
    trial_ends_at          timestamptz,
    cancel_at_period_end   boolean             NOT NULL DEFAULT false,
    canceled_at            timestamptz,
    created_at             timestamptz         NOT NULL DEFAULT now(),
    updated_at             timestamptz         NOT NULL DEFAULT now(),
    CONSTRAINT subscriptions_period_has_length CHECK (current_period_end > current_period_start),
    CONSTRAINT subscriptions_trial_has_end CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL),
    CONSTRAINT subscriptions_canceled_when
        CHECK ((status = 'canceled' OR cancel_at_period_end) = (canceled_at IS NOT NULL))
);

-- At most one of a user's subscriptions counts.
CREATE UNIQUE INDEX subscriptions_one_live_per_user ON subscriptions (user_id)
    WHERE status NOT IN ('canceled', 'incomplete_expired');
CREATE INDEX subscriptions_plan_code_idx ON subscriptions (plan_code);

COMMENT ON TABLE subscriptions IS 'Who subscribes to what; a user who was ever sent an invoice can''t be deleted';
COMMENT ON COLUMN subscriptions.canceled_at IS 'When the user said so; until current_period_end it may still count';

CREATE TABLE invoices (
    id                uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    subscription_id   uuid           NOT NULL REFERENCES subscriptions ON DELETE RESTRICT,
    number            text           NOT NULL UNIQUE CHECK (number ~ '^[0-9]{4}-[0-9]{6}$'),
    stripe_invoice_id text           NOT NULL UNIQUE CHECK (stripe_invoice_id LIKE 'in\_%'),
    status            invoice_status NOT NULL DEFAULT 'draft',
    amount_due_cents  integer        NOT NULL CHECK (amount_due_cents >= 0),
    amount_paid_cents integer        NOT NULL DEFAULT 0 CHECK (amount_paid_cents BETWEEN 0 AND amount_due_cents),
    currency          text           NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    period_start      timestamptz    NOT NULL,
    period_end        timestamptz    NOT NULL,
    due_at            timestamptz    NOT NULL,
    paid_at           timestamptz,
    created_at        timestamptz    NOT NULL DEFAULT now(),
    updated_at        timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT invoices_subscription_period_key UNIQUE (subscription_id, period_start),
    CONSTRAINT invoices_period_has_length CHECK (period_end > period_start),
    CONSTRAINT invoices_paid_in_full CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
    CONSTRAINT invoices_paid_amount CHECK (status <> 'paid' OR amount_paid_cents = amount_due_cents)
);

CREATE INDEX invoices_open_idx ON invoices (due_at) WHERE status = 'open';

COMMENT ON TABLE invoices IS 'What was asked for each period of a subscription, and what was paid';

CREATE TRIGGER set_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON plans
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON invoices
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

GRANT SELECT ON plans, subscriptions, invoices TO myapp_readonly;
GRANT SELECT (
    id, email, email_verified_at, name, role, is_active, last_login_at, created_at, updated_at
) ON users TO myapp_readonly;

-- nexenv:down
DROP TABLE invoices, subscriptions, plans, users;
DROP FUNCTION set_updated_at;
DROP TYPE invoice_status, subscription_status, user_role;
