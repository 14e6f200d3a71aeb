import Foundation
import MongoClient
import RedisClient
import Testing

/// The environment `corp-astro` has everything that its document names, filled, and refuses what it has to refuse.
@Suite(.waitsForSlots)
struct CorpAstroTests {
    static let relations = "postgres.corp_astro"
    static let documents = "mongo.corp_astro"
    static let keys = "redis.app"

    /// The document's columns of PostgreSQL, in its order and words; those without `?` are `NOT NULL`.
    private static let columns = [
        "user_relationships": """
        id integer nextval('user_relationships_id_seq'::regclass), user_id_1 uuid, user_id_2 uuid, \
        relationship_type character varying(50), status character varying(20), \
        created_at timestamp with time zone? CURRENT_TIMESTAMP, updated_at timestamp with time zone? CURRENT_TIMESTAMP
        """,
        "subscription_transactions": """
        id integer nextval('subscription_transactions_id_seq'::regclass), user_id uuid, \
        plan_id character varying(50), amount numeric(10,2), currency character varying(3), \
        status character varying(20), payment_method character varying(50), transaction_id character varying(100)?, \
        created_at timestamp with time zone? CURRENT_TIMESTAMP
        """,
        "user_preferences": """
        id integer nextval('user_preferences_id_seq'::regclass), user_id uuid, \
        preference_key character varying(100), preference_value jsonb, \
        created_at timestamp without time zone CURRENT_TIMESTAMP
        """,
    ]

    /// Names of the document that the README says something of.
    private static let names = [
        "DatabaseManager", "initializeAll", "getAllStatuses", "gracefulShutdown", "UserSchema", "email", "password",
        "profile", "birthTime", "profilePicture", "roles", "preferences", "createdAt", "updatedAt",
        "SESSION:{sessionId}", "CACHE:USER:{userId}", "CACHE:CONTENT:{contentId}", "RATELIMIT:{ip}:{endpoint}",
        "CHANNEL:notifications", "CHANNEL:content-updates", "DataSyncService", "syncUserToElasticsearch",
        "syncContentToElasticsearch", "user_preferences_user_id_preference_key_key", "pg_stat_statements", "pg_dump",
    ]

    /// The document's keys of Redis by their beginning: how many there are, what each is, and the longest time that it may live.
    private static let patterns: [(prefix: String, count: Int, kind: String, fields: [String], seconds: Int)] = [
        ("SESSION:", 124, "hash", ["userId", "roles", "permissions", "expiresAt"], 86_400),
        ("CACHE:USER:", 60, "string", [], 600), ("CACHE:CONTENT:", 40, "string", [], 1_800),
        ("RATELIMIT:", 50, "hash", ["count", "resetAt"], 900), ("CHANNEL:", 2, "list", [], -1),
    ]

    @Test(
        "it is filled and consistent, seeding it again changes nothing, and it refuses what it has to",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func corpAstro(place: Place) async throws {
        let variables: [String: String?] = ["ADMIN_PASSWORD": nil, "TEST_PASSWORD": nil]
        // A real Elasticsearch can't be had here: the strict stand-in takes its place in Docker, and natively it is left out.
        if place == .docker { try await SearchImage.make() }
        let search =
            place == .docker ? "services: { elasticsearch: { image: \"\(SearchImage.name)\", required: true } }" : ""
        try await ShippedEnvironment.with("corp-astro", in: place, adding: search, variables: variables) { astro in
            try await astro.expectSound()
            if place == .docker { try await Self.expectSearch(astro) }
            try await Self.expectTablesOfTheDocument(astro)
            try await Self.expectCollectionsOfTheDocument(astro)
            try await Self.expectKeysOfTheDocument(astro)
            try await Self.expectUsersKnownEverywhere(astro)
            try await Self.expectNothingBeforeItsUser(astro)
            try await Self.expectSums(astro)
            try await Self.expectRowsRefused(astro)
            try await Self.expectDocumentsRefused(astro)
            try await Self.expectRoles(astro)
            try await Self.expectReader(astro)
            try await Self.expectChannels(astro)
        }
    }

    @Test("in another mode there are plans, configurations and an administrator, and nobody else", .native)
    func production() async throws {
        try await ShippedEnvironment.with(
            "corp-astro",
            in: .native,
            mode: "production",
            adding: "modes: { production: {} }",
            variables: ["ADMIN_EMAIL": "chief@corp-astro.test", "ADMIN_PASSWORD": "only-here-1"]
        ) { astro in
            let emails = try await Self.distinct("email", of: "users", astro)
            #expect(emails == [.string("chief@corp-astro.test")])
            #expect(try await Self.distinct("_id", of: "configurations", astro).count == 10)
            #expect(try await Self.distinct("_id", of: "content", astro) == [])
            let plans = try await astro.strings("SELECT id FROM subscription_plans ORDER BY price", Self.relations)
            #expect(plans == ["basic_monthly", "premium_monthly", "corporate_monthly", "premium_yearly"])
            #expect(try await astro.keys(Self.keys) == [])
            try await astro.expectSeededAgainWithoutChanges()
        }
    }

    private static func expectTablesOfTheDocument(_ astro: ShippedEnvironment) async throws {
        let names = ["subscription_plans", "subscription_transactions", "user_preferences", "user_relationships"]
        #expect(try await astro.tables(relations) == names.map { "public.\($0)" })
        for (table, wanted) in columns {
            let found = try await astro.strings(
                """
                SELECT string_agg(
                    a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                        || CASE WHEN a.attnotnull THEN '' ELSE '?' END
                        || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), ''),
                    ', ' ORDER BY a.attnum
                )
                FROM pg_attribute AS a
                LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = '\(table)'::regclass AND a.attnum > 0 AND NOT a.attisdropped
                """,
                relations
            )
            #expect(found == [wanted], "\(table)")
        }
        let constraint = """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conname = 'user_preferences_user_id_preference_key_key'
            """
        #expect(try await astro.strings(constraint, relations) == ["UNIQUE (user_id, preference_key)"])
        let counts = try await astro.strings(
            """
            SELECT concat_ws(' ', (SELECT count(*) FROM user_relationships), (SELECT count(*) FROM subscription_plans),
                (SELECT count(*) FROM subscription_transactions), (SELECT count(*) FROM user_preferences))
            """,
            relations
        )
        #expect(counts == ["720 4 380 600"])
        for view in ["revenue_by_month", "subscribers_by_plan", "relationships_by_type"] {
            let isFilled = try await astro.project.value("SELECT count(*) > 0 FROM reporting.\(view)", relations)
            #expect(isFilled == "t", "\(view)")
        }
        #expect(try await astro.project.value("SELECT count(*) > 0 FROM pg_stat_statements", relations) == "t")
        let path = astro.project.folder + "/environments/corp-astro/README.md"
        let readme = try String(contentsOfFile: path, encoding: .utf8)
        for name in names + columns.keys { #expect(readme.contains("`\(name)"), "\(name)") }
    }

    private static func expectCollectionsOfTheDocument(_ astro: ShippedEnvironment) async throws {
        let collections = try await astro.collections(documents)
        #expect(collections.keys.sorted() == ["configurations", "content", "users"])
        let counts = ["configurations": 10, "content": 219, "users": 252]
        for (name, count) in counts {
            #expect(try await distinct("_id", of: name, astro).count == count, "\(name)")
        }
        let email = try await astro.indexes(of: "users", documents)["email_1"]
        #expect(email?["unique"]?.bool == true)
        let schema = collections["users"]?["options"]?.document?["validator"]?.document?["$jsonSchema"]?.document
        let properties = schema?["properties"]?.document
        let wanted = ["email", "password", "profile", "roles", "preferences", "createdAt", "updatedAt"]
        let declared = Set(properties?.keys ?? [])
        #expect(declared.isSuperset(of: wanted))
        let profile = properties?["profile"]?.document?["properties"]?.document
        #expect(
            profile?.keys == ["firstName", "lastName", "birthDate", "birthTime", "birthPlace", "profilePicture"]
        )
        let roles = properties?["roles"]?.document?["items"]?.document?["enum"]?.array?.compactMap(\.string)
        #expect(roles == ["user", "admin", "superadmin"])
        // Each part of a profile is there in somebody's.
        for field in profile?.keys ?? [] {
            #expect(try await !distinct("profile.\(field)", of: "users", astro).isEmpty, "\(field)")
        }
        #expect(try await Set(distinct("roles", of: "users", astro).compactMap(\.string)) == Set(roles ?? []))
    }

    private static func expectKeysOfTheDocument(_ astro: ShippedEnvironment) async throws {
        let all = try await astro.keys(keys)
        #expect(all.allSatisfy { key in patterns.contains { key.hasPrefix($0.prefix) } }, "\(all)")
        #expect(all.filter { $0.hasPrefix("CHANNEL:") } == ["CHANNEL:content-updates", "CHANNEL:notifications"])
        try await astro.project.redis(keys) { connection in
            for pattern in patterns {
                let mine = all.filter { $0.hasPrefix(pattern.prefix) }
                #expect(mine.count == pattern.count, "\(pattern.prefix)")
                for key in mine {
                    let name = RedisArgument(key)
                    #expect(try await connection.send(["TYPE", name]).text == pattern.kind, "\(key)")
                    let left = try await connection.send(["TTL", name]).int ?? -2
                    #expect(left <= pattern.seconds && (left >= 0) == (pattern.seconds >= 0), "\(key) \(left)")
                    guard pattern.kind == "hash" else { continue }
                    let fields = try await connection.send(["HKEYS", name]).array?.compactMap(\.text) ?? []
                    #expect(fields.sorted() == pattern.fields.sorted(), "\(key)")
                    let end = pattern.fields.first { $0.hasSuffix("At") } ?? ""
                    let time = try await connection.send(["HGET", name, RedisArgument(end)]).text ?? ""
                    let date = try #require(try? Date(time, strategy: .iso8601), "\(key) \(time)")
                    #expect(date > Date(), "\(key) is over by \(end)")
                }
            }
            for key in all where key.hasPrefix("CACHE:") || key.hasPrefix("CHANNEL:") {
                let isText = key.hasPrefix("CACHE:")
                let reply = try await connection.send(
                    isText ? ["GET", RedisArgument(key)] : ["LINDEX", RedisArgument(key), "0"]
                )
                let object = try JSONSerialization.jsonObject(with: Data((reply.text ?? "").utf8))
                #expect(object is [String: Any], "\(key)")
            }
        }
    }

    /// What is searched is what MongoDB has, under the document's mapping.
    private static func expectSearch(_ astro: ShippedEnvironment) async throws {
        let content = SearchClient(url: try await astro.project.url("elasticsearch.content"))
        let users = SearchClient(url: try await astro.project.url("elasticsearch.users"))
        let logs = SearchClient(url: try await astro.project.url("elasticsearch.logs-2025-09"))
        #expect(try await [content.count(), users.count(), logs.count()] == [219, 252, 300])
        let properties = try await content.call("GET", "?flat_settings=true")["content"]["mappings"]["properties"]
        for (field, type) in [
            "title": "text", "content": "text", "tags": "keyword", "author": "keyword", "createdAt": "date",
            "updatedAt": "date", "type": "keyword", "status": "keyword",
        ] {
            #expect(properties[field]["type"].text == type, "\(field)")
            #expect(properties[field]["analyzer"].text == (type == "text" ? "english" : nil), "\(field)")
        }
        let query = #"{"size":1000,"query":{"match":{"title":"mercury"}}}"#
        let found = try await content.call("POST", "/_search", query)["hits"]["hits"].elements
        #expect(!found.isEmpty)
        let pages = try await identities(of: "content", astro)
        let authors = try await identities(of: "users", astro)
        for hit in found {
            #expect(pages.contains(hit["_id"].text ?? ""))
            #expect(authors.contains(hit["_source"]["author"].text ?? ""))
        }
        let drafts = try await content.call("POST", "/_search", #"{"size":1000,"query":{"term":{"status":"draft"}}}"#)
        #expect(drafts["hits"]["hits"].elements.count == 12)
        let everybody = try await users.call("POST", "/_search", #"{"size":1000}"#)["hits"]["hits"].elements
        #expect(Set(everybody.compactMap { $0["_id"].text }) == authors)
        #expect(everybody.allSatisfy { $0["_source"]["password"].text == nil && $0["_source"]["email"].text != nil })
        // Nothing gets in that isn't in the mapping: no password, whoever indexes it.
        let refused = try await users.call("PUT", "/_doc/x", #"{"email":"a@b.test","password":"$2b$"}"#)
        #expect(refused["status"].number == 400, "\(refused)")
        let date = try await content.call("PUT", "/_doc/x", #"{"createdAt":"yesterday"}"#)
        #expect(date["status"].number == 400, "\(date)")
    }

    static func distinct(
        _ field: String,
        of collection: String,
        _ astro: ShippedEnvironment
    ) async throws -> [BSONValue] {
        try await astro.project.mongo(documents) { connection in
            let command: BSONDocument = ["distinct": .string(collection), "key": .string(field)]
            return try await connection.run(command, in: "corp_astro")["values"]?.array ?? []
        }
    }

    static func identities(of collection: String, _ astro: ShippedEnvironment) async throws -> Set<String> {
        Set(try await distinct("_id", of: collection, astro).compactMap(text))
    }

    /// A UUID as PostgreSQL and Redis write it.
    static func text(_ value: BSONValue) -> String? {
        guard case .binary(let bytes, subtype: 4) = value, bytes.count == 16 else { return nil }
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}
