/// What is generated of one person; all of it in a row belongs to the same one.
struct SeedPersonGenerator: SeedTextGenerator {
    enum Part: Sendable {
        case firstName
        case lastName
        case fullName
        /// The domain, with its at sign.
        case email(SeedWordList)
        case username
    }

    let part: Part
    let dictionary: SeedDictionary
    private let draw: SeedRoundDraw

    /// Creates a part of the person that a key stands for.
    init(_ part: Part, _ key: SeedKey, _ dictionary: SeedDictionary) {
        self.part = part
        self.dictionary = dictionary
        draw = SeedRoundDraw(Self.space(dictionary), key)
    }

    /// How many persons there are before names come again.
    static func space(_ dictionary: SeedDictionary) -> UInt64 {
        UInt64(dictionary.firstNames.count * dictionary.lastNames.count)
    }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        let (index, round) = draw.draw(at: place)
        let (first, last) = index.quotientAndRemainder(dividingBy: dictionary.lastNames.count)
        switch part {
        case .firstName: dictionary.firstNames.append(first, to: &out)
        case .lastName: dictionary.lastNames.append(last, to: &out)
        case .fullName:
            dictionary.firstNames.append(first, to: &out)
            out.append(UInt8(ascii: " "))
            dictionary.lastNames.append(last, to: &out)
        case .email(let domain):
            dictionary.mailFirstNames.append(first, to: &out)
            out.append(UInt8(ascii: "."))
            dictionary.mailLastNames.append(last, to: &out)
            out.append(round: round)
            domain.append(0, to: &out)
        case .username:
            dictionary.mailFirstNames.append(first, to: &out)
            out.append(UInt8(ascii: "_"))
            dictionary.mailLastNames.append(last, to: &out)
            out.append(round: round)
        }
    }
}

/// A telephone number out of the ranges that are kept free for films and examples.
struct SeedPhoneGenerator: SeedTextGenerator {
    /// Whose ranges.
    enum Country: String, Sendable, CaseIterable {
        // ITU E.164, North American Numbering Plan: 555-0100 to 555-0199 of every area code.
        case unitedStates = "US"
        // Ofcom, "Telephone numbers for use in TV and radio drama programmes".
        case unitedKingdom = "GB"
        // ARCEP, decision 2018-0881.
        case france = "FR"
    }

    let country: Country
    let dictionary: SeedDictionary
    let draw: SeedDraw

    private static let british: [StaticString] = [
        "113496", "114496", "115496", "116496", "117496", "118496", "121496", "131496", "141496", "151496", "161496",
        "207946", "191498", "306999", "163296", "770090",
    ]
    private static let french: [StaticString] = ["19900", "26191", "35301", "46571", "53649", "63998"]

    /// How many numbers a country has.
    static func space(_ country: Country, _ dictionary: SeedDictionary) -> UInt64 {
        switch country {
        case .unitedStates: UInt64(dictionary.areaCodes.count) * 100
        case .unitedKingdom: UInt64(british.count) * 1000
        case .france: UInt64(french.count) * 10_000
        }
    }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        let index = draw.index(at: place)
        switch country {
        case .unitedStates:
            out.append(literal: "+1")
            dictionary.areaCodes.append(Int(index / 100), to: &out)
            out.append(literal: "55501")
            out.append(index % 100, digits: 2)
        case .unitedKingdom:
            out.append(literal: "+44")
            out.append(literal: Self.british[Int(index / 1000)])
            out.append(index % 1000, digits: 4)
        case .france:
            out.append(literal: "+33")
            out.append(literal: Self.french[Int(index / 10_000)])
            out.append(index % 10_000, digits: 4)
        }
    }
}

/// A job title: level, field and role.
struct SeedJobTitleGenerator: SeedTextGenerator {
    let dictionary: SeedDictionary
    let draw: SeedDraw

    static func space(_ dictionary: SeedDictionary) -> UInt64 {
        UInt64(dictionary.jobLevels.count * dictionary.jobFields.count * dictionary.jobRoles.count)
    }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        var index = Int(draw.index(at: place))
        dictionary.jobLevels.appendPart(of: &index, to: &out)
        out.append(UInt8(ascii: " "))
        dictionary.jobFields.appendPart(of: &index, to: &out)
        out.append(UInt8(ascii: " "))
        dictionary.jobRoles.appendPart(of: &index, to: &out)
    }
}

/// The name of a company.
struct SeedCompanyGenerator: SeedTextGenerator {
    let dictionary: SeedDictionary
    let draw: SeedDraw

    static func space(_ dictionary: SeedDictionary) -> UInt64 {
        UInt64(dictionary.adjectives.count * dictionary.nouns.count)
            * UInt64(dictionary.companyTypes.count * dictionary.companyForms.count)
    }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        var index = Int(draw.index(at: place))
        dictionary.capitalAdjectives.appendPart(of: &index, to: &out)
        out.append(UInt8(ascii: " "))
        dictionary.capitalNouns.appendPart(of: &index, to: &out)
        out.append(UInt8(ascii: " "))
        dictionary.companyTypes.appendPart(of: &index, to: &out)
        out.append(UInt8(ascii: " "))
        dictionary.companyForms.appendPart(of: &index, to: &out)
    }
}

extension SeedWordList {
    /// Appends the word that the lowest digit of a number stands for, and takes that digit off it.
    func appendPart(of number: inout Int, to out: inout SeedBuffer) {
        let (rest, digit) = number.quotientAndRemainder(dividingBy: count)
        number = rest
        append(digit, to: &out)
    }
}
