/// Checks what only the whole environment can show: names that services use for each other, and the order they force.
package enum EnvironmentCheck {
    static func check(_ environment: Environment, _ context: DecodingContext) {
        if environment.services.isEmpty {
            let position = SourcePosition(file: environment.file, line: 1, column: 1)
            if context.problems.isEmpty {
                context.report(.missingKey, "the file declares no services", at: position, hint: "add `services:`")
            }
            return
        }
        let names = environment.services.map(\.name)
        let known = Set(names)
        for service in environment.services {
            for dependency in service.options.dependencies where !known.contains(dependency.service) {
                unknown(dependency.service, at: dependency.position, names, context)
            }
            for dependency in service.options.dependencies where dependency.condition == .completed {
                guard let other = environment[dependency.service], !other.engine.mayFinish else { continue }
                context.report(
                    .invalidValue,
                    "`\(other.name)` is a server and never completes",
                    at: dependency.position,
                    hint: "`condition: service_healthy` waits until it is usable"
                )
            }
            for peer in service.engine.peers {
                guard let other = environment[peer.name] else {
                    let isDependency = service.options.dependencies.contains { $0.position == peer.position }
                    if !isDependency { unknown(peer.name, at: peer.position, names, context) }
                    continue
                }
                guard let problem = service.engine.problem(withPeer: other) else { continue }
                context.report(.invalidValue, problem, at: peer.position)
            }
            for reference in service.engine.references {
                guard let other = environment[reference.name],
                    let missing = reference.value.missing(in: other, of: environment)
                else {
                    continue
                }
                context.report(.invalidInterpolation, "`\(other.name)` has no \(missing)", at: reference.position)
            }
        }
        checkPoolers(environment, context)
        checkVariableNames(environment, context)
        checkCycles(environment, context)
    }

    /// Checks what is inside the files that services name.
    ///
    /// - Throws: ``Diagnostics`` with every problem.
    package static func checkFiles(of services: [Service]) throws(Diagnostics) {
        let context = DecodingContext()
        for service in services { service.engine.checkFiles(context) }
        guard context.problems.isEmpty else { throw Diagnostics(context.problems, exitStatus: .dataError) }
    }

    /// `nexenv url --pooled` has to know which one is meant.
    private static func checkPoolers(_ environment: Environment, _ context: DecodingContext) {
        for service in environment.services {
            guard let server = environment.server(behind: service), let first = environment.pooler(of: server),
                first.name != service.name
            else { continue }
            context.report(
                .invalidValue,
                "`\(server.name)` has a pooler already: `\(first.name)`",
                at: service.position,
                hint: "what a pool can't keep for a client goes to `\(server.name)` itself",
                related: [.init("the other one", at: first.position)]
            )
        }
    }

    /// Two addresses with one variable name would hide each other in `nexenv env`.
    private static func checkVariableNames(_ environment: Environment, _ context: DecodingContext) {
        var owners: [String: Service] = [:]
        for service in environment.services {
            for name in AddressVariables.names(of: service, in: environment) {
                guard let other = owners[name] else {
                    owners[name] = service
                    continue
                }
                context.report(
                    .invalidValue,
                    "`\(other.name)` and `\(service.name)` would both have their address in `\(name)`",
                    at: service.position,
                    hint: "give one of them another name",
                    related: [.init("the other one", at: other.position)]
                )
                break
            }
        }
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

    /// Walks the dependencies without recursion: a chain of services may be as long as a file.
    private static func checkCycles(_ environment: Environment, _ context: DecodingContext) {
        let services = Dictionary(environment.services.map { ($0.name, $0) }) { first, _ in first }
        var done: Set<String> = []
        for start in environment.services where !done.contains(start.name) {
            var path: [(service: Service, next: Int)] = [(start, 0)]
            var onPath: Set<String> = [start.name]
            while let (service, next) = path.last {
                guard next < service.options.dependencies.count else {
                    path.removeLast()
                    onPath.remove(service.name)
                    done.insert(service.name)
                    continue
                }
                path[path.count - 1].next += 1
                guard let other = services[service.options.dependencies[next].service], !done.contains(other.name)
                else {
                    continue
                }
                guard onPath.insert(other.name).inserted else {
                    let names = path.map(\.service.name).drop { $0 != other.name } + [other.name]
                    let shown = names.count > 12 ? names.prefix(6) + ["…"] + names.suffix(5) : names
                    let cycle = shown.joined(separator: " → ")
                    context.report(.dependencyCycle, "services depend on each other: \(cycle)", at: other.position)
                    done.formUnion(names)
                    continue
                }
                path.append((other, 0))
            }
        }
    }
}
