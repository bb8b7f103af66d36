// What a machine's microphone being in trouble means for the machine: an event, and no word about its health.
import Foundation

extension MachineMonitor {
    /// The events of a window that says something about the microphone, or that it is well again.
    mutating func followMicrophone(_ trouble: MicrophoneTrouble?, _ observation: Observation) -> [HealthAction] {
        guard let change = microphone.observe(trouble, start: observation.start) else { return [] }
        let event =
            switch change {
            case .began(let trouble): troubleEvent(trouble, observation)
            case .ended(let trouble, let since, let until):
                restoredEvent(trouble, seconds: until.timeIntervalSince(since), at: observation.end)
            }
        return [.event(event)]
    }

    private func troubleEvent(_ trouble: MicrophoneTrouble, _ observation: Observation) -> HealthEvent {
        let level = Self.shownLevel(observation.levelDBFS).map { Sentence.number($0, decimals: 0) + " dBFS" }
        let words =
            switch trouble {
            case .silence: "gives no sound at all; check its cable, power and mute"
            case .clipping: "is driven to full scale; lower its gain or move it away"
            case .constantOffset: "gives a constant voltage beside its sound; check its supply and coupling"
            case .mainsHum: "gives mains hum only; check its cable, shield and ground"
            case .levelJump:
                "is far louder or quieter than ever; check whether the machine is switched off, else the microphone's place and gain"
            }
        return HealthEvent(
            id: makeID(),
            type: .microphoneTrouble,
            machine: machine,
            consecutive: MicrophoneWatch.runWindows,
            time: observation.end,
            message: "\(machine): its microphone \(words) (\(MicrophoneWatch.runWindows) windows in a row"
                + "\(level.map { ", \($0)" } ?? "")). Until it is well the machine is not judged and no alarm is cleared"
        )
    }

    private func restoredEvent(_ trouble: MicrophoneTrouble, seconds: Double, at time: Date) -> HealthEvent {
        let name = trouble.rawValue.replacingOccurrences(of: "_", with: " ")
        let duration = Sentence.duration(seconds: max(0, seconds).rounded())
        return HealthEvent(
            id: makeID(),
            type: .microphoneRestored,
            machine: machine,
            consecutive: MicrophoneWatch.runWindows,
            time: time,
            message: "\(machine): its microphone is well again after \(duration) of \(name)"
        )
    }
}
