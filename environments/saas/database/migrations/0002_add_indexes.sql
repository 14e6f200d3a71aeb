-- What the application looks rows up by.

-- User queries
CREATE UNIQUE INDEX users_email_idx ON users (email);
CREATE INDEX users_role_idx ON users (role);
CREATE INDEX users_created_at_idx ON users (created_at);

-- Subscription queries
CREATE INDEX subscriptions_user_id_idx ON subscriptions (user_id);
CREATE INDEX subscriptions_status_idx ON subscriptions (status);
CREATE INDEX subscriptions_stripe_customer_id_idx ON subscriptions (stripe_customer_id);

COMMENT ON INDEX users_email_idx IS 'Unique: a login finds one user';

-- nexenv:down
DROP INDEX subscriptions_stripe_customer_id_idx, subscriptions_status_idx, subscriptions_user_id_idx;
DROP INDEX users_created_at_idx, users_role_idx, users_email_idx;
