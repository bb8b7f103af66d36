// Text to token ids, as the text encoder's checkpoint expects them.
//
// Reference: https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/roberta/tokenization_roberta.py

/// RoBERTa's byte-level BPE tokenizer.
///
/// Any text has ids, and the same ones as in the reference library. A byte the vocabulary does not spell becomes the unknown
/// token where the model names one, and is left out where it does not, as there.
public struct RobertaTokenizer: Sendable {
    /// The ids with a meaning of their own.
    public struct SpecialTokens: Sendable, Equatable {
        /// Starts every sequence: `<s>`.
        public var start: Int32

        /// Ends every sequence: `</s>`.
        public var end: Int32

        /// Fills shorter sequences of a batch: `<pad>`.
        public var padding: Int32

        /// `<unk>`; nil where the vocabulary has none.
        public var unknown: Int32?

        /// `<mask>`; nil where the vocabulary has none.
        public var mask: Int32?
    }

    public let specialTokens: SpecialTokens

    /// Ids of one sequence at most, `<s>` and `</s>` included; longer texts lose their end.
    public let maximumLength: Int

    /// Tokens of the vocabulary, added tokens included.
    public let vocabularySize: Int

    private let byteIDs: [Int32]  // id of each byte's own token, -1 where the vocabulary has none
    private let merges: BytePairMerges
    private let addedTokens: AddedTokenFinder
    private let addsPrefixSpace: Bool
    private let unknownByteID: Int32?

    /// Used by the loaders, which have checked every id.
    init(_ definition: TokenizerDefinition) {
        specialTokens = definition.specialTokens
        maximumLength = definition.maximumLength
        vocabularySize = definition.vocabularySize
        byteIDs = ByteSpelling.utf8.map { definition.vocabulary.id(of: $0) ?? -1 }
        merges = definition.merges
        addedTokens = AddedTokenFinder(definition.addedTokens)
        addsPrefixSpace = definition.addsPrefixSpace
        unknownByteID = definition.unknownByteID
    }

    /// The ids of a text: `<s>`, its tokens, `</s>`.
    ///
    /// - Returns: 2 to `maximumLength` ids.
    public func encode(_ text: String) -> [Int32] {
        encode(text, maximumLength: maximumLength)
    }

    /// The same with a limit of the caller's own.
    ///
    /// - Precondition: `maximumLength` is at least 2.
    public func encode(_ text: String, maximumLength: Int) -> [Int32] {
        precondition(maximumLength >= 2, "a sequence has at least <s> and </s>")
        return [specialTokens.start] + tokens(of: text).prefix(maximumLength - 2) + [specialTokens.end]
    }

    /// The ids of a text alone, without `<s>` and `</s>` and of any length.
    public func tokens(of text: String) -> [Int32] {
        var ids: [Int32] = []
        for part in addedTokens.parts(of: text) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(var scalars):
                if addsPrefixSpace && scalars.first != " " { scalars.insert(" ", at: 0) }
                for word in WordSplitter.words(in: scalars) { ids += merges.apply(to: byteTokens(scalars[word])) }
            }
        }
        return ids
    }

    /// A batch of texts, padded on the right to the longest.
    public func encode(batch texts: [String]) -> TokenBatch {
        TokenBatch(sequences: texts.map(encode), paddingID: specialTokens.padding)
    }

    private func byteTokens(_ word: ArraySlice<Unicode.Scalar>) -> [Int32] {
        var ids: [Int32] = []
        for scalar in word {
            let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            for byte in bytes {
                let id = byteIDs[Int(byte)]
                if id >= 0 { ids.append(id) } else if let unknownByteID { ids.append(unknownByteID) }
            }
        }
        return ids
    }
}

/// Token ids of several texts, padded to one length.
public struct TokenBatch: Sendable, Equatable {
    /// Texts.
    public let count: Int

    /// Ids per text.
    public let length: Int

    /// Shape `(count, length)`.
    public let ids: [Int32]

    /// 1 for a token, 0 for padding; shape `(count, length)`.
    public let attentionMask: [Int32]

    init(sequences: [[Int32]], paddingID: Int32) {
        let length = sequences.map(\.count).max() ?? 0
        count = sequences.count
        self.length = length
        ids = sequences.flatMap { $0 + [Int32](repeating: paddingID, count: length - $0.count) }
        attentionMask = sequences.flatMap {
            [Int32](repeating: 1, count: $0.count) + [Int32](repeating: 0, count: length - $0.count)
        }
    }
}
