-- NEXUS: who may see what.
--
-- nexus_service owns the tables, and no policy binds it: a log-in has to find a user before there is one, workers serve
-- everybody. For a user it steps down, inside a transaction:
--
--     SET LOCAL ROLE nexus_app;
--     SET LOCAL app.user_id = '…';
--
-- nexus_app then has that user's rows, those of the organizations that the user is a member of (owners and admins of
-- one may change more of it), and what is public. Without a user it has what is public, and nothing else. A table that
-- a later migration adds is closed to it until it has a grant and a policy of its own.
--
-- "… IN (SELECT id FROM campaigns)" asks the policies of campaigns: whoever sees a campaign sees what belongs to it.
-- (SELECT app_user_id()) is computed once per query; without SELECT it would be once per row.

-- The user's own profile as a creator, and the organizations that the user is a member of. They look past the policies
-- that call them.
CREATE FUNCTION app_creator_id() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (SELECT id FROM creators WHERE user_id = app_user_id());

CREATE FUNCTION app_organization_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT organization_id FROM organization_members WHERE user_id = app_user_id();
END;

CREATE FUNCTION app_administered_organization_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT organization_id FROM organization_members WHERE user_id = app_user_id() AND role IN ('owner', 'admin');
END;

-- A user signs for the side that the user is on; nexus_app may write neither signature itself. With both, the contract
-- is active.
CREATE FUNCTION sign_contract(contract uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE contracts SET
        signed_by_organization_at = CASE
            WHEN organization_id IN (SELECT app_organization_ids()) THEN coalesce(signed_by_organization_at, now())
            ELSE signed_by_organization_at
        END,
        signed_by_creator_at = CASE
            WHEN creator_id = app_creator_id() THEN coalesce(signed_by_creator_at, now())
            ELSE signed_by_creator_at
        END
    WHERE id = contract
      AND status = 'sent'
      AND (organization_id IN (SELECT app_organization_ids()) OR creator_id = app_creator_id());
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE contracts SET status = 'active'
    WHERE id = contract AND signed_by_organization_at IS NOT NULL AND signed_by_creator_at IS NOT NULL;
    RETURN true;
END
$$;

COMMENT ON FUNCTION sign_contract IS 'Signs a contract that was sent, for app.user_id; false if there is none to sign';

REVOKE ALL ON FUNCTION sign_contract FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sign_contract TO nexus_app;

-- Only the owner may connect, and whoever is given nexus_reader or nexus_monitor. Written for the current database, so
-- that it holds for copies under other names.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO nexus_reader, nexus_monitor', current_database());
END
$$;

----------------------------------------------------------------------------------------------------------------------
-- Auth and users: everybody sees what is their own, members what is their organization's
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE verification_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_resets ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_logs ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_row ON users TO nexus_app
    USING (id = (SELECT app_user_id()));
CREATE POLICY own_rows ON sessions TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON refresh_tokens FOR SELECT TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON verification_codes FOR SELECT TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON password_resets FOR SELECT TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_organizations ON organizations FOR SELECT TO nexus_app
    USING (id IN (SELECT app_organization_ids()));
CREATE POLICY administered ON organizations FOR UPDATE TO nexus_app
    USING (id IN (SELECT app_administered_organization_ids()));
CREATE POLICY own_organizations ON organization_members FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY administered ON organization_members TO nexus_app
    USING (organization_id IN (SELECT app_administered_organization_ids()));
CREATE POLICY administered ON organization_invitations TO nexus_app
    USING (organization_id IN (SELECT app_administered_organization_ids()));
CREATE POLICY own_changes ON audit_logs FOR SELECT TO nexus_app
    USING (actor_id = (SELECT app_user_id()) OR organization_id IN (SELECT app_organization_ids()));

----------------------------------------------------------------------------------------------------------------------
-- Creators: profiles are public, money and papers are not
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE creators ENABLE ROW LEVEL SECURITY;
ALTER TABLE creator_portfolios ENABLE ROW LEVEL SECURITY;
ALTER TABLE creator_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE creator_earnings ENABLE ROW LEVEL SECURITY;
ALTER TABLE creator_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE creator_verifications ENABLE ROW LEVEL SECURITY;

CREATE POLICY public_profiles ON creators FOR SELECT TO nexus_app
    USING (true);
CREATE POLICY own_row ON creators TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY public_portfolios ON creator_portfolios FOR SELECT TO nexus_app
    USING (true);
CREATE POLICY own_rows ON creator_portfolios TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY public_metrics ON creator_metrics FOR SELECT TO nexus_app
    USING (true);
CREATE POLICY own_rows ON creator_earnings FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY public_reviews ON creator_reviews FOR SELECT TO nexus_app
    USING (is_public);
CREATE POLICY own_rows ON creator_reviews FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY own_organizations ON creator_reviews TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_rows ON creator_verifications FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));

----------------------------------------------------------------------------------------------------------------------
-- Campaigns: the organization's, and those of creators who work for them
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_briefs ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliverables ENABLE ROW LEVEL SECURITY;
ALTER TABLE milestones ENABLE ROW LEVEL SECURITY;
ALTER TABLE creator_applications ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_contents ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_organizations ON campaigns TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY under_contract ON campaigns FOR SELECT TO nexus_app
    USING (id IN (SELECT campaign_id FROM contracts WHERE creator_id = (SELECT app_creator_id())));
CREATE POLICY campaigns_in_sight ON campaign_briefs FOR SELECT TO nexus_app
    USING (campaign_id IN (SELECT id FROM campaigns));
CREATE POLICY own_organizations ON campaign_briefs TO nexus_app
    USING (campaign_id IN (SELECT id FROM campaigns WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY own_rows ON deliverables FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY handing_in ON deliverables FOR UPDATE TO nexus_app
    USING (creator_id = (SELECT app_creator_id()))
    WITH CHECK (creator_id = (SELECT app_creator_id()) AND status IN ('planned', 'in_progress', 'submitted'));
CREATE POLICY own_organizations ON deliverables TO nexus_app
    USING (campaign_id IN (SELECT id FROM campaigns WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY contracts_in_sight ON milestones FOR SELECT TO nexus_app
    USING (contract_id IN (SELECT id FROM contracts));
CREATE POLICY own_organizations ON milestones TO nexus_app
    USING (campaign_id IN (SELECT id FROM campaigns WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY own_rows ON creator_applications TO nexus_app
    USING (creator_id = (SELECT app_creator_id()))
    WITH CHECK (creator_id = (SELECT app_creator_id()) AND status IN ('submitted', 'withdrawn'));
CREATE POLICY own_organizations ON creator_applications TO nexus_app
    USING (campaign_id IN (SELECT id FROM campaigns WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY own_organizations ON campaign_contents TO nexus_app
    USING (campaign_id IN (SELECT id FROM campaigns WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY own_contents ON campaign_contents FOR SELECT TO nexus_app
    USING (content_id IN (SELECT id FROM contents WHERE creator_id = (SELECT app_creator_id())));

----------------------------------------------------------------------------------------------------------------------
-- Content: its creator's, the organization's that it is for, and everybody's once it is published
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE contents ENABLE ROW LEVEL SECURITY;
ALTER TABLE content_tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE content_rights ENABLE ROW LEVEL SECURITY;
ALTER TABLE content_versions ENABLE ROW LEVEL SECURITY;

CREATE POLICY published ON contents FOR SELECT TO nexus_app
    USING (status = 'published');
CREATE POLICY own_rows ON contents TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY own_organizations ON contents FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY contents_in_sight ON content_tags FOR SELECT TO nexus_app
    USING (content_id IN (SELECT id FROM contents));
CREATE POLICY own_contents ON content_tags TO nexus_app
    USING (content_id IN (SELECT id FROM contents WHERE creator_id = (SELECT app_creator_id())));
CREATE POLICY own_organizations ON content_rights FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_contents ON content_rights TO nexus_app
    USING (content_id IN (SELECT id FROM contents WHERE creator_id = (SELECT app_creator_id())));
CREATE POLICY own_contents ON content_versions FOR SELECT TO nexus_app
    USING (content_id IN (
        SELECT id FROM contents
        WHERE creator_id = (SELECT app_creator_id()) OR organization_id IN (SELECT app_organization_ids())
    ));

----------------------------------------------------------------------------------------------------------------------
-- Marketplace: what is open is everybody's, what is agreed belongs to both sides
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE opportunities ENABLE ROW LEVEL SECURITY;
ALTER TABLE bids ENABLE ROW LEVEL SECURITY;
ALTER TABLE contracts ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_methods ENABLE ROW LEVEL SECURITY;
ALTER TABLE payouts ENABLE ROW LEVEL SECURITY;
ALTER TABLE disputes ENABLE ROW LEVEL SECURITY;
ALTER TABLE dispute_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE ambassador_programs ENABLE ROW LEVEL SECURITY;
ALTER TABLE ambassadors ENABLE ROW LEVEL SECURITY;

CREATE POLICY open_to_all ON opportunities FOR SELECT TO nexus_app
    USING (status = 'open');
CREATE POLICY own_organizations ON opportunities TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_rows ON bids TO nexus_app
    USING (creator_id = (SELECT app_creator_id()))
    WITH CHECK (creator_id = (SELECT app_creator_id()) AND status IN ('submitted', 'withdrawn'));
CREATE POLICY offered ON bids FOR SELECT TO nexus_app
    USING (opportunity_id IN (SELECT id FROM opportunities WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY deciding ON bids FOR UPDATE TO nexus_app
    USING (opportunity_id IN (SELECT id FROM opportunities WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY own_rows ON contracts FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY own_organizations ON contracts TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_rows ON payout_methods TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY own_rows ON payouts FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY own_organizations ON payouts FOR SELECT TO nexus_app
    USING (contract_id IN (SELECT id FROM contracts WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY contracts_in_sight ON disputes TO nexus_app
    USING (contract_id IN (SELECT id FROM contracts));
CREATE POLICY disputes_in_sight ON dispute_messages TO nexus_app
    USING (dispute_id IN (SELECT id FROM disputes));
CREATE POLICY open_to_all ON ambassador_programs FOR SELECT TO nexus_app
    USING (is_open);
CREATE POLICY own_organizations ON ambassador_programs TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_rows ON ambassadors FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));
CREATE POLICY own_organizations ON ambassadors TO nexus_app
    USING (program_id IN (SELECT id FROM ambassador_programs WHERE organization_id IN (SELECT app_organization_ids())));

----------------------------------------------------------------------------------------------------------------------
-- Commerce: what is for sale is everybody's, orders are the shop's
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE products ENABLE ROW LEVEL SECURITY;
ALTER TABLE product_tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE shoppable_galleries ENABLE ROW LEVEL SECURITY;
ALTER TABLE gallery_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY for_sale ON products FOR SELECT TO nexus_app
    USING (status = 'active');
CREATE POLICY own_organizations ON products TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY contents_in_sight ON product_tags FOR SELECT TO nexus_app
    USING (content_id IN (SELECT id FROM contents));
CREATE POLICY own_organizations ON product_tags TO nexus_app
    USING (product_id IN (SELECT id FROM products WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY published ON shoppable_galleries FOR SELECT TO nexus_app
    USING (published_at IS NOT NULL);
CREATE POLICY own_organizations ON shoppable_galleries TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY galleries_in_sight ON gallery_items FOR SELECT TO nexus_app
    USING (gallery_id IN (SELECT id FROM shoppable_galleries));
CREATE POLICY own_organizations ON gallery_items TO nexus_app
    USING (gallery_id IN (SELECT id FROM shoppable_galleries WHERE organization_id IN (SELECT app_organization_ids())));
CREATE POLICY own_organizations ON orders TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY orders_in_sight ON order_items TO nexus_app
    USING (order_id IN (SELECT id FROM orders));
CREATE POLICY own_organizations ON attribution_events FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_rows ON attribution_events FOR SELECT TO nexus_app
    USING (creator_id = (SELECT app_creator_id()));

----------------------------------------------------------------------------------------------------------------------
-- Billing: plans are public, the rest is the organization's
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_methods ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE entitlements ENABLE ROW LEVEL SECURITY;

CREATE POLICY public_plans ON plans FOR SELECT TO nexus_app
    USING (is_public);
CREATE POLICY own_organizations ON subscriptions FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY administered ON payment_methods TO nexus_app
    USING (organization_id IN (SELECT app_administered_organization_ids()));
CREATE POLICY own_organizations ON invoices FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY invoices_in_sight ON invoice_items FOR SELECT TO nexus_app
    USING (invoice_id IN (SELECT id FROM invoices));
CREATE POLICY own_organizations ON usage_records FOR SELECT TO nexus_app
    USING (subscription_id IN (SELECT id FROM subscriptions));
CREATE POLICY own_organizations ON entitlements FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));

----------------------------------------------------------------------------------------------------------------------
-- Analytics
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE metric_snapshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE dashboards ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_organizations ON metric_snapshots FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_organizations ON dashboards TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_organizations ON reports TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY own_organizations ON alerts TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY alerts_in_sight ON alert_events TO nexus_app
    USING (alert_id IN (SELECT id FROM alerts));

----------------------------------------------------------------------------------------------------------------------
-- Notifications
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_preferences ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_rows ON notifications TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON notification_preferences TO nexus_app
    USING (user_id = (SELECT app_user_id()));

----------------------------------------------------------------------------------------------------------------------
-- Integrations
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE integrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE integration_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_logs ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_organizations ON integrations FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY administered ON integrations TO nexus_app
    USING (organization_id IN (SELECT app_administered_organization_ids()));
CREATE POLICY integrations_in_sight ON integration_credentials FOR SELECT TO nexus_app
    USING (integration_id IN (SELECT id FROM integrations));
CREATE POLICY own_organizations ON webhooks FOR SELECT TO nexus_app
    USING (organization_id IN (SELECT app_organization_ids()));
CREATE POLICY administered ON webhooks TO nexus_app
    USING (organization_id IN (SELECT app_administered_organization_ids()));
CREATE POLICY webhooks_in_sight ON webhook_logs FOR SELECT TO nexus_app
    USING (webhook_id IN (SELECT id FROM webhooks));

----------------------------------------------------------------------------------------------------------------------
-- Compliance
----------------------------------------------------------------------------------------------------------------------

ALTER TABLE consent_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_export_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE rights_ledger_entries ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_rows ON consent_records TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY own_rows ON data_export_requests FOR SELECT TO nexus_app
    USING (user_id = (SELECT app_user_id()));
CREATE POLICY asking ON data_export_requests FOR INSERT TO nexus_app
    WITH CHECK (user_id = (SELECT app_user_id()) AND status = 'requested');
CREATE POLICY rights_in_sight ON rights_ledger_entries FOR SELECT TO nexus_app
    USING (content_right_id IN (SELECT id FROM content_rights));

----------------------------------------------------------------------------------------------------------------------
-- Grants: what nexus_app may do with the rows that it sees, and which columns hold secrets
----------------------------------------------------------------------------------------------------------------------

GRANT SELECT (
    id, email, email_verified_at, name, phone, role, status, avatar_url, locale, time_zone, preferences, last_login_at,
    deleted_at, created_at, updated_at
), UPDATE (name, phone, avatar_url, locale, time_zone, preferences) ON users TO nexus_app;
GRANT SELECT (
    id, user_id, ip_address, user_agent, last_seen_at, expires_at, revoked_at, created_at, updated_at
), UPDATE (revoked_at) ON sessions TO nexus_app;
GRANT SELECT (id, user_id, session_id, expires_at, used_at, revoked_at, created_at) ON refresh_tokens TO nexus_app;
GRANT SELECT (id, user_id, purpose, destination, attempts, expires_at, used_at, created_at)
    ON verification_codes TO nexus_app;
GRANT SELECT (id, user_id, requested_ip, expires_at, used_at, created_at) ON password_resets TO nexus_app;
GRANT SELECT (id, organization_id, invited_by_id, email, role, expires_at, accepted_at, created_at), DELETE
    ON organization_invitations TO nexus_app;
GRANT SELECT (id, integration_id, kind, key_id, expires_at, rotated_at, created_at, updated_at)
    ON integration_credentials TO nexus_app;
GRANT SELECT (id, organization_id, integration_id, url, events, is_enabled, failure_count, created_at, updated_at),
    UPDATE (url, events, is_enabled), DELETE
    ON webhooks TO nexus_app;

-- To read: what triggers, workers and the administration write.
GRANT SELECT ON
    active_users, audit_logs, creator_metrics, creator_earnings, creator_verifications, content_versions, payouts,
    attribution_events, plans, subscriptions, invoices, invoice_items, usage_records, entitlements, metric_snapshots,
    webhook_logs, rights_ledger_entries
    TO nexus_app;

-- To work with.
GRANT SELECT, UPDATE (name, website, country, billing_email, settings) ON organizations TO nexus_app;
GRANT SELECT, UPDATE (
    handle, display_name, bio, category, country, languages, primary_platform, base_rate, currency, is_available,
    social_links
) ON creators TO nexus_app;
GRANT SELECT, INSERT ON consent_records, data_export_requests, dispute_messages TO nexus_app;
GRANT SELECT, INSERT, UPDATE ON content_rights, disputes, orders, alert_events TO nexus_app;
GRANT SELECT, INSERT (
    number, organization_id, creator_id, campaign_id, bid_id, title, terms, amount, currency, status, starts_on, ends_on
), UPDATE (
    title, terms, amount, currency, status, starts_on, ends_on, terminated_because
) ON contracts TO nexus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    organization_members, creator_portfolios, creator_reviews, campaigns, campaign_briefs, deliverables, milestones,
    creator_applications, campaign_contents, contents, content_tags, opportunities, bids, payout_methods,
    ambassador_programs, ambassadors, products, product_tags, shoppable_galleries, gallery_items, order_items,
    payment_methods, dashboards, reports, alerts, notifications, notification_preferences, integrations
    TO nexus_app;

----------------------------------------------------------------------------------------------------------------------
-- nexus_reader: all rows of what is analysed, for people and reporting tools that write nothing; nobody's address or
-- secret
----------------------------------------------------------------------------------------------------------------------

GRANT SELECT ON
    creators, creator_metrics, creator_earnings, creator_reviews, campaigns, deliverables, contents, content_tags,
    opportunities, bids, contracts, payouts, ambassadors, products, order_items, attribution_events, plans,
    subscriptions, invoices, usage_records, metric_snapshots
    TO nexus_reader;
GRANT SELECT (id, name, slug, kind, country, created_at) ON organizations TO nexus_reader;
GRANT SELECT (
    id, number, organization_id, gallery_id, ambassador_id, status, subtotal, discount, shipping, tax, total, currency,
    placed_at, paid_at
) ON orders TO nexus_reader;

CREATE POLICY all_rows ON organizations FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON creators FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON creator_metrics FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON creator_earnings FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON creator_reviews FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON campaigns FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON deliverables FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON contents FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON content_tags FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON opportunities FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON bids FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON contracts FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON payouts FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON ambassadors FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON products FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON orders FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON order_items FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON attribution_events FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON plans FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON subscriptions FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON invoices FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON usage_records FOR SELECT TO nexus_reader USING (true);
CREATE POLICY all_rows ON metric_snapshots FOR SELECT TO nexus_reader USING (true);

-- nexenv:down
DO $$
BEGIN
    EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM nexus_reader, nexus_monitor', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
END
$$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM nexus_app, nexus_reader;

-- Compliance
DROP POLICY own_rows ON consent_records;
DROP POLICY own_rows ON data_export_requests;
DROP POLICY asking ON data_export_requests;
DROP POLICY rights_in_sight ON rights_ledger_entries;
ALTER TABLE consent_records DISABLE ROW LEVEL SECURITY;
ALTER TABLE data_export_requests DISABLE ROW LEVEL SECURITY;
ALTER TABLE rights_ledger_entries DISABLE ROW LEVEL SECURITY;

-- Integrations
DROP POLICY own_organizations ON integrations;
DROP POLICY administered ON integrations;
DROP POLICY integrations_in_sight ON integration_credentials;
DROP POLICY own_organizations ON webhooks;
DROP POLICY administered ON webhooks;
DROP POLICY webhooks_in_sight ON webhook_logs;
ALTER TABLE integrations DISABLE ROW LEVEL SECURITY;
ALTER TABLE integration_credentials DISABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks DISABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_logs DISABLE ROW LEVEL SECURITY;

-- Notifications
DROP POLICY own_rows ON notifications;
DROP POLICY own_rows ON notification_preferences;
ALTER TABLE notifications DISABLE ROW LEVEL SECURITY;
ALTER TABLE notification_preferences DISABLE ROW LEVEL SECURITY;

-- Analytics
DROP POLICY own_organizations ON metric_snapshots;
DROP POLICY all_rows ON metric_snapshots;
DROP POLICY own_organizations ON dashboards;
DROP POLICY own_organizations ON reports;
DROP POLICY own_organizations ON alerts;
DROP POLICY alerts_in_sight ON alert_events;
ALTER TABLE metric_snapshots DISABLE ROW LEVEL SECURITY;
ALTER TABLE dashboards DISABLE ROW LEVEL SECURITY;
ALTER TABLE reports DISABLE ROW LEVEL SECURITY;
ALTER TABLE alerts DISABLE ROW LEVEL SECURITY;
ALTER TABLE alert_events DISABLE ROW LEVEL SECURITY;

-- Billing
DROP POLICY public_plans ON plans;
DROP POLICY all_rows ON plans;
DROP POLICY own_organizations ON subscriptions;
DROP POLICY all_rows ON subscriptions;
DROP POLICY administered ON payment_methods;
DROP POLICY own_organizations ON invoices;
DROP POLICY all_rows ON invoices;
DROP POLICY invoices_in_sight ON invoice_items;
DROP POLICY own_organizations ON usage_records;
DROP POLICY all_rows ON usage_records;
DROP POLICY own_organizations ON entitlements;
ALTER TABLE plans DISABLE ROW LEVEL SECURITY;
ALTER TABLE subscriptions DISABLE ROW LEVEL SECURITY;
ALTER TABLE payment_methods DISABLE ROW LEVEL SECURITY;
ALTER TABLE invoices DISABLE ROW LEVEL SECURITY;
ALTER TABLE invoice_items DISABLE ROW LEVEL SECURITY;
ALTER TABLE usage_records DISABLE ROW LEVEL SECURITY;
ALTER TABLE entitlements DISABLE ROW LEVEL SECURITY;

-- Commerce
DROP POLICY for_sale ON products;
DROP POLICY own_organizations ON products;
DROP POLICY all_rows ON products;
DROP POLICY contents_in_sight ON product_tags;
DROP POLICY own_organizations ON product_tags;
DROP POLICY published ON shoppable_galleries;
DROP POLICY own_organizations ON shoppable_galleries;
DROP POLICY galleries_in_sight ON gallery_items;
DROP POLICY own_organizations ON gallery_items;
DROP POLICY own_organizations ON orders;
DROP POLICY all_rows ON orders;
DROP POLICY orders_in_sight ON order_items;
DROP POLICY all_rows ON order_items;
DROP POLICY own_organizations ON attribution_events;
DROP POLICY own_rows ON attribution_events;
DROP POLICY all_rows ON attribution_events;
ALTER TABLE products DISABLE ROW LEVEL SECURITY;
ALTER TABLE product_tags DISABLE ROW LEVEL SECURITY;
ALTER TABLE shoppable_galleries DISABLE ROW LEVEL SECURITY;
ALTER TABLE gallery_items DISABLE ROW LEVEL SECURITY;
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
ALTER TABLE order_items DISABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_events DISABLE ROW LEVEL SECURITY;

-- Marketplace
DROP POLICY open_to_all ON opportunities;
DROP POLICY own_organizations ON opportunities;
DROP POLICY all_rows ON opportunities;
DROP POLICY own_rows ON bids;
DROP POLICY offered ON bids;
DROP POLICY deciding ON bids;
DROP POLICY all_rows ON bids;
DROP POLICY own_rows ON contracts;
DROP POLICY own_organizations ON contracts;
DROP POLICY all_rows ON contracts;
DROP POLICY own_rows ON payout_methods;
DROP POLICY own_rows ON payouts;
DROP POLICY own_organizations ON payouts;
DROP POLICY all_rows ON payouts;
DROP POLICY contracts_in_sight ON disputes;
DROP POLICY disputes_in_sight ON dispute_messages;
DROP POLICY open_to_all ON ambassador_programs;
DROP POLICY own_organizations ON ambassador_programs;
DROP POLICY own_rows ON ambassadors;
DROP POLICY own_organizations ON ambassadors;
DROP POLICY all_rows ON ambassadors;
ALTER TABLE opportunities DISABLE ROW LEVEL SECURITY;
ALTER TABLE bids DISABLE ROW LEVEL SECURITY;
ALTER TABLE contracts DISABLE ROW LEVEL SECURITY;
ALTER TABLE payout_methods DISABLE ROW LEVEL SECURITY;
ALTER TABLE payouts DISABLE ROW LEVEL SECURITY;
ALTER TABLE disputes DISABLE ROW LEVEL SECURITY;
ALTER TABLE dispute_messages DISABLE ROW LEVEL SECURITY;
ALTER TABLE ambassador_programs DISABLE ROW LEVEL SECURITY;
ALTER TABLE ambassadors DISABLE ROW LEVEL SECURITY;

-- Content
DROP POLICY published ON contents;
DROP POLICY own_rows ON contents;
DROP POLICY own_organizations ON contents;
DROP POLICY all_rows ON contents;
DROP POLICY contents_in_sight ON content_tags;
DROP POLICY own_contents ON content_tags;
DROP POLICY all_rows ON content_tags;
DROP POLICY own_organizations ON content_rights;
DROP POLICY own_contents ON content_rights;
DROP POLICY own_contents ON content_versions;
ALTER TABLE contents DISABLE ROW LEVEL SECURITY;
ALTER TABLE content_tags DISABLE ROW LEVEL SECURITY;
ALTER TABLE content_rights DISABLE ROW LEVEL SECURITY;
ALTER TABLE content_versions DISABLE ROW LEVEL SECURITY;

-- Campaigns
DROP POLICY own_organizations ON campaigns;
DROP POLICY under_contract ON campaigns;
DROP POLICY all_rows ON campaigns;
DROP POLICY campaigns_in_sight ON campaign_briefs;
DROP POLICY own_organizations ON campaign_briefs;
DROP POLICY own_rows ON deliverables;
DROP POLICY handing_in ON deliverables;
DROP POLICY own_organizations ON deliverables;
DROP POLICY all_rows ON deliverables;
DROP POLICY contracts_in_sight ON milestones;
DROP POLICY own_organizations ON milestones;
DROP POLICY own_rows ON creator_applications;
DROP POLICY own_organizations ON creator_applications;
DROP POLICY own_organizations ON campaign_contents;
DROP POLICY own_contents ON campaign_contents;
ALTER TABLE campaigns DISABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_briefs DISABLE ROW LEVEL SECURITY;
ALTER TABLE deliverables DISABLE ROW LEVEL SECURITY;
ALTER TABLE milestones DISABLE ROW LEVEL SECURITY;
ALTER TABLE creator_applications DISABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_contents DISABLE ROW LEVEL SECURITY;

-- Creators
DROP POLICY public_profiles ON creators;
DROP POLICY own_row ON creators;
DROP POLICY all_rows ON creators;
DROP POLICY public_portfolios ON creator_portfolios;
DROP POLICY own_rows ON creator_portfolios;
DROP POLICY public_metrics ON creator_metrics;
DROP POLICY all_rows ON creator_metrics;
DROP POLICY own_rows ON creator_earnings;
DROP POLICY all_rows ON creator_earnings;
DROP POLICY public_reviews ON creator_reviews;
DROP POLICY own_rows ON creator_reviews;
DROP POLICY own_organizations ON creator_reviews;
DROP POLICY all_rows ON creator_reviews;
DROP POLICY own_rows ON creator_verifications;
ALTER TABLE creators DISABLE ROW LEVEL SECURITY;
ALTER TABLE creator_portfolios DISABLE ROW LEVEL SECURITY;
ALTER TABLE creator_metrics DISABLE ROW LEVEL SECURITY;
ALTER TABLE creator_earnings DISABLE ROW LEVEL SECURITY;
ALTER TABLE creator_reviews DISABLE ROW LEVEL SECURITY;
ALTER TABLE creator_verifications DISABLE ROW LEVEL SECURITY;

-- Auth and users
DROP POLICY own_row ON users;
DROP POLICY own_rows ON sessions;
DROP POLICY own_rows ON refresh_tokens;
DROP POLICY own_rows ON verification_codes;
DROP POLICY own_rows ON password_resets;
DROP POLICY own_organizations ON organizations;
DROP POLICY administered ON organizations;
DROP POLICY all_rows ON organizations;
DROP POLICY own_organizations ON organization_members;
DROP POLICY administered ON organization_members;
DROP POLICY administered ON organization_invitations;
DROP POLICY own_changes ON audit_logs;
ALTER TABLE users DISABLE ROW LEVEL SECURITY;
ALTER TABLE sessions DISABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens DISABLE ROW LEVEL SECURITY;
ALTER TABLE verification_codes DISABLE ROW LEVEL SECURITY;
ALTER TABLE password_resets DISABLE ROW LEVEL SECURITY;
ALTER TABLE organizations DISABLE ROW LEVEL SECURITY;
ALTER TABLE organization_members DISABLE ROW LEVEL SECURITY;
ALTER TABLE organization_invitations DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_logs DISABLE ROW LEVEL SECURITY;

DROP FUNCTION sign_contract, app_administered_organization_ids, app_organization_ids, app_creator_id;
