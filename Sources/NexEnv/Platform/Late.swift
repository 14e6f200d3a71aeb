import Synchronization

/// A value that is made when it is first asked for, and kept.
final class Late<Value: Sendable>: Sendable {
    private let make: @Sendable () throws -> Value
    private let value = Mutex<Value?>(nil)

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    /// Returns the value; an error is thrown again by each call until it can be made.
    func get() throws -> Value {
        if let known = value.withLock({ $0 }) { return known }
        let made = try make()
        value.withLock { $0 = made }
        return made
    }
}
