/// Bytes that are appended to: the rows on their way to a server.
///
/// An array checks at each byte whether somebody shares it and where it ends; this asks once for each value.
package struct SeedBuffer: ~Copyable {
    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    /// How many bytes there are.
    package private(set) var count = 0

    package init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        bytes = .allocate(capacity: self.capacity)
    }

    deinit {
        bytes.deallocate()
    }

    /// Takes all bytes out and keeps their room.
    package mutating func removeAll() {
        count = 0
    }

    /// Takes the bytes after a place out.
    package mutating func remove(from mark: Int) {
        precondition(0...count ~= mark)
        count = mark
    }

    /// Runs a body with the bytes, which it must not keep.
    package borrowing func withBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try body(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Returns the bytes, and takes them out.
    package mutating func drain() -> [UInt8] {
        defer { count = 0 }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The bytes as text, from a place on; what isn't UTF-8 is repaired.
    package borrowing func text(from mark: Int = 0) -> String {
        String(decoding: UnsafeBufferPointer(start: bytes + mark, count: count - mark), as: UTF8.self)
    }

    // MARK: - Appending

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        bytes[count] = byte
        count += 1
    }

    /// Appends bytes.
    package mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress else { return }
        reserve(source.count)
        UnsafeMutableRawPointer(bytes + count).copyMemory(from: start, byteCount: source.count)
        count += source.count
    }

    /// Appends bytes.
    package mutating func append(_ source: [UInt8]) {
        source.withUnsafeBytes { append($0) }
    }

    /// Appends a text in UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a text that the program holds.
    package mutating func append(literal text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Makes room for so many bytes, lets them be written, and counts those that were.
    ///
    /// - Parameters:
    ///   - most: How many bytes may be written.
    ///   - write: Writes from the pointer on, and returns how many it wrote.
    mutating func append(most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        reserve(most)
        let written = write(bytes + count)
        assert(written <= most)
        count += written
    }

    /// Moves the bytes from a place on by so many, and lets what is there be written again.
    ///
    /// - Parameters:
    ///   - mark: The place.
    ///   - extra: How many bytes longer the rest becomes.
    ///   - rewrite: Is given the start of the rest and its old length, with room for the new one.
    mutating func grow(from mark: Int, by extra: Int, _ rewrite: (UnsafeMutablePointer<UInt8>, Int) -> Void) {
        reserve(extra)
        rewrite(bytes + mark, count - mark)
        count += extra
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if capacity - count < more { enlarge(more) }
    }

    @inline(never)
    private mutating func enlarge(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = larger
    }
}
