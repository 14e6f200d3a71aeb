import ClientTesting
import Foundation
import NexEnv

/// A generated set out of a few lines of YAML, with two sets beside it to pick from.
struct SeedSample {
    let rows: SeedRowGenerator

    init(
        _ fields: String,
        count: Int = 1000,
        seed: String = "seed",
        set: String = "sample"
    ) throws {
        let context = DecodingContext()
        rows = try Self.make(fields, count: count, seed: seed, set: set, context).orThrow(context)
    }

    /// Makes a set; nothing after a problem was reported.
    static func make(
        _ fields: String,
        count: Int = 1000,
        seed: String = "seed",
        set: String = "sample",
        _ context: DecodingContext
    ) throws -> SeedRowGenerator? {
        // 2025-01-01T00:00:00Z
        let plan = SeedGenerationPlan(set: set, count: count, seed: seed, clock: 1_735_689_600_000_000)
        let entries = try YAMLReader.read(SourceFile(fields)).entries ?? []
        return SeedRowGenerator.make(fields: entries, plan, directory: SampleDirectory(), context) { node, compiler in
            switch node.tag {
            case "id": SeedComputedGenerator(SeedColumn { .text("row-\($0)") })
            case "tpl": compiler.template(node)
            default: nil
            }
        }
    }

    /// The values of a field.
    func values(_ field: Int = 0, _ range: Range<Int>? = nil) -> [SeedValue] {
        (range ?? 0..<rows.count).map { rows.value(of: field, row: $0) }
    }

    /// The texts of a field's values.
    func texts(_ field: Int = 0, _ range: Range<Int>? = nil) -> [String] {
        values(field, range).map(\.plainText)
    }

    /// The numbers of a field's values.
    func numbers(_ field: Int = 0, _ range: Range<Int>? = nil) -> [Double] {
        texts(field, range).compactMap { Double($0) }
    }
}

extension Optional {
    fileprivate func orThrow(_ context: DecodingContext) throws -> Wrapped {
        guard let self else { throw Diagnostics(context.problems) }
        return self
    }
}

/// `plans` with three labelled rows, and `users` with so many generated ones that nobody keeps them.
struct SampleDirectory: SeedDirectory {
    var setNames: [String] { ["plans", "users", "nobody"] }

    func source(named name: String) -> (any SeedSource)? {
        switch name {
        case "plans": SampleSource(count: 3, labels: ["free", "pro", "ent"])
        case "users": SampleSource(count: 5000, labels: [])
        case "nobody": SampleSource(count: 0, labels: [])
        case "sample": SampleSource(count: 1000, labels: [])
        default: nil
        }
    }
}

struct SampleSource: SeedSource {
    let count: Int
    let labels: [String]
    var identity: SeedColumn { SeedColumn { .integer(Int64($0) + 1) } }
    var fieldNames: [String] { ["code"] }

    func column(named name: String) -> SeedColumn? {
        name == "code" ? SeedColumn { .text("code-\($0)") } : nil
    }
}
