// Numbers and ordinals in messages.
import Testing

@testable import MachineHealth

@Suite struct SentenceTests {
    @Test(arguments: [
        (0.71, 2, "0.71"), (0.705, 1, "0.7"), (1, 2, "1.00"), (0.005, 2, "0.01"), (-0.001, 2, "0.00"),
        (-1.5, 1, "-1.5"),
        (65, 0, "65"), (.nan, 2, "not a number"), (-.infinity, 2, "minus infinite"), (1e300, 2, "1e+300"),
    ])
    func numbers(value: Double, decimals: Int, text: String) {
        #expect(Sentence.number(value, decimals: decimals) == text)
    }

    @Test(arguments: [(0.71, "0.71"), (0.749, "0.749"), (0.7499, "0.7499"), (0.75, "0.75"), (0.75000001, "0.750000")])
    func scoresReadDifferentlyFromTheirThreshold(value: Double, text: String) {
        #expect(Sentence.score(value, against: 0.75) == text)
    }

    @Test(arguments: [
        (1, "first"), (3, "third"), (10, "tenth"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd"),
        (33, "33rd"), (111, "111th"), (1_002, "1002nd"),
    ])
    func ordinals(count: Int, text: String) {
        #expect(Sentence.ordinal(count) == text)
    }

    @Test(arguments: [(5.0, "5s"), (2.5, "2.5s"), (60, "1m"), (90, "90s"), (3_600, "1h"), (5_400, "90m"), (0, "0s")])
    func durations(seconds: Double, text: String) {
        #expect(Sentence.duration(seconds: seconds) == text)
    }
}
