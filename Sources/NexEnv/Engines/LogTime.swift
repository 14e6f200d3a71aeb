import Foundation

/// Reads the times that servers put before their log lines.
package enum LogTime {
    /// Returns a time in seconds since 1970.
    ///
    /// - Parameters:
    ///   - text: The text that starts with the time.
    ///   - format: The time without fraction and zone, as `DateFormatter` has it.
    ///   - length: How many characters that is.
    /// - Returns: Nothing when the text doesn't start with such a time. Where `UTC`, `Z` or `+00:00` follows, the time is that
    ///   zone's, else the machine's own.
    package static func parse(_ text: some StringProtocol, format: String, length: Int) -> Double? {
        let zone = text.dropFirst(length).drop { $0 == "." || $0 == "," || $0.isNumber || $0 == " " }
        let isUniversal = zone.hasPrefix("UTC") || zone.hasPrefix("GMT") || zone.hasPrefix("Z") || zone.hasPrefix("+00")
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = isUniversal ? TimeZone(identifier: "UTC") : .current
        formatter.dateFormat = format
        return formatter.date(from: String(text.prefix(length)))?.timeIntervalSince1970
    }

    /// Returns the time that `--since` means: so long ago, or then.
    package static func since(_ text: String) -> Double? {
        if let duration = Duration(text: text) { return Date().timeIntervalSince1970 - duration.seconds }
        let formats = [
            ("yyyy-MM-dd'T'HH:mm:ss", 19), ("yyyy-MM-dd HH:mm:ss", 19), ("yyyy-MM-dd'T'HH:mm", 16), ("yyyy-MM-dd", 10),
        ]
        for (format, length) in formats where text.count >= length {
            if let time = parse(text, format: format, length: length) { return time }
        }
        return nil
    }
}
