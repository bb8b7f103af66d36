// What the demo puts on the terminal.
import Demo
import Foundation
import MachineHealth
import Publishing
import Synchronization

/// Shows the demo's sightings in plain words.
final class DemoStage: Sendable {
    private struct State {
        var alarm: DemoAlarm?
        var windows: [String: Int] = [:]
        /// Windows of the fault that wait for its tag, which tells the length of the run.
        var waiting: [String: WindowPayload] = [:]
        /// The newest tag of each machine: it may also come before its window.
        var tags: [String: FaultPayload] = [:]
    }

    private struct Report: Encodable {
        var raised: Bool
        var machine: String?
        var label: String?
        var faultTopic: String?
        var fault: FaultPayload?
        var eventTopic: String?
        var event: EventPayload?
        var windows: [String: Int]
        var seconds: Double
        var brokerPort: Int
        /// Where the dashboard was.
        var dashboard: String?
    }

    private let options: DemoOptions
    private let isQuiet: Bool
    private let started = Date()
    private let state = Mutex(State())
    private let names: [String: String] = [
        "normal": "Normal running / 正常运行", "bearing-lacking-oil": "Bearing lacking oil / 轴承缺油",
        "valve-plate-broken": "Valve plate broken / 阀片破裂", "motor-overheating": "Motor overheating / 电机过热",
        "other": "Other / 其他",
    ]

    init(options: DemoOptions, isQuiet: Bool) {
        self.options = options
        self.isQuiet = isQuiet
    }

    /// The alarm the demo is about, once it has come.
    var alarm: DemoAlarm? { state.withLock { $0.alarm } }

    func introduce(_ scene: DemoScene) {
        let failing = options.failingMachine
        let story =
            options.speed.map {
                """
                \(failing) loses its oil over three days, and time runs \(Int($0)) times faster than the sound:
                    about \(Self.duration(DemoOptions.slowLossSeconds / $0)) in all.
                """
            } ?? "\(failing) starts to lack oil after 15 seconds."
        Console.result(
            """

            \(Self.bold("Ausculta demo"))

              broker    mosquitto at \(scene.brokerURL), private to this demo
              machines  \(options.machines.first ?? "") to \(options.machines.last ?? ""), simulated; each sends a second of sound a second
              service   model \(scene.modelSignature); a window of 10 s every 5 s
              files     \(scene.folder.path) (configuration, trend log\(options.folder == nil ? "; removed at the end" : ""))

              \(story)
                Three windows in a row above 75 % for "bearing lacking oil / 轴承缺油" raise the alarm.

              Look closer, in another terminal:
                mosquitto_sub -p \(scene.port) -v -t 'ausculta/+/+/event' -t 'ausculta/+/+/fault/+' -t 'ausculta/+/+/state'
                \(Self.program) trend show \(failing) --config \(scene.configurationFile.path)

              \(Self.bold("Dashboard: open \(scene.dashboardURL ?? "")"))

              The first windows come in 10 seconds. Ctrl-C stops everything.

            """
        )
    }

    func show(_ sighting: DemoSighting, watcher: DemoWatcher) async throws {
        switch sighting {
        case .window(let window):
            let isFault = window.verdict == DemoOptions.fault
            let (earlier, tag) = state.withLock { state -> (WindowPayload?, FaultPayload?) in
                state.windows[window.machine, default: 0] += 1
                let earlier = state.waiting.removeValue(forKey: window.machine)
                let tag = state.tags[window.machine].flatMap { $0.confidence == window.confidence ? $0 : nil }
                if isFault, tag == nil { state.waiting[window.machine] = window }
                return (earlier, tag)
            }
            if let earlier { show(earlier) }
            if !isFault || tag != nil { show(window, run: isFault ? tag : nil) }
        case .fault(let fault):
            guard fault.label == DemoOptions.fault else { return }
            let window = state.withLock { state in
                state.tags[fault.machine] = fault
                return state.waiting.removeValue(forKey: fault.machine)
            }
            if let window { show(window, run: fault) }
        case .event(let event, let json):
            guard event.type == .faultRaised else {
                if !isQuiet { Console.result("           \(event.message)") }
                return
            }
            let alarm = try await watcher.alarm(for: event, json: json)
            if event.machine == options.failingMachine, event.label == DemoOptions.fault {
                state.withLock { $0.alarm = $0.alarm ?? alarm }
            }
            if !isQuiet { announce(alarm) }
        }
    }

    func conclude(elapsed: Double, port: Int, dashboard: String?) throws {
        let (alarm, windows) = state.withLock { ($0.alarm, $0.windows) }
        if isQuiet {
            return try Console.json(
                Report(
                    raised: alarm != nil,
                    machine: alarm?.event.machine,
                    label: alarm?.event.label,
                    faultTopic: alarm?.faultTopic,
                    fault: alarm?.fault,
                    eventTopic: alarm?.eventTopic,
                    event: alarm?.event,
                    windows: windows,
                    seconds: (elapsed * 10).rounded() / 10,
                    brokerPort: port,
                    dashboard: dashboard
                )
            )
        }
        let total = windows.values.reduce(0, +)
        Console.result(
            "\nStopped: \(total) windows of \(windows.count) machines; broker, machines and service are gone."
        )
        if alarm == nil { Console.result("The alarm had not come yet.") }
    }

    private func show(_ window: WindowPayload, run: FaultPayload? = nil) {
        guard !isQuiet else { return }
        let confidence = window.confidence ?? 0
        let filled = Int((confidence * 20).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        let name = window.label.map { names[$0] ?? $0 } ?? window.verdict
        var remark = ""
        if window.verdict == "undetermined" { remark = "  undetermined" }
        if let run, run.active {
            remark = "  alarm active"
        } else if let run, run.consecutive > 0 {
            remark = "  \(run.consecutive) of \(run.required)"
        }
        var time = Self.clock(window.end)
        if let speed = options.speed {
            time += String(format: "  day %.1f", Date().timeIntervalSince(started) * speed / 86_400)
        }
        let isFault = window.label == DemoOptions.fault
        let line = "\(time)  \(window.machine)  \(bar) \(Self.percent(confidence))  \(name)\(remark)"
        Console.result(isFault ? Self.yellow(line) : line)
    }

    private func announce(_ alarm: DemoAlarm) {
        let windows = alarm.event.windows.map { Self.percent($0.confidence).trimmingCharacters(in: .whitespaces) }
        Console.result(
            """

            \(Self.red("  ALARM  \(alarm.event.machine): \(names[alarm.event.label ?? ""] ?? "")"))  \
            (\(windows.joined(separator: ", ")) in a row)
              as a new subscriber of the broker reads it:
                retained  \(alarm.faultTopic)
                          \(alarm.faultJSON)
                event     \(alarm.eventTopic)
                          \(alarm.eventJSON)

            """
        )
    }

    private static let isColoured =
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    private static func coloured(_ code: String, _ text: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private static func bold(_ text: String) -> String { coloured("1", text) }
    private static func red(_ text: String) -> String { coloured("1;31", text) }
    private static func yellow(_ text: String) -> String { coloured("33", text) }

    private static func percent(_ share: Double) -> String {
        let text = "\(Int((share * 100).rounded())) %"
        return String(repeating: " ", count: max(0, 5 - text.count)) + text
    }

    private static func clock(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.dateFormat = "HH:mm:ss"
        return formatter.string(from: date)
    }

    private static func duration(_ seconds: Double) -> String {
        seconds < 120 ? "\(Int(seconds)) seconds" : "\(Int((seconds / 60).rounded())) minutes"
    }

    private static var program: String { CommandLine.arguments.first ?? "ausculta" }
}
