/// What is generated of one address; all of it in a row belongs to the same one.
struct SeedAddressGenerator: SeedTextGenerator {
    enum Part: Sendable {
        case street
        case city
        case postcode
        case country
        case countryCode
        /// Street, postcode and city in one line.
        case line
    }

    let part: Part
    let key: SeedKey
    let dictionary: SeedDictionary

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        // Every part takes its own words, in this order.
        var random = key.random(at: place)
        let city = Int(random.below(UInt64(dictionary.cities.count)))
        let code = 10_000 + random.below(90_000)
        let street = random.next()
        switch part {
        case .street: appendStreet(street, to: &out)
        case .city: dictionary.cities.append(city, to: &out)
        case .postcode: out.append(code, digits: 5)
        case .country: dictionary.countries.append(dictionary.cityCountries[city], to: &out)
        case .countryCode: dictionary.countryCodes.append(dictionary.cityCountries[city], to: &out)
        case .line:
            appendStreet(street, to: &out)
            out.append(literal: ", ")
            out.append(code, digits: 5)
            out.append(UInt8(ascii: " "))
            dictionary.cities.append(city, to: &out)
        }
    }

    private func appendStreet(_ word: UInt64, to out: inout SeedBuffer) {
        var random = SeedRandom(word)
        out.append(integer: Int64(random.below(199)) + 1)
        out.append(UInt8(ascii: " "))
        dictionary.streetNames.append(Int(random.below(UInt64(dictionary.streetNames.count))), to: &out)
        out.append(UInt8(ascii: " "))
        dictionary.streetTypes.append(Int(random.below(UInt64(dictionary.streetTypes.count))), to: &out)
    }
}

/// One word of a list.
struct SeedWordGenerator: SeedTextGenerator {
    let words: SeedWordList
    let draw: SeedDraw

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        words.append(Int(draw.index(at: place)), to: &out)
    }
}
