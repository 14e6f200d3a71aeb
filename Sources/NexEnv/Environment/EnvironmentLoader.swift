import Foundation

/// Turns an environment file into an ``Environment``: read, interpolate, include, overlay the mode, decode, check.
///
/// Every problem is collected; nothing stops at the first one but a file that can't be read at all.
package struct EnvironmentLoader {
    /// The variables of the process; they win over the env file.
    package var processVariables: [String: String]

    /// The mode to apply.
    package var mode: String?

    private var problems: [Diagnostic] = []
    private var filesAllowedOutside: Set<String> = []
    private var variablesOfIncluded: [String: [String: String]] = [:]
    private var sources: Set<String> = []

    package init(processVariables: [String: String] = ProcessInfo.processInfo.environment, mode: String? = nil) {
        self.processVariables = processVariables
        self.mode = mode
    }

    /// Reads and checks an environment.
    ///
    /// - Parameter path: The file; relative to the working directory.
    /// - Throws: ``Diagnostics`` with every problem.
    package mutating func load(_ path: String) throws(Diagnostics) -> Environment {
        let file = try SourceFile.read(path)
        let tree = try self.tree(of: file, includedFrom: [])
        var root = tree.node
        let modes = root["modes"]
        if let mode { root = apply(mode, modes, to: root) }
        let context = DecodingContext(filesAllowedOutside: filesAllowedOutside)
        context.report(problems)
        var top = TopLevel()
        let entries = root.entries ?? []
        if root.entries == nil, !root.isNull { context.wrongType(root, expected: "a mapping") }
        let unknown = TopLevel.shape.decode(entries, at: root.position, into: &top, context)
        Shape<TopLevel>.reportUnknown(unknown, known: TopLevel.shape.names, noun: "an environment", context)
        let environment = assemble(top, file: file, variables: tree.variables)
        EnvironmentCheck.check(environment, context)
        let all = context.problems
        guard !all.contains(where: { $0.severity == .error }) else { throw Diagnostics(all.uniqued().inOrder()) }
        return environment
    }

    private func assemble(_ top: TopLevel, file: SourceFile, variables: [String: String]) -> Environment {
        let root = (file.path as NSString).deletingLastPathComponent
        let folder = (root as NSString).lastPathComponent
        var environment = Environment(
            name: top.name ?? Environment.projectName(from: folder),
            file: file,
            root: root,
            variables: variables
        )
        environment.filesAllowedOutside = filesAllowedOutside
        environment.variablesOfIncluded = variablesOfIncluded
        environment.sources = sources
        environment.seeds = top.seeds
        environment.isDefault = top.isDefault
        environment.isProtected = top.isProtected
        environment.runtime = top.runtime
        environment.registry = Environment.registryPrefix(processVariables["NEXENV_REGISTRY"] ?? "", or: top.registry)
        environment.appliedMode = mode
        environment.knownModes = top.modes
        environment.services = top.services.map { service in
            var service = service
            service.bind = service.options.bind ?? top.defaults.bind
            service.durability = service.options.durability ?? top.defaults.durability
            service.storage = service.options.storage ?? top.storage
            service.readyTimeout = service.options.readyTimeout ?? top.defaults.readyTimeout
            service.stopGracePeriod = service.options.stopGracePeriod ?? top.defaults.stopGracePeriod
            service.port =
                top.ports == .auto && service.engine.port != nil
                ? .automatic : service.options.port ?? service.engine.preferredPort.map { .preferred($0) }
            return service
        }
        return environment
    }

    // MARK: - Files

    private struct Tree {
        var node: YAMLNode
        var variables: [String: String]
    }

    private mutating func tree(of file: SourceFile, includedFrom chain: [String]) throws(Diagnostics) -> Tree {
        sources.insert(file.path)
        let raw = try YAMLReader.read(file)
        if raw["allow_outside"]?.text == "true" { filesAllowedOutside.insert(file.path) }
        let variables = self.variables(for: raw, in: file)
        if !chain.isEmpty { variablesOfIncluded[file.path] = variables }
        var interpolation = Interpolation(variables: variables)
        var node = interpolation.expand(raw, mode: mode)
        problems += interpolation.problems
        let includes = node["include"].map { $0.elements ?? [$0] } ?? []
        var included: YAMLNode?
        var merge = YAMLMerge(.siblings)
        for include in includes {
            guard let next = try includedTree(include, from: file, chain: chain + [file.path]) else { continue }
            included = included.map { merge.merge($0, next, settled: node) } ?? next
        }
        problems += merge.problems
        if let included {
            var overlay = YAMLMerge(.overlay)
            node = overlay.merge(included, node)
        }
        return Tree(node: node, variables: variables)
    }

    /// Returns what an included file contributes: everything but what a file says about itself.
    private mutating func includedTree(
        _ include: YAMLNode,
        from file: SourceFile,
        chain: [String]
    ) throws(Diagnostics) -> YAMLNode? {
        let context = DecodingContext(filesAllowedOutside: filesAllowedOutside)
        guard let path = ValueShape<ResourcePath>.file.decode(include, context) else {
            problems += context.problems
            return nil
        }
        guard !chain.contains(path.path) else {
            let cycle = (chain.drop { $0 != path.path } + [path.path]).map { SourceFile.displayPath(of: $0) }
            problems.append(
                Diagnostic(
                    .includeCycle,
                    "files include each other: \(cycle.joined(separator: " → "))",
                    at: path.position
                )
            )
            return nil
        }
        do {
            var node = try tree(of: SourceFile.read(path.path), includedFrom: chain).node
            let own: Set = [
                "name", "description", "default", "protected", "runtime", "registry", "env_file", "include",
                "allow_outside",
                "storage", "ports",
            ]
            if let entries = node.entries { node.content = .mapping(entries.filter { !own.contains($0.key.name) }) }
            return node
        } catch {
            // What can't be read at all has no place of its own.
            problems += error.all.map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.position = diagnostic.position ?? path.position
                return diagnostic
            }
            return nil
        }
    }

    private mutating func variables(for node: YAMLNode, in file: SourceFile) -> [String: String] {
        var variables: [String: String] = [:]
        let said = node["env_file"].map { $0.elements ?? [$0] }
        let names = said.map { $0.compactMap(\.text) } ?? [".env"]
        let boundary = PathBoundary(file: file)
        for (index, name) in names.enumerated() {
            guard let path = boundary.resolve(name) else { continue }
            sources.insert(path)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            if !boundary.contains(path), !filesAllowedOutside.contains(file.path) {
                let position = said?[index].position
                problems.append(
                    Diagnostic(.outsidePath, "`\(name)` leaves the folder of its environment", at: position)
                )
                continue
            }
            do {
                variables.merge(try DotEnv(SourceFile.read(path)).variables) { _, later in later }
            } catch {
                problems += error.all
            }
        }
        return variables.merging(processVariables) { _, process in process }
    }

    private mutating func apply(_ mode: String, _ modes: YAMLNode?, to root: YAMLNode) -> YAMLNode {
        guard let overlay = modes?[mode] else {
            let known = modes?.entries?.map(\.key.name) ?? []
            problems.append(
                Diagnostic(
                    .unknownMode,
                    "there is no mode `\(mode)`",
                    at: modes?.position,
                    hint: Suggestion.hint(for: mode, among: known, noun: "modes")
                )
            )
            return root
        }
        for entry in overlay.entries ?? [] where Self.settledBeforeModes.contains(entry.key.name) {
            problems.append(
                Diagnostic(
                    .unknownKey,
                    "a mode has no key `\(entry.key.name)`",
                    at: entry.key.position,
                    hint: "it is settled before a mode is laid over the file"
                )
            )
        }
        var merge = YAMLMerge(.overlay)
        return merge.merge(root, overlay)
    }

    /// The keys at the top of a file that a mode can't change.
    static let settledBeforeModes = ["include", "modes", "name", "allow_outside", "env_file"]

    /// Checks every mode of an environment by laying it over the file.
    ///
    /// - Throws: ``Diagnostics`` with the problems of all of them.
    package static func checkModes(of environment: Environment, variables: [String: String]) throws(Diagnostics) {
        var found: [Diagnostic] = []
        for mode in environment.knownModes where mode != environment.appliedMode {
            var loader = EnvironmentLoader(processVariables: variables, mode: mode)
            do {
                _ = try loader.load(environment.file.path)
            } catch {
                found += error.all
            }
        }
        guard found.isEmpty else { throw Diagnostics(found.uniqued().inOrder()) }
    }
}

extension Environment {
    /// Returns what stands before image names: the override unless it is empty, ending in one slash.
    static func registryPrefix(_ override: String, or registry: String) -> String {
        var prefix = Substring(override.isEmpty ? registry : override)
        while prefix.hasSuffix("/") { prefix = prefix.dropLast() }
        return prefix.isEmpty ? "" : "\(prefix)/"
    }

    /// Makes a project name of a folder's name.
    static func projectName(from folder: String) -> String {
        let mapped = folder.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" }
        let trimmed = String(mapped.drop { $0 == "-" || $0 == "_" }.prefix(31))
        return trimmed.isEmpty ? "nexenv" : trimmed
    }
}

extension [Diagnostic] {
    /// The diagnostics without repetitions: a file that two others include reports once.
    func uniqued() -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return filter { seen.insert($0).inserted }
    }

    /// The diagnostics file by file, each file's in the order they stand in; what has no place comes first.
    func inOrder() -> [Diagnostic] {
        var files: [String: Int] = [:]
        for path in compactMap({ $0.position?.file.path }) where files[path] == nil { files[path] = files.count + 1 }
        func rank(_ diagnostic: Diagnostic) -> (Int, Int, Int) {
            guard let position = diagnostic.position else { return (0, 0, 0) }
            return (files[position.file.path] ?? 0, position.line, position.column)
        }
        return sorted { rank($0) < rank($1) }
    }
}
