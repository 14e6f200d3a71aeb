import PostgresClient

/// Customers, in PostgreSQL.
struct CustomerRepository: Sendable {
    let connection: PostgresConnection

    /// Adds a customer.
    ///
    /// - Throws: ``InvoiceError``: `.emailTaken` or `.invalidCustomer`.
    func add(name: String, email: String, terms: Int = 30, creditLimit: Money) async throws -> Customer {
        let violations: [String: InvoiceError] = [
            "customer_email": .emailTaken(email), "customer_has_name": .invalidCustomer(field: "name"),
            "customer_has_address": .invalidCustomer(field: "address"),
            "customer_terms": .invalidCustomer(field: "number of days to pay"),
            "customer_credit": .invalidCustomer(field: "credit limit"),
        ]
        return try await naming(violations) {
            let rows = try await connection.query(
                "INSERT INTO customer (name, email, terms, credit_limit) VALUES ($1, $2, $3, $4) RETURNING *",
                [PostgresValue(name), PostgresValue(email), PostgresValue(terms), PostgresValue(creditLimit.cents)]
            )
            return try Customer(rows[0])
        }
    }

    /// Returns a customer.
    ///
    /// - Throws: ``InvoiceError`` with `.noCustomer`.
    func customer(_ id: Customer.ID) async throws -> Customer {
        let rows = try await connection.query("SELECT * FROM customer WHERE id = $1", [PostgresValue(id)])
        guard let row = rows.first else { throw InvoiceError.noCustomer(id) }
        return try Customer(row)
    }

    /// Returns the customer who has an address, if somebody has it.
    func customer(email: String) async throws -> Customer? {
        let rows = try await connection.query(
            "SELECT * FROM customer WHERE lower(email) = lower($1)",
            [PostgresValue(email)]
        )
        return try rows.first.map(Customer.init)
    }

    /// How many customers there are.
    func count() async throws -> Int { try await connection.query("SELECT count(*) FROM customer")[0].int(0) }

    /// What a customer owes: all that is outstanding of open invoices.
    func debt(of id: Customer.ID) async throws -> Money {
        let rows = try await connection.query(
            "SELECT coalesce(sum(total - paid), 0)::bigint FROM invoice WHERE customer_id = $1 AND state = 'open'",
            [PostgresValue(id)]
        )
        return Money(cents: try rows[0].int(0))
    }
}

extension Customer {
    fileprivate init(_ row: PostgresRow) throws {
        id = try row.int("id")
        name = try row.string("name")
        email = try row.string("email")
        terms = try row.int("terms")
        creditLimit = Money(cents: try row.int("credit_limit"))
    }
}
