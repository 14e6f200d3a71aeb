/// `${url:postgres.auth}` and its like: what is known only once the servers have their addresses.
package struct LateReference: Sendable, Hashable, CustomStringConvertible {
    /// `url`, `port`, `host` or `password`.
    package var kind: String
    package var service: String
    /// The database, or for a password the user.
    package var name: String?

    package var description: String { "${\(kind):\(service)\(name.map { ".\($0)" } ?? "")}" }

    fileprivate static let kinds: Set<String> = ["url", "port", "host", "password"]

    /// Returns every reference in a text.
    package static func find(in text: String) -> [LateReference] {
        parts(of: text).compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    }

    /// Returns a text with its references replaced by what they stand for, as seen from inside a peer.
    ///
    /// - Throws: ``NexEnvError`` for a database or user that the service doesn't have.
    package static func resolve(_ text: String, peers: [String: Peer]) throws -> String {
        try parts(of: text).map { part in
            switch part {
            case .text(let text): return String(text)
            case .reference(let reference): return try reference.value(peers)
            }
        }.joined()
    }

    /// Returns what a service lacks to be referred to like this: ``database `x` ``; nothing where it has all of it.
    package func missing(in service: Service, of environment: Environment) -> String? {
        let hasPort = service.engine.port != nil || !service.engine.extraPorts.isEmpty
        if !hasPort, kind == "port" || kind == "url" { return "port" }
        guard let name else { return nil }
        switch kind {
        case "url":
            return environment.databaseNames(of: service).contains(name) ? nil : "database `\(name)`"
        case "password":
            return service.engine.accounts(service).contains { $0.user == name } ? nil : "user `\(name)`"
        default: return nil
        }
    }

    private func value(_ peers: [String: Peer]) throws -> String {
        guard let peer = peers[service] else {
            throw NexEnvError(
                .serviceFailed,
                "`\(service)` has no address that others can use",
                hint: "is it in a profile?"
            )
        }
        switch kind {
        case "port": return "\(peer.endpoint.port)"
        case "host": return peer.endpoint.host
        case "password":
            let users = peer.service.engine.accounts(peer.service).map(\.user)
            guard let user = name ?? users.first, users.contains(user) else {
                let what = name.map { "user `\($0)`" } ?? "password"
                throw NexEnvError(.serviceFailed, "`\(service)` has no \(what)")
            }
            return peer.passwords[user]
        default:
            var server = RunningServer(
                project: ProjectIdentity(name: "", root: ""),
                service: peer.service,
                passwords: peer.passwords,
                endpoint: peer.endpoint,
                internalEndpoint: peer.endpoint
            )
            if let pooler = peer.service.engine as? any PoolingEngine,
                let behind = pooler.server.flatMap({ peers[$0.name] })
            {
                server.backend = Backend(service: behind.service, passwords: behind.passwords)
            }
            let address = (peer.service.engine as? any AddressedEngine)?.address(of: name, on: server)
            guard let address else {
                let what = name.map { "database `\($0)`" } ?? "address"
                throw NexEnvError(.serviceFailed, "`\(service)` has no \(what)")
            }
            return address.url
        }
    }

    private enum Part {
        case text(Substring)
        case reference(LateReference)
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
            guard let reference = LateReference(rest[open.upperBound..<close]) else {
                parts.append(.text(rest[..<open.upperBound]))
                rest = rest[open.upperBound...]
                continue
            }
            parts.append(.text(rest[..<open.lowerBound]))
            parts.append(.reference(reference))
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.text(rest)]
    }
}

extension LateReference {
    /// Reads what stands between `${` and `}`; nothing when that isn't a reference.
    package init?(_ inside: Substring) {
        let sides = inside.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, Self.kinds.contains(String(sides[0])) else { return nil }
        let target = sides[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard target.allSatisfy({ !$0.isEmpty }) else { return nil }
        kind = String(sides[0])
        service = String(target[0])
        name = target.count == 2 ? String(target[1]) : nil
    }
}
