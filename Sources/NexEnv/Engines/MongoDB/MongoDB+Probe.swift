#if MongoDB
import MongoClient

/// When a MongoDB server is usable: root can log in, and the server takes writes.
///
/// A new replica set has to be initiated, and a new native server has no user yet; both are done here, since nothing can be
/// asked of the server before.
extension MongoDB {
    package func probe(_ server: RunningServer) async -> ProbeResult {
        do {
            return try await MongoConnection.withConnection(to: looking(server)) { connection in
                try await readiness(connection, server)
            }
        } catch let error as MongoError {
            guard error.code == .authenticationFailed else { return Self.probeResult(error, server) }
            return await makeFirstUser(server)
        } catch {
            return .notYet("\(error)")
        }
    }

    func configuration(_ server: RunningServer) -> MongoConfiguration {
        MongoConfiguration(
            host: server.endpoint.host,
            port: server.endpoint.port,
            user: user,
            password: server.passwords[user]
        )
    }

    /// Returns how to log in to see whether a server answers: it is asked again where that takes long.
    private func looking(_ server: RunningServer) -> MongoConfiguration {
        var configuration = configuration(server)
        configuration.connectTimeout = .seconds(3)
        configuration.serverSelectionTimeout = .seconds(3)
        return configuration
    }

    private func readiness(_ connection: MongoConnection, _ server: RunningServer) async throws -> ProbeResult {
        let hello = try await connection.run(["hello": 1], in: "admin")
        if hello["isWritablePrimary"]?.bool == true { return .ready }
        guard let replicaSet else { return .notYet("not writable yet") }
        let member = "\(server.internalEndpoint.host):\(server.internalEndpoint.port)"
        do {
            let reply = try await connection.run(["replSetGetConfig": 1], in: "admin")
            try await moveMember(reply["config"]?.document, to: member, connection)
            return .notYet("electing itself primary")
        } catch let error as MongoError where error.codeName == "NotYetInitialized" {
            try await initiate(replicaSet, member, connection)
            return .notYet("replica set initiated")
        }
    }

    private func initiate(_ name: String, _ member: String, _ connection: MongoConnection) async throws {
        let configuration: BSONDocument = [
            "_id": .string(name), "members": [["_id": 0, "host": .string(member)]],
            // A set of one has nobody to wait for.
            "settings": ["electionTimeoutMillis": 1_000],
        ]
        do {
            try await connection.run(["replSetInitiate": .document(configuration)], in: "admin")
        } catch  where error.codeName == "AlreadyInitialized" {
            // Another probe was faster, which is as good.
        }
    }

    /// Gives a set of one its new address when the server has moved; the old one can't be reached any more.
    private func moveMember(_ configuration: BSONDocument?, to member: String, _ connection: MongoConnection)
        async throws
    {
        guard let configuration, let members = configuration["members"]?.array, members.count == 1,
            let own = members[0].document, own["host"]?.string != member
        else { return }
        let moved = try own.replacing("host", with: .string(member))
        let version = (configuration["version"]?.int ?? 1) + 1
        let new = try configuration.replacing("members", with: [.document(moved)])
            .replacing("version", with: .int64(Int64(version)))
        try await connection.run(["replSetReconfig": .document(new), "force": true], in: "admin")
    }

    /// Makes the root user through the localhost exception, which a server grants as long as it has no user.
    private func makeFirstUser(_ server: RunningServer) async -> ProbeResult {
        var anonymous = looking(server)
        anonymous.user = nil
        anonymous.password = nil
        do {
            return try await MongoConnection.withConnection(to: anonymous) { connection in
                let hello = try await connection.run(["hello": 1], in: "admin")
                if let replicaSet, hello["isWritablePrimary"]?.bool != true {
                    let member = "\(server.internalEndpoint.host):\(server.internalEndpoint.port)"
                    try await initiate(replicaSet, member, connection)
                    return .notYet("electing itself primary")
                }
                let command: BSONDocument = [
                    "createUser": .string(user), "pwd": .string(server.passwords[user]), "roles": ["root"],
                ]
                try await connection.run(command, in: "admin")
                return .notYet("root user made")
            }
        } catch let error as MongoError where error.codeName == "Unauthorized" {
            return await secondLogin(server)
        } catch {
            return .notYet("not answering yet")
        }
    }

    /// Logs in again where a user exists by now: the one that a killed run was about to make, or one of older data.
    private func secondLogin(_ server: RunningServer) async -> ProbeResult {
        do {
            try await MongoConnection.withConnection(to: looking(server)) { _ in }
            return .notYet("root user made")
        } catch let error as MongoError where error.code == .authenticationFailed {
            return .refusesPassword(server, error)
        } catch {
            return .notYet("not answering yet")
        }
    }

    private static func probeResult(_ error: MongoError, _ server: RunningServer) -> ProbeResult {
        switch error.code {
        case .notPrimary: .notYet("electing itself primary")
        case .server, .invalidConfiguration, .invalidArgument:
            .failed(NexEnvError(.serviceFailed, error.message, service: server.service.name, underlying: error))
        default: .notYet("not answering yet")
        }
    }
}

extension BSONDocument {
    /// Returns the document with another value under a key, which keeps its place.
    func replacing(_ name: String, with value: BSONValue) throws -> BSONDocument {
        var copy = BSONDocument()
        for (key, old) in self { try copy.append(key == name ? value : old, forKey: key) }
        return copy
    }
}
#endif
