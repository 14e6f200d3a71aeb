import Foundation
import Testing

/// The environment `nexus` has everything that its document names, filled, and refuses what it has to refuse.
@Suite(.waitsForSlots)
struct NexusTests {
    static let database = "postgres.nexus"

    /// The document's models by group, with the tables that stand for them.
    static let models: [(group: String, models: [String: String])] = [
        (
            "Auth & Users",
            [
                "User": "users", "Session": "sessions", "RefreshToken": "refresh_tokens",
                "VerificationCode": "verification_codes", "PasswordReset": "password_resets", "AuditLog": "audit_logs",
                "Organization": "organizations", "OrganizationMember": "organization_members",
            ]
        ),
        (
            "Creators",
            [
                "Creator": "creators", "CreatorPortfolio": "creator_portfolios", "CreatorMetrics": "creator_metrics",
                "CreatorEarnings": "creator_earnings", "CreatorReview": "creator_reviews",
                "CreatorVerification": "creator_verifications",
            ]
        ),
        (
            "Campaigns",
            [
                "Campaign": "campaigns", "CampaignBrief": "campaign_briefs", "Deliverable": "deliverables",
                "Milestone": "milestones", "CreatorApplication": "creator_applications",
                "CampaignContent": "campaign_contents",
            ]
        ),
        (
            "Content",
            [
                "Content": "contents", "ContentTag": "content_tags", "ContentRights": "content_rights",
                "ContentVersion": "content_versions",
            ]
        ),
        (
            "Marketplace",
            [
                "Opportunity": "opportunities", "Bid": "bids", "Contract": "contracts", "Payout": "payouts",
                "PayoutMethod": "payout_methods", "Dispute": "disputes", "AmbassadorProgram": "ambassador_programs",
                "Ambassador": "ambassadors",
            ]
        ),
        (
            "Commerce",
            [
                "Product": "products", "ProductTag": "product_tags", "ShoppableGallery": "shoppable_galleries",
                "Order": "orders", "AttributionEvent": "attribution_events",
            ]
        ),
        (
            "Billing",
            [
                "Plan": "plans", "Subscription": "subscriptions", "Invoice": "invoices",
                "PaymentMethod": "payment_methods", "UsageRecord": "usage_records", "Entitlement": "entitlements",
            ]
        ),
        (
            "Analytics",
            [
                "MetricSnapshot": "metric_snapshots", "Dashboard": "dashboards", "Report": "reports", "Alert": "alerts",
            ]
        ),
        (
            "Notifications",
            ["Notification": "notifications", "NotificationPreference": "notification_preferences"]
        ),
        (
            "Integrations",
            [
                "Integration": "integrations", "IntegrationCredential": "integration_credentials",
                "Webhook": "webhooks", "WebhookLog": "webhook_logs",
            ]
        ),
        (
            "Compliance",
            [
                "ConsentRecord": "consent_records", "DataExportRequest": "data_export_requests",
                "RightsLedgerEntry": "rights_ledger_entries",
            ]
        ),
    ]

    @Test(
        "it is filled and consistent, seeding it again changes nothing, and it refuses what it has to",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func nexus(place: Place) async throws {
        try await ShippedEnvironment.with("nexus", in: place) { nexus in
            try await Self.expectNamesOfTheDocument(nexus)
            try await nexus.expectNamesOfReadme(in: [Self.database])
            try await nexus.expectSound()
            try await nexus.expectTablesDescribed(Self.database)
            try await nexus.expectForeignKeysIndexed(Self.database)
            try await nexus.expectNothingLater(than: "2025-10-01", in: Self.database, but: Self.futures)
            try await Self.expectSums(nexus)
            try await Self.expectConstraints(nexus)
            try await Self.expectTriggers(nexus)
            try await Self.expectAudit(nexus)
            try await Self.expectUsersDeletedSoftly(nexus)
            try await Self.expectPersonForgotten(nexus)
            try await Self.expectOwnRowsOnly(nexus)
            try await Self.expectSignatures(nexus)
            try await Self.expectReaders(nexus)
            try await Self.expectPooled(nexus)
            try await Self.expectSearches(nexus)
            try await Self.expectDocumentsRefused(nexus)
            try await Self.expectDocumentIndexes(nexus)
            try await Self.expectShardKeys(nexus)
            try await Self.expectEventsInOrder(nexus)
            try await Self.expectProfiled(nexus)
            try await Self.expectAuditLogKept(nexus)
            try await nexus.expectKeyPatterns(in: "database/redis/README.md")
            try await Self.expectRedisSettings(nexus)
            try await Self.expectKeysOfRows(nexus)
            try await Self.expectRateLimit(nexus)
        }
    }

    @Test(
        "in production there are plans and an administrator, with the password of the environment, and nobody else",
        .docker
    )
    func production() async throws {
        let variables = ["ADMIN_EMAIL": "chief@nexus.test", "ADMIN_PASSWORD": "only-here-1"]
        try await ShippedEnvironment.with(
            "nexus",
            in: .docker,
            mode: "production",
            adding: "services: { redis: { engine: redis, durability: relaxed } }",
            variables: variables
        ) { nexus in
            try await nexus.expectRedis([
                "appendonly": "yes", "appendfsync": "everysec", "save": "900 1 300 10 60 10000",
            ])
            let people = try await nexus.strings("SELECT email FROM users", Self.database)
            #expect(people == ["chief@nexus.test"])
            let plans = try await nexus.strings("SELECT code FROM plans ORDER BY position", Self.database)
            #expect(plans == ["free", "starter", "growth", "scale", "enterprise"])
            #expect(try await nexus.project.value("SELECT count(*) FROM organizations", Self.database) == "0")
            try await nexus.expectSeededAgainWithoutChanges()
            // There is none that everybody knows.
            let refused = try await nexus.project.nexenv("seed", status: 65, environment: ["ADMIN_PASSWORD": nil])
            #expect(refused.error.contains("`ADMIN_PASSWORD` is not set"), "\(refused)")
        }
    }

    /// What lies ahead of the clock of the seeds, as it should.
    private static let futures = [
        "creator_verifications.expires_at", "data_export_requests.expires_at", "integration_credentials.expires_at",
        "opportunities.closes_at", "organization_invitations.expires_at", "refresh_tokens.expires_at",
        "sessions.expires_at", "subscriptions.trial_ends_at", "verification_codes.expires_at",
    ]

    private static func expectNamesOfTheDocument(_ nexus: ShippedEnvironment) async throws {
        let tables = Set(try await nexus.tables(database))
        // The document lists 56 models by name and promises more than 60.
        #expect(models.map(\.models.count) == [8, 6, 6, 4, 8, 5, 6, 4, 2, 4, 3])
        #expect(tables.count == 62)
        for (group, models) in models {
            for (model, table) in models { #expect(tables.contains("public.\(table)"), "\(group): \(model)") }
        }
        let status = try await nexus.project.nexenv("migrate", "status", "--json").json["databases"].elements
        let names = status.flatMap { $0["migrations"].elements.compactMap { $0["name"].text } }
        for name in ["001_initial_schema", "002_add_indexes", "003_add_triggers"] {
            #expect(names.contains { $0.hasPrefix(name) }, "\(names)")
        }
        let extensions = try await nexus.strings("SELECT extname FROM pg_extension", database)
        #expect(Set(extensions).isSuperset(of: ["pg_trgm", "pg_stat_statements", "citext", "btree_gist"]))
        #expect(Set(try await nexus.collections("mongo.nexus").keys).isSuperset(of: documentCollections))
        let types = """
            SELECT count(*) FILTER (WHERE typtype = 'e') || ' ' || count(*) FILTER (WHERE typtype = 'd')
              FROM pg_type WHERE typnamespace = 'public'::regnamespace
            """
        #expect(try await nexus.project.value(types, database) == "50 7")
        // Databases 0 to 5, in the order of the document.
        for (number, name) in ["auth", "app_cache", "rate_limits", "realtime", "queues", "analytics_cache"].enumerated()
        {
            #expect(try await nexus.project.url("redis.\(name)").hasSuffix("/\(number)"))
        }
        // No state is without a row.
        let unused = """
            SELECT c.relname || ': ' || e.enumlabel FROM pg_attribute AS a
              JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r' AND NOT c.relispartition
              JOIN pg_enum AS e ON e.enumtypid = a.atttypid
             WHERE a.attname = 'status' AND c.relnamespace = 'public'::regnamespace AND query_to_xml(
                format('SELECT FROM %I WHERE status = %L LIMIT 1', c.relname, e.enumlabel), false, false, ''
             )::text NOT LIKE '%<row%'
            """
        #expect(try await nexus.strings(unused, database) == [])
    }
}
