/// The columns of a CSV file, as its header or the options name them.
struct SeedCSVColumns {
    /// Where the first record starts.
    var start: SeedInput.Place
    /// Every column of the file.
    var all: [String]
    /// Which of them are taken.
    var kept: [Bool]
    /// What those are called.
    var names: [String]

    /// Reads the header.
    ///
    /// - Throws: ``Diagnostics``, ``NexEnvError``.
    init(_ input: SeedInput, _ options: SeedCSVOptions) throws {
        start = SeedInput.Place(offset: try input.start())
        if let names = options.names {
            all = names
        } else {
            all = try Self.header(input, options, &start)
        }
        guard let columns = options.columns else {
            kept = all.map { _ in true }
            names = all
            return
        }
        var targets: [String: String] = [:]
        var problems: [Diagnostic] = []
        for column in columns {
            targets[column.name] = column.value
            if all.contains(column.name) { continue }
            let hint = Suggestion.hint(for: column.name, among: all, noun: "columns")
            let message = "\(input.displayPath) has no column `\(column.name)`"
            problems.append(Diagnostic(.unknownReference, message, at: column.position, hint: hint))
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        kept = all.map { targets[$0] != nil }
        names = all.compactMap { targets[$0] }
    }

    private static func header(
        _ input: SeedInput,
        _ options: SeedCSVOptions,
        _ place: inout SeedInput.Place
    ) throws -> [String] {
        let first = place
        var converter = SeedCSVConverter(kept: nil, null: nil, delimiter: options.delimiter, at: place)
        var out = SeedBuffer()
        do {
            while converter.records == 0 {
                let chunk = try input.bytes(at: converter.place.offset, count: 4096)
                if chunk.isEmpty {
                    try converter.finish(into: &out)
                    break
                }
                _ = try chunk.withUnsafeBytes { bytes throws(SeedCSVConverter.Problem) in
                    try converter.convert(bytes, into: &out, onlyOne: true)
                }
            }
        } catch let problem as SeedCSVConverter.Problem {
            throw input.problem(problem)
        }
        place = converter.place
        guard converter.records > 0 else {
            throw input.problem(
                "the file has no header",
                at: first,
                hint: "name the columns with `names`, or write them"
            )
        }
        let values = out.withBytes { SeedCSVReader.values(UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
        let names = values.compactMap { $0?.plainText }
        guard names.count == values.count else {
            throw input.problem("the header is not UTF-8", at: first, hint: "save the file as UTF-8")
        }
        if let position = names.firstIndex(of: "") {
            throw input.problem("column \(position + 1) has no name", at: first)
        }
        for (position, name) in names.enumerated() where names.firstIndex(of: name) != position {
            throw input.problem("two columns are called `\(name)`", at: first)
        }
        return names
    }
}
