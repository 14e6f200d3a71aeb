#if MongoDB
import MongoClient

/// MongoDB, alone or as a replica set of one.
package struct MongoDB: Engine {
    package static let name = "mongodb"
    package static let summary =
        "MongoDB: databases with owners, collections with validators and indexes, a replica set of one."
    package static let defaultVersion = "7.0"

    /// The root user.
    package var user = "root"
    package var password: String?
    package var replicaSet: String?

    /// Options of mongod, passed on the command line.
    package var settings: [Named<String>] = []
    package var configuration: ResourcePath?
    package var databases: [Named<MongoDatabase>] = []

    /// Whether the server lives only as long as a run of tests.
    var isForTests = false

    package var port: Int? { 27017 }
    package var startUp: Duration { .milliseconds(800) }

    package static let shape = Shape<MongoDB>(
        "a mongodb service",
        summary,
        defaults: MongoDB(),
        [
            Field("user", \.user, .objectName, "The root user."),
            Field("password", \.password, .password, "Its password; made once and kept when left out."),
            Field(
                "replica_set",
                \.replicaSet,
                .identifier,
                "The set's name; transactions and change streams need one."
            ),
            Field("settings", \.settings, .map(of: .text), "Options of mongod, such as `wiredTigerCacheSizeGB: 1`."),
            Field("config", \.configuration, .file, "A mongod.conf; port, address, data and keys are added by nexenv."),
            Field(
                "databases",
                \.databases,
                .map(keys: .mongoDatabaseName, of: MongoDatabase.shape.value),
                "Databases."
            ),
        ]
    )

    package func accounts(_ service: Service) -> [Account] {
        var accounts = [Account(user: user, declaredPassword: password)]
        for owner in databases.compactMap(\.value.owner) where !accounts.contains(where: { $0.user == owner }) {
            accounts.append(Account(user: owner, declaredPassword: nil))
        }
        if replicaSet != nil { accounts.append(Account(user: Self.keyAccount, declaredPassword: nil)) }
        return accounts
    }

    /// The name under which the replica set's key is kept among the passwords.
    static let keyAccount = "replica-set-key"

    package func checkFiles(_ context: DecodingContext) { checkMigrations(context) }

    // MARK: - Running

    package var configurationFiles: [ResourcePath] { configuration.map { [$0] } ?? [] }

    package func container(_ server: ServerContext) throws -> ContainerDescription {
        var container = ContainerDescription(image: server.service.options.image ?? "mongo:\(server.version)")
        container.environment = [
            .init("MONGO_INITDB_ROOT_USERNAME", user),
            .init("MONGO_INITDB_ROOT_PASSWORD", server.passwords[user]),
        ]
        let key = "/run/nexenv/replica-set-key"
        if replicaSet != nil {
            container.files = [.init(path: key, content: server.passwords[Self.keyAccount], owner: "mongodb")]
        }
        if server.service.options.image == nil { container.initialization = Self.initialization }
        let configurationPath = configuration.map { _ in "/etc/nexenv/mongod.conf" }
        if let configuration, let configurationPath {
            container.mounts.append(.bind(host: configuration.path, path: configurationPath, isReadOnly: true))
        }
        container.arguments =
            ["mongod", "--bind_ip_all"] + arguments(keyPath: key, configurationPath: configurationPath)
        // The image declares both as volumes; one that we don't name would be left behind without a name.
        container.mounts += [.data(name: "", path: "/data/db"), .data(name: "config", path: "/data/configdb")]
        return container
    }

    /// The official image makes the root user on a temporary server, takes any data for whole afterwards, and runs the
    /// files of this folder at the end: stopped in the middle, it would leave a server that nobody can log in to.
    private static let initialization = ContainerDescription.Initialization(
        folder: "/data/db",
        hookPath: "/docker-entrypoint-initdb.d/nexenv.sh",
        user: "mongodb"
    )

    package static let program: ProcessDescription.Program? = serverProgram

    private static let serverProgram = ProcessDescription.Program(
        name: "mongod",
        folders: ["/opt/homebrew/opt/mongodb-community*/bin", "/usr/local/opt/mongodb-community*/bin"],
        package: "mongodb-org-server"
    )

    package func process(_ server: ServerContext) throws -> ProcessDescription {
        typealias Placeholder = ProcessDescription.Placeholder
        var process = ProcessDescription(program: Self.serverProgram, version: server.version)
        let key = "\(Placeholder.configuration)/replica-set-key"
        if replicaSet != nil {
            process.files = [.init(path: key, content: server.passwords[Self.keyAccount], isForStartOnly: true)]
        }
        process.arguments =
            [
                "--dbpath", Placeholder.data, "--port", "\(server.port)", "--bind_ip", server.service.bind,
                "--nounixsocket",
                "--auth",
            ] + arguments(keyPath: key, configurationPath: configuration?.path)
        return process
    }

    /// Reads the time of a line such as `{"t":{"$date":"2026-11-21T02:42:47.296+00:00"},…`.
    package func logTime(of line: String) -> Double? {
        line.firstRange(of: "\"$date\":\"").flatMap {
            LogTime.parse(line[$0.upperBound...], format: "yyyy-MM-dd'T'HH:mm:ss", length: 19)
        }
    }

    private func arguments(keyPath: String, configurationPath: String?) -> [String] {
        var arguments: [String] = []
        if let configurationPath { arguments += ["--config", configurationPath] }
        if let replicaSet { arguments += ["--replSet", replicaSet, "--keyFile", keyPath] }
        // Half of the machine's memory, mongod's own choice, is too much beside other servers.
        if configurationPath == nil, !settings.contains(where: { $0.name == "wiredTigerCacheSizeGB" }) {
            arguments += ["--wiredTigerCacheSizeGB", "0.5"]
        }
        // The fewest that mongod takes: each log-in pays for them, and random passwords need none.
        if isForTests { arguments += ["--setParameter", "scramSHA256IterationCount=5000"] }
        return arguments + settings.flatMap { ["--\($0.name)", $0.value] }
    }
}

/// A database of a server.
package struct MongoDatabase: Sendable, Hashable {
    package var owner: String?
    package var collections: [MongoCollection] = []
    package var roles: [Named<[Named<MongoRight>]>] = []
    package var migrations: ResourcePath?

    static let shape = Shape<MongoDatabase>(
        "a database",
        "A database.",
        defaults: MongoDatabase(),
        [
            Field("owner", \.owner, .objectName, "A user with all rights in it; made with a password of its own."),
            Field(
                "collections",
                \.collections,
                .collections,
                "Files of collections with their validators and indexes."
            ),
            Field(
                "roles",
                \.roles,
                .map(keys: .objectName, of: .map(of: .choice)),
                "Roles that users may be given: for each collection `read`, `add` (read and insert) or `write`."
            ),
            Field(
                "migrations",
                \.migrations,
                .folder,
                "A folder of YAML files with commands that change it, each run once."
            ),
        ]
    )
}

extension ValueShape<String> {
    /// A database's name as MongoDB allows it on every system.
    static var mongoDatabaseName: ValueShape<String> {
        objectName.map(describe: { .string($0) }) { name, node, context in
            if let bad = name.first(where: { "/\\. \"$*<>:|?".contains($0) }) {
                context.report(.invalidValue, "a MongoDB database's name can't contain `\(bad)`", at: node.position)
                return nil
            }
            if ["admin", "local", "config"].contains(name) {
                context.report(.invalidValue, "`\(name)` belongs to MongoDB itself", at: node.position)
                return nil
            }
            return name
        }
    }
}
#endif
