import Foundation
import PostgresClient

/// Finds the row of the user's file that the server refuses.
struct PostgresSeedErrors {
    private let table: PostgresSeedTable

    init(_ table: PostgresSeedTable) {
        self.table = table
    }

    /// Returns the server's words at the place of the row that they are about.
    func diagnostics(_ error: PostgresError, in batch: SeedBatch?) -> Diagnostics {
        guard let batch, let row = row(of: error, in: batch) else {
            return Self.diagnostics(error, of: table.load, at: nil)
        }
        return Self.diagnostics(error, of: table.load, at: batch.origin(of: row))
    }

    static func diagnostics(_ error: PostgresError, of load: SeedLoad, at origin: SeedOrigin?) -> Diagnostics {
        var message = "\(load.name)\(origin?.name ?? ""): \(error.message)"
        if let detail = error.detail { message += " (\(detail))" }
        if let state = error.sqlState { message += ", SQLSTATE \(state)" }
        let position = origin?.position ?? load.position
        return Diagnostics([Diagnostic(.seed, message, at: position, hint: error.hint)], exitStatus: .dataError)
    }

    // MARK: - Finding the row

    private func row(of error: PostgresError, in batch: SeedBatch) -> Int? {
        if let row = copiedRow(error) { return row }
        if let row = rowWithKey(error, batch) { return row }
        // Constraints of a single row show in a table that has only those.
        if ["23502", "23514"].contains(error.sqlState ?? "") { return rowThatBreaksConstraint(batch) }
        return try? firstRow(of: batch) { range in
            let stage = "nexenv.seed_search"
            try table.makeStage(stage, for: batch)
            _ = try table.copy(batch, range, into: stage)
            _ = try table.merge(batch.columns, from: stage)
            _ = try table.session.execute("DROP TABLE \(stage)")
        }
    }

    /// The row that a COPY failed at, counted from 0: `COPY users, line 1001, column plan_id: "x"`.
    private func copiedRow(_ error: PostgresError) -> Int? {
        guard let context = error.context, context.hasPrefix("COPY "), let range = context.range(of: ", line ") else {
            return nil
        }
        return Int(context[range.upperBound...].prefix { $0.isNumber }).map { $0 - 1 }
    }

    /// The row with the key of `Key (plan_id)=(7) is not present in table "plans".`; of two rows with one key the later one.
    private func rowWithKey(_ error: PostgresError, _ batch: SeedBatch) -> Int? {
        guard let detail = error.detail, detail.hasPrefix("Key ("), let middle = detail.range(of: ")=("),
            let end = detail.range(of: ") ", options: .backwards) ?? detail.range(of: ").", options: .backwards)
        else { return nil }
        let names = detail[detail.index(detail.startIndex, offsetBy: 5)..<middle.lowerBound]
            .components(separatedBy: ", ")
            .map { $0.hasPrefix("\"") ? String($0.dropFirst().dropLast()).replacing("\"\"", with: "\"") : $0 }
        guard middle.upperBound <= end.lowerBound else { return nil }
        let text = String(detail[middle.upperBound..<end.lowerBound])
        let values = names.count == 1 ? [text] : text.components(separatedBy: ", ")
        guard names.count == values.count, names.allSatisfy(batch.columns.contains) else { return nil }
        let rows = batch.rows(atMost: 2) { fields in
            zip(names, values).allSatisfy { name, value in fields[name]?.plainText == value }
        }
        return error.sqlState == "23505" ? rows.dropFirst().first ?? rows.first : rows.first
    }

    private func rowThatBreaksConstraint(_ batch: SeedBatch) -> Int? {
        let session = table.session
        do {
            _ = try session.execute("SAVEPOINT nexenv_search")
            _ = try session.execute(
                """
                CREATE TEMP TABLE nexenv_search
                (LIKE \(table.table) INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING GENERATED) ON COMMIT DROP
                """
            )
            _ = try table.copy(batch, nil, into: "nexenv_search")
            _ = try session.execute("ROLLBACK TO SAVEPOINT nexenv_search")
            return nil
        } catch let error as PostgresError {
            _ = try? session.execute("ROLLBACK TO SAVEPOINT nexenv_search")
            return copiedRow(error)
        } catch {
            return nil
        }
    }

    /// Finds the first row at which a body fails, by halves; what went well stays, so that each row is tried about twice.
    private func firstRow(of batch: SeedBatch, _ body: (Range<Int>) throws -> Void) throws -> Int? {
        let session = table.session
        guard let count = batch.count else { return nil }
        var (low, high) = (0, count)
        func succeeds(_ range: Range<Int>) throws -> Bool {
            _ = try session.execute("SAVEPOINT nexenv_half")
            do {
                try body(range)
                _ = try session.execute("RELEASE SAVEPOINT nexenv_half")
                return true
            } catch is PostgresError {
                _ = try session.execute("ROLLBACK TO SAVEPOINT nexenv_half")
                return false
            }
        }
        _ = try session.execute("SAVEPOINT nexenv_search")
        defer { _ = try? session.execute("ROLLBACK TO SAVEPOINT nexenv_search") }
        while high - low > 1 {
            let middle = (low + high) / 2
            if try succeeds(low..<middle) { low = middle } else { high = middle }
        }
        return try low < high && !succeeds(low..<high) ? low : nil
    }
}
