extension SeedLoad {
    /// Reports what rows and target contradict each other in: columns that aren't there, a key that finds no single row.
    func check(_ context: DecodingContext) {
        guard !state.columns.isEmpty else { return }
        let names = state.columns.map(\.name)
        var seen: Set<String> = []
        for batch in rows.batches {
            for column in batch.columns where !names.contains(column) && seen.insert(column).inserted {
                context.report(
                    .seed,
                    "`\(set.target.name)` has no column `\(column)`",
                    at: batch.origin(of: 0).position ?? position,
                    hint: Suggestion.hint(for: column, among: names, noun: "columns")
                )
            }
        }
        for column in set.insertOnly + key where !names.contains(column) {
            let hint = Suggestion.hint(for: column, among: names, noun: "columns")
            context.report(.seed, "`\(set.target.name)` has no column `\(column)`", at: position, hint: hint)
        }
        guard set.mode != .append else { return }
        checkKeys(context)
        if key.isEmpty {
            context.report(
                .seed,
                "`\(set.target.name)` has no primary key by which rows could be found again",
                at: position,
                hint: "name the columns that identify a row: `key: [email]`"
            )
        } else if let unique = state.uniqueKeys, !unique.contains(where: { Set(key).isSuperset(of: $0) }) {
            let message = "`\(key.joined(separator: ", "))` can't be the key: `\(set.target.name)` may have it twice"
            let known = unique.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", ")
            let hint = unique.isEmpty ? "give the table a unique index on it" : "unique are \(known)"
            context.report(.seed, message, at: position, hint: hint)
        }
    }

    /// Reports rows that would be taken for each other; of rows that are made, the server finds them.
    private func checkKeys(_ context: DecodingContext) {
        guard case .records(let records) = rows, !key.isEmpty else { return }
        var seen: [[String]: SeedRow] = [:]
        for record in records {
            let values = key.map { name in record.fields.first { $0.name == name }?.value ?? .null }
            guard !values.contains(.null) else { continue }
            let texts = values.map(\.plainText)
            guard let other = seen.updateValue(record, forKey: texts) else { continue }
            context.report(
                .seed,
                "two rows of `\(name)` have \(key.joined(separator: ", ")) = \(texts.joined(separator: ", "))",
                at: record.position,
                related: other.position.map { [.init("the other one", at: $0)] } ?? []
            )
        }
    }
}
