@testable import NexEnv
import Testing

@Suite struct SeedDictionaryTests {
    /// Whoever changes a word changes data that people have: make a new version instead.
    @Test(arguments: [("en@1", "ec175320b65760208d1de757da02092b57193e8fb7d31cb580e3af35f1197a11")])
    func `a dictionary never changes`(name: String, checksum: String) throws {
        let dictionary = try #require(SeedDictionary.named(name))
        let lists = [
            dictionary.firstNames, dictionary.lastNames, dictionary.jobLevels, dictionary.jobFields,
            dictionary.jobRoles,
            dictionary.countries, dictionary.countryCodes, dictionary.cities, dictionary.streetNames,
            dictionary.streetTypes, dictionary.textWords, dictionary.adjectives, dictionary.nouns,
            dictionary.companyTypes, dictionary.companyForms, dictionary.areaCodes, dictionary.userAgents,
            dictionary.mailFirstNames, dictionary.mailLastNames,
        ]
        let text = lists.map { $0.words.joined(separator: ",") }.joined(separator: "\n")
        #expect(SHA256Digest.hex(of: "\(text)\n\(dictionary.cityCountries)") == checksum)
        #expect(lists.allSatisfy { Set($0.words).count == $0.count })
        #expect(lists.allSatisfy { $0.words.allSatisfy { $0 == $0.trimmed && !$0.isEmpty } })
    }

    @Test func `addresses are ASCII, and each name has its own`() {
        let dictionary = SeedDictionary.english1
        for list in [dictionary.mailFirstNames, dictionary.mailLastNames] {
            #expect(list.words.allSatisfy { $0.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } })
            #expect(Set(list.words).count == list.count)
        }
    }

    @Test func `names fill a power of two, for which permutations are fastest`() {
        let dictionary = SeedDictionary.english1
        #expect(dictionary.firstNames.count == 256)
        #expect(dictionary.lastNames.count == 256)
        #expect(dictionary.adjectives.count * dictionary.nouns.count == 1 << 14)
    }

    @Test func `every country has a city`() {
        let dictionary = SeedDictionary.english1
        #expect(Set(dictionary.cityCountries) == Set(0..<dictionary.countries.count))
        #expect(dictionary.countryCodes.count == dictionary.countries.count)
        let place = dictionary.cities.words.firstIndex(of: "Zürich") ?? 0
        #expect(dictionary.countries[dictionary.cityCountries[place]] == "Switzerland")
    }

    /// What generators promise about their texts: nothing in them that COPY, JSON or an array literal escapes.
    @Test func `no word needs an escape`() {
        let dictionary = SeedDictionary.english1
        for list in [
            dictionary.firstNames, dictionary.lastNames, dictionary.cities, dictionary.countries, dictionary.userAgents,
            dictionary.streetNames, dictionary.companyTypes,
        ] {
            #expect(list.words.allSatisfy { word in !word.utf8.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C } })
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
