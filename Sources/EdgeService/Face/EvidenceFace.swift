// The kept sound and the review list as the dashboard sees them.
import Dashboard
import MachineHealth

extension EdgeNode {
    /// Routes of recent sound, clips and reviews.
    public func evidenceRoutes() -> [any APIRoutes] {
        [
            SoundRoutes(keeper: evidence.keeper),
            ReviewRoutes(keeper: evidence.keeper, desk: evidence.review) { [weak self] id in self?.machineName(id) },
        ]
    }
}
