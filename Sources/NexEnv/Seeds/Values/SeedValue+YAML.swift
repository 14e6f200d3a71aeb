extension SeedValue {
    /// Creates the value of a plain scalar in YAML 1.2's core schema, numbers with every digit that stands there.
    package init(plainScalar text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        case ".nan", ".NaN", ".NAN": self = .double(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": self = .double(-.infinity)
        default: self = Self.number(text) ?? Self.radixInteger(text) ?? .text(text)
        }
    }

    /// Creates the value of a scalar without a tag; quotes make it a text.
    ///
    /// `nil` for a collection and for a value with a tag.
    package init?(scalar node: YAMLNode) {
        guard node.tag == nil, let text = node.text else { return nil }
        self = node.isPlain ? SeedValue(plainScalar: text) : .text(text)
    }

    /// Reads a value with all that is in it; Extended JSON, such as `{ $date: … }`, gives the types that YAML lacks.
    ///
    /// - Parameters:
    ///   - node: The value.
    ///   - context: Where problems go.
    ///   - tagged: Reads what a tag such as `!ref` stands before; returns nothing after it reported a problem. A value in it,
    ///     such as that of `{ $uuid: !ref admins/root }`, goes through the same function.
    /// - Returns: Nothing after a problem was reported.
    package static func read(
        _ node: YAMLNode,
        _ context: DecodingContext,
        tagged: (YAMLNode) -> SeedValue?
    ) -> SeedValue? {
        if node.tag != nil { return tagged(node) }
        switch node.content {
        case .scalar: return SeedValue(scalar: node)
        case .sequence(let elements):
            let values = elements.compactMap { read($0, context, tagged: tagged) }
            return values.count == elements.count ? .array(values) : nil
        case .mapping(let entries):
            let fields = entries.compactMap { entry in
                read(entry.value, context, tagged: tagged).map { Field(entry.key.name, $0) }
            }
            guard fields.count == entries.count else { return nil }
            do {
                return try SeedValue(extendedJSON: fields)
            } catch {
                context.report(.invalidValue, error.message, at: entries.first?.key.position ?? node.position)
                return nil
            }
        }
    }

    /// Returns a number in JSON's spelling; YAML also allows `+1`, `.5`, `1.` and leading zeros.
    static func number(_ text: String) -> SeedValue? {
        var rest = Array(text.utf8)[...]
        func takeDigits() -> ArraySlice<UInt8> {
            let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        func take(_ bytes: UInt8...) -> UInt8? {
            guard let first = rest.first, bytes.contains(first) else { return nil }
            return rest.removeFirst()
        }
        let isNegative = take(UInt8(ascii: "-"), UInt8(ascii: "+")) == UInt8(ascii: "-")
        let whole = takeDigits()
        let hasPoint = take(UInt8(ascii: ".")) != nil
        let fraction = hasPoint ? takeDigits() : []
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent: [UInt8] = []
        if let mark = take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
            let sign = take(UInt8(ascii: "-"), UInt8(ascii: "+"))
            let digits = takeDigits()
            guard !digits.isEmpty else { return nil }
            exponent = [mark] + (sign.map { [$0] } ?? []) + digits
        }
        guard rest.isEmpty else { return nil }
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        var spelled = isNegative ? [UInt8(ascii: "-")] : []
        spelled += significant.isEmpty ? [UInt8(ascii: "0")] : significant
        if !fraction.isEmpty { spelled += [UInt8(ascii: ".")] + fraction }
        let digits = String(decoding: spelled + exponent, as: UTF8.self)
        if !hasPoint, exponent.isEmpty, let integer = Int64(digits) { return .integer(integer) }
        return .decimal(digits)
    }

    private static func radixInteger(_ text: String) -> SeedValue? {
        let radix = text.hasPrefix("0x") ? 16 : text.hasPrefix("0o") ? 8 : 0
        let digits = text.dropFirst(2)
        guard radix > 0, digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else {
            return nil
        }
        return Int64(digits, radix: radix).map { .integer($0) }
    }
}
