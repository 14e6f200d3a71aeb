import ArgumentParser
import Foundation
import NexEnv

/// `nexenv validate`.
struct ValidateCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the environment file with all its modes and show every problem at once."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let stack = try loadStack()
        let services = stack.environment.services
        try EnvironmentCheck.checkFiles(of: services)
        try SeedCheck.check(stack.environment)
        try EnvironmentLoader.checkModes(of: stack.environment, variables: ProcessInfo.processInfo.environment)
        if console.isJSON {
            let names = services.map(\.name)
            return try console.json(
                ValidateReport(name: stack.environment.name, file: stack.environment.file.path, services: names)
            )
        }
        let databases = services.reduce(0) { $0 + Target.databases(of: $1).count }
        let counts = "\(services.count) services, \(databases) databases"
        console.output("\(stack.environment.file.displayPath) is valid: \(stack.environment.name), \(counts)\n")
    }
}

/// What `nexenv validate --json` prints.
struct ValidateReport: Encodable {
    let schema = "nexenv/1"
    let command = "validate"
    let ok = true
    var name: String
    var file: String
    var services: [String]
}

/// `nexenv schema`.
struct SchemaCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the environment file, for editors."
    )

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try console.json(EnvironmentSchema.document)
    }
}
