-- NEXUS: what happens by itself. Every trigger is named after its function.
--
-- Functions that write into other tables than the one that changed run with the rights of the owner (SECURITY
-- DEFINER): whoever may add a payout need not be allowed to change what a campaign has spent.

-- The user in whose name this transaction works, or NULL. A setting that was once set LOCAL reads as '' afterwards.
CREATE FUNCTION app_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('app.user_id', true), '')::uuid;

COMMENT ON FUNCTION app_user_id IS 'SET LOCAL app.user_id = ''…'': the user in whose name a transaction works';

----------------------------------------------------------------------------------------------------------------------
-- updated_at
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER set_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON sessions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON organizations
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON organization_members
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON creators
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON creator_portfolios
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON creator_reviews
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON creator_verifications
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON campaigns
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON campaign_briefs
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON deliverables
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON milestones
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON creator_applications
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON contents
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON content_rights
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON opportunities
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON bids
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON contracts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON payout_methods
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON payouts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON disputes
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON ambassador_programs
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON ambassadors
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON products
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON shoppable_galleries
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON plans
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON payment_methods
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON invoices
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON entitlements
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON dashboards
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON reports
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON alerts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON notification_preferences
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON integrations
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON integration_credentials
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON webhooks
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON data_export_requests
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

----------------------------------------------------------------------------------------------------------------------
-- Audit: each change with the row before and after, in a table that takes nothing back. So that a person can be
-- forgotten all the same, the values of columns that say who somebody is stay out of it: a trigger's arguments.
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION write_audit_log() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    -- Secrets and what is computed don't belong in a log either.
    hidden  text[] := '{password_hash, token_hash, secret_hash, ciphertext, search}'::text[] || TG_ARGV;
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    any_row jsonb := coalesce(new_row, old_row);
    changed text[] := '{}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT coalesce(array_agg(key ORDER BY key), '{}') INTO changed
        FROM jsonb_each(new_row)
        WHERE value IS DISTINCT FROM old_row -> key AND key NOT IN ('search', 'updated_at', 'last_login_at');
        IF changed = '{}' THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit_logs (actor_id, action, table_name, row_id, organization_id, before, after, changed_columns)
    VALUES (
        app_user_id(),
        lower(TG_OP)::audit_action,
        TG_TABLE_NAME,
        coalesce(any_row ->> 'id', any_row ->> 'organization_id')::uuid,
        CASE TG_TABLE_NAME WHEN 'organizations' THEN any_row ->> 'id' ELSE any_row ->> 'organization_id' END::uuid,
        old_row - hidden,
        new_row - hidden,
        changed
    );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION write_audit_log IS 'Trigger; of the columns that are its arguments, only names are logged';

CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('email', 'name', 'phone', 'avatar_url', 'preferences');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON organizations
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('billing_email');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON organization_members
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('title');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON creators
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('handle', 'display_name', 'bio', 'social_links');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON creator_verifications
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('document_reference');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON campaigns
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON contents
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON content_rights
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON contracts
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON payout_methods
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('label', 'last4', 'processor_reference');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON payouts
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON disputes
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON products
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON orders
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('customer_email', 'shipping_address');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON plans
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON payment_methods
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('holder_name', 'last4', 'processor_reference');
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON invoices
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON integrations
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON integration_credentials
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON webhooks
    FOR EACH ROW EXECUTE FUNCTION write_audit_log();
CREATE TRIGGER write_audit_log AFTER INSERT OR UPDATE OR DELETE ON data_export_requests
    FOR EACH ROW EXECUTE FUNCTION write_audit_log('file_url');

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON rights_ledger_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- They go with their user.
CREATE TRIGGER refuse_change BEFORE UPDATE ON consent_records
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

----------------------------------------------------------------------------------------------------------------------
-- Users: soft delete, and forgetting a person
----------------------------------------------------------------------------------------------------------------------

-- DELETE marks a user as deleted and logs them out everywhere. With SET LOCAL app.hard_delete = 'on' the row goes, and
-- with it whatever says ON DELETE CASCADE.
CREATE FUNCTION soft_delete_user() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.hard_delete', true) = 'on' THEN
        RETURN OLD;
    END IF;
    UPDATE users SET deleted_at = now() WHERE id = OLD.id AND deleted_at IS NULL;
    DELETE FROM sessions WHERE user_id = OLD.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER soft_delete_user BEFORE DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION soft_delete_user();

CREATE FUNCTION erase_user(for_user uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    known_email citext;
BEGIN
    SELECT email INTO known_email FROM users WHERE id = for_user FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE users SET
        email = 'erased-' || id || '@erased.invalid',
        name = 'Erased user',
        phone = NULL,
        password_hash = NULL,
        avatar_url = NULL,
        preferences = '{}',
        deleted_at = coalesce(deleted_at, now())
    WHERE id = for_user;
    UPDATE creators SET
        handle = 'erased_' || left(replace(id::text, '-', ''), 20),
        display_name = 'Erased creator',
        bio = '',
        social_links = '{}',
        is_available = false
    WHERE user_id = for_user;
    DELETE FROM creator_portfolios WHERE creator_id IN (SELECT id FROM creators WHERE user_id = for_user);
    DELETE FROM creator_verifications WHERE creator_id IN (SELECT id FROM creators WHERE user_id = for_user);
    DELETE FROM payout_methods WHERE creator_id IN (SELECT id FROM creators WHERE user_id = for_user);
    DELETE FROM organization_invitations WHERE email = known_email;
    DELETE FROM sessions WHERE user_id = for_user;
    DELETE FROM verification_codes WHERE user_id = for_user;
    DELETE FROM password_resets WHERE user_id = for_user;
    DELETE FROM notifications WHERE user_id = for_user;
    DELETE FROM notification_preferences WHERE user_id = for_user;
    DELETE FROM consent_records WHERE user_id = for_user;
    DELETE FROM data_export_requests WHERE user_id = for_user;
    RETURN true;
END
$$;

COMMENT ON FUNCTION erase_user IS
    'Forgets a person; true if there was one. Contracts, payouts and rights stay, as the law demands, and name nobody';

REVOKE ALL ON FUNCTION erase_user FROM PUBLIC;

----------------------------------------------------------------------------------------------------------------------
-- States that are final
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_reopening() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status::text = ANY (TG_ARGV) THEN
        RAISE EXCEPTION '% is %, and stays so', TG_TABLE_NAME, OLD.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION refuse_reopening IS 'Trigger; its arguments are the states that nothing leaves';

CREATE TRIGGER refuse_reopening BEFORE UPDATE OF status ON campaigns
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION refuse_reopening('completed', 'cancelled');
CREATE TRIGGER refuse_reopening BEFORE UPDATE OF status ON contracts
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION refuse_reopening('completed', 'terminated');
CREATE TRIGGER refuse_reopening BEFORE UPDATE OF status ON payouts
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION refuse_reopening('paid');
CREATE TRIGGER refuse_reopening BEFORE UPDATE OF status ON disputes
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION refuse_reopening('resolved', 'withdrawn');
CREATE TRIGGER refuse_reopening BEFORE UPDATE OF status ON invoices
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION refuse_reopening('paid', 'void');

----------------------------------------------------------------------------------------------------------------------
-- Sums: what is kept in one place because of rows in another
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION keep_creator_rating() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE creators SET rating_average = reviews.average, rating_count = reviews.count
    FROM (
        SELECT round(avg(rating), 2) AS average, count(*) AS count
        FROM creator_reviews
        WHERE creator_id = coalesce(NEW.creator_id, OLD.creator_id)
    ) AS reviews
    WHERE id = coalesce(NEW.creator_id, OLD.creator_id);
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_creator_rating AFTER INSERT OR DELETE OR UPDATE OF rating ON creator_reviews
    FOR EACH ROW EXECUTE FUNCTION keep_creator_rating();

CREATE FUNCTION keep_campaign_spent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE campaigns SET spent = (
        SELECT coalesce(sum(p.gross), 0)
        FROM payouts AS p
        JOIN contracts AS c ON c.id = p.contract_id
        WHERE c.campaign_id = campaigns.id AND p.status = 'paid'
    )
    WHERE id = (SELECT campaign_id FROM contracts WHERE id = coalesce(NEW.contract_id, OLD.contract_id));
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_campaign_spent AFTER INSERT OR DELETE OR UPDATE OF status, gross ON payouts
    FOR EACH ROW EXECUTE FUNCTION keep_campaign_spent();

CREATE FUNCTION keep_order_subtotal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE orders SET subtotal = (SELECT coalesce(sum(total), 0) FROM order_items WHERE order_id = orders.id)
    WHERE id = coalesce(NEW.order_id, OLD.order_id);
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_order_subtotal AFTER INSERT OR UPDATE OR DELETE ON order_items
    FOR EACH ROW EXECUTE FUNCTION keep_order_subtotal();

CREATE FUNCTION keep_invoice_subtotal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE invoices SET subtotal = (SELECT coalesce(sum(total), 0) FROM invoice_items WHERE invoice_id = invoices.id)
    WHERE id = coalesce(NEW.invoice_id, OLD.invoice_id);
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_invoice_subtotal AFTER INSERT OR UPDATE OR DELETE ON invoice_items
    FOR EACH ROW EXECUTE FUNCTION keep_invoice_subtotal();

----------------------------------------------------------------------------------------------------------------------
-- Content: its versions, and the ledger of who may use it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION write_content_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.version := OLD.version + 1;
    END IF;
    INSERT INTO content_versions (content_id, created_by_id, version, title, body, media_url)
    VALUES (NEW.id, app_user_id(), NEW.version, NEW.title, NEW.body, NEW.media_url);
    RETURN NEW;
END
$$;

CREATE TRIGGER write_content_version_first AFTER INSERT ON contents
    FOR EACH ROW EXECUTE FUNCTION write_content_version();
CREATE TRIGGER write_content_version_next BEFORE UPDATE OF title, body, media_url ON contents
    FOR EACH ROW
    WHEN ((OLD.title, OLD.body, OLD.media_url) IS DISTINCT FROM (NEW.title, NEW.body, NEW.media_url))
    EXECUTE FUNCTION write_content_version();

CREATE FUNCTION write_rights_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    happened rights_event;
BEGIN
    IF TG_OP = 'INSERT' THEN
        happened := 'granted';
    ELSIF NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL THEN
        happened := 'revoked';
    ELSIF NEW.organization_id <> OLD.organization_id THEN
        happened := 'transferred';
    ELSIF NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN
        happened := 'extended';
    ELSE
        RETURN NULL;
    END IF;
    INSERT INTO rights_ledger_entries (
        content_right_id, entry, event, actor_id, from_organization_id, to_organization_id, terms
    )
    SELECT
        NEW.id,
        coalesce(max(entry), 0) + 1,
        happened,
        app_user_id(),
        CASE WHEN TG_OP = 'UPDATE' THEN OLD.organization_id END,
        CASE WHEN happened <> 'revoked' THEN NEW.organization_id END,
        jsonb_build_object('license', NEW.license, 'starts_on', NEW.starts_on, 'ends_on', NEW.ends_on, 'fee', NEW.fee)
    FROM rights_ledger_entries
    WHERE content_right_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER write_rights_ledger AFTER INSERT OR UPDATE ON content_rights
    FOR EACH ROW EXECUTE FUNCTION write_rights_ledger();

----------------------------------------------------------------------------------------------------------------------
-- Marketplace: an opportunity is awarded when its slots are taken
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION award_opportunity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE opportunities SET status = 'awarded'
    WHERE id = NEW.opportunity_id
      AND status = 'open'
      AND slots <= (SELECT count(*) FROM bids WHERE opportunity_id = NEW.opportunity_id AND status = 'accepted');
    RETURN NULL;
END
$$;

CREATE TRIGGER award_opportunity AFTER UPDATE OF status ON bids
    FOR EACH ROW WHEN (NEW.status = 'accepted') EXECUTE FUNCTION award_opportunity();

----------------------------------------------------------------------------------------------------------------------
-- Billing: what a plan entitles to, and what is used of it
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION grant_entitlements() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM entitlements
    WHERE subscription_id = NEW.id
      AND (NEW.status = 'cancelled' OR feature NOT IN (
          SELECT jsonb_object_keys(limits) FROM plans WHERE id = NEW.plan_id
      ));
    IF NEW.status <> 'cancelled' THEN
        INSERT INTO entitlements (organization_id, feature, subscription_id, usage_limit)
        SELECT NEW.organization_id, feature, NEW.id, (usage_limit #>> '{}')::bigint
        FROM plans CROSS JOIN jsonb_each(limits) AS l (feature, usage_limit)
        WHERE plans.id = NEW.plan_id
        ON CONFLICT (organization_id, feature) DO UPDATE SET
            subscription_id = excluded.subscription_id,
            usage_limit = excluded.usage_limit;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER grant_entitlements AFTER INSERT OR UPDATE OF plan_id, status ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION grant_entitlements();

CREATE FUNCTION count_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE entitlements SET used = used + NEW.quantity
    WHERE subscription_id = NEW.subscription_id AND feature = NEW.feature;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the subscription does not include %', NEW.feature USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION count_usage IS 'What is beyond the limit is refused by entitlements_within_limit';

CREATE TRIGGER count_usage AFTER INSERT ON usage_records
    FOR EACH ROW EXECUTE FUNCTION count_usage();

----------------------------------------------------------------------------------------------------------------------
-- Webhooks and notifications
----------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION count_webhook_failures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE webhooks SET
        failure_count = CASE WHEN NEW.succeeded THEN 0 ELSE failure_count + 1 END,
        is_enabled = is_enabled AND (NEW.succeeded OR failure_count < 9)
    WHERE id = NEW.webhook_id AND (NOT NEW.succeeded OR failure_count > 0);
    RETURN NULL;
END
$$;

CREATE TRIGGER count_webhook_failures AFTER INSERT ON webhook_logs
    FOR EACH ROW EXECUTE FUNCTION count_webhook_failures();

-- LISTEN notifications: workers send it on at once, to Redis 3 and by mail.
CREATE FUNCTION announce_notification() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(
        'notifications',
        json_build_object('id', NEW.id, 'user_id', NEW.user_id, 'channel', NEW.channel)::text
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER announce_notification AFTER INSERT ON notifications
    FOR EACH ROW EXECUTE FUNCTION announce_notification();

-- nexenv:down
-- A function takes its triggers with it.
DROP FUNCTION
    announce_notification, count_webhook_failures, count_usage, grant_entitlements, award_opportunity,
    write_rights_ledger, write_content_version, keep_invoice_subtotal, keep_order_subtotal, keep_campaign_spent,
    keep_creator_rating, refuse_reopening, soft_delete_user, refuse_change, write_audit_log, set_updated_at
    CASCADE;
DROP FUNCTION erase_user, app_user_id;
