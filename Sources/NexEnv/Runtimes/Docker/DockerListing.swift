import Foundation

/// The output of `docker ps`, one JSON object a line with just the fields that we read.
enum DockerListing {
    /// The Go template; `json` quotes each field, so no name or label can break a line.
    static let format: String = {
        let fields = [
            ("id", ".ID"), ("state", ".State"), ("status", ".Status"), ("ports", ".Ports"), ("image", ".Image"),
            ("networks", ".Networks"),
            ("project", label(DockerLabel.project)), ("name", label(DockerLabel.name)),
            ("service", label(DockerLabel.service)), ("root", label(DockerLabel.root)),
            ("file", label(DockerLabel.file)), ("hash", label(DockerLabel.hash)),
        ]
        return "{" + fields.map { "\"\($0.0)\":{{json \($0.1)}}" }.joined(separator: ",") + "}"
    }()

    private static func label(_ name: String) -> String { "(.Label \"\(name)\")" }

    private struct Line: Decodable {
        var id: String
        var state: String
        var status: String
        var ports: String
        var image: String
        var networks: String
        var project: String
        var name: String
        var service: String
        var root: String
        var file: String
        var hash: String
    }

    static func parse(_ text: String) throws -> [ObservedServer] {
        let decoder = JSONDecoder()
        return try text.split(separator: "\n").map { server(try decoder.decode(Line.self, from: Data($0.utf8))) }
    }

    private static func server(_ line: Line) -> ObservedServer {
        let exit = exitStatus(line.status)
        let state: ObservedServer.State =
            switch line.state {
            case "running", "restarting", "paused": .running
            case "created": .created
            default: exit == 0 || exit == 137 || exit == 143 ? .stopped : .failed
            }
        let ports = publishedPorts(line.ports)
        var project = ProjectIdentity(name: line.name, root: line.root)
        project.id = line.project
        var extra = Dictionary(ports.map { ($0.container, $0.endpoint.port) }) { first, _ in first }
        // The lowest container port stands in where the engine isn't known here; the plan picks the engine's own.
        let main = ports.min { $0.container < $1.container }
        if let main { extra[main.container] = main.endpoint.port }
        return ObservedServer(
            service: line.service,
            runtime: .docker,
            state: state,
            exitStatus: exit,
            health: health(line.status),
            endpoint: main?.endpoint,
            extraPorts: extra,
            configurationHash: line.hash,
            identifier: line.id,
            project: project,
            environmentFile: line.file,
            image: line.image,
            isFoundByName: line.networks.split(separator: ",").contains { $0 == line.project }
        )
    }

    /// Reads `Exited (137) 3 seconds ago`.
    private static func exitStatus(_ status: String) -> Int32? {
        guard let open = status.firstIndex(of: "("), let close = status.firstIndex(of: ")") else { return nil }
        return Int32(status[status.index(after: open)..<close])
    }

    /// Reads `Up 5 seconds (healthy)`.
    private static func health(_ status: String) -> String? {
        ["unhealthy", "health: starting", "healthy"].first { status.contains("(\($0))") }
            .map { $0 == "health: starting" ? "starting" : $0 }
    }

    private struct Published {
        var endpoint: Endpoint
        var container: Int
    }

    /// Reads `127.0.0.1:5432->5432/tcp, [::1]:80->8080/tcp, 0.0.0.0:90-91->90-91/tcp, 9000/tcp`: Docker joins neighbours.
    private static func publishedPorts(_ text: String) -> [Published] {
        text.split(separator: ",").flatMap { part -> [Published] in
            let sides = part.trimmingCharacters(in: .whitespaces).components(separatedBy: "->")
            guard sides.count == 2, let colon = sides[0].lastIndex(of: ":") else { return [] }
            let inside = sides[1].prefix { $0 != "/" }
            guard let ports = range(sides[0][sides[0].index(after: colon)...]), let containers = range(inside),
                ports.count == containers.count
            else { return [] }
            var host = String(sides[0][..<colon]).trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            if host == "0.0.0.0" { host = "127.0.0.1" } else if host == "::" { host = "::1" }
            return zip(ports, containers).map { Published(endpoint: Endpoint(host: host, port: $0), container: $1) }
        }
    }

    /// Reads `80` or `80-82`.
    private static func range(_ text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-").map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, last <= 65_535 else {
            return nil
        }
        return first...last
    }
}
