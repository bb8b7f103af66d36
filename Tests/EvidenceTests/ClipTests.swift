import Evidence
import Testing

@Suite struct ClipReasonTests {
    @Test(arguments: zip(ClipReason.allCases, ["alarm", "near_miss", "review", "manual"]))
    func namesAreStable(reason: ClipReason, name: String) {
        #expect(reason.rawValue == name)
    }
}
