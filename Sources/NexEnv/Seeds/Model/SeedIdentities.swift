/// Identities that follow from names: the same label gives the same identity in every database, without reading any of them.
package struct SeedIdentities: Sendable {
    /// A column of a set.
    package struct Column: Sendable, Hashable {
        package var set: String
        package var field: String
    }

    private let namespace: SeedUUID
    private let kinds: [Column: SeedIdentityKind]
    private let integerRanges: [Column: Range]
    private let ofSet: [String: SeedIdentityKind?]

    /// Where whole numbers of an identity lie: far above what sequences hand out.
    package enum Range: Sendable, Hashable {
        /// For 8 bytes: 2^52 up to 2^53, which JavaScript still holds exactly.
        case large
        /// For 4 bytes: 1,000,000,000 up to 2,000,000,000.
        case small

        var start: Int64 { self == .large ? 1 << 52 : 1_000_000_000 }
        var count: UInt64 { self == .large ? 1 << 52 : 1_000_000_000 }
    }

    /// Creates the identities of a project.
    ///
    /// - Parameters:
    ///   - project: The environment's name.
    ///   - kinds: What each column's type asks for.
    ///   - integerRanges: How far each column of whole numbers reaches.
    ///   - ofSet: What a set asks for where its columns leave it open; a UUID where both are silent.
    package init(
        project: String,
        kinds: [Column: SeedIdentityKind] = [:],
        integerRanges: [Column: Range] = [:],
        ofSet: [String: SeedIdentityKind?] = [:]
    ) {
        namespace = SeedUUID.version5(namespace: .url, name: "nexenv:\(project)")
        self.kinds = kinds
        self.integerRanges = integerRanges
        self.ofSet = ofSet
    }

    /// Returns the identities of generated rows: whole numbers in a row, so that indexes grow at their end; else those of labels.
    package func column(of set: String, _ generation: SeedGeneration, field: String) -> SeedColumn {
        let column = Column(set: set, field: field)
        guard kind(of: column) == .integer else {
            let labels = SeedLabels(generation)
            return SeedColumn { row in value(set: set, label: labels.label(ofRow: row), field: field) }
        }
        let range = integerRanges[column] ?? .large
        let hash = SeedUUID.version5(namespace: namespace, name: set).low & (1 << 62 - 1)
        let room = max(1, range.count - min(range.count - 1, UInt64(generation.count)))
        let first = range.start + Int64(hash % room)
        return SeedColumn { .integer(first + Int64($0)) }
    }

    private func kind(of column: Column) -> SeedIdentityKind { kinds[column] ?? (ofSet[column.set] ?? nil) ?? .uuid }

    /// Returns the identity of a row.
    package func value(set: String, label: String, field: String) -> SeedValue {
        let column = Column(set: set, field: field)
        let uuid = SeedUUID.version5(namespace: namespace, name: "\(set)/\(label)")
        switch kind(of: column) {
        case .uuid: return .uuid(uuid)
        case .text: return .text("\(uuid)")
        case .objectID:
            let seconds = UInt32(truncatingIfNeeded: uuid.high >> 32)
            return .objectID(SeedObjectID(seconds: seconds, rest: uuid.low))
        case .integer:
            let range = integerRanges[column] ?? .large
            // The low half has two fixed bits at its top.
            return .integer(range.start + Int64((uuid.low & (1 << 62 - 1)) % range.count))
        }
    }
}
