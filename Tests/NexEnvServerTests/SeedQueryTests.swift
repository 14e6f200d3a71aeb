import ClientTesting
import PostgresClient
import Testing

/// Rows that a query makes of others, and tables whose triggers stay still.
@Suite(.waitsForSlots)
struct SeedQueryTests {
    private static let seeds = """
        sets:
          orders:
            into: pg.shop.orders
            triggers: false
            generate: { count: 200, fields: { id: !id , customer: !gen { integer: { min: 1, max: 9 } }, amount: !gen { decimal: { max: 50 } } } }
          totals:
            into: pg.shop.totals
            key: [customer]
            mode: sync
            triggers: false
            after: [orders]
            from: { query: totals.sql, with: [names] }
          names: { from: { csv: names.csv }, key: [id] }
          big_orders: { from: { query: big.sql, with: [orders] } }
          report:
            into: pg.office.report
            key: [order_id]
            from: { query: report.sql, with: [big_orders, names] }
        """

    private static func write(_ project: ProjectFixture) throws {
        try project.write(
            "shop.sql",
            """
            CREATE TABLE orders (id uuid PRIMARY KEY, customer integer NOT NULL, amount numeric(10, 2) NOT NULL);
            CREATE TABLE totals (
                customer integer PRIMARY KEY, name text NOT NULL, amount numeric(10, 2) CHECK (amount >= 0), at timestamptz,
                updated_at timestamptz DEFAULT '2020-01-01Z'
            );
            CREATE TABLE log (entry text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO log VALUES (TG_TABLE_NAME || ' ' || TG_OP); RETURN NULL; END $$;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
            CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH STATEMENT EXECUTE FUNCTION note();
            CREATE TRIGGER touch BEFORE UPDATE ON totals FOR EACH ROW EXECUTE FUNCTION touch();
            ALTER TABLE totals ENABLE ALWAYS TRIGGER touch;
            CREATE TRIGGER note AFTER INSERT ON totals FOR EACH STATEMENT EXECUTE FUNCTION note();
            ALTER TABLE totals DISABLE TRIGGER note;
            """
        )
        try project.write("office.sql", "CREATE TABLE report (order_id uuid PRIMARY KEY, name text, amount numeric);")
        try project.write("names.csv", "id,name\n" + (1...9).map { "\($0),Customer \($0)\n" }.joined())
        try project.write(
            "totals.sql",
            """
            -- What each customer has spent.
            SELECT o.customer, n.name, sum(o.amount) AS amount, '2025-01-01 00:00'::timestamptz AS at, timestamptz '2021-01-01Z' AS updated_at
            FROM orders AS o
            JOIN names AS n ON n.id::integer = o.customer
            GROUP BY 1, 2;
            """
        )
        try project.write("big.sql", "SELECT id, customer, amount FROM orders WHERE amount > 40")
        try project.write(
            "report.sql",
            "SELECT b.id AS order_id, n.name, b.amount FROM big_orders b JOIN names n ON n.id = b.customer::text"
        )
        try project.write("seeds.yaml", seeds)
        try project.environment(
            """
            defaults: { durability: none }
            services:
              pg:
                engine: postgres
                settings: { TimeZone: Asia/Tokyo }
                databases: { shop: { owner: keeper, init: [shop.sql] }, office: { init: [office.sql] } }
            seeds: [seeds.yaml]
            """,
            in: .native
        )
    }

    private static func changes(_ run: Program.Run) -> [String] {
        run.json["sets"].elements.compactMap { set in
            let counts = ["inserted", "updated", "deleted"].map { set[$0].number ?? -1 }
            return counts == [0, 0, 0] ? nil : "\(set["set"].text ?? "") \(counts)"
        }
    }

    @Test("a query's rows follow from the rows before it, also across databases", .native)
    func derived() async throws {
        try await ProjectFixture.with("seedquery") { project in
            try Self.write(project)
            try await project.nexenv("up")
            let plan = try await project.nexenv("seed", "--plan", "--json")
            let first = try await project.nexenv("seed", "--json")
            #expect(Self.changes(plan) == Self.changes(first))
            #expect(Self.changes(first).prefix(2) == ["orders [200, 0, 0]", "totals [9, 0, 0]"])
            for run in [["seed", "--json"], ["seed", "--fresh", "--json"]] {
                #expect(Self.changes(try await project.run(run)) == [])
            }
            let sums = """
                SELECT (SELECT sum(amount) FROM orders) = (SELECT sum(amount) FROM totals)
                    AND NOT EXISTS (SELECT FROM totals WHERE at <> '2025-01-01T00:00Z' OR updated_at <> '2021-01-01Z')
                """
            #expect(try await project.value("\(sums)", "pg.shop") == "t")
            // The report, in another database, has the identities and names of the others' rows.
            let digest = "SELECT md5(string_agg(concat(id, ' Customer ', customer, ' ', amount), ',' ORDER BY id))"
            let big = try await project.value("\(digest) FROM orders WHERE amount > 40", "pg.shop")
            let report = try await project.value(
                "SELECT md5(string_agg(concat(order_id, ' ', name, ' ', amount), ',' ORDER BY order_id)) FROM report",
                "pg.office"
            )
            #expect(big == report)
            #expect(try await project.value("SELECT to_regclass('names') IS NULL", "pg.shop") == "t")

            // Somebody writes into the tables; a customer's last order goes.
            try await project.postgres("pg.shop") { connection in
                _ = try await connection.execute(
                    """
                    UPDATE orders SET amount = amount + 1 WHERE customer = 3;
                    UPDATE totals SET amount = 0 WHERE customer = 4
                    """
                )
            }
            let mended = try await project.nexenv("seed", "--json")
            #expect(Self.changes(mended).contains { $0.hasPrefix("orders [0, ") })
            #expect(Self.changes(mended).contains("totals [0, 1, 0]"))
            #expect(try await project.value("\(sums)", "pg.shop") == "t")
            try project.write("seeds.yaml", Self.seeds.replacing("max: 9 }", with: "max: 5 }"))
            let fewer = try await project.nexenv("seed", "--json")
            #expect(Self.changes(fewer).contains { $0.hasPrefix("totals [0, ") && $0.hasSuffix(", 4]") }, "\(fewer)")
            #expect(try await project.value("\(sums)", "pg.shop") == "t")

            // Triggers ran for people and not for seeds, and are what they were.
            let log = "SELECT string_agg(entry, ', ') FROM log"
            #expect(try await project.value(log, "pg.shop") == "orders UPDATE")
            let triggers = try await project.value(
                "SELECT string_agg(format('%s.%s %s', tgrelid::regclass, tgname, tgenabled), ', ') FROM pg_trigger WHERE NOT tgisinternal",
                "pg.shop"
            )
            #expect(triggers.split(separator: ", ").sorted() == ["orders.note O", "totals.note D", "totals.touch A"])
        }
    }

    /// A query that can't be: what stands in which file instead, and what the message says.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var file = "totals.sql"
        var query: String
        var message: String
        var testDescription: String { message }
    }

    private static let mistakes = [
        Mistake(
            query: "SELECT 1 AS customer,\n  nam FROM names",
            message: "totals.sql:2:3: error: column \"nam\" does not exist"
        ),
        Mistake(query: "SELECT 1 AS customer, 'x' AS nme", message: "error: totals: `totals` has no column `nme`"),
        Mistake(query: "SELECT 'x' AS name", message: "error: totals: the row has no value for `customer`"),
        Mistake(
            query: "SELECT 1 AS customer, 'x' AS name FROM names",
            message: "error: totals: two rows have customer = 1"
        ),
        Mistake(
            query: "SELECT 1 AS customer, 'x' AS name, -1 AS amount",
            message: "error: totals: new row for relation \"totals\" violates check constraint"
        ),
        Mistake(
            query: "SELECT uuid '00000000-0000-4000-8000-000000000000' AS customer",
            message: "error: totals: column \"customer\" is of type integer but expression is of type uuid"
        ),
        Mistake(
            file: "big.sql",
            query: "SELECT 1\nFROM log",
            message: "big.sql:2:6: error: relation \"log\" does not exist"
        ),
    ]

    @Test("a mistake in a query has its place, and nothing is written", .native)
    func mistakes() async throws {
        try await ProjectFixture.with("seedqueryerr") { project in
            try Self.write(project)
            try await project.nexenv("up")
            for mistake in Self.mistakes {
                try Self.write(project)
                try project.write(mistake.file, mistake.query)
                let run = try await project.nexenv("seed", status: 65)
                #expect(run.error.contains(mistake.message), "\(run)")
                let place = mistake.file == "big.sql" ? "pg.office" : "pg.shop"
                #expect(run.error.contains("nothing was written in \(place)"), "\(run)")
                if place == "pg.shop" {
                    #expect(try await project.value("SELECT count(*) FROM orders", place) == "0")
                }
            }
        }
    }
}
