/// The words that names, places and texts are made of.
///
/// Data that was generated once must not change, so neither may a dictionary: what is added or corrected makes a new version,
/// which a seed file asks for by name (`en@2`). A test pins the checksum of every version.
package struct SeedDictionary: Sendable {
    /// The language and the version.
    package let name: String

    package let firstNames: SeedWordList
    package let lastNames: SeedWordList
    package let jobLevels: SeedWordList
    package let jobFields: SeedWordList
    package let jobRoles: SeedWordList
    package let countries: SeedWordList
    package let countryCodes: SeedWordList
    package let cities: SeedWordList
    /// The country of each city.
    package let cityCountries: [Int]
    package let streetNames: SeedWordList
    package let streetTypes: SeedWordList
    package let textWords: SeedWordList
    package let adjectives: SeedWordList
    package let nouns: SeedWordList
    package let companyTypes: SeedWordList
    package let companyForms: SeedWordList
    package let areaCodes: SeedWordList
    package let userAgents: SeedWordList

    // What is made of them.
    let mailFirstNames: SeedWordList
    let mailLastNames: SeedWordList
    let capitalAdjectives: SeedWordList
    let capitalNouns: SeedWordList
    let capitalTextWords: SeedWordList
}

extension SeedDictionary {
    /// The dictionaries that there are.
    package static let all = [english1]

    /// Returns a dictionary by its name.
    package static func named(_ name: String) -> SeedDictionary? {
        all.first { $0.name == name }
    }

    /// English names and words, version 1.
    package static let english1: SeedDictionary = {
        let first = SeedWordList(englishFirstNames)
        let last = SeedWordList(englishLastNames)
        let adjectives = SeedWordList(englishAdjectives)
        let nouns = SeedWordList(englishNouns)
        let text = SeedWordList(latinWords)
        let codes = SeedWordList(englishCountryCodes)
        let cities = SeedWordList(englishCities).words.map { $0.split(separator: "/").map(String.init) }
        let rowOfCode = Dictionary(uniqueKeysWithValues: codes.words.enumerated().map { ($0.element, $0.offset) })
        return SeedDictionary(
            name: "en@1",
            firstNames: first,
            lastNames: last,
            jobLevels: SeedWordList(englishJobLevels),
            jobFields: SeedWordList(englishJobFields),
            jobRoles: SeedWordList(englishJobRoles),
            countries: SeedWordList(englishCountries),
            countryCodes: codes,
            cities: SeedWordList(cities.map { $0[0] }),
            cityCountries: cities.map { rowOfCode[$0[1]] ?? 0 },
            streetNames: SeedWordList(englishStreetNames),
            streetTypes: SeedWordList(englishStreetTypes),
            textWords: text,
            adjectives: adjectives,
            nouns: nouns,
            companyTypes: SeedWordList(englishCompanyTypes),
            companyForms: SeedWordList(englishCompanyForms),
            areaCodes: SeedWordList(englishAreaCodes),
            userAgents: SeedWordList(userAgents, separator: "\n"),
            mailFirstNames: first.map(folded),
            mailLastNames: last.map(folded),
            capitalAdjectives: adjectives.map(capitalized),
            capitalNouns: nouns.map(capitalized),
            capitalTextWords: text.map(capitalized)
        )
    }()

    /// Returns a name as it stands in an address: lower case, without accents.
    private static func folded(_ name: String) -> String {
        let letters: [Character: Character] = ["é": "e", "ë": "e", "ñ": "n", "ö": "o", "ú": "u", "ü": "u"]
        return String(name.lowercased().map { letters[$0] ?? $0 })
    }

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }
}
