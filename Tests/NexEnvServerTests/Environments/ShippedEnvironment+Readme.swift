import Foundation
import PostgresClient
import Testing

extension ShippedEnvironment {
    /// The files, indexes and functions that the README says make something true are there.
    ///
    /// Of a table the last column counts: what stands before it is the document's, which may name what isn't here.
    ///
    /// - Parameter targets: The databases of PostgreSQL that indexes and functions are looked for in.
    func expectNamesOfReadme(
        in targets: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let text = try String(contentsOfFile: "\(folder)/README.md", encoding: .utf8)
        let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset.isMultiple(of: 2) }
        let lines = blocks.flatMap { $0.element.components(separatedBy: "\n") }
        let cells = lines.map { line in
            line.hasPrefix("|") ? line.components(separatedBy: " | ").last ?? "" : line
        }
        let words = cells.flatMap { cell in
            cell.components(separatedBy: "`").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
        }
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { "/\($0)" } ?? []
        let named = words.filter { $0.wholeMatch(of: /[\w.\/-]+\.(sql|yaml|conf|lua|md)/) != nil }
        #expect(!named.isEmpty && !files.isEmpty, sourceLocation: sourceLocation)
        for word in named {
            #expect(files.contains { $0.hasSuffix("/\(word)") }, "\(word)", sourceLocation: sourceLocation)
        }
        var known: [String] = []
        for target in targets {
            known += try await strings(
                "SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') UNION SELECT proname || '()' FROM pg_proc",
                target
            )
        }
        for word in words where word.wholeMatch(of: /[a-z_*]+(_idx|_key|\((uuid)?\))/) != nil {
            let name = word.replacing("(uuid)", with: "()")
            let isThere = known.contains { name.hasPrefix("*") ? $0.hasSuffix(name.dropFirst()) : $0 == name }
            #expect(isThere, "\(word)", sourceLocation: sourceLocation)
        }
    }
}
