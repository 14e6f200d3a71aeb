import Foundation

/// Reads just enough of a postgresql.conf to know what the user decided there.
enum PostgresConfigurationFile {
    /// The names that a file sets, in lower case; an unreadable file sets none, and the server will say so.
    static func names(in file: ResourcePath) -> Set<String> {
        Set(settings(in: file).map(\.name))
    }

    /// Returns the last value that a file gives a name.
    static func value(of name: String, in file: ResourcePath) -> String? {
        settings(in: file).last { $0.name == name }?.value
    }

    private static func settings(in file: ResourcePath) -> [(name: String, value: String)] {
        guard let text = try? String(contentsOfFile: file.path, encoding: .utf8) else { return [] }
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let line = line.trimmingCharacters(in: .whitespaces)
            guard let first = line.first, first.isLetter || first == "_" else { return nil }
            let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            var value = line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" || $0 == "=" }
            if value.first == "'" {
                value = value.dropFirst().prefix { $0 != "'" }
            } else {
                value = value.prefix { $0 != "#" && $0 != " " && $0 != "\t" }
            }
            return (name.lowercased(), String(value))
        }
    }
}
