import NexEnv
import Synchronization

/// Where the tests of this process get the databases of one environment.
final class LeaseCounter: Sendable {
    private let desk: LeaseDesk
    private let transactions = TransactionPool()

    /// One for each environment.
    private static let all = Mutex<[String: LeaseCounter]>([:])

    private init(_ environment: String?) {
        var options = LeaseDesk.Options()
        options.environment = environment
        desk = LeaseDesk(options)
    }

    static func of(_ environment: String?) -> LeaseCounter {
        all.withLock { all in
            if let known = all[environment ?? ""] { return known }
            let counter = LeaseCounter(environment)
            all[environment ?? ""] = counter
            return counter
        }
    }

    /// Takes databases, all or none of them, in the order of the requests.
    func take(_ requests: [DatabaseRequest], holder: String) async throws -> [any LeasedCopy] {
        var taken: [DatabaseRequest: any LeasedCopy] = [:]
        do {
            for request in requests where request.isolation == .transaction {
                guard request.leaseRequest.rollsBack else {
                    throw LeaseError(
                        "\(request.engine) has no transaction that a test could be rolled back with",
                        hint: "`.database` and `.server` are the isolations that it has"
                    )
                }
                taken[request] = try await transactions.take(request.leaseRequest)
            }
            // Those that need a copy get theirs at once, so that no two tests wait for each other.
            let rest = requests.filter { taken[$0] == nil && $0.isolation != .server }
            for (request, copy) in zip(rest, try await desk.lease(rest.map(\.leaseRequest), holder: holder)) {
                taken[request] = copy
            }
            for request in rest where request.isolation == .transaction {
                guard let copy = taken[request] as? LeasedDatabase else { continue }
                taken[request] = try await LeasedTransaction.begin(in: copy, request.leaseRequest, transactions)
            }
            for request in requests where request.isolation == .server {
                taken[request] = try await desk.startServer(for: request.leaseRequest)
            }
            return requests.compactMap { taken[$0] }
        } catch {
            for copy in taken.values { _ = try? await copy.giveBack() }
            throw error
        }
    }
}
