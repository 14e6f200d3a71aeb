import Foundation

/// A real server that tests talk to; its address comes from the environment.
package enum TestServer: String, Sendable {
    case postgres = "NEXENV_TEST_POSTGRES_URL"
    case mongo = "NEXENV_TEST_MONGO_URL"
    case redis = "NEXENV_TEST_REDIS_URL"

    /// Tells whether tests that need the server take part.
    ///
    /// With `NEXENV_REQUIRE_SERVICES=1` they always do, so that a missing server is a failure and never a silent skip.
    package var takesPart: Bool {
        address != nil || ProcessInfo.processInfo.environment["NEXENV_REQUIRE_SERVICES"] == "1"
    }

    /// The server's URL.
    package var url: String {
        get throws {
            guard let address else { throw MissingServer(variable: rawValue) }
            return address
        }
    }

    private var address: String? {
        ProcessInfo.processInfo.environment[rawValue]
    }
}

/// What a test fails with where services are required but one has no address.
package struct MissingServer: Error, CustomStringConvertible {
    let variable: String

    package var description: String {
        "\(variable) isn't set, and NEXENV_REQUIRE_SERVICES=1 asks for every server. Set it to the URL of a running one."
    }
}
