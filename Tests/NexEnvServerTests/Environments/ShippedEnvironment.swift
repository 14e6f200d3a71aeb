import Foundation
import Testing

/// An environment that nexenv ships, up and seeded in a project of a test's own, with checks that hold for
/// every one of them.
///
/// The project's file includes a copy of `environments/NAME`, so nothing of the checkout is touched. Checks
/// report what they find and
/// go on: a table that is empty doesn't hide an index that is invalid.
struct ShippedEnvironment: Sendable {
    /// A service with what `nexenv status` says about it.
    struct Service: Sendable {
        var name: String
        var engine: String
        var databases: [String]
    }

    let name: String
    let project: ProjectFixture
    let services: [Service]

    static let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")

    /// Brings an environment up and seeds it, then runs a test's body.
    ///
    /// - Parameters:
    ///   - name: The folder's name under `environments/`.
    ///   - place: Where its servers run.
    ///   - mode: The mode of the environment, the usual one when left out.
    ///   - adding: Further text of the including file, such as a service that is left out of the test.
    ///   - variables: Variables of every nexenv command; one that is `nil` is taken away from what the test inherits.
    static func with(
        _ name: String,
        in place: Place,
        mode: String? = nil,
        adding: String = "",
        variables: [String: String?] = [:],
        _ body: (ShippedEnvironment) async throws -> Void
    ) async throws {
        let mode = mode.map { ["NEXENV_MODE": Optional($0)] } ?? [:]
        try await ProjectFixture.with(name, environment: variables.merging(mode) { $1 }) { project in
            try copy(to: project)
            try project.environment(
                """
                include: environments/\(name)/nexenv.yaml
                storage: tmpfs
                defaults: { durability: none }
                \(adding)
                """,
                in: place
            )
            try await project.nexenv("up", "--quiet")
            try await project.nexenv("seed", "--quiet")
            project.keepAddresses()
            let status = try await project.nexenv("status", "--json").json
            let services = status["services"].elements.map { service in
                Service(
                    name: service["name"].text ?? "",
                    engine: service["engine"].text ?? "",
                    databases: service["databases"].elements.compactMap(\.text)
                )
            }
            try await body(ShippedEnvironment(name: name, project: project, services: services))
        }
    }

    /// Copies all environments, since one may include another, without what a developer keeps in them.
    private static func copy(to project: ProjectFixture) throws {
        let copies = project.folder + "/environments"
        try FileManager.default.copyItem(atPath: root + "/environments", toPath: copies)
        for environment in try FileManager.default.contentsOfDirectory(atPath: copies) {
            for kept in [".env", ".nexenv"] {
                try? FileManager.default.removeItem(atPath: "\(copies)/\(environment)/\(kept)")
            }
        }
    }

    /// The copy of the environment that the test runs.
    var folder: String { "\(project.folder)/environments/\(name)" }

    /// The databases of the services that run certain engines, as `service.database`.
    func targets(of engines: String..., without leftOut: Set<String> = []) -> [String] {
        services.filter { engines.contains($0.engine) && !leftOut.contains($0.name) }.flatMap { service in
            service.databases.map { "\(service.name).\($0)" }
        }
    }

    /// Everything that holds for each environment: its databases are filled, whole and consistent, seeding
    /// them again changes
    /// nothing, and its migrations can be taken back.
    ///
    /// - Parameter leftOut: The services that can't run where the test does.
    func expectSound(
        without leftOut: Set<String> = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for target in targets(of: "postgres", "timescaledb", without: leftOut) {
            try await expectTablesFilled(target, sourceLocation: sourceLocation)
            try await expectForeignKeysConsistent(target, sourceLocation: sourceLocation)
            try await expectIndexesAndConstraintsValid(target, sourceLocation: sourceLocation)
        }
        for target in targets(of: "mongodb") {
            try await expectCollectionsFilledAndValid(target, sourceLocation: sourceLocation)
        }
        for target in targets(of: "redis") {
            try await expectKeys(target, sourceLocation: sourceLocation)
        }
        try await expectSeededAgainWithoutChanges(sourceLocation: sourceLocation)
        try await expectMigrationsVerified(sourceLocation: sourceLocation)
    }

    /// Seeds again, once by what was noted and once by comparing every row.
    func expectSeededAgainWithoutChanges(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for arguments in [["seed", "--json"], ["seed", "--fresh", "--json"]] {
            let sets = try await project.run(arguments).json["sets"].elements
            #expect(!sets.isEmpty, "\(arguments)", sourceLocation: sourceLocation)
            for set in sets {
                let changes = ["inserted", "updated", "deleted"].map { set[$0].number }
                #expect(changes == [0, 0, 0], "\(arguments) \(set["set"].text ?? "")", sourceLocation: sourceLocation)
            }
        }
    }

    /// Every migration goes up, down and up again; all of them have a way down.
    func expectMigrationsVerified(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let status = try await project.nexenv("migrate", "status", "--json", status: nil)
        // Not every environment has any.
        if status.json["errors"].elements.map({ $0["code"].text }) == ["not-found"] { return }
        #expect(status.status == 0, "\(status)", sourceLocation: sourceLocation)
        let run = try await project.nexenv("migrate", "verify", sourceLocation: sourceLocation)
        #expect(!run.output.contains("no way down"), "\(run)", sourceLocation: sourceLocation)
    }
}
