// The desk's limits as a file sets them.
import Dashboard
import Testing

@testable import EdgeService

@Suite struct DeskReadingTests {
    @Test func theDesksLimitsAreRead() throws {
        let plain = try ServiceConfiguration.parse(ConfigurationSupport.minimal, file: "/etc/ausculta/test.yaml")
        #expect(plain.http.desk == DeskLimits())
        let text =
            ConfigurationSupport.minimal
            + "\nhttp: {desk: {max_upload: 4MiB, max_duration: 5m, running: 1, waiting: 0}}"
        let desk = try ServiceConfiguration.parse(text, file: "/etc/ausculta/test.yaml").http.desk
        #expect(desk.uploadBytes == 4 << 20 && desk.jsonSoundBytes == 4 << 20)
        #expect(desk.durationSeconds == 300 && desk.running == 1 && desk.waiting == 0)
    }

    @Test(arguments: [
        ("desk: 3", "max_upload"), ("desk: {max_upload: 64}", "unit"), ("desk: {max_duration: 1s}", "10s to 24h"),
        ("desk: {running: 0}", "1"), ("desk: {runing: 1}", "running"),
    ])
    func impossibleLimitsAreRefused(section: String, reason: String) {
        let text = ConfigurationSupport.minimal + "\nhttp: {\(section)}"
        let errors = #expect(throws: ConfigurationErrors.self) {
            try ServiceConfiguration.parse(text, file: "/etc/ausculta/test.yaml")
        }
        #expect(errors?.description.contains(reason) == true, "\(errors?.description ?? "")")
    }
}
