/// An address in a network of the Internet Protocol, version 4.
struct SeedIPv4Generator: SeedTextGenerator {
    let network: UInt32
    let draw: SeedDraw

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        let address = network | UInt32(draw.index(at: place))
        for shift: UInt32 in [24, 16, 8, 0] {
            out.append(integer: Int64(address >> shift & 255))
            if shift > 0 { out.append(UInt8(ascii: ".")) }
        }
    }
}

/// An address in the network that is kept for documentation, version 6 (RFC 3849).
struct SeedIPv6Generator: SeedTextGenerator {
    let draw: SeedDraw

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        out.append(literal: "2001:db8:1:1")
        let host = draw.index(at: place)
        for shift: UInt64 in [48, 32, 16, 0] {
            let group = host >> shift & 0xffff
            out.append(UInt8(ascii: ":"))
            out.append(hexadecimal: group, digits: max(1, (67 - group.leadingZeroBitCount) / 4))
        }
    }
}

/// The name by which a browser introduces itself.
struct SeedUserAgentGenerator: SeedTextGenerator {
    /// The parts of each name, between which its version stands.
    private let agents: [SeedWordList]
    let key: SeedKey

    init(_ key: SeedKey, _ dictionary: SeedDictionary) {
        self.key = key
        agents = dictionary.userAgents.words.map { agent in
            SeedWordList(agent.split(separator: "#", omittingEmptySubsequences: false).map(String.init))
        }
    }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        var random = key.random(at: place)
        let agent = agents[Int(random.below(UInt64(agents.count)))]
        let version = 115 + Int64(random.below(25))
        for part in 0..<agent.count {
            if part > 0 { out.append(integer: version) }
            agent.append(part, to: &out)
        }
    }
}

/// Hexadecimal digits.
struct SeedHexGenerator: SeedTextGenerator {
    let length: Int
    /// Draws the first digits, sixteen at the most.
    let draw: SeedDraw

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        out.append(hexadecimal: draw.index(at: place), digits: min(16, length))
        guard length > 16 else { return }
        var random = draw.key.random(at: place)
        _ = random.next()
        for start in stride(from: 16, to: length, by: 16) {
            out.append(hexadecimal: random.next(), digits: min(16, length - start))
        }
    }

    /// How many different first digits there are; 0 stands for 2⁶⁴.
    static func space(_ length: Int) -> UInt64 {
        length >= 16 ? 0 : 1 << (4 * UInt64(length))
    }
}

/// A random UUID, version 4.
struct SeedUUIDGenerator: SeedScalarGenerator {
    let key: SeedKey

    func scalar(at place: SeedPlace) -> SeedScalar {
        var random = key.random(at: place)
        return .uuid(SeedUUID(high: random.next(), low: random.next(), version: 4))
    }
}
