@testable import InvoiceService
import NexEnvTesting
import XCTest

extension Lease {
    /// Connects to the leased databases; the lease closes the connections.
    func databases() async throws -> Databases {
        Databases(
            billing: try await postgres("billing").connect(),
            activity: try await mongodb("activity").connect(),
            activityName: try mongodb("activity").name,
            limits: try await redis("limits").connect(),
            numbers: try await redis("numbers").connect()
        )
    }

    /// A service on the leased databases.
    func service(user: String = "clerk", limit: Int = 60) async throws -> InvoiceService {
        InvoiceService(try await databases(), user: user, limit: limit)
    }
}

extension CustomerRepository {
    /// The customer of the seeds whose address begins with a name.
    func seeded(_ name: String) async throws -> Customer {
        guard let customer = try await customer(email: "\(name)@example.test") else {
            throw InvoiceError.invalidCustomer(field: name)
        }
        return customer
    }
}

extension InvoiceRepository {
    /// The invoice of the seeds that has a number.
    func seeded(_ number: String) async throws -> Invoice {
        guard let invoice = try await invoice(number: number) else {
            throw InvoiceError.notConfigured(variable: number)
        }
        return invoice
    }
}

/// Expects an error of the service; `XCTAssertThrowsError` takes nothing that is asynchronous.
func assertThrows<Value>(
    _ expected: InvoiceError,
    file: StaticString = #filePath,
    line: UInt = #line,
    _ body: () async throws -> Value
) async {
    do {
        _ = try await body()
        XCTFail("nothing is thrown", file: file, line: line)
    } catch {
        XCTAssertEqual(error as? InvoiceError, expected, "\(error)", file: file, line: line)
    }
}
