import Foundation
import MongoClient
import PostgresClient
import RedisClient

/// The databases that the service works with, connected.
struct Databases: Sendable {
    let billing: PostgresConnection
    let activity: MongoConnection
    /// The name of the MongoDB database.
    let activityName: String
    let limits: RedisConnection
    let numbers: RedisConnection

    /// Connects to the databases whose addresses are in variables, as `nexenv env` prints them.
    ///
    /// - Throws: ``InvoiceError`` with `.notConfigured`, or what the servers say.
    static func connect(
        _ variables: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Databases {
        func address(_ name: String) throws -> String {
            guard let url = variables[name], URL(string: url)?.host() != nil else {
                throw InvoiceError.notConfigured(variable: name)
            }
            return url
        }
        let billing = try PostgresConfiguration(url: address("POSTGRES_BILLING_URL"))
        let activityURL = try address("MONGO_ACTIVITY_URL")
        let activity = try MongoConfiguration(url: activityURL)
        let limits = try RedisConfiguration(url: address("REDIS_LIMITS_URL"))
        let numbers = try RedisConfiguration(url: address("REDIS_NUMBERS_URL"))
        return Databases(
            billing: try await .connect(to: billing),
            activity: try await .connect(to: activity),
            activityName: URL(string: activityURL)?.lastPathComponent ?? "",
            limits: try await .connect(to: limits),
            numbers: try await .connect(to: numbers)
        )
    }

    /// Closes all connections.
    func close() async {
        await billing.close()
        await activity.close()
        await limits.close()
        await numbers.close()
    }
}
