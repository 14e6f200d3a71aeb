import ClientTesting
import Foundation
@testable import NexEnv
import Testing

/// Small environment files with pieces swapped, doubled, cut and put in, always the same ones.
@Suite struct YAMLFuzzTests {
    private static let seeds = [
        "services: {a: {engine: postgres, port: \"1:2\", databases: {b: {owner: c}}}}",
        "services:\n  r: {engine: redis, databases: {x: 0}}\n",
        "a: &x [1, *y]\nb: {<<: *x}\n? c\n: d\n",
        "modes: {ci: {+seeds: [${A:-b}], ports: auto}}\n",
        "services: {a: {image: x, environment: {U: \"${url:a.b}\"}, command: 'a \"b'}}",
        "defaults: {ready_timeout: 1m30s, durability: none}\nname: !t |\n  x\n",
        "services: {m: {engine: mongodb, replica_set: rs0, databases: {a: {owner: b}}}, p: {engine: pgadmin, servers: [m]}}",
        "services: {a: {image: x, depends_on: {b: {condition: service_healthy}}, healthcheck: {test: [CMD, a]}, ports: [auto:1/udp]}}",
    ]

    private static let pieces: [[UInt8]] =
        [
            "&x ", "*x", "? ", ": ", "- ", "{", "}", "[", "]", ",", "\"", "'", "|\n", ">\n", "\n", "\r\n", "\t", " ",
            "#", "%TAG ! !x\n", "---\n",
            "...\n", "!!str ", "<<: ", "${", "}", "$${", "~", "\u{FEFF}", "\u{85}", "\u{2028}", "😀", "\u{301}", "\0",
            "\\", "0", "-1", "auto",
            "99999999999999999999", "null", "x-", "+",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
            case 2: if place < bytes.count { bytes[place] = UInt8.random(in: .min ... .max, using: &random) }
            case 3:
                let piece = bytes[place..<min(bytes.count, place + Int.random(in: 1...12, using: &random))]
                bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.replaceSubrange(place..., with: pieces.randomElement(using: &random) ?? [])
            }
        }
        return bytes
    }

    /// Every input is read and decoded, or refused with problems that have a place inside it; nothing crashes or hangs.
    @Test func `reader and decoder survive`() throws {
        let count = Fuzz.count(debug: 100_000, full: 1_000_000)
        var random = SeededGenerator(seed: 5)
        var decoded = 0
        var broken: Set<String> = []
        for _ in 0..<count {
            let bytes = Self.mutated(&random)
            do {
                let file = try SourceFile(path: "/nowhere/nexenv.yaml", bytes: bytes)
                let node = try YAMLReader.read(file)
                var interpolation = Interpolation(variables: ["A": "${x}", "B": "\u{301}"])
                var merge = YAMLMerge(.overlay)
                var siblings = YAMLMerge(.siblings)
                let merged = merge.merge(interpolation.expand(node), node["modes"] ?? node)
                _ = siblings.merge(node, merged, settled: nil)
                try Self.decode(merged, file)
                decoded += 1
            } catch let error as Diagnostics {
                for problem in error.all { if let what = Self.flaw(problem) { broken.insert(what) } }
                _ = DiagnosticRenderer(style: .plain).render(error.all)
            }
        }
        #expect(broken.isEmpty, "\(broken.prefix(3))")
        // The inputs would prove nothing if most of them stopped at the reader.
        #expect(decoded > count / 20)
    }

    private static func decode(_ node: YAMLNode, _ file: SourceFile) throws {
        let context = DecodingContext()
        for service in node["services"]?.entries ?? [] {
            var options = ServiceOptions()
            let rest = ServiceOptions.shape.decode(
                service.value.entries ?? [],
                at: service.key.position,
                into: &options,
                context
            )
            for engine in EngineRegistry.all { _ = engine.decode(rest, service.key.position, context) }
        }
        guard context.problems.isEmpty else { throw Diagnostics(context.problems) }
    }

    /// Returns what is wrong with a problem itself.
    private static func flaw(_ problem: Diagnostic) -> String? {
        guard let place = problem.position else { return "no place: \(problem.message)" }
        guard let line = place.file.line(place.line) else {
            return "line \(place.line) isn't there: \(problem.message)"
        }
        if place.column < 1 || place.column > line.unicodeScalars.count + 2 {
            return "column \(place.column) isn't there: \(problem.message) in \(place.file.text.debugDescription)"
        }
        return problem.message.isEmpty ? "no message" : nil
    }
}
