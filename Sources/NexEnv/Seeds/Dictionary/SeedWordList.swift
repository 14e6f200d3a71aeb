/// Words in one piece of memory, for appending without a `String` in between.
package final class SeedWordList: Sendable {
    /// How many words there are.
    package let count: Int

    private let bytes: [UInt8]
    private let starts: [Int32]

    /// Creates a list of words.
    package init(_ words: [String]) {
        var bytes: [UInt8] = []
        var starts: [Int32] = [0]
        for word in words {
            bytes += word.utf8
            starts.append(Int32(bytes.count))
        }
        count = words.count
        self.bytes = bytes
        self.starts = starts
    }

    /// Creates a list of the words between commas, or between other characters; blanks and line ends around them don't count.
    package convenience init(_ text: String, separator: Character = ",") {
        self.init(
            text.split(separator: separator).map { word in
                String(word.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            }
        )
    }

    /// Appends a word.
    package func append(_ index: Int, to out: inout SeedBuffer) {
        let start = Int(starts[index])
        let end = Int(starts[index + 1])
        bytes.withUnsafeBytes { out.append(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    /// Returns a word.
    package subscript(_ index: Int) -> String {
        String(decoding: bytes[Int(starts[index])..<Int(starts[index + 1])], as: UTF8.self)
    }

    /// All words.
    package var words: [String] { (0..<count).map { self[$0] } }

    /// Returns a list with every word changed.
    func map(_ transform: (String) -> String) -> SeedWordList {
        SeedWordList(words.map(transform))
    }
}
