import Foundation
import MongoClient
import PostgresClient
import RedisClient
import Testing

/// What `up` calls ready can be used at once.
@Suite(.waitsForSlots)
struct ReadinessTests {
    @Test(
        "every declared database answers its owner, ten times out of ten",
        .docker,
        .native,
        arguments: Place.allCases
    )
    func usable(_ place: Place) async throws {
        try await ProjectFixture.with("ready-\(place.rawValue)") { project in
            let stack = try SampleStack(project, in: place)
            try await project.nexenv("up")
            for round in 0..<10 {
                try await project.nexenv(round % 3 == 0 ? "down" : "stop")
                try await project.nexenv("up")
                let environment = try await project.nexenv("env", "--json").json
                let one = try PostgresConfiguration(url: environment["PG_ONE_URL"].text ?? "")
                try await PostgresConnection.withConnection(to: one) { connection in
                    let user = try await connection.query("SELECT current_user")[0].string(0)
                    #expect(user == "one_owner")
                    _ = try await connection.execute("CREATE TABLE t (n integer); DROP TABLE t")
                }
                let two = try PostgresConfiguration(url: environment["PG_TWO_URL"].text ?? "")
                try await PostgresConnection.withConnection(to: two) { _ = try await $0.query("SELECT 1") }
                let nexus = try MongoConfiguration(url: environment["MONGO_NEXUS_URL"].text ?? "")
                try await MongoConnection.withConnection(to: nexus) {
                    _ = try await $0.insert([["n": 1]], into: "row", in: "nexus")
                }
                let app = try RedisConfiguration(url: environment["REDIS_APP_URL"].text ?? "")
                try await RedisConnection.withConnection(to: app) { _ = try await $0.send(["INCR", "rows"]) }
            }
            let count = try await project.redis("redis.app") { try await $0.send(["GET", "rows"]).text }
            #expect(count == "10")
            try await stack.expectNoLeftovers("ten rounds")
        }
    }
}
