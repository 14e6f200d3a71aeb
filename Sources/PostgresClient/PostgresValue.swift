/// A parameter of a statement, in PostgreSQL's text format.
///
/// The server infers the type of `$1` from its place in the statement, so text is enough for every type:
/// `query("SELECT * FROM plans WHERE id = $1 AND price < $2", [7, "9.90"])`.
public struct PostgresValue: Sendable, Hashable {
    /// The text that is sent; `nil` is NULL.
    public let text: String?

    /// Creates a value from text in the form in which PostgreSQL reads it; `nil` is NULL.
    public init(_ text: String?) {
        self.text = text
    }

    /// Creates an integer.
    public init(_ integer: some BinaryInteger) {
        text = String(integer)
    }

    /// Creates a floating-point number; infinities and NaN are values too.
    public init(_ number: Double) {
        text = number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : String(number)
    }

    /// Creates a Boolean.
    public init(_ boolean: Bool) {
        text = boolean ? "t" : "f"
    }

    /// Creates an array of one dimension; `nil` is a NULL in it.
    public init(_ elements: [String?]) {
        let quoted = elements.map { element in
            guard let element else { return "NULL" }
            let escaped = element.unicodeScalars.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: escaped)
            return "\"\(String(text))\""
        }
        text = "{\(quoted.joined(separator: ","))}"
    }

    /// Creates a `bytea`.
    public init(bytes: some Collection<UInt8>) {
        var text = "\\x"
        text.reserveCapacity(2 + 2 * bytes.count)
        for byte in bytes {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        self.text = text
    }

    /// NULL.
    public static let null = PostgresValue(String?.none)

    private static let digits = Array("0123456789abcdef")
}

extension PostgresValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// Creates text from a literal.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// Creates an integer from a literal.
    public init(integerLiteral value: Int) {
        self.init(value)
    }

    /// Creates a number from a literal.
    public init(floatLiteral value: Double) {
        self.init(value)
    }

    /// Creates a Boolean from a literal.
    public init(booleanLiteral value: Bool) {
        self.init(value)
    }

    /// Creates NULL from `nil`.
    public init(nilLiteral: ()) {
        self = .null
    }
}
