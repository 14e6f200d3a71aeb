-- Database auth: who a user is, and everything that proves it.
--
-- users.id is the identity of a person in every other database too. They keep it by value: no foreign key can cross
-- databases, so a service that erases a person calls erase_user_data() in each of them.
--
-- Secrets are never stored readable: passwords as a hash in modular crypt format ($2b$, $argon2id$), tokens and keys
-- as their SHA-256 (they are random and long, so a fast hash is enough).
--
-- Runs as the owner, auth_service. On behalf of a user the service says, in one transaction:
--     SET LOCAL ROLE auth_app;
--     SET LOCAL app.current_user_id = '…';

-- Only the owner may connect. Written for the current database, so that it holds for copies under other names.
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
-- Users
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    id                uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    email             citext      NOT NULL UNIQUE CHECK (email ~ '^[^@\s]+@[^@\s]+$'),
    email_verified_at timestamptz,
    password_hash     text        CHECK (password_hash LIKE '$%'),
    status            text        NOT NULL DEFAULT 'pending'
                                  CHECK (status IN ('pending', 'active', 'suspended', 'closed')),
    role              text        NOT NULL DEFAULT 'investor' CHECK (role IN ('investor', 'advisor', 'admin')),
    locked_until      timestamptz,
    last_login_at     timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_active_is_verified CHECK (status <> 'active' OR email_verified_at IS NOT NULL)
);

CREATE INDEX users_created_at_idx ON users (created_at);
CREATE INDEX users_not_active_idx ON users (status) WHERE status <> 'active';

COMMENT ON TABLE users IS 'User accounts and authentication';
COMMENT ON COLUMN users.id IS 'The identity of this person in every database, kept there by value';
COMMENT ON COLUMN users.password_hash IS 'Modular crypt format; NULL: no login by password. auth_app cannot read it';
COMMENT ON COLUMN users.locked_until IS 'No login before this moment, whatever the password';

CREATE TABLE user_profiles (
    user_id       uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    first_name    text,
    last_name     text,
    display_name  text        NOT NULL CHECK (display_name <> ''),
    phone         text        CHECK (phone ~ '^\+[0-9]{6,15}$'),
    date_of_birth date        CHECK (date_of_birth > date '1900-01-01'),
    country       text        CHECK (country ~ '^[A-Z]{2}$'),
    locale        text        NOT NULL DEFAULT 'en-US',
    time_zone     text        NOT NULL DEFAULT 'UTC',
    base_currency text        NOT NULL DEFAULT 'USD' CHECK (base_currency ~ '^[A-Z]{3}$'),
    risk_profile  text        CHECK (risk_profile IN ('conservative', 'balanced', 'growth')),
    avatar_url    text,
    preferences   jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object'),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE user_profiles IS 'Extended user profile information';
COMMENT ON COLUMN user_profiles.phone IS 'E.164: + and digits';
COMMENT ON COLUMN user_profiles.country IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN user_profiles.base_currency IS 'ISO 4217; the currency totals are shown in';

----------------------------------------------------------------------------------------------------------------------
-- Sessions and tokens
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE user_sessions (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    ip_address   inet,
    user_agent   text,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_sessions_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id);
CREATE INDEX user_sessions_open_idx ON user_sessions (expires_at) WHERE ended_at IS NULL;

COMMENT ON TABLE user_sessions IS 'Session management; Redis keeps the fast copy of what is open here';
COMMENT ON COLUMN user_sessions.token_hash IS 'SHA-256 of the session token';
COMMENT ON COLUMN user_sessions.ended_at IS 'Logged out or revoked; NULL: open until expires_at';

CREATE TABLE refresh_tokens (
    id             uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id        uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    session_id     uuid        REFERENCES user_sessions ON DELETE CASCADE,
    family_id      uuid        NOT NULL DEFAULT gen_random_uuid(),
    token_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    replaced_by    uuid        REFERENCES refresh_tokens ON DELETE SET NULL,
    expires_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    revoked_reason text        CHECK (revoked_reason IN ('rotated', 'logout', 'reuse', 'password_change', 'admin')),
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refresh_tokens_expires_later CHECK (expires_at > created_at),
    CONSTRAINT refresh_tokens_reason_if_revoked CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);

CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_replaced_by_idx ON refresh_tokens (replaced_by);
CREATE INDEX refresh_tokens_live_family_idx ON refresh_tokens (family_id) WHERE revoked_at IS NULL;

COMMENT ON TABLE refresh_tokens IS 'JWT refresh token management: a token works once and is replaced by the next';
COMMENT ON COLUMN refresh_tokens.family_id IS 'All tokens of one login; a second use of any revokes the family';
COMMENT ON COLUMN refresh_tokens.token_hash IS 'SHA-256 of the token';

CREATE TABLE api_keys (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    service      text        NOT NULL CHECK (service ~ '^[a-z][a-z0-9_-]*$'),
    name         text        NOT NULL CHECK (name <> ''),
    key_prefix   text        NOT NULL UNIQUE CHECK (length(key_prefix) BETWEEN 6 AND 16),
    key_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    scopes       text[]      NOT NULL DEFAULT '{}',
    created_by   uuid        REFERENCES users ON DELETE SET NULL,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT api_keys_expires_later CHECK (expires_at > created_at)
);

CREATE UNIQUE INDEX api_keys_live_name_key ON api_keys (service, name) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_created_by_idx ON api_keys (created_by);

COMMENT ON TABLE api_keys IS 'Service-to-service authentication';
COMMENT ON COLUMN api_keys.service IS 'The service that calls with this key';
COMMENT ON COLUMN api_keys.key_prefix IS 'The readable start of the key, to tell keys apart in logs';
COMMENT ON COLUMN api_keys.created_by IS 'NULL when its maker was erased: the key outlives the person';

CREATE TABLE password_reset_tokens (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    requested_ip inet,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_reset_tokens_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX password_reset_tokens_user_id_idx ON password_reset_tokens (user_id);
CREATE INDEX password_reset_tokens_open_idx ON password_reset_tokens (expires_at) WHERE used_at IS NULL;

COMMENT ON TABLE password_reset_tokens IS 'Password reset functionality';

CREATE TABLE email_verification_tokens (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    email      citext      NOT NULL,
    token_hash bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT email_verification_tokens_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX email_verification_tokens_user_id_idx ON email_verification_tokens (user_id);
CREATE INDEX email_verification_tokens_open_idx ON email_verification_tokens (expires_at) WHERE used_at IS NULL;

COMMENT ON TABLE email_verification_tokens IS 'Email verification';
COMMENT ON COLUMN email_verification_tokens.email IS 'The address that is verified; becomes users.email when used';

----------------------------------------------------------------------------------------------------------------------
-- Rate limiting and audit
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE login_attempts (
    id             uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    email          citext      NOT NULL,
    user_id        uuid        REFERENCES users ON DELETE SET NULL,
    ip_address     inet        NOT NULL,
    user_agent     text,
    succeeded      boolean     NOT NULL,
    failure_reason text        CHECK (failure_reason IN ('unknown_email', 'wrong_password', 'locked', 'not_active')),
    attempted_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT login_attempts_reason_if_failed CHECK (succeeded = (failure_reason IS NULL))
);

CREATE INDEX login_attempts_user_id_idx ON login_attempts (user_id, attempted_at DESC);
CREATE INDEX login_attempts_failed_email_idx ON login_attempts (email, attempted_at DESC) WHERE NOT succeeded;
CREATE INDEX login_attempts_failed_ip_idx ON login_attempts (ip_address, attempted_at DESC) WHERE NOT succeeded;

COMMENT ON TABLE login_attempts IS 'Rate limiting and security: every attempt, also for addresses nobody has';
COMMENT ON COLUMN login_attempts.email IS 'As it was typed';
COMMENT ON COLUMN login_attempts.user_id IS 'NULL: no such user';

-- Rate limit: five failures for one address or twenty from one host within the window.
CREATE FUNCTION login_is_blocked(for_email citext, from_ip inet, within interval DEFAULT '15 minutes') RETURNS boolean
LANGUAGE sql STABLE
RETURN (
    SELECT count(*) >= 5 FROM login_attempts
    WHERE email = for_email AND NOT succeeded AND attempted_at > now() - within
) OR (
    SELECT count(*) >= 20 FROM login_attempts
    WHERE ip_address = from_ip AND NOT succeeded AND attempted_at > now() - within
);

COMMENT ON FUNCTION login_is_blocked IS 'Whether a login must be refused before the password is looked at';

CREATE TABLE audit_log (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    occurred_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id        uuid        DEFAULT app_user_id(),
    actor_role      text        NOT NULL DEFAULT session_user,
    action          text        NOT NULL CHECK (action IN ('insert', 'update', 'delete', 'erase')),
    table_name      text        NOT NULL,
    row_id          uuid,
    changed_columns text[]      NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_log_row_id_idx ON audit_log (row_id, occurred_at DESC);
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id, occurred_at DESC) WHERE actor_id IS NOT NULL;

COMMENT ON TABLE audit_log IS 'Who changed which account, profile or key, and when. Rows are only ever added';
COMMENT ON COLUMN audit_log.actor_id IS 'The user in whose name it happened; NULL: the service itself';
COMMENT ON COLUMN audit_log.row_id IS 'No foreign key: the entry outlives the row';
COMMENT ON COLUMN audit_log.changed_columns IS 'Names, never values: nothing here has to be erased with a person';

CREATE FUNCTION write_audit_log() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after_row  jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    changed    text[] := '{}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT coalesce(array_agg(key ORDER BY key), '{}') INTO changed
        FROM jsonb_each(after_row)
        WHERE value IS DISTINCT FROM before_row -> key
          AND key NOT IN ('updated_at', 'last_login_at', 'last_used_at');
        IF changed = '{}' THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit_log (action, table_name, row_id, changed_columns)
    VALUES (
        lower(TG_OP),
        TG_TABLE_NAME,
        (coalesce(after_row, before_row) ->> TG_ARGV[0])::uuid,
        changed
    );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION write_audit_log IS 'Trigger; its argument names the column that identifies the row';

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('id');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON user_profiles
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('user_id');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('id');
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON user_profiles
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON user_sessions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON refresh_tokens
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON password_reset_tokens
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON email_verification_tokens
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Row-level security: auth_app sees and changes the rows of app.current_user_id, and no secret among their columns.
-- The owner is not bound: a login has to find a user before there is one to be bound to.
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_reset_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE email_verification_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;

-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.
CREATE POLICY own_row ON users TO auth_app
    USING (id = (SELECT app_user_id()));
CREATE POLICY own_rows ON user_profiles TO auth_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON user_sessions TO auth_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON refresh_tokens TO auth_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON api_keys TO auth_app
    USING (created_by = (SELECT app_user_id()));
CREATE POLICY own_rows ON password_reset_tokens TO auth_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON email_verification_tokens TO auth_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON login_attempts TO auth_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON audit_log TO auth_app
    USING (actor_id = (SELECT app_user_id()) OR row_id = (SELECT app_user_id()));

-- A table that a later migration adds is closed to auth_app until it has a policy and a grant of its own.
GRANT SELECT (
    id, email, email_verified_at, status, role, locked_until, last_login_at, created_at, updated_at
) ON users TO auth_app;
GRANT SELECT, INSERT, UPDATE ON user_profiles TO auth_app;
GRANT SELECT (
    id, user_id, ip_address, user_agent, last_seen_at, expires_at, ended_at, created_at, updated_at
), UPDATE (ended_at) ON user_sessions TO auth_app;
GRANT SELECT (
    id, user_id, session_id, family_id, expires_at, revoked_at, revoked_reason, created_at, updated_at
), UPDATE (revoked_at, revoked_reason) ON refresh_tokens TO auth_app;
GRANT SELECT (
    id, service, name, key_prefix, scopes, created_by, expires_at, last_used_at, revoked_at, created_at, updated_at
), UPDATE (name, revoked_at) ON api_keys TO auth_app;
GRANT SELECT (id, user_id, requested_ip, expires_at, used_at, created_at, updated_at)
    ON password_reset_tokens TO auth_app;
GRANT SELECT (id, user_id, email, expires_at, used_at, created_at, updated_at)
    ON email_verification_tokens TO auth_app;
GRANT SELECT ON login_attempts, audit_log TO auth_app;

----------------------------------------------------------------------------------------------------------------------
-- GDPR: what is known about a person, and forgetting it
----------------------------------------------------------------------------------------------------------------------

-- Only columns auth_app may read, so that users can export themselves: row-level security still holds.
CREATE FUNCTION export_user_data(for_user uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
    'user', (
        SELECT to_jsonb(r) FROM (
            SELECT id, email, email_verified_at, status, role, last_login_at, created_at, updated_at
            FROM users WHERE id = for_user
        ) AS r
    ),
    'profile', (
        SELECT to_jsonb(p) FROM user_profiles AS p WHERE user_id = for_user
    ),
    'sessions', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.created_at), '[]') FROM (
            SELECT id, ip_address, user_agent, last_seen_at, expires_at, ended_at, created_at
            FROM user_sessions WHERE user_id = for_user
        ) AS r
    ),
    'api_keys', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.created_at), '[]') FROM (
            SELECT id, service, name, key_prefix, scopes, expires_at, last_used_at, revoked_at, created_at
            FROM api_keys WHERE created_by = for_user
        ) AS r
    ),
    'verified_addresses', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.created_at), '[]') FROM (
            SELECT email, used_at, created_at
            FROM email_verification_tokens WHERE user_id = for_user
        ) AS r
    ),
    'login_attempts', (
        SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.attempted_at), '[]')
        FROM login_attempts AS a WHERE user_id = for_user
    ),
    'audit_log', (
        SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.occurred_at), '[]')
        FROM audit_log AS l WHERE row_id = for_user OR actor_id = for_user
    )
);

COMMENT ON FUNCTION export_user_data IS 'Everything auth knows about a person, secrets aside';

CREATE FUNCTION erase_user_data(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    known_email citext;
BEGIN
    SELECT email INTO known_email FROM users WHERE id = for_user FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM login_attempts WHERE user_id = for_user OR email = known_email;
    DELETE FROM users WHERE id = for_user;
    INSERT INTO audit_log (action, table_name, row_id) VALUES ('erase', 'users', for_user);
    RETURN true;
END
$$;

COMMENT ON FUNCTION erase_user_data IS
    'Forgets a person; true if there was one. Profile, sessions and tokens go too, API keys lose their maker';

REVOKE ALL ON FUNCTION erase_user_data FROM PUBLIC;
