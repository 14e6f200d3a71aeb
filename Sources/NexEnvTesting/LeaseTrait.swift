#if canImport(Testing)
import Synchronization
public import Testing

/// Leases databases for each test, and each case of one, that has it; for a suite, for all that are in it.
public struct LeaseTrait: TestTrait, SuiteTrait, TestScoping {
    let requests: [DatabaseRequest]
    let environment: String?

    /// Whether a suite's tests have the trait as well: they do.
    public var isRecursive: Bool { true }

    /// Runs a test with the databases, and gives them back.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        // A suite by itself needs none.
        guard testCase != nil else { return try await function() }
        let lease = try await Lease.take(requests, from: environment, holder: test.name, outer: Lease.ofTask)
        let hasFailed = Atomic(false)
        // An expectation that isn't met throws nothing.
        let watch = IssueHandlingTrait.compactMapIssues { issue in
            if issue.isFailure { hasFailed.store(true, ordering: .relaxed) }
            return issue
        }
        do {
            try await watch.provideScope(for: test, testCase: testCase) {
                try await Lease.$ofTask.withValue(lease) { try await function() }
            }
        } catch {
            // The test's own failure says more than what it has left behind.
            try? await lease.end(hasFailed: true)
            throw error
        }
        try await lease.end(hasFailed: hasFailed.load(ordering: .relaxed))
    }
}

extension Trait where Self == LeaseTrait {
    /// Leases databases for the test, all or none of them; they are ``Lease/current`` then.
    ///
    /// - Parameter environment: The environment that has them; see ``Lease/take(_:from:holder:)``.
    public static func leases(_ requests: DatabaseRequest..., from environment: String? = nil) -> LeaseTrait {
        LeaseTrait(requests: requests, environment: environment)
    }
}
#endif
