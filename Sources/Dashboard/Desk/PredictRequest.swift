// What `POST /api/predict` is asked, out of a form or a JSON document.
import Foundation
import Hummingbird

/// A sound, labels and settings, checked against the limits.
struct PredictRequest: Hashable {
    var sound: Data
    var filename: String
    var labels: [String]
    var threshold: Double
    var window: Double
    var hop: Double
    var top: Int?
    var denoise: Bool

    static let fields = ["audio", "labels", "threshold", "window", "hop", "top", "denoise", "filename"]

    /// Reads a form.
    init(_ form: MultipartForm, limits: DeskLimits) throws(APIError) {
        var raw = RawFields()
        var labels: [String]?
        for part in form.parts {
            if part.name == "audio" {
                guard raw.sound == nil else { throw Self.bad("audio is there twice; send one sound a request") }
                raw.sound = part.content
                raw.fileName = part.filename
                continue
            }
            let text = try Self.text(part)
            if part.name == "labels" {
                labels = try (labels ?? []) + Self.labels(text)
                continue
            }
            guard Self.fields.contains(part.name) else { throw Self.unknown(part.name) }
            guard raw.texts.updateValue(text, forKey: part.name) == nil else {
                throw Self.bad("\(part.name) is there twice")
            }
        }
        raw.labels = labels
        try self.init(raw, limits: limits)
    }

    /// Reads a JSON document.
    init(json: Data, limits: DeskLimits) throws(APIError) {
        let object: Any
        do { object = try JSONSerialization.jsonObject(with: json) } catch {
            throw Self.bad("the body is not JSON: \(Self.reason(error))")
        }
        guard let document = object as? [String: Any] else { throw Self.bad("the body is not a JSON object") }
        var raw = RawFields()
        for (name, value) in document.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
            switch (name, value) {
            case ("audio", let text as String):
                raw.sound = try Self.sound(base64: text, limits: limits)
            case ("audio", _):
                throw Self.bad("audio is not a text; expected the file's bytes in base64")
            case ("labels", let list as [Any]):
                guard let texts = list as? [String] else { throw Self.bad("labels holds something that is no text") }
                raw.labels = texts
            case ("labels", let text as String):
                raw.labels = try Self.labels(text)
            case ("labels", _):
                throw Self.bad("labels is neither a list of texts nor a text")
            case (let name, let text as String) where Self.fields.contains(name):
                raw.texts[name] = text
            case (let name, let number as NSNumber) where Self.fields.contains(name) && name != "filename":
                let isBoolean = CFBooleanIdentity.isBoolean(number)
                guard isBoolean == (name == "denoise") else {
                    throw Self.bad("\(name) is \(number); expected \(isBoolean ? "a number" : "true or false")")
                }
                raw.texts[name] = isBoolean ? (number.boolValue ? "true" : "false") : number.stringValue
            case (let name, _):
                guard Self.fields.contains(name) else { throw Self.unknown(name) }
                throw Self.bad("\(name) has a value of the wrong kind")
            }
        }
        try self.init(raw, limits: limits)
    }

    private struct RawFields {
        var sound: Data?
        var fileName: String?
        var labels: [String]?
        var texts: [String: String] = [:]
    }

    private init(_ raw: RawFields, limits: DeskLimits) throws(APIError) {
        guard let sound = raw.sound else {
            throw APIError(.badRequest, "audio_missing", "no audio; expected the field audio with a sound file in it")
        }
        guard !sound.isEmpty else {
            throw APIError(.badRequest, "audio_empty", "audio is empty; expected a sound file")
        }
        guard let labels = raw.labels else {
            throw APIError(
                .badRequest,
                "labels_missing",
                "no labels; expected the field labels, such as: normal running, bearing lacking oil, other"
            )
        }
        self.sound = sound
        self.labels = try Self.checked(labels, limits: limits)
        filename = Self.displayName(raw.texts["filename"] ?? raw.fileName)
        threshold = try Self.number("threshold", raw.texts, in: 0...1) ?? 0.70
        window = try Self.number("window", raw.texts, in: 1...30) ?? 10
        hop = try Self.number("hop", raw.texts, in: 0.1...60) ?? min(5, window)
        switch raw.texts["denoise"]?.lowercased() {
        case nil, "", "false", "0", "off": denoise = false
        case "true", "1", "on": denoise = true
        case let text?: throw Self.bad("denoise is '\(text.prefix(40))'; expected true or false")
        }
        top = try Self.number("top", raw.texts, in: 1...10_000).map { value throws(APIError) in
            guard value == value.rounded() else { throw Self.bad("top is \(value); expected a whole number") }
            return Int(value)
        }
    }

    /// Labels without blanks around them, two or more, no two alike.
    static func checked(_ labels: [String], limits: DeskLimits, atLeast: Int = 2) throws(APIError) -> [String] {
        let labels = labels.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard labels.count <= limits.labels else {
            throw APIError(
                .contentTooLarge,
                "too_many_labels",
                "\(labels.count) labels; \(limits.labels) is the limit"
            )
        }
        if let long = labels.first(where: { $0.count > limits.labelLength || $0.utf8.count > 8 * limits.labelLength }) {
            throw APIError(
                .contentTooLarge,
                "label_too_long",
                "the label '\(long.prefix(40))…' has \(long.count) characters; \(limits.labelLength) is the limit"
            )
        }
        if labels.contains(where: { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } }) {
            throw bad("a label holds a control character")
        }
        guard atLeast > 0 else { return labels }
        guard labels.allSatisfy({ !$0.isEmpty }) else { throw bad("a label is empty") }
        guard labels.count >= atLeast else {
            throw APIError(
                .badRequest,
                "too_few_labels",
                "found \(labels.count) label\(labels.count == 1 ? "" : "s"), expected at least \(atLeast): "
                    + "probabilities are shared out among the labels, so a single one always gets all of it"
            )
        }
        var seen = Set<String>()
        if let twice = labels.first(where: { !seen.insert($0).inserted }) {
            throw APIError(.badRequest, "label_twice", "the label '\(twice.prefix(40))' is there twice")
        }
        return labels
    }

    /// Typed labels, or a JSON list of them.
    private static func labels(_ text: String) throws(APIError) -> [String] {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.hasPrefix("[") else { return splitLabels(trimmed) }
        guard let list = try? JSONDecoder().decode([String].self, from: Data(trimmed.utf8)) else {
            throw bad("labels begins with a bracket and is not a JSON list of texts")
        }
        return list
    }

    private static func text(_ part: MultipartForm.Part) throws(APIError) -> String {
        guard part.content.count <= 64 << 10 else {
            throw APIError(
                .contentTooLarge,
                "field_too_large",
                "the field \(part.name.prefix(40)) has \(part.content.count) bytes; 65536 is the limit"
            )
        }
        guard let text = String(validating: part.content, as: UTF8.self) else {
            throw bad("the field \(part.name.prefix(40)) is not UTF-8")
        }
        return text
    }

    private static func sound(base64 text: String, limits: DeskLimits) throws(APIError) -> Data {
        var encoded = Substring(text)
        if encoded.hasPrefix("data:"), let comma = encoded.prefix(200).firstIndex(of: ",") {
            encoded = encoded[encoded.index(after: comma)...]
        }
        guard encoded.utf8.count / 4 * 3 <= limits.jsonSoundBytes + 3 else { throw tooLargeForJSON(limits) }
        guard let sound = Data(base64Encoded: String(encoded)) else {
            throw bad("audio is not base64 (RFC 4648, with padding, without line breaks)")
        }
        return sound
    }

    static func tooLargeForJSON(_ limits: DeskLimits) -> APIError {
        APIError(
            .contentTooLarge,
            "sound_too_large",
            "more than \(limits.jsonSoundBytes) bytes of sound in a JSON document, which is the limit; "
                + "send it as multipart/form-data, up to \(limits.uploadBytes) bytes"
        )
    }

    private static func number(
        _ name: String,
        _ texts: [String: String],
        in range: ClosedRange<Double>
    ) throws(APIError) -> Double? {
        guard let text = texts[name]?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw bad(
                "\(name) is '\(text.prefix(40))'; expected a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// The last part of a file's name, fit for being shown.
    static func displayName(_ name: String?) -> String {
        let last = (name ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let visible = last.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
        let clean = String(String.UnicodeScalarView(visible)).trimmingCharacters(in: .whitespaces)
        return clean.isEmpty ? "audio" : String(clean.prefix(200))
    }

    private static func unknown(_ name: String) -> APIError {
        bad("unknown field '\(name.prefix(40))'; known are \(fields.joined(separator: ", "))")
    }

    static func bad(_ message: String) -> APIError { APIError(.badRequest, "bad_request", message) }

    private static func reason(_ error: any Error) -> String {
        let details = (error as NSError).userInfo["NSDebugDescription"] as? String
        return (details ?? "it cannot be read").trimmingCharacters(in: CharacterSet(charactersIn: ". "))
    }
}

/// JSON's true and false among its numbers.
enum CFBooleanIdentity {
    static func isBoolean(_ number: NSNumber) -> Bool {
        // On Linux and macOS alike the coded type of a boolean is a char.
        String(cString: number.objCType) == "c"
    }
}
