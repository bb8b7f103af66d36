// Reads one object of config.json: typed, bounded, absent keys give the reference's defaults.

/// One section of config.json (the whole, `audio_config` or `text_config`) with the place it came from, for errors.
struct ConfigurationSection {
    let path: String
    /// "" for the whole, "audio_config." and so on otherwise.
    let prefix: String
    let json: JSONValue

    init(path: String, prefix: String = "", json: JSONValue) {
        self.path = path
        self.prefix = prefix
        self.json = json
    }

    func problem(_ key: String, _ found: String, _ expected: String) -> ClapModelError {
        ClapModelError(path: path, problem: .configuration(key: prefix + key, found: found, expected: expected))
    }

    /// The section of that name; absent is an empty one.
    func section(_ key: String) throws(ClapModelError) -> ConfigurationSection {
        guard let value = json[key] else {
            return ConfigurationSection(path: path, prefix: prefix + key + ".", json: .object([]))
        }
        guard case .object = value else { throw problem(key, value.excerpt, "an object") }
        return ConfigurationSection(path: path, prefix: prefix + key + ".", json: value)
    }

    func integer(_ key: String, default value: Int, in range: ClosedRange<Int>) throws(ClapModelError) -> Int {
        guard let found = json[key] else { return value }
        guard let number = found.integer, range.contains(number) else {
            throw problem(key, found.excerpt, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func double(_ key: String, default value: Double, in range: ClosedRange<Double>) throws(ClapModelError) -> Double {
        guard let found = json[key] else { return value }
        guard let number = found.double, range.contains(number) else {
            throw problem(key, found.excerpt, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func boolean(_ key: String, default value: Bool) throws(ClapModelError) -> Bool {
        guard let found = json[key] else { return value }
        guard case .boolean(let flag) = found else { throw problem(key, found.excerpt, "true or false") }
        return flag
    }

    func string(_ key: String) throws(ClapModelError) -> String? {
        guard let found = json[key] else { return nil }
        guard let text = found.string else { throw problem(key, found.excerpt, "a string") }
        return text
    }

    /// A list of whole numbers.
    func integers(
        _ key: String,
        default value: [Int],
        in range: ClosedRange<Int>,
        count: ClosedRange<Int>
    ) throws(ClapModelError) -> [Int] {
        guard let found = json[key] else { return value }
        let expected =
            "\(count.lowerBound) to \(count.upperBound) whole numbers from \(range.lowerBound) to \(range.upperBound)"
        guard case .array(let items) = found, count.contains(items.count) else {
            throw problem(key, found.excerpt, expected)
        }
        var numbers: [Int] = []
        for item in items {
            guard let number = item.integer, range.contains(number) else { throw problem(key, found.excerpt, expected) }
            numbers.append(number)
        }
        return numbers
    }

    /// Height and width, given as one number for both or as two.
    func extent(_ key: String, default value: Extent, in range: ClosedRange<Int>) throws(ClapModelError) -> Extent {
        if let both = json[key]?.integer {
            guard range.contains(both) else {
                throw problem(key, "\(both)", "from \(range.lowerBound) to \(range.upperBound)")
            }
            return Extent(height: both, width: both)
        }
        let pair = try integers(key, default: [value.height, value.width], in: range, count: 2...2)
        return Extent(height: pair[0], width: pair[1])
    }

    /// One of the activation functions we have.
    func activation(_ key: String, default value: Activation) throws(ClapModelError) -> Activation {
        guard let name = try string(key) else { return value }
        guard let activation = Activation(rawValue: name) else {
            throw problem(key, "\"\(name)\"", "one of " + Activation.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return activation
    }
}

/// An extent in pixels, patches or tokens.
public struct Extent: Sendable, Equatable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    public var area: Int { height * width }
}

/// The activation functions a checkpoint may name.
public enum Activation: String, Sendable, CaseIterable {
    /// Exact, by the error function.
    case gelu
    case relu
}
