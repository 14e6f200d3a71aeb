#if canImport(XCTest)
public import XCTest

extension XCTestCase {
    /// Leases databases for the test, all or none of them; they are given back in a tear-down block.
    ///
    /// What uses them has to be closed by then: in the test itself, or in a tear-down block that is added afterwards.
    ///
    /// - Throws: ``LeaseError``.
    public func lease(_ requests: DatabaseRequest..., from environment: String? = nil) async throws -> Lease {
        let lease = try await Lease.take(requests, from: environment, holder: name, outer: nil)
        let test = RunningTest(self)
        addTeardownBlock { try await lease.end(hasFailed: test.hasFailed) }
        return lease
    }
}

/// A test case whose tests all lease the same databases.
///
/// ```swift
/// final class InvoiceTests: LeasingTestCase {
///     override class var databases: [DatabaseRequest] { [.postgres("auth")] }
///     func testTotals() async throws { let url = try lease.postgres().url }
/// }
/// ```
open class LeasingTestCase: XCTestCase {
    /// The databases that each test gets.
    open class var databases: [DatabaseRequest] { [] }

    /// The environment that has them; see ``Lease/take(_:from:holder:)``.
    open class var environment: String? { nil }

    /// The databases of the test that runs.
    public private(set) var lease: Lease!

    open override func setUp() async throws {
        try await super.setUp()
        lease = try await Lease.take(Self.databases, from: Self.environment, holder: name, outer: nil)
    }

    open override func tearDown() async throws {
        let lease = self.lease
        self.lease = nil
        try await lease?.end(hasFailed: RunningTest(self).hasFailed)
        try await super.tearDown()
    }
}

/// A test case, as its own tear-down sees it.
private struct RunningTest: @unchecked Sendable {
    // SAFETY: XCTest runs a test and its tear-down one after the other.
    private let test: XCTestCase

    init(_ test: XCTestCase) { self.test = test }

    /// Whether anything has gone wrong so far; it has only succeeded when its tear-down is over.
    var hasFailed: Bool { (test.testRun?.totalFailureCount ?? 0) > 0 }
}
#endif
