/// Checks what only the whole environment can show: names that services use for each other, and the order they force.
enum EnvironmentCheck {
    static func check(_ environment: Environment, _ context: DecodingContext) {
        if environment.services.isEmpty {
            let position = SourcePosition(file: environment.file, line: 1, column: 1)
            if context.problems.isEmpty {
                context.report(.missingKey, "the file declares no services", at: position, hint: "add `services:`")
            }
            return
        }
        let names = environment.services.map(\.name)
        for service in environment.services {
            for dependency in service.options.dependencies where !names.contains(dependency.service) {
                unknown(dependency.service, at: dependency.position, names, context)
            }
            for peer in service.engine.peers where !names.contains(peer.name) {
                unknown(peer.name, at: peer.position, names, context)
            }
        }
        checkCycles(environment, context)
    }

    private static func unknown(
        _ name: String,
        at position: SourcePosition,
        _ names: [String],
        _ context: DecodingContext
    ) {
        context.report(
            .unknownService,
            "there is no service `\(name)`",
            at: position,
            hint: Suggestion.hint(for: name, among: names, noun: "services")
        )
    }

    private static func checkCycles(_ environment: Environment, _ context: DecodingContext) {
        var done: Set<String> = []
        func visit(_ name: String, _ path: [String]) {
            guard !done.contains(name), let service = environment[name] else { return }
            if let start = path.firstIndex(of: name) {
                let cycle = (path[start...] + [name]).joined(separator: " → ")
                context.report(.dependencyCycle, "services depend on each other: \(cycle)", at: service.position)
                done.formUnion(path[start...])
                return
            }
            for dependency in service.options.dependencies { visit(dependency.service, path + [name]) }
            done.insert(name)
        }
        for service in environment.services { visit(service.name, []) }
    }
}
