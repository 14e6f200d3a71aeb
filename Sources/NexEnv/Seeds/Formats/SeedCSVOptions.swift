/// How a CSV file is to be read.
package struct SeedCSVOptions: Sendable {
    /// What stands between fields; one ASCII character other than a quote or a line end.
    package var delimiter = UInt8(ascii: ",")

    /// The text without quotes that means nothing; in quotes it means itself, as every text does where this is left out.
    package var null: String? = ""

    /// The names of the columns where the file has no header.
    package var names: [String]?

    /// Which columns to take, and what they are called from there on; all under their own names where it is left out.
    package var columns: [Named<String>]?

    package init() {}
}
