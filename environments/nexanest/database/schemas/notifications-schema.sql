-- Database notifications: what users are told, on which channel, and whether it arrived.
--
-- A notification is one message to one user; a delivery is one attempt to bring it to one channel. Workers take
-- queued deliveries with FOR UPDATE SKIP LOCKED. user_id is auth.users.id by value.
--
-- Runs as the owner, notifications_service. On behalf of a user the service says, in one transaction:
--     SET LOCAL ROLE notifications_app;
--     SET LOCAL app.current_user_id = '…';

-- Only the owner may connect, whatever the database is called.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
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
-- Templates, channels, preferences
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE templates (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    code       text        NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    channel    text        NOT NULL CHECK (channel IN ('in_app', 'email', 'push', 'sms')),
    locale     text        NOT NULL DEFAULT 'en-US',
    category   text        NOT NULL CHECK (category IN ('security', 'price_alert', 'trade', 'report', 'product')),
    subject    text        NOT NULL DEFAULT '',
    body       text        NOT NULL CHECK (body <> ''),
    is_active  boolean     NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (code, channel, locale)
);

COMMENT ON TABLE templates IS 'The text of each kind of message, per channel and language';
COMMENT ON COLUMN templates.body IS 'With {{placeholders}} that notifications.data fills';

CREATE TABLE channels (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('email', 'push', 'sms')),
    address     text        NOT NULL CHECK (address <> ''),
    label       text        NOT NULL DEFAULT '',
    verified_at timestamptz,
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, kind, address)
);

COMMENT ON TABLE channels IS 'Where a user can be reached outside of the application';
COMMENT ON COLUMN channels.address IS 'E-mail address, device token or phone number';
COMMENT ON COLUMN channels.disabled_at IS 'Switched off by the user, or by too many bounces';

CREATE TABLE preferences (
    user_id    uuid        NOT NULL,
    category   text        NOT NULL CHECK (category IN ('security', 'price_alert', 'trade', 'report', 'product')),
    channel    text        NOT NULL CHECK (channel IN ('in_app', 'email', 'push', 'sms')),
    is_enabled boolean     NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, category, channel),
    CONSTRAINT preferences_security_is_always_shown
        CHECK (is_enabled OR NOT (category = 'security' AND channel = 'in_app'))
);

COMMENT ON TABLE preferences IS 'What a user wants to hear of, and where; without a row, the service''s default holds';

----------------------------------------------------------------------------------------------------------------------
-- Notifications and deliveries
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE notifications (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid        NOT NULL,
    template_id uuid        REFERENCES templates ON DELETE SET NULL,
    category    text        NOT NULL CHECK (category IN ('security', 'price_alert', 'trade', 'report', 'product')),
    title       text        NOT NULL CHECK (title <> ''),
    body        text        NOT NULL DEFAULT '',
    data        jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(data) = 'object'),
    dedupe_key  text        CHECK (dedupe_key <> ''),
    read_at     timestamptz,
    expires_at  timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notifications_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX notifications_user_id_idx ON notifications (user_id, created_at DESC);
CREATE INDEX notifications_unread_idx ON notifications (user_id) WHERE read_at IS NULL;
CREATE INDEX notifications_template_id_idx ON notifications (template_id);
CREATE INDEX notifications_expires_at_idx ON notifications (expires_at) WHERE expires_at IS NOT NULL;
CREATE UNIQUE INDEX notifications_dedupe_key ON notifications (user_id, dedupe_key) WHERE dedupe_key IS NOT NULL;

COMMENT ON TABLE notifications IS 'One message to one user';
COMMENT ON COLUMN notifications.title IS 'As it was shown: a changed template changes no message that was sent';
COMMENT ON COLUMN notifications.dedupe_key IS 'The same event reported twice makes one notification';

CREATE TABLE deliveries (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    notification_id uuid        NOT NULL REFERENCES notifications ON DELETE CASCADE,
    channel_id      uuid        REFERENCES channels ON DELETE SET NULL,
    status          text        NOT NULL DEFAULT 'queued'
                                CHECK (status IN ('queued', 'sent', 'delivered', 'bounced', 'failed')),
    attempts        smallint    NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    provider_id     text,
    error           text,
    sent_at         timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (notification_id, channel_id),
    CONSTRAINT deliveries_sent_when CHECK (sent_at IS NOT NULL OR status NOT IN ('sent', 'delivered', 'bounced'))
);

CREATE INDEX deliveries_channel_id_idx ON deliveries (channel_id);
CREATE INDEX deliveries_queued_idx ON deliveries (next_attempt_at) WHERE status = 'queued';
CREATE UNIQUE INDEX deliveries_provider_id_key ON deliveries (provider_id) WHERE provider_id IS NOT NULL;

COMMENT ON TABLE deliveries IS 'A notification on its way to one channel; the queued ones are the work list';
COMMENT ON COLUMN deliveries.channel_id IS 'NULL: the channel was removed since';
COMMENT ON COLUMN deliveries.provider_id IS 'The provider''s number, which its receipts refer to';

CREATE TRIGGER set_updated_at BEFORE UPDATE ON templates
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON channels
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON preferences
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON notifications
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON deliveries
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: notifications_app sees and changes what belongs to app.current_user_id. The owner is not bound.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.
CREATE POLICY own_rows ON channels TO notifications_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON preferences TO notifications_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON notifications TO notifications_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON deliveries TO notifications_app
    USING (notification_id IN (SELECT id FROM notifications));

-- A table that a later migration adds is closed to notifications_app until it has a policy and a grant of its own.
-- Users add and disable channels; only the service says that an address is verified.
GRANT SELECT ON templates, channels, notifications, deliveries TO notifications_app;
GRANT INSERT (user_id, kind, address, label), UPDATE (label, disabled_at), DELETE ON channels TO notifications_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON preferences TO notifications_app;
GRANT UPDATE (read_at), DELETE ON notifications TO notifications_app;

----------------------------------------------------------------------------------------------------------------------
-- GDPR: what is known about a person, and forgetting it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION export_user_data(for_user uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
    'channels', (
        SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.created_at, c.id), '[]')
        FROM channels AS c WHERE user_id = for_user
    ),
    'preferences', (
        SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.category, p.channel), '[]')
        FROM preferences AS p WHERE user_id = for_user
    ),
    'notifications', (
        SELECT coalesce(jsonb_agg(
            to_jsonb(n) || jsonb_build_object(
                'deliveries', (
                    SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.created_at, d.id), '[]')
                    FROM deliveries AS d WHERE d.notification_id = n.id
                )
            ) ORDER BY n.created_at, n.id
        ), '[]')
        FROM notifications AS n WHERE n.user_id = for_user
    )
);

COMMENT ON FUNCTION export_user_data IS 'Everything notifications knows about a person; users may export themselves';

CREATE FUNCTION erase_user_data(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    anything boolean := EXISTS (SELECT FROM channels WHERE user_id = for_user)
        OR EXISTS (SELECT FROM preferences WHERE user_id = for_user)
        OR EXISTS (SELECT FROM notifications WHERE user_id = for_user);
BEGIN
    DELETE FROM notifications WHERE user_id = for_user;
    DELETE FROM preferences WHERE user_id = for_user;
    DELETE FROM channels WHERE user_id = for_user;
    RETURN anything;
END
$$;

COMMENT ON FUNCTION erase_user_data IS 'Forgets a person; true if anything was known';

REVOKE ALL ON FUNCTION erase_user_data FROM PUBLIC;
