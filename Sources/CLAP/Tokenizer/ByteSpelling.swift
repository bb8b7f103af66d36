// How a byte-level vocabulary spells bytes: one visible character each.
//
// https://github.com/openai/gpt-2/blob/master/src/encoder.py (`bytes_to_unicode`)

enum ByteSpelling {
    /// The character that stands for each byte: itself where it is visible in Latin-1, else the next one from U+0100 on.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            let visible = (0x21...0x7e).contains(byte) || (0xa1...0xac).contains(byte) || (0xae...0xff).contains(byte)
            if visible { return Unicode.Scalar(UInt8(byte)) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "?"
        }
    }()

    /// The UTF-8 of each byte's character.
    static let utf8: [[UInt8]] = scalars.map { Array(String($0).utf8) }
}
