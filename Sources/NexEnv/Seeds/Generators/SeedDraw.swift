/// Draws one of so many values for each place: any of them, or one that no other place has.
struct SeedDraw: Sendable {
    /// How values of different places relate.
    private enum Mode {
        case independent
        /// No two rows have the same.
        case uniqueRows
        /// No two elements of an array have the same.
        case uniqueElements
    }

    /// How many values there are; 0 stands for 2⁶⁴.
    let space: UInt64
    let key: SeedKey
    private let permutation: SeedPermutation
    private let mode: Mode

    private init(space: UInt64, key: SeedKey, mode: Mode) {
        self.space = space
        self.key = key
        self.mode = mode
        permutation = SeedPermutation(count: space, key: key.hash(.max))
    }

    /// Whether draws know nothing of each other.
    var isIndependent: Bool { mode == .independent }

    /// Creates draws that know nothing of each other.
    static func independent(_ space: UInt64, _ key: SeedKey) -> SeedDraw {
        SeedDraw(space: space, key: key, mode: .independent)
    }

    /// Creates draws of which no two rows have the same; there must not be more rows than values.
    static func uniqueRows(_ space: UInt64, _ key: SeedKey) -> SeedDraw {
        SeedDraw(space: space, key: key, mode: .uniqueRows)
    }

    /// Creates draws of which no two elements of an array have the same; there must not be more elements than values.
    static func uniqueElements(_ space: UInt64, _ key: SeedKey) -> SeedDraw {
        SeedDraw(space: space, key: key, mode: .uniqueElements)
    }

    /// Returns the number of the value at a place.
    func index(at place: SeedPlace) -> UInt64 {
        switch mode {
        case .independent:
            var random = key.random(at: place)
            return random.below(space)
        case .uniqueRows: return permutation(UInt64(place.row))
        case .uniqueElements: return permutation(UInt64(place.element ?? 0), tweak: place.arrayWord)
        }
    }
}

/// Draws from a space that starts again when it is used up: `anna.meier`, and a round later `anna.meier2`.
///
/// So every row has a value of its own, whatever their number, and the first rows have the plain ones.
struct SeedRoundDraw: Sendable {
    private let space: UInt64
    private let key: SeedKey
    private let permutation: SeedPermutation

    init(_ space: UInt64, _ key: SeedKey) {
        self.space = space
        self.key = key
        permutation = SeedPermutation(count: space, key: key.hash(.max))
    }

    /// Returns the number of the value at a place, and how often it came before.
    ///
    /// The elements of an array are drawn freely, with a number that makes equal ones unlikely.
    func draw(at place: SeedPlace) -> (index: Int, round: UInt64) {
        guard place.element == nil else {
            var random = key.random(at: place)
            return (Int(random.below(space)), random.below(1_000_000) + 1)
        }
        let (round, index) = UInt64(place.row).quotientAndRemainder(dividingBy: space)
        return (Int(permutation(index, tweak: round)), round)
    }
}

extension SeedBuffer {
    /// Appends the number that tells rounds apart: nothing, 2, 3 and so on.
    mutating func append(round: UInt64, after separator: StaticString = "") {
        guard round > 0 else { return }
        append(literal: separator)
        append(integer: Int64(round) + 1)
    }
}

/// Draws by weight.
struct SeedWeights: Sendable {
    /// The last word that means each choice; choices without weight are left out.
    private let ends: [UInt64]
    private let choices: [Int]

    /// Creates a draw; `nil` where no weight is above 0.
    init?(_ weights: [Double]) {
        let total = weights.reduce(0, +)
        guard total > 0, total.isFinite else { return nil }
        var sum = 0.0
        var ends: [UInt64] = []
        var choices: [Int] = []
        for (choice, weight) in weights.enumerated() where weight > 0 {
            sum += weight
            let share = sum / total * 0x1p64
            ends.append(share >= 0x1p64 ? .max : UInt64(share))
            choices.append(choice)
        }
        // Rounding must not leave words at the end that mean nothing.
        ends[ends.count - 1] = .max
        self.ends = ends
        self.choices = choices
    }

    /// Returns the choice that a word means.
    func choice(_ word: UInt64) -> Int {
        var low = 0
        var high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if word <= ends[middle] { high = middle } else { low = middle + 1 }
        }
        return choices[low]
    }
}

/// What happens with a probability.
struct SeedChance: Sendable {
    private let end: UInt64
    private let isCertain: Bool

    init(_ probability: Double) {
        isCertain = probability >= 1
        end = isCertain ? .max : UInt64(max(0, probability) * 0x1p64)
    }

    /// Returns whether it happens for a word.
    func happens(_ word: UInt64) -> Bool {
        isCertain || word < end
    }
}
