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

    /// Returns the arguments with the command's name first.
    ///
    /// - Parameter arguments: What follows the program's name. Anything that isn't understood is left as it is, for
    ///   ArgumentParser to complain about.
    static func moved(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
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
                return arguments
            }
        }
        guard let command = rest.first else { return arguments }
        return [command] + leading + rest.dropFirst()
    }
}
