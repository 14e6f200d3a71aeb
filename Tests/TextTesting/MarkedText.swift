/// A text with places marked in it: `port: 1️⃣none` is the text `port: none` and the place of `none`.
package struct MarkedText: Sendable {
    /// A place, counted as editors count: lines and scalars from 1.
    package struct Place: Sendable, Hashable, CustomStringConvertible {
        package var line: Int
        package var column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package var description: String { "\(line):\(column)" }
    }

    /// The text without its marks.
    package let text: String

    /// The places by mark.
    package let places: [String: Place]

    /// Takes the marks `1️⃣` to `9️⃣` out of a text.
    package init(_ marked: String) {
        var scalars = Array(marked.unicodeScalars)
        var places: [String: Place] = [:]
        var place = Place(line: 1, column: 1)
        var index = 0
        while index < scalars.count {
            if index + 2 < scalars.count, scalars[index + 1] == "\u{FE0F}", scalars[index + 2] == "\u{20E3}" {
                var mark = String.UnicodeScalarView()
                mark.append(contentsOf: scalars[index...index + 2])
                places[String(mark)] = place
                scalars.removeSubrange(index...index + 2)
                continue
            }
            place =
                scalars[index] == "\n"
                ? Place(line: place.line + 1, column: 1) : Place(line: place.line, column: place.column + 1)
            index += 1
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        self.text = String(text)
        self.places = places
    }
}
