import Foundation

/// Finds the environment file that a command is about.
///
/// The order: `-f FILE`; `-e NAME`, which is `environments/NAME/nexenv.yaml`; the variable `NEXENV_ENVIRONMENT`, a name or a
/// file; the nearest `nexenv.yaml` going up from the working directory; the file under `environments/` that says
/// `default: true`.
package struct EnvironmentLocator: Sendable {
    package static let fileName = "nexenv.yaml"
    package static let folderName = "environments"

    /// Where the search starts.
    package var directory: String

    package init(directory: String = FileManager.default.currentDirectoryPath) {
        self.directory = directory
    }

    /// Returns the path of the file.
    ///
    /// - Throws: ``Diagnostics`` that list what there is to choose from.
    package func locate(file: String?, name: String?, variable: String?) throws(Diagnostics) -> String {
        if let file { return self.file(file) }
        if let name { return try locate(named: name) }
        if let variable, !variable.isEmpty {
            return variable.hasSuffix(".yaml") || variable.contains("/")
                ? self.file(variable) : try locate(named: variable)
        }
        for folder in ancestors {
            let candidate = folder + "/" + Self.fileName
            if exists(candidate) { return candidate }
            if let found = try defaultEnvironment(in: folder) { return found }
        }
        let known = environments
        let hint =
            known.isEmpty
            ? "write a \(Self.fileName), or name a file with `-f FILE`"
            : "name one with `-e NAME`: \(known.map(\.name).joined(separator: ", "))"
        throw Diagnostics([Diagnostic(.notFound, "no \(Self.fileName) from here up to the root", hint: hint)])
    }

    /// The environments under the nearest `environments/` folder, by name.
    package var environments: [(name: String, path: String)] {
        for folder in ancestors {
            let found = environments(in: folder)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func locate(named name: String) throws(Diagnostics) -> String {
        let known = environments
        if let found = known.first(where: { $0.name == name }) { return found.path }
        throw Diagnostics([
            Diagnostic(
                .notFound,
                "there is no environment `\(name)`",
                hint: Suggestion.hint(for: name, among: known.map(\.name), noun: "environments")
                    ?? "environments are looked for in \(Self.folderName)/NAME/\(Self.fileName), from here up"
            )
        ])
    }

    private func environments(in folder: String) -> [(name: String, path: String)] {
        let base = folder + "/" + Self.folderName
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return names.sorted().map { (name: $0, path: "\(base)/\($0)/\(Self.fileName)") }.filter { exists($0.path) }
    }

    private func defaultEnvironment(in folder: String) throws(Diagnostics) -> String? {
        let defaults = environments(in: folder).filter { environment in
            guard let file = try? SourceFile.read(environment.path) else { return false }
            return (try? YAMLReader.read(file))?["default"]?.text == "true"
        }
        guard defaults.count < 2 else {
            throw Diagnostics([
                Diagnostic(
                    .ambiguous,
                    "more than one environment says `default: true`",
                    hint: "name one with `-e NAME`: \(defaults.map(\.name).joined(separator: ", "))"
                )
            ])
        }
        return defaults.first?.path
    }

    /// The directory and everything above it.
    private var ancestors: [String] {
        var all: [String] = []
        var folder = realPath(directory) ?? directory
        while true {
            all.append(folder == "/" ? "" : folder)
            if folder == "/" || folder.isEmpty { return all }
            folder = (folder as NSString).deletingLastPathComponent
        }
    }

    /// A file, or the one in a folder.
    private func file(_ path: String) -> String {
        isFolder(path) ? path + "/" + Self.fileName : path
    }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    private func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
