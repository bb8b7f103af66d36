// The compressor of generator a is what the embedded model was trained on: its samples are pinned, bit for bit.

import Testing

@testable import MachineSimulator

@Suite("Pinned compressor")
struct CompressorGoldenTests {
    /// FNV-1a over the bit patterns.
    private func hash(_ samples: [Float]) -> UInt64 {
        samples.reduce(0xCBF2_9CE4_8422_2325) { hash, sample in
            (0..<4).reduce(hash) { hash, byte in
                (hash ^ UInt64((sample.bitPattern >> (8 * UInt32(byte))) & 255)) &* 0x0000_0100_0000_01B3
            }
        }
    }

    // The last bits come from the C library's exponential and sine: pinned where the embedded model was trained.
    #if os(Linux) && arch(x86_64)
        @Test(
            "Equal seeds sound as they did",
            arguments: [
                (MachineState.normal, UInt64(0), UInt64(0), 48_000, UInt64(0x5101_2DDF_FF9C_E9FC)),
                (.bearingLackingOil, 3, 1, 48_000, 0xD023_D376_B92E_FB95),
                (.valvePlateBroken, 11, 3, 16_000, 0xB999_47B1_CE40_7BBB),
                (.motorOverheating, 500_007, 0, 8_000, 0xDEC3_D89C_0E4F_9D6A),
            ]
        )
        func states(state: MachineState, individual: UInt64, take: UInt64, rate: Int, expected: UInt64) throws {
            var microphone = try SimulatedMicrophone(
                .machine(state: state, severity: 0.7, individual: individual, take: take, sampleRateHz: rate)
            )
            let found = hash(microphone.render(frames: rate / 10))
            #expect(found == expected, "found 0x\(String(found, radix: 16, uppercase: true))")
        }

        @Test("A degradation sounds as it did")
        func degradation() throws {
            let schedule = DegradationSchedule(
                from: MachineCondition(),
                to: MachineCondition(state: .bearingLackingOil),
                durationSeconds: 0.2
            )
            var microphone = try SimulatedMicrophone(
                SimulationSettings(source: .machine(.compressor, schedule), individual: 4)
            )
            let found = hash(microphone.render(frames: 12_000))
            #expect(found == 0x3BF0_EC51_B495_4A4E, "found 0x\(String(found, radix: 16, uppercase: true))")
        }
    #endif

    @Test("A corpus draws what it drew")
    func corpus() {
        let plan = CorpusPlan(
            individuals: 5..<7,
            windows: 1,
            others: 1,
            severity: 0.4...0.9,
            wear: 0.05,
            snrDB: 10...30,
            sampleRatesHz: [48_000, 16_000]
        )
        let severities = plan.items(individual: 6).map { Int(($0.severity * 1e6).rounded()) }
        #expect(severities == [0, 666_690, 866_254, 806_053, 0])
    }
}
