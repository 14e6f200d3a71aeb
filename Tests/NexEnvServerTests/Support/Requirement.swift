import Foundation
import Testing

/// What a test needs of the machine besides Swift.
enum Requirement {
    /// A Docker daemon that has the images which the tests use.
    static let hasDocker = Task { () -> Bool in
        for image in [
            "postgres:17", "mongo:6.0", "redis:8", "busybox:1", "dpage/pgadmin4:9", "timescale/timescaledb:2.19.3-pg17",
            "edoburu/pgbouncer:v1.24.1-p1",
        ] {
            let found = try? await Program.run("docker", ["image", "inspect", "-f", "{{.Id}}", Self.registry + image])
            guard found?.status == 0 else { return false }
        }
        return true
    }

    /// PostgreSQL, PgBouncer, MongoDB and Redis as programs of this machine.
    static let hasPrograms = Task { () -> Bool in
        guard let report = try? await Program.run(Program.nexenv, ["doctor", "--json"]), report.status == 0 else {
            return false
        }
        return ["postgres", "mongod", "redis-server", "pgbouncer"].allSatisfy { program in
            report.json["findings"].elements.contains { $0["subject"].text == program && $0["isGood"].flag == true }
        }
    }

    /// What stands before every image name.
    static var registry: String { ProcessInfo.processInfo.environment["NEXENV_REGISTRY"] ?? "" }

    /// With `NEXENV_REQUIRE_SERVICES=1` a missing server is a failure, never a silent skip.
    static var isStrict: Bool { ProcessInfo.processInfo.environment["NEXENV_REQUIRE_SERVICES"] == "1" }
}

extension Trait where Self == ConditionTrait {
    /// The test runs servers in Docker.
    static var docker: Self {
        .enabled("there is no Docker here, or it lacks an image") {
            if Requirement.isStrict { return true }
            return await Requirement.hasDocker.value
        }
    }

    /// The test runs servers as processes of this machine.
    static var native: Self {
        .enabled("PostgreSQL, PgBouncer, MongoDB or Redis isn't installed here") {
            if Requirement.isStrict { return true }
            return await Requirement.hasPrograms.value
        }
    }
}

extension Trait where Self == TimeLimitTrait {
    /// More than the time of all tests together: each waits until few others run, and each command has a limit of its own.
    static var waitsForSlots: Self { .timeLimit(.minutes(45)) }
}

/// Where a stack of a test runs.
enum Place: String, Sendable, CaseIterable {
    case docker
    case native
}
