import Foundation

/// The host ports that a project's services had last, so that a service keeps its address over `down` and `up`.
///
/// A cache: without it, services take their preferred ports again.
package struct PortBook: Sendable {
    /// A port that a service had, and the one that it wanted then: another wish makes the memory void.
    package struct Entry: Sendable, Hashable, Codable {
        package var wanted: Int?
        package var port: Int

        /// Where the service's data is; nothing for a further port.
        package var home: RuntimeChoice?
    }

    private let path: String
    private var ports: [String: Entry]

    package init(_ project: Project) {
        path = project.portsPath
        let data = FileManager.default.contents(atPath: path)
        ports = data.flatMap { try? JSONDecoder().decode([String: Entry].self, from: $0) } ?? [:]
    }

    /// The port of a service, or of one of its further ports under `service/container-port`.
    package subscript(_ name: String) -> Entry? { ports[name] }

    /// Whether a service asks for another port than the one that it asked for when it got its own.
    func hasNewWish(_ service: Service) -> Bool {
        ports[service.name].map { $0.wanted != service.port?.number } ?? false
    }

    /// Where the data of services is, as far as they had a port.
    package var homes: [String: RuntimeChoice] { ports.compactMapValues(\.home) }

    /// Forgets where data was that is gone; call it under the project's lock.
    package mutating func forgetHomes(of services: some Sequence<String>) throws {
        var gone = ports.filter { services.contains($0.key) }
        for name in gone.keys { gone[name]?.home = nil }
        try remember(gone)
    }

    /// Remembers ports; call it under the project's lock.
    package mutating func remember(_ new: [String: Entry]) throws {
        let merged = ports.merging(new) { _, new in new }
        guard merged != ports else { return }
        ports = merged
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let text = String(decoding: try encoder.encode(ports), as: UTF8.self)
        try PrivateFile.write(text + "\n", to: path)
    }
}
