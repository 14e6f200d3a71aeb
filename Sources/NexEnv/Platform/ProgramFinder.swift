import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Finds the programs that servers run as on this machine.
package struct ProgramFinder: Sendable {
    /// A program that was found.
    package struct Found: Sendable, Hashable {
        package var path: String
        /// The folder that it lies in; its companions, such as `initdb`, lie there too.
        package var folder: String
        package var version: String
    }

    private let variables: [String: String]

    package init(variables: [String: String] = ProcessInfo.processInfo.environment) {
        self.variables = variables
    }

    /// Returns every version of a program on this machine.
    package func all(_ program: ProcessDescription.Program) async -> [Found] {
        var seen: Set<String> = []
        var found: [Found] = []
        for folder in folders(of: program) {
            let path = folder + "/" + program.name
            guard access(path, X_OK) == 0, let real = realPath(path), seen.insert(real).inserted else { continue }
            guard let version = await version(of: path) else { continue }
            found.append(Found(path: path, folder: folder, version: version))
        }
        return found
    }

    /// Returns the program whose version is the wanted one, or else the newest.
    ///
    /// - Parameter version: The wanted version; `17` matches `17.11`.
    package func best(_ program: ProcessDescription.Program, version: String) async -> Found? {
        let all = await all(program)
        return all.first { Self.matches($0.version, version) }
            ?? all.max { $0.version.compare($1.version, options: .numeric) == .orderedAscending }
    }

    /// Whether a version is the wanted one or a release of it.
    package static func matches(_ version: String, _ wanted: String) -> Bool {
        version == wanted || version.hasPrefix(wanted + ".")
    }

    /// Returns whether a shell would find a program.
    package func isInPath(_ name: String) -> Bool { path(of: name) != nil }

    /// Returns the file that a shell would run under a name.
    package func path(of name: String) -> String? {
        (variables["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(name)" }.first { path in
            var entry = stat()
            return stat(path, &entry) == 0 && entry.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    /// The folder where the project's scripts put programs that no package has.
    package var cacheFolder: String {
        let home = variables["HOME"] ?? "/root"
        let cache = variables["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.cache"
        return (variables["NEXENV_CACHE_DIR"].flatMap { $0.isEmpty ? nil : $0 } ?? cache + "/nexenv") + "/bin"
    }

    private func folders(of program: ProcessDescription.Program) -> [String] {
        let paths = (variables["PATH"] ?? "").split(separator: ":").map(String.init)
        return [cacheFolder] + program.folders.flatMap(expand) + paths + ["/usr/sbin", "/usr/local/sbin"]
    }

    /// Expands the `*` in a folder's name.
    private func expand(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { index in result.gl_pathv[index].map { String(cString: $0) } }
    }

    /// Asks a program for its version: the first number with a dot, or the first number, that it prints.
    private func version(of path: String) async -> String? {
        guard let output = try? await ChildProcess.run(path, ["--version"]), output.isSuccess else { return nil }
        let words = output.standardOutput.split { !($0.isASCII && ($0.isNumber || $0 == ".")) }
        let numbers = words.map { $0.drop { $0 == "." } }.filter { $0.first?.isNumber == true }
        return (numbers.first { $0.contains(".") } ?? numbers.first).map(String.init)
    }
}
