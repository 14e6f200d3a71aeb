-- What the document's tables leave open: the plans that plan_id names, which values count, and what rows are looked up by.

----------------------------------------------------------------------------------------------------------------------
-- Plans
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE subscription_plans (
    id         varchar(50)   PRIMARY KEY,
    name       varchar(100)  NOT NULL UNIQUE,
    price      numeric(10,2) NOT NULL,
    currency   varchar(3)    NOT NULL,
    interval   varchar(10)   NOT NULL,
    features   jsonb         NOT NULL DEFAULT '{}',
    is_offered boolean       NOT NULL DEFAULT true,
    created_at timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT subscription_plans_id_form CHECK (id ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT subscription_plans_price_positive CHECK (price > 0),
    CONSTRAINT subscription_plans_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT subscription_plans_interval_known CHECK (interval IN ('month', 'year')),
    CONSTRAINT subscription_plans_features_object CHECK (jsonb_typeof(features) = 'object')
);

ALTER TABLE subscription_transactions
    ADD CONSTRAINT subscription_transactions_plan_id_fkey
        FOREIGN KEY (plan_id) REFERENCES subscription_plans ON UPDATE CASCADE ON DELETE RESTRICT;

----------------------------------------------------------------------------------------------------------------------
-- Rules
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE user_relationships
    ADD CONSTRAINT user_relationships_two_users CHECK (user_id_1 <> user_id_2),
    ADD CONSTRAINT user_relationships_type_known
        CHECK (relationship_type IN ('friend', 'family', 'partner', 'colleague', 'consultant')),
    ADD CONSTRAINT user_relationships_status_known CHECK (status IN ('pending', 'accepted', 'blocked', 'ended'));

ALTER TABLE subscription_transactions
    ADD CONSTRAINT subscription_transactions_amount_positive CHECK (amount > 0),
    ADD CONSTRAINT subscription_transactions_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT subscription_transactions_status_known
        CHECK (status IN ('pending', 'completed', 'failed', 'refunded')),
    ADD CONSTRAINT subscription_transactions_method_known
        CHECK (payment_method IN ('card', 'paypal', 'bank_transfer', 'app_store')),
    -- A payment that never reached the provider has no number there.
    ADD CONSTRAINT subscription_transactions_numbered CHECK (transaction_id IS NOT NULL OR status = 'pending');

ALTER TABLE user_preferences
    ADD CONSTRAINT user_preferences_key_form CHECK (preference_key ~ '^[a-z][a-z0-9_.]*$');

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION set_updated_at IS 'Trigger of every table that has updated_at';

CREATE TRIGGER set_updated_at BEFORE UPDATE ON user_relationships
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Indexes
----------------------------------------------------------------------------------------------------------------------

-- Who knows a user: the unique index answers for user_id_1, this one for user_id_2.
CREATE INDEX user_relationships_user_id_2_idx ON user_relationships (user_id_2);
CREATE INDEX user_relationships_pending_idx ON user_relationships (user_id_2, created_at) WHERE status = 'pending';
CREATE INDEX subscription_transactions_user_id_idx ON subscription_transactions (user_id, created_at DESC);
CREATE INDEX subscription_transactions_plan_id_idx ON subscription_transactions (plan_id);
CREATE INDEX subscription_transactions_created_at_idx ON subscription_transactions (created_at) INCLUDE (amount, status);
CREATE INDEX user_preferences_key_idx ON user_preferences (preference_key);

COMMENT ON TABLE user_relationships IS 'How two users know each other; user_id_1 asked';
COMMENT ON TABLE subscription_plans IS 'What can be subscribed to';
COMMENT ON TABLE subscription_transactions IS 'What was paid for a plan, or tried to';
COMMENT ON COLUMN subscription_transactions.transaction_id IS 'The payment provider''s number';
COMMENT ON TABLE user_preferences IS 'What a user has chosen: a value for each key';

GRANT SELECT ON user_relationships, subscription_plans, subscription_transactions, user_preferences
    TO corp_astro_reporting;

-- nexenv:down
REVOKE SELECT ON user_relationships, subscription_plans, subscription_transactions, user_preferences
    FROM corp_astro_reporting;
DROP INDEX user_preferences_key_idx;
DROP INDEX subscription_transactions_created_at_idx, subscription_transactions_plan_id_idx;
DROP INDEX subscription_transactions_user_id_idx, user_relationships_pending_idx, user_relationships_user_id_2_idx;
DROP TRIGGER set_updated_at ON user_relationships;
DROP FUNCTION set_updated_at;
ALTER TABLE user_preferences DROP CONSTRAINT user_preferences_key_form;
ALTER TABLE subscription_transactions
    DROP CONSTRAINT subscription_transactions_numbered,
    DROP CONSTRAINT subscription_transactions_method_known,
    DROP CONSTRAINT subscription_transactions_status_known,
    DROP CONSTRAINT subscription_transactions_currency_form,
    DROP CONSTRAINT subscription_transactions_amount_positive,
    DROP CONSTRAINT subscription_transactions_plan_id_fkey;
ALTER TABLE user_relationships
    DROP CONSTRAINT user_relationships_status_known,
    DROP CONSTRAINT user_relationships_type_known,
    DROP CONSTRAINT user_relationships_two_users;
DROP TABLE subscription_plans;
COMMENT ON TABLE user_relationships IS NULL;
COMMENT ON TABLE subscription_transactions IS NULL;
COMMENT ON COLUMN subscription_transactions.transaction_id IS NULL;
COMMENT ON TABLE user_preferences IS NULL;
