// Forecasts for every machine of a running node, every few minutes.
import MachineHealth

extension EdgeNode {
    /// Makes forecasts for every machine; the health desk tells what they come to.
    func forecast() async {
        let configuration = configuration.withLock { $0 }
        guard configuration.trend.isOn else { return }
        let forecaster = TrendForecaster(historySeconds: configuration.trend.historySeconds)
        for machine in configuration.machines where !Task.isCancelled {
            guard let vocabulary = configuration.vocabulary(of: machine) else { continue }
            do {
                let forecasts = try await forecaster.forecasts(
                    store.reader,
                    machine: machine.id,
                    limits: Dictionary(
                        vocabulary.faults.map { ($0.id, machine.rules[$0.id].confidence) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    now: now()
                )
                if !forecasts.isEmpty { deskInput.yield(.forecasts(machine: machine.id, forecasts)) }
            } catch {
                logger.debug("\(machine.id): no forecast: \(error)")
            }
        }
    }
}
