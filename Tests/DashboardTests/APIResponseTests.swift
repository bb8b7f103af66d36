import Dashboard
import Foundation
import Hummingbird
import Testing

@Suite struct APIResponseTests {
    private struct Sample: Encodable {
        let lastChunk: Date
        let hopStretch: Int
    }

    @Test func keysAreSnakeCaseAndTimesHaveMilliseconds() throws {
        let data = try APIResponse.encode(Sample(lastChunk: Date(timeIntervalSince1970: 1.25), hopStretch: 2))
        #expect(String(decoding: data, as: UTF8.self) == #"{"hop_stretch":2,"last_chunk":"1970-01-01T00:00:01.250Z"}"#)
    }
}
