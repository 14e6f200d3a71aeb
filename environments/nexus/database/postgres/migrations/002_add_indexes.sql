-- NEXUS: indexes beyond keys. Every foreign key has one that begins with it, since deleting a parent looks for its
-- children.
--
--   *_trgm_idx     trigrams: finds parts of words and misspelt ones (ILIKE '%…%', name % 'aplle')
--   *_search_idx   full-text search over the column search
--   jsonb_path_ops asks whether a document contains another (metadata @> '{"camera": "phone"}')
--   brin           a few pages for a whole table; good for rows that arrive in the order of their time
--   WHERE          a partial index has only the rows that its query is about, and is named after them

----------------------------------------------------------------------------------------------------------------------
-- Auth and users
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX users_name_trgm_idx ON users USING gin (name gin_trgm_ops);
CREATE INDEX users_not_active_idx ON users (status) WHERE status <> 'active' AND deleted_at IS NULL;
CREATE INDEX users_deleted_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX users_preferences_idx ON users USING gin (preferences jsonb_path_ops);

CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_open_idx ON sessions (expires_at) WHERE revoked_at IS NULL;

CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_replaced_by_id_idx ON refresh_tokens (replaced_by_id);
CREATE INDEX refresh_tokens_unused_idx ON refresh_tokens (expires_at) WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE INDEX verification_codes_user_id_idx ON verification_codes (user_id);
CREATE INDEX verification_codes_unused_idx ON verification_codes (expires_at) WHERE used_at IS NULL;

CREATE INDEX password_resets_user_id_idx ON password_resets (user_id);
CREATE INDEX password_resets_unused_idx ON password_resets (expires_at) WHERE used_at IS NULL;

CREATE INDEX organizations_owner_id_idx ON organizations (owner_id);
CREATE INDEX organizations_name_trgm_idx ON organizations USING gin (name gin_trgm_ops);

CREATE INDEX organization_members_user_id_idx ON organization_members (user_id);

CREATE INDEX organization_invitations_organization_id_idx ON organization_invitations (organization_id);
CREATE INDEX organization_invitations_invited_by_id_idx ON organization_invitations (invited_by_id);

CREATE INDEX audit_logs_row_idx ON audit_logs (table_name, row_id, occurred_at DESC);
CREATE INDEX audit_logs_actor_idx ON audit_logs (actor_id, occurred_at DESC) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_logs_organization_idx ON audit_logs (organization_id, occurred_at DESC)
    WHERE organization_id IS NOT NULL;
CREATE INDEX audit_logs_after_idx ON audit_logs USING gin (after jsonb_path_ops);

----------------------------------------------------------------------------------------------------------------------
-- Creators
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX creators_search_idx ON creators USING gin (search);
CREATE INDEX creators_display_name_trgm_idx ON creators USING gin (display_name gin_trgm_ops);
CREATE INDEX creators_handle_trgm_idx ON creators USING gin (handle gin_trgm_ops);
CREATE INDEX creators_available_idx ON creators (category, tier, follower_count DESC) WHERE is_available;
CREATE INDEX creators_languages_idx ON creators USING gin (languages);

CREATE INDEX creator_portfolios_featured_idx ON creator_portfolios (creator_id) WHERE is_featured;
CREATE INDEX creator_portfolios_metrics_idx ON creator_portfolios USING gin (metrics jsonb_path_ops);

CREATE INDEX creator_metrics_measured_on_idx ON creator_metrics USING brin (measured_on);

CREATE INDEX creator_earnings_contract_id_idx ON creator_earnings (contract_id);
CREATE INDEX creator_earnings_payout_id_idx ON creator_earnings (payout_id);
CREATE INDEX creator_earnings_creator_id_earned_at_idx ON creator_earnings (creator_id, earned_at DESC);
CREATE INDEX creator_earnings_not_paid_out_idx ON creator_earnings (creator_id) WHERE payout_id IS NULL;

CREATE INDEX creator_reviews_creator_id_idx ON creator_reviews (creator_id);
CREATE INDEX creator_reviews_organization_id_idx ON creator_reviews (organization_id);
CREATE INDEX creator_reviews_reviewer_id_idx ON creator_reviews (reviewer_id);
CREATE INDEX creator_reviews_public_idx ON creator_reviews (creator_id, created_at DESC) WHERE is_public;

CREATE INDEX creator_verifications_checked_by_id_idx ON creator_verifications (checked_by_id);
CREATE INDEX creator_verifications_pending_idx ON creator_verifications (created_at) WHERE status = 'pending';

----------------------------------------------------------------------------------------------------------------------
-- Campaigns
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX campaigns_created_by_id_idx ON campaigns (created_by_id);
CREATE INDEX campaigns_active_idx ON campaigns (organization_id, ends_on) WHERE status = 'active';
CREATE INDEX campaigns_search_idx ON campaigns USING gin (search);
CREATE INDEX campaigns_name_trgm_idx ON campaigns USING gin (name gin_trgm_ops);
CREATE INDEX campaigns_audience_idx ON campaigns USING gin (audience jsonb_path_ops);

CREATE INDEX deliverables_campaign_id_idx ON deliverables (campaign_id);
CREATE INDEX deliverables_creator_id_idx ON deliverables (creator_id);
CREATE INDEX deliverables_approved_by_id_idx ON deliverables (approved_by_id);
CREATE INDEX deliverables_contract_id_idx ON deliverables (contract_id);
CREATE INDEX deliverables_due_idx ON deliverables (due_on) WHERE status NOT IN ('approved', 'rejected');

CREATE INDEX milestones_campaign_id_idx ON milestones (campaign_id);
CREATE INDEX milestones_due_idx ON milestones (due_on) WHERE status = 'pending';

CREATE INDEX creator_applications_creator_id_idx ON creator_applications (creator_id);
CREATE INDEX creator_applications_decided_by_id_idx ON creator_applications (decided_by_id);
CREATE INDEX creator_applications_undecided_idx ON creator_applications (campaign_id, created_at)
    WHERE status IN ('submitted', 'shortlisted');

CREATE INDEX campaign_contents_added_by_id_idx ON campaign_contents (added_by_id);
CREATE INDEX campaign_contents_content_id_idx ON campaign_contents (content_id);

----------------------------------------------------------------------------------------------------------------------
-- Content
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX contents_creator_id_idx ON contents (creator_id);
CREATE INDEX contents_organization_id_idx ON contents (organization_id);
CREATE INDEX contents_search_idx ON contents USING gin (search);
CREATE INDEX contents_title_trgm_idx ON contents USING gin (title gin_trgm_ops);
CREATE INDEX contents_metadata_idx ON contents USING gin (metadata jsonb_path_ops);
CREATE INDEX contents_published_idx ON contents (published_at DESC) WHERE status = 'published';

CREATE INDEX content_tags_tag_idx ON content_tags (tag);
CREATE INDEX content_tags_tag_trgm_idx ON content_tags USING gin (tag gin_trgm_ops);

CREATE INDEX content_rights_content_id_idx ON content_rights (content_id);
CREATE INDEX content_rights_organization_id_idx ON content_rights (organization_id);
CREATE INDEX content_rights_ending_idx ON content_rights (ends_on) WHERE ends_on IS NOT NULL AND revoked_at IS NULL;

CREATE INDEX content_versions_created_by_id_idx ON content_versions (created_by_id);

----------------------------------------------------------------------------------------------------------------------
-- Marketplace
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX opportunities_organization_id_idx ON opportunities (organization_id);
CREATE INDEX opportunities_campaign_id_idx ON opportunities (campaign_id);
CREATE INDEX opportunities_open_idx ON opportunities (category, closes_at) WHERE status = 'open';
CREATE INDEX opportunities_search_idx ON opportunities USING gin (search);
CREATE INDEX opportunities_requirements_idx ON opportunities USING gin (requirements jsonb_path_ops);

CREATE INDEX bids_creator_id_idx ON bids (creator_id);
CREATE INDEX bids_undecided_idx ON bids (opportunity_id, amount) WHERE status = 'submitted';

CREATE INDEX contracts_organization_id_idx ON contracts (organization_id);
CREATE INDEX contracts_creator_id_idx ON contracts (creator_id);
CREATE INDEX contracts_campaign_id_idx ON contracts (campaign_id);
CREATE INDEX contracts_active_idx ON contracts (ends_on) WHERE status = 'active';
CREATE INDEX contracts_terms_idx ON contracts USING gin (terms jsonb_path_ops);

CREATE INDEX payout_methods_creator_id_idx ON payout_methods (creator_id);

CREATE INDEX payouts_creator_id_idx ON payouts (creator_id);
CREATE INDEX payouts_contract_id_idx ON payouts (contract_id);
CREATE INDEX payouts_payout_method_id_idx ON payouts (payout_method_id);
CREATE INDEX payouts_unpaid_idx ON payouts (requested_at) WHERE status IN ('pending', 'processing');

CREATE INDEX disputes_contract_id_idx ON disputes (contract_id);
CREATE INDEX disputes_opened_by_id_idx ON disputes (opened_by_id);
CREATE INDEX disputes_resolved_by_id_idx ON disputes (resolved_by_id);
CREATE INDEX disputes_open_idx ON disputes (created_at) WHERE status IN ('open', 'in_review');

CREATE INDEX dispute_messages_author_id_idx ON dispute_messages (author_id);
CREATE INDEX dispute_messages_dispute_id_created_at_idx ON dispute_messages (dispute_id, created_at);

CREATE INDEX ambassador_programs_open_idx ON ambassador_programs (commission_rate DESC) WHERE is_open;

CREATE INDEX ambassadors_creator_id_idx ON ambassadors (creator_id);
CREATE INDEX ambassadors_active_idx ON ambassadors (program_id) WHERE status = 'active';

----------------------------------------------------------------------------------------------------------------------
-- Commerce
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX products_search_idx ON products USING gin (search);
CREATE INDEX products_name_trgm_idx ON products USING gin (name gin_trgm_ops);
CREATE INDEX products_attributes_idx ON products USING gin (attributes jsonb_path_ops);
CREATE INDEX products_active_idx ON products (organization_id, price) WHERE status = 'active';

CREATE INDEX product_tags_product_id_idx ON product_tags (product_id);

CREATE INDEX gallery_items_content_id_idx ON gallery_items (content_id);

CREATE INDEX orders_gallery_id_idx ON orders (gallery_id);
CREATE INDEX orders_ambassador_id_idx ON orders (ambassador_id);
CREATE INDEX orders_organization_id_placed_at_idx ON orders (organization_id, placed_at DESC);
CREATE INDEX orders_customer_email_idx ON orders (customer_email);
CREATE INDEX orders_to_send_idx ON orders (placed_at) WHERE status = 'paid';

CREATE INDEX order_items_product_id_idx ON order_items (product_id);

CREATE INDEX attribution_events_content_id_idx ON attribution_events (content_id);
CREATE INDEX attribution_events_creator_id_idx ON attribution_events (creator_id);
CREATE INDEX attribution_events_product_id_idx ON attribution_events (product_id);
CREATE INDEX attribution_events_order_id_idx ON attribution_events (order_id);
CREATE INDEX attribution_events_organization_id_occurred_at_idx
    ON attribution_events (organization_id, occurred_at DESC);
CREATE INDEX attribution_events_visitor_id_idx ON attribution_events (visitor_id, occurred_at);
CREATE INDEX attribution_events_occurred_at_idx ON attribution_events USING brin (occurred_at);
CREATE INDEX attribution_events_context_idx ON attribution_events USING gin (context jsonb_path_ops);

----------------------------------------------------------------------------------------------------------------------
-- Billing
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX subscriptions_organization_id_idx ON subscriptions (organization_id);
CREATE INDEX subscriptions_plan_id_idx ON subscriptions (plan_id);
CREATE INDEX subscriptions_renewing_idx ON subscriptions (current_period_ends_on)
    WHERE status IN ('trialing', 'active');

CREATE INDEX payment_methods_organization_id_idx ON payment_methods (organization_id);

CREATE INDEX invoices_subscription_id_idx ON invoices (subscription_id);
CREATE INDEX invoices_payment_method_id_idx ON invoices (payment_method_id);
CREATE INDEX invoices_organization_id_issued_on_idx ON invoices (organization_id, issued_on DESC);
CREATE INDEX invoices_open_idx ON invoices (due_on) WHERE status = 'open';

CREATE INDEX usage_records_recorded_on_idx ON usage_records (recorded_on);

CREATE INDEX entitlements_subscription_id_idx ON entitlements (subscription_id);

----------------------------------------------------------------------------------------------------------------------
-- Analytics
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX metric_snapshots_organization_id_metric_idx
    ON metric_snapshots (organization_id, metric, captured_on DESC);
CREATE INDEX metric_snapshots_captured_on_idx ON metric_snapshots USING brin (captured_on);

CREATE INDEX dashboards_owner_id_idx ON dashboards (owner_id);

CREATE INDEX reports_organization_id_idx ON reports (organization_id);
CREATE INDEX reports_dashboard_id_idx ON reports (dashboard_id);
CREATE INDEX reports_requested_by_id_idx ON reports (requested_by_id);
CREATE INDEX reports_unfinished_idx ON reports (created_at) WHERE status IN ('queued', 'running');

CREATE INDEX alerts_organization_id_idx ON alerts (organization_id);
CREATE INDEX alerts_campaign_id_idx ON alerts (campaign_id);
CREATE INDEX alerts_created_by_id_idx ON alerts (created_by_id);
CREATE INDEX alerts_enabled_idx ON alerts (metric) WHERE is_enabled;

CREATE INDEX alert_events_acknowledged_by_id_idx ON alert_events (acknowledged_by_id);
CREATE INDEX alert_events_alert_id_fired_at_idx ON alert_events (alert_id, fired_at DESC);
CREATE INDEX alert_events_open_idx ON alert_events (fired_at) WHERE acknowledged_at IS NULL;

----------------------------------------------------------------------------------------------------------------------
-- Notifications
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX notifications_user_id_created_at_idx ON notifications (user_id, created_at DESC);
CREATE INDEX notifications_unread_idx ON notifications (user_id) WHERE read_at IS NULL;

----------------------------------------------------------------------------------------------------------------------
-- Integrations
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX integrations_connected_by_id_idx ON integrations (connected_by_id);
CREATE INDEX integrations_connected_idx ON integrations (last_synced_at) WHERE status = 'connected';

CREATE INDEX integration_credentials_expiring_idx ON integration_credentials (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX webhooks_organization_id_idx ON webhooks (organization_id);
CREATE INDEX webhooks_integration_id_idx ON webhooks (integration_id);
CREATE INDEX webhooks_events_idx ON webhooks USING gin (events) WHERE is_enabled;

CREATE INDEX webhook_logs_webhook_id_sent_at_idx ON webhook_logs (webhook_id, sent_at DESC);
CREATE INDEX webhook_logs_failed_idx ON webhook_logs (sent_at) WHERE NOT succeeded;
CREATE INDEX webhook_logs_payload_idx ON webhook_logs USING gin (payload jsonb_path_ops);

----------------------------------------------------------------------------------------------------------------------
-- Compliance
----------------------------------------------------------------------------------------------------------------------

CREATE INDEX consent_records_newest_idx ON consent_records (user_id, purpose, recorded_at DESC);

CREATE INDEX data_export_requests_user_id_idx ON data_export_requests (user_id);
CREATE INDEX data_export_requests_due_idx ON data_export_requests (due_on) WHERE status IN ('requested', 'processing');

CREATE INDEX rights_ledger_entries_actor_id_idx ON rights_ledger_entries (actor_id);
CREATE INDEX rights_ledger_entries_from_organization_id_idx ON rights_ledger_entries (from_organization_id);
CREATE INDEX rights_ledger_entries_to_organization_id_idx ON rights_ledger_entries (to_organization_id);
CREATE INDEX rights_ledger_entries_occurred_at_idx ON rights_ledger_entries (occurred_at);

-- nexenv:down
DROP INDEX
    users_name_trgm_idx, users_not_active_idx, users_deleted_idx, users_preferences_idx, sessions_user_id_idx,
    sessions_open_idx, refresh_tokens_user_id_idx, refresh_tokens_session_id_idx, refresh_tokens_replaced_by_id_idx,
    refresh_tokens_unused_idx, verification_codes_user_id_idx, verification_codes_unused_idx,
    password_resets_user_id_idx, password_resets_unused_idx, organizations_owner_id_idx, organizations_name_trgm_idx,
    organization_members_user_id_idx, organization_invitations_organization_id_idx,
    organization_invitations_invited_by_id_idx, audit_logs_row_idx, audit_logs_actor_idx, audit_logs_organization_idx,
    audit_logs_after_idx;
DROP INDEX
    creators_search_idx, creators_display_name_trgm_idx, creators_handle_trgm_idx, creators_available_idx,
    creators_languages_idx, creator_portfolios_featured_idx, creator_portfolios_metrics_idx,
    creator_metrics_measured_on_idx, creator_earnings_contract_id_idx, creator_earnings_payout_id_idx,
    creator_earnings_creator_id_earned_at_idx, creator_earnings_not_paid_out_idx, creator_reviews_creator_id_idx,
    creator_reviews_organization_id_idx, creator_reviews_reviewer_id_idx, creator_reviews_public_idx,
    creator_verifications_checked_by_id_idx, creator_verifications_pending_idx;
DROP INDEX
    campaigns_created_by_id_idx, campaigns_active_idx, campaigns_search_idx, campaigns_name_trgm_idx,
    campaigns_audience_idx, deliverables_campaign_id_idx, deliverables_creator_id_idx,
    deliverables_approved_by_id_idx, deliverables_contract_id_idx, deliverables_due_idx, milestones_campaign_id_idx,
    milestones_due_idx, creator_applications_creator_id_idx, creator_applications_decided_by_id_idx,
    creator_applications_undecided_idx, campaign_contents_added_by_id_idx, campaign_contents_content_id_idx;
DROP INDEX
    contents_creator_id_idx, contents_organization_id_idx, contents_search_idx, contents_title_trgm_idx,
    contents_metadata_idx, contents_published_idx, content_tags_tag_idx, content_tags_tag_trgm_idx,
    content_rights_content_id_idx, content_rights_organization_id_idx, content_rights_ending_idx,
    content_versions_created_by_id_idx;
DROP INDEX
    opportunities_organization_id_idx, opportunities_campaign_id_idx, opportunities_open_idx,
    opportunities_search_idx, opportunities_requirements_idx, bids_creator_id_idx, bids_undecided_idx,
    contracts_organization_id_idx, contracts_creator_id_idx, contracts_campaign_id_idx, contracts_active_idx,
    contracts_terms_idx, payout_methods_creator_id_idx, payouts_creator_id_idx, payouts_contract_id_idx,
    payouts_payout_method_id_idx, payouts_unpaid_idx, disputes_contract_id_idx, disputes_opened_by_id_idx,
    disputes_resolved_by_id_idx, disputes_open_idx, dispute_messages_author_id_idx,
    dispute_messages_dispute_id_created_at_idx, ambassador_programs_open_idx, ambassadors_creator_id_idx,
    ambassadors_active_idx;
DROP INDEX
    products_search_idx, products_name_trgm_idx, products_attributes_idx, products_active_idx,
    product_tags_product_id_idx, gallery_items_content_id_idx, orders_gallery_id_idx, orders_ambassador_id_idx,
    orders_organization_id_placed_at_idx, orders_customer_email_idx, orders_to_send_idx, order_items_product_id_idx,
    attribution_events_content_id_idx, attribution_events_creator_id_idx, attribution_events_product_id_idx,
    attribution_events_order_id_idx, attribution_events_organization_id_occurred_at_idx,
    attribution_events_visitor_id_idx, attribution_events_occurred_at_idx, attribution_events_context_idx;
DROP INDEX
    subscriptions_organization_id_idx, subscriptions_plan_id_idx, subscriptions_renewing_idx,
    payment_methods_organization_id_idx, invoices_subscription_id_idx, invoices_payment_method_id_idx,
    invoices_organization_id_issued_on_idx, invoices_open_idx, usage_records_recorded_on_idx,
    entitlements_subscription_id_idx;
DROP INDEX
    metric_snapshots_organization_id_metric_idx, metric_snapshots_captured_on_idx, dashboards_owner_id_idx,
    reports_organization_id_idx, reports_dashboard_id_idx, reports_requested_by_id_idx, reports_unfinished_idx,
    alerts_organization_id_idx, alerts_campaign_id_idx, alerts_created_by_id_idx, alerts_enabled_idx,
    alert_events_acknowledged_by_id_idx, alert_events_alert_id_fired_at_idx, alert_events_open_idx;
DROP INDEX
    notifications_user_id_created_at_idx, notifications_unread_idx;
DROP INDEX
    integrations_connected_by_id_idx, integrations_connected_idx, integration_credentials_expiring_idx,
    webhooks_organization_id_idx, webhooks_integration_id_idx, webhooks_events_idx,
    webhook_logs_webhook_id_sent_at_idx, webhook_logs_failed_idx, webhook_logs_payload_idx;
DROP INDEX
    consent_records_newest_idx, data_export_requests_user_id_idx, data_export_requests_due_idx,
    rights_ledger_entries_actor_id_idx, rights_ledger_entries_from_organization_id_idx,
    rights_ledger_entries_to_organization_id_idx, rights_ledger_entries_occurred_at_idx;
