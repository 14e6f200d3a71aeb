import Encodings

extension SeedBuffer {
    /// The numbers from 00 to 99, two digits each.
    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
    private static let hexadecimal: StaticString = "0123456789abcdef"

    /// Appends a whole number.
    package mutating func append(integer number: Int64) {
        append(most: 20) { out in
            var out = out
            if number < 0 {
                out[0] = UInt8(ascii: "-")
                out += 1
            }
            let digits = Self.write(number.magnitude, digits: Self.digitCount(number.magnitude), to: out)
            return digits + (number < 0 ? 1 : 0)
        }
    }

    /// Appends a number of the smallest units with its point: 1950 with two digits is `19.50`.
    package mutating func append(decimal number: Int64, digits: Int) {
        guard digits > 0 else { return append(integer: number) }
        append(most: 21 + digits) { out in
            let magnitude = number.magnitude
            let start = number < 0 ? 1 : 0
            if start == 1 { out[0] = UInt8(ascii: "-") }
            let count = max(Self.digitCount(magnitude), digits + 1)
            _ = Self.write(magnitude, digits: count, to: out + start)
            let point = start + count - digits
            (out + point + 1).update(from: out + point, count: digits)
            out[point] = UInt8(ascii: ".")
            return start + count + 1
        }
    }

    /// Appends a number as so many digits, zeros before it.
    package mutating func append(_ number: UInt64, digits: Int) {
        append(most: digits) { Self.write(number, digits: digits, to: $0) }
    }

    /// Appends the lowest bits as so many hexadecimal digits.
    package mutating func append(hexadecimal number: UInt64, digits: Int) {
        append(most: digits) { out in
            let table = Self.hexadecimal.utf8Start
            for index in 0..<digits { out[index] = table[Int(number >> (4 * UInt64(digits - 1 - index)) & 15)] }
            return digits
        }
    }

    /// Appends a UUID's text.
    package mutating func append(_ uuid: SeedUUID) {
        append(hexadecimal: uuid.high >> 32, digits: 8)
        append(UInt8(ascii: "-"))
        append(hexadecimal: uuid.high >> 16, digits: 4)
        append(UInt8(ascii: "-"))
        append(hexadecimal: uuid.high, digits: 4)
        append(UInt8(ascii: "-"))
        append(hexadecimal: uuid.low >> 48, digits: 4)
        append(UInt8(ascii: "-"))
        append(hexadecimal: uuid.low, digits: 12)
    }

    /// Appends a day, such as `2024-12-02`.
    package mutating func append(days: Int64) {
        let (year, month, day) = CivilDate.civil(days: days)
        guard 0...9999 ~= year else { return append(CivilDate.text(days: days)) }
        append(most: 10) { out in
            _ = Self.write(UInt64(year), digits: 4, to: out)
            out[4] = UInt8(ascii: "-")
            _ = Self.write(UInt64(month), digits: 2, to: out + 5)
            out[7] = UInt8(ascii: "-")
            return 8 + Self.write(UInt64(day), digits: 2, to: out + 8)
        }
    }

    /// Appends a time, such as `2024-12-02T00:00:00.500Z`.
    package mutating func append(microseconds: Int64) {
        let perDay = CivilDate.microsecondsPerDay
        let time = UInt64((microseconds % perDay + perDay) % perDay)
        append(days: microseconds / perDay - (microseconds % perDay < 0 ? 1 : 0))
        append(most: 17) { out in
            let second = time / 1_000_000
            out[0] = UInt8(ascii: "T")
            _ = Self.write(second / 3600, digits: 2, to: out + 1)
            out[3] = UInt8(ascii: ":")
            _ = Self.write(second / 60 % 60, digits: 2, to: out + 4)
            out[6] = UInt8(ascii: ":")
            _ = Self.write(second % 60, digits: 2, to: out + 7)
            var end = 9
            let fraction = time % 1_000_000
            if fraction != 0 {
                out[9] = UInt8(ascii: ".")
                let isFine = fraction % 1000 != 0
                end = 10 + Self.write(isFine ? fraction : fraction / 1000, digits: isFine ? 6 : 3, to: out + 10)
            }
            out[end] = UInt8(ascii: "Z")
            return end + 1
        }
    }

    /// Writes a number as so many digits, and returns their count.
    @inline(__always)
    private static func write(_ number: UInt64, digits: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
        let table = pairs.utf8Start
        var rest = number
        var place = digits
        while place >= 2 {
            place -= 2
            let pair = 2 * Int(rest % 100)
            out[place] = table[pair]
            out[place + 1] = table[pair + 1]
            rest /= 100
        }
        if place == 1 { out[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10) }
        return digits
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var count = 1
        var rest = number
        while rest >= 10 {
            if rest < 100 { return count + 1 }
            if rest < 1000 { return count + 2 }
            if rest < 10_000 { return count + 3 }
            rest /= 10_000
            count += 4
        }
        return count
    }
}
