/// What takes part: it goes through the life of a test, again and again, as one task of a process.
protocol Contender: AnyObject {
    /// Gets the databases, until each has answered.
    func get(_ life: Life) async throws
    /// Writes, and looks whether everything is there that should be and nothing else.
    func use(_ life: Life) async throws
    /// Gives the databases back.
    func giveBack(_ life: Life) async throws
    /// Closes what was kept for the next life.
    func end() async
}
