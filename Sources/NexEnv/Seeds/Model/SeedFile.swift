/// A file of seeds: sets of rows that databases shall have.
package struct SeedFile: Sendable {
    /// What `!at` and generated times count from; pinned, so that every run makes the same values.
    package var clock = defaultClock

    /// The modes that get the sets of this file; empty for all.
    package var only: [String] = []

    package var sets: [Named<SeedSet>] = []

    /// Collections that indexes are kept like, once all sets are loaded.
    package var syncs: [Named<SeedSync>] = []

    /// 2025-01-01T00:00:00Z, in microseconds since 1970.
    package static let defaultClock: Int64 = 1_735_689_600_000_000

    static let shape = Shape<SeedFile>(
        "a seed file",
        "Sets of rows that databases shall have.",
        defaults: SeedFile(),
        [
            Field("clock", \.clock, .moment, "The time that `!at` and generated times count from."),
            Field("only", \.only, .list(of: .text, orSingle: true), "The modes that get these sets; all without it."),
            Field("sets", \.sets, .map(keys: .setName, of: SeedSet.shape.value), isRequired: true, "The sets."),
            Field(
                "sync",
                \.syncs,
                .map(keys: .setName, of: SeedSync.shape.value),
                "Collections that indexes are kept like, once all sets are loaded."
            ),
        ]
    )

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file, as an environment names it.
    ///   - variables: What `${NAME}` stands for.
    /// - Throws: ``Diagnostics`` when it can't be read at all; other problems go to the context.
    package static func read(
        _ path: ResourcePath,
        variables: [String: String],
        _ context: DecodingContext
    ) throws(Diagnostics) -> SeedFile {
        var interpolation = Interpolation(variables: variables)
        let node = interpolation.expand(try YAMLReader.read(SourceFile.read(path.path)))
        context.report(interpolation.problems)
        return shape.value.decode(node, context) ?? SeedFile()
    }
}

extension ValueShape<Int64> {
    /// A time as RFC 3339 has it, in microseconds since 1970.
    static var moment: ValueShape<Int64> {
        ValueShape(schema: ["type": "string", "format": "date-time"]) { node, context in
            guard let text = node.text, let time = SeedMoment.parse(text) else {
                context.wrongType(node, expected: "a time such as `2025-01-01T00:00:00Z`")
                return nil
            }
            return time
        }
    }
}

extension ValueShape<String> {
    /// A set's name: what `!ref` can name.
    fileprivate static var setName: ValueShape<String> {
        text(pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$") { name in
            let isGood =
                name.unicodeScalars.first.map { $0.isASCII && ($0.properties.isAlphabetic || $0 == "_") } == true
                && name.unicodeScalars.allSatisfy {
                    $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || "_.-".unicodeScalars.contains($0))
                }
            return isGood ? nil : "is no name for a set: letters, digits, `_`, `-` and `.`"
        }
    }
}
