import ArgumentParser
import NexEnv

/// `nexenv env`.
struct EnvCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print the addresses and passwords of everything that runs, as variables.",
        discussion: "For a shell: eval \"$(nexenv env --format shell)\""
    )

    /// How the variables are written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case dotenv
        case json
        case shell
    }

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Option(name: .long, help: "dotenv, json or shell.")
    var format: Format = .dotenv

    @Option(name: .long, help: ArgumentHelp("Put before every name.", valueName: "text"))
    var prefix = ""

    func run() async throws {
        guard prefix.isEmpty || prefix.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
            throw ValidationError("`\(prefix)` can't begin the name of a variable")
        }
        let stack = try loadStack()
        let observation = try await stack.observe()
        let secrets = try SecretStore(stack.project)
        var variables: [(String, String)] = []
        for service in stack.environment.services {
            guard let observed = observation[service.name], observed.state == .running else { continue }
            guard let server = stack.running(service, observed, secrets) else {
                if service.engine is any AddressedEngine {
                    console.note("\(service.name) is left out: a password of it isn't made yet; `nexenv up` makes it")
                }
                continue
            }
            variables += AddressVariables.of(server)
        }
        guard !variables.isEmpty else {
            throw NexEnvError(.notRunning, "nothing runs that has an address", hint: "`nexenv up` starts it")
        }
        let named = variables.map { (prefix + $0.0, $0.1) }
        if console.isJSON || format == .json {
            return try console.json(Dictionary(named) { first, _ in first })
        }
        for (name, value) in named {
            switch format {
            case .shell: console.output("export \(name)='\(value.scalarReplacing("'", with: "'\\''"))'\n")
            default: console.output("\(name)=\(DotEnv.quoted(value))\n")
            }
        }
    }
}

extension String {
    /// Replaces a character scalar by scalar: a quote and a combining accent behind it are one `Character` in Swift.
    func scalarReplacing(_ scalar: Unicode.Scalar, with replacement: String) -> String {
        var out = String.UnicodeScalarView()
        for next in unicodeScalars {
            if next == scalar { out.append(contentsOf: replacement.unicodeScalars) } else { out.append(next) }
        }
        return String(out)
    }
}
