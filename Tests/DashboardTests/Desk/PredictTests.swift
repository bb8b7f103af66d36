// `POST /api/predict` on a real server with a real model: answers, refusals, limits, and clients that leave.
import AudioFeatures
import BrokerSupport
import Dashboard
import Foundation
import Testing

@testable import EdgeService

@Suite struct PredictTests {
    private static let labels = "normal running, bearing lacking oil；其他"

    private static func json(_ fields: [String: Any]) throws -> Data {
        try JSONSerialization.data(withJSONObject: fields)
    }

    @Test func aFormIsAnsweredLikeClassify() async throws {
        try await DeskHarness.with { http, _ in
            let sound = try DeskHarness.sound(seconds: 12)
            let body = FormBody.sound(sound, labels: Self.labels, ["threshold": "0", "filename": "泵/knock.wav"])
            let answer = try await http.request("POST", "/api/predict", type: FormBody.type, body: body)
            #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            let document = try answer.object()
            #expect((document["model"] as? String)?.isEmpty == false)
            #expect(document["labels"] as? [String] == ["normal running", "bearing lacking oil", "其他"])
            #expect(document["threshold"] as? Double == 0)
            #expect(document["elapsed_ms"] as? Double ?? 0 > 0)
            #expect(document["advice"] is [[String: Any]])
            let files = try #require(document["files"] as? [[String: Any]])
            try #require(files.count == 1)
            #expect(files[0]["file"] as? String == "knock.wav")
            #expect(files[0]["duration_s"] as? Double == 12)
            let windows = try #require(files[0]["windows"] as? [[String: Any]])
            #expect(windows.compactMap { $0["start_s"] as? Double } == [0, 2])
            let fused = try #require(files[0]["fused"] as? [String: Any])
            for judged in windows + [fused] {
                let scores = try #require(judged["scores"] as? [String: Double])
                #expect(Set(scores.keys) == ["normal running", "bearing lacking oil", "其他"])
                #expect(abs(scores.values.reduce(0, +) - 1) < 1e-5)
                let top = try #require(judged["top"] as? String)
                #expect(scores[top] == scores.values.max())
                #expect(judged["verdict"] as? String == top)
            }
            let run = try #require(fused["max_run"] as? [String: Any])
            #expect([1, 2].contains(run["count"] as? Int ?? 0))
        }
    }

    @Test func aDocumentIsAnsweredLikeAForm() async throws {
        try await DeskHarness.with { http, _ in
            let sound = try DeskHarness.sound(seconds: 2)
            let fields: [String: Any] = [
                "audio": sound.base64EncodedString(), "labels": ["normal running", "bearing lacking oil", "其他"],
                "threshold": 1, "top": 1, "denoise": true,
            ]
            let body = try Self.json(fields)
            let answer = try await http.request("POST", "/api/predict", type: "application/json", body: body)
            #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            let files = try #require(try answer.object()["files"] as? [[String: Any]])
            let fused = try #require(files.first?["fused"] as? [String: Any])
            #expect((fused["scores"] as? [String: Double])?.count == 1)
            #expect(fused["verdict"] as? String == "undetermined")
            #expect(fused["max_run"] is NSNull)
            let windows = try #require(files.first?["windows"] as? [[String: Any]])
            #expect((windows.first?["scores"] as? [String: Double])?.count == 3, "the timeline needs all of them")
            let more = ["threshold": "1", "top": "1", "denoise": "on"]
            let form = FormBody.sound(sound, labels: Self.labels, more)
            let same = try await http.request("POST", "/api/predict", type: FormBody.type, body: form)
            let sameFiles = try #require(try same.object()["files"] as? [[String: Any]])
            #expect(sameFiles.first?["windows"] as? NSArray == files.first?["windows"] as? NSArray)
        }
    }

    @Test(arguments: [AudioFileFormat.wav, .wav24, .wavFloat, .flac, .ogg, .mp3])
    func everyFormatIsHeard(format: AudioFileFormat) async throws {
        try await DeskHarness.with { http, _ in
            let sound = try DeskHarness.sound(seconds: 2, rate: 48_000, as: format)
            let body = FormBody.sound(sound, labels: Self.labels)
            let answer = try await http.request("POST", "/api/predict", type: FormBody.type, body: body)
            #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            let files = try #require(try answer.object()["files"] as? [[String: Any]])
            let seconds = try #require(files.first?["duration_s"] as? Double)
            #expect(abs(seconds - 2) < 0.2)
        }
    }

    /// What is asked wrongly, the status, and what the message names.
    @Test func whatIsAskedWronglyIsRefusedWithTheReason() async throws {
        try await DeskHarness.with { http, desk in
            let wav = try DeskHarness.sound(seconds: 1)
            let base64 = wav.base64EncodedString()
            func form(_ fields: [(String, String?, Data)]) -> (String?, Data) { (FormBody.type, FormBody.data(fields)) }
            func json(_ fields: [String: Any]) throws -> (String?, Data) { ("application/json", try Self.json(fields)) }
            let good = Data(Self.labels.utf8)
            let cases: [((String?, Data), Int, String)] = [
                ((nil, Data("x".utf8)), 415, "multipart/form-data or application/json"),
                (("audio/wav", wav), 415, "audio/wav"),
                (("multipart/form-data", Data()), 400, "boundary"),
                ((FormBody.type, Data()), 400, "does not begin"),
                ((FormBody.type, FormBody.sound(wav, labels: "a,b").dropLast(20)), 400, "part 2"),
                (form([("labels", nil, good)]), 400, "no audio"),
                (form([("audio", "x.wav", Data()), ("labels", nil, good)]), 400, "empty"),
                (form([("audio", "x.wav", wav)]), 400, "no labels"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data())]), 400, "at least 2"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data("one".utf8))]), 400, "at least 2"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data("a,b,a".utf8))]), 400, "twice"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data("[\"a\",3]".utf8))]), 400, "JSON list"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data("[\"a\",\" \"]".utf8))]), 400, "empty"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data([0xFF, 0xFE]))]), 400, "UTF-8"),
                (form([("audio", "x.wav", wav), ("labels", nil, Data("a\u{1}b,c".utf8))]), 400, "control character"),
                (form([("audio", "x", wav), ("audio", "y", wav), ("labels", nil, good)]), 400, "audio is there twice"),
                (form([("audio", "x", wav), ("labels", nil, good), ("treshold", nil, good)]), 400, "threshold"),
                (form([("audio", "x", wav), ("labels", nil, good), ("top", nil, Data("0".utf8))]), 400, "top"),
                (form([("audio", "x", wav), ("labels", nil, good), ("top", nil, Data("1.5".utf8))]), 400, "whole"),
                (form([("audio", "x", wav), ("labels", nil, good), ("window", nil, Data("0".utf8))]), 400, "window"),
                (form([("audio", "x", wav), ("labels", nil, good), ("hop", nil, Data("nan".utf8))]), 400, "hop"),
                (form([("audio", "x", wav), ("labels", nil, good), ("hop", nil, Data("-1".utf8))]), 400, "hop"),
                (
                    form([("audio", "x", wav), ("labels", nil, good), ("threshold", nil, Data("2".utf8))]), 400,
                    "threshold"
                ),
                (form([("audio", "x", wav), ("labels", nil, good), ("denoise", nil, Data("2".utf8))]), 400, "denoise"),
                (form([("audio", "x", Data("no sound at all".utf8)), ("labels", nil, good)]), 415, "WAV, FLAC"),
                (
                    form([("audio", "x.webm", Data([0x1A, 0x45, 0xDF, 0xA3, 0])), ("labels", nil, good)]), 415,
                    "WAV, FLAC"
                ),
                (form([("audio", "x", wav.prefix(30)), ("labels", nil, good)]), 422, "x:"),
                (form([("audio", "x", wav.prefix(44)), ("labels", nil, good)]), 422, "no audio behind"),
                (form([("audio", "x", Data("OggS".utf8) + wav), ("labels", nil, good)]), 422, "Ogg"),
                (("application/json", Data()), 400, "not JSON"),
                (("application/json", Data("[".utf8)), 400, "not JSON"),
                (("application/json", Data("[]".utf8)), 400, "not a JSON object"),
                (
                    ("application/json", Data(String(repeating: "[", count: 100_000).utf8)), 400, "not JSON"
                ),
                (("application/json; charset=utf-8", Data("{\"audio\":\"\u{0}\"}".utf8)), 400, "not JSON"),
                (try json([:]), 400, "no audio"), (try json(["audio": 3, "labels": ["a", "b"]]), 400, "base64"),
                (try json(["audio": "%%%", "labels": ["a", "b"]]), 400, "base64"),
                (try json(["audio": "", "labels": ["a", "b"]]), 400, "empty"),
                (try json(["audio": base64]), 400, "no labels"),
                (try json(["audio": base64, "labels": 3]), 400, "labels"),
                (try json(["audio": base64, "labels": ["a", 3]]), 400, "no text"),
                (try json(["audio": base64, "labels": ["a", "b"], "denoise": 3]), 400, "denoise"),
                (try json(["audio": base64, "labels": ["a", "b"], "threshold": true]), 400, "threshold"),
                (try json(["audio": base64, "labels": ["a", "b"], "threshold": [1]]), 400, "threshold"),
                (try json(["audio": base64, "labels": ["a", "b"], "thresh": 1]), 400, "thresh"),
            ]
            for (number, ((type, body), status, reason)) in cases.enumerated() {
                let answer = try await http.request("POST", "/api/predict", type: type, body: body)
                #expect(answer.status == status, "case \(number): \(String(decoding: answer.body, as: UTF8.self))")
                guard answer.status != 200 else { continue }
                let refusal = try answer.refusal()
                #expect(refusal.message.contains(reason), "case \(number): \(refusal.message)")
            }
            #expect(await desk.windowsJudged == 0, "nothing of this reached the model")
        }
    }

    /// Files that begin like sound and go on like noise: heard or refused, never an error of the server's.
    @Test func damagedSoundsAreNeverTheServersFault() async throws {
        try await DeskHarness.with { http, _ in
            var seed: UInt64 = 41
            func random() -> UInt64 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return seed >> 33
            }
            for format in [AudioFileFormat.wav, .flac, .ogg, .mp3] {
                let sound = try DeskHarness.sound(seconds: 1.5, rate: 48_000, as: format)
                for _ in 0..<6 {
                    var damaged = sound
                    for _ in 0..<40 {
                        let place = damaged.startIndex + 4 + Int(random() % UInt64(min(2_000, damaged.count - 4)))
                        damaged[place] = UInt8(truncatingIfNeeded: random())
                    }
                    damaged = damaged.prefix(damaged.count - Int(random() % 500))
                    let body = FormBody.sound(damaged, labels: Self.labels)
                    let answer = try await http.request("POST", "/api/predict", type: FormBody.type, body: body)
                    #expect((200..<500).contains(answer.status), "\(String(decoding: answer.body, as: UTF8.self))")
                }
            }
        }
    }

    @Test func theLimitsAreNamed() async throws {
        var limits = DeskLimits()
        limits.uploadBytes = 400_000
        limits.jsonSoundBytes = 40_000
        limits.durationSeconds = 4
        limits.windows = 10
        limits.labels = 3
        limits.labelLength = 20
        try await DeskHarness.with(limits) { http, desk in
            let short = try DeskHarness.sound(seconds: 1)
            func refused(_ body: Data, _ type: String = FormBody.type) async throws -> (code: String, message: String) {
                let answer = try await http.request("POST", "/api/predict", type: type, body: body)
                #expect(answer.status == 413, "\(String(decoding: answer.body, as: UTF8.self))")
                return try answer.refusal()
            }
            let large = try await refused(FormBody.sound(Data(count: 500_000), labels: "a,b"))
            #expect(large.code == "upload_too_large" && large.message.contains("400000"))
            let long = try await refused(FormBody.sound(try DeskHarness.sound(seconds: 6), labels: "a,b"))
            #expect(long.code == "duration_too_long" && long.message.contains("6 s") && long.message.contains("4 s"))
            let dense = try await refused(
                FormBody.sound(try DeskHarness.sound(seconds: 4), labels: "a,b", ["window": "1", "hop": "0.1"])
            )
            #expect(dense.code == "too_many_windows" && dense.message.contains("10"))
            let many = try await refused(FormBody.sound(short, labels: "a,b,c,d"))
            #expect(many.code == "too_many_labels" && many.message.contains("3"))
            let wordy = try await refused(FormBody.sound(short, labels: "a,\(String(repeating: "轴", count: 21))"))
            #expect(wordy.code == "label_too_long" && wordy.message.contains("20"))
            let field = try await refused(
                FormBody.sound(short, labels: "a,b", ["hop": String(repeating: "1", count: 70_000)])
            )
            #expect(field.code == "field_too_large")
            let document = try Self.json([
                "audio": try DeskHarness.sound(seconds: 2).base64EncodedString(), "labels": ["a", "b"],
            ])
            let inline = try await refused(document, "application/json")
            #expect(inline.code == "sound_too_large" && inline.message.contains("40000"))
            #expect(await desk.windowsJudged == 0)
            let fine = try await http.request(
                "POST",
                "/api/predict",
                type: FormBody.type,
                body: FormBody.sound(short, labels: "a,b,c")
            )
            #expect(fine.status == 200)
        }
    }

    /// An upload that does not say its length, and is too long.
    @Test func anUploadOfUnknownLengthIsCounted() async throws {
        var limits = DeskLimits()
        limits.uploadBytes = 100_000
        try await DeskHarness.with(limits) { http, _ in
            let chunk = Data("10000\r\n".utf8) + Data(count: 65_536) + Data("\r\n".utf8)
            let head = PlainHTTP.head(
                "POST",
                "/api/predict",
                type: FormBody.type,
                headers: ["Transfer-Encoding: chunked"],
                length: nil
            )
            let connection = try PlainConnection(port: http.port)
            await connection.send(head + chunk + chunk + chunk + Data("0\r\n\r\n".utf8))
            #expect(try await connection.answer().status == 413)
        }
    }

    /// One at work is all there is room for: the second is told to come back, and finds room when the first one leaves.
    @Test func aBusyDeskSaysSoAndAClientThatLeavesMakesRoom() async throws {
        var limits = DeskLimits()
        limits.running = 1
        limits.waiting = 0
        let looks = Inbox<Void>()
        try await DeskHarness.with(limits, machinesWaiting: Self.noting(looks)) { http, desk in
            // Hundreds of windows: far more than can be judged before the client leaves.
            let long = FormBody.sound(try DeskHarness.sound(seconds: 900), labels: "a,b", ["hop": "0.5"])
            var leaving: PlainConnection? = try PlainConnection(port: http.port)
            let head = PlainHTTP.head("POST", "/api/predict", type: FormBody.type, length: long.count)
            await leaving?.send(head + long)
            try await Self.firstWindow(looks, desk)
            let short = FormBody.sound(try DeskHarness.sound(seconds: 1), labels: "a,b")
            let refused = try await http.request("POST", "/api/predict", type: FormBody.type, body: short)
            #expect(refused.status == 429)
            #expect(Int(refused.headers["retry-after"] ?? "") ?? 0 > 0)
            let refusal = try refused.refusal()
            #expect(refusal.code == "busy" && refusal.message.contains("1 sounds at work"))
            leaving = nil
            try await eventually("room") {
                let answer = try? await http.request("POST", "/api/predict", type: FormBody.type, body: short)
                return answer?.status == 200
            }
            #expect(await desk.windowsJudged < 1_700, "the long sound was given up")
        }
    }

    /// Two seconds from a microphone do not wait for an hour of tape.
    @Test func aShortSoundOvertakesALongOne() async throws {
        let looks = Inbox<Void>()
        try await DeskHarness.with(machinesWaiting: Self.noting(looks)) { http, desk in
            let long = FormBody.sound(try DeskHarness.sound(seconds: 900), labels: "a,b", ["hop": "0.5"])
            let connection = try PlainConnection(port: http.port)
            await connection.send(
                PlainHTTP.head("POST", "/api/predict", type: FormBody.type, length: long.count) + long
            )
            try await Self.firstWindow(looks, desk)
            let short = FormBody.sound(try DeskHarness.sound(seconds: 2), labels: "a,b")
            let answer = try await http.request("POST", "/api/predict", type: FormBody.type, body: short)
            #expect(answer.status == 200)
            #expect(await desk.windowsJudged < 1_700)
        }
    }

    /// No machine ever waits; each look the desk takes at them is noted.
    private static func noting(_ looks: Inbox<Void>) -> @Sendable () -> Int {
        {
            looks.put(())
            return 0
        }
    }

    /// Waits until the desk has judged a window: it looks for machines before the labels and before each window.
    private static func firstWindow(_ looks: Inbox<Void>, _ desk: DeskEars) async throws {
        try await looks.wait(count: 3)
        #expect(await desk.windowsJudged > 0)
    }

    @Test func strangersAreSentAway() async throws {
        try await DeskHarness.with(hasIdentity: false) { http, _ in
            let body = FormBody.sound(try DeskHarness.sound(seconds: 1), labels: "a,b")
            let answer = try await http.request("POST", "/api/predict", type: FormBody.type, body: body)
            #expect(answer.status == 401)
        }
    }

    @Test func aClosedDeskSaysSo() async throws {
        try await DeskHarness.with { http, desk in
            await desk.close()
            let body = FormBody.sound(try DeskHarness.sound(seconds: 1), labels: "a,b")
            let answer = try await http.request("POST", "/api/predict", type: FormBody.type, body: body)
            #expect(answer.status == 503)
        }
    }

    @Test func adviceComesWithTheSimilarityOfTheLabels() async throws {
        try await DeskHarness.with { http, _ in
            let body = try Self.json([
                "labels": ["bearing lacking oil", "bearing without oil", "valve plate broken", ""]
            ])
            let answer = try await http.request("POST", "/api/v1/labels/advice", type: "application/json", body: body)
            #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            let document = try answer.object()
            let table = try #require(document["similarity"] as? [[Double]])
            #expect(table.count == 4 && table.allSatisfy { $0.count == 4 })
            for index in 0..<3 { #expect(abs(table[index][index] - 1) < 1e-3) }
            #expect(table[3] == [0, 0, 0, 0])
            let kinds = try #require(document["advice"] as? [[String: Any]]).compactMap { $0["kind"] as? String }
            #expect(kinds.contains("empty") && kinds.contains("no_anchor"))
            for bad in ["", "{}", "[]", "{\"labels\":\"a\"}", "{\"labels\":[1]}", "\u{0}"] {
                let refused = try await http.request(
                    "POST",
                    "/api/v1/labels/advice",
                    type: "application/json",
                    body: Data(bad.utf8)
                )
                #expect(refused.status == 400, "\(bad)")
            }
            let large = Data(count: 300_000)
            #expect(try await http.request("POST", "/api/v1/labels/advice", body: large).status == 413)
        }
    }

    @Test func presetsAreOffered() async throws {
        try await DeskHarness.with { http, _ in
            let answer = try await http.request("GET", "/api/v1/presets")
            #expect(answer.status == 200)
            let presets = try #require(try answer.object()["presets"] as? [[String: Any]])
            #expect(presets.compactMap { $0["id"] as? String }.contains("server-room"))
            for preset in presets {
                #expect(Set((preset["name"] as? [String: String] ?? [:]).keys) == ["en", "zh"])
                #expect(Set((preset["labels"] as? [String: [String]] ?? [:]).keys) == ["en", "zh"])
            }
        }
    }
}
