import ArgumentParser

/// Lets global options stand before the command, as in `nexenv -e shop up`.
///
/// ArgumentParser gives a subcommand only what stands behind its name, so they are moved there, by their long names: behind
/// `logs`, `-f` means to follow.
enum LeadingOptions {
    private static let withValue = [
        "-f": "--file", "--file": "--file", "-e": "--environment", "--environment": "--environment", "--mode": "--mode",
        "--profile": "--profile", "--runtime": "--runtime",
    ]

    private static let flags = [
        "--json": "--json", "-q": "--quiet", "--quiet": "--quiet", "-v": "--verbose", "--verbose": "--verbose",
        "--no-color": "--no-color",
    ]

    /// The commands that are followed by a command of their own.
    private static let groups: [String: CommandConfiguration] = Dictionary(
        uniqueKeysWithValues: NexEnvCommand.configuration.groupedSubcommands.flatMap(\.subcommands)
            .filter { !$0.configuration.subcommands.isEmpty }.map { ($0._commandName, $0.configuration) }
    )

    /// Returns the arguments with the command's name first, and behind it that of its own command where it has some.
    ///
    /// - Parameter arguments: What follows the program's name. Anything that isn't understood is left as it is, for
    ///   ArgumentParser to complain about.
    static func moved(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        guard take(&leading, &rest), let command = rest.popFirst() else { return arguments }
        guard let group = groups[command] else { return [command] + leading + rest }
        // Behind the name of a group with a command of its own for what isn't the name of one stands what is for that.
        if group.defaultSubcommand != nil, !group.subcommands.contains(where: { $0._commandName == rest.first }) {
            return [command] + leading + rest
        }
        guard take(&leading, &rest), let own = rest.popFirst() else { return arguments }
        return [command, own] + leading + rest
    }

    /// Takes the options at the front of the arguments.
    ///
    /// - Returns: Whether they are all understood.
    private static func take(_ leading: inout [String], _ rest: inout ArraySlice<String>) -> Bool {
        while let first = rest.first, first.hasPrefix("-") {
            let sides = first.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if let flag = flags[first] {
                leading.append(flag)
                rest = rest.dropFirst()
            } else if sides.count == 2, sides[0].hasPrefix("--"), let option = withValue[sides[0]] {
                leading += [option, sides[1]]
                rest = rest.dropFirst()
            } else if let option = withValue[first], rest.count > 1 {
                leading += [option, rest[rest.startIndex + 1]]
                rest = rest.dropFirst(2)
            } else {
                return false
            }
        }
        return true
    }
}
