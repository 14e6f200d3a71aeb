/// Words in a row, sentences or paragraphs of filler text.
struct SeedTextBodyGenerator: SeedTextGenerator {
    enum Form: Sendable {
        case words
        case sentences
        case paragraphs
    }

    let form: Form
    /// How many words, sentences or paragraphs.
    let count: ClosedRange<Int>
    /// How many words a sentence has.
    let sentenceWords: ClosedRange<Int>
    let key: SeedKey
    let dictionary: SeedDictionary

    /// Between paragraphs stands an empty line.
    var mayNeedEscapes: Bool { form == .paragraphs }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        var random = key.random(at: place)
        let count = random.within(count)
        switch form {
        case .words:
            for index in 0..<count {
                if index > 0 { out.append(UInt8(ascii: " ")) }
                appendWord(&random, to: &out)
            }
        case .sentences: appendSentences(count, &random, to: &out)
        case .paragraphs:
            for index in 0..<count {
                if index > 0 { out.append(literal: "\n\n") }
                appendSentences(random.within(3...6), &random, to: &out)
            }
        }
    }

    private func appendSentences(_ count: Int, _ random: inout SeedRandom, to out: inout SeedBuffer) {
        for index in 0..<count {
            if index > 0 { out.append(UInt8(ascii: " ")) }
            appendSentence(&random, to: &out)
        }
    }

    private func appendSentence(_ random: inout SeedRandom, to out: inout SeedBuffer) {
        let count = random.within(sentenceWords)
        let capitals = dictionary.capitalTextWords
        capitals.append(Int(random.below(UInt64(capitals.count))), to: &out)
        for index in 1..<max(1, count) {
            // One comma in eight words, never before the last one.
            if index < count - 1, random.below(8) == 0 { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: " "))
            appendWord(&random, to: &out)
        }
        out.append(UInt8(ascii: "."))
    }

    private func appendWord(_ random: inout SeedRandom, to out: inout SeedBuffer) {
        let words = dictionary.textWords
        words.append(Int(random.below(UInt64(words.count))), to: &out)
    }
}

/// A name for addresses such as `quiet-harbor`; no two rows have the same.
struct SeedSlugGenerator: SeedTextGenerator {
    /// What stands before and behind it.
    let around: SeedWordList
    let dictionary: SeedDictionary
    private let draw: SeedRoundDraw

    init(before: String = "", after: String = "", _ key: SeedKey, _ dictionary: SeedDictionary) {
        around = SeedWordList([before, after])
        self.dictionary = dictionary
        draw = SeedRoundDraw(UInt64(dictionary.adjectives.count * dictionary.nouns.count), key)
    }

    func appendText(at place: SeedPlace, to out: inout SeedBuffer) {
        var (index, round) = draw.draw(at: place)
        around.append(0, to: &out)
        dictionary.adjectives.appendPart(of: &index, to: &out)
        out.append(UInt8(ascii: "-"))
        dictionary.nouns.append(index, to: &out)
        out.append(round: round, after: "-")
        around.append(1, to: &out)
    }
}
