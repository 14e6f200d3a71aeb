/// A hash as `RESTORE` takes it, in the form of Redis' own files.
///
/// ```
/// 16 | length | listpack                                              | version (2 bytes) | checksum (8)
///  4 | number of fields | length, name | length, value | …            | version           | checksum
/// ```
/// A server keeps a listpack as it is, which is why making one here takes work off it; of the other form it makes what it makes
/// of `HSET`, in as much time. Source: `src/rdb.h` and `src/cluster.c` of Redis 7.0.
struct RedisHashPayload {
    /// How many bytes it has.
    let length: Int

    private let words: UnsafeBufferPointer<Range<Int>>
    private let bytes: UnsafeRawBufferPointer
    /// The size of the listpack, if it is one.
    private let listpack: Int?

    private static let version = 10
    private static let footer = 10
    private static let (packed, plain) = (16, 4)
    /// Lengths from here on have a third form, which is left to `HSET`.
    private static let lengthLimit = 1 << 14

    /// Describes a hash; returns nothing for one without fields, or with too long ones.
    init?(_ words: UnsafeBufferPointer<Range<Int>>, in bytes: UnsafeRawBufferPointer, _ limits: RedisHashLimits) {
        let longest = words.reduce(0) { max($0, $1.count) }
        guard !words.isEmpty, words.count / 2 < Self.lengthLimit, longest < Self.lengthLimit else { return nil }
        self.words = words
        self.bytes = bytes
        if words.count / 2 <= limits.fields, longest <= min(limits.bytes, RedisListpack.longestWord) {
            let size = RedisListpack.size(of: words, in: bytes)
            if size < Self.lengthLimit {
                listpack = size
                length = 1 + Self.width(of: size) + size + Self.footer
                return
            }
        }
        listpack = nil
        let content = words.reduce(0) { $0 + Self.width(of: $1.count) + $1.count }
        length = 1 + Self.width(of: words.count / 2) + content + Self.footer
    }

    private static func width(of length: Int) -> Int { length < 1 << 6 ? 1 : 2 }

    /// Writes it to a place that has its length.
    func write(to target: UnsafeMutableRawBufferPointer) {
        var writer = RedisPayloadWriter(target: target)
        if let listpack {
            writer.put(Self.packed, width: 1)
            writer.put(length: listpack)
            RedisListpack.write(words, in: bytes, size: listpack, to: &writer)
        } else {
            writer.put(Self.plain, width: 1)
            writer.put(length: words.count / 2)
            for word in words {
                writer.put(length: word.count)
                writer.put(UnsafeRawBufferPointer(rebasing: bytes[word]))
            }
        }
        writer.put(Self.version, width: 2)
        writer.put(Int(truncatingIfNeeded: RedisChecksum.checksum(of: writer.written)), width: 8)
    }

    /// Returns names and values of a payload that was written here, in turn.
    static func words(in payload: UnsafeRawBufferPointer) -> [[UInt8]] {
        var reader = RedisPayloadReader(source: payload)
        let form = reader.byte()
        let length = reader.length()
        if form == packed { return RedisListpack.words(&reader) }
        return (0..<2 * length).map { _ in reader.bytes(reader.length()) }
    }
}
