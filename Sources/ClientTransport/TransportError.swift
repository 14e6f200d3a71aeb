/// What ends a wait or a transfer early; each client translates it into its own error.
package enum TransportError: Error, Equatable {
    /// The surrounding task was cancelled.
    case cancelled
    /// The deadline passed.
    case timedOut
    /// The other side closed the connection.
    case closed
    /// The host name has no address.
    case unresolvable
    /// A system call failed with this `errno`.
    case system(CInt)
}
