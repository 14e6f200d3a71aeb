import Foundation

/// The host ports that a project's services had last, so that a service keeps its address over `down` and `up`.
///
/// A cache: without it, services take their preferred ports again.
package struct PortBook: Sendable {
    /// A port that a service had, and the one that it wanted then: another wish makes the memory void.
    package struct Entry: Sendable, Hashable, Codable {
        package var wanted: Int?
        package var port: Int
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
