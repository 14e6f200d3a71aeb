extension GeneratorKind {
    static let people = [
        person("first_name", "The first name of a person.") { _ in .firstName },
        person("last_name", "The last name of a person.") { _ in .lastName },
        person("full_name", "The first and the last name of a person.") { _ in .fullName },
        person("email", "The e-mail address of a person, another one in every row.", argument: "domain", isUnique: true)
        {
            .email(SeedWordList(["@\($0.read("domain", .domain) ?? "example.test")"]))
        },
        person("username", "A user name such as `ada_cohen`, another one in every row.", isUnique: true) { _ in
            .username
        },
        GeneratorKind("phone", "A telephone number out of a range that is kept free for films.", argument: "country") {
            let country = $0.read("country", .choice) ?? SeedPhoneGenerator.Country.unitedStates
            let space = SeedPhoneGenerator.space(country, $0.dictionary)
            let most = SeedPhoneGenerator.space(.france, $0.dictionary)
            let hint = space < most ? "`country: FR` has \(most)" : nil
            return SeedPhoneGenerator(country: country, dictionary: $0.dictionary, draw: $0.draw(space, hint: hint))
        },
        GeneratorKind("job_title", "A job title such as `Senior Data Analyst`.") {
            let space = SeedJobTitleGenerator.space($0.dictionary)
            return SeedJobTitleGenerator(dictionary: $0.dictionary, draw: $0.draw(space))
        },
        GeneratorKind("company", "The name of a company.") {
            let space = SeedCompanyGenerator.space($0.dictionary)
            return SeedCompanyGenerator(dictionary: $0.dictionary, draw: $0.draw(space))
        },
    ]

    static let places = [
        address("street", "A street with a house number.", .street),
        address("city", "A city.", .city, words: \.cities),
        address("postcode", "Five digits.", .postcode),
        address("country", "A country in English, the city's.", .country, words: \.countries),
        address("country_code", "The two letters of a country, the city's.", .countryCode, words: \.countryCodes),
        address("address", "Street, postcode and city in one line.", .line),
    ]

    static let texts = [
        GeneratorKind("word", "A word of filler text.") {
            let words = $0.dictionary.textWords
            return SeedWordGenerator(words: words, draw: $0.draw(UInt64(words.count)))
        },
        text("words", "Words of filler text.", .words, count: 3...3),
        text("sentence", "Sentences of filler text; `words` says how long they are.", .sentences, count: 1...1),
        text("paragraph", "Paragraphs of filler text, an empty line between them.", .paragraphs, count: 1...1),
        GeneratorKind("slug", "A name for addresses such as `quiet-harbor`, another one in every row.") {
            $0.allowUnique()
            return SeedSlugGenerator($0.key, $0.dictionary)
        },
    ]

    static let network = [
        GeneratorKind("url", "A web address, another one in every row.", argument: "domain") {
            $0.allowUnique()
            let domain = $0.read("domain", .domain) ?? "www.example.test"
            return SeedSlugGenerator(before: "https://\(domain)/", $0.key, $0.dictionary)
        },
        GeneratorKind(
            "ip",
            "An address of the Internet Protocol, in `network` (10.0.0.0/8); `version: 6` for long ones."
        ) {
            let version = $0.read("version", .choice) ?? IPVersion.four
            if version == .six { return SeedIPv6Generator(draw: $0.draw(0)) }
            let network = $0.read("network", .ipv4Network) ?? IPv4Network(address: 10 << 24, prefix: 8)
            return SeedIPv4Generator(network: network.address, draw: $0.draw(1 << UInt64(32 - network.prefix)))
        },
        GeneratorKind("user_agent", "The name by which a browser introduces itself.") {
            SeedUserAgentGenerator($0.key, $0.dictionary)
        },
        GeneratorKind("hex", "Hexadecimal digits, 32 unless `length` says otherwise.", argument: "length") {
            let length = $0.read("length", .integer(1...4096)) ?? 32
            return SeedHexGenerator(length: length, draw: $0.draw(SeedHexGenerator.space(length)))
        },
        GeneratorKind("uuid", "A random UUID, version 4.") {
            $0.allowUnique()
            return SeedUUIDGenerator(key: $0.key)
        },
    ]

    private static func person(
        _ name: String,
        _ summary: String,
        argument: String? = nil,
        isUnique: Bool = false,
        _ part: @escaping @Sendable (GeneratorOptions) -> SeedPersonGenerator.Part
    ) -> GeneratorKind {
        GeneratorKind(name, summary, argument: argument) { options in
            let part = part(options)
            let key = options.groupKey("person")
            if isUnique {
                options.allowUnique()
            } else if case .fullName = part {
                _ = options.isUnique(SeedPersonGenerator.space(options.dictionary))
            } else {
                let words = name == "first_name" ? options.dictionary.firstNames : options.dictionary.lastNames
                if let draw = options.ownDraw(words.count) { return SeedWordGenerator(words: words, draw: draw) }
            }
            return SeedPersonGenerator(part, key, options.dictionary)
        }
    }

    private static func address(
        _ name: String,
        _ summary: String,
        _ part: SeedAddressGenerator.Part,
        words: (@Sendable (SeedDictionary) -> SeedWordList)? = nil
    ) -> GeneratorKind {
        GeneratorKind(name, summary) { options in
            let key = options.groupKey("address")
            if let words = words?(options.dictionary), let draw = options.ownDraw(words.count) {
                return SeedWordGenerator(words: words, draw: draw)
            }
            return SeedAddressGenerator(part: part, key: key, dictionary: options.dictionary)
        }
    }

    private static func text(
        _ name: String,
        _ summary: String,
        _ form: SeedTextBodyGenerator.Form,
        count: ClosedRange<Int>
    ) -> GeneratorKind {
        GeneratorKind(name, summary, argument: "count") { options in
            SeedTextBodyGenerator(
                form: form,
                count: options.read("count", .count(10_000)) ?? count,
                sentenceWords: form == .words ? 1...1 : options.read("words", .count(1000)) ?? 4...12,
                key: options.key,
                dictionary: options.dictionary
            )
        }
    }
}

extension GeneratorOptions {
    /// Returns the key that all parts of one person or one address in a row share; `group: NAME` makes another one.
    func groupKey(_ family: String) -> SeedKey {
        compiler.key("\0\(family)\0\(read("group", .text) ?? "")")
    }

    /// Returns a draw of a value of its own where `unique`, or the array around, asks for different ones.
    func ownDraw(_ count: Int) -> SeedDraw? {
        let draw = draw(UInt64(count))
        return draw.isIndependent ? nil : draw
    }
}

/// The versions of the Internet Protocol.
enum IPVersion: String, Sendable, CaseIterable {
    case four = "4"
    case six = "6"
}

/// An address and how many of its bits are fixed.
struct IPv4Network: Sendable {
    var address: UInt32
    var prefix: Int
}

extension ValueShape<IPv4Network> {
    /// A network such as `10.0.0.0/8`.
    static var ipv4Network: ValueShape<IPv4Network> {
        ValueShape(schema: ["type": "string"]) { node, context in
            let parts = (node.text ?? "").split(separator: "/", omittingEmptySubsequences: false)
            let bytes = parts[0].split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
            guard parts.count == 2, bytes.count == 4, let prefix = Int(parts[1]), 1...32 ~= prefix else {
                context.wrongType(node, expected: "a network", hint: "an address and its fixed bits: 10.0.0.0/8")
                return nil
            }
            let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return IPv4Network(address: address & ~(UInt32.max >> UInt32(prefix)), prefix: prefix)
        }
    }
}

extension ValueShape<String> {
    /// The name of a host.
    static var domain: ValueShape<String> {
        text(pattern: "^[A-Za-z0-9.-]+$") { name in
            let isGood = name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || 0x30...0x39 ~= byte
                    || 0x61...0x7a ~= byte | 0x20
            }
            return isGood && !name.isEmpty ? nil : "is not the name of a host: letters, digits, `-` and `.`"
        }
    }
}
