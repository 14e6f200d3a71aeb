import ArgumentParser
import NexEnv

/// `nexenv ls`.
struct ListCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List every project of this machine, and the environments of this folder."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let projects = try await Machine.projects()
        let known = EnvironmentLocator().environments
        if console.isJSON { return try console.json(ListReport(projects, known)) }
        let style = console.outputStyle
        if projects.isEmpty {
            console.output("nothing of nexenv's on this machine\n")
        } else {
            var table = TextTable(["PROJECT", "RUNNING", "FILE"])
            for project in projects {
                let color: (String) -> String = project.running > 0 ? { style.green($0) } : { style.dim($0) }
                let count = "\(project.running) of \(project.servers.count)"
                table.add([
                    TextTable.Cell(project.identity.id), TextTable.Cell(count, color),
                    TextTable.Cell(project.file),
                ])
            }
            console.output(table.render(width: console.outputWidth))
        }
        let unused = known.filter { environment in !projects.contains { $0.file == realPath(environment.path) } }
        guard !unused.isEmpty else { return }
        console.output("\nnot running: \(unused.map(\.name).joined(separator: ", "))   nexenv -e NAME up\n")
    }
}

/// What `nexenv ls --json` prints.
struct ListReport: Encodable {
    let schema = "nexenv/1"
    let command = "ls"
    let ok = true
    var projects: [Project]
    var environments: [Known]

    struct Project: Encodable {
        var id: String
        var name: String
        var root: String
        var file: String
        var services: [Service]
    }

    struct Service: Encodable {
        var name: String
        var state: String
        var runtime: String
        var endpoint: Endpoint?
    }

    struct Known: Encodable {
        var name: String
        var file: String
    }

    init(_ projects: [Machine.MachineProject], _ known: [(name: String, path: String)]) {
        self.projects = projects.map { project in
            Project(
                id: project.identity.id,
                name: project.identity.name,
                root: project.identity.root,
                file: project.file,
                services: project.servers.map {
                    Service(
                        name: $0.service,
                        state: $0.state.rawValue,
                        runtime: $0.runtime.rawValue,
                        endpoint: $0.endpoint
                    )
                }
            )
        }
        environments = known.map { Known(name: $0.name, file: $0.path) }
    }
}

/// `nexenv poweroff`.
struct PowerOffCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "poweroff",
        abstract: "Stop and remove everything of nexenv's on this machine; data stays."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let ended = try await Machine.powerOff()
        if console.isJSON { return try console.json(PowerOffReport(projects: ended)) }
        console.note(ended.isEmpty ? "nothing was running" : "stopped: \(ended.joined(separator: ", "))")
    }
}

/// What `nexenv poweroff --json` prints.
struct PowerOffReport: Encodable {
    let schema = "nexenv/1"
    let command = "poweroff"
    let ok = true
    var projects: [String]
}
