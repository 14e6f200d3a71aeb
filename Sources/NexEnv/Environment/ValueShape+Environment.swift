import Foundation

extension ValueShape<Duration> {
    /// A length of time with its unit: `500ms`, `10s`, `1m30s`, `2h`, `30d`.
    package static var duration: ValueShape<Duration> {
        ValueShape(
            schema: [
                "type": "string", "pattern": "^([0-9]+(ms|s|m|h|d))+$|\\$\\{.+\\}",
                "examples": ["500ms", "10s", "1m30s"],
            ],
            describe: { .string($0.text) }
        ) { node, context in
            guard let text = node.text, let duration = Duration(text: text) else {
                context.wrongType(node, expected: "a duration", hint: "a number and a unit: 500ms, 10s, 1m30s, 2h, 30d")
                return nil
            }
            return duration
        }
    }
}

extension Duration {
    /// Reads a duration such as `1m30s`; nothing when the text isn't one.
    package init?(text: String) {
        var total = Duration.zero
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard digits.count <= 12, let count = Int(digits) else { return nil }
            switch unit {
            case "ms": total += .milliseconds(count)
            case "s": total += .seconds(count)
            case "m": total += .seconds(count * 60)
            case "h": total += .seconds(count * 3_600)
            case "d": total += .seconds(count * 86_400)
            default: return nil
            }
            // Nobody waits for decades, and every sum of the ones below fits every type that they go through.
            guard total <= .seconds(86_400 * 10_000) else { return nil }
            rest = rest.dropFirst(digits.count + unit.count)
        }
        self = total
    }

    /// The duration as the file would write it: `60s`, `1500ms`.
    package var text: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms"
    }

    /// The duration in seconds, for arithmetic and output.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

extension ValueShape<PortPreference> {
    /// A port number, `auto`, or compose's `"5433:5432"`, of which the host's side counts.
    package static var port: ValueShape<PortPreference> {
        ValueShape(
            schema: [
                "anyOf": [
                    ["type": "integer", "minimum": 1, "maximum": 65_535],
                    ["type": "string", "pattern": "^auto$|^[0-9]+(:[0-9]+)?$|\\$\\{.+\\}"],
                ]
            ],
            describe: { $0 == .automatic ? "auto" : nil }
        ) { node, context in
            if node.text == "auto" { return .automatic }
            let host = node.text?.split(separator: ":", omittingEmptySubsequences: false)
            guard let host, host.count <= 2, host.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }),
                let number = Int(host[0]),
                host.count == 1 || Int(host[1]) != nil
            else {
                context.wrongType(node, expected: "a port", hint: "a number from 1 to 65535, or `auto`")
                return nil
            }
            guard (1...65_535).contains(number) else {
                context.report(
                    .invalidValue,
                    "\(number) is not a port",
                    at: node.position,
                    hint: "1 to 65535, or `auto`"
                )
                return nil
            }
            return .preferred(number)
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension ValueShape<String> {
    /// The name of a project or service: part of container, volume and host names.
    package static var identifier: ValueShape<String> {
        text(pattern: "^[a-z0-9][a-z0-9_-]{0,30}$") { name in
            let isGood =
                name.utf8.count <= 31
                && name.utf8.first.map { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") } == true
                && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_-".utf8.contains($0) }
            return isGood ? nil : "is not a name: up to 31 of a-z, 0-9, `-` and `_`, starting with a letter or digit"
        }
    }

    /// The name of something inside a server; each engine adds its own rules.
    package static var objectName: ValueShape<String> {
        var shape = text.map(describe: { .string($0) }) { name, node, context in
            if name.isEmpty {
                context.report(.invalidValue, "a name can't be empty", at: node.position)
            } else if name.unicodeScalars.contains("\0") {
                context.report(.invalidValue, "a name can't contain a NUL character", at: node.position)
            } else if name.utf8.count > 63 {
                context.report(
                    .invalidValue,
                    "the name `\(name.prefix(40))…` has \(name.utf8.count) bytes; 63 is the most that a server keeps",
                    at: node.position
                )
            } else {
                return name
            }
            return nil
        }
        shape.schema = ["type": "string", "minLength": 1, "maxLength": 63]
        return shape
    }
}

extension ValueShape<String> {
    /// A password: any characters but those at which `initdb` and password files end it.
    package static var password: ValueShape<String> {
        text.map(describe: { _ in nil }) { password, node, context in
            guard !password.unicodeScalars.contains(where: { ["\n", "\r", "\0"].contains($0) }) else {
                context.report(
                    .invalidValue,
                    "a password can't contain a line end or a NUL character",
                    at: node.position
                )
                return nil
            }
            return password
        }
    }
}

/// A file or folder that an environment file names.
package struct ResourcePath: Sendable, Hashable {
    /// The absolute path, links resolved.
    package var path: String

    /// The path as the file says it.
    package var written: String

    /// Where it is said.
    package var position: SourcePosition
}

extension ValueShape<ResourcePath> {
    /// A file that exists.
    package static var file: ValueShape<ResourcePath> { resource(isFolder: false) }

    /// A folder that exists.
    package static var folder: ValueShape<ResourcePath> { resource(isFolder: true) }

    private static func resource(isFolder: Bool) -> ValueShape<ResourcePath> {
        ValueShape(schema: ["type": "string"], describe: { .string($0.written) }) { node, context in
            guard let written = node.text, !written.isEmpty else {
                context.wrongType(node, expected: isFolder ? "the path of a folder" : "the path of a file")
                return nil
            }
            let boundary = PathBoundary(file: node.position.file)
            guard let path = boundary.resolve(written) else {
                context.report(.invalidValue, "the path has a character that no path can have", at: node.position)
                return nil
            }
            guard context.mayLeaveFolder(node.position.file) || boundary.contains(path, orIn: context.boundary) else {
                context.report(
                    .outsidePath,
                    "`\(written)` leaves the folder of its environment",
                    at: node.position,
                    hint: "say `allow_outside: true` at the top of the file if that is meant"
                )
                return nil
            }
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                context.report(
                    .missingFile,
                    "there is no \(isFolder ? "folder" : "file") `\(written)`",
                    at: node.position
                )
                return nil
            }
            guard isDirectory.boolValue == isFolder else {
                let found = isFolder ? "a file" : "a folder"
                context.report(.wrongType, "`\(written)` is \(found)", at: node.position)
                return nil
            }
            return ResourcePath(path: path, written: written, position: node.position)
        }
    }
}

/// The folder of an environment file, which paths in the file don't leave unless the file says so.
package struct PathBoundary: Sendable {
    private let folder: String

    package init(file: SourceFile) {
        folder = (file.path as NSString).deletingLastPathComponent
    }

    /// Returns the absolute path with `..` and links resolved, or nothing for a path that can't exist.
    package func resolve(_ written: String) -> String? {
        guard !written.unicodeScalars.contains("\0") else { return nil }
        let absolute = written.hasPrefix("/") ? written : folder + "/" + written
        // `realpath` needs the file to exist; for a missing one the folders that do exist are resolved.
        var missing: [String] = []
        var existing = absolute
        while existing != "/" {
            if let real = realPath(existing) {
                return missing.reduce(real) { ($0 as NSString).appendingPathComponent($1) }
            }
            missing.insert((existing as NSString).lastPathComponent, at: 0)
            existing = (existing as NSString).deletingLastPathComponent
            if missing.count > 100 { return nil }
        }
        return (absolute as NSString).standardizingPath
    }

    /// Returns whether a resolved path lies inside the folder, or inside another one.
    package func contains(_ path: String, orIn other: String? = nil) -> Bool {
        [folder, other ?? folder].contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
}
