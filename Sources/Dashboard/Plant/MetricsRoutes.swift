// /metrics: the plant and the service for Prometheus. Names and units follow its conventions.
// https://prometheus.io/docs/practices/naming/
import Foundation
import Hummingbird
import MachineHealth

/// Metrics for Prometheus.
public struct MetricsRoutes: APIRoutes {
    private let plant: any PlantSource

    /// Makes the route.
    public init(plant: any PlantSource) { self.plant = plant }

    public func add(to router: Router<APIContext>) {
        router.get("/metrics") { _, _ in
            let text = Self.text(await plant.status(), machines: plant.machines)
            return Response(
                status: .ok,
                headers: [.contentType: PrometheusText.contentType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        }
    }

    /// Every metric.
    static func text(_ status: PlantStatus, machines: [LiveMachine]) -> String {
        var text = PrometheusText()
        addNode(status, machines: machines, to: &text)
        addMachines(machines, queuedChunks: status.queuedChunks, to: &text)
        addAlarms(machines, to: &text)
        return text.text
    }

    private static func addNode(_ status: PlantStatus, machines: [LiveMachine], to text: inout PrometheusText) {
        text.family("ausculta_build_info", .gauge, "Version, model and place of this box; always 1.")
        text.sample(
            "ausculta_build_info",
            [
                "version": status.version, "model": status.model.signature,
                "instruction_set": status.model.instructionSet, "site": status.site, "node": status.node,
            ],
            1
        )
        func one(_ name: String, _ kind: PrometheusText.Kind, _ help: String, _ value: Double?) {
            guard let value else { return }
            text.family(name, kind, help)
            text.sample(name, [:], value)
        }
        let windows = status.windows
        one("process_start_time_seconds", .gauge, "Start time in Unix seconds.", status.started.timeIntervalSince1970)
        one("process_resident_memory_bytes", .gauge, "Resident memory.", Double(status.residentBytes))
        one("ausculta_process_threads", .gauge, "Threads of the process.", Double(status.threads))
        one("ausculta_workers", .gauge, "Inference workers.", Double(status.model.workers))
        one("ausculta_machines", .gauge, "Configured machines.", Double(machines.count))
        one(
            "ausculta_broker_connected",
            .gauge,
            "Whether the MQTT broker is connected.",
            status.broker.state == .connected ? 1 : 0
        )
        one(
            "ausculta_outbox_pending_messages",
            .gauge,
            "Events the broker has not acknowledged yet.",
            status.outbox.map { Double($0.pending) }
        )
        one(
            "ausculta_outbox_oldest_age_seconds",
            .gauge,
            "Age of the oldest of them; 0 where there is none.",
            status.outbox.map { outbox in outbox.oldest.map { max(0, status.now.timeIntervalSince($0)) } ?? 0 }
        )
        one(
            "ausculta_live_messages_lost_total",
            .counter,
            "Window messages not sent because the broker was away.",
            Double(status.liveMessagesLost)
        )
        one("ausculta_windows_queued", .gauge, "Windows waiting for inference.", Double(windows.queued))
        one(
            "ausculta_windows_dropped_total",
            .counter,
            "Windows dropped because a machine's queue was full, or while overloaded.",
            Double(windows.dropped)
        )
        one(
            "ausculta_hop_stretch_factor",
            .gauge,
            "One in so many windows is judged; 1 judges all.",
            Double(windows.hopStretch)
        )
        one("ausculta_store_size_bytes", .gauge, "Size of the trend log.", Double(status.store.bytes))
        one(
            "ausculta_store_free_bytes",
            .gauge,
            "Free space on the trend log's disk.",
            status.store.freeBytes.map(Double.init)
        )
        one(
            "ausculta_store_commits_waiting",
            .gauge,
            "Commits in memory because the trend log cannot be written.",
            Double(status.store.commitsWaiting)
        )
        let evidence = status.evidence
        one("ausculta_clips_kept", .gauge, "Clips of sound on the disk.", status.clips.map { Double($0.count) })
        one("ausculta_clips_size_bytes", .gauge, "Their size.", status.clips.map { Double($0.bytes) })
        one("ausculta_clips_written_total", .counter, "Clips written.", Double(evidence.written))
        one(
            "ausculta_clips_lost_total",
            .counter,
            "Clips that could not be written, or were left out in a rush.",
            Double(evidence.lost)
        )
        one(
            "ausculta_clips_empty_total",
            .counter,
            "Requests for sound that was not remembered any more.",
            Double(evidence.empty)
        )
        one("ausculta_clips_expired_total", .counter, "Clips deleted by retention.", Double(evidence.expired))
        text.family("ausculta_inference_duration_seconds", .histogram, "Time one window takes in the model.")
        text.histogram("ausculta_inference_duration_seconds", [], windows.inference)
    }

    private static func addMachines(
        _ machines: [LiveMachine],
        queuedChunks: [String: Int],
        to text: inout PrometheusText
    ) {
        func each(
            _ name: String,
            _ kind: PrometheusText.Kind,
            _ help: String,
            _ value: (LiveMachine) -> Double?
        ) {
            text.family(name, kind, help)
            for machine in machines {
                if let value = value(machine) { text.sample(name, ["machine": machine.description.id], value) }
            }
        }
        text.family("ausculta_windows_total", .counter, "Judged windows by verdict.")
        for machine in machines {
            for (verdict, count) in machine.verdictCounts.sorted(by: { $0.key < $1.key }) {
                text.sample("ausculta_windows_total", ["machine": machine.description.id, "verdict": verdict], count)
            }
        }
        text.family(
            "ausculta_window_latency_seconds",
            .histogram,
            "Time from the arrival of a window's last sample to its verdict."
        )
        for machine in machines {
            text.histogram("ausculta_window_latency_seconds", [("machine", machine.description.id)], machine.latency)
        }
        each("ausculta_chunks_queued", .gauge, "Chunks of sound waiting to be decoded.") {
            queuedChunks[$0.description.id].map(Double.init)
        }
        each("ausculta_chunks_dropped_total", .counter, "Chunks of sound lost or refused.") {
            Double($0.stream.droppedChunks)
        }
        each("ausculta_stream_gaps_total", .counter, "Gaps found in the stream of sound.") { Double($0.stream.gaps) }
        each("ausculta_last_chunk_timestamp_seconds", .gauge, "Arrival of the newest chunk in Unix seconds.") {
            $0.stream.lastChunk?.timeIntervalSince1970
        }
        each("ausculta_machine_online", .gauge, "Whether the machine's sound arrives.") {
            $0.health.isOnline ? 1 : 0
        }
        each("ausculta_machine_level_dbfs", .gauge, "Level of the last window in dB relative to full scale.") {
            $0.health.levelDBFS?.level
        }
        each("ausculta_machine_health_ratio", .gauge, "Health from 0 to 1.") {
            $0.health.health.map { Double($0) / 100 }
        }
        each("ausculta_machine_hop_stretch_factor", .gauge, "One in so many of its windows is judged.") {
            Double($0.stream.hopStretch)
        }
        text.family("ausculta_machine_grade", .gauge, "The machine's grade: 1 for the one it has, 0 for the others.")
        for machine in machines {
            for grade in MachineGrade.allCases {
                text.sample(
                    "ausculta_machine_grade",
                    ["machine": machine.description.id, "grade": grade.rawValue],
                    machine.health.grade == grade ? 1 : 0
                )
            }
        }
    }

    private static func addAlarms(_ machines: [LiveMachine], to text: inout PrometheusText) {
        func each(_ name: String, _ help: String, _ value: (AlarmRecord) -> Bool) {
            text.family(name, .gauge, help)
            for machine in machines {
                for record in machine.records {
                    text.sample(
                        name,
                        [
                            "machine": machine.description.id, "label": record.label.rawValue,
                            "severity": record.severity.rawValue,
                        ],
                        value(record) ? 1 : 0
                    )
                }
            }
        }
        each("ausculta_alarm_active", "Whether the fault is present and nothing hides it.") { $0.state.isActive }
        each("ausculta_alarm_unacknowledged", "Whether the alarm waits for an acknowledgement.") {
            $0.state == .unackActive || $0.state == .rtnUnack
        }
        text.family(
            "ausculta_alarm_state",
            .gauge,
            "State of the alarm by ISA-18.2: 1 for the one it is in, 0 for the others."
        )
        for machine in machines {
            for record in machine.records {
                for state in AlarmState.allCases {
                    text.sample(
                        "ausculta_alarm_state",
                        [
                            "machine": machine.description.id, "label": record.label.rawValue,
                            "state": state.rawValue,
                        ],
                        record.state == state ? 1 : 0
                    )
                }
            }
        }
        text.family("ausculta_alarm_confidence_ratio", .gauge, "Confidence of the fault in the last judged window.")
        for machine in machines {
            for record in machine.records {
                text.sample(
                    "ausculta_alarm_confidence_ratio",
                    ["machine": machine.description.id, "label": record.label.rawValue],
                    record.confidence
                )
            }
        }
    }
}
