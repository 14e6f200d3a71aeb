/// The name of a database that stands beside the declared ones for a while: `nexenv_scratch_` and twelve hex digits, and nothing else is one.
struct ScratchName: Sendable, Hashable {
    /// What the digits say; fits into an advisory lock's key.
    let number: Int

    private static let prefix = "nexenv_scratch_"

    /// Reads a name; nothing for any other.
    init?(_ name: String) {
        let digits = name.dropFirst(Self.prefix.count)
        let isHex = digits.utf8.count == 12 && digits.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        guard name.hasPrefix(Self.prefix), isHex, let number = Int(digits, radix: 16) else { return nil }
        self.number = number
    }

    private init(number: Int) {
        self.number = number
    }

    static func random() -> ScratchName { ScratchName(number: Int.random(in: 1..<1 << 48)) }

    var name: String {
        let digits = String(number, radix: 16)
        return Self.prefix + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
