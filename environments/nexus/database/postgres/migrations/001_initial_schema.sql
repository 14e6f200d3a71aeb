-- NEXUS: types and tables. Indexes beyond keys are in 002, triggers in 003, row-level security in 004.
--
-- How to read it
--   * A model of the document is a table: OrganizationMember is organization_members. Tables that the document doesn't
--     name and a model can't do without are marked "(not in the document)".
--   * Every table has a uuid as its key, unless it joins two others: then their keys are its own.
--   * Money is an amount with a currency beside it, rates are fractions (0.15 is 15 %), times are timestamptz,
--     days are date.
--   * ON DELETE says what a row means to its parent: CASCADE: a part of it; SET NULL: it only mentions it;
--     RESTRICT: the parent has to stay as long as this is kept, as accounting demands.
--   * Secrets are never stored readable: passwords as a hash in modular crypt format, tokens as their SHA-256,
--     credentials encrypted.
--
-- Order: types, then the groups of the document: auth and users, creators, campaigns, content, marketplace, commerce,
-- billing, analytics, notifications, integrations, compliance. Where a table refers to a later one, the foreign key
-- follows behind that one.

----------------------------------------------------------------------------------------------------------------------
-- Types
----------------------------------------------------------------------------------------------------------------------

CREATE DOMAIN amount AS numeric(14, 2) CHECK (VALUE >= 0);
CREATE DOMAIN rate AS numeric(6, 4) CHECK (VALUE BETWEEN 0 AND 1);
CREATE DOMAIN currency_code AS text CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN country_code AS text CHECK (VALUE ~ '^[A-Z]{2}$');
CREATE DOMAIN slug AS text CHECK (VALUE ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
CREATE DOMAIN sha256_hash AS bytea CHECK (octet_length(VALUE) = 32);
CREATE DOMAIN web_address AS text CHECK (VALUE ~ '^https?://');

COMMENT ON DOMAIN amount IS 'Money, never negative; the currency stands beside it';
COMMENT ON DOMAIN rate IS 'A fraction: 0.15 is 15 %';
COMMENT ON DOMAIN currency_code IS 'ISO 4217';
COMMENT ON DOMAIN country_code IS 'ISO 3166-1 alpha-2';
COMMENT ON DOMAIN slug IS 'A name for addresses: small letters, digits and hyphens';
COMMENT ON DOMAIN sha256_hash IS 'SHA-256 of a token that is random and long, so a fast hash is enough';

-- Auth and users
CREATE TYPE user_role AS ENUM ('creator', 'brand', 'agency', 'support', 'admin');
CREATE TYPE user_status AS ENUM ('pending', 'active', 'suspended');
CREATE TYPE verification_purpose AS ENUM ('email', 'phone', 'two_factor');
CREATE TYPE organization_kind AS ENUM ('brand', 'agency', 'network');
CREATE TYPE organization_role AS ENUM ('owner', 'admin', 'manager', 'member', 'viewer');
CREATE TYPE audit_action AS ENUM ('insert', 'update', 'delete');

-- Creators
CREATE TYPE social_platform AS ENUM ('instagram', 'tiktok', 'youtube', 'twitch', 'pinterest', 'blog');
CREATE TYPE creator_tier AS ENUM ('nano', 'micro', 'mid', 'macro', 'mega');
CREATE TYPE earning_kind AS ENUM ('contract', 'bonus', 'commission', 'adjustment');
CREATE TYPE verification_kind AS ENUM ('identity', 'tax', 'platform');
CREATE TYPE verification_status AS ENUM ('pending', 'approved', 'rejected', 'expired');

-- Campaigns
CREATE TYPE campaign_goal AS ENUM ('awareness', 'engagement', 'conversion', 'content');
CREATE TYPE campaign_status AS ENUM ('draft', 'active', 'paused', 'completed', 'cancelled');
CREATE TYPE deliverable_kind AS ENUM ('post', 'story', 'reel', 'video', 'article', 'livestream');
CREATE TYPE deliverable_status AS ENUM (
    'planned', 'in_progress', 'submitted', 'changes_requested', 'approved', 'rejected'
);
CREATE TYPE milestone_status AS ENUM ('pending', 'reached', 'paid', 'missed');
CREATE TYPE application_status AS ENUM ('submitted', 'shortlisted', 'accepted', 'rejected', 'withdrawn');

-- Content
CREATE TYPE content_kind AS ENUM ('image', 'video', 'text', 'audio');
CREATE TYPE content_status AS ENUM ('draft', 'in_review', 'approved', 'published', 'archived');
CREATE TYPE tag_source AS ENUM ('creator', 'brand', 'ai');
CREATE TYPE license_kind AS ENUM ('organic', 'paid_media', 'full_buyout');

-- Marketplace
CREATE TYPE opportunity_status AS ENUM ('draft', 'open', 'awarded', 'closed');
CREATE TYPE bid_status AS ENUM ('submitted', 'accepted', 'rejected', 'withdrawn');
CREATE TYPE contract_status AS ENUM ('draft', 'sent', 'active', 'completed', 'terminated');
CREATE TYPE payout_status AS ENUM ('pending', 'processing', 'paid', 'failed');
CREATE TYPE payout_method_kind AS ENUM ('bank_transfer', 'paypal', 'debit_card');
CREATE TYPE dispute_reason AS ENUM ('late', 'quality', 'payment', 'rights', 'other');
CREATE TYPE dispute_status AS ENUM ('open', 'in_review', 'resolved', 'withdrawn');
CREATE TYPE ambassador_status AS ENUM ('invited', 'active', 'paused', 'ended');

-- Commerce
CREATE TYPE product_status AS ENUM ('draft', 'active', 'archived');
CREATE TYPE gallery_layout AS ENUM ('grid', 'carousel', 'masonry');
CREATE TYPE order_status AS ENUM ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded');
CREATE TYPE attribution_kind AS ENUM ('view', 'click', 'add_to_cart', 'purchase');
CREATE TYPE attribution_model AS ENUM ('first_touch', 'last_touch', 'linear');

-- Billing
CREATE TYPE billing_period AS ENUM ('month', 'year');
CREATE TYPE subscription_status AS ENUM ('trialing', 'active', 'past_due', 'cancelled');
CREATE TYPE invoice_status AS ENUM ('draft', 'open', 'paid', 'void');
CREATE TYPE payment_method_kind AS ENUM ('card', 'bank_account');

-- Analytics
CREATE TYPE metric_kind AS ENUM ('impressions', 'reach', 'engagements', 'clicks', 'conversions', 'revenue', 'spend');
CREATE TYPE report_format AS ENUM ('csv', 'pdf', 'json');
CREATE TYPE report_status AS ENUM ('queued', 'running', 'ready', 'failed');
CREATE TYPE alert_comparison AS ENUM ('above', 'below');

-- Notifications
CREATE TYPE notification_channel AS ENUM ('in_app', 'email', 'push', 'sms');
CREATE TYPE notification_category AS ENUM ('campaign', 'marketplace', 'payment', 'security', 'product');

-- Integrations
CREATE TYPE integration_provider AS ENUM ('instagram', 'tiktok', 'youtube', 'shopify', 'stripe', 'slack');
CREATE TYPE integration_status AS ENUM ('connected', 'error', 'disconnected');
CREATE TYPE credential_kind AS ENUM ('access_token', 'refresh_token', 'api_key');

-- Compliance
CREATE TYPE consent_purpose AS ENUM ('terms', 'privacy', 'marketing', 'analytics', 'data_sharing');
CREATE TYPE export_status AS ENUM ('requested', 'processing', 'ready', 'delivered', 'expired');
CREATE TYPE rights_event AS ENUM ('granted', 'extended', 'transferred', 'revoked');

----------------------------------------------------------------------------------------------------------------------
-- Auth and users
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    id                uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    email             citext      NOT NULL CHECK (email ~ '^[^@\s]+@[^@\s]+$'),
    email_verified_at timestamptz,
    password_hash     text        CHECK (password_hash LIKE '$%'),
    name              text        NOT NULL CHECK (name <> ''),
    phone             text        CHECK (phone ~ '^\+[0-9]{6,15}$'),
    role              user_role   NOT NULL DEFAULT 'creator',
    status            user_status NOT NULL DEFAULT 'pending',
    avatar_url        web_address,
    locale            text        NOT NULL DEFAULT 'en-US',
    time_zone         text        NOT NULL DEFAULT 'UTC',
    preferences       jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object'),
    last_login_at     timestamptz,
    deleted_at        timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_active_is_verified CHECK (status <> 'active' OR email_verified_at IS NOT NULL)
);

-- An address is free again once its user is deleted.
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;

COMMENT ON TABLE users IS 'Everybody who logs in. DELETE marks a row as deleted (003); erase_user() forgets the person';
COMMENT ON COLUMN users.password_hash IS 'Modular crypt format; NULL: no login by password';
COMMENT ON COLUMN users.phone IS 'E.164: + and digits';
COMMENT ON COLUMN users.deleted_at IS 'Soft delete: the row stays for what refers to it, and nobody logs in as it';

-- Whoever hasn't been deleted, without the password.
CREATE VIEW active_users WITH (security_invoker = true) AS
SELECT
    id, email, email_verified_at, name, phone, role, status, avatar_url, locale, time_zone, preferences,
    last_login_at, created_at, updated_at
FROM users
WHERE deleted_at IS NULL;

CREATE TABLE sessions (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash   sha256_hash NOT NULL UNIQUE,
    ip_address   inet,
    user_agent   text,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sessions_expires_later CHECK (expires_at > created_at)
);

COMMENT ON TABLE sessions IS 'Who is logged in; Redis 0 has the fast copy of what is open here';

CREATE TABLE refresh_tokens (
    id             uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id        uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    session_id     uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    token_hash     sha256_hash NOT NULL UNIQUE,
    replaced_by_id uuid        REFERENCES refresh_tokens ON DELETE SET NULL,
    expires_at     timestamptz NOT NULL,
    used_at        timestamptz,
    revoked_at     timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refresh_tokens_expires_later CHECK (expires_at > created_at),
    CONSTRAINT refresh_tokens_replaced_is_used CHECK (replaced_by_id IS NULL OR used_at IS NOT NULL)
);

COMMENT ON TABLE refresh_tokens IS 'A token works once and is replaced by the next';

CREATE TABLE verification_codes (
    id          uuid                 PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid                 NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose     verification_purpose NOT NULL,
    destination text                 NOT NULL CHECK (destination <> ''),
    code_hash   sha256_hash          NOT NULL,
    attempts    smallint             NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5),
    expires_at  timestamptz          NOT NULL,
    used_at     timestamptz,
    created_at  timestamptz          NOT NULL DEFAULT now(),
    CONSTRAINT verification_codes_expires_later CHECK (expires_at > created_at)
);

COMMENT ON TABLE verification_codes IS 'Codes sent to an address or a phone; five wrong tries and a code is dead';
COMMENT ON COLUMN verification_codes.code_hash IS
    'SHA-256 of the row''s id and the code: six digits alone could be tried';

CREATE TABLE password_resets (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash   sha256_hash NOT NULL UNIQUE,
    requested_ip inet,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_resets_expires_later CHECK (expires_at > created_at)
);

COMMENT ON TABLE password_resets IS 'Links by which a forgotten password is replaced; each works once';

CREATE TABLE organizations (
    id            uuid              PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_id      uuid              NOT NULL REFERENCES users ON DELETE RESTRICT,
    name          text              NOT NULL CHECK (name <> ''),
    slug          slug              NOT NULL UNIQUE,
    kind          organization_kind NOT NULL DEFAULT 'brand',
    website       web_address,
    country       country_code,
    billing_email citext            NOT NULL CHECK (billing_email ~ '^[^@\s]+@[^@\s]+$'),
    settings      jsonb             NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at    timestamptz       NOT NULL DEFAULT now(),
    updated_at    timestamptz       NOT NULL DEFAULT now()
);

COMMENT ON TABLE organizations IS 'Brands, agencies and networks: the tenants. Their rows are theirs alone (004)';

CREATE TABLE organization_members (
    organization_id uuid              NOT NULL REFERENCES organizations ON DELETE CASCADE,
    user_id         uuid              NOT NULL REFERENCES users ON DELETE CASCADE,
    role            organization_role NOT NULL DEFAULT 'member',
    title           text,
    joined_at       timestamptz       NOT NULL DEFAULT now(),
    created_at      timestamptz       NOT NULL DEFAULT now(),
    updated_at      timestamptz       NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, user_id)
);

COMMENT ON TABLE organization_members IS 'Who works for which organization, and what they may do in it';

-- (not in the document)
CREATE TABLE organization_invitations (
    id              uuid              PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid              NOT NULL REFERENCES organizations ON DELETE CASCADE,
    invited_by_id   uuid              REFERENCES users ON DELETE SET NULL,
    email           citext            NOT NULL CHECK (email ~ '^[^@\s]+@[^@\s]+$'),
    role            organization_role NOT NULL DEFAULT 'member' CHECK (role <> 'owner'),
    token_hash      sha256_hash       NOT NULL UNIQUE,
    expires_at      timestamptz       NOT NULL,
    accepted_at     timestamptz,
    created_at      timestamptz       NOT NULL DEFAULT now(),
    CONSTRAINT organization_invitations_expires_later CHECK (expires_at > created_at)
);

CREATE UNIQUE INDEX organization_invitations_open_key ON organization_invitations (organization_id, email)
    WHERE accepted_at IS NULL;

COMMENT ON TABLE organization_invitations IS 'How somebody without an account becomes a member';

-- A row stays when what it is about goes: no foreign keys. One partition for each year; a year that has none goes to
-- the last.
CREATE TABLE audit_logs (
    id              uuid         NOT NULL DEFAULT gen_random_uuid(),
    occurred_at     timestamptz  NOT NULL DEFAULT clock_timestamp(),
    actor_id        uuid,
    actor_role      text         NOT NULL DEFAULT session_user,
    action          audit_action NOT NULL,
    table_name      text         NOT NULL CHECK (table_name <> ''),
    row_id          uuid,
    organization_id uuid,
    before          jsonb        CHECK (jsonb_typeof(before) = 'object'),
    after           jsonb        CHECK (jsonb_typeof(after) = 'object'),
    changed_columns text[]       NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, occurred_at),
    CONSTRAINT audit_logs_before_unless_insert CHECK ((action = 'insert') = (before IS NULL)),
    CONSTRAINT audit_logs_after_unless_delete CHECK ((action = 'delete') = (after IS NULL))
) PARTITION BY RANGE (occurred_at);

CREATE TABLE audit_logs_2025 PARTITION OF audit_logs
    FOR VALUES FROM ('2025-01-01 00:00:00Z') TO ('2026-01-01 00:00:00Z');
CREATE TABLE audit_logs_2026 PARTITION OF audit_logs
    FOR VALUES FROM ('2026-01-01 00:00:00Z') TO ('2027-01-01 00:00:00Z');
CREATE TABLE audit_logs_other PARTITION OF audit_logs DEFAULT;

COMMENT ON TABLE audit_logs IS
    'Every change of what is audited, with the row before and after. Rows are only ever added (003)';
COMMENT ON COLUMN audit_logs.actor_id IS 'The user in whose name it happened; NULL: the service itself';
COMMENT ON COLUMN audit_logs.row_id IS 'The row''s id; of a table that joins two, its organization';
COMMENT ON COLUMN audit_logs.changed_columns IS 'What an update changed';

----------------------------------------------------------------------------------------------------------------------
-- Creators
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE creators (
    id               uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          uuid            NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
    handle           text            NOT NULL UNIQUE CHECK (handle ~ '^[a-z0-9_.]{3,30}$'),
    display_name     text            NOT NULL CHECK (display_name <> ''),
    bio              text            NOT NULL DEFAULT '',
    category         text            NOT NULL CHECK (category <> ''),
    country          country_code,
    languages        text[]          NOT NULL DEFAULT '{en}',
    primary_platform social_platform NOT NULL,
    follower_count   bigint          NOT NULL DEFAULT 0 CHECK (follower_count >= 0),
    tier             creator_tier    GENERATED ALWAYS AS (
        CASE
            WHEN follower_count < 10000 THEN 'nano'::creator_tier
            WHEN follower_count < 100000 THEN 'micro'
            WHEN follower_count < 500000 THEN 'mid'
            WHEN follower_count < 1000000 THEN 'macro'
            ELSE 'mega'
        END
    ) STORED,
    engagement_rate  rate            NOT NULL DEFAULT 0,
    base_rate        amount          NOT NULL DEFAULT 0,
    currency         currency_code   NOT NULL DEFAULT 'USD',
    rating_average   numeric(3, 2)   CHECK (rating_average BETWEEN 1 AND 5),
    rating_count     integer         NOT NULL DEFAULT 0 CHECK (rating_count >= 0),
    is_available     boolean         NOT NULL DEFAULT true,
    social_links     jsonb           NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(social_links) = 'object'),
    search           tsvector        GENERATED ALWAYS AS (
        setweight(to_tsvector('english', display_name || ' ' || handle), 'A')
        || setweight(to_tsvector('english', category), 'B')
        || setweight(to_tsvector('english', bio), 'C')
    ) STORED,
    created_at       timestamptz     NOT NULL DEFAULT now(),
    updated_at       timestamptz     NOT NULL DEFAULT now(),
    CONSTRAINT creators_rated_has_average CHECK ((rating_count = 0) = (rating_average IS NULL))
);

COMMENT ON TABLE creators IS 'The public profile of a user who creates';
COMMENT ON COLUMN creators.rating_average IS 'Kept by a trigger on creator_reviews (003)';
COMMENT ON COLUMN creators.search IS 'What full-text search looks in: search @@ websearch_to_tsquery(''english'', …)';

CREATE TABLE creator_portfolios (
    id            uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id    uuid            NOT NULL REFERENCES creators ON DELETE CASCADE,
    title         text            NOT NULL CHECK (title <> ''),
    description   text            NOT NULL DEFAULT '',
    platform      social_platform NOT NULL,
    url           web_address     NOT NULL,
    thumbnail_url web_address,
    metrics       jsonb           NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
    is_featured   boolean         NOT NULL DEFAULT false,
    position      integer         NOT NULL CHECK (position > 0),
    published_on  date,
    created_at    timestamptz     NOT NULL DEFAULT now(),
    updated_at    timestamptz     NOT NULL DEFAULT now(),
    UNIQUE (creator_id, position)
);

COMMENT ON TABLE creator_portfolios IS 'Earlier work that a creator shows';

CREATE TABLE creator_metrics (
    creator_id      uuid            NOT NULL REFERENCES creators ON DELETE CASCADE,
    platform        social_platform NOT NULL,
    measured_on     date            NOT NULL,
    follower_count  bigint          NOT NULL CHECK (follower_count >= 0),
    average_views   bigint          NOT NULL DEFAULT 0 CHECK (average_views >= 0),
    engagement_rate rate            NOT NULL DEFAULT 0,
    audience        jsonb           NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(audience) = 'object'),
    created_at      timestamptz     NOT NULL DEFAULT now(),
    PRIMARY KEY (creator_id, platform, measured_on)
);

COMMENT ON TABLE creator_metrics IS 'One row for each creator, platform and day of measurement';

CREATE TABLE creator_earnings (
    id          uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id  uuid          NOT NULL REFERENCES creators ON DELETE RESTRICT,
    contract_id uuid,
    payout_id   uuid,
    kind        earning_kind  NOT NULL,
    gross       amount        NOT NULL,
    fee         amount        NOT NULL DEFAULT 0,
    net         amount        GENERATED ALWAYS AS (gross - fee) STORED,
    currency    currency_code NOT NULL DEFAULT 'USD',
    earned_at   timestamptz   NOT NULL DEFAULT now(),
    created_at  timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT creator_earnings_fee_within_gross CHECK (fee <= gross),
    CONSTRAINT creator_earnings_contract_has_one CHECK (kind <> 'contract' OR contract_id IS NOT NULL)
);

COMMENT ON TABLE creator_earnings IS 'What a creator has earned; NULL in payout_id: not paid out yet';

CREATE TABLE creator_reviews (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id      uuid        NOT NULL REFERENCES creators ON DELETE CASCADE,
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    contract_id     uuid        NOT NULL UNIQUE,
    reviewer_id     uuid        REFERENCES users ON DELETE SET NULL,
    rating          smallint    NOT NULL CHECK (rating BETWEEN 1 AND 5),
    title           text        NOT NULL CHECK (title <> ''),
    body            text        NOT NULL DEFAULT '',
    response        text,
    is_public       boolean     NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE creator_reviews IS 'What a brand says of a creator, once for each contract';

CREATE TABLE creator_verifications (
    id                 uuid                PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id         uuid                NOT NULL REFERENCES creators ON DELETE CASCADE,
    kind               verification_kind   NOT NULL,
    status             verification_status NOT NULL DEFAULT 'pending',
    document_reference text,
    checked_by_id      uuid                REFERENCES users ON DELETE SET NULL,
    checked_at         timestamptz,
    rejected_because   text,
    expires_at         timestamptz,
    created_at         timestamptz         NOT NULL DEFAULT now(),
    updated_at         timestamptz         NOT NULL DEFAULT now(),
    UNIQUE (creator_id, kind),
    CONSTRAINT creator_verifications_checked_unless_pending CHECK ((status = 'pending') = (checked_at IS NULL)),
    CONSTRAINT creator_verifications_rejected_has_reason CHECK ((status = 'rejected') = (rejected_because IS NOT NULL))
);

COMMENT ON TABLE creator_verifications IS 'Whether a creator is who they say, and what was shown for it';

----------------------------------------------------------------------------------------------------------------------
-- Campaigns
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE campaigns (
    id              uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid            NOT NULL REFERENCES organizations ON DELETE CASCADE,
    created_by_id   uuid            REFERENCES users ON DELETE SET NULL,
    name            text            NOT NULL CHECK (name <> ''),
    slug            slug            NOT NULL,
    description     text            NOT NULL DEFAULT '',
    goal            campaign_goal   NOT NULL,
    status          campaign_status NOT NULL DEFAULT 'draft',
    budget          amount          NOT NULL,
    spent           amount          NOT NULL DEFAULT 0,
    currency        currency_code   NOT NULL DEFAULT 'USD',
    starts_on       date            NOT NULL,
    ends_on         date            NOT NULL,
    audience        jsonb           NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(audience) = 'object'),
    search          tsvector        GENERATED ALWAYS AS (
        setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
    ) STORED,
    created_at      timestamptz     NOT NULL DEFAULT now(),
    updated_at      timestamptz     NOT NULL DEFAULT now(),
    UNIQUE (organization_id, slug),
    CONSTRAINT campaigns_ends_after_start CHECK (ends_on >= starts_on),
    CONSTRAINT campaigns_within_budget CHECK (spent <= budget)
);

COMMENT ON TABLE campaigns IS 'What brands want creators to make something for, within a budget and a time';
COMMENT ON COLUMN campaigns.spent IS 'What was paid out for its contracts; kept by a trigger on payouts (003)';
COMMENT ON COLUMN campaigns.audience IS
    'Who is to be reached: {"ages": [18, 34], "countries": ["US"], "interests": […]}';

CREATE TABLE campaign_briefs (
    id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id  uuid        NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    version      integer     NOT NULL CHECK (version > 0),
    summary      text        NOT NULL CHECK (summary <> ''),
    objectives   text[]      NOT NULL DEFAULT '{}',
    dos          text[]      NOT NULL DEFAULT '{}',
    donts        text[]      NOT NULL DEFAULT '{}',
    hashtags     text[]      NOT NULL DEFAULT '{}',
    requirements jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(requirements) = 'object'),
    published_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (campaign_id, version)
);

COMMENT ON TABLE campaign_briefs IS 'What creators are asked to do; the highest published version counts';

CREATE TABLE deliverables (
    id             uuid               PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id    uuid               NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    contract_id    uuid,
    creator_id     uuid               REFERENCES creators ON DELETE SET NULL,
    approved_by_id uuid               REFERENCES users ON DELETE SET NULL,
    kind           deliverable_kind   NOT NULL,
    platform       social_platform    NOT NULL,
    title          text               NOT NULL CHECK (title <> ''),
    instructions   text               NOT NULL DEFAULT '',
    status         deliverable_status NOT NULL DEFAULT 'planned',
    due_on         date               NOT NULL,
    submitted_at   timestamptz,
    approved_at    timestamptz,
    created_at     timestamptz        NOT NULL DEFAULT now(),
    updated_at     timestamptz        NOT NULL DEFAULT now(),
    CONSTRAINT deliverables_approved_at_a_time CHECK ((status = 'approved') = (approved_at IS NOT NULL)),
    CONSTRAINT deliverables_approved_was_submitted CHECK (approved_at IS NULL OR submitted_at IS NOT NULL)
);

COMMENT ON TABLE deliverables IS 'What a creator hands in';

CREATE TABLE milestones (
    id          uuid             PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id uuid             NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    contract_id uuid,
    title       text             NOT NULL CHECK (title <> ''),
    description text             NOT NULL DEFAULT '',
    position    integer          NOT NULL CHECK (position > 0),
    amount      amount           NOT NULL DEFAULT 0,
    currency    currency_code    NOT NULL DEFAULT 'USD',
    status      milestone_status NOT NULL DEFAULT 'pending',
    due_on      date             NOT NULL,
    reached_at  timestamptz,
    created_at  timestamptz      NOT NULL DEFAULT now(),
    updated_at  timestamptz      NOT NULL DEFAULT now(),
    UNIQUE (contract_id, position),
    CONSTRAINT milestones_reached_at_a_time CHECK ((status IN ('reached', 'paid')) = (reached_at IS NOT NULL))
);

COMMENT ON TABLE milestones IS 'Steps of a campaign; with a contract, what is paid for each';

CREATE TABLE creator_applications (
    id            uuid               PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id   uuid               NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    creator_id    uuid               NOT NULL REFERENCES creators ON DELETE CASCADE,
    decided_by_id uuid               REFERENCES users ON DELETE SET NULL,
    message       text               NOT NULL DEFAULT '',
    proposed_rate amount             NOT NULL,
    currency      currency_code      NOT NULL DEFAULT 'USD',
    status        application_status NOT NULL DEFAULT 'submitted',
    decided_at    timestamptz,
    created_at    timestamptz        NOT NULL DEFAULT now(),
    updated_at    timestamptz        NOT NULL DEFAULT now(),
    UNIQUE (campaign_id, creator_id),
    CONSTRAINT creator_applications_decided_at_a_time
        CHECK ((status IN ('accepted', 'rejected')) = (decided_at IS NOT NULL))
);

COMMENT ON TABLE creator_applications IS 'Creators who asked to work for a campaign, without an opportunity';

CREATE TABLE campaign_contents (
    campaign_id    uuid        NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    content_id     uuid        NOT NULL,
    deliverable_id uuid        UNIQUE REFERENCES deliverables ON DELETE SET NULL,
    added_by_id    uuid        REFERENCES users ON DELETE SET NULL,
    published_url  web_address,
    added_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, content_id)
);

COMMENT ON TABLE campaign_contents IS 'The content that a campaign uses, and which deliverable it fulfils';

----------------------------------------------------------------------------------------------------------------------
-- Content
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE contents (
    id               uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id       uuid            NOT NULL REFERENCES creators ON DELETE CASCADE,
    organization_id  uuid            REFERENCES organizations ON DELETE SET NULL,
    title            text            NOT NULL CHECK (title <> ''),
    body             text            NOT NULL DEFAULT '',
    kind             content_kind    NOT NULL,
    status           content_status  NOT NULL DEFAULT 'draft',
    platform         social_platform,
    media_url        web_address,
    thumbnail_url    web_address,
    duration_seconds integer         CHECK (duration_seconds > 0),
    version          integer         NOT NULL DEFAULT 1 CHECK (version > 0),
    metadata         jsonb           NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    published_at     timestamptz,
    search           tsvector        GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')
    ) STORED,
    created_at       timestamptz     NOT NULL DEFAULT now(),
    updated_at       timestamptz     NOT NULL DEFAULT now(),
    CONSTRAINT contents_published_at_a_time
        CHECK (status = 'archived' OR (status = 'published') = (published_at IS NOT NULL)),
    CONSTRAINT contents_only_media_lasts CHECK (duration_seconds IS NULL OR kind IN ('video', 'audio'))
);

COMMENT ON TABLE contents IS 'What creators make; what is known about the media itself is in MongoDB, content_metadata';
COMMENT ON COLUMN contents.organization_id IS 'For whom it was made; that organization sees it before it is published';
COMMENT ON COLUMN contents.version IS 'The newest of content_versions; kept by a trigger (003)';

ALTER TABLE campaign_contents ADD CONSTRAINT campaign_contents_content_id_fkey
    FOREIGN KEY (content_id) REFERENCES contents ON DELETE CASCADE;

CREATE TABLE content_tags (
    content_id uuid        NOT NULL REFERENCES contents ON DELETE CASCADE,
    tag        slug        NOT NULL,
    source     tag_source  NOT NULL DEFAULT 'creator',
    confidence rate        NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (content_id, tag)
);

COMMENT ON TABLE content_tags IS 'What content is about, as its creator, the brand or a machine has said';

CREATE TABLE content_rights (
    id              uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    content_id      uuid          NOT NULL REFERENCES contents ON DELETE RESTRICT,
    organization_id uuid          NOT NULL REFERENCES organizations ON DELETE RESTRICT,
    license         license_kind  NOT NULL,
    is_exclusive    boolean       NOT NULL DEFAULT false,
    territories     text[]        NOT NULL DEFAULT '{}',
    starts_on       date          NOT NULL,
    ends_on         date,
    fee             amount        NOT NULL DEFAULT 0,
    currency        currency_code NOT NULL DEFAULT 'USD',
    revoked_at      timestamptz,
    created_at      timestamptz   NOT NULL DEFAULT now(),
    updated_at      timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT content_rights_ends_after_start CHECK (ends_on >= starts_on),
    CONSTRAINT content_rights_exclusive_is_alone EXCLUDE USING gist (
        content_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&
    ) WHERE (is_exclusive AND revoked_at IS NULL)
);

COMMENT ON TABLE content_rights IS
    'Who may use content, and where and until when; every change is entered in rights_ledger_entries';
COMMENT ON COLUMN content_rights.territories IS 'Countries; none: everywhere';
COMMENT ON COLUMN content_rights.ends_on IS 'NULL: for ever';

CREATE TABLE content_versions (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    content_id    uuid        NOT NULL REFERENCES contents ON DELETE CASCADE,
    created_by_id uuid        REFERENCES users ON DELETE SET NULL,
    version       integer     NOT NULL CHECK (version > 0),
    title         text        NOT NULL,
    body          text        NOT NULL,
    media_url     web_address,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (content_id, version)
);

COMMENT ON TABLE content_versions IS 'Every state that content has had; written by a trigger (003)';

----------------------------------------------------------------------------------------------------------------------
-- Marketplace
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE opportunities (
    id              uuid               PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid               NOT NULL REFERENCES organizations ON DELETE CASCADE,
    campaign_id     uuid               REFERENCES campaigns ON DELETE SET NULL,
    title           text               NOT NULL CHECK (title <> ''),
    description     text               NOT NULL DEFAULT '',
    category        text               NOT NULL CHECK (category <> ''),
    budget_min      amount             NOT NULL,
    budget_max      amount             NOT NULL,
    currency        currency_code      NOT NULL DEFAULT 'USD',
    slots           integer            NOT NULL DEFAULT 1 CHECK (slots > 0),
    status          opportunity_status NOT NULL DEFAULT 'draft',
    closes_at       timestamptz        NOT NULL,
    requirements    jsonb              NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(requirements) = 'object'),
    search          tsvector           GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('english', category), 'B')
        || setweight(to_tsvector('english', description), 'C')
    ) STORED,
    created_at      timestamptz        NOT NULL DEFAULT now(),
    updated_at      timestamptz        NOT NULL DEFAULT now(),
    CONSTRAINT opportunities_budget_in_order CHECK (budget_min <= budget_max)
);

COMMENT ON TABLE opportunities IS 'Work that brands offer; creators bid for it';

CREATE TABLE bids (
    id             uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    opportunity_id uuid          NOT NULL REFERENCES opportunities ON DELETE CASCADE,
    creator_id     uuid          NOT NULL REFERENCES creators ON DELETE CASCADE,
    amount         amount        NOT NULL CHECK (amount > 0),
    currency       currency_code NOT NULL DEFAULT 'USD',
    pitch          text          NOT NULL DEFAULT '',
    delivery_days  integer       NOT NULL CHECK (delivery_days > 0),
    status         bid_status    NOT NULL DEFAULT 'submitted',
    decided_at     timestamptz,
    created_at     timestamptz   NOT NULL DEFAULT now(),
    updated_at     timestamptz   NOT NULL DEFAULT now(),
    UNIQUE (opportunity_id, creator_id),
    CONSTRAINT bids_decided_at_a_time CHECK ((status IN ('accepted', 'rejected')) = (decided_at IS NOT NULL))
);

COMMENT ON TABLE bids IS 'What creators offer for an opportunity, one each';

CREATE TABLE contracts (
    id                        uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    number                    text            NOT NULL UNIQUE CHECK (number ~ '^C-[0-9]{4}-[0-9]{5}$'),
    organization_id           uuid            NOT NULL REFERENCES organizations ON DELETE RESTRICT,
    creator_id                uuid            NOT NULL REFERENCES creators ON DELETE RESTRICT,
    campaign_id               uuid            REFERENCES campaigns ON DELETE SET NULL,
    bid_id                    uuid            UNIQUE REFERENCES bids ON DELETE SET NULL,
    title                     text            NOT NULL CHECK (title <> ''),
    terms                     jsonb           NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(terms) = 'object'),
    amount                    amount          NOT NULL CHECK (amount > 0),
    currency                  currency_code   NOT NULL DEFAULT 'USD',
    status                    contract_status NOT NULL DEFAULT 'draft',
    starts_on                 date            NOT NULL,
    ends_on                   date            NOT NULL,
    signed_by_organization_at timestamptz,
    signed_by_creator_at      timestamptz,
    terminated_because        text,
    created_at                timestamptz     NOT NULL DEFAULT now(),
    updated_at                timestamptz     NOT NULL DEFAULT now(),
    CONSTRAINT contracts_ends_after_start CHECK (ends_on >= starts_on),
    CONSTRAINT contracts_signed_by_both CHECK (
        status NOT IN ('active', 'completed')
        OR (signed_by_organization_at IS NOT NULL AND signed_by_creator_at IS NOT NULL)
    ),
    CONSTRAINT contracts_terminated_has_reason CHECK ((status = 'terminated') = (terminated_because IS NOT NULL))
);

COMMENT ON TABLE contracts IS 'What a brand and a creator have agreed; kept as long as both are';

ALTER TABLE creator_earnings ADD CONSTRAINT creator_earnings_contract_id_fkey
    FOREIGN KEY (contract_id) REFERENCES contracts ON DELETE RESTRICT;
ALTER TABLE creator_reviews ADD CONSTRAINT creator_reviews_contract_id_fkey
    FOREIGN KEY (contract_id) REFERENCES contracts ON DELETE CASCADE;
ALTER TABLE deliverables ADD CONSTRAINT deliverables_contract_id_fkey
    FOREIGN KEY (contract_id) REFERENCES contracts ON DELETE SET NULL;
ALTER TABLE milestones ADD CONSTRAINT milestones_contract_id_fkey
    FOREIGN KEY (contract_id) REFERENCES contracts ON DELETE CASCADE;

CREATE TABLE payout_methods (
    id                  uuid               PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id          uuid               NOT NULL REFERENCES creators ON DELETE CASCADE,
    kind                payout_method_kind NOT NULL,
    label               text               NOT NULL CHECK (label <> ''),
    last4               text               CHECK (last4 ~ '^[0-9]{4}$'),
    processor_reference text               NOT NULL UNIQUE,
    is_default          boolean            NOT NULL DEFAULT false,
    verified_at         timestamptz,
    created_at          timestamptz        NOT NULL DEFAULT now(),
    updated_at          timestamptz        NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX payout_methods_default_key ON payout_methods (creator_id) WHERE is_default;

COMMENT ON TABLE payout_methods IS
    'Where a creator''s money goes; the number itself is only with the payment processor';

CREATE TABLE payouts (
    id               uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id       uuid          NOT NULL REFERENCES creators ON DELETE RESTRICT,
    contract_id      uuid          REFERENCES contracts ON DELETE RESTRICT,
    milestone_id     uuid          UNIQUE REFERENCES milestones ON DELETE SET NULL,
    payout_method_id uuid          REFERENCES payout_methods ON DELETE SET NULL,
    reference        text          NOT NULL UNIQUE CHECK (reference <> ''),
    gross            amount        NOT NULL CHECK (gross > 0),
    fee              amount        NOT NULL DEFAULT 0,
    net              amount        GENERATED ALWAYS AS (gross - fee) STORED,
    currency         currency_code NOT NULL DEFAULT 'USD',
    status           payout_status NOT NULL DEFAULT 'pending',
    requested_at     timestamptz   NOT NULL DEFAULT now(),
    paid_at          timestamptz,
    failed_because   text,
    created_at       timestamptz   NOT NULL DEFAULT now(),
    updated_at       timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT payouts_fee_within_gross CHECK (fee <= gross),
    CONSTRAINT payouts_paid_at_a_time CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
    CONSTRAINT payouts_failed_has_reason CHECK ((status = 'failed') = (failed_because IS NOT NULL))
);

COMMENT ON TABLE payouts IS 'Money on its way to creators, and whether it arrived';

ALTER TABLE creator_earnings ADD CONSTRAINT creator_earnings_payout_id_fkey
    FOREIGN KEY (payout_id) REFERENCES payouts ON DELETE SET NULL;

CREATE TABLE disputes (
    id             uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    contract_id    uuid           NOT NULL REFERENCES contracts ON DELETE CASCADE,
    opened_by_id   uuid           REFERENCES users ON DELETE SET NULL,
    resolved_by_id uuid           REFERENCES users ON DELETE SET NULL,
    reason         dispute_reason NOT NULL,
    status         dispute_status NOT NULL DEFAULT 'open',
    description    text           NOT NULL CHECK (description <> ''),
    resolution     text,
    refund         amount         NOT NULL DEFAULT 0,
    currency       currency_code  NOT NULL DEFAULT 'USD',
    resolved_at    timestamptz,
    created_at     timestamptz    NOT NULL DEFAULT now(),
    updated_at     timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT disputes_resolved_at_a_time
        CHECK ((status = 'resolved') = (resolved_at IS NOT NULL AND resolution IS NOT NULL))
);

COMMENT ON TABLE disputes IS 'What the two sides of a contract don''t agree on';

-- (not in the document)
CREATE TABLE dispute_messages (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    dispute_id  uuid        NOT NULL REFERENCES disputes ON DELETE CASCADE,
    author_id   uuid        REFERENCES users ON DELETE SET NULL,
    body        text        NOT NULL CHECK (body <> ''),
    attachments jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(attachments) = 'array'),
    created_at  timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE dispute_messages IS 'What both sides say in a dispute';

CREATE TABLE ambassador_programs (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name            text        NOT NULL CHECK (name <> ''),
    slug            slug        NOT NULL,
    description     text        NOT NULL DEFAULT '',
    commission_rate rate        NOT NULL,
    benefits        text[]      NOT NULL DEFAULT '{}',
    is_open         boolean     NOT NULL DEFAULT true,
    starts_on       date        NOT NULL,
    ends_on         date,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, slug),
    CONSTRAINT ambassador_programs_ends_after_start CHECK (ends_on >= starts_on)
);

COMMENT ON TABLE ambassador_programs IS 'What brands offer to creators who stay: a commission on what their code sells';

CREATE TABLE ambassadors (
    id              uuid              PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id      uuid              NOT NULL REFERENCES ambassador_programs ON DELETE CASCADE,
    creator_id      uuid              NOT NULL REFERENCES creators ON DELETE CASCADE,
    code            text              NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4,20}$'),
    status          ambassador_status NOT NULL DEFAULT 'invited',
    commission_rate rate,
    joined_at       timestamptz,
    ended_at        timestamptz,
    created_at      timestamptz       NOT NULL DEFAULT now(),
    updated_at      timestamptz       NOT NULL DEFAULT now(),
    UNIQUE (program_id, creator_id),
    CONSTRAINT ambassadors_joined_unless_invited CHECK (status = 'invited' OR joined_at IS NOT NULL),
    CONSTRAINT ambassadors_ended_at_a_time CHECK ((status = 'ended') = (ended_at IS NOT NULL))
);

COMMENT ON TABLE ambassadors IS 'The creators in a programme, each with a code of their own';
COMMENT ON COLUMN ambassadors.code IS 'What customers type at the checkout';
COMMENT ON COLUMN ambassadors.commission_rate IS 'NULL: the program''s';

----------------------------------------------------------------------------------------------------------------------
-- Commerce
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE products (
    id              uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid           NOT NULL REFERENCES organizations ON DELETE CASCADE,
    sku             text           NOT NULL CHECK (sku <> ''),
    name            text           NOT NULL CHECK (name <> ''),
    description     text           NOT NULL DEFAULT '',
    price           amount         NOT NULL,
    currency        currency_code  NOT NULL DEFAULT 'USD',
    stock           integer        NOT NULL DEFAULT 0 CHECK (stock >= 0),
    status          product_status NOT NULL DEFAULT 'draft',
    image_url       web_address,
    attributes      jsonb          NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    search          tsvector       GENERATED ALWAYS AS (
        setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
    ) STORED,
    created_at      timestamptz    NOT NULL DEFAULT now(),
    updated_at      timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (organization_id, sku)
);

COMMENT ON TABLE products IS 'What organizations sell';

CREATE TABLE product_tags (
    content_id        uuid        NOT NULL REFERENCES contents ON DELETE CASCADE,
    product_id        uuid        NOT NULL REFERENCES products ON DELETE CASCADE,
    left_edge         rate        NOT NULL,
    top_edge          rate        NOT NULL,
    appears_at_second integer     CHECK (appears_at_second >= 0),
    label             text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (content_id, product_id)
);

COMMENT ON TABLE product_tags IS
    'Where a product is seen in content: a fraction of width and height, in videos with a moment';

CREATE TABLE shoppable_galleries (
    id              uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid           NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name            text           NOT NULL CHECK (name <> ''),
    slug            slug           NOT NULL,
    layout          gallery_layout NOT NULL DEFAULT 'grid',
    settings        jsonb          NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    published_at    timestamptz,
    created_at      timestamptz    NOT NULL DEFAULT now(),
    updated_at      timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (organization_id, slug)
);

COMMENT ON TABLE shoppable_galleries IS 'Pages of content from which products are bought';

-- (not in the document)
CREATE TABLE gallery_items (
    gallery_id uuid        NOT NULL REFERENCES shoppable_galleries ON DELETE CASCADE,
    content_id uuid        NOT NULL REFERENCES contents ON DELETE CASCADE,
    position   integer     NOT NULL CHECK (position > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (gallery_id, content_id),
    UNIQUE (gallery_id, position)
);

COMMENT ON TABLE gallery_items IS 'The content of a gallery, in order; its products are those tagged in the content';

CREATE TABLE orders (
    id               uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    number           text          NOT NULL UNIQUE CHECK (number ~ '^O-[0-9]{4}-[0-9]{6}$'),
    organization_id  uuid          NOT NULL REFERENCES organizations ON DELETE RESTRICT,
    gallery_id       uuid          REFERENCES shoppable_galleries ON DELETE SET NULL,
    ambassador_id    uuid          REFERENCES ambassadors ON DELETE SET NULL,
    customer_email   citext        NOT NULL CHECK (customer_email ~ '^[^@\s]+@[^@\s]+$'),
    status           order_status  NOT NULL DEFAULT 'pending',
    subtotal         amount        NOT NULL DEFAULT 0,
    discount         amount        NOT NULL DEFAULT 0,
    shipping         amount        NOT NULL DEFAULT 0,
    tax              amount        NOT NULL DEFAULT 0,
    total            amount        GENERATED ALWAYS AS (subtotal - discount + shipping + tax) STORED,
    currency         currency_code NOT NULL DEFAULT 'USD',
    shipping_address jsonb         NOT NULL CHECK (jsonb_typeof(shipping_address) = 'object'),
    placed_at        timestamptz   NOT NULL DEFAULT now(),
    paid_at          timestamptz,
    created_at       timestamptz   NOT NULL DEFAULT now(),
    updated_at       timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT orders_discount_within_subtotal CHECK (discount <= subtotal),
    CONSTRAINT orders_paid_before_sent
        CHECK (status NOT IN ('paid', 'shipped', 'delivered', 'refunded') OR paid_at IS NOT NULL)
);

COMMENT ON TABLE orders IS 'What customers bought from an organization, and how they came to it';
COMMENT ON COLUMN orders.subtotal IS 'The sum of order_items; kept by a trigger (003)';

-- (not in the document)
CREATE TABLE order_items (
    order_id   uuid    NOT NULL REFERENCES orders ON DELETE CASCADE,
    position   integer NOT NULL CHECK (position > 0),
    product_id uuid    NOT NULL REFERENCES products ON DELETE RESTRICT,
    quantity   integer NOT NULL CHECK (quantity > 0),
    unit_price amount  NOT NULL,
    total      amount  GENERATED ALWAYS AS (quantity * unit_price) STORED,
    PRIMARY KEY (order_id, position),
    UNIQUE (order_id, product_id)
);

COMMENT ON TABLE order_items IS 'The lines of an order, at the price of its day';

CREATE TABLE attribution_events (
    id              uuid              PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid              NOT NULL REFERENCES organizations ON DELETE CASCADE,
    content_id      uuid              REFERENCES contents ON DELETE SET NULL,
    creator_id      uuid              REFERENCES creators ON DELETE SET NULL,
    product_id      uuid              REFERENCES products ON DELETE SET NULL,
    order_id        uuid              REFERENCES orders ON DELETE CASCADE,
    kind            attribution_kind  NOT NULL,
    model           attribution_model NOT NULL DEFAULT 'last_touch',
    visitor_id      uuid              NOT NULL,
    value           amount            NOT NULL DEFAULT 0,
    weight          rate              NOT NULL DEFAULT 1,
    context         jsonb             NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(context) = 'object'),
    occurred_at     timestamptz       NOT NULL DEFAULT now(),
    CONSTRAINT attribution_events_purchase_has_order CHECK ((kind = 'purchase') = (order_id IS NOT NULL))
);

COMMENT ON TABLE attribution_events IS 'Which content led to which purchase, and for how much of it';

----------------------------------------------------------------------------------------------------------------------
-- Billing
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE plans (
    id            uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    code          slug          NOT NULL UNIQUE,
    name          text          NOT NULL CHECK (name <> ''),
    description   text          NOT NULL DEFAULT '',
    monthly_price amount        NOT NULL,
    yearly_price  amount        NOT NULL,
    currency      currency_code NOT NULL DEFAULT 'USD',
    features      text[]        NOT NULL DEFAULT '{}',
    limits        jsonb         NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(limits) = 'object'),
    is_public     boolean       NOT NULL DEFAULT true,
    position      integer       NOT NULL UNIQUE CHECK (position > 0),
    created_at    timestamptz   NOT NULL DEFAULT now(),
    updated_at    timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT plans_year_is_no_dearer CHECK (yearly_price <= 12 * monthly_price)
);

COMMENT ON TABLE plans IS 'What can be subscribed to';
COMMENT ON COLUMN plans.limits IS
    'What may be used of each feature: {"campaigns": 3, "exports": null}; null: without limit';

CREATE TABLE subscriptions (
    id                       uuid                PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id          uuid                NOT NULL REFERENCES organizations ON DELETE CASCADE,
    plan_id                  uuid                NOT NULL REFERENCES plans ON DELETE RESTRICT,
    period                   billing_period      NOT NULL DEFAULT 'month',
    status                   subscription_status NOT NULL DEFAULT 'trialing',
    started_at               timestamptz         NOT NULL DEFAULT now(),
    trial_ends_at            timestamptz,
    current_period_starts_on date                NOT NULL,
    current_period_ends_on   date                NOT NULL,
    cancelled_at             timestamptz,
    created_at               timestamptz         NOT NULL DEFAULT now(),
    updated_at               timestamptz         NOT NULL DEFAULT now(),
    CONSTRAINT subscriptions_period_in_order CHECK (current_period_ends_on > current_period_starts_on),
    CONSTRAINT subscriptions_trial_has_end CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL),
    CONSTRAINT subscriptions_cancelled_at_a_time CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
);

CREATE UNIQUE INDEX subscriptions_live_key ON subscriptions (organization_id) WHERE status <> 'cancelled';

COMMENT ON TABLE subscriptions IS 'Which plan an organization has, and had';
COMMENT ON INDEX subscriptions_live_key IS 'An organization has one subscription at a time';

CREATE TABLE payment_methods (
    id                  uuid                PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id     uuid                NOT NULL REFERENCES organizations ON DELETE CASCADE,
    kind                payment_method_kind NOT NULL,
    brand               text,
    last4               text                NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    holder_name         text                NOT NULL CHECK (holder_name <> ''),
    expires_on          date,
    processor_reference text                NOT NULL UNIQUE,
    is_default          boolean             NOT NULL DEFAULT false,
    created_at          timestamptz         NOT NULL DEFAULT now(),
    updated_at          timestamptz         NOT NULL DEFAULT now(),
    CONSTRAINT payment_methods_card_expires CHECK ((kind = 'card') = (expires_on IS NOT NULL))
);

CREATE UNIQUE INDEX payment_methods_default_key ON payment_methods (organization_id) WHERE is_default;

COMMENT ON TABLE payment_methods IS
    'What an organization pays with; the number itself is only with the payment processor';

CREATE TABLE invoices (
    id                uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    number            text           NOT NULL UNIQUE CHECK (number ~ '^I-[0-9]{4}-[0-9]{6}$'),
    organization_id   uuid           NOT NULL REFERENCES organizations ON DELETE RESTRICT,
    subscription_id   uuid           REFERENCES subscriptions ON DELETE SET NULL,
    payment_method_id uuid           REFERENCES payment_methods ON DELETE SET NULL,
    status            invoice_status NOT NULL DEFAULT 'draft',
    subtotal          amount         NOT NULL DEFAULT 0,
    tax               amount         NOT NULL DEFAULT 0,
    total             amount         GENERATED ALWAYS AS (subtotal + tax) STORED,
    currency          currency_code  NOT NULL DEFAULT 'USD',
    period_starts_on  date           NOT NULL,
    period_ends_on    date           NOT NULL,
    issued_on         date,
    due_on            date,
    paid_at           timestamptz,
    created_at        timestamptz    NOT NULL DEFAULT now(),
    updated_at        timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT invoices_period_in_order CHECK (period_ends_on > period_starts_on),
    CONSTRAINT invoices_issued_unless_draft CHECK (status = 'draft' OR (issued_on IS NOT NULL AND due_on >= issued_on)),
    CONSTRAINT invoices_paid_at_a_time CHECK ((status = 'paid') = (paid_at IS NOT NULL))
);

COMMENT ON TABLE invoices IS 'What an organization owes for a period of its subscription';
COMMENT ON COLUMN invoices.subtotal IS 'The sum of invoice_items; kept by a trigger (003)';

-- (not in the document)
CREATE TABLE invoice_items (
    invoice_id  uuid    NOT NULL REFERENCES invoices ON DELETE CASCADE,
    position    integer NOT NULL CHECK (position > 0),
    description text    NOT NULL CHECK (description <> ''),
    quantity    integer NOT NULL CHECK (quantity > 0),
    unit_price  amount  NOT NULL,
    total       amount  GENERATED ALWAYS AS (quantity * unit_price) STORED,
    PRIMARY KEY (invoice_id, position)
);

COMMENT ON TABLE invoice_items IS 'The lines of an invoice';

CREATE TABLE usage_records (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    subscription_id uuid        NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    feature         slug        NOT NULL,
    quantity        bigint      NOT NULL CHECK (quantity > 0),
    recorded_on     date        NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (subscription_id, feature, recorded_on)
);

COMMENT ON TABLE usage_records IS
    'What was used of a feature in a day; counted against the entitlement by a trigger (003)';

CREATE TABLE entitlements (
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    feature         slug        NOT NULL,
    subscription_id uuid        NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    usage_limit     bigint      CHECK (usage_limit >= 0),
    used            bigint      NOT NULL DEFAULT 0 CHECK (used >= 0),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, feature),
    CONSTRAINT entitlements_within_limit CHECK (used <= usage_limit)
);

COMMENT ON TABLE entitlements IS
    'What an organization may use, as its plan says; made by a trigger on subscriptions (003)';
COMMENT ON COLUMN entitlements.usage_limit IS 'NULL: without limit';

----------------------------------------------------------------------------------------------------------------------
-- Analytics
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE metric_snapshots (
    id              uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid           NOT NULL REFERENCES organizations ON DELETE CASCADE,
    campaign_id     uuid           NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    metric          metric_kind    NOT NULL,
    value           numeric(18, 2) NOT NULL CHECK (value >= 0),
    dimensions      jsonb          NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(dimensions) = 'object'),
    captured_on     date           NOT NULL,
    created_at      timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (campaign_id, metric, captured_on)
);

COMMENT ON TABLE metric_snapshots IS 'What a campaign had reached by the end of a day';

CREATE TABLE dashboards (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    owner_id        uuid        REFERENCES users ON DELETE SET NULL,
    name            text        NOT NULL CHECK (name <> ''),
    layout          jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(layout) = 'array'),
    is_shared       boolean     NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, name)
);

COMMENT ON TABLE dashboards IS 'Pages of figures that members of an organization have put together';
COMMENT ON COLUMN dashboards.layout IS
    'The widgets, in order: [{"metric": "reach", "chart": "line", "columns": 6}, …]';

CREATE TABLE reports (
    id              uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid          NOT NULL REFERENCES organizations ON DELETE CASCADE,
    dashboard_id    uuid          REFERENCES dashboards ON DELETE SET NULL,
    requested_by_id uuid          REFERENCES users ON DELETE SET NULL,
    name            text          NOT NULL CHECK (name <> ''),
    format          report_format NOT NULL DEFAULT 'pdf',
    status          report_status NOT NULL DEFAULT 'queued',
    parameters      jsonb         NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
    file_url        web_address,
    failed_because  text,
    finished_at     timestamptz,
    created_at      timestamptz   NOT NULL DEFAULT now(),
    updated_at      timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT reports_ready_has_file CHECK ((status = 'ready') = (file_url IS NOT NULL)),
    CONSTRAINT reports_failed_has_reason CHECK ((status = 'failed') = (failed_because IS NOT NULL))
);

COMMENT ON TABLE reports IS 'Files of figures, made once by a worker';

CREATE TABLE alerts (
    id              uuid                   PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid                   NOT NULL REFERENCES organizations ON DELETE CASCADE,
    campaign_id     uuid                   REFERENCES campaigns ON DELETE CASCADE,
    created_by_id   uuid                   REFERENCES users ON DELETE SET NULL,
    name            text                   NOT NULL CHECK (name <> ''),
    metric          metric_kind            NOT NULL,
    comparison      alert_comparison       NOT NULL,
    threshold       numeric(18, 2)         NOT NULL CHECK (threshold >= 0),
    channels        notification_channel[] NOT NULL DEFAULT '{in_app}',
    is_enabled      boolean                NOT NULL DEFAULT true,
    created_at      timestamptz            NOT NULL DEFAULT now(),
    updated_at      timestamptz            NOT NULL DEFAULT now()
);

COMMENT ON TABLE alerts IS 'A figure that somebody wants to be told of when it passes a threshold';
COMMENT ON COLUMN alerts.campaign_id IS 'NULL: all campaigns of the organization';

-- (not in the document)
CREATE TABLE alert_events (
    id                 uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
    alert_id           uuid           NOT NULL REFERENCES alerts ON DELETE CASCADE,
    acknowledged_by_id uuid           REFERENCES users ON DELETE SET NULL,
    value              numeric(18, 2) NOT NULL,
    fired_at           timestamptz    NOT NULL DEFAULT now(),
    acknowledged_at    timestamptz,
    CONSTRAINT alert_events_acknowledged_later CHECK (acknowledged_at >= fired_at)
);

COMMENT ON TABLE alert_events IS 'When an alert has fired, and who has seen to it';

----------------------------------------------------------------------------------------------------------------------
-- Notifications
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE notifications (
    id         uuid                  PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid                  NOT NULL REFERENCES users ON DELETE CASCADE,
    category   notification_category NOT NULL,
    channel    notification_channel  NOT NULL DEFAULT 'in_app',
    title      text                  NOT NULL CHECK (title <> ''),
    body       text                  NOT NULL DEFAULT '',
    link       text,
    data       jsonb                 NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(data) = 'object'),
    sent_at    timestamptz,
    read_at    timestamptz,
    created_at timestamptz           NOT NULL DEFAULT now(),
    CONSTRAINT notifications_read_later CHECK (read_at >= created_at)
);

COMMENT ON TABLE notifications IS 'What users are told, one row for each user and channel';

CREATE TABLE notification_preferences (
    user_id    uuid                  NOT NULL REFERENCES users ON DELETE CASCADE,
    category   notification_category NOT NULL,
    channel    notification_channel  NOT NULL,
    is_enabled boolean               NOT NULL DEFAULT true,
    created_at timestamptz           NOT NULL DEFAULT now(),
    updated_at timestamptz           NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, category, channel),
    CONSTRAINT notification_preferences_security_stays
        CHECK (is_enabled OR category <> 'security' OR channel <> 'email')
);

COMMENT ON TABLE notification_preferences IS 'What somebody wants to hear of, and how. What isn''t here is wanted';

----------------------------------------------------------------------------------------------------------------------
-- Integrations
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE integrations (
    id               uuid                 PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id  uuid                 NOT NULL REFERENCES organizations ON DELETE CASCADE,
    connected_by_id  uuid                 REFERENCES users ON DELETE SET NULL,
    provider         integration_provider NOT NULL,
    external_account text                 NOT NULL CHECK (external_account <> ''),
    status           integration_status   NOT NULL DEFAULT 'connected',
    scopes           text[]               NOT NULL DEFAULT '{}',
    settings         jsonb                NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    last_synced_at   timestamptz,
    last_error       text,
    created_at       timestamptz          NOT NULL DEFAULT now(),
    updated_at       timestamptz          NOT NULL DEFAULT now(),
    UNIQUE (organization_id, provider, external_account),
    CONSTRAINT integrations_error_is_named CHECK (status <> 'error' OR last_error IS NOT NULL)
);

COMMENT ON TABLE integrations IS 'Accounts at other systems that an organization has connected';

CREATE TABLE integration_credentials (
    id             uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    integration_id uuid            NOT NULL REFERENCES integrations ON DELETE CASCADE,
    kind           credential_kind NOT NULL,
    ciphertext     bytea           NOT NULL CHECK (octet_length(ciphertext) >= 28),
    key_id         text            NOT NULL CHECK (key_id <> ''),
    expires_at     timestamptz,
    rotated_at     timestamptz,
    created_at     timestamptz     NOT NULL DEFAULT now(),
    updated_at     timestamptz     NOT NULL DEFAULT now(),
    UNIQUE (integration_id, kind)
);

COMMENT ON TABLE integration_credentials IS 'Keys to other systems, encrypted by the application';
COMMENT ON COLUMN integration_credentials.ciphertext IS 'AES-256-GCM: 12 bytes of nonce, the text, 16 bytes of tag';
COMMENT ON COLUMN integration_credentials.key_id IS 'Which key of the key store it is encrypted with';

CREATE TABLE webhooks (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    integration_id  uuid        REFERENCES integrations ON DELETE SET NULL,
    url             text        NOT NULL CHECK (url ~ '^https://'),
    events          text[]      NOT NULL CHECK (cardinality(events) > 0),
    secret_hash     sha256_hash NOT NULL,
    is_enabled      boolean     NOT NULL DEFAULT true,
    failure_count   integer     NOT NULL DEFAULT 0 CHECK (failure_count >= 0),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE webhooks IS 'Addresses that are told of events in an organization';
COMMENT ON COLUMN webhooks.failure_count IS 'Deliveries that failed one after the other; ten switch it off (003)';

CREATE TABLE webhook_logs (
    id                    uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id            uuid        NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event                 text        NOT NULL CHECK (event <> ''),
    payload               jsonb       NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
    attempt               smallint    NOT NULL DEFAULT 1 CHECK (attempt BETWEEN 1 AND 10),
    response_status       smallint    CHECK (response_status BETWEEN 100 AND 599),
    response_milliseconds integer     CHECK (response_milliseconds >= 0),
    error                 text,
    succeeded             boolean     GENERATED ALWAYS AS (coalesce(response_status BETWEEN 200 AND 299, false)) STORED,
    sent_at               timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_logs_answer_or_error CHECK ((response_status IS NULL) = (error IS NOT NULL))
);

COMMENT ON TABLE webhook_logs IS 'Every delivery to a webhook, and what the receiver answered';

----------------------------------------------------------------------------------------------------------------------
-- Compliance
----------------------------------------------------------------------------------------------------------------------

CREATE TABLE consent_records (
    id               uuid            PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          uuid            NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose          consent_purpose NOT NULL,
    document_version text            NOT NULL CHECK (document_version <> ''),
    is_granted       boolean         NOT NULL,
    ip_address       inet,
    user_agent       text,
    recorded_at      timestamptz     NOT NULL DEFAULT now()
);

COMMENT ON TABLE consent_records IS
    'Every yes and no, with the text it was said to. The newest counts; rows are never changed (003)';

CREATE TABLE data_export_requests (
    id           uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid          NOT NULL REFERENCES users ON DELETE CASCADE,
    status       export_status NOT NULL DEFAULT 'requested',
    format       report_format NOT NULL DEFAULT 'json',
    due_on       date          NOT NULL,
    file_url     web_address,
    completed_at timestamptz,
    expires_at   timestamptz,
    created_at   timestamptz   NOT NULL DEFAULT now(),
    updated_at   timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT data_export_requests_ready_has_file
        CHECK (status NOT IN ('ready', 'delivered') OR file_url IS NOT NULL),
    CONSTRAINT data_export_requests_completed_at_a_time CHECK (
        (status IN ('ready', 'delivered', 'expired')) = (completed_at IS NOT NULL)
    )
);

COMMENT ON TABLE data_export_requests IS 'Users who asked for what is known about them, and until when they get it';
COMMENT ON COLUMN data_export_requests.due_on IS 'Thirty days after the request, as the GDPR demands';

CREATE TABLE rights_ledger_entries (
    id                   uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    content_right_id     uuid         NOT NULL REFERENCES content_rights ON DELETE RESTRICT,
    entry                integer      NOT NULL CHECK (entry > 0),
    event                rights_event NOT NULL,
    actor_id             uuid         REFERENCES users ON DELETE RESTRICT,
    from_organization_id uuid         REFERENCES organizations ON DELETE RESTRICT,
    to_organization_id   uuid         REFERENCES organizations ON DELETE RESTRICT,
    terms                jsonb        NOT NULL CHECK (jsonb_typeof(terms) = 'object'),
    occurred_at          timestamptz  NOT NULL DEFAULT now(),
    UNIQUE (content_right_id, entry),
    CONSTRAINT rights_ledger_entries_first_grants CHECK ((entry = 1) = (event = 'granted')),
    CONSTRAINT rights_ledger_entries_transfer_has_both CHECK (
        event <> 'transferred' OR (from_organization_id IS NOT NULL AND to_organization_id IS NOT NULL)
    )
);

COMMENT ON TABLE rights_ledger_entries IS 'Every change of content_rights, in order. Rows are only ever added (003)';

-- nexenv:down
DROP VIEW active_users;
DROP TABLE
    rights_ledger_entries, data_export_requests, consent_records, webhook_logs, webhooks, integration_credentials,
    integrations, notification_preferences, notifications, alert_events, alerts, reports, dashboards,
    metric_snapshots, entitlements, usage_records, invoice_items, invoices, payment_methods, subscriptions, plans,
    attribution_events, order_items, orders, gallery_items, shoppable_galleries, product_tags, products, ambassadors,
    ambassador_programs, dispute_messages, disputes, payouts, payout_methods, contracts, bids, opportunities,
    content_versions, content_rights, content_tags, contents, campaign_contents, creator_applications, milestones,
    deliverables, campaign_briefs, campaigns, creator_verifications, creator_reviews, creator_earnings,
    creator_metrics, creator_portfolios, creators, audit_logs, organization_invitations, organization_members,
    organizations, password_resets, verification_codes, refresh_tokens, sessions, users;
DROP TYPE
    rights_event, export_status, consent_purpose, credential_kind, integration_status, integration_provider,
    notification_category, notification_channel, alert_comparison, report_status, report_format, metric_kind,
    payment_method_kind, invoice_status, subscription_status, billing_period, attribution_model, attribution_kind,
    order_status, gallery_layout, product_status, ambassador_status, dispute_status, dispute_reason,
    payout_method_kind, payout_status, contract_status, bid_status, opportunity_status, license_kind, tag_source,
    content_status, content_kind, application_status, milestone_status, deliverable_status, deliverable_kind,
    campaign_status, campaign_goal, verification_status, verification_kind, earning_kind, creator_tier,
    social_platform, audit_action, organization_role, organization_kind, verification_purpose, user_status,
    user_role;
DROP DOMAIN
    web_address, sha256_hash, slug, country_code, currency_code, rate, amount;
