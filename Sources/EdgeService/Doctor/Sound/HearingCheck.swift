// Which machines were heard, whether their chunks can be read, and who sends sound that no machine claims.
import MachineHealth

/// Judges what was heard at a site.
struct HearingCheck: Sendable {
    /// More silent machines, or unclaimed topics, than this are told together.
    static let toldOneByOne = 10

    let heard: HeardPlant

    var findings: [DoctorFinding] {
        let sounding = heard.machines.filter { $0.chunks > 0 }
        return [silent, sounding.flatMap(machine), heard.machines.flatMap(stored), unclaimed].flatMap { $0 }
    }

    // MARK: - Machines

    private var silent: [DoctorFinding] {
        // A refused subscription is told with the broker.
        let machines = heard.machines.filter { $0.chunks == 0 && !$0.isRefused }
        let time = Quantities.text(seconds: heard.seconds)
        let remedy =
            "check that the sender runs, that it sends to this topic and that the broker's access rules let it write and "
            + "this box read; machines that send less often need a longer --listen"
        guard machines.count > Self.toldOneByOne else {
            return machines.map { machine in
                .problem(.machine, machine.id, "silent: nothing came on \(machine.filter) within \(time)", remedy)
            }
        }
        let names = machines.prefix(Self.toldOneByOne).map(\.id).joined(separator: ", ")
        return [
            .problem(
                .machine,
                "\(machines.count) machines",
                "silent: nothing came within \(time) from \(names) and \(machines.count - Self.toldOneByOne) more",
                remedy
            )
        ]
    }

    private func machine(_ machine: HeardMachine) -> [DoctorFinding] {
        machine.topics.filter { $0.chunks > 0 }.flatMap { topic -> [DoctorFinding] in
            guard topic.recognised > 0 else {
                return [
                    .problem(
                        .machine,
                        machine.id,
                        "\(Self.count(topic.chunks, "chunk")) on \(topic.topic), none readable: "
                            + (topic.commonRefusal ?? "no reason known"),
                        "send WAV, FLAC, Ogg or MP3, or a content type, or give the machine its format"
                    )
                ]
            }
            var findings = [
                DoctorFinding.ok(
                    .machine,
                    machine.id,
                    "\(Self.count(topic.recognised, "chunk")), \(Quantities.text(seconds: topic.seconds)) of "
                        + "\(topic.format ?? "audio")"
                )
            ]
            if let reason = topic.commonRefusal {
                findings.append(
                    .remark(
                        .machine,
                        machine.id,
                        "\(topic.chunks - topic.recognised) of \(Self.count(topic.chunks, "chunk")) not readable: \(reason)",
                        "find out which sender writes to \(topic.topic) beside the machine"
                    )
                )
            }
            return findings + properties(machine, topic)
        }
    }

    private func properties(_ machine: HeardMachine, _ topic: HeardTopic) -> [DoctorFinding] {
        if let problem = topic.propertyProblem {
            return [
                .problem(
                    .machine,
                    machine.id,
                    problem,
                    "send seq as a whole number, +1 per chunk, and ts as RFC 3339 or Unix milliseconds"
                )
            ]
        }
        let missing = [("seq", topic.numbered), ("ts", topic.stamped)].filter { $0.1 < topic.chunks }.map { $0.0 }
        guard !missing.isEmpty else { return [] }
        return [
            .remark(
                .machine,
                machine.id,
                "chunks without \(missing.joined(separator: " and ")): order and time are those of arrival, and lost "
                    + "chunks are not seen",
                "send the MQTT 5 user properties seq (+1 per chunk) and ts (time of the first sample)"
            )
        ]
    }

    private func stored(_ machine: HeardMachine) -> [DoctorFinding] {
        machine.topics.filter { $0.retainedChunks > 0 }.map { topic in
            .remark(
                .machine,
                machine.id,
                "a stored (retained) chunk lies on \(topic.topic): every new listener hears it as if it were new",
                "send audio without the retain flag, and clear it: mosquitto_pub -r -n -t \(topic.topic)"
            )
        }
    }

    // MARK: - Others

    private var unclaimed: [DoctorFinding] {
        guard heard.seesWholeSite else {
            return [
                .remark(
                    .machine,
                    "other topics",
                    "the broker does not let this user see the whole site, so senders without a machine stay unseen",
                    "run the doctor with a user that may read ausculta/SITE/#, or leave it"
                )
            ]
        }
        let told = heard.unclaimed.prefix(Self.toldOneByOne).map { topic in
            DoctorFinding.remark(
                .machine,
                topic.topic,
                "audio (\(topic.format ?? "of some kind")) that no machine of the configuration claims",
                "add a machine with topic: \(topic.topic), or stop the sender"
            )
        }
        let rest = heard.unclaimed.count - told.count
        guard rest > 0 else { return told }
        return told + [
            .remark(
                .machine,
                "\(rest) more topics",
                "audio that no machine of the configuration claims",
                "ausculta config init lists them all"
            )
        ]
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}
