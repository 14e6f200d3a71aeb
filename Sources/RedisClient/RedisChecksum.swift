/// The checksum that Redis' payloads end with: a CRC of 64 bits with Jones' polynomial, of which each byte's lowest bit is first.
///
/// Source: `src/crc64.c` of Redis 7.0.
enum RedisChecksum {
    private static let polynomial: UInt64 = 0x95ac_9329_ac4b_c9b5

    /// What each byte does to the checksum, once for each of eight places: eight bytes are taken at a time.
    private static let table: [UInt64] = {
        var table = (0..<256).map { byte in
            (0..<8).reduce(UInt64(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? polynomial : 0) }
        }
        for index in 256..<8 * 256 {
            let before = table[index - 256]
            table.append(table[Int(before & 0xff)] ^ before >> 8)
        }
        return table
    }()

    /// Returns the checksum of bytes.
    static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        table.withUnsafeBufferPointer { table in
            func effect(of sum: UInt64, place: Int) -> UInt64 {
                table[256 * (7 - place) + Int(sum >> (8 * place) & 0xff)]
            }
            var sum: UInt64 = 0
            var offset = 0
            while offset + 8 <= bytes.count {
                sum ^= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                sum =
                    effect(of: sum, place: 0) ^ effect(of: sum, place: 1) ^ effect(of: sum, place: 2)
                    ^ effect(of: sum, place: 3) ^ effect(of: sum, place: 4) ^ effect(of: sum, place: 5)
                    ^ effect(of: sum, place: 6) ^ effect(of: sum, place: 7)
                offset += 8
            }
            for byte in bytes[offset...] { sum = table[Int((sum ^ UInt64(byte)) & 0xff)] ^ sum >> 8 }
            return sum
        }
    }
}
